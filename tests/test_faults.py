"""A short run of the faults (`make faults` is the long one): acts, kills and restarts, and nothing is lost."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.faults import found
from tests.faults.people import PAGE, Book, Read
from tests.faults.server import command

ROOT = Path(__file__).resolve().parents[1]


def test_the_server_is_started_as_the_demonstration_is():
    program, *arguments = command(8123)

    assert Path(program).parent == Path(sys.executable).parent
    assert any(one.startswith("clincalc.wsgi") for one in arguments)
    assert "127.0.0.1" in " ".join(arguments)
    assert "8123" in " ".join(arguments)


def read(path=f"/drugs/{PAGE}/", status=200, shown=(2,), began=10.0, ended=11.0, drafted=False):
    return Read(began, ended, path, status, frozenset(shown), drafted)


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (read(), []),
        (read(began=4.0, ended=5.5), []),  # it was published while they waited
        (read(began=20.5, ended=21.5), []),  # the next is being published, and nobody was told that it is
        (read(began=20.5, ended=21.5, shown=(3,)), []),
        (read("/drugs/firstumab/", 404, ()), []),
        (read(began=3.0, ended=4.5), ["before"]),
        (read(began=22.5, ended=23.0), ["after"]),
        (read(began=20.5, ended=21.5, shown=(2, 3)), ["2 editions"]),
        (read(shown=()), ["0 editions"]),
        (read(status=404, shown=()), ["answered 404", "0 editions"]),
        (read("/drugs/firstumab/", 200, (), drafted=True), ["draft", "answered 200"]),
        (read("/updates/", shown=(3,)), ["before"]),
        (read("/", status=500, shown=()), ["answered 500"]),
    ],
)
def test_what_a_reader_may_not_have_seen_is_found(seen, told):
    """Edition 2 was published between 5 and 6, edition 3 between 20 and 22."""
    book = Book(asked={2: 5.0, 3: 20.0}, answered={2: 6.0, 3: 22.0})

    lines = found.misread(seen, book)

    assert len(lines) == len(told), lines
    assert all(word in line for word, line in zip(told, lines, strict=True)), lines


@pytest.mark.parametrize(
    ("there", "told"),
    [
        (["one", "two"], []),
        (["one"], ["lost {'two': 1}, more {}"]),
        (["one", "two", "two"], ["lost {}, more {'two': 1}"]),
        (["two", "one"], ["lost {}, more {}"]),  # in another order
    ],
)
def test_what_is_lost_or_done_twice_is_found(there, told):
    lines = found.otherwise("an editor", ["one", "two"], there)

    assert [line.partition("; ")[2] for line in lines] == told


@pytest.mark.skipif(connection.vendor != "sqlite", reason="one database is enough here: `make faults` asks both")
@pytest.mark.django_db
@pytest.mark.slow
def test_what_was_answered_under_faults_is_what_the_trail_holds():
    started = [sys.executable, "-m", "tests.faults", connection.vendor, "--seconds=20"]
    done = subprocess.run(started, cwd=ROOT, capture_output=True, text=True, timeout=300)

    assert done.returncode == 0, done.stdout + done.stderr
    for what, least in {"workers killed": 2, "database restarted": 4, "disk full": 2, "parts": 1, "reports": 1}.items():
        assert int(re.search(rf"(\d+) (?:× )?{what}", done.stdout)[1]) >= least, done.stdout
