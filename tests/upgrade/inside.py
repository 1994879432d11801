"""Runs inside a version of the product, an old one or this: a program of its own, started in a checkout of it.

    python inside.py tell STORY  < instant                # leads a database through a story
    python inside.py walk        < {"at", "addresses"}    # what readers get there, and wherever it leads
    python inside.py ask         < {"at", "addresses"}    # what readers get there

It knows `clincalc.wsgi` and the settings, and nothing else of a version: the same lines ask the old and the new. The
clock says what it is told to; the database, the keys and all else come from the environment. Answers go to standard
output as JSON: {address: "STATUS TYPE LOCATION\\n\\nBODY"}.
"""

import html
import io
import json
import os
import re
import runpy
import sys
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

HERE = "http://127.0.0.1:8000"
# Behind the login, or no page: what is linked there is another's to test.
NOT_PUBLIC = ("/desk/", "/accounts/", "/admin/", "/static/", "/health/")
# A form that was shown: no two are alike.
_NEW_EACH_TIME = re.compile(r'(?<=<input type="hidden" name="act" value=")[^"]*')
_LINK = re.compile(r"""(?:href="|<loc>|<id>)([^"<]+)""")


class Clock:
    """The time, as a story tells it. A second passes whenever somebody looks, so that the same acts have the same times
    whenever and wherever they are told."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def later(self, **period: int) -> None:
        self.at += timedelta(**period)


def begin(now: Any) -> None:
    """Starts Django under this clock. Models take `timezone.now` for good when they are imported."""
    sys.path.insert(0, os.getcwd())
    os.environ["DJANGO_SETTINGS_MODULE"] = "clincalc.settings"
    from django.utils import timezone

    timezone.now = now
    from django.conf import settings

    # Pages name static files as they are: their bytes are not what is looked at here.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    import django

    django.setup()


def tell(story: str, at: str) -> None:
    clock = Clock(datetime.fromisoformat(at))
    begin(clock.now)
    runpy.run_path(story)["tell"](clock)


def ask(application: Any, address: str) -> str:
    """The answer to one reader, through the front door, in words."""
    parts = urlsplit(address)
    told: list[str] = []

    def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        of = {name.lower(): value for name, value in headers}
        told[:] = [status.partition(" ")[0], of.get("content-type", "-"), of.get("location", "")]

    environ = {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": unquote(parts.path).encode().decode("latin-1"),
        "QUERY_STRING": parts.query, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "HTTP_HOST": "127.0.0.1:8000",
        "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, "wsgi.version": (1, 0),
        "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip
    answer = application(environ, start)
    body = _NEW_EACH_TIME.sub("", b"".join(answer).decode())
    if close := getattr(answer, "close", None):
        close()
    return f"{' '.join(told).strip()}\n\n{body}"


def led_to(address: str, answer: str) -> set[str]:
    """The public addresses that an answer names."""
    head, _, body = answer.partition("\n\n")
    named = [html.unescape(one) for one in _LINK.findall(body)] + head.split(" ")[3:]
    found = set()
    for one in named:
        parts = urlsplit(urljoin(f"{HERE}{address}", one))
        path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        if f"{parts.scheme}://{parts.netloc}" == HERE and not path.startswith(NOT_PUBLIC):
            found.add(path)
    return found


def served(at: str, addresses: list[str], *, follows: bool) -> dict[str, str]:
    moment = datetime.fromisoformat(at)
    begin(lambda: moment)
    from clincalc.wsgi import application

    answers: dict[str, str] = {}
    waiting = set(addresses)
    while waiting:
        address = min(waiting)
        waiting.remove(address)
        answers[address] = ask(application, address)
        if follows:
            waiting |= led_to(address, answers[address]) - answers.keys()
    return answers


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["tell", story]:
            tell(story, sys.stdin.read())
        case ["walk" | "ask" as what]:
            json.dump(served(**json.load(sys.stdin), follows=what == "walk"), sys.stdout)
