"""What a signer says: the checklist, and the attestation that carries a signature.

An attestation lives 60 seconds by the clock of the machine, whatever the time of the trail's last entry; it names one
person and one digest, and is the only thing that a transition which signs accepts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.utils import timezone

from monographs import document as values
from monographs.texts.characters import says_nothing
from reviews.access.refusals import Refusal, RefusalType, Refused
from reviews.audit.hashes import instant

if TYPE_CHECKING:
    from reviews.review.edition_review import EditionReview

LIFETIME = timedelta(seconds=60)
NO_PASSWORD = Refusal("password", "Enter your password: it is your signature.", RefusalType.INVALID, field="password")
NO_TOUCH = Refusal("touch", "Nothing was signed. Give your code or your passkey again.", RefusalType.INVALID)
UNOPENED = Refusal(
    "unopened", "Nothing tells that you opened these words. Read them on this page, then sign.", RefusalType.INVALID
)


@dataclass(frozen=True)
class Tick:
    """One line of the checklist: the signer's word for one thing."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Seen:
    """What a signer saw: when the page of this very document was opened (None: nothing tells), and the parts ticked as
    read, as they stand in it."""

    opened: datetime | None = None
    read: tuple[str, ...] = ()

    def kept(self, against: str) -> dict[str, Any]:
        """As a signature keeps it, with the digest of the document that it was compared with, "" for none."""
        return {"against": against, "opened": instant(self.opened) if self.opened else "", "read": sorted(self.read)}


UNSEEN = Seen()


@dataclass(frozen=True)
class Attestation:
    """That `actor` gave the password or touched a second factor (`by`), ticked these lines and spoke on interests, for
    the document of this digest."""

    actor: int
    digest: str
    ticks: frozenset[str]
    interests: str
    paid_by_maker: bool
    at: datetime
    refused: tuple[Refusal, ...] = ()  # why it carries nothing: the password
    by: str = "password"
    seen: Seen = UNSEEN

    @classmethod
    def unproved(cls, actor: User, refused: Refused, **given: Any) -> "Attestation":
        """What was filled in without the right password: it carries nothing, and tells all that is missing."""
        return cls(actor.pk, at=timezone.now(), refused=tuple(refused.refusals), **given)


_NAMED = (("contra-indications", "contra-indications"), ("interactions", "interactions"), ("monitoring", "monitoring"))


def checklist(document: values.Document, changed: Iterable[str], *, first: bool) -> list[Tick]:
    """The ticks for a document and what changed in it: at most five, never about what is not on the page."""
    changed = set(changed)
    ticks = [
        Tick("read", "I read the whole edition.")
        if first
        else Tick("read", "I read every change and the parts they touch.")
    ]
    kinds = {section.kind for section in document.sections if str(section.key) in changed}
    if any(str(item.key) in changed for item in document.monitoring):
        kinds.add("monitoring")
    subjects = [words for kind, words in _NAMED if kind in kinds]
    if any(str(notice.key) in changed for notice in document.notices):
        subjects.append("notices")
    if subjects:
        listed = " and ".join(filter(None, [", ".join(subjects[:-1]), subjects[-1]]))
        ticks.append(Tick("content", f"What it says on {listed} is right and current."))
    brands = " or ".join(brand.name for brand in document.header.brands)
    makers = f"the makers of {brands}" if brands else f"a maker of {document.header.name}"
    ticks.append(
        Tick(
            "competent",
            f"I am competent for this content; my register of interests is complete, with nothing about {makers}.",
        )
    )
    return ticks


def still_correct(document: values.Document) -> list[Tick]:
    """The ticks for a page that was withdrawn: all of it is read again, with why it was withdrawn."""
    return [
        Tick("read", "I read the whole page, and why it was withdrawn."),
        Tick("content", "What it says is right and current, so that it may be shown again."),
        checklist(document, (), first=False)[-1],
    ]


def checklist_of(review: "EditionReview") -> list[Tick]:
    """What a signer ticks on an edition: on what changed."""
    return checklist(review.document, review.changed, first=review.live is None)


def still_correct_of(review: "EditionReview") -> list[Tick]:
    """What a signer ticks once a page was withdrawn: that all of it is still correct."""
    return still_correct(review.document)


def full_review_of(review: "EditionReview") -> list[Tick]:
    """What a signer ticks at a full review of the page: as on a first edition, on all that it says."""
    every = [str(part.key) for part in review.document.parts()]
    return checklist(review.document, every, first=True)


def attestation_refusals(
    attestation: Attestation | None, *, actor: User, digest: str, ticks: Iterable[Tick]
) -> list[Refusal]:
    """Why an attestation does not carry a signature of this person on this digest now.

    Now is what the clock said when the attestation was made, and says: one clock, so no caller gives the time.
    """
    if attestation is None or attestation.actor != actor.pk:
        return [
            Refusal(
                "attestation",
                "Give your password and tick the checklist to sign.",
                RefusalType.INVALID,
                field="password",
            )
        ]
    if attestation.digest != digest:
        return [
            Refusal(
                "stale", "Somebody changed this edition while you were reading it. Read it again.", RefusalType.CONFLICT
            )
        ]
    if not timedelta(0) <= timezone.now() - attestation.at <= LIFETIME:
        return [
            Refusal(
                "attestation_expired",
                "Too much time passed since you gave your password. Give it again.",
                RefusalType.INVALID,
                field="password",
            )
        ]
    found = [
        Refusal("tick", f"Tick “{tick.sentence}” if it is true.", RefusalType.INVALID, field=f"tick_{tick.code}")
        for tick in ticks
        if tick.code not in attestation.ticks
    ]
    if says_nothing(attestation.interests):
        found.append(
            Refusal(
                "interests",
                "Say which interests you have, or that you have none.",
                RefusalType.INVALID,
                field="interests",
            )
        )
    if attestation.paid_by_maker:
        found.append(
            Refusal(
                "paid_by_maker",
                "You have pay or shares from the maker of this drug, so you cannot sign for it. Another clinician can.",
            )
        )
    return [*found, *attestation.refused]
