"""What processes cost: seconds of the processor by the kernel's clock of each, and the memory that is theirs alone.

Machines are shared, and a wall clock tells of the others too; these do not. Linux.
"""

import os
import time
from collections.abc import Iterable
from pathlib import Path

from django.db import connection

MEGABYTE = 1_000  # kB, as the kernel tells them


def family(*heads: int) -> list[int]:
    """These processes and all that they have started, as far as they live."""
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = status.read_text().rpartition(")")[2].split()
        except OSError:  # ended meanwhile
            continue
        parents.setdefault(int(told[1]), []).append(int(status.parent.name))
    found, left = [], list(heads)
    while left:
        one = left.pop()
        found.append(one)
        left += parents.get(one, [])
    return found


def spent(processes: Iterable[int]) -> float:
    """Seconds of the processor that they and their threads have had, from their beginning."""
    total = 0.0
    for pid in processes:
        try:
            total += time.clock_gettime((~pid << 3) | 2)  # clock_getcpuclockid(3)
        except OSError:
            continue
    return total


def memory(processes: Iterable[int]) -> float:
    """Megabytes, what several of them share being counted once (PSS)."""
    kilobytes = 0
    for pid in processes:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        kilobytes += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / MEGABYTE


def database() -> int | None:
    """The database's first process, where it has one of its own on this machine."""
    if connection.vendor != "postgresql" or not str(connection.settings_dict["HOST"]).startswith("/"):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        own = cursor.fetchone()[0]
    return int(Path(f"/proc/{own}/stat").read_text().rpartition(")")[2].split()[1])


class Meter:
    """What a server and the database behind it have spent. Processes that begin meanwhile are met by `look`."""

    def __init__(self, *heads: int | None) -> None:
        self.heads = [one for one in heads if one]
        self.look()

    def look(self) -> None:
        self.processes = [one for one in family(*self.heads) if one != os.getpid()]

    def __call__(self) -> float:
        return spent(self.processes)
