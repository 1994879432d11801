"""What of a typed text the rules of proofing read, and where each sign of it was typed. Pure.

A passage is what stands together: a paragraph, an item of a list. Of it go, as readers see it, the marks of lists,
emphasis and links, and citation marks. Addresses and identifiers are kept out: they are nobody's words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monographs.texts.line_grammar import ATOM, NOTHING, Run, is_safe, read_line

# Stands for each sign of an address: no letter, no figure, no space.
APART = "\ufffc"
_IDENTIFIER = re.compile(
    r"(?:https?://|mailto:|www\.)[^\s<>\"”)]++|\b10\.\d{4,9}/\S++|(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)++"
    r"|\bEU/\d/\d\d/\d{1,4}(?:/\d{1,3})?+|\bPL(?:GB|NI)? ?\d{4,5}/\d{4}\b",
    re.IGNORECASE,
)
_MARK = re.compile(r"[ \t]*+(?:[-+*•]|\d{1,3}[.)])[ \t]++")
_UNREAD = frozenset("\x00\x02\x03")  # read_line leaves them out
# As the grammar: with more of them a text is shown as it was typed.
_MOST_MARKS = 2_000


# Between two passages: no rule reads over it.
END = "\ufff9"


@dataclass(frozen=True)
class Readable:
    """Words as they are read; `places[n]` is where sign `n` of them was typed."""

    words: str
    places: list[int]

    def typed(self, start: int, end: int) -> tuple[int, int]:
        """From where to where these signs were typed."""
        return self.places[start], self.places[end - 1] + 1


def readable(text: str, *, is_prose: bool = True) -> Readable:
    """A text as the rules read it. One that is no prose has no marks."""
    is_marked = is_prose and text.count("*") + text.count("](") <= _MOST_MARKS
    at, words, places = 0, list[str](), list[int]()
    goes_on = False  # whether the passage before does
    for line in text.split("\n"):
        mark = _MARK.match(line) if is_prose else None
        if words and line.strip():
            words.append(END if mark or not goes_on else "\n")
            places.append(at - 1)
        goes_on = bool(line.strip())
        if goes_on:
            first = mark.end() if mark else 0
            for start, end in _seen(line[first:]) if is_marked else [(0, len(line) - first)]:
                words.append(line[first + start : first + end].replace(END, APART))
                places.extend(range(at + first + start, at + first + end))
        at += len(line) + 1
    return Readable(_IDENTIFIER.sub(lambda found: APART * len(found[0]), "".join(words)), places)


def _seen(line: str) -> Iterator[tuple[int, int]]:
    """From where to where a line is seen: without stars that are marks, citation marks, and what makes a link."""
    if "*" not in line and "[" not in line and "<" not in line:
        yield 0, len(line)
        return
    hidden: list[tuple[int, int]] = []
    places: list[int] = []  # of each sign that `read_line` looks at
    end = 0
    for atom in ATOM.finditer(line):
        if not is_safe(atom):
            continue
        places += _read(line, end, atom.start())
        places.append(atom.start())
        end = atom.end()
        if atom["label"]:
            start = len(line[: atom.start()].rstrip(" "))
            hidden.append((start, atom.end()))
        elif atom["words"]:
            hidden.append((atom.start(), atom.start("words")))
            inner = list(_read(line, atom.start("words"), atom.end("words")))
            hidden += _marks(read_line(atom["words"], NOTHING)[1], inner)
            hidden.append((atom.end("words"), atom.end()))
        else:
            hidden += [(atom.start(), atom.start() + 1), (atom.end() - 1, atom.end())]
    places += _read(line, end, len(line))
    hidden += _marks(read_line(line)[1], places)
    at = 0
    for start, end in sorted(hidden):
        if start > at:
            yield at, start
        at = max(at, end)
    if at < len(line):
        yield at, len(line)


def _read(line: str, start: int, end: int) -> Iterator[int]:
    return (at for at in range(start, end) if line[at] not in _UNREAD)


def _marks(runs: list[Run], places: list[int]) -> Iterator[tuple[int, int]]:
    return ((places[run.start], places[run.end - 1] + 1) for run in runs if run.partner)
