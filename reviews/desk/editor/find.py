"""Finding a source for a new reference by whatever names it: in this edition, in the library, then at the registers.

What is found elsewhere is offered, or fills the boxes of the form. Nothing is kept until the person saves it.
"""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from monographs import document as values
from monographs.canonical import BadCharacters, canonical, clean_line
from monographs.citations.answers import Found
from monographs.citations.csl import FormattedReference, format_reference
from monographs.citations.typed_source import MOST_SIGNS, TypedSource, read_citation, typed_source
from monographs.models import Reference
from monographs.typed import to_plain
from reviews.desk.editor.citation_form import boxes_of_record
from reviews.editing.citable import is_same, visible
from reviews.lookup.registers import look_up, registers

_MOST_WORDS, _MOST_SIGNS, _MOST_HITS = 12, 200, 20


@dataclass(frozen=True)
class Candidate:
    """A source that a register knows: its words, and what to look for to have its record filled in."""

    words: FormattedReference
    names_it: str
    told_by: str
    warning: str


@dataclass
class Finding:
    """What was found: references of this edition, records of the library (each with the label under which it is cited
    here), candidates elsewhere; or one record that fills the form. `said` tells what could not be asked."""

    typed: str = ""
    cited: list[values.Citation] = field(default_factory=list)
    hits: list[tuple[Reference, str]] = field(default_factory=list)
    elsewhere: list[Candidate] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    filled: Found | None = None
    goes_further: bool = False  # the registers were not asked: there was enough here

    @property
    def registers(self) -> str:
        return registers()

    @property
    def boxes(self) -> dict[str, Any]:
        """What stands in the form: the record that was found, or else what was typed."""
        if not self.typed or self.hits or self.cited:
            return {}
        typed = typed_from(self.typed)
        return typed | boxes_of_record(self.filled.csl) if self.filled else typed


def find(typed: str, document: values.Document, *, user: User, asks: bool, further: bool = False) -> Finding:
    """What somebody typed or pasted, looked for where they may see it. Only if this `asks`, the registers are asked: if
    there is nothing here, or `further` is wanted."""
    source = typed_source(typed)
    found = Finding(typed, hits=hits(typed, document, user), said=[source.refused] if source.refused else [])
    here = {label for _record, label in found.hits}
    found.cited = [one for one in document.citations if one.label not in here and is_it(source, one)]
    if not asks or source.kind == "nothing":
        return found
    if (found.hits or found.cited) and not further:
        found.goes_further = bool(registers()) and not (source.doi or source.pmid)
        return found
    answer = look_up(source, actor=user)
    found.said += answer.said
    if len(answer.found) == 1 and (source.doi or source.pmid or source.kind == "address"):
        (found.filled,) = answer.found
        if doi := str(found.filled.csl.get("DOI", "")):
            found.hits = hits(doi, document, user)  # the library knew it by this alone
    else:
        found.elsewhere = list(filter(None, map(_candidate, answer.found)))
    return found


def _candidate(one: Found) -> Candidate | None:
    pmid = one.csl.get("PMID")
    names_it = one.csl.get("DOI") or (f"PMID {pmid}" if pmid else "")
    return Candidate(format_reference(one.csl), names_it, one.told_by, one.warning) if names_it else None


def is_it(source: TypedSource, citation: values.Citation) -> bool:
    """Whether this reference of the edition is what somebody typed."""
    csl = citation.csl
    if source.doi:
        return str(csl.get("DOI", "")).lower() == source.doi.lower()
    if source.pmid and str(csl.get("PMID", "")) == source.pmid:
        return True
    if source.kind == "address":
        return bool(csl.get("URL") == source.text)
    if source.kind == "citation":
        title = str(read_citation(source.text).get("title", "")).casefold()
        return bool(title) and str(csl.get("title", "")).casefold() == title
    held = f"{citation.label} {canonical(to_plain(csl))}".casefold()
    words = source.text.casefold().split()[:_MOST_WORDS]
    return bool(words) and all(word in held for word in words)


def search(typed: str, user: User) -> QuerySet[Reference]:
    """Records of the library that this person may see, and that have this DOI, PMID or address, or hold every one of
    the words, in whatever field. Odd characters find nothing."""
    rows = visible(user).annotate(record=Cast("csl", TextField()))
    found = _named(typed_source(typed[:MOST_SIGNS])) or _holding(typed)
    return rows.filter(found)[:_MOST_HITS] if found else Reference.objects.none()


def _named(source: TypedSource) -> Q:
    """Nothing, where only words can say which record is meant."""
    found = Q()
    if source.doi:
        found |= Q(doi=source.doi.lower()) | Q(record__icontains=source.doi)
    if source.pmid:
        found |= Q(record__contains=f'"PMID":"{source.pmid}"') | Q(record__contains=f'"PMID":{source.pmid},')
    if source.kind == "address":
        found |= Q(record__icontains=source.text)
    elif source.kind == "pmid":  # or a year, or the number of an appraisal
        found |= _holding(source.text)
    elif source.kind == "citation" and not found:
        found = Q(title__icontains=read_citation(source.text)["title"])
    return found


def _holding(typed: str) -> Q:
    found = Q()
    try:
        words = clean_line(typed[:_MOST_SIGNS])
    except BadCharacters:
        return found
    for word in words.split()[:_MOST_WORDS]:
        found &= Q(label__icontains=word) | Q(title__icontains=word) | Q(record__icontains=word)
    return found


def hits(typed: str, document: values.Document, user: User) -> list[tuple[Reference, str]]:
    """(record, the label under which this edition cites it already, or nothing) for each hit."""
    if not typed:
        return []
    cited = [(citation.label, to_plain(citation.csl)) for citation in document.citations]
    return [(found, next((label for label, csl in cited if is_same(csl, found)), "")) for found in search(typed, user)]


def typed_from(typed: str) -> dict[str, Any]:
    """What was searched for, in the boxes where it belongs if the record has to be typed after all."""
    source = typed_source(typed[:MOST_SIGNS])
    held: dict[str, Any] = {"doi": source.doi, "pmid": source.pmid}
    if source.kind == "address":
        held["address"] = source.text
    elif source.kind == "citation":
        read = read_citation(source.text)
        held |= boxes_of_record(read) | {"doi": source.doi, "pmid": source.pmid} if read else {"title": source.text}
    elif source.kind not in ("doi", "pmid"):
        held["title"] = typed.strip()[:500]
    return {name: value for name, value in held.items() if value}
