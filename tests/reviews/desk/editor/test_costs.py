"""What the one page costs, pinned: as many queries for an edition of sixty parts and forty references as for one of six,
and no more bytes than are said here (docs/design.md tells them beside their goals)."""

import gzip
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.document import Citation, MonitoringItem, SafetyNotice, Section
from monographs.models import Edition
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
ASKS = {"HX-Request": "true"}
ONE, OTHER, THIRD = make.key("monitoring"), make.key("prescribing"), make.key("notice")
SENTENCE = "Look for {} in the first weeks, and again when something else is added [@source{:02}]."


def of_sixty():
    """Two sections, a test, a notice and a link, as in any test, and fifty-five parts more; forty-one references."""
    doc = make.document()
    text = [
        "- " + "\n- ".join(SENTENCE.format(make.key(f"{at} {line}"), (at + line) % 40) for line in range(5))
        for at in range(30)
    ]
    sections = [
        Section(key=make.key(f"section {at}"), kind="cautions", heading=f"Caution {at}", text=text[at])
        for at in range(30)
    ]
    tests = [
        MonitoringItem(
            key=make.key(f"test {at}"),
            test=f"Test {at}",
            when="before treatment",
            how_often="monthly",
            source=f"source{at:02}",
        )
        for at in range(20)
    ]
    notices = [
        SafetyNotice(
            key=make.key(f"notice {at}"),
            type="caution",
            severity="major",
            title=f"Mind {at}",
            text=text[at],
            source=f"source{at:02}",
        )
        for at in range(5)
    ]
    sources = [
        Citation(
            key=make.key(f"source {at}"),
            label=f"source{at:02}",
            csl={
                "type": "article-journal",
                "title": f"A trial of {at}, and of what came of it",
                "author": [{"family": "Smith", "given": "A"}],
                "container-title": "A journal",
                "issued": {"date-parts": [[2000 + at % 20]]},
            },
        )
        for at in range(40)
    ]
    return make.document(
        sections=(*doc.sections, *sections), monitoring=(*doc.monitoring, *tests), notices=(*doc.notices, *notices),
        citations=(*doc.citations, *sources),
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    return SimpleNamespace(few=make.draft(house), many=make.draft(house, "sixtumab", of_sixty()))


class Person:
    """Somebody who writes in an edition, and what each thing costs them."""

    def __init__(self, person, edition):
        self.edition, self.client, self.said = edition, Client(), 0
        self.client.force_login(person)

    def to(self, name, *arguments):
        return reverse(name, args=[self.edition.monograph.slug, *arguments])

    def form(self, key):
        shown = build(Edition.objects.get(pk=self.edition.pk)).by_key()[key]
        self.said += 1
        words = {"heading": shown.heading} if hasattr(shown, "heading") else {}
        if hasattr(shown, "severity"):
            words = {"type": shown.type, "severity": shown.severity, "title": shown.title, "source": shown.source}
        return {**words, "text": f"Other words, {self.said}.", "seen": digest_of_part(shown)}

    def cost(self, method, name, *arguments, **sent):
        """(queries, bytes, gzipped) of an answer."""
        with CaptureQueriesContext(connection) as queries:
            answer = getattr(self.client, method)(
                self.to(name, *arguments), sent, headers={} if name == "edit" and method == "get" else ASKS
            )
        assert answer.status_code == 200, (name, answer.status_code)
        asked = [one for one in queries if "SAVEPOINT" not in one["sql"]]
        return len(asked), len(answer.content), len(gzip.compress(answer.content, 6))

    def costs(self):
        together = {
            f"{at}.{name}": one
            for at, key in enumerate((ONE, OTHER, THIRD))
            for name, one in {**self.form(key), "part": str(key)}.items()
        }
        return {
            "the page": self.cost("get", "edit"),
            "a part opens": self.cost("get", "part_edit", ONE),
            "its live preview": self.cost("post", "part_edit", ONE, **self.form(ONE), preview="1", only="preview"),
            "a part is saved": self.cost("post", "part_edit", ONE, **self.form(ONE)),
            "a part is closed": self.cost("get", "part_edit", f"{ONE}", closed="1"),
            "three are saved": self.cost("post", "edit_all", **together),
            "a part is moved": self.cost("post", "edit_order", seen=[str(OTHER), str(ONE)], down=str(OTHER)),
            "a part is removed": self.cost("post", "part_edit", ONE, remove="1", seen=self.form(ONE)["seen"]),
        }


def costs_of(house, edition):
    person = Person(house.editor, edition)
    person.cost("get", "edit")  # the session, and content types, are known
    person.cost("post", "part_edit", ONE, **person.form(ONE))
    return person.costs()


# What is asked of the database, by SQLite, and the most bytes of an edition of sixty parts: plain, and gzipped.
COSTS = {
    "the page": (9, 180_000, 21_000),
    "a part opens": (9, 10_000, 2_700),
    "its live preview": (7, 1_000, 500),
    "a part is saved": (28, 7_200, 2_300),
    "a part is closed": (8, 1_500, 600),
    "three are saved": (50, 22_000, 5_400),
    "a part is moved": (30, 1_000, 500),
    "a part is removed": (28, 9_500, 2_900),
}


def test_an_edition_of_sixty_parts_costs_the_same_queries_as_one_of_six_and_so_many_bytes(house, made):
    few, many = costs_of(house, made.few), costs_of(house, made.many)

    asked = {name: queries for name, (queries, _bytes, _gzipped) in COSTS.items()}
    assert {name: queries for name, (queries, _bytes, _gzipped) in few.items()} == asked
    assert {name: queries for name, (queries, _bytes, _gzipped) in many.items()} == asked
    over = [name for name, cost in many.items() if cost[1] > COSTS[name][1] or cost[2] > COSTS[name][2]]
    assert not over, many
