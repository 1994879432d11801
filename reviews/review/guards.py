"""What stands against a transition, beside state, digest and policy. Each guard looks at a review and gives its
reasons.

A guard never writes. `reviews.workflow.TRANSITIONS` names the guards of each transition.
"""

from collections.abc import Callable, Iterator

from django.contrib.auth.models import User

from monographs.overlay_kinds import Effect
from monographs.standing import today
from reviews.access import policy
from reviews.access.refusals import Refusal, RefusalType
from reviews.audit import seals
from reviews.authorship import authors_of_page
from reviews.models import SignOff
from reviews.models.signoff import STILL_CORRECT
from reviews.review import tiers
from reviews.review.edition_review import EditionReview

Guard = Callable[[EditionReview, User], Iterator[Refusal]]
# A signature is on the document that readers are served, which is the same one then: nobody could sign, and the edition
# could never leave the review.
ONLY_FIGURES = (
    "Only doses that readers are not shown differ from the published edition, and no signature is on these: there is "
    "nothing to review yet. Keep this draft open: the figures stay in it, and are read in review with the next change "
    "to what readers see."
)
NO_CHECKPOINT = Refusal(
    "no_checkpoint",
    "The checkpoint file cannot be written, so nothing is signed or published now. Tell your administrator.",
    RefusalType.CONFLICT,
)


def no_open_edition(review: EditionReview, actor: User) -> Iterator[Refusal]:
    if review.monograph.editions.open().exists():
        yield Refusal(
            "open_edition", "This monograph has an open edition already. Work on that one.", RefusalType.CONFLICT
        )


def is_the_latest(review: EditionReview, actor: User) -> Iterator[Refusal]:
    """A new edition starts from what is live; from a discarded one only while nothing is."""
    live = review.monograph.live
    if live and live.edition_id != review.edition.pk:
        yield Refusal("not_live", "A new edition starts from the published one.", RefusalType.CONFLICT)
    elif not live and review.monograph.editions.filter(number__gt=review.edition.number).exists():
        yield Refusal(
            "not_the_latest", "A later edition was discarded after this one. Start from that.", RefusalType.CONFLICT
        )


def something_changed(review: EditionReview, actor: User) -> Iterator[Refusal]:
    if not review.changed:
        same = "Nothing differs from the published edition, so there is nothing to review."
        yield Refusal("nothing_changed", ONLY_FIGURES if review.has_other_figures else same, RefusalType.INVALID)


def no_problems(review: EditionReview, actor: User) -> Iterator[Refusal]:
    for problem in review.problems:
        part = str(problem.key) if problem.key else "header"
        yield Refusal(
            f"problem_{problem.code}", f"{problem.place}: {problem.sentence}", RefusalType.INVALID, part, problem.field
        )


def tier_is_set(review: EditionReview, actor: User) -> Iterator[Refusal]:
    floor = review.floor()
    if tiers.is_below(review.monograph.tier, floor):
        yield Refusal(
            "tier_below_floor",
            f"The tier is {review.monograph.tier}, and the drug, its class or a notice needs {floor}. "
            "Ask a clinician who did not work on this edition to raise it.",
            RefusalType.INVALID,
        )


def verified_clinician(review: EditionReview, actor: User) -> Iterator[Refusal]:
    profile = getattr(actor, "clinician_profile", None)
    if profile is None:
        yield Refusal("no_profile", "You need a clinician’s profile to sign. Ask your administrator to register you.")
    elif profile.ended_on is not None:
        yield Refusal(
            "registration_ended",
            "Your registration was ended here, with a reason. Ask your administrator to look it up anew.",
        )
    elif profile.verified_on is None:
        yield Refusal("not_verified", "Your registration is not verified yet. Ask your administrator to verify it.")
    elif not policy.verified_profile(actor, today(review.at)):
        yield Refusal(
            "lapsed",
            "Your registration was last verified over 12 months ago. Ask your administrator to verify it again.",
        )
    elif profile.verified_by_id in review.whose_words:
        yield Refusal(
            "verified_by_contributor",
            "Whoever verified your registration worked on this edition. Another clinician must sign.",
        )
    elif not profile.has_declared(today(review.at)):
        yield Refusal(
            "interests_overdue",
            "Your register of interests was not declared in the last 12 months. Declare it in your profile, then sign.",
        )


def counts_for_a_part(review: EditionReview, actor: User) -> Iterator[Refusal]:
    if not review.changed:
        yield Refusal("nothing_changed", "Nothing differs from the published edition, so there is nothing to sign.")
    elif not review.counts_for(actor.pk):
        yield Refusal(
            "counts_for_nothing", "You wrote or suggested everything that changed here. Somebody else must sign."
        )


def not_yet_signed(review: EditionReview, actor: User) -> Iterator[Refusal]:
    if review.valid_sign_off_of(actor.pk):
        yield Refusal("signed_already", "You signed this edition already.", RefusalType.CONFLICT)


def own_signature(review: EditionReview, actor: User) -> Iterator[Refusal]:
    if not review.valid_sign_off_of(actor.pk):
        yield Refusal("not_signed", "You have no signature on this edition to take back.", RefusalType.CONFLICT)


def every_part_is_covered(review: EditionReview, actor: User) -> Iterator[Refusal]:
    if not review.changed:
        yield Refusal("nothing_changed", "Nothing differs from the published edition, so there is nothing to publish.")
    open_parts = review.missing_sign_offs()
    for part in review.in_page_order(open_parts):
        who = " and ".join(open_parts[part])
        yield Refusal("not_covered", f"{review.label_of(part)}: {who} must still sign for it.", part=part)


def signer_refusal(review: EditionReview, sign_off: SignOff) -> Refusal | None:
    signer = sign_off.signer
    profile = getattr(signer, "clinician_profile", None)
    if not signer.is_active:
        why = "the account was closed"
    elif profile is None or not policy.verified_profile(signer, today(review.at)):
        why = "the registration is no longer verified"
    elif (profile.body, profile.number, profile.profession) != (sign_off.body, sign_off.number, sign_off.profession):
        why = "the registration is another now"
    elif not policy.is_entitled(signer, "sign", review.edition):
        why = "the right to sign in this class was taken away"
    elif profile.verified_by_id in review.whose_words:
        why = "whoever verified the registration worked on this edition"
    else:
        return None
    return Refusal(
        "signer_lapsed", f"The signature of {sign_off.name} no longer counts: {why}. Somebody else must sign."
    )


def effective_sign_offs(review: EditionReview) -> list[SignOff]:
    """The standing signatures whose signers, judged again now, could still give them."""
    policy.look_up(one.signer for one in review.valid_sign_offs if one.signer.is_active)
    return [sign_off for sign_off in review.valid_sign_offs if signer_refusal(review, sign_off) is None]


def signers_still_stand(review: EditionReview, actor: User) -> Iterator[Refusal]:
    """Signers are judged again: the set must be full without those whose signature no longer carries."""
    if review.missing_sign_offs(effective_sign_offs(review)):
        yield from filter(None, (signer_refusal(review, sign_off) for sign_off in review.valid_sign_offs))


def not_the_only_signer(review: EditionReview, actor: User) -> Iterator[Refusal]:
    if {one.signer_id for one in effective_sign_offs(review)} == {actor.pk}:
        yield Refusal("only_signer", "You are the only one who signed. Somebody else must publish.")


def checkpoint_is_writable(review: EditionReview, actor: User) -> Iterator[Refusal]:
    """Pages ask this too, so it only looks; signing and publishing themselves ask for the room of a line."""
    if not seals.checkpoint_is_writable():
        yield NO_CHECKPOINT


# -- On the published page ---------------------------------------------------------------------------------------------


def is_live(review: EditionReview, actor: User) -> Iterator[Refusal]:
    live = review.monograph.live
    if live is None or live.edition_id != review.edition.pk:
        yield Refusal("not_live", "Readers see another edition now. Act on that one.", RefusalType.CONFLICT)


def not_removed(review: EditionReview, actor: User) -> Iterator[Refusal]:
    if any(one.row.effect == Effect.REMOVES for one in review.withdrawals):
        yield Refusal(
            "withdrawn_already", "The page was taken down already. Readers get nothing of it.", RefusalType.CONFLICT
        )


def is_withdrawn(review: EditionReview, actor: User) -> Iterator[Refusal]:
    if not review.withdrawals:
        yield Refusal("not_withdrawn", "The page is not withdrawn: readers see it.", RefusalType.CONFLICT)


def is_shown(review: EditionReview, actor: User) -> Iterator[Refusal]:
    if review.withdrawals:
        sentence = "The page is withdrawn. It comes back when clinicians sign that it is still correct."
        yield Refusal("page_withdrawn", sentence, RefusalType.CONFLICT)


def wrote_no_word(review: EditionReview, actor: User) -> Iterator[Refusal]:
    """A full review vouches for the whole page, whichever edition its words came with."""
    live = review.monograph.live
    if live and actor.pk in review.contributors | authors_of_page(live):
        yield Refusal(
            "contributed", "You wrote or suggested words of it. Another clinician must read it again as a whole."
        )


def waits_for_confirmation(review: EditionReview, actor: User) -> Iterator[Refusal]:
    waiting = review.unconfirmed
    if review.withdrawals and not waiting:
        yield Refusal("confirmed_already", "Somebody else confirmed it already.", RefusalType.CONFLICT)
    against = [policy.refusals(actor, "confirm-withdrawal", overlay) for overlay in waiting]
    if all(against):
        yield from (refusal for found in against for refusal in found)


def no_author(review: EditionReview, actor: User) -> Iterator[Refusal]:
    if actor.pk in review.whose_words:
        yield Refusal(
            "contributed", "You wrote or suggested words of it. Another clinician must say that it is still correct."
        )


def reaffirmations(review: EditionReview) -> list[SignOff]:
    """Signatures that the page is still correct, given since it was withdrawn last, by people who still could: they
    wrote no word of it, in whatever edition."""
    last = max((one.at for one in review.withdrawals), default=None)
    if last is None:
        return []
    rows = SignOff.objects.filter(
        edition=review.edition, document=review.digest, meaning=STILL_CORRECT, signed_at__gte=last, unsigning=None
    ).select_related("signer__clinician_profile")
    return [one for one in rows if one.signer_id not in review.whose_words and signer_refusal(review, one) is None]


def missing_reaffirmations(review: EditionReview) -> list[str]:
    """Who still has to sign that a withdrawn page is correct, in words: the full set of its tier, as for publishing."""
    missing = tiers.ROWS[review.tier_of_page].missing([one.profession for one in reaffirmations(review)])
    if missing or not review.withdrawals:
        return missing
    withdrew = {act.by_id for one in review.withdrawals for act in (one, one.second) if act}
    signers = {one.signer_id for one in reaffirmations(review)}
    return ["a clinician who neither withdrew it nor confirmed that"] if signers <= withdrew else []


def not_yet_reaffirmed(review: EditionReview, actor: User) -> Iterator[Refusal]:
    if any(one.signer_id == actor.pk for one in reaffirmations(review)):
        yield Refusal("signed_already", f"You signed this already. {what_is_next(review)}", RefusalType.CONFLICT)


def reaffirmed(review: EditionReview, actor: User) -> Iterator[Refusal]:
    missing = missing_reaffirmations(review) if review.withdrawals else []
    if missing:
        yield Refusal(
            "not_vouched",
            f"First {' and '.join(missing)} must sign that it is still correct. Nobody who wrote it can.",
            RefusalType.CONFLICT,
        )


def reaffirmed_by_another(review: EditionReview, actor: User) -> Iterator[Refusal]:
    if review.withdrawals and {one.signer_id for one in reaffirmations(review)} == {actor.pk}:
        yield Refusal(
            "only_signer", "You are the only one who signed that it is still correct. Somebody else must reinstate it."
        )


def what_is_next(review: EditionReview) -> str:
    """What a withdrawn page waits for, once somebody signed that it is still correct."""
    missing = missing_reaffirmations(review)
    return f"Next, {' and '.join(missing)} must sign." if missing else "A publisher can reinstate the page now."
