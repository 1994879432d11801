"""Reports of problems on the desk: the list, urgent ones first, and one of them with its answer."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from monographs.models import TherapeuticClass
from reviews.access import policy
from reviews.access.attempts import NOT_TRIED, attempt
from reviews.access.refusals import Refused
from reviews.desk.base import DeskRequest, desk, not_here
from reviews.forms import Form
from reviews.models import ProblemReport
from reviews.models.report import OUTCOMES
from reviews.reports import service

A_PAGE = 30
FILTERS = {
    "open": ("Open", Q(answered_at=None)),
    "answered": ("Answered", Q(answered_at__isnull=False)),
    "all": ("All", Q()),
}


class AnswerForm(Form):
    outcome = forms.ChoiceField(label="What came of it?", choices=[("", "Choose"), *OUTCOMES.items()])
    answer = forms.CharField(
        label="Answer to the reader",
        help_text="They read it at their receipt, and by e-mail if they gave an address. No doses, no patients.",
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": service.LONGEST}),
    )


def readable(user: User) -> Any:
    """The reports of monographs that a user may read, and those about the house as a whole."""
    mine = Q(monograph=None) | Q(monograph__in=policy.readable(user))
    return ProblemReport.objects.filter(mine).select_related("monograph__live", "monograph__drug", "answered_by")


@desk
@require_safe
def report_list(request: DeskRequest) -> HttpResponse:
    """`?show=open` (what could harm first, then by clock), `answered`, `all`."""
    show = request.GET.get("show", "open")
    show = show if show in FILTERS else "open"
    rows = readable(request.user)
    filters = [(key, word, rows.filter(condition).count()) for key, (word, condition) in FILTERS.items()]
    order = ("-harm", "due_at", "pk") if show == "open" else ("-pk",)
    page = Paginator(rows.filter(FILTERS[show][1]).order_by(*order), A_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    lines = [(one, one.is_late(now)) for one in page.object_list]
    context = {"section": "reports", "filters": filters, "show": show, "this": page, "lines": lines}
    return render(request, "reviews/report_list.html", context)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def report_page(request: DeskRequest, pk: int) -> HttpResponse:
    """One report; by POST (`outcome`, `answer`) its answer."""
    one = ProblemReport.objects.select_related("monograph__therapeutic_class", "monograph__live").filter(pk=pk).first()
    if one is None:
        raise Http404
    if one.monograph and (refusals := policy.refusals(request.user, "read", one.monograph)):
        not_here(request, one.monograph, Refused(refusals))
    form, tried = AnswerForm(request.POST if request.method == "POST" else None), NOT_TRIED
    if request.method == "POST":
        form.is_valid()
        given = {name: request.POST.get(name, "") for name in ("outcome", "answer")}
        tried = attempt(lambda: service.answer(one, actor=request.user, outcome=given["outcome"], text=given["answer"]))
        if tried.is_done:
            by_mail = " It is mailed within the hour." if one.email else ""
            messages.success(request, f"{one.number} is answered. The reader sees it at the receipt.{by_mail}")
            return redirect("reports")
    context = {
        "section": "reports",
        "report": one,
        "is_late": one.is_late(timezone.now()),
        "form": form,
        "against": service.refusals_of(request.user, one),
        "refusals": form.refuse(tried.refusals),
        "typed": request.POST.get("answer", ""),
    }
    return render(request, "reviews/report_page.html", context, status=tried.status)


def open_for(user: User, classes: dict[int, TherapeuticClass]) -> list[ProblemReport]:
    """Open reports that this person may answer, the first due first."""
    found = []
    for one in readable(user).filter(answered_at=None).order_by("-harm", "due_at"):
        if one.monograph:  # with every class at hand the policy asks no more of the database
            one.monograph.therapeutic_class = classes[one.monograph.therapeutic_class_id]
        if not service.refusals_of(user, one):
            found.append(one)
    return found
