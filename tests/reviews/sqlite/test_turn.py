"""Who is served when: real processes and threads at one file, counted and not timed."""

import os
import signal
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reviews.sqlite import turn
from reviews.sqlite.turn import Turn

pytestmark = pytest.mark.any_database

LONG = 60.0


@pytest.fixture
def database(tmp_path) -> str:
    path = tmp_path / "house.sqlite3"
    path.touch()
    return str(path)


class Asker:
    """A process that asks for a turn, writes down that it was served, and keeps the turn until it is told to go."""

    def __init__(self, database: str, name: str, longest: float = LONG) -> None:
        self.name, self.served = name, Path(f"{database}.served")
        reading, self.told = os.pipe()
        before = places(database)
        self.pid = os.fork()
        if not self.pid:
            signal.alarm(120)  # whatever becomes of the test
            try:
                taken = Turn(database, "writers", longest)
                with self.served.open("a") as file:
                    file.write(f"{name} ")
                os.read(reading, 1)
                taken.end()
            except TimeoutError:
                os._exit(75)
            finally:
                os._exit(0)
        os.close(reading)
        until(lambda: places(database) > before or self.name in served(database))

    def goes(self) -> None:
        os.write(self.told, b"x")  # closing would not tell: whoever was forked later has it open too
        os.close(self.told)
        assert self.ended() == 0

    def killed(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.close(self.told)
        assert self.ended() == -signal.SIGKILL

    def ended(self) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def until(is_so) -> None:
    last = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < last
        time.sleep(0.005)


def served(database: str) -> list[str]:
    path = Path(f"{database}.served")
    return path.read_text().split() if path.exists() else []


def places(database: str) -> int:
    """How many stand in line at this file, whoever is served among them."""
    path = f"{database}-writers"
    if not os.path.exists(path):
        return 0
    number = str(os.stat(path).st_ino)
    lines = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    return sum(line[-3].endswith(f":{number}") for line in lines)


def is_next(database: str, *names: str) -> None:
    until(lambda: served(database) == [*names])


def test_processes_are_served_in_the_order_in_which_they_asked(database):
    askers = [Asker(database, name) for name in "abcdef"]

    for number, one in enumerate(askers, 1):
        is_next(database, *"abcdef"[:number])
        one.goes()


def test_whoever_is_killed_holds_nobody_up_in_its_turn_or_in_line(database):
    first, second, third, _last = askers = [Asker(database, name) for name in "abcd"]

    is_next(database, "a")
    second.killed()  # in line
    assert served(database) == ["a"]
    first.killed()  # in its turn
    is_next(database, "a", "c")
    third.goes()
    is_next(database, "a", "c", "d")
    askers[-1].goes()


def test_whoever_waits_too_long_leaves_and_the_rest_keep_their_order(database):
    first = Asker(database, "a")
    hasty = Asker(database, "b", longest=0.2)
    last = Asker(database, "c")

    assert hasty.ended() == 75
    assert served(database) == ["a"]
    first.goes()
    is_next(database, "a", "c")
    last.goes()


def test_threads_of_one_process_wait_for_one_another(database):
    inside, most, done = 0, 0, []

    def write(number):
        nonlocal inside, most
        taken = Turn(database, "writers", LONG)
        inside += 1
        most = max(most, inside)
        time.sleep(0.001)
        inside -= 1
        done.append(number)
        taken.end()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(80)))

    assert (most, sorted(done)) == (1, list(range(80)))


def test_who_comes_back_at_once_waits_behind_who_waits_already(database):
    """The fault of SQLite's own waiting: whoever lets go takes it again before anybody looks."""
    order = []

    def write(name, times):
        for _ in range(times):
            taken = Turn(database, "writers", LONG)
            order.append(name)
            until(lambda: places(database) == 2 or "b" in order)
            taken.end()

    greedy = threading.Thread(target=write, args=("a", 40))
    greedy.start()
    until(lambda: order)
    write("b", 1)
    greedy.join()

    assert order.index("b") <= 2


def test_a_place_that_was_read_off_the_clock_and_locked_late_is_not_before_who_is_served(database, monkeypatch):
    """Between the clock and the lock a process may sleep."""
    asked = time.monotonic_ns()
    first = Turn(database, "writers", LONG)
    late = iter([asked, asked + 1])
    clock = time.monotonic_ns
    monkeypatch.setattr(time, "monotonic_ns", lambda: next(late, None) or clock())

    with pytest.raises(TimeoutError):
        Turn(database, "writers", 0.05)
    assert next(late, None) is None

    first.end()
    Turn(database, "writers", 0).end()


def test_a_turn_that_is_given_up_by_a_process_with_children_is_free(database):
    taken = Turn(database, "writers", LONG)
    pid = os.fork()
    if not pid:
        time.sleep(60)  # it has the file open too
        os._exit(0)
    try:
        taken.end()
        Turn(database, "writers", 0).end()
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_two_names_are_two_lines(database):
    first = Turn(database, "writers", LONG)
    second = Turn(database, "turns", 0)

    first.end()
    second.end()
    assert {path.name: path.stat().st_size for path in Path(database).parent.iterdir()} == {
        "house.sqlite3": 0, "house.sqlite3-writers": 0, "house.sqlite3-turns": 0,
    }  # fmt: skip


def test_whoever_may_write_the_database_may_stand_in_line(database):
    """A command of root makes the file, and the service has to open it."""
    os.chmod(database, 0o664)
    if os.geteuid() == 0:
        os.chown(database, 65534, 65534)
    old = os.umask(0o077)
    try:
        Turn(database, "writers", 0).end()
    finally:
        os.umask(old)

    made, whose = os.stat(f"{database}-writers"), os.stat(database)
    assert (stat.S_IMODE(made.st_mode), made.st_uid, made.st_gid) == (0o664, whose.st_uid, whose.st_gid)


def test_where_no_file_can_be_made_it_is_said(tmp_path):
    with pytest.raises(FileNotFoundError):
        Turn(str(tmp_path / "nowhere" / "house.sqlite3"), "writers", LONG)
    with pytest.raises(FileNotFoundError):
        Turn(str(tmp_path / "nothing.sqlite3"), "writers", LONG)
    assert list(tmp_path.iterdir()) == []


def test_a_system_without_such_locks_lets_in_one_at_a_time(database, monkeypatch):
    monkeypatch.setattr(turn, "_SET_LOCK", None)
    first = Turn(database, "writers", LONG)

    with pytest.raises(TimeoutError):
        Turn(database, "writers", 0.05)

    first.end()
    Turn(database, "writers", 0).end()
