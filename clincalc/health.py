"""Whether this process runs, and whether it can serve pages."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monographs import triggers
from monographs.models import Epoch


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
    """200: the database answers and keeps its triggers. 503: traffic should go elsewhere; the word says why."""
    try:
        found = Epoch.objects.filter(pk=1).exists() and not triggers.missing()
    except DatabaseError:
        return HttpResponse("no database\n", status=503, content_type="text/plain")
    return HttpResponse(
        "ready\n" if found else "the database is not whole\n", status=200 if found else 503, content_type="text/plain"
    )
