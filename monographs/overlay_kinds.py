"""What may stand over a page: one row a kind, with all that anybody asks of it. Pure: no row of a table is looked at.

The list is closed: whatever else is to be said over a page needs a signature (docs/clinical/safety_notices.md).
Page, lists, updates, feed, data, history, reminders and the desk ask the row, and so does the policy. To add a kind: a
row here, its migration, and a rule of the policy if it names one that is new. One that needs a reason and a password
(`form`) is then offered, placed and ended by what is there (`reviews.overlays.place`, `lift`); one that takes more
needs a verb of its own there.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from monographs.texts.wording import ended

REGULATORS = {
    "mhra": "Medicines and Healthcare products Regulatory Agency (MHRA)",
    "ema": "European Medicines Agency (EMA)",
    "nhs-england": "NHS England",
    "ukhsa": "UK Health Security Agency (UKHSA)",
    "fda": "US Food and Drug Administration (FDA)",
}
# What an urgent warning may be called: none of these says more than what to do with this page's text.
TITLES = {
    "no-new-patients": "Do not start new patients",
    "stop": "Stop treatment and contact patients",
    "review-patients": "Look at every patient under treatment",
    "new-contraindication": "There is a new contra-indication",
    "new-reaction": "There is a new severe reaction",
    "new-monitoring": "Monitoring has changed",
    "dose-error": "There is a risk of dosing errors",
    "recall": "Batches are recalled",
}
SEVERITIES = {"critical": "Critical: act at once", "major": "Major"}
HARMS = {
    "none": "none expected",
    "minor": "minor",
    "moderate": "moderate",
    "severe": "severe",
}
# Why something is withheld, as readers are told.
WITHHOLD_REASONS = {
    "source-changed": "the source has changed",
    "source-doubtful": "it could not be confirmed at the source",
    "reported": "a reader reported an error, and it is being looked at",
    "misprint": "it was printed wrongly",
}
SECOND_SIGNATURE = timedelta(hours=24)
ERRATUM_DAYS = 90
LIFT = "lift"  # the end of an overlay: a row of the same table, and no kind to be placed


class Effect(StrEnum):
    """What an overlay does to the page and to its old editions."""

    TELLS = "tells"
    TAKES_A_PART = "takes a part away"
    HIDES_DOSES = "hides doses"
    REMOVES = "removes the page"


@dataclass(frozen=True)
class Words:
    """What is said of an overlay, surface by surface: all of it is given, and "" where nothing is said.

    In a sentence {braces} are facts of the overlay (`FACTS`); in that of its end, of the end.
    """

    page: str  # under its label, above the page and its old editions; "": the template has a layout of its own
    line: str  # beside the name of the page, in lists and in the search
    update: tuple[str, ...]  # in updates and feed, the weightiest first
    ended: str  # the same when it ended
    data: Mapping[str, str]  # in the page as data: name -> fact
    history: Callable[[Mapping[str, Any]], str]  # what its actor did, from the data of the entry
    # Of a withdrawal: how far it goes, and what readers see when an edition is published under it.
    choice: str = ""
    stays: str = ""


@dataclass(frozen=True)
class Second:
    """The second signature that a kind asks for: who gives it, and what is said while it is missing."""

    action: str  # of the policy
    reminder: str  # before "in time", and the name of the page
    task: str
    why: str
    button: str
    # Where the published page has a form for it: what is signed, the button, and what happened.
    hint: str = ""
    sign: str = ""
    done: str = ""


@dataclass(frozen=True)
class Form:
    """What the published page says of a kind that needs a reason and a password."""

    help: str
    button: str
    done: str


@dataclass(frozen=True)
class OverlayKind:
    """One row of the table."""

    slug: str  # as it is stored: it never changes
    label: str
    effect: Effect
    # Actions of the policy: who places it, and who ends it ("": nobody can yet).
    place: str
    lift: str
    entry: str  # the verb of the entry that placing it leaves in the trail
    words: Words = field(repr=False)
    tried: str = ""  # after "tried to"; that of a withdrawal stands with its transition
    needs_part: bool = False
    is_correction: bool = False
    second: Second | None = None
    form: Form | None = None

    @property
    def second_signature(self) -> Second:
        """The second signature of a kind that asks for one."""
        assert self.second is not None, self.slug
        return self.second

    @property
    def is_withdrawal(self) -> bool:
        """It keeps the page from readers until it is lifted: placed, confirmed and ended by transitions."""
        return self.effect in (Effect.HIDES_DOSES, Effect.REMOVES)

    @property
    def is_lifted(self) -> bool:
        """It is ended by a verb, with a reason for readers."""
        return bool(self.lift) and not self.is_withdrawal

    @property
    def is_countersigned(self) -> bool:
        """Its second signature is given by a verb, and readers are told of it."""
        return self.second is not None and not self.is_withdrawal

    @property
    def unsays(self) -> bool:
        """Something of the page no longer counts: what nobody signed may say it still."""
        return self.effect != Effect.TELLS or self.is_correction

    @property
    def is_plain(self) -> bool:
        """It does no more than tell, in the banner that is the same for all such."""
        return self.effect == Effect.TELLS and bool(self.words.page)


BACK = "Back on this page: a clinician read it again and signed that it is still correct."
_CONFIRMED = Second(
    action="confirm-withdrawal",
    reminder="Withdrawal not confirmed",
    task="Withdrawal to confirm",
    why="{label}: {reason}.",
    button="Open and confirm",
)


def _numbers(data: Mapping[str, Any]) -> str:
    return ", ".join(map(str, data["editions"]))


_ROWS = (
    OverlayKind(
        slug="withhold",
        label="Part withheld",
        effect=Effect.TAKES_A_PART,
        needs_part=True,
        place="withhold",
        lift="",
        entry="withheld",
        tried="withhold a part of the page",
        words=Words(
            page="",
            line="",
            update=("One part is withheld.",),
            ended="Part no longer withheld: {reason}.",
            data={"reason": "reason"},
            history=lambda data: "withheld a part of the page",
        ),
    ),
    OverlayKind(
        slug="warning",
        label="Urgent warning",
        effect=Effect.TELLS,
        place="warn",
        lift="end-warning",
        entry="warned",
        tried="put an urgent warning over it",
        second=Second(
            action="countersign",
            reminder="Urgent warning not countersigned",
            task="Urgent warning unsigned",
            why="{title}.",
            button="Open and countersign",
            hint="Read their own text first: you sign that the quotation is theirs and belongs over this page.",
            sign="Countersign the warning",
            done="You countersigned the warning. Readers see it.",
        ),
        words=Words(
            page="",
            line="Urgent warning: {title}",
            update=("Urgent warning: {title}.", "{regulator}: “{quote}”"),
            ended="Urgent warning ended: {reason}.",
            data={
                "title": "title",
                "severity": "severity",
                "quote": "quote",
                "regulator": "regulator",
                "link": "link",
            },
            history=lambda data: f"put an urgent warning over the page: {TITLES[data['title']].lower()}",
        ),
    ),
    OverlayKind(
        slug="erratum",
        label="Correction",
        effect=Effect.TELLS,
        place="correct",
        lift="correct",
        entry="corrected",
        tried="correct it",
        is_correction=True,
        words=Words(
            page="",
            line="",
            update=("Correction.", "It said “{wrong}”. It should say “{right}”."),
            ended="Correction ended: {reason}.",
            data={"said": "wrong", "should_say": "right", "editions": "editions", "harm": "harm"},
            history=lambda data: f"added a correction of edition {_numbers(data)}",
        ),
    ),
    OverlayKind(
        slug="retire",
        label="Retired",
        effect=Effect.HIDES_DOSES,
        place="withdraw",
        lift="reinstate",
        entry="withdrawn",
        second=_CONFIRMED,
        words=Words(
            page="Doses are not shown. Monitoring and counselling remain for people already treated.",
            line="Retired",
            update=("Retired: {reason}. Doses are not shown.",),
            ended=BACK,
            data={"reason": "reason"},
            history=lambda data: "retired the page",
            choice="Retire: the page stays under a banner, doses hidden, monitoring and counselling readable.",
            stays="The page stays retired until it is reinstated: readers see it under the banner.",
        ),
    ),
    OverlayKind(
        slug="take_down",
        label="Removed",
        effect=Effect.REMOVES,
        place="withdraw",
        lift="reinstate",
        entry="withdrawn",
        second=_CONFIRMED,
        words=Words(
            page="",
            line="",
            update=("Removed: {reason}.",),
            ended=BACK,
            data={"reason": "reason"},
            history=lambda data: "took the page down",
            choice="Take down: nothing of it is shown, old editions neither.",
            stays="The page stays taken down until it is reinstated.",
        ),
    ),
)
OVERLAY_KINDS: dict[str, OverlayKind] = {row.slug: row for row in _ROWS}
# As the column lists them.
LABELS = {**{row.slug: row.label for row in _ROWS}, LIFT: "Lifted"}


def _chosen(asked: Callable[[OverlayKind], Any]) -> tuple[str, ...]:
    return tuple(row.slug for row in _ROWS if asked(row))


WITH_PART = _chosen(lambda row: row.needs_part)
WITHDRAWALS = _chosen(lambda row: row.is_withdrawal)
REMOVALS = _chosen(lambda row: row.effect == Effect.REMOVES)
# Somebody else signs them too; and of those, what readers are told to be late.
CONFIRMED = _chosen(lambda row: row.second)
COUNTERSIGNED = _chosen(lambda row: row.is_countersigned)


def kind_of(slug: str) -> OverlayKind:
    """The row of a kind. One that later code wrote is told of as a notice, and nobody can do anything to it here."""
    return OVERLAY_KINDS.get(slug) or OverlayKind(
        slug=slug,
        label="Notice",
        effect=Effect.TELLS,
        is_correction=True,  # as far as anybody here knows
        place="",
        lift="",
        entry="",
        words=Words(
            page="{reason}",
            line="Notice",
            update=("A notice was put over this page.",),
            ended="Notice ended: {reason}.",
            data={"reason": "reason"},
            history=lambda data: "put a notice over the page",
        ),
    )


# What a sentence and the data may name of an overlay.
FACTS: dict[str, Callable[[Any], Any]] = {
    "label": lambda one: kind_of(one.kind).label,
    "reason": lambda one: one.reason,
    "title": lambda one: TITLES.get(one.title, one.title),
    "severity": lambda one: one.severity,
    "regulator": lambda one: REGULATORS.get(one.regulator, one.regulator),
    "link": lambda one: one.link,
    "quote": lambda one: one.quote,
    "wrong": lambda one: one.wrong,
    "right": lambda one: one.right,
    "harm": lambda one: one.harm,
    "editions": lambda one: one.editions,
}


_FACT = re.compile(r"\{(?P<fact>\w+)\}(?P<close>”?)(?P<stop>\.?)")


def say(sentence: str, overlay: Any) -> str:
    """A sentence of a row, filled in. What a fact says is never read as a sentence itself, and one that ends in a full
    stop gets no second one."""

    def filled(found: re.Match[str]) -> str:
        words = f"{FACTS[found['fact']](overlay)}{found['close']}"
        return ended(words) if found["stop"] else words

    return _FACT.sub(filled, sentence)


def data_of(overlay: Any) -> dict[str, Any]:
    """What the row says of an overlay as data."""
    return {name: FACTS[fact](overlay) for name, fact in kind_of(overlay.kind).words.data.items()}
