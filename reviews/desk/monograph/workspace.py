"""The workspace of one monograph: where its edition stands, what can be done next or why not, parts, people."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from monographs.checks.problems import Problem
from monographs.models import Monograph, State
from monographs.standing import overlays_of, today
from reviews.access import policy, scratch
from reviews.access.refusals import Refusal, RefusalType
from reviews.desk import transition_labels
from reviews.desk.act_forms import ReasonForm, StandsForm, reason_of, stands_of
from reviews.desk.base import (
    DeskRequest,
    Names,
    chip,
    current_edition,
    desk,
    edit_address,
    monograph_for,
    part_links,
)
from reviews.desk.hidden_doses import hidden_doses
from reviews.desk.monograph.reviewers import Asked, asked_of
from reviews.desk.monograph.tier import TierForm
from reviews.desk.monograph.waits import waits_for
from reviews.desk.too_low import too_low
from reviews.editing.assignments import A_WEEK
from reviews.editing.copies import task_of
from reviews.editing.reviewers import against
from reviews.models import AuditEvent, ChangeSet, Remark
from reviews.models.people import name_of
from reviews.models.roles import REVIEW
from reviews.review import tiers
from reviews.review.edition_review import EditionReview
from reviews.review.proofed import Hint
from reviews.workflow import TRANSITIONS, refusals

UNCHANGED = "Unchanged"


@dataclass(frozen=True)
class Move:
    """One transition as the desk offers it: open, or refused with every reason and the way out."""

    name: str
    label: str
    note: str
    heading: str
    reasons: list[tuple[Refusal, str]]
    needs_reason: bool
    form: ReasonForm | None  # for its reason
    hints: list[Hint]  # what needs a reason to stand, and the form for it
    stands: StandsForm | None
    is_primary: bool = False

    @property
    def is_open(self) -> bool:
        return not self.reasons

    @property
    def is_mine(self) -> bool:
        """It is open, or nothing stands against it but what this person can put right."""
        return all(one.kind == RefusalType.INVALID for one, _ in self.reasons)


@dataclass(frozen=True)
class Row:
    """One part of the edition: against live, who changed it last, who covers it, who cannot."""

    label: str
    href: str
    against: str
    signed: str
    wanted: str
    cannot: str
    changed_by: str
    changed_at: datetime | None

    @property
    def is_changed(self) -> bool:
        return self.against != UNCHANGED


@desk
@require_safe
def workspace(request: DeskRequest, slug: str) -> HttpResponse:
    monograph = monograph_for(request, slug)
    review = EditionReview.load(current_edition(monograph))
    edition, user = review.edition, request.user
    changes = list(ChangeSet.objects.filter(edition=edition).spans("actor_id", "touched"))
    names = Names([*review.contributors, *(one.signer_id for one in review.all_sign_offs)])
    can_edit = edition.state == State.DRAFT and policy.can(user, "edit", edition)
    found = review.problems if edition.state == State.DRAFT else []
    offered = moves(review, user)
    asked = asked_of(edition, user)
    listed = rows(review, changes, names, user, can_edit)
    context = {
        "section": "monographs",
        "monograph": monograph,
        "edition": edition,
        "review": review,
        "name": review.document.header.called or monograph.called,
        "standing": overlays_of(monograph.pk) if monograph.live else (),
        "chip": chip(edition.state),
        "path": path(review),
        "moves": offered,
        "mine": [move for move in offered if move.is_mine],
        "folded": [move for move in offered if not move.is_mine],
        "waits": waits_for(review, names, user, asked),
        # Whoever signs here would be an author with one save: the button does not ask them to.
        "is_edit_quiet": any(move.is_primary for move in offered)
        or (user.pk not in review.contributors and policy.is_granted(user, (REVIEW,), monograph)),
        # The move itself lists them for whoever could send it for review.
        "problems": [] if policy.can(user, "submit", edition) else [(one, _way(monograph.slug, one)) for one in found],
        "rows": listed,
        "changed_rows": [one for one in listed if one.is_changed],
        "unchanged": [one for one in listed if not one.is_changed],
        "can_edit": can_edit,
        "copy_task": task_of(edition),
        "can_read_review": edition.is_open,
        "kept_remarks": any(one.name == "send-back" and one.is_open for one in offered)
        and scratch.waiting(user, monograph, scratch.REMARKS).filter(edition=edition).exists(),
        "last_move": last_move(monograph, edition.number),
        "tier": tiers.ROWS[review.tier],
        "tier_set": tier_event(monograph),
        "tier_form": TierForm(review, user),
        "too_low": too_low(review, user),
        "doses": hidden_doses(review),
        "overdue": monograph.is_overdue(today()),
        "people": people(review, names, user),
        "asked": asked,
        "may_assign": policy.can(user, "assign", edition),
        "is_to_be_signed": edition.state in (State.DRAFT, State.IN_REVIEW),
        "claim": _claim(review, user, asked),
        "editions": [(one, chip(one.state)) for one in monograph.editions.order_by("-number")],
    }
    return render(request, "reviews/workspace.html", context)


def moves(review: EditionReview, user: User) -> list[Move]:
    """Every transition of the table: first what can be done now, then what this person can put right, then the rest,
    each with its reasons."""
    number = review.edition.number
    last = review.monograph.editions.order_by("-number").values_list("number", flat=True)[0]
    offered = []
    for name, row in TRANSITIONS.items():
        if row.on_page:  # they have a page of their own
            continue
        reasons = part_links(review.monograph.slug, review.document, refusals(review, row, user))
        label, means = transition_labels.button(row, number, last + 1), transition_labels.help_for(row, review)
        heading = _heading([one for one, _ in reasons])
        form = reason_of(row, at=name) if row.needs_reason or row.words.asks else None
        hints, stands = ([], None) if reasons else stands_of(review, row, at=name)
        offered.append(Move(name, label, means, heading, reasons, row.needs_reason, form, hints, stands))
    offered.sort(key=lambda move: (not move.is_open, not move.is_mine, move.is_open and move.needs_reason))
    # One solid button a view: the first step ahead.
    ahead = next((move for move in offered if move.is_open and not move.needs_reason), None)
    return [replace(move, is_primary=move is ahead) for move in offered]


def _heading(reasons: list[Refusal]) -> str:
    if not reasons:
        return ""
    if any(one.code == "wrong_state" for one in reasons):
        return "Not now:"
    if all(one.kind == RefusalType.FORBIDDEN for one in reasons) and reasons[0].code != "not_covered":
        return "You do not have permission:"
    return f"Not yet, for {len(reasons)} reasons:" if len(reasons) > 1 else "Not yet:"


def path(review: EditionReview) -> list[dict[str, str]]:
    """The four steps, each done, here, or to come. Nothing for an edition that left the path."""
    state, live = State(review.edition.state), review.monograph.live
    if state not in transition_labels.STEPS:
        return []
    here = transition_labels.STEPS.index(state)
    steps = []
    for place, step in enumerate(transition_labels.STEPS):
        where = "done" if place < here else "here" if place == here else ""
        said = {"done": "Done", "here": "You are here", "": "To come"}[where]
        more = ""
        if step == State.IN_REVIEW and place == here:
            more = f"{len(review.valid_sign_offs)} signed"
        elif step == State.DRAFT and place == here and review.edition.round:
            more = "sent back"
        elif step == State.PUBLISHED and place > here and live:
            more = f"replaces edition {live.number}"
        steps.append({"word": step.label, "where": where, "said": said, "more": more})
    return steps


def rows(review: EditionReview, changes: list[Any], names: Names, user: User, can_edit: bool) -> list[Row]:
    """Header, the parts in their order, those that were taken out, and the order if it changed."""
    slug = review.monograph.slug
    here = {str(part.key): part for part in review.document.parts()}
    before = {str(part.key) for part in review.live_value.parts()} if review.live_value else set()
    in_order = sorted(changes, key=lambda change: change[-2:])  # by when each was last
    last = {part: (actor, at) for actor, touched, _first, _made, at, _last_made in in_order for part in touched}
    missing_sign_offs = review.missing_sign_offs()
    listed = []
    for key in [
        "header",
        *review.in_page_order(here.keys() | (before & review.changed)),
        *({"order"} & review.changed),
    ]:
        by, at = last.get(key, (None, None))
        is_changed = key in review.changed
        if can_edit and (key in here or key in ("header", "order")):
            href = edit_address(slug, key)
        elif is_changed:
            href = f"{reverse('review', args=[slug])}#change-{key}"
        else:
            href = reverse("preview", args=[slug])
        authors = review.written_by.get(key, frozenset())
        listed.append(
            Row(
                label=review.label_of(key),
                href=href,
                against=_against(key, review, here, before),
                signed=", ".join(
                    one.name for one in review.valid_sign_offs if is_changed and one.signer_id not in authors
                ),
                wanted=", ".join(missing_sign_offs.get(key, ())),
                cannot=names.listed(authors, user) if is_changed else "",
                changed_by=names[by] if by else "",
                changed_at=at,
            )
        )
    return listed


def _against(key: str, review: EditionReview, here: dict[str, Any], before: set[str]) -> str:
    if key not in review.changed:
        return UNCHANGED
    if key in ("header", "order"):
        return "Changed" if review.live else "New"
    return "Removed" if key not in here else "Changed" if key in before else "Added" if review.live else "New"


def people(review: EditionReview, names: Names, user: User) -> list[tuple[str, str, datetime | None]]:
    """Who wrote or suggested here, and who signed and when."""
    found: list[tuple[str, str, datetime | None]] = []
    for key in sorted(review.contributors, key=lambda one: names[one]):
        count = sum(key in authors for authors in review.written_by.values())
        found.append((_me(names, key, user), f"Wrote or suggested {count} part{'s' if count != 1 else ''}.", None))
    for one in review.valid_sign_offs:
        found.append((_me(names, one.signer_id, user), f"Signed as {one.reader_title}", one.signed_at))
    for one in review.past_sign_offs:
        told = f"Signed as {one.reader_title} before it was sent back, which no longer counts"
        found.append((_me(names, one.signer_id, user), told, one.signed_at))
    return found


def _claim(review: EditionReview, user: User, asked: list[Asked]) -> date | None:
    """The day by which this person would sign, if they claim it; None for whoever could not, or is asked."""
    if review.edition.state != State.IN_REVIEW or any(one.is_me for one in asked) or against(review, user):
        return None
    return today() + A_WEEK


def _me(names: Names, key: int, user: User) -> str:
    return f"{names[key]} (you)" if key == user.pk else names[key]


def _way(slug: str, problem: Problem) -> str:
    return edit_address(slug, str(problem.key) if problem.key else "header")


def last_move(monograph: Monograph, number: int) -> dict[str, Any] | None:
    """Who sent the edition back or gave it up, if that was the last step it took."""
    events = AuditEvent.objects.about(monograph, "submitted", "sent_back", "discarded")
    event = events.select_related("actor").order_by("-seq").first()
    if event is None or event.verb == "submitted" or event.data.get("edition") != number:
        return None
    remarks = Remark.objects.filter(pk__in=event.data.get("remarks", ()))
    return {"verb": event.verb, "by": name_of(event.actor), "at": event.at, "reason": event.reason, "remarks": remarks}


def tier_event(monograph: Monograph) -> dict[str, Any] | None:
    """Who set the tier, and when; the beginning of the monograph counts as that."""
    events = AuditEvent.objects.about(monograph, "tier_set", "begun")
    event = events.select_related("actor").order_by("-seq").first()
    if event is None:
        return None
    return {"by": name_of(event.actor) if event.verb == "tier_set" else "", "at": event.at}
