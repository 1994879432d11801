"""The form of a reference: a record of the library that is copied, or one that is typed."""

import re
from typing import Any

from django import forms
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from monographs import document as values
from monographs.canonical import BadCharacters, clean_line
from monographs.citations.csl import FIELDS_OF_RECORD
from monographs.document import LABEL
from monographs.models import Reference
from monographs.texts.characters import says_nothing
from monographs.texts.identifiers import DOI, PMID, cut_doi, cut_pmid
from reviews.desk.editor.forms import ValueForm
from reviews.forms import FromRows, Text, dressed, offer

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
# A record does not say which of its fields it refuses: the sentence does.
_SAID = {"address": "address", "year": "Check the", "doi": "DOI"}
_MOST_WORDS, _MOST_HITS = 12, 20


def search(words: str) -> QuerySet[Reference]:
    """Records of the library that hold every one of the words, in whatever field. Odd characters find nothing."""
    try:
        words = cut_doi(clean_line(words[:200]))[0]
    except BadCharacters:
        return Reference.objects.none()
    found = Q()
    for word in words.split()[:_MOST_WORDS]:
        found &= Q(label__icontains=word) | Q(title__icontains=word) | Q(record__icontains=word)
    if not found:
        return Reference.objects.none()
    return Reference.objects.annotate(record=Cast("csl", TextField())).filter(found)[:_MOST_HITS]


_HELP = {
    "genre": "As in “Summary of product characteristics”.",
    "number": "As in “TA312”.",
    "doi": "As in 10.1016/S0140-6736(12)61769-3.",
    "address": "It begins with https:// or http://.",
}


class CitationForm(ValueForm):
    """A record of the library that is copied, or one that is typed. What the form does not show of a record is kept."""

    model = values.Citation

    reference = FromRows(Reference.objects.all(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = values.to_plain(self.shown.csl) if self.shown else {}
        if self.before:  # a record that stands there is changed, not swapped for another
            del self.fields["reference"]
            if (present := self.before.get("type")) and present not in CSL_TYPES:
                offer(self, "type", [*CSL_TYPES.items(), (present, str(present))])

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
        boxes["year"] = dressed(Text(label="Year"))
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
        for name, cut in (("doi", cut_doi), ("pmid", cut_pmid)):
            data[name], said = cut((data.get(name) or "").strip())
            self.said += [f"{self.fields[name].label}: {sentence}" for sentence in said]
        if (doi := data["doi"]) and not DOI.fullmatch(doi):
            self.add_error("doi", "A DOI looks like 10.1016/S0140-6736(12)61769-3.")
        if (pmid := data["pmid"]) and not PMID.fullmatch(pmid):
            self.add_error("pmid", "A PMID is a number of up to 8 digits.")
        if (year := (data.get("year") or "").strip()) and not re.fullmatch(r"\d{4}", year, re.ASCII):
            self.add_error("year", "Give the year in four digits.")
        if (label := (data.get("label") or "").strip()) and not re.fullmatch(LABEL, label, re.ASCII):
            self.add_error("label", "A label has letters, digits, hyphens and underscores, and nothing else.")
        for number, line in enumerate((data.get("authors") or "").splitlines(), 1):
            if "," in line and says_nothing(line.partition(",")[0]) and line.strip() not in _lines(self.before):
                self.add_error("authors", f"Line {number} begins with a comma: give the family name before it.")
        for name in ("authors", *_CSL_FIELDS):  # inside a record, a value does not say which field it refuses
            try:
                clean_line(data.get(name) or "")
            except BadCharacters as error:
                self.add_error(name, str(error))

    def to_value(self, data: dict[str, Any]) -> values.Citation:
        chosen = data.get("reference")
        csl = chosen.csl if chosen else self._csl(data)
        label = data["label"].strip() or self._free(chosen.label if chosen else self._made_label(csl))
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
        issued = csl.get("issued", {})
        if data["year"].strip() != _year(csl):
            issued = {"date-parts": [[int(data["year"])]]} if data["year"].strip() else {}
        csl["issued"] = issued
        return {
            name: value for name, value in csl.items() if value not in ("", [], {}) or self.before.get(name) == value
        }

    def _made_label(self, csl: dict[str, Any]) -> str:
        first = (_authors(csl) or [{}])[0]
        word = re.sub(r"[^a-z0-9]+", "", str(first.get("family") or first.get("literal") or csl["title"]).lower())[:30]
        return f"{word or 'source'}{_year(csl)}"

    def _others(self) -> set[str]:
        return {citation.label for citation in self.document.citations if citation.key != self.key}

    def _free(self, label: str) -> str:
        others = self._others()
        suffixes = ["", *"bcdefghijklmnopqrstuvwxyz"]
        return next((f"{label}{suffix}" for suffix in suffixes if f"{label}{suffix}" not in others), label)

    def place(self, where: tuple[Any, ...], words: str) -> tuple[str | None, str]:
        if len(where) > 1 and where[0] == "csl":
            return next((field for field, name in _CSL_FIELDS.items() if name == where[1]), "title"), words
        if where and where[0] == "csl":
            return next((name for name, word in _SAID.items() if word in words), "title"), words
        return super().place(where, words)

    @classmethod
    def shows(cls, part: values.Citation) -> dict[str, Any]:
        csl = values.to_plain(part.csl)
        return {
            "label": part.label,
            "type": csl.get("type", "document"),
            "authors": "\n".join(_lines(csl)),
            "year": _year(csl),
            **{field: csl.get(name, "") for field, name in _CSL_FIELDS.items()},
        }


def hits(words: str, document: values.Document) -> list[tuple[Reference, str]]:
    """(record, the label under which this edition cites it already, or nothing) for each hit."""
    if not words:
        return []
    cited = [(citation.label, values.to_plain(citation.csl)) for citation in document.citations]
    return [(found, next((label for label, csl in cited if _same(csl, found)), "")) for found in search(words)]


def _same(csl: dict[str, Any], record: Reference) -> bool:
    return csl == record.csl or bool(record.doi and str(csl.get("DOI", "")).lower() == record.doi)


def typed_from(words: str) -> dict[str, str]:
    """What was searched for, in the field where it belongs if the record has to be typed after all."""
    words = words[:500].strip()
    for name, cut, form in (("doi", cut_doi, DOI), ("pmid", cut_pmid, PMID)):
        if form.fullmatch(cut(words)[0]):
            return {name: cut(words)[0]}
    return {"address" if re.fullmatch(r"https?://\S+", words) else "title": words}


def _author(line: str) -> dict[str, str]:
    family, comma, given = line.partition(",")
    return {"family": family.strip(), "given": given.strip()} if comma else {"literal": line}


def _authors(csl: dict[str, Any]) -> list[dict[str, Any]]:
    authors = csl.get("author")
    return [one for one in authors if isinstance(one, dict)] if isinstance(authors, list) else []


def _lines(csl: dict[str, Any]) -> list[str]:
    return list(filter(None, map(_line, _authors(csl))))


def _line(author: dict[str, Any]) -> str:
    if author.get("literal"):
        return str(author["literal"])
    return ", ".join(filter(None, (str(author.get("family") or ""), str(author.get("given") or ""))))


def _year(csl: dict[str, Any]) -> str:
    try:
        return str(csl["issued"]["date-parts"][0][0])
    except (KeyError, IndexError, TypeError):
        return ""
