"""Whether this process runs, and whether it can serve pages."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clincalc.readiness import lacking
from reviews.reports.alarms import alarms


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
    files are there; below the word, a line for each alarm, which hinders no serving. 503: traffic should go elsewhere;
    the word says why."""
    if word := lacking(request):
        return HttpResponse(f"{word}\n", status=503, content_type="text/plain")
    told = "".join(f"alarm, {one.kind}: {one.words}\n" for one in alarms())
    return HttpResponse(f"ready\n{told}", content_type="text/plain")
