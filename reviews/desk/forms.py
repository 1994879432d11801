"""Forms of the editor, one for the header and one for each kind of part. What they hold becomes a value of the
document, and what the value refuses is said at its field."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from pydantic import ValidationError

from monographs import document as values
from monographs.document import DOI, LABEL, NAME_KINDS, NOTICE_TYPES, PMID, SECTION_KINDS
from monographs.models import Reference

MARKDOWN = (
    "A blank line starts a paragraph. “- ” starts a list item. *Emphasis*, [words](https://…) for a link, "
    "[@label] cites a reference of this edition."
)


class Text(forms.CharField):
    """Text as it was typed; the document's own rules clean and judge it."""

    def __init__(self, rows: int = 0, **kwargs: Any) -> None:
        if rows:
            kwargs["widget"] = forms.Textarea(attrs={"rows": rows})
        super().__init__(**{"required": False, "strip": False, **kwargs})


def sentences(error: ValidationError) -> Iterator[tuple[tuple[Any, ...], str]]:
    """(where, sentence) of everything that a value refuses."""
    for problem in error.errors():
        words = str(problem["msg"]).removeprefix("Value error, ")
        if problem["type"] in ("string_too_long", "too_long"):
            words = f"This is longer than {problem['ctx']['max_length']:,} characters. Shorten it."
        elif problem["type"] in ("literal_error", "enum"):
            words = "Choose one of the list."
        elif problem["type"] == "string_pattern_mismatch":
            words = "Use small letters, digits and hyphens, as in an address."
        yield problem["loc"], words


class EditForm(forms.Form):
    """A form whose fields make a value. `seen` is the digest of what was shown; `reason` stands in the history."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)
    reason = Text(
        max_length=500,
        label="Why this change?",
        help_text="One sentence, if you like. It stands in the history beside your name.",
    )

    def __init__(self, *args: Any, document: values.Document, key: UUID | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document, self.key = document, key
        self.value: Any = None
        if "source" in self.fields:
            labels = [citation.label for citation in document.citations]
            self.fields["source"] = forms.ChoiceField(
                label="Source",
                required=False,
                choices=[("", "None yet"), *((label, label) for label in labels)],
                help_text="A reference of this edition. Add it there first.",
            )
        for name, field in self.fields.items():
            field.widget.attrs.setdefault("class", "input")
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"id_{name}-hint"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.value = self.to_value(data)
            except ValidationError as error:
                for where, words in sentences(error):
                    self.add_error(*self.place(where, words))
        for name in self.errors:
            if name in self.fields:
                attrs = self.fields[name].widget.attrs
                attrs["aria-invalid"] = "true"
                attrs["aria-describedby"] = f"{attrs.get('aria-describedby', '')} id_{name}-error".strip()
        return data

    def place(self, where: tuple[Any, ...], words: str) -> tuple[str | None, str]:
        """The field at which a sentence of the value is said."""
        name = str(where[0]) if where else ""
        return (name if name in self.fields else None), words

    def to_value(self, data: dict[str, Any]) -> Any:
        raise NotImplementedError


class PartForm(EditForm):
    """A form of one kind of part."""

    part: ClassVar[type[values.Part]]

    def to_value(self, data: dict[str, Any]) -> values.Part:
        fields = {name: data[name] for name in self.part.model_fields if name in data}
        return self.part(key=self.key, **fields)

    @classmethod
    def shows(cls, part: values.Part) -> dict[str, Any]:
        return {name: getattr(part, name) for name in type(part).model_fields}


class SectionForm(PartForm):
    part = values.Section

    kind = forms.ChoiceField(choices=[(kind.slug, kind.heading) for kind in SECTION_KINDS.values()], label="Section")
    heading = Text(label="Heading", help_text="Leave it empty for the usual heading of this section.")
    text = Text(rows=14, label="Text", help_text=MARKDOWN)

    def to_value(self, data: dict[str, Any]) -> values.Part:
        heading = data["heading"].strip() or SECTION_KINDS[data["kind"]].heading
        return super().to_value({**data, "heading": heading})


class MonitoringForm(PartForm):
    part = values.MonitoringItem

    test = Text(label="Test", help_text="One test an item, as in “Full blood count”.")
    when = Text(label="When", help_text="As in “before treatment”.")
    how_often = Text(label="How often", help_text="As in “every 3 months”.")
    how_long = Text(label="How long", help_text="As in “until 48 months after the last infusion”.")
    note = Text(rows=3, label="Note")
    source = Text()


class NoticeForm(PartForm):
    part = values.SafetyNotice

    type = forms.ChoiceField(
        choices=[(kind, f"{label} ({severity})") for kind, (severity, label) in NOTICE_TYPES.items()],
        help_text="The type decides how severe it is, and where it stands on the page.",
    )
    title = Text(label="Title")
    text = Text(rows=5, label="Text", help_text=MARKDOWN)
    action = Text(rows=3, label="What to do")
    issuer = Text(label="Who issued it", help_text="As in “MHRA”.")
    issued = Text(label="Issued on", help_text="Year, year-month or year-month-day, as it is known: 2020-02-12.")
    effective = Text(label="In force from", help_text="Year-month-day; empty: at once.")
    expires = Text(label="Ends on", help_text="Year-month-day; empty: it does not end.")
    source = Text()
    supersedes = Text(label="Replaces", help_text="The earlier notice that this one takes the place of.")

    def to_value(self, data: dict[str, Any]) -> values.Part:
        return super().to_value({**data, "severity": NOTICE_TYPES[data["type"]][0]})


class RelatedForm(PartForm):
    part = values.RelatedLink

    target = Text(
        label="Address of the other monograph", help_text="The last part of its address, as in “ocrelizumab”."
    )
    reason_shown = Text(label="Why they are related", help_text="Readers see it.")

    def to_value(self, data: dict[str, Any]) -> values.Part:
        return self.part(key=self.key, target=data["target"].strip(), reason=data["reason_shown"])

    def place(self, where: tuple[Any, ...], words: str) -> tuple[str | None, str]:
        return super().place(("reason_shown",) if where and where[0] == "reason" else where, words)

    @classmethod
    def shows(cls, part: values.Part) -> dict[str, Any]:
        assert isinstance(part, values.RelatedLink)
        return {"target": part.target, "reason_shown": part.reason}


CSL_TYPES = {
    "article-journal": "Journal article",
    "report": "Guideline or report",
    "webpage": "Web page",
    "document": "Product information or other document",
    "book": "Book",
    "chapter": "Chapter",
}
_CSL_FIELDS = {
    "container": "container-title", "volume": "volume", "issue": "issue", "page": "page", "publisher": "publisher",
    "genre": "genre", "number": "number", "doi": "DOI", "pmid": "PMID", "address": "URL",
}  # fmt: skip


class CitationForm(PartForm):
    part = values.Citation

    reference = forms.ModelChoiceField(
        Reference.objects.all(),
        required=False,
        label="From the library",
        empty_label="None of these: a new record",
        help_text="A record of the library is copied; the fields below are then not read.",
    )
    label = Text(
        label="Label", help_text="The word in [@label]. Made from the first author and the year if left empty."
    )
    type = forms.ChoiceField(choices=list(CSL_TYPES.items()), label="Kind of source", required=False)
    title = Text(label="Title")
    authors = Text(rows=4, label="Authors", help_text="One a line: “Family, Given”. A group as it stands.")
    year = Text(label="Year")
    container = Text(label="Journal or book")
    volume = Text(label="Volume")
    issue = Text(label="Issue")
    page = Text(label="Pages")
    publisher = Text(label="Publisher")
    genre = Text(label="Genre", help_text="As in “Summary of product characteristics”.")
    number = Text(label="Number", help_text="As in “TA312”.")
    doi = Text(label="DOI", help_text="As in 10.1016/S0140-6736(12)61769-3.")
    pmid = Text(label="PMID")
    address = Text(label="Web address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.before: dict[str, Any] = kwargs.pop("csl", {})
        super().__init__(*args, **kwargs)
        if self.before:  # a record that stands there is changed, not swapped for another
            del self.fields["reference"]
            if (present := self.before.get("type")) and present not in CSL_TYPES:
                self.fields["type"].choices = [*CSL_TYPES.items(), (present, str(present))]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not data.get("reference"):
            self._judge(data)
        return super().clean()

    def _judge(self, data: dict[str, Any]) -> None:
        if not (data.get("title") or "").strip():
            self.add_error("title", "Give the title, or choose a record of the library.")
        if (doi := (data.get("doi") or "").strip()) and not DOI.fullmatch(doi):
            self.add_error("doi", "A DOI looks like 10.1016/S0140-6736(12)61769-3.")
        if (pmid := (data.get("pmid") or "").strip()) and not PMID.fullmatch(pmid):
            self.add_error("pmid", "A PMID is a number of up to 8 digits.")
        if (year := (data.get("year") or "").strip()) and not re.fullmatch(r"\d{4}", year, re.ASCII):
            self.add_error("year", "Give the year in four digits.")
        if (label := (data.get("label") or "").strip()) and not re.fullmatch(LABEL, label, re.ASCII):
            self.add_error("label", "A label has letters, digits, hyphens and underscores, and nothing else.")

    def to_value(self, data: dict[str, Any]) -> values.Part:
        if chosen := data.get("reference"):
            return self.part(key=self.key, label=data["label"].strip() or self._free(chosen.label), csl=chosen.csl)
        csl = self._csl(data)
        return self.part(key=self.key, label=data["label"].strip() or self._free(self._made_label(csl)), csl=csl)

    def _csl(self, data: dict[str, Any]) -> dict[str, Any]:
        """The record: what this form does not show of an older one is kept."""
        csl = {**self.before, "type": data["type"] or "document", "title": data["title"]}
        for field, name in _CSL_FIELDS.items():
            if words := data[field].strip():
                csl[name] = words
            else:
                csl.pop(name, None)
        authors = [_author(line) for line in data["authors"].splitlines() if line.strip()]
        if [_line(one) for one in authors] != [_line(one) for one in csl.get("author", [])]:
            csl["author"] = authors
        issued = csl.get("issued", {})
        if data["year"].strip() != _year(csl):
            issued = {"date-parts": [[int(data["year"])]]} if data["year"].strip() else {}
        csl["issued"] = issued
        return {name: value for name, value in csl.items() if value not in ("", [], {})}

    def _made_label(self, csl: dict[str, Any]) -> str:
        first = (csl.get("author") or [{}])[0]
        word = re.sub(r"[^a-z0-9]+", "", str(first.get("family") or first.get("literal") or csl["title"]).lower())[:30]
        return f"{word or 'source'}{_year(csl)}"

    def _free(self, label: str) -> str:
        taken = {citation.label for citation in self.document.citations if citation.key != self.key}
        suffixes = ["", *"bcdefghijklmnopqrstuvwxyz"]
        return next((f"{label}{suffix}" for suffix in suffixes if f"{label}{suffix}" not in taken), label)

    def place(self, where: tuple[Any, ...], words: str) -> tuple[str | None, str]:
        return (
            ("address" if "address" in words else "title", words)
            if where and where[0] == "csl"
            else super().place(where, words)
        )

    @classmethod
    def shows(cls, part: values.Part) -> dict[str, Any]:
        assert isinstance(part, values.Citation)
        csl = values.thawed(part.csl)
        return {
            "label": part.label,
            "type": csl.get("type", "document"),
            "title": csl.get("title", ""),
            "authors": "\n".join(_line(one) for one in csl.get("author", [])),
            "year": _year(csl),
            **{field: csl.get(name, "") for field, name in _CSL_FIELDS.items()},
        }


def _author(line: str) -> dict[str, str]:
    family, comma, given = line.partition(",")
    return {"family": family.strip(), "given": given.strip()} if comma else {"literal": line.strip()}


def _line(author: Any) -> str:
    if not isinstance(author, dict):
        return ""
    if author.get("literal"):
        return str(author["literal"])
    return ", ".join(filter(None, (str(author.get("family") or ""), str(author.get("given") or ""))))


def _year(csl: dict[str, Any]) -> str:
    try:
        return str(csl["issued"]["date-parts"][0][0])
    except (KeyError, IndexError, TypeError):
        return ""


class HeaderForm(EditForm):
    title = Text(label="Title")
    name = Text(label="Name of the drug, as the page prints it")
    names = Text(rows=3, label="Names", help_text=f"One a line, “kind: name”. Kinds: {', '.join(NAME_KINDS)}.")
    brands = Text(rows=3, label="Brand names", help_text="One a line, with its country: “Lemtrada, GB”.")
    codes = Text(rows=3, label="Codes", help_text="One a line, “system: code”: ATC, RxNorm, SNOMED CT or dm+d.")
    covers = Text(label="It covers", help_text="As in “multiple sclerosis”, if the drug has other uses.")
    not_covered = Text(label="It does not cover", help_text="The main uses that this page leaves out.")
    introduction = Text(rows=4, label="Introduction", help_text="One or two sentences: what it is, and for whom.")
    dosing_since = Text(label="No dose published since", help_text="Year-month-day.")
    dosing_reason = Text(rows=3, label="Why no dose is published")
    dosing_instead = Text(rows=3, label="What to use instead")

    def to_value(self, data: dict[str, Any]) -> values.Header:
        header = {name: data[name] for name in ("title", "name", "covers", "not_covered", "introduction")}
        dosing = {name: data[f"dosing_{name}"].strip() for name in ("since", "reason", "instead")}
        return values.Header.model_validate(
            {
                **header,
                "names": [{"kind": kind, "name": name} for kind, name in _pairs(data["names"], ":")],
                "brands": [{"name": name, "country": country} for name, country in _pairs(data["brands"], ",")],
                "codes": [{"system": system, "code": code} for system, code in _pairs(data["codes"], ":")],
                "class_path": self.document.header.class_path,
                "dosing": dosing,
            }
        )

    def place(self, where: tuple[Any, ...], words: str) -> tuple[str | None, str]:
        if where and where[0] == "dosing":
            return f"dosing_{where[-1]}", words
        if len(where) > 1 and isinstance(where[1], int):
            return str(where[0]), f"Line {where[1] + 1}: {_LINE_HINTS.get(str(where[-1]), words)}"
        return super().place(where, words)

    @classmethod
    def shows(cls, header: values.Header) -> dict[str, Any]:
        plain = {name: getattr(header, name) for name in ("title", "name", "covers", "not_covered", "introduction")}
        return {
            **plain,
            "names": "\n".join(f"{one.kind}: {one.name}" for one in header.names),
            "brands": "\n".join(f"{one.name}, {one.country}" for one in header.brands),
            "codes": "\n".join(f"{one.system}: {one.code}" for one in header.codes),
            **{f"dosing_{name}": getattr(header.dosing, name) for name in ("since", "reason", "instead")},
        }


def _pairs(text: str, mark: str) -> Iterator[tuple[str, str]]:
    """The lines of a field, each in its two parts; the last mark of a line parts a brand from its country."""
    for line in filter(None, map(str.strip, text.splitlines())):
        one, found, other = line.rpartition(mark) if mark == "," else line.partition(mark)
        yield (one.strip(), other.strip()) if found else (("", line) if mark == ":" else (line, ""))


_LINE_HINTS = {
    "kind": f"begin with one of {', '.join(NAME_KINDS)} and a colon.",
    "country": "end with a comma and the two capital letters of the country, as in “Lemtrada, GB”.",
    "system": "begin with ATC, RxNorm, SNOMED CT or dm+d, and a colon.",
}

FORMS: dict[str, type[PartForm]] = {
    "section": SectionForm,
    "monitoring": MonitoringForm,
    "notice": NoticeForm,
    "citation": CitationForm,
    "related": RelatedForm,
}
NOUNS = {
    "section": "section",
    "monitoring": "monitoring test",
    "notice": "safety notice",
    "citation": "reference",
    "related": "related monograph",
}
