"""Reports of problems: taken in from anybody, looked at by a clock, answered once, and forgotten in time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from monographs.models import Monograph
from reviews import reports
from reviews.models import AuditEvent, ProblemReport
from reviews.refusals import Refused
from reviews.reports import Flooded, Said, due
from reviews.verify import verify
from tests import factories as make

pytestmark = pytest.mark.django_db

FORM = {"text": "The interval is wrong on this page.", "harm": "yes", "source": "SmPC 4.4", "email": "r@example.org"}
SAID = Said("The interval is wrong on this page.", harm=True, email="r@example.org")


@pytest.fixture
def page(house):
    make.published(house)
    return Monograph.objects.get()


@pytest.mark.parametrize(
    ("at", "harm", "expected"),
    [
        (datetime(2026, 11, 25, 15, 0, tzinfo=UTC), True, datetime(2026, 11, 25, 19, 0, tzinfo=UTC)),
        (datetime(2026, 11, 25, 15, 0, tzinfo=UTC), False, datetime(2026, 12, 2, 15, 0, tzinfo=UTC)),
        (datetime(2026, 11, 27, 23, 30, tzinfo=UTC), False, datetime(2026, 12, 4, 23, 30, tzinfo=UTC)),
        (datetime(2026, 11, 28, 9, 0, tzinfo=UTC), False, datetime(2026, 12, 4, 9, 0, tzinfo=UTC)),  # a Saturday
        (
            datetime(2026, 10, 23, 9, 0, tzinfo=UTC),
            False,
            datetime(2026, 10, 30, 10, 0, tzinfo=UTC),
        ),  # the clocks change
    ],
)
def test_the_clock_counts_hours_or_working_days_in_london(at, harm, expected):
    assert due(at, harm) == expected


def test_a_reader_reports_without_account_cookie_or_script(client, page):
    form = client.get("/report/?page=/drugs/testazumab/&edition=1")
    assert (form.status_code, "Testazumab, edition 1" in form.content.decode()) == (200, True)
    assert "Prescribing in practice" in form.content.decode()

    answer = client.post(
        "/report/", {**FORM, "page": "/drugs/testazumab/", "edition": "1", "part": "Monitoring"}, follow=True
    )

    made = ProblemReport.objects.get()
    assert (made.monograph, made.edition, made.part, made.harm) == (page, 1, "Monitoring", True)
    assert made.due_at - made.at == timedelta(hours=4)
    assert f"Received: report R-{made.pk}" in answer.content.decode()
    assert "127.0.0.1" not in made.sender
    assert "Set-Cookie" not in answer.headers
    assert "cookie" not in answer.headers.get("Vary", "").lower()
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.actor, "interval" in entry.text) == ("reported", None, False)
    assert verify() == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": "short"}, "Write at least one sentence."),
        ({"harm": ""}, "Say whether it could harm someone."),
        ({"email": "nobody"}, "This is no e-mail address."),
        ({"text": "Patient 943 476 5919 was given this"}, "This holds an NHS number."),
        ({"source": "943-476-5919"}, "This holds an NHS number."),
        ({"text": "x" * 5000}, "Keep it to 4,000 characters."),
        ({"text": "A NUL \x00 in the middle"}, "character"),
    ],
)
def test_what_is_refused_is_kept_on_the_page_and_nowhere_else(client, page, change, said):
    answer = client.post("/report/", {**FORM, "page": "/drugs/testazumab/", **change})

    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert "This field is required" not in answer.content.decode()  # each fault once, in our own words
    assert "Select a valid choice" not in answer.content.decode()
    assert "SmPC 4.4" in answer.content.decode() or "source" in change
    assert not ProblemReport.objects.exists()
    assert not AuditEvent.objects.filter(verb="refused").exists()


@pytest.mark.parametrize(
    "page_given",
    ["", "//evil.example/", "javascript:alert(1)", "/drugs/none/", "/desk/", "x" * 100_000, "/drugs/\x00/"],
)
def test_an_unknown_page_is_the_house_as_a_whole(client, page, page_given):
    assert client.get("/report/", {"page": page_given}).status_code == 200
    answer = client.post("/report/", {**FORM, "page": page_given, "edition": "99999999999", "part": "Nowhere"})

    made = ProblemReport.objects.get()
    assert (answer.status_code, made.monograph, made.page, made.part) == (303, None, "", "")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
        {"Origin": "ftp://testserver"},
    ],
)
def test_another_site_sends_no_report(client, page, headers):
    assert client.post("/report/", FORM, headers=headers).status_code == 403
    assert not ProblemReport.objects.exists()


def test_a_flood_is_stopped_and_a_double_click_is_one_report(client, page):
    first = client.post("/report/", FORM)
    assert client.post("/report/", FORM).headers["Location"] == first.headers["Location"]
    for number in range(4):
        assert client.post("/report/", {**FORM, "text": f"Another thing is wrong, {number}."}).status_code == 303

    answer = client.post("/report/", {**FORM, "text": "One more thing is wrong here."})

    assert (answer.status_code, ProblemReport.objects.count()) == (429, 5)
    assert int(answer.headers["Retry-After"]) > 0
    assert "One more thing is wrong here." in answer.content.decode()
    with pytest.raises(Flooded):
        for number in range(100):
            reports.report(Said(f"Thing {number} is wrong.", harm=False), sender=f"someone {number}")
    assert ProblemReport.objects.count() == 60


def test_a_report_is_answered_once_by_whoever_works_on_the_class(house, page, client):
    one = reports.report(SAID, sender="s", monograph=page, page="/drugs/testazumab/")
    for person in ("publisher", "auditor", "nobody"):
        with pytest.raises(Refused) as refused:
            reports.answer(one, actor=house.people[person], outcome="corrected", text="x")
        assert refused.value.codes == ["not_granted"]
    for outcome, text, code in (
        ("", "x", "outcome"),
        ("corrected", " ", "missing"),
        ("corrected", "9434765919", "patient_data"),
    ):
        with pytest.raises(Refused) as refused:
            reports.answer(one, actor=house.clinician, outcome=outcome, text=text)
        assert refused.value.codes == [code]

    reports.answer(one, actor=house.clinician, outcome="corrected", text="You were right.")

    with pytest.raises(Refused) as refused:
        reports.answer(one, actor=house.editor, outcome="no-change", text="No.")
    assert refused.value.codes == ["answered_already"]
    receipt = client.get(f"/report/{one.token}/").content.decode()
    assert "The page was wrong and is corrected" in receipt
    assert "You were right." in receipt
    for token in ("nothing", "%00", "a%00b", "x" * 5000, "%F0%9F%92%8A"):
        assert client.get(f"/report/{token}/").status_code == 404
    assert verify() == []


def test_the_answer_is_mailed_once_and_tried_again_when_the_server_was_gone(house, page, monkeypatch, caplog):
    one = reports.report(SAID, sender="s", monograph=page, page="/drugs/testazumab/")
    reports.answer(one, actor=house.editor, outcome="no-change", text="It is right as it is.")

    def gone(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("reviews.reports.send_mail", gone)
    assert reports.mail_answers() == 0
    monkeypatch.undo()
    assert (reports.mail_answers(), reports.mail_answers()) == (1, 0)

    (letter,) = mail.outbox
    assert letter.to == ["r@example.org"]
    assert "It is right as it is." in letter.body
    assert f"https://clincalc.test/report/{one.token}/" in letter.body
    assert "Tests go on for years" not in letter.body


def test_an_address_is_forgotten_ninety_days_after_the_answer(house, page, monkeypatch):
    one = reports.report(SAID, sender="s", monograph=page)
    reports.answer(one, actor=house.editor, outcome="no-change", text="It is right.")
    assert reports.forget_addresses() == 0

    later = timezone.now() + timedelta(days=91)
    monkeypatch.setattr("reviews.reports.timezone.now", lambda: later)
    call_command("send_reminders")

    assert ProblemReport.objects.get().email == ""
    assert verify() == []


def test_the_desk_lists_what_is_open_and_the_queue_shows_it_first(house, page, client):
    reports.report(Said("A comma is missing in it.", harm=False), sender="a", monograph=page)
    severe = reports.report(SAID, sender="b", monograph=page)

    for person, sees in (("editor", True), ("clinician", True), ("publisher", False), ("auditor", False)):
        client.force_login(house.people[person])
        assert ("Report: could harm" in client.get("/desk/").content.decode()) == sees, person
        text = client.get("/desk/reports/").content.decode()
        assert text.index(f"R-{severe.pk}:") < text.index("A comma is missing")
    client.force_login(house.clinician)
    address = f"/desk/reports/{severe.pk}/"
    assert "Withdraw or correct the page" in client.get(address).content.decode()
    refused = client.post(address, {"outcome": "", "answer": "Typed with care"})
    assert (refused.status_code, "Typed with care" in refused.content.decode()) == (422, True)
    assert client.post(address, {"outcome": "corrected", "answer": "Thank you."}).status_code == 302
    assert len(mail.outbox) == 0  # no request waits for a mail server
    assert reports.mail_answers() == 1
    client.force_login(house.nobody)
    assert client.get(address).status_code == 403


@pytest.mark.parametrize(
    "change",
    [{"harm": "yes"}, {"part": "Monitoring"}, {"email": "a@example.org"}, {"source": "SmPC"}, {"edition": "2"}],
)
def test_a_second_try_that_says_more_is_a_report_of_its_own(client, page, change, house):
    edition = make.start(house, page.live.edition)
    make.reword(edition, "monitoring", "Other words.", actor=house.editor)
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.publish(house, make.sign(edition, house.pharmacist))
    calm = {**FORM, "harm": "no", "page": "/drugs/testazumab/", "email": "", "source": "", "edition": "1"}

    client.post("/report/", calm)
    client.post("/report/", {**calm, **change})

    assert ProblemReport.objects.count() == 2
    if change == {"harm": "yes"}:
        assert ProblemReport.objects.filter(harm=True).exists()


def test_two_clicks_at_once_are_one_report(page, monkeypatch):
    real, clicked = reports.pen, []

    def slow(*, actor):
        monkeypatch.setattr(reports, "pen", real)
        clicked.append(reports.report(SAID, sender="s"))  # while the first waits for the pen
        return real(actor=actor)

    monkeypatch.setattr(reports, "pen", slow)

    assert reports.report(SAID, sender="s").pk == clicked[0].pk
    assert ProblemReport.objects.count() == 1


def test_readers_behind_a_proxy_are_counted_apart(client, page, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(7):
        answer = client.post(
            "/report/", {**FORM, "text": f"Thing {number} is wrong."}, HTTP_X_FORWARDED_FOR=f"198.51.100.{number}"
        )
        assert answer.status_code == 303


def test_an_edition_that_never_was_is_the_present_one_and_an_anchor_names_its_part(client, page):
    client.post("/report/", {**FORM, "page": "/drugs/testazumab/", "edition": "777"})

    assert ProblemReport.objects.get().edition == 1
    form = client.get("/report/?page=/drugs/testazumab/&part=monitoring").content.decode()
    assert '<option value="Monitoring" selected>' in form


@pytest.mark.parametrize(("person", "status"), [("editor", 409), ("auditor", 403)])
def test_the_words_of_whoever_comes_too_late_or_may_not_are_kept(house, page, client, person, status):
    one = reports.report(SAID, sender="s", monograph=page)
    reports.answer(one, actor=house.clinician, outcome="no-change", text="It is right.")
    client.force_login(house.people[person])

    answer = client.post(f"/desk/reports/{one.pk}/", {"outcome": "corrected", "answer": "Typed with care"})

    assert (answer.status_code, "Typed with care" in answer.content.decode()) == (status, True)


def test_more_reports_ask_no_more_queries_of_the_queue(house, page, client, django_assert_num_queries):
    client.force_login(house.editor)
    client.get("/desk/")
    reports.report(SAID, sender="s", monograph=page)
    with CaptureQueriesContext(connection) as few:
        client.get("/desk/")
    for number in range(6):
        reports.report(Said(f"Thing {number} is wrong.", harm=True), sender=f"s{number}", monograph=page)

    with django_assert_num_queries(len(few)):
        client.get("/desk/")


def test_the_history_says_that_a_reader_reported(house, page, client):
    reports.report(SAID, sender="s", monograph=page)
    client.force_login(house.editor)

    text = " ".join(strip_tags(client.get("/desk/monographs/testazumab/history/").content.decode()).split())

    assert "A reader reported a problem with the page" in text
