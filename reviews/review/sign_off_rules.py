"""Whose signature counts for which changed part, and whether that is enough (docs/clinical/signoff.md). Pure.

A signature counts for the changed parts that its signer neither wrote nor suggested. An edition is clinician-reviewed
when every changed part has its tier's full set of signatures, of different people, among those that count for it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reviews.review import tiers


@dataclass(frozen=True)
class Edit:
    """What one change set says of authorship: its actor, whom it credits for which part, and the parts it touched."""

    actor: int
    touched: frozenset[str]
    credits: Mapping[str, Iterable[int]]


@dataclass(frozen=True)
class Signature:
    signer: int
    profession: str


def authors(edits: Iterable[Edit]) -> dict[str, frozenset[int]]:
    """For each part that was touched: everybody who wrote or suggested any of it, undone edits included. Figures that
    were copied unsigned are credited by a change set that did not touch them."""
    found: dict[str, set[int]] = {}
    for edit in edits:
        for part in {*edit.touched, *edit.credits}:
            writer = {edit.actor} if part in edit.touched else set()
            found.setdefault(part, set()).update(writer, edit.credits.get(part, ()))
    return {part: frozenset(people) for part, people in found.items()}


def counts_for(signer: int, changed: Iterable[str], written_by: Mapping[str, frozenset[int]]) -> frozenset[str]:
    """The changed parts that this person's signature counts for."""
    return frozenset(part for part in changed if signer not in written_by.get(part, ()))


def missing_sign_offs(
    tier: str, changed: Iterable[str], written_by: Mapping[str, frozenset[int]], signatures: Iterable[Signature]
) -> dict[str, list[str]]:
    """For each changed part without its full set: who still has to sign for it. `tier` may be that of a correction."""
    people = {signature.signer: signature.profession for signature in signatures}
    open_parts = {
        part: tiers.asked_of(tier).missing(
            job for signer, job in people.items() if signer not in written_by.get(part, ())
        )
        for part in changed
    }
    return {part: missing for part, missing in open_parts.items() if missing}
