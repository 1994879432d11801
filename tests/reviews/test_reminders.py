"""Reminders: each thing told to each person once a stage, and never lost with a mail server."""

from copy import deepcopy
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from monographs.models import Monograph
from reviews import reports
from reviews.models import AuditEvent, Reminder
from reviews.reminders import mail_reminders, remind
from reviews.reports import Said
from reviews.verify import verify
from tests import factories as make

pytestmark = pytest.mark.django_db

EDITORS, CLINICIANS = {"editor", "editor2"}, {"clinician", "clinician2", "pharmacist"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOMENT = timedelta(microseconds=1)


@pytest.fixture(scope="module")
def once(once_a_module):
    """A live page."""
    return make.published(make.the_house()).monograph


@pytest.fixture
def page(db, once):
    return Monograph.objects.select_related("live__edition").get(pk=deepcopy(once).pk)


def told(since=0):
    """What was told to whom after this many reminders: {subject: names}."""
    whole = {}
    for one in Reminder.objects.order_by("pk")[since:]:
        whole.setdefault(one.subject, set()).add(one.person.username)
    return whole


def next_told(at):
    """What a run at this time tells that was not told before."""
    before = Reminder.objects.count()
    new = remind(at)
    assert Reminder.objects.count() == before + new
    return told(before)


def noon(day):
    return timezone.now().replace(hour=12) + (day - timezone.now().date())


def test_a_review_is_told_of_before_it_is_due_once_it_is_overdue_and_each_month(house, page):
    due = page.next_review_due
    before = AuditEvent.objects.count()
    assert remind() == 0
    soon = {f"Review due on {due:%d %B %Y}: Testazumab": EDITORS | CLINICIANS}
    late = {f"Review overdue since {due:%d %B %Y}: Testazumab": EDITORS | CLINICIANS}

    days = {}
    for number in (-61, -60, -59, -1, 0, 1, 2, 29, 30, 31, 59, 60, 89, 90):
        if found := next_told(noon(due + number * DAY)):
            days[number] = found

    assert days == {-60: soon, 1: late, 30: late, 60: late, 90: late}
    assert AuditEvent.objects.count() == before + 5  # one entry for all that one run tells
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.subject, entry.actor, entry.data["reminders"]) == ("reminded", "site", None, 5)
    one = Reminder.objects.first()
    assert one.body == f"{one.subject}.\n\nhttps://clincalc.test/desk/monographs/testazumab/\n"
    assert verify() == []


@pytest.mark.parametrize(
    ("who", "act", "expected"),
    [
        ("clinician", "warn", ("Urgent warning not countersigned", CLINICIANS)),
        ("publisher", "retire", ("Withdrawal not confirmed", CLINICIANS)),
        ("publisher", "take_down", ("Withdrawal not confirmed", CLINICIANS)),
        ("clinician", "retire", ("Withdrawal not confirmed", {"publisher"})),
        ("clinician", "take_down", ("Withdrawal not confirmed", {"publisher"})),
    ],
)
def test_whoever_can_confirm_is_told_at_once_and_again_after_a_day(house, page, who, act, expected):
    if act == "warn":
        (overlay,) = make.warn(house.people[who], page)
    else:
        make.withdraw(page.live.edition, house.people[who], act)
        overlay = page.overlays.get()
    what, people = expected

    assert next_told(overlay.at) == {f"{what}: Testazumab": people}
    assert next_told(overlay.at + 24 * HOUR - MOMENT) == {}
    assert next_told(overlay.at + 24 * HOUR) == {f"{what} in time: Testazumab": people}
    assert next_told(overlay.at + 90 * 24 * HOUR) == {}
    assert {one.body.partition("\n\n")[2] for one in Reminder.objects.all()} == {
        "https://clincalc.test/desk/monographs/testazumab/withdraw/\n"
    }


def test_what_was_confirmed_or_ended_is_chased_no_more(house, page):
    (first,) = make.warn(house.clinician, page)
    (second,) = make.warn(house.clinician, page)
    make.countersign(first, house.pharmacist)
    make.lift(second, house.pharmacist)
    make.withhold(page, make.key("fbc"), house.publisher)
    make.correct(house.pharmacist, page, "Start slowly", "Start fast")

    assert next_told(timezone.now() + 2 * DAY) == {}


def test_a_report_is_chased_at_once_if_it_could_harm_and_else_when_it_is_late(house, page):
    severe = reports.report(Said("This could harm somebody.", harm=True), sender="a", monograph=page)
    calm = reports.report(Said("A comma is missing here.", harm=False), sender="a", monograph=page)
    people = EDITORS | CLINICIANS

    assert next_told(severe.at) == {f"Report {severe.number} could harm: Testazumab": people}
    assert next_told(severe.due_at - MOMENT) == {}
    assert next_told(severe.due_at) == {f"Report {severe.number} is late: Testazumab": people}
    assert next_told(calm.due_at - MOMENT) == {}
    assert next_told(calm.due_at) == {f"Report {calm.number} is late: Testazumab": people}
    one = Reminder.objects.latest("pk")
    assert one.body.partition("\n\n")[2] == f"https://clincalc.test/desk/reports/{calm.pk}/\n"


def test_an_answered_report_is_chased_no_more(house, page):
    for harm in (True, False):
        one = reports.report(Said("Something is wrong here.", harm=harm), sender="a", monograph=page)
        reports.answer(one, actor=house.editor, outcome="no-change", text="It is right.")

    assert next_told(timezone.now() + 30 * DAY) == {}


def test_a_report_on_the_house_as_a_whole_is_told_to_everybody_who_works_on_a_class(house, page):
    one = reports.report(Said("The menu is hard to read.", harm=True), sender="a")

    assert next_told(one.at) == {
        f"Report {one.number} could harm: the house as a whole": EDITORS | CLINICIANS | {"publisher"}
    }


def test_second_signatures_and_reports_are_chased(house, page):
    make.warn(house.clinician, page)
    make.withdraw(page.live.edition, house.publisher)
    severe = reports.report(Said("This could harm somebody.", harm=True), sender="a", monograph=page)
    calm = reports.report(Said("A comma is missing here.", harm=False), sender="a", monograph=page)

    assert set(next_told(None)) == {
        "Urgent warning not countersigned: Testazumab",
        "Withdrawal not confirmed: Testazumab",
        f"Report {severe.number} could harm: Testazumab",
    }
    assert set(next_told(timezone.now() + 8 * DAY)) == {
        "Urgent warning not countersigned in time: Testazumab",
        "Withdrawal not confirmed in time: Testazumab",
        f"Report {severe.number} is late: Testazumab",
        f"Report {calm.number} is late: Testazumab",
    }


def test_nobody_is_told_whose_account_is_closed(house, page):
    get_user_model().objects.filter(username="clinician2").update(is_active=False)
    make.warn(house.clinician, page)

    assert next_told(None) == {"Urgent warning not countersigned: Testazumab": CLINICIANS - {"clinician2"}}


def test_whoever_comes_later_is_told_what_others_were_told_before(house, page):
    get_user_model().objects.filter(username="clinician2").update(is_active=False)
    make.warn(house.clinician, page)
    remind()
    get_user_model().objects.filter(username="clinician2").update(is_active=True)

    assert next_told(None) == {"Urgent warning not countersigned: Testazumab": {"clinician2"}}


@pytest.mark.parametrize("error", [OSError, SMTPServerDisconnected])
def test_a_mail_server_that_is_gone_loses_nothing_and_nobody_is_told_twice(house, page, monkeypatch, error):
    make.warn(house.clinician, page)
    get_user_model().objects.filter(username="clinician2").update(email="")
    remind()

    def gone(*args, **kwargs):
        raise error

    before = AuditEvent.objects.count()
    monkeypatch.setattr("reviews.reminders.send_mail", gone)
    assert mail_reminders() == 0
    monkeypatch.undo()
    assert (AuditEvent.objects.count(), Reminder.objects.exclude(mailed_at=None).count()) == (before, 0)
    assert (mail_reminders(), mail_reminders(), remind()) == (2, 0, 0)

    assert [letter.to for letter in mail.outbox] == [["clinician@example.org"], ["pharmacist@example.org"]]
    link = "https://clincalc.test/desk/monographs/testazumab/withdraw/"
    for letter in mail.outbox:  # nothing of what a page or a warning says
        assert letter.subject == "Urgent warning not countersigned: Testazumab"
        assert letter.body == f"{letter.subject}.\n\n{link}\n"
    entry = AuditEvent.objects.latest("seq")
    assert (AuditEvent.objects.count(), entry.verb, entry.data["reminders"]) == (before + 1, "reminders_mailed", 2)
    assert {one.mailed_at for one in Reminder.objects.exclude(person=house.clinician2)} == {entry.at}
    assert Reminder.objects.get(person=house.clinician2).mailed_at is None
    assert verify() == []


def test_a_letter_that_fails_after_others_went_out_is_sent_alone_next_time(house, page, monkeypatch):
    from reviews import reminders

    make.warn(house.clinician, page)
    remind()
    real, sent = reminders.send_mail, []

    def breaks_at_the_second(*args, **kwargs):
        if sent:
            raise OSError
        sent.append(real(*args, **kwargs))

    monkeypatch.setattr(reminders, "send_mail", breaks_at_the_second)
    assert mail_reminders() == 1
    monkeypatch.undo()
    assert mail_reminders() == 2

    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(f"{one}@example.org" for one in CLINICIANS)


def test_the_hourly_run_reminds_mails_and_says_what_it_did(house, page, capsys):
    make.warn(house.clinician, page)
    one = reports.report(Said("Something is wrong.", harm=True, email="r@example.org"), sender="a", monograph=page)
    reports.answer(one, actor=house.editor, outcome="no-change", text="It is right.")

    call_command("send_reminders")
    call_command("send_reminders")

    assert capsys.readouterr().out.splitlines() == [
        "3 new reminders, 3 mailed; 1 answers mailed; 0 addresses forgotten.",
        "0 new reminders, 0 mailed; 0 answers mailed; 0 addresses forgotten.",
    ]
