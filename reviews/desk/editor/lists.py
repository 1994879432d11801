"""Lines that were pasted as a list are made one, and shown before anything is saved.

Whoever typed them looks at the list and saves, or keeps the lines as they were: `typed_<field>` holds those, and the
button `as_typed` takes them.
"""

from dataclasses import dataclass
from typing import Any

from django import forms

from monographs.document import PROSE
from monographs.texts.pasted import listed

FIELDS = sorted(set(PROSE.values()))
AS_TYPED = "as_typed"


@dataclass(frozen=True)
class Made:
    """A field whose lines were made a list: its label, how many lines, and what was typed."""

    field: str
    label: str
    lines: int
    typed: str
    # Whoever wants the lines back changed the list meanwhile: the box stays as it is.
    is_changed: bool = False
    # It was looked at, so it may be saved; until then the lines can still be kept.
    is_seen: bool = False

    @property
    def name(self) -> str:
        return f"typed_{self.field}"


def make_lists(form: forms.Form) -> list[Made]:
    """Puts lists into the fields of a form that was sent, in place of lines with marks. Lines that stood there before
    were kept as they are by somebody, and stay."""
    made = []
    for name in filter(form.fields.__contains__, FIELDS):
        typed = form.data.get(name, "").replace("\r\n", "\n")
        if AS_TYPED in form.data and (before := form.data.get(f"typed_{name}", "")):
            before = before.replace("\r\n", "\n")
            words, lines = listed(before)
            if words.split() == typed.split():
                put(form, name, before)
            else:
                made.append(Made(name, str(form.fields[name].label), len(lines), before, is_changed=True))
            continue
        words, lines = listed(typed)
        kept = listed(str(form.initial.get(name, "")))[1]
        if lines and not set(lines) <= set(kept):
            put(form, name, words)
            made.append(Made(name, str(form.fields[name].label), len(lines), typed))
        elif before := form.data.get(f"typed_{name}", "").replace("\r\n", "\n"):
            made.append(Made(name, str(form.fields[name].label), len(listed(before)[1]), before, is_seen=True))
    return made


def put(form: Any, name: str, words: str) -> None:
    """Other words in a box of a form that was sent."""
    form.data = form.data.copy()
    form.data[name] = words
