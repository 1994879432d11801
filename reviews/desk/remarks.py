"""The remarks that came with send-backs of an edition, and what became of each: said here, or beside the part in the
editor."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from monographs.models import Edition, State
from reviews.access import policy
from reviews.access.attempts import NOT_TRIED, attempt
from reviews.desk.base import MOST_WORDS, DeskRequest, chip, current_edition, desk, edit_address, monograph_for
from reviews.editing.remarks import answer_remark, reopen_remark
from reviews.forms import Form, Text, key_in
from reviews.models import Remark
from reviews.models.remark import OUTCOMES


class AnswerForm(Form):
    """What became of one remark; several stand on one page."""

    outcome = forms.ChoiceField(label="What became of it", choices=list(OUTCOMES.items()), widget=forms.RadioSelect)
    answer = Text(rows=2, label="In a word", attrs={"maxlength": MOST_WORDS})

    def __init__(self, pk: int, typed: Any = None) -> None:
        super().__init__(typed, auto_id=f"%s-{pk}")
        self.fields["answer"].help_text = "Why, if it stays as it is. Kept for good, seen by all on the desk."


@dataclass(frozen=True)
class Shown:
    """A remark as the desk shows it: where its part is, and the form for an answer, for whoever may give one now."""

    remark: Remark
    href: str = ""
    form: AnswerForm | None = None
    may_answer: bool = False


def of_edition(edition: Edition) -> list[Remark]:
    """The newest round first."""
    return list(Remark.objects.filter(edition=edition).select_related("by", "answered_by").order_by("-round", "id"))


def may_answer(request: DeskRequest, edition: Edition) -> bool:
    return edition.state == State.DRAFT and policy.can(request.user, "edit", edition)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def remarks(request: DeskRequest, slug: str) -> HttpResponse:
    """Fields: `remark` (its key), and `outcome` (done or left) with `answer`, or `reopen`. `to` is "edit" where it was
    said beside the part."""
    monograph, tried = monograph_for(request, slug), NOT_TRIED
    edition = current_edition(monograph)
    asked, form = None, None
    if request.method == "POST":
        asked = Remark.objects.filter(edition=edition, pk=key_in(request.POST.get("remark", ""))).first()
        if asked is None:
            raise Http404
        form = AnswerForm(asked.pk, request.POST)
        tried = attempt(lambda: _judge(request, asked, form))
        if tried.is_done:
            if request.POST.get("to") == "edit":
                return redirect(f"{reverse('edit', args=[monograph.slug])}#remark-{asked.pk}")
            messages.success(request, "It is open again." if "reopen" in request.POST else "Your answer is kept.")
            return redirect("remarks", slug=monograph.slug)
    refusals = form.refuse(tried.refusals) if form else []
    can = may_answer(request, edition)
    context = {
        "section": "monographs",
        "monograph": monograph,
        "edition": edition,
        "chip": chip(edition.state),
        "remarks": [
            Shown(one, edit_address(monograph.slug, one.part), _form(one, asked, form) if can else None, can)
            for one in of_edition(edition)
        ],
        "refusals": refusals,
        "form": form,
    }
    return render(request, "reviews/remarks.html", context, status=tried.status)


def _judge(request: DeskRequest, remark: Remark, form: AnswerForm) -> Remark:
    if "reopen" in request.POST:
        return reopen_remark(remark, actor=request.user)
    given = form.given
    return answer_remark(remark, outcome=given["outcome"], answer=given["answer"].strip(), actor=request.user)


def _form(one: Remark, asked: Remark | None, form: AnswerForm | None) -> AnswerForm | None:
    if form and asked and asked.pk == one.pk:  # what was typed stays, even if somebody was faster
        return form
    return AnswerForm(one.pk) if one.is_open else None
