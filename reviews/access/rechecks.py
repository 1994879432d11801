"""Which live pages rest on a signature of somebody whose registration was ended or ran out, and their reviews.

A page rests on every signature with which one of its editions went out since its last full review, and on each by which
it came back after a withdrawal: an amendment was signed for what changed in it alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User

from monographs.models import Monograph, TherapeuticClass
from monographs.standing import today
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import reason_of
from reviews.access.grants import check_administrator
from reviews.access.refusals import Refusal, RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.models import ClinicianProfile, Recheck, SignOff
from reviews.models.signoff import FULL_REVIEW, REVIEW

REASON = 2_000


@dataclass
class Resting:
    """A live page that rests on a signature of this clinician: the latest day, and the review that is open, if one
    is."""

    monograph: Monograph
    signed_on: date
    recheck: Recheck | None = None


def resting_on(profiles: Iterable[ClinicianProfile]) -> dict[int, list[Resting]]:
    """By profile, the live pages that rest on its signatures, by name. Two queries, however many they are."""
    found: dict[int, dict[int, Resting]] = {one.pk: {} for one in profiles}
    of_signer = {one.user_id: one.pk for one in profiles}
    rows = SignOff.objects.filter(
        signer__in=of_signer, unsigning=None, edition__publication__isnull=False, edition__monograph__live__isnull=False
    ).select_related("edition__publication", "edition__monograph__live__edition")
    for one in rows.order_by("signed_at"):
        publication, monograph = one.edition.publication, one.edition.monograph
        assert monograph.live is not None, "asked for"
        went_out = one.meaning != REVIEW or one.document_id == publication.document_id
        since = one.signed_at if one.meaning == FULL_REVIEW else publication.published_at
        if went_out and today(since) >= (monograph.last_full_review or monograph.live.last_full_review):
            pages = found[of_signer[one.signer_id]]
            pages[monograph.pk] = Resting(monograph, today(one.signed_at))
    for recheck in Recheck.objects.filter(profile__in=found, closed_at=None).select_related("opened_by"):
        if page := found[recheck.profile_id].get(recheck.monograph_id):
            page.recheck = recheck
    return {pk: sorted(pages.values(), key=lambda one: _name(one.monograph)) for pk, pages in found.items()}


def _name(monograph: Monograph) -> tuple[str, str]:
    return monograph.live.name.casefold() if monograph.live else "", monograph.slug


def waiting_for(user: User, classes: dict[int, TherapeuticClass]) -> list[Recheck]:
    """The open reviews that this person may close, and that a page still rests on, the oldest first."""
    if not policy.verified_profile(user):
        return []
    rows = Recheck.objects.filter(closed_at=None, monograph__live__isnull=False).exclude(profile__user=user)
    found = list(rows.select_related("monograph__live__edition", "profile"))
    for one in found:
        one.monograph.therapeutic_class = classes[one.monograph.therapeutic_class_id]
    mine = [one for one in found if not refusals_of(user, one)]
    resting = resting_on({one.profile for one in mine})
    still = {(pk, page.monograph.pk) for pk, pages in resting.items() for page in pages}
    return [one for one in mine if (one.profile_id, one.monograph_id) in still]


def open_all(trail: Trail, profile: ClinicianProfile, reason: str) -> list[Recheck]:
    """Inside an act: opens the review of each live page that rests on this clinician and has none open."""
    pages = [one.monograph for one in resting_on([profile])[profile.pk] if one.recheck is None]
    made = [
        Recheck(monograph=one, profile=profile, reason=reason, opened_at=trail.at, opened_by=trail.actor)
        for one in pages
    ]
    for recheck in made:
        trail.save(recheck)
    if made:
        subject = ",".join(f"monograph:{one.slug}" for one in pages)
        trail.record("rechecks_opened", subject, reason=reason, data={"profile": profile.pk})
    return made


def open_rechecks(profile: ClinicianProfile, *, actor: User, reason: str) -> list[Recheck]:
    """Opens the reviews of the pages that rest on somebody who was found conflicted, or whose registration ran out.
    Refuses whoever is no administrator, no reason, and where no page waits for one."""
    with (
        refusals_recorded(actor=actor, action="open_rechecks", subject=f"profile:{profile.pk}", reason=reason),
        audited_write(actor=actor) as trail,
    ):
        check_administrator(trail.actor)
        reason = reason_of(reason, "Say why these pages are looked at again.", longest=REASON)
        made = open_all(trail, profile, reason)
        if not made:
            sentence = "No live page rests on a signature of this person without a review that is open already."
            raise refuse("nothing_rests", sentence, RefusalType.CONFLICT)
    return made


def refusals_of(user: User, recheck: Recheck) -> list[Refusal]:
    """Why this person may not say what came of it."""
    if refusals := policy.refusals(user, "close_recheck", recheck.monograph):
        return refusals
    if recheck.profile.user_id == user.pk:
        return [Refusal("own_signature", "It is about your own signature. Another clinician must look at the page.")]
    live = recheck.monograph.live
    if live and policy.contributed(user, live.edition):
        return [Refusal("contributed", "You worked on this edition. Another clinician must look at the page.")]
    return []


def close_recheck(recheck: Recheck, *, actor: User, found: str) -> Recheck:
    """Says what came of the review of one page. Its text stays as it is: where something is wrong, a new edition or a
    withdrawal follows by its own way. Refuses whoever may not sign there, whoever is not verified, the clinician whose
    signature it is about, and whoever worked on the live edition."""
    subject = f"monograph:{recheck.monograph.slug}"
    with (
        refusals_recorded(actor=actor, action="close_recheck", subject=subject, reason=found),
        audited_write(actor=actor) as trail,
    ):
        row = Recheck.objects.select_related("monograph__live__edition", "monograph__therapeutic_class", "profile").get(
            pk=recheck.pk
        )
        if refusals := refusals_of(trail.actor, row):
            raise Refused(refusals)
        found = reason_of(found, "Say what you found.", field="found", longest=REASON)
        if row.closed_at is not None:
            raise refuse("found_already", "Somebody said already what they found.", RefusalType.CONFLICT)
        row.found, row.closed_at, row.closed_by = found, trail.at, trail.actor
        trail.save(row)
        trail.record("recheck_closed", subject, reason=found, data={"profile": row.profile_id})
    return row
