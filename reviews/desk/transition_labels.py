"""What the desk says of a transition, before and after it is done: the words of its row, with their numbers filled
in."""

from django.contrib.auth.models import User

from monographs.models import State
from monographs.overlay_kinds import Effect
from reviews.access import held
from reviews.desk.base import and_list
from reviews.models import SignOff
from reviews.models.people import name_of
from reviews.review import guards
from reviews.review.edition_review import EditionReview
from reviews.review.page_signatures import FULL, UNCHANGED
from reviews.review.transition import Transition
from reviews.workflow import TRANSITIONS, refusals

# The four steps of the path, with the state in which an edition stands on it.
STEPS = (State.DRAFT, State.IN_REVIEW, State.CLINICIAN_REVIEWED, State.PUBLISHED)


def button(row: Transition, number: int, next_number: int = 0, *, name: str = "") -> str:
    """Verb and thing, as the button says it. `next_number` is that of an edition to be started, `name` that of the
    published page."""
    return row.words.button.format(number=number, next=next_number, name=name)


def help_for(row: Transition, review: EditionReview) -> str:
    """What it does, for whoever may do it now."""
    live = review.monograph.live
    return row.words.help.format(
        stays=f"Edition {live.number} stays published." if live else "Readers notice nothing.",
        replaces=f" It replaces edition {live.number}." if live else "",
    )


def done(row: Transition, review: EditionReview) -> str:
    """What happened, and what comes next: said of the edition as it was left."""
    words, wanted = row.words.done, missing(review) if "{waits}" in row.words.done else []
    return words.format(
        number=review.edition.number,
        waits=f"Next, {and_list(wanted)} must sign." if wanted else "A publisher can publish it now.",
        returns=guards.what_is_next(review) if "{returns}" in words else "",
        reviewed=FULL.waits_for(review) if "{reviewed}" in words else "",
        renewed=UNCHANGED.waits_for(review) if "{renewed}" in words else "",
        left=_who_is_left(review) if "{left}" in words else "",
        seen=_what_readers_see(review) if "{seen}" in words else "",
    )


def missing(review: EditionReview) -> list[str]:
    """Who still has to sign, each once: the union over all changed parts."""
    return list(dict.fromkeys(one for who in review.missing_sign_offs().values() for one in who))


def left_to_ask(review: EditionReview) -> list[User]:
    """Everybody who can sign the edition now, and whose signature it still lacks."""
    sign, wanted = TRANSITIONS["sign"], _count(review)
    able = (one for one in held.everybody() if not refusals(review, sign, one))
    return [one for one in able if _count(review, one) < wanted]


def _count(review: EditionReview, *more: User) -> int:
    """How many signatures it lacks, if these people signed too."""
    given = [SignOff(signer=one, profession=one.clinician_profile.profession) for one in more]
    return sum(map(len, review.missing_sign_offs([*review.valid_sign_offs, *given]).values()))


def _who_is_left(review: EditionReview) -> str:
    if not missing(review):
        return "It has its signatures."
    if left := left_to_ask(review):
        return f"Left to ask: {and_list(map(name_of, left))}."
    return "Nobody else can sign it now. Ask your administrator for another clinician."


def _what_readers_see(review: EditionReview) -> str:
    stays = {one.row.effect: one.row.words.stays for one in review.withdrawals if one.row.words.stays}
    return stays.get(Effect.REMOVES) or next(iter(stays.values()), "Readers see it now.")
