"""The editor: who may write, what is refused at which field, and that nothing which was typed is lost."""

from uuid import uuid4

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.document import digest_of_part
from monographs.models import Drug, Edition, Reference
from reviews.models import AuditEvent, ChangeSet
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make.make_house()


@pytest.fixture
def edition(house):
    return make.draft(house)


def address(name, *arguments, slug="testazumab"):
    return reverse(name, args=[slug, *arguments])


def part(edition, name):
    return build(edition).by_key()[make.key(name)]


def section_form(edition, name="monitoring", **changes):
    shown = part(edition, name)
    return {"heading": shown.heading, "text": shown.text, "seen": digest_of_part(shown), **changes}


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
    if who == "nobody":
        assert AuditEvent.objects.count() == before


def test_a_conflict_keeps_both_texts_and_lets_me_put_mine_over_theirs(client, house, edition):
    mine = section_form(edition, text="Mine.")
    make.reword(edition, "monitoring", "Theirs.", actor=house.editor2)
    client.force_login(house.editor)

    response = client.post(address("part_edit", make.key("monitoring")), mine)

    html = response.content.decode()
    assert response.status_code == 409
    assert "Somebody saved this part while you were writing." in html
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
    assert b"Somebody removed this part" in response.content
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


def test_the_header_is_saved_and_every_wrong_line_is_named(client, house, edition):
    client.force_login(house.editor)
    html = client.get(address("edit_header")).content.decode()
    assert "Testazumab in multiple sclerosis" in html
    form = {
        "title": "T", "name": "Testazumab", "names": "international: testazumab\nother: x", "brands": "Brandex, GB",
        "codes": "RxNorm: 117055\nATC: L04AG06", "introduction": "Intro.", "dosing_since": "2026-07-04",
        "dosing_reason": "r", "dosing_instead": "i", "seen": digest_of_part(build(edition).header),
    }  # fmt: skip

    wrong = client.post(
        address("edit_header"), {**form, "brands": "Good, GB\nBad", "codes": "ICD: 3", "dosing_since": "soon"}
    )
    assert wrong.status_code == 422
    html = wrong.content.decode()
    assert "Line 2: end with a comma and the two capital letters" in html
    assert "Line 1: begin with ATC" in html
    assert "Give the date as year-month-day" in html
    assert "Good, GB\nBad" in html

    assert client.post(address("edit_header"), form).status_code == 302
    header = build(Edition.objects.get(pk=edition.pk)).header
    assert [(b.name, b.country) for b in header.brands] == [("Brandex", "GB")]
    assert header.class_path == make.document().header.class_path


NEW = {
    "section": {"kind": "cautions", "text": "Be careful [@trial2020]."},
    "monitoring": {"test": "ECG", "when": "before treatment", "source": "trial2020"},
    "notice": {"type": "restriction", "title": "Only here", "text": "x", "issued": "2020-02", "action": "Do.", "source": "trial2020"},
    "citation": {"type": "report", "title": "A guideline", "authors": "Smith, A. B.\nA group", "year": "2021", "doi": "10.1000/xyz"},
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


def test_a_new_reference_goes_to_the_library_and_is_picked_from_it_elsewhere(client, house, edition):
    client.force_login(house.editor)
    client.post(address("part_new", "citation"), NEW["citation"])
    record = Reference.objects.get(doi="10.1000/xyz")
    assert record.label == "smith2021"
    other = make.draft(house, "otherumab")

    client.post(address("part_new", "citation", slug="otherumab"), {"reference": record.pk})

    copied = build(other).citations[-1]
    assert (copied.label, copied.csl["title"]) == ("smith2021", "A guideline")


def test_what_a_form_does_not_show_of_a_reference_is_kept(client, house, edition):
    client.force_login(house.editor)
    doc = make.document()
    rich = doc.citations[0].replaced(
        csl={
            "type": "article-journal",
            "title": "T",
            "custom": {"authors_truncated": True},
            "issued": {"date-parts": [[2012, 11, 24]]},
        }
    )
    other = make.draft(house, "richumab", make.document(citations=(rich,)))
    path = address("part_edit", rich.key, slug="richumab")

    client.post(
        path,
        {
            "type": "article-journal",
            "title": "Better",
            "year": "2012",
            "label": "trial2020",
            "seen": digest_of_part(rich),
        },
    )

    csl = build(other).citations[0].csl
    assert (csl["title"], csl["custom"]["authors_truncated"]) == ("Better", True)
    assert csl["issued"]["date-parts"][0] == (2012, 11, 24)


def test_a_label_that_is_taken_is_said_so(client, house, edition):
    client.force_login(house.editor)

    response = client.post(address("part_new", "citation"), {**NEW["citation"], "label": "trial2020"})

    assert response.status_code == 422
    assert "Another reference of this edition has the label “trial2020”." in response.content.decode()


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

    assert client.get(address("part_edit", key)).status_code == 404
    assert client.post(address("part_edit", key), {"text": "x", "seen": ""}).status_code == 404
    assert client.post(address("edit"), {"restore": str(key)}).status_code == 404
    assert client.post(address("edit"), {"restore": "nonsense"}).status_code == 404
    assert client.get("/desk/monographs/testazumab/edit/regimen/new/").status_code == 404


def test_fields_that_are_not_the_forms_are_ignored(client, house, edition):
    client.force_login(house.editor)
    sneaky = {"state": "published", "live": "1", "edition": "99", "position": "7", "removed": "1", "key": str(uuid4()), "kind": "driving"}  # fmt: skip

    client.post(address("part_edit", make.key("monitoring")), {**section_form(edition, text="Monthly."), **sneaky})

    saved = part(edition, "monitoring")
    assert (saved.text, saved.kind) == ("Monthly.", "monitoring")
    edition.refresh_from_db()
    assert (edition.state, edition.monograph.live) == ("draft", None)


HOSTILE = {
    "nul": "a\x00b",
    "control": "a\x07b",
    "bidi": "a\u202eb",
    "zero width": "a\u200bb",
    "surrogate": "a\ud800b",
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "javascript link": "[x](javascript:alert(1))",
    "data link": "[x](data:text/html;base64,AAAA)",
    "tab link": "[x](java\tscript:alert(1))",
    "no scheme": "[x](//evil.example)",
    "sql": "'; DROP TABLE monographs_section; --",
    "brackets": "[" * 100_000,
    "stars": "*" * 100_000,
    "bangs": "a!" * 50_000,
    "long": "x" * 200_000,
    "template": "{{ settings.SECRET_KEY }}{% debug %}",
    "nested": "- " * 5_000 + "x",
}
FIELDS = {
    "section": ["heading", "text", "reason", "seen"],
    "monitoring": ["test", "when", "how_often", "how_long", "note", "source"],
    "notice": ["title", "text", "action", "issuer", "issued", "effective", "expires", "source", "supersedes", "type"],
    "citation": [
        "label",
        "title",
        "authors",
        "year",
        "container",
        "volume",
        "doi",
        "pmid",
        "address",
        "type",
        "reference",
    ],
    "related": ["target", "reason_shown"],
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_input_is_a_fault_of_ours_or_reaches_a_page_raw(client, house, edition, hostile):
    client.force_login(house.editor)
    client.raise_request_exception = True
    word = HOSTILE[hostile].encode("utf-8", "surrogatepass")

    for kind, fields in FIELDS.items():
        for field in fields:
            body = {**NEW[kind], field: word}
            for extra in ({}, {"preview": "1"}) if field in ("text", "title", "test", "reason_shown") else ({},):
                response = client.post(
                    address("part_new", kind),
                    data=encoded({**body, **extra}),
                    content_type="application/x-www-form-urlencoded",
                )
                assert response.status_code in (200, 302, 409, 422), (kind, field, response.status_code)
                assert b"<script>alert" not in response.content
                assert b'href="javascript' not in response.content.lower()
    for path in (address("preview"), address("edit"), address("history"), address("workspace")):
        response = client.get(path)
        assert response.status_code == 200
        assert b"<script>alert" not in response.content
        assert b"onerror=alert(1)>" not in response.content


def encoded(form) -> bytes:
    from urllib.parse import urlencode

    return urlencode({name: value if isinstance(value, bytes) else str(value) for name, value in form.items()}).encode()


def test_a_new_monograph_makes_its_drug(client, house):
    client.force_login(house.editor)
    form = {
        "drug_name": "newazumab",
        "traits": ["biologic"],
        "therapeutic_class": "multiple-sclerosis",
        "title": "Newazumab",
    }

    response = client.post(reverse("monograph_new"), form)

    assert response.status_code == 302, response.content.decode()
    made = Edition.objects.get(monograph__slug="newazumab")
    assert (made.state, made.monograph.tier, made.name) == ("draft", "high", "Newazumab")
    assert Drug.objects.get(name="newazumab").traits == ["biologic"]
