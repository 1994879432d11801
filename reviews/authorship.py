"""Whose words they are: asked over every edition that made them, published or given up, at whatever address.

Whoever wrote or suggested a part in an edition by the time when it said so is its author, undone edits included. Words
that were published and are kept in the next edition keep their authors. A part is found again in other editions of its
monograph by its digest and by each run of its words, anywhere in its monograph by its sentences, and in any by its long
texts (reviews.derived.written_texts).
So are words that somebody put over the page, or gave as a reason, and that then come into an edition.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Count, F, Max, OuterRef, QuerySet, Subquery, TextField, Window
from django.db.models import Value as Text
from django.db.models.functions import Cast, Coalesce, Length, Replace, RowNumber

from monographs import document as values
from monographs.difference.moved import is_moved, is_moved_from
from monographs.digest import digest_of_part
from monographs.document import PART_FIELDS
from monographs.models import Document, Edition, Monograph, Overlay, Publication
from monographs.questions import Kept, padded, together
from monographs.typed import Value
from reviews.derived.sides import Parts, parts_of
from reviews.derived.word_runs import (
    A_LONG_RUN,
    Words,
    all_words,
    are_more,
    keeps_words,
    share_a_run,
    words_in,
)
from reviews.derived.written_texts import sentences_of, texts_of, words_of
from reviews.models import AuditEvent, ChangedPart, ChangeSet, WrittenText
from reviews.models.changeset import ChangeSetQuerySet

Orders = list[list[str]]  # the keys of the parts of a document, kind by kind
When = tuple[datetime, int]  # of a change set: its time, and its revision, as one act may make several

A_BATCH, A_FEW = 500, 200


def earlier_authors(monograph: Monograph, document: values.Document, parts: Iterable[str]) -> dict[str, list[int]]:
    """For each of these parts, which become what they are in `document`: who is their author for it ({part key: user
    keys}).

    That is everybody who had written or suggested the part in an edition of this monograph by the time when it stood
    there word for word as it does in `document`, and whose published words it kept. A part that `document` lacks has
    those who took it out, and the order of parts those who moved any two as they stand there.
    """
    wanted = set(parts)
    ours, history = parts_of(document), _History(monograph.pk, wanted)
    found = history.authors(ours, _where_it_stands(history, ours, unknown=True))
    if "order" in wanted:
        _add(found, {"order": history.movers(_order(document))})
    return _sorted(found)


def authors_of_copies(edition: Edition, document: values.Document, parts: Iterable[str]) -> dict[str, list[int]]:
    """The same for what a change set puts into `edition`, however it got there: typed, pasted or from a file. Asked of
    other editions for the part, and of all that was ever written for its long texts. What is published already carries
    no authors: it was signed."""
    live = edition.monograph.live
    published = parts_of(live.document.value) if live else {}
    ours = parts_of(document)
    signed = frozenset[str]().union(*(_texts(one, edition.monograph_id) for one in published.values()))
    wanted = {part for part in parts if part == "order" or ours.get(part) != published.get(part)}
    history = _History(edition.monograph_id, wanted, but=edition.pk)
    texts, said = _ask(history, ours, digests := _parts_by_text(edition.monograph_id, ours, wanted, signed))
    stands = _where_it_stands(history, ours)
    found = history.authors(ours, stands)
    _add(found, history.authors(ours, _where_words_stand(history, ours, published, stands)))
    if "order" in wanted:
        _add(found, {"order": history.movers(_order(document), _order(live.document.value) if live else None)})
    _add(found, _authors_of_texts(texts, digests, ours, but=edition.pk))
    _add(found, _authors_of_said(said, ours, wanted, published))
    return _sorted(found)


def authors_of_page(publication: Publication) -> frozenset[int]:
    """Everybody who wrote or suggested a word of a publication, in whatever edition, before it was published."""
    ours, until = parts_of(publication.document.value), publication.published_at
    history = _History(publication.monograph_id, set(ours), until=until)
    texts, said = _ask(history, ours, digests := _parts_by_text(publication.monograph_id, ours, set(ours)))
    found = {part: history.of_published(publication.number, part) for part in ours}
    stands = _where_it_stands(history, ours)
    _add(found, history.authors(ours, stands))
    _add(found, history.authors(ours, _where_words_stand(history, ours, {}, stands)))
    _add(found, _authors_of_texts(texts, digests, ours))
    _add(found, _authors_of_said(said, ours, set(ours), {}))
    return frozenset[int]().union(*found.values())


class _Edits(NamedTuple):
    """Change sets of one edition that say the same of who touched what, and when the first of them did."""

    edition: int
    number: int  # of the edition
    actor: int
    touched: list[str]
    credits: dict[str, list[int]]
    first: datetime
    first_made: int
    last: datetime
    last_made: int

    def people(self, part: str) -> set[int]:
        return {self.actor, *self.credits.get(part, ())}


class _State(NamedTuple):
    """A part as a change set left it."""

    edition: int
    number: int
    part: str
    at: datetime
    made: int
    document: str


_EDITION = ("change_set__edition", "change_set__edition__number")
_STATE = (*_EDITION, "key", "change_set__at", "change_set__revision", "change_set__after")


class Places:
    """Where words stand: by edition and part there, the parts of the document at hand that say them, each with the last
    time. Whoever had written a part by an earlier one had by the last."""

    def __init__(self) -> None:
        self.found: dict[tuple[int, str], dict[str, When]] = {}
        self.numbers: dict[int, int] = {}  # of editions

    def add(self, edition: int, number: int, part: str, mine: str, when: When) -> None:
        here = self.found.setdefault((edition, part), {})
        here[mine] = max(when, here.get(mine, when))
        self.numbers[edition] = number

    def last(self, edition: int, part: str) -> When | None:
        return self.found.get((edition, part), {}).get(part)


_published = Kept(lambda key: Publication.objects.filter(monograph=key).select_related("document").order_by("number"))
_spans = Kept(
    lambda key, but: (
        ChangeSet.objects.filter(edition__monograph=key)
        .exclude(edition=but)
        .spans("edition_id", "edition__number", "actor_id", "touched", "credits")
    )
)


class _History:
    """Who wrote which of these parts of a monograph. However long it is, little of it is read: of change sets who
    touched what, each answer once, and of parts the newest state in each edition."""

    def __init__(
        self, monograph: int, parts: Iterable[str], but: int | None = None, until: datetime | None = None
    ) -> None:
        """`but` is an edition that is not asked; what stood there later than `until` tells nothing."""
        self.monograph, self.parts, self.but, self.until = monograph, set(parts), but, until
        self.same: list[Any] | None = None  # as `alike` answers
        self.newest: list[_State] = []

    @property
    def change_sets(self) -> ChangeSetQuerySet:
        return ChangeSet.objects.filter(edition__monograph=self.monograph).exclude(edition=self.but)

    @cached_property
    def edits(self) -> dict[tuple[int, str], list[_Edits]]:
        """By edition and part."""
        found: dict[tuple[int, str], list[_Edits]] = {}
        for one in map(_Edits._make, _spans(self.monograph, self.but or 0)):
            for part in self.parts.intersection(one.touched):
                found.setdefault((one.edition, part), []).append(one)
        return found

    def then(self, rows: "QuerySet[Any]", at: str = "at") -> "QuerySet[Any]":
        return rows.filter(**{f"{at}__lte": self.until}) if self.until else rows

    @property
    def states(self) -> "QuerySet[ChangedPart]":
        """These parts in every change set."""
        rows = self.then(ChangedPart.objects.filter(change_set__edition__monograph=self.monograph), "change_set__at")
        rows = rows.exclude(change_set__edition=self.but)
        return rows.filter(key__in=self.parts) if len(self.parts) <= A_BATCH else rows

    @property
    def newest_states(self) -> "QuerySet[Any, Any]":
        """The last state of each part in each edition: columns of `_State`."""
        newest = [F("change_set__at").desc(), F("change_set__revision").desc()]
        nth = Window(RowNumber(), partition_by=[F("change_set__edition"), F("key")], order_by=newest)
        return self.states.exclude(after="").annotate(nth=nth).filter(nth=1).values_list(*_STATE)

    def alike(self, digests: Collection[str]) -> "QuerySet[Any, Any]":
        """Where parts stand with one of these digests ("" where they were taken out): (edition, its number, part,
        digest, when last). Of very many parts, wherever they stand."""
        rows = self.states
        if len(self.parts) <= A_BATCH:
            rows = rows.filter(after__in=digests)
        return _last(rows, *_EDITION, "key", "after")

    @cached_property
    def writers(self) -> dict[tuple[int, str], set[int]]:
        """(number of the edition, part): everybody who wrote or suggested it there."""
        found: dict[tuple[int, str], set[int]] = {}
        for (_edition, part), edits in self.edits.items():
            for one in edits:
                found.setdefault((one.number, part), set()).update(one.people(part))
        return found

    @cached_property
    def published(self) -> dict[int, Parts]:
        """What was published, by the number of the edition, oldest first."""
        return {one.number: parts_of(one.document.value) for one in _published(self.monograph)}

    def of_published(self, number: int, part: str) -> set[int]:
        """The authors of a part as this edition published it: also of words that it kept from those before."""
        people: set[int] = set()
        before: Value | None = None
        for edition, held in self.published.items():
            if edition > number:
                break
            now = held.get(part)
            if now != before:
                kept = people if keeps_words(before, now) else set()
                people = kept | self.writers.get((edition, part), set())
            before = now
        return people

    def before(self, number: int, part: str) -> tuple[Value | None, int]:
        """A part as it was live when an edition was begun, and the number of that live edition."""
        last = max((one for one in self.published if one < number), default=0)
        return (self.published[last].get(part) if last else None), last

    def authors(self, ours: Parts, places: Places) -> dict[str, set[int]]:
        """By the parts that stand in these places: who had written them there by then."""
        found: dict[str, set[int]] = {}
        for (edition, part), here in places.found.items():
            edits, number = self.edits.get((edition, part), ()), places.numbers[edition]
            for mine, when in here.items():
                by_then = [one.people(part) for one in edits if (one.first, one.first_made) <= when]
                was, live = self.before(number, part)
                kept = self.of_published(live, part) if keeps_words(was, ours.get(mine)) else set()
                found.setdefault(mine, set()).update(kept, *by_then)
        return found

    def movers(self, wanted: Orders, live: Orders | None = None) -> set[int]:
        """Everybody who had moved parts of an edition by the time when two of them first stood there as they do in
        `wanted`, and do not in `live`."""
        orders = lru_cache(maxsize=4)(_order_of)  # what one change leaves the next finds
        nothing: Orders = [[] for _field in wanted]
        so_far, found = dict[int, set[int]](), set[int]()
        moved = self.change_sets.annotate(told=Cast("touched", TextField())).filter(told__contains='"order"')
        for change in moved.order_by("at", "revision_id"):
            people = so_far.setdefault(change.edition_id, set())
            people.update(_people(change, "order"))
            sides = orders(change.before_id) if change.before_id else nothing, orders(change.after_id), wanted
            if any(map(is_moved_from, live, *sides) if live else map(is_moved, *sides)):
                found |= people
        return found


def _digest_in(ours: Parts, part: str) -> str:
    return digest_of_part(ours[part]) if part in ours else ""


def _last(rows: "QuerySet[Any]", *columns: str) -> "QuerySet[Any, Any]":
    """What these columns say of change sets, each answer once, with the last time that it was so."""
    ends = {"last": Max("change_set__at"), "last_made": Max("change_set__revision")}
    found: QuerySet[Any, Any] = rows.order_by().values_list(*columns).annotate(**ends)
    return found


def _where_it_stands(history: _History, ours: Parts, *, unknown: bool = False) -> Places:
    """Where these parts stand in change sets of the monograph just as they do in `ours`, and where what it lacks was
    taken out. `unknown`: also where nothing is known of what a change set left (`verify_trail` says so)."""
    parts = history.parts - {"order"}
    digests, places = {part: _digest_in(ours, part) for part in parts}, Places()
    same = history.alike({_digest_in(ours, part) for part in history.parts}) if history.same is None else history.same
    for edition, number, part, digest, *when in same:
        if digest == digests.get(part):
            places.add(edition, number, part, part, (when[0], when[1]))
    if unknown:
        # A key stands between two quotation marks.
        told = Cast("touched", TextField())
        marks = Length(told) - Length(Replace(told, Text('"'), Text("")))
        kept = ChangedPart.objects.filter(change_set=OuterRef("pk")).order_by().values("change_set")
        count = Coalesce(Subquery(kept.annotate(count=Count("pk")).values("count")), 0)
        rows = history.change_sets.order_by().annotate(marks=marks, kept=count).exclude(marks=2 * F("kept"))
        for edition, number, touched, at, made in rows.values_list(
            "edition", "edition__number", "touched", "at", "revision"
        ):
            for part in parts & set(touched):
                places.add(edition, number, part, part, (at, made))
    return places


def _where_words_stand(history: _History, ours: Parts, live: Parts, stands: Places) -> Places:
    """Where a run of words of these parts stands in change sets of other editions, in the same part, later than where
    the part `stands` as it is. Words tell nothing that were live already when such an edition was begun, or are `live`
    now. References are the library's words. Where the newest state of an edition has none, the others are read."""
    asked = {part for part in history.parts & ours.keys() if not isinstance(ours[part], values.Citation)}
    words = {part: all_words(ours[part]) for part in asked}
    asked = {part for part in asked if are_more(words[part], all_words(live.get(part)))}
    places, left = Places(), set[tuple[int, str]]()

    def is_told(one: _State) -> bool:
        """Nothing more has to be read of this part in this edition."""
        known = stands.last(one.edition, one.part)
        if known and (one.at, one.made) <= known:
            return True
        before, _number = history.before(one.number, one.part)
        says = words_in(one.document, one.part)
        if not share_a_run(says, words[one.part], all_words(before), all_words(live.get(one.part))):
            return False
        places.add(one.edition, one.number, one.part, one.part, (one.at, one.made))
        return True

    for one in sorted(history.newest, key=lambda one: one.document):  # one document after the other
        if one.part in asked and not is_told(one):
            left.add((one.edition, one.part))
    if left:
        keys, editions = {part for _edition, part in left}, {edition for edition, _part in left}
        rows = history.states.filter(key__in=keys, change_set__edition__in=editions).exclude(after="")
        for row in rows.order_by("-change_set__at", "-change_set__revision").values_list(*_STATE):
            one = _State._make(row)
            if (one.edition, one.part) in left and is_told(one):
                left.remove((one.edition, one.part))
    return places


@dataclass(frozen=True)
class _Said:
    """What somebody said of a monograph and put into no edition. `of`: the parts that it was said of, if it tells.
    `before`: what the page said."""

    by: int
    words: Words
    of: frozenset[str] | None = None
    before: Words = ()

    def is_in(self, part: str, words: Words, live: Words) -> bool:
        """Of a part that it was said of a few words are enough."""
        if self.of is None or part in self.of:
            return share_a_run(self.words, words, live, self.before)
        return min(len(words), len(self.words)) >= A_LONG_RUN and share_a_run(self.words, words, live, run=A_LONG_RUN)


def _ask(history: _History, ours: Parts, texts: Iterable[str]) -> tuple[list[Any], list[_Said]]:
    """Where these texts were ever written, and what was said of the monograph; with it what `history` needs to know.
    One statement, if there are no more texts than fit."""
    wanted = sorted(texts)
    first = padded(wanted[:A_BATCH]) or [""]
    parts, digests = sorted(history.parts), sorted({_digest_in(ours, part) for part in history.parts})
    if history.but and 0 < len(parts) <= A_FEW:
        found_of_all = _of_an_edit(history.monograph, history.but, padded(parts), padded(digests), first)
    else:
        found_of_all = together(*_questions(history, digests, first))
    same, newest, overlaid, reasons, found = found_of_all
    for begin in range(A_BATCH, len(wanted), A_BATCH):
        found += _held(history).filter(digest__in=wanted[begin : begin + A_BATCH])
    history.same, history.newest = same, list(map(_State._make, newest))
    said = [_Said(by, tuple(words_of(reason)), frozenset()) for by, reason in reasons]
    return found, [*chain.from_iterable(_said_over(*one) for one in overlaid), *said]


def _held(history: _History) -> "QuerySet[Any, Any]":
    """Which texts were ever written, and where."""
    held = history.then(WrittenText.objects.all(), "change_set__at")
    return _last(held, "digest", "key", "change_set__edition__monograph", *_EDITION)


def _questions(history: _History, digests: Collection[str], texts: Collection[str]) -> "list[QuerySet[Any, Any]]":
    overlays = history.then(Overlay.objects.filter(monograph=history.monograph))
    of_it = AuditEvent.objects.filter(subjects__monograph=history.monograph, subjects__is_long=True)
    entries = history.then(of_it.filter(actor__isnull=False))
    return [
        history.alike(digests),
        history.newest_states,
        overlays.values_list("by", "right", "wrong", "quote", "reason", "places"),
        entries.values_list("actor", "reason"),
        _held(history).filter(digest__in=texts),
    ]


_of_an_edit = Kept(
    lambda monograph, but, parts, digests, texts: _questions(_History(monograph, parts, but=but), digests, texts)
)


def _said_over(by: int, right: str, wrong: str, quote: str, reason: str, places: Any) -> Iterator[_Said]:
    if words := words_of(right):
        of = frozenset(place["part"] for place in places) if places else None
        yield _Said(by, tuple(words), of, tuple(words_of(wrong)))
    for text in (quote, reason):
        yield _Said(by, tuple(words_of(text)), frozenset())


def _authors_of_said(all_said: Iterable[_Said], ours: Parts, parts: set[str], live: Parts) -> dict[str, set[int]]:
    """Who had said words of these parts in a correction, a warning or a reason before somebody wrote them. Words that
    are `live` tell nothing."""
    asked = {part for part in parts & ours.keys() if not isinstance(ours[part], values.Citation)}
    words = {part: (all_words(ours[part]), all_words(live.get(part))) for part in asked}
    found: dict[str, set[int]] = {}
    for said in all_said:
        _add(found, {part: {said.by} for part, sides in words.items() if said.is_in(part, *sides)})
    return found


def _parts_by_text(
    monograph: int, ours: Parts, parts: set[str], signed: frozenset[str] = frozenset()
) -> dict[str, set[str]]:
    """The digests of the long texts of these parts and of their sentences, each with the parts that say it. `signed`:
    texts that are not asked for."""
    wanted: dict[str, set[str]] = {}
    for part in parts & ours.keys():
        for text in _texts(ours[part], monograph) - signed:
            wanted.setdefault(text, set()).add(part)
    return wanted


def _authors_of_texts(
    texts: Iterable[Any], wanted: Mapping[str, set[str]], ours: Parts, *, but: int | None = None
) -> dict[str, set[int]]:
    """Who had written the long texts of these parts, in whatever part of whatever monograph, and their sentences, in
    whatever part of this one. `but`: an edition whose own parts are not asked for themselves. Whatever its length
    here: without its marks and signs a long text may be short."""
    places, parts = dict[int, Places](), dict[int, set[str]]()
    for digest, part, monograph, edition, number, *when in texts:
        for mine in wanted[digest] - ({part} if edition == but else set()):
            places.setdefault(monograph, Places()).add(edition, number, part, mine, (when[0], when[1]))
            parts.setdefault(monograph, set()).add(part)
    found: dict[str, set[int]] = {}
    for monograph, where in places.items():
        _add(found, _History(monograph, parts[monograph]).authors(ours, where))
    return found


def _texts(part: Value, monograph: int) -> frozenset[str]:
    return texts_of(part, longer_than=0) | sentences_of(part, monograph)


def _people(change: ChangeSet, part: str) -> set[int]:
    return {change.actor_id, *change.credits.get(part, ())}


def _order(document: values.Document) -> Orders:
    return [[str(part.key) for part in getattr(document, field)] for field in PART_FIELDS.values()]


def _order_of(digest: str) -> Orders:
    form = json.loads(Document.objects.values_list("text", flat=True).get(pk=digest))
    return [[part["key"] for part in form.get(field, ())] for field in PART_FIELDS.values()]


def _add(found: dict[str, set[int]], more: Mapping[str, set[int]]) -> None:
    for part, people in more.items():
        found.setdefault(part, set()).update(people)


def _sorted(found: Mapping[str, set[int]]) -> dict[str, list[int]]:
    return {part: sorted(people) for part, people in found.items() if people}
