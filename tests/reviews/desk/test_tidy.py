"""The button that takes characters out, on every form of the desk that takes words."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from monographs.assemble import build
from monographs.models import Monograph
from reviews.models import AuditEvent, ChangeSet
from reviews.reports import service
from tests import factories as make
from tests.forms import forms_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(scope="module")
def made(once_a_module):
    return SimpleNamespace(edition=make.draft(make.the_house()))


def address(name, *arguments):
    return reverse(name, args=["testazumab", *arguments])


def form_with(html, field):
    return next(one for one in forms_of(html) if field in one.fields)


def test_from_the_refusal_to_the_saved_words(client, house, edition):
    """The whole way: refused with the place, everything typed is there; the button; looked at; saved."""
    client.force_login(house.editor)
    page = address("part_edit", make.key("monitoring"))
    before = ChangeSet.objects.count(), AuditEvent.objects.count()
    form = form_with(client.get(page).content.decode(), "text")
    assert "tidy" not in form.buttons
    typed = "Give 10 \uf06dg.\r\n\r\nMo\u00adnth\u00adly\u200b."

    refused = client.post(page, form.filled(text=typed, heading="Watch", reason="Past\u00aded"))

    html = refused.content.decode()
    assert refused.status_code == 422
    assert "Line 1, after “Give 10 ”: a letter of Word’s Symbol font (U+F06D), meant as “μ”." in html
    assert "Line 3, after “Mo”: a soft hyphen (U+00AD)." in html
    again = form_with(html, "text")
    assert (again.fields["text"], again.fields["heading"]) == ([typed], ["Watch"])
    assert "tidy" in again.buttons

    tidied = client.post(page, again.filled(tidy="1"))

    html = tidied.content.decode()
    assert tidied.status_code == 200
    assert "Taken out, and not saved yet" in html
    assert (
        "Text: 2 soft hyphens taken out; 1 zero-width space taken out; 1 letter of Word’s Symbol font became “μ”."
        in html
    )
    assert "Reason: 1 soft hyphen taken out." in html
    left = form_with(html, "text")
    assert left.fields["text"] == ["Give 10 μg.\n\nMonthly."]
    assert left.fields["reason"] == ["Pasted"]
    assert "tidy" not in left.buttons
    assert (ChangeSet.objects.count(), AuditEvent.objects.count()) == before

    assert client.post(page, left.filled()).status_code == 302
    assert build(edition).by_key()[make.key("monitoring")].text == "Give 10 μg.\n\nMonthly."


WITH_PARTS = {
    "header": ("edit_header", (), {"introduction": "An in\u00adtroduction.", "brands-0-name": "Les\u200btamo"}),
    "section": ("part_new", ("section",), {"kind": "cautions", "text": "Ca\ufefful"}),
    "monitoring": ("part_new", ("monitoring",), {"test": "Blood\ufe0f", "note": "a\u034fb"}),
    "notice": ("part_new", ("notice",), {"type": "caution", "title": "Ta\u2060ke care", "text": "\uf0b3 30"}),
    "citation": (
        "part_new",
        ("citation",),
        {"type": "report", "title": "Gui\u00addeline", "authors": "Co\ufffdles, A"},
    ),
    "related": ("part_new", ("related",), {"target": "other", "reason_shown": "Same\u180e class"}),
}


@pytest.mark.parametrize(("name", "arguments", "typed"), WITH_PARTS.values(), ids=WITH_PARTS)
def test_every_form_of_the_editor_has_the_button(client, house, edition, name, arguments, typed):
    client.force_login(house.editor)
    page = address(name, *arguments)
    first = next(iter(set(typed) - {"kind", "type", "target"}))
    shown = form_with(client.get(page).content.decode(), first)
    before = AuditEvent.objects.count()

    refused = client.post(page, shown.filled(**typed))
    again = form_with(refused.content.decode(), first)
    answer = client.post(page, again.filled(tidy="1"))

    assert refused.status_code == 422
    assert refused.content.decode().count("(U+") >= 1
    left = form_with(answer.content.decode(), first)
    for field, words in typed.items():
        assert again.fields[field] == [words]
        assert all(ord(one) < 128 or one == "≥" for one in left.fields[field][0]), field
    assert ("tidy" in again.buttons, "tidy" in left.buttons) == (True, False)
    assert again.submits[0] == left.submits[0] == ""
    assert AuditEvent.objects.count() == before


def test_a_sign_that_nobody_knows_stays_for_its_author_to_replace(client, house, edition):
    client.force_login(house.editor)
    page = address("part_edit", make.key("monitoring"))
    form = form_with(client.get(page).content.decode(), "text")

    answer = client.post(page, form.filled(text="see \uf0fc a\u00adbove", tidy="1"))

    html = answer.content.decode()
    assert "It is still there: put the sign in its place." in html
    assert form_with(html, "text").fields["text"] == ["see \uf0fc above"]
    assert "tidy" not in form_with(html, "text").buttons
    assert answer.status_code == 422


def test_a_lost_letter_is_told_with_its_place(client, house, edition):
    client.force_login(house.editor)
    page = address("part_edit", make.key("monitoring"))
    form = form_with(client.get(page).content.decode(), "text")

    html = client.post(page, form.filled(text="Give 10 \ufffdg", tidy="1")).content.decode()

    assert "After “Give 10 ”, a sign is lost that could not be read. Type it anew." in html


@pytest.mark.parametrize("typed", ["Store at \x9620 °C, 5\x9610 mg, IL\x1e6", "Wait\x85 then \x93stop\x94"])
def test_the_button_writes_the_dashes_and_quotes_that_were_meant(client, house, edition, typed):
    client.force_login(house.editor)
    page = address("part_edit", make.key("monitoring"))
    form = form_with(client.get(page).content.decode(), "text")
    meant = typed.translate({0x96: "–", 0x1E: "‑", 0x85: "…", 0x93: "“", 0x94: "”"})

    refused = client.post(page, form.filled(text=typed))
    answer = client.post(page, form_with(refused.content.decode(), "text").filled(tidy="1"))

    assert refused.status_code == 422
    assert "meant as “" in refused.content.decode()
    assert form_with(answer.content.decode(), "text").fields["text"] == [meant]
    assert "became “" in answer.content.decode()


def test_the_button_writes_nothing_however_it_is_pressed(client, house, edition):
    """Without anything to take out, too, and beside the other fields of a form that would have been fine."""
    client.force_login(house.editor)
    page = address("part_edit", make.key("monitoring"))
    form = form_with(client.get(page).content.decode(), "text")
    before = AuditEvent.objects.count()

    answer = client.post(page, form.filled(text="Monthly.", tidy="1"))

    assert answer.status_code == 200
    assert "There was nothing to take out" in answer.content.decode()
    assert form_with(answer.content.decode(), "text").fields["text"] == ["Monthly."]
    assert AuditEvent.objects.count() == before
    assert build(edition).by_key()[make.key("monitoring")].text != "Monthly."


def test_a_new_monograph(client, house):
    client.force_login(house.editor)
    page = reverse("monograph_new")
    shown = form_with(client.get(page).content.decode(), "title")
    typed = {"drug_name": "no\u00advumab", "title": "No\u200bvumab", "names-0-name": "t\ufeffwo"}

    more = {"names-0-kind": "other", "therapeutic_class": "immunology"}
    refused = client.post(page, shown.filled(**more, **typed))
    again = form_with(refused.content.decode(), "title")
    answer = client.post(page, again.filled(tidy="1"))

    assert refused.status_code == 422
    assert "row 1: Name: After “t”: a byte order mark (U+FEFF)" in refused.content.decode()
    left = form_with(answer.content.decode(), "title")
    assert [left.fields[name][0] for name in typed] == ["novumab", "Novumab", "two"]
    assert "Names, row 1: name: 1 byte order mark taken out." in answer.content.decode()
    assert not Monograph.objects.filter(slug="novumab").exists()


DIRTY, LEFT = "A\u00ad reason", "A reason"


@pytest.fixture
def told(house):
    """A published page with a warning over it, its next draft in review, and a report about it."""
    edition = make.published(house, "publishedumab", make.document(related=()))
    page = edition.monograph
    warning, *_ = make.warn(house.clinician, page)
    started = make.start(house, edition)
    make.reword(started, "monitoring", "Other words.", actor=house.editor)
    make.submit(house, started)
    report = service.report(service.ReportInput(text="It should say weekly.", harm=False), sender="x", monograph=page)
    harm = service.report(service.ReportInput(text="It could kill.", harm=True), sender="x", monograph=page)
    return {
        "warning": warning.pk,
        "report": report.pk,
        "harm": harm.pk,
        "live": make.seen(edition),
        "review": make.seen(started),
    }


BOXES = {
    "discard": ("editor", "/desk/monographs/testazumab/do/discard/", {"reason": DIRTY}),
    "tier": ("clinician2", "/desk/monographs/testazumab/tier/", {"tier": "high", "reason": DIRTY}),
    "move": ("publisher", "/desk/monographs/testazumab/move/", {"slug": "another", "reason": DIRTY}),
    "send back": ("clinician2", "/desk/monographs/publishedumab/do/send-back/", {"digest": "{review}", "reason": DIRTY}),
    "sign": (
        "clinician2",
        "/desk/monographs/publishedumab/do/sign/",
        {"digest": "{review}", "interests": "declared", "interests_text": DIRTY, "password": "p\u00ads"},
    ),
    "withdraw": (
        "publisher",
        "/desk/monographs/publishedumab/do/withdraw/",
        {"digest": "{live}", "kind": "retire", "reason": DIRTY},
    ),
    "lift": ("pharmacist", "/desk/overlays/{warning}/lift/", {"reason": DIRTY, "password": make.PASSWORD}),
    "erratum": (
        "pharmacist",
        "/desk/monographs/publishedumab/erratum/",
        {"wrong": DIRTY, "right": "x", "harm": "none", "password": make.PASSWORD},
    ),
    "warning": (
        "clinician",
        "/desk/warnings/new/",
        {
            "monographs": "publishedumab", "title": "stop", "severity": "major", "regulator": "mhra",
            "link": "https://www.gov.uk/x", "issued": "2026-01-23", "quote": DIRTY, "password": make.PASSWORD,
        },
    ),
    "closing": ("clinician", "/desk/reports/{harm}/", {"outcome": "no_change", "answer": "x", "reason": DIRTY}),
    "answer": ("editor", "/desk/reports/{report}/", {"outcome": "no_change", "answer": DIRTY}),
}  # fmt: skip


@pytest.mark.parametrize(("who", "target", "typed"), BOXES.values(), ids=BOXES)
def test_every_box_for_words_has_the_button(house, edition, told, who, target, typed):
    client = Client()
    client.force_login(house.people[who])
    sent = {name: words.format(**told) for name, words in typed.items()}
    box = next(name for name, words in typed.items() if words == DIRTY)
    before = AuditEvent.objects.exclude(verb="refused").count()

    refused = client.post(target.format(**told), sent)
    again = next(one for one in forms_of(refused.content.decode()) if "tidy" in one.buttons)
    answer = client.post(target.format(**told), again.filled(**{**sent, "tidy": "1"}))

    assert refused.status_code in (409, 422)
    assert again.fields[box] == [DIRTY]
    assert again.submits[0] == ""
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<li>1 soft hyphen taken out.</li>" in html
    assert [LEFT] in [one.fields.get(box) for one in forms_of(html)]
    assert not any("tidy" in one.buttons for one in forms_of(html))
    assert AuditEvent.objects.exclude(verb="refused").count() == before
