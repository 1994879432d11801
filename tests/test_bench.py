"""The benchmark runs and tells what it should. Nothing here asserts a time: machines are shared."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import Resolver404

from monographs.models import Edition
from reviews.audit.verify import verify
from reviews.models import AuditEvent
from tests import factories as make
from tests.bench.http import NoAnswer, burst, server
from tests.bench.management.commands import bench, load_corpus
from tests.bench.measure import _searches as searches
from tests.bench.report import Report, Row, growth, table

pytestmark = pytest.mark.any_database

ACTS = ["save a section", "open a part", "save it on the page", "sign", "publish"]


@pytest.fixture
def demonstration(settings, monkeypatch, tmp_path, database_url):
    """The settings of this process, and of those that it starts."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    for name, value in {"DEMO": "1", "DATABASE_URL": database_url, "STATIC_ROOT": str(tmp_path / "static")}.items():
        monkeypatch.setenv(name, value)
    for name in ("SITE_URL", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def static_files(settings, tmp_path, demonstration):
    """Collected as for a server that is not in debugging."""
    plain = settings.STORAGES
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = plain | {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
    call_command("collectstatic", "--noinput", verbosity=0)
    settings.STORAGES = plain


DOSES = ["dose: model", "dose: rules", "dose: lines", "dose: figures", "dose: class", "dose: memory"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_everything_is_measured_and_the_trail_stays_whole(empty_database, static_files):
    call_command(load_corpus.Command(), 3, classes=1, stdout=StringIO())
    out = StringIO()

    call_command(bench.Command(), "--requests=4", "--rounds=1", "--json", stdout=out)

    report = json.loads(out.getvalue())
    rows = {row["name"]: row for row in report["rows"]}
    assert (report["database"], report["monographs"]) == (connection.vendor, 3)
    assert list(rows) == [
        "bare view",
        "page, the same",
        "pages in turn",
        "A to Z",
        "search",
        "page, cold",
        *ACTS,
        *DOSES,
    ]
    for name in ("bare view", "page, the same", "pages in turn", "A to Z", *ACTS):
        assert rows[name]["ratio"] > 0
        assert rows[name]["per_second"] > 0
    assert all(rows[name]["ratio"] > 0 for name in DOSES[:-1])
    assert 1 <= rows["page, cold"]["queries"] <= 4
    assert all(rows[name]["queries"] > 10 for name in ACTS)
    assert Edition.objects.filter(number=2, state="published").count() == 3
    assert verify() == []


@pytest.mark.django_db
def test_a_house_without_a_corpus_is_left_alone():
    make.published(make.the_house())
    before = AuditEvent.objects.count()

    with pytest.raises(CommandError, match="only on a database of load_corpus"):
        call_command(bench.Command())

    assert AuditEvent.objects.count() == before


def test_an_answer_other_than_200_ends_the_measurement(settings):
    with server("tests.bench.bare:application", directory=str(settings.BASE_DIR)) as port:
        assert burst(port, ["/"], requests=3, seconds=1, connections=2) > 0
        with pytest.raises(NoAnswer, match=r"/nowhere/ answers “HTTP/1\.1 404"):
            burst(port, ["/", "/nowhere/"], requests=2, seconds=1)


def test_a_server_that_does_not_start_says_why(settings):
    with pytest.raises(NoAnswer, match=r"No module named 'tests\.bench\.nothing'"):
        with server("tests.bench.nothing:application", directory=str(settings.BASE_DIR)):
            pass


def test_the_bare_view_cannot_be_loaded_into_the_house():
    with pytest.raises(RuntimeError, match="Settings already configured"):
        import tests.bench.bare  # noqa: F401


def test_without_a_page_nothing_is_searched(monkeypatch):
    def nowhere(path):
        raise Resolver404

    monkeypatch.setattr("tests.bench.measure.resolve", nowhere)

    assert searches(["Bonacorpin 00001"]) == []


def test_searches_are_many_and_like_those_of_people(monkeypatch):
    monkeypatch.setattr("tests.bench.measure.resolve", lambda path: path)

    assert searches(["Bonacorpin 00001"]) == [
        f"/search/?q={words}" for words in ("Bona", "Bonacorpin", "Boncorpin", "Bonacorpin%2000001")
    ]
    assert len(searches([f"Name{number} {number}" for number in range(3_000)])) == 4_000


def report(monographs, search, queries=3):
    rows = [Row("bare view", 1.0, 2000.0), Row("search", search, 9.96), Row("page, cold", None, None, queries, 4)]
    return Report("sqlite", monographs, 7, 400, [*rows, Row("A to Z", remark="there is no such page")])


def test_the_table_names_what_is_over_its_limit():
    assert table(report(5, 2.0)).splitlines()[2:] == [
        "bare view                     1.00      2000",
        "search                        2.00      10.0",
        "page, cold                                     3 (at most 4)",
        "A to Z                                         there is no such page",
    ]
    assert "5 (at most 4: over)" in table(report(5, 2.0, queries=5))


@pytest.mark.parametrize(("search", "said"), [(4.4, "2.20   (at most 2.2)"), (4.5, "2.25   (at most 2.2: over)")])
def test_growth_is_told_in_bare_requests(search, said):
    head, line = growth(report(1000, 2.0), report(20000, search))

    assert head == "sqlite, from 1000 to 20000 monographs"
    assert line.startswith("search ")
    assert line.endswith(said)
