"""Whose words come back with an import or a restore: a copy of somebody's text keeps its author."""

from collections.abc import Iterable
from itertools import combinations
from uuid import UUID

from monographs import document as values
from monographs.digest import digest_of_part
from monographs.document import PART_FIELDS
from monographs.models import Document, Monograph
from reviews.models import ChangedPart, ChangeSet

Pair = tuple[object, object]


def earlier_authors(monograph: Monograph, document: values.Document, parts: Iterable[str]) -> dict[str, list[int]]:
    """For each of these parts, which become what they are in `document`: who is their author for it ({part key: user
    keys}).

    That is everybody who had written or suggested the part in an edition of this monograph by the time when it stood
    there word for word as it does in `document`; undone edits count as they do within an edition. A part that
    `document` lacks has those who took it out, and the order of parts those who moved any two as they stand there.
    """
    wanted, digests, pairs = set(parts), _digests(document), _pairs(document)
    known = ChangeSet.objects.filter(edition__monograph=monograph).order_by("at", "revision_id")
    changes = [change for change in known if wanted & set(change.touched)]
    theirs = _digests_after(changes)
    moved = [one for one in changes if "order" in wanted & set(one.touched)]
    rows = Document.objects.in_bulk({pk for one in moved for pk in (one.before_id, one.after_id) if pk})
    read = {pk: row.value for pk, row in rows.items()}
    found: dict[str, set[int]] = {}
    writers: dict[tuple[int, str], set[int]] = {}
    for change in changes:
        for part in wanted & set(change.touched):
            people = writers.setdefault((change.edition_id, part), set())
            people.update({change.actor_id}, change.credits.get(part, ()))
            if part == "order":
                made = _pairs(read[change.after_id]) - (_pairs(read[change.before_id]) if change.before_id else set())
                is_this = bool(made & pairs)
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


def _pairs(document: values.Document) -> set[Pair]:
    """(one, other) for every two parts of a kind, the first standing before the second."""
    return {
        pair
        for field in PART_FIELDS.values()
        for pair in combinations([part.key for part in getattr(document, field)], 2)
    }
