"""The front door: pages that were made already are served as bytes, as long as they are still the truth.

A small WSGI function before Django, for GET and HEAD without cookies. What it keeps are answers of public views (200,
with an ETag and `Cache-Control: public`), by path. Each request asks the database once for the epoch, in autocommit;
kept bytes are served only if epoch, day in London and the instants that have passed are those before they were made.
So nothing withdrawn is served once the withdrawal's commit has returned, and nothing overdue keeps a fresh face. Every
miss, every query string and every error is left to Django.
"""

import gzip
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from monographs.standing import LONDON

Start = Callable[..., Any]
App = Callable[[dict[str, Any], Start], Iterable[bytes]]
Moment = tuple[int, str, int]
Key = tuple[str, bool]  # path, whether over https

MOST_PAGES, MOST_BYTES, SMALLEST_GZIP = 2_000, 64 * 1024 * 1024, 512


@dataclass(frozen=True)
class Kept:
    """One page: the moment before it was made, its headers without those of the body, and the body twice."""

    moment: Moment
    headers: tuple[tuple[str, str], ...]
    etag: str
    body: bytes
    zipped: bytes

    @property
    def size(self) -> int:
        return len(self.body) + len(self.zipped)


Plain = tuple[str, list[tuple[str, str]], list[bytes]]  # status, headers and body of what is not kept


class Front:
    """The pages of one process. Those that nobody asked for the longest are dropped first."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.pages: OrderedDict[Key, Kept] = OrderedDict()
        self.bytes = 0
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        if not _is_plain(environ):
            return self.app(environ, start_response)
        try:
            moment = now()
        except Exception:  # whatever it is, Django knows how to say it
            connection.close()
            return self.app(environ, start_response)
        key = environ["PATH_INFO"], _is_secure(environ)
        kept = self.pages.get(key)
        if kept is None or kept.moment != moment:
            made = self._made(environ, key, moment)
            if not isinstance(made, Kept):
                status, headers, body = made
                start_response(status, headers)
                return body
            kept = made
        else:
            self._used(key)
        return _answer(environ, start_response, kept)

    def _made(self, environ: dict[str, Any], key: Key, moment: Moment) -> Kept | Plain:
        """The page as Django makes it now, kept if it may be; else its answer as it is. The moment was asked for before
        the first row is read: what is written meanwhile makes the page old at once, never new too early."""
        answer: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            answer[:] = [status, headers]

        # The whole page, whatever the reader has: If-None-Match is answered from it below.
        plain = {name: value for name, value in environ.items() if name not in _CONDITIONS}
        parts = self.app({**plain, "REQUEST_METHOD": "GET"}, start)
        try:
            body = b"".join(parts)
        finally:
            if close := getattr(parts, "close", None):
                close()
        status, headers = answer
        told = {name.lower(): value for name, value in headers}
        if not (
            status.startswith("200")
            and told.get("cache-control", "").startswith("public")
            and "etag" in told
            and "set-cookie" not in told
            and "cookie" not in told.get("vary", "").lower()
        ):
            is_head = environ["REQUEST_METHOD"] == "HEAD"
            return status, headers, [b"" if is_head else body]
        rest = tuple((name, value) for name, value in headers if name.lower() not in ("content-length", "vary", "etag"))
        zipped = gzip.compress(body, 6, mtime=0) if len(body) >= SMALLEST_GZIP else b""
        kept = Kept(moment, rest, told["etag"], body, zipped)
        self._keep(key, kept)
        return kept

    def _used(self, key: Key) -> None:
        with self.lock:
            if key in self.pages:  # another thread may have dropped it meanwhile
                self.pages.move_to_end(key)

    def _keep(self, key: Key, kept: Kept) -> None:
        with self.lock:
            if old := self.pages.pop(key, None):
                self.bytes -= old.size
            self.pages[key] = kept
            self.bytes += kept.size
            while self.bytes > MOST_BYTES or len(self.pages) > MOST_PAGES:
                _, dropped = self.pages.popitem(last=False)
                self.bytes -= dropped.size


_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_ACCEPT_ENCODING")
_NEVER = ("/desk/", "/accounts/", "/admin/", "/static/", "/health/", "/report/")


def _is_plain(environ: dict[str, Any]) -> bool:
    """Whether the answer depends on the path alone. A host that is not ours, and plain http where https is wanted, are
    left to Django to refuse."""
    return (
        environ["REQUEST_METHOD"] in ("GET", "HEAD")
        and not environ.get("QUERY_STRING")
        and "HTTP_COOKIE" not in environ
        and not environ["PATH_INFO"].startswith(_NEVER)
        and _is_ours(environ.get("HTTP_HOST", ""))
        and (_is_secure(environ) or not settings.SECURE_SSL_REDIRECT)
    )


@lru_cache(maxsize=64)
def _is_ours(host: str) -> bool:
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def _is_secure(environ: dict[str, Any]) -> bool:
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        return str(environ.get(name, "")).partition(",")[0].strip() == value
    return environ.get("wsgi.url_scheme") == "https"


def now() -> Moment:
    """The epoch, the day in London, and how many of the epoch's instants have passed: one query on the driver."""
    connection.ensure_connection()
    cursor = connection.connection.cursor()
    try:
        cursor.execute("SELECT number, instants FROM monographs_epoch WHERE id = 1")
        number, instants = cursor.fetchone()
    finally:
        cursor.close()
    at = timezone.now()
    passed = 0
    if instants != "[]":
        passed = sum(datetime.fromisoformat(one) <= at for one in json.loads(instants))
    return number, at.astimezone(LONDON).date().isoformat(), passed


def _answer(environ: dict[str, Any], start_response: Start, kept: Kept) -> Iterable[bytes]:
    """200 or 304, compressed for whoever takes that."""
    zips = bool(kept.zipped) and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
    etag = f'{kept.etag[:-1]}-gzip"' if zips else kept.etag
    headers = [*kept.headers, ("ETag", etag), ("Vary", "Accept-Encoding")]
    if _has_it(environ.get("HTTP_IF_NONE_MATCH", ""), kept.etag):
        start_response("304 Not Modified", headers)
        return [b""]
    body = kept.zipped if zips else kept.body
    if zips:
        headers.append(("Content-Encoding", "gzip"))
    headers.append(("Content-Length", str(len(body))))
    start_response("200 OK", headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


def _has_it(given: str, etag: str) -> bool:
    """Whether one of the tags is this page's, of whichever of its two forms."""
    tags = {tag.strip().removeprefix("W/").replace('-gzip"', '"') for tag in given.split(",")} if given else set()
    return etag in tags or "*" in tags
