"""Nothing about a patient is kept: a reason with a valid NHS number is refused before anything is stored."""

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.assemble import build
from monographs.digest import digest_of_part
from reviews.access.privacy import holds_nhs_number, without_nhs_numbers
from reviews.access.refusals import Refused
from reviews.models import AuditEvent
from reviews.workflow import perform
from tests import factories as make

# Numbers of the range that is set aside for tests (999 …), with right and wrong check digits.
VALID = [
    "9990000018",
    "999 000 0018",
    "999-000-0018",
    "999\u2013000\u20110018",
    "999 0000018",
    "see 9990000018, please",
    "x9990000018x",
    "(9990000026)",
    "9434765919",
    "4505577104",
    "4010232137",
    "0000000000",
    "1234567890 and 999 000 0018",
    *(f"999{between}000{between}0018" for between in (
        "  ", "\u00a0", "\u2009", "\u202f", "\u2007", "\u3000", "\t", "\n", " \n ", ".", "·", "•", "_", "/", " / ",
        "\\", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212", " - ", "\u00ad", "\u200b", "\ufeff",
        " \u00a0 ", ") (",
    )),
    "999\u00a0000 0018", "999.000-0018", "(999) 000 0018", "9 9 9 0 0 0 0 0 1 8", "99 90 00 00 18", "99900 00018",
    "999000 0018", "9990 000 018", "9990 000018", "99 90000018", "9-9-9-0-0-0-0-0-1-8", "9.9.9.0.0.0.0.0.1.8",
    "9\u00a09 9\u20090 0 0 0 0 1 8", "NHS9990000018", "NHS no.: 999 000 0018, seen 3 times", "12 999 000 0018 3",
    "\uff19\uff19\uff19\uff10\uff10\uff10\uff10\uff10\uff11\uff18", "٩٩٩ ٠٠٠ ٠٠١٨", "\u2079\u2079\u2079 000 0018",
    "ISBN 0306406152; the patient is 999 000 0018", "The ISBN is known. 999 000 0018",
    *(f"999{between}000{between}0018" for between in (
        "**", " **", "** ", "      ", "\n\n\n\n\n\n", " " * 60, ":", ";", "|", " | ", "~", "*", "+", "'", "’", "=", ">", ",",
        "\u2044", "\u2215", "\u2027", "\u2219", "\u22c5", "\u2043", "&nbsp;", "&#160;", "<br>", "</b><b>", " [@trial2020] ",
        "](https://example.org/2020) [", "\u0301", "\ufe0f\u20e3",
    )),
    "**999** 000 0018", "[999 000](https://example.org) 0018", "[999](https://example.org/7) 000 [0018](https://example.org)",
    "99-90 00-00 18", "999-000 001-8", "999 000 001 8", "999 000 00 18 ward 2", "7 999 000 001 8", "999 000 001 8 12",
    "999 000-001 8 on 12/3/2026", "12/3/1960 99 90 00 00 18", "9\ufe0f\u20e3" * 3 + "0\ufe0f\u20e3" * 5 + "1\ufe0f\u20e38\ufe0f\u20e3",
    "3 9 9 9 0 0 0 0 0 1 8 20", "Patient ISBN 999 000 0018", "Patient ISBN 9990000018", "ISBN: 999 000 0018",
]  # fmt: skip
OTHER = [
    "9990000019",
    "99900000181",
    "19990000018",
    "999, 000, 0018",  # a list
    "999 to 000 to 0018",
    "99 900000183",
    "9990 00001 8 2",
    "4340765919",  # digits that changed places
    "9434756919",
    "1234567890",
    "999000001",
    "10.1016/S0140-6736(12)61769-3",
    "380(9856):1819-1828",
    "",
    *(f"{word}{number}" for word in ("ISBN ", "ISBN: ", "isbn ", "ISBN-10: ", "ISBN10 ", "ISBN\u00a0")
      for number in ("0306406152", "0-306-40615-2", "0 306 40615 2", "9990000018")),
    "978-0-306-40615-7", "ISBN 978-0-306-40615-7", "ISSN 0140-6736", "PMID 23245604", "EudraCT 2012-003123-11",
    "NCT00000620", "020 7946 0958", "0300 123 1234", "+44 20 7946 0958", "2026-11-23 10:30:00", "1, 2.5, 5, 10 mg",
    "1a2b3c4d-1234-4321-12ab-a123456789ab", "ab999 000 00 18", "100, 200, 1000 mg", "2.5 5 7.5 10 12.5", "10.1056/NEJMoa1606220", "PL 00010/0123",
    "10 (20) 30: 40; 50", "120/80 140/90", "9.9 9.0 0.0 0.0 1.8", "999 000 001, 8 12", "999 000 001 to 8", "2 999 00 000 18",
    "999000001 per 8", "[999 000 001](https://example.org/8)", "2099-12-21 10 20", "12/11/2026 10 20", "ISBN 978-999-000-001-8",
]  # fmt: skip


@pytest.mark.parametrize("text", VALID)
def test_a_valid_number_is_seen_however_it_is_written(text):
    assert holds_nhs_number(text)


@pytest.mark.parametrize("text", OTHER)
def test_other_numbers_are_none(text):
    assert not holds_nhs_number(text)


# -- Both ways, over what is drawn --------------------------------------------------------------------------------------

DEMONSTRATION = Path(__file__).parents[3] / "reviews" / "management" / "demonstration" / "monographs"


def strings(value):
    if isinstance(value, str):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(one)


TEXTS = sorted({text for path in DEMONSTRATION.glob("*.json") for text in strings(json.loads(path.read_text("utf-8")))})


def check_digit(nine):
    return (11 - sum(int(digit) * (10 - at) for at, digit in enumerate(nine)) % 11) % 11


def cut(digits, sizes):
    return [digits[sum(sizes[:at]) : sum(sizes[: at + 1])] for at in range(len(sizes))]


nines = st.text("0123456789", min_size=9, max_size=9)
numbers = nines.filter(lambda nine: check_digit(nine) < 10).map(lambda nine: f"{nine}{check_digit(nine)}")
# Whatever is no letter and no figure, seen or not, with the marks of a text; not the comma of a list.
signs = st.one_of(
    st.sampled_from([" ", "  ", "\n", "**", "\u200b", "<br>", "&nbsp;", "[@trial2020]", "\u20e3"]),
    st.characters(categories=["Zs", "Pd", "Po", "Ps", "Pe", "Sm", "So", "Cf"], exclude_characters=",@&<").filter(
        # One that stands for several (… is three full stops) would be more than may stand between two groups.
        lambda sign: len(plain := unicodedata.normalize("NFKC", sign)) == 1 and not plain.isalnum()
    ),
)
gaps = st.lists(signs, max_size=3).map("".join)
soft = st.sampled_from([" ", "  ", "\u00a0", "-", "\u2013", " - ", "*", "_", "~", "'", "|", "\u200b"])
groupings = st.lists(st.integers(1, 5), min_size=2).filter(lambda sizes: sum(sizes) == 10)


def beside(text, at, number):
    """The number among the words of a text."""
    at = next((place for place in range(at % (len(text) + 1), len(text)) if text[place] == " "), len(text))
    return f"{text[:at]} for patient {number} it was {text[at:]}"


@given(numbers, gaps, gaps, st.sampled_from(TEXTS), st.integers(0, 5000))
def test_a_number_in_its_usual_groups_is_seen_whatever_stands_between_them(number, one, other, text, at):
    first, second, third = cut(number, (3, 3, 4))

    assert holds_nhs_number(beside(text, at, f"{first}{one}{second}{other}{third}"))


@given(numbers, st.lists(st.integers(1, 9), min_size=2, max_size=10), st.lists(soft, min_size=9, max_size=9), st.sampled_from(TEXTS), st.integers(0, 5000))  # fmt: skip
def test_a_number_in_any_groups_is_seen_where_nothing_else_stands_with_it(number, sizes, between, text, at):
    groups = [one for one in cut(number, [*sizes, 10]) if one]
    said = "".join(f"{one}{gap}" for one, gap in zip(groups, [*between[: len(groups) - 1], ""], strict=True))

    assert holds_nhs_number(beside(text, at, said))
    assert not holds_nhs_number(without_nhs_numbers(beside(text, at, said)))


def test_nothing_of_the_demonstration_is_taken_for_a_patients_number():
    assert len(TEXTS) > 1000
    assert [text for text in TEXTS if holds_nhs_number(text)] == []


small = st.integers(1, 2000).map(str)
years = st.integers(1900, 2099).map(str)
pages = st.tuples(st.integers(1, 3000), st.integers(1, 40)).map(lambda two: f"{two[0]}-{two[0] + two[1]}")


@given(
    st.one_of(
        st.lists(small, min_size=2, max_size=12).map(", ".join),
        st.lists(small, min_size=2, max_size=12).map(" or ".join),
        st.lists(st.tuples(small, small), min_size=1, max_size=6).map(lambda all_of: ", ".join(f"{a} to {b} mg" for a, b in all_of)),
        st.lists(st.floats(0.1, 99.9).map(lambda one: f"{one:.1f}"), min_size=2, max_size=9).map(" ".join),
        st.dates().map(lambda day: f"{day:%d/%m/%Y} 10:30, {day:%Y-%m-%d} 9:15"),
        st.datetimes().map(lambda at: f"{at:%Y-%m-%d %H:%M:%S}"),
        st.tuples(years, small, pages).map(lambda one: "{};{}:{}".format(*one)),
        st.tuples(years, small, st.integers(1, 12), pages).map(lambda one: "{};{}({}):{}".format(*one)),
        st.integers(1_000_000, 99_999_999).map(lambda pmid: f"PMID {pmid}"),
        st.tuples(st.integers(1000, 99999), small, years).map(lambda one: "https://doi.org/10.{}/abc.{}.{}".format(*one)),
        nines.filter(lambda nine: check_digit(nine) < 10).map(lambda nine: f"ISBN {nine}{check_digit(nine)}"),
    ),
    st.sampled_from(TEXTS),
)  # fmt: skip
def test_lists_doses_days_citations_and_identifiers_are_none(said, text):
    assert not holds_nhs_number(f"{said}. {text}")


@pytest.mark.django_db
def test_a_reason_with_one_is_neither_stored_nor_recorded(house):
    edition = make.submit(house, make.draft(house))
    before = AuditEvent.objects.count()

    with pytest.raises(Refused, match="holds an NHS number"):
        perform(
            "send-back",
            editions=[edition],
            actor=house.pharmacist,
            digest=make.seen(edition),
            reason="Seen in 999 000 0018",
        )
    part = build(edition).sections[0]
    with pytest.raises(Refused, match="holds an NHS number"):
        make.save_part(
            edition, part.replaced(text="x"), seen=digest_of_part(part), actor=house.editor, reason="9990000018"
        )

    assert AuditEvent.objects.count() == before
    assert not AuditEvent.objects.filter(reason__contains="0018").exists()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ask 999 000 0018 or 9990000018.", "Ask (a number) or (a number)."),
        ("A dose of 100 mg, ISBN 9990000018", "A dose of 100 mg, ISBN 9990000018"),
        ("\uff19\uff19\uff19 000 0018 \u00b5g", "(a number) \u00b5g"),
        ("999 000 0018 999 000 0018", "(a number) (a number)"),
    ],
)
def test_a_number_is_taken_out_and_the_words_around_it_stay(text, left):
    assert without_nhs_numbers(text) == left
