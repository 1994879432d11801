"""Requests for a higher tier that are open. A critical notice, a trait or a class may ask for one while somebody writes
who cannot set it. What they asked stands in the trail alone, and ends by itself: when the tier is raised, and when
nothing asks for a higher one any more."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from monographs.models import Monograph
from monographs.vocabulary import TIERS
from reviews.models import EntrySubject
from reviews.models.people import name_of
from reviews.review import tiers
from reviews.review.edition_review import EditionReview

ASKED = "tier_asked"
HIGHEST = list(TIERS)[-1]  # below nothing


@dataclass(frozen=True)
class Asked:
    """An open request, by the number of its entry: for which monograph, to which tier, by whom and when."""

    seq: int
    monograph: Monograph
    tier: str
    by: str
    by_id: int
    at: datetime


def open_request(review: EditionReview) -> Asked | None:
    """What was asked for this edition and is still needed. Two queries."""
    return next(_open([review]), None)


def open_requests(monographs: QuerySet[Monograph]) -> Iterator[Asked]:
    """The open requests of these monographs, the oldest first. A query where there was never one; else each monograph
    whose tier is still below what was asked for is loaded."""
    asked = EntrySubject.objects.filter(monograph__in=monographs, verb=ASKED)
    pages = Monograph.objects.filter(pk__in=set(asked.values_list("monograph", flat=True))).exclude(tier=HIGHEST)
    reviews = [EditionReview.load(page.editions.order_by("-number")[0]) for page in pages]
    return iter(sorted(_open(reviews), key=lambda one: one.seq))


def _open(reviews: list[EditionReview]) -> Iterator[Asked]:
    needed = {one.monograph.pk: one for one in reviews if tiers.is_below(one.monograph.tier, one.floor())}
    rows = EntrySubject.objects.filter(monograph__in=needed, verb=ASKED).select_related("entry__actor")
    last = {one.monograph_id: one.entry for one in rows.order_by("entry")}
    for pk, entry in last.items():
        review = needed[pk]
        if entry.data["edition"] == review.edition.number and entry.actor:
            yield Asked(entry.seq, review.monograph, review.floor(), name_of(entry.actor), entry.actor.pk, entry.at)
