"""What about a patient must not be kept: NHS numbers in what people type.

A number of the National Health Service has ten digits, often written 3-3-4, the last of them a check digit: the digits
weighted 10 to 2, modulo 11 (NHS Data Dictionary). So have the ISBNs of ten digits, check digit included: where that
word stands right before it, a number is none of a patient.
"""

import re
import unicodedata

# What may stand between two digits: spaces of all kinds, ends of lines, dashes, dots, strokes, brackets, and what
# nobody sees. No comma: "100, 200, 1000" is a list.
_BETWEEN = r"\s\u00ad\u200b-\u200f\u2060\ufeff\-\u2010-\u2015\u2212._\u00b7\u2022/\\()\[\]"
# 3-3-4, whatever stands between them; or in any other groups that stand the same way apart.
_NUMBER = re.compile(rf"(?<!\d)\d{{3}}[{_BETWEEN}]{{0,5}}\d{{3}}[{_BETWEEN}]{{0,5}}\d{{4}}(?!\d)")
_GROUPS = re.compile(rf"(?<![^\W_])\d+(?:[{_BETWEEN}]{{1,5}}\d+){{1,9}}(?![^\W_])")
_WORD_BEFORE = re.compile(r"\bISBN(?:[\s-]?10)?[\s:.]{0,3}\Z", re.IGNORECASE)


def holds_nhs_number(text: str) -> bool:
    """Whether a text holds ten digits that are a valid NHS number, however they are spaced."""
    text = unicodedata.normalize("NFKC", text)
    return any(
        _is_valid(digits) and not _WORD_BEFORE.search(text[max(0, start - 16) : start])
        for start, digits in _ten_digits(text)
    )


def _ten_digits(text: str) -> list[tuple[int, str]]:
    """(where it begins, the digits) of all that could be one number."""
    found = [(one.start(), "".join(filter(str.isdecimal, one[0]))) for one in _NUMBER.finditer(text)]
    for one in _GROUPS.finditer(text):
        apart = {"".join(between.split()) or " " for between in re.findall(r"\D+", one[0])}
        digits = "".join(filter(str.isdecimal, one[0]))
        if len(digits) == 10 and len(apart) == 1:
            found.append((one.start(), digits))
    return found


def _is_valid(digits: str) -> bool:
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    check = (11 - weighted % 11) % 11
    return check != 10 and check == int(digits[9])
