"""Search over names, brands, classes and uses: what begins with the words, or with each of them."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from monographs.models.index_entry import IndexEntry
from monographs.models.publication import Publication
from monographs.public.caching import public
from monographs.public.lists import Listed, listed
from monographs.public.search_terms import fold

MOST_CHARACTERS, MOST_WORDS, MOST_FOUND = 200, 12, 30
# What a hit is found by, best first.
KINDS = ("name", "brand", "use", "class")


@dataclass(frozen=True)
class Hit:
    """A page that was found, and by which of its words."""

    line: Listed
    kind: str
    words: SafeString


def find(query: str) -> list[Hit]:
    """At most 30 pages, best first; retired ones last. The words may be cut off anywhere, case and accents apart."""
    terms = fold(query[:MOST_CHARACTERS]).split()[:MOST_WORDS]
    if not terms:
        return []
    whole = " ".join(terms)
    best = _entries(whole)
    if not best and len(terms) > 1:
        best = _entries(*dict.fromkeys(terms))
    lines = {
        line.publication.pk: line
        for line in listed(
            Publication.objects.listed().with_called().select_related("live_of").filter(pk__in=list(best))
        )
    }
    hits = [
        Hit(lines[pk], kind, _marked(words, whole if len(best) else ""))
        for pk, (kind, words) in best.items()
        if pk in lines
    ]
    hits.sort(key=lambda hit: (hit.line.is_retired, KINDS.index(hit.kind), hit.line.publication.name.casefold()))
    return hits[:MOST_FOUND]


def _entries(term: str, *others: str) -> dict[int, tuple[str, str]]:
    """publication -> (kind, words) of its best entry that begins so, among pages with a word that begins like each of
    the others."""
    entries = IndexEntry.objects.filter(kind__in=KINDS)
    rows = entries.starting_with(term)
    for other in others:
        rows = rows.filter(publication__in=entries.starting_with(other).values("publication"))
    found: dict[int, tuple[str, str]] = {}
    for kind in KINDS:
        of_kind = rows.filter(kind=kind).order_by("term")[: 4 * MOST_FOUND]
        for publication, words in of_kind.values_list("publication", "words"):
            found.setdefault(publication, (kind, words))
        if len(found) >= MOST_FOUND:
            break
    return found


def _marked(words: str, term: str) -> SafeString:
    """The words with the place marked that was found, if it is there letter for letter."""
    place = words.casefold().find(term)
    if not term or place < 0 or len(words.casefold()) != len(words):
        return escape(words)
    return format_html(
        "{}<mark>{}</mark>{}", words[:place], words[place : place + len(term)], words[place + len(term) :]
    )


@public
def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").replace("\x00", " ").strip()
    context = {"query": query[:MOST_CHARACTERS], "hits": find(query), "cut": len(query) > MOST_CHARACTERS}
    return render(request, "monographs/search.html", context)
