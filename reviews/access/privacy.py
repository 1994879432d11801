"""What about a patient must not be kept: NHS numbers in the reasons that people give.

A number of the National Health Service has ten digits, often written 3-3-4, the last of them a check digit: the digits
weighted 10 to 2, modulo 11 (NHS Data Dictionary). A reason that holds one is refused before anything is stored.
"""

import re

from monographs.canonical import BadCharacters, clean
from reviews.access.refusals import RefusalType, refuse

_TEN_DIGITS = re.compile(r"(?<!\d)\d{3}[ \-\u2010-\u2015]?\d{3}[ \-\u2010-\u2015]?\d{4}(?!\d)")


def holds_nhs_number(text: str) -> bool:
    """Whether a text holds ten digits that are a valid NHS number."""
    return any(_is_valid(re.sub(r"\D", "", found[0])) for found in _TEN_DIGITS.finditer(text))


def _is_valid(digits: str) -> bool:
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    check = (11 - weighted % 11) % 11
    return check != 10 and check == int(digits[9])


def refuse_patient_data(reason: str) -> None:
    """Raises Refused, which is not recorded, for a reason that names a patient."""
    if holds_nhs_number(reason):
        sentence = "This holds an NHS number. Take it out: nothing about a patient is kept here. Nothing was stored."
        raise refuse("patient_data", sentence, RefusalType.INVALID, recorded=False, field="reason")


def kept(reason: str) -> str:
    """A reason as it is kept in the trail. Raises Refused, which is not recorded, for one that may not be: hidden
    characters, a patient's number."""
    try:
        reason = clean(reason)
    except BadCharacters as error:
        raise refuse("reason", str(error), RefusalType.INVALID, recorded=False, field="reason") from error
    refuse_patient_data(reason)
    return reason
