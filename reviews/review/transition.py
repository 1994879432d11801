"""What a transition is: one row, with all that anybody asks of it. The rows stand in `reviews/workflow.py`.

To add one: a row there, a writer, and a guard if it needs one of its own. Views, templates, the history, the about page
and the tests read the row.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User

from monographs.models import State
from reviews.access.refusals import Refusal
from reviews.audit.trail import Trail
from reviews.review.attestation import Attestation, Tick
from reviews.review.edition_review import EditionReview
from reviews.review.guards import Guard


@dataclass(frozen=True)
class Given:
    """What is given with a transition, beside the edition and the digest that was seen."""

    actor: User
    reason: str = ""
    attestation: Attestation | None = None
    kind: str = ""
    remarks: Mapping[str, str] = field(default_factory=dict)  # by part


@dataclass(frozen=True)
class Words:
    """What people read of a transition. Where a sentence names a number, it is filled in by
    `reviews.desk.transition_labels`: {number} of the edition, {next} of one to be started, {stays} and {replaces} of
    the published one, {waits}, {returns}, {reviewed} and {renewed} for who must sign next, {left} for who is left to
    ask, {seen} for what readers see. {name} is the published page's.
    """

    button: str  # verb and thing
    help: str  # what it does, for whoever may do it now
    done: str  # what happened, and what comes next
    tried: str  # after "tried to"
    history: Callable[[dict[str, Any]], str]  # what its actor did, from the data of the entry
    public: tuple[str, str]  # for readers: what it is, and what it means
    # The label and hint of the box for a reason, where the usual ones do not fit, or a reason may be given.
    asks: tuple[str, str] | None = None


@dataclass(frozen=True)
class Transition:
    """One row of the table. `target` None: the signatures decide (sign, unsign), or a new edition is made (start)."""

    name: str
    sources: tuple[State, ...]
    target: State | None
    permission: str
    entry: str  # the verb of the entry that it leaves in the trail
    write: Callable[[Trail, "Transition", EditionReview, Given], EditionReview]
    words: Words = field(repr=False)
    guards: tuple[Guard, ...] = ()
    needs_reason: bool = False
    # What a signer must tick; a transition that has such a list needs an attestation.
    ticks: Callable[[EditionReview], list[Tick]] | None = None
    # The kinds to choose from (withdraw: the kinds of overlay; submit: why words that proofing asked about may stand),
    # and what is refused of the choice and its reason.
    kinds: tuple[str, ...] = ()
    refusals_of: Callable[[EditionReview, Given], Iterator[Refusal]] | None = None
    on_page: bool = False  # acts on the published page by an overlay; the edition stays where it stands
    leads_to: str = "workspace"  # the page of the desk that comes next

    @property
    def needs_attestation(self) -> bool:
        return self.ticks is not None
