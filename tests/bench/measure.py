"""The benchmark: pages and acts through real servers, as people use them, each beside a bare Django view.

Machines are shared and noisy, so nothing is told by the clock on the wall: what counts is the time of the processor, of
the server and the database behind it; bare and subject take turns, and the median of their ratios counts.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from statistics import median
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest
from monographs.models import Edition, Monograph, Publication, State
from reviews.desk.base import current_edition
from reviews.models import AuditEvent
from reviews.workflow import perform
from tests.bench import cost, doses
from tests.bench.desk import Desk, Here, Served, comparison, next_edition, restores
from tests.bench.history import history_slug
from tests.bench.http import HOST, Server, burst, granian, gunicorn
from tests.bench.report import BARE, Report, Row
from tests.bench.slowest import Sampler

PAGES = 200
NAMES = 1_000
# A burst ends after so many seconds, however few requests it made: some pages grow with the corpus.
A_BURST = 3.0
WARM, A_WARMING = 6, 30.0
THREADS = 4_000  # requests after which each of the many threads of a Granian has opened its connection
ONE, OTHER = "page", "page, Granian"
# Whoever sends a cookie is answered by Django itself, past every page that is kept.
PAST = {"bench": "1"}
PEOPLE = ("editor2", "clinician", "pharmacist", "publisher")
SAMPLES = 5  # acts of a kind in which functions are met
FEW = 1_000  # monographs of the smaller corpora
KEPT_ONES, MANY = 20, 500
ONES = 5  # pages of the desk, one after the other, of which the middle counts
HISTORIES, REVIEWED = (10, 100, 1000), 100

Measure = Callable[[], float]


def run(*, requests: int, rounds: int) -> Report:
    """Measures on the configured database, which must hold a corpus: saves, signs and publishes in it."""
    slugs = list(Publication.objects.live().order_by("slug").values_list("slug", "name"))
    report = Report(connection.vendor, len(slugs), AuditEvent.objects.count(), rounds, requests)
    directory, behind = str(settings.BASE_DIR), cost.database()
    house = ":".join(settings.WSGI_APPLICATION.rsplit(".", 1))
    with ExitStack() as stack:
        nothing = stack.enter_context(gunicorn("tests.bench.bare:application", directory=directory))
        site = stack.enter_context(gunicorn(house, directory=directory, database=behind))
        bench = Bench(nothing, site, requests, rounds, grown=len(slugs) > FEW)
        report.rows.append(Row(BARE, 1.0, remark=f"{bench.bare() * 1000:.2f} ms of the processor"))
        report.rows.extend(bench.pages(slugs))
        report.rows.append(Row("memory, gunicorn", site.memory, remark="MB, two workers"))
        with granian(database=behind) as other:
            burst(other.port, ["/"], requests=THREADS, seconds=A_WARMING)
            report.rows.append(bench.kept(OTHER, other, [f"/drugs/{slugs[0][0]}/"]))
            report.rows.append(Row("memory, Granian", other.memory, remark="MB, two workers"))
        report.rows.extend(bench.desk())
    report.rows.extend(doses.rows(rounds))
    return report


class Bench:
    """A bare view and the site, side by side."""

    def __init__(self, nothing: Server, site: Server, requests: int, rounds: int, *, grown: bool) -> None:
        self.nothing, self.site, self.requests, self.rounds, self.grown = nothing, site, requests, rounds, grown

    def bare(self) -> float:
        return self.nothing.a_request(["/"], requests=self.requests, seconds=A_BURST)

    # -- What readers ask for ----------------------------------------------------------------------------------------

    def pages(self, slugs: list[tuple[str, str]]) -> Iterator[Row]:
        paths = [f"/drugs/{slug}/" for slug, _ in slugs[:: max(1, len(slugs) // PAGES)][:PAGES]]
        drugs, group = reverse("drugs"), reverse("class", args=[_a_class()])
        letter = f"{drugs}?letter={slugs[0][1][0].upper()}"
        yield self.kept(ONE, self.site, paths[:1])
        yield self.kept("pages in turn", self.site, paths)
        yield self.kept("home", self.site, ["/"])
        yield self.kept("letter", self.site, [letter])
        yield self.kept("class", self.site, [group])
        yield self.asked("page, cold", paths)
        yield self.asked("home, cold", ["/"])
        yield self.asked("letter, cold", [letter])
        yield self.asked("search", searches([name for _, name in slugs]))

    def kept(self, name: str, server: Server, paths: list[str]) -> Row:
        """Pages that somebody asked for before. Every process has made every page before it counts: a connection stays
        with one process, so there are as many new ones as it takes for each page to meet each process."""
        for _ in range(WARM):
            burst(server.port, paths, requests=4 * len(paths), seconds=A_WARMING)
        row = Row(name, self._ratio(lambda: server.a_request(paths, requests=self.requests, seconds=A_BURST)))
        return self._explained(row, [lambda path=path: whole(path) for path in paths[:KEPT_ONES] * MANY])  # type: ignore[misc]

    def asked(self, name: str, paths: list[str]) -> Row:
        """Pages that are made anew for each request, and how many queries the making takes."""
        turn = count()

        def ask() -> float:
            start = next(turn) * self.requests % len(paths)
            again = paths[start:] + paths[:start]
            return self.site.a_request(again, requests=self.requests, seconds=A_BURST, cookies=PAST)

        client = Client(SERVER_NAME=HOST)
        client.cookies.load(PAST)

        def here(path: str) -> None:
            answer = client.get(path)
            assert answer.status_code == 200, answer.status_code

        here(paths[0])
        with CaptureQueriesContext(connection) as queries:
            here(paths[-1])
        row = Row(name, self._ratio(ask), counted(queries))
        return self._explained(row, [lambda path=path: here(path) for path in paths[:50]])  # type: ignore[misc]

    def _ratio(self, subject: Measure) -> float:
        """Bare and subject in turn; the first turn of each is not counted."""
        self.bare()
        subject()
        pairs = [(self.bare(), subject()) for _ in range(self.rounds)]
        return median(its / least for least, its in pairs)

    def _explained(self, row: Row, acts: list[Callable[[], Any]]) -> Row:
        """With the function that most of these acts' time goes to, if the line misses its goal, or may yet miss that of
        growth, which only the table knows."""
        if not row.misses(connection.vendor) and not (self.grown and row.goal.growth):
            return row
        sampler = Sampler()
        with sampler:
            for act in acts:
                act()
        return replace(row, slowest=sampler.slowest)

    # -- What the desk does ------------------------------------------------------------------------------------------

    def desk(self) -> Iterator[Row]:
        here = {name: Here(name) for name in PEOPLE}
        served = {name: Served(self.site.port, desk) for name, desk in here.items()}
        yield from self._acts(here, served)
        yield self._page("queue, 300 open", "clinician", reverse("queue"), here, served)
        for many in HISTORIES:
            slug = history_slug(many)
            if not Monograph.objects.filter(slug=slug).exists():
                continue
            yield self._page(f"history of {many}", "editor2", reverse("history", args=[slug]), here, served)
            yield self._page(f"comparison of {many}", "editor2", comparison(slug), here, served)
            if many != REVIEWED:
                yield self._restore(f"restore of {many}", slug, here["editor2"], served["editor2"])
            else:
                yield self._page("workspace", "editor2", reverse("workspace", args=[slug]), here, served)
                self._submit(slug)
                yield self._page("review of 60 parts", "clinician", reverse("review", args=[slug]), here, served)
                self._send_back(slug)

    def _page(self, name: str, person: str, path: str, here: Mapping[str, Desk], served: Mapping[str, Desk]) -> Row:
        """A page of somebody's desk."""
        own, desk = here[person], served[person]
        own.ask(path)
        with CaptureQueriesContext(connection) as queries:
            own.ask(path)
        ratio = self._ratio(lambda: median(self._once(lambda: desk.ask(path)) for _ in range(ONES)))
        return self._explained(Row(name, ratio, counted(queries)), [lambda: own.ask(path)] * 20)

    def _restore(self, name: str, slug: str, here: Desk, served: Desk) -> Row:
        acts, own = restores(slug, served), restores(slug, here)
        next(own).send()
        with CaptureQueriesContext(connection) as queries:
            next(own).send()
        ratio = self._ratio(lambda: self._once(next(acts).send))
        return self._explained(Row(name, ratio, counted(queries)), [lambda: next(own).send()] * 5)

    @staticmethod
    def _submit(slug: str) -> None:
        edition = current_edition(Monograph.objects.for_desk().get(slug=slug))
        editor = get_user_model().objects.get(username="editor2")
        if edition.state == State.DRAFT:
            perform("submit", editions=[edition], actor=editor, digest=digest(build(edition)))

    @staticmethod
    def _send_back(slug: str) -> None:
        """So that whoever measures the workspace again finds a draft."""
        edition = current_edition(Monograph.objects.for_desk().get(slug=slug))
        clinician = get_user_model().objects.get(username="clinician")
        perform("send-back", editions=[edition], actor=clinician, digest=digest(build(edition)), reason="Measured.")

    def _acts(self, here: Mapping[str, Desk], served: Mapping[str, Desk]) -> Iterator[Row]:
        """Opens, saves, signs and publishes. The first edition learns what Django keeps (content types), the second
        counts queries, the others take the time."""
        first, second, *others = _free(self.rounds + 2 + SAMPLES)
        others, samples = others[: self.rounds], others[self.rounds :]
        counts: dict[str, int] = {}
        for monograph in (first, second):
            for act in next_edition(monograph, here):
                with CaptureQueriesContext(connection) as queries:
                    act.send()
                counts[act.name] = counted(queries)
        for act in next_edition(first, served):
            act.send()
        ratios: dict[str, list[float]] = {name: [] for name in counts}
        for monograph in others:
            for act in next_edition(monograph, served):
                least = self.bare()
                ratios[act.name].append(self._once(act.send) / least)
        costs = {name: median(found) for name, found in ratios.items()}
        rows = [Row(name, costs[name], counts[name]) for name in costs]
        both = Row("sign + publish", costs["sign"] + costs["publish"], counts["sign"] + counts["publish"])
        yield from self._told([*rows, both], samples, here)

    def _once(self, send: Callable[[], Any]) -> float:
        self.site.meter.look()
        before = self.site.meter()
        send()
        return self.site.meter() - before

    def _told(self, rows: list[Row], samples: list[int], here: Mapping[str, Desk]) -> Iterator[Row]:
        """The same rows; those that miss their goal with the slowest function, met while other editions are made."""
        late = {row.name: Sampler() for row in rows if row.misses(connection.vendor)}
        if late:
            for monograph in samples:
                for act in next_edition(monograph, here):
                    with late.get(act.name) or late.get("sign + publish" if act.name in BOTH else "") or Sampler():
                        act.send()
        for row in rows:
            yield replace(row, slowest=late[row.name].slowest) if row.name in late else row


BOTH = ("sign", "publish")


def searches(names: list[str]) -> list[str]:
    """Searches as people type them: beginnings, words, slips, whole names.

    They are so many that hardly one is asked for twice: what is measured is the search, not a cache in front of it.
    """
    some = names[:: max(1, len(names) // NAMES)][:NAMES]
    words = [(name[:4], name.split()[0], f"{name[:3]}{name[4:].split()[0]}", name) for name in some]
    return [f"{reverse('search')}?q={quote(one)}" for group in words for one in group]


def counted(queries: CaptureQueriesContext) -> int:
    """Statements, but for those that begin and end transactions."""
    return sum(one["sql"].split()[0] not in ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE") for one in queries)


def whole(path: str) -> None:
    """A page as a server asks for it: through the gate and the pages that are kept."""
    from clincalc.wsgi import application  # it asks the database when it begins

    list(application(RequestFactory(SERVER_NAME=HOST).get(path).environ, lambda *_given: None))


def _a_class() -> str:
    """The address of the class with the most monographs."""
    slugs = Monograph.objects.filter(live__isnull=False).values_list("therapeutic_class__slug", flat=True)
    return max(set(some := list(slugs)), key=some.count)


def _free(wanted: int) -> list[int]:
    """Live monographs on which nobody works; if there are not enough, some come again."""
    free = Monograph.objects.filter(live__isnull=False).exclude(editions__in=Edition.objects.open()).order_by("pk")
    found = list(free.values_list("pk", flat=True)[:wanted])
    return [found[place % len(found)] for place in range(wanted)]
