"""Reports of problems: taken in from anybody, looked at by a clock, answered once, and forgotten in time."""

import re
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from monographs.models import Monograph, Pen
from reviews import reports
from reviews.models import AuditEvent, ProblemReport
from reviews.models.report import OUTCOMES
from reviews.refusals import Refused
from reviews.reports import Flooded, Said, due
from reviews.verify import verify
from tests import factories as make

pytestmark = pytest.mark.django_db

FORM = {"text": "The interval is wrong on this page.", "harm": "yes", "source": "SmPC 4.4", "email": "r@example.org"}
SAID = Said("The interval is wrong on this page.", harm=True, email="r@example.org")


@pytest.fixture(scope="module")
def once(once_a_module):
    """A live page, and one whose second edition says something else."""
    house = make.the_house()
    first = make.published(house, "otherumab")
    second = make.start(house, first)
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    make.submit(house, second)
    make.sign(second, house.clinician)
    make.publish(house, make.sign(second, house.pharmacist))
    return make.published(house).monograph


@pytest.fixture
def page(db, once):
    return Monograph.objects.select_related("live__edition").get(pk=deepcopy(once).pk)


class Clock:
    """The clock of the machine."""

    def __init__(self, monkeypatch):
        self.at = timezone.now()
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.at)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


MOMENT = timedelta(microseconds=1)


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
    assert 3_500 < int(answer.headers["Retry-After"]) <= 3_600
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


def test_an_address_is_forgotten_ninety_days_after_the_answer_and_never_before_it(house, page, clock):
    one = reports.report(SAID, sender="s", monograph=page)
    late = reports.report(SAID, sender="t", monograph=page)
    reports.answer(one, actor=house.editor, outcome="no-change", text="It is right.")
    answered = clock.at
    before = AuditEvent.objects.count()

    def addresses():
        return list(ProblemReport.objects.order_by("pk").values_list("email", flat=True))

    for after in (timedelta(0), timedelta(days=89), timedelta(days=90)):
        clock.at = answered + after
        assert reports.forget_addresses() == 0
    assert (addresses(), AuditEvent.objects.count()) == (["r@example.org"] * 2, before)
    clock.at = answered + timedelta(days=90) + MOMENT
    assert (reports.forget_addresses(), reports.forget_addresses()) == (1, 0)
    assert addresses() == ["", "r@example.org"]
    entry = AuditEvent.objects.latest("seq")
    assert (AuditEvent.objects.count(), entry.verb, entry.data["reports"]) == (
        before + 1, "addresses_forgotten", [one.pk]
    )  # fmt: skip

    reports.answer(late, actor=house.editor, outcome="no-change", text="It is right.")
    clock.at += timedelta(days=91)
    call_command("send_reminders")
    assert addresses() == ["", ""]
    assert [letter.to for letter in mail.outbox if letter.subject.startswith("Your report")] == [["r@example.org"]]
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
    [
        {"harm": "yes"}, {"part": "Monitoring"}, {"email": "a@example.org"}, {"source": "SmPC"}, {"edition": "2"},
        {"page": "/drugs/testazumab/"}, {"text": "The interval is wrong on this page, too."},
    ],
)  # fmt: skip
def test_a_second_try_that_says_more_is_a_report_of_its_own(client, page, change):
    calm = {**FORM, "harm": "no", "page": "/drugs/otherumab/", "email": "", "source": "", "edition": "1"}

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


# -- The clock ---------------------------------------------------------------------------------------------------------


def jump(clock, how):
    """The clock is set back by five hours; or ahead by a day, where a report comes in, and back."""
    if how == "back":
        clock.at -= timedelta(hours=5)
    elif how == "ahead":
        clock.at += timedelta(days=1)
        reports.report(SAID, sender="s")
        clock.at -= timedelta(days=1)


def say(number, sender="s"):
    return reports.report(Said(f"Thing {number} is wrong.", harm=False), sender=sender)


@pytest.mark.parametrize("how", ["none", "back", "ahead"])
def test_a_sender_sends_five_reports_an_hour_by_the_clock(page, clock, how):
    jump(clock, how)
    begin, before = clock.at, ProblemReport.objects.count()
    say(0)
    clock.at += timedelta(minutes=30)
    for number in range(1, 5):
        say(number)
    clock.at = begin + timedelta(hours=1) - MOMENT
    entries = AuditEvent.objects.count()

    with pytest.raises(Flooded) as flooded:
        say(5)

    assert flooded.value.until == begin + timedelta(hours=1)
    assert (ProblemReport.objects.count(), AuditEvent.objects.count()) == (before + 5, entries)
    say(5, sender="t")
    clock.at = flooded.value.until
    say(5)
    with pytest.raises(Flooded) as flooded:
        say(6)
    assert flooded.value.until == begin + timedelta(minutes=90)
    assert verify() == []


@pytest.mark.parametrize("how", ["none", "ahead"])
def test_the_house_takes_sixty_reports_an_hour_by_the_clock(page, clock, how):
    jump(clock, how)
    begin, before = clock.at, ProblemReport.objects.count()
    say(0, "sender 0")
    clock.at += timedelta(minutes=1)
    for number in range(1, 60):
        say(number, f"sender {number}")

    with pytest.raises(Flooded) as flooded:
        say(60, "sender 60")

    assert flooded.value.until == begin + timedelta(hours=1)
    assert ProblemReport.objects.count() == before + 60
    clock.at = flooded.value.until
    say(60, "sender 60")


@pytest.mark.parametrize("how", ["none", "back", "ahead"])
def test_the_same_words_are_one_report_for_ten_minutes_by_the_clock(house, page, clock, how):
    jump(clock, how)
    one, begin = reports.report(SAID, sender="s"), clock.at
    entries = AuditEvent.objects.count()
    clock.at = begin + timedelta(minutes=10) - MOMENT
    assert (reports.report(SAID, sender="s"), AuditEvent.objects.count()) == (one, entries)
    other = reports.report(SAID, sender="t")
    assert other != one
    clock.at = begin + timedelta(minutes=10)
    again = reports.report(SAID, sender="s")
    assert again != one

    reports.answer(again, actor=house.editor, outcome="no-change", text="It is right.")
    assert reports.report(SAID, sender="s") != again  # of what was answered nobody waits for


def test_a_report_is_late_from_the_very_second_that_it_is_due_until_it_is_answered(house, page, clock):
    one = reports.report(SAID, sender="s", monograph=page)
    assert one.due_at == clock.at + timedelta(hours=4)

    assert [one.is_late(one.due_at + by) for by in (-MOMENT, timedelta(0), MOMENT)] == [False, True, True]
    one = reports.answer(one, actor=house.editor, outcome="no-change", text="It is right.")
    assert one.is_late(one.due_at) is False


# -- What is taken in --------------------------------------------------------------------------------------------------


ADDRESS = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}"  # and some letters to come


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"text": "x" * 9}, "missing", "text"),
        ({"text": f"  {'x' * 9}  "}, "missing", "text"),
        ({"text": "x" * 10}, "", ""),
        ({"text": "x" * 4_000}, "", ""),
        ({"text": "x" * 4_001}, "too_long", "text"),
        ({"text": "A NUL \x00 in it"}, "characters", "text"),
        ({"text": "Patient 943 476 5919 had it"}, "patient_data", "text"),
        ({"source": "x" * 500}, "", ""),
        ({"source": "x" * 501}, "too_long", "source"),
        ({"source": "A NUL \x00"}, "characters", "source"),
        ({"source": "943 476 5919"}, "patient_data", "source"),
        ({"email": ""}, "", ""),
        ({"email": f"{ADDRESS}.{'e' * 10}"}, "", ""),
        ({"email": f"{ADDRESS}.{'e' * 11}"}, "too_long", "email"),
        ({"email": "nobody"}, "email", "email"),
        ({"email": "9434765919@example.org"}, "patient_data", "email"),
        ({"harm": None}, "harm", "harm"),
    ],
)
def test_a_report_is_kept_or_refused_at_its_box_and_the_trail_is_silent(page, change, code, field):
    assert len(f"{ADDRESS}.{'e' * 10}") == 254
    before = AuditEvent.objects.count()
    said = Said(**{"text": SAID.text, "harm": True, "source": "", "email": "", **change})
    if not code:
        made = reports.report(said, sender="s")
        assert (made.text, made.source, made.email) == (said.text, said.source, said.email)
        return

    with pytest.raises(Refused) as refused:
        reports.report(said, sender="s")

    (why,) = refused.value.refusals
    assert (why.code, why.kind, why.field, refused.value.recorded) == (code, "invalid", field, False)
    assert (ProblemReport.objects.count(), AuditEvent.objects.count()) == (0, before)


def test_a_report_keeps_all_that_was_said_and_its_entry_only_that_it_came(page):
    said = Said("  The interval is wrong. ", harm=False, part="p" * 201, source=" SmPC ", email=" r@example.org ")

    made = reports.report(said, sender="s", monograph=page, page="/drugs/testazumab/", edition=1)

    made.refresh_from_db()
    assert (made.text, made.harm, made.part, made.source, made.email) == (
        "The interval is wrong.", False, "p" * 200, "SmPC", "r@example.org"
    )  # fmt: skip
    assert (made.monograph, made.page, made.edition, made.sender) == (page, "/drugs/testazumab/", 1, "s")
    assert (made.outcome, made.answer, made.answered_by, made.answered_at, made.mailed_at) == ("", "", None, None, None)
    assert made.due_at == due(made.at, harm=False)
    assert len(made.token) == 43
    entry = AuditEvent.objects.latest("seq")
    told = {name: value for name, value in entry.data.items() if name != "rows"}
    assert (entry.verb, entry.subject, entry.at, told) == (
        "reported", "monograph:testazumab", made.at, {"report": made.pk, "harm": False}
    )  # fmt: skip
    assert entry.data["rows"].keys() == {f"reviews.problemreport:{made.pk}"}
    reports.report(said, sender="s")
    assert AuditEvent.objects.latest("seq").subject == "site"


def test_a_sender_is_a_keyed_hash(settings):
    one = reports.sender_of("198.51.100.1")
    assert (len(one), one == reports.sender_of("198.51.100.1"), one == reports.sender_of("198.51.100.2")) == (
        64, True, False
    )  # fmt: skip
    settings.SECRET_KEY = "another key of the house, as long as it should be"
    assert one != reports.sender_of("198.51.100.1")


# -- Answers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "text", "wrong"),
    [
        ("", "x", [("outcome", "outcome")]),
        ("Corrected", "x", [("outcome", "outcome")]),
        ("corrected", " ", [("missing", "answer")]),
        ("", " ", [("outcome", "outcome"), ("missing", "answer")]),
        ("corrected", "x" * 4_001, [("too_long", "answer")]),
        ("corrected", "943 476 5919", [("patient_data", "answer")]),
        ("corrected", "a\x00b", [("characters", "answer")]),
    ],
)
def test_an_answer_is_whole_or_refused_without_an_entry(house, page, outcome, text, wrong):
    one = reports.report(SAID, sender="s", monograph=page)
    before = AuditEvent.objects.count()

    with pytest.raises(Refused) as refused:
        reports.answer(one, actor=house.clinician, outcome=outcome, text=text)

    assert [(why.code, why.field) for why in refused.value.refusals] == wrong
    assert {why.kind for why in refused.value.refusals} == {"invalid"}
    assert (refused.value.recorded, AuditEvent.objects.count()) == (False, before)
    assert ProblemReport.objects.get().answered_at is None


@pytest.mark.parametrize("outcome", list(OUTCOMES))
def test_an_answer_says_what_came_of_it_by_whom_and_when(house, page, outcome):
    one = reports.report(SAID, sender="s", monograph=page)

    reports.answer(one, actor=house.editor, outcome=outcome, text=f" {'x' * 4_000} ")

    one.refresh_from_db()
    entry = AuditEvent.objects.latest("seq")
    assert (one.outcome, one.answer, one.answered_by, one.answered_at, one.mailed_at) == (
        outcome, "x" * 4_000, house.editor, entry.at, None
    )  # fmt: skip
    told = {name: value for name, value in entry.data.items() if name != "rows"}
    assert (entry.verb, entry.subject, told) == (
        "report_answered", "monograph:testazumab", {"report": one.pk, "outcome": outcome}
    )  # fmt: skip


def test_a_page_is_answered_for_by_its_class_and_the_house_by_whoever_works_at_the_desk(house, page):
    about, whole = reports.report(SAID, sender="s", monograph=page), reports.report(SAID, sender="t")
    may = {"editor", "editor2", "clinician", "clinician2", "pharmacist"}
    for one, allowed, code in ((about, may, "not_granted"), (whole, may | {"publisher", "auditor"}, "no_role")):
        found = {name: [why.code for why in reports.refusals_of(who, one)] for name, who in house.people.items()}
        assert {name for name, codes in found.items() if not codes} == allowed
        assert {tuple(codes) for codes in found.values() if codes} == {(code,)}
    before = AuditEvent.objects.count()

    with pytest.raises(Refused):
        reports.answer(whole, actor=house.nobody, outcome="elsewhere", text="It is not ours.")

    entry = AuditEvent.objects.latest("seq")
    assert (AuditEvent.objects.count(), entry.verb, entry.subject, entry.data["action"]) == (
        before + 1, "refused", "site", "answer_report"
    )  # fmt: skip
    reports.answer(whole, actor=house.publisher, outcome="elsewhere", text="It is not ours.")
    assert AuditEvent.objects.latest("seq").subject == "site"
    before = AuditEvent.objects.count()
    with pytest.raises(Refused) as refused:
        reports.answer(whole, actor=house.editor, outcome="", text="")
    assert (refused.value.codes, refused.value.kind, AuditEvent.objects.count()) == (
        ["answered_already"], "conflict", before
    )  # fmt: skip


def test_only_an_answer_is_mailed_and_only_where_an_address_was_given(house, page, monkeypatch):
    reports.report(SAID, sender="s", monograph=page)  # waits
    silent = reports.report(Said(SAID.text, harm=False), sender="s", monograph=page)
    first = reports.report(Said(SAID.text, harm=False, email="a@example.org"), sender="s", monograph=page)
    second = reports.report(Said(SAID.text, harm=False, email="b@example.org"), sender="s", page="/drugs/x/")
    for one in (silent, first, second):
        reports.answer(one, actor=house.editor, outcome="next-edition", text="Thank you.")
    real = reports.send_mail

    def gone_for_the_first(subject, body, sender, to):
        if to == ["a@example.org"]:
            raise SMTPServerDisconnected
        return real(subject, body, sender, to)

    monkeypatch.setattr(reports, "send_mail", gone_for_the_first)
    assert reports.mail_answers() == 1  # one that fails holds no other up
    monkeypatch.undo()
    assert (reports.mail_answers(), reports.mail_answers()) == (1, 0)

    letters = {letter.to[0]: (letter.subject, letter.body.split("\n\n")) for letter in mail.outbox}
    assert letters == {
        f"{name}@example.org": (
            f"Your report {one.number}",
            [
                f"You reported a problem with {about} ({one.number}).",
                "The next edition will say it better.",
                "Thank you.",
                f"https://clincalc.test/report/{one.token}/\n",
            ],
        )
        for name, one, about in (("a", first, "our pages"), ("b", second, "/drugs/x/"))
    }
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.data["report"]) == ("answer_mailed", first.pk)
    assert ProblemReport.objects.get(pk=first.pk).mailed_at == entry.at
    assert list(ProblemReport.objects.filter(mailed_at=None).values_list("pk", flat=True)) == [silent.pk - 1, silent.pk]
    assert verify() == []


# -- The form ----------------------------------------------------------------------------------------------------------


def test_a_box_says_what_is_wrong_with_it_and_keeps_its_hint(client, page):
    html = client.post("/report/", {**FORM, "text": "short", "email": "nobody"}).content.decode()

    described = dict(re.findall(r'<(?:textarea|input)[^>]*name="(\w+)"[^>]*aria-describedby="([^"]*)"', html))
    assert described["text"] == "id_text_helptext id_text_error"
    assert described["email"] == "id_email_helptext id_email_error"
    assert described["source"] == "id_source_helptext"
    assert html.count('aria-invalid="true"') == 2
    assert " required" not in html.replace("required by", "")


def test_the_form_offers_the_parts_that_the_page_shows_and_names_no_other(client, page):
    def offered(query):
        html = client.get(f"/report/?{query}").content.decode()
        return re.findall(r'<option value="([^"]*)"', html), re.findall(r'<option value="([^"]*)" selected', html)

    about = "page=/drugs/testazumab/"
    parts = ["The whole page", "Safety notices", "Dose", "Prescribing in practice", "Monitoring", "References"]
    assert offered(about)[0] == parts
    for given, chosen in (("dose", "Dose"), ("references", "References"), ("prescribing", "Prescribing in practice")):
        assert offered(f"{about}&part={given}")[1] == [chosen]
    assert offered("page=/drugs/unknownumab/") == ([], [])  # of which there is nothing to choose
    client.post("/report/", {**FORM, "page": "/drugs/testazumab/", "part": "Nowhere"})
    client.post("/report/", {**FORM, "page": "/drugs/testazumab/", "part": "The whole page", "harm": "no"})
    client.post("/report/", {**FORM, "page": "/drugs/otherumab/editions/1/", "part": "Dose", "edition": "2"})
    assert list(ProblemReport.objects.order_by("pk").values_list("part", "harm", "edition")) == [
        ("", True, 1), ("", False, 1), ("Dose", True, 1)
    ]  # fmt: skip


def test_a_report_that_finds_the_pen_taken_is_kept_in_the_form(client, page):
    Pen.objects.update(held=True)

    answer = client.post("/report/", {**FORM, "page": "/drugs/testazumab/"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert FORM["text"] in answer.content.decode()
    assert not ProblemReport.objects.exists()


def test_form_and_receipt_are_kept_by_nobody_and_only_asked_for_as_they_should_be(client, page):
    one = reports.report(SAID, sender="s", monograph=page)

    for path in ("/report/", f"/report/{one.token}/"):
        assert "no-store" in client.get(path).headers["Cache-Control"]
    assert client.put("/report/").status_code == 405
    assert client.post(f"/report/{one.token}/").status_code == 405
