"""What a restore would take away, and no entry tells of (what entries tell of: test_backup.py)."""

import pytest

from reviews.audit.hashes import instant
from reviews.models import InboxReport
from reviews.reports.service import ReportInput, report
from tests import factories as make
from tests.reviews.audit.test_backup import kept, key  # noqa: F401  # fixtures


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_report_of_harm_that_waits_is_named_before_it_is_lost(kept, house):  # noqa: F811
    def comes(words):
        make.somebody_writes(True)
        report(ReportInput(words, harm=True), sender="s")
        make.somebody_writes(False)

    comes("The first could kill.")
    file = kept.backed()
    assert kept.restore(file)[0] == 0  # the backup holds it
    comes("Brandex 5 mg could kill Ada.")
    waiting = InboxReport.objects.latest("pk")

    code, words = kept.restore(file)

    assert code == 1
    assert "These 1 of now would be lost:" in words
    assert f"  a report of harm of {instant(waiting.at)}, on the site, that waits to be taken in\n" in words
    assert "Ada" not in words  # what it says is for the desk
    assert InboxReport.objects.count() == 2
    code, words = kept.restore(file, "The disk burned.")
    assert code == 0, words
    assert "reports of harm that waited (1) were lost when a backup was restored. The disk burned." in words
    assert InboxReport.objects.count() == 1
