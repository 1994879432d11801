"""What a run of `verify_trail` read of the trail, on disk: a trail outgrows memory.

The file has no name. However its process ends, nothing of it stays behind.
"""

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from reviews.derived.subjects import Named

_KEPT_IN_MEMORY = 16_000  # kB
_TABLES = """
CREATE TABLE entries (seq INTEGER PRIMARY KEY, hash);
CREATE TABLE rows (name TEXT PRIMARY KEY, hash, seq, is_met DEFAULT 0) WITHOUT ROWID;
CREATE TABLE subjects (seq, slug, verb, is_long, PRIMARY KEY (seq, slug)) WITHOUT ROWID;
"""


class OnDisk:
    """Its three tables: the hash of each entry, what the trail told last of each row, the addresses of each entry."""

    def __init__(self, file: str = "") -> None:
        """`file`: what an earlier run kept, which may lose its name as soon as this returns."""
        self.database = sqlite3.connect(file)
        for said in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_KEPT_IN_MEMORY}"):
            self.database.execute(f"PRAGMA {said}")
        if file:
            self.database.execute("UPDATE rows SET is_met = 0")
        else:
            self.database.executescript(_TABLES)
        self.entries, self.rows, self.subjects = Entries(self), Rows(self), Subjects(self)

    def one(self, query: str, *values: Any) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self.database.execute(query, values).fetchone()
        return found

    def all(self) -> list[list[tuple[Any, ...]]]:
        """All that is kept: for tests, which compare two readings."""
        return [list(self.database.execute(f"SELECT * FROM {table}")) for table in ("entries", "rows", "subjects")]  # noqa: S608


class Entries:
    """{entry: its hash}."""

    def __init__(self, disk: OnDisk) -> None:
        self._disk = disk

    def __setitem__(self, seq: int, hashed: str) -> None:
        self._disk.database.execute("INSERT OR REPLACE INTO entries VALUES (?, ?)", (seq, hashed))

    def get(self, seq: int, default: str | None = None) -> str | None:
        found = self._disk.one("SELECT hash FROM entries WHERE seq = ?", seq)
        return found[0] if found else default

    def __contains__(self, seq: int) -> bool:
        return self._disk.one("SELECT 1 FROM entries WHERE seq = ?", seq) is not None

    def __len__(self) -> int:
        return int((self._disk.one("SELECT count(*) FROM entries") or (0,))[0])

    @property
    def last(self) -> int:
        return int((self._disk.one("SELECT max(seq) FROM entries") or (0,))[0] or 0)


class Rows:
    """What the trail told last of each guarded row, by its name: a hash, or None for one that is gone; and where."""

    def __init__(self, disk: OnDisk) -> None:
        self._disk = disk

    def tell(self, name: str, hashed: str | None, seq: int) -> None:
        self._disk.database.execute("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, 0)", (name, hashed, seq))

    def told(self, name: str) -> tuple[str | None, int | None]:
        """(hash, entry); no entry, where none tells of it."""
        found = self._disk.one("SELECT hash, seq FROM rows WHERE name = ?", name)
        return (found[0], found[1]) if found else (None, None)

    def seq_of(self, name: str) -> int | None:
        return self.told(name)[1]

    def has(self, label: str, version: int) -> bool:
        """Whether a row of this table was told by this list of columns."""
        query = "SELECT 1 FROM rows WHERE name > ? AND name < ? AND hash LIKE ?"
        return self._disk.one(query, f"{label}:", f"{label};", f"{version}:%") is not None

    def meet(self, name: str) -> None:
        """It is there."""
        self._disk.database.execute("UPDATE rows SET is_met = 1 WHERE name = ?", (name,))

    def unmet(self) -> Iterator[tuple[str, int]]:
        """Those that must be there and were not met."""
        query = "SELECT name, seq FROM rows WHERE hash IS NOT NULL AND NOT is_met ORDER BY seq, name"
        yield from self._disk.database.execute(query)


class Subjects:
    """The entries that name addresses of monographs, in order."""

    def __init__(self, disk: OnDisk) -> None:
        self._disk = disk

    def add(self, one: Named) -> None:
        rows = [(one.seq, slug, one.verb, one.is_long) for slug in one.addresses]
        self._disk.database.executemany("INSERT OR REPLACE INTO subjects VALUES (?, ?, ?, ?)", rows)

    def __iter__(self) -> Iterator[Named]:
        rows = self._disk.database.execute("SELECT seq, verb, is_long, slug FROM subjects ORDER BY seq, slug")
        for (seq, verb, is_long), its in groupby(rows, itemgetter(0, 1, 2)):
            yield Named(seq, verb, bool(is_long), [slug for *_rest, slug in its])
