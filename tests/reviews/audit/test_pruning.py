"""Old backups go, and of each day, week and month one stays."""

from datetime import UTC, datetime, timedelta

from reviews.audit.backup import AT, SUFFIX
from reviews.audit.pruning import made_at, prune

NOW = datetime(2026, 11, 30, 12, 30, tzinfo=UTC)


def made(directory, *moments):
    for at in moments:
        (directory / f"{at.strftime(AT)}{SUFFIX}").write_bytes(b"x")


def left(directory):
    return sorted((at for one in directory.iterdir() if (at := made_at(one))), reverse=True)


def test_of_two_years_of_hours_all_of_a_day_and_one_of_each_day_week_and_month_stay(tmp_path):
    hours = [NOW - timedelta(hours=number) for number in range(2 * 365 * 24)]
    made(tmp_path, *hours)

    gone = prune(tmp_path, NOW)

    kept = left(tmp_path)
    assert len(gone) + len(kept) == len(hours)
    assert [at for at in kept if at > NOW - timedelta(days=1)] == hours[:24]
    days = {at.date() for at in kept}
    assert {(NOW - timedelta(days=number)).date() for number in range(14)} <= days
    assert len({tuple(at.isocalendar())[:2] for at in kept}) >= 8
    assert sorted({(at.year, at.month) for at in kept})[-12:] == [
        (2025, 12),
        *((2026, month) for month in range(1, 12)),
    ]
    assert len(kept) < 24 + 14 + 8 + 12
    assert min(kept) == datetime(2025, 12, 31, 23, 30, tzinfo=UTC)  # the last of the oldest month that is kept
    # Each day again comes to the same: nothing that was kept for a week is missed when its day is over.
    assert prune(tmp_path, NOW) == []
    for number in range(1, 40):
        then = NOW + timedelta(days=number)
        made(tmp_path, then)
        prune(tmp_path, then)
    months = {(at.year, at.month) for at in left(tmp_path)}
    assert len(months) == 12
    assert datetime(2026, 11, 30, 12, 30, tzinfo=UTC) in left(tmp_path)  # the last of November


def test_what_is_no_backup_of_ours_and_the_newest_one_stay(tmp_path):
    (tmp_path / "mine.backup").touch()
    (tmp_path / "2020-01-01.txt").touch()
    old = NOW - timedelta(days=4_000)
    made(tmp_path, old, NOW + timedelta(days=3_000))  # a clock was wrong

    assert prune(tmp_path, NOW) == []
    assert {"mine.backup", "2020-01-01.txt"} < {one.name for one in tmp_path.iterdir()}
    assert prune(tmp_path / "nowhere", NOW) == []
