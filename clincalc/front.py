"""The front door: pages that were made already are served as bytes, as long as they are still the truth.

A small WSGI function before Django, for GET and HEAD without cookies. What it keeps are answers of public views (200,
with an ETag and `Cache-Control: public`), by path, and by those parameters of a list that it knows. A page is made from
what is in its key, and from nothing else that its first reader sent. Each request asks the database once for the epoch,
in autocommit; kept bytes are served only if epoch, day in London and the instants that have passed are those before
they were made. So nothing withdrawn is served once the withdrawal's commit has returned, nothing overdue keeps a fresh
face, and nothing outlives the restore of a backup: the epoch is told by the hash of an entry, which no other trail has.
Every miss, every other query string and every error is left to Django.
"""

import gzip
import json
import logging
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.signals import setting_changed
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.signals import connection_created
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from monographs.public.caching import SHOWS
from monographs.standing import LONDON

logger = logging.getLogger(__name__)

Start = Callable[..., Any]
App = Callable[[dict[str, Any], Start], Iterable[bytes]]
Moment = tuple[str, str, int]
Key = tuple[str, bool, str]  # path, whether over https, what of a list is asked for

MOST_PAGES, MOST_BYTES, SMALLEST_GZIP = 2_000, 64 * 1024 * 1024, 512
A_WHILE = 1_000  # pages made; after it, what was asked counts half


@dataclass
class Kept:
    """One page: the moment before it was made, its headers without those of the body, the body twice, and how often it
    was asked for."""

    moment: Moment
    headers: tuple[tuple[str, str], ...]
    etag: str
    body: bytes
    zipped: bytes
    asked: int = 1

    @property
    def size(self) -> int:
        return len(self.body) + len(self.zipped)


Plain = tuple[str, list[tuple[str, str]], list[bytes]]  # status, headers and body of what is not kept


class Front:
    """The pages of one process. What is asked for least is dropped first, and of those what was asked for the longest
    ago: however many other addresses somebody calls up once, the pages that are read stay."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.pages: OrderedDict[Key, Kept] = OrderedDict()
        self.bytes = 0
        self.made = 0
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        leave_a_replaced_file()
        host, query = _told().host, known_query(environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        if not host or query is None or not _is_plain(environ):
            return self.app(environ, start_response)
        try:
            moment = now()
        except Exception as error:  # whatever it is, Django knows how to say it
            logger.warning("What is kept was passed by: %r", error)
            connections[DEFAULT_DB_ALIAS].close()
            return self.app(environ, start_response)
        key = environ["PATH_INFO"], _is_secure(environ), query
        kept = self.pages.get(key)
        if kept is None or kept.moment != moment:
            made = self._made(environ, key, host, moment)
            if not isinstance(made, Kept):
                status, headers, body = made
                start_response(status, headers)
                return body
            kept = made
        else:
            self._used(key)
        return _answer(environ, start_response, kept)

    def _made(self, environ: dict[str, Any], key: Key, host: str, moment: Moment) -> Kept | Plain:
        """The page as Django makes it now, kept if it may be; else its answer as it is. The moment was asked for before
        the first row is read: what is written meanwhile makes the page old at once, never new too early."""
        answer: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            answer[:] = [status, headers]

        bare = _bare(environ, key, host)
        parts = self.app(bare, start)
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
        if bare.get(SHOWS, "") == key[2]:  # else the same page has another address, under which it is kept
            self._keep(key, kept)
        return kept

    def _used(self, key: Key) -> None:
        with self.lock:
            if kept := self.pages.get(key):  # another thread may have dropped it meanwhile
                kept.asked += 1
                self.pages.move_to_end(key)

    def _keep(self, key: Key, kept: Kept) -> None:
        with self.lock:
            if old := self.pages.pop(key, None):
                self.bytes -= old.size
                kept.asked = old.asked + 1
            self.made += 1
            if self.made % A_WHILE == 0:
                for one in self.pages.values():
                    one.asked //= 2
            while self.pages and (self.bytes + kept.size > MOST_BYTES or len(self.pages) >= MOST_PAGES):
                self.bytes -= self.pages.pop(min(self.pages, key=lambda one: self.pages[one].asked)).size
            if kept.size <= MOST_BYTES:
                self.pages[key] = kept
                self.bytes += kept.size


def _bare(environ: dict[str, Any], key: Key, host: str) -> dict[str, Any]:
    """A request for what is in the key. Of the first reader's only the server's own objects are in it, so that whatever
    else it said (a header, a condition, a prefix, a body) cannot stand in what the next one gets."""
    path, is_secure, query = key
    bare = {name: value for name, value in environ.items() if name.startswith("wsgi.")}
    bare |= {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": host,
        "SERVER_NAME": "localhost", "SERVER_PORT": "443" if is_secure else "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "https" if is_secure else "http", "wsgi.input": BytesIO(),
    }  # fmt: skip
    if is_secure and (header := _told().proxy):
        name, value = header
        bare[name] = value
    return bare


# Which lists are asked for by which parameters; a list's view says of each answer what it shows (`caching.shows`).
_LISTS = {
    re.compile(r"/drugs/"): frozenset({"letter", "page"}),
    re.compile(r"/(?:classes/[a-z0-9-]+|updates|corrections)/"): frozenset({"page"}),
}
_VALUES = {"letter": re.compile(r"[A-Z]|%23"), "page": re.compile(r"[1-9][0-9]{0,3}")}


_LONGEST_QUERY = 24


def known_query(path: str, query: str) -> str | None:
    """The query in the one form in which it is kept; None where Django is to judge it: of another page than a list,
    with a parameter that the list does not know, one given twice, or a value that no link of ours has."""
    if not query:
        return ""
    return _known(path, query) if len(query) <= _LONGEST_QUERY else None


@lru_cache(maxsize=512)
def _known(path: str, query: str) -> str | None:
    given = sorted(query.split("&"))
    names = [one.partition("=")[0] for one in given]
    known = next((names for at, names in _LISTS.items() if at.fullmatch(path)), frozenset())
    if len(names) > len(known) or len({*names}) < len(names) or not known.issuperset(names):
        return None
    if not all(_VALUES[name].fullmatch(one.partition("=")[2]) for name, one in zip(names, given, strict=True)):
        return None
    return "&".join(given)


_NEVER = ("/desk/", "/accounts/", "/admin/", "/static/", "/health/", "/report/")


def _is_plain(environ: dict[str, Any]) -> bool:
    """Whether the answer depends on the address alone. A host that is not ours, and plain http where https is wanted,
    are left to Django to refuse."""
    return (
        environ["REQUEST_METHOD"] in ("GET", "HEAD")
        and "HTTP_COOKIE" not in environ
        and not environ["PATH_INFO"].startswith(_NEVER)
        and _is_ours(environ.get("HTTP_HOST", ""))
        and (_is_secure(environ) or not _told().is_only_https)
    )


@dataclass(frozen=True)
class Told:
    """What the settings say, looked up once."""

    host: str
    proxy: tuple[str, str] | None
    is_only_https: bool


@lru_cache(maxsize=1)
def _told() -> Told:
    return Told(our_host(), settings.SECURE_PROXY_SSL_HEADER, settings.SECURE_SSL_REDIRECT)


def _forget(**_given: Any) -> None:
    """Settings change in tests."""
    _told.cache_clear()
    _is_ours.cache_clear()


setting_changed.connect(_forget, dispatch_uid="front")


@lru_cache(maxsize=64)
def _is_ours(host: str) -> bool:
    domain = split_domain_port(host)[0]  # empty for what is no host at all
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def our_host() -> str:
    """The name under which pages are made, whichever of our names is asked: where printed pages say that we are, or the
    first name of the list. Empty: the list holds patterns only, and no page is kept."""
    names = (urlsplit(settings.SITE_URL).netloc, *settings.ALLOWED_HOSTS)
    return next((one for one in names if one.strip(".*") == one and _is_ours(one)), "")


def _is_secure(environ: dict[str, Any]) -> bool:
    if header := _told().proxy:
        name, value = header
        return str(environ.get(name, "")).partition(",")[0].strip() == value
    return environ.get("wsgi.url_scheme") == "https"


def _note_file(connection: Any, **_given: Any) -> None:
    if connection.vendor == "sqlite":
        connection.opened = _file_of(connection)


connection_created.connect(_note_file, dispatch_uid="front")


def _file_of(connection: Any) -> tuple[int, int] | None:
    try:
        found = os.stat(connection.settings_dict["NAME"])
    except OSError:  # in memory, or not there
        return None
    return found.st_dev, found.st_ino


def leave_a_replaced_file() -> None:
    """SQLite goes on reading a file that was removed: where a backup took its place, the connection is given up."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite" and connection.connection and not connection.in_atomic_block:
        was, is_now = getattr(connection, "opened", None), _file_of(connection)
        if was and is_now and was != is_now:
            connection.close()


def now() -> Moment:
    """The hash of the epoch's entry, the day in London, and how many of the epoch's instants have passed: one query on
    the driver."""
    epoch, instants = _epoch()
    at = timezone.now()
    passed = 0
    if instants != "[]":
        passed = sum(datetime.fromisoformat(one) <= at for one in json.loads(instants))
    return epoch, at.astimezone(LONDON).date().isoformat(), passed


_ASKED, _QUESTION = b"clincalc_epoch", "SELECT hash, instants FROM monographs_epoch WHERE id = 1"


def _epoch() -> tuple[str, str]:
    """Asked in the shortest way that a driver has: PostgreSQL is given the question once a connection, and then only
    told to answer it, SQLite keeps it by itself. An error is told by raising, and the connection is then given up."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.connection is None:
        connection.ensure_connection()
    raw = connection.connection
    if connection.vendor == "sqlite":
        cursor = raw.execute(_QUESTION)
        try:
            epoch, instants = cursor.fetchone()
        finally:
            cursor.close()
        return epoch, instants
    if getattr(connection, "asked_on", None) is not raw:
        raw.pgconn.prepare(_ASKED, _QUESTION.encode())
        connection.asked_on = raw  # type: ignore[attr-defined]  # ours: gone with the connection
    answer = raw.pgconn.exec_prepared(_ASKED, None)
    if answer.ntuples != 1:
        raise DatabaseError(answer.error_message.decode(errors="replace"))
    return answer.get_value(0, 0).decode(), answer.get_value(0, 1).decode()


def _answer(environ: dict[str, Any], start_response: Start, kept: Kept) -> Iterable[bytes]:
    """200 or 304, compressed for whoever takes that."""
    zips = bool(kept.zipped) and takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
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


_CODING = re.compile(r"([!#$%&'*+.^_`|~0-9a-z-]+)(?:\s*;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?", re.ASCII)


@lru_cache(maxsize=256)
def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding asks for gzip, by its quality values (RFC 9110, 12.5.3): named with more than nothing,
    and not less than the page as it is. What cannot be read counts as no; of two values for one coding the smaller."""
    quality: dict[str, float] = {}
    for one in accepted.lower().split(","):
        if match := _CODING.fullmatch(one.strip()):
            name = "gzip" if match[1] == "x-gzip" else match[1]
            quality[name] = min(float(match[2] or 1), quality.get(name, 1))
    gzipped = quality.get("gzip", quality.get("*", 0))
    return gzipped > 0 and gzipped >= quality.get("identity", 0)
