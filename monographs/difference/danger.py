"""What changed, the most dangerous first, each change as a whole sentence with what was and what is now. Pure.

The order is the house's: notices, monitoring (what is monitored, in a row or in words), contra-indications, then a
name, a figure, a unit or a word that turns a sentence round wherever it stands, then parts that came or went, then
words, then moves. `RANKS` says it of every field; a field without a rank is refused when the program starts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from monographs.declared import labels_of
from monographs.difference import intervals
from monographs.difference.document_diff import Comparison, FieldChange, Moved, PartChange
from monographs.difference.passages import PROSE_FIELDS, Passage, passages_of, sides_of
from monographs.document import (
    Citation,
    DoseRegimen,
    Header,
    MonitoringItem,
    Part,
    RelatedLink,
    SafetyNotice,
    Section,
)
from monographs.typed import Value


class Rank(IntEnum):
    """How dangerous a change is to overlook: the lowest is told first."""

    NOTICE = 1
    MONITORING = 2
    CONTRA_INDICATION = 3
    FIGURE = 4
    PART = 5
    WORDS = 6
    MOVE = 7

    @property
    def words(self) -> str:
        return _RANK_WORDS[self]


_RANK_WORDS = {
    Rank.NOTICE: "Safety notice",
    Rank.MONITORING: "Monitoring",
    Rank.CONTRA_INDICATION: "Contra-indication",
    Rank.FIGURE: "Name, figure or sense",
    Rank.PART: "Added or removed",
    Rank.WORDS: "Words",
    Rank.MOVE: "Order",
}

# Of a field that changed. Words that hold a changed figure, unit or negation are told as FIGURE wherever they stand
# (`_of_words`), in a section on monitoring as MONITORING, and all of a section of contra-indications as
# CONTRA_INDICATION.
RANKS: dict[type[Value], dict[str, Rank]] = {
    Header: {
        "title": Rank.FIGURE,
        "name": Rank.FIGURE,
        "names": Rank.FIGURE,
        "brands": Rank.FIGURE,
        "codes": Rank.FIGURE,
        "class_path": Rank.WORDS,
        "covers": Rank.FIGURE,
        "not_covered": Rank.FIGURE,
        "text_rules": Rank.WORDS,
        "introduction": Rank.WORDS,
        "dosing_status": Rank.FIGURE,
        "dosing_since": Rank.FIGURE,
        "dosing_reason": Rank.WORDS,
        "dosing_instead": Rank.FIGURE,
    },
    Section: {"kind": Rank.PART, "heading": Rank.WORDS, "text_rules": Rank.WORDS, "text": Rank.WORDS},
    DoseRegimen: {
        "status": Rank.FIGURE,
        "since": Rank.FIGURE,
        "reason": Rank.WORDS,
        "instead": Rank.FIGURE,
        "structure": Rank.FIGURE,
        "lines": Rank.FIGURE,
        "passage": Rank.WORDS,
    },
    MonitoringItem: {
        "test": Rank.MONITORING,
        "when": Rank.MONITORING,
        "how_often": Rank.MONITORING,
        "how_long": Rank.MONITORING,
        "note": Rank.MONITORING,
        "source": Rank.WORDS,
    },
    SafetyNotice: dict.fromkeys(
        (
            "type", "severity", "title", "text_rules", "text", "action", "issuer", "issued", "effective", "expires",
            "source", "supersedes",
        ),
        Rank.NOTICE,
    ),
    Citation: {"label": Rank.WORDS, "csl": Rank.WORDS},
    RelatedLink: {"target": Rank.WORDS, "reason": Rank.WORDS},
}  # fmt: skip


def must_rank() -> None:
    """Refuses a field of a document that nobody gave a rank (TypeError)."""
    for model, ranks in RANKS.items():
        for name, about in model.model_fields.items():
            inner = getattr(about.annotation, "model_fields", None)
            names = [f"{name}_{one}" for one in inner] if inner else [name]
            missing = [one for one in names if one != "key" and one not in ranks]
            if missing:
                raise TypeError(f"{model.__name__}.{missing[0]} has no rank: say in RANKS how dangerous its change is.")


must_rank()


@dataclass(frozen=True)
class Danger:
    """One change: its rank, the key of its part ("header", "order"), a sentence, and the passages that it is about.

    `is_loud` where was and now are shown large: everything that is more than words.
    """

    rank: Rank
    key: str
    sentence: str
    field: str = ""
    passages: tuple[Passage, ...] = ()

    @property
    def is_loud(self) -> bool:
        return self.rank <= Rank.FIGURE


def dangers(comparison: Comparison) -> tuple[Danger, ...]:
    """Every change of a comparison, the most dangerous first, those of one rank in the order of the page; a row of
    monitoring before words about it."""
    found = [one for change in comparison.changes for one in _of_part(change)]
    found += [_of_move(one) for one in comparison.moved]
    return tuple(sorted(found, key=lambda one: (one.rank, one.rank == Rank.MONITORING and one.field == "text")))


def _of_move(one: Moved) -> Danger:
    way = "down" if one.now > one.was else "up"
    return Danger(Rank.MOVE, "order", f"{one.label} moved {way}, from place {one.was + 1} to place {one.now + 1}.")


def _of_part(change: PartChange) -> Iterator[Danger]:
    if change.kind == "changed":
        for field in change.fields:
            yield _of_field(change, field)
        return
    part = change.new or change.old
    passages = tuple(
        passage
        for field in change.fields
        for passage in passages_of(field, part, is_whole=True)
        if field.name in _SHOWN
    )
    yield Danger(_rank_of(part), change.key, _came_or_went(change, part), passages=passages)


# What is shown of a part that came or went, beside its sentence.
_SHOWN = frozenset(("text", "introduction", "when", "how_often", "how_long", "note", "action", "reason"))


def _rank_of(part: Header | Part | None) -> Rank:
    """The rank of a part that came or went."""
    if isinstance(part, SafetyNotice):
        return Rank.NOTICE
    if _is_monitoring(part):
        return Rank.MONITORING
    return Rank.CONTRA_INDICATION if _is_contra_indication(part) else Rank.PART


def _is_contra_indication(part: Header | Part | None) -> bool:
    return isinstance(part, Section) and part.kind == "contra-indications"


def _is_monitoring(part: Header | Part | None) -> bool:
    """Sections, too, tell of intervals, lengths and thresholds."""
    return isinstance(part, MonitoringItem) or (isinstance(part, Section) and part.kind in ("monitoring", "screening"))


def _came_or_went(change: PartChange, part: Header | Part | None) -> str:
    done = "is new" if change.kind == "added" else "was removed"
    if isinstance(part, SafetyNotice):
        return f"{_a(part)} notice {done}: “{part.title or 'untitled'}”."
    if isinstance(part, MonitoringItem):
        return f"The test “{part.test or 'unnamed'}” {done} in monitoring."
    return f"{change.label} {done}."


def _a(part: SafetyNotice) -> str:
    return f"{'An' if part.severity == 'information' else 'A'} {part.severity}"


_GRADES = ("critical", "major", "information")


# -- A field -------------------------------------------------------------------------------------------------------


def _of_field(change: PartChange, field: FieldChange) -> Danger:
    part = change.new
    assert part is not None  # what changed is there on both sides
    passages = tuple(passages_of(field, part))
    name = field.name.partition(".")[0]
    rank = RANKS[type(part)].get(name, Rank.WORDS)
    sentence = ""
    if _is_contra_indication(change.old) or _is_contra_indication(change.new):
        rank = Rank.CONTRA_INDICATION
    if field.only:
        # A space can join two words, "not able", so it is no less dangerous where all is.
        if rank > Rank.CONTRA_INDICATION:
            rank = Rank.FIGURE if any(one.is_dangerous for one in passages) else max(rank, Rank.WORDS)
        return Danger(rank, change.key, f"{_named(change, field)}: {field.only}.", field.name, passages)
    if isinstance(part, MonitoringItem):
        sentence = _of_monitoring(part, field)
    elif isinstance(part, SafetyNotice):
        sentence = _of_notice(part, field)
    if name in PROSE_FIELDS or rank == Rank.WORDS:
        rank, sentence = _of_words(change, field, passages, rank, sentence)
    return Danger(rank, change.key, sentence or _plain(change, field), field.name, passages)


def _named(change: PartChange, field: FieldChange) -> str:
    """“Cautions”, where the text of a section changed; else the part and its field."""
    if isinstance(change.new, Section) and field.name == "text":
        return change.label
    return f"{change.label}, {field.label[:1].lower()}{field.label[1:]}" if change.key != "header" else field.label


def _plain(change: PartChange, field: FieldChange) -> str:
    was, now = sides_of(field)
    what = _named(change, field)
    if "\n" in was + now or len(was) + len(now) > _LONGEST_IN_A_SENTENCE:
        return f"{what} changed."
    return f"{what}: {_was_now(was, now)}"


_LONGEST_IN_A_SENTENCE = 160


def _was_now(was: str, now: str) -> str:
    if not was.strip():
        return f"nothing was said, now “{now}”."
    if not now.strip():
        return f"it was “{was}”, now nothing is said."
    return f"it was “{was}”, now it is “{now}”."


def _of_monitoring(part: MonitoringItem, field: FieldChange) -> str:
    was, now = sides_of(field)
    test = f"“{part.test or 'unnamed test'}”"
    if field.name == "test":
        return f"Another test is named in monitoring: {_was_now(was, now)}"
    if field.name == "how_often":
        return f"{test} is tested {_often(was, now)}: {_was_now(was, now)}"
    if field.name == "how_long":
        return f"{test} is tested {_long(was, now)}: {_was_now(was, now)}"
    if field.name == "when":
        return f"{test} is tested at another time: {_was_now(was, now)}"
    return ""


def _often(was: str, now: str) -> str:
    if not now.strip():
        return "without a stated interval"
    way = {"longer": "less often", "shorter": "more often"}.get(intervals.direction(was, now, intervals.interval), "")
    times = intervals.ratio(was, now, intervals.interval)
    return f"{way}{f' ({times})' if times else ''}" if way else "at another interval"


def _long(was: str, now: str) -> str:
    if not now.strip():
        return "without a stated end"
    way = {"longer": "for longer", "shorter": "for a shorter time"}.get(
        intervals.direction(was, now, intervals.span), ""
    )
    times = intervals.ratio(was, now, intervals.span)
    return f"{way}{f' ({times})' if times else ''}" if way else "until another end"


def _of_notice(part: SafetyNotice, field: FieldChange) -> str:
    was, now = sides_of(field)
    title = f"The {part.severity} notice “{part.title or 'untitled'}”"
    if field.name == "severity":
        way = "less" if _GRADES.index(now) > _GRADES.index(was) else "more"
        return f"{title} counts as {way} severe: {_was_now(was, now)}"
    if field.name == "expires":
        return f"{title} ends on another day: {_was_now(was, now)}"
    if field.name == "effective":
        return f"{title} begins on another day: {_was_now(was, now)}"
    if field.name == "title":
        return f"{_a(part)} notice has another title: {_was_now(was, now)}"
    if field.name == "text":
        return f"{title} says something else."
    label = labels_of(SafetyNotice).get(field.name, field.label)
    return f"{title}, {label[:1].lower()}{label[1:]}: {_was_now(was, now)}"


# -- Words ---------------------------------------------------------------------------------------------------------


def _of_words(
    change: PartChange, field: FieldChange, passages: tuple[Passage, ...], rank: Rank, sentence: str
) -> tuple[Rank, str]:
    """The rank of words by what is in them, and the sentence where none was said."""
    has_figure = any(one.has_figure for one in passages)
    has_name = any(one.has_name for one in passages)
    is_turned = any(one.is_turned for one in passages)
    if _is_contra_indication(change.new) or _is_contra_indication(change.old):
        rank = Rank.CONTRA_INDICATION
    elif (has_figure or has_name or is_turned) and change.part_kind not in ("citation", "related"):
        rank = min(rank, Rank.MONITORING if _is_monitoring(change.new) or _is_monitoring(change.old) else Rank.FIGURE)
    if sentence:
        return rank, sentence
    if change.part_kind == "citation" or field.name not in PROSE_FIELDS:
        return rank, ""
    what = _named(change, field)
    if has_figure:
        return rank, f"{what}: a figure, or a unit, is another."
    if has_name:
        return rank, f"{what}: what may be the name of a medicine came, went or is another."
    if is_turned:
        return rank, f"{what}: a word that may turn the sense is another."
    came, went = [one for one in passages if not one.was], [one for one in passages if not one.now]
    if len(came) == len(passages):
        return rank, f"{what}: {_counted(len(came))} added."
    if len(went) == len(passages):
        return rank, f"{what}: {_counted(len(went))} removed."
    return rank, f"{what}: {_counted(len(passages))} changed."


def _counted(number: int) -> str:
    return f"{number} passage{'s' if number != 1 else ''}"
