"""Whether a transition that is asked for was just done, by the same person to the same words."""

from reviews.models import AuditEvent
from reviews.review.edition_review import EditionReview
from reviews.review.transition import Given, Transition


def is_done_already(review: EditionReview, row: Transition, given: Given, seen: str, entries: set[str]) -> bool:
    """A repeat from elsewhere than the same form (two tabs, a script), which no token tells: the same person asks for
    what the same person has just done to the same digest. `entries` are those of all transitions."""
    actor, edition = given.actor, review.edition
    if seen != review.digest:
        return False
    if row.name == "sign":
        return edition.state in row.sources and review.valid_sign_off_of(actor.pk) is not None
    if row.name == "unsign":
        if review.valid_sign_off_of(actor.pk) is not None:
            return False
    elif edition.state in row.sources and not row.on_page:
        return False
    last = (
        AuditEvent.objects.about(review.monograph, *entries)
        .order_by("-seq")
        .values_list("verb", "actor_id", "digest", "data")
        .first()
    )
    if last is None:
        return False
    verb, who, digest, data = last
    done = (verb, who, digest, data["edition"], data.get("kind", ""))
    return done == (row.entry, actor.pk, seen, edition.number, given.kind if row.kinds else "")
