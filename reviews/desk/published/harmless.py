"""Somebody says that what the page prints of a text is harmless, though it is not what was typed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from reviews.access.attempts import attempt
from reviews.desk.base import desk, digest_in, monograph_for
from reviews.desk.published.acts import Answer, published_page
from reviews.misprints import call_harmless


@desk
@require_POST
def harmless(request: HttpRequest, slug: str) -> HttpResponse:
    """Fields: `part` (its key), `digest` (of the words that were shown), `reason`."""
    monograph, digest = monograph_for(request, slug), digest_in(request)
    part, reason = request.POST.get("part", "")[:36], request.POST.get("reason", "")
    tried = attempt(lambda: call_harmless(monograph, part=part, digest=digest, actor=request.user, reason=reason))
    if tried.is_done:
        messages.success(request, f"{tried.result.label}: kept as harmless, with your reason.")
        return redirect("published", monograph.slug)
    answer = Answer("Not kept yet", tried.refusals, tried.status, misprint=digest, misprint_reason=reason)
    return published_page(request, monograph, answer)
