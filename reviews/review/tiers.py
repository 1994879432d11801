"""The tiers of risk, one row each: who signs, how often a page is read again as a whole, what asks for the tier. Pure.

Guards, about page, workspace, tier form and publishing read the row; their words are made from it
(docs/clinical/signoff.md, Tiers).
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from monographs.document import Document
from monographs.vocabulary import TIERS


@dataclass(frozen=True)
class Signer:
    """One signature of a tier's set: of which professions (none named: of any), and the words for who is missing."""

    words: str
    professions: frozenset[str] = frozenset()
    beside: str = ""  # the words beside another signer, where they are shorter

    def may_be(self, profession: str) -> bool:
        return not self.professions or profession in self.professions


SPECIALIST = Signer("a specialist doctor", frozenset({"specialist_doctor"}))
PHARMACIST = Signer("a pharmacist", frozenset({"pharmacist"}))
DOCTOR_OR_PHARMACIST = Signer(
    "a doctor or a pharmacist", frozenset({"doctor", "specialist_doctor", "pharmacist"}), "a doctor or pharmacist"
)
ONE_MORE = Signer("one more registered clinician")


@dataclass(frozen=True)
class Tier:
    """What a tier asks for: the signers of every changed part, the narrowest first, and a full review every so many
    months. A drug with one of the traits, or a notice in force of one of the severities, is never below it."""

    key: str
    signers: tuple[Signer, ...]
    months: int
    renewals: int = 2  # checks without a change in a row, between two full reviews
    traits: frozenset[str] = frozenset()
    severities: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        return TIERS[self.key]

    def missing(self, professions: Iterable[str]) -> list[str]:
        """Who still has to sign, in words, when these different people have; an empty list: the set is full."""
        left, missing = list(professions), []
        for signer in self.signers:
            found = next((one for one in left if signer.may_be(one)), None)
            if found is None:
                missing.append(signer.words)
            else:
                left.remove(found)
        return missing

    @property
    def _names(self) -> list[str]:
        return [one.words if len(self.signers) == 1 else one.beside or one.words for one in self.signers]

    @property
    def who(self) -> str:
        """Who signs, for readers. The comma keeps an "or" from reaching over the "and"."""
        return (", and " if any(" or " in one for one in self._names) else " and ").join(self._names)

    @property
    def means(self) -> str:
        """Who signs and how long a review holds, for the desk."""
        sign = "signs" if len(self.signers) == 1 else "sign"
        return f"{' and '.join(self._names)} {sign}; full review every {self.months} months"

    def due_after(self, full_review: date, renewed: date | None) -> date:
        """The day on which the next review is due, after a full one and what was found unchanged since."""
        return self.next_review(max(full_review, renewed) if renewed and self.renewals else full_review)

    def next_review(self, last: date) -> date:
        """The day on which the next full review is due."""
        return months_later(last, self.months)


ROWS: dict[str, Tier] = {
    row.key: row
    for row in (
        Tier("low", (DOCTOR_OR_PHARMACIST,), months=36),
        Tier("standard", (DOCTOR_OR_PHARMACIST, ONE_MORE), months=24),
        Tier(
            "high",
            (SPECIALIST, PHARMACIST),
            months=12,
            renewals=0,
            traits=frozenset({"biologic", "cytotoxic", "insulin", "opioid", "anticoagulant"}),
            severities=frozenset({"critical"}),
        ),
    )
}

# What an edition asks for that corrects spelling and nothing else, whatever the tier of its page
# (docs/clinical/corrections.md). It moves no date of review, so it is a row of no monograph.
SPELLING = Tier("spelling", (Signer("a registered clinician"),), months=0)


def asked_of(key: str) -> Tier:
    """The row of a tier, or that of a correction."""
    return SPELLING if key == SPELLING.key else ROWS[key]


def highest(tiers: Iterable[str]) -> str:
    """The highest of some tiers ("" counts for none)."""
    order = list(ROWS)
    return max((tier for tier in tiers if tier), key=order.index, default=order[0])


def is_below(tier: str, other: str) -> bool:
    order = list(ROWS)
    return order.index(tier) < order.index(other)


def tier_floor(traits: Iterable[str], of_classes: Iterable[str], documents: Iterable[Document], on: date) -> str:
    """The tier below which a monograph may not be: by the drug's traits, what its class and those above ask for, and
    the notices in force in the live or the open edition."""
    traits = set(traits)
    severities = {notice.severity for one in documents for notice in one.notices if notice.in_force(on)}
    return highest(
        [*of_classes, *(row.key for row in ROWS.values() if row.traits & traits or row.severities & severities)]
    )


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
