"""All that is known of one edition when it is judged, loaded once: what changed, who wrote it, who signed it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from monographs import document as values
from monographs.assemble import build
from monographs.checks.problems import Problem, problems
from monographs.difference.document_diff import changed_parts
from monographs.digest import digest
from monographs.models import Document, Edition, Monograph, Overlay, State, WriteLock
from monographs.proofing.correction import is_correction, why_not
from monographs.questions import Kept
from monographs.signable import signable
from monographs.standing import today
from reviews.audit.trail import Trail
from reviews.authorship import authors_of_page
from reviews.models import ChangeSet, Conflict, EntrySubject, SignOff
from reviews.models.signoff import REVIEW
from reviews.review.library_names import names_of_library
from reviews.review.lowered_tiers import tiers_that_count
from reviews.review.sign_off_rules import Edit, Signature, authors, counts_for, missing_sign_offs
from reviews.review.tiers import SPELLING, highest, is_below, tier_floor

# Each page of the desk and each step asks these.
_written = Kept(lambda key: ChangeSet.objects.filter(edition=key).once("actor_id", "touched", "credits"))
_signed = Kept(
    lambda key: SignOff.objects.filter(edition=key, meaning=REVIEW).select_related(
        "signer__clinician_profile", "unsigning"
    )
)
_withdrawn = Kept(
    lambda key: Overlay.objects.withdrawals().filter(monograph=key).select_related("second_signature").order_by("id")
)


def _with_all(pk: int) -> "QuerySet[Edition]":
    """The edition, after which entry of the trail it was read, and whether there is what there hardly ever is: what is
    not there is not asked for."""
    related = "monograph__drug", "monograph__therapeutic_class__parent__parent", "monograph__live__document"
    page = OuterRef("monograph")
    return (
        Edition.objects.filter(pk=pk)
        .select_related(*related)
        .annotate(
            read_after=Subquery(WriteLock.objects.filter(pk=1).values("seq")),
            is_withdrawn=Exists(Overlay.objects.withdrawals().filter(monograph=page)),
            has_tier_set=Exists(EntrySubject.objects.filter(monograph=page, verb="tier_set")),
            has_conflicts=Exists(Conflict.objects.filter(edition=OuterRef("pk"))),
        )
    )


_edition = Kept(_with_all)


@dataclass
class EditionReview:
    """One edition, as its rows stand now. `document` is what clinicians sign of it and readers get; `working` is what
    its editors have, hidden figures of doses too."""

    edition: Edition
    document: values.Document
    live: Document | None
    at: datetime
    working: values.Document | None = None  # None: the document itself
    hints: list[Any] | None = None  # what proofing found in it (reviews.review.proofed), once it was asked

    @classmethod
    def load(cls, edition: Edition, at: datetime | None = None) -> "EditionReview":
        """Reloads the edition and builds its document."""
        edition = next(iter(_edition(edition.pk)), None) or Edition.objects.get(pk=edition.pk)
        live = edition.monograph.live
        working = build(edition)
        return cls(edition, signable(working), live.document if live else None, at or timezone.now(), working)

    def still(self, trail: Trail) -> "EditionReview | None":
        """Under the write lock: this review, judged by the clock of the act, if all that was read for it stands. Nobody
        wrote since, because whoever writes what it reads leaves an entry (`Trail`), and it is the same day. Else
        nothing."""
        if getattr(self.edition, "read_after", None) != trail.begins_after or today(self.at) != today(trail.clock):
            return None
        self.at = trail.clock
        return self

    @property
    def monograph(self) -> Monograph:
        return self.edition.monograph

    @property
    def with_figures(self) -> values.Document:
        return self.working or self.document

    @cached_property
    def digest(self) -> str:
        return digest(self.document)

    @cached_property
    def live_value(self) -> values.Document | None:
        return self.live.value if self.live else None

    @cached_property
    def changed(self) -> frozenset[str]:
        """Keys of the parts that differ from live ("header" and "order" are parts)."""
        return changed_parts(self.live_value, self.document)

    @cached_property
    def has_other_figures(self) -> bool:
        """Whether the doses that readers are not shown say something else than those of the edition that they have."""
        live = self.monograph.live
        if live is None or live.edition_id == self.edition.pk or not self.with_figures.regimens:
            return False
        return build(live.edition).regimens != self.with_figures.regimens

    @cached_property
    def problems(self) -> list[Problem]:
        return problems(self.with_figures, today(self.at))

    @cached_property
    def written_by(self) -> dict[str, frozenset[int]]:
        rows = _written(self.edition.pk)
        return authors(Edit(actor, frozenset(touched), credits) for actor, touched, credits in rows)

    @cached_property
    def contributors(self) -> frozenset[int]:
        return frozenset().union(*self.written_by.values())

    @cached_property
    def whose_words(self) -> frozenset[int]:
        """Whoever worked on the edition; of a page that is withdrawn also whoever wrote a word of it before."""
        live = self.monograph.live
        if live is None or live.edition_id != self.edition.pk or not self.withdrawals:
            return self.contributors
        return self.contributors | authors_of_page(live)

    @cached_property
    def _tier_at_least(self) -> str:
        if not getattr(self.edition, "has_tier_set", True):
            return ""
        return tiers_that_count([self.monograph]).get(self.monograph.pk, "")

    @property
    def tier(self) -> str:
        """By which the edition is signed: that of the monograph, or the one before if who lowered it wrote since."""
        return highest([self.monograph.tier, self._tier_at_least])

    @cached_property
    def is_spelling(self) -> bool:
        """Whether all that differs from live is a correction of spelling. Names are asked for where it seems so. Never
        while the page is withdrawn, or its tier is lower than that of the page that readers have."""
        live, old, new = self.monograph.live, self.live_value, self.document
        if live is None or old is None or not self.edition.is_open or self.withdrawals:
            return False
        if is_below(self.tier, live.tier) or not is_correction(old, new, ()):
            return False
        return is_correction(old, new, list(names_of_library()))

    @cached_property
    def beyond_spelling(self) -> str:
        """What alone keeps an open edition from being a correction of spelling, in a sentence; "" where it is one, or
        where more than one thing does."""
        old = self.live_value
        if old is None or not self.edition.is_open or old == self.document or self.is_spelling:
            return ""
        found = why_not(old, self.document, (), most=2)
        return found[0] if len(found) == 1 and "“" in found[0] else ""

    @property
    def signed_as(self) -> str:
        """The key of who signs: a correction has one signature, whatever its tier."""
        return SPELLING.key if self.is_spelling else self.tier

    @property
    def tier_of_page(self) -> str:
        """By which a page that was withdrawn is signed again: the highest of what it was published as, what counts now,
        and what drug, class and notices ask for."""
        live = self.monograph.live
        return highest([self.tier, live.tier if live else "", self.floor()])

    @cached_property
    def all_sign_offs(self) -> list[SignOff]:
        return _signed(self.edition.pk)

    @property
    def valid_sign_offs(self) -> list[SignOff]:
        """The signatures that stand: of this round, on this digest, not taken back. A draft has none: its round ended
        when it was sent back, whether or not a word was changed since."""
        if self.edition.state in (State.DRAFT, State.DISCARDED):
            return []
        return [
            one
            for one in self.all_sign_offs
            if one.round == self.edition.round and one.document_id == self.digest and not hasattr(one, "unsigning")
        ]

    @property
    def past_sign_offs(self) -> list[SignOff]:
        """The last signature of everybody who signed a round that ended, took nothing back and has not signed since."""
        standing = {one.signer_id for one in self.valid_sign_offs}
        ended = sorted(self.all_sign_offs, key=lambda one: one.signed_at)
        last = {one.signer_id: one for one in ended if not hasattr(one, "unsigning")}
        return [one for one in last.values() if one.signer_id not in standing]

    def valid_sign_off_of(self, signer: int) -> SignOff | None:
        return next((one for one in self.valid_sign_offs if one.signer_id == signer), None)

    @cached_property
    def conflicts(self) -> list[Conflict]:
        """Who declined it for a conflict of interest, as it holds now."""
        if not getattr(self.edition, "has_conflicts", True):
            return []
        return Conflict.objects.with_people().standing([self.edition])

    def conflict_of(self, person: int | None) -> Conflict | None:
        return next((one for one in self.conflicts if one.person_id == person), None)

    def counts_for(self, signer: int) -> frozenset[str]:
        return counts_for(signer, self.changed, self.written_by)

    def missing_sign_offs(self, sign_offs: Iterable[SignOff] | None = None) -> dict[str, list[str]]:
        """Changed parts without their tier's full set among these (else all standing) signatures, and who still has to
        sign for each."""
        counted = self.valid_sign_offs if sign_offs is None else sign_offs
        signatures = [Signature(one.signer_id, one.profession) for one in counted]
        return missing_sign_offs(self.signed_as, self.changed, self.written_by, signatures)

    @property
    def state_by_signatures(self) -> State:
        """In review, or clinician-reviewed: the latter when every changed part has its tier's full set of
        signatures."""
        return State.CLINICIAN_REVIEWED if self.changed and not self.missing_sign_offs() else State.IN_REVIEW

    @cached_property
    def withdrawals(self) -> list[Overlay]:
        """What keeps the page from readers now, oldest first."""
        if not getattr(self.edition, "is_withdrawn", True):
            return []
        return _withdrawn(self.monograph.pk)

    @property
    def unconfirmed(self) -> list[Overlay]:
        return [one for one in self.withdrawals if one.second is None]

    def floor(self) -> str:
        """The tier below which the monograph may not be. What an edition said that was given up counts for nothing."""
        documents = [one for one in (self.document if self.edition.is_open else None, self.live_value) if one]
        return tier_floor(
            self.monograph.drug.traits, self.monograph.therapeutic_class.tier_floors, documents, today(self.at)
        )

    @cached_property
    def _labels(self) -> dict[str, str]:
        """Part -> as people call it; what the edition says of a part goes before what readers have."""
        documents = [one for one in (self.live_value, self.document) if one]
        known = {str(part.key): document.label_of(part) for document in documents for part in document.parts()}
        return {**known, "header": "Header", "order": "Order of parts"}

    @cached_property
    def _places(self) -> dict[str, int]:
        keys = [str(one.key) for document in (self.document, self.live_value) if document for one in document.parts()]
        return {key: place for place, key in reversed(list(enumerate(["header", *keys])))}

    def label_of(self, part: str) -> str:
        """A changed part as people call it."""
        return self._labels.get(part, part)

    def in_page_order(self, parts: Iterable[str]) -> list[str]:
        """Header first, then parts in the order of the document, removed ones after, order last."""
        return sorted(parts, key=lambda part: self._places.get(part, len(self._places)))
