"""The one page on which a monograph is written: the page as readers will get it, part by part in reading order, each
with what stands against it, what could be added in its place, and the form of the part that is open."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.urls import reverse

from monographs import document as values
from monographs.checks.problems import gaps, problems
from monographs.document import PART_FIELDS
from monographs.pages.page import PLACES
from monographs.pages.page_model import Page
from monographs.pages.working_dose import working_doses
from monographs.proofing.proof import Doses
from monographs.standing import today
from monographs.typed import Value
from monographs.vocabulary import SECTION_KINDS, SectionKind
from reviews.desk.base import edit_address
from reviews.desk.editor.context import HEADINGS, NEW, NOUNS, EditorContext, with_part
from reviews.desk.editor.presence import told_of
from reviews.desk.editor.send import Send, sending
from reviews.desk.remarks import AnswerForm, Shown
from reviews.desk.too_low import TooLow, too_low
from reviews.models import Remark
from reviews.review.edition_review import EditionReview
from reviews.review.proofed import must_fix
from reviews.review.tiers import is_below, tier_floor

_NOTICES = {"critical": "Critical safety notices", "major": "Safety notices", "information": "Information"}
# What a place holds whose parts are of one kind.
_KIND_OF = {**dict.fromkeys(_NOTICES, "notice"), "dosing": "regimen", "references": "citation", "related": "related"}


@dataclass
class Row:
    """A part at its place: `piece` is what readers get of it (of monographs.pages.page_model; None while it says
    nothing), `who` last touched it, `writing` says who else writes in it now; `form` stands in its place if several
    are open."""

    part: Value
    piece: Any = None
    to_do: list[str] = field(default_factory=list)
    who: str = ""
    writing: str = ""
    page: Page | None = None
    form: str = ""
    sorts: str = ""  # the place in which it can be moved
    remarks: list[Shown] = field(default_factory=list)  # of who sent it back
    label: str = ""  # what it is called beside the others of its page

    @property
    def key(self) -> str:
        return str(getattr(self.part, "key", "header"))

    @property
    def anchor(self) -> str:
        return f"part-{self.key}"

    @property
    def kind(self) -> str:
        return self.part.part_kind if isinstance(self.part, values.Part) else "header"

    @property
    def is_short(self) -> bool:
        """It says itself what it is, in a line or two: its heading is for those who hear the page."""
        return self.kind in ("monitoring", "citation", "notice")

    @property
    def is_numbered(self) -> bool:
        """Whether readers see this reference: its number is that of the list."""
        return self.kind == "citation" and self.piece is not None


@dataclass(frozen=True)
class Add:
    """What may be added at a place: the words of the link, where its form is, the id of the link, and the place."""

    words: str
    address: str
    id: str
    at: str


@dataclass
class Place:
    """A place of the page. `gap` says what readers are told while it is empty; a form for a new part stands here if
    `is_new`."""

    anchor: str
    heading: str
    rows: list[Row] = field(default_factory=list)
    gap: str = ""
    adds: list[Add] = field(default_factory=list)
    sorts: str = ""  # the kind whose order can be changed here
    is_new: bool = False
    forms: list[str] = field(default_factory=list)  # of new parts, if several are open

    @property
    def to_do(self) -> int:
        return sum(len(row.to_do) for row in self.rows)

    @property
    def is_unseen(self) -> bool:
        """Nothing is here and nothing is missed: this waits for what is added elsewhere on the page, a notice of its
        severity or a section of its kind."""
        waits = self.anchor in SECTION_KINDS or (self.anchor in _NOTICES and self.anchor != "critical")
        return waits and not (self.rows or self.gap or self.is_new or self.forms)

    @property
    def moves_kind(self) -> str:
        """Parts of which kind readers get here in the order of the editors: references stand as they are cited."""
        kind = "monitoring" if self.anchor == "monitoring" else _KIND_OF.get(self.anchor, "section")
        return "" if kind == "citation" else kind

    @property
    def moving(self) -> list[Row]:
        """What can be moved among each other."""
        return [row for row in self.rows if row.sorts]


class OnePage:
    """All that the page shows of an edition. `opened` is the key of the part whose form is shown, "header", or, for one
    that is being added, `NEW` and a kind; it stands at the place `new_at`."""

    def __init__(self, editor: EditorContext, opened: str = "", new_at: str = "", saved: str = "") -> None:
        self.editor, self.opened = editor, opened
        self.saved = saved or editor.request.GET.get("saved", "")
        around = editor.around  # before the page, which needs the names
        self.document, self.page = editor.document, editor.page_of(editor.document)
        self._pieces = dict(_pieces(self.page, self.document))
        self._touched, self.removed = around.touched, around.removed
        self._to_do = to_do(editor, self._touched)
        self.here = told_of(around.others)
        self.header_form, self.loose = "", list[str]()  # if several forms are open; `loose` have no place
        self.header_to_do = self._to_do.get("header", [])
        self.header_who = self._who("header")
        self._remarks = [self._shown(one) for one in around.remarks]
        self.header_remarks = self._remarks_on("header")
        self.header_writing = self.here.writing.get("header", "")
        self.missing = gaps(self.document, set(editor.monograph.drug.traits))
        self.places = list(self._places(new_at if opened.startswith(NEW) else ""))
        here = {"header", *(row.key for place in self.places for row in place.rows)}
        self.other_remarks = [one for one in self._remarks if one.remark.part not in here]  # the part is gone

    @property
    def others(self) -> list[Add]:
        """Kinds of section of which nothing is here and nothing is missed: they may be added all the same."""
        used = {section.kind for section in self.document.sections} | {kind.slug for kind in self.missing}
        return [self._add_section(kind) for slug, kind in SECTION_KINDS.items() if slug not in used]

    @property
    def next_gap(self) -> tuple[str, str]:
        return self.next_after(self.saved)

    @cached_property
    def too_low(self) -> TooLow | None:
        """The tier must rise before this draft is sent. Nothing is asked for while what stands on this page, the drug
        and its class need no higher one; else the edition is judged as its workspace judges it."""
        page, floors = self.editor.monograph, self.editor.monograph.therapeutic_class.tier_floors
        floor = tier_floor(page.drug.traits, floors, [self.document], today())
        if not (self.editor.is_draft and is_below(page.tier, floor)):
            return None
        return too_low(EditionReview.load(self.editor.edition), self.editor.request.user)

    @cached_property
    def send(self) -> Send | None:
        """The edition can be sent for review from here: nothing on this page is left to do."""
        return None if self.left_to_do or self.too_low else sending(self.editor, set(self._touched))

    @property
    def left_to_do(self) -> int:
        unanswered = sum(one.remark.is_open for one in self._remarks)
        return len(self.header_to_do) + sum(place.to_do for place in self.places) + unanswered

    def next_after(self, key: str) -> tuple[str, str]:
        """The address of the next thing to do below this part, else from the top on, and the id of the link to it; two
        empty words if nothing is left to do."""
        places = self.places
        here = next((at for at, place in enumerate(places) if key in [row.key for row in place.rows]), -1)
        own = [row for row in places[here].rows if row.key != key] if here >= 0 else []
        for place in (Place("", "", own), *places[here + 1 :], *places[: max(here, 0)]):
            if row := next((row for row in place.rows if row.to_do), None):
                return reverse("part_edit", args=[self.editor.monograph.slug, row.key]), f"open-{row.key}"
            if place.gap:
                return place.adds[0].address, place.adds[0].id
        if self.header_to_do and key != "header":
            return reverse("edit_header", args=[self.editor.monograph.slug]), "open-header"
        return "", ""

    def found(self, key: str) -> tuple[Place | None, Row | None]:
        """The place and row of a part of this edition."""
        return next(((place, row) for place in self.places for row in place.rows if row.key == key), (None, None))

    def place_of(self, part: values.Part) -> Place | None:
        """Where a part stands, or stood before it was taken out."""
        kind = part.part_kind
        anchor = {"section": getattr(part, "kind", ""), "notice": getattr(part, "severity", "")}.get(kind)
        anchor = anchor or {"citation": "references", "regimen": "dosing"}.get(kind, kind)
        return next((place for place in self.places if place.anchor == anchor), None)

    def _places(self, new_at: str) -> Iterator[Place]:
        missing = {kind.slug: kind for kind in self.missing}
        for anchor in (*PLACES, "references", "related"):
            place = self._place(anchor, missing.get(anchor))
            place.is_new = anchor == new_at
            yield place

    def _place(self, anchor: str, gap: SectionKind | None) -> Place:
        kind = _KIND_OF.get(anchor, "section")
        held = list(self._parts_at(anchor))
        place = Place(anchor, self._heading(anchor), [self._row(part) for part in held], gap.gap if gap else "")
        if kind == "section":
            if gap:
                place.adds.append(self._add_section(gap))
            if anchor == "monitoring":
                place.adds.append(self._add("monitoring", anchor))
                place.sorts = "monitoring" if len(self.document.monitoring) > 1 else ""
        else:
            place.adds.append(self._add(kind, anchor))
            place.sorts = kind if len(getattr(self.document, PART_FIELDS[kind])) > 1 and held else ""
        mine = sum(row.kind == place.moves_kind for row in place.rows)
        if mine > 1 and self.editor.is_draft and self.editor.may_edit:
            place.rows = [replace(row, sorts=anchor) if row.kind == place.moves_kind else row for row in place.rows]
        return place

    def _heading(self, anchor: str) -> str:
        if anchor in SECTION_KINDS:
            sections = self.document.sections_of(anchor)
            return (sections[0].heading if sections else "") or SECTION_KINDS[anchor].heading
        return _NOTICES.get(anchor) or HEADINGS[_KIND_OF[anchor]]

    def _parts_at(self, anchor: str) -> Iterator[values.Part]:
        """Each part stands at one place, whatever it says; references that are cited in the order of their numbers."""
        if anchor in _NOTICES:
            yield from (one for one in self.document.notices if one.severity == anchor)
        elif anchor == "dosing":
            yield from self.document.regimens
        elif anchor == "references":
            number = {one.key: one.number for one in self.page.references}
            yield from sorted(self.document.citations, key=lambda one: number.get(one.key, len(number) + 1))
        elif anchor == "related":
            yield from self.document.related
        else:
            yield from self.document.sections_of(anchor)
            if anchor == "monitoring":
                yield from self.document.monitoring

    @property
    def taken_out(self) -> Iterator[tuple[values.Part, str]]:
        """What was removed, and how each is called beside the others that were."""
        doses = [part for part in self.removed if isinstance(part, values.DoseRegimen)]
        return ((part, values.label_beside(part, doses)) for part in self.removed)

    def _row(self, part: values.Part) -> Row:
        key = str(part.key)
        writing = self.here.writing.get(key, "")
        left, said = self._to_do.get(key, []), self._remarks_on(key)
        label = self.document.label_of(part)
        return Row(part, self._pieces.get(key), left, self._who(key), writing, remarks=said, label=label)

    def _shown(self, one: Remark) -> Shown:
        can = self.editor.is_draft and self.editor.may_edit
        form = AnswerForm(one.pk) if can and one.is_open else None
        return Shown(one, edit_address(self.editor.monograph.slug, one.part), form, can)

    def _remarks_on(self, key: str) -> list[Shown]:
        return [one for one in self._remarks if one.remark.part == key]

    def _who(self, key: str) -> str:
        """Who changed this part last, in this edition; "" while it never was."""
        return self._touched.get(key, "")

    def _add_section(self, kind: SectionKind) -> Add:
        address = reverse("part_new", args=[self.editor.monograph.slug, "section"])
        return Add(f"Add {kind.heading.lower()}", f"{address}?section={kind.slug}", f"add-{kind.slug}", kind.slug)

    def _add(self, kind: str, anchor: str) -> Add:
        address = reverse("part_new", args=[self.editor.monograph.slug, kind])
        return Add(f"Add a {NOUNS[kind]}", address, f"add-{anchor}-{kind}", anchor)


def to_do(editor: EditorContext, changed: Collection[str]) -> dict[str, list[str]]:
    """What stands against sending this edition for review, by the key of a part or "header": what it lacks, and what
    proofing will not let pass in what was `changed`, or because of its doses in what was not."""
    document, found = editor.document, dict[str, list[str]]()
    for problem in problems(document, today()):
        found.setdefault(str(problem.key or "header"), []).append(problem.sentence)
    labels, doses = {one.label for one in document.citations}, Doses.in_document(document)
    for value in (document.header, *document.parts()):
        key = str(getattr(value, "key", "header"))
        if left := must_fix(value, labels, doses, editor.names_of(value), is_changed=key in changed):
            found.setdefault(key, []).extend(left)
    return found


def seen_as(editor: EditorContext, value: Value, cited: Sequence[values.Citation] = ()) -> Row | None:
    """What readers would get of this header or part if it were saved so, with the references that it brings; None if it
    could not be."""
    document: values.Document | None = editor.document
    for one in (*cited, value):
        document = with_part(document, one) if document else None
    if document is None:
        return None
    page = editor.page_of(document)
    return Row(value, dict(_pieces(page, document)).get(str(getattr(value, "key", ""))), page=page)


def brought(citation: values.Citation) -> str:
    """What is said of a reference that came with the words that cite it."""
    return f"[@{citation.label}] was added to the references from the library: {citation.csl.get('title', '')}."


def place_of_new(kind: str, section: str) -> str:
    """Where the form of a new part stands."""
    if kind == "section":
        return section if section in SECTION_KINDS else next(reversed(SECTION_KINDS))
    return {
        "regimen": "dosing", "monitoring": "monitoring", "notice": "critical", "citation": "references",
        "related": "related",
    }[kind]  # fmt: skip


def _pieces(page: Page, document: values.Document) -> Iterator[tuple[str, Any]]:
    """What readers get of each part, by its key; of a dose what the desk alone does, with its figures."""
    for block in filter(None, (page.critical, *page.blocks)):
        for pieces in (block.passages, block.items, block.notices):
            yield from ((str(one.key), one) for one in pieces)
    yield from ((str(one.key), one) for one in page.references)
    yield from ((str(one.key), one) for one in working_doses(document.regimens, today()))
