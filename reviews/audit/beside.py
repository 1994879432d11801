"""Work that a second process does beside this one, with a connection of its own: long verifications use both cores."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from threading import Thread
from typing import Any, TypeVar

from django.db import connection

T = TypeVar("T")
_FORKED = multiprocessing.get_context("fork")  # it has the program and its settings already


class EndedEarly(Exception):
    """The second process was killed, or failed, before it could say anything."""


def is_possible() -> bool:
    """Not inside a transaction: the other process sees nothing of it, and this connection is closed for it."""
    return not connection.in_atomic_block


@contextmanager
def beside(work: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Begins it. What is yielded waits for its end and answers what came of it, or raises EndedEarly."""
    connection.close()  # two processes would read each other's answers
    reading, writing = _FORKED.Pipe(duplex=False)
    process = _FORKED.Process(target=_do, args=(work, writing), daemon=True)
    process.start()
    writing.close()

    def answer() -> T:
        try:
            came: T = reading.recv()
        except (EOFError, OSError) as error:  # before the first word, or amid what it says
            raise EndedEarly from error
        return came

    try:
        yield answer
    finally:
        process.terminate()
        process.join()
        reading.close()


def _do(work: Callable[[], T], writing: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is told to both, and the first one ends this one
    Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()
    writing.send(work())


def _end_with(first: Any) -> None:
    """However the first process ends, nobody waits any more for what this one says."""
    wait([first.sentinel])
    os._exit(1)
