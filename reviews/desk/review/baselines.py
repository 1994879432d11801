"""What the review page compares with: what readers have, what this person signed last, or what they looked at last.

The signature is on all changes to what readers have, whatever is compared: the page says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils.formats import date_format
from django.utils.timezone import localtime

from monographs.document import Document
from monographs.models import Document as Stored
from monographs.questions import Kept
from reviews.access import looks
from reviews.models import SignOff
from reviews.models.signoff import REVIEW
from reviews.review.edition_review import EditionReview

LIVE, SIGNED, SEEN = "live", "signed", "seen"


@dataclass(frozen=True)
class Baseline:
    """`asked` is its word in the address, `link` the words of its link, `name` how the page calls the old side. Its
    document is read when it is compared with."""

    asked: str
    link: str
    name: str
    stored: Stored | None

    @property
    def digest(self) -> str:
        return self.stored.pk if self.stored else ""

    @property
    def document(self) -> Document | None:
        return self.stored.value if self.stored else None

    @property
    def is_live(self) -> bool:
        return self.asked == LIVE


def baselines(review: EditionReview, user: User) -> list[Baseline]:
    """Those that this person has and that say something else than another, that of readers first."""
    found = list[Baseline]()
    for one in _all(review, user):
        if one.is_live or all(one.digest != other.digest for other in found):
            found.append(one)
    return found


def chosen(found: list[Baseline], asked: str) -> Baseline:
    """The one that was asked for, or that of readers."""
    return next((one for one in found if one.asked == asked), found[0])


_signed = Kept(
    lambda monograph, signer, but: (
        SignOff.objects.filter(edition__monograph=monograph, signer=signer, meaning=REVIEW)
        .exclude(document=but)
        .select_related("document")
        .order_by("-signed_at")[:1]
    )
)


def _all(review: EditionReview, user: User) -> Iterator[Baseline]:
    live = review.monograph.live
    name = f"edition {live.number}, published" if live else ""
    yield Baseline(LIVE, "to what readers have", name, review.live)
    for signed in _signed(review.monograph.pk, user.pk, review.digest):
        when = date_format(localtime(signed.signed_at), "j F Y, H:i")
        yield Baseline(SIGNED, f"since you signed, {when}", f"as you signed it, {when}", signed.document)
    if seen := looks.last_seen(user, review.monograph, review.digest):
        document, at = seen
        when = date_format(localtime(at), "j F Y, H:i")
        yield Baseline(SEEN, f"since you looked, {when}", f"as you saw it, {when}", document)
