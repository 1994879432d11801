"""My queue. It asks as many queries for thirty rows as for three, and sends as many rows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from monographs.models import Edition, Monograph, State, TherapeuticClass
from monographs.standing import today
from reviews.access import policy
from reviews.access.handover import handed_to
from reviews.desk import due_lists
from reviews.desk.base import DeskRequest, and_list, chip, class_tree, desk
from reviews.desk.before_signing import BeforeSigning
from reviews.desk.editor.scratch import everywhere
from reviews.desk.kept_forms import lines_for
from reviews.desk.published.second_person import pending_of
from reviews.desk.published.urgent_tasks import waiting_for
from reviews.desk.queue_filters import Chosen, FilterForm, Thing
from reviews.editing import copies
from reviews.models import Assignment, AuditEvent, ChangeSet, ClinicianProfile, Conflict, EntrySubject, SignOff
from reviews.models.people import name_of
from reviews.review.lowered_tiers import tiers_that_count
from reviews.review.sign_off_rules import Edit, Signature, authors, counts_for, missing_sign_offs
from reviews.review.tiers import SPELLING, highest

A_SCREEN = 25  # cards of a page
MOVES = ("submitted", "sent_back")

# -- What is known of the open editions --------------------------------------------------------------------------------


@dataclass
class Work:
    """An open edition as the queue judges it, without its document.

    What changed is taken to be every part that a change set of the edition touched. That is never too little, and too
    much only where a change was undone again: the workspace and the review compare the texts themselves.
    """

    edition: Edition
    tier: str  # by which it is signed
    edits: list[Edit] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    last: AuditEvent | None = None  # the last time it was submitted or sent back
    conflicts: frozenset[int] = frozenset()  # who declined it for a conflict of interest
    copy: copies.Task | None = None  # what the library says otherwise than it copied
    began: datetime | None = None  # its first change set
    asked: list[Assignment] = field(default_factory=list)  # who is asked to sign it, the first due first

    def __post_init__(self) -> None:
        self.monograph = self.edition.monograph
        self.chip = chip(self.edition.state)
        self.name = self.edition.called

    @property
    def touched(self) -> frozenset[str]:
        return frozenset().union(*(edit.touched for edit in self.edits))

    @property
    def is_spelling(self) -> bool:
        """As it was judged when it was sent for review: since then nobody edits."""
        return bool(self.last and self.last.verb == "submitted" and self.last.data.get("spelling"))

    @property
    def signed_as(self) -> str:
        return SPELLING.key if self.is_spelling else self.tier

    @property
    def written_by(self) -> dict[str, frozenset[int]]:
        return authors(self.edits)

    def is_by(self, user: User) -> bool:
        """Whether the user wrote or suggested any of it."""
        return any(user.pk in people for people in self.written_by.values())

    def asks(self, user: User) -> Assignment | None:
        """What asks this person to sign it."""
        return next((one for one in self.asked if one.person_id == user.pk), None)

    @property
    def asked_words(self) -> str:
        """Who is asked and has not signed."""
        waiting = [one for one in self.asked if not self.is_signed_by(one.person)]
        told = [f"{name_of(one.person)} by {one.due_on.day} {one.due_on:%B %Y}" for one in waiting]
        return f"Asked to sign: {and_list(told)}." if told else ""

    @property
    def thing(self) -> Thing:
        """As filters see it."""
        people = {pk for authors in self.written_by.values() for pk in authors}
        people |= {one.signer for one in self.signatures} | {one.person_id for one in self.asked}
        if self.last and self.last.actor_id:
            people.add(self.last.actor_id)
        since = self.last.at if self.last else self.began
        day = today(since) if since else None
        words = f"{self.name}\n{self.monograph.drug.name}\n{self.monograph.slug}"
        return Thing(self.monograph, words, self.tier, self.edition.state, frozenset(people), day)

    def is_signed_by(self, user: User) -> bool:
        return any(one.signer == user.pk for one in self.signatures)

    def open_parts(self, *more: Signature) -> dict[str, list[str]]:
        """Changed parts without their full set, if these signatures were added."""
        return missing_sign_offs(self.signed_as, self.touched, self.written_by, [*self.signatures, *more])

    @property
    def missing(self) -> str:
        return and_list(dict.fromkeys(one for who in self.open_parts().values() for one in who))

    def counts_of(self, user: User) -> tuple[int, int]:
        """For how many of the changed parts the user's signature would count."""
        return len(counts_for(user.pk, self.touched, self.written_by)), len(self.touched)

    def is_helped_by(self, user: User, profession: str) -> bool:
        """Whether the user's signature would count, and some part still lacks it."""
        wanted = sum(map(len, self.open_parts().values()))
        return wanted > sum(map(len, self.open_parts(Signature(user.pk, profession)).values()))


def open_work(user: User, classes: dict[int, TherapeuticClass] | None = None) -> list[Work]:
    """Every open edition that the user may read, the longest waiting first."""
    found = Edition.objects.open().filter(monograph__in=policy.readable(user))
    editions = list(found.select_related("monograph__drug", "monograph__live").order_by("monograph__slug"))
    classes = class_tree() if classes is None else classes
    counting = tiers_that_count(edition.monograph for edition in editions)
    work = {}
    for edition in editions:
        # The policy walks up the tree: with every class at hand it asks no more of the database.
        edition.monograph.therapeutic_class = classes[edition.monograph.therapeutic_class_id]
        tier = highest([edition.monograph.tier, counting.get(edition.monograph_id, "")])
        work[edition.pk] = Work(edition, tier)
    sets = ChangeSet.objects.filter(edition__in=editions).spans("edition_id", "actor_id", "touched", "credits")
    for pk, actor, touched, credits, began, *_later in sets:
        work[pk].edits.append(Edit(actor, frozenset(touched), credits))
        work[pk].began = min(work[pk].began or began, began)
    asked = Assignment.objects.standing().filter(edition__in=editions).select_related("person", "by")
    for one in asked.order_by("due_on", "pk"):
        work[one.edition_id].asked.append(one)
    # In review nothing is edited, so a signature of the round is one on the present text.
    standing = SignOff.objects.filter(edition__in=editions, round=F("edition__round"), unsigning=None)
    for pk, signer, profession in standing.values_list("edition_id", "signer_id", "profession"):
        if work[pk].edition.state != State.DRAFT:
            work[pk].signatures.append(Signature(signer, profession))
    for conflict in Conflict.objects.standing(editions):
        work[conflict.edition_id].conflicts |= {conflict.person_id}
    of_monograph = {each.monograph.pk: each for each in work.values()}
    said: dict[int, list[tuple[str, dict[str, Any]]]] = {}
    moves = EntrySubject.objects.filter(monograph__in=of_monograph, verb__in=(*MOVES, *copies.TOLD_BY))
    for move in moves.select_related("entry__actor").order_by("entry"):
        its, entry = of_monograph[move.monograph_id], move.entry
        if entry.verb not in MOVES:
            said.setdefault(move.monograph_id, []).append((entry.verb, entry.data))
        elif entry.data["edition"] == its.edition.number:
            its.last = entry
    for pk, entries in said.items():
        of_monograph[pk].copy = copies.differing(of_monograph[pk].edition) if copies.is_told(entries) else None
    # Never sent for review: after all that were.
    return sorted(work.values(), key=lambda one: (one.last is None, one.last.seq if one.last else 0))


# -- The queue ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """One thing that waits: what kind, why, since when and from whom, and the one button."""

    what: str
    work: Work
    why: str
    link: str  # the name of a route of the monograph
    button: str
    reason: str = ""
    asked: Assignment | None = None  # what asks this person by a day

    @property
    def is_late(self) -> bool:
        return self.asked is not None and self.asked.is_late(today())


def task_for_me(
    work: Work, user: User, profile: ClinicianProfile | None, handed: frozenset[int] = frozenset()
) -> Task | None:
    """What of this edition waits for this person, or nothing. `profile` is their registration, if it is verified."""
    edition, state = work.edition, work.edition.state
    sent = work.last
    is_mine = work.is_by(user) or edition.pk in handed
    if state == State.DRAFT and is_mine and policy.can(user, "edit", edition):
        if sent and sent.verb == "sent_back":
            why = f"{name_of(sent.actor)} sent it back to its editors."
            return Task("Sent back", work, why, "workspace", "Open the draft", reason=sent.reason)
        return Task("Your draft", work, "Not sent for review yet.", "workspace", "Continue editing")
    if state == State.CLINICIAN_REVIEWED and policy.can(user, "publish", edition):
        if {one.signer for one in work.signatures} != {user.pk}:
            live = work.monograph.live
            why = f"Every changed part is signed.{f' It replaces edition {live.number}.' if live else ''}"
            return Task("Ready to publish", work, why, "workspace", "Open the workspace")
    if state == State.IN_REVIEW and profile and policy.can(user, "sign", edition):
        is_free = not work.is_signed_by(user) and user.pk not in work.conflicts
        if is_free and work.is_helped_by(user, profile.profession):
            mine, all_parts = work.counts_of(user)
            why = f"Your signature would count for {mine} of {all_parts} changed part{'s' if all_parts != 1 else ''}."
            asked = work.asks(user)
            if asked and not asked.is_claimed:
                why = f"{name_of(asked.by)} asks you to sign. {why}"
            return Task("Review and signature", work, why, "review", "Open the review", asked=asked)
    return None


def task_of_copy(work: Work, user: User, handed: frozenset[int] = frozenset()) -> Task | None:
    """What the library says otherwise than this edition copied, for whoever works on it."""
    edition = work.edition
    is_mine = work.is_by(user) or edition.pk in handed
    if work.copy is None or not is_mine or not policy.can(user, "edit", edition):
        return None
    what = and_list(label for label, _now, _then in work.copy.differences)
    why = f"It copied this before it changed: {what}."
    return Task("The library changed", work, why, "copy", "Take it over, or leave it")


def task_for_others(work: Work) -> Task:
    """The same edition seen by whom it does not wait for."""
    state = work.edition.state
    if state == State.DRAFT:
        return Task("Draft", work, "Its editors are at work.", "workspace", "Open the workspace")
    if state == State.IN_REVIEW:
        return Task("In review", work, f"Still to sign: {work.missing}.", "workspace", "Open the workspace")
    return Task("Clinician reviewed", work, "Waits for a publisher.", "workspace", "Open the workspace")


SHOWS = {
    "mine": "Waiting for me",
    "others": "Waiting for others",
    "due": "Full reviews due",
    "withdrawn": "Withdrawn by me",
    "all": "All open editions",
}


@desk
@require_safe
def queue(request: DeskRequest) -> HttpResponse:
    """What waits for me and why, what I am asked to sign by a day first; `?show=`: what I wrote, sent, signed or asked
    for and others have now; full reviews that fall due; what I withdrew; all open editions that I may read. Narrowed
    by what `reviews.desk.queue_filters` reads in the address; what is due within hours stays in sight whatever it is.
    """
    user, day, classes = request.user, today(), class_tree()
    chosen = Chosen.asked(request.GET, SHOWS, classes)
    profile = policy.verified_profile(user)
    handed = handed_to(user)
    mine: list[Task] = []
    others: list[Task] = []
    everything: list[Task] = []
    people, waiting = set[int](), 0
    for work in open_work(user, classes):
        thing = work.thing
        people |= thing.people
        of_copy, task = task_of_copy(work, user, handed), task_for_me(work, user, profile, handed)
        waiting += (of_copy is not None) + (task is not None)
        if not chosen.fits(thing, day):
            continue
        if of_copy:
            mine.append(of_copy)
        everything.append(task or task_for_others(work))
        if task:
            mine.append(task)
        elif work.is_by(user) or work.is_signed_by(user) or _sent_or_asked(work, user):
            others.append(task_for_others(work))
    mine.sort(key=lambda one: (one.asked is None, one.asked.due_on if one.asked else day))
    all_urgent = waiting_for(user, classes)
    urgent = [one for one in all_urgent if one.is_urgent or chosen.fits_page(one.page, one.name, day)]
    pending = [
        one for one in pending_of(user) if chosen.fits_page(one.overlay.monograph, one.overlay.monograph.called, day)
    ]
    due, withdrawn = due_lists.due(user, chosen, day), due_lists.withdrawn_by(user, chosen)
    shown: dict[str, Any] = {"mine": mine, "others": others, "due": due, "withdrawn": withdrawn, "all": everything}
    more = {"mine": len(urgent), "others": len(pending)}
    counts = {
        key: more.get(key, 0) + (len(rows) if isinstance(rows, list) else rows.count()) for key, rows in shown.items()
    }
    page = Paginator(shown[chosen.show], A_SCREEN).get_page(request.GET.get("page"))
    is_first = page.number == 1
    context = {
        "section": "queue",
        "chosen": chosen,
        "form": FilterForm(chosen, classes.values(), User.objects.filter(pk__in=people)),
        "show": chosen.show,
        "heading": SHOWS[chosen.show],
        "tabs": [(key, word, counts[key], chosen.query(show=key)) for key, word in SHOWS.items()],
        "page": page,
        "tasks": list(page) if chosen.show in ("mine", "others", "all") else [],
        "due": due_lists.as_due(page, day) if chosen.show == "due" else [],
        "withdrawn": due_lists.as_withdrawn(page) if chosen.show == "withdrawn" else [],
        "pending": pending if chosen.show in ("mine", "others") and is_first else [],
        "kept_forms": lines_for(user),
        "unsaved": everywhere(request),
        "urgent": urgent if chosen.show == "mine" and is_first else [],
        "waiting": waiting + len(all_urgent),
        "clocks": sum(one.is_urgent and one.due_at is not None for one in all_urgent),
        "signs": (signs := policy.signs(user)),
        "before_signing": BeforeSigning.of(user, day) if signs else None,
        "next_due": None if counts[chosen.show] else next_review(user),
    }
    return render(request, "reviews/queue.html", context)


def _sent_or_asked(work: Work, user: User) -> bool:
    """Whether this person sent it on or back last, asked somebody to sign it, or is asked to."""
    is_last = work.last is not None and work.last.actor_id == user.pk
    return is_last or any(user.pk in (one.by_id, one.person_id) for one in work.asked)


def next_review(user: User) -> Monograph | None:
    """The monograph whose full review falls due first."""
    due = policy.readable(user).filter(next_review_due__isnull=False).select_related("live__edition")
    return due.order_by("next_review_due", "slug").first()
