"""Real processes for the tests of faults: forked, each with a connection of its own."""

import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

from reviews.access.refusals import Refused
from reviews.audit.trail import WriteLockTimeout


def _child(function: Callable[[], Any], report: int) -> None:
    """Runs in the child and never returns: nothing of pytest may run twice."""
    try:
        function()
        outcome = ["done"]
    except Refused as refused:
        outcome = refused.codes
    except WriteLockTimeout:
        outcome = ["no write lock"]
    except BaseException as error:
        outcome = [repr(error)]
    os.write(report, json.dumps(outcome).encode())
    os._exit(0)


def run_at_once(*functions: Callable[[], Any]) -> list[list[str]]:
    """Starts a process for each function at one moment. Answers what became of each: ["done"], or refusal codes."""
    connections.close_all()
    start = time.monotonic() + (0.1 if len(functions) > 1 else 0)
    children = []
    for function in functions:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            time.sleep(max(0, start - time.monotonic()))
            _child(function, writing)
        os.close(writing)
        children.append((pid, reading))
    outcomes = []
    for pid, reading in children:
        with os.fdopen(reading) as pipe:
            text = pipe.read()
        _pid, status = os.waitpid(pid, 0)
        outcomes.append(json.loads(text) if text else [f"killed by {os.WTERMSIG(status)}"])
    return outcomes


@contextmanager
def _killed_at(point: int):
    """Kills this very process before statement `point`, counting BEGIN as Django's own, and COMMIT as two points: just
    before and just after it."""
    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        if count == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def before_each(execute, sql, params, many, context):
        step()
        return execute(sql, params, many, context)

    commit = connection._commit

    def committing():
        step()
        commit()
        step()

    connection._commit = committing
    with connection.execute_wrapper(before_each):
        yield


def killed_at_each_statement(function: Callable[[], Any], check: Callable[[str], None], most: int = 400) -> int:
    """Runs the function in one process after another, killed -9 one statement later each time, until one survives.

    After each, `check` is told how it ended. Answers the number of points at which it was killed.
    """
    for point in range(1, most):

        def doomed(point: int = point) -> None:
            with _killed_at(point):
                function()

        ((outcome,),) = run_at_once(doomed)
        check(outcome)
        if not outcome.startswith("killed by 9"):
            return point - 1
    raise AssertionError("it never came to an end")


def fork(function: Callable[[], Any]) -> Callable[[], None]:
    """Starts a process for the function; the answer waits for its end."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        _child(function, os.open(os.devnull, os.O_WRONLY))

    def wait() -> None:
        os.waitpid(pid, 0)

    return wait


@contextmanager
def running(function: Callable[[], Any]):
    """A process for a function that does not end by itself: it is killed when the block ends."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        _child(function, os.open(os.devnull, os.O_WRONLY))
    try:
        yield
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
