"""A library comes in: classes, drugs, references and drafts, through the verbs and the write lock like everything else.

The whole file is read and judged before anything is written: one bad line, and nothing is. Then it is written a few
lines an act, so that nobody waits long for the write lock, and whoever is interrupted runs it again: what stands there
already, as the file says it, is passed over. Nothing is published, signed or granted by it; whoever brings a library in
is the author of its words, beside those who are found to have written them here.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.contrib.auth.models import User

from monographs.models import Drug, TherapeuticClass
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import told
from reviews.access.grants import check_administrator
from reviews.access.refusals import Refused
from reviews.audit.trail import Trail, audited_write
from reviews.editing.library import (
    added_class,
    keep_references,
    make_drug,
)
from reviews.editing.monographs import begin, check_address, put_at
from reviews.exchange.files import ImportRefused
from reviews.exchange.library_judge import Judge, at, is_there
from reviews.exchange.library_lines import (
    ENOUGH_FINDINGS,
    LINES,
    PLURAL,
    ClassLine,
    DrugLine,
    Line,
    MonographLine,
    Reader,
    findings_of,
)
from reviews.exchange.schema import Finding

AT_ONCE = {"class": 50, "drug": 50, "reference": 200, "monograph": 1}  # lines that one act writes
SAY_EACH = 100
MOST_REFUSALS = 50  # after as many the rest is only looked at for what no file may hold
Say = Callable[[str], None]
AnotherThan = dict[str, list[str]]  # as `Judge` has it


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
    """Which lines of a file are wanted: kinds, and monographs that are left out. `another`: addresses of what is here
    under a like name, and is another drug or class than the file's."""

    kinds: frozenset[str] = frozenset(LINES)
    without: frozenset[str] = frozenset()
    another: frozenset[str] = frozenset()

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
                taken, another_than = _judged(file, name, actor, wanted, say)
                return taken if dry_run else _written(file, actor, wanted, another_than, f"Imported from {name}", say)
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


def _judged(file: BinaryIO, name: str, actor: User, asked: Asked, say: Say) -> tuple[Taken, AnotherThan]:
    findings: list[Finding] = []
    refused: list[Refused] = []
    taken, judges = Taken(), Judge(actor, asked.another)
    for number, line in enumerate(Reader(file), start=1):
        if number % SAY_EACH == 0:
            say(f"{number} lines read.")
        if line.findings:
            findings += findings_of([line])
        elif asked.wants(line) and len(refused) < MOST_REFUSALS:
            try:
                with at(line):
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
    return taken, judges.another_than


# -- Writing -----------------------------------------------------------------------------------------------------------


def _written(file: BinaryIO, actor: User, asked: Asked, another_than: AnotherThan, reason: str, say: Say) -> Taken:
    taken, done = Taken(), 0
    for batch in _batches(line for line in Reader(file) if not line.findings and asked.wants(line)):
        missing = []
        for line in batch:
            with at(line):
                missing += [] if is_there(line.value) else [line]
        added = _write(missing, actor, another_than, reason, say) if missing else 0
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


def _write(lines: list[Line], actor: User, another_than: AnotherThan, reason: str, say: Say) -> int:
    """Writes these in one act, wholly or not at all. Answers how many were not there yet."""
    with audited_write(actor=actor) as trail:
        if lines[0].kind == "reference":
            if found := policy.refusals(trail.actor, "keep_library"):
                raise Refused(found)
            return keep_references(trail, [(line.value.label, line.value.csl) for line in lines], reason)
        for line in lines:
            with at(line):
                _ADD[line.kind](trail, line.value, another_than, reason, say)
    return len(lines)


def _add_class(trail: Trail, value: ClassLine, _another_than: AnotherThan, reason: str, _say: Say) -> None:
    check_administrator(trail.actor)
    parent = TherapeuticClass.objects.get(slug=value.parent) if value.parent else None
    added_class(
        trail, value.name, slug=value.slug, parent=parent, tier_floor=value.tier_floor, retired=value.retired,
        reason=reason,
    )  # fmt: skip


def _add_drug(trail: Trail, value: DrugLine, another_than: AnotherThan, reason: str, _say: Say) -> None:
    if found := policy.refusals(trail.actor, "keep_library"):
        raise Refused(found)
    make_drug(
        trail, name=value.name, names=value.names, brands=value.brands, codes=value.codes, traits=value.traits,
        slug=value.slug, former_names=value.former_names, retired=value.retired, reason=reason,
        another_than=another_than.get(value.slug, []),
        merged_into=Drug.objects.get(slug=value.merged_into) if value.merged_into else None,
    )  # fmt: skip


def _add_monograph(trail: Trail, value: MonographLine, _another_than: AnotherThan, reason: str, say: Say) -> None:
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


_ADD: dict[str, Callable[[Trail, Any, AnotherThan, str, Say], None]] = {
    "class": _add_class, "drug": _add_drug, "monograph": _add_monograph,
}  # fmt: skip
