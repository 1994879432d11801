"""What the service writes about its work: one line of JSON a request, and one for each fault (`REQUEST_LOG`).

A line says when, method, path, status, milliseconds, bytes, an id, and the account's number. It never holds what was
asked in a query, sent in a form, or carried in a header or cookie, nor an address, a name, or a one-time link: whoever
reads logs must learn nothing that opens or tells anything (docs/privacy.md). Of a fault it says kinds and places, and
not the words of the exception, which may quote what somebody typed.
"""

import json
import logging
import os
import re
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from http.client import responses
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

CUT = "*"
# What follows one of these is nobody's business: a one-time link, a receipt, who a page of a person is about.
HOLD_SECRETS = ("/accounts/link/", "/accounts/address/", "/report/", "/desk/people/")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
STANDARD_OUTPUT = 1

_LONG, _LONGEST_PATH = 20, 300
_NO_SLUG = re.compile(r"[^a-z0-9.-]")
_REQUEST_ID = re.compile(r"[0-9a-f]{32}")

# Of the request that is being answered: its id, and the number of whose session it came with.
_asked: ContextVar[dict[str, Any] | None] = ContextVar("asked", default=None)


def shown_path(path: str) -> str:
    """The path as a log may hold it: nothing behind the addresses of `HOLD_SECRETS`, and no long part that is no name
    of a page, wherever somebody mistyped a link."""
    path = path[:_LONGEST_PATH]
    start = next((one for one in HOLD_SECRETS if path.startswith(one) and path != one), "")
    if start:
        _secret, slash, rest = path[len(start) :].partition("/")
        return f"{start}{CUT}{slash}{shown_path(rest)}"
    if len(path) < _LONG and "@" not in path:
        return path
    return "/".join(CUT if _tells(part) else part for part in path.split("/"))


def _tells(part: str) -> bool:
    return "@" in part or (len(part) >= _LONG and _NO_SLUG.search(part) is not None)


class RequestLog:
    """The application, with a line about each answer. A line that cannot be written hinders no answer."""

    def __init__(self, app: Callable[..., Iterable[bytes]], to: int = STANDARD_OUTPUT) -> None:
        self.app, self.to = app, to

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = time.perf_counter()
        asked: dict[str, Any] = {"id": _id_of(environ), "who": None}
        outer = _asked.set(asked)
        status = 500  # whatever it was that raised

        def start(given: str, *more: Any) -> Any:
            nonlocal status
            status = int(given[:3])
            return start_response(given, *more)

        size = 0
        try:
            parts = list(self.app(environ, start))
            size = sum(map(len, parts))
            return parts
        finally:
            _asked.reset(outer)
            self._write(
                {
                    "at": _now(),
                    "request": asked["id"],
                    "method": _method(environ["REQUEST_METHOD"]),
                    "path": shown_path(_decoded(environ.get("PATH_INFO") or "")),
                    "status": status,
                    "ms": round((time.perf_counter() - began) * 1000, 1),
                    "bytes": size,
                    "who": asked["who"],
                }
            )

    def _write(self, line: dict[str, Any]) -> None:
        with suppress(OSError):
            os.write(self.to, f"{json.dumps(line)}\n".encode())


def _id_of(environ: dict[str, Any]) -> str:
    """That of our own proxy, under which its log has it; else one of ours."""
    given = str(environ.get("HTTP_X_REQUEST_ID") or "")
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT and _REQUEST_ID.fullmatch(given):
        return given
    return os.urandom(16).hex()


def _decoded(path: str) -> str:
    return path if path.isascii() else path.encode("latin-1", "replace").decode("utf-8", "replace")


def _now() -> str:
    return f"{datetime.now(UTC).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"


def who(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Notes whose session a request came with, if anybody asked for it: no public page reads one for this."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if asked := _asked.get():
            # `user` asks the session once somebody looks at it; whoever signs in takes its place.
            seen, user = getattr(request, "_cached_user", None), vars(request).get("user")
            signed_in = None if isinstance(user, SimpleLazyObject) else user
            asked["who"] = getattr(seen, "pk", None) or getattr(signed_in, "pk", None) or asked["who"]
        return response

    return middleware


# What Django refuses for safety is told by its kind, and what became of a request by its status: Django's own words
# quote headers, and what was asked.
SECURITY = "django.security"
_OF_CSRF = ("Origin checking failed", "Referer checking failed", "CSRF cookie not set", "CSRF token")


class Lines(logging.Formatter):
    """A record as one line of JSON, under the id of its request. Of a fault: which kinds, and where."""

    def format(self, record: logging.LogRecord) -> str:
        request, status = getattr(record, "request", None), getattr(record, "status_code", None)
        if f"{record.name}.".startswith(f"{SECURITY}."):
            said = _refused(record)
        elif request is not None:
            said = responses.get(status or 0, "A request")
        else:
            said = record.getMessage()
        if request is not None:
            said = f"{said}: {_method(request.method)} {shown_path(request.path)}"
        line: dict[str, Any] = {
            "at": _now(), "request": (_asked.get() or {}).get("id"), "level": record.levelname, "logger": record.name,
            "said": said,
        }  # fmt: skip
        if record.exc_info and record.exc_info[1]:
            line["faults"] = [_told(one) for one in _causes(record.exc_info[1])]
        return json.dumps(line)


def _refused(record: logging.LogRecord) -> str:
    kind = record.name.removeprefix(SECURITY).lstrip(".")
    if kind == "csrf":
        why = str(record.args[0]) if isinstance(record.args, tuple) and record.args else ""
        kind = next((one for one in _OF_CSRF if why.startswith(one)), kind)
    return f"Refused, {kind}" if kind else "Refused"


def _method(given: Any) -> str:
    return given if given in METHODS else CUT


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)


def _told(fault: BaseException) -> dict[str, Any]:
    frames = traceback.StackSummary.extract(traceback.walk_tb(fault.__traceback__), lookup_lines=False)
    told = {
        "kind": f"{type(fault).__module__}.{type(fault).__qualname__}",
        "places": [f"{one.filename}:{one.lineno} {one.name}" for one in frames],
    }
    if state := getattr(fault, "sqlstate", None):  # PostgreSQL's own word for it
        told["sqlstate"] = state
    return told
