import copy
import ipaddress
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import count, groupby
from pathlib import Path

import hypothesis
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings

from monographs.models import Edition, Monograph
from monographs.overlay_kinds import OVERLAY_KINDS
from reviews.access import letters
from tests import factories as make

letters.in_background = lambda act: act()  # a thread would not see what a test has not committed
os.fsync = lambda descriptor: None  # what a test wrote need not outlive the machine, only its process

JOURNEYS = Path(__file__).parent / "journeys"

# Deadlines fail on a busy machine, not on a mistake. CI tries the same examples each time: red means the change is red.
hypothesis.settings.register_profile(
    "clincalc",
    deadline=None,
    max_examples=30,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "clincalc"))


# -- Nothing beyond this machine --------------------------------------------------------------------------------------


class NetworkRefused(RuntimeError):
    """A test tried to reach beyond this machine."""


def is_here(host: str | bytes | None) -> bool:
    host = host.decode() if isinstance(host, bytes) else host
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def refuse_network(event: str, arguments: tuple) -> None:
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg") and isinstance(arguments[1], tuple):
        host = arguments[1][0]  # the address of a Unix socket is no tuple
    else:
        return
    if not is_here(host):
        raise NetworkRefused(f"Tests reach nothing beyond this machine, and this one tried {host!r}.")


# An audit hook sees every socket that Python opens, whoever opens it and in whichever thread.
sys.addaudithook(refuse_network)


# -- The database -----------------------------------------------------------------------------------------------------

# A table, its columns and its rows.
Rows = list[tuple[str, list[str], list[tuple]]]
# Hashing as it should be takes its time; only the journeys sign in as people do.
FAST_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def rows_now() -> Rows:
    """Table, columns and rows of all that the database holds."""
    kept = []
    with connection.cursor() as cursor:
        for table in sorted(
            set(connection.introspection.django_table_names(only_existing=True)) - {"django_migrations"}
        ):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            if rows := cursor.fetchall():
                kept.append((table, columns, rows))
    return kept


def put_back(kept: Rows) -> None:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table, columns, rows in kept:
            names = ", ".join(quote(column) for column in columns)
            values = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({values})", rows)
            is_counted = "id" in columns and isinstance(rows[0][columns.index("id")], int)
            if connection.vendor == "postgresql" and is_counted:
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM " + quote(table), [quote(table)]
                )


class Kept:
    """What a flush leaves in the database of this worker: Django's own would be refused by the triggers."""

    def __init__(self) -> None:
        self.rows = self.migrated = rows_now()

    def allow_flush(self) -> None:
        operations = type(connection.ops)
        flush = operations.execute_sql_flush

        def flush_without_triggers(operations, sql_list: list[str]) -> None:
            with transaction.atomic(using=operations.connection.alias), operations.connection.cursor() as cursor:
                triggers = []
                if operations.connection.vendor == "postgresql":
                    cursor.execute("SET LOCAL session_replication_role = replica")
                else:
                    cursor.execute(
                        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(ABORT%'"
                    )
                    triggers = cursor.fetchall()
                for name, _sql in triggers:
                    cursor.execute(f"DROP TRIGGER {operations.quote_name(name)}")
                flush(operations, sql_list)
                put_back(self.rows)
                for _name, sql in triggers:
                    cursor.execute(sql)
                if operations.connection.vendor == "postgresql":
                    cursor.execute("SET LOCAL session_replication_role = origin")

        operations.execute_sql_flush = flush_without_triggers


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Kept:
    """The database of this worker: migrated, and with one house in it, which every test finds as it was made."""
    with django_db_blocker.unblock():
        kept = Kept()
        with override_settings(PASSWORD_HASHERS=FAST_HASHERS):
            make.make_house()
        kept.rows = rows_now()
        kept.allow_flush()
    return kept


def touches_the_database(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("django_db")) or "django_db_setup" in item.fixturenames


OF_DATABASES = ("any_database", "each_case")


def nearest(item: pytest.Item, *names: str) -> str | None:
    """The name of that mark of these which is nearest to the test; None, if it has none."""
    own = item.callspec.marks if hasattr(item, "callspec") else ()  # of the one case
    return next((mark.name for mark in (*own, *item.iter_markers()) if mark.name in names), None)


def of_postgresql(items: list[pytest.Item]) -> list[pytest.Item]:
    """What PostgreSQL is asked: of a test with many cases, which go the same way with other words, the first and the last,
    unless each of them is a question to the database itself (`each_case`). Of these marks that one holds which stands
    nearer to the test: in a module whose pages ask what others ask already, one test may ask what no other does.
    """
    asked = [one for one in items if touches_the_database(one) and nearest(one, *OF_DATABASES) != "any_database"]
    cases: dict[str, list[pytest.Item]] = {}
    for one in asked:
        cases.setdefault(one.nodeid.partition("[")[0], []).append(one)
    between = [one for of_one in cases.values() for one in of_one[1:-1] if nearest(one, *OF_DATABASES) != "each_case"]
    left_out = {one.nodeid for one in between}
    return [one for one in asked if one.nodeid not in left_out]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What touches no database, or asks the same of any, runs on SQLite alone (`of_postgresql`); and whatever takes no world
    that is made once a module runs before the tests of its module that do, so that it never finds theirs.
    """
    by_module = [list(of_one) for _path, of_one in groupby(items, key=lambda item: item.path)]
    items[:] = [
        one for of_one in by_module for one in sorted(of_one, key=lambda item: "once_a_module" in item.fixturenames)
    ]
    if connection.vendor == "sqlite":
        return
    kept = of_postgresql(items)
    config.hook.pytest_deselected(items=list(set(items).difference(kept)))
    items[:] = kept


@pytest.fixture(scope="module")
def made() -> object:
    """What all tests of a module begin with, beside the house. A module that begins with more has a fixture of this name,
    which asks for `once_a_module`, and returns what tests want to have in hand: an `edition`, a `page`, or its own.
    """
    return None


@pytest.fixture
def world(made, db):
    """What the module made, as a copy of this test: what it remembers on the objects, the next does not see."""
    return copy.deepcopy(made)


@pytest.fixture
def house(made, db) -> make.House:
    """The people, roles and classes that are there before any test."""
    return make.the_house()


@pytest.fixture
def grants_last(monkeypatch) -> None:
    """Grants need no confirmation: for tests that go years ahead for something else."""
    monkeypatch.setattr("reviews.models.grant.CONFIRMED_EVERY", timedelta(days=36_500))
    monkeypatch.setattr("reviews.access.policy.CONFIRMED_EVERY", timedelta(days=36_500))


@pytest.fixture
def edition(world) -> Edition:
    return world.edition


@pytest.fixture
def page(world) -> Monograph:
    return world.page


@pytest.fixture
def trial(db, monkeypatch) -> Iterator[str]:
    """A kind of overlay more in the table. The list in the database does not name it, and SQLite can overlook that."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        monkeypatch.setitem(OVERLAY_KINDS, make.TRIAL.slug, make.TRIAL)
        yield make.TRIAL.slug
        cursor.execute("PRAGMA ignore_check_constraints = OFF")


@pytest.fixture
def empty_database(transactional_db, django_db_setup, monkeypatch) -> None:
    """The database as the migrations left it: nobody is there yet."""
    with monkeypatch.context() as patch:
        patch.setattr(django_db_setup, "rows", django_db_setup.migrated)
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(scope="module")
def once_a_module(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Path]:
    """For a fixture of module scope that makes what all tests of a module begin with: it is made once, and rolled back
    after the last of them. Yields the checkpoint file of what is made; each test gets a copy of it.
    """
    checkpoints = tmp_path_factory.mktemp("once") / "checkpoints.jsonl"
    with django_db_blocker.unblock(), make.undone():
        with override_settings(PASSWORD_HASHERS=FAST_HASHERS, CHECKPOINT_FILE=str(checkpoints)):
            yield checkpoints


@pytest.fixture
def database_url() -> str:
    """The address of this worker's test database, as DATABASE_URL for processes that a test starts."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    secret = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
    return f"postgres://{database['USER']}{secret}@/{database['NAME']}?host={host}&port={database['PORT'] or 5432}"


# -- Each test by itself ----------------------------------------------------------------------------------------------


OWN_FILES = count()


@pytest.fixture(autouse=True)
def own_settings(request, settings, tmp_path_factory):
    # A file of its own in one directory: a directory for each test costs more than most tests.
    settings.CHECKPOINT_FILE = str(tmp_path_factory.getbasetemp() / f"checkpoints-{next(OWN_FILES)}.jsonl")
    if "once_a_module" in request.fixturenames:
        checkpoints = request.getfixturevalue("once_a_module")
        if checkpoints.exists():
            shutil.copy(checkpoints, settings.CHECKPOINT_FILE)
    # Pages name static files as they are: nobody has collected them.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    if JOURNEYS not in request.path.parents:
        settings.STATIC_ROOT = "/nowhere"  # whatever was collected here for a demonstration is not read for each client
        settings.PASSWORD_HASHERS = FAST_HASHERS
