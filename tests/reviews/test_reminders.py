"""Reminders: each thing told to each person once a stage, and never lost with a mail server."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from monographs.models import Monograph
from reviews import reports
from reviews.models import Reminder
from reviews.reminders import mail_reminders, remind
from reviews.verify import verify
from tests import factories as make

pytestmark = pytest.mark.django_db


def told():
    return sorted({one.subject.partition(":")[0] for one in Reminder.objects.all()})


def test_a_review_is_told_of_before_it_is_due_once_it_is_overdue_and_each_month(house):
    make.published(house)
    due = Monograph.objects.get().next_review_due
    assert remind() == 0

    def days(number):
        return timezone.now().replace(hour=12) + (due - timezone.now().date()) + timedelta(days=number)

    assert (remind(days(-61)), remind(days(-60)), remind(days(-1))) == (0, 5, 0)
    assert (remind(days(1)), remind(days(2)), remind(days(31)), remind(days(60))) == (5, 0, 5, 5)
    assert {one.person.username for one in Reminder.objects.all()} == {
        "editor", "editor2", "clinician", "clinician2", "pharmacist"
    }  # fmt: skip
    assert verify() == []


def test_second_signatures_and_reports_are_chased(house):
    make.published(house)
    page = Monograph.objects.get()
    make.warn(house.clinician, page)
    make.withdraw(page.live.edition, house.publisher)
    reports.report(reports.Said("This could harm somebody.", harm=True), sender="a", monograph=page)
    reports.report(reports.Said("A comma is missing here.", harm=False), sender="a", monograph=page)

    remind()
    new = told()
    remind(timezone.now() + timedelta(days=8))

    assert new == ["Report R-1 could harm", "Urgent warning not countersigned", "Withdrawal not confirmed"] or [
        one[:6] for one in new
    ] == ["Report", "Urgent", "Withdr"]
    assert len(told()) == len(new) + 4


def test_a_mail_server_that_is_gone_loses_nothing_and_nobody_is_told_twice(house, monkeypatch):
    make.published(house)
    make.warn(house.clinician, Monograph.objects.get())
    remind()

    def gone(*args, **kwargs):
        raise OSError

    monkeypatch.setattr("reviews.reminders.send_mail", gone)
    assert mail_reminders() == 0
    monkeypatch.undo()
    waiting = Reminder.objects.filter(mailed_at=None).count()
    assert (mail_reminders(), mail_reminders(), remind()) == (waiting, 0, 0)

    assert len(mail.outbox) == waiting == 3
    assert all("https://clincalc.test/desk/monographs/testazumab/withdraw/" in letter.body for letter in mail.outbox)
    assert all("invented" not in letter.body for letter in mail.outbox)  # nothing of what a page or a warning says
    assert verify() == []
