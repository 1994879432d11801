"""The lines of a file that holds a library: what may stand in each, and how they are read. Pure: no database.

JSON lines. The first names the schema, the last counts what stands between: classes (a parent before what is below it),
drugs (one that was merged after the one that it became), references and monographs. There is no field for a state, a
signature, a right or an id, and unknown fields are refused. One line is in memory at a time.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal
from uuid import NAMESPACE_URL, uuid5

from pydantic import Field, StrictBool

from monographs.canonical import strict_json
from monographs.document import Citation, Document
from monographs.texts.confusables import skeleton
from monographs.typed import Label, Slug, Value, to_plain
from monographs.vocabulary import TIERS, TRAITS
from reviews.exchange.files import MAX_BYTES, is_small
from reviews.exchange.schema import Finding, IncomingDrug, Name, Unreadable, check_names, check_texts, validated

SCHEMA = "clincalc-library/1"
MOST_CITATIONS = 5_000
ENOUGH_FINDINGS = 1_000


class ClassLine(Value):
    slug: Slug
    name: Name
    parent: Slug | None
    tier_floor: Literal[("", *TIERS)]  # type: ignore[valid-type]  # the list is made elsewhere
    retired: StrictBool


class DrugLine(IncomingDrug):
    traits: tuple[Literal[tuple(TRAITS)], ...]  # type: ignore[valid-type]  # the same
    former_names: tuple[Name, ...]
    retired: StrictBool
    merged_into: Slug | None


class ReferenceLine(Value):
    label: Label
    csl: dict[str, Any]


class MonographLine(Value):
    slug: Slug
    class_: Slug = Field(alias="class")
    drug: Slug
    tier: Literal[tuple(TIERS)]  # type: ignore[valid-type]  # the same
    former_addresses: tuple[Slug, ...]
    document: Document


LINES: Mapping[str, type[Value]] = {
    "class": ClassLine, "drug": DrugLine, "reference": ReferenceLine, "monograph": MonographLine,
}  # fmt: skip
PLURAL = {"class": "classes", "drug": "drugs", "reference": "references", "monograph": "monographs"}
HEADER = {"kind": "library", "schema": SCHEMA}


def dumped(form: Mapping[str, Any]) -> str:
    """A line as it is written."""
    return json.dumps(form, ensure_ascii=False, sort_keys=True)


def end_line(counts: Mapping[str, int]) -> dict[str, Any]:
    """The last line. Without it a file that was cut would pass for a smaller one."""
    return {"kind": "end", **{PLURAL[kind]: counts.get(kind, 0) for kind in LINES}}


@dataclass(frozen=True)
class Line:
    """A line as it was understood, or why it was not. `number` counts from one, as editors do."""

    number: int
    kind: str = ""
    value: Any = None
    findings: tuple[Finding, ...] = ()


@dataclass
class Reader:
    """Reads a file from its beginning to its end, and looks at each line beside those before it."""

    file: BinaryIO
    counts: Counter[str] = field(default_factory=Counter)
    _first: dict[tuple[str, str], int] = field(default_factory=dict)
    _begun: bool = False

    def __iter__(self) -> Iterator[Line]:
        """Each line, good or bad, but for the first and the last where these are as they should be."""
        ended = number = 0
        for number, content in self._contents():
            if not self._begun:
                self._begun = True
                if content.strip() != dumped(HEADER).encode():
                    sentence = f"This is no library: its first line would be {dumped(HEADER)}."
                    yield Line(number, findings=(Finding("", sentence),))
                    return
                continue
            try:
                if ended:
                    raise _said(f"The file should have ended with line {ended}, which counts what it holds.")
                form = _form(content)
                if form.get("kind") == "end":
                    ended = number
                    self._check_counts(form)
                else:
                    yield self._line(number, form)
            except Unreadable as refused:
                yield Line(number, findings=refused.findings)
        if not ended:
            cut = "The file ends before the line that counts what it holds: the rest of it is lost."
            sentence = cut if number else "The file is empty."
            yield Line(number + 1, findings=(Finding("", sentence),))

    def _contents(self) -> Iterator[tuple[int, bytes]]:
        """Each line that is not empty, cut where it is longer than a line may be."""
        self.file.seek(0)
        number = 0
        while content := self.file.readline(MAX_BYTES + 1):
            number += 1
            if content.strip():
                yield number, content
            while len(content) > MAX_BYTES and not content.endswith(b"\n"):  # the rest of it, a piece at a time
                content = self.file.readline(MAX_BYTES + 1)

    def _check_counts(self, form: dict[str, Any]) -> None:
        if form != end_line(self.counts):
            held = ", ".join(f"{self.counts[kind]} {PLURAL[kind]}" for kind in LINES)
            raise _said(f"This line counts something else than the file holds, which is {held}. Some of it is lost.")

    def _line(self, number: int, form: dict[str, Any]) -> Line:
        kind = form.pop("kind", None)
        model = LINES.get(kind) if isinstance(kind, str) else None
        if model is None:
            raise _said(f"Only {', '.join(f'“{one}”' for one in LINES)} can stand here.", "kind")
        self.counts[kind] += 1
        value = validated(model.model_validate, form)
        if isinstance(value, ReferenceLine):
            value = value.replaced(csl=to_plain(cited(value).csl))
        if isinstance(value, MonographLine):
            _check_monograph(value)
        if found := tuple(self._met_before(number, kind, value)):
            raise Unreadable(*found)
        return Line(number, kind, value)

    def _met_before(self, number: int, kind: str, value: Any) -> Iterator[Finding]:
        """What stands in an earlier line and may stand in one alone."""
        for place, space, said in _alone(kind, value):
            if earlier := self._first.get((space, said)):
                yield Finding(place, f"“{said[:100]}” stands in line {earlier} already.")
            self._first.setdefault((space, said), number)


def _alone(kind: str, value: Any) -> Iterator[tuple[str, str, str]]:
    """(field, of what, word): what no two lines may share. An address that a monograph had is taken, too."""
    if kind == "reference":
        yield "label", "label", value.label
        if isinstance(doi := value.csl.get("DOI"), str) and doi:
            yield "csl.DOI", "doi", doi.lower()
        return
    yield "slug", kind, value.slug
    if kind == "drug":
        yield "name", "name", skeleton(value.name)
    if kind == "monograph":
        yield from (("former_addresses", kind, slug) for slug in value.former_addresses)


def _said(sentence: str, path: str = "") -> Unreadable:
    return Unreadable(Finding(path, sentence))


def _form(content: bytes) -> dict[str, Any]:
    if len(content) > MAX_BYTES:
        raise _said("The line is longer than 5 MB.")
    try:
        form = strict_json(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _said(f"The line is not saved as UTF-8: its byte {error.start + 1} cannot be read.") from error
    except (ValueError, RecursionError) as error:
        raise _said(f"This is not JSON that can be read: {error}.") from error
    if not isinstance(form, dict):
        raise _said("A line is a JSON object.")
    if not is_small(form):
        raise _said("A line holds at most 100,000 fields and items of lists.")
    return form


def cited(line: ReferenceLine) -> Citation:
    """A record as a citation of it would hold it: what could not be cited is not kept."""
    form = {"key": uuid5(NAMESPACE_URL, "clincalc-library"), "label": line.label, "csl": line.csl}
    return validated(Citation.model_validate, form)


def _check_monograph(line: MonographLine) -> None:
    if len(line.document.citations) > MOST_CITATIONS:
        raise _said(f"A document has at most {MOST_CITATIONS:,} references.", "document.citations")
    check_names(line.document)
    check_texts(line.document)


def findings_of(lines: Iterable[Line]) -> Iterator[Finding]:
    """What stands against these lines, each with its number."""
    for line in lines:
        for one in line.findings:
            yield Finding(": ".join(filter(None, (f"line {line.number}", one.path))), one.reason)
