"""The server as it is started for real, with real sockets: who is slow holds nobody, what is lacking is said, a worker that
was killed comes back, and a backup that was put in place is what readers see."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from clincalc.readiness import COLLECT, NO_ADDRESS
from monographs.models import Monograph
from tests import factories as make
from tests.servers import HOST, ask, connect, manage, parted, request, serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PAGE = "/drugs/testazumab/"
FORM = ("Content-Type", "application/x-www-form-urlencoded")


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> str:
    """Where the static files are, as `collectstatic` left them."""
    root = str(tmp_path_factory.mktemp("static"))
    manage("collectstatic", "--noinput", "--verbosity", "0", STATIC_ROOT=root)
    return root


@pytest.fixture
def environment(house, database_url, settings, collected):
    make.published(house)
    return {
        "DATABASE_URL": database_url, "CHECKPOINT_FILE": settings.CHECKPOINT_FILE, "ALLOWED_HOSTS": "localhost",
        "STATIC_ROOT": collected,
    }  # fmt: skip


@pytest.fixture
def log(tmp_path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def port(environment, log):
    with serving(log, **environment) as port:
        yield port


def get(port, path=PAGE, timeout=10):
    status, headers, body = parted(ask(port, request(path), timeout))
    return status, headers, body


# What a server that decodes addresses hands on as a slash is one, and of a whole URI it hands on the path; whatever else no
# link of ours has is refused.
ODD = {
    "/about/": 200, "/about%2F": 200, "/about%2f": 200, "%2Fabout/": 400, "/%2Fabout/": 404, "/about%252F": 404,
    "/drugs%2Ftestazumab/": 200, "/desk%2F": 302, "/drugs/%2e%2e/about/": 404, "/about%5C": 400, "/about\\": 400,
    "/about/%00": 400, "/about/%0d%0aX:y": 400, "/about/%7f": 400, "/about/%ff": 400, "/about/%c0%af": 400,
    "http://localhost/about/": 200, "*": 400,
}  # fmt: skip


@pytest.mark.any_database
def test_an_address_that_is_otherwise_written_is_the_same_page_or_refused(port):
    """Granian decodes an address and does not say how it was typed. So an encoded slash opens what a slash opens, to
    whoever that is open to; there is nothing that judges the typed address and could be led past by it."""
    answers = {address: get(port, address) for address in ODD}

    assert {address: status for address, (status, _headers, _body) in answers.items()} == ODD
    plain = answers["/about/"]
    for address in ("/about%2F", "/about%2f"):
        assert answers[address][2] == plain[2]
        assert answers[address][1]["etag"] == plain[1]["etag"]
    assert answers["/desk%2F"][1]["location"].startswith("/accounts/login/")
    assert get(port, PAGE)[2] == answers["/drugs%2Ftestazumab/"][2]


HALF = {
    "a first line": b"GET /drugs/ HT",
    "a header": b"GET /drugs/ HTTP/1.1\r\nHost: localhost\r\nX-Long: a",
    "a form": b"POST /report/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 1000\r\n\r\ntext=",
    "nothing": b"",
    "a form in chunks": b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na",
    "a GET with half a body": b"GET /drugs/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx",
}


@pytest.mark.any_database
def test_who_sends_half_a_request_holds_nobody(port):
    """Twenty of each kind at once, and of forms more than there are places; some go on letter by letter. A reader reads,
    another sends reports."""
    get(port)
    waiting = [connect(port, half) for half in HALF.values() for _ in range(100 if half.startswith(b"POST") else 20)]
    try:
        time.sleep(0.5)
        took = []
        for number in range(20):
            for slow in waiting[20:160:5]:
                try:
                    slow.sendall(b"x")
                except OSError:
                    pass  # it was hung up on
            began = time.monotonic()
            assert get(port, PAGE if number % 2 else "/")[0] == 200
            took.append(time.monotonic() - began)
        said = b"text=The+interval+is+wrong.&harm=yes"
        sent = [parted(ask(port, request("/report/", "POST", [FORM], said)))[0] for _ in range(4)]
    finally:
        for slow in waiting:
            slow.close()

    assert max(took) < 4
    assert sent == [303] * 4


def test_one_who_half_sends_a_thousand_forms_keeps_nobody_from_reading(port):
    """More than both workers have threads. Who comes on top is answered and hung up on; when the others are gone, forms
    are taken again."""
    get(port)
    waiting, answered = [], []
    try:
        for _ in range(1_100):
            waiting.append(connect(port, HALF["a form"], timeout=0.01))
        time.sleep(1)
        took = []
        for number in range(20):
            began = time.monotonic()
            assert get(port, PAGE if number % 2 else "/")[0] == 200
            took.append(time.monotonic() - began)
        for slow in waiting:
            try:
                answered.append(parted(slow.recv(65_536))[:2])
            except TimeoutError:
                pass  # it is one of those that are read
            except OSError:
                answered.append((503, {}))  # it was hung up on while its answer was under way
    finally:
        for slow in waiting:
            slow.close()
    said = b"text=The+interval+is+wrong.&harm=yes"
    until = time.monotonic() + 10
    while (sent := parted(ask(port, request("/report/", "POST", [FORM], said)))[0]) == 503 and time.monotonic() < until:
        time.sleep(0.2)

    assert max(took) < 4
    assert {status for status, _headers in answered} == {503}
    assert len(answered) > 300
    assert {headers.get("retry-after", "5") for _status, headers in answered} == {"5"}
    assert sent == 303


@pytest.mark.any_database
def test_who_is_slow_to_ask_is_hung_up_on(port):
    with connect(port, HALF["a header"], timeout=30) as slow:
        began = time.monotonic()
        while slow.recv(1_000):
            pass
    assert time.monotonic() - began < 20


@pytest.mark.any_database
def test_who_does_not_read_the_answer_holds_nobody(environment, log):
    """More than a worker answers at a time, each asking until the line is full."""
    asked = request("/static/admin/js/vendor/xregexp/xregexp.js").replace(b"Connection: close", b"X: y") * 50
    waiting = []
    with serving(log, workers=1, **environment) as port:
        get(port)
        try:
            for _ in range(64):
                waiting.append(slow := socket.socket())
                slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
                slow.connect((HOST, port))
                slow.sendall(asked)
            time.sleep(5)  # as long as it takes to fill them
            assert [get(port, path)[0] for path in (PAGE, "/drugs/?letter=T")] == [200, 200]
        finally:
            for slow in waiting:
                slow.close()


def workers() -> list[int]:
    """The workers of the one server that this process started."""

    def children(parent: int) -> list[int]:
        found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
        return [int(pid) for pid in found.stdout.split()]

    return [
        pid for server in children(os.getpid()) for pid in children(server)
        if b"spawn_main" in (line := Path(f"/proc/{pid}/cmdline").read_bytes()) or b"granian" in line
    ]  # fmt: skip


@pytest.mark.any_database
def test_a_worker_that_is_killed_comes_back(port):
    first = workers()
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + 60
    status = 0
    while status != 200 and time.monotonic() < until:
        try:
            status = get(port)[0]
        except OSError:
            time.sleep(0.1)

    assert first
    assert status == 200


@pytest.mark.any_database
def test_without_its_static_files_it_says_so_and_what_fails_is_told_on_a_page(environment, log, tmp_path):
    with serving(log, workers=1, **{**environment, "STATIC_ROOT": str(tmp_path)}) as port:
        before = len(log.read_text().splitlines())
        status, headers, body = get(port)
        lines = len(log.read_text().splitlines()) - before
        nothing, ready = get(port, "/nothing/"), get(port, "/health/ready")
        refused = parted(ask(port, request("x")))

    assert status == 500
    assert b"500. The fault is ours" in body
    assert "content-security-policy" in headers
    assert re.search(rb"<code class=\"q\">[0-9a-f]{8}</code>", body)
    assert lines < 100
    assert (nothing[0], b"404. The address may be mistyped" in nothing[2]) == (404, True)
    assert (refused[0], b"400. This is no address of ours." in refused[2]) == (400, True)
    assert ready[::2] == (503, f"{COLLECT}\n".encode())


def test_on_a_unix_socket_reports_are_taken_and_readiness_tells_that_nobody_knows_whence(environment, log, tmp_path):
    path = tmp_path / "socket"
    with serving(log, workers=1, unix=path, **environment) as port:
        ready = parted(ask(port, request("/health/ready")))
        sent = parted(ask(port, request("/report/", "POST", [FORM], b"text=The+interval+is+wrong.&harm=yes")))

    assert ready[::2] == (503, f"{NO_ADDRESS}\n".encode())
    assert sent[0] == 303


@pytest.mark.parametrize("way", ["another file in its place", "into the same file", "nobody asks in between"])
def test_a_restored_backup_is_what_readers_see_without_a_new_start(port, house, way, tmp_path):
    """Of two histories with the same numbers of entries, readers get the one that is there."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL is restored into another database, or with nobody connected")
    name, backup = connection.settings_dict["NAME"], tmp_path / "backup.sqlite3"

    def copy(source, target):
        with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
            one.backup(other)

    def read():
        return [get(port) for _ in range(8)]  # from every worker

    monograph = Monograph.objects.get()
    copy(name, backup)
    plain = read()
    make.warn(house.clinician, monograph, quote="Stop at once, says the alert.")
    warned = read()
    connection.close()
    if way != "another file in its place":
        copy(backup, name)
    else:
        for rest in ("-wal", "-shm"):
            Path(name + rest).unlink(missing_ok=True)
        os.replace(backup, name)
    restored = read() if way != "nobody asks in between" else plain
    make.withdraw(
        Monograph.objects.get().live.edition, house.publisher, "take_down"
    )  # of the same number as the warning
    taken = read()

    def told(answers):
        return {(status, b"Stop at once" in body) for status, _headers, body in answers}

    assert [told(one) for one in (plain, warned, restored, taken)] == [
        {(200, False)}, {(200, True)}, {(200, False)}, {(410, False)},
    ]  # fmt: skip
