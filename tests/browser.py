"""The real browser of the journeys: Debian's chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests import debian

# No sandbox, because CI is root; no background traffic, because tests reach nothing but this machine.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP monographs.example.org 127.0.0.1",  # the site of README, served by tests/for_real.py
]


def executable() -> str | None:
    """Where the browser is: `CHROMIUM` from the environment, or what Debian calls chromium; None if there is none."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


def install() -> str | None:
    """Install Debian's chromium if it is missing. Answer why there is no browser, or None when there is one."""
    return None if executable() else debian.why_missing("chromium", "chromium")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser with a profile of its own. Give each person in a story a `browser.new_context()`."""
    # Playwright keeps an event loop in this thread, and Django takes that for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield browser
        browser.close()
