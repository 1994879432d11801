"""A plugin that writes down which tests were red, line by line: "test" or "collect", and the name."""

import os
from pathlib import Path

TARGET = "CLINCALC_WITNESS"


def note(kind: str, name: str) -> None:
    with Path(os.environ[TARGET]).open("a") as file:
        file.write(f"{kind} {name}\n")


def pytest_runtest_logreport(report) -> None:
    if report.failed:
        note("test", report.nodeid)


def pytest_collectreport(report) -> None:
    if report.failed:
        note("collect", report.nodeid)
