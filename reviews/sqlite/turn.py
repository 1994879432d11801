"""One after the other through a file, in the order of asking, whichever process or thread asks.

Who asks locks one byte of the file, that of the nanosecond in which they ask: their place. It is their turn when they
can lock every byte before it too, because then everybody who asked earlier has left. Nobody slips in before them: a
place that was read off the clock earlier and is locked later is taken already, so another is read. The system holds the
locks for the open file, and takes them back however a process dies. The file stays empty.
"""

import fcntl
import os
import stat
import struct
import time
from contextlib import suppress
from typing import BinaryIO

_SHORTEST, _LONGEST = 0.0005, 0.01  # seconds between two looks; who waits longer looks less often
# Linux has them. Elsewhere the whole file is locked: one at a time too, but in any order.
_SET_LOCK: int | None = getattr(fcntl, "F_OFD_SETLK", None)


class Turn:
    """Alone at the file from here on, until `end` or the end of the process."""

    def __init__(self, database: str, name: str, longest: float) -> None:
        """Waits for the file `name` beside the database. Raises TimeoutError when those before take `longest` seconds,
        another OSError when the file cannot be made, opened or locked."""
        began = time.monotonic()
        self._file = _opened(database, name)
        try:
            place = _place(self._file)
            while not _lock(self._file, 0, place + 1):
                waited = time.monotonic() - began
                if waited >= longest:
                    raise TimeoutError
                time.sleep(min(_LONGEST, max(_SHORTEST, waited / 20), longest - waited))
        except BaseException:
            self._file.close()
            raise

    def end(self) -> None:
        """The next may go on. Whoever was forked meanwhile has the file open too, so that closing it is not enough."""
        with suppress(OSError):
            _unlock(self._file)
        self._file.close()


def _place(file: BinaryIO) -> int:
    """The back of the line. The clock is that of the machine: it rises, and is the same in all processes."""
    if _SET_LOCK is None:
        return 0
    while True:
        place = time.monotonic_ns()
        if _lock(file, place, 1):
            return place


def _lock(file: BinaryIO, start: int, length: int) -> bool:
    """Whether these bytes are ours now: all of them, or as before."""
    try:
        if _SET_LOCK is None:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            fcntl.fcntl(file, _SET_LOCK, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, start, length, 0))
    except BlockingIOError:
        return False
    return True


def _unlock(file: BinaryIO) -> None:
    if _SET_LOCK is None:
        fcntl.flock(file, fcntl.LOCK_UN)
    else:
        fcntl.fcntl(file, _SET_LOCK, struct.pack("hhqqi4x", fcntl.F_UNLCK, os.SEEK_SET, 0, 0, 0))


def _opened(database: str, name: str) -> BinaryIO:
    """Who may write the database may stand in line: the file has its owner and rights, as SQLite's own files have."""
    path, flags = f"{database}-{name}", os.O_RDWR | os.O_CLOEXEC
    try:
        file = os.open(path, flags)
    except FileNotFoundError:
        whose = os.stat(database)
        file = os.open(path, flags | os.O_CREAT, stat.S_IMODE(whose.st_mode))
        with suppress(PermissionError):  # somebody else was faster, and it is theirs
            os.fchmod(file, stat.S_IMODE(whose.st_mode))
            if os.geteuid() == 0:
                os.fchown(file, whose.st_uid, whose.st_gid)
    return os.fdopen(file, "r+b", buffering=0)
