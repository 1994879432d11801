"""Numbers before a unit: each way of writing one is read, and where two readings are possible both are."""

from fractions import Fraction

import pytest

from monographs.doses.numerals import numbers_before, plain

pytestmark = pytest.mark.any_database


def read(words):
    typed, _places = plain(words)
    return numbers_before(typed, len(typed))


def values(words):
    found = read(words)
    return found.values if found else frozenset()


def counted(words):
    found = read(words)
    return found.counted if found else frozenset()


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("twelve", 12), ("Twelve ", 12), ("TWENTY FIVE", 25), ("twenty-five", 25), ("ninety nine", 99),
        ("one hundred", 100), ("a hundred ", 100), ("one hundred and twenty", 120), ("twelve hundred", 1_200),
        ("one thousand two hundred", 1_200), ("five hundred thousand", 500_000), ("two million", 2_000_000),
        ("2.5 million ", 2_500_000), ("10 thousand", 10_000), ("a dozen", 12), ("zero point two five", Fraction(1, 4)),
        ("point five", Fraction(1, 2)), ("half", Fraction(1, 2)), ("half a ", Fraction(1, 2)),
        ("a half", Fraction(1, 2)), ("one half of a ", Fraction(1, 2)), ("a quarter of a ", Fraction(1, 4)),
        ("three quarters", Fraction(3, 4)), ("two-thirds", Fraction(2, 3)), ("one tenth of a ", Fraction(1, 10)),
        ("one and a half", Fraction(3, 2)), ("two and three quarters", Fraction(11, 4)), ("2 and a half", Fraction(5, 2)),
        ("½", Fraction(1, 2)), ("1/2", Fraction(1, 2)), ("1⁄4", Fraction(1, 4)), ("¾ of a ", Fraction(3, 4)),
        ("12,000", 12_000), ("12'000", 12_000), ("1,000,000", 1_000_000), ("1.000.000", 1_000_000), ("0,5", Fraction(1, 2)),
        ("1,250.5", Fraction(2501, 2)), ("1.250,5", Fraction(2501, 2)), ("10^6", 10**6), ("10⁶", 10**6),
        ("１２", 12), ("٢٤", 24), ("5٫5", Fraction(11, 2)), ("0·5", Fraction(1, 2)), ("12\u00ad", 12), ("12-", 12),
        ("2 (two) ", 2), ("on day 5, 10", 10), ("level 2 (10", 10), ("In 2026 500", 500), ("the two 5", 5),
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_written(words, number):
    assert values(words) == {Fraction(number)}


@pytest.mark.parametrize(
    ("words", "several"),
    [
        ("5 to 10", (5, 10)), ("5–10", (5, 10)), ("five to ten", (5, 10)), ("between five and ten", (5, 10)),
        ("ten- to twelve-", (10, 12)), ("10-to-12", (10, 12)), ("5, 10 or 20", (5, 10, 20)), ("half to one", (Fraction(1, 2), 1)),
        ("from 10 up to 12", (10, 12)), ("1½", (Fraction(1, 2), Fraction(3, 2))), ("1 1/2", (Fraction(1, 2), Fraction(3, 2))),
        ("12 000", (12_000, 0)), ("day 1 500", (1_500, 500)), ("1.250", (1_250, Fraction(5, 4))),
        ("1,5", (Fraction(3, 2), 1, 5)), (".5", (Fraction(1, 2), 5)), ("24/30", (24, 30, Fraction(4, 5))),
        ("5/10", (5, 10, Fraction(1, 2))), ("3 x 8", (8, 24)), ("3 × 8", (8, 24)), ("3x8", (8, 24)), ("three times 8", (8, 24)),
        ("twice 6", (6, 12)), ("half of 24", (12, 24)), ("50% of 24", (12, 24)), ("50 per cent of 24", (12, 24)),
        ("2 x 3 x 4", (4, 8, 12, 24)), ("5 × 10^6 ", (10**6, 5 * 10**6)),
    ],
)  # fmt: skip
def test_every_reading_of_several_numbers_counts(words, several):
    assert values(words) == frozenset(map(Fraction, several))


@pytest.mark.parametrize("words", ["", "the ", "a ", "of ", "some ", "e.", "(", "to ", "x ", "two patients and ", "፩ "])
def test_what_is_no_number_is_none(words):
    assert read(words) is None


def test_of_two_numbers_side_by_side_the_first_may_count_the_other():
    assert (counted("two 5"), counted("2 x 5"), counted("half of a 10")) == ({10}, {10}, {5})
    found = read("Take two 5")
    assert (found.start, found.counting) == (9, 5)


def test_plain_words_know_where_each_sign_was_typed():
    typed, places = plain("1½\u200b ㎎")

    assert typed == "1 1/2 mg"
    assert places == [0, 1, 1, 1, 1, 3, 4, 4, 5]
