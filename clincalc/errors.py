"""Pages for what went wrong. They read no session and no row, so that they work when little else does; without the
static files, whose names every page needs, they stand in a frame that needs none."""

import logging
import sys
from collections.abc import Iterator
from traceback import extract_tb
from uuid import uuid4

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from clincalc.context import site
from clincalc.logs import shown_path
from reviews.access import kept
from reviews.access.origin import sent_from
from reviews.audit.trail import WriteLockTimeout
from reviews.models import KeptForm

logger = logging.getLogger(__name__)
TOO_OLD = "This form was open for too long, or came from another site."
TOO_MANY = "This form held more boxes than can be taken at once. Take rows out of its lists, and send it again."
NOT_YOURS = (
    "Somebody else was signed in when this form was opened. What they typed is kept for a day: it waits for them on "
    "their desk."
)


def _page(name: str, status: int, **context: object) -> HttpResponse:
    context = {**site(), **context}
    try:
        html = render_to_string(f"{name}.html", context)
    except Exception as error:  # the fault that is told of here may be in what every page is made with
        # By its kind and place alone: its words may quote what somebody typed.
        kind, place = type(error).__name__, extract_tb(error.__traceback__)[-1]
        told = "The page %s is told in the bare frame: %s, %s line %s"
        logger.warning(told, status, kind, place.name, place.lineno)
        html = render_to_string(f"{name}.html", {**context, "frame": "bare.html"})
    response = HttpResponse(html, status=status)
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
    return _with_typed(request, "403", 403, reason=TOO_OLD, is_old=True)


def _with_typed(request: HttpRequest, name: str, status: int, **context: object) -> HttpResponse:
    """A page with what one of our own pages sent, to be sent again: nothing is stored meanwhile."""
    typed = kept.typed_of(request)
    return _page(name, status, typed=typed, csrf_token=get_token(request) if typed else "", **context)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400. Django calls so, too, a session that could not be kept because the database was away."""
    if isinstance(exception, TooManyFieldsSent):
        words = kept.words_of_body(request.body) if sent_from(request) == "here" else []
        return _page("400", 400, said=TOO_MANY, words=words)
    return unavailable(request) if is_of_the_database(exception) else _page("400", 400)


def refused(status: int, said: str) -> HttpResponse:
    """What never came as far as Django (clincalc.gate)."""
    response = _page("400", status, code=status, said=said)
    if status == 503:
        response["Retry-After"] = "5"
    return response


def unavailable(request: HttpRequest) -> HttpResponse:
    response = _with_typed(request, "503", 503)
    response["Retry-After"] = "5"
    return response


def is_of_the_database(exception: BaseException | None) -> bool:
    """Whether it came of a database that is away, or of a lock that was held for too long: 503, to be tried again."""
    if isinstance(exception, Http404 | PermissionDenied):
        return False  # an answer, whatever went wrong on the way to it: what is closed looks like what is not there
    away = WriteLockTimeout | OperationalError | InterfaceError
    return any(isinstance(one, away) or _is_of_its_system(one) for one in _causes(exception))


def _is_of_its_system(exception: BaseException) -> bool:
    """PostgreSQL's own system failed it: a file that could not grow, a disk, what it calls an internal error."""
    return str(getattr(exception, "sqlstate", ""))[:2] in ("53", "58", "XX")


def _causes(exception: BaseException | None) -> Iterator[BaseException]:
    """It, and what was being handled when it was raised."""
    while exception is not None:
        yield exception
        exception = exception.__cause__ or exception.__context__


def failed(request: HttpRequest) -> HttpResponse:
    """500, with a reference to quote: the log names it just before the traceback. 503 for what went wrong outside of
    any view (the session, the person) because the database is away."""
    if is_of_the_database(sys.exception()):
        return unavailable(request)
    reference = uuid4().hex[:8]
    logger.error("Reference %s: %s %r failed", reference, request.method, shown_path(request.path))
    return _page("500", 500, reference=reference)
