"""The page by the clock: a month goes by and nobody writes, and yet every request gets what is true at its moment, over
the front door's kept bytes, ETag and 304."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from clincalc.front import Front
from monographs.models import Monograph
from reviews.review import tiers
from tests import factories as make
from tests.test_front import PAGE, Asked, get

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

BEGIN = datetime(2028, 6, 20, 9, 0, tzinfo=UTC)
NOTICE_BEGINS, NOTICE_ENDS, DUE = date(2028, 6, 25), date(2028, 7, 10), date(2028, 7, 20)
WARNED_AT = datetime(2028, 7, 1, 10, 0, tzinfo=UTC)


class Clock:
    def __init__(self, monkeypatch):
        self.at = BEGIN
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.at)

    @property
    def day(self):
        """In London, which is an hour ahead in summer."""
        return (self.at + timedelta(hours=1)).date()


@pytest.fixture
def clock(monkeypatch):
    for key, row in tiers.ROWS.items():
        monkeypatch.setitem(tiers.ROWS, key, replace(row, months=1))
    return Clock(monkeypatch)


@pytest.fixture
def house(empty_database, clock):
    """Opened at the beginning, so that its registrations were looked up by then."""
    house = make.make_house()
    doc = make.document()
    notice = doc.notices[0].replaced(effective=str(NOTICE_BEGINS), expires=str(NOTICE_ENDS))
    make.published(house, doc=doc.replaced(notices=(notice,)))
    return house


def expected(clock, warned_at):
    """What the page must say now: (review overdue, notice, warning)."""
    warning = ""
    if warned_at:
        warning = "not yet countersigned" if clock.at >= warned_at + timedelta(hours=24) else "second signature due by"
    return clock.day > DUE, NOTICE_BEGINS <= clock.day < NOTICE_ENDS, warning


def said(body):
    text = body.decode()
    warning = [one for one in ("not yet countersigned", "second signature due by", "Countersigned by") if one in text]
    return "Review overdue" in text, "Mind the heart" in text, (warning or [""])[0]


def test_a_month_goes_by(house, clock):
    page, door = Monograph.objects.get(), Front(Asked())
    assert page.next_review_due == DUE
    (etag, before), warned_at, changes, asked = ("", None), None, 0, 0

    while clock.at < BEGIN + timedelta(days=40):
        if warned_at is None and clock.at >= WARNED_AT:
            (overlay,) = make.warn(house.clinician, page)
            warned_at = overlay.at
        status, headers, body = get(door, if_none_match=etag) if etag else get(door)
        now = expected(clock, warned_at)
        if status == 304:
            assert now == before, (clock.at, now, before)
        else:
            assert said(body) == now, clock.at
            assert before is None or now != before, clock.at
            changes += 1
        etag, before, asked = headers["ETag"], now, asked + 1
        clock.at += timedelta(minutes=30)

    assert (asked, changes) == (1920, 6)  # first, notice begins, warning, its lateness, notice ends, overdue
    assert door.app.times < 50  # about one a day
    make.countersign(page.overlays.get(), house.clinician2)
    assert said(get(door)[2])[2] == "Countersigned by"
    connection.close()


@pytest.mark.parametrize(
    ("at", "overdue"),
    [
        (datetime(2028, 7, 20, 22, 59, 59, tzinfo=UTC), False),
        (datetime(2028, 7, 20, 23, 0, 0, tzinfo=UTC), True),  # midnight in London
    ],
)
def test_lists_and_data_know_the_day_too(house, clock, client, at, overdue):
    clock.at = at
    for path in ("/", "/drugs/", "/classes/multiple-sclerosis/", "/search/?q=testazumab", PAGE):
        assert ("eview overdue" in client.get(path).content.decode()) == overdue, path
    assert (client.get(f"{PAGE}monograph.json").json()["status"] == "review overdue") == overdue
