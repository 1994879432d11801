"""What changed between two documents: part by part, field by field, word by word. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from monographs.canonical import canonical
from monographs.citations.csl import FIELDS_OF_RECORD
from monographs.declared import labels_of, words_of
from monographs.difference.text_diff import ItemChange, item_changes, moved
from monographs.difference.word_diff import Segment, word_diff
from monographs.digest import digest_of_part
from monographs.document import PART_FIELDS, PROSE, Citation, Document, Header, Part, Section
from monographs.regimens import words_of_lines, working_lines
from monographs.texts.text import TextRules, seen
from monographs.typed import Value, to_plain
from monographs.vocabulary import SECTION_KINDS

Kind = Literal["added", "removed", "changed"]
SPACES, BREAKS = "only spaces changed", "only spaces and line breaks changed"
SIGNS = "only signs that look alike changed"


def changed_parts(old: Document | None, new: Document) -> frozenset[str]:
    """Keys of the parts that differ: "header", "order", and the key of each part that was added, changed or removed.

    "order" is among them when parts that both documents have stand in another order; an insertion or removal alone is
    no move. Without an old document everything that is there has changed.
    """
    if old is None:
        return frozenset({"header", *(str(part.key) for part in new.parts())})
    before, after = old.by_key(), new.by_key()
    changed = {str(key) for key in before.keys() ^ after.keys()}
    changed |= {str(key) for key in before.keys() & after.keys() if _differ(before[key], after[key])}
    if _differ(old.header, new.header):
        changed.add("header")
    if any(was != now for _, was, now in _orders(old, new)):
        changed.add("order")
    return frozenset(changed)


def _orders(old: Document, new: Document) -> Iterator[tuple[str, list[UUID], list[UUID]]]:
    """For each kind of part: the keys that both documents have, in the order of each."""
    for kind, field in PART_FIELDS.items():
        was, now = ([part.key for part in getattr(document, field)] for document in (old, new))
        both = set(was) & set(now)
        yield kind, [key for key in was if key in both], [key for key in now if key in both]


def _differ(one: Header | Part, other: Header | Part) -> bool:
    if type(one) is not type(other):
        return True
    if isinstance(one, Citation) and one.model_dump_json() == other.model_dump_json():
        return False  # most are the same, and no digest of them is kept at hand
    return digest_of_part(one) != digest_of_part(other)


# -- For people ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FieldChange:
    """A field that differs: its words as segments, and what became of the items of a list in it."""

    name: str
    label: str
    segments: tuple[Segment, ...]
    items: tuple[ItemChange, ...] = ()
    was: TextRules = None  # the rules of text that each side follows
    now: TextRules = None

    @property
    def only(self) -> str:
        """What changed, where it was no word and no figure: what nobody would see for themselves."""
        changed = [one for one in self.segments if one.op != "same"]
        if not changed or any(one.kind == "words" for one in changed):
            return ""
        if any(one.kind == "sign" for one in changed):
            return SIGNS
        return BREAKS if any("\n" in one.text for one in changed) else SPACES


@dataclass(frozen=True)
class PartChange:
    """A part that was added, removed or changed. `key` is "header", or the part's key as text."""

    kind: Kind
    part_kind: str
    key: str
    label: str
    old: Header | Part | None
    new: Header | Part | None
    fields: tuple[FieldChange, ...]

    @property
    def only(self) -> str:
        """The same of all its fields."""
        told = {one.only for one in self.fields} if self.kind == "changed" else set()
        return next((one for one in (SIGNS, BREAKS, SPACES) if one in told and "" not in told), "")


@dataclass(frozen=True)
class Moved:
    """A part whose place among the parts that both documents have is another one; places count from 0."""

    part_kind: str
    key: str
    label: str
    was: int
    now: int


@dataclass(frozen=True)
class Comparison:
    """All differences, in the order of the page. `unchanged` names the parts that are word for word the same."""

    changes: tuple[PartChange, ...]
    moved: tuple[Moved, ...]
    unchanged: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.changes or self.moved)

    @property
    def keys(self) -> frozenset[str]:
        """The same keys that `changed_parts` gives."""
        return frozenset({change.key for change in self.changes} | ({"order"} if self.moved else set()))


def compare(old: Document | None, new: Document) -> Comparison:
    """What changed from one document to the next; without an old one everything was added."""
    before: dict[Any, Part] = old.by_key() if old else {}
    after = new.by_key()
    changes: list[PartChange] = []
    unchanged: list[str] = []

    def judge(one: Header | Part | None, other: Header | Part | None) -> None:
        label = _label(other, new) if other else _label(one, old)
        if one and other and not _differ(one, other):
            unchanged.append(label)
        else:
            changes.append(_change(one, other, label))

    judge(old.header if old else None, new.header)
    for field in PART_FIELDS.values():
        was = getattr(old, field) if old else ()
        parts = [*getattr(new, field), *(part for part in was if type(after.get(part.key)) is not type(part))]
        for part in sorted(parts, key=_place_on_page):
            twin = before.get(part.key)
            if part is not after.get(part.key):
                judge(part, None)
            else:
                judge(twin if type(twin) is type(part) else None, part)
    return Comparison(tuple(changes), tuple(_moves(old, new)) if old else (), tuple(unchanged))


def _place_on_page(part: Part) -> int:
    return list(SECTION_KINDS).index(part.kind) if isinstance(part, Section) else 0


def _moves(old: Document, new: Document) -> Iterator[Moved]:
    parts = new.by_key()
    for kind, was, now in _orders(old, new):
        for key, start, end in moved(was, now):
            yield Moved(kind, str(key), new.label_of(parts[key]), start, end)


_PROSE = frozenset(PROSE.values())


def _printed(old: Header | Part, new: Header | Part, one: str, other: str) -> tuple[str, str, str]:
    """The same words by other rules: what a page prints of them, where that differs."""
    before, after = (seen(_prose(part), getattr(part, "text_rules", None)) for part in (old, new))
    return ("printed", before, after) if before != after else ("text_rules", one, other)


def _prose(part: Header | Part) -> str:
    return str(getattr(part, PROSE.get(type(part), ""), ""))


def _label(part: Header | Part | None, document: Document | None) -> str:
    return document.label_of(part) if isinstance(part, Part) and document else "Header"


def _change(old: Header | Part | None, new: Header | Part | None, label: str) -> PartChange:
    shown = new or old
    assert shown is not None
    before, after = _distinct(old, new)
    was, now = (getattr(part, "text_rules", None) for part in (old, new))
    fields = []
    reworded = any(before.get(name, "") != after.get(name, "") for name in _PROSE)
    restructured = before.get("structure") != after.get("structure")  # lines follow it
    for name in dict.fromkeys([*after, *before]):
        one, other = before.get(name, ""), after.get(name, "")
        # Whoever changes the words writes by the rules of today: told only where the words stand as they stood.
        if one != other and not (name == "text_rules" and reworded) and not (name == "lines" and restructured):
            told = name
            if name == "text_rules" and old and new:
                told, one, other = _printed(old, new, one, other)
            items = item_changes(one, other, was, now) if old and new and name in _PROSE else ()
            fields.append(FieldChange(told, _label_of(shown, told), word_diff(one, other), items, was, now))
    kind: Kind = "added" if old is None else "removed" if new is None else "changed"
    if isinstance(shown, Header):
        return PartChange(kind, "header", "header", "Header", old, new, tuple(fields))
    return PartChange(kind, shown.part_kind, str(shown.key), label, old, new, tuple(fields))


def _distinct(old: Header | Part | None, new: Header | Part | None) -> tuple[dict[str, str], dict[str, str]]:
    """Both sides as text, in which nothing that differs looks the same: where the words for people are equal and the
    values are not, the values stand as JSON."""
    before, after = _texts(old), _texts(new)
    if old is None or new is None:
        return before, after
    one, other = _forms(old), _forms(new)
    for name in dict.fromkeys([*one, *other]):
        if one.get(name, _ABSENT) != other.get(name, _ABSENT) and before.get(name, "") == after.get(name, ""):
            before[name] = one.get(name, "(not there)")
            after[name] = other.get(name, "(not there)")
    return before, after


_ABSENT = object()


def _forms(part: Header | Part) -> dict[str, str]:
    """The values behind `_texts` as canonical JSON, under the same names."""
    form = part.model_dump(mode="json", exclude={"key"})
    form |= {f"dosing_{name}": value for name, value in form.pop("dosing", {}).items()}
    form |= {f"csl.{name}": value for name, value in form.pop("csl", {}).items()}
    return {name: canonical(value) for name, value in form.items()}


# -- Fields as text ------------------------------------------------------------------------------------------------

_PRINTED = "As a page prints it"


def _label_of(part: Header | Part, field: str) -> str:
    if field == "printed":
        return _PRINTED
    name, _, inner = field.partition(".")
    return FIELDS_OF_RECORD.get(inner, inner) if inner else labels_of(type(part))[name]


def _texts(part: Value | None) -> dict[str, str]:
    """The fields of a header or part as text for people, in their order."""
    texts: dict[str, str] = {}
    if part is None:
        return texts
    for name in type(part).model_fields:
        held = getattr(part, name)
        if isinstance(held, Value):
            texts |= {f"{name}_{inner}": words for inner, words in _texts(held).items()}
        elif name == "csl":
            texts |= {f"csl.{inner}": _csl_text(inner, value) for inner, value in to_plain(held).items()}
        elif name == "structure":
            texts[name] = "\n".join(working_lines(held))
        elif name == "lines":
            texts[name] = "\n".join(words_of_lines(held))
        elif name == "text_rules":
            texts[name] = f"Version {held}" if held else ""
        elif name != "key":
            texts[name] = words_of(part, name)
    return texts


def _csl_text(name: str, value: Any) -> str:
    """A value of a bibliographic record. Odd ones stand as JSON: nothing that differs may look the same."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(one, dict) and set(one) <= _NAME_PARTS for one in value):
        return "; ".join(", ".join(str(one[part]) for part in _NAME_PARTS_IN_ORDER if part in one) for one in value)
    return canonical(value)


_NAME_PARTS_IN_ORDER = ("family", "given", "literal")
_NAME_PARTS = frozenset(_NAME_PARTS_IN_ORDER)
