"""Where a fault of a regimen stands in its form: of each place that the engine names, the box that was typed into.
Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_ENDS = {"min": "low", "min_incl": "low_is", "max": "high", "max_incl": "high_is", "unit": "unit", "measure": "of"}
_OF_LISTS = {
    "steps": {
        "": "dose",
        "at": "at_numbers", "at.unit": "at_unit", "at.numbers": "at_numbers", "at.onwards": "at_onwards",
        "course.no": "course", "course.to": "course_to", "course.optional": "course_optional", "course.gap": "gap",
        "course.gap.value": "gap", "course.gap.unit": "gap_unit", "course.gap.at_least": "gap_at_least",
        "freq": "n", "freq.n": "n", "freq.n_max": "n_max", "freq.period": "period", "freq.period_max": "period_max",
        "freq.unit": "period_unit", "freq.once": "pattern", "freq.each": "pattern", "freq.continuous": "pattern",
        "over.value": "over", "over.max": "over_max", "over.unit": "over_unit", "over.approx": "over_approx",
        "for": "length", "for.value": "length", "for.max": "length_max", "for.unit": "length_unit",
        "for.consecutive": "consecutive",
        "rate.value": "rate", "rate.value_max": "rate_max", "rate.start": "rate_start", "rate.by": "rate_by",
        "rate.max": "rate_most", "rate.unit": "rate_unit",
        "rate.every": "rate_every", "rate.every.value": "rate_every", "rate.every.unit": "rate_every_unit",
        **{
            f"{pair}{end}": f"{pair}{box}"
            for pair in ("cap", "volume", "divided_every")
            for end, box in ((".value", ""), (".unit", "_unit"), ("[1]", "_unit"))
        },
        "min_interval": "least_interval", "min_interval.value": "least_interval",
        "min_interval.unit": "least_interval_unit",
        **{
            f"{change}{place}": box
            for change in ("increase", "decrease")
            for place, box in {
                "": "change", ".by": "by", ".by_max": "by_max", ".unit": "by_unit", ".every": "change_every",
                ".every_max": "change_every_max", ".every_unit": "change_every_unit",
            }.items()
        },
    },
    "limits": {"": "value", "per.value": "window", "per.unit": "window_unit"},
    "adjustments": {
        "": "of", "renal": "low", **{f"renal.{end}": box for end, box in _ENDS.items()}, "every.value": "every",
        "every.unit": "every_unit",
    },
    "bands": {"": "low", **_ENDS},
}  # fmt: skip
_OF_REGIMEN = {
    "criteria.of": "criteria", "criteria.at_least": "at_least",
    "strength.value": "strength", "strength.unit": "strength_unit", "strength.per_value": "strength_per",
    "strength.per_unit": "strength_per_unit",
    "licence.status": "licence", "licence.country": "country",
    "prn": "when_required", "prn.reason": "when_required_for",
    "max_doses_24h": "most_doses", "prn.max_doses_24h": "most_doses",
    **{
        f"{of}min_interval{end}": f"least_interval{box}"
        for of in ("", "prn.")
        for end, box in (("", ""), (".value", ""), (".unit", "_unit"))
    },
    "source": "citation", "source.citation": "citation", "source.type": "source_type", "source.section": "section",
    "source.revised": "revised", "source.accessed": "accessed",
}  # fmt: skip
_BANDS = {"age": ("age",), "weight": ("weight",), "renal": ("crcl", "egfr")}  # what a band may say that it is of
_ROW = re.compile(r"(steps|limits|adjustments)(?:\[(\d+)\])?\.?(.*)")
_AT = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class Place:
    """A box of the form, or of a row of one of its lists: the row by its number among those that are filled."""

    box: str
    rows: str = ""
    number: int = 0


def place_of(place: str, bands: Sequence[str]) -> Place:
    """The box of a place in the structure. `bands` says of each band that is filled in what it is of."""
    if at := _ROW.fullmatch(place):
        return Place(_box(_OF_LISTS[at[1]], at[3]), at[1], int(at[2] or 0))
    of, _dot, rest = place.partition(".")
    if of in _BANDS:
        several = [number for number, one in enumerate(bands) if one in _BANDS[of]]
        return Place(_box(_OF_LISTS["bands"], rest), "bands", several[-1]) if several else Place("population")
    return Place(_box(_OF_REGIMEN, place))


def _box(listed: Mapping[str, str], place: str) -> str:
    """The box of a place, or of the list in which it is; one that is not listed has a box of its own name."""
    whole = _AT.sub("", place)
    return listed.get(place) or listed.get(whole, whole)
