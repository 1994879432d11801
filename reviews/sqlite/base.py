"""Django's SQLite, but writers wait in the order in which they came (the ENGINE of the settings).

SQLite lets in whoever looks at the right moment, and who looked often in vain looks less often. So whoever writes takes
a turn first (`reviews/sqlite/turn.py`), and keeps it until no transaction is open: for an act under the write lock, a
session, a single statement. Readers take none. A database in memory has nobody to wait for.
"""

import time
from collections.abc import Callable
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from reviews.sqlite.turn import Turn

# What a statement begins with that asks for the lock of SQLite's writers.
_WRITES = ("BEGIN", "INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "ALTER", "DROP", "REINDEX", "VACUUM")


class DatabaseWrapper(base.DatabaseWrapper):
    """In line and at SQLite's own lock a writer waits for as long as `PRAGMA busy_timeout` says, both together; then
    OperationalError, as SQLite says it. Where the file of the line cannot be opened (the disk is read-only, or full),
    SQLite alone decides.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: Turn | None = None
        self.execute_wrappers.append(self._in_turn)

    def _in_turn(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.connection.in_transaction or self._turn or not sql.lstrip()[:8].upper().startswith(_WRITES):
            return execute(sql, params, many, context)
        (patience,) = self.connection.execute("PRAGMA busy_timeout").fetchone()
        began = time.monotonic()
        self._take_turn(patience / 1000)
        waited = int((time.monotonic() - began) * 1000)
        try:
            self.connection.execute(f"PRAGMA busy_timeout = {max(0, patience - waited)}")
            return execute(sql, params, many, context)
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {patience}")
            self._end_turn()

    def _take_turn(self, longest: float) -> None:
        if self.is_in_memory_db():
            return
        try:
            self._turn = Turn(str(self.settings_dict["NAME"]), "writers", longest)
        except TimeoutError as error:
            raise OperationalError("database is locked") from error
        except OSError:
            return

    def _end_turn(self) -> None:
        """Unless a transaction is open still."""
        if self._turn and not (self.connection and self.connection.in_transaction):
            self._turn.end()
            self._turn = None

    def commit(self) -> None:
        try:
            super().commit()
        finally:
            self._end_turn()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._end_turn()

    def close(self) -> None:
        try:
            super().close()
        finally:
            if self._turn:  # a closed connection has no transaction
                self._turn.end()
                self._turn = None
