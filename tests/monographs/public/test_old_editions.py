"""Editions for ever: the list, the comparison, the page as data. One world for all of it: three editions of a page."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from monographs.digest import as_json, digest
from monographs.models import Monograph, Publication
from reviews.workflow import perform
from tests import factories as make
from tests import tables
from tests.monographs.public.test_updates import again

pytestmark = pytest.mark.django_db

PAGE = "/drugs/testazumab/"
DAYS = [timezone.now().replace(hour=12, minute=0, second=0) + timedelta(days=days) for days in (1, 11, 21)]
FIRST, SECOND, THIRD = (f"{one.day} {one:%B %Y}" for one in DAYS)
NASTY = "</script><i>\"&'"
ESCAPED = "&lt;/script&gt;&lt;i&gt;&quot;&amp;&#x27;"


def texts():
    """The document of each edition: the second has other monitoring and a notice less, the third another section."""
    doc = make.document()
    first = doc.replaced(
        header=doc.header.replaced(name=f"Testazumab {NASTY}"),
        sections=(doc.sections[0].replaced(heading=f"Prescribing {NASTY}"), doc.sections[1]),
    )
    second = first.replaced(
        sections=(first.sections[0], first.sections[1].replaced(text=f"Tests go on for months. {NASTY}")), notices=()
    )
    return (
        first,
        second,
        second.replaced(sections=(second.sections[0].replaced(text="Start at once."), second.sections[1])),
    )


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    with pytest.MonkeyPatch.context() as clock:
        for at, doc, note in zip(DAYS, texts(), ("The first", NASTY, "The third"), strict=True):
            clock.setattr("django.utils.timezone.now", lambda at=at: at)
            if at == DAYS[0]:
                edition = make.signed(house, doc=doc)
                perform("publish", editions=[edition], actor=house.publisher, digest=make.seen(edition))
            else:
                edition = again(house, make.live().edition, doc)
            tables.note_typed(edition, note)


@pytest.fixture
def monograph(made, db, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: DAYS[2] + timedelta(hours=1))
    return Monograph.objects.get(slug="testazumab")


def read(client, path, **more):
    return client.get(f"{PAGE}{path}", **more)


def words(client, path):
    return " ".join(strip_tags(read(client, path).content.decode()).split())


def test_editions_stand_newest_first_each_until_the_next_one(monograph, client):
    html = read(client, "editions/").content.decode()
    said = " ".join(strip_tags(html).split())

    assert re.findall(r"<h2>(.*?)</h2>", html) == [
        f'<a href="{PAGE}">Edition 3, current</a>',
        f'<a href="{PAGE}editions/2/">Edition 2</a>',
        f'<a href="{PAGE}editions/1/">Edition 1</a>',
    ]
    assert re.findall(r'<li( class="long")?><h2>', html) == [' class="long"', "", ""]
    for line in (
        f"Published {THIRD}. “The third”",
        f"Published {SECOND}, superseded {THIRD}. Do not use.",
        f"Published {FIRST}, superseded {SECOND}. Do not use. “The first”",
    ):
        assert line in said
    assert re.findall(r'href="([^"]+)">What changed since', html) == [f"{PAGE}editions/{n}...3/" for n in (2, 1)]
    assert html.count(ESCAPED) == 5  # the name four times, the note once
    assert "<i>" not in html
    assert "There is one edition so far." not in html


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("editions/", {3}),
        ("editions/1/", {1, 3}),
        ("editions/1...2/", {1, 2}),
        ("editions/compare/?from=1&to=3", set()),
    ],
)
def test_a_page_reads_the_texts_that_it_shows_and_no_others(monograph, client, path, shown):
    digests = dict(monograph.publications.values_list("document_id", "number"))

    with CaptureQueriesContext(connection) as captured:
        read(client, path)

    asked = [query["sql"] for query in captured if '"monographs_document"."text"' in query["sql"]]
    assert {number for digest, number in digests.items() for sql in asked if digest in sql} == shown
    assert len(asked) <= 1


def test_an_old_edition_says_until_when_it_was_live_and_what_changed_since(monograph, client):
    first, second = read(client, "editions/1/"), read(client, "editions/2/")

    assert f"Superseded on {SECOND}. Do not use." in first.content.decode()
    assert f"Superseded on {THIRD}. Do not use." in second.content.decode()
    assert f"SUPERSEDED on {SECOND}, do not use" in first.content.decode()
    assert "Since then: Safety notice: Mind the heart removed. 2 changes beside that." in words(client, "editions/1/")
    assert "One change since then." in words(client, "editions/2/")
    assert "Since then:" not in words(client, "editions/2/")
    for answer in (first, second):
        html = answer.content.decode()
        assert '<meta name="robots" content="noindex">' in html
        assert f'<link rel="canonical" href="https://clincalc.test{PAGE}">' in html
        assert "<i>" not in html
    assert "Tests go on for years." in words(client, "editions/1/")
    assert "Tests go on for months." in words(client, "editions/2/")


def test_every_address_of_the_archive_leads_somewhere_or_is_not_there(monograph, client):
    gone_to = {
        "editions/3/": (302, PAGE), "editions/3...1/": (302, f"{PAGE}editions/1...3/"),
        "editions/compare/?from=1&to=3": (302, f"{PAGE}editions/1...3/"),
        "editions/compare/?from=3&to=1": (302, f"{PAGE}editions/1...3/"),
        "editions/compare/?from=2&to=2": (302, f"{PAGE}editions/"),
    }  # fmt: skip
    for path, expected in gone_to.items():
        answer = read(client, path)
        assert (answer.status_code, answer.headers["Location"]) == expected, path
    for path in (
        "editions/0/", "editions/4/", "editions/-1/", "editions/1...1/", "editions/1...4/", "editions/0...1/",
        "editions/4...1/", "editions/compare/", "editions/compare/?from=1", "editions/compare/?to=1",
        "editions/compare/?from=1&to=4", "editions/compare/?from=1&to=x", "editions/compare/?from=01&to=2",
    ):  # fmt: skip
        assert read(client, path).status_code == 404, path
    for path in ("editions/", "editions/1/", "editions/1...2/", "monograph.json", "editions/compare/?from=1&to=2"):
        assert client.get(f"/drugs/nothing/{path}").status_code == 404, path


def test_a_comparison_says_what_changed_and_why_from_which_to_which(monograph, client):
    html = read(client, "editions/1...2/").content.decode()
    said = " ".join(strip_tags(html).split())

    assert f"from edition 1 ({FIRST}) to edition 2 ({SECOND})." in said
    assert "Neither of them is for use now." in said
    assert f"Why, in the editors’ words: “{ESCAPED}”" in said
    short = html[html.index('id="sum-title"') : html.index("Why, in the editors")]
    assert [strip_tags(one) for one in re.findall("<li>(.*?)</li>", short)] == [
        "Safety notice: Mind the heart removed.",
        "Monitoring changed.",
        (
            f"Unchanged: Header, Prescribing {ESCAPED}, Monitoring: Full blood count, Reference: trial2020, "
            "Related: otherzumab."
        ),
    ]
    assert re.findall("<strong>(Safety notice.*?)</strong>", short) == ["Safety notice: Mind the heart removed."]
    assert re.findall(r'<option value="(\d)" selected>', html) == ["1", "2"]
    assert re.findall(r'<option value="(\d)"', html) == ["3", "2", "1"] * 2
    sides = re.findall(r"<h4>Edition (\d)</h4>(.*?)</div>", html, re.DOTALL)
    assert [(number, "months" in text) for number, text in sides if "Tests go on" in text] == [
        ("1", False),
        ("2", True),
    ]
    assert "<i>" not in html
    assert '<meta name="robots" content="noindex">' in html
    for anchor in re.findall(r'href="#(change-[^"]+)"', short):
        assert html.count(f'id="{anchor}"') == 1, anchor
    both = read(client, "editions/2...3/").content.decode()
    assert "<i>" not in both
    assert both.count(f"Prescribing {ESCAPED}") == 2  # in short, and above what changed
    assert f">Prescribing {ESCAPED} changed.</a>" in both
    last = words(client, "editions/2...3/")
    assert "Neither of them" not in last
    assert "Why, in the editors’ words: “The third”" in last


def test_a_withheld_part_is_on_neither_side_of_a_comparison_and_named_once(monograph, client):
    house = make.the_house()
    make.withhold(monograph, make.key("monitoring"), house.publisher)

    html = read(client, "editions/1...2/").content.decode()

    assert "Tests go on" not in html
    assert html.count("Monitoring: withheld.</strong> It is shown on neither side.") == 1
    assert "Tests go on" not in read(client, "editions/1/").content.decode()
    assert "withheld" in words(client, "editions/1/")


def test_a_part_that_was_withheld_and_then_taken_out_is_named_in_the_comparison_too(monograph, client, monkeypatch):
    house = make.the_house()
    make.withhold(monograph, make.key("prescribing"), house.publisher)
    third = texts()[2]
    again(house, monograph.live.edition, third.replaced(sections=third.sections[1:]))

    html = read(client, "editions/3...4/").content.decode()

    assert "Start at once." not in html
    assert html.count(f"Prescribing {ESCAPED}: withheld.</strong> It is shown on neither side.") == 1


def test_a_page_that_was_taken_down_is_410_everywhere_below_it_and_says_why_as_text(monograph, client):
    house = make.the_house()
    make.withdraw(monograph.live.edition, house.publisher, "take_down", f"its source {NASTY}")

    for path in ("", "editions/", "editions/1/", "editions/2/", "editions/1...2/", "editions/1...3/"):
        answer = read(client, path)
        html = answer.content.decode()
        assert answer.status_code == 410, path
        assert (
            f'This page was removed on <time datetime="{DAYS[2]:%Y-%m-%d}">{THIRD}</time>: its source {ESCAPED}' in html
        )
        assert html.count(f"Testazumab {ESCAPED} was taken down") == 2
        assert "<i>" not in html
        assert "Tests go on" not in html
        assert "ETag" not in answer.headers
        assert 'href="https://www.medicines.org.uk/emc/"' in html
        assert 'href="https://www.sps.nhs.uk/"' in html
        assert '<meta name="robots" content="noindex">' in html
    assert read(client, "editions/3/").status_code == 302
    said = client.get("/updates/").content.decode()
    assert f"<strong>Removed: its source {ESCAPED}.</strong>" in said
    assert "<i>" not in said
    answer = read(client, "monograph.json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (410, "application/json")
    overlay = monograph.overlays.get()
    assert answer.json() == {
        "slug": "testazumab", "status": "removed", "at": overlay.at.isoformat(), "reason": f"its source {NASTY}",
    }  # fmt: skip


def test_the_page_as_data_says_everything_that_stands_over_it(monograph, client):
    house = make.the_house()
    live = monograph.live
    doc = texts()[2]
    plain = {
        "schema": "clincalc-page/1",
        "demonstration": False,
        "address": f"https://clincalc.test{PAGE}",
        "slug": "testazumab",
        "edition": 3,
        "digest": digest(doc),
        "published_at": live.published_at.isoformat(),
        "last_full_review": f"{DAYS[0]:%Y-%m-%d}",
        "evidence_checked_at": None,
        "next_review_due": monograph.next_review_due.isoformat(),
        "status": "text reviewed",
        "doses": "none published",
        "signatures": live.signatures,
        "overlays": [],
        "withheld": [],
        "document": as_json(doc),
    }
    answer = read(client, "monograph.json")
    form = answer.json()
    missing_professions = form.pop("does_not_cover")
    assert answer.headers["Content-Type"] == "application/json"
    assert form == plain
    assert missing_professions[:3] == ["doses", "indications", "contra-indications"]
    assert not {"monitoring", "prescribing in practice"} & set(missing_professions)
    assert answer.content.decode() == json.dumps(
        {**form, "does_not_cover": missing_professions}, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )

    (warning,) = make.warn(house.clinician, monograph)
    erratum = make.correct(house.pharmacist, monograph, "for months.", f"for years {NASTY}.", harm="severe")
    held = make.withhold(monograph, make.key("prescribing"), house.publisher)
    make.withdraw(live.edition, house.publisher, "retire", "its source is in doubt")
    retired = monograph.overlays.get(kind="retire")
    expected = {
        "kind": "warning", "at": warning.at.isoformat(), "title": "There is a new severe reaction",
        "severity": "critical", "quote": make.WARNED.quote, "link": make.WARNED.link,
        "regulator": "Medicines and Healthcare products Regulatory Agency (MHRA)",
        "second_signature_due": (warning.at + timedelta(hours=24)).isoformat(), "countersigned_by": None, "late": False,
    }  # fmt: skip
    form = read(client, "monograph.json").json()
    assert form["overlays"] == [
        {"kind": "retire", "at": retired.at.isoformat(), "reason": "its source is in doubt"},
        expected,
        {
            "kind": "erratum", "at": erratum.at.isoformat(), "said": "for months.",
            "should_say": f"for years {NASTY}.", "editions": [2, 3], "harm": "severe",
            "places": [
                {
                    "part": str(make.key("monitoring")), "fields": ["text"], "nth": 1, "label": "Monitoring",
                    "address": f"https://clincalc.test{PAGE}#wrong-{erratum.pk}-1",
                }
            ],
        },
    ]  # fmt: skip
    assert form["withheld"] == [
        {
            "key": str(make.key("prescribing")), "part": f"Prescribing {NASTY}", "at": held.at.isoformat(),
            "reason": "the source has changed",
        }
    ]  # fmt: skip
    assert (form["status"], form["doses"]) == ("retired", "not shown")
    assert "prescribing in practice" in form["does_not_cover"]
    assert [one["key"] for one in form["document"]["sections"]] == [str(make.key("monitoring"))]
    make.countersign(warning, house.clinician2)
    assert read(client, "monograph.json").json()["overlays"][1] == expected | {"countersigned_by": "general physician"}


@pytest.mark.parametrize(("seconds", "late"), [(-1, False), (0, True)])
def test_a_second_signature_is_late_from_the_moment_at_which_it_was_due(monograph, client, monkeypatch, seconds, late):
    (warning,) = make.warn(make.the_house().clinician, monograph)
    monkeypatch.setattr("django.utils.timezone.now", lambda: warning.due_at + timedelta(seconds=seconds))

    assert read(client, "monograph.json").json()["overlays"][0]["late"] is late


@pytest.mark.parametrize(("days", "status"), [(0, "text reviewed"), (1, "review overdue")])
def test_the_data_say_that_a_review_is_overdue_from_the_day_after(monograph, client, monkeypatch, days, status):
    due = monograph.next_review_due
    at = datetime(due.year, due.month, due.day, 12, tzinfo=UTC) + timedelta(days=days)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)

    assert read(client, "monograph.json").json()["status"] == status


def test_another_monographs_editions_are_not_of_this_archive(monograph, client):
    make.published(make.the_house(), "otherumab")

    assert client.get("/drugs/otherumab/editions/").content.decode().count("<h2>") == 1
    assert "There is one edition so far." in client.get("/drugs/otherumab/editions/").content.decode()
    assert client.get("/drugs/otherumab/editions/2/").status_code == 404
    assert read(client, "editions/").content.decode().count("<h2>") == 3
    assert Publication.objects.live().count() == 2
