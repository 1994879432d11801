"""Who is asked to sign the open edition, and by when: asking somebody, and ending that."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from monographs.models import Edition, State
from monographs.standing import today
from reviews.access import held, policy
from reviews.access.attempts import NOT_TRIED, attempt
from reviews.access.refusals import RefusalType, Refused, refuse
from reviews.desk.act_forms import ReasonForm
from reviews.desk.base import DeskRequest, chip, current_edition, desk, monograph_for, not_here
from reviews.editing.assignments import A_WEEK, LONGEST, assign, end_assignment
from reviews.editing.reviewers import Reviewer, reviewers
from reviews.forms import Day, Form, as_day, key_in, offer
from reviews.models import Assignment
from reviews.models.people import name_of
from reviews.review.edition_review import EditionReview

ALSO = [("", "Nobody: ask this person as well")]


class AssignForm(Form):
    """Whom to ask, by which day, and in whose place."""

    person = forms.ChoiceField(label="Who signs", widget=forms.RadioSelect)
    due_on = Day(label="Sign by")
    instead = forms.ChoiceField(label="In the place of")

    def __init__(self, could: list[Reviewer], standing: list[Assignment], typed: Any = None) -> None:
        super().__init__(typed)
        offer(
            self, "person", [(str(one.person.pk), f"{name_of(one.person)}, {one.profession.lower()}") for one in could]
        )
        now = today()
        self.fields["due_on"].initial = now + A_WEEK
        self.fields["due_on"].widget.attrs |= {"min": now.isoformat(), "max": (now + LONGEST).isoformat()}
        if standing:
            offer(self, "instead", [*ALSO, *((str(one.pk), name_of(one.person)) for one in standing)])
        else:
            del self.fields["instead"]


@dataclass(frozen=True)
class Asked:
    """Somebody who is asked, as the desk shows them."""

    row: Assignment
    is_late: bool
    is_me: bool
    why_not: str = ""  # why they cannot sign any more, or have

    @property
    def name(self) -> str:
        return name_of(self.row.person) + (" (you)" if self.is_me else "")

    @property
    def by(self) -> str:
        return "Claimed it" if self.row.is_claimed else f"Asked by {name_of(self.row.by)}"


def standing_of(edition: Edition) -> list[Assignment]:
    """The first due first. One query."""
    rows = Assignment.objects.standing().filter(edition=edition).select_related("person", "by")
    return list(rows.order_by("due_on", "pk"))


def asked_of(edition: Edition, user: User) -> list[Asked]:
    """Who is asked to sign it now, as its workspace says."""
    day = today()
    return [Asked(one, one.is_late(day), one.person_id == user.pk) for one in standing_of(edition)]


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def reviewers_page(request: DeskRequest, slug: str) -> HttpResponse:
    """Who is asked, who could be, and why the others cannot; by POST (`person`, `due_on`, `instead`) asks somebody."""
    monograph, tried = monograph_for(request, slug), NOT_TRIED
    review = EditionReview.load(current_edition(monograph))
    edition, user = review.edition, request.user
    found, standing, day = reviewers(review, held.everybody()), standing_of(edition), today()
    of = {one.person.pk: one for one in found}
    typed = request.POST if request.method == "POST" else None
    form = AssignForm([one for one in found if not one.against], standing, typed)
    if request.method == "POST":
        tried = attempt(lambda: _assign(request, edition, form))
        if tried.is_done:
            row = tried.result
            who = "You are" if row.person_id == user.pk else f"{name_of(row.person)} is"
            when = f"{row.due_on.day} {row.due_on:%B %Y}"
            messages.success(request, f"{who} asked to sign edition {edition.number} by {when}.")
            return redirect("workspace", slug=monograph.slug)
    context = {
        "section": "monographs",
        "monograph": monograph,
        "edition": edition,
        "name": review.document.header.called or monograph.called,
        "chip": chip(edition.state),
        "asked": [
            Asked(one, one.is_late(day), one.person_id == user.pk, of[one.person_id].why_not if one.person_id in of
                  else "has left")
            for one in standing
        ],
        "could": [one for one in found if not one.against],
        "others": [(name_of(one.person), one.why_not) for one in found if one.against],
        "may_assign": policy.can(user, "assign", edition),
        "is_to_be_signed": edition.state in (State.DRAFT, State.IN_REVIEW),
        "form": form,
        "refusals": form.refuse(tried.refusals),
    }  # fmt: skip
    return render(request, "reviews/reviewers.html", context, status=tried.status)


def _assign(request: DeskRequest, edition: Edition, form: AssignForm) -> Assignment:
    given = form.given
    person = User.objects.filter(pk=key_in(given["person"]), is_active=True).first()
    instead, chosen = None, given.get("instead", "")
    if chosen:
        instead = Assignment.objects.filter(pk=key_in(chosen), edition=edition).first()
        if instead is None:
            raise refuse("assignment_ended", "Choose in whose place.", RefusalType.CONFLICT, recorded=False)
    return assign(edition, person=person, due_on=as_day(given["due_on"]), actor=request.user, instead=instead)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def assignment_end(request: DeskRequest, pk: int) -> HttpResponse:
    """Declining what one is asked to sign, or taking it off somebody; by POST with a `reason`."""
    rows = Assignment.objects.select_related("person", "by", "edition__monograph__therapeutic_class")
    one = rows.filter(pk=pk).first()
    if one is None:
        raise Http404
    edition, user, tried = one.edition, request.user, NOT_TRIED
    is_own = one.person_id == user.pk
    if not is_own and (refusals := policy.refusals(user, "read", edition.monograph)):
        not_here(request, edition.monograph, Refused(refusals))
    label = "Why you decline" if is_own else "Why it is taken off"
    form = ReasonForm(request.POST.get("reason", "") if request.method == "POST" else None, at="", label=label)
    if request.method == "POST":
        tried = attempt(lambda: end_assignment(one, actor=user, reason=request.POST.get("reason", "")))
        if tried.is_done:
            said = f"You declined to sign edition {edition.number} of {edition.monograph.called}."
            taken = f"{name_of(one.person)} is no longer asked to sign edition {edition.number}."
            messages.success(request, said if is_own else taken)
            return redirect("queue") if is_own else redirect("reviewers", slug=edition.monograph.slug)
    context = {
        "section": "queue" if is_own else "monographs",
        "one": one,
        "edition": edition,
        "monograph": edition.monograph,
        "name": edition.called,
        "is_own": is_own,
        "who": name_of(one.person),
        "by": name_of(one.by),
        "is_over": bool(one.ended_at) or not edition.is_open,
        "against": [] if is_own else policy.refusals(user, "assign", edition),
        "form": form,
        "refusals": form.refuse(tried.refusals),
    }
    return render(request, "reviews/assignment_end.html", context, status=tried.status)
