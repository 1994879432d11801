"""Whose words come back with an import or a restore: a copy of somebody's text keeps its author."""

import json
import math
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from uuid import UUID

from monographs import document as values
from monographs.digest import digest_of_part
from monographs.document import PART_FIELDS
from monographs.models import Document, Monograph
from reviews.models import ChangedPart, ChangeSet


def earlier_authors(monograph: Monograph, document: values.Document, parts: Iterable[str]) -> dict[str, list[int]]:
    """For each of these parts, which become what they are in `document`: who is their author for it ({part key: user
    keys}).

    That is everybody who had written or suggested the part in an edition of this monograph by the time when it stood
    there word for word as it does in `document`; undone edits count as they do within an edition. A part that
    `document` lacks has those who took it out, and the order of parts those who moved any two as they stand there.
    """
    wanted, digests = set(parts), _digests(document)
    known = ChangeSet.objects.filter(edition__monograph=monograph).order_by("at", "revision_id")
    changes = [change for change in known if wanted & set(change.touched)]
    theirs = _digests_after(changes)
    order = [[str(part.key) for part in getattr(document, field)] for field in PART_FIELDS.values()]
    orders_of = lru_cache(maxsize=4)(_orders)  # what one change leaves the next finds
    found: dict[str, set[int]] = {}
    writers: dict[tuple[int, str], set[int]] = {}
    for change in changes:
        for part in wanted & set(change.touched):
            people = writers.setdefault((change.edition_id, part), set())
            people.update({change.actor_id}, change.credits.get(part, ()))
            if part == "order":
                before = orders_of(change.before_id) if change.before_id else [[]] * len(order)
                is_this = any(map(is_moved, before, orders_of(change.after_id), order))
            else:
                wanted_digest = digests.get(part, "")
                # Where nothing is known of it (`verify_trail` says so), whoever touched the part counts as its author.
                is_this = theirs.get((change.pk, part), wanted_digest) == wanted_digest
            if is_this:
                found.setdefault(part, set()).update(people)
    return {part: sorted(people) for part, people in found.items()}


def _digests(document: values.Document) -> dict[str, str]:
    return {"header": digest_of_part(document.header), **{str(p.key): digest_of_part(p) for p in document.parts()}}


def _digests_after(changes: list[ChangeSet]) -> dict[tuple[UUID, str], str]:
    """(change set, part): the digest that each part had after each of these change sets that touched it."""
    rows = ChangedPart.objects.filter(change_set__in=changes).values_list("change_set", "key", "after")
    return {(change_set, key): after for change_set, key, after in rows}


def _orders(digest: str) -> list[list[str]]:
    """The keys of the parts of a document, kind by kind, in its order."""
    form = json.loads(Document.objects.values_list("text", flat=True).get(pk=digest))
    return [[part["key"] for part in form.get(field, ())] for field in PART_FIELDS.values()]


def is_moved(before: list[str], after: list[str], wanted: list[str]) -> bool:
    """Whether two parts stand in `after` one before the other as they do in `wanted`, and did not so in `before`, be it
    that one of them was not there.

    As many steps as there are parts, and where parts that were there changed places, their logarithm times as many: all
    pairs of 5,000 references would be twelve millions.
    """
    at, was = {key: n for n, key in enumerate(after)}, {key: n for n, key in enumerate(before)}
    rows = [(at[key], was.get(key, -1)) for key in wanted if key in at]
    return _joins_a_new_one(rows) or _turned_round([row for row in rows if row[1] >= 0])


def _joins_a_new_one(rows: list[tuple[int, int]]) -> bool:
    """Whether a part that was not there stands to another as it is wanted: after one with a lower place, or before one
    with a higher."""
    first, last = math.inf, -1.0
    for place, was in rows:
        if was < 0 and first < place:
            return True
        first = min(first, place)
    for place, was in reversed(rows):
        if was < 0 and last > place:
            return True
        last = max(last, place)
    return False


def _turned_round(rows: list[tuple[int, int]]) -> bool:
    """Whether of two parts that were there the first has the lower place now and had the higher before."""
    in_place = sorted(rows)
    if all(one[1] < other[1] for one, other in pairwise(in_place)):
        return False
    rank = {row: n + 1 for n, row in enumerate(in_place)}
    highest = [-1] * (len(rows) + 1)  # a Fenwick tree: the highest former place up to a rank
    for row in rows:
        step = rank[row]
        while step:
            if highest[step] > row[1]:
                return True
            step &= step - 1
        step = rank[row]
        while step <= len(rows):
            highest[step] = max(highest[step], row[1])
            step += step & -step
    return False
