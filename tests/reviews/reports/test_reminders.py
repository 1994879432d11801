"""Reminders: each thing told to each person once a stage, and never lost with a mail server."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from monographs.models import Monograph
from monographs.standing import LONDON
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.editing.library import make_class
from reviews.models import AuditEvent, ProblemReport, Reminder
from reviews.reports import reminders, service
from reviews.reports.reminders import mail_reminders, remind
from reviews.review import tiers
from reviews.workflow import perform
from tests import factories as make
from tests import mail_server

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

EDITORS = ["editor", "editor2"]
CLINICIANS = ["clinician", "clinician2", "pharmacist"]
EVERYBODY = sorted([*EDITORS, *CLINICIANS])
MOMENT = timedelta(microseconds=1)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    make.published(house)
    make.draft(house, "draftumab")
    return SimpleNamespace(page=Monograph.objects.get(slug="testazumab"))


def told(now=None):
    """What a run tells anew: {what: to whom}."""
    before = set(Reminder.objects.values_list("pk", flat=True))
    number = remind(now)
    new = Reminder.objects.exclude(pk__in=before)
    assert len(new) == number
    found = {}
    for one in new:
        found.setdefault(one.subject, []).append(one.person.username)
    return {what: sorted(people) for what, people in found.items()}


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def test_a_review_is_told_of_before_it_is_due_once_it_is_overdue_and_each_month(house, page):
    due = page.next_review_due
    soon, overdue = (
        f"Review due on {due:%d %B %Y}: Testazumab in multiple sclerosis",
        f"Review overdue since {due:%d %B %Y}: Testazumab in multiple sclerosis",
    )

    found = {days: told(noon(due + timedelta(days=days))) for days in (-61, -60, -59, -1, 0, 1, 2, 29, 30, 31, 59, 60)}

    nothing = {}
    assert found == {
        -61: nothing, -60: {soon: EVERYBODY}, -59: nothing, -1: nothing, 0: nothing,
        1: {overdue: EVERYBODY}, 2: nothing, 29: nothing, 30: {overdue: EVERYBODY}, 31: nothing, 59: nothing,
        60: {overdue: EVERYBODY},
    }  # fmt: skip
    assert verify() == []


def test_the_day_is_that_of_london(house, page):
    """An overdue review is told of again from midnight on, which in summer comes an hour earlier there."""
    again = (page.next_review_due + timedelta(days=30 * number) for number in range(1, 12))
    midnights = (datetime.combine(day, time(), tzinfo=LONDON) for day in again)
    midnight = next(one for one in midnights if one.utcoffset())

    assert list(told(midnight - MOMENT).values()) == [EVERYBODY]
    assert told(midnight - MOMENT) == {}
    assert list(told(midnight).values()) == [EVERYBODY]


def test_a_reminder_is_written_with_its_words_and_where_to_go(house, page):
    due = page.next_review_due
    before = AuditEvent.objects.count()

    remind(noon(due))

    entry = AuditEvent.objects.latest("seq")
    assert AuditEvent.objects.count() == before + 1
    assert (entry.verb, entry.actor, entry.subject, entry.data["reminders"]) == ("reminded", None, "site", 5)
    assert len(entry.data["rows"]) == 5
    for one in Reminder.objects.all():
        words = f"Review due on {due:%d %B %Y}: Testazumab in multiple sclerosis"
        assert (one.key, one.subject) == (f"due:{page.pk}:{due}:{one.person_id}", words)
        assert one.body == f"{words}.\n\nhttps://clincalc.test/desk/monographs/testazumab/\n"
        assert (one.at, one.mailed_at) == (entry.at, None)
    assert (remind(noon(due)), AuditEvent.objects.count()) == (0, before + 1)


def test_a_review_that_was_put_off_is_told_of_again(house, page, monkeypatch):
    """A stage is that of one date: the next edition's date is another."""
    assert list(told(noon(page.next_review_due)).values()) == [EVERYBODY]
    second = make.start(house, page.live.edition)
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    make.submit(house, second)
    make.sign(second, house.clinician)
    monkeypatch.setitem(tiers.ROWS, "standard", replace(tiers.ROWS["standard"], months=40))
    make.publish(house, make.sign(second, house.pharmacist))
    put_off = Monograph.objects.get(pk=page.pk).next_review_due
    assert put_off > page.next_review_due

    assert told(noon(page.next_review_due)) == {}
    assert list(told(noon(put_off)).values()) == [EVERYBODY]


@pytest.mark.parametrize(
    ("by", "confirms", "people"),
    [("publisher", "clinician2", CLINICIANS), ("clinician", "publisher", ["publisher"])],
)
@pytest.mark.parametrize("kind", ["retire", "take_down"])
def test_a_withdrawal_by_one_role_is_told_to_the_other(house, page, by, confirms, people, kind):
    make.withdraw(page.live.edition, house.people[by], kind)
    overlay = page.overlays.get()

    now = overlay.due_at
    assert told(now - MOMENT) == {"Withdrawal not confirmed: Testazumab in multiple sclerosis": people}
    assert told(now - MOMENT) == {}
    assert told(now) == {"Withdrawal not confirmed in time: Testazumab in multiple sclerosis": people}
    assert told(now + timedelta(days=30)) == {}
    assert {one.body.split("\n")[2] for one in Reminder.objects.all()} == {
        "https://clincalc.test/desk/monographs/testazumab/withdraw/"
    }
    assert Reminder.objects.filter(key__startswith=f"second:{overlay.pk}:new:").count() == len(people)
    assert Reminder.objects.filter(key__startswith=f"second:{overlay.pk}:late:").count() == len(people)


def test_what_was_confirmed_ended_or_answered_is_told_to_nobody(house, page):
    first, second = (make.warn(house.clinician, page)[0] for _ in range(2))
    make.countersign(first, house.clinician2)
    make.lift(second, house.pharmacist)
    make.withdraw(page.live.edition, house.publisher)
    perform(
        "confirm-withdrawal",
        editions=[page.live.edition], actor=house.clinician2, digest=make.seen(page.live.edition),
    )  # fmt: skip
    make.correct(house.pharmacist, page, "Start slowly", "Start fast")
    make.withhold(page, make.key("monitoring"), house.publisher)
    report = service.report(service.ReportInput("This could harm somebody.", harm=True), sender="a", monograph=page)
    service.answer(report, actor=house.clinician, outcome="no-change", text="It is right.", reason="Looked at.")

    assert told(timezone.now() + timedelta(days=8)) == {}


def test_a_warning_is_told_to_clinicians_until_one_has_countersigned(house, page):
    (overlay,) = make.warn(house.clinician, page)

    now = overlay.due_at
    assert told(now - MOMENT) == {"Urgent warning not countersigned: Testazumab in multiple sclerosis": CLINICIANS}
    assert told(now) == {"Urgent warning not countersigned in time: Testazumab in multiple sclerosis": CLINICIANS}


def test_texts_that_are_not_printed_as_typed_are_told_to_clinicians_once_an_edition(house, page):
    make.published(
        house, "secondumab", make.misprinted(alleles=make.MISPRINTED["alleles"], enzymes="CYP2C9*2, CYP2C9*3")
    )
    make.published(house, "thirdumab", make.misprinted(alleles=make.MISPRINTED["alleles"]))
    make.call_harmless(house.clinician, Monograph.objects.get(slug="thirdumab"))

    assert told() == {"2 texts not printed as typed: Testazumab in multiple sclerosis": CLINICIANS}
    assert told() == {}


def test_reports_are_told_at_once_if_they_could_harm_and_else_when_they_are_late(house, page):
    harm = service.report(service.ReportInput("This could harm somebody.", harm=True), sender="a", monograph=page)
    calm = service.report(service.ReportInput("A comma is missing here.", harm=False), sender="a", monograph=page)

    assert told(harm.at) == {f"Report {harm.number} could harm: Testazumab in multiple sclerosis": EVERYBODY}
    assert told(harm.due_at - MOMENT) == {}
    assert told(harm.due_at) == {f"Report {harm.number} is late: Testazumab in multiple sclerosis": EVERYBODY}
    assert told(calm.due_at - MOMENT) == {}
    assert told(calm.due_at) == {f"Report {calm.number} is late: Testazumab in multiple sclerosis": EVERYBODY}
    assert told(calm.due_at + timedelta(days=30)) == {}
    assert {one.body.split("\n")[2] for one in Reminder.objects.all()} == {
        f"https://clincalc.test/desk/reports/{one.pk}/" for one in (harm, calm)
    }


def test_a_report_about_the_house_is_told_to_whoever_has_a_part_in_any_class(house, page):
    one = service.report(service.ReportInput("This could harm somebody.", harm=True), sender="a")

    assert told() == {f"Report {one.number} could harm: the site as a whole": sorted([*EVERYBODY, "publisher"])}


def test_whoever_left_is_told_nothing(house, page):
    make.changed_account(house.editor2, is_active=False)
    make.warn(house.clinician, page)
    service.report(service.ReportInput("This could harm somebody.", harm=True), sender="a", monograph=page)

    found = told(noon(page.next_review_due))

    others = ["clinician", "clinician2", "editor", "pharmacist"]
    assert sorted(found.values()) == [others, others, CLINICIANS]  # the report, the review that falls due, the warning


def test_only_those_with_a_part_in_its_class_are_told(house):
    house.leaf = make_class("Oncology", slug="oncology", actor=house.admin)
    tumour = make.draft(house, "tumourumab").monograph
    one = service.report(service.ReportInput("This could harm somebody.", harm=True), sender="a", monograph=tumour)
    assert told() == {}

    make.grant("publisher", house.leaf, actor=house.admin)
    assert told() == {}
    make.grant("editor", house.leaf, actor=house.admin)
    assert told() == {f"Report {one.number} could harm: the site as a whole": EDITORS}  # nothing has a name there yet
    make.grant("clinician", house.leaf, actor=house.admin)
    assert list(told().values()) == [CLINICIANS]


def test_a_mail_server_that_is_gone_loses_nothing_and_nobody_is_told_twice(house, page, settings, caplog):
    """It goes after the first letter of three: that one is not sent again, the others wait."""
    make.warn(house.clinician, page)
    remind()

    with mail_server.serving(settings, gone_after=1) as tried:
        done = mail_reminders()
    assert (done.sent, done.refused, done.is_gone, len(tried)) == (1, {}, True, 2)
    assert caplog.messages == ["Reminders were not mailed: the mail server is gone"]
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.actor, entry.subject, entry.data["reminders"]) == ("reminders_mailed", None, "site", 1)
    assert [one.mailed_at for one in Reminder.objects.all()] == [entry.at, None, None]
    with mail_server.serving(settings, gone_after=0) as tried:
        assert (mail_reminders().sent, tried) == (0, [])
    assert AuditEvent.objects.latest("seq") == entry
    assert (mail_reminders().sent, mail_reminders().sent, remind()) == (2, 0, 0)

    assert [letter.to for letter in mail.outbox] == [[f"{name}@example.org"] for name in CLINICIANS]
    for letter, one in zip(mail.outbox, Reminder.objects.all(), strict=True):
        assert (letter.subject, letter.body) == (one.subject, one.body)
        assert one.mailed_at is not None
        assert "https://clincalc.test/desk/monographs/testazumab/withdraw/" in letter.body
        assert "invented" not in letter.body  # nothing of what a page or a warning says
    assert verify() == []


NO_SUCH_USER = SMTPRecipientsRefused({"clinician@example.org": (550, b"no such user")})


@pytest.mark.any_database
@pytest.mark.parametrize("error", [NO_SUCH_USER, SMTPServerDisconnected("x"), UnicodeError("label too long")])
@pytest.mark.parametrize("refused", [["clinician"], ["clinician", "pharmacist"], CLINICIANS])
def test_one_bad_mailbox_keeps_nobody_from_theirs(house, page, settings, client, error, refused):
    make.warn(house.clinician, page)
    remind()
    with mail_server.serving(settings, {f"{name}@example.org": error for name in refused}):
        done = mail_reminders()
        entries = AuditEvent.objects.count()
        mail_reminders()

    code = "550" if error is NO_SUCH_USER else type(error).__name__
    assert done.refused == {house.people[name].pk: code for name in refused}
    assert [letter.to for letter in mail.outbox] == [
        [f"{name}@example.org"] for name in CLINICIANS if name not in refused
    ]
    assert AuditEvent.objects.count() == entries  # it is told once
    client.force_login(house.editor)
    html = client.get("/desk/reports/").content.decode()
    assert [f"Test {name} ({code})" in html for name in CLINICIANS] == [name in refused for name in CLINICIANS]
    assert "@example.org" not in html
    mail.outbox.clear()

    mail_reminders()

    assert [letter.to for letter in mail.outbox] == [[f"{name}@example.org"] for name in refused]
    assert "Not reached by mail" not in client.get("/desk/reports/").content.decode()
    with mail_server.serving(settings, {f"{refused[0]}@example.org": error}):  # and again, later
        make.warn(house.clinician, page, title="stop")
        remind()
        mail_reminders()
    assert "Not reached by mail" in client.get("/desk/reports/").content.decode()
    assert verify() == []


def test_the_hourly_run_does_all_else_says_who_was_refused_and_fails(house, page, settings, monkeypatch):
    """An address that no mail can be written to was kept by an earlier version."""
    one = service.report(service.ReportInput("This could harm somebody.", harm=True, email="r@example.org"), sender="a")
    other = service.report(
        service.ReportInput("This could harm as well.", harm=True, email="s@example.org"), sender="a"
    )
    for report in (one, other):
        service.answer(report, actor=house.clinician, outcome="elsewhere", text="It is not ours.", reason="Looked at.")
    with audited_write(actor=None) as trail:
        one.refresh_from_db()
        one.email = f"r@{'é' * 70}.example"
        trail.save(one, "email")
        trail.record("looked_up", "test")
    make.warn(house.clinician, page)

    out = StringIO()
    with mail_server.serving(settings, {"clinician@example.org": NO_SUCH_USER}), pytest.raises(CommandError) as failed:
        call_command("send_reminders", stdout=out)

    assert failed.value.returncode == 1
    assert str(failed.value) == f"Refused by the mail server: Test clinician (550), {one.number} (UnicodeError)."
    assert out.getvalue().strip() == "3 new reminders, 2 mailed; 1 answers mailed; 0 addresses forgotten."
    later = timezone.now() + timedelta(days=91)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    monkeypatch.setattr("reviews.management.commands.send_reminders.remind", lambda: 1 / 0)
    out, errors = StringIO(), StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("send_reminders", stdout=out, stderr=errors)
    assert out.getvalue().strip().endswith("2 addresses forgotten.")
    assert "ZeroDivisionError" in str(failed.value)
    assert "ZeroDivisionError" in errors.getvalue()
    assert verify() == []


@pytest.mark.any_database
def test_three_hundred_reports_are_one_letter_an_hour_for_each(house, page):
    with audited_write(actor=None) as trail:
        for number in range(300):
            at = trail.at + timedelta(seconds=number)
            trail.save(
                ProblemReport(
                    token=f"t{number}", monograph=page, text="Junk.", harm=True, sender="s", at=at, due_at=at + DAY
                )
            )
        trail.record("reported", "site")
    runs = 0
    while new := remind():
        entries = AuditEvent.objects.count()
        mail.outbox.clear()
        assert mail_reminders().sent == new == 20 * len(EVERYBODY)
        assert {letter.to[0] for letter in mail.outbox} == {f"{name}@example.org" for name in EVERYBODY}
        assert len(mail.outbox) == len(EVERYBODY)
        assert {letter.subject for letter in mail.outbox} == {"20 things wait for you"}
        assert max(len(letter.body) for letter in mail.outbox) < 5_000
        assert AuditEvent.objects.count() == entries + 1
        runs += 1
    assert runs == 15
    assert Reminder.objects.filter(key__startswith="report:", mailed_at=None).count() == 0
    assert Reminder.objects.filter(key__startswith="report:").count() == 300 * len(EVERYBODY)


def test_a_letter_of_many_things_names_the_first_and_counts_the_rest(house, page, monkeypatch):
    monkeypatch.setattr(reminders, "IN_A_LETTER", 2)
    make.warn(house.clinician, page)
    for number in range(3):
        said = service.ReportInput(f"Thing {number} could harm.", harm=True)
        service.report(said, sender="a", monograph=page)
    remind()

    mail_reminders()

    letter = next(one for one in mail.outbox if one.to == ["clinician@example.org"])
    first, second = (one for one in Reminder.objects.filter(person=house.clinician)[:2])
    assert letter.subject == "4 things wait for you"
    assert letter.body == f"{first.body}\n{second.body}\nAnd 2 more: https://clincalc.test/desk/\n"


def test_whoever_has_no_address_is_told_on_no_paper(house, page):
    make.changed_account(house.pharmacist, email="")
    make.warn(house.clinician, page)

    assert (remind(), mail_reminders().sent, mail_reminders().sent) == (3, 2, 0)

    assert [letter.to for letter in mail.outbox] == [["clinician@example.org"], ["clinician2@example.org"]]
    assert Reminder.objects.get(mailed_at=None).person == house.pharmacist
