"""Fields that take no marks: a heading, a test, an action, a name. What prose would read as a mark stands there raw, so
it is refused when it is typed. Pure; what is stored already is never asked.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from monographs.checks.typed_words import written
from monographs.document import Citation
from monographs.texts.line_grammar import read_line
from monographs.typed import Value

_ADDRESS = r"\s*<?(?:[a-z][a-z0-9+.-]*:|/|#|www\.)"
# Citations and links. Which stars are marks of emphasis is told as in prose.
_MARKS = re.compile(
    r"\[@[^\]\n]*\]?"  # a citation, whole or begun
    rf"|(?:\[[^\[\]\n]*)?\]\({_ADDRESS}[^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)?"  # a link, whole or the half of one
    r"|<(?:https?://|mailto:)[^<>\s]*>",
    re.IGNORECASE,
)
_STARS_ALONE = re.compile(r"(?!)")  # no link and no citation is read, so that stars stand where they were typed
_MOST_SHOWN = 60
# The words of a record that its form shows; a record that came from elsewhere may hold any notes.
_OF_RECORD = ("title", "container-title", "publisher", "genre")

Objection = tuple[tuple[str | int, ...], str]


def marks_in(text: str) -> list[str]:
    """What prose would take for marks, as it was typed; none that stands inside another."""
    spans = [*_emphasis(text), *(found.span() for found in _MARKS.finditer(text))]
    marks: list[str] = []
    last = 0
    for begin, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if end > last:
            marks.append(text[begin:end])
            last = end
    return marks


def _emphasis(text: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for line in text.split("\n"):
        for run in read_line(line, _STARS_ALONE)[1]:
            if run.partner and run.partner.start > run.start:
                yield begin + run.start, begin + run.partner.end
        begin += len(line) + 1


def refusal(text: str) -> str:
    """What stands against a text of a plain field; "" for nothing."""
    if not (marks := list(dict.fromkeys(marks_in(text)))):
        return ""
    shown = ", ".join(f"“{mark[:_MOST_SHOWN]}{'…' if len(mark) > _MOST_SHOWN else ''}”" for mark in marks[:5])
    more = f" and {len(marks) - 5:,} more" if len(marks) > 5 else ""
    return f"This box takes no marks: take out {shown}{more}."


def marked(value: Value, before: Value | None = None) -> Iterator[Objection]:
    """(where, sentence) of each plain field that holds marks. What stood there before is nothing that was typed."""
    stood = dict(_plain(before)) if before else {}
    kept = set(stood.values())
    for where, text in _plain(value):
        if text not in kept and (sentence := refusal(text)):
            yield where, sentence


def _plain(value: Value) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for one in written(value):
        if not one.is_prose:
            yield one.where, one.text
    if isinstance(value, Citation):
        yield from _of_record(value.csl)


def _of_record(csl: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for name in _OF_RECORD:
        if isinstance(text := csl.get(name), str):
            yield ("csl", name), text
