"""What the one template prints of a monograph: plain values, made by `monographs.pages.page`."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from monographs.citations.csl import FormattedReference
from monographs.document import Document, PathStep
from monographs.doses.lines import NOT_YET
from monographs.models.overlay import Overlay
from monographs.pages.lines import Line
from monographs.pages.related import Related
from monographs.texts.text import Html, Use
from monographs.texts.wording import people


@dataclass(frozen=True)
class Item:
    """One monitoring test: a line of the list."""

    key: UUID
    test: Html
    words: Html
    note: Html
    mark: Html
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Notice:
    key: UUID
    anchor: str
    kind: str
    title: str
    severity: str
    body: Html
    action: Html
    mark: Html
    provenance: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Source:
    """Where a dose is found meanwhile: the SmPC of the product, or where SmPCs are kept."""

    name: str
    address: str


@dataclass(frozen=True)
class Passage:
    """The text of one section. Its heading is given where the block's is another."""

    key: UUID
    html: Html
    heading: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Gap:
    """A section that the page lacks. Links to its anchor still lead somewhere: to the line that says so."""

    anchor: str
    words: str


@dataclass(frozen=True)
class Stopped:
    """The line of something that was published and is withheld now."""

    anchor: str
    label: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class UrgentWarning:
    """An urgent warning, and whether the second signature that it waits for is late."""

    overlay: Overlay
    late: bool
    before_text: bool  # the text was signed before the warning


@dataclass(frozen=True)
class Told:
    """An overlay that only tells, and whether the second signature that it waits for is late."""

    overlay: Overlay
    late: bool

    @property
    def anchor(self) -> str:
        return f"{self.overlay.kind}-{self.overlay.pk}"


@dataclass(frozen=True)
class Archive:
    """From when to when an old edition was published, and what has changed since, in a sentence."""

    since: datetime
    until: datetime
    changed: str = ""


@dataclass(frozen=True)
class Unshown:
    """A regimen whose dose readers are not shown: for whom it is, since when, why, and what to use, where it says so
    itself."""

    key: UUID
    anchor: str
    for_whom: Html
    since: str
    reason: str
    instead: str
    not_yet: str = NOT_YET


@dataclass(frozen=True)
class Block:
    """One block of the page: a section, the dosing notice, safety notices, or neighbouring gaps in one line."""

    kind: str
    anchor: str
    heading: str = ""
    heading_of: UUID | None = None  # the section whose own the heading is
    passages: tuple[Passage, ...] = ()
    items: tuple[Item, ...] = ()
    notices: tuple[Notice, ...] = ()
    gaps: tuple[Gap, ...] = ()
    stopped: tuple[Stopped, ...] = ()
    regimens: tuple[Unshown, ...] = ()


@dataclass(frozen=True)
class NumberedReference:
    key: UUID
    number: int
    label: str
    text: FormattedReference
    uses: tuple[Use, ...]
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Signature:
    reader_title: str
    name: str
    signed_at: datetime
    interests: str


@dataclass(frozen=True)
class Status:
    """What the status box says: separate dates, never merged."""

    number: int
    published_at: datetime
    signatures: tuple[Signature, ...]
    reviewed_on: date
    last_full_review: date
    reviewed_again_by: str  # "a neurologist and a pharmacist"; "" where the last full review was before publication
    renewed_on: date | None  # checked without a change since then
    evidence_checked_at: date | None
    next_review_due: date | None
    overdue: bool
    long_overdue: bool
    digest: str

    @property
    def reviewed_by(self) -> str:
        return people(one.reader_title for one in self.signatures)

    @property
    def digest_in_groups(self) -> str:
        return " ".join(self.digest[i : i + 8] for i in range(0, len(self.digest), 8))


@dataclass(frozen=True)
class MarkedPlace:
    """Words that a correction marks: in which place (monographs.pages.places), and as its which such words."""

    anchor: str
    label: str
    part: str
    field: str
    nth: int


@dataclass(frozen=True)
class Marked:
    """Where on this page the words of a correction stand. `number` counts the corrections that are marked."""

    erratum: int
    number: int
    at: tuple[MarkedPlace, ...]


class Marks(Protocol):
    """Asked for the HTML of each place that the template prints."""

    @property
    def corrections(self) -> tuple[Marked, ...]: ...

    def put(self, part: str, field: str, html: str, without: tuple[str, ...]) -> str: ...


@dataclass(frozen=True)
class Correction:
    overlay: Overlay
    marked: Marked | None


@dataclass(frozen=True)
class Page:
    """Everything that `monographs/_monograph.html` prints."""

    document: Document
    name: str
    title: str
    covers: str
    not_covered: str
    brands: str
    other_names: str
    classes: tuple[PathStep, ...]
    names_found: tuple[tuple[str, str], ...]
    introduction: Html
    summary: str
    gap_line: str
    gaps_counted: str
    critical: Block | None  # above the contents; the blocks are below
    blocks: tuple[Block, ...]
    contents: tuple[tuple[str, str], ...]
    references: tuple[NumberedReference, ...]
    smpc: Source
    lines: tuple[Line, ...] = ()
    dosing_lines: tuple[Line, ...] = ()
    status: Status | None = None
    chosen: tuple[Related, ...] = ()
    same_class: tuple[Related, ...] = ()
    warnings: tuple[UrgentWarning, ...] = ()
    errata: tuple[Overlay, ...] = ()
    told: tuple[Told, ...] = ()
    retired: Overlay | None = None
    archive: Archive | None = None
    # What is done to the words of each place: nothing, or marks of corrections.
    marks: Marks | None = None

    @property
    def chips(self) -> tuple[tuple[str, str], ...]:
        """(look, words) of the states in the status line. “Text reviewed”, the one that is green, stands alone: not
        beside a warning, a correction, a part that is withheld, or a review that is overdue."""
        if self.archive:
            return (("chip-superseded", "Superseded"),)
        if self.retired:
            return (("chip-withdrawn", self.retired.row.label),)
        warned = (
            [("chip-late", "Reviewed before this warning")] if any(one.before_text for one in self.warnings) else []
        )
        said = warned or [("chip-late", "Urgent warning")] * bool(self.warnings)
        said += [("chip-late", "Correction")] * bool(self.errata)
        said += [("chip-late", one.overlay.row.label) for one in self.told]
        said += [("chip-late", "Part withheld")] * bool(self.stopped)
        said += [("chip-late", "Review overdue")] * bool(self.status and self.status.overdue)
        return tuple(dict.fromkeys(said)) or (("chip-published", "Text reviewed"),)

    @property
    def stopped(self) -> tuple[Stopped, ...]:
        """What is withheld, in the order in which its lines stand on the page."""
        return tuple(one for block in self.blocks for one in block.stopped)

    @property
    def corrections(self) -> tuple[Correction, ...]:
        marked = {one.erratum: one for one in self.marks.corrections} if self.marks else {}
        return tuple(Correction(one, marked.get(one.pk)) for one in self.errata)
