"""The doses of an edition as the desk reads them, with every figure: what they say, and what changed in them since the
edition that readers have. Readers get neither."""

from collections import Counter
from dataclasses import dataclass

from monographs.assemble import build
from monographs.difference.document_diff import Comparison, compare
from monographs.difference.dose_changes import DoseChange, dose_changes
from monographs.document import Document
from monographs.models import Publication
from monographs.pages.working_dose import WorkingDose, working_doses
from monographs.signable import signable
from monographs.standing import today
from reviews.review.edition_review import EditionReview


@dataclass(frozen=True)
class HiddenDoses:
    """`since` is the number of the edition whose figures they are compared with; None for a first edition, of which all
    is new: of its doses those are named that have something critical in themselves."""

    doses: tuple[WorkingDose, ...]
    changes: tuple[DoseChange, ...]
    since: int | None

    @property
    def critical(self) -> int:
        return sum(line.is_critical for one in self.changes for line in one.lines)


def hidden_doses(review: EditionReview) -> HiddenDoses | None:
    """None where neither the edition nor the one before it has a dose. What was published holds no figure, so the
    figures of before are those that its editors left."""
    working, live = review.with_figures, review.monograph.live
    if not (working.regimens or (review.live_value and review.live_value.regimens)):
        return None
    before = build(live.edition) if live and live.edition_id != review.edition.pk else None
    day = today(review.at)
    return HiddenDoses(
        working_doses(working.regimens, day),
        tuple(one for one in dose_changes(before, working) if before or one.is_critical),
        live.number if live and before else None,
    )


@dataclass(frozen=True)
class Differs:
    """One working document beside another: `comparison` is of what readers would get of each, so that no line goes
    through a figure; `doses` are the figures beside it."""

    comparison: Comparison
    doses: tuple[DoseChange, ...]

    @property
    def unchanged(self) -> tuple[str, ...]:
        """Parts that are the same in every word and figure."""
        others = Counter(one.label for one in self.doses if one.key not in self.comparison.keys)
        found = []
        for label in self.comparison.unchanged:
            if others[label]:
                others[label] -= 1
            else:
                found.append(label)
        return tuple(found)


def differs(before: Document | None, after: Document) -> Differs:
    comparison = compare(signable(before) if before else None, signable(after))
    return Differs(comparison, tuple(dose_changes(before, after)))


def with_figures(live: Publication) -> Document:
    """What readers have, with the figures that its editors left beside it."""
    document = live.document.value
    return build(live.edition) if document.regimens else document
