"""The gate before everything: a request is put in one plain form, or refused, before other code sees any of it.

Servers put into the environ what they like: headers under odd names, the paths of proxies, all variables of their own
process. Behind the gate stands only what is listed here. So whatever reads another header adds it to `READ`.

* Refused: an address that no link of ours has (no leading slash, control characters, a backslash, not UTF-8; where a
  server says how it was typed, which Granian does not, an encoded slash and a whole URI too), a prefix (`SCRIPT_NAME`),
  a host that is none, a body that no form of ours sends (another kind than urlencoded, in another charset than UTF-8,
  compressed, of no stated length, too long, broken off).
* Left out: every header that nothing here reads, the body of a GET, what a Content-Type says beside its kind.

Who is slow holds the server's thread of his own line (there are as many as lines), and no place among those that are
answered: a form has a place once it is here whole, an answer leaves its place in one piece. Who sends, signs in or
waits for the write lock gets a part of the places; readers always find a free one. So they do among the threads: forms
that come in hold a part of them, and those from one address a part of that. Whoever comes on top is told so at once,
and hung up on.
"""

import logging
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from typing import Any
from weakref import WeakSet

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.signals import setting_changed
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.http.request import host_validation_re
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware

from clincalc import errors, middleware
from clincalc.front import takes_gzip
from clincalc.logs import METHODS, shown_path
from reviews.access.senders import address_of, counted

logger = logging.getLogger(__name__)

Environ = dict[str, Any]
Start = Callable[..., Any]
App = Callable[[Environ, Start], Iterable[bytes]]

PLACES, SENDERS = 32, 20  # what is answered at the same time, and how many of it may be things that were sent
KEEPERS = 16  # threads that keep their connection to the database; others give it back after each request
FORMS_COMING, OF_ONE_ADDRESS = 384, 256  # forms that a worker reads at one time with its 512 threads: all, and of one
PATIENCE = 5  # seconds for which what was sent waits for a place
LONGEST_ADDRESS = 8_000
TOO_MANY = "Too many are sending something just now."

FORM = "application/x-www-form-urlencoded"
SAFE = frozenset({"GET", "HEAD"})
SERVERS = frozenset(
    {
        "REMOTE_ADDR", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "wsgi.version", "wsgi.url_scheme",
        "wsgi.errors", "wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once",
    }
)  # fmt: skip
READ = frozenset(
    {
        "HTTP_HOST", "HTTP_COOKIE", "HTTP_USER_AGENT", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE",
        "HTTP_ORIGIN", "HTTP_REFERER", "HTTP_SEC_FETCH_SITE", "HTTP_X_CSRFTOKEN", "HTTP_HX_REQUEST",
    }
)  # fmt: skip

_ENCODED = re.compile(r"%(?:2f|5c|[01][0-9a-f]|7f)", re.IGNORECASE)
_ODD = re.compile(r"[\x00-\x1f\x7f\\]")  # and the backslash, which some take for a slash
_CHARSET = re.compile(r"charset(\*?[0-9]*\*?)\s*=\s*(\"(?:[^\"\\]|\\.)*\"|[^;\s]*)", re.IGNORECASE)
_LENGTH = re.compile(r"[0-9]{1,12}", re.ASCII)


class Refused(Exception):
    """By this status, with this sentence."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(status, said)
        self.status, self.said = status, said


class Gate:
    """The application behind its gate."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.places = threading.BoundedSemaphore(PLACES)
        self.senders = threading.BoundedSemaphore(SENDERS)
        self.coming = Coming()
        self.thread = threading.local()
        self.keepers: WeakSet[Keeper] = WeakSet()
        self.lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        try:
            plain = made_plain(environ)
            if plain["REQUEST_METHOD"] in SAFE:
                return self._answered(plain, start_response)
            with self.coming.from_address(_address(plain)):
                plain["wsgi.input"] = BytesIO(_body(environ["wsgi.input"], int(plain["CONTENT_LENGTH"] or 0)))
            if not self.senders.acquire(timeout=PATIENCE):
                raise Refused(503, TOO_MANY)
            try:
                return self._answered(plain, start_response)
            finally:
                self.senders.release()
        except Refused as refused:
            return _refuse(environ, start_response, _page(refused.status, refused.said))
        except Exception:  # before Django had a request that it could answer
            asked = HttpRequest()  # without what it holds: that may be the fault
            asked.path = str(environ.get("PATH_INFO", ""))
            logger.exception("A request could not be begun: %s %r", environ["REQUEST_METHOD"], shown_path(asked.path))
            return _refuse(environ, start_response, _protected(errors.failed(asked)))

    def _answered(self, plain: Environ, start_response: Start) -> list[bytes]:
        """The answer in one piece: the server has it at once, and whoever is slow to read it holds no place."""
        with self.places:
            try:
                parts = self.app(plain, start_response)
                try:
                    return [b"".join(parts)]
                finally:
                    if close := getattr(parts, "close", None):
                        close()
            finally:
                if not self._keeps():
                    connections.close_all()

    def _keeps(self) -> bool:
        """Whether this thread keeps its connection. Threads are many when many are slow; a database's connections are
        not."""
        if not hasattr(self.thread, "keeper"):
            with self.lock:
                if len(self.keepers) >= KEEPERS:
                    return False
                self.thread.keeper = Keeper()  # gone with its thread, and its place with it
                self.keepers.add(self.thread.keeper)
        return True


class Coming:
    """The forms that are being read, by the address that they come from."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.by_address: Counter[str] = Counter()

    @contextmanager
    def from_address(self, address: str) -> Iterator[None]:
        """Around the reading of one. Raises Refused where too many are on their way."""
        with self.lock:
            if self.by_address.total() >= FORMS_COMING or self.by_address[address] >= OF_ONE_ADDRESS:
                raise Refused(503, TOO_MANY)
            self.by_address[address] += 1
        try:
            yield
        finally:
            with self.lock:
                self.by_address[address] -= 1
                if not self.by_address[address]:
                    del self.by_address[address]


class Keeper:
    """A thread's place among those that keep their connection."""


def made_plain(environ: Environ) -> Environ:
    """The request as the rest of the product knows it: with these names, and no others. Raises Refused."""
    plain = {name: environ[name] for name in _names() if name in environ}
    plain["HTTP_ACCEPT_ENCODING"] = "gzip" if takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")) else ""
    plain |= {
        "REQUEST_METHOD": environ["REQUEST_METHOD"], "SCRIPT_NAME": "", "PATH_INFO": environ.get("PATH_INFO", ""),
        "QUERY_STRING": environ.get("QUERY_STRING", ""), "CONTENT_LENGTH": "", "wsgi.input": BytesIO(),
    }  # fmt: skip
    if not "".join([value for value in plain.values() if isinstance(value, str)]).isascii():
        for name, value in plain.items():
            if isinstance(value, str) and not _is_bytes(value):
                raise Refused(400, f"{name.removeprefix('HTTP_')} holds characters that no header holds.")
    if plain["REQUEST_METHOD"] not in METHODS:
        raise Refused(405, "This is no method that we know.")
    _judge_address(environ, plain)
    _judge_content_type(environ.get("CONTENT_TYPE") or "")
    if plain["REQUEST_METHOD"] not in SAFE:
        _judge_body(environ, plain)
    return plain


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    """What is taken over: also headers that our own proxies write, if the settings say that there are some."""
    named = {settings.SECURE_PROXY_SSL_HEADER[0]} if settings.SECURE_PROXY_SSL_HEADER else set()
    return SERVERS | READ | named | ({"HTTP_X_FORWARDED_FOR"} if settings.ALLAUTH_TRUSTED_PROXY_COUNT else set())


def _forget(**_given: Any) -> None:
    """Settings change in tests."""
    _names.cache_clear()


setting_changed.connect(_forget, dispatch_uid="gate")


def _address(plain: Environ) -> str:
    """Where it comes from, to count by."""
    request = HttpRequest()
    request.META = plain
    return counted(address_of(request))


def _is_bytes(value: str) -> bool:
    return value.isascii() or max(value) < "\u0100"


def _judge_address(environ: Environ, plain: Environ) -> None:
    path = plain["PATH_INFO"]
    if environ.get("SCRIPT_NAME"):
        raise Refused(400, "We live at the root of our host.")
    if not path.startswith("/") or _ODD.search(path):
        raise Refused(400, "This is no address of ours.")
    if len(path) + len(plain["QUERY_STRING"]) > LONGEST_ADDRESS:
        raise Refused(414, "This address is longer than any of ours.")
    if not path.isascii():
        try:
            path.encode("latin-1").decode("utf-8")
        except UnicodeDecodeError as error:
            raise Refused(400, "This address is not UTF-8.") from error
    for name in ("RAW_URI", "REQUEST_URI"):  # as it was typed, where a server says it
        raw = environ.get(name) or "/"
        if not raw.startswith("/") or _ENCODED.search(raw.partition("?")[0]):
            raise Refused(400, "This is no address of ours.")
    host = plain.get("HTTP_HOST")
    if host is not None and not host_validation_re.fullmatch(host):
        raise Refused(400, "The host that was asked for is none.")


def _judge_content_type(given: str) -> None:
    """Whatever is asked, and whether or not it has a body: we read UTF-8."""
    for continued, charset in _CHARSET.findall(given):
        if continued or charset.strip('"').lower() not in ("utf-8", "utf8"):
            raise Refused(415, "We read UTF-8 only.")


def _judge_body(environ: Environ, plain: Environ) -> None:
    length = environ.get("CONTENT_LENGTH") or ""
    if length and not _LENGTH.fullmatch(length):
        raise Refused(400, "The length of what was sent is no number.")
    if environ.get("HTTP_TRANSFER_ENCODING"):  # whatever length is said beside it
        raise Refused(411, "The length of what was sent is not said.")
    if int(length or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise Refused(413, "This is more than a form of ours can hold.")
    if (environ.get("HTTP_CONTENT_ENCODING") or "identity").strip().lower() != "identity":
        raise Refused(415, "We read nothing that is compressed.")
    kind = (environ.get("CONTENT_TYPE") or "").partition(";")[0].strip().lower()
    if kind not in ("", FORM):
        raise Refused(415, "This is nothing that a form of ours sends.")
    plain["CONTENT_LENGTH"] = length
    if kind:
        plain["CONTENT_TYPE"] = FORM


def _body(given: Any, length: int) -> bytes:
    """All of it, or Refused. It is read by the server's own thread, to the end: Granian stands still for good when an
    answer is given while another thread reads."""
    try:
        body = _read(given, length)
    except Exception as error:  # whatever a server says of a line that went dead
        raise Refused(400, "The form did not come whole.") from error
    if len(body) < length:
        raise Refused(400, "The form did not come whole.")
    return body


def _read(given: Any, length: int) -> bytes:
    parts = []
    while length and (part := given.read(length)):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


@lru_cache(maxsize=64)
def _page(status: int, said: str) -> HttpResponse:
    return _protected(errors.refused(status, said))


def _protected(response: HttpResponse) -> HttpResponse:
    """The page under the headers of every other page."""

    def answer(_request: HttpRequest) -> HttpResponse:
        return response

    request = HttpRequest()
    for one in (CSPMiddleware, XFrameOptionsMiddleware, SecurityMiddleware):
        one(answer).process_response(request, response)
    middleware.headers(answer)(request)
    response["Content-Length"] = len(response.content)
    return response


def _refuse(environ: Environ, start_response: Start, page: HttpResponse) -> Iterable[bytes]:
    """What was sent may not have been read: the line ends with the answer."""
    start_response(f"{page.status_code} {page.reason_phrase}", [*page.items(), ("Connection", "close")])
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else page.content]
