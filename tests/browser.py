"""The real browser of the journeys: Debian's chromium, driven by Playwright."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

# No sandbox, because CI is root; no background traffic, because tests reach nothing but this machine.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def executable() -> str | None:
    """Where the browser is: `CHROMIUM` from the environment, or what Debian calls chromium; None if there is none."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


def install() -> str | None:
    """Install Debian's chromium if it is missing. Answer why there is no browser, or None when there is one."""
    if executable():
        return None
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return "there is no chromium here, and only root on Debian can install it (apt-get install chromium)"
    print("Installing chromium for the journeys …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "-y", "install", "chromium"]):
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL).returncode:
            return f"`{' '.join(command)}` failed"
    return None


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser with a profile of its own. Give each person in a story a `browser.new_context()`."""
    # Playwright keeps an event loop in this thread, and Django takes that for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield browser
        browser.close()
