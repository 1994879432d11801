"""The form of an edition's header: what stands above its parts."""

from collections.abc import Iterator
from typing import Any

from monographs import document as values
from monographs.vocabulary import NAME_KINDS
from reviews.desk.editor.forms import GRAMMAR, EditForm, Text, as_kept

_PLAIN = ("title", "name", "covers", "not_covered", "introduction")
_HINTS = {
    "kind": f"begin with one of {', '.join(NAME_KINDS)} and a colon.",
    "country": "end with a comma and the two capital letters of the country, as in “Lemtrada, GB”.",
    "system": "begin with ATC, RxNorm, SNOMED CT or dm+d, and a colon.",
}


class HeaderForm(EditForm):
    """Names, brands and codes are typed one a line. The class path is that of the monograph, and not typed at all."""

    title = Text(label="Title")
    name = Text(label="Name of the drug, as the page prints it")
    names = Text(rows=3, label="Names", help_text=f"One a line, “kind: name”. Kinds: {', '.join(NAME_KINDS)}.")
    brands = Text(rows=3, label="Brand names", help_text="One a line, with its country: “Lemtrada, GB”.")
    codes = Text(
        rows=3,
        label="Codes",
        help_text="One a line, “system: code”, and its name after a comma if it has one. "
        "Systems: ATC, RxNorm, SNOMED CT, dm+d.",
    )
    covers = Text(label="It covers", help_text="As in “multiple sclerosis”, if the drug has other uses.")
    not_covered = Text(label="It does not cover", help_text="The main uses that this page leaves out.")
    introduction = Text(rows=4, label="Introduction", help_text=f"One or two sentences. {GRAMMAR}")
    dosing_since = Text(label="No dose published since", help_text="Year-month-day.")
    dosing_reason = Text(rows=3, label="Why no dose is published")
    dosing_instead = Text(rows=3, label="What to use instead")

    def to_value(self, data: dict[str, Any]) -> values.Header:
        was = self.document.header
        return values.Header.model_validate(
            {
                **{name: data[name] for name in _PLAIN},
                "names": [_name(line) for _, line in _lines(data["names"])],
                "brands": [_brand(line) for _, line in _lines(data["brands"])],
                "codes": [_code(line) for _, line in _lines(data["codes"])],
                "class_path": self.document.header.class_path,
                "text_rules": values.rules_of(as_kept(data["introduction"]), was.introduction, was.text_rules),
                "dosing": {name: data[f"dosing_{name}"].strip() for name in ("since", "reason", "instead")},
            }
        )

    def stood(self) -> values.Header:
        return self.document.header

    def place(self, where: tuple[Any, ...], words: str) -> tuple[str | None, str]:
        if where and where[0] == "dosing":
            return f"dosing_{where[-1]}", words
        if len(where) > 1 and isinstance(where[1], int):
            field = str(where[0])
            number = [number for number, _ in _lines(self.typed[field])][where[1]]
            return field, f"Line {number}: {_HINTS.get(str(where[-1]), words)}"
        return super().place(where, words)

    @classmethod
    def shows(cls, header: values.Header) -> dict[str, Any]:
        return {
            **{name: getattr(header, name) for name in _PLAIN},
            "names": "\n".join(f"{one.kind}: {one.name}" for one in header.names),
            "brands": "\n".join(f"{one.name}, {one.country}" for one in header.brands),
            "codes": "\n".join(f"{one.system}: {one.code}{one.name and f', {one.name}'}" for one in header.codes),
            **{f"dosing_{name}": getattr(header.dosing, name) for name in ("since", "reason", "instead")},
        }


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """(number, words) of the lines of a field that hold any, counted as the person counts them."""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if line.strip():
            yield number, line.strip()


def _name(line: str) -> dict[str, str]:
    kind, name = _parted(line)
    return {"kind": kind, "name": name}


def _brand(line: str) -> dict[str, str]:
    """The last comma parts a brand from its country: there are commas in names."""
    name, found, country = line.rpartition(",")
    return {"name": name.strip(), "country": country.strip()} if found else {"name": line, "country": ""}


def _code(line: str) -> dict[str, str]:
    system, rest = _parted(line)
    code, _, name = rest.partition(",")
    return {"system": system, "code": code.strip(), "name": name.strip()}


def _parted(line: str) -> tuple[str, str]:
    """What stands before the first colon, and what after it. Without one, nothing stands before it."""
    before, found, after = line.partition(":")
    return (before.strip(), after.strip()) if found else ("", line)
