"""The ground that the tests stand on: no network, and a database that each test finds as the migrations left it."""

import os
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError

from monographs import triggers
from monographs.models import Drug, WriteLock
from reviews.audit.verify import verify
from reviews.models import AuditEvent
from tests import factories as make
from tests.conftest import of_postgresql


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "example.org"])
def test_a_connection_beyond_this_machine_is_refused(address):
    with pytest.raises(RuntimeError, match="nothing beyond this machine"):
        socket.create_connection((address, 80), timeout=1)


def test_a_datagram_beyond_this_machine_is_refused():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, pytest.raises(RuntimeError):
        datagrams.sendto(b"?", ("192.0.2.1", 53))


def test_postgresql_is_asked_the_first_and_the_last_case_or_each_that_says_so():
    def item(name, *marks, of_case=()):
        """With its marks, the nearest first, and those of the one case."""
        return SimpleNamespace(
            nodeid=name,
            callspec=SimpleNamespace(marks=[SimpleNamespace(name=one) for one in of_case]),
            fixturenames=[],
            get_closest_marker=lambda one: one in marks,
            iter_markers=lambda: [SimpleNamespace(name=one) for one in marks],
        )

    of_one = [item(f"test[{case}]", "django_db") for case in "abcd"]
    each = [item(f"each[{case}]", "django_db", "each_case") for case in "abc"]
    others = [
        item("none"),
        item("one[case]", "django_db", "each_case", of_case=["any_database"]),
        item("any[a]", "django_db", "any_database"),
        item("alone", "django_db"),
        item("of a module that asks nothing new", "each_case", "django_db", "any_database"),
        item("of a module that does", "any_database", "django_db", "each_case"),
    ]

    asked = [one.nodeid for one in of_postgresql([*of_one, *others, *each])]

    alone = ["alone", "of a module that asks nothing new"]
    assert asked == ["test[a]", "test[d]", *alone, "each[a]", "each[b]", "each[c]"]


def test_a_connection_on_this_machine_works():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_after_a_flush_the_house_is_there_as_it_was_made(turn):
    house, lock = make.the_house(), WriteLock.objects.get()
    assert (lock.pk, lock.held, lock.edition_id, lock.hash) == (1, False, None, AuditEvent.objects.latest("seq").hash)
    assert sorted(house.people) == sorted([*make.ROLES, "admin", "nobody"])
    assert not Drug.objects.exists()
    assert triggers.missing() == []
    assert [sentence for _seq, sentence in verify() if "checkpoint file" not in sentence] == []

    WriteLock.objects.update(held=True, seq=7, hash="7" * 64)
    Drug.objects.create(slug="testazumab", name="testazumab")
    house.nobody.delete()
    WriteLock.objects.update(held=False)
    with pytest.raises(DatabaseError):
        Drug.objects.all().delete()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_an_empty_database_is_as_the_migrations_left_it(empty_database, turn):
    lock = WriteLock.objects.get()
    assert (lock.pk, lock.held, lock.edition_id, lock.seq, lock.hash) == (1, False, None, 0, "")
    assert not get_user_model().objects.exists()
    assert triggers.missing() == []


@pytest.mark.django_db(transaction=True)
def test_a_process_finds_the_database_of_its_test(database_url):
    make.account("someone")

    script = "from django.contrib.auth.models import User; print(User.objects.latest('pk').username)"
    command = [sys.executable, "manage.py", "shell", "--verbosity=0", f"--command={script}"]
    environment = os.environ | {"DATABASE_URL": database_url}
    assert subprocess.check_output(command, env=environment, text=True) == "someone\n"
