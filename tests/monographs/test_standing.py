"""What stands over a publication: days are London's, and a date counts from the day that it names."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from monographs.standing import Standing, names_found, shown, today
from tests import factories as make


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC), date(2026, 1, 31)),  # winter: London is UTC
        (datetime(2026, 2, 1, 0, 0, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 6, 30, 22, 59, 59, tzinfo=UTC), date(2026, 6, 30)),  # summer: midnight comes an hour earlier
        (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), date(2026, 7, 1)),
    ],
)
def test_the_day_turns_at_midnight_in_london(at, day):
    assert today(at) == day


@pytest.mark.parametrize(
    ("due", "days"),
    [(None, 0), (date(2026, 7, 5), 0), (date(2026, 7, 4), 0), (date(2026, 7, 3), 1), (date(2026, 4, 5), 90)],
)
def test_a_review_is_overdue_from_the_day_after_it_was_due(due, days):
    standing = Standing(today=date(2026, 7, 4), next_review_due=due)

    assert standing.days_overdue == days
    assert standing.overdue is (days > 0)


@pytest.mark.parametrize(
    ("tier", "due", "expected"),
    [
        ("high", date(2026, 4, 4), True),  # 91 days
        ("high", date(2026, 4, 5), False),  # 90 days
        ("standard", date(2020, 1, 1), False),
        ("low", date(2020, 1, 1), False),
        ("high", None, False),
    ],
)
def test_only_a_high_tier_page_overdue_for_more_than_90_days_gets_a_banner(tier, due, expected):
    assert Standing(today=date(2026, 7, 4), next_review_due=due).is_long_overdue(tier) is expected


@pytest.mark.parametrize(
    ("effective", "expires", "expected"),
    [
        ("", "", True),
        ("2026-07-04", "", True),
        ("2026-07-05", "", False),
        ("", "2026-07-05", True),
        ("", "2026-07-04", False),
        ("2026-07-01", "2026-07-04", False),
    ],
)
def test_a_notice_is_shown_while_it_is_in_force(effective, expires, expected):
    notice = make.document().notices[0].replaced(effective=effective, expires=expires)
    document = make.document(notices=(notice,))

    seen = shown(document, Standing(today=date(2026, 7, 4)))

    assert seen.notices == ((notice,) if expected else ())
    assert seen.notices_of("major") == seen.notices
    assert seen.notices_of("critical") == ()
    assert seen.document is document  # what was signed is not touched


def check(system="RxNorm", status="found", name="testazumab"):
    return SimpleNamespace(system=system, status=status, matched_name=name, release="sample")


def test_only_a_name_found_in_rxnorm_is_said_to_readers():
    assert names_found([check()]) == (("testazumab", "sample"),)
    assert names_found([check(status="failed")]) == ()
    assert names_found([check(system="ATC"), check(system="SNOMED CT"), check(system="dm+d")]) == ()
    assert names_found([]) == ()
