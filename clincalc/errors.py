"""Pages for what went wrong. They read no session and no row, so that they work when little else does."""

import logging
from uuid import uuid4

from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from clincalc.context import site
from reviews.access import kept
from reviews.models import KeptForm

logger = logging.getLogger(__name__)
TOO_OLD = "This form was open for too long, or came from another site."
NOT_YOURS = (
    "Somebody else was signed in when this form was opened. What they typed is kept for a day: it waits for them on "
    "their desk."
)


def _page(name: str, status: int, **context: object) -> HttpResponse:
    response = HttpResponse(render_to_string(f"{name}.html", {**site(), **context}), status=status)
    response["Cache-Control"] = "no-cache"  # what is not there now may be there in a minute
    return response


def not_found(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same bytes for a draft and for what never was."""
    return _page("404", 404)


def forbidden(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("403", 403, reason=str(exception or ""))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is not that of the session any more: somebody signed in again in another window, or a cookie
    is gone. It comes back filled, to be sent again: to the person who typed it, where a form says whose it is."""
    try:
        address = kept.keep(request, KeptForm.Cause.TOKEN)
        person = kept.person_of(request) if address else None
        if address and not request.user.is_authenticated:
            return redirect_to_login(address)
        if address and request.user.pk == person:
            return HttpResponseRedirect(address, status=303)
    except OperationalError:
        return unavailable(request)
    if address:
        return _page("403", 403, reason=NOT_YOURS)
    return _with_typed(request, "403", 403, reason=TOO_OLD)


def _with_typed(request: HttpRequest, name: str, status: int, **context: object) -> HttpResponse:
    """A page with what one of our own pages sent, to be sent again: nothing is stored meanwhile."""
    typed = kept.typed_of(request)
    return _page(name, status, typed=typed, csrf_token=get_token(request) if typed else "", **context)


def bad_request(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("400", 400)


def unavailable(request: HttpRequest) -> HttpResponse:
    response = _with_typed(request, "503", 503)
    response["Retry-After"] = "5"
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """500, with a reference to quote: the log names it just before the traceback."""
    reference = uuid4().hex[:8]
    logger.error("Reference %s: %s %r failed", reference, request.method, request.path)
    return _page("500", 500, reference=reference)
