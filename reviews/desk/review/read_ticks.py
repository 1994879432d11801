"""Ticks for "read" beside the parts of a review: a private aid that says what changed since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from monographs.digest import digest_of_part
from monographs.document import Document
from reviews.access import looks, policy
from reviews.desk.base import DONE, PART, DeskRequest, act_on, current_edition, desk, monograph_for, no_entry
from reviews.review.attestation import Seen
from reviews.review.edition_review import EditionReview

GONE = "gone"  # instead of the digest of a part that is not there any more


@dataclass(frozen=True)
class ReadTick:
    """The tick of one part for this person: its digest now, and when they read it; `is_stale`: other words than now."""

    part: str
    digest: str
    at: datetime | None = None
    is_stale: bool = False

    @property
    def is_read(self) -> bool:
        return self.at is not None and not self.is_stale


def digests_of(document: Document) -> dict[str, str]:
    """Part -> digest of its words now; the header and the order of parts are parts too."""
    found = {str(part.key): digest_of_part(part) for part in document.parts()}
    order = " ".join(found)
    return {**found, "header": digest_of_part(document.header), "order": sha256(order.encode()).hexdigest()}


def ticks_of(review: EditionReview, user: User) -> dict[str, ReadTick]:
    """For each changed part, what this person ticked."""
    return _ticks_of(review, looks.ticks(user, review.edition))


def seen_by(review: EditionReview, user: User) -> Seen:
    """When they opened the page of what stands there now, and which changed parts they ticked as read."""
    opened, ticked = looks.seen(user, review.edition, review.digest)
    return Seen(opened, tuple(part for part, tick in _ticks_of(review, ticked).items() if tick.is_read))


def _ticks_of(review: EditionReview, ticked: Mapping[str, tuple[str, datetime]]) -> dict[str, ReadTick]:
    now = digests_of(review.document)
    return {part: _tick(part, now.get(part, GONE), ticked) for part in review.changed}


def _tick(part: str, digest: str, ticked: Mapping[str, tuple[str, datetime]]) -> ReadTick:
    then, at = ticked.get(part, ("", None))
    return ReadTick(part, digest, at, at is not None and then != digest)


@desk
@act_on(lambda request, slug: reverse("review", args=[monograph_for(request, slug).slug]))
def read(request: DeskRequest, slug: str) -> HttpResponse:
    """Ticks a part as read, or takes the tick away. Words that changed meanwhile are not ticked by an older page."""
    monograph = monograph_for(request, slug)
    review = EditionReview.load(current_edition(monograph))
    part, seen = request.POST.get("part", ""), request.POST.get("digest", "")
    if refusals := policy.refusals(request.user, "sign", review.edition):
        return no_entry(request, refusals)
    tick = ticks_of(review, request.user).get(part) if review.edition.is_open else None
    is_fragment = request.headers.get("HX-Request") == "true"
    if tick is None or seen != tick.digest:
        said = "This part is another now. Open the page again to read it."
    elif request.POST.get("off"):
        said = "" if looks.untick(request.user, review.edition, part) else BUSY
    else:
        said = "" if looks.tick(request.user, review.edition, part, seen) else BUSY
    if not is_fragment:
        if said:
            messages.info(request, said)
        return redirect(f"{reverse('review', args=[monograph.slug])}{f'#tick-{part}' if tick else ''}")
    ticks, at = ticks_of(review, request.user), reverse("read_tick", args=[monograph.slug])
    shown = {"read_at": at, "tick": ticks.get(part), "said": said, **progress(ticks), "is_fragment": True}
    response = render(request, "reviews/_read_tick.html", shown)
    response[PART] = DONE
    return response


BUSY = "Not noted: somebody is saving. Press it again."


def progress(ticks: Mapping[str, ReadTick]) -> dict[str, int]:
    return {"read_count": sum(one.is_read for one in ticks.values()), "part_count": len(ticks)}
