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
TAKEN_OUT = "(a number)"
_WORD_BEFORE = re.compile(r"\bISBN(?:[\s-]?10)?[\s:.]{0,3}\Z", re.IGNORECASE)


def holds_nhs_number(text: str) -> bool:
    """Whether a text holds ten digits that are a valid NHS number, however they are spaced."""
    return bool(_numbers(unicodedata.normalize("NFKC", text)))


def without_nhs_numbers(text: str) -> str:
    """The text with a word in the place of each; nothing of it where that is not enough."""
    if not holds_nhs_number(text):
        return text
    for words in (text, unicodedata.normalize("NFKC", text)):
        left, rest = words, len(words)
        for start, end in sorted(_numbers(words), reverse=True):  # the last one first: places stay
            if end <= rest:  # two ways of reading find the same digits
                left, rest = f"{left[:start]}{TAKEN_OUT}{left[end:]}", start
        if not holds_nhs_number(left):
            return left
    return ""


def _numbers(text: str) -> list[tuple[int, int]]:
    """(begin, end) of each number in it."""
    return [
        (start, end)
        for start, end, digits in _ten_digits(text)
        if _is_valid(digits) and not _WORD_BEFORE.search(text[max(0, start - 16) : start])
    ]


def _ten_digits(text: str) -> list[tuple[int, int, str]]:
    """(begin, end, the digits) of all that could be one number."""
    found = [(one.start(), one.end(), "".join(filter(str.isdecimal, one[0]))) for one in _NUMBER.finditer(text)]
    for one in _GROUPS.finditer(text):
        apart = {"".join(between.split()) or " " for between in re.findall(r"\D+", one[0])}
        digits = "".join(filter(str.isdecimal, one[0]))
        if len(digits) == 10 and len(apart) == 1:
            found.append((one.start(), one.end(), digits))
    return found


def _is_valid(digits: str) -> bool:
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    check = (11 - weighted % 11) % 11
    return check != 10 and check == int(digits[9])
