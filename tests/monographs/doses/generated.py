"""Regimens of every shape by the thousand, from a seed: most of them whole, some with a fault. Plain `random`, which is
ten times as fast as a strategy."""

import copy
import random
from collections.abc import Iterator
from typing import Any

AMOUNTS = ("0.125", "0.5", "1", "2.5", "5", "10", "12", "25", "100", "250", "500", "1000", "7.5", "20")
UNITS = ("mg", "mg", "mg", "ug", "g", "mL", "[iU]", "mmol", "ng", "mg/kg", "ug/kg", "mg/m2", "[iU]/kg")
WORDS = (
    "with food",
    "if well",
    "at night",
    "according to response",
    "blood pressure allows",
    "pain",
    "the 20 mg/mL strength",
)
NONSENSE = ("", "0", "-1", "x", None, True, [], {}, 1.5, "9" * 30, "mcg", "1,5", 0, "½")


def regimens(count: int, seed: int = 19, faults: bool = False) -> Iterator[dict[str, Any]]:
    """`faults`: every second one has something put into it that nobody should type."""
    chance = random.Random(seed)
    for number in range(count):
        made = _regimen(chance)
        if faults and number % 2:
            _spoil(made, chance)
        yield made


def _maybe(chance: random.Random, share: float) -> bool:
    return chance.random() < share


def _regimen(chance: random.Random) -> dict[str, Any]:
    unit = chance.choice(UNITS)
    population = chance.choice(("Adult", "Adult", "Child", "Neonate", "Any"))
    made: dict[str, Any] = {"population": population, "route": chance.choice(("oral", "iv_infusion", "iv_injection", "im", "sc", "rectal", "inhaled"))}  # fmt: skip
    if _maybe(chance, 0.3):
        made["indication"] = chance.choice(("pain", "prevention of stroke"))
    if population in ("Child", "Any") or _maybe(chance, 0.2):
        made["age"] = _band(chance, 1, 18) | {"unit": chance.choice(("a", "mo", "wk", "d"))}
    for name, share, low, high in (("weight", 0.3, 3, 120), ("renal", 0.2, 5, 90)):
        if _maybe(chance, share):
            made[name] = _band(chance, low, high) | (
                {"measure": chance.choice(("crcl", "egfr"))} if name == "renal" else {}
            )
    if _maybe(chance, 0.1):
        made["hepatic"] = sorted(chance.sample(("A", "B", "C"), chance.randint(1, 3)))
    if _maybe(chance, 0.1):
        of = chance.sample(WORDS, 3)
        made["criteria"] = {"at_least": chance.randint(2, 3), "of": of}
    for name in ("product", "formulation", "dose_as", "not_interchangeable", "premedication"):
        if _maybe(chance, 0.15):
            made[name] = chance.choice(WORDS)
    if "not_interchangeable" in made:
        made["product"] = "X"
    if _maybe(chance, 0.15):
        made["strength"] = {
            "value": chance.choice(AMOUNTS),
            "unit": unit.partition("/")[0],
            "per_value": "5",
            "per_unit": "mL",
        }
    made["steps"] = _steps(chance, unit, made["route"])
    _more(made, chance, unit)
    return made


def _more(made: dict[str, Any], chance: random.Random, unit: str) -> None:
    """What follows the steps."""
    base = unit.partition("/")[0]
    if "/" in unit or _maybe(chance, 0.3):
        per: Any = chance.choice(("24h", "7d", "course", "lifetime", {"value": 2, "unit": "a"}, "dose"))
        made["limits"] = [{"value": "999999999", "unit": chance.choice((unit, base)), "per": per}]
    has_interval = False
    if _maybe(chance, 0.2):
        made["prn"] = {"min_interval": [1, "h"], "max_doses_24h": chance.randint(1, 6)} | (
            {"reason": "pain"} if _maybe(chance, 0.5) else {}
        )
        has_interval = True
    elif _maybe(chance, 0.2):
        made["min_interval"], made["max_doses_24h"] = [1, "h"], 24
        has_interval = True
    if not has_interval:
        for step in made["steps"]:
            if "dose" in step and "continuous" not in step.get("freq", {}) and _maybe(chance, 0.1):
                step["min_interval"] = [1, "h"]
    if _maybe(chance, 0.2):
        made["adjustments"] = [chance.choice((
            {"renal": {"measure": "egfr", "max": 30}, "action": "contra_indicated"}, {"hepatic": ["B"], "action": "no_change"},
            {"when": "dialysis", "action": "same_dose_every", "every": [12, "h"]}, {"when": "age over 75 years", "action": "text", "text": "halve the dose"},
        ))]  # fmt: skip
    if _maybe(chance, 0.2):
        made["instructions"] = chance.sample(WORDS, chance.randint(1, 2))
    if _maybe(chance, 0.1):
        made["alternative_to"] = "k"
    if _maybe(chance, 0.2):
        made["licence"] = {"status": chance.choice(("licensed", "off_label", "unlicensed")), "country": "GB"}
    if _maybe(chance, 0.05):
        made["max_courses"] = 9
    if _maybe(chance, 0.05):
        made["missing_siblings"] = ["Adult. By mouth."]


def _band(chance: random.Random, low: int, high: int) -> dict[str, Any]:
    first, last = sorted(chance.sample(range(low, high), 2))
    made: dict[str, Any] = {}
    if _maybe(chance, 0.7):
        made["min"] = chance.choice((first, str(first)))
        if _maybe(chance, 0.3):
            made["min_incl"] = False
    if not made or _maybe(chance, 0.5):
        made["max"] = last
        if _maybe(chance, 0.3):
            made["max_incl"] = True
    return made


def _steps(chance: random.Random, unit: str, route: str) -> list[dict[str, Any]]:
    shape = chance.choice(("one", "one", "one", "phases", "courses", "at", "slope"))
    if shape == "one":
        return [_dose(chance, unit, route)]
    if shape == "phases":
        return [
            _dose(chance, unit, route, lasts=True) | {"phase": "loading"},
            _dose(chance, unit, route) | {"phase": "maintenance"},
        ]
    if shape == "courses":
        return [
            _dose(chance, unit, route, lasts=True) | {"course": {"no": 1}},
            _dose(chance, unit, route, lasts=True) | {"course": {"no": 2, "gap": {"value": 12, "unit": "mo"}}},
            _dose(chance, unit, route, lasts=True) | {"course": {"no": 3, "to": chance.randint(4, 5), "optional": True, "gap": {"value": 12, "unit": "mo", "at_least": True}}},
        ][: chance.randint(1, 3)]  # fmt: skip
    if shape == "at":
        code = chance.choice(("d", "wk", "mo"))
        first = _dose(chance, unit, route)
        first.pop("for", None)
        first |= {
            "at": {"unit": code, "numbers": sorted(chance.sample(range(4), 2))},
            "freq": {"n": 1, "period": 1, "unit": code},
        }
        for name in ("per", "divided", "divided_max", "divided_every"):
            first.pop(name, None)
        if code == "d" and _maybe(chance, 0.5):
            first["freq"] = {"once": True, "each": True}
        return [first, _dose(chance, unit, route) | {"at": {"unit": code, "numbers": [5], "onwards": True}, "freq": {"n": 1, "period": 2, "unit": code}}] if _maybe(chance, 0.5) else [first]  # fmt: skip
    slope = {
        "by": chance.choice(AMOUNTS),
        "unit": unit,
        "every": chance.randint(1, 4),
        "every_unit": chance.choice(("d", "wk")),
    }
    return [
        _dose(chance, unit, route, lasts=True),
        {chance.choice(("increase", "decrease")): slope, "until": "it helps"},
    ]


def _dose(chance: random.Random, unit: str, route: str, lasts: bool = False) -> dict[str, Any]:
    low, high = sorted(chance.sample(AMOUNTS, 2), key=float)
    step: dict[str, Any] = {"dose": low, "unit": unit}
    if _maybe(chance, 0.25):
        step["high"] = high
    elif _maybe(chance, 0.1):
        step["up_to"] = True
    if unit.endswith("/kg") and _maybe(chance, 0.3):
        step["weight_basis"] = chance.choice(("actual", "ideal", "adjusted"))
    if _maybe(chance, 0.15):
        step["cap"] = ["999999", unit.partition("/")[0]]
    kind = chance.random()
    if kind < 0.15:
        step["per"] = "day"
        step |= chance.choice(
            ({"divided": 2}, {"divided": 1, "divided_max": 2}, {"divided": 4}, {"divided_every": [8, "h"]})
        )
    else:
        step["freq"] = chance.choice((
            {"n": 1, "period": 1, "unit": "d"}, {"n": 2, "period": 1, "unit": "d"}, {"n": 3, "period": 1, "unit": "d", "n_max": 4},
            {"n_max": 4, "period": 1, "unit": "d"}, {"n": 1, "period": 6, "unit": "h"}, {"n": 1, "period": 4, "unit": "h", "period_max": 6},
            {"n": 1, "period": 2, "unit": "d"}, {"n": 1, "period": 1, "unit": "wk"}, {"n": 3, "period": 1, "unit": "wk"}, {"n": 1, "period": 2, "unit": "wk"},
            {"n": 1, "period": 1, "unit": "mo"}, {"once": True},
        ))  # fmt: skip
    is_once = "once" in step.get("freq", {})
    if (lasts or _maybe(chance, 0.4)) and not is_once:
        value = chance.randint(1, 4)
        step["for"] = chance.choice((
            {"value": value, "unit": "wk"}, {"value": 7 * value, "unit": "d"}, {"value": value, "max": value + chance.randint(1, 3), "unit": "wk"}, {"max": value, "unit": "wk"},
            {"value": value, "unit": "d", "consecutive": True},
        ))  # fmt: skip
    if route == "iv_infusion":
        step |= chance.choice((
            {"over": {"value": 1, "max": 2, "unit": "h"}}, {"over": {"value": 30, "unit": "min", "approx": True}}, {"rate": {"unit": "mL/h", "max": "50"}},
            {"rate": {"unit": "mg/min", "value": "5", "value_max": "10"}}, {"rate": {"unit": "mg/h", "start": "50", "by": "50", "every": [30, "min"], "max": "400"}},
        ))  # fmt: skip
    if _maybe(chance, 0.2):
        step["when"] = chance.sample(WORDS, chance.randint(1, 2))
    for name in ("condition", "until"):
        if _maybe(chance, 0.1):
            step[name] = chance.choice(WORDS)
    return step


def places(structure: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of each element of a structure."""
    for name, held in structure.items() if isinstance(structure, dict) else enumerate(structure):
        yield (*way, name)
        if isinstance(held, dict | list):
            yield from places(held, (*way, name))


def _spoil(made: dict[str, Any], chance: random.Random) -> None:
    """One element is taken out, or becomes nonsense, or what another one is."""
    ways = list(places(made))
    *way, last = chance.choice(ways)
    held: Any = made
    for part in way:
        held = held[part]
    if _maybe(chance, 0.3):
        del held[last]
    elif _maybe(chance, 0.7):
        held[last] = chance.choice(NONSENSE)
    else:
        *other, name = chance.choice(ways)
        found: Any = made
        for part in other:
            found = found[part]
        held[last] = copy.deepcopy(found[name])
