"""The structure of a regimen of the boxes that people fill, and back. Pure.

`boxes_of` and `structure_of` are each other's inverse for every structure that boxes can hold; of one that they cannot,
`boxes_of` says None, and no form changes it.
"""

import re
from typing import Any

from monographs.dose_boxes import AdjustmentBoxes, BandBoxes, DoseBoxes, LimitBoxes, StepBoxes
from monographs.doses.model import RENAL

Json = dict[str, Any]

# -- To a structure ------------------------------------------------------------------------------------------------


def structure_of(boxes: DoseBoxes) -> Json:
    """What the boxes say, for the engine to read: every figure as it was typed."""
    hepatic, criteria = _classes(boxes.hepatic), _lines(boxes.criteria)
    prn = boxes.when_required == "yes"
    interval, most = _pair(boxes.least_interval, boxes.least_interval_unit), boxes.most_doses
    source = {"citation": boxes.citation, "type": boxes.source_type, "section": boxes.section, "revised": boxes.revised}
    return _kept({
        "indication": boxes.indication, "population": boxes.population, "route": boxes.route,
        **dict(map(_band, boxes.bands)),
        "hepatic": hepatic, "criteria": _kept({"at_least": boxes.at_least, "of": criteria}),
        "product": boxes.product, "formulation": boxes.formulation,
        "strength": _kept({"value": boxes.strength, "unit": boxes.strength_unit if boxes.strength else "",
                           "per_value": boxes.strength_per, "per_unit": boxes.strength_per_unit}),
        "dose_as": boxes.dose_as, "not_interchangeable": boxes.not_interchangeable,
        "licence": _kept({"status": boxes.licence, "country": boxes.country.upper()}),
        "steps": list(map(_step, boxes.steps)), "limits": list(map(_limit, boxes.limits)),
        "prn": _kept({"reason": boxes.when_required_for, "min_interval": interval, "max_doses_24h": most})
        if prn
        else None,
        "min_interval": None if prn else interval, "max_doses_24h": None if prn else most,
        "adjustments": list(map(_adjustment, boxes.adjustments)), "premedication": boxes.premedication,
        "instructions": _lines(boxes.instructions), "weekly_only": boxes.weekly_only == "yes",
        "no_max_in_source": boxes.no_max_in_source == "yes", "alternative_to": boxes.alternative_to,
        "max_courses": boxes.max_courses, "source": _kept({**source, "accessed": boxes.accessed}),
    }, but="prn")  # fmt: skip


def _kept(held: Json, but: str = "") -> Json:
    """Without what says nothing."""
    return {
        name: one for name, one in held.items() if one not in ("", None, [], {}, False) or (name == but and one == {})
    }


def _pair(value: str, unit: str) -> list[str] | None:
    return [value, unit] if value else None


def _lines(words: str) -> list[str]:
    return [line.strip() for line in words.splitlines() if line.strip()]


def _classes(words: str) -> list[str]:
    return re.findall(r"[^\s,;]+", words.upper())


def _numbers(words: str) -> list[str]:
    return [one for one in re.split(r"[\s,;]+|\band\b", words) if one]


def _ends(one: BandBoxes | AdjustmentBoxes) -> Json:
    ends: Json = {}
    if one.low:
        ends |= {"min": one.low, **({"min_incl": False} if one.low_is == "over" else {})}
    if one.high:
        ends |= {"max": one.high, **({"max_incl": True} if one.high_is == "up_to" else {})}
    return ends


def _band(one: BandBoxes) -> tuple[str, Json]:
    if one.of in RENAL:
        return "renal", {"measure": one.of, **_ends(one)}
    return one.of, {**_ends(one), **({"unit": one.unit} if one.of == "age" else {})}


def _limit(one: LimitBoxes) -> Json:
    per: Any = {"value": one.window, "unit": one.window_unit} if one.per == "window" else one.per
    return _kept({"value": one.value, "unit": one.unit, "per": per})


def _adjustment(one: AdjustmentBoxes) -> Json:
    renal = {"measure": one.of, **_ends(one)} if one.of else None
    return _kept({
        "renal": renal, "hepatic": _classes(one.hepatic), "when": one.when, "action": one.action,
        "every": _pair(one.every, one.every_unit), "text": one.text,
    })  # fmt: skip


def _step(one: StepBoxes) -> Json:
    freq = {"n": one.n, "n_max": one.n_max, "period": one.period, "period_max": one.period_max, "unit": one.period_unit}
    if one.pattern:
        freq |= (
            {"continuous": True} if one.pattern == "continuous" else {"once": True, "each": one.pattern == "once_each"}
        )
    slope = {
        "by": one.by, "by_max": one.by_max, "unit": one.by_unit, "every": one.change_every,
        "every_max": one.change_every_max, "every_unit": one.change_every_unit,
    }  # fmt: skip
    rate = {
        "unit": one.rate_unit, "value": one.rate, "value_max": one.rate_max, "start": one.rate_start, "by": one.rate_by,
        "every": _pair(one.rate_every, one.rate_every_unit), "max": one.rate_most,
    }  # fmt: skip
    gap = {"value": one.gap, "unit": one.gap_unit, "at_least": one.gap_at_least == "yes"}
    course = {
        "no": one.course, "to": one.course_to, "optional": one.course_optional == "yes",
        "gap": _kept(gap) if one.gap else None,
    }  # fmt: skip
    at = {"unit": one.at_unit, "numbers": _numbers(one.at_numbers), "onwards": one.at_onwards == "yes"}
    length = {
        "value": one.length,
        "max": one.length_max,
        "unit": one.length_unit,
        "consecutive": one.consecutive == "yes",
    }
    over = {"value": one.over, "max": one.over_max, "unit": one.over_unit, "approx": one.over_approx == "yes"}
    return _kept({
        "phase": one.phase, "at": _kept(at) if one.at_numbers or one.at_unit else None,
        "course": _kept(course) if one.course else None, "dose": one.dose, "high": one.high, "unit": one.unit,
        "up_to": one.up_to == "yes", "weight_basis": one.weight_basis, "volume": _pair(one.volume, one.volume_unit),
        "cap": _pair(one.cap, one.cap_unit), "per": one.per, "divided": one.divided, "divided_max": one.divided_max,
        "divided_every": _pair(one.divided_every, one.divided_every_unit),
        "freq": _kept(freq), "over": _kept(over) if one.over or one.over_max else None,
        "rate": _kept(rate) if any((one.rate, one.rate_max, one.rate_start, one.rate_by, one.rate_most)) else None,
        "for": _kept(length) if one.length or one.length_max else None,
        "min_interval": _pair(one.least_interval, one.least_interval_unit),
        **({one.change: _kept(slope)} if one.change else {}),
        "optional": one.optional == "yes", "when": [words.strip() for words in one.when.split(";") if words.strip()],
        "same_day": one.same_day == "yes", "condition": one.condition, "until": one.until,
    })  # fmt: skip


# -- And back ------------------------------------------------------------------------------------------------------


def boxes_of(structure: Json) -> DoseBoxes | None:
    """The boxes of a structure as the document holds it; None, if boxes cannot hold all of it."""
    try:
        boxes = DoseBoxes.stored(_boxes(structure))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return boxes if _plain(structure_of(boxes)) == _plain(_unkeyed(structure)) else None


def _unkeyed(structure: Json) -> Json:
    steps = [{name: one for name, one in step.items() if name != "key"} for step in structure.get("steps", ())]
    return {**structure, **({"steps": steps} if steps else {})}


def _plain(held: Any) -> Any:
    """Numbers as text, so that 1 and "1" are one."""
    if isinstance(held, dict):
        return {name: _plain(one) for name, one in held.items()}
    if isinstance(held, list):
        return [_plain(one) for one in held]
    return str(held) if isinstance(held, int) and not isinstance(held, bool) else held


def _words(held: Any) -> str:
    return "" if held is None else str(held)


def _yes(held: Any) -> str:
    return "yes" if held else ""


def _both(name: str, pair: Any) -> Json:
    return {name: _words(pair[0]), f"{name}_unit": pair[1]} if pair else {}


_WORDS = (
    "indication", "product", "formulation", "dose_as", "not_interchangeable", "premedication", "alternative_to",
    "max_courses",
)  # fmt: skip
_WORDS_OF_STEP = (
    "phase", "dose", "high", "unit", "weight_basis", "per", "divided", "divided_max", "condition", "until",
)  # fmt: skip


def _boxes(held: Json) -> Json:
    prn = held.get("prn")
    least = held if prn is None else prn
    criteria, strength, source = held.get("criteria", {}), held.get("strength", {}), held.get("source", {})
    return {
        **{name: _words(held.get(name)) for name in _WORDS},
        "population": held["population"], "route": held["route"],
        "bands": [_band_boxes(name, held[name]) for name in ("age", "weight", "renal") if name in held],
        "hepatic": ", ".join(held.get("hepatic", ())), "at_least": _words(criteria.get("at_least")),
        "criteria": "\n".join(criteria.get("of", ())),
        "strength": _words(strength.get("value")), "strength_unit": strength.get("unit", ""),
        "strength_per": _words(strength.get("per_value")), "strength_per_unit": strength.get("per_unit", ""),
        "licence": held.get("licence", {}).get("status", ""), "country": held.get("licence", {}).get("country", ""),
        "steps": list(map(_step_boxes, held.get("steps", ()))),
        "limits": list(map(_limit_boxes, held.get("limits", ()))),
        "when_required": _yes(prn is not None), "when_required_for": _words((prn or {}).get("reason")),
        **_both("least_interval", least.get("min_interval")), "most_doses": _words(least.get("max_doses_24h")),
        "adjustments": list(map(_adjustment_boxes, held.get("adjustments", ()))),
        "instructions": "\n".join(held.get("instructions", ())), "weekly_only": _yes(held.get("weekly_only")),
        "no_max_in_source": _yes(held.get("no_max_in_source")),
        "citation": source.get("citation", ""), "source_type": source.get("type", ""),
        **{name: source.get(name, "") for name in ("section", "revised", "accessed")},
    }  # fmt: skip


def _end_boxes(held: Json) -> Json:
    return {
        "low": _words(held.get("min")), "low_is": "from" if held.get("min_incl", True) else "over",
        "high": _words(held.get("max")), "high_is": "up_to" if held.get("max_incl") else "below",
    }  # fmt: skip


def _band_boxes(name: str, held: Json) -> Json:
    return {"of": held.get("measure", name), **_end_boxes(held), "unit": held.get("unit", "") if name == "age" else ""}


def _limit_boxes(held: Json) -> Json:
    per = held["per"]
    if isinstance(per, dict):
        given, window = "window", {"window": _words(per["value"]), "window_unit": per["unit"]}
    else:
        given, window = per, {}
    return {"value": _words(held["value"]), "unit": held["unit"], "per": given, **window}


def _adjustment_boxes(held: Json) -> Json:
    renal = held.get("renal")
    return {
        **({"of": renal["measure"], **_end_boxes(renal)} if renal else {}),
        "hepatic": ", ".join(held.get("hepatic", ())),
        "when": held.get("when", ""), "action": held["action"], **_both("every", held.get("every")),
        "text": held.get("text", ""),
    }  # fmt: skip


def _step_boxes(held: Json) -> Json:
    freq, over, length = held.get("freq", {}), held.get("over", {}), held.get("for", {})
    rate, course, at = held.get("rate", {}), held.get("course", {}), held.get("at", {})
    change = next((one for one in ("increase", "decrease") if one in held), "")
    slope, gap = held.get(change, {}), course.get("gap", {})
    pattern = (
        "continuous"
        if freq.get("continuous")
        else "once_each"
        if freq.get("each")
        else _yes(freq.get("once")) and "once"
    )
    return {
        **{name: _words(held.get(name)) for name in _WORDS_OF_STEP},
        **{name: _yes(held.get(name)) for name in ("up_to", "optional", "same_day")},
        "at_unit": at.get("unit", ""), "at_numbers": ", ".join(map(str, at.get("numbers", ()))),
        "at_onwards": _yes(at.get("onwards")),
        "course": _words(course.get("no")), "course_to": _words(course.get("to")),
        "course_optional": _yes(course.get("optional")),
        "gap": _words(gap.get("value")), "gap_unit": gap.get("unit", ""), "gap_at_least": _yes(gap.get("at_least")),
        "n": _words(freq.get("n")), "n_max": _words(freq.get("n_max")), "period": _words(freq.get("period")),
        "period_max": _words(freq.get("period_max")), "period_unit": freq.get("unit", ""), "pattern": pattern,
        "over": _words(over.get("value")), "over_max": _words(over.get("max")), "over_unit": over.get("unit", ""),
        "over_approx": _yes(over.get("approx")),
        "length": _words(length.get("value")), "length_max": _words(length.get("max")),
        "length_unit": length.get("unit", ""),
        "consecutive": _yes(length.get("consecutive")),
        **_both("volume", held.get("volume")), **_both("cap", held.get("cap")),
        **_both("divided_every", held.get("divided_every")),
        **_both("least_interval", held.get("min_interval")),
        "rate_unit": rate.get("unit", ""), "rate": _words(rate.get("value")), "rate_max": _words(rate.get("value_max")),
        "rate_start": _words(rate.get("start")), "rate_by": _words(rate.get("by")),
        "rate_most": _words(rate.get("max")),
        **_both("rate_every", rate.get("every")),
        "change": change, "by": _words(slope.get("by")), "by_max": _words(slope.get("by_max")),
        "by_unit": slope.get("unit", ""),
        "change_every": _words(slope.get("every")), "change_every_max": _words(slope.get("every_max")),
        "change_every_unit": slope.get("every_unit", ""),
        "when": "; ".join(held.get("when", ())),
    }  # fmt: skip
