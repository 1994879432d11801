"""Not waiting: for how long the connection waits, inside and after, and what is said where it is gone. Turns themselves
are tried in `tests/reviews/sqlite/test_base.py`."""

import sqlite3

import pytest
from django.db import DatabaseError, connection, connections

from reviews.access import presence
from reviews.access.turns import without_waiting
from reviews.models import Presence
from tests import factories as make

pytestmark = pytest.mark.django_db

ON_SQLITE = connection.vendor == "sqlite"
LONG, SHORT = (5000, 0) if ON_SQLITE else ("5s", "1ms")


def patience():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout" if ON_SQLITE else "SHOW lock_timeout")
        return cursor.fetchone()[0]


def test_inside_nobody_waits_and_after_it_as_long_as_before_whatever_happened():
    assert patience() == LONG
    with without_waiting():
        assert patience() == SHORT
    assert patience() == LONG

    with pytest.raises(ZeroDivisionError), without_waiting():
        assert patience() == SHORT
        raise ZeroDivisionError
    assert patience() == LONG


@pytest.mark.skipif(not ON_SQLITE, reason="on PostgreSQL Django's own cursor tells the server")
def test_a_connection_that_is_gone_says_so_in_the_words_of_django(house, monkeypatch):
    edition = make.draft(house)
    gone = sqlite3.connect(":memory:")
    gone.close()

    with monkeypatch.context() as patch:
        patch.setattr(connections["default"], "connection", gone)
        with pytest.raises(DatabaseError), without_waiting():
            pass
        presence.note(house.editor, edition, "header")  # nothing rests on it: nobody is told

    assert not Presence.objects.exists()
