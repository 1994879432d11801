"""A library comes in: classes, drugs, references and drafts, through the verbs and the write lock like everything else.

The whole file is read and judged before anything is written: one bad line, and nothing is. Then it is written a few
lines an act, so that nobody waits long for the write lock, and whoever is interrupted runs it again: what stands there
already, as the file says it, is passed over. Nothing is published, signed or granted by it; whoever brings a library in
is the author of its words, beside those who are found to have written them here.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.contrib.auth.models import User

from monographs.difference.document_diff import changed_parts
from monographs.digest import digest
from monographs.document import Document
from monographs.models import Drug, Monograph, TherapeuticClass
from monographs.standing import today
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import PATIENT, told
from reviews.access.grants import check_administrator
from reviews.access.privacy import holds_nhs_number
from reviews.access.refusals import Refusal, RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.changes import judge
from reviews.editing.drug_lists import checked_lists, checked_traits
from reviews.editing.library import (
    added_class,
    check_free,
    check_merged,
    check_slug,
    checked_name,
    keep_references,
    make_drug,
    new_records,
)
from reviews.editing.monographs import begin, check_address, put_at
from reviews.exchange.files import ImportRefused
from reviews.exchange.importer import no_such_class
from reviews.exchange.library_export import class_line, drug_line
from reviews.exchange.library_lines import (
    ENOUGH_FINDINGS,
    LINES,
    PLURAL,
    ClassLine,
    DrugLine,
    Line,
    MonographLine,
    Reader,
    ReferenceLine,
    cited,
    findings_of,
)
from reviews.exchange.schema import Finding
from reviews.models import ChangeSet

AT_ONCE = {"class": 50, "drug": 50, "reference": 200, "monograph": 1}  # lines that one act writes
SAY_EACH = 100
MOST_REFUSALS = 50  # after as many the rest is only looked at for what no file may hold
Say = Callable[[str], None]


@dataclass
class Taken:
    """How many lines of each kind were added, or would be, and how many stood there already."""

    added: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return ", ".join(
            f"{self.added[kind]} {PLURAL[kind]}" + (f" ({there} there already)" if (there := self.there[kind]) else "")
            for kind in LINES
        )


@dataclass(frozen=True)
class Asked:
    """Which lines of a file are wanted: kinds, and monographs that are left out."""

    kinds: frozenset[str] = frozenset(LINES)
    without: frozenset[str] = frozenset()

    def wants(self, line: Line) -> bool:
        return line.kind in self.kinds and not (line.kind == "monograph" and line.value.slug in self.without)


def import_library(path: Path, *, actor: User, dry_run: bool = False, asked: Asked | None = None, say: Say) -> Taken:
    """Takes the library of a file in, or says what would come of it.

    Raises ImportRefused for what the file may not hold, and Refused for what may not be written here: both name each
    line, both before anything is written. An interrupted one is finished by running it again.
    """
    name = told(path.name, 200)
    subject, wanted = f"file:{name}"[:200], asked or Asked()
    with _own_copy(path) as file:
        try:
            with nullcontext() if dry_run else refusals_recorded(actor=actor, action="import", subject=subject):
                taken = _judged(file, name, actor, wanted, say)
                return taken if dry_run else _written(file, actor, wanted, f"Imported from {name}", say)
        except ImportRefused as refused:
            if not dry_run:
                with audited_write(actor=actor) as trail:
                    trail.record("import_refused", subject, data={"findings": len(refused.findings)})
            raise


@contextmanager
def _own_copy(path: Path) -> Iterator[BinaryIO]:
    """The file as it is now: it is read twice, and written is what was judged, whatever becomes of it."""
    with path.open("rb") as given, TemporaryFile() as file:
        copyfileobj(given, file)
        yield file


# -- Judging: nothing is written ---------------------------------------------------------------------------------------


def _judged(file: BinaryIO, name: str, actor: User, asked: Asked, say: Say) -> Taken:
    findings: list[Finding] = []
    refused: list[Refused] = []
    taken, judges = Taken(), _Judge(actor)
    for number, line in enumerate(Reader(file), start=1):
        if number % SAY_EACH == 0:
            say(f"{number} lines read.")
        if line.findings:
            findings += findings_of([line])
        elif asked.wants(line) and len(refused) < MOST_REFUSALS:
            try:
                with _at(line):
                    is_there = judges.is_there(line)
            except Refused as error:
                refused.append(error)
            else:
                (taken.there if is_there else taken.added)[line.kind] += 1
        if len(findings) >= ENOUGH_FINDINGS:
            break
    if findings:  # a refusal beside them may only follow from a line that was not understood
        raise ImportRefused(name, findings)
    if refused:
        raise Refused([one for error in refused for one in error.refusals], any(error.recorded for error in refused))
    return taken


class _Judge:
    """What the installation holds and what earlier lines bring, as far as later lines need to know."""

    def __init__(self, actor: User) -> None:
        self.actor = actor
        self.day = today()
        classes = {one.pk: one for one in TherapeuticClass.objects.all()}
        for one in classes.values():
            one.parent = classes[one.parent_id] if one.parent_id else None
        self.classes = {one.slug: one for one in classes.values()}
        self.drugs: dict[str, Drug] = {}  # those that earlier lines bring

    def is_there(self, line: Line) -> bool:
        """Whether a line stands here already. Refuses what could not be written."""
        value = line.value
        if _is_there(value):
            return True
        if isinstance(value, ClassLine):
            self._class(value)
        elif isinstance(value, DrugLine):
            self._drug(value)
        elif isinstance(value, ReferenceLine):
            self._keeps_library()
            _judge_record(value)
        else:
            self._monograph(value)
        return False

    def _keeps_library(self) -> None:
        if found := policy.refusals(self.actor, "keep_library"):
            raise Refused(found)

    def _class(self, value: ClassLine) -> None:
        check_administrator(self.actor)
        checked_name(value.name)
        check_slug(value.slug)
        parent = self._class_of(value.parent) if value.parent else None
        if parent and parent.retired and not value.retired:
            sentence = f"“{parent.name}” above it is retired. A class in use stands below one in use."
            raise refuse("retired", sentence, RefusalType.CONFLICT, field="parent")
        made = TherapeuticClass(slug=value.slug, name=value.name, tier_floor=value.tier_floor, retired=value.retired)
        made.parent = parent
        self.classes[value.slug] = made

    def _class_of(self, slug: str) -> TherapeuticClass:
        if slug not in self.classes:
            sentence = f"The class “{slug}” stands in no earlier line. {no_such_class(slug)}"
            raise refuse("no_such_class", sentence, RefusalType.INVALID)
        return self.classes[slug]

    def _drug(self, value: DrugLine) -> None:
        self._keeps_library()
        check_free(checked_name(value.name))
        check_slug(value.slug)
        checked_traits(value.traits)
        checked_lists(value.names, value.brands, value.codes)
        for name in value.former_names:
            checked_name(name)
        into = self._drug_of(value.merged_into) if value.merged_into else None
        check_merged(into, value.retired)
        self.drugs[value.slug] = Drug(slug=value.slug, name=value.name, merged_into_id=-1 if into else None)

    def _drug_of(self, slug: str) -> Drug:
        found = self.drugs.get(slug) or Drug.objects.filter(slug=slug).first()
        if found is None:
            sentence = f"The drug “{slug}” stands in no earlier line, and there is none at this address."
            raise refuse("no_such_drug", sentence, RefusalType.INVALID)
        return found

    def _monograph(self, value: MonographLine) -> None:
        therapeutic_class, drug = self._class_of(value.class_), self._drug_of(value.drug)
        if found := policy.refusals(self.actor, "create", therapeutic_class):
            raise Refused(found)
        if drug.merged_into_id:
            sentence = f"The drug “{drug.name}” was merged into another one. Name that one."
            raise refuse("merged", sentence, RefusalType.CONFLICT)
        for slug in (value.slug, *value.former_addresses):
            check_address(slug)
        judge(value.document, None, changed_parts(None, value.document), self.day)


def _judge_record(value: ReferenceLine) -> None:
    """The record of a source, as a change set judges one that is cited."""
    if holds_nhs_number(value.label):
        raise refuse("patient_data", PATIENT, RefusalType.INVALID, recorded=False, field="label")
    one = cited(value)
    judge(Document(citations=(one,)), None, [str(one.key)], today())


def same_class(value: ClassLine) -> bool:
    """Whether this class is here. Refuses another one at its address."""
    one = TherapeuticClass.objects.select_related("parent").filter(slug=value.slug).first()
    if one is None:
        return False
    here = class_line(one, one.parent.slug if one.parent else None)
    _same("class", "class_exists", value, here)
    return True


def same_drug(value: DrugLine) -> bool:
    """Whether this drug is here. Refuses another one at its address."""
    one = Drug.objects.select_related("merged_into").filter(slug=value.slug).first()
    if one is None:
        return False
    _same("drug", "drug_exists", value, drug_line(one))
    return True


def _same(kind: str, code: str, value: Any, here: dict[str, Any]) -> None:
    given = {"kind": kind, **value.model_dump(mode="json")}
    if kind == "drug":
        given["traits"] = sorted(set(given["traits"]))
    if other := [name.replace("_", " ") for name in here if here[name] != given[name]]:
        differ = f"Another {kind} stands at “{value.slug}”. These differ: {', '.join(other)}."
        sentence = f"{differ} Make the two alike, here or where the file comes from."
        raise refuse(code, sentence, RefusalType.CONFLICT)


def same_monograph(value: MonographLine) -> bool:
    """Whether this document was ever written into the monograph of this address. Refuses a monograph in which it never
    stood: what is here is not overwritten."""
    one = Monograph.objects.filter(slug=value.slug).first()
    if one is None:
        return False
    if not ChangeSet.objects.filter(edition__monograph=one, after=digest(value.document)).exists():
        sentence = (
            f"There is a monograph at “{value.slug}” already, and it never said this. Import its next edition by "
            f"`import_monographs`, or leave it out: `--without {value.slug}`."
        )
        raise refuse("slug_taken", sentence, RefusalType.CONFLICT)
    return True


# -- Writing -----------------------------------------------------------------------------------------------------------


def _written(file: BinaryIO, actor: User, asked: Asked, reason: str, say: Say) -> Taken:
    taken, done = Taken(), 0
    for batch in _batches(line for line in Reader(file) if not line.findings and asked.wants(line)):
        missing = []
        for line in batch:
            with _at(line):
                missing += [] if _is_there(line.value) else [line]
        added = _write(missing, actor, reason, say) if missing else 0
        taken.added[batch[0].kind] += added
        taken.there[batch[0].kind] += len(batch) - added
        if done // SAY_EACH != (done := done + len(batch)) // SAY_EACH:
            say(f"{done} lines taken in.")
    return taken


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Lines of one kind, as many as one act writes."""
    for kind, of_kind in groupby(lines, key=lambda line: line.kind):
        batch: list[Line] = []
        for line in of_kind:
            batch.append(line)
            if len(batch) == AT_ONCE[kind]:
                yield batch
                batch = []
        if batch:
            yield batch


def _is_there(value: Any) -> bool:
    """Whether what a line says stands here as it says it. Refuses another thing at its address."""
    if isinstance(value, ClassLine):
        return same_class(value)
    if isinstance(value, DrugLine):
        return same_drug(value)
    if isinstance(value, ReferenceLine):
        return not new_records([(value.label, value.csl)])
    return same_monograph(value)


def _write(lines: list[Line], actor: User, reason: str, say: Say) -> int:
    """Writes these in one act, wholly or not at all. Answers how many were not there yet."""
    with audited_write(actor=actor) as trail:
        if lines[0].kind == "reference":
            if found := policy.refusals(trail.actor, "keep_library"):
                raise Refused(found)
            return keep_references(trail, [(line.value.label, line.value.csl) for line in lines], reason)
        for line in lines:
            with _at(line):
                _ADD[line.kind](trail, line.value, reason, say)
    return len(lines)


def _add_class(trail: Trail, value: ClassLine, reason: str, _say: Say) -> None:
    check_administrator(trail.actor)
    parent = TherapeuticClass.objects.get(slug=value.parent) if value.parent else None
    added_class(
        trail, value.name, slug=value.slug, parent=parent, tier_floor=value.tier_floor, retired=value.retired,
        reason=reason,
    )  # fmt: skip


def _add_drug(trail: Trail, value: DrugLine, reason: str, _say: Say) -> None:
    if found := policy.refusals(trail.actor, "keep_library"):
        raise Refused(found)
    make_drug(
        trail, name=value.name, names=value.names, brands=value.brands, codes=value.codes, traits=value.traits,
        slug=value.slug, former_names=value.former_names, retired=value.retired, reason=reason,
        merged_into=Drug.objects.get(slug=value.merged_into) if value.merged_into else None,
    )  # fmt: skip


def _add_monograph(trail: Trail, value: MonographLine, reason: str, say: Say) -> None:
    """Edition 1, a draft, after the monograph stood at each address that it had."""
    therapeutic_class = TherapeuticClass.objects.select_related("parent__parent").get(slug=value.class_)
    if found := policy.refusals(trail.actor, "create", therapeutic_class):
        raise Refused(found)
    first, *later = (*value.former_addresses, value.slug)
    edition = begin(
        trail, slug=first, drug=Drug.objects.get(slug=value.drug), therapeutic_class=therapeutic_class,
        document=value.document, suggested_tier=value.tier, reason=reason, goes_on=True,
    )  # fmt: skip
    for slug in later:
        check_address(slug, edition.monograph)
        put_at(trail, edition.monograph, slug, reason)
    ways = {step.slug for step in therapeutic_class.path()}
    if strange := [step.slug for step in value.document.header.class_path if step.slug not in ways]:
        say(f"Mind: the page of {value.slug} would print the class “{strange[0]}”, which is not on the way to its own.")
    if edition.monograph.tier != value.tier:
        say(f"Mind: the tier of {value.slug} is {edition.monograph.tier}: its drug, class or notices ask for it.")


_ADD: dict[str, Callable[[Trail, Any, str, Say], None]] = {
    "class": _add_class, "drug": _add_drug, "monograph": _add_monograph,
}  # fmt: skip


@contextmanager
def _at(line: Line) -> Iterator[None]:
    """A refusal inside names the line."""
    try:
        yield
    except Refused as refused:
        named = [_named(line, one) for one in refused.refusals]
        raise Refused(named, recorded=refused.recorded, data=refused.data) from refused


def _named(line: Line, one: Refusal) -> Refusal:
    called = getattr(line.value, "slug", "") or getattr(line.value, "label", "")
    return replace(one, sentence=f"line {line.number}, {line.kind} “{called}”: {one.sentence}")
