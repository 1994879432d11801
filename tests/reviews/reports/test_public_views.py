"""The public form and its receipt: what they take over from the address, what they send on, and every word as text."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from monographs.models import Monograph
from reviews.audit import acts
from reviews.audit.trail import WriteLockTimeout
from reviews.editing.monographs import move
from reviews.models import AuditEvent, ProblemReport
from reviews.reports import public_views, service
from reviews.reports.service import TooManyReports
from tests import factories as make
from tests.forms import forms_of
from tests.monographs.public.test_updates import again

pytestmark = pytest.mark.django_db

NASTY = "</script><i>\"&'"
ESCAPED = "&lt;/script&gt;&lt;i&gt;&quot;&amp;&#x27;"
FORM = {"text": "The interval is wrong.", "harm": "no", "source": "", "email": ""}
PAGE = "/drugs/testazumab/"


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    make.published(house, doc=document())
    again(house, make.live().edition, document().replaced(related=()))
    return SimpleNamespace(page=Monograph.objects.get())


def document():
    doc = make.document()
    twice = doc.sections[0].replaced(key=make.key("again"))
    bare = doc.sections[0].replaced(key=make.key("bare"), kind="cautions", heading=f"Head {NASTY}")
    header = doc.header.replaced(name=f"Testazumab {NASTY}", title=f"Testazumab {NASTY}")
    return doc.replaced(header=header, sections=(*doc.sections, twice, bare))


def options(html):
    return re.findall(r'<option value="([^"]*)"( selected)?>', html)


def test_the_form_offers_the_headings_that_the_page_shows(page, client):
    html = client.get("/report/", {"page": PAGE}).content.decode()

    assert [one for one, _ in options(html)] == [
        "The whole page", "Safety notices", "Dose", "Prescribing in practice", "Monitoring", f"Head {ESCAPED}",
        "References",
    ]  # fmt: skip
    assert "<i>" not in html
    assert html.count(f"Testazumab {ESCAPED}") == 4  # title, description, way back, page
    assert f'<input type="hidden" name="page" value="{PAGE}">' in html
    assert '<input type="hidden" name="edition" value="2">' in html
    assert "with this page</h1>" in html
    house = make.the_house()
    make.withhold(page, make.key("bare"), house.publisher)
    assert f"Head {ESCAPED}" not in [one for one, _ in options(client.get("/report/", {"page": PAGE}).content.decode())]
    make.withdraw(page.live.edition, house.publisher, "take_down")
    html = client.get("/report/", {"page": PAGE}).content.decode()
    assert [one for one, _ in options(html)] == ["The whole page"]
    whole = client.get("/report/").content.decode()
    assert options(whole) == []
    assert "ClinCalc Pro as a whole" in whole
    assert 'name="edition"' not in whole
    assert "<h1>Report a problem</h1>" in whole


@pytest.mark.parametrize(
    ("given", "chosen"),
    [
        ("monitoring", "Monitoring"), ("Monitoring", "Monitoring"), ("prescribing", "Prescribing in practice"),
        ("dose", "Dose"), ("references", "References"), ("Safety notices", "Safety notices"), ("interactions", None),
        ("Nowhere", None), ("", None),
    ],
)  # fmt: skip
def test_a_part_is_chosen_by_its_heading_or_by_its_anchor(page, client, given, chosen):
    html = client.get("/report/", {"page": PAGE, "part": given}).content.decode()

    assert [one for one, is_selected in options(html) if is_selected] == ([chosen] if chosen else [])


def test_the_edition_is_that_of_the_address_then_of_the_field_then_the_present_one(page, client):
    for given, edition in (
        ({"page": PAGE}, 2), ({"page": f"{PAGE}editions/1/"}, 1), ({"page": f"{PAGE}editions/2/"}, 2),
        ({"page": f"{PAGE}editions/1/", "edition": "2"}, 1), ({"page": f"{PAGE}editions/9/"}, 2),
        ({"page": PAGE, "edition": "1"}, 1), ({"page": PAGE, "edition": "3"}, 2), ({"page": PAGE, "edition": "0"}, 2),
        ({"page": PAGE, "edition": "-1"}, 2), ({"page": PAGE, "edition": "01"}, 2), ({"page": PAGE, "edition": "x"}, 2),
        ({"page": PAGE, "edition": "1234567"}, 2), ({"page": f"{PAGE}editions/1234567/", "edition": "1"}, None),
        ({"page": "/drugs/nothing/"}, None), ({"page": PAGE[:-1]}, None), ({"page": f"{PAGE}x"}, None),
        ({"page": f"x{PAGE}"}, None), ({"page": f"https://evil.example{PAGE}"}, None),
    ):  # fmt: skip
        html = client.get("/report/", given).content.decode()
        found = re.findall(r"<dt>Page</dt><dd>(.*?)</dd>", html)
        expected = f"Testazumab {ESCAPED}, edition {edition}" if edition else "ClinCalc Pro as a whole"
        assert found == [expected], given


def test_each_field_reaches_the_report_and_the_receipt_as_text(page, client):
    sent = client.post(
        "/report/",
        {
            "text": f"First line {NASTY}\nsecond line", "harm": "yes", "source": f"Source {NASTY}",
            "email": "r@example.org", "page": f"{PAGE}editions/1/", "edition": "2", "part": f"Head {NASTY}",
        },
    )  # fmt: skip

    made = ProblemReport.objects.get()
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/report/{made.token}/")
    assert (made.text, made.harm, made.source, made.email) == (
        f"First line {NASTY}\nsecond line", True, f"Source {NASTY}", "r@example.org",
    )  # fmt: skip
    assert (made.page, made.edition, made.part, made.monograph) == (f"{PAGE}editions/1/", 1, f"Head {NASTY}", page)
    receipt = client.get(sent.headers["Location"]).content.decode()
    due = timezone.localtime(made.due_at)
    assert (
        f'You said that it could harm: a clinician looks by <time datetime="{due.isoformat(timespec="seconds")}">{due:%H:%M}, '
        in receipt
    )
    assert "You get it by e-mail too." in receipt
    assert f"<p>First line {ESCAPED}<br>second line</p>" in receipt
    assert f"<p>Source: Source {ESCAPED}</p>" in receipt
    assert f"<dt>Part</dt><dd>Head {ESCAPED}</dd>" in receipt
    assert f'<a href="{PAGE}editions/1/">{PAGE}editions/1/</a>, edition 1</dd>' in receipt
    assert "r@example.org" not in receipt  # whoever has the address of a receipt need not know the reporter's
    service.answer(
        made,
        actor=make.the_house().clinician,
        outcome="no-change",
        text=f"Right {NASTY}\nas it is",
        reason="Looked at.",
    )
    answered = client.get(sent.headers["Location"]).content.decode()
    assert f"<p>Right {ESCAPED}<br>as it is</p>" in answered
    assert "The page is right as it is</h2>" in answered
    assert "Received: report" not in answered
    assert "a clinician looks by" not in answered
    assert "<i>" not in receipt + answered
    assert '<meta name="robots" content="noindex">' in receipt


@pytest.mark.parametrize(("harm", "said"), [("yes", True), ("no", False)])
def test_whether_it_could_harm_is_kept_as_it_was_said(page, client, harm, said):
    receipt = client.post("/report/", {**FORM, "harm": harm}, follow=True).content.decode()

    assert ProblemReport.objects.get().harm is said
    assert ("You said that it could harm" in receipt, "Somebody looks by" in receipt) == (said, not said)
    assert "You get it by e-mail too." not in receipt
    assert "ClinCalc Pro as a whole" in receipt
    assert "<dt>Part</dt>" not in receipt
    assert "Source:" not in receipt


@pytest.mark.parametrize("part", ["The whole page", "Nowhere", ""])
def test_a_part_that_the_page_does_not_have_is_the_whole_page(page, client, part):
    client.post("/report/", {**FORM, "page": PAGE, "part": part})

    made = ProblemReport.objects.get()
    assert (made.part, made.edition, made.page) == ("", 2, PAGE)


def test_what_was_typed_comes_back_as_text_and_says_at_each_box_what_is_wrong(page, client):
    answer = client.post(
        "/report/", {"page": PAGE, "text": "<i>\"&'", "source": NASTY, "email": NASTY, "part": "Monitoring"}
    )

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "<i>" not in html
    assert f'name="source" value="{ESCAPED}"' in html
    assert f'name="email" value="{ESCAPED}"' in html
    assert "&lt;i&gt;&quot;&amp;&#x27;</textarea>" in html
    assert '<option value="Monitoring" selected>' in html
    errors = html[html.index('class="errors"') : html.index("<form")]
    no_address = "This is no e-mail address. Leave it empty if you want no answer."
    assert re.findall(r'<a href="#([a-z_-]+)">(.*?)</a>', errors) == [
        ("id_text", "What is wrong?: Write at least one sentence."),
        ("id_harm", "Could it harm someone?: Say whether it could harm someone."),
        ("id_email", f"Your e-mail (if you want an answer): {no_address}"),
    ]  # fmt: skip
    assert '<fieldset class="field field-bad" id="id_harm" aria-describedby="id_harm_error">' in html
    assert re.findall(r'<div class="field field-bad"><label for="(\w+)">', html) == ["id_text", "id_email"]
    assert re.findall(r'id="(\w+_error)">(.*?) </span>', html) == [
        ("id_text_error", "Write at least one sentence."),
        ("id_harm_error", "Say whether it could harm someone."),
        ("id_email_error", no_address),
    ]  # fmt: skip
    assert re.findall(
        r'aria-describedby="([^"]+)" aria-invalid="true"|aria-invalid="true" aria-describedby="([^"]+)"', html
    )
    assert "checked" not in html
    assert not ProblemReport.objects.exists()


@pytest.mark.parametrize("harm", ["yes", "no", "maybe"])
def test_what_was_said_of_harm_stays_chosen(page, client, harm):
    html = client.post("/report/", {**FORM, "text": "", "harm": harm}).content.decode()

    assert re.findall(r'value="(yes|no)" [^>]*checked', html) == ([harm] if harm != "maybe" else [])


def test_a_busy_house_keeps_the_words_and_says_when_to_try_again(page, client, monkeypatch):
    def busy(*arguments, **about):
        raise WriteLockTimeout

    monkeypatch.setattr(public_views, "report", busy)
    answer = client.post("/report/", {**FORM, "text": f"Words {NASTY}"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert f"Words {ESCAPED}</textarea>" in answer.content.decode()
    assert "The site is busy for a moment." in answer.content.decode()


@pytest.mark.parametrize(("seconds", "told"), [(90, "90"), (0, "1"), (-5, "1")])
def test_a_flood_says_after_how_many_seconds(page, client, monkeypatch, seconds, told):
    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)

    def flooded(*arguments, **about):
        raise TooManyReports(now + timedelta(seconds=seconds))

    monkeypatch.setattr(public_views, "report", flooded)
    answer = client.post("/report/", FORM)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, told)
    until = timezone.localtime(now + timedelta(seconds=seconds))
    assert f"Wait until {until:%H:%M}, then send it again." in strip_tags(answer.content.decode())


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, True),
        ({"Origin": "https://clincalc.test"}, True),
        ({"Origin": "http://testserver"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Origin": "https://clincalc.test", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "http://clincalc.test"}, False),
        ({"Origin": "https://testserver"}, False),
        ({"Origin": "https://clincalc.test.evil.example"}, False),
    ],
)
def test_the_form_is_taken_from_our_own_pages_alone(page, client, headers, taken):
    answer = client.post("/report/", FORM, headers=headers)

    assert (answer.status_code, ProblemReport.objects.count()) == ((303, 1) if taken else (403, 0))
    assert ("This form came from another site." in answer.content.decode()) == (not taken)
    # Whoever only reads it may come from anywhere.
    assert client.get("/report/", headers=headers).status_code == 200


def test_a_receipt_opens_by_its_whole_token_alone(page, client):
    made = service.report(service.ReportInput("The interval is wrong.", harm=False), sender="s")
    for token in (made.token[:-1], f"{made.token}A", made.token.swapcase(), "A" * 43, str(made.pk)):
        assert client.get(f"/report/{token}/").status_code == 404, token
    assert client.get(f"/report/{made.token}/").status_code == 200


@pytest.mark.parametrize(
    ("page_given", "found"), [("/drugs/" + "a" * 100 + "/", True), ("/drugs/" + "a" * 101 + "/", False)]
)
def test_addresses_are_as_long_as_slugs_may_be(page_given, found):
    assert bool(public_views._PAGE.fullmatch(page_given)) is found


@pytest.mark.parametrize(
    ("page_given", "kept", "edition"),
    [
        ("/drugs/testazumab/", "/drugs/thirdumab/", 4),
        ("/drugs/secondumab/", "/drugs/thirdumab/", 4),
        ("/drugs/TestaZumab/", "/drugs/thirdumab/", 4),
        ("/drugs/Thirdumab/", "/drugs/thirdumab/", 4),
        ("/drugs/testazumab/editions/1/", "/drugs/thirdumab/editions/1/", 1),
        ("/drugs/SECONDUMAB/editions/2/", "/drugs/thirdumab/editions/2/", 2),
    ],
)
def test_a_report_follows_its_page_however_often_it_moved_and_in_whatever_capitals(
    page, client, page_given, kept, edition
):
    house = make.the_house()
    for slug, related in (("secondumab", document().related), ("thirdumab", ())):
        move(page, slug=slug, actor=house.publisher, reason="It has another name.")
        again(house, Monograph.objects.get().live.edition, document().replaced(related=related))
    form = client.get("/report/", {"page": page_given}).content.decode()
    assert f'name="page" value="{kept}"' in form

    answer = client.post("/report/", {**FORM, "page": page_given})

    made = ProblemReport.objects.get()
    assert (answer.status_code, made.monograph, made.page, made.edition) == (303, page, kept, edition)


def filled_in(client, **typed):
    (form,) = (one for one in forms_of(client.get("/report/", {"page": PAGE}).content.decode()) if "page" in one.fields)
    return form.filled(**{**FORM, "part": "Monitoring", **typed})


def test_a_form_that_is_sent_again_leads_to_its_receipt_however_late_and_whatever_became_of_it(
    page, client, monkeypatch
):
    form = filled_in(client)
    first = client.post("/report/", form)
    one = ProblemReport.objects.get()
    house = make.the_house()
    service.answer(one, actor=house.clinician, outcome="no-change", text="It is right.", reason="Looked at.")
    later = timezone.now() + timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    entries = AuditEvent.objects.count()

    again = client.post("/report/", form)

    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"] == f"/report/{one.token}/"
    assert (ProblemReport.objects.count(), AuditEvent.objects.count()) == (1, entries)


@pytest.mark.parametrize("change", [{"text": "Another thing is wrong."}, {"harm": "yes"}, {"part": "Dose"}])
def test_other_words_in_a_form_that_was_sent_already_are_another_report(page, client, change):
    """Whoever goes back and tells of one thing more is heard."""
    form = filled_in(client)

    receipts = {client.post("/report/", {**form, **more}).headers["Location"] for more in ({}, change)}

    assert (len(receipts), ProblemReport.objects.count()) == (2, 2)


def test_a_token_of_another_act_is_no_report(page, client):
    house, form = make.the_house(), filled_in(client)
    with acts.of_form(form["act"][0]):
        make.draft(house, "otherumab")

    answer = client.post("/report/", form)

    assert (answer.status_code, ProblemReport.objects.count()) == (303, 1)


def test_each_showing_of_the_form_is_another_report(page, client):
    """And none leaves a cookie: the token is in the page alone."""
    answers = [client.get("/report/", {"page": PAGE}) for _ in range(2)]
    tokens = [re.search(r'name="act" value="([^"]+)"', one.content.decode())[1] for one in answers]

    assert len(set(tokens)) == 2
    assert not any(one.cookies for one in answers)
