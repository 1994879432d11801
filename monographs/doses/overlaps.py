"""V15: regimens of one use that overlap, which is refused, and bands between which somebody is forgotten, which warns.
Pure.

Two regimens are of one use if indication, population, route and product are the same; `Any` is of both adults and
children. One with criteria, or an alternative, may stand beside another.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from monographs.doses.faults import Fault, refused
from monographs.doses.model import Age, Band, Regimen, Renal
from monographs.doses.units import AGES

GAP = "Nobody between these bands has a regimen."
# An end of a band: where it is, and on which side of that; open at infinity.
End = tuple[Fraction, int]
_FIRST, _LAST = (Fraction(-1), 0), (Fraction(10**12), 0)


def overlaps(regimens: Sequence[Regimen]) -> Iterator[tuple[int, Fault]]:
    """Each regimen that overlaps one before it, by its number."""
    for number in dict.fromkeys(later for _earlier, later in overlapping(regimens)):
        yield number, refused("V15", "")


def overlapping(regimens: Sequence[Regimen]) -> Iterator[tuple[int, int]]:
    """Two regimens that overlap, by their numbers."""
    for number, one in enumerate(regimens):
        yield from ((earlier, number) for earlier, other in enumerate(regimens[:number]) if _overlap(other, one))


def gaps(regimens: Sequence[Regimen]) -> Iterator[tuple[int, int]]:
    """Two regimens of one use between whose bands somebody falls: their numbers, lower band first. Looked for where
    the regimens of a use differ in one kind of band."""
    seen: set[int] = set()
    for number, one in enumerate(regimens):
        group = [at for at, other in enumerate(regimens) if at not in seen and _is_same_use(one, other)]
        if number in seen or len(group) < 2:
            continue
        seen.update(group)
        for name in ("age", "weight", "renal"):
            bands = [(at, getattr(regimens[at], name)) for at in group]
            others = {
                tuple(getattr(regimens[at], other) for other in ("age", "weight", "renal") if other != name)
                for at in group
            }
            if len(others) == 1 and all(band is not None for _at, band in bands):
                ends = sorted((*_ends(band), at) for at, band in bands)
                for (_low, high, lower), (low, _high, upper) in pairwise(ends):
                    if high < low:
                        yield lower, upper


def _is_same_use(one: Regimen, other: Regimen) -> bool:
    return (
        (one.indication, one.route, one.product) == (other.indication, other.route, other.product)
        and (one.population == other.population or "Any" in (one.population, other.population))
        and all(each.criteria is None and each.alternative_to is None for each in (one, other))
    )


def _overlap(one: Regimen, other: Regimen) -> bool:
    if not _is_same_use(one, other) or (one.hepatic and other.hepatic and not set(one.hepatic) & set(other.hepatic)):
        return False
    pairs = ((one.age, other.age), (one.weight, other.weight), (one.renal, other.renal))
    return not any(_apart(first, second) for first, second in pairs)


def _apart(one: Band | None, other: Band | None) -> bool:
    """Whether nobody is in both. Two measures of the kidneys tell nothing of one another."""
    if one is None or other is None:
        return False
    if isinstance(one, Renal) and isinstance(other, Renal) and one.measure != other.measure:
        return False
    (low, high), (other_low, other_high) = _ends(one), _ends(other)
    return high <= other_low or other_high <= low


def _ends(band: Band) -> tuple[End, End]:
    """From where to where: an end that is included lies past its number below, and before it above."""
    scale = AGES[band.unit] if isinstance(band, Age) else Fraction(1)

    def end(number: Decimal | None, side: int, none: End) -> End:
        return (Fraction(number) * scale, side) if number is not None else none

    return end(band.min, 0 if band.min_incl else 1, _FIRST), end(band.max, 1 if band.max_incl else 0, _LAST)
