"""What stands over pages: urgent warnings, corrections, withheld parts, withdrawals, second signatures, and their end.

Every row of an overlay is written here. Each verb is bound to a password that was given for just these words: the
attestation names the digest of the words. Who may do what, and what readers are told: docs/clinical/safety_notices.md,
Overlays.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import User

from monographs.assemble import build
from monographs.canonical import normal
from monographs.models import Edition, Monograph, Overlay, SecondSignature
from monographs.overlay_kinds import (
    LIFT,
    OVERLAY_KINDS,
    WITHDRAWALS,
    WITHHOLD_REASONS,
    OverlayKind,
)
from monographs.pages.said import said
from monographs.proofing.proof import Doses
from monographs.standing import WITHHELD_KINDS, overlays_of, today
from monographs.texts.characters import says_nothing
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import kept
from reviews.access.refusals import Refusal, RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.closing import reopening
from reviews.overlay_words import (
    LONGEST_PRINTED_REASON,
    CorrectionInput,
    WarningInput,
    digest_of_act,
    digest_of_part_withheld,
    digest_of_placing,
    hidden_figures,
    not_printable,
    quotable,
    words_of_erratum,
    words_of_warning,
)
from reviews.review.attestation import Attestation, attestation_refusals
from reviews.review.edition_review import EditionReview
from reviews.review.steps import stay
from reviews.review.transition import Given, Transition

MOST_PAGES = 50


def place(kind: str, monograph: Monograph, *, reason: str, actor: User, attestation: Attestation | None) -> Overlay:
    """Puts something over a page that needs a reason, which readers are told, and nothing else; the row of its kind
    says who may. KeyError for a kind that needs more.

    Refuses a page that is not published, a reason too long to be printed, and what stands there already word for word.
    """
    row, subject, reason = OVERLAY_KINDS[kind], f"monograph:{monograph.slug}", normal(reason)
    if row.form is None:
        raise KeyError(kind)
    with refusals_recorded(actor=actor, action=row.place, subject=subject), audited_write(actor=actor) as trail:
        page = Monograph.objects.for_desk().get(pk=monograph.pk)
        if found := policy.refusals(trail.actor, row.place, page):
            raise Refused(found)
        found = [*_pages([page]), *quotable("reason", reason, "Say why: readers see it.", LONGEST_PRINTED_REASON)]
        found += hidden_figures("reason", reason, partial(_doses_of, page))
        if any((one.kind, one.reason) == (kind, reason) for one in overlays_of(page.pk)):
            found.append(Refusal("added_already", "This notice is on the page already.", RefusalType.CONFLICT))
        if found := found or _unattested(trail, attestation, digest_of_placing(kind, page, reason)):
            raise Refused(found)
        digest = digest_of_placing(kind, page, reason)
        overlay = _new(trail, page, kind, act=uuid4(), reason=reason)
        trail.record(row.entry, subject, digest=digest, reason=reason, data={"overlay": overlay.pk, "kind": kind})
        return overlay


def withhold(monograph: Monograph, *, part: UUID, reason: str, actor: User, attestation: Attestation | None) -> Overlay:
    """Takes one part (a section or a monitoring test) off the page and off every edition that holds it, at once. One
    clinician or publisher may; `reason` is a code of WITHHOLD_REASONS."""
    subject = f"monograph:{monograph.slug}"
    with refusals_recorded(actor=actor, action="withhold", subject=subject), audited_write(actor=actor) as trail:
        page = Monograph.objects.for_desk().get(pk=monograph.pk)
        if found := policy.refusals(trail.actor, "withhold", page) or _pages([page]):
            raise Refused(found)
        assert page.live is not None  # the policy refuses it for a page that is not there
        held = page.live.document.value.by_key().get(part)
        if held is None or held.part_kind not in WITHHELD_KINDS:
            found.append(Refusal("no_such_part", "The published page has no such part.", RefusalType.CONFLICT))
        if reason not in WITHHOLD_REASONS:
            found.append(Refusal("reason", "Choose a reason from the list.", RefusalType.INVALID, field="reason"))
        if any(one.part == part for one in overlays_of(page.pk)):
            found.append(Refusal("withheld_already", "It is withheld already.", RefusalType.CONFLICT))
        digest = digest_of_part_withheld(page, part)
        if found := found or _unattested(trail, attestation, digest):
            raise Refused(found)
        overlay = _new(trail, page, "withhold", act=uuid4(), part=part, reason=WITHHOLD_REASONS[reason])
        trail.record("withheld", subject, digest=digest, reason=overlay.reason, data={"overlay": overlay.pk})
        return overlay


def warn(
    monographs: Sequence[Monograph], *, warned: WarningInput, actor: User, attestation: Attestation | None
) -> list[Overlay]:
    """Puts one warning over the pages of one or several monographs at once: all of them, or none.

    Refuses whoever is not a verified clinician on call for each class, a monograph that is not published, and words
    that are not from the lists or not quotable. A figure in the regulator's own sentence stands, also where it is that
    of a dose which readers are not shown: they need the warning, and its words are checked against the regulator's.
    """
    subject = ",".join(sorted(f"monograph:{one.slug}" for one in monographs))
    with refusals_recorded(actor=actor, action="warn", subject=subject), audited_write(actor=actor) as trail:
        pages = list(Monograph.objects.for_desk().filter(pk__in=[one.pk for one in monographs]).order_by("slug"))
        found = [one for page in pages for one in policy.refusals(trail.actor, "warn", page)][:1]
        if found:
            raise Refused(found)
        found = [*_pages(pages), *words_of_warning(warned, today(trail.clock))]
        if found := found or _unattested(trail, attestation, warned.digest(pages)):
            raise Refused(found)
        act, made = uuid4(), []
        for page in pages:
            overlay = _new(
                trail, page, "warning", act=act, **{**warned.normal(), "issued": date.fromisoformat(warned.issued)}
            )
            made.append(overlay)
            data = {"overlay": overlay.pk, "act": str(act), "title": warned.title}
            trail.record("warned", f"monograph:{page.slug}", digest=warned.digest(pages), data=data)
        return made


def correct(
    monograph: Monograph, *, corrected: CorrectionInput, actor: User, attestation: Attestation | None
) -> Overlay:
    """Tells readers what the page said wrongly. Which editions said so, and since when, is looked up, not typed.

    Refuses whoever is no verified pharmacist of the class, words that no published edition shows, and words of which it
    is not said in which of their places they are meant.
    """
    subject = f"monograph:{monograph.slug}"
    with refusals_recorded(actor=actor, action="correct", subject=subject), audited_write(actor=actor) as trail:
        page = Monograph.objects.for_desk().get(pk=monograph.pk)
        if found := policy.refusals(trail.actor, "correct", page):
            raise Refused(found)
        quoted = said(page, corrected.wrong)
        found = [*_pages([page]), *words_of_erratum(corrected, quoted)]
        found += hidden_figures("right", corrected.right, partial(_doses_of, page))
        if found := found or _unattested(trail, attestation, corrected.digest(page)):
            raise Refused(found)
        chosen = quoted.chosen(corrected.places)
        affected = quoted.in_editions(chosen)
        words = {**corrected.normal(), "places": [at for one in chosen for at in one.stored()]}
        overlay = _new(
            trail, page, "erratum", act=uuid4(), **words, editions=[one.number for one in affected],
            last_edition=affected[-1].number, said_from=affected[0].published_at,
        )  # fmt: skip
        data = {"overlay": overlay.pk, "editions": overlay.editions, "harm": overlay.harm}
        trail.record("corrected", subject, digest=corrected.digest(page), data=data)
        return overlay


def countersign(overlay: Overlay, *, actor: User, attestation: Attestation | None) -> SecondSignature:
    """The second signature, by whoever the row of its kind names: on a warning, by another verified clinician of the
    class. A withdrawal is confirmed by `perform("confirm-withdrawal", …)`."""
    subject = f"monograph:{overlay.monograph.slug}"
    with refusals_recorded(actor=actor, action="countersign", subject=subject), audited_write(actor=actor) as trail:
        overlay = _standing(overlay, lambda row: row.is_countersigned)
        assert overlay.row.second is not None
        if found := policy.refusals(trail.actor, overlay.row.second.action, overlay):
            raise Refused(found)
        if overlay.second:
            raise refuse("signed_already", "Somebody countersigned it already.", RefusalType.CONFLICT, recorded=False)
        digest = digest_of_act("countersign", overlay)
        if found := _unattested(trail, attestation, digest):
            raise Refused(found)
        second = SecondSignature(overlay=overlay, by=trail.actor, by_title=policy.title_of(trail.actor), at=trail.at)
        trail.save(second)
        trail.record("countersigned", subject, digest=digest, data={"overlay": overlay.pk, "kind": overlay.kind})
        return second


def lift(overlay: Overlay, *, actor: User, reason: str, attestation: Attestation | None) -> Overlay:
    """Ends what the row of its kind lets this person end: a warning (a clinician on call other than the one who added
    it), a correction that was wrong itself (a pharmacist). A withdrawal ends by `perform("reinstate", …)`."""
    subject, reason = f"monograph:{overlay.monograph.slug}", kept(reason)
    with (
        refusals_recorded(actor=actor, action="lift", subject=subject, reason=reason),
        audited_write(actor=actor) as trail,
    ):
        overlay = _standing(overlay, lambda row: row.is_lifted)
        if found := policy.refusals(trail.actor, "lift", overlay):
            raise Refused(found)
        if says_nothing(reason):
            found.append(Refusal("reason", "Say why it ends: readers are told.", RefusalType.INVALID, field="reason"))
        found += not_printable(reason.strip())
        found += hidden_figures("reason", reason, partial(_doses_of, overlay.monograph))
        digest = digest_of_act("lift", overlay)
        if found := found or _unattested(trail, attestation, digest):
            raise Refused(found)
        ended = _new(trail, overlay.monograph, LIFT, act=uuid4(), lifts=overlay, reason=reason.strip())
        data = {"overlay": ended.pk, "lifted": overlay.pk, "kind": overlay.kind}
        trail.record("lifted", subject, digest=digest, reason=reason.strip(), data=data)
        reopening.ended(trail, [ended])
        return ended


# -- Withdrawal: what its transitions write ----------------------------------------------------------------------------


def withdraw(trail: Trail, row: Transition, review: EditionReview, given: Given) -> EditionReview:
    overlay = _new(trail, review.monograph, given.kind, act=uuid4(), reason=given.reason)
    return stay(trail, row, review, given.reason, overlay=overlay.pk, kind=given.kind)


def what_is_withdrawn(review: EditionReview, given: Given) -> Iterator[Refusal]:
    """Refusals of what is given with a withdrawal: its kind, and the reason that readers are told."""
    if given.kind not in WITHDRAWALS:
        sentence = "Choose whether the page is retired (a banner, doses hidden) or taken down (nothing is shown)."
        yield Refusal("kind", sentence, RefusalType.INVALID, field="kind")
    elif given.kind in {one.kind for one in review.withdrawals}:
        yield Refusal(
            "withdrawn_already", "The page is retired already. You can still take it down.", RefusalType.CONFLICT
        )
    yield from not_printable(given.reason)
    yield from hidden_figures("reason", given.reason, partial(_doses_of, review.monograph))


def confirm_withdrawal(trail: Trail, row: Transition, review: EditionReview, given: Given) -> EditionReview:
    """Signs those that this person may confirm: of two withdrawals by two roles nobody can confirm both."""
    title = policy.title_of(given.actor)
    confirmed = [one for one in review.unconfirmed if policy.can(given.actor, "confirm-withdrawal", one)]
    for overlay in confirmed:
        trail.save(SecondSignature(overlay=overlay, by=given.actor, by_title=title, at=trail.at))
    return stay(trail, row, review, given.reason, confirmed=[one.pk for one in confirmed])


def reinstate(trail: Trail, row: Transition, review: EditionReview, given: Given) -> EditionReview:
    monograph = review.monograph
    lifts = [_new(trail, monograph, LIFT, act=uuid4(), lifts=one, reason=given.reason) for one in review.withdrawals]
    stayed = stay(trail, row, review, given.reason, lifted=[one.lifts_id for one in lifts])
    reopening.ended(trail, lifts)
    return stayed


# -- What they share ---------------------------------------------------------------------------------------------------


def _new(trail: Trail, monograph: Monograph, kind: str, **fields: Any) -> Overlay:
    assert monograph.live is not None
    overlay = Overlay(
        kind=kind, monograph=monograph, edition=monograph.live.number, by=trail.actor, at=trail.at,
        by_title=policy.title_of(trail.actor), by_role=policy.role_on_page(trail.actor, monograph), **fields,
    )  # fmt: skip
    trail.save(overlay)
    trail.reindex(monograph)
    return overlay


def _standing(overlay: Overlay, asked: Callable[[OverlayKind], bool]) -> Overlay:
    found = (
        Overlay.objects.unlifted().select_related("monograph__live__document", "monograph__drug", "second_signature")
        .filter(pk=overlay.pk).first()
    )  # fmt: skip
    if found is None or not asked(found.row):
        raise refuse("ended_already", "This notice has ended: somebody ended it.", RefusalType.CONFLICT, recorded=False)
    return found


def _doses_of(page: Monograph) -> Doses:
    """What of the doses of a page readers are not shown: of what they have, and of the edition that is open, with the
    figures of their editors."""
    editions = [page.live.edition] if page.live else []
    editions += Edition.objects.open().filter(monograph=page)
    found = [Doses.in_document(build(one)) for one in editions]
    return Doses(all(one.are_shown for one in found), frozenset().union(*(one.hidden for one in found)))


def _unattested(trail: Trail, attestation: Attestation | None, digest: str) -> list[Refusal]:
    return attestation_refusals(attestation, actor=trail.actor, digest=digest, ticks=())


def _pages(monographs: Sequence[Monograph]) -> list[Refusal]:
    if not 1 <= len(monographs) <= MOST_PAGES:
        sentence = f"Choose from 1 to {MOST_PAGES} monographs."
        return [Refusal("monographs", sentence, RefusalType.INVALID, field="monographs")]
    return [
        Refusal("not_published", f"{one.slug}: nothing is published there.", RefusalType.INVALID, field="monographs")
        for one in monographs
        if one.live is None
    ]
