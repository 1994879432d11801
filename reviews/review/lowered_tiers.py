"""A tier that was lowered by somebody who also wrote: for what they wrote the one before counts.

Whoever wrote cannot lower the tier (`set_tier` of the policy). This is the other order: first lowered, then written. By
"since" is meant since the edition that readers see, as there.
"""

from collections.abc import Iterable

from django.db.models import F, Q

from monographs.models import Monograph
from reviews.models import AuditEvent, ChangeSet
from reviews.review.tiers import is_below

# Who set it, and from which tier to which.
Set = tuple[int, str, str]


def tiers_that_count(monographs: Iterable[Monograph]) -> dict[int, str]:
    """By monograph, where somebody set its tier since: the tier as it would be had nobody lowered it who wrote since.
    At most two queries, for however many."""
    pks = [one.pk for one in monographs]
    of = "subjects__monograph"
    since = Q(at__gt=F(f"{of}__live__published_at")) | Q(**{f"{of}__live": None})
    rows = AuditEvent.objects.filter(since, subjects__verb="tier_set", **{f"{of}__in": pks}).order_by("seq")
    sets: dict[int, list[Set]] = {}
    for pk, actor, data in rows.values_list(of, "actor", "data"):
        sets.setdefault(pk, []).append((actor, data["from_tier"], data["to_tier"]))
    writers = _writers_since(sets) if any(is_below(to, was) for one in sets.values() for _by, was, to in one) else {}
    return {pk: _replayed(one, writers.get(pk, set())) for pk, one in sets.items()}


def _replayed(sets: list[Set], writers: set[int]) -> str:
    counts = sets[0][1]
    for by, _was, to in sets:
        if not (by in writers and is_below(to, counts)):
            counts = to
    return counts


def _writers_since(monographs: Iterable[int]) -> dict[int, set[int]]:
    """Everybody who wrote or suggested anything in an edition after the live one."""
    since = Q(edition__number__gt=F("edition__monograph__live__number")) | Q(edition__monograph__live=None)
    rows = ChangeSet.objects.filter(since, edition__monograph__in=list(monographs))
    found: dict[int, set[int]] = {}
    for pk, actor, credits in rows.once("edition__monograph", "actor", "credits"):
        found.setdefault(pk, set()).update({actor}, *credits.values())
    return found
