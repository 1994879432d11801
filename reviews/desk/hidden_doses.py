"""The doses of an edition as the desk reads them, with every figure: what they say, and what changed in them since the
edition that readers have. Readers get neither."""

from dataclasses import dataclass

from monographs.assemble import build
from monographs.difference.dose_changes import DoseChange, dose_changes
from monographs.pages.working_dose import WorkingDose, working_dose
from monographs.standing import today
from reviews.review.edition_review import EditionReview


@dataclass(frozen=True)
class HiddenDoses:
    """`since` is the number of the edition whose figures they are compared with; None for a first edition."""

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
        tuple(working_dose(one, day) for one in working.regimens),
        tuple(dose_changes(before, working)) if before else (),
        live.number if live and before else None,
    )
