"""Reports of problems on the desk: the list, urgent ones first, and one of them with its answer."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Count, Min, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from monographs.models import TherapeuticClass
from reviews.access import held, policy
from reviews.access.attempts import NOT_TRIED, Attempt, attempt
from reviews.access.door import LONGEST_REASON
from reviews.access.refusals import Refused
from reviews.closing.acts import Act, Since
from reviews.closing.reopening import why_open
from reviews.desk.base import DeskRequest, act_on, class_tree, desk, not_here
from reviews.desk.published.report_filters import STATES, Chosen, FilterForm, pages_of
from reviews.forms import Form, key_in, offer
from reviews.models import InboxReport, ProblemReport
from reviews.models.people import name_of
from reviews.reports import inbox, junk, looking, service
from reviews.reports.mailing import names_of, unreached

A_PAGE = 30
FIRST_OF_INBOX = 10
MOST_TO_ASK = 10
FIRST_OF_JUNK = 10  # of those that are closed together, as they are shown before
MOST_TICKED = 500
MOST_IN_QUEUE = 10  # reports, one by one: a flood buries nothing else there


class AnswerForm(Form):
    """Only what is true now can be chosen; what could harm is closed with a reason."""

    outcome = forms.ChoiceField(label="What came of it?")
    answer = forms.CharField(
        label="Answer to the reader",
        help_text="They read it at their receipt, and by e-mail if they gave an address. No doses, no patients.",
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": service.LONGEST}),
    )
    reason = forms.CharField(
        label="Why can it be closed?",
        help_text="It could harm. The desk keeps this, and the reader does not see it.",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST_REASON}),
    )

    def __init__(self, since: Since, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.since = since
        offer(self, "outcome", [("", "Choose"), *since.choices()])
        if not since.report.harm:
            del self.fields["reason"]


def readable(user: User) -> QuerySet[ProblemReport]:
    """The reports of monographs that a user may read, and those about the site as a whole."""
    rows = ProblemReport.objects.filter(_readable(user))
    return rows.select_related("monograph__live__edition", "monograph__drug", "answered_by", "looking_by")


def _readable(user: User) -> Q:
    return Q(monograph=None) | Q(monograph__in=policy.readable(user))


@desk
@require_safe
def report_list(request: DeskRequest) -> HttpResponse:
    """`?show=open` (what could harm first, then by clock), `answered`, `all`, and less by `grade`, `of` and `whose`.
    What waits in the inbox stands above."""
    return _list(request, NOT_TRIED)


def _list(request: DeskRequest, tried: Attempt) -> HttpResponse:
    chosen = Chosen.asked(request.GET)
    rows = chosen.narrowed(readable(request.user), request.user)
    filters = [
        (key, word, chosen.in_state(rows, key).count(), chosen.query(show=key))
        for key, (word, _where) in STATES.items()
    ]
    order = ("-harm", "due_at", "pk") if chosen.show == "open" else ("-pk",)
    page = Paginator(chosen.in_state(rows).order_by(*order), A_PAGE).get_page(request.GET.get("page"))
    may = junk_of(request.user, page.object_list)
    is_open = chosen == Chosen()  # what waits in the inbox is open, and nobody has looked at it
    waiting = InboxReport.objects.filter(_readable(request.user)).select_related("monograph__live__edition")
    now = timezone.now()
    context = {
        "section": "reports",
        "refusals": tried.refusals,
        "filters": filters,
        "chosen": chosen,
        "form": FilterForm(pages_of(request.user), initial=asdict(chosen)),
        "this": page,
        "lines": [(one, one.is_late(now), one.pk in may) for one in page.object_list],
        "ticks": bool(may),
        "waiting": waiting.order_by("due_at", "pk")[:FIRST_OF_INBOX] if is_open else (),
        "waiting_count": waiting.count() if is_open else 0,
        "may_take_in": policy.can(request.user, "answer_site_report"),
        "unreached": names_of(unreached()),
    }
    return render(request, "reviews/report_list.html", context, status=tried.status)


def junk_of(user: User, reports: Iterable[ProblemReport]) -> set[int]:
    """Those of them that this person may close as junk. One query."""
    found, classes = set(), class_tree()
    for one in reports:
        if one.monograph:
            one.monograph.therapeutic_class = classes[one.monograph.therapeutic_class_id]
        if not (one.harm or one.answered_at or service.refusals_of(user, one)):
            found.add(one.pk)
    return found


class JunkForm(Form):
    reason = forms.CharField(
        label="What the readers are told",
        help_text="One answer for all of them, beside “It is not about our pages”. No doses, no patients.",
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": service.LONGEST}),
    )


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: DeskRequest) -> HttpResponse:
    """Several reports (`report`, or `all` of what the list shows) closed as junk: shown first, and closed by POST with
    one `reason`."""
    is_sent = request.method == "POST"
    sent = request.POST if is_sent else request.GET
    form, tried = JunkForm(request.POST if is_sent else None), NOT_TRIED
    pks = [pk for pk in map(key_in, sent.getlist("report")) if pk][:MOST_TICKED]
    if is_sent:
        tried = attempt(lambda: junk.close_junk(pks, actor=request.user, reason=form.given["reason"]))
        if tried.is_done:
            count = len(tried.result)
            messages.success(request, f"{count} report{'s' * (count > 1)} closed as not about our pages.")
            return redirect("reports")
    rows = readable(request.user)
    if "all" in sent:
        chosen = Chosen.asked(sent)
        rows = chosen.in_state(chosen.narrowed(rows, request.user), "open").filter(harm=False)
    else:
        rows = rows.filter(pk__in=pks)
    asked = list(rows.order_by("due_at", "pk")[: MOST_TICKED + 1])
    may = junk_of(request.user, asked)
    reports = [one for one in asked if one.pk in may][: junk.MOST]
    if not (reports or tried.refusals):
        messages.info(request, "Nothing here can be closed as junk. Tick reports of wording that are open.")
        return redirect("reports")
    context = {
        "section": "reports",
        "form": form,
        "refusals": form.refuse(tried.refusals),
        "reports": reports,
        "first": reports[:FIRST_OF_JUNK],
        "more": max(0, len(reports) - FIRST_OF_JUNK),
        "left_out": len(asked) - len(reports),
    }
    return render(request, "reviews/reports_close.html", context, status=tried.status)


@desk
@act_on(lambda _request: reverse("reports"))
def take_in(request: DeskRequest) -> HttpResponse:
    """Takes in what waits in the inbox, so that it can be answered."""
    tried = attempt(lambda: inbox.take_in(request.user))
    if not tried.is_done:
        return _list(request, tried)
    messages.success(request, f"{tried.result} taken in." if tried.result else "Nothing waits any more.")
    return redirect("reports")


def _report(request: DeskRequest, pk: int) -> ProblemReport:
    """The report, if its monograph may be read; else 404, as if it were not there."""
    rows = ProblemReport.objects.select_related(
        "monograph__therapeutic_class", "monograph__live__edition", "answered_by", "looking_by", "publication",
        "overlay__second_signature", "lift__lifts", "reverted_by",
    )  # fmt: skip
    one = rows.filter(pk=pk).first()
    if one is None:
        raise Http404
    if one.monograph and (refusals := policy.refusals(request.user, "read", one.monograph)):
        not_here(request, one.monograph, Refused(refusals))
    return one


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def report_page(request: DeskRequest, pk: int) -> HttpResponse:
    """One report; by POST (`outcome`, `answer`, and `reason` where it could harm) its answer."""
    one = _report(request, pk)
    form, tried = AnswerForm(Since(one), request.POST if request.method == "POST" else None), NOT_TRIED
    if request.method == "POST":
        given = form.given
        tried = attempt(
            lambda: service.answer(
                one, actor=request.user, outcome=given["outcome"], text=given["answer"], reason=given.get("reason", "")
            )
        )
        if tried.is_done:
            by_mail = " It is mailed within the hour." if one.email else ""
            messages.success(request, f"{one.number} is answered. The reader sees it at the receipt.{by_mail}")
            return redirect("reports")
    return _page(request, one, form, tried)


def _page(request: DeskRequest, one: ProblemReport, form: AnswerForm, tried: Attempt) -> HttpResponse:
    against = service.refusals_of(request.user, one)
    act = one.overlay or one.publication
    context = {
        "section": "reports",
        "report": one,
        "is_late": one.is_late(timezone.now()),
        "refused_by_mail": unreached().reports.get(one.pk, "") if one.answered_at and one.email else "",
        "form": form,
        "others": [] if one.answered_at else form.since.others(),
        "against": against,
        "ask": _whom_to_ask(one) if against and not one.answered_at else [],
        "act": Act(act, one.put_right).words if act else "",
        "why_open": why_open(one),
        "may_look": not one.answered_at and not looking.against(request.user, one),
        "is_looking": one.looking_by_id == request.user.pk,
        "tried": tried.refusals,  # all, where no form is shown
        "refusals": form.refuse(tried.refusals),
        "typed": request.POST.get("answer", ""),
    }
    return render(request, "reviews/report_page.html", context, status=tried.status)


def _whom_to_ask(one: ProblemReport) -> list[str]:
    """Those who may close it."""
    action = "close_harm_report" if one.harm else "answer_report" if one.monograph else "answer_site_report"
    return [name_of(right.person) for right in held.who_may(action, one.monograph)][:MOST_TO_ASK]


@desk
@act_on(lambda request, pk: reverse("report_page", args=[_report(request, pk).pk]))
def look(request: DeskRequest, pk: int) -> HttpResponse:
    """“I am looking at it.” `seen`: the key of whom the page named, 0 of nobody."""
    one = _report(request, pk)
    seen = key_in(request.POST["seen"]) if "seen" in request.POST else -1
    tried = attempt(lambda: looking.look(one, actor=request.user, seen=seen))
    if not tried.is_done:
        return _page(request, _report(request, pk), AnswerForm(Since(one)), tried)
    messages.success(request, f"Everybody on the desk sees that you are looking at {one.number}.")
    return redirect("report_page", pk)


@desk
@act_on(lambda request, pk: reverse("report_page", args=[_report(request, pk).pk]))
def give_back(request: DeskRequest, pk: int) -> HttpResponse:
    one = _report(request, pk)
    tried = attempt(lambda: looking.give_back(one, actor=request.user))
    if not tried.is_done:
        return _page(request, _report(request, pk), AnswerForm(Since(one)), tried)
    messages.success(request, f"You are not looking at {one.number} any more.")
    return redirect("report_page", pk)


@dataclass(frozen=True)
class Open:
    """Open reports that somebody may answer: the first of them, how many more, and how many wait in the inbox."""

    first: list[ProblemReport]
    more: int
    waiting: int
    waiting_since: datetime | None


def open_for(user: User, classes: dict[int, TherapeuticClass]) -> Open:
    """The first due first. Four queries at most, however many there are."""
    mine = [pk for pk, one in classes.items() if policy.can(user, "answer_report", one)]
    theirs = Q(monograph__therapeutic_class__in=mine)
    if policy.can(user, "answer_site_report"):
        theirs |= Q(monograph=None)
    rows = ProblemReport.objects.filter(theirs, answered_at=None)
    rows = rows.select_related("monograph__live__edition", "looking_by")
    first = list(rows.order_by("-harm", "due_at", "pk")[: MOST_IN_QUEUE + 1])
    more = rows.count() - MOST_IN_QUEUE if len(first) > MOST_IN_QUEUE else 0
    waiting = InboxReport.objects.filter(theirs).aggregate(count=Count("pk"), since=Min("at"))
    return Open(first[:MOST_IN_QUEUE], more, waiting["count"], waiting["since"])
