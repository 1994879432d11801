"""A stranger's request, asked in this very process: what the desk looks at when it wants to know what readers get.

It is put in the plain form of the gate and answered by the front door, so that middleware, kept bytes, conditions and
compression are those of every reader. It takes no place of the gate: whoever asks holds one already, and many who each
wait for a second would wait for ever.
"""

import sys
from contextvars import ContextVar
from importlib import import_module
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from clincalc.front import Front, our_host
from clincalc.gate import made_plain

_INSIDE = ContextVar("inside", default=False)  # a request is asked within another one

Answer = tuple[int, dict[str, str], bytes]


class Handler(WSGIHandler):
    """Django. A request inside another one is answered without the signals that begin and end a request: they would
    close the connection to the database that whoever asks works with."""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if not _INSIDE.get():
            return super().__call__(environ, start_response)
        response = self.get_response(self.request_class(environ))
        cookies = [("Set-Cookie", one.output(header="")) for one in response.cookies.values()]
        start_response(f"{response.status_code} {response.reason_phrase}", [*response.items(), *cookies])
        return [b"".join(response)]


def ask(address: str, **headers: str) -> Answer:
    """(status, headers by their name in small letters, body) of a GET of an address of ours, path and query, by a
    stranger. `headers` as WSGI spells them, without HTTP_."""
    told: list[Any] = []

    def start(status: str, heads: list[tuple[str, str]], _error: Any = None) -> None:
        told[:] = [int(status[:3]), {name.lower(): value for name, value in heads}]

    outer = _INSIDE.set(True)
    try:
        body = b"".join(_front()(made_plain(_environ(address, headers)), start))
    finally:
        _INSIDE.reset(outer)
    status, heads = told
    return status, heads, body


def _front() -> Front:
    """That of this process. Its module reads the database when it is imported, hence here."""
    front: Front = import_module("clincalc.wsgi").front
    return front


def _environ(address: str, headers: dict[str, str]) -> dict[str, Any]:
    asked, ours = urlsplit(address), urlsplit(settings.SITE_URL)
    is_secure = ours.scheme == "https" or settings.SECURE_SSL_REDIRECT
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET", "PATH_INFO": unquote(asked.path, "latin-1"), "QUERY_STRING": asked.query,
        "HTTP_HOST": our_host() or ours.netloc, "SERVER_NAME": "localhost",
        "SERVER_PORT": "443" if is_secure else "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0), "wsgi.url_scheme": "https" if is_secure else "http",
        "wsgi.input": BytesIO(), "wsgi.errors": sys.stderr,
        "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }  # fmt: skip
    if is_secure and settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        environ[name] = value
    return environ
