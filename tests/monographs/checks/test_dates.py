"""Days that contradict one another, or are not of our time."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.checks.dates import disagreeing
from monographs.checks.problems import objections, problems
from monographs.document import Citation, Dosing, Header, SafetyNotice
from tests import factories as make
from tests import whole

TODAY = date(2026, 11, 23)
WHOLE = whole.whole()


def notice(**days):
    return SafetyNotice.stored({"key": make.key("n"), "type": "caution", "severity": "major", "title": "x", **days})


def cited(**csl):
    return Citation.stored({"key": make.key("c"), "label": "a", "csl": {"title": "x", **csl}})


def fields(value, today=TODAY):
    return [".".join(where) for where, _sentence in disagreeing(value, today)]


@pytest.mark.parametrize(
    "days",
    [
        {},
        {"issued": "2026-11-23", "effective": "2026-11-24", "expires": "2027-01-01"},
        {"issued": "2026-11-24"},  # it is tomorrow somewhere
        {"issued": "2026-11"},
        {"issued": "2026"},
        {"issued": "1900"},
        {"effective": "2030-01-01", "expires": "2036-11-01"},
        {"issued": "2026-11", "expires": "2026-11-30"},
        {"issued": "2020", "expires": "2020-06-01"},
        {"effective": "2020-01-01", "expires": "2020-01-02"},
        {"issued": "2020-02-12", "effective": "2020-01-01"},  # it was in force before it was put on paper
    ],
)
def test_days_that_agree(days):
    assert fields(notice(**days)) == []
    assert fields(notice(**days), None) == []


@pytest.mark.parametrize(
    ("days", "field", "is_pure"),
    [
        ({"effective": "2026-05-02", "expires": "2026-05-01"}, "expires", True),
        ({"effective": "2026-05-02", "expires": "2026-05-02"}, "expires", True),
        ({"issued": "2026-05-02", "expires": "2026-05-01"}, "expires", True),
        ({"issued": "2026-05-02", "expires": "2026-05-02"}, "expires", True),
        ({"issued": "2026-05", "expires": "2026-04-30"}, "expires", True),
        ({"issued": "2026", "expires": "2025-12-31"}, "expires", True),
        ({"issued": "2020-01-01", "effective": "2026-05-02", "expires": "2026-05-01"}, "expires", True),
        ({"issued": "1899-12-31"}, "issued", True),
        ({"issued": "1062"}, "issued", True),
        ({"effective": "0026-01-01"}, "effective", True),
        ({"expires": "1026-01-01"}, "expires", True),
        ({"issued": "2062"}, "issued", False),
        ({"issued": "2026-12"}, "issued", False),
        ({"issued": "2026-11-25"}, "issued", False),
        ({"effective": "2062-01-01"}, "effective", False),
        ({"expires": "9999-12-31"}, "expires", False),
        ({"expires": "2036-12-01"}, "expires", False),
    ],
)
def test_days_of_a_notice_that_cannot_be_right(days, field, is_pure):
    assert fields(notice(**days)) == [field]
    assert fields(notice(**days), None) == [field] * is_pure
    assert [one for one, _ in objections(notice(**days), TODAY)] == [field]
    ((_, sentence),) = disagreeing(notice(**days), TODAY)
    assert days[field] in sentence
    assert sentence.endswith(("Check the date.", "Check both dates."))


@given(st.dates(date(1990, 1, 1), TODAY), st.integers(-800, 800), st.sampled_from([10, 7, 4]))
def test_a_notice_that_would_never_be_shown_is_refused_and_no_other(issued, days, precision):
    expires = issued + timedelta(days=days)
    one = notice(issued=str(issued)[:precision], expires=str(expires))
    begun = notice(effective=str(issued), expires=str(expires))

    never = str(expires)[:precision] < str(issued)[:precision] or (precision == 10 and days == 0)
    assert bool(fields(one)) == never
    assert bool(fields(begun)) == (days <= 0)


@pytest.mark.parametrize(
    ("since", "found"),
    [
        ("2026-07-04", []),
        ("", []),
        ("2026-11-24", []),
        ("2062-07-04", ["dosing.since"]),
        ("1800-01-01", ["dosing.since"]),
    ],
)
def test_the_day_since_which_no_dose_is_published(since, found):
    header = Header(dosing=Dosing(since=since))

    assert fields(header) == found
    assert [field for field, _ in objections(header, TODAY)] == [one.replace(".", "_") for one in found]


@pytest.mark.parametrize(
    ("name", "parts", "is_right"),
    [
        ("issued", [[2019, 5]], True),
        ("issued", [[2027]], True),  # a journal is ahead of its time
        ("issued", [["2019", "5"]], True),
        ("issued", [[1785]], True),
        ("issued", [[2019, 5], [2019, 6]], True),
        ("issued", [["about 1900"]], True),  # shown without a year
        ("issued", [[]], True),
        ("issued", [], True),
        ("accessed", [[2026, 11, 24]], True),
        ("issued", [[2028]], False),
        ("issued", [[20112]], False),
        ("issued", [[12]], False),
        ("issued", [[2019, 13]], False),
        ("issued", [[2019, 2, 30]], False),
        ("issued", [[2019, 2, 3, 4]], False),
        ("issued", [[2019, 6], [2019, 5]], False),
        ("issued", [[2019], [1018]], False),
        ("accessed", [[2026, 12, 1]], False),
        ("accessed", [[2027]], False),
    ],
)
def test_the_days_of_a_source(name, parts, is_right):
    found = fields(cited(**{name: {"date-parts": parts}}))

    assert (found == []) == is_right
    assert set(found) <= {"csl"}


@pytest.mark.parametrize("csl", [{"issued": 5}, {"issued": {"date-parts": 5}}, {"issued": {"raw": "2062"}}, {"issued": {"date-parts": [5, None, [None], [1e400]]}}])  # fmt: skip
def test_what_is_no_date_is_not_judged(csl):
    assert fields(Citation.model_construct(key=make.key("c"), label="a", csl=csl)) == []


def test_submission_names_the_part_and_knows_the_future_only_with_the_day():
    ends = WHOLE.notices[0].replaced(issued="2020-02-12", effective="2020-03-01", expires="2020-02-01")
    late = WHOLE.notices[1].replaced(issued="2062", expires="")
    document = WHOLE.replaced(notices=(ends, late, *WHOLE.notices[2:]))

    told = [(one.code, one.key, one.field, one.place) for one in problems(document, TODAY)]
    pure = [(one.code, one.key, one.field, one.place) for one in problems(document)]

    first = ("invalid", ends.key, "expires", ends.label_for_people)
    assert told == [first, ("invalid", late.key, "issued", late.label_for_people)]
    assert pure == [first]
