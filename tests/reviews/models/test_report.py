"""Reports of readers: until when somebody looks, and what an entry about them is about."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from monographs.models import Monograph
from reviews.models import ProblemReport
from reviews.models.report import due, subject_of


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 11, 25, 15, 0, tzinfo=UTC), datetime(2026, 12, 2, 15, 0, tzinfo=UTC)),
        (datetime(2026, 11, 27, 23, 30, tzinfo=UTC), datetime(2026, 12, 4, 23, 30, tzinfo=UTC)),
        (datetime(2026, 11, 28, 9, 0, tzinfo=UTC), datetime(2026, 12, 4, 9, 0, tzinfo=UTC)),  # a Saturday
        (datetime(2026, 10, 23, 9, 0, tzinfo=UTC), datetime(2026, 10, 30, 10, 0, tzinfo=UTC)),  # the clocks change
    ],
)
def test_the_clock_counts_working_days_in_london(at, expected):
    assert due(at, harm=False) == expected


def test_what_could_harm_waits_four_hours_at_most():
    at = timezone.now()

    assert due(at, harm=True) == at + timedelta(hours=4)


def test_an_entry_is_about_the_monographs_of_its_reports_once_each_or_about_the_site():
    one, other = (ProblemReport(monograph=Monograph(slug=slug)) for slug in ("otherumab", "testazumab"))

    assert subject_of([other, one, ProblemReport(), other]) == "monograph:otherumab,monograph:testazumab"
    assert subject_of([ProblemReport()]) == "site"
