"""The workflow: one table of transitions, one function that performs them.

    draft -> in_review -> clinician_reviewed -> published -> superseded        (discarded: a draft that was given up)

`perform` is the only way from one state to the next. `available` says what could be done now, and why not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import transaction

from monographs.models import Edition, Overlay, Publication, SecondSignature, State
from monographs.standing import today
from reviews import guards, policy, seals
from reviews.audit import instant
from reviews.case import Case, months_later
from reviews.changes import Trail, change_set, pen, refusals_recorded, store
from reviews.guards import Guard
from reviews.independence import REVIEW_MONTHS
from reviews.models import AuditEvent, SignOff, Unsigning
from reviews.models.signoff import STILL_CORRECT
from reviews.privacy import refuse_patient_data
from reviews.readers import reindex
from reviews.refusals import Kind, Refusal, Refused, refuse
from reviews.signing import Attestation, Tick, attestation_refusals, checklist, still_correct

DRAFT, IN_REVIEW, REVIEWED = State.DRAFT, State.IN_REVIEW, State.CLINICIAN_REVIEWED
PUBLISHED, DISCARDED = State.PUBLISHED, State.DISCARDED


@dataclass(frozen=True)
class Transition:
    """One row of the table. `target` None: `settle` decides (sign, unsign), or a new edition is made (start)."""

    name: str
    sources: tuple[State, ...]
    target: State | None
    permission: str
    guards: tuple[Guard, ...] = ()
    needs_reason: bool = False
    needs_attestation: bool = False
    on_page: bool = False  # acts on the published page by an overlay; the edition stays where it stands


TRANSITIONS: dict[str, Transition] = {
    row.name: row
    for row in (
        Transition("start", (PUBLISHED, DISCARDED), None, "start", (guards.no_open_edition, guards.is_the_latest)),
        Transition(
            "submit", (DRAFT,), IN_REVIEW, "submit", (guards.something_changed, guards.no_problems, guards.tier_is_set)
        ),
        Transition("send-back", (IN_REVIEW, REVIEWED), DRAFT, "send-back", needs_reason=True),
        Transition(
            "sign",
            (IN_REVIEW, REVIEWED),
            None,
            "sign",
            (guards.verified_clinician, guards.counts_for_a_part, guards.not_yet_signed),
            needs_attestation=True,
        ),
        Transition("unsign", (IN_REVIEW, REVIEWED), None, "unsign", (guards.own_signature,), needs_reason=True),
        Transition(
            "publish",
            (REVIEWED,),
            PUBLISHED,
            "publish",
            (
                guards.every_part_is_covered,
                guards.signers_still_stand,
                guards.not_the_only_signer,
                guards.tier_is_set,
                guards.checkpoint_is_writable,
            ),
        ),
        Transition("discard", (DRAFT,), DISCARDED, "discard", needs_reason=True),
        Transition(
            "withdraw",
            (PUBLISHED,),
            PUBLISHED,
            "withdraw",
            (guards.is_live, guards.not_removed),
            needs_reason=True,
            on_page=True,
        ),
        Transition(
            "confirm-withdrawal",
            (PUBLISHED,),
            PUBLISHED,
            "confirm-withdrawal",
            (guards.is_live, guards.is_withdrawn, guards.waits_for_confirmation),
            on_page=True,
        ),
        Transition(
            "still-correct",
            (PUBLISHED,),
            PUBLISHED,
            "still-correct",
            (guards.is_live, guards.is_withdrawn, guards.verified_clinician, guards.no_author, guards.not_yet_vouched),
            needs_attestation=True,
            on_page=True,
        ),
        Transition(
            "reinstate",
            (PUBLISHED,),
            PUBLISHED,
            "reinstate",
            (guards.is_live, guards.is_withdrawn, guards.vouched_for_by_another),
            on_page=True,
        ),
    )
}


@dataclass(frozen=True)
class Act:
    """What is given with a transition, beside the edition and the digest that was seen."""

    actor: Any
    reason: str = ""
    attestation: Attestation | None = None
    kind: str = ""


def available(edition: Edition, actor: Any) -> dict[str, list[Refusal]]:
    """Every transition, with what stands against it for this person now; an empty list: it can be done.

    What is given with the act itself (reason, attestation, digest) is not asked for here.
    """
    case = Case.load(edition)
    return {name: refusals(case, row, actor) for name, row in TRANSITIONS.items()}


def refusals(case: Case, row: Transition, actor: Any) -> list[Refusal]:
    """Policy first: whoever may not do it learns nothing more. Then the state, then every guard."""
    return _out_of_place(case, row, actor) or [refusal for guard in row.guards for refusal in guard(case, actor)]


def _out_of_place(case: Case, row: Transition, actor: Any) -> list[Refusal]:
    """Not this person, or not in this state."""
    if forbidden := policy.refusals(actor, row.permission, case.edition):
        return forbidden
    if case.edition.state not in row.sources:
        words = " or ".join(_as(source) for source in row.sources)
        is_now = _as(State(case.edition.state))
        return [
            Refusal(
                "wrong_state",
                f"Edition {case.edition.number} is {is_now}; this needs one that is {words}.",
                Kind.CONFLICT,
            )
        ]
    return []


def _as(state: State) -> str:
    """A state after "is"."""
    return "a draft" if state == DRAFT else state.label.lower()


def perform(
    transition: str,
    *,
    editions: Sequence[Edition],
    actor: Any,
    digest: str | Mapping[int, str],
    reason: str = "",
    attestation: Attestation | None = None,
    kind: str = "",
) -> list[Edition]:
    """Performs one transition on one or several editions: all of them, or none.

    `digest` is the digest that the actor saw (for several editions: by their primary keys). Returns the editions as
    they are now; for `start`, the new ones. `kind` of withdraw: `retire` or `take_down`. Raises Refused with every
    reason, after recording it; KeyError for a name that is not in the table; NoPen when somebody else writes.
    """
    row = TRANSITIONS[transition]
    refuse_patient_data(reason)
    seen = {one.pk: digest if isinstance(digest, str) else digest.get(one.pk, "") for one in editions}
    subject = ",".join(sorted(f"monograph:{one.monograph.slug}" for one in editions))[:200]
    first = next(iter(seen.values()), "")
    with refusals_recorded(actor=actor, action=transition, subject=subject, digest=first, reason=reason):
        with pen(actor=actor) as trail:
            act = Act(trail.actor, reason.strip(), attestation, kind)
            return [_step(trail, row, one, seen[one.pk], act) for one in editions]


def _step(trail: Trail, row: Transition, edition: Edition, seen: str, act: Act) -> Edition:
    case, actor = Case.load(edition, trail.clock), act.actor
    if _is_done_already(case, row, act, seen):
        raise refuse("done_already", "This was done already, a moment ago.", Kind.CONFLICT, recorded=False)
    if found := _out_of_place(case, row, actor):
        raise Refused(found)
    if seen != case.digest:
        sentence = "Somebody changed this edition while you were reading it. Read it again, then decide."
        raise refuse("stale", sentence, Kind.CONFLICT)
    found = refusals(case, row, actor)
    if row.name == "withdraw":
        found += guards.what_is_withdrawn(case, act.kind, act.reason)
    if row.needs_reason and not act.reason:
        found.append(Refusal("reason", "Say why: the reason is kept.", Kind.INVALID, field="reason"))
    if row.needs_attestation and not found:
        ticks = ticks_for(row.name, case)
        found += attestation_refusals(act.attestation, actor=actor, digest=case.digest, ticks=ticks)
    if found:
        raise Refused(found)
    return _WRITE[row.name](trail, case, act)


def ticks_for(transition: str, case: Case) -> list[Tick]:
    """What a signer must tick: on what changed, or, once a page was withdrawn, that all of it is still correct."""
    if transition == "still-correct":
        return still_correct(case.document)
    return checklist(case.document, case.changed, first=case.live is None)


# The entry that each transition leaves.
VERBS = {
    "start": "started",
    "submit": "submitted",
    "send-back": "sent_back",
    "sign": "signed",
    "unsign": "unsigned",
    "publish": "published",
    "discard": "discarded",
    "withdraw": "withdrawn",
    "confirm-withdrawal": "withdrawal_confirmed",
    "still-correct": "vouched",
    "reinstate": "reinstated",
}


def _is_done_already(case: Case, row: Transition, act: Act, seen: str) -> bool:
    """A double click: the same person asks for what the same person has just done to the same digest."""
    actor = act.actor
    if seen != case.digest:
        return False
    if row.name == "sign":
        return case.edition.state in row.sources and case.standing_of(actor.pk) is not None
    if row.name == "unsign":
        if case.standing_of(actor.pk) is not None:
            return False
    elif case.edition.state in row.sources and not row.on_page:
        return False
    last = (
        AuditEvent.objects.filter(subject=f"monograph:{case.monograph.slug}", verb__in=VERBS.values())
        .order_by("-seq")
        .values_list("verb", "actor_id", "digest", "data")
        .first()
    )
    if last is None:
        return False
    verb, who, digest, data = last
    done = (verb, who, digest, data["edition"], data.get("kind", ""))
    return done == (VERBS[row.name], actor.pk, seen, case.edition.number, act.kind if row.name == "withdraw" else "")


# -- What each transition writes ---------------------------------------------------------------------------------------


def settle(case: Case) -> State:
    """In review, or clinician-reviewed: the latter when every changed part has its tier's full set of signatures."""
    return REVIEWED if case.changed and not case.uncovered() else IN_REVIEW


def _move(trail: Trail, case: Case, name: str, target: State, reason: str = "", **data: Any) -> Edition:
    edition = case.edition
    source, edition.state = edition.state, target
    trail.save(edition, "state", "round")
    moved = {"edition": edition.number, "from": source, "to": target, "round": edition.round, **data}
    trail.record(VERBS[name], f"monograph:{case.monograph.slug}", digest=case.digest, reason=reason, data=moved)
    return edition


def _submit(trail: Trail, case: Case, act: Act) -> Edition:
    case.edition.round += 1
    store(trail, case.document)
    return _move(trail, case, "submit", IN_REVIEW, act.reason)


def _send_back(trail: Trail, case: Case, act: Act) -> Edition:
    return _move(trail, case, "send-back", DRAFT, act.reason)


def _discard(trail: Trail, case: Case, act: Act) -> Edition:
    return _move(trail, case, "discard", DISCARDED, act.reason)


def _sign(trail: Trail, case: Case, act: Act) -> Edition:
    sign_off = _signature(trail, case, act, "review")
    case.all_sign_offs.append(sign_off)
    counts = sorted(case.counts_for(act.actor.pk))
    return _move(trail, case, "sign", settle(case), sign_off=sign_off.pk, counts_for=counts)


def _signature(trail: Trail, case: Case, act: Act, meaning: str) -> SignOff:
    actor, attestation = act.actor, act.attestation
    assert attestation is not None, "the table asks for it"
    profile = actor.clinician_profile
    before = SignOff.objects.filter(edition=case.edition, round=case.edition.round, signer=actor, meaning=meaning)
    transition = "sign" if meaning == "review" else "still-correct"
    sign_off = SignOff(
        edition=case.edition, round=case.edition.round, document_id=case.digest, signer=actor, meaning=meaning,
        sequence=before.count(), name=profile.name, profession=profile.profession, body=profile.body,
        number=profile.number, reader_title=profile.reader_title, name_consent=profile.name_consent,
        interests=attestation.interests, checklist=[tick.sentence for tick in ticks_for(transition, case)],
        signed_at=trail.at,
    )  # fmt: skip
    trail.save(sign_off)
    return sign_off


def _unsign(trail: Trail, case: Case, act: Act) -> Edition:
    sign_off = case.standing_of(act.actor.pk)
    assert sign_off is not None, "the guard own_signature saw it"
    trail.save(Unsigning(sign_off=sign_off, reason=act.reason, at=trail.at))
    case.all_sign_offs.remove(sign_off)
    return _move(trail, case, "unsign", settle(case), act.reason, sign_off=sign_off.pk)


def _publish(trail: Trail, case: Case, act: Act) -> Edition:
    monograph, edition = case.monograph, case.edition
    previous = monograph.live
    signatures = [
        {
            "reader_title": one.reader_title,
            "signed_at": instant(one.signed_at),
            "interests": one.interests,
            **({"name": one.name} if one.name_consent else {}),
        }
        for one in guards.carrying(case)
    ]
    form = seals.sealed_form(
        slug=monograph.slug, number=edition.number, digest=case.digest, sign_offs=signatures,
        published_at=trail.at, head=trail.head,
    )  # fmt: skip
    publication = Publication(
        monograph=monograph, edition=edition, document_id=case.digest, number=edition.number, slug=monograph.slug,
        name=case.document.header.name, class_slugs=[step.slug for step in case.document.header.class_path],
        traits=monograph.drug.traits, tier=monograph.tier, signatures=signatures, published_at=trail.at,
        # The first edition was read as a whole; an amendment does not move that date.
        last_full_review=previous.last_full_review if previous else today(trail.clock),
        evidence_checked_at=previous.evidence_checked_at if previous else None,
        change_note=act.reason, head=trail.head, key=seals.key_id(), seal=seals.seal(form),
    )  # fmt: skip
    if previous:
        old = previous.edition
        old.state = State.SUPERSEDED
        trail.save(old, "state")
    trail.save(publication)
    monograph.live = publication
    monograph.next_review_due = months_later(publication.last_full_review, REVIEW_MONTHS[monograph.tier])
    trail.save(monograph, "live", "next_review_due")
    reindex(trail, monograph)
    superseded = previous.number if previous else None
    moved = _move(trail, case, "publish", PUBLISHED, act.reason, publication=publication.pk, superseded=superseded)
    # After the commit, so that the line never vouches for what was rolled back; a lost one is made up by the next.
    transaction.on_commit(lambda: seals.append_checkpoint(trail.seq, trail.head), robust=True)
    return moved


def _start(trail: Trail, case: Case, act: Act) -> Edition:
    """A new draft with the keys and words of the old edition. What comes from live carries no credits; what comes from
    a discarded edition was never signed, and carries all."""
    monograph = case.monograph
    last = monograph.editions.order_by("-number").values_list("number", flat=True)[0]
    edition = Edition(monograph=monograph, number=last + 1)
    trail.save(edition)
    from_live = case.live is not None
    credits = {} if from_live else {part: sorted(people) for part, people in case.written_by.items()}
    data = {"edition": edition.number, "from": None, "to": DRAFT, "round": 0, "copied": case.edition.number}
    trail.record(VERBS["start"], f"monograph:{monograph.slug}", digest=case.digest, reason=act.reason, data=data)
    with change_set(
        trail,
        edition=edition,
        reason=f"Copied from edition {case.edition.number}",
        credits=credits,
        before=case.live,
        copied=True,
    ) as change:
        change.load(case.document)
    return change.edition


# -- What acts on the page ---------------------------------------------------------------------------------------------


def _overlay(trail: Trail, case: Case, act: Act, kind: str, **more: Any) -> Overlay:
    overlay = Overlay(
        kind=kind, monograph=case.monograph, edition=case.edition.number, by=act.actor, act=uuid4(), at=trail.at,
        by_title=policy.title_of(act.actor), by_role=policy.role_on_page(act.actor, case.edition), reason=act.reason,
        **more,
    )  # fmt: skip
    trail.save(overlay)
    return overlay


def _on_page(trail: Trail, case: Case, name: str, reason: str, **data: Any) -> Edition:
    """An entry that leaves the edition where it stands, and the index as the page is now."""
    reindex(trail, case.monograph)
    edition = case.edition
    stays = {"edition": edition.number, "from": edition.state, "to": edition.state, "round": edition.round}
    trail.record(
        VERBS[name], f"monograph:{case.monograph.slug}", digest=case.digest, reason=reason, data={**stays, **data}
    )
    return edition


def _withdraw(trail: Trail, case: Case, act: Act) -> Edition:
    overlay = _overlay(trail, case, act, act.kind)
    return _on_page(trail, case, "withdraw", act.reason, overlay=overlay.pk, kind=act.kind)


def _confirm_withdrawal(trail: Trail, case: Case, act: Act) -> Edition:
    for overlay in guards.unconfirmed(case):
        trail.save(SecondSignature(overlay=overlay, by=act.actor, by_title=policy.title_of(act.actor), at=trail.at))
    return _on_page(trail, case, "confirm-withdrawal", act.reason)


def _still_correct(trail: Trail, case: Case, act: Act) -> Edition:
    sign_off = _signature(trail, case, act, STILL_CORRECT)
    return _on_page(trail, case, "still-correct", act.reason, sign_off=sign_off.pk)


def _reinstate(trail: Trail, case: Case, act: Act) -> Edition:
    ended = [_overlay(trail, case, act, "lift", lifts=one).lifts_id for one in guards.withdrawals(case)]
    return _on_page(trail, case, "reinstate", act.reason, lifted=ended)


_WRITE: dict[str, Callable[[Trail, Case, Act], Edition]] = {
    "start": _start,
    "submit": _submit,
    "send-back": _send_back,
    "sign": _sign,
    "unsign": _unsign,
    "publish": _publish,
    "discard": _discard,
    "withdraw": _withdraw,
    "confirm-withdrawal": _confirm_withdrawal,
    "still-correct": _still_correct,
    "reinstate": _reinstate,
}
