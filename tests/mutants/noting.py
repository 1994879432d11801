"""A plugin for one run of all tests: which test runs which line of the product, and renders which template.

What a fixture of a module does is noted for the module: the tests that begin with it are all of it.
"""

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

from tests.mutants.patches import PRODUCT

TARGET = "CLINCALC_NOTES"  # the folder that takes one file of each worker


class Noting:
    def __init__(self, root: Path) -> None:
        import coverage  # only this run needs it

        self.root = root
        self.context = ""
        self.seconds: dict[str, float] = defaultdict(float)
        self.templates: dict[str, set[str]] = defaultdict(set)
        self.coverage = coverage.Coverage(data_file=None, config_file=False, source=[*PRODUCT[:3]])

    def enter(self, context: str) -> None:
        self.context = context
        self.coverage.switch_context(context)

    def rendered(self, template, **_others) -> None:
        path = Path(template.origin.name)
        if self.context and path.is_relative_to(self.root):
            self.templates[str(path.relative_to(self.root))].add(self.context)

    def pytest_sessionstart(self) -> None:
        from django.test.signals import template_rendered

        template_rendered.connect(self.rendered)
        self.coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        self.enter(item.nodeid)
        try:
            return (yield)
        finally:
            self.enter("")

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef, request):
        before = self.context
        if fixturedef.scope != "function":
            self.enter(request.node.nodeid if fixturedef.scope in ("class", "module") else "")
        try:
            return (yield)
        finally:
            if self.context != before:
                self.enter(before)

    def pytest_runtest_logreport(self, report) -> None:
        self.seconds[report.nodeid] += report.duration

    def pytest_sessionfinish(self) -> None:
        self.coverage.stop()
        data = self.coverage.get_data()
        lines = {}
        for file in data.measured_files():
            noted = {line: list(filter(None, contexts)) for line, contexts in data.contexts_by_lineno(file).items()}
            lines[str(Path(file).relative_to(self.root))] = {
                line: contexts for line, contexts in noted.items() if contexts
            }
        # Of a template it is not known which line: it stands as line 0.
        lines |= {file: {0: sorted(contexts)} for file, contexts in self.templates.items()}
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        notes = {"seconds": self.seconds, "lines": lines}
        (Path(os.environ[TARGET]) / f"{worker}.json").write_text(json.dumps(notes))


def pytest_configure(config) -> None:
    config.pluginmanager.register(Noting(config.rootpath))
