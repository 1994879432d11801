"""Numbers as a dose may hold them, and how they are written. Decimals as they were typed, fractions where they are
reckoned with: both are exact. Pure."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
# Digits that anybody may type. More than a dose can have, fewer than a machine chokes on.
MOST_DIGITS = 24
MOST_DECIMALS = 3


def read_number(value: Any) -> Decimal | None:
    """A number of a structure: text of figures with or without a decimal point, or an integer. At most three decimals,
    zeros at the end not counted. None: it is none (a sign, a comma, another alphabet's figures, infinite)."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**MOST_DIGITS:
        return Decimal(value)
    if not isinstance(value, str) or len(value) > 2 * MOST_DIGITS or not _NUMBER.fullmatch(value):
        return None
    whole, _, decimals = value.partition(".")
    if len(whole) > MOST_DIGITS or len(decimals.rstrip("0")) > MOST_DECIMALS:
        return None
    return Decimal(value)


def plain(number: Decimal) -> str:
    """As it is stored: no zero too many, no comma."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def written(number: Decimal) -> str:
    """As it is read: with a comma from 1,000, 0 before the point, no zero at the end."""
    whole, point, decimals = plain(number).partition(".")
    return _commas(whole) + point + decimals


def _commas(whole: str) -> str:
    head = len(whole) % 3
    groups = [whole[at : at + 3] for at in range(head, len(whole), 3)]
    return ",".join([whole[:head], *groups] if head else groups)


def decimal_of(value: Fraction) -> Decimal | None:
    """The decimal that is exactly this fraction; None if there is none."""
    rest, places = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest //= prime
            count += 1
        places = max(places, count)
    if rest != 1:
        return None
    digits = str(value.numerator * 10**places // value.denominator).rjust(places + 1, "0")
    return Decimal(f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def rounded(value: Fraction, places: int) -> Decimal:
    """To so many decimals, halves away from zero."""
    scaled = (abs(value.numerator) * 2 * 10**places + value.denominator) // (2 * value.denominator)
    digits = str(scaled).rjust(places + 1, "0")
    return Decimal(f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def figure(value: Fraction, places: int = 1) -> str:
    """A reckoned number, exact; where no decimal is exact, to so many decimals with “about”."""
    exact = decimal_of(value)
    return written(exact) if exact is not None else f"about {written(rounded(value, places))}"


def joined(low: Decimal, high: Decimal | None, *, neighbours: bool = False) -> str:
    """`15 to 20`; with `neighbours`, as counts and lengths of time are joined, `3 or 4`."""
    if high is None:
        return written(low)
    is_next = neighbours and high - low == 1 and low == int(low)
    return f"{written(low)} {'or' if is_next else 'to'} {written(high)}"


def listed(words: list[str], last: str = "and") -> str:
    """`1, 2 and 3`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
