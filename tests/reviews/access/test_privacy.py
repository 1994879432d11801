"""Nothing about a patient is kept: a reason with a valid NHS number is refused before anything is stored."""

import pytest

from monographs.assemble import build
from monographs.digest import digest_of_part
from reviews.access.privacy import holds_nhs_number, without_nhs_numbers
from reviews.access.refusals import Refused
from reviews.editing import parts
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
]  # fmt: skip


@pytest.mark.parametrize("text", VALID)
def test_a_valid_number_is_seen_however_it_is_written(text):
    assert holds_nhs_number(text)


@pytest.mark.parametrize("text", OTHER)
def test_other_numbers_are_none(text):
    assert not holds_nhs_number(text)


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
        parts.save_part(
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
