"""The benchmark runs and tells what it should. Nothing here asserts a time: machines are shared."""

import json
import os
import re
import subprocess
import sys
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from monographs.models import Edition
from monographs.texts.confusables import skeleton
from reviews.audit.verify import verify
from reviews.models import AuditEvent
from tests import factories as make
from tests.bench.cost import family, spent
from tests.bench.goals import GOALS
from tests.bench.http import NoAnswer, burst, gunicorn
from tests.bench.management.commands import bench, load_corpus
from tests.bench.measure import searches
from tests.bench.report import BARE, Report, Row, table
from tests.bench.slowest import Sampler

pytestmark = pytest.mark.any_database

READ = ["page", "pages in turn", "home", "letter", "class", "page, Granian"]
MADE = ["page, cold", "home, cold", "letter, cold", "search"]
ACTS = ["open a part", "save", "sign", "publish", "sign + publish"]
PAGES = ["queue, 300 open", "history of 10", "comparison of 10", "restore of 10"]
DOSES = ["dose: model", "dose: rules", "dose: lines", "dose: figures", "dose: class", "dose: memory"]


@pytest.fixture
def demonstration(settings, monkeypatch, tmp_path, database_url):
    """The settings of this process, and of those that it starts."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "sessionid", "csrftoken"
    theirs = {
        "DEMO": "1", "DATABASE_URL": database_url, "STATIC_ROOT": str(tmp_path / "static"),
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings", "SECRET_KEY": settings.SECRET_KEY, "SIGNING_KEY": settings.SIGNING_KEY, "CHECKPOINT_FILE": settings.CHECKPOINT_FILE,
    }  # fmt: skip
    for name, value in theirs.items():
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


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_everything_is_measured_and_the_trail_stays_whole(empty_database, static_files):
    call_command(load_corpus.Command(), 3, classes=1, open=1, histories=[10], entries=100, stdout=StringIO())
    assert AuditEvent.objects.count() >= 100
    out = StringIO()

    call_command(bench.Command(), "--requests=4", "--rounds=1", "--json", stdout=out)

    report = json.loads(out.getvalue())
    rows = {row["name"]: row for row in report["rows"]}
    assert (report["database"], report["monographs"]) == (connection.vendor, 4)
    memory = ["memory, gunicorn", "memory, Granian"]
    assert {*rows} == {BARE, *READ, *MADE, *ACTS, *PAGES, *memory, *DOSES}
    assert [name for name in rows if name != "dose: memory" and not rows[name]["cost"] > 0] == []
    assert 1 <= rows["page, cold"]["queries"] <= 4
    assert [name for name in (*MADE, *ACTS, *PAGES) if not rows[name]["queries"]] == []
    assert {*GOALS} - {*rows} == {
        "workspace", "review of 60 parts", *(f"{kind} of {many}" for kind in ("history", "comparison") for many in (100, 1000)),
        "restore of 1000",
    }  # fmt: skip
    # What misses its goal says where its time goes.
    assert [name for name in MADE if Row(**rows[name]).misses(connection.vendor) and not rows[name]["slowest"]] == []
    assert Edition.objects.filter(number__gt=1, state="published").exists()
    assert verify() == []


@pytest.mark.django_db
def test_a_house_without_a_corpus_is_left_alone():
    make.published(make.the_house())
    before = AuditEvent.objects.count()

    with pytest.raises(CommandError, match="only on a database of load_corpus"):
        call_command(bench.Command())

    assert AuditEvent.objects.count() == before


def test_an_answer_other_than_200_ends_the_measurement(settings):
    with gunicorn("tests.bench.bare:application", directory=str(settings.BASE_DIR)) as bare:
        assert burst(bare.port, ["/"], requests=3, seconds=1, connections=2) == 3
        assert 0 < bare.a_request(["/"], requests=30, seconds=5) < 1
        assert 20 < bare.memory < 1000
        with pytest.raises(NoAnswer, match=r"/nowhere/ answers “HTTP/1\.1 404"):
            burst(bare.port, ["/", "/nowhere/"], requests=2, seconds=1)


def test_a_server_that_does_not_start_says_why(settings):
    with pytest.raises(NoAnswer, match=r"No module named 'tests\.bench\.nothing'"):
        with gunicorn("tests.bench.nothing:application", directory=str(settings.BASE_DIR)):
            pass


def test_the_bare_view_cannot_be_loaded_into_the_house():
    with pytest.raises(RuntimeError, match="Settings already configured"):
        import tests.bench.bare  # noqa: F401


def test_searches_are_many_and_like_those_of_people():
    assert searches(["Bonacorpin 00001"]) == [
        f"/search/?q={words}" for words in ("Bona", "Bonacorpin", "Boncorpin", "Bonacorpin%2000001")
    ]
    assert len(searches([f"Name{number} {number}" for number in range(3_000)])) == 4_000


def report(monographs, page, search, queries=3):
    rows = [Row(BARE, 1.0, remark="0.20 ms"), Row("page", page), Row("search", search, queries, slowest="a.py b (9%)")]
    return Report("sqlite", monographs, 100_000, 7, 400, rows)


def test_every_line_stands_beside_its_goal():
    assert table([report(5, 0.5, 2.0)]).splitlines() == [
        "sqlite, 7 rounds of 400 requests; costs in bare views",
        "                          goal        5   queries",
        "bare view                    –     1.00   0.20 ms",
        "page                      0.91     0.50",
        "search                      11     2.00   3 (at most 3)",
        "Entries in the trail: 100,000.",
    ]


@pytest.mark.parametrize(
    ("reports", "said"),
    [
        ([report(5, 0.5, 11.3)], None),
        ([report(5, 0.5, 11.4)], "MISSED: 5"),
        ([report(5, 0.5, 2.0, queries=4)], "MISSED: 5"),
        ([report(5, 0.5, 2.0), report(5, 0.5, 3.0), report(50, 0.5, 6.0)], None),
        (
            [report(5, 0.5, 2.0), report(5, 0.5, 3.0), report(50, 0.5, 6.1)],
            "×2.03   3 (at most 3)   MISSED: growth (at most ×2)",
        ),
    ],
)
def test_a_line_that_misses_its_goal_says_so_and_where_the_time_goes(reports, said):
    lines = table(reports).splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("search"))

    if said:
        assert lines[at].endswith(said)
        assert lines[at + 1].strip() == "slowest: a.py b (9%)"
    else:
        assert "MISSED" not in lines[at]
        assert "slowest" not in lines[at + 1]


def test_where_the_processor_is_found_is_told_by_our_function_above_it():
    sampler = Sampler()
    with sampler:
        end = time.process_time() + 0.1
        while time.process_time() < end:
            skeleton("Methotrexate and other words")
    assert re.fullmatch(r"monographs/texts/\w+\.py \w+ \(\d+%\)", sampler.slowest)

    assert Sampler().slowest == ""


def test_the_processor_s_time_of_a_child_is_its_own():
    busy = [
        sys.executable,
        "-c",
        "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ntime.sleep(60)",
    ]
    with subprocess.Popen(busy, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        assert child.pid in family(os.getpid())
        assert 0.3 <= spent([child.pid]) < 1
        assert spent([child.pid, 2**22 + 1]) >= 0.3  # one that has ended counts nothing
        child.kill()
