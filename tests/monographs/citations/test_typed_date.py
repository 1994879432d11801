"""One box for the date of a source: what people type, how it is read, and what is said of it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.citations.typed_date import MONTHS, NO_YEAR, UNREAD, TypedDate, date_of, in_words, read_date

days = st.dates(min_value=date(1000, 1, 1))
ends = st.sampled_from(("", ".", ",", " ", ";"))


def parts(day):
    return (day.year, day.month, day.day)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("12 March 2020", (2020, 3, 12)), ("12th Mar. 2020", (2020, 3, 12)), ("Thursday, 12 March 2020", (2020, 3, 12)),
        ("March 12, 2020", (2020, 3, 12)), ("12-Mar-2020", (2020, 3, 12)), ("2012 Nov 24", (2012, 11, 24)), ("2020-03-12", (2020, 3, 12)),
        ("25/03/2020", (2020, 3, 25)), ("5.5.2020", (2020, 5, 5)), ("March 2020", (2020, 3)), ("may 2020", (2020, 5)),
        ("SEPT 2020", (2020, 9)), ("03/2020", (2020, 3)), ("2020-03", (2020, 3)), ("2012 Nov", (2012, 11)), ("2020", (2020,)),
        (" 2012///", (2012,)), ("", ()), ("  ", ()), ("29 February 2020", (2020, 2, 29)),
    ],
)  # fmt: skip
def test_what_people_type_is_read_and_nothing_need_be_said(typed, read):
    assert read_date(typed) == TypedDate(read)


@pytest.mark.parametrize(
    ("typed", "read", "said"),
    [
        ("12/03/2020", (2020, 3, 12), "We read “12/03/2020” as 12 March 2020: the day comes first."),
        ("1.2.2020.", (2020, 2, 1), "We read “1.2.2020” as 1 February 2020: the day comes first."),
        ("03/25/2020", (2020, 3, 25), "We read “03/25/2020” as 25 March 2020: there is no month 25."),
        ("c2012", (2012,), "We kept the year of “c2012”."),
        ("Spring 2020", (2020,), "We kept the year of “Spring 2020”."),
    ],
)
def test_what_could_be_meant_otherwise_is_said(typed, read, said):
    assert read_date(typed) == TypedDate(read, said)


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("12/03/20", NO_YEAR), ("21", NO_YEAR), ("20211", NO_YEAR), ("２０２１", NO_YEAR), ("12 March", NO_YEAR), ("0999", NO_YEAR),
        ("soon", UNREAD), ("12 Foo 2020", UNREAD), ("2020 or 2021", UNREAD), ("March 2020" + " " * 9 + "x" * 40, UNREAD),
        ("31/02/2020", "There is no 31 February 2020. Check the date."), ("29 February 2021", "There is no 29 February 2021. Check the date."),
        ("13/13/2020", "There is no month 13. Give it as 12 March 2020, March 2020 or 2020."), ("0/0/2020", "There is no month 0. Give it as 12 March 2020, March 2020 or 2020."),
        ("2020-00", "There is no month 0. Give it as 12 March 2020, March 2020 or 2020."),
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(typed, refused):
    assert read_date(typed) == TypedDate(refused=refused)


@given(days, ends)
def test_a_day_is_read_from_each_way_of_writing_it(day, end):
    month = MONTHS[day.month - 1]
    for typed in (
        day.isoformat(), f"{day.day} {month} {day.year}", f"{day.day:02} {month[:3]} {day.year}",
        f"{month} {day.day}, {day.year}", f"{day.year} {month[:3]} {day.day}", f"{day.day}/{day.month}/{day.year}",
    ):  # fmt: skip
        read = read_date(typed + end)
        assert (read.parts, read.refused) == (parts(day), "")


@given(days)
def test_of_two_ways_to_read_it_one_is_taken_and_said(day):
    read = read_date(f"{day.day}/{day.month}/{day.year}")

    assert bool(read.said) == (day.day <= 12 and day.day != day.month)
    assert in_words(parts(day)) in read.said or not read.said


@given(st.one_of(days.map(parts), days.map(lambda day: parts(day)[:2]), days.map(lambda day: parts(day)[:1])))
def test_what_is_shown_is_read_as_what_it_was(shown):
    assert read_date(in_words(shown)) == TypedDate(shown)
    assert date_of({"issued": {"date-parts": [list(shown)]}}) == in_words(shown)


@given(st.text(max_size=50))
def test_whatever_is_typed_is_read_or_refused_and_never_both(typed):
    read = read_date(typed)

    assert not (read.parts and read.refused)
    assert (
        read.parts
        or read.refused
        or not typed.strip(" .,;/\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0")
        or not typed.split()
    )
    if read.parts:
        assert read_date(in_words(read.parts)).parts == read.parts


@pytest.mark.parametrize(
    ("issued", "shown"),
    [
        ({"date-parts": [[2012, 11, 24]]}, "24 November 2012"), ({"date-parts": [["2012", "11"]]}, "November 2012"),
        ({"date-parts": [[2012], [2014]]}, "2012 to 2014"), ({"date-parts": [[2012, 13]]}, ""), ({"date-parts": [[]]}, ""),
        ({"date-parts": [["x"]]}, ""), ({"date-parts": "2012"}, ""), ("2012", ""), (None, ""), ({"date-parts": [[10**400]]}, ""),
    ],
)  # fmt: skip
def test_an_odd_date_of_a_record_is_shown_as_none(issued, shown):
    assert date_of({"issued": issued}) == shown
