"""A rule that becomes stricter holds for what is typed from then on. What was stored before is read as it stands, by
everybody and everywhere: only the part that is saved is judged, and whoever sends the draft for review is told."""

import json
import re
from pathlib import Path

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.checks.problems import _objections, _objections_to_citation, problems
from monographs.digest import digest, digest_of_part
from monographs.document import Citation, Header, Section
from monographs.models import Edition, Monograph
from monographs.texts import characters
from reviews.access.refusals import Refused
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.changes import change_set
from reviews.editing import parts
from reviews.editing.monographs import new
from reviews.exchange.files import ImportRefused
from reviews.exchange.importer import import_file
from reviews.models import AuditEvent, ChangeSet
from reviews.workflow import perform
from tests import factories as make
from tests import whole
from tests.forms import emptied
from tests.reviews.exchange.test_importer import export, line, written

pytestmark = pytest.mark.django_db

SAID = "After “Caf”: an invisible character (U+00E9). Take it out."


def accented():
    """A document in which every part holds the letter that is refused later."""
    document = whole.whole()
    return document.replaced(
        header=document.header.replaced(introduction="Café [@record].", covers="Café au lait"),
        sections=(document.sections[0].replaced(text="Café [@record]."), document.sections[1]),
        monitoring=(document.monitoring[0].replaced(note="Café."),),
        notices=(document.notices[0].replaced(title="Café", action="Café!"), *document.notices[1:]),
        citations=(
            document.citations[0].replaced(csl={**whole.RECORD, "title": "Café"}),
            document.citations[1],
        ),
        related=(document.related[0].replaced(reason="Café"),),
    )


WHOLE = accented()


@pytest.fixture(scope="module")
def made(once_a_module):
    """Edition 1 is live; edition 2 is a draft with one part taken out and another that was changed and changed back."""
    house = make.the_house()
    first = make.published(house, "wholumab", WHOLE)
    second = make.start(house, first)
    link = build(second).related[0]
    parts.remove_part(second, link, seen=digest_of_part(link), actor=house.editor)
    make.reword(second, "uses", "Plain words.", actor=house.editor)
    make.reword(second, "uses", "Café [@record].", actor=house.editor)
    return house, first, second


@pytest.fixture
def draft(world):
    return Edition.objects.get(pk=world[2].pk)


@pytest.fixture
def stricter(monkeypatch):
    """From the moment it is called on the letter may not be typed."""

    def forget():  # what was judged by other rules
        _objections.cache_clear()
        _objections_to_citation.cache_clear()

    def begin():
        forget()
        monkeypatch.setattr(characters, "_UNSEEN", characters._UNSEEN | {"é"})
        monkeypatch.setattr(characters, "_SUSPECTS", re.compile(f"é|{characters._SUSPECTS.pattern}"))

    yield begin
    forget()


def desk(name, *arguments):
    return reverse(name, args=["wholumab", *arguments])


def part(draft, name):
    return build(draft).by_key()[make.key(name)]


# -- Reading ----------------------------------------------------------------------------------------------------------

PUBLIC = [
    "/", "/drugs/", "/drugs/wholumab/", "/drugs/wholumab/monograph.json", "/drugs/wholumab/editions/",
    "/classes/", "/classes/multiple-sclerosis/", "/search/?q=wholumab", "/updates/",
    "/updates/feed/", "/corrections/", "/sitemap.xml",
]  # fmt: skip


def test_readers_get_the_bytes_that_they_always_got(world, client, stricter):
    before = {path: client.get(path).content for path in PUBLIC}
    assert "Café" in before["/drugs/wholumab/"].decode()

    stricter()

    for path, bytes_ in before.items():
        response = client.get(path)
        assert (response.status_code, response.content) == (200, bytes_), path


def test_part_of_a_page_is_withheld_and_two_editions_are_compared_as_before(world, client, stricter):
    house, first, draft = world
    make.reword(draft, "watch", "Other words.", actor=house.editor)
    make.sign(make.sign(make.submit(house, draft), house.clinician), house.pharmacist)
    make.publish(house, draft)
    stricter()

    make.withhold(first.monograph, make.key("uses"), house.publisher)

    assert client.get("/drugs/wholumab/").status_code == 200
    assert client.get("/drugs/wholumab/editions/1/").status_code == 200
    assert client.get("/drugs/wholumab/editions/1...2/").status_code == 200
    assert client.get("/updates/").status_code == 200
    assert [sentence for _seq, sentence in verify()] == []


def test_an_old_draft_opens_everywhere(world, client, stricter):
    house, _first, draft = world
    change = ChangeSet.objects.filter(edition=draft).order_by("at").first()
    keys = [one.key for one in build(draft).parts()]
    stricter()
    client.force_login(house.editor)

    for path in (
        desk("workspace"), desk("edit"), desk("edit_header"), desk("edit_order"), desk("preview"), desk("history"),
        desk("compare"), desk("restore", change.pk), desk("part_edit", make.key("link")),
        *(desk("part_edit", key) for key in keys), reverse("queue"), reverse("monographs"),
    ):  # fmt: skip
        assert client.get(path).status_code == 200, path
    client.force_login(house.clinician)
    assert client.get(desk("review")).status_code == 200
    assert "Café" in client.get(desk("preview")).content.decode()


def test_the_trail_is_whole_and_the_export_too(world, stricter):
    stricter()

    assert [sentence for _seq, sentence in verify()] == []
    (live,) = export()
    assert live["document"]["sections"][0]["text"] == "Café [@record]."


def test_what_was_sent_for_review_is_signed_and_published(house, draft, client, stricter):
    make.reword(draft, "watch", "Other words.", actor=house.editor)
    make.submit(house, draft)
    stricter()

    make.sign(make.sign(draft, house.clinician), house.pharmacist)
    make.publish(house, draft)

    assert "Café" in client.get("/drugs/wholumab/").content.decode()


# -- Saving -----------------------------------------------------------------------------------------------------------


def values(draft):
    """Each value that holds the letter, where, and the same with one more word."""
    document = build(draft)
    yield document.header, "covers", {"not_covered": "More."}
    for name, field, more in (
        ("uses", "text", {"heading": "More"}),
        ("count", "note", {"when": "More"}),
        ("boxed", "title", {"text": "More."}),
        ("record", "csl", {"label": "more"}),
    ):
        yield document.by_key()[make.key(name)], field, more


def test_the_part_that_is_saved_is_judged_whoever_saves_it_however(house, draft, stricter):
    """The value was made before the rule, as by a page that somebody left open: it is judged where it is stored."""
    whole_, before = make.seen(draft), ChangeSet.objects.count()
    changed = [(old, field, old.replaced(**more)) for old, field, more in values(draft)]
    stricter()

    for old, field, value in changed:
        save = make.save_header if isinstance(value, Header) else make.save_part
        with pytest.raises(Refused) as refused:
            save(draft, value, seen=digest_of_part(old), actor=house.editor)
        key = "header" if isinstance(value, Header) else str(value.key)
        found = [(one.code, one.part, one.field, one.kind) for one in refused.value.refusals]
        assert found[0] == ("invalid", key, field, "invalid")
        label = "Header" if key == "header" else value.label_for_people
        assert refused.value.refusals[0].sentence == f"{label}: {SAID}"

    assert (make.seen(draft), ChangeSet.objects.count()) == (whole_, before)


def test_a_new_part_is_judged(house, draft, stricter):
    added = Section(key=make.key("new"), kind="cautions", text="Café")
    stricter()

    with pytest.raises(Refused, match=re.escape(f"Cautions: {SAID}")):
        make.add_part(draft, added, actor=house.editor)

    assert make.key("new") not in build(draft).by_key()


def test_the_desk_says_it_at_the_field_and_keeps_what_was_typed(house, draft, client, stricter):
    stricter()
    client.force_login(house.editor)
    section, header = part(draft, "uses"), build(draft).header

    said = client.post(
        desk("part_edit", section.key), {"heading": "Uses", "text": "Café!", "seen": digest_of_part(section)}
    )
    form = {
        "title": header.title,
        "name": header.name,
        "introduction": "Café!",
        "seen": digest_of_part(header),
        **emptied(header),
    }
    header_said = client.post(desk("edit_header"), form)

    assert (said.status_code, said.context["form"].errors) == (422, {"text": [SAID]})
    assert (header_said.status_code, header_said.context["form"].errors) == (422, {"introduction": [SAID]})
    assert "Café!" in said.content.decode()


def test_another_part_is_saved_taken_out_and_put_in_order(house, draft, stricter):
    stricter()
    watch = part(draft, "watch")
    make.save_part(draft, watch.replaced(text="New."), seen=digest_of_part(watch), actor=house.editor)
    keys = [one.key for one in build(draft).sections]
    parts.save_order(draft, "section", keys[::-1], seen=keys, actor=house.editor)
    for name in ("uses", "boxed"):  # the name of the second holds the letter
        parts.remove_part(draft, part(draft, name), seen=digest_of_part(part(draft, name)), actor=house.editor)

    assert [one.text for one in build(draft).sections] == ["New."]
    assert [sentence for _seq, sentence in verify()] == []


def test_a_part_whose_words_were_mended_is_saved(house, draft, stricter):
    stricter()
    uses = part(draft, "uses")

    make.save_part(draft, uses.replaced(text="Cafe."), seen=digest_of_part(uses), actor=house.editor)

    assert part(draft, "uses").text == "Cafe."


def test_what_comes_back_is_judged_and_what_stayed_is_not(house, draft, stricter):
    plain = ChangeSet.objects.get(edition=draft, before=ChangeSet.objects.filter(edition=draft).order_by("at")[1].after)
    link = WHOLE.related[0]
    stricter()

    with pytest.raises(Refused, match=re.escape(SAID)) as refused:
        parts.restore_part(draft, link, actor=house.editor)
    assert [(one.part, one.field) for one in refused.value.refusals] == [(str(link.key), "reason")]

    parts.restore(
        draft, change=plain, digest=digest(make.build(draft)), actor=house.editor
    )  # the other parts keep their letter
    assert part(draft, "uses").text == "Plain words."

    first = ChangeSet.objects.filter(edition=draft).order_by("at")[1]
    with pytest.raises(Refused, match=re.escape(SAID)) as refused:
        parts.restore(draft, change=first, digest=digest(make.build(draft)), actor=house.editor)
    assert [(one.part, one.field) for one in refused.value.refusals] == [(str(make.key("uses")), "text")]


def test_rows_that_no_value_was_made_for_are_judged_too(house, draft, stricter):
    row = make.build(draft).sections[0]
    stricter()
    with pytest.raises(Refused, match=re.escape(SAID)):
        with audited_write(actor=house.editor) as trail, change_set(trail, edition=draft, reason="In bulk") as change:
            model = type(draft).section_rows.rel.related_model
            change.add([model(edition=draft, key=make.key("bulk"), kind=row.kind, text="Café", position=9)])


def test_an_import_is_judged_with_its_place(house, tmp_path, stricter):
    path = Path(written(tmp_path, line("importumab", WHOLE)))
    stricter()

    with pytest.raises(ImportRefused) as refused:
        import_file(path, actor=house.editor)

    assert {one.path: one.reason for one in refused.value.findings} == dict.fromkeys(
        (
            "document.header.covers", "document.header.introduction", "document.sections[0].text",
            "document.monitoring[0].note", "document.notices[0].title", "document.notices[0].action",
            "document.citations[0].csl", "document.related[0].reason",
        ),
        SAID,
    )  # fmt: skip


def test_a_new_monograph_is_judged(house, stricter):
    stricter()

    with pytest.raises(Refused, match=re.escape(SAID)):
        new(
            actor=house.editor,
            slug="cafeumab",
            title="Café",
            therapeutic_class=house.leaf,
            new_drug={"name": "Cafeumab"},
        )

    assert not Monograph.objects.filter(slug="cafeumab").exists()


# -- Submitting -------------------------------------------------------------------------------------------------------


def test_submitting_names_each_part_that_could_not_be_typed_now(house, draft, stricter):
    stricter()

    found = [(one.code, one.key, one.field, one.place, one.sentence) for one in problems(build(draft))]

    assert found == [
        ("invalid", None, "covers", "Header", SAID),
        ("invalid", None, "introduction", "Header", SAID),
        ("invalid", make.key("uses"), "text", "What it is for", SAID),
        ("invalid", make.key("count"), "note", "Monitoring: Blood count of 5 mL", SAID),
        ("invalid", make.key("boxed"), "title", "Safety notice: Café", SAID),
        ("invalid", make.key("boxed"), "action", "Safety notice: Café", SAID),
        ("invalid", make.key("record"), "csl", "Reference: record", SAID),
    ]
    with pytest.raises(Refused, match=re.escape(SAID)):
        make.submit(house, draft)
    assert Edition.objects.get(pk=draft.pk).state == "draft"
    assert AuditEvent.objects.latest("seq").data["codes"] == ["problem_invalid"] * 7


# -- Starting ---------------------------------------------------------------------------------------------------------


def test_the_next_edition_starts_with_the_words_of_the_live_one(world, draft, stricter):
    house, first, _second = world
    perform("discard", editions=[draft], actor=house.editor, digest=make.seen(draft), reason="Anew")
    stricter()

    third = make.start(house, first)

    assert build(third) == WHOLE


def test_what_was_given_up_is_taken_up_again_as_it_was(house, stricter):
    edition = make.draft(house, "otherumab", WHOLE)
    perform("discard", editions=[edition], actor=house.editor, digest=make.seen(edition), reason="Anew")
    stricter()

    again = make.start(house, edition)

    assert build(again) == WHOLE
    assert json.loads(ChangeSet.objects.get(edition=again).after.text)["sections"][0]["text"] == "Café [@record]."
    label = Citation(key=make.key("smpc"), label="other", csl=whole.SMPC)
    make.save_part(again, label, seen=digest_of_part(part(again, "smpc")), actor=house.editor)
