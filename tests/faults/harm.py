"""What is done to server and database meanwhile."""

import os
import random
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from tests import postgres
from tests.faults.server import Server, children, limit

# So long may a file be when the disk is full: logs of databases are longer, and soon the file of the checkpoints is.
SMALL, NO_LIMIT = 16_384, -1
YOUNG = 6.5  # seconds
# When, as parts of the run.
RESTARTS, FULL = (0.1, 0.35, 0.6, 0.85), (0.22, 0.72)
Say = Callable[[str], None]


class SQLite:
    """A file in a directory of its own, so that it moves with its log in one step."""

    def __init__(self, directory: Path) -> None:
        self.home = directory / "house"
        self.home.mkdir()
        self.file = self.home / "house.sqlite3"
        self.url = f"sqlite:///{self.file}"
        self.times = 0

    def restart(self, length: float) -> str:
        """In turns another program holds the lock, in a long run for longer than anybody waits, and the file is away."""
        self.times += 1
        if self.times % 2:
            with closing(sqlite3.connect(self.file, timeout=30, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                time.sleep(length)
                other.execute("ROLLBACK")
            return f"locked by another program for {length:.0f} s"
        away = self.home.with_name("away")
        self.home.rename(away)
        time.sleep(length)
        away.rename(self.home)
        return f"moved away for {length:.0f} s"

    @contextmanager
    def full(self, server: Server):
        limit_server(server, SMALL)
        yield
        limit_server(server, NO_LIMIT)


class PostgreSQL:
    def __init__(self, cluster: postgres.Cluster) -> None:
        self.cluster, self.url = cluster, cluster.url

    def restart(self, length: float) -> str:
        self.cluster.stop()
        time.sleep(length)
        self.cluster.start()
        return f"stopped at once, and started again after {length:.0f} s"

    @contextmanager
    def full(self, server: Server):
        """It cannot write its log, and goes down: whoever makes room starts it again."""
        postmaster = self.cluster.pid
        limit([postmaster], SMALL)
        limit(children(postmaster), SMALL)
        limit_server(server, SMALL)
        yield
        limit([postmaster], NO_LIMIT)
        limit(children(postmaster), NO_LIMIT)
        limit_server(server, NO_LIMIT)
        with suppress(RuntimeError):  # it went down; or it is going down just now, or nobody wrote meanwhile
            self.cluster.stop()
        self.cluster.start()


def age(process: int) -> float:
    """Seconds since a process was started; 0 when it is gone."""
    try:
        began = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19])
    except OSError:
        return 0.0
    return float(Path("/proc/uptime").read_text().split()[0]) - began / os.sysconf("SC_CLK_TCK")


def limit_server(server: Server, size: int) -> None:
    limit([server.process.pid], size)  # first, since whoever it starts from here on has the same
    limit(server.workers, size)


def kill_workers(server: Server, over: threading.Event, done: Counter[str]) -> None:
    """One at a time, and none that is young: Granian stops where a worker dies twice within 5.5 seconds, for whoever
    watches over the service to start it again."""
    while not over.wait(random.uniform(2, 5)):
        if workers := [one for one in server.workers if age(one) > YOUNG]:
            with suppress(ProcessLookupError):
                os.kill(random.choice(workers), signal.SIGKILL)
                done["workers killed"] += 1


def harm(database: SQLite | PostgreSQL, server: Server, seconds: float, done: Counter[str], say: Say) -> None:
    """Takes `seconds`, and leaves everything as it should be."""
    began = time.monotonic()
    for part, what in sorted([(one, "restart") for one in RESTARTS] + [(one, "full") for one in FULL]):
        time.sleep(max(0, began + part * seconds - time.monotonic()))
        length = min(8.0, seconds / 20)
        if what == "restart":
            told = database.restart(length)
            done["database restarted"] += 1
        else:
            with database.full(server):
                time.sleep(length)
            told = f"disk full for {length:.0f} s"
            done["disk full"] += 1
        say(f"  {time.monotonic() - began:5.0f} s: {told}")
    time.sleep(max(0, began + seconds - time.monotonic()))
