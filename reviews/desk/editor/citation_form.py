"""The form of a reference: a record of the library that is copied, or one that is typed."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from monographs import document as values
from monographs.canonical import BadCharacters, clean_line
from monographs.citations.csl import FIELDS_OF_RECORD
from monographs.citations.keys import proposed_key, stem_of
from monographs.citations.typed_date import TypedDate, date_of, read_date
from monographs.citations.typed_source import NO_DOI, NO_PMID, typed_source
from monographs.models import Reference
from monographs.texts.characters import says_nothing
from monographs.texts.identifiers import DOI, PMID, cut_doi
from monographs.typed import LABEL, to_plain
from reviews.desk.editor.forms import ValueForm
from reviews.forms import Box, FromRows, Text, dressed, offer

CSL_TYPES = {
    "article-journal": "Journal article",
    "report": "Guideline or report",
    "webpage": "Web page",
    "document": "Product information or other document",
    "book": "Book",
    "chapter": "Chapter",
}
_CSL_FIELDS = {
    "title": "title", "container": "container-title", "volume": "volume", "issue": "issue", "page": "page",
    "publisher": "publisher", "genre": "genre", "number": "number", "doi": "DOI", "pmid": "PMID", "address": "URL",
}  # fmt: skip
LABELS = {
    **{name: FIELDS_OF_RECORD[name] for name in ("type", "issued")}, "authors": FIELDS_OF_RECORD["author"],
    **{name: FIELDS_OF_RECORD[field] for name, field in _CSL_FIELDS.items()},
}  # fmt: skip
# A record does not say which of its fields it refuses: the sentence does.
_SAID = {"address": "address", "issued": "Check the", "doi": "DOI"}

_HELP = {
    "genre": "As in “Summary of product characteristics”.",
    "number": "As in “TA312”.",
    "doi": "As in 10.1016/S0140-6736(12)61769-3.",
    "address": "It begins with https:// or http://.",
    "issued": "As far as you know it: 12 March 2020, March 2020 or 2020.",
}


class CitationForm(ValueForm):
    """A record of the library that is copied, or one that is typed. What the form does not show of a record is kept."""

    model = values.Citation

    reference = FromRows(Reference.objects.none(), required=False, widget=forms.HiddenInput)
    _seen = Reference.objects.none()
    looks = False  # it was sent to have its source looked for: nothing is judged

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = to_plain(self.shown.csl) if self.shown else {}
        if self.before:  # a record that stands there is changed, not swapped for another
            del self.fields["reference"]
            if (present := self.before.get("type")) and present not in CSL_TYPES:
                offer(self, "type", [*CSL_TYPES.items(), (present, str(present))])

    @property
    def asks_for_row(self) -> bool:
        return self.looks or super().asks_for_row

    def may_copy(self, records: QuerySet[Reference]) -> None:
        """Which records of the library its person may see, and so choose; none before this is said."""
        self._seen = records
        if isinstance(box := self.fields.get("reference"), FromRows):
            box.queryset = records

    def boxes_of_value(self) -> dict[str, forms.Field]:
        def box(name: str, field: str, **kwargs: Any) -> forms.Field:
            return dressed(Text(label=FIELDS_OF_RECORD[field], help_text=_HELP.get(name, ""), **kwargs))

        kinds = forms.ChoiceField(label=FIELDS_OF_RECORD["type"], choices=list(CSL_TYPES.items()))
        boxes = {**super().boxes_of_value(), "type": dressed(kinds), "title": box("title", "title")}
        boxes["authors"] = dressed(
            Text(
                rows=4, label=FIELDS_OF_RECORD["author"], help_text="One a line: “Family, Given”. A group as it stands."
            )
        )
        boxes["issued"] = box("issued", "issued")
        return boxes | {name: box(name, field) for name, field in _CSL_FIELDS.items() if name != "title"}

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "reference" in self.errors:  # the field is not seen
            del self.errors["reference"]
            self.add_error(None, "This record is not in the library. Search for it again.")
        elif not data.get("reference"):
            self._judge(data)
        data = super().clean()
        if self.value is not None and self.value.label in self._others():
            sentence = f"Another reference of this edition has the label “{self.value.label}”. Choose another label."
            self.add_error("label", sentence)
        return data

    def _judge(self, data: dict[str, Any]) -> None:
        if says_nothing(data.get("title") or ""):
            self.add_error("title", "Give the title, or find the record in the library.")
        for name, form, sentence in (("doi", DOI, NO_DOI), ("pmid", PMID, NO_PMID)):
            self._judge_identifier(data, name, form, sentence)
        if (typed := (data.get("issued") or "").strip()) and typed != date_of(self.before):
            self._judge_date(read_date(typed))
        if (label := (data.get("label") or "").strip()) and not re.fullmatch(LABEL, label, re.ASCII):
            self.add_error("label", "A label has letters, digits, hyphens and underscores, and nothing else.")
        for number, line in enumerate((data.get("authors") or "").splitlines(), 1):
            if "," in line and says_nothing(line.partition(",")[0]) and line.strip() not in _lines(self.before):
                self.add_error("authors", f"Line {number} begins with a comma: give the family name before it.")
        for name in ("authors", *_CSL_FIELDS):  # inside a record, a value does not say which field it refuses
            try:
                if name not in ("doi", "pmid"):  # judged above
                    clean_line(data.get(name) or "")
            except BadCharacters as error:
                self.add_error(name, str(error))

    def _judge_identifier(self, data: dict[str, Any], name: str, form: re.Pattern[str], sentence: str) -> None:
        """An identifier in whatever form it was pasted; what stood there before is not asked again."""
        words = data[name] = (data.get(name) or "").strip()
        if not words or (form.fullmatch(words) and words == str(self.before.get(_CSL_FIELDS[name], ""))):
            return
        found = typed_source(words)
        if found.kind in (name, "address") and (held := getattr(found, name)):
            data[name] = held
            whole = [f"We took it from “{words}”."] if found.kind == "address" else []
            self.said += [f"{self.fields[name].label}: {one}" for one in (*found.said, *whole)]
        else:
            self.add_error(name, found.refused if name == "doi" and DOI.fullmatch(cut_doi(words)[0]) else sentence)

    def _judge_date(self, read: TypedDate) -> None:
        if read.refused:
            self.add_error("issued", read.refused)
        elif read.said:
            self.said.append(f"{self.fields['issued'].label}: {read.said}")

    def to_value(self, data: dict[str, Any]) -> values.Citation:
        chosen = data.get("reference")
        csl = chosen.csl if chosen else self._csl(data)
        label = data["label"].strip() or (self.shown.label if self.shown else self._key_for(csl, chosen))
        assert self.key is not None
        return values.Citation(key=self.key, label=label, csl=csl)

    def _csl(self, data: dict[str, Any]) -> dict[str, Any]:
        csl = {**self.before, "type": data["type"] or "document"}
        for field, name in _CSL_FIELDS.items():
            words = data[field].strip()
            if words != str(csl.get(name, "")):  # a volume that came as a number stays one
                csl[name] = words
        lines = [line.strip() for line in data["authors"].splitlines() if line.strip()]
        if lines != _lines(csl):
            known = {_line(one): one for one in _authors(csl)}
            csl["author"] = [known.get(line) or _author(line) for line in lines]
        if (typed := data["issued"].strip()) != date_of(csl):
            csl["issued"] = {"date-parts": [list(read_date(typed).parts)]} if typed else {}
        return {
            name: value for name, value in csl.items() if value not in ("", [], {}) or self.before.get(name) == value
        }

    def _key_for(self, csl: dict[str, Any], chosen: Reference | None) -> str:
        """A key that is free in this edition: that of the same record in the library, or one that no other record has.
        Of the library counts what its person may see: no key tells of a record that is closed to them."""
        others, doi = self._others(), str(csl.get("DOI", "")).lower()
        near = Q(label__istartswith=stem_of(csl)) | (Q(doi=doi) if doi else Q())
        known = dict(self._seen.filter(near).values_list("label", "doi"))
        same = chosen.label if chosen else next((label for label, one in known.items() if doi and one == doi), "")
        return same if same and same not in others else proposed_key(csl, {*others, *known})

    def propose(self, csl: dict[str, Any]) -> None:
        """Says which key it will have if nobody types one."""
        self.fields["label"].help_text = f"The word in [@label]. Left empty, it is {self._key_for(csl, None)}."

    def _others(self) -> set[str]:
        return {citation.label for citation in self.document.citations if citation.key != self.key}

    def place(self, where: tuple[Any, ...], words: str) -> tuple[str | None, str]:
        if len(where) > 1 and where[0] == "csl":
            return next((field for field, name in _CSL_FIELDS.items() if name == where[1]), "title"), words
        if where and where[0] == "csl":
            return next((name for name, word in _SAID.items() if word in words), "title"), words
        return super().place(where, words)

    @classmethod
    def shows(cls, part: values.Citation) -> dict[str, Any]:
        return {"label": part.label, **boxes_of_record(to_plain(part.csl))}

    @property
    def boxes(self) -> Iterator[Box]:
        """The key of a new reference comes last: it is made of the others if it is left empty."""
        boxes = list(super().boxes)
        if self.shown is None:
            boxes.sort(key=lambda box: box.field is not None and box.field.name == "label")
        yield from boxes


def boxes_of_record(csl: Mapping[str, Any]) -> dict[str, Any]:
    """A record as it stands in the boxes of the form."""
    return {
        "type": csl.get("type", "document"),
        "authors": "\n".join(_lines(csl)),
        "issued": date_of(csl),
        **{field: csl.get(name, "") for field, name in _CSL_FIELDS.items()},
    }


def _author(line: str) -> dict[str, str]:
    family, comma, given = line.partition(",")
    return {"family": family.strip(), "given": given.strip()} if comma else {"literal": line}


def _authors(csl: Mapping[str, Any]) -> list[dict[str, Any]]:
    authors = csl.get("author")
    return [one for one in authors if isinstance(one, dict)] if isinstance(authors, list) else []


def _lines(csl: Mapping[str, Any]) -> list[str]:
    return list(filter(None, map(_line, _authors(csl))))


def _line(author: Mapping[str, Any]) -> str:
    if author.get("literal"):
        return str(author["literal"])
    return ", ".join(filter(None, (str(author.get("family") or ""), str(author.get("given") or ""))))
