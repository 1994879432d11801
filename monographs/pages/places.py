"""The places of a page, and in which of them words stand. Pure.

A *place* is one thing that a page says: the text of a section, the line of a monitoring test, a reference. Whoever
quotes a page says in which of its places the words are meant; what is stored of that is found again for ever.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from monographs.canonical import digest_of
from monographs.declared import declared_of, fields_at
from monographs.document import Dosing, MonitoringItem, RelatedLink, SafetyNotice
from monographs.pages.lines import LAID_OUT, unplaced
from monographs.texts.quotes import CITATION, UNSEEN, Text, cuts, folded, found_in, text_of
from monographs.typed import Value

# Letters of what stands before and after, to tell places apart by: the whole sentence, but so many and no more.
AROUND, FARTHEST = 40, 200
_SENTENCE_ENDS = re.compile(r"[.!?…] ")

# Field of a place -> what people call it beside the name of its part, and the fields of the document it is made from.
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "name": ("Name", ("name",)),
    "title": ("title", ("title",)),
    "brands": ("Brand names", ("brands",)),
    "names": ("Other names", ("names",)),
    "class_path": ("Therapeutic class", ("class_path",)),
    "introduction": ("Introduction", ("introduction",)),
    "covers": ("What it covers", ("covers",)),
    "not_covered": ("What it does not cover", ("not_covered",)),
    "dosing_reason": ("Dose, why none is published", ("dosing.reason", "dosing.since")),
    "dosing_instead": ("Dose, what to do now", ("dosing.instead",)),
    "dose": ("for whom", ("structure", "lines")),
    "dose_reason": ("why it is not published", ("reason", "since")),
    "dose_instead": ("what to use instead", ("instead",)),
    "heading": ("heading", ("heading",)),
    "text": ("", ("text",)),
    "test": ("name of the test", fields_at(MonitoringItem, "test")),
    "schedule": ("when and how often", fields_at(MonitoringItem, "schedule")),
    "note": ("note", fields_at(MonitoringItem, "note")),
    "action": ("what to do", fields_at(SafetyNotice, "action")),
    "provenance": ("who issued it", fields_at(SafetyNotice, "provenance")),
    "reference": ("", ("csl",)),
    "reason": ("reason of the link", fields_at(RelatedLink, "reason")),
}


def places_of_lines(model: type[Value]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The same of the fields that stand by themselves."""
    inside = "dosing." if issubclass(model, Dosing) else ""
    return {at: (declared_of(model)[name].label, (f"{inside}{name}",)) for name, at in unplaced(model).items()}


FIELDS = {name: row for model in LAID_OUT for name, row in places_of_lines(model).items()} | FIELDS


def label(part: str, field: str) -> str:
    """How people call a place. `part` is what they call its part; the header has no name of its own."""
    words = FIELDS[field][0]
    return ", ".join(filter(None, (part, words))) if part else words[:1].upper() + words[1:]


@dataclass(frozen=True)
class Place:
    """One thing that a page says. `part` is the key of its part, or `header`."""

    part: str
    field: str
    label: str
    html: str
    without: tuple[str, ...] = ()

    @cached_property
    def text(self) -> Text:
        return text_of(self.html, (CITATION, UNSEEN, *self.without))


@dataclass(frozen=True)
class Choice:
    """A place in which words stand: in each of these editions once, as the number `nth` of that place."""

    part: str
    field: str
    label: str
    before: str
    words: str
    after: str
    at: tuple[tuple[int, int], ...]  # (edition, nth), newest edition first

    @property
    def key(self) -> str:
        """Names just these words of this place in just these editions: what is signed for it is signed for no other."""
        return digest_of({"part": self.part, "field": self.field, "words": self.words, "at": self.at})[:20]

    @property
    def editions(self) -> list[int]:
        return sorted(edition for edition, _nth in self.at)

    def stored(self) -> list[dict[str, object]]:
        return [{"edition": edition, "part": self.part, "field": self.field, "nth": nth} for edition, nth in self.at]


def key_of_all(choices: Iterable[Choice]) -> str:
    """Names just these places together."""
    return digest_of([one.key for one in choices])[:20]


def choices(editions: Mapping[int, Iterable[Place]], words: str) -> tuple[Choice, ...]:
    """Where words stand, each place once, in the order of the newest page. `editions` come newest first.

    It is one place in several editions only where all that is shown of it is the same there: what it is called, and
    the words around it, which stand there equally often. Otherwise somebody would sign for what they were not shown.
    """
    wanted = folded(words)
    hits = [
        (edition, place, found_in(place.text.words, wanted)) for edition, places in editions.items() for place in places
    ]
    groups: dict[tuple[object, ...], tuple[Place, tuple[str, str, str], list[tuple[int, int]]]] = {}
    for edition, place, found in hits:
        shown = [_shown(place.text.words, *span) for span in found]
        all_of, seen = Counter(shown), Counter[tuple[str, str, str]]()
        for nth, one in enumerate(shown):
            name = (place.part, place.field, place.label, one, seen[one], all_of[one])
            seen[one] += 1
            groups.setdefault(name, (place, one, []))[2].append((edition, nth))
    return tuple(
        Choice(place.part, place.field, place.label, *shown, tuple(at)) for place, shown, at in groups.values()
    )


def _shown(text: str, start: int, end: int) -> tuple[str, str, str]:
    """The words, with what stands before and after; what is left out ends between words, if there are any."""
    low, high = max(0, start - FARTHEST), end + FARTHEST
    low = min(
        max((one.end() for one in _SENTENCE_ENDS.finditer(text, low, start)), default=low), max(0, start - AROUND)
    )
    if sentence := _SENTENCE_ENDS.search(text, end, high):
        high = max(sentence.start() + 1, end + AROUND)
    low = text.rfind(" ", max(0, low - AROUND), low) + 1 or max(0, low - AROUND)
    gap = text.find(" ", high, high + AROUND)
    high = gap if gap >= 0 else high + AROUND
    return (
        f"{'… ' if low else ''}{text[low:start]}",
        text[start:end],
        f"{text[end:high]}{' …' if high < len(text) else ''}",
    )


# -- Near misses -------------------------------------------------------------------------------------------------------

_QUOTES = {**dict.fromkeys(map(ord, "“”„‟«»″"), '"'), **dict.fromkeys(map(ord, "‘’‚‛‹›′ʼ`"), "'")}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_NUMBER = re.compile(r" ?\[\d{1,3}\]")  # of a reference, as a page shows it
# What people overlook -> a text without it.
_NEAR: dict[str, Callable[[str], str]] = {
    "capital letters": str.casefold,
    "quotation marks": lambda text: text.translate(_QUOTES),
    "dashes": lambda text: text.translate(_DASHES),
    "spaces": lambda text: "".join(text.split()),
}


def _loose(text: str, but: str = "") -> str:
    for name, fold in _NEAR.items():
        text = text if name == but else fold(text)
    return text


def near(places: Iterable[Place], words: str) -> str:
    """What to do about words that stand nowhere quite so, in a sentence; nothing if nothing is like them."""
    typed = folded(words)
    unnumbered = _NUMBER.sub("", typed)
    tries = [((CITATION, UNSEEN), typed), ((UNSEEN,), typed), ((), typed)]
    tries += [((CITATION, UNSEEN), unnumbered)] if unnumbered != typed else []
    for place in places:
        for without, said in tries:
            seen = text_of(place.html, (*without, *place.without))
            letters = [(sign, i) for i, one in enumerate(seen.words) for sign in _loose(one)]
            wanted = _loose(said)
            at = "".join(sign for sign, _i in letters).find(wanted) if wanted else -1
            if at >= 0:
                span = seen.source(letters[at][1], letters[at + len(wanted) - 1][1] + 1)
                return _told(place.text, *span, typed, numbered=(without, said) != tries[0])
    return ""


def _told(text: Text, start: int, end: int, typed: str, *, numbered: bool) -> str:
    inside = [i for i, (a, b) in enumerate(text.spans) if start <= a and b <= end and a < b]
    if not inside:
        return ""
    first, last = inside[0], inside[-1] + 1
    said = text.words[first:last].strip()
    differs = [name for name in _NEAR if _loose(said, name) != _loose(typed, name)]
    if cuts(text.words, first) or cuts(text.words, last):
        while first and text.words[first - 1] != " ":
            first -= 1
        while last < len(text.words) and text.words[last] != " ":
            last += 1
        return f"The page says “{text.words[first:last]}”. Quote whole words and figures."
    if numbered:
        differs = ["the numbers of references"]
    *head, tail = differs or ["its letters"]
    named = f"{', '.join(head)} and {tail}" if head else tail
    return f"The page says “{said}”. Yours differs in {named}: copy it so."
