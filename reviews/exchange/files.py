"""Reading and writing files of monographs. Pure: no database.

A file holds JSON (one monograph, or a list) or JSON lines of `clincalc-monograph/1`: slug, class, drug, traits, tier
and the document in its JSON form. Whatever a file says, it can only become drafts: there are no fields for state,
signatures or ids, and unknown fields are refused.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from pydantic import Field

from monographs.canonical import strict_json
from monographs.digest import as_json
from monographs.document import PART_FIELDS, Document
from monographs.texts.identifiers import cut_doi, cut_pmid
from monographs.typed import Slug, Value
from monographs.vocabulary import TIERS, TRAITS
from reviews.exchange.schema import (
    Finding,
    Incoming,
    IncomingDrug,
    Unreadable,
    check_names,
    check_texts,
    key_maker,
    slug_of,
    validated,
)

SCHEMA = "clincalc-monograph/1"
MAX_BYTES = 5 * 1024 * 1024
_MOST_FINDINGS = 50
# A file of 5 MB has room for a million faults, each dearer to tell than to make.
_ENOUGH_FINDINGS = 1_000
_MOST_VALUES = 100_000


class ImportRefused(ValueError):
    """A file that was not taken, with all the reasons that were found."""

    def __init__(self, file: str, findings: Iterable[Finding]) -> None:
        self.file = _printable(file)
        self.findings = [Finding(_printable(one.path), _printable(one.reason)) for one in findings]
        super().__init__("\n".join(self.lines()))

    def lines(self) -> Iterator[str]:
        for one in self.findings[:_MOST_FINDINGS]:
            yield ": ".join(filter(None, (self.file, one.path, one.reason)))
        if len(self.findings) > _MOST_FINDINGS:
            yield f"{self.file}: and at least {len(self.findings) - _MOST_FINDINGS} more."


def _printable(text: str) -> str:
    """A file may hold anything; what is said about it is printed."""
    return "".join(one if one.isprintable() else "�" for one in text)


class _File(Value):
    schema_: Literal["clincalc-monograph/1"] = Field(alias="schema")
    slug: Slug
    class_: Slug | None = Field(default=None, alias="class")
    drug: IncomingDrug
    traits: tuple[Literal[tuple(TRAITS)], ...] = ()  # type: ignore[valid-type]  # the list is made elsewhere
    tier: Literal[tuple(TIERS)] | None = None  # type: ignore[valid-type]  # the same
    document: Document


# -- Reading -------------------------------------------------------------------------------------------------------


def read_file(content: bytes | str, name: str) -> list[Incoming]:
    """The monographs of a file, in its order. Raises ImportRefused with every reason that was found.

    After a thousand reasons the rest of the file is not read.
    """
    incoming: list[Incoming] = []
    findings: list[Finding] = []
    try:
        values = list(_values(content))
    except Unreadable as refused:
        raise ImportRefused(name, refused.findings) from refused
    for place, value in values:
        if len(findings) >= _ENOUGH_FINDINGS:
            break
        try:
            incoming.append(_read_one(value))
        except Unreadable as refused:
            findings += (Finding(": ".join(filter(None, (place, one.path))), one.reason) for one in refused.findings)
    twice = [slug for slug, count in Counter(one.slug for one in incoming).items() if count > 1]
    findings += (Finding("slug", f"“{slug}” stands in the file more than once.") for slug in twice)
    if findings:
        raise ImportRefused(name, findings)
    return incoming


def _values(content: bytes | str) -> Iterator[tuple[str, Any]]:
    """The JSON values of a file, each with its place if it is one of several."""
    size = len(content) if isinstance(content, bytes) else len(content.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise Unreadable(Finding("", "The file is larger than 5 MB. Split it."))
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content.removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        where = f"The file is not saved as UTF-8: its byte {error.start + 1} cannot be read."
        raise Unreadable(Finding("", f"{where} Save it as UTF-8, and import it again.")) from error
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines:
        raise Unreadable(Finding("", "The file is empty."))
    if len(lines) > 1 and _is_json(lines[0][1]):
        for number, line in lines:
            yield f"line {number}", _json(line, f"line {number}")
        return
    whole = _json(text, "")
    if isinstance(whole, list):
        yield from ((f"[{number}]", one) for number, one in enumerate(whole))
    else:
        yield "", whole


def _is_json(line: str) -> bool:
    try:
        _json(line, "")
    except Unreadable:
        return False
    return True


def _json(text: str, place: str) -> Any:
    try:
        return strict_json(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(Finding(place, f"This is not JSON that can be read: {error}.")) from error


def _read_one(value: Any) -> Incoming:
    if not isinstance(value, dict):
        raise Unreadable(Finding("", "A monograph is a JSON object."))
    if not is_small(value):
        raise Unreadable(Finding("", f"A monograph holds at most {_MOST_VALUES:,} fields and items of lists."))
    if value.get("schema") != SCHEMA:
        raise Unreadable(Finding("schema", f"Only “{SCHEMA}” is known here."))
    if isinstance(value.get("slug"), str) and isinstance(value.get("document"), dict):
        value = {**value, "document": _with_keys(value["slug"], value["document"])}
    if isinstance(drug := value.get("drug"), dict):
        # A drug without a name has one thing wrong, not two.
        value = {**value, "drug": {"slug": slug_of(str(drug.get("name", "")).strip() or "unnamed"), **drug}}
    file = validated(_File.model_validate, value)
    path = file.document.header.class_path
    therapeutic_class = file.class_ or (path[-1].slug if path else "")
    if not therapeutic_class:
        raise Unreadable(Finding("class", "Name the therapeutic class, by its slug."))
    check_names(file.document)
    check_texts(file.document)
    traits, said = tuple(sorted(set(file.traits))), tuple(_left_out(value["document"], file.document))
    return Incoming(file.slug, therapeutic_class, file.drug, traits, file.tier, file.document, said)


def _left_out(form: dict[str, Any], document: Document) -> Iterator[str]:
    """What was cut off the identifiers of references, as the form of a reference says it."""
    for one, citation in zip(form.get("citations", ()), document.citations, strict=True):
        for name, cut in (("DOI", cut_doi), ("PMID", cut_pmid)):
            typed = one.get("csl", {}).get(name)
            if isinstance(typed, str):
                yield from (f"Reference {citation.label}, {name}: {sentence}" for sentence in cut(typed)[1])


def is_small(value: Any) -> bool:
    waiting, count = [value], 0
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict | list):
            count += len(one)
            if count > _MOST_VALUES:
                return False
            waiting.extend(one.values() if isinstance(one, dict) else one)
    return True


_IDENTITY = {
    "sections": "kind",
    "regimens": "structure",
    "monitoring": "test",
    "notices": "title",
    "citations": "label",
    "related": "target",
}


def _with_keys(slug: str, document: dict[str, Any]) -> dict[str, Any]:
    key = key_maker(slug)

    def keyed(field: str, part: Any) -> Any:
        if not isinstance(part, dict) or "key" in part:
            return part
        named = part.get(_IDENTITY[field], "")
        if field == "regimens":  # by its use, however its figures change
            named = named.get("indication", "") if isinstance(named, dict) else ""
        return {**part, "key": str(key(field, str(named)))}

    return {
        field: [keyed(field, part) for part in value]
        if field in PART_FIELDS.values() and isinstance(value, list)
        else value
        for field, value in document.items()
    }


# -- Writing -------------------------------------------------------------------------------------------------------


def dump(
    document: Document,
    *,
    slug: str,
    therapeutic_class: str,
    drug: Mapping[str, Any],
    traits: Iterable[str],
    tier: str | None,
) -> dict[str, Any]:
    """The JSON form of a monograph, which `read_file` takes back without loss."""
    return {
        "schema": SCHEMA,
        "slug": slug,
        "class": therapeutic_class,
        "drug": dict(drug),
        "traits": list(traits),
        "tier": tier,
        "document": as_json(document),
    }
