"""Search over names, brands, classes, uses and codes: what begins with the words, or with each of them.

What nothing here has is set aside, and said. An abbreviation that was read as the wrong drug is explained, and a page
that was taken down is named with the reason: neither is answered with a page as if it were what was meant.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Q
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
from monographs.questions import Kept, padded
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
    shorts = unsafe(words)
    asked = _ask(query, words, [drug for one in shorts for drug in (*one.meant, *one.misread)])
    matched = _as_it_stands(query, words, asked) or _former(asked) or _word_by_word(words, asked)
    pages_of = asked.pages_of
    wanted = {*matched.best, *(pk for several in pages_of.values() for pk in several)}
    lines = {line.publication.pk: line for line in listed(_lines(padded(wanted)))} if wanted else {}

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


_Row = tuple[int, str, str, int]  # publication, words, term, key


@dataclass(frozen=True)
class _Asked:
    """What the first question answered: entries of each kind that have the whole of what was asked; where it is said to
    have stood before; which words anything here has; the pages of drugs with an unsafe abbreviation."""

    whole: str
    terms: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: dict[str, list[_Row]]
    former: list[_Row]
    known: list[Word]
    pages_of: dict[str, list[int]]


def _ask(query: str, words: list[Word], drugs: list[str]) -> _Asked:
    """The first question. Nothing but short words and figures is all of a name, or all but words of their own; it is
    never the beginning of one."""
    whole = " ".join(fold(query[:MOST_CHARACTERS]).split()[:MOST_WORDS])
    is_short = is_weak(whole) or all(one.is_weak for one in words)
    terms = (whole,) if is_short else tuple(dict.fromkeys((whole, joined(query[:MOST_CHARACTERS]))))
    kinds = SHORT_KINDS if is_short else tuple(KINDS)
    slug = slug_of(readable(query).rstrip("/").rpartition("/")[2])
    slug = "" if is_weak(fold(slug)) else slug
    # A single word is the whole, and known if that is found.
    asked = [one for one in words if is_short or terms != one.terms or len(words) > 1]
    names = _names_of(drugs)
    question = _first(is_short, bool(slug), tuple(one.is_weak for one in asked), bool(names))
    given = [[slug]] * bool(slug) + [list(one.terms) for one in asked] + [list(names)] * bool(names)
    found = iter(question(list(terms), *given))
    rows = {kind: sorted(next(found), key=lambda row: row[2:]) for kind in kinds}
    former = next(found) if slug else []
    known = [one for one in asked if next(found)]
    named = next(found) if names else []
    return _Asked(whole, terms, kinds, rows, former, known, _pages_of(names, named))


@lru_cache(maxsize=256)
def _first(is_short: bool, asks_former: bool, words: tuple[bool, ...], asks_names: bool) -> Kept:
    """The first question, for words that are weak or not."""

    def rows(terms: list[str], *given: list[str]) -> list[Any]:
        several = iter(given)
        whole = _whole_words(terms[0]) if is_short else _beginning(terms)
        asked = _of_kinds(whole, SHORT_KINDS if is_short else KINDS)
        if asks_former:
            (slug,) = next(several)
            asked.append(_stood_at(slug))
        for weak in words:
            of_word = next(several)
            asked.append(_plain(_whole_words(of_word[0]) if weak else _beginning(of_word))[:1])
        if asks_names:
            asked.append(_plain(IndexEntry.objects.filter(kind="name", term__in=next(several))))
        return asked

    return Kept(rows)


@lru_cache(maxsize=256)
def _second(strong: int, weak: int) -> Kept:
    """Entries of each kind that have a strong word, of pages that have them all; then, of each weak word, the pages of
    these that have it as a whole one."""

    def rows(terms: list[str], *given: list[str]) -> list[Any]:
        all_of_them = [_beginning(one).values("publication") for one in given[:strong]]

        def narrowed(found: IndexEntryQuerySet) -> IndexEntryQuerySet:
            for pages in all_of_them:
                found = found.filter(publication__in=pages)
            return found

        found = _beginning(terms)
        asked = _of_kinds(narrowed(found) if strong > 1 else found, KINDS)
        return asked + [_plain(narrowed(_whole_words(term))) for (term,) in given[strong : strong + weak]]

    return Kept(rows)


def _of_kinds(rows: IndexEntryQuerySet, kinds: Iterable[str]) -> list[Any]:
    return [_plain(rows.filter(kind=kind).order_by("term", "id"))[: 4 * MOST_FOUND] for kind in kinds]


def _plain(rows: IndexEntryQuerySet) -> Any:
    return rows.values_list("publication", "words", "term", "id")


def _stood_at(slug: str) -> Any:
    """The page that was published at this address first, and where it is now."""
    rows = Publication.objects.filter(slug=slug, monograph__live__isnull=False).order_by("name", "slug")
    return rows.values_list("monograph__live", "monograph__live__slug", "slug", "id")[:1]


_lines = Kept(lambda keys: Publication.objects.live().lines().filter(pk__in=keys))


def _as_it_stands(query: str, words: list[Word], asked: _Asked) -> _Matched | None:
    """Pages found by the whole of what was asked, up to twelve words."""
    best = _best(asked.rows, asked.terms, asked.kinds)
    if asked.kinds == SHORT_KINDS:
        best = {pk: one for pk, one in best.items() if _is_meant(asked.whole, *one)}
    return _Matched(best, marked=asked.whole) if best else None


def _is_meant(whole: str, kind: str, words: str, _begins: bool) -> bool:
    """Whether something as short as this is the name, or a word of it that stands for itself: neither "in", nor a
    figure, a form, or a piece of "beta-1a"."""
    if kind == "code":
        return len(whole) >= SMALLEST_CODE and fold(words).split()[-1:] == [whole]
    is_all = whole in (fold(words), joined(words))
    return is_all or (not says_little(whole) and whole in map(fold, words.split()))


def _former(asked: _Asked) -> _Matched | None:
    """A page that stood at an address which ends as was asked, before it moved."""
    for live, now, slug, _key in asked.former:
        if now != slug:
            return _Matched({live: (FORMER, f"/drugs/{slug}/", True)})
    return None


def _word_by_word(words: list[Word], asked: _Asked) -> _Matched:
    """Pages that have every word which anything here has. Weak words only choose among them."""
    known = asked.known
    strong, weak = [one for one in known if not one.is_weak], [one for one in known if one.is_weak]
    aside = [one for one in words if one not in known]
    if not strong:
        return _Matched({})
    terms = tuple(term for one in strong for term in one.terms)
    given = [list(one.terms) for one in strong] + [[one.term] for one in weak]
    found = iter(_second(len(strong), len(weak))(list(terms), *given))
    rows = {kind: sorted(next(found), key=lambda row: row[2:]) for kind in KINDS}
    best = _best(rows, terms)
    if not best:
        return _Matched({}, apart=tuple(strong))
    by = list(strong)
    for one in weak:
        pages = {pk for pk, *_rest in next(found)} & best.keys()
        if pages:
            by.append(one)
            best = {pk: value for pk, value in best.items() if pk in pages}
        else:
            aside.append(one)
    others = [one for one in aside if not one.is_amount]
    if others:
        best = _not_another(best, rows, terms, is_mostly_found=len(strong) > len(others))
    return _Matched(best, marked=terms[0], by=tuple(by), aside=tuple(aside)) if best else _Matched({})


def _not_another(best: Best, rows: dict[str, list[_Row]], terms: tuple[str, ...], *, is_mostly_found: bool) -> Best:
    """Of pages that lack a word, which may be the name of another medicine: those whose name or brand begins with one
    that was found ("beta-1a" is no answer to "peginterferon beta-1a"), or else by use and class, if most was found."""
    called = {pk: one for pk, one in best.items() if one[0] in SHORT_KINDS and one[2]}
    if called or not is_mostly_found:
        return called
    return {pk: one for pk, one in _best(rows, terms, ("use", "class")).items() if pk in best}


def _beginning(terms: Iterable[str]) -> IndexEntryQuerySet:
    """Entries that begin with one of these."""
    found = Q()
    for term in terms:
        found |= IndexEntry.objects.begins_with(term)
    return IndexEntry.objects.filter(found, kind__in=KINDS)


def _whole_words(term: str) -> IndexEntryQuerySet:
    """Entries of names that begin with just these words."""
    return IndexEntry.objects.filter(Q(term=term) | IndexEntry.objects.begins_with(f"{term} "), kind__in=SHORT_KINDS)


def _best(rows: dict[str, list[_Row]], terms: tuple[str, ...], kinds: Iterable[str] = KINDS) -> Best:
    """publication -> the best of its entries: by kind, and one that begins with a term before one that has it later."""
    found: Best = {}
    for kind in kinds:
        of_kind: Best = {}
        for pk, words, _term, _key in rows[kind]:
            begins = fold(words).startswith(terms) or joined(words).startswith(terms)
            if pk not in of_kind or (begins and not of_kind[pk][2]):
                of_kind[pk] = kind, words, begins
        found = of_kind | found
        if len(found) >= MOST_FOUND:
            break
    return found


def _names_of(drugs: list[str]) -> dict[str, str]:
    """term -> drug that has this name."""
    return {fold(name): drug for drug in drugs for name in (drug, *(drug.removesuffix(salt) for salt in SALTS))}


def _pages_of(names: dict[str, str], rows: list[_Row]) -> dict[str, list[int]]:
    """drug -> publications whose page has just this name."""
    found: dict[str, list[int]] = {}
    for pk, words, term, _key in sorted(rows, key=lambda row: (row[1], row[0])):
        if fold(words) == term and pk not in found.setdefault(names[term], []):
            found[names[term]].append(pk)
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
