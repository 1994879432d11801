import ipaddress
import os
import sys
from pathlib import Path

import hypothesis
import pytest
from django.db import connection, transaction

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

# Django makes these again by itself after a flush.
MADE_BY_DJANGO = {"django_migrations", "django_content_type", "auth_permission"}


def rows_made_by_migrations() -> list[tuple[str, list[str], list[tuple]]]:
    """Table, columns and rows of what stands in a database that has just been migrated: the pen, for one."""
    kept = []
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.django_table_names(only_existing=True)) - MADE_BY_DJANGO):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            if rows := cursor.fetchall():
                kept.append((table, columns, rows))
    return kept


def put_back(kept: list[tuple[str, list[str], list[tuple]]]) -> None:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table, columns, rows in kept:
            names = ", ".join(quote(column) for column in columns)
            values = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({values})", rows)
            if connection.vendor == "postgresql" and "id" in columns:
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM " + quote(table), [quote(table)]
                )


def allow_flush(kept: list[tuple[str, list[str], list[tuple]]]) -> None:
    """Let Django empty the tables after a transactional test although triggers refuse it, and leave the database as the
    migrations left it."""
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def flush_without_triggers(self, sql_list: list[str]) -> None:
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            triggers = []
            if self.connection.vendor == "postgresql":
                cursor.execute("SET LOCAL session_replication_role = replica")
            else:
                cursor.execute(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(ABORT%'"
                )
                triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f"DROP TRIGGER {self.quote_name(name)}")
            flush(self, sql_list)
            put_back(kept)
            for _name, sql in triggers:
                cursor.execute(sql)
            if self.connection.vendor == "postgresql":
                cursor.execute("SET LOCAL session_replication_role = origin")

    operations.execute_sql_flush = flush_without_triggers


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        allow_flush(rows_made_by_migrations())


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


@pytest.fixture(autouse=True)
def own_settings(request, settings, tmp_path):
    settings.CHECKPOINT_FILE = str(tmp_path / "checkpoints.jsonl")
    # Pages name static files as they are: nobody has collected them.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    if JOURNEYS not in request.path.parents:  # the journeys sign in as people do
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
