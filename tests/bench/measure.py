"""The benchmark: pages through a real gunicorn, acts of the desk in this process, each beside a bare Django view.

Machines are shared and noisy, so nothing is told by the clock alone: bare and subject take turns, and the median of
their ratios counts.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from statistics import median
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve, reverse

from monographs.assemble import build
from monographs.digest import digest, digest_of_part
from monographs.models import Edition, Monograph, Publication, State
from reviews.desk.base import current_edition
from reviews.editing import parts
from reviews.review.attestation import checklist
from reviews.review.edition_review import EditionReview
from reviews.signing import attest
from reviews.workflow import perform
from tests.bench import doses
from tests.bench.http import HOST, burst, server
from tests.bench.load import SIGNERS
from tests.bench.report import Report, Row

PAGES = 200
NAMES = 1_000
# A burst ends after so many seconds, however few requests it made: some pages grow with the corpus.
A_BURST = 3.0
WARM, A_WARMING = 12, 30.0
MOST_QUERIES = {
    "page, cold": 4, "save a section": 30, "open a part": 15, "save it on the page": 30, "sign": 50, "publish": 50,
}  # fmt: skip
ASKS = {"HX-Request": "true"}  # the page is there already, and asks for one part of it

Measure = Callable[[], float]


def run(*, requests: int, rounds: int) -> Report:
    """Measures on the configured database, which must hold a corpus: saves, signs and publishes in it."""
    slugs = list(Publication.objects.live().order_by("slug").values_list("slug", "name"))
    report = Report(connection.vendor, len(slugs), rounds, requests)
    directory = str(settings.BASE_DIR)
    with (
        server("tests.bench.bare:application", directory=directory) as bare_port,
        server(":".join(settings.WSGI_APPLICATION.rsplit(".", 1)), directory=directory) as port,
    ):

        def asking(port: int, paths: list[str], **options: Any) -> Measure:
            """Bursts that go on in the list where the last one ended."""
            turn = count()

            def ask() -> float:
                start = next(turn) * requests % len(paths)
                return burst(port, paths[start:] + paths[:start], requests=requests, seconds=A_BURST, **options)

            return ask

        bare = asking(bare_port, ["/"])
        report.rows.append(_ratio("bare view", bare, bare, rounds))
        for name, paths in _subjects(slugs):
            # Every process has made every page before it counts. A connection stays with one process and asks for its
            # share of the pages, so there are as many new connections as it takes for each page to meet each process.
            for _ in range(WARM if len(paths) <= PAGES else 0):
                burst(port, paths or ["/"], requests=len(paths) or 1, seconds=A_WARMING)
            report.rows.append(_ratio(name, bare, asking(port, paths), rounds) if paths else _absent(name))
        report.rows.append(_cold_page(slugs[0][0]))
        # One act at a time, so one bare request at a time beside it.
        report.rows.extend(_acts(asking(bare_port, ["/"], connections=1), rounds))
    report.rows.extend(doses.rows(rounds))
    return report


def _absent(name: str) -> Row:
    return Row(name, remark="there is no such page")


def _ratio(name: str, bare: Measure, subject: Measure, rounds: int) -> Row:
    """Bare and subject in turn; the first turn of each is not counted."""
    bare()
    subject()
    pairs = [(bare(), subject()) for _ in range(rounds)]
    return Row(name, median(its / least for least, its in pairs), 1 / median(its for _, its in pairs))


def _subjects(live: list[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    pages = [f"/drugs/{slug}/" for slug, _ in live[:: max(1, len(live) // PAGES)][:PAGES]]
    yield "page, the same", pages[:1]
    yield "pages in turn", pages
    yield "A to Z", ["/drugs/"]
    yield "search", _searches([name for _, name in live])


def _searches(names: list[str]) -> list[str]:
    """Searches as people type them: beginnings, words, slips, whole names. None while there is no such page.

    They are so many that hardly one is asked for twice: what is measured is the search, not a cache in front of it.
    """
    try:
        resolve("/search/")
    except Resolver404:
        return []
    some = names[:: max(1, len(names) // NAMES)][:NAMES]
    words = [(name[:4], name.split()[0], f"{name[:3]}{name[4:].split()[0]}", name) for name in some]
    return [f"/search/?q={quote(one)}" for group in words for one in group]


def _cold_page(slug: str) -> Row:
    """How many queries a page takes that nobody asked for before: past every cache in front of Django."""
    with CaptureQueriesContext(connection) as queries:
        answer = Client(SERVER_NAME=HOST).get(f"/drugs/{slug}/")
    assert answer.status_code == 200, answer.status_code
    return Row("page, cold", queries=_count(queries), most_queries=MOST_QUERIES["page, cold"])


def _count(queries: CaptureQueriesContext) -> int:
    """Statements, but for those that begin and end transactions."""
    return sum(one["sql"].split()[0] not in ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE") for one in queries)


# -- Acts of the desk ----------------------------------------------------------------------------------------------


@dataclass
class Act:
    name: str
    do: Callable[[], Any]


def _acts(bare: Measure, rounds: int) -> list[Row]:
    """Saves, signs and publishes. The first round learns what Django keeps (content types), the second counts queries,
    the others take the time."""
    people = {one.username: one for one in get_user_model().objects.all()}
    first, second, *others = _chosen(rounds + 2)
    for act in _next_edition(first, people):
        act.do()
    counts: dict[str, int] = {}
    for act in _next_edition(second, people):
        with CaptureQueriesContext(connection) as queries:
            act.do()
        counts[act.name] = _count(queries)
    ratios: dict[str, list[float]] = {name: [] for name in counts}
    times: dict[str, list[float]] = {name: [] for name in counts}
    for monograph in others:
        for act in _next_edition(monograph, people):
            least = bare()
            begun = time.perf_counter()
            act.do()
            took = time.perf_counter() - begun
            ratios[act.name].append(took / least)
            times[act.name].append(took)
    return [
        Row(name, median(ratios[name]), 1 / median(times[name]), counts[name], MOST_QUERIES[name]) for name in counts
    ]


def _chosen(count: int) -> list[int]:
    """Live monographs on which nobody works; if there are not enough, some come again."""
    free = Monograph.objects.filter(live__isnull=False).exclude(editions__in=Edition.objects.open()).order_by("pk")
    found = list(free.values_list("pk", flat=True)[:count])
    return [found[place % len(found)] for place in range(count)]


def _desk_of(person: Any) -> Client:
    """The desk of somebody whose session is known."""
    desk = Client(SERVER_NAME=HOST)
    desk.force_login(person)
    _answered(desk.get(reverse("queue")))
    return desk


def _answered(answer: Any) -> None:
    assert answer.status_code == 200, answer.status_code


def _next_edition(monograph: int, people: dict[str, Any]) -> Iterator[Act]:
    """The acts that bring the next edition of a monograph to its readers. What lies between them is not measured, and
    neither is the hashing of passwords, which is slow on purpose."""
    editor, publisher = people["editor2"], people["publisher"]
    live = Edition.objects.get(monograph=monograph, state=State.PUBLISHED)
    perform("start", editions=[live], actor=editor, digest=digest(build(live)))
    edition = current_edition(Monograph.objects.for_desk().get(pk=monograph))  # as the desk loads it
    section = build(edition).sections[0]
    words = section.replaced(text=f"{section.text}\n\nOne more paragraph.")
    wanted = parts.Wanted(words, digest_of_part(section))
    yield Act("save a section", lambda: parts.save(edition, wanted, actor=editor))
    desk, at = _desk_of(editor), reverse("part_edit", args=[edition.monograph.slug, section.key])
    yield Act("open a part", lambda: _answered(desk.get(at, headers=ASKS)))
    shown = build(edition).sections[0]
    typed = {"heading": shown.heading, "text": f"{shown.text}\n\nAnd another.", "seen": digest_of_part(shown)}
    yield Act("save it on the page", lambda: _answered(desk.post(at, typed, headers=ASKS)))
    seen = digest(build(edition))
    perform("submit", editions=[edition], actor=editor, digest=seen)
    for name in SIGNERS:
        case = EditionReview.load(edition)
        ticks = [tick.code for tick in checklist(case.document, case.changed, first=False)]
        yield Act("sign", _signing(edition, people[name], seen, ticks))
    yield Act("publish", lambda: perform("publish", editions=[edition], actor=publisher, digest=seen))


def _signing(edition: Edition, clinician: Any, seen: str, ticks: list[str]) -> Callable[[], Any]:
    attestation = attest(clinician, password=settings.DEMO_PASSWORD, ticks=ticks, interests="none", digest=seen)
    return lambda: perform("sign", editions=[edition], actor=clinician, digest=seen, attestation=attestation)
