"""The editor: who may write, what is refused at which field, and that nothing which was typed is lost."""

import copy
from dataclasses import replace
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.models import Edition, State
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.editing import parts
from reviews.editing.library import make_class
from reviews.models import AuditEvent, ChangeSet
from reviews.workflow import perform
from tests import factories as make
from tests.forms import emptied, forms_of, sent

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(scope="module")
def made(once_a_module):
    return SimpleNamespace(edition=make.draft(make.the_house()))


def address(name, *arguments, slug="testazumab"):
    return reverse(name, args=[slug, *arguments])


def part(edition, name):
    return build(edition).by_key()[make.key(name)]


def section_form(edition, name="monitoring", **changes):
    shown = part(edition, name)
    return {"heading": shown.heading, "text": shown.text, "seen": digest_of_part(shown), **changes}


@pytest.mark.parametrize("kind", ["monitoring", "citation", "related"])
def test_a_form_without_a_box_for_prose_makes_no_list_of_what_is_sent_for_one(client, house, edition, kind):
    client.force_login(house.editor)

    for name in ("text", "introduction"):
        response = client.post(address("part_new", kind), {name: "• a\n• b", "key": str(uuid4())})

        assert response.status_code == 422
        assert "begin with a mark" not in response.content.decode()


def test_a_saved_section_is_there_with_its_reason(client, house, edition):
    client.force_login(house.editor2)

    response = client.post(
        address("part_edit", make.key("monitoring")), section_form(edition, text="Monthly.", reason="Said plainly")
    )

    assert response.status_code == 302
    assert part(edition, "monitoring").text == "Monthly."
    change = ChangeSet.objects.latest("at")
    assert (change.actor, change.reason, change.touched) == (
        house.editor2,
        "Said plainly",
        [str(make.key("monitoring"))],
    )


@pytest.mark.parametrize(
    ("who", "status"), [("editor", 302), ("clinician", 302), ("publisher", 403), ("auditor", 403), ("nobody", 403)]
)
def test_who_may_save(client, house, edition, who, status):
    client.force_login(house.people[who])
    before = AuditEvent.objects.count()

    response = client.post(address("part_edit", make.key("monitoring")), section_form(edition, text="Monthly."))

    assert response.status_code == status
    assert (part(edition, "monitoring").text == "Monthly.") == (status == 302)
    if who in ("publisher", "auditor"):
        assert AuditEvent.objects.latest("seq").verb == "refused"
        assert b"Monthly." in response.content
        assert b'name="remove"' not in response.content
        assert b"Save</button>" not in response.content
    if who == "nobody":
        assert AuditEvent.objects.count() == before


def test_a_conflict_keeps_both_texts_and_lets_me_put_mine_over_theirs(client, house, edition):
    mine = section_form(edition, text="Mine.")
    make.reword(edition, "monitoring", "Theirs.", actor=house.editor2)
    client.force_login(house.editor)

    response = client.post(address("part_edit", make.key("monitoring")), mine)

    html = response.content.decode()
    assert response.status_code == 409
    assert "saved this part at" in html
    assert "Mine." in html
    assert "Theirs" in html
    assert part(edition, "monitoring").text == "Theirs."
    assert AuditEvent.objects.latest("seq").data["codes"] == ["changed_meanwhile"]
    theirs = digest_of_part(part(edition, "monitoring"))
    assert f'name="seen" value="{theirs}"' in html

    assert client.post(address("part_edit", make.key("monitoring")), {**mine, "seen": theirs}).status_code == 302
    assert part(edition, "monitoring").text == "Mine."


def test_a_part_that_was_removed_meanwhile_keeps_my_words(client, house, edition):
    mine = section_form(edition, text="Mine.")
    client.force_login(house.editor2)
    client.post(address("part_edit", make.key("monitoring")), {"remove": "1", "seen": mine["seen"]})
    client.force_login(house.editor)

    response = client.post(address("part_edit", make.key("monitoring")), mine)

    assert response.status_code == 409
    assert b"removed this part at" in response.content
    assert b"Mine." in response.content


def test_a_part_is_taken_out_and_put_back(client, house, edition):
    client.force_login(house.editor)
    whole = make.seen(edition)
    seen = digest_of_part(part(edition, "notice"))

    client.post(address("part_edit", make.key("notice")), {"remove": "1", "seen": seen})
    assert build(edition).notices == ()
    assert b"Restore" in client.get(address("edit")).content
    client.post(address("edit"), {"restore": str(make.key("notice"))})

    assert make.seen(edition) == whole


NEW = {
    "section": {"kind": "cautions", "text": "Be careful [@trial2020]."},
    "monitoring": {"test": "ECG", "when": "before treatment", "source": "trial2020"},
    "notice": {"type": "restriction", "title": "Only here", "text": "x", "issued": "2020-02", "action": "Do.", "source": "trial2020"},
    "citation": {"type": "report", "title": "A guideline", "authors": "Smith, A. B.\nA group", "issued": "2021", "doi": "10.1000/xyz"},
    "related": {"target": "otherumab", "reason_shown": "alternative"},
}  # fmt: skip


@pytest.mark.parametrize("kind", NEW)
def test_a_part_of_each_kind_is_added_and_opened_again(client, house, edition, kind):
    client.force_login(house.editor)
    assert client.get(address("part_new", kind)).status_code == 200

    response = client.post(address("part_new", kind), NEW[kind])

    assert response.status_code == 302, response.content.decode()
    added = ChangeSet.objects.latest("at").touched
    assert len(added) == 1
    opened = client.get(address("part_edit", added[0]))
    assert opened.status_code == 200
    assert client.post(address("part_edit", added[0]), {"preview": "1", **NEW[kind], "label": "l"}).status_code == 200


def test_the_order_is_saved_and_a_stale_one_refused(client, house, edition):
    client.force_login(house.editor)
    keys = [section.key for section in build(edition).sections]
    form = {"seen": keys, f"place_{keys[0]}": "2", f"place_{keys[1]}": "1"}

    assert client.post(address("edit_order"), form).status_code == 302
    assert [section.key for section in build(edition).sections] == keys[::-1]
    assert client.post(address("edit_order"), form).status_code == 409
    assert client.post(address("edit_order"), {**form, f"place_{keys[0]}": "x"}).status_code == 422
    assert client.get(address("edit_order") + "?kind=nothing").status_code == 404


def test_nothing_changed_is_said_kindly_and_not_recorded(client, house, edition):
    client.force_login(house.editor)
    before = AuditEvent.objects.count()

    response = client.post(address("part_edit", make.key("monitoring")), section_form(edition))

    assert response.status_code == 422
    assert b"Nothing has changed, so nothing was saved." in response.content
    assert AuditEvent.objects.count() == before


def test_only_a_draft_is_written(client, house, edition):
    form = section_form(edition, text="Sneaked in.")
    make.submit(house, edition)
    client.force_login(house.editor)

    assert b"Only a draft can be edited" in client.get(address("edit")).content
    response = client.post(address("part_edit", make.key("monitoring")), form)

    assert response.status_code == 409
    assert part(edition, "monitoring").text != "Sneaked in."


def test_parts_of_others_are_not_here(client, house, edition):
    theirs = make.draft(
        house, "otherumab", make.document(sections=(make.document().sections[0].replaced(key=uuid4()),))
    )
    key = build(theirs).sections[0].key
    client.force_login(house.editor)

    entries = AuditEvent.objects.count()
    assert client.get(address("part_edit", key)).status_code == 404
    last = AuditEvent.objects.latest("seq")
    assert (last.verb, last.subject, last.data["action"], last.data["codes"]) == (
        "refused", "monograph:testazumab", "read", ["not_of_this_monograph"],
    )  # fmt: skip
    assert AuditEvent.objects.count() == entries + 1
    assert client.post(address("part_edit", key), {"text": "x", "seen": ""}).status_code == 404
    assert client.post(address("edit"), {"restore": str(key)}).status_code == 404
    assert client.post(address("edit"), {"restore": "nonsense"}).status_code == 404
    assert client.get("/desk/monographs/testazumab/edit/posology/new/").status_code == 404


def test_fields_that_are_not_the_forms_are_ignored(client, house, edition):
    client.force_login(house.editor)
    sneaky = {"state": "published", "live": "1", "edition": "99", "position": "7", "removed": "1", "key": str(uuid4()), "kind": "driving"}  # fmt: skip

    client.post(address("part_edit", make.key("monitoring")), {**section_form(edition, text="Monthly."), **sneaky})

    saved = part(edition, "monitoring")
    assert (saved.text, saved.kind) == ("Monthly.", "monitoring")
    edition.refresh_from_db()
    assert (edition.state, edition.monograph.live) == ("draft", None)


@pytest.mark.parametrize("name", ["edit", "edit_header", "edit_order", "preview"])
def test_a_stranger_is_sent_to_the_login(client, edition, name):
    assert client.get(address(name)).headers["Location"].startswith("/accounts/login/")


def test_a_person_without_the_grant_reads_the_words_and_gets_no_form(client, house, edition):
    client.force_login(house.publisher)

    html = client.get(address("part_edit", make.key("monitoring"))).content.decode()

    assert "Tests go on for years." in html
    assert "<textarea" not in html
    assert 'name="remove"' not in html


def test_words_that_met_a_removal_are_kept_while_the_part_is_restored(client, house, edition):
    mine = section_form(edition, text="Mine.")
    client.force_login(house.editor2)
    client.post(address("part_edit", make.key("monitoring")), {"remove": "1", "seen": mine["seen"]})
    client.force_login(house.editor)
    html = client.post(address("part_edit", make.key("monitoring")), mine).content.decode()
    assert 'name="restore"' in html

    response = client.post(address("part_edit", make.key("monitoring")), {**mine, "restore": "1"})

    form = response.context["form"]
    assert response.status_code == 200
    assert (form["text"].value(), part(edition, "monitoring").text) == ("Mine.", "Tests go on for years.")
    assert (
        client.post(address("part_edit", make.key("monitoring")), {**mine, "seen": form["seen"].value()}).status_code
        == 302
    )
    assert part(edition, "monitoring").text == "Mine."


def test_a_source_that_was_taken_out_is_not_unset_in_silence(client, house, edition):
    client.force_login(house.editor)
    trial = part(edition, "trial")
    client.post(address("part_edit", trial.key), {"remove": "1", "seen": digest_of_part(trial)})
    path = address("part_edit", make.key("notice"))
    shown = client.get(path).context["form"]
    form = {name: shown[name].value() or "" for name in shown.fields}

    assert client.post(path, {**form, "action": "Do it."}).status_code == 302

    assert (part(edition, "notice").source, part(edition, "notice").action) == ("trial2020", "Do it.")


def test_pressing_add_twice_adds_one_part(client, house, edition):
    client.force_login(house.editor)
    key = client.get(address("part_new", "section")).context["form"].key

    first, second = (client.post(address("part_new", "section"), {**NEW["section"], "key": key}) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 409)
    assert b"This was added already" in second.content
    assert [section.key for section in build(edition).sections].count(key) == 1
    assert len(build(edition).sections) == 3


def test_places_that_were_typed_stay_and_the_wrong_one_is_named(client, house, edition):
    client.force_login(house.editor)
    one, two = (section.key for section in build(edition).sections)

    response = client.post(address("edit_order"), {"seen": [one, two], f"place_{one}": "9", f"place_{two}": "x"})

    assert response.status_code == 422
    assert [(box.value(), bool(box.errors)) for box in response.context["form"]] == [("9", False), ("x", True)]
    stale = client.post(address("edit_order"), {"seen": [two, one], f"place_{one}": "9", f"place_{two}": "3"})
    assert stale.status_code == 409
    assert [box.value() for box in stale.context["form"]] == ["9", "3"]


def test_related_monographs_that_one_may_know_of_are_offered(client, house, edition):
    make.draft(house, "otherumab")
    client.force_login(house.editor)

    closed = replace(house, leaf=make_class("Oncology", slug="oncology", actor=house.admin))
    make.draft(closed, "secretumab")
    for role in ("editor", "clinician", "publisher"):
        make.grant(role, closed.leaf, actor=house.admin)
    make.published(copy.deepcopy(closed), "openumab", make.document(related=()))
    for role in ("editor", "clinician", "publisher"):
        make.revoke(role, closed.leaf, actor=house.admin)

    # What readers see everybody may know of; a draft only who may read it.
    assert client.get(address("part_new", "related")).context["targets"] == ["openumab", "otherumab"]
    assert b'<option value="otherumab">' in client.get(address("part_edit", make.key("link"))).content


def test_a_preview_saves_nothing(client, house, edition):
    client.force_login(house.editor)
    whole, before = make.seen(edition), AuditEvent.objects.count()

    response = client.post(
        address("part_edit", make.key("monitoring")), section_form(edition, text="Only looked at.", preview="1")
    )

    assert b"<strong>As readers will read it.</strong> Not saved yet." in response.content
    assert response.content.count(b"Only looked at.") == 2
    assert (make.seen(edition), AuditEvent.objects.count()) == (whole, before)


def test_a_conflict_shows_theirs_on_the_left_and_mine_on_the_right(client, house, edition):
    mine = section_form(edition, text="Quarterly.")
    make.reword(edition, "monitoring", "Weekly.", actor=house.editor2)
    client.force_login(house.editor)

    html = " ".join(client.post(address("part_edit", make.key("monitoring")), mine).content.decode().split())

    old, new = html.index("Text, theirs, saved now</h4>"), html.index("Text, yours</h4>")
    assert old < html.index("Weekly", old) < new < html.index("Quarterly", new)
    assert "Save mine over theirs</button>" in html
    assert f'href="{address("part_edit", make.key("monitoring"))}" data-drops' in html
    assert ">Take theirs</a>" in html


def test_a_conflict_over_the_same_words_says_so(client, house, edition):
    mine = section_form(edition, text="Weekly.")
    make.reword(edition, "monitoring", "Weekly.", actor=house.editor2)
    client.force_login(house.editor)

    response = client.post(address("part_edit", make.key("monitoring")), mine)

    assert response.status_code == 409
    assert "Both of you wrote the same." in response.content.decode()


@pytest.mark.parametrize("digest", ["", "x", "0" * 64])
def test_a_part_is_saved_only_over_what_was_shown(client, house, edition, digest):
    whole = make.seen(edition)
    client.force_login(house.editor)

    for path, form in (
        (address("part_edit", make.key("monitoring")), section_form(edition, text="Blind.", seen=digest)),
        (address("edit_header"), {"title": "Blind", "name": "Blind", "seen": digest, **emptied(build(edition).header)}),
        (address("part_edit", make.key("monitoring")), {"remove": "1", "seen": digest}),
    ):
        assert client.post(path, form).status_code == 409
        assert AuditEvent.objects.latest("seq").data["codes"] == ["changed_meanwhile"]

    assert make.seen(edition) == whole


@pytest.mark.parametrize("kind", ["section", "regimen", "monitoring", "notice", "citation", "related"])
def test_the_order_of_each_kind_is_its_own(client, house, edition, kind):
    client.force_login(house.editor)
    headings = {
        "section": "Sections", "regimen": "Doses", "monitoring": "Monitoring tests", "notice": "Safety notices",
        "citation": "References", "related": "Related monographs",
    }  # fmt: skip

    page = client.get(f"{address('edit_order')}?kind={kind}")

    html = page.content.decode()
    assert f"<h1>Order of {headings[kind].lower()} in Testazumab in multiple sclerosis</h1>" in html
    assert f'<a href="?kind={kind}" aria-current="page">{headings[kind]}</a>' in html
    form = page.context["form"]
    assert [box.value() for box in form] == [str(number) for number in range(1, len(form.fields) + 1)]
    assert ("Save this order</button>" in html) == (kind == "section")
    assert ("There is nothing to sort here." in html) == (kind != "section")
    client.force_login(house.publisher)
    read = client.get(f"{address('edit_order')}?kind={kind}").content.decode()
    assert "Save this order</button>" not in read
    assert read.count(" readonly") == (len(form.fields) if len(form.fields) > 1 else 0)
    assert " readonly" not in html


def test_equal_places_keep_the_order_that_was_shown(client, house, edition):
    client.force_login(house.editor)
    keys = [section.key for section in build(edition).sections]
    before = AuditEvent.objects.count()

    same = client.post(address("edit_order"), {"seen": keys, f"place_{keys[0]}": "1", f"place_{keys[1]}": "1"})
    assert same.status_code == 422
    assert AuditEvent.objects.count() == before

    done = client.post(
        address("edit_order"), {"seen": keys, f"place_{keys[0]}": "5", f"place_{keys[1]}": "-1"}, follow=True
    )  # fmt: skip
    assert "The order of sections is saved." in done.content.decode()
    assert [section.key for section in build(edition).sections] == keys[::-1]


@pytest.mark.parametrize("name", ["save_part", "add_part", "remove_part", "restore_part", "save_header", "save_order"])
def test_while_somebody_else_writes_what_was_typed_is_kept(client, house, edition, monkeypatch, name):
    from reviews.audit.trail import WriteLockTimeout

    def busy(*_args, **_how):
        raise WriteLockTimeout

    form = section_form(edition, text="Typed with care.")
    keys = [str(section.key) for section in build(edition).sections]
    verb = "save" if name in ("save_part", "add_part", "save_header") else name
    monkeypatch.setattr(f"reviews.editing.parts.{verb}", busy)
    client.force_login(house.editor)
    path, sent = {
        "save_part": (address("part_edit", make.key("monitoring")), form),
        "add_part": (address("part_new", "section"), {**NEW["section"], "text": "Typed with care."}),
        "remove_part": (address("part_edit", make.key("monitoring")), {**form, "remove": "1"}),
        "restore_part": (address("part_edit", make.key("monitoring")), {**form, "restore": "1"}),
        "save_header": (
            address("edit_header"),
            {"title": "Typed with care.", "name": "x", "seen": "x", **emptied(build(edition).header)},
        ),
        "save_order": (address("edit_order"), {"seen": keys, f"place_{keys[0]}": "77", f"place_{keys[1]}": "2"}),
    }[name]

    response = client.post(path, sent)

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    html = response.content.decode()
    assert "Somebody else is writing just now." in html
    if name != "remove_part":
        assert ('value="77"' if name == "save_order" else "Typed with care.") in html


# -- Dates -------------------------------------------------------------------------------------------------------------


NOTICE = {"type": "caution", "title": "Take care", "text": "With food.", "issuer": "MHRA"}


@pytest.mark.parametrize(
    ("days", "field", "sentence"),
    [
        ({"effective": "2026-05-02", "expires": "2026-05-01"}, "expires", "before it begins (2026-05-02)"),
        ({"issued": "2026-05-02", "expires": "2026-05-02"}, "expires", "nobody would ever see it"),
        ({"issued": "2062"}, "issued", "“2062” lies in the future"),
        ({"effective": "2162-01-01"}, "effective", "more than 10 years ahead"),
        ({"issued": "1776-07-04"}, "issued", "before 1900"),
    ],
)
def test_a_notice_whose_days_cannot_be_right_is_refused_at_its_field(client, house, edition, days, field, sentence):
    client.force_login(house.editor)
    before = AuditEvent.objects.count()

    response = client.post(address("part_new", "notice"), {**NOTICE, **days})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert sentence in response.context["form"].errors[field][0]
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(("year", "is_right"), [("2019", True), ("2999", False), ("1066", False)])
def test_the_year_of_a_source_is_of_our_time(client, house, edition, year, is_right):
    client.force_login(house.editor)

    response = client.post(address("part_new", "citation"), {"type": "report", "title": "A guideline", "issued": year})

    assert response.status_code == (302 if is_right else 422)
    assert is_right or list(response.context["form"].errors) == ["issued"]


def test_the_day_without_doses_is_of_our_time(client, house, edition):
    client.force_login(house.editor)
    shown = sent(client.get(address("edit_header")).context["form"])

    response = client.post(address("edit_header"), {**shown, "dosing_since": "2062-01-01"})

    assert list(response.context["form"].errors) == ["dosing_since"]


def test_whoever_saves_it_however_the_day_is_judged(house, edition):
    """Not the form alone: an import, a restoration and a program meet the same rule."""
    notice = build(edition).notices[0].replaced(issued="2062")

    with pytest.raises(Refused, match="lies in the future"):
        make.save_part(edition, notice, seen=digest_of_part(build(edition).notices[0]), actor=house.editor)


# -- Identifiers -------------------------------------------------------------------------------------------------------


def test_the_end_of_a_doi_is_cut_and_said(client, house, edition):
    client.force_login(house.editor)
    typed = {
        "type": "report",
        "title": "A guideline",
        "label": "cut",
        "doi": "https://doi.org/10.1000/x(1).",
        "pmid": "PMID: 12",
    }

    preview = client.post(address("part_new", "citation"), {**typed, "preview": "1"})
    saved = client.post(address("part_new", "citation"), typed, follow=True)

    said = [
        "DOI: We left out “https://doi.org/” before it.",
        "DOI: We left out the full stop at its end.",
        "PMID: We left out “PMID:” before it.",
    ]
    for answer in (preview, saved):
        assert [one for one in said if one not in answer.content.decode()] == []
    csl = next(one.csl for one in build(edition).citations if one.label == "cut")
    assert (csl["DOI"], csl["PMID"]) == ("10.1000/x(1)", "12")
    assert "left out" not in client.get(address("edit")).content.decode()


def test_a_doi_that_is_searched_for_is_cut_too(client, house, edition):
    client.force_login(house.editor)

    form = client.get(address("part_new", "citation"), {"q": "https://doi.org/10.9999/nowhere."}).context["form"]

    assert form.initial["doi"] == "10.9999/nowhere"


# -- Fields without marks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        ("section", {"kind": "cautions", "heading": "See [@nowhere]", "text": "x"}, "heading"),
        ("monitoring", {"test": "Blood **count**"}, "test"),
        ("monitoring", {"test": "Blood", "note": "As in [the label](https://example.org)"}, "note"),
        ("notice", {**NOTICE, "action": "**Stop** at once"}, "action"),
        ("notice", {**NOTICE, "issuer": "[@mhra]"}, "issuer"),
        ("related", {"target": "other", "reason_shown": "Same [@class]"}, "reason_shown"),
        ("citation", {"type": "report", "title": "A *new* guideline"}, "title"),
        ("citation", {"type": "report", "title": "x", "container": "[@journal]"}, "container"),
    ],
)
def test_marks_are_refused_where_none_are_taken(client, house, edition, kind, typed, field):
    client.force_login(house.editor)

    response = client.post(address("part_new", kind), typed)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "This box takes no marks: take out “" in response.content.decode()


@pytest.mark.parametrize(
    ("field", "words", "place"),
    [
        ("covers", "**all**", "Covers"),
        ("names-1-name", "[@b]", "Other names, row 2: Name"),
        ("dosing_reason", "[@x]", "Why no dose is published"),
    ],
)
def test_so_they_are_in_the_header(client, house, edition, field, words, place):
    client.force_login(house.editor)
    shown = sent(client.get(address("edit_header")).context["form"])

    response = client.post(
        address("edit_header"), {**shown, "names-1-kind": "other", "names-TOTAL_FORMS": "2", field: words}
    )

    assert [said for _, said in response.context["form"].faults] == [
        f"{place}: This box takes no marks: take out “{words}”."
    ]


def test_what_is_no_mark_is_saved_as_it_was_typed(client, house, edition):
    client.force_login(house.editor)
    typed = {"test": "HLA-B*15:02", "note": "Below 1.5*10^9/L; CYP2C9*2, CYP2C9*3.\n* p < 0.05"}

    assert client.post(address("part_new", "monitoring"), typed).status_code == 302
    item = build(edition).monitoring[-1]
    assert (item.test, item.note) == (typed["test"], typed["note"])


@pytest.fixture
def marked_before(house, edition, monkeypatch):
    """A test whose note was saved with marks before they were refused."""
    with monkeypatch.context() as lenient:
        lenient.setattr("reviews.changes.marked", lambda value, before=None: [])
        item = build(edition).monitoring[0]
        make.save_part(
            edition, item.replaced(note="Blood **count** [@nowhere]"), seen=digest_of_part(item), actor=house.editor
        )
    return build(edition).monitoring[0]


def test_marks_that_stood_there_stand_in_nobody_s_way(client, house, edition, marked_before):
    client.force_login(house.editor)
    page = address("part_edit", marked_before.key)
    shown = client.get(page).context["form"].initial

    changed = client.post(page, {**shown, "when": "each month"})
    refused = client.post(page, {**client.get(page).context["form"].initial, "note": "Other **count**"})

    assert (changed.status_code, refused.status_code) == (302, 422)
    assert list(refused.context["form"].errors) == ["note"]


def test_what_comes_back_was_not_typed(client, house, edition, marked_before):
    parts.remove_part(edition, marked_before, seen=digest_of_part(marked_before), actor=house.editor)
    parts.restore_part(edition, marked_before, actor=house.editor)

    assert build(edition).by_key()[marked_before.key].note == marked_before.note


def test_whoever_saves_it_however_marks_are_refused(house, edition):
    item = build(edition).monitoring[0]

    with pytest.raises(Refused, match="This box takes no marks"):
        make.save_part(edition, item.replaced(note="**x**"), seen=digest_of_part(item), actor=house.editor)


@pytest.mark.parametrize("over", [0, 1])
def test_the_end_of_a_line_counts_once_however_browsers_send_it(client, house, edition, over):
    client.force_login(house.editor)
    text = "\r\n".join(["x" * 98] * 1_000)[: 100_998 + over]
    text += "x" * (100_000 + over - len(text.replace("\r\n", "\n")))

    answer = client.post(address("part_edit", make.key("monitoring")), section_form(edition, text=text))

    assert answer.status_code == (422 if over else 302)


@pytest.mark.parametrize(("authors", "line"), [(",", 1), ("A, B\r\n, X", 2), (" , \r\nA", 1), ("–, X", 1)])
def test_an_author_without_a_family_name_is_refused(client, house, edition, authors, line):
    client.force_login(house.editor)
    form = {"type": "report", "title": "T", "authors": authors, "key": str(make.key("new"))}

    answer = client.post(address("part_new", "citation"), form)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "authors": [f"Line {line} begins with a comma: give the family name before it."]
    }


@pytest.mark.parametrize("place", ["1_0", "٣", "３", "1.0", "", "x", "\u20071"])
def test_a_place_is_a_number_in_plain_figures(client, house, edition, place):
    client.force_login(house.editor)
    form = next(one for one in forms_of(client.get(address("edit_order")).content.decode()) if "seen" in one.fields)
    box = f"place_{form.fields['seen'][0]}"

    answer = client.post(address("edit_order"), form.filled(**{box: place}))

    assert answer.status_code == 422
    assert answer.context["form"].errors == {box: ["Give its place as a whole number."]}
    assert client.post(address("edit_order"), form.filled(**{box: " 99 "})).status_code == 302


# -- The first save of a published page ---------------------------------------------------------------------------------


@pytest.fixture
def live(house, edition):
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.sign(edition, house.pharmacist)
    perform("publish", editions=[edition], actor=house.publisher, digest=make.seen(edition))
    return Edition.objects.select_related("monograph__live").get(pk=edition.pk)


def test_the_first_save_of_a_published_page_starts_the_next_edition(client, house, live):
    client.force_login(house.editor)
    assert "with the first thing that you save" in client.get(address("edit")).content.decode()

    answer = client.post(address("part_edit", make.key("monitoring")), section_form(live, text="Monthly."), follow=True)

    assert "Edition 2 is started." in answer.content.decode()
    second = Edition.objects.get(monograph=live.monograph, number=2)
    assert second.state == State.DRAFT
    assert part(second, "monitoring").text == "Monthly."
    assert part(live, "monitoring").text != "Monthly."
    assert live.monograph.live.edition_id == live.pk
    assert verify() == []


def test_what_changes_nothing_starts_no_edition(client, house, live):
    client.force_login(house.editor)

    before = AuditEvent.objects.count()

    answer = client.post(address("part_edit", make.key("monitoring")), section_form(live))

    assert answer.status_code == 422
    assert "Nothing has changed, so nothing was saved." in answer.content.decode()
    assert AuditEvent.objects.count() == before  # it is no attempt at anything
    assert Edition.objects.filter(monograph=live.monograph).count() == 1


@pytest.mark.parametrize("who", ["auditor", "nobody"])
def test_nobody_starts_one_who_may_not(client, house, live, who):
    client.force_login(house.people[who])

    client.post(address("part_edit", make.key("monitoring")), section_form(live, text="Monthly."))

    assert Edition.objects.filter(monograph=live.monograph).count() == 1


def test_whoever_could_sign_is_told_before_their_first_save_what_it_costs(client, house, edition):
    path, words = address("part_edit", make.key("monitoring")), "You could sign this edition."
    for who, told in (("clinician", True), ("editor", False)):
        client.force_login(house.people[who])
        assert (words in client.get(path).content.decode()) == told

    client.force_login(house.clinician)
    client.post(path, section_form(edition, text="Monthly."))

    assert words not in client.get(path).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "for patient 943 476 5919"},
        {"seen": "0" * 64},
        {"text": "Give 10\u200b mg."},
        {"text": "Seen in 943 476 5919."},
        {"heading": "*Marked*"},
    ],
)
def test_a_first_save_that_is_refused_starts_no_edition(client, house, live, wrong):
    client.force_login(house.editor)

    answer = client.post(
        address("part_edit", make.key("monitoring")), section_form(live, **{"text": "Monthly.", **wrong})
    )

    assert answer.status_code in (409, 422)
    assert Edition.objects.filter(monograph=live.monograph).count() == 1


def test_a_part_that_is_there_already_starts_no_edition(client, house, live):
    client.force_login(house.editor)
    sent = {"kind": "driving", "text": "Wait.", "key": str(make.key("monitoring"))}

    answer = client.post(address("part_new", "section"), sent)

    assert answer.status_code == 409
    assert Edition.objects.filter(monograph=live.monograph).count() == 1


def test_a_key_is_one_part_s_whatever_its_kind(client, house, edition):
    client.force_login(house.editor)
    seen = digest_of_part(part(edition, "monitoring"))
    client.post(address("part_edit", make.key("monitoring")), {"remove": "1", "seen": seen})

    answer = client.post(
        address("part_new", "monitoring"), {"test": "Creatinine", "when": "monthly", "key": str(make.key("monitoring"))}
    )

    assert answer.status_code == 409
    assert make.key("monitoring") not in build(edition).by_key()


def test_what_proofing_lets_pass_with_a_reason_alone_is_said_after_the_save(client, house, edition):
    client.force_login(house.editor)
    path = address("part_edit", make.key("monitoring"))

    warned = client.post(path, section_form(edition, text="Give 20mg at once."), follow=True).content.decode()
    fine = client.post(path, section_form(edition, text="Wait for the result."), follow=True).content.decode()

    assert "<p>Look again: " in warned
    assert "“20mg”: Put a space before the unit." in warned
    assert "Look again" not in fine
