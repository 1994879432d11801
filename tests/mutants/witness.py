"""A plugin that writes down which tests were red, line by line: "test" or "collect", and the name."""

import os
from pathlib import Path

TARGET = "CLINCALC_WITNESS"
# Read now: a test may take the environment away for as long as it runs.
NOTES = Path(os.environ.get(TARGET, os.devnull))


def note(kind: str, name: str) -> None:
    with NOTES.open("a") as file:
        file.write(f"{kind} {name}\n")


def pytest_runtest_logreport(report) -> None:
    if report.failed:
        note("test", report.nodeid)


def pytest_collectreport(report) -> None:
    if report.failed:
        note("collect", report.nodeid)
