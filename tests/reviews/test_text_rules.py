"""What says that it follows the second rules of text keeps saying so, whichever way it goes."""

from pathlib import Path

import pytest
from django.db import models
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import as_json, digest, digest_of_part
from monographs.models import Edition, SafetyNotice, Section
from monographs.signable import signable
from reviews.audit import hashes
from reviews.audit.verify import verify
from reviews.editing import parts
from reviews.exchange.files import ImportRefused
from reviews.exchange.importer import import_file
from reviews.models import ChangeSet
from tests import factories as make
from tests import tables, whole
from tests.forms import emptied
from tests.reviews.exchange.test_importer import export, line, run, written

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def newer():
    """A document whose header, first section and notices follow the second rules."""
    document = whole.whole()
    return document.replaced(
        header=document.header.replaced(text_rules=2),
        sections=(document.sections[0].replaced(text_rules=2), *document.sections[1:]),
        notices=tuple(one.replaced(text_rules=2) for one in document.notices),
    )


def fresh(edition):
    return Edition.objects.get(pk=edition.pk)


def rules(edition):
    document = build(fresh(edition))
    return {
        "header": document.header.text_rules,
        **{part.label_for_people: part.text_rules for part in (*document.sections, *document.notices)},
    }


NEWER = {
    "header": 2,
    "What it is for": 2,
    "What to watch": None,
    "Safety notice: Stop after 6 days": 2,
    "Safety notice: Only in hospital": 2,
    "Safety notice: Little of it is there": 2,
}


def told(finding):
    return [sentence for _seq, sentence in finding if "checkpoint" not in sentence]


def test_they_stay_with_a_text_through_rows_publication_and_the_next_edition(house):
    first = make.draft(house, "wholumab", newer())
    assert (rules(first), build(first)) == (NEWER, newer())

    make.submit(house, first)
    make.sign(make.sign(first, house.clinician), house.pharmacist)
    make.publish(house, first)
    second = make.start(house, first)

    assert rules(second) == NEWER
    assert make.live("wholumab").document.value == signable(newer())
    assert told(verify()) == []


def test_they_come_back_with_a_state_that_is_restored(house):
    edition = make.draft(house, "wholumab", newer())
    then = ChangeSet.objects.get(edition=edition)
    with (
        make.audited_write(actor=house.editor) as trail,
        make.change_set(trail, edition=edition, reason="As before") as change,
    ):
        change.load(whole.whole())
    assert set(rules(edition).values()) == {None}

    parts.restore(edition, change=then, digest=digest(build(fresh(edition))), actor=house.editor)

    assert rules(edition) == NEWER


def test_they_go_out_and_come_in_again_with_a_file(house, tmp_path):
    make.draft(house, "wholumab", newer())
    (out,) = export("--edition", "open")

    assert run(written(tmp_path, {**out, "slug": "otherumab"}))[1] == ""

    assert rules(Edition.objects.get(monograph__slug="otherumab")) == NEWER
    (again,) = export("--edition", "open", "--slug", "otherumab")
    assert again["document"] == out["document"] == as_json(newer())


@pytest.mark.parametrize(
    ("field", "change", "place"),
    [
        ("header", {"introduction": "*a* b*"}, "document.header.introduction"),
        ("sections", {"text": "- a\nb"}, "document.sections[0].text"),
        ("notices", {"text": "a\tb\nc\td"}, "document.notices[0].text"),
        ("header", {"introduction": "1.5*10^9/L or 2*10^9/L", "text_rules": None}, "document.header.introduction"),
        ("sections", {"text": "HLA-B*15:02 and HLA-A*31:01", "text_rules": None}, "document.sections[0].text"),
        ("notices", {"text": "One:\n- 10 mg", "text_rules": None}, "document.notices[0].text"),
        ("sections", {"text_rules": 3}, "document.sections[0].text_rules"),
        ("monitoring", {"text_rules": 2}, "document.monitoring[0].text_rules"),
    ],
)
def test_a_file_whose_text_a_page_of_today_shows_otherwise_is_refused_with_its_place(
    house, tmp_path, field, change, place
):
    form = as_json(newer())
    part = form[field] if field == "header" else form[field][0]
    part.update(change)
    if change.get("text_rules", 2) is None:
        del part["text_rules"]

    with pytest.raises(ImportRefused) as refused:
        import_file(Path(written(tmp_path, line(document=form))), actor=house.editor)

    assert [one.path for one in refused.value.findings] == [place]
    assert not Edition.objects.exists()


# -- The desk ---------------------------------------------------------------------------------------------------------


def post(client, value, **fields):
    where = ("part_edit", value.key) if hasattr(value, "key") else ("edit_header",)
    address = reverse(where[0], args=["wholumab", *where[1:]])
    return client.post(address, {"seen": digest_of_part(value), **emptied(value), **fields})


def test_a_form_leaves_the_rules_of_words_that_it_does_not_change(house, client):
    edition = make.draft(house, "wholumab", newer())
    client.force_login(house.editor)
    (first, second), (notice, *_), header = build(edition).sections[:2], build(edition).notices, build(edition).header

    post(client, first, heading="Other heading", text=first.text)
    post(client, second, heading="Another", text=second.text.replace("\n", "\r\n"))
    post(client, notice, type=notice.type, title="Other title", text=notice.text)
    post(client, header, title="Other title", name=header.name, introduction=header.introduction, covers="all")

    document = build(fresh(edition))
    assert (document.sections[0].heading, document.sections[1].heading, document.header.covers) == ("Other heading", "Another", "all")  # fmt: skip
    assert list(rules(edition).values()) == list(NEWER.values())


@pytest.mark.parametrize("document", [whole.whole(), newer()], ids=["first rules", "second rules"])
def test_words_that_are_changed_or_new_follow_the_rules_of_today(house, client, document):
    edition = make.draft(house, "wholumab", document)
    client.force_login(house.editor)
    for part in (*document.sections, *document.notices):
        more = {"type": part.type, "title": part.title} if hasattr(part, "title") else {"heading": part.heading}
        assert post(client, part, text="1.5*10^9/L or 2*10^9/L", **more).status_code == 302
    header = document.header
    assert post(client, header, title=header.title, name=header.name, introduction="HLA-B*15:02").status_code == 302
    new = client.post(reverse("part_new", args=["wholumab", "section"]), {"kind": "driving", "text": "Give 5\n- 10 mg"})
    assert new.status_code == 302

    assert set(rules(edition).values()) == {2}


def test_a_verb_that_is_given_other_rules_does_the_same(house):
    """Whoever calls it: changed words follow those of today, others those that they followed."""
    edition = make.draft(house, "wholumab", newer())
    first, second = build(edition).sections[:2]

    make.save_part(
        edition, first.replaced(text="New.", text_rules=None), seen=digest_of_part(first), actor=house.editor
    )
    make.save_part(edition, second.replaced(heading="H", text_rules=2), seen=digest_of_part(second), actor=house.editor)

    now = build(fresh(edition)).sections
    assert (now[0].text_rules, now[1].text_rules) == (2, None)


def test_words_that_can_be_read_in_two_ways_are_refused_at_their_field(house, client):
    edition = make.draft(house, "wholumab", newer())
    client.force_login(house.editor)
    section = build(edition).sections[0]

    response = post(client, section, heading=section.heading, text="Take *one* or two*.")

    assert response.status_code == 422
    assert "Line 1, at “Take *one* or two*.”: It cannot be told" in str(response.context["form"].errors["text"])
    assert build(edition) == newer()


# -- The trail --------------------------------------------------------------------------------------------------------


@pytest.fixture
def older(house, monkeypatch):
    """A draft that was written when there was no such column: its rows were hashed by the first lists."""
    with monkeypatch.context() as patch:
        for model in (Edition, Section, SafetyNotice):
            patch.setitem(hashes.guarded(), model._meta.label_lower, (model, {1: model.trail_columns[1]}))
        return make.draft(house)


def test_a_draft_of_before_is_whole_and_can_be_edited(house, older):
    assert told(verify()) == []

    make.reword(older, "monitoring", "New words.", actor=house.editor)

    assert told(verify()) == []
    assert list(rules(older).values()).count(2) == 1


@pytest.mark.parametrize("model", [Edition, Section, SafetyNotice], ids=lambda model: model.__name__)
def test_rules_that_no_entry_tells_of_are_found(older, model):
    row = model._base_manager.order_by("pk").first()
    with tables.no_triggers():
        models.QuerySet(model).filter(pk=row.pk).update(text_rules=2)

    found = told(verify())

    assert [one for one in found if one.startswith(f"{model._meta.label_lower}:{row.pk}: the row is not as entry ")]
