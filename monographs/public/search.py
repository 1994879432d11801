"""Search over names, brands, classes, uses and codes: what begins with the words, or with each of them.

What nothing here has is set aside, and said. An abbreviation that was read as the wrong drug is explained, and a page
that was taken down is named with the reason: neither is answered with a page as if it were what was meant.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from monographs.models.index_entry import IndexEntry
from monographs.models.publication import Publication
from monographs.models.querysets import IndexEntryQuerySet
from monographs.proofing.short_names import ShortName
from monographs.public.caching import public
from monographs.public.lists import Listed, listed
from monographs.public.search_terms import fold, joined
from monographs.public.search_words import (
    MOST_CHARACTERS,
    MOST_WORDS,
    SMALLEST_CODE,
    Word,
    is_weak,
    readable,
    says_little,
    told,
    unsafe,
    words_of,
)
from monographs.texts.slugs import slug_of

MOST_FOUND = 30
# What a hit is found by, as it is told, best first; and by which of these a short word is.
LABELS = {
    "name": "Name", "brand": "Brand", "code": "Code", "use": "Covers", "class": "Class",
    "former": "Its former address",
}  # fmt: skip
*KINDS, FORMER = LABELS
SHORT_KINDS = ("name", "brand", "code")
SALTS = (" sulfate",)  # "morphine sulfate" stands on the page of morphine


@dataclass(frozen=True)
class Hit:
    """A page that was found, and by which of its words."""

    line: Listed
    kind: str
    words: SafeString

    @property
    def label(self) -> str:
        return LABELS[self.kind]


@dataclass(frozen=True)
class Drug:
    """A drug that an abbreviation may stand for, with its pages here."""

    name: str
    lines: tuple[Listed, ...]


@dataclass(frozen=True)
class Explained:
    """An abbreviation, with every drug that it was written for or read as."""

    short: ShortName
    meant: tuple[Drug, ...]
    misread: tuple[Drug, ...]


@dataclass(frozen=True)
class Found:
    """What a search came to. `aside` are words that no page found has, `by` the others; `apart` are words of which each
    is on some page, and no page has them all."""

    hits: tuple[Hit, ...] = ()
    gone: tuple[Hit, ...] = ()
    explained: tuple[Explained, ...] = ()
    by: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    is_doubtful: bool = False
    apart: tuple[str, ...] = ()


# publication -> kind, words, whether they begin with what was asked
Best = dict[int, tuple[str, str, bool]]


@dataclass(frozen=True)
class _Matched:
    """Pages as they were found, before they are read."""

    best: Best
    marked: str = ""
    by: tuple[Word, ...] = ()
    aside: tuple[Word, ...] = ()
    apart: tuple[Word, ...] = ()

    @property
    def is_doubtful(self) -> bool:
        """A word was set aside that may have been the name of another medicine."""
        return any(not one.is_amount for one in self.aside)


def find(query: str) -> Found:
    """At most 30 pages, best first; retired ones last. Case and accents do not matter, and words may be cut off after
    three letters."""
    words = words_of(query)
    if not fold(query[:MOST_CHARACTERS]):
        return Found()
    matched = _as_it_stands(query, words) or _former(query) or _word_by_word(words)
    shorts = unsafe(words)
    pages_of = _named([drug for one in shorts for drug in (*one.meant, *one.misread)])
    wanted = {*matched.best, *(pk for several in pages_of.values() for pk in several)}
    rows = Publication.objects.live().with_called().select_related("live_of").filter(pk__in=wanted)
    lines = {line.publication.pk: line for line in listed(rows)} if wanted else {}

    def drugs(names: tuple[str, ...]) -> tuple[Drug, ...]:
        return tuple(Drug(name, tuple(lines[pk] for pk in pages_of.get(name, ()) if pk in lines)) for name in names)

    hits = _hits(matched, lines)
    return Found(
        hits=tuple(hit for hit in hits if not hit.line.is_gone)[:MOST_FOUND],
        gone=tuple(hit for hit in hits if hit.line.is_gone)[:MOST_FOUND],
        explained=tuple(Explained(one, drugs(one.meant), drugs(one.misread)) for one in shorts),
        by=tuple(told(matched.by, words)) if matched.aside else (),
        aside=tuple(told(matched.aside, words)),
        is_doubtful=matched.is_doubtful,
        apart=tuple(one.typed for one in matched.apart),
    )


def _hits(matched: _Matched, lines: dict[int, Listed]) -> list[Hit]:
    """Best first: by kind, then what begins so."""
    ranked = []
    for pk, (kind, words, begins) in matched.best.items():
        if line := lines.get(pk):
            rank = list(LABELS).index(kind)
            ranked.append(
                ((line.is_retired, rank, not begins, line.publication.name.casefold(), pk), kind, words, line)
            )
    ranked.sort(key=lambda one: one[0])
    return [Hit(line, kind, _marked(words, matched.marked)) for _key, kind, words, line in ranked]


def _as_it_stands(query: str, words: list[Word]) -> _Matched | None:
    """Pages found by the whole of what was asked, up to twelve words. Nothing but short words and figures is all of a
    name, or all but words of their own; it is never the beginning of one."""
    whole = " ".join(fold(query[:MOST_CHARACTERS]).split()[:MOST_WORDS])
    best: Best
    if is_weak(whole) or all(one.is_weak for one in words):
        rows = _whole_words(whole)
        best = {pk: one for pk, one in _best(rows, (whole,), SHORT_KINDS).items() if _is_meant(whole, *one)}
    else:
        terms = tuple(dict.fromkeys((whole, joined(query[:MOST_CHARACTERS]))))
        best = _best(_beginning(terms), terms)
    return _Matched(best, marked=whole) if best else None


def _is_meant(whole: str, kind: str, words: str, _begins: bool) -> bool:
    """Whether something as short as this is the name, or a word of it that stands for itself: neither "in", nor a
    figure, a form, or a piece of "beta-1a"."""
    if kind == "code":
        return len(whole) >= SMALLEST_CODE and fold(words).split()[-1:] == [whole]
    is_all = whole in (fold(words), joined(words))
    return is_all or (not says_little(whole) and whole in map(fold, words.split()))


def _former(query: str) -> _Matched | None:
    """A page that stood at an address which ends as was asked, before it moved."""
    slug = slug_of(readable(query).rstrip("/").rpartition("/")[2])
    live = Publication.objects.now_of_former(slug) if slug and not is_weak(fold(slug)) else None
    return _Matched({live.pk: (FORMER, f"/drugs/{slug}/", True)}) if live else None


def _word_by_word(words: list[Word]) -> _Matched:
    """Pages that have every word which anything here has. Weak words only choose among them."""
    known = _known(words)
    strong = [one for one in known if not one.is_weak]
    aside = [one for one in words if one not in known]
    if not strong:
        return _Matched({})
    terms = tuple(term for one in strong for term in one.terms)
    rows = _beginning(terms)
    for one in strong if len(strong) > 1 else ():
        rows = rows.filter(publication__in=_beginning(one.terms).values("publication"))
    best = _best(rows, terms)
    if not best:
        return _Matched({}, apart=tuple(strong))
    by = list(strong)
    for one in (one for one in known if one.is_weak):
        pages = set(_whole_words(one.term).filter(publication__in=best).values_list("publication", flat=True))
        if pages:
            by.append(one)
            best = {pk: value for pk, value in best.items() if pk in pages}
        else:
            aside.append(one)
    others = [one for one in aside if not one.is_amount]
    if others:
        best = _not_another(best, rows, terms, is_mostly_found=len(strong) > len(others))
    return _Matched(best, marked=terms[0], by=tuple(by), aside=tuple(aside)) if best else _Matched({})


def _not_another(best: Best, rows: IndexEntryQuerySet, terms: tuple[str, ...], *, is_mostly_found: bool) -> Best:
    """Of pages that lack a word, which may be the name of another medicine: those whose name or brand begins with one
    that was found ("beta-1a" is no answer to "peginterferon beta-1a"), or else by use and class, if most was found."""
    called = {pk: one for pk, one in best.items() if one[0] in SHORT_KINDS and one[2]}
    if called or not is_mostly_found:
        return called
    return {pk: one for pk, one in _best(rows, terms, ("use", "class")).items() if pk in best}


def _known(words: list[Word]) -> list[Word]:
    """Those that anything here has: one query, however many."""
    asked = {f"word_{at}": Exists(_of(one)) for at, one in enumerate(words)}
    row = IndexEntry.objects.annotate(**asked).values_list(*asked).first() if words else None
    return [one for one, is_known in zip(words, row or (), strict=False) if is_known]


def _of(word: Word) -> IndexEntryQuerySet:
    return _whole_words(word.term) if word.is_weak else _beginning(word.terms)


def _beginning(terms: Iterable[str]) -> IndexEntryQuerySet:
    """Entries that begin with one of these."""
    found = Q()
    for term in terms:
        found |= IndexEntry.objects.begins_with(term)
    return IndexEntry.objects.filter(found, kind__in=KINDS)


def _whole_words(term: str) -> IndexEntryQuerySet:
    """Entries of names that begin with just these words."""
    return IndexEntry.objects.filter(Q(term=term) | IndexEntry.objects.begins_with(f"{term} "), kind__in=SHORT_KINDS)


def _best(rows: IndexEntryQuerySet, terms: tuple[str, ...], kinds: Iterable[str] = KINDS) -> Best:
    """publication -> the best of its entries: by kind, and one that begins with a term before one that has it later."""
    found: Best = {}
    for kind in kinds:
        of_kind: Best = {}
        for pk, words in rows.filter(kind=kind).order_by("term").values_list("publication", "words")[: 4 * MOST_FOUND]:
            begins = fold(words).startswith(terms) or joined(words).startswith(terms)
            if pk not in of_kind or (begins and not of_kind[pk][2]):
                of_kind[pk] = kind, words, begins
        found = of_kind | found
        if len(found) >= MOST_FOUND:
            break
    return found


def _named(drugs: list[str]) -> dict[str, list[int]]:
    """drug -> publications whose page has just this name."""
    terms: dict[str, str] = {}
    for drug in drugs:
        for name in (drug, *(drug.removesuffix(salt) for salt in SALTS)):
            terms[fold(name)] = drug
    found: dict[str, list[int]] = {}
    rows = IndexEntry.objects.filter(kind="name", term__in=terms) if terms else IndexEntry.objects.none()
    for pk, term, words in rows.order_by("words", "publication").values_list("publication", "term", "words"):
        if fold(words) == term and pk not in found.setdefault(terms[term], []):
            found[terms[term]].append(pk)
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
    asked = request.GET.get("q", "")
    context = {"query": readable(asked), "found": find(asked), "cut": len(asked.strip()) > MOST_CHARACTERS}
    return render(request, "monographs/search.html", context)
