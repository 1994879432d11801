"""FHIR `Dosage` of a regimen, R4B and R5, by our own writer: from decimals and closed lists. Pure.

What has no element in FHIR stands in the text alone: the whole rendering in the first `Dosage.text`, in the others
their own line. docs/clinical/doses.md has the table. A regimen that is not shown is its text and nothing else.
"""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Literal

from monographs.doses import phrases
from monographs.doses.lines import joined, lines, text
from monographs.doses.model import POPULATIONS, ROUTES, Interval, Limit, Pair, Regimen, Step
from monographs.doses.units import TIMES, UNITS
from monographs.doses.values import plain

Version = Literal["R4B", "R5"]
Json = dict[str, Any]
UCUM = "http://unitsofmeasure.org"
BEFORE_EACH = "Before each dose: "
DAY, WEEK = Interval(Decimal(24), "h"), Interval(Decimal(7), "d")


def dosages(regimen: Regimen, version: Version) -> list[Json]:
    """A `Dosage` for each step, in order."""
    if not regimen.is_shown:
        return [{"sequence": 1, "text": text(regimen)}]
    own = [joined(line) for line in lines(regimen) if any(slot in _OF_STEPS for slot, _words in line)]
    return [
        {"sequence": number + 1, "text": own[number] if number else text(regimen)}
        | _step(regimen, step, number, version)
        for number, step in enumerate(regimen.steps)
    ]


# A slot that every line of a step has, and no other line.
_OF_STEPS = ("frequency",)


def to_text(value: Any) -> str:
    """JSON in which decimals stand as they were typed."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {to_text(held)}" for name, held in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(to_text(held) for held in value) + "]"
    return plain(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def _step(regimen: Regimen, step: Step, number: int, version: Version) -> Json:
    made: Json = {}
    if instructions := list(_instructions(regimen, step, number)):
        made["additionalInstruction"] = [{"text": words} for words in instructions]
    if repeat := dict(_repeat(step)):
        made["timing"] = {"repeat": repeat}
    if step.is_dose and regimen.prn is not None:
        made |= _when_required(regimen.prn.reason, version)
    made["route"] = {"text": ROUTES[regimen.route]}
    if dose := dict(_dose(step)):
        made["doseAndRate"] = [dose]
    return made | (_limits(regimen, step, version) if step.is_dose else {})


def _instructions(regimen: Regimen, step: Step, number: int) -> Iterator[str]:
    yield from step.when
    if number == 0:
        if regimen.premedication is not None:
            yield BEFORE_EACH + regimen.premedication
        yield from (words if words.endswith(".") else f"{words}." for words in regimen.instructions)


def _when_required(reason: str | None, version: Version) -> Json:
    if version == "R4B":
        return {"asNeededCodeableConcept": {"text": reason}} if reason is not None else {"asNeededBoolean": True}
    return {"asNeeded": True} | ({"asNeededFor": [{"text": reason}]} if reason is not None else {})


# -- Timing --------------------------------------------------------------------------------------------------------


def _repeat(step: Step) -> Iterator[tuple[str, Any]]:
    length, freq, over = step.length, step.freq, step.over
    if length is not None:
        if length.value is not None and length.max is None:
            yield "boundsDuration", _time(length.value, length.unit)
        else:
            ends = (("low", length.value), ("high", length.max))
            yield "boundsRange", {name: _time(end, length.unit) for name, end in ends if end is not None}
    if freq is not None and freq.once:
        yield "count", len(step.at.numbers) if freq.each and step.at is not None else 1
    if over is not None:
        yield from _known(duration=over.value, durationMax=over.max, durationUnit=over.unit)
    if freq is not None and not freq.once and not freq.continuous:
        yield from _known(frequency=freq.n, frequencyMax=freq.n_max)
        yield from _known(period=freq.period, periodMax=freq.period_max, periodUnit=freq.unit)


def _known(**fields: Any) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in fields.items() if value is not None)


def _time(value: Decimal, unit: str) -> Json:
    words = TIMES[unit].one if value == 1 else TIMES[unit].many
    return {"value": value, "unit": words, "system": UCUM, "code": unit}


# -- Amounts -------------------------------------------------------------------------------------------------------


def _quantity(value: Decimal, unit: str) -> Json:
    return {"value": value, "unit": UNITS[unit].words(value), "system": UCUM, "code": unit}


def _range(low: Decimal | None, high: Decimal | None, unit: str) -> Json:
    return {name: _quantity(end, unit) for name, end in (("low", low), ("high", high)) if end is not None}


def _dose(step: Step) -> Iterator[tuple[str, Any]]:
    """A daily amount that is divided has no element: what one dose is of it stands in the text alone, and so does its
    rate, which alone would read as a dose that is given continuously."""
    if step.per is not None:
        return
    if step.dose is not None and step.unit is not None:
        kind = "rate" if UNITS[step.unit].is_rate else "dose"
        if step.up_to:
            yield f"{kind}Range", _range(None, step.dose, step.unit)
        elif step.high is not None:
            yield f"{kind}Range", _range(step.dose, step.high, step.unit)
        else:
            yield f"{kind}Quantity", _quantity(step.dose, step.unit)
        if kind == "rate":
            return
    rate = step.rate
    if rate is not None and rate.start is None:
        if rate.value is not None and rate.value_max is None:
            yield "rateQuantity", _quantity(rate.value, rate.unit)
        else:
            yield "rateRange", _range(rate.value, rate.value_max or rate.max, rate.unit)


def _limits(regimen: Regimen, step: Step, version: Version) -> Json:
    made: Json = {}
    of_a_day = [_ratio(one, DAY) for one in regimen.limits if one.per == "24h"]
    of_a_week = [_ratio(one, WEEK) for one in regimen.limits if one.per == "7d"]
    if periods := [*of_a_day, *of_a_week]:
        made["maxDosePerPeriod"] = periods if version == "R5" else periods[0]
    of_one: list[Limit | Pair] = [one for one in regimen.limits if one.per == "dose"]
    of_one += [step.cap] if step.cap is not None else []
    if of_one:
        made["maxDosePerAdministration"] = _quantity(of_one[0].value, of_one[0].unit)
    if of_all := [one for one in regimen.limits if one.per == "lifetime"]:
        made["maxDosePerLifetime"] = _quantity(of_all[0].value, of_all[0].unit)
    return made


def _ratio(limit: Limit, window: Interval) -> Json:
    return {"numerator": _quantity(limit.value, limit.unit), "denominator": _time(window.value, window.unit)}


# -- For whom ------------------------------------------------------------------------------------------------------


def knowledge(regimens: Sequence[Regimen], version: Version) -> Json:
    """A `MedicationKnowledge` of the regimens of a drug: whom each is for, and its dosages. Bands stand in words, which
    say which end is included."""
    element = "administrationGuidelines" if version == "R4B" else "indicationGuideline"
    return {"resourceType": "MedicationKnowledge", element: [_guideline(one, version) for one in regimens]}


def _guideline(regimen: Regimen, version: Version) -> Json:
    words = [("population", POPULATIONS[regimen.population])]
    for name, band in (("age", regimen.age), ("body-weight", regimen.weight)):
        if band is not None:
            words.append((name, phrases.band(band)))
    if regimen.renal is not None:
        words.append(("renal function", phrases.renal(regimen.renal)))
    if regimen.hepatic:
        words.append(("hepatic function", phrases.hepatic(regimen.hepatic)))
    dosage = {"type": {"text": "ordered by sequence"}, "dosage": dosages(regimen, version)}
    use = {"text": regimen.indication} if regimen.indication is not None else None
    if version == "R4B":
        people = [{"characteristicCodeableConcept": {"text": name}, "value": [value]} for name, value in words]
        made: Json = {"dosage": [dosage], "patientCharacteristics": people}
        return made | ({"indicationCodeableConcept": use} if use is not None else {})
    who = [{"type": {"text": name}, "valueCodeableConcept": {"text": value}} for name, value in words]
    dosing = {"dosage": [dosage], "patientCharacteristic": who}
    return {"dosingGuideline": [dosing]} | ({"indication": [{"concept": use}]} if use is not None else {})
