"""Reports of problems: taken in from anybody, looked at by a clock, answered once, and forgotten in time."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.timezone import localtime

from monographs.models import Monograph
from reviews.access import registrations
from reviews.access.door import LONGEST_REASON
from reviews.access.grants import give
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.closing.acts import NEEDS
from reviews.editing.library import make_class
from reviews.models import AuditEvent, ProblemReport
from reviews.models.report import OUTCOMES, due
from reviews.reports import service
from reviews.reports.mailing import unreached
from reviews.reports.service import ReportInput, TooManyReports
from tests import factories as make
from tests import mail_server

pytestmark = pytest.mark.django_db

FORM = {"text": "The interval is wrong on this page.", "harm": "yes", "source": "SmPC 4.4", "email": "r@example.org"}
SAID = ReportInput("The interval is wrong on this page.", harm=True, email="r@example.org")


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    make.published(house)
    return SimpleNamespace(page=Monograph.objects.get())


class Clock:
    """The machine's."""

    def __init__(self, monkeypatch):
        self.at = timezone.now()
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.at)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def last_entry():
    """The last entry of the trail, but for the hashes of its rows."""
    entry = AuditEvent.objects.latest("seq")
    return entry.verb, entry.actor, entry.subject, {name: kept for name, kept in entry.data.items() if name != "rows"}


def test_a_reader_reports_without_account_cookie_or_script(client, page):
    form = client.get("/report/?page=/drugs/testazumab/&edition=1")
    assert (form.status_code, "Testazumab in multiple sclerosis, edition 1" in form.content.decode()) == (200, True)
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
    assert (entry.verb, entry.actor, "interval" in entry.text) == ("reports_taken_in", None, False)
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
    calm = {**FORM, "harm": "no"}
    first = client.post("/report/", calm)
    assert client.post("/report/", calm).headers["Location"] == first.headers["Location"]
    for number in range(4):
        assert client.post("/report/", {**calm, "text": f"Another thing is wrong, {number}."}).status_code == 303

    answer = client.post("/report/", {**calm, "text": "One more thing is wrong here."})

    assert (answer.status_code, ProblemReport.objects.count()) == (429, 5)
    assert int(answer.headers["Retry-After"]) > 0
    assert "One more thing is wrong here." in answer.content.decode()
    with pytest.raises(TooManyReports):
        for number in range(100):
            service.report(ReportInput(f"Thing {number} is wrong.", harm=False), sender=f"someone {number}")
    assert ProblemReport.objects.count() == 60


def test_a_report_is_answered_once_by_whoever_works_on_the_class(house, page, client):
    one = service.report(SAID, sender="s", monograph=page, page="/drugs/testazumab/")
    for person in ("editor", "publisher", "auditor", "nobody"):
        with pytest.raises(Refused) as refused:
            service.answer(one, actor=house.people[person], outcome="no-change", text="x", reason="y")
        assert refused.value.codes == ["not_granted"]
    for outcome, text, code in (
        ("", "x", "outcome"),
        ("no-change", " ", "missing"),
        ("no-change", "9434765919", "patient_data"),
    ):
        with pytest.raises(Refused) as refused:
            service.answer(one, actor=house.clinician, outcome=outcome, text=text, reason="y")
        assert refused.value.codes == [code]

    service.answer(one, actor=house.clinician, outcome="next-edition", text="You were right.", reason="Looked at.")

    with pytest.raises(Refused) as refused:
        service.answer(one, actor=house.clinician, outcome="no-change", text="No.", reason="Looked at.")
    assert refused.value.codes == ["answered_already"]
    receipt = client.get(f"/report/{one.token}/").content.decode()
    assert "The next edition will say it better" in receipt
    assert "You were right." in receipt
    for token in ("nothing", "%00", "a%00b", "x" * 5000, "%F0%9F%92%8A"):
        assert client.get(f"/report/{token}/").status_code == 404
    assert verify() == []


def test_the_answer_is_mailed_once_and_tried_again_when_the_server_was_gone(house, page, settings, caplog):
    one = service.report(SAID, sender="s", monograph=page, page="/drugs/testazumab/")
    service.answer(one, actor=house.clinician, outcome="no-change", text="It is right as it is.", reason="Looked at.")

    with mail_server.serving(settings, gone_after=0) as tried:
        gone = service.mail_answers()
    assert (gone.sent, gone.refused, gone.is_gone, tried) == (0, {}, True, [])
    assert (service.mail_answers().sent, service.mail_answers().sent) == (1, 0)

    (letter,) = mail.outbox
    assert letter.to == ["r@example.org"]
    assert "It is right as it is." in letter.body
    assert f"https://clincalc.test/report/{one.token}/" in letter.body
    assert "Tests go on for years" not in letter.body


def answered(house, said=SAID, **about):
    one = service.report(said, sender="s", **about)
    return service.answer(one, actor=house.clinician, outcome="no-change", text="It is right.", reason="Looked at.")


def test_an_address_is_forgotten_ninety_days_after_the_answer(house, page, clock):
    """The clock of each report begins with its own answer, and what was not answered is still to be."""
    begin = clock.at
    waiting = service.report(replace(SAID, text="Nobody answered this one."), sender="s", monograph=page)
    one = answered(house, monograph=page)
    clock.at = begin + timedelta(days=1)
    later = answered(house, replace(SAID, text="Another thing is wrong here."), monograph=page)
    silent = answered(house, ReportInput("Without any address.", harm=True), monograph=page)
    before = {row.pk: row for row in ProblemReport.objects.all()}
    entries = AuditEvent.objects.count()

    clock.at = one.answered_at + timedelta(days=90)
    assert service.forget_addresses() == 0
    assert AuditEvent.objects.count() == entries
    clock.at += timedelta(microseconds=1)
    assert (service.forget_addresses(), service.forget_addresses()) == (1, 0)

    assert AuditEvent.objects.count() == entries + 1
    assert last_entry() == ("addresses_forgotten", None, "site", {"reports": [one.pk]})
    for row in ProblemReport.objects.all():
        was = before[row.pk]
        forgotten = {name for name in was.__dict__ if name != "_state" and was.__dict__[name] != row.__dict__[name]}
        assert forgotten == ({"email"} if row.pk == one.pk else set())
    kept = dict(ProblemReport.objects.values_list("pk", "email"))
    assert kept == {waiting.pk: "r@example.org", one.pk: "", later.pk: "r@example.org", silent.pk: ""}
    clock.at = later.answered_at + timedelta(days=90, microseconds=1)
    assert service.forget_addresses() == 1
    clock.at = begin + timedelta(days=1000)
    assert service.forget_addresses() == 0
    assert ProblemReport.objects.get(pk=waiting.pk).email == "r@example.org"
    assert verify() == []


def test_the_hourly_run_says_what_it_did(house, page, clock):
    answered(house, monograph=page, page="/drugs/testazumab/")
    service.report(replace(SAID, text="Nobody answered this one."), sender="s", monograph=page)
    told = []
    for days in (0, 0, 91):
        clock.at += timedelta(days=days)
        out = StringIO()
        call_command("send_reminders", stdout=out)
        told.append(out.getvalue().strip())

    assert told == [
        "5 new reminders, 5 mailed; 1 answers mailed; 0 addresses forgotten.",
        "0 new reminders, 0 mailed; 0 answers mailed; 0 addresses forgotten.",
        "5 new reminders, 5 mailed; 0 answers mailed; 1 addresses forgotten.",
    ]
    assert len(mail.outbox) == 11
    assert verify() == []


def test_what_was_said_is_kept_as_it_was_said_and_the_trail_holds_none_of_it(page):
    said = ReportInput(
        "  The interval is wrong.  ", harm=False, part="Monitoring", source=" SmPC ", email=" r@example.org "
    )

    made = service.report(said, sender="s" * 64, monograph=page, page="/drugs/testazumab/", edition=1)

    made.refresh_from_db()
    kept = {
        name: getattr(made, name) for name in ("text", "harm", "part", "source", "email", "sender", "page", "edition")
    }
    assert kept == {
        "text": "The interval is wrong.", "harm": False, "part": "Monitoring", "source": "SmPC",
        "email": "r@example.org", "sender": "s" * 64, "page": "/drugs/testazumab/", "edition": 1,
    }  # fmt: skip
    entry = AuditEvent.objects.latest("seq")
    assert (made.monograph, made.at, made.due_at) == (page, entry.at, due(entry.at, harm=False))
    assert (made.outcome, made.answer, made.answered_by, made.answered_at, made.mailed_at) == ("", "", None, None, None)
    assert re.fullmatch(r"[\w-]{43}", made.token)
    assert (made.number, str(made)) == (f"R-{made.pk}", f"R-{made.pk}")
    assert last_entry() == ("reported", None, "monograph:testazumab", {"report": made.pk, "harm": False})
    assert not [word for word in ("interval", "SmPC", "example.org", made.token) if word in entry.text]
    other = service.report(replace(said, part="x" * 201), sender="s", monograph=None)
    assert (other.part, other.token == made.token) == ("x" * 200, False)
    assert last_entry() == ("reported", None, "site", {"report": other.pk, "harm": False})
    assert verify() == []


@pytest.mark.each_case
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": "x" * 9}, "missing"),
        ({"text": f"  {'x' * 9}  "}, "missing"),
        ({"text": "x" * 4001}, "too_long"),
        ({"source": "x" * 501}, "too_long"),
        ({"email": f"{'x' * 243}@example.org"}, "too_long"),
        ({"email": "r@example"}, "email"),
        ({"email": "r@example.org, s@example.org"}, "email"),
        ({"text": "\u200b\ufeff\u00ad" * 20}, "missing"),
        ({"text": "x" * 9 + "\u200b" * 20}, "missing"),
        ({"text": "\u3164" * 40}, "missing"),
        ({"text": "\ue000\ufffd\x00" * 20}, "missing"),
        ({"text": "* * * * * * * - - -"}, "missing"),
        ({"text": "x" * 4001 + "\u00ad"}, "too_long"),
        ({"text": "It was patient 943\u200b 476 \u00ad5919."}, "patient_data"),
        ({"text": "It was patient 943 476 5919."}, "patient_data"),
        ({"source": "943 476 5919"}, "patient_data"),
        ({"email": "9434765919@example.org"}, "patient_data"),
        ({"harm": None}, "harm"),
    ],
)
def test_a_report_that_cannot_be_kept_says_at_which_field_and_leaves_nothing(page, change, code):
    before = AuditEvent.objects.count()

    with pytest.raises(Refused) as refused:
        service.report(replace(SAID, **change), sender="s", monograph=page)

    assert refused.value.codes == [code]
    assert [one.field for one in refused.value.refusals] == list(change)
    assert (refused.value.kind, refused.value.recorded) == ("invalid", False)
    assert (ProblemReport.objects.count(), AuditEvent.objects.count()) == (0, before)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("The in\u00adterval is wrong\u200b here.\ufeff", "The interval is wrong here."),
        (
            "A family \U0001f468\u200d\U0001f469\u200d\U0001f467 told us",
            "A family \U0001f468\U0001f469\U0001f467 told us",
        ),
        ("\u26a0\ufe0f Too high a dose", "\u26a0 Too high a dose"),
        ("\u2066Give 10 \uf06dg\u2069, not more", "Give 10 μg, not more"),
        ("Give 10 \ue000\ufffdmg, not more", "Give 10 mg, not more"),
        ("A NUL \x00 in the\x07 middle", "A NUL  in the middle"),
        ("see \uf0fc there, please", "see  there, please"),
        ("Half \ud800of a character", "Half of a character"),
        ("\u00ad" * 5_000 + "x" * 3_990, "x" * 3_990),
    ],
)
def test_what_a_reader_cannot_see_is_dropped_and_never_refused(client, page, typed, kept):
    made = service.report(
        ReportInput(text=typed, harm=True, source="a\x00b\u200b", email="r\u200b@example.org"),
        sender="s",
        monograph=page,
    )

    assert (made.text, made.source, made.email) == (kept, "ab", "r@example.org")
    made.refresh_from_db()
    assert made.text == kept
    answer = client.post("/report/", {**FORM, "text": f"Again: {typed.replace(chr(0xD800), '')}"})
    assert answer.status_code == 303
    assert ProblemReport.objects.latest("pk").text == f"Again: {kept}"


@pytest.mark.each_case
@pytest.mark.parametrize(
    "change",
    [{"text": "x" * 10}, {"text": "x" * 4000}, {"source": "x" * 500}, {"source": ""}, {"email": ""}, {"harm": False}],
)
def test_a_report_may_be_as_short_and_as_long_as_that(page, change):
    made = service.report(replace(SAID, **change), sender="s", monograph=page)

    assert {name: getattr(made, name) for name in change} == change


def test_all_that_is_wrong_with_a_report_is_told_at_once(page):
    with pytest.raises(Refused) as refused:
        service.report(ReportInput("", harm=None, source="x" * 501, email="nobody"), sender="s", monograph=page)

    assert refused.value.codes == ["missing", "too_long", "email", "harm"]


def test_the_same_words_are_one_report_for_ten_minutes_and_of_one_sender(page, clock):
    first = service.report(SAID, sender="s", monograph=page)
    begin, entries = clock.at, AuditEvent.objects.count()

    clock.at = begin + timedelta(minutes=10, microseconds=-1)
    assert service.report(SAID, sender="s", monograph=page) == first
    assert AuditEvent.objects.count() == entries
    assert service.report(SAID, sender="t", monograph=page) != first
    clock.at = begin + timedelta(minutes=10)
    again = service.report(SAID, sender="s", monograph=page)

    assert again != first
    assert ProblemReport.objects.count() == 3


def test_the_same_words_are_one_report_after_a_clock_that_was_a_day_ahead(page, clock):
    begin = clock.at
    clock.at = begin + timedelta(days=1)
    service.report(replace(SAID, text="Sent while the clock was wrong.", harm=False), sender="s", monograph=page)
    clock.at = begin
    first = service.report(replace(SAID, harm=False), sender="s", monograph=page)

    assert service.report(replace(SAID, harm=False), sender="s", monograph=page) == first
    assert ProblemReport.objects.count() == 2


def test_the_same_words_after_an_answer_are_another_report(house, page):
    first = answered(house, monograph=page)

    assert service.report(SAID, sender="s", monograph=page) != first


def test_a_sender_may_send_five_reports_an_hour_and_all_of_them_sixty(page, clock, monkeypatch):
    assert service.MOST_OF_ALL == 60
    monkeypatch.setattr(service, "MOST_OF_ALL", 7)
    begin = clock.at

    def send(sender, number):
        clock.at = begin + timedelta(minutes=number)
        return service.report(ReportInput(f"Thing {number} is wrong.", harm=False), sender=sender)

    for number in range(5):
        send("s", number)
    with pytest.raises(TooManyReports) as flooded:
        send("s", 5)
    assert flooded.value.until == begin + timedelta(hours=1)
    send("t", 6)
    send("u", 7)
    with pytest.raises(TooManyReports) as flooded:
        send("v", 8)
    assert flooded.value.until == begin + timedelta(hours=1)

    with pytest.raises(TooManyReports):
        send("s", 59)
    send("s", 60)  # the first one is an hour old
    with pytest.raises(TooManyReports) as flooded:
        send("s", 60.5)
    assert flooded.value.until == begin + timedelta(minutes=61)
    assert ProblemReport.objects.count() == 8


@pytest.mark.parametrize(("harm", "moments"), [(True, timedelta(hours=4)), (False, timedelta(days=7))])
@pytest.mark.usefixtures("grants_last")
def test_a_report_is_late_from_the_moment_until_which_somebody_should_have_looked(house, page, clock, harm, moments):
    clock.at = datetime(2028, 6, 20, 9, 0, tzinfo=UTC)  # a Tuesday
    one = service.report(replace(SAID, harm=harm), sender="s", monograph=page)
    assert one.due_at == clock.at + moments

    assert not one.is_late(one.due_at - timedelta(microseconds=1))
    assert one.is_late(one.due_at)
    one.answered_at = clock.at
    assert not one.is_late(one.due_at)


@pytest.mark.parametrize("outcome", sorted({*OUTCOMES} - {*NEEDS, "passed-on"}))
def test_an_answer_is_kept_with_who_gave_it_and_when(house, page, outcome):
    one = service.report(SAID, sender="s", monograph=page)

    service.answer(one, actor=house.clinician, outcome=outcome, text="  You were right.  ", reason=" It harms nobody. ")

    one.refresh_from_db()
    assert (one.outcome, one.answer, one.answered_by, one.mailed_at, one.reason) == (
        outcome, "You were right.", house.clinician, None, "It harms nobody."
    )  # fmt: skip
    assert (one.overlay, one.publication) == (None, None)
    assert one.answered_at == AuditEvent.objects.latest("seq").at
    assert (one.text, one.email, one.harm) == (SAID.text, SAID.email, True)
    assert last_entry() == (
        "report_answered", house.clinician, "monograph:testazumab", {"report": one.pk, "outcome": outcome}
    )  # fmt: skip


@pytest.mark.each_case
@pytest.mark.parametrize(
    ("outcome", "text", "codes", "fields"),
    [
        ("", "Fine", ["outcome"], ["outcome"]),
        ("CorrectionInput", "Fine", ["outcome"], ["outcome"]),
        ("no-change:overlay-1", "Fine", ["outcome"], ["outcome"]),
        ("passed-on", "Fine", ["outcome"], ["outcome"]),
        ("no-change", "x" * 4001, ["too_long"], ["answer"]),
        ("no-change", "a\x00b", ["characters"], ["answer"]),
        ("no-change", "It was 943 476 5919", ["patient_data"], ["answer"]),
        ("", " ", ["outcome", "missing"], ["outcome", "answer"]),
        ("no-change", "* * *", ["missing"], ["answer"]),
    ],
)
def test_an_answer_that_cannot_be_kept_says_at_which_field_and_leaves_nothing(
    house, page, outcome, text, codes, fields
):
    one = service.report(SAID, sender="s", monograph=page)
    before = AuditEvent.objects.count()

    with pytest.raises(Refused) as refused:
        service.answer(one, actor=house.clinician, outcome=outcome, text=text, reason="Looked at.")

    assert refused.value.codes == codes
    assert [refusal.field for refusal in refused.value.refusals] == fields
    assert (refused.value.recorded, AuditEvent.objects.count()) == (False, before)
    one.refresh_from_db()
    assert (one.answered_at, one.outcome, one.answer) == (None, "", "")
    longest = {"text": "x" * 4000, "reason": "y" * LONGEST_REASON}
    assert service.answer(one, actor=house.clinician, outcome="no-change", **longest).answer == "x" * 4000


@pytest.mark.parametrize(
    ("reason", "code"),
    [("", "reason"), (" ... ", "reason"), ("a\x00b", "characters"), ("943 476 5919", "patient_data"),
     ("y" * (LONGEST_REASON + 1), "too_long")],
)  # fmt: skip
def test_what_could_harm_is_closed_with_a_reason_that_the_reader_never_sees(house, page, client, reason, code):
    one = service.report(SAID, sender="s", monograph=page)
    harmless = service.report(replace(SAID, text="A comma is missing.", harm=False), sender="s", monograph=page)

    with pytest.raises(Refused) as refused:
        service.answer(one, actor=house.clinician, outcome="no-change", text="It is right.", reason=reason)

    assert [(found.code, found.field) for found in refused.value.refusals] == [(code, "reason")]
    service.answer(
        one, actor=house.clinician, outcome="no-change", text="It is right.", reason="The dose was read twice"
    )
    assert AuditEvent.objects.latest("seq").reason == "The dose was read twice"
    service.answer(harmless, actor=house.editor, outcome="no-change", text="It is right.", reason="Not asked for")
    harmless.refresh_from_db()
    assert (harmless.reason, AuditEvent.objects.latest("seq").reason) == ("", "")
    assert "read twice" not in client.get(f"/report/{one.token}/").content.decode()
    service.mail_answers()
    assert len(mail.outbox) == 2
    assert not any("read twice" in letter.body for letter in mail.outbox)
    client.force_login(house.editor)
    assert "The dose was read twice" in client.get(f"/desk/reports/{one.pk}/").content.decode()
    assert verify() == []


def test_who_may_answer(house, page):
    """A report about a page is answered by whoever works on its class; nobody without a role answers any."""
    about_page = service.report(replace(SAID, harm=False), sender="s", monograph=page)
    about_site = service.report(replace(SAID, text="The whole house is wrong.", harm=False), sender="s")
    code = lambda name, one: [refusal.code for refusal in service.refusals_of(house.people[name], one)]  # noqa: E731

    for name in ("editor", "editor2", "clinician", "clinician2", "pharmacist"):
        assert (code(name, about_page), code(name, about_site)) == ([], []), name
    for name in ("publisher", "auditor", "nobody", "admin"):
        assert code(name, about_page) == ["not_granted"], name
    for name in ("nobody", "admin", "auditor"):
        assert code(name, about_site) == ["no_role"], name
    assert code("publisher", about_site) == []
    for one in (about_page, about_site):
        before = AuditEvent.objects.count()
        with pytest.raises(Refused):
            service.answer(one, actor=house.nobody, outcome="no-change", text="Fine")
        assert AuditEvent.objects.count() == before + 1
        subject = "monograph:testazumab" if one is about_page else "site"
        verb, actor, where, data = last_entry()
        assert (verb, actor, where, data["action"]) == ("refused", house.nobody, subject, "answer_report")
    assert not ProblemReport.objects.exclude(answered_at=None).exists()
    service.answer(about_site, actor=house.editor, outcome="elsewhere", text="It is not ours.")
    assert last_entry()[2] == "site"


def test_what_could_harm_is_closed_by_a_clinician_alone(house, page):
    """Of its class for a page, of any for the site, and only while somebody looked their registration up."""
    about_page = service.report(SAID, sender="s", monograph=page)
    about_site = service.report(replace(SAID, text="The whole house is wrong."), sender="s")
    registrations.lapse(house.clinician2.clinician_profile, reason="It ran out", actor=house.admin)
    elsewhere = make.account("elsewhere")
    give(elsewhere, "clinician", on=make_class("Another", actor=house.admin), actor=house.admin)
    make.clinician(elsewhere, actor=house.admin, profession="pharmacist", number="2000009")
    people = {**house.people, "elsewhere": elsewhere}
    code = lambda name, one: [found.code for found in service.refusals_of(User.objects.get(pk=people[name].pk), one)]  # noqa: E731

    for name in ("clinician", "pharmacist"):
        assert (code(name, about_page), code(name, about_site)) == ([], []), name
    for name in ("editor", "editor2", "publisher", "auditor", "nobody", "admin"):
        assert (code(name, about_page), code(name, about_site)) == (["not_granted"], ["not_granted"]), name
    assert (code("clinician2", about_page), code("clinician2", about_site)) == (["not_verified"], ["not_verified"])
    assert (code("elsewhere", about_page), code("elsewhere", about_site)) == (["not_granted"], [])


def test_nobody_says_of_their_own_words_that_they_harm_nobody(house, page):
    second = make.start(house, page.live.edition, actor=house.clinician)
    make.reword(second, "monitoring", "Words of the clinician.", actor=house.clinician)
    second = make.submit(house, second)
    make.publish(house, make.sign(make.sign(second, house.clinician2), house.pharmacist))
    report = service.report(SAID, sender="s", monograph=page)
    given = {"outcome": "no-change", "text": "It is right as it stands.", "reason": "Looked at its source."}

    with pytest.raises(Refused) as refused:
        service.answer(report, actor=house.clinician, **given)

    assert refused.value.codes == ["contributed"]
    assert AuditEvent.objects.latest("seq").data["codes"] == ["contributed"]
    assert service.answer(report, actor=house.pharmacist, **given).answered_by == house.pharmacist


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SMTPRecipientsRefused({"lost@example.org": (550, b"no such user")}), "550"), (SMTPDataError(554, b"spam"), "554"),
        (SMTPSenderRefused(452, b"full", "us@example.org"), "452"), (SMTPException("odd"), "SMTPException"),
        (SMTPServerDisconnected("by this one"), "SMTPServerDisconnected"), (TimeoutError(), "TimeoutError"),
        (UnicodeError("label too long"), "UnicodeError"), (ValueError("odd"), "ValueError"),
    ],
)  # fmt: skip
def test_a_letter_that_cannot_be_sent_holds_up_no_other(house, page, settings, caplog, error, code):
    lost, sent = (
        answered(house, replace(SAID, text=f"Report of {name} about it.", email=f"{name}@example.org"), monograph=page)
        for name in ("lost", "sent")
    )
    answered(house, ReportInput("Without any address.", harm=True), monograph=page)
    service.report(replace(SAID, text="Nobody answered this one."), sender="s", monograph=page)

    with mail_server.serving(settings, {"lost@example.org": error}):
        done = service.mail_answers()
        assert (done.sent, done.refused, done.is_gone) == (1, {lost.pk: code}, False)
        assert caplog.messages == [f"The answer to {lost.number} was not mailed: {code}"]
        assert last_entry() == ("mail_refused", None, "site", {"people": {}, "reports": {str(lost.pk): code}})
        entries = AuditEvent.objects.count()
        assert service.mail_answers().refused == {lost.pk: code}
    assert AuditEvent.objects.count() == entries  # it is told once
    sent.refresh_from_db()
    lost.refresh_from_db()
    assert (sent.mailed_at is None, lost.mailed_at) == (False, None)

    assert (service.mail_answers().sent, service.mail_answers().sent) == (1, 0)
    assert [letter.to for letter in mail.outbox] == [["sent@example.org"], ["lost@example.org"]]
    assert ProblemReport.objects.filter(mailed_at=None).count() == 2
    assert unreached().reports == {}
    assert verify() == []


def test_the_letter_says_what_came_of_it_and_nothing_that_the_page_says(house, page):
    one = service.report(SAID, sender="s", monograph=page, page="/drugs/testazumab/")
    other = service.report(replace(SAID, text="The whole house is wrong."), sender="s")
    erratum = make.correct(house.pharmacist, page, "Tests go on for years.", "Tests go on for months.")
    service.answer(one, actor=house.clinician, outcome="corrected", text="You were right.", reason="Looked at.")
    service.answer(other, actor=house.clinician, outcome="elsewhere", text="Ask the maker.", reason="Looked at.")

    assert service.mail_answers().sent == 2

    first, second = mail.outbox
    assert first.subject == f"Your report {one.number}"
    assert first.body == (
        f"You reported a problem with /drugs/testazumab/ ({one.number}).\n\nThe page was wrong and is corrected. "
        f"On {date_format(localtime(erratum.at), 'j F Y')} we put a correction over the page: what it said, and what it "
        f"should say.\nRead the correction: https://clincalc.test/drugs/testazumab/#erratum-{erratum.pk}\n"
        f"All corrections: https://clincalc.test/corrections/\n\n"
        f"You were right.\n\nhttps://clincalc.test/report/{one.token}/\n"
    )
    assert second.body.startswith(
        f"You reported a problem with our pages ({other.number}).\n\nIt is not about our pages."
    )


def test_the_desk_lists_what_is_open_and_the_queue_shows_it_first(house, page, client):
    service.report(ReportInput("A comma is missing in it.", harm=False), sender="a", monograph=page)
    severe = service.report(SAID, sender="b", monograph=page)

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
    assert client.post(address, {"outcome": "no-change", "answer": "Thank you.", "reason": "Why"}).status_code == 302
    assert len(mail.outbox) == 0  # no request waits for a mail server
    assert service.mail_answers().sent == 1
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
    real, clicked, calm = service.audited_write, [], replace(SAID, harm=False)

    def slow(*, actor):
        monkeypatch.setattr(service, "audited_write", real)
        clicked.append(service.report(calm, sender="s"))  # while the first waits for the write lock
        return real(actor=actor)

    monkeypatch.setattr(service, "audited_write", slow)

    assert service.report(calm, sender="s").pk == clicked[0].pk
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


@pytest.mark.parametrize(("person", "status"), [("pharmacist", 409), ("editor", 403), ("auditor", 403)])
def test_the_words_of_whoever_comes_too_late_or_may_not_are_kept(house, page, client, person, status):
    one = service.report(SAID, sender="s", monograph=page)
    service.answer(one, actor=house.clinician, outcome="no-change", text="It is right.", reason="Looked at.")
    client.force_login(house.people[person])

    answer = client.post(f"/desk/reports/{one.pk}/", {"outcome": "corrected", "answer": "Typed with care"})

    assert (answer.status_code, "Typed with care" in answer.content.decode()) == (status, True)


def test_more_reports_ask_no_more_queries_of_the_queue(house, page, client, django_assert_num_queries):
    client.force_login(house.editor)
    client.get("/desk/")
    service.report(SAID, sender="s", monograph=page)
    with CaptureQueriesContext(connection) as few:
        client.get("/desk/")
    for number in range(6):
        service.report(ReportInput(f"Thing {number} is wrong.", harm=True), sender=f"s{number}", monograph=page)

    with django_assert_num_queries(len(few)):
        client.get("/desk/")


def test_the_history_says_that_a_reader_reported(house, page, client):
    service.report(SAID, sender="s", monograph=page)
    client.force_login(house.editor)

    text = " ".join(strip_tags(client.get("/desk/monographs/testazumab/history/").content.decode()).split())

    assert "System took in a report of a reader" in text
