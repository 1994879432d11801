"""The form by which any reader reports a problem, and its receipt. No account, no cookie, no script."""

import re
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from monographs.models import Publication
from monographs.public.caching import addressed
from monographs.standing import Shown, shown, standing
from monographs.vocabulary import SECTION_KINDS
from reviews.access.attempts import attempt
from reviews.access.origin import sent_from
from reviews.access.senders import address_of, sender_of
from reviews.audit import acts
from reviews.closing.parts import DOSE, NOTICES, REFERENCES
from reviews.closing.reopening import why_open
from reviews.forms import Form, offer
from reviews.models import ProblemReport
from reviews.reports import inbox
from reviews.reports.outcomes import told
from reviews.reports.service import LONGEST, ReportInput, TooManyReports, report

_PAGE = re.compile(r"/drugs/([-a-zA-Z0-9_]{1,100})/(?:editions/(\d{1,6})/)?", re.ASCII)
WHOLE = "The whole page"


class ReportForm(Form):
    part = forms.ChoiceField(label="Part")
    text = forms.CharField(
        label="What is wrong?",
        help_text="Quote the words, and say what they should be.",
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST}),
    )
    harm = forms.ChoiceField(
        label="Could it harm someone?",
        choices=[("yes", "Yes, or I am not sure"), ("no", "No: wording, spelling, a link")],
        widget=forms.RadioSelect,
    )
    source = forms.CharField(label="Where does it stand? (if you can)", help_text="A source, a section, a date.")
    email = forms.CharField(
        label="Your e-mail (if you want an answer)",
        help_text="Used for the answer only, then deleted after 90 days.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, parts: list[str], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "part", [(part, part) for part in parts])


def _publication(page: str) -> tuple[Publication | None, int | None]:
    """The live publication that an address is about, however often it moved since and in whatever capitals, and the
    number of the edition if it is of the archive."""
    match = _PAGE.fullmatch(page[:200])
    if match is None:
        return None, None
    slug = match[1].lower()
    live = Publication.objects.live().select_related("document", "live_of").filter(slug=slug).first()
    return live or Publication.objects.now_of_former(slug), int(match[2]) if match[2] else None


def _address(publication: Publication | None, archived: int | None) -> str:
    """Where it stands today: what a report keeps, and whoever answers it opens."""
    if publication is None:
        return ""
    return f"{publication.get_absolute_url()}{f'editions/{archived}/' if archived else ''}"


def _parts(publication: Publication | None) -> list[str]:
    """What a reader can point at: the headings that the page shows."""
    if publication is None:
        return [WHOLE]
    document = publication.document.value
    seen = shown(document, standing(publication, document))
    if not isinstance(seen, Shown):
        return [WHOLE]
    headings = [one.heading or SECTION_KINDS[one.kind].heading for one in seen.document.sections]
    if seen.document.monitoring:
        headings.append(SECTION_KINDS["monitoring"].heading)
    notices = [NOTICES] if seen.notices else []
    return [WHOLE, *notices, DOSE, *dict.fromkeys(headings), REFERENCES]


def _named(part: str, parts: list[str]) -> str:
    """A part by its heading, or by its anchor on the page."""
    kind = SECTION_KINDS.get(part)
    return kind.heading if kind and kind.heading in parts else {"dose": DOSE, "references": REFERENCES}.get(part, part)


@addressed
@login_not_required
@csrf_exempt
@gzip_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def problem(request: HttpRequest) -> HttpResponse:
    """`?page=` is the address of the page that it is about, `?edition=` its edition. Unknown ones: the whole site.
    Whatever keeps a report from being taken, its words come back in the answer; nothing of it is stored."""
    given = request.POST if request.method == "POST" else request.GET
    page = given.get("page", "")
    publication, archived = _publication(page)
    edition = given.get("edition", "")
    number = archived or (int(edition) if re.fullmatch(r"[1-9]\d{0,5}", edition, re.ASCII) else None)
    if publication and not publication.monograph.publications.filter(number=number or 0).exists():
        number = publication.number
    parts = _parts(publication)
    form = ReportForm(
        parts,
        request.POST if request.method == "POST" else None,
        initial={"part": _named(given.get("part", ""), parts), "harm": given.get("harm", "")},
    )
    context: dict[str, Any] = {
        "form": form,
        "publication": publication,
        "page": _address(publication, archived),
        "edition": number,
    }
    status = 200
    # Without a session there is nothing to forge, but nobody reports for others.
    if request.method == "POST" and sent_from(request) == "elsewhere":
        context["elsewhere"], status = True, 403
    elif request.method == "POST":
        typed = form.given
        said = ReportInput(
            text=typed["text"], harm={"yes": True, "no": False}.get(typed["harm"]),
            part=typed["part"] if typed["part"] in parts and typed["part"] != WHOLE else "", source=typed["source"],
            email=typed["email"],
        )  # fmt: skip
        about: dict[str, Any] = {
            "monograph": publication.monograph if publication else None, "page": context["page"],
            "edition": number or (publication.number if publication else None),
        }  # fmt: skip
        sender = sender_of(address_of(request))
        try:
            with acts.of_form(acts.token_of(request)):
                tried = attempt(lambda: report(said, sender=sender, **about))
        except TooManyReports as flooded:
            context["until"], status = flooded.until, 429
        else:
            if tried.is_done:
                return HttpResponseRedirect(reverse("receipt", args=[tried.result.token]), status=303)
            status = tried.status
            if status == 503:
                context["busy"] = True
            else:
                context["refusals"] = form.refuse(tried.refusals)
    response = render(request, "reviews/report.html", context, status=status)
    if status == 503:
        response["Retry-After"] = "5"
    elif status == 429:
        response["Retry-After"] = str(max(1, round((context["until"] - timezone.now()).total_seconds())))
    return response


@login_not_required
@never_cache
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """What became of a report, for whoever has its address."""
    one = None
    if re.fullmatch(r"[A-Za-z0-9_-]{43}", token, re.ASCII):
        one = inbox.received(token)
    if one is None:
        raise Http404
    taken = one if isinstance(one, ProblemReport) else None
    context = {"report": one, "told": told(taken) if taken else None, "why_open": why_open(taken) if taken else ""}
    return render(request, "reviews/receipt.html", context)
