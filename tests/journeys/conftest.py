"""Whole stories in a real browser, on the demonstration's content, served from real rows."""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests import browser as real
from tests.conftest import FAST_HASHERS

AXE = (Path(__file__).parent.parent / "data" / "axe-core.min.js").read_text()
# Where to leave pictures of every page kind, for whoever wants to look; none by default.
PICTURES = os.environ.get("PICTURES")

# Each width and each scheme once; every pair of them when pictures are taken.
VIEWS = [(1280, "light"), (375, "dark")]
OTHERS = [(1280, "dark"), (375, "light")]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's loop runs in this thread; Django's guard against slow calls in a loop does not apply to a test.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with real.chromium() as started:
        yield started


@pytest.fixture
def demonstration(empty_database, settings, capsys) -> None:
    """The demonstration's monographs and accounts, loaded by the command that people run; after the first time, that
    very database again."""
    settings.DEMO = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "sessionid", "csrftoken"
    # Loading hashes fast, since it signs for dozens of editions; whoever signs in is hashed as in production from then on.
    as_in_production = settings.PASSWORD_HASHERS
    kept = Path(os.environ["CLINCALC_TEST_DIR"]) / "demonstration"
    lines = kept.with_suffix(".jsonl")
    connection.ensure_connection()
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes first loads it for all workers
        if not lines.exists():
            settings.PASSWORD_HASHERS = FAST_HASHERS
            call_command("demo")
            with closing(sqlite3.connect(kept)) as database:
                connection.connection.backup(database)
            shutil.copy(settings.CHECKPOINT_FILE, lines)
    with closing(sqlite3.connect(kept)) as database:
        database.backup(connection.connection)
    shutil.copy(lines, settings.CHECKPOINT_FILE)
    settings.PASSWORD_HASHERS = [*as_in_production, *FAST_HASHERS]


class Person:
    """Somebody at a browser of their own, who signs in when they open the desk."""

    def __init__(self, browser: Browser, server: str, name: str | None = None, **options) -> None:
        self.server, self.name = server, name
        self.context = browser.new_context(base_url=server, reduced_motion="reduce", **options)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("console", self._heard)
        if name:
            self.page.goto("/accounts/login/")
            self.page.fill("[name=login]", name)
            self.page.fill("[name=password]", "clincalc-demo")
            self.page.get_by_role("button", name="Sign in").click()
            self.page.wait_for_url("**/desk/**")

    def _heard(self, message: ConsoleMessage) -> None:
        # Scratch that waits for nobody says so (503) while somebody else writes, and is sent again.
        waits = "503" in message.text and "/scratch/" in message.location.get("url", "")
        if message.type == "error" and not waits:
            self.errors.append(message.text)

    def goes_to(self, path: str) -> Page:
        self.page.goto(path)
        return self.page

    def reads(self) -> str:
        return self.page.inner_text("main")

    def is_accessible(self, kind: str, *, everywhere: bool = False) -> None:
        """axe-core finds nothing at desk width in light and at phone width in dark; nothing scrolls sideways.
        `everywhere`: nor in the other scheme, where colours alone differ."""
        shown = self.page.viewport_size
        # As a string and not as an element: the page's own policy lets no script in.
        self.page.evaluate(AXE + "; undefined")
        for width, scheme in [*VIEWS, *(OTHERS if everywhere or PICTURES else [])]:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.emulate_media(color_scheme=scheme)
            asked = {"resultTypes": ["violations"]}
            if (width, scheme) in OTHERS and not PICTURES:
                asked["runOnly"] = ["color-contrast"]
            found = self.page.evaluate("asked => axe.run(asked).then(found => found.violations)", asked)
            told = [f"{v['id']}: {v['help']} ({[n['html'] for n in v['nodes']][:3]})" for v in found]
            assert told == [], f"{kind} at {width}, {scheme}"
            sideways = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert sideways <= 0, f"{kind} at {width} scrolls sideways by {sideways}"
            if PICTURES:
                Path(PICTURES).mkdir(parents=True, exist_ok=True)
                self.page.screenshot(path=f"{PICTURES}/{kind}-{width}-{scheme}.png", full_page=True)
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(shown)


@pytest.fixture
def person(browser, live_server, demonstration):
    people: list[Person] = []

    def arrive(name: str | None = None, **options) -> Person:
        people.append(Person(browser, live_server.url, name, **options))
        return people[-1]

    yield arrive
    for one in people:
        one.context.close()
