"""Whether this process runs, and whether it can serve pages: the status, the word, and no cache."""

import pytest
from django.db import OperationalError

from clincalc import health, readiness
from monographs.models import Epoch
from reviews.reports.alarms import Alarm


class Answering:
    def __init__(self, is_there):
        self.is_there = is_there

    def filter(self, **given):
        assert given == {"pk": 1}
        return self

    def exists(self):
        if isinstance(self.is_there, Exception):
            raise self.is_there
        return self.is_there


def test_a_process_lives_without_a_database(client):
    # No mark for the database: a query would fail this test.
    answer = client.get("/health/live")

    assert (answer.status_code, answer.content) == (200, b"live\n")


@pytest.mark.parametrize(
    ("epoch", "missing", "current", "status", "word"),
    [
        (True, [], True, 200, b"ready\nalarm, backup: None was made.\n"),
        (False, [], True, 503, b"the database is not whole\n"),
        (True, ["a trigger"], True, 503, b"the database is not whole\n"),
        (True, [], False, 503, b"run manage.py upgrade\n"),
        (OperationalError("gone"), [], True, 503, b"no database\n"),
    ],
)
def test_traffic_comes_only_to_a_whole_database_of_this_version(
    client, monkeypatch, epoch, missing, current, status, word
):
    monkeypatch.setattr(Epoch, "objects", Answering(epoch))
    monkeypatch.setattr(readiness.triggers, "is_whole", lambda using: True)
    monkeypatch.setattr(readiness.triggers, "missing", lambda: missing)
    monkeypatch.setattr(readiness.version, "is_current", lambda: current)
    monkeypatch.setattr(readiness, "of_keys", lambda: "")
    monkeypatch.setattr(health, "alarms", lambda: [Alarm("backup", "None was made.", "Make one.")])

    answer = client.get("/health/ready")

    assert (answer.status_code, answer.content) == (status, word)
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (OperationalError("gone"), b"no database\n"),
        (
            [Alarm("backup", "It is late.", "Make one."), Alarm("mail", "Nobody knows.", "Look.", is_unread=True)],
            b"alarms could not be read: mail\nalarm, backup: It is late.\nalarm, mail: Nobody knows.\n",
        ),
    ],
)
def test_where_alarms_cannot_be_read_that_is_the_answer(client, monkeypatch, told, said):
    def alarms():
        if isinstance(told, Exception):
            raise told
        return told

    monkeypatch.setattr(health, "lacking", lambda request: "")
    monkeypatch.setattr(health, "alarms", alarms)

    answer = client.get("/health/ready")

    assert (answer.status_code, answer.content) == (503, said)
