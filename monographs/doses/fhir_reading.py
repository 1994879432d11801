"""From FHIR `Dosage`, as `fhir.py` makes it, back to the structure: what has an element there. What stood in the text
alone is not read out of it: nobody guesses a figure from words. Pure."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from monographs.doses.fhir import BEFORE_EACH, DAY, Json, Version
from monographs.doses.model import ROUTES
from monographs.doses.values import plain

_ROUTES = {words: route for route, words in ROUTES.items()}


def from_text(content: str) -> Any:
    """JSON whose numbers stay decimal."""
    return json.loads(content, parse_float=Decimal, parse_constant=Decimal)


def structure(dosages: Sequence[Json], version: Version) -> Json:
    """The structure of a regimen, of its dosages in their order; not whole, where something had no element."""
    ordered = sorted(dosages, key=lambda one: one["sequence"])
    made: Json = {"steps": [_step(one) for one in ordered]}
    first = ordered[0]
    made["route"] = _ROUTES[first["route"]["text"]]
    notes = [note["text"] for note in first.get("additionalInstruction", [])]
    before = [note.removeprefix(BEFORE_EACH) for note in notes if note.startswith(BEFORE_EACH)]
    if before:
        made["premedication"] = before[0]
    if instructions := [note for note in notes if note.endswith(".") and not note.startswith(BEFORE_EACH)]:
        made["instructions"] = instructions
    for one in ordered:
        if (prn := _when_required(one, version)) is not None:
            made["prn"] = prn
            break
    limited = next((one for one in ordered if any(name.startswith("maxDose") for name in one)), None)
    if limited is not None:
        made["limits"] = _limits(limited)
    return made


def _when_required(dosage: Json, version: Version) -> Json | None:
    if version == "R4B":
        if (reason := dosage.get("asNeededCodeableConcept")) is not None:
            return {"reason": reason["text"]}
        return {} if dosage.get("asNeededBoolean") else None
    if reasons := dosage.get("asNeededFor"):
        return {"reason": reasons[0]["text"]}
    return {} if dosage.get("asNeeded") else None


def _number(value: Any) -> str:
    return plain(Decimal(value))


def _limits(dosage: Json) -> list[Json]:
    periods = dosage.get("maxDosePerPeriod", [])
    found = []
    for ratio in periods if isinstance(periods, list) else [periods]:
        per = "24h" if ratio["denominator"]["code"] == DAY.unit else "7d"
        found.append(_amount(ratio["numerator"]) | {"per": per})
    for name, per in (("maxDosePerAdministration", "dose"), ("maxDosePerLifetime", "lifetime")):
        if name in dosage:
            found.append(_amount(dosage[name]) | {"per": per})
    return found


def _amount(quantity: Json) -> Json:
    return {"value": _number(quantity["value"]), "unit": quantity["code"]}


def _step(dosage: Json) -> Json:
    made: Json = {}
    repeat = dosage.get("timing", {}).get("repeat", {})
    [held] = dosage.get("doseAndRate", [{}])
    is_continuous = (
        "doseQuantity" not in held
        and "doseRange" not in held
        and "rate" in "".join(held)
        and not repeat.get("frequency")
    )
    dose = held.get("rateQuantity" if is_continuous else "doseQuantity")
    ends = held.get("rateRange" if is_continuous else "doseRange", {})
    if dose is not None:
        made |= {"dose": _number(dose["value"]), "unit": dose["code"]}
    elif "low" in ends:
        made |= {
            "dose": _number(ends["low"]["value"]),
            "high": _number(ends["high"]["value"]),
            "unit": ends["high"]["code"],
        }
    elif ends:
        made |= {"dose": _number(ends["high"]["value"]), "up_to": True, "unit": ends["high"]["code"]}
    if is_continuous:
        made["freq"] = {"continuous": True}
    elif (rate := _rate(held)) is not None:
        made["rate"] = rate
    made |= _timing(repeat)
    notes = [note["text"] for note in dosage.get("additionalInstruction", [])]
    if when := [note for note in notes if not note.endswith(".") and not note.startswith(BEFORE_EACH)]:
        made["when"] = when
    return made


def _rate(held: Json) -> Json | None:
    if (quantity := held.get("rateQuantity")) is not None:
        return {"unit": quantity["code"], "value": _number(quantity["value"])}
    if (ends := held.get("rateRange")) is None:
        return None
    high = ends["high"]
    if "low" not in ends:
        return {"unit": high["code"], "max": _number(high["value"])}
    return {"unit": high["code"], "value": _number(ends["low"]["value"]), "value_max": _number(high["value"])}


def _timing(repeat: Json) -> Json:
    made: Json = {}
    if (bounds := repeat.get("boundsDuration")) is not None:
        made["for"] = {"value": _number(bounds["value"]), "unit": bounds["code"]}
    elif (ends := repeat.get("boundsRange")) is not None:
        low = {"value": _number(ends["low"]["value"])} if "low" in ends else {}
        made["for"] = low | {"max": _number(ends["high"]["value"]), "unit": ends["high"]["code"]}
    if "count" in repeat:
        made["freq"] = {"once": True} | ({"each": True} if repeat["count"] > 1 else {})
    elif "period" in repeat:
        names = {"n": "frequency", "n_max": "frequencyMax", "period": "period", "period_max": "periodMax"}
        made["freq"] = {ours: _number(repeat[theirs]) for ours, theirs in names.items() if theirs in repeat}
        made["freq"]["unit"] = repeat["periodUnit"]
    if "duration" in repeat:
        made["over"] = {"value": _number(repeat["duration"]), "unit": repeat["durationUnit"]}
        if "durationMax" in repeat:
            made["over"]["max"] = _number(repeat["durationMax"])
    return made
