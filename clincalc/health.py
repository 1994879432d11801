"""Whether this process runs, and whether it can serve pages."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clincalc.readiness import lacking


@login_not_required
@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """200: the process answers. It asks nothing of the database."""
    return HttpResponse("live\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """200: the database answers, keeps its triggers, and holds what this version derives, the keys are ours, the static
    files are there. 503: traffic should go elsewhere; the word says why."""
    word = lacking(request) or "ready"
    return HttpResponse(f"{word}\n", status=200 if word == "ready" else 503, content_type="text/plain")
