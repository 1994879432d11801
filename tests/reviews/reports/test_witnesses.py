"""Lines of the checkpoint file reach everybody who audits, or it is said who was not reached."""

import pytest
from django.core import mail

from reviews.reports import witnesses
from reviews.reports.mailing import ServerGone
from reviews.reports.witnesses import NotMailed, mail_line, mailed_to

pytestmark = pytest.mark.django_db


def test_each_auditor_gets_the_line_and_nobody_else(house):
    assert mail_line('{"seq": 7}', "Checkpoint", "This is said:") == 1

    (letter,) = mail.outbox
    assert letter.to == [house.auditor.email]
    assert letter.body.startswith('This is said:\n\n{"seq": 7}\n\nKeep it where ')
    assert mailed_to(1) == "Mailed to 1 auditor."
    assert mailed_to(2) == "Mailed to 2 auditors."


def test_who_was_not_reached_is_said(house, monkeypatch):
    monkeypatch.setattr(witnesses, "deliver", lambda letters: [(one, "550") for one in letters])
    with pytest.raises(NotMailed, match=f"refused it for {house.auditor.username}"):
        mail_line("{}", "Checkpoint", "")

    def gone(letters):
        raise ServerGone

    monkeypatch.setattr(witnesses, "deliver", gone)
    with pytest.raises(NotMailed, match="no auditor was sent it"):
        mail_line("{}", "Checkpoint", "")
