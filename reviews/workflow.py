"""The workflow: one table of transitions, one function that performs them.

    draft -> in_review -> clinician_reviewed -> published -> superseded        (discarded: a draft that was given up)

A row says all of a transition: from where to where, who may, what stands against it, what must be given with it, what
it writes, and what people read of it (`reviews/review/transition.py`). `perform` is the only way from one state to the
next; `refusals` says why one cannot be done now.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User

from monographs.models import Edition, State
from monographs.overlay_kinds import WITHDRAWALS, kind_of
from monographs.texts.characters import says_nothing
from reviews import overlays, publishing, renewal, signing
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import kept
from reviews.access.refusals import DONE_ALREADY, Refusal, RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.review import conflicts, guards, page_signatures, proofed, steps
from reviews.review.attestation import (
    Attestation,
    attestation_refusals,
    checklist_of,
    full_review_of,
    still_correct_of,
)
from reviews.review.edition_review import EditionReview
from reviews.review.remarks import none_unanswered, remark_refusals, send_back, taken
from reviews.review.repeats import is_done_already
from reviews.review.transition import Given, Transition, Words

DRAFT, IN_REVIEW, REVIEWED = State.DRAFT, State.IN_REVIEW, State.CLINICIAN_REVIEWED
PUBLISHED, DISCARDED = State.PUBLISHED, State.DISCARDED


def _published(data: dict[str, Any]) -> str:
    old = data.get("superseded")
    return f"published edition {data['edition']}" + (f"; edition {old} was superseded" if old else "")


def _submitted(data: dict[str, Any]) -> str:
    why = proofed.REASONS.get(data.get("kind", ""), "").rstrip(".")
    hints = f"; words that proofing asked about stand: {why[:1].lower()}{why[1:]}" if why else ""
    return f"sent edition {data['edition']} for review{hints}"


def _reviewed_in_full(data: dict[str, Any]) -> str:
    moved = "; with that its full review is of that day" if data.get("last_full_review") else ""
    return f"signed a full review of edition {data['edition']}{moved}"


def _found_unchanged(data: dict[str, Any]) -> str:
    moved = "; with that the page is in date again" if data.get("renewed_on") else ""
    return f"signed that edition {data['edition']} needs no change{moved}"


def _sent_back(data: dict[str, Any]) -> str:
    count = len(data.get("remarks", ()))
    remarks = f", with {count} remark{'s' if count != 1 else ''}" if count else ""
    return f"sent edition {data['edition']} back: {State(data['from']).label.lower()} to draft{remarks}"


def _started(data: dict[str, Any]) -> str:
    copied = data.get("copied")
    return f"started edition {data['edition']}" + (f" with the words of edition {copied}" if copied else "")


_ROWS = (
    Transition(
        name="start",
        sources=(PUBLISHED, DISCARDED),
        target=None,
        permission="start",
        guards=(guards.no_open_edition, guards.is_the_latest),
        entry="started",
        write=steps.start,
        leads_to="edit",
        words=Words(
            button="Start edition {next}",
            help="A draft with the same words. Readers notice nothing until it is signed and published.",
            done="Edition {number} is started. Change it, then send it for review.",
            tried="start an edition",
            history=_started,
            public=("A new edition begins", "An editor or clinician starts it with the words of the published one."),
        ),
    ),
    Transition(
        name="submit",
        sources=(DRAFT,),
        target=IN_REVIEW,
        permission="submit",
        guards=(
            guards.something_changed,
            guards.no_problems,
            proofed.nothing_blocks,
            guards.tier_is_set,
            none_unanswered,
        ),
        kinds=tuple(proofed.REASONS),
        refusals_of=lambda review, given: proofed.reason_refusals(review, given.kind),
        entry="submitted",
        write=steps.submit,
        words=Words(
            button="Send for review",
            help="Clinicians read and sign it next. Until somebody sends it back, nobody can change it.",
            done="Edition {number} is in review. {waits}",
            tried="send it for review",
            history=_submitted,
            asks=("A word to whoever reviews it", "May stay empty. They see it before they sign."),
            public=("It is sent for review", "Nobody can change it then, until somebody sends it back with a reason."),
        ),
    ),
    Transition(
        name="send-back",
        sources=(IN_REVIEW, REVIEWED),
        target=DRAFT,
        permission="send-back",
        needs_reason=True,
        refusals_of=remark_refusals,
        entry="sent_back",
        write=send_back,
        words=Words(
            button="Send back to the editors",
            help="It becomes a draft again. Signatures of this round no longer count.",
            done="Edition {number} is a draft again. Its editors see your reason in their queue.",
            tried="send it back",
            history=_sent_back,
            public=(
                "It may be sent back",
                "With a reason. Signatures that were given on the old words no longer count.",
            ),
            asks=("What must change?", "Its editors see this in their queue. Kept for good."),
        ),
    ),
    Transition(
        name="sign",
        sources=(IN_REVIEW, REVIEWED),
        target=None,
        permission="sign",
        guards=(
            guards.verified_clinician,
            guards.counts_for_a_part,
            guards.not_yet_signed,
            conflicts.no_conflict,
            guards.checkpoint_is_writable,
        ),
        ticks=checklist_of,
        entry="signed",
        write=signing.sign,
        leads_to="queue",
        words=Words(
            button="Sign edition {number}",
            help="Read what changed, then sign with your password.",
            done="You signed edition {number}. {waits}",
            tried="sign",
            history=lambda data: f"signed edition {data['edition']}",
            public=(
                "Clinicians sign it",
                (
                    "Each gives their password for exactly these words. "
                    "Nobody’s signature counts for what they wrote themselves."
                ),
            ),
        ),
    ),
    Transition(
        name="unsign",
        sources=(IN_REVIEW, REVIEWED),
        target=None,
        permission="unsign",
        guards=(guards.own_signature,),
        needs_reason=True,
        entry="unsigned",
        write=signing.unsign,
        words=Words(
            button="Take my signature back",
            help="Your signature no longer counts. It and your reason are kept.",
            done="Your signature on edition {number} no longer counts. {waits}",
            tried="take a signature back",
            history=lambda data: f"took the signature on edition {data['edition']} back",
            public=("A signature may be taken back", "By the one who gave it, with a reason, before it is published."),
        ),
    ),
    Transition(
        name="declare-conflict",
        sources=(IN_REVIEW, REVIEWED),
        target=None,
        permission="declare-conflict",
        guards=(conflicts.none_declared, conflicts.no_signature),
        needs_reason=True,
        entry="conflict_declared",
        write=conflicts.declare,
        leads_to="queue",
        words=Words(
            button="Decline for a conflict of interest",
            help="You are not asked to sign this edition, and cannot, until you take it back.",
            done="You declined edition {number}. {left}",
            tried="decline it for a conflict of interest",
            history=lambda data: f"declined edition {data['edition']} for a conflict of interest",
            public=("A clinician may decline it", "For a conflict of interest. They do not sign it then."),
            asks=("What is the conflict?", "Kept for good, seen by all on the desk. Readers do not see it."),
        ),
    ),
    Transition(
        name="end-conflict",
        sources=(IN_REVIEW, REVIEWED, PUBLISHED),
        target=None,
        permission="declare-conflict",
        guards=(conflicts.one_declared,),
        needs_reason=True,
        entry="conflict_ended",
        write=conflicts.end,
        leads_to="review",
        words=Words(
            button="I have no conflict of interest after all",
            help="You can be asked to sign this edition again.",
            done="You can sign edition {number} again.",
            tried="take back that they declined it",
            history=lambda data: f"took back that they declined edition {data['edition']}",
            public=("They may take that back", "With a reason, when there is no conflict any more."),
        ),
    ),
    Transition(
        name="publish",
        sources=(REVIEWED,),
        target=PUBLISHED,
        permission="publish",
        guards=(
            guards.every_part_is_covered,
            guards.signers_still_stand,
            guards.not_the_only_signer,
            guards.tier_is_set,
            guards.checkpoint_is_writable,
        ),
        entry="published",
        write=publishing.publish,
        words=Words(
            button="Publish edition {number}",
            help="Readers see it at once.{replaces}",
            done="Edition {number} is published. {seen}",
            tried="publish",
            history=_published,
            public=("It is published", "Only with the full set of signatures on every part that changed."),
            asks=("Why now, for our history", "May stay empty. Readers do not see it: they are told what changed."),
        ),
    ),
    Transition(
        name="discard",
        sources=(DRAFT,),
        target=DISCARDED,
        permission="discard",
        needs_reason=True,
        entry="discarded",
        write=steps.step,
        words=Words(
            button="Discard edition {number}",
            help="It is closed and cannot be opened again. Its history is kept. {stays}",
            done="Edition {number} was discarded. Its history is kept.",
            tried="discard it",
            history=lambda data: f"discarded edition {data['edition']}",
            public=("It may be discarded", "Its history is kept."),
        ),
    ),
    Transition(
        name="full-review",
        sources=(PUBLISHED,),
        target=PUBLISHED,
        permission="full-review",
        guards=(
            guards.is_live,
            guards.is_shown,
            guards.verified_clinician,
            guards.wrote_no_word,
            page_signatures.not_yet_reviewed_again,
            conflicts.no_conflict,
        ),
        ticks=full_review_of,
        entry="reviewed_in_full",
        write=signing.review_in_full,
        on_page=True,
        leads_to="published",
        words=Words(
            button="Sign the full review of edition {number}",
            help="Read all of it again, then sign with your password. Its tier asks for as many as to publish it.",
            done="You signed the full review of edition {number}. {reviewed}",
            tried="sign a full review",
            history=_reviewed_in_full,
            public=(
                "It is read again as a whole",
                "As many clinicians as its tier asks for read the whole page and sign it. None of them wrote it.",
            ),
        ),
    ),
    Transition(
        name="no-change",
        sources=(PUBLISHED,),
        target=PUBLISHED,
        permission="no-change",
        guards=(
            guards.is_live,
            guards.is_shown,
            guards.no_open_edition,
            guards.verified_clinician,
            guards.wrote_no_word,
            conflicts.no_conflict,
            renewal.not_too_often,
            renewal.nothing_waits,
            page_signatures.not_yet_checked,
        ),
        ticks=renewal.ticks,
        entry="found_unchanged",
        write=renewal.sign,
        on_page=True,
        leads_to="published",
        words=Words(
            button="Sign that edition {number} needs no change",
            help="Check it against today’s sources, then sign with your password. The last full review keeps its date.",
            done="You signed that edition {number} needs no change. {renewed}",
            tried="sign that it needs no change",
            history=_found_unchanged,
            public=(
                "It may be checked without a change",
                "Against today’s sources, twice in a row at most, and never for a drug of high risk.",
            ),
        ),
    ),
    Transition(
        name="withdraw",
        sources=(PUBLISHED,),
        target=PUBLISHED,
        permission="withdraw",
        guards=(guards.is_live, guards.not_removed),
        needs_reason=True,
        kinds=WITHDRAWALS,
        refusals_of=overlays.what_is_withdrawn,
        entry="withdrawn",
        write=overlays.withdraw,
        on_page=True,
        leads_to="places",
        words=Words(
            button="Withdraw {name}",
            help="Readers see it at once. Somebody of the other role, clinician or publisher, confirms it.",
            done="The page is withdrawn. Below is where it is gone, and what is left to do.",
            tried="withdraw the page",
            history=lambda data: kind_of(data["kind"]).words.history(data),
            public=(
                "A page may be withdrawn at once",
                "Retired: it stays under a banner without doses. Taken down: nothing of it is shown.",
            ),
        ),
    ),
    Transition(
        name="confirm-withdrawal",
        sources=(PUBLISHED,),
        target=PUBLISHED,
        permission="confirm-withdrawal",
        guards=(guards.is_live, guards.is_withdrawn, guards.waits_for_confirmation),
        entry="withdrawal_confirmed",
        write=overlays.confirm_withdrawal,
        on_page=True,
        leads_to="published",
        words=Words(
            button="Confirm the withdrawal",
            help="You looked at why it was withdrawn, and agree.",
            done="You confirmed the withdrawal.",
            tried="confirm the withdrawal",
            history=lambda data: "confirmed the withdrawal of the page",
            public=(
                "Somebody else confirms that",
                "A clinician what a publisher did, and the other way round.",
            ),
        ),
    ),
    Transition(
        name="still-correct",
        sources=(PUBLISHED,),
        target=PUBLISHED,
        permission="still-correct",
        guards=(
            guards.is_live,
            guards.is_withdrawn,
            guards.verified_clinician,
            guards.no_author,
            guards.not_yet_reaffirmed,
            conflicts.no_conflict,
        ),
        ticks=still_correct_of,
        entry="vouched",
        write=signing.reaffirm,
        on_page=True,
        leads_to="published",
        words=Words(
            button="Sign that edition {number} is still correct",
            help="Read all of it again, then sign with your password. Its tier asks for as many as to publish it.",
            done="You signed that edition {number} is still correct. {returns}",
            tried="sign that it is still correct",
            history=lambda data: f"signed that edition {data['edition']} is still correct",
            public=(
                "Then it is signed again",
                "As many clinicians as it needs to be published sign that it is still right. None of them wrote it.",
            ),
        ),
    ),
    Transition(
        name="reinstate",
        sources=(PUBLISHED,),
        target=PUBLISHED,
        permission="reinstate",
        guards=(guards.is_live, guards.is_withdrawn, guards.reaffirmed, guards.reaffirmed_by_another),
        entry="reinstated",
        write=overlays.reinstate,
        on_page=True,
        leads_to="published",
        words=Words(
            button="Reinstate {name}",
            help="Readers get the signed page again, at its address.",
            done="The page is reinstated. Readers see it now.",
            tried="reinstate the page",
            history=lambda data: "reinstated the page",
            public=("It is reinstated", "A publisher who is not that clinician puts it back at its address."),
        ),
    ),
)
TRANSITIONS: dict[str, Transition] = {row.name: row for row in _ROWS}


def refusals(review: EditionReview, row: Transition, actor: User) -> list[Refusal]:
    """What stands against it for this person now; nothing: it can be done. Policy first: whoever may not do it learns
    nothing more. Then the state, then every guard. What is given with the act itself (reason, attestation, digest) is
    not asked for here.
    """
    return _out_of_place(review, row, actor) or _guarded(review, row, actor)


def _guarded(review: EditionReview, row: Transition, actor: User) -> list[Refusal]:
    return [refusal for guard in row.guards for refusal in guard(review, actor)]


def _out_of_place(review: EditionReview, row: Transition, actor: User) -> list[Refusal]:
    """Not this person, or not in this state."""
    if forbidden := policy.refusals(actor, row.permission, review.edition):
        return forbidden
    if review.edition.state in row.sources:
        return []
    return [Refusal("wrong_state", _not_in_this_state(review.edition, row), RefusalType.CONFLICT)]


def _not_in_this_state(edition: Edition, row: Transition) -> str:
    if row.name == "start" and edition.is_open:
        return f"Edition {edition.number} is still open. Publish it or discard it first."
    when = " or ".join(_as(source) for source in row.sources)
    return (
        f"Edition {edition.number} is {_as(State(edition.state))}. You can {row.words.tried} only while it is {when}."
    )


def _as(state: State) -> str:
    """A state after "is"."""
    return "a draft" if state == DRAFT else state.label.lower()


def perform(
    transition: str,
    *,
    editions: Sequence[Edition],
    actor: User,
    digest: str | Mapping[int, str],
    reason: str = "",
    attestation: Attestation | None = None,
    kind: str = "",
    remarks: Mapping[str, str] | None = None,
    read: EditionReview | None = None,
) -> list[EditionReview]:
    """Performs one transition on one or several editions: all of them, or none.

    `digest` is the digest that the actor saw (for several editions: by their primary keys). Returns the editions as
    they are now, with what was loaded to judge them; for `start`, the new ones. `kind` is one of the row's kinds;
    `remarks` are those of a send-back, by part. `read` is what was loaded of the one edition before the write lock was
    taken: it is judged as it is if nobody wrote since.
    Raises Refused with every reason, after recording it; KeyError for a name that is not in the table;
    WriteLockTimeout when somebody else writes.
    """
    row = TRANSITIONS[transition]
    reason, said = kept(reason), taken(remarks or {})
    seen = {one.pk: digest if isinstance(digest, str) else digest.get(one.pk, "") for one in editions}
    subject = ",".join(sorted(f"monograph:{one.monograph.slug}" for one in editions))
    first = next(iter(seen.values()), "")
    with refusals_recorded(actor=actor, action=transition, subject=subject, digest=first, reason=reason):
        with audited_write(actor=actor) as trail:
            given = Given(trail.actor, reason, attestation, kind, said)
            return [_step(trail, row, one, seen[one.pk], given, read) for one in editions]


def begin(trail: Trail, edition: Edition, *, seen: str) -> Edition:
    """Within an act that writes the first words of the next edition: that edition, as `start` makes it. Refuses what
    `start` refuses, and with it the act."""
    return _step(trail, TRANSITIONS["start"], edition, seen, Given(trail.actor, "", None, "")).edition


def _step(
    trail: Trail, row: Transition, edition: Edition, seen: str, given: Given, read: EditionReview | None = None
) -> EditionReview:
    """Loads the edition once, judges it once, and writes what was judged."""
    known = read.still(trail) if read and read.edition.pk == edition.pk else None
    review, actor = known or EditionReview.load(edition, trail.clock), given.actor
    trail.owners[review.monograph.slug] = review.monograph.pk
    if is_done_already(review, row, given, seen, {one.entry for one in TRANSITIONS.values()}):
        raise Refused([DONE_ALREADY], recorded=False)
    if found := _out_of_place(review, row, actor):
        raise Refused(found)
    if seen != review.digest:
        sentence = "Somebody changed this edition while you were reading it. Read it again, then decide."
        raise refuse("stale", sentence, RefusalType.CONFLICT)
    found = _guarded(review, row, actor)
    if row.refusals_of:
        found += row.refusals_of(review, given)
    if row.needs_reason and says_nothing(given.reason):
        found.append(Refusal("reason", "Say why: the reason is kept.", RefusalType.INVALID, field="reason"))
    if row.ticks and not found:
        attestation, ticks = given.attestation, row.ticks(review)
        if found := attestation_refusals(attestation, actor=actor, digest=review.digest, ticks=ticks):
            # Nobody tried to sign with no password, and a wrong one has an entry of its own.
            raise Refused(found, recorded=attestation is None or not attestation.refused)
    if found:
        raise Refused(found)
    return row.write(trail, row, review, given)
