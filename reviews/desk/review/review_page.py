"""The review page: what changed, for which parts my signature counts, and the signature."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from monographs.difference.diff_html import Change
from monographs.difference.document_diff import Comparison
from monographs.models import Edition, Monograph
from monographs.pages.page import page
from monographs.pages.page_model import Page
from monographs.questions import Kept
from monographs.standing import draft
from reviews.access import factors, looks, policy, scratch, second_factor, sitting
from reviews.access.refusals import Refusal
from reviews.desk import transition_labels
from reviews.desk.act_forms import RemarkBox, SendBackForm, SignForm, reason_of
from reviews.desk.base import DeskRequest, Names, and_list, chip, current_edition, desk, monograph_for, part_links
from reviews.desk.editor.scratch import when
from reviews.desk.hidden_doses import hidden_doses
from reviews.desk.review.baselines import baselines, chosen
from reviews.desk.review.read_ticks import ReadTick, progress, ticks_of
from reviews.desk.review.said import said_of
from reviews.desk.review.told import Named, ToldPart, told_of
from reviews.models import ChangeSet, ClinicianProfile
from reviews.models.people import name_of
from reviews.review import proofed
from reviews.review.attestation import checklist_of
from reviews.review.edition_review import EditionReview
from reviews.review.remarks import labels_of, parts_of
from reviews.workflow import TRANSITIONS, refusals


@dataclass(frozen=True)
class Count:
    """One changed part: whether my signature counts for it, and who still has to sign."""

    label: str
    anchor: str
    counts: bool
    why_not: str
    wanted: str


@dataclass(frozen=True)
class Answer:
    """Why the page is shown again, with what was typed and what others did meanwhile."""

    refusals: list[Refusal] = field(default_factory=list)
    typed: Mapping[str, Any] | None = None
    meanwhile: Any = None
    title: str = ""
    status: int = 200


@desk
@require_safe
def review(request: DeskRequest, slug: str) -> HttpResponse:
    monograph = monograph_for(request, slug)
    return review_page(request, monograph, current_edition(monograph), Answer())


def review_page(request: DeskRequest, monograph: Monograph, edition: Edition, answer: Answer) -> HttpResponse:
    """The review of an open edition; after a refused signature the same page again, with every reason on top."""
    review = EditionReview.load(edition)
    user = request.user
    slug = monograph.slug
    in_review = review.edition.is_open
    may_sign = policy.can(user, "sign", review.edition)
    bases = baselines(review, user)
    base = chosen(bases, request.GET.get("against", ""))
    # Signed and ticked as read is what stands on the page: all that differs from what readers have.
    ticks = ticks_of(review, user) if in_review and may_sign and base.is_live else {}
    comparison, parts = None, list[ToldPart]()
    if in_review:
        old = review.live_value if base.is_live else base.document
        now = f"edition {review.edition.number}, {review.edition.get_state_display().lower()}"
        comparison, parts = told_of(
            Named(base.digest, base.name, old), Named(review.digest, now, review.document), ticks
        )
    if in_review and may_sign and base.is_live and request.method == "GET":
        looks.note(user, review.edition, review.digest)
    back = TRANSITIONS["send-back"]
    kept = None if refusals(review, back, user) else kept_for(user, review.edition)
    send_back = None
    if kept:
        send_back = SendBackForm(back, labels_of(review), kept.typed, at="send-back", of="send-back")
        parts = [replace(one, box=send_back.on(one.change.key)) for one in parts]
    changes = [one.change for one in parts]
    tell_people(changes, review, user)
    against = refusals(review, TRANSITIONS["sign"], user)
    first = review.live is None
    name = review.document.header.called or monograph.called
    same = unchanged(review, send_back) if in_review and not first else []
    others = other_boxes(review, send_back, {one.change.key for one in parts}) if send_back else []
    whole = _read_in_place(request, review, ticks) if first and in_review else ""
    context = {
        "section": "queue",
        "monograph": monograph,
        "review": review,
        "edition": review.edition,
        "name": name,
        "chip": chip(review.edition.state),
        "changes": changes,
        "parts": parts,
        "dangerous": sum(len(one.loud) for one in parts),
        "bases": bases,
        "base": base,
        "not_shown": _not_shown(review, comparison),
        **(progress(ticks) if ticks else {}),
        "uncited": sum(one.uncited for one in parts),
        "in_review": in_review,
        "first": first,
        "whole": whole,
        "in_place": {part for part in ticks if f'id="tick-{part}"' in whole},
        "unchanged": same,
        "counts": counts(review, user),
        "count_of_mine": len(review.counts_for(user.pk)),
        "missing": and_list(transition_labels.missing(review)) if in_review else "",
        "standing": review.valid_sign_offs,
        "past": review.past_sign_offs,
        "against": part_links(slug, review.document, against),
        "form": SignForm(checklist_of(review), name, answer.typed, answer.refusals),
        "sentence": _sentence(review),
        "profile": ClinicianProfile.objects.filter(user=user.pk).first(),
        "digest_short": f"{review.digest[:4]} {review.digest[4:8]} … {review.digest[-4:]}",
        "send_back": send_back,
        "kept": kept,
        "other_boxes": others,
        "keep_at": reverse("scratch", args=[slug, scratch.REMARKS]),
        "read_at": reverse("read_tick", args=[slug]),
        "said": said_of(review) if in_review else None,
        "can_edit": policy.can(user, "edit", review.edition),
        "proofing": proofed.told(review) if in_review else None,
        "doses": hidden_doses(review) if in_review else None,
        "answer": answer,
        **_conflict(review, user),
        **_sitting(request, review),
        "errors": [(one, anchor_of(one)) for one in answer.refusals],
    }
    return render(request, "reviews/review.html", context, status=answer.status)


def _sitting(request: DeskRequest, review: EditionReview) -> dict[str, Any]:
    """What this person saw of these words, and what stands for their password now."""
    user = request.user
    touches = sitting.touches_of(request, user)
    options = second_factor.passkey_asked(user) if factors.PASSKEY in touches else ""
    return {
        "opened": looks.opened_at(user, review.edition, review.digest),
        "touches": touches,
        "sitting_until": timezone.now() + timedelta(seconds=sitting.seconds_left(request)),
        "passkey_options": options,
    }


def _conflict(review: EditionReview, user: User) -> dict[str, Any]:
    """The form by which this person declines for a conflict of interest, or takes that back; and who is left to ask,
    once somebody declined."""
    told: dict[str, Any] = {"left": None}
    if review.conflicts and transition_labels.missing(review):
        told["left"] = and_list(map(name_of, transition_labels.left_to_ask(review)))
    row = TRANSITIONS["end-conflict" if review.conflict_of(user.pk) else "declare-conflict"]
    if refusals(review, row, user):
        return told
    label, note = transition_labels.button(row, review.edition.number), transition_labels.help_for(row, review)
    form = reason_of(row, at=row.name)
    return {**told, "decline": form, "decline_act": row.name, "decline_label": label, "decline_note": note}


def _not_shown(review: EditionReview, comparison: Comparison | None) -> list[str]:
    """What differs from what readers have, and not from what this page compares with: it is signed all the same."""
    if comparison is None:
        return []
    return [review.label_of(key) for key in review.in_page_order(review.changed - comparison.keys)]


def _read_in_place(request: DeskRequest, review: EditionReview, ticks: Mapping[str, ReadTick]) -> SafeString:
    """A first edition as readers would see it, section after section, with each tick at its part."""
    at = reverse("read_tick", args=[review.monograph.slug])
    beside = {
        part: render_to_string("reviews/_read_tick.html", {"read_at": at, "tick": tick}, request)
        for part, tick in ticks.items()
    }
    shown = {"page": preview_of(review), "of_name": "h2", "beside": beside}
    return render_to_string("monographs/_monograph.html", shown, request)


def _sentence(review: EditionReview) -> str:
    """What the signature says."""
    number = review.edition.number
    if review.live is None:
        return f"I have reviewed edition {number} as a whole and find it fit to publish."
    if review.is_spelling:
        return f"I have reviewed the corrections of spelling in edition {number} and find them fit to publish."
    return f"I have reviewed the changes of edition {number} and find them fit to publish."


def anchor_of(refusal: Refusal) -> str:
    """The box that a refusal is about, "" for none."""
    if refusal.field == "interests":
        return "interests_0"
    is_box = refusal.field in ("password", "code", "interests_text", "reason") or refusal.field.startswith("tick_")
    return refusal.field if is_box else ""


_spans = Kept(lambda key: ChangeSet.objects.filter(edition=key).spans("actor_id", "touched", "credits"))


def tell_people(changes: list[Change], review: EditionReview, user: User) -> None:
    """Says of each changed part who changed it in this edition, and when last."""
    sets = sorted(_spans(review.edition.pk), key=lambda one: one[3:5])  # by when each was first
    names = Names(review.contributors)
    for change in changes:
        last, credited = dict[int, datetime](), set[int]()
        for actor, touched, credits, _first, _made, at, _last_made in sets:
            if change.key in touched:
                last[actor] = max(last.get(actor, at), at)
                credited.update(credits.get(change.key, ()))
        change.people = [("you" if actor == user.pk else names[actor], at) for actor, at in last.items()]
        change.credited = names.listed(credited - last.keys(), user)


def counts(review: EditionReview, user: User) -> list[Count]:
    """Part by part: does my signature count, why not, and who has to sign still."""
    mine, open_parts = review.counts_for(user.pk), review.missing_sign_offs()
    return [
        Count(
            label=review.label_of(key),
            anchor=f"change-{key}",
            counts=key in mine,
            why_not="" if key in mine else "you wrote or suggested it. Another signature must cover it.",
            wanted=and_list(open_parts.get(key, ())),
        )
        for key in review.in_page_order(review.changed)
    ]


def unchanged(review: EditionReview, form: SendBackForm | None) -> list[tuple[str, str, RemarkBox | None]]:
    """(label, anchor, box for a remark) of each part that says what it said."""
    keys = ["header", *(str(part.key) for part in review.document.parts())]
    same = [key for key in keys if key not in review.changed]
    return [(review.label_of(key), f"part-{key}", form.on(key) if form else None) for key in same]


def other_boxes(review: EditionReview, form: SendBackForm, shown: set[str]) -> list[tuple[str, str, RemarkBox | None]]:
    """As `unchanged`, of what stands neither there nor among the parts that are compared: it differs from what readers
    have, and not from what it is compared with. No box is missing, so that nothing that was kept is left behind."""
    listed = shown | (set() if review.live is None else {key for key in parts_of(review) if key not in review.changed})
    rest = [key for key in parts_of(review) if key not in listed]
    return [(review.label_of(key), f"part-{key}", form.on(key)) for key in rest]


@dataclass(frozen=True)
class KeptRemarks:
    """What this person wrote while reading this edition, and has not sent: the tab of the form that it goes on in."""

    tab: str
    typed: Mapping[str, Any] | None = None
    when: str = ""


def kept_for(user: User, edition: Edition) -> KeptRemarks:
    row = scratch.waiting(user, edition.monograph, scratch.REMARKS).filter(edition=edition).first()
    return KeptRemarks(row.tab, row.typed, when(row)) if row else KeptRemarks(scratch.tab_of({}))


def preview_of(review: EditionReview) -> Page:
    """The whole page as it would be published, for a first edition that is read as a whole."""
    return page(draft(review.document), set(review.monograph.drug.traits))
