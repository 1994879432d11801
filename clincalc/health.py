"""Whether this process runs, and whether it can serve pages."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
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
    the word says why, or which alarms could not be read."""
    if word := lacking(request):
        return _answer(word, status=503)
    try:
        told = alarms()
    except DatabaseError:
        return _answer("no database", status=503)
    lines = [f"alarm, {one.kind}: {one.words}" for one in told]
    if unread := [one.kind for one in told if one.is_unread]:
        return _answer(f"alarms could not be read: {', '.join(unread)}", *lines, status=503)
    return _answer("ready", *lines)


def _answer(*lines: str, status: int = 200) -> HttpResponse:
    return HttpResponse("".join(f"{one}\n" for one in lines), status=status, content_type="text/plain")
