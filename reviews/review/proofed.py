"""What proofing finds in the parts of an edition that changed, and why it may stand.

What stands word for word as it is published was looked at before, and is not asked again; but whether its words say a
figure of a dose that readers are not shown follows from the doses, and is asked of every part. A warning needs a reason
from a closed list, given once for all of them when the edition is sent for review; the signers see both.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from monographs.checks.typed_words import written
from monographs.document import Citation, Part, SafetyNotice
from monographs.proofing.copied import names_in
from monographs.proofing.dictionary import proposals
from monographs.proofing.proof import Doses, Finding, Place, proof_part
from monographs.typed import Value
from reviews.access.refusals import Refusal, RefusalType
from reviews.models import AuditEvent
from reviews.review.copied_from import names_told
from reviews.review.edition_review import EditionReview
from reviews.review.library_names import names_of_library

# The source may give no interval, and nobody invents one: the only reason by which a vague span stands in Monitoring.
NO_NUMBER = "no_number"
REASONS = {
    NO_NUMBER: "The source gives no number.",
    "product": "It names a product or its strength.",
    "quoted": "The source says it in these words.",
    "looked_at": "Looked at: it is right as it stands.",
}
_LONGEST = 60
# What is found by the doses of the edition, whichever part changed.
_BY_DOSES = frozenset(("L31", "L36"))


@dataclass(frozen=True)
class Hint:
    """One finding at its place, as people read it."""

    place: Place
    finding: Finding

    @property
    def part(self) -> str:
        return str(self.place.key or "header")

    @property
    def excerpt(self) -> str:
        """The words of the hit, whole."""
        text, start, end = self.place.text, self.finding.start, self.finding.end
        while start and not text[start - 1].isspace() and self.finding.end - start < _LONGEST:
            start -= 1
        while end < len(text) and not text[end].isspace() and end - start < _LONGEST:
            end += 1
        words = " ".join(text[start:end].split())
        return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"

    @property
    def words(self) -> str:
        return f"“{self.excerpt}”: {self.finding.sentence}"

    @property
    def blocks(self) -> bool:
        """Whether no reason lets it stand."""
        return self.finding.severity == "block" and self.finding.rule != "L27"

    @property
    def needs_number(self) -> bool:
        return self.finding.severity == "block" and self.finding.rule == "L27"

    @property
    def effect(self) -> str:
        if self.finding.severity == "advise":
            return "Style"
        return "Must fix" if self.finding.severity == "block" else "Look again"


def hints_of(value: Value, labels: set[str], doses: Doses, names: Collection[str] = (), called: str = "") -> list[Hint]:
    """All that is found in a header or part, in the order of its fields. `doses`: those of its document with every
    figure. `names`: those of the drug for which it was written, where it was copied from another page. `called`: how
    a part is called beside the others of its document."""
    found = proof_part(value, labels, doses, called)
    return [*(Hint(place, one) for place, hits in found for one in hits), *named(value, names)]


def named(value: Value, names: Collection[str]) -> list[Hint]:
    """Where a copied part still names the drug for which it was written."""
    found = names_in(value, names) if isinstance(value, Part) else ()
    return [Hint(place, one) for place, hits in found for one in hits]


def must_fix(
    value: Value, labels: set[str], doses: Doses, names: Collection[str] = (), *, is_changed: bool = True
) -> list[str]:
    """What of a header or part holds its edition up, whatever reason is given."""
    return [one.words for one in _asked(value, labels, doses, names, is_changed=is_changed) if one.blocks]


def _asked(
    value: Value, labels: set[str], doses: Doses, names: Collection[str], called: str = "", *, is_changed: bool
) -> list[Hint]:
    """What is asked of a header or part before its edition is sent for review. A notice names its source itself."""
    if is_changed:
        left_out = {"L35"} if isinstance(value, SafetyNotice) else set()
        return [one for one in hints_of(value, labels, doses, names, called) if one.finding.rule not in left_out]
    if doses.are_shown:
        return []
    return [one for one in hints_of(value, labels, doses, (), called) if one.blocks and one.finding.rule in _BY_DOSES]


def spelling_of(value: Value) -> list[tuple[str, str]]:
    """(word, proposal) of each word of a header or part that was probably meant to be another."""
    texts = [] if isinstance(value, Citation) else list(written(value))

    def found(names: Iterable[str]) -> dict[str, str]:
        return {
            one.text[start:end]: meant
            for one in texts
            for start, end, meant in proposals(one.text, names, is_prose=one.is_prose)
        }

    # The names are asked for only when there is something to propose.
    return list(found(names_of_library()).items()) if found(()) else []


def hints_in(review: EditionReview) -> list[Hint]:
    """All that is asked of the edition, less what checks/problems.py says in its own words. Found once a review."""
    if review.hints is None:
        review.hints = _hints_in(review)
    return review.hints


def _hints_in(review: EditionReview) -> list[Hint]:
    document = review.document
    labels = {citation.label for citation in document.citations}
    doses, names = Doses.in_document(review.with_figures), names_told(review.monograph)
    found = []
    for value in (document.header, *document.parts()):
        key, called = (str(value.key), document.label_of(value)) if isinstance(value, Part) else ("header", "")
        found += _asked(value, labels, doses, names.get(key, ()), called, is_changed=key in review.changed)
    return found


def standing(review: EditionReview) -> list[Hint]:
    """What needs a reason to stand."""
    return [one for one in hints_in(review) if one.finding.severity != "advise" and not one.blocks]


def nothing_blocks(review: EditionReview, actor: User) -> Iterator[Refusal]:
    """The guard: each finding that no reason lets pass, at its place."""
    for one in hints_in(review):
        if one.blocks:
            sentence = f"{one.place.label}: {one.words}"
            yield Refusal("proofing", sentence, RefusalType.INVALID, one.part, one.place.field)


def reason_refusals(review: EditionReview, reason: str) -> Iterator[Refusal]:
    """What stands against sending it for review with this reason, one of the list or none."""
    found = standing(review)
    if found and reason not in REASONS:
        sentence = "Say why these words may stand, or change them. The signers see your reason."
        yield Refusal("proofing_reason", sentence, RefusalType.INVALID, field="kind")
        return
    for one in found:
        if one.needs_number and reason != NO_NUMBER:
            sentence = f"{one.place.label}: {one.words} It may stand only where the source gives none."
            yield Refusal("proofing", sentence, RefusalType.INVALID, one.part, one.place.field)


def told(review: EditionReview) -> dict[str, Any] | None:
    """For the signers: what stands in the edition as it was sent for review last, why, and who said so."""
    found = standing(review)
    if not found:
        return None
    event = AuditEvent.objects.about(review.monograph, "submitted").order_by("-seq").first()
    if event is None or event.data.get("edition") != review.edition.number:
        return {"hints": found, "reason": "", "by": None}
    return {"hints": found, "reason": REASONS.get(event.data.get("kind", ""), ""), "by": event.actor}
