"""Texts of a published page that are printed otherwise than typed: what is asked of each, and what was decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse

from monographs.checks.misprints import MisprintedText, Place, misprints
from monographs.models import Edition, Monograph, State
from reviews.access import policy
from reviews.access.refusals import Refusal
from reviews.desk.act_forms import ReasonForm
from reviews.desk.base import (
    and_list,
    edit_address,
)
from reviews.misprints import LONGEST_REASON, Judged, of_monographs
from reviews.models import HarmlessMisprint
from reviews.models.people import name_of

MOST_PLACES = 20
_HINT = "Kept in the history, not shown to readers. It holds for these words in every edition. Nothing about a patient."


@dataclass(frozen=True)
class Block:
    """The same words of one part in one or several editions."""

    first: Judged  # in the newest of these editions
    editions: str
    places: list[Place]
    more: int  # places that are not listed
    edit: str  # where the part is changed, or an edition started; "" if this person cannot
    edit_words: str
    form: ReasonForm  # why it is harmless

    @property
    def key(self) -> str:
        return self.first.row.key

    @property
    def digest(self) -> str:
        return self.first.row.digest

    @property
    def label(self) -> str:
        return self.first.row.label

    @property
    def harmless(self) -> HarmlessMisprint | None:
        return self.first.harmless

    @property
    def by(self) -> str:
        return name_of(self.harmless.by) if self.harmless else ""


@dataclass(frozen=True)
class Asked:
    """All of a page: what waits for an answer, what has one, and whether this person may say that it is harmless."""

    waiting: list[Block]
    ended: list[Block]
    against: list[Refusal]


def asked(
    monograph: Monograph, user: User, act: str = "", typed: Mapping[str, Any] = MappingProxyType({}),
    refusals: Iterable[Refusal] = (),
) -> Asked:  # fmt: skip
    """One query for a page that prints everything as it was typed. `act` is the form that was sent and refused."""
    found: dict[tuple[str, str], list[Judged]] = {}
    for one in of_monographs([monograph.pk]):
        found.setdefault((one.row.key, one.row.digest), []).append(one)
    if not found:
        return Asked([], [], [])
    edition = monograph.editions.open().first()

    def form(digest: str) -> ReasonForm:
        mine = act == (at := f"harmless-{digest}")
        return ReasonForm(
            typed.get("reason", "") if mine else None, at=at, label="Why is it harmless?", hint=_HINT,
            longest=LONGEST_REASON, rows=2, refusals=refusals if mine else (),
        )  # fmt: skip

    blocks = [
        (any(one.is_open for one in same), _block(same, monograph, edition, user, form(same[0].row.digest)))
        for same in found.values()
    ]
    return Asked(
        [block for is_open, block in blocks if is_open],
        [block for is_open, block in blocks if not is_open],
        policy.refusals(user, "call_harmless", monograph),
    )


def _block(same: list[Judged], monograph: Monograph, edition: Edition | None, user: User, form: ReasonForm) -> Block:
    first = next((one for one in same if one.is_open), same[0])
    numbers = [f"{one.row.publication.number}{' (live)' if one.is_live else ''}" for one in same]
    places = _text(first).places(first.quotes)
    return Block(
        first,
        f"edition{'s' if len(numbers) > 1 else ''} {and_list(numbers)}",
        places[:MOST_PLACES],
        len(places[MOST_PLACES:]),
        *_edit(monograph, first.row.key, edition, user),
        form,
    )


def _text(one: Judged) -> MisprintedText:
    texts = misprints(one.row.publication.document.value)
    return next(text for text in texts if text.key == one.row.key)


def _edit(monograph: Monograph, key: str, edition: Edition | None, user: User) -> tuple[str, str]:
    if not policy.can(user, "edit" if edition else "start", monograph):
        return "", ""
    if edition and edition.state == State.DRAFT:
        return edit_address(monograph.slug, key), "Change it in the draft"
    return reverse("workspace", args=[monograph.slug]), "Open the workspace" if edition else "Start an edition"
