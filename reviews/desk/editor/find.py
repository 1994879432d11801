"""Finding a source for a new reference: in this edition and in the library, by whatever names it."""

from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from monographs import document as values
from monographs.canonical import BadCharacters, clean_line
from monographs.citations.typed_source import MOST_SIGNS, TypedSource, read_citation, typed_source
from monographs.models import Reference
from reviews.desk.editor.citation_form import boxes_of_record

_MOST_WORDS, _MOST_SIGNS, _MOST_HITS = 12, 200, 20


def search(typed: str) -> QuerySet[Reference]:
    """Records of the library that have this DOI, PMID or address, or that hold every one of the words, in whatever
    field. Odd characters find nothing."""
    rows = Reference.objects.annotate(record=Cast("csl", TextField()))
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


def hits(typed: str, document: values.Document) -> list[tuple[Reference, str]]:
    """(record, the label under which this edition cites it already, or nothing) for each hit."""
    if not typed:
        return []
    cited = [(citation.label, values.to_plain(citation.csl)) for citation in document.citations]
    return [(found, next((label for label, csl in cited if _same(csl, found)), "")) for found in search(typed)]


def _same(csl: dict[str, Any], record: Reference) -> bool:
    return csl == record.csl or bool(record.doi and str(csl.get("DOI", "")).lower() == record.doi)


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
