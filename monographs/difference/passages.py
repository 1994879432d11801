"""The passages of two texts that differ, side by side, with the references behind each. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import zip_longest

from monographs.difference.document_diff import FieldChange
from monographs.difference.merge import MOST_BLOCKS, blocks
from monographs.difference.sense import differing, is_figure, may_be_substance, turns
from monographs.difference.text_diff import in_common
from monographs.difference.word_diff import Segment, word_diff
from monographs.document import PROSE, Header, Part
from monographs.texts.text import citation_labels

PROSE_FIELDS = frozenset(PROSE.values())


@dataclass(frozen=True)
class Passage:
    """A passage as it was and as it is now; "" on a side that has none. `labels`: the references that it cites now, or
    cited, if it went."""

    was: str
    now: str
    labels: tuple[str, ...]
    segments: tuple[Segment, ...] = ()

    @cached_property
    def has_figure(self) -> bool:
        gone, come = differing(self.segments)
        return any(map(is_figure, [*gone, *come]))

    @cached_property
    def is_turned(self) -> bool:
        was, now = self.was.split(), self.now.split()
        is_joined = was != now and "".join(was) == "".join(now)  # "not able", "notable"
        return is_joined or turns(*differing(self.segments))

    @cached_property
    def has_name(self) -> bool:
        """Whether a name of a medicine came, went or became another."""
        gone, come = ({word.lower() for word in side if may_be_substance(word)} for side in differing(self.segments))
        return gone != come

    @property
    def is_dangerous(self) -> bool:
        """A figure, the name of a medicine, or the sense, may be another."""
        return self.has_figure or self.has_name or self.is_turned

    @property
    def is_uncited(self) -> bool:
        """A figure that readers would have from now on without a reference behind it."""
        return self.has_figure and bool(self.now) and not self.labels


def sides_of(field: FieldChange) -> tuple[str, str]:
    """The words of a field as they were, and as they are now."""
    return (
        "".join(one.text for one in field.segments if one.op != "added"),
        "".join(one.text for one in field.segments if one.op != "removed"),
    )


def passages_of(field: FieldChange, part: Header | Part | None, *, is_whole: bool = False) -> Iterator[Passage]:
    """The blocks of a text that differ, side by side; of any other field its whole words."""
    was, now = sides_of(field)
    if field.name not in PROSE_FIELDS or field.name == "printed":
        source = getattr(part, "source", "")
        yield _passage(was, now, [source] if source else [])
        return
    before, after = [one.words for one in blocks(was)], [one.words for one in blocks(now)]
    if before == after or is_whole or max(len(before), len(after)) > MOST_BLOCKS:
        yield _passage(was, now)
        return
    for tag, begin, end, to, until in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            for one, other in _paired(before[begin:end], after[to:until]):
                yield _passage(one, other)


# Above this many pairs of blocks each stands beside the one of its place.
_MOST_PAIRS = 2_000


def _paired(gone: list[str], come: list[str]) -> Iterator[tuple[str, str]]:
    """Blocks of both sides that are about the same, in the order of the new ones."""
    if len(gone) == len(come) or len(gone) * len(come) > _MOST_PAIRS:
        yield from zip_longest(gone, come, fillvalue="")
        return
    left = list(gone)
    for text in come:
        twin = max(left, key=lambda one: in_common(one, text), default="")
        if twin and in_common(twin, text) >= 0.5:
            left.remove(twin)
            yield twin, text
        else:
            yield "", text
    for text in left:
        yield text, ""


def _passage(was: str, now: str, more: list[str] | None = None) -> Passage:
    labels = dict.fromkeys([*citation_labels(now or was), *(more or [])])
    return Passage(was, now, tuple(labels), word_diff(was, now))
