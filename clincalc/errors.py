"""Pages for what went wrong. They read no session and no row, so that they work when little else does."""

import logging
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from clincalc.context import site

logger = logging.getLogger(__name__)


def _page(name: str, status: int, **context: object) -> HttpResponse:
    response = HttpResponse(render_to_string(f"{name}.html", {**site(), **context}), status=status)
    response["Cache-Control"] = "no-cache"  # what is not there now may be there in a minute
    return response


def not_found(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same bytes for a draft and for what never was."""
    return _page("404", 404)


def forbidden(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("403", 403, reason=str(exception or ""))


def csrf_failure(_request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        "403", 403, reason="This form was open for too long, or came from another site. Go back, reload, and try again."
    )


def bad_request(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("400", 400)


def unavailable(_request: HttpRequest) -> HttpResponse:
    response = _page("503", 503)
    response["Retry-After"] = "5"
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """500, with a reference to quote: the log names it just before the traceback."""
    reference = uuid4().hex[:8]
    logger.error("Reference %s: %s %r failed", reference, request.method, request.path)
    return _page("500", 500, reference=reference)
