"""The rules by their number, V01 to V24, and what each says when it refuses. V00 is what no rule knows. Pure.

How each judges: the function of its number in `rules.py`, `rules_of_maxima.py`, `rules_of_several.py` or, where a field
alone shows it, `reading.py`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """`place` is where in the structure, as in `steps[0].dose`; empty: all of it."""

    rule: str
    place: str
    sentence: str


# Number -> (sentence, when), as docs/clinical/doses.md has them.
RULES = {
    "V01": ("Enter a dose above zero, at most 3 decimals.", "also not a number, infinite"),
    "V02": ("The lower value must be below the upper.", "doses, bands, durations"),
    "V03": ("Choose a unit from the list.", ""),
    "V04": ("Say how often the dose is given.", "neither frequency nor daily amount"),
    "V05": ("A when-required dose needs a minimum interval.", ""),
    "V06": ("A when-required dose needs a maximum in 24 hours.", "amount or number of doses"),
    "V07": ("Give a maximum, or say the source states none.", "/kg and /m² without cap, limit or `no_max_in_source`"),
    "V08": ("One dose is above the maximum.", "the upper end of one dose exceeds any limit"),
    "V09": (
        "This schedule exceeds its maximum.",
        (
            "at its least (low end, fewest doses; `n_max` alone or when required: one dose; `up_to`: not judged; "
            "optional courses not counted); every kind of limit except per dose (V08)"
        ),
    ),
    "V10": ("This drug is given once a week.", "`weekly_only` with any other frequency"),
    "V11": ("Give the infusion time or rate.", "iv_infusion"),
    "V12": (
        "Say how long this step lasts.",
        "another step follows; not for single doses, increases, decreases or `at`",
    ),
    "V13": ("Give the interval before this course.", "course 2 and later"),
    "V14": ("The interval is shorter than the course.", ""),
    "V15": (
        "This overlaps another regimen.",
        "same indication, population, route, product; no `criteria`, not `alternative_to`. A gap between bands warns",
    ),
    "V16": ("A child's dose needs an age or weight band.", "Child and Any"),
    "V17": ("Name a primary source, its section and the date you read it.", "see `evidence.md`"),
    "V18": ("Check the date you read the source.", "before its revision, or in the future"),
    "V19": ("Say where increases stop.", "also decreases; needs `until`, a limit, or a later fixed step"),
    "V20": (
        "These units do not match.",
        "mass against volume and so on; mg against mg/kg is compared at the ends of the weight band",
    ),
    "V21": ("State whether this use is licensed, off-label or unlicensed, and in which country.", ""),
    "V22": ("The volume does not fit the strength.", ""),
    "V23": (
        "Name the product or formulation.",
        "`not_interchangeable` set, or a drug whose forms differ (liposomal, modified release, phenytoin)",
    ),
    "V24": ("Ask for at least 2 criteria, and not more than there are.", ""),
}


def refused(rule: str, place: str) -> Fault:
    return Fault(rule, place, RULES[rule][0])


def unknown(place: str, why: str) -> Fault:
    """No rule knows this, so nothing is made of it."""
    return Fault("V00", place, f"No rule knows this: {place or 'the regimen'}, {why}.")


class RegimenRefused(ValueError):
    """A structure of which no regimen can be made. `faults` say why, each with its place."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(" ".join(f"{one.rule} {one.place}: {one.sentence}" for one in faults))
        self.faults = faults
