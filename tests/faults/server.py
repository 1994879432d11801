"""The server as `make demo` starts it: the Makefile is the one place that knows how."""

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"


def command(port: int) -> list[str]:
    """The last line of the recipe of `demo`, at this port."""
    text = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    given = {"HOST": HOST, "PORT": str(port), "BIN": str(Path(sys.executable).parent)}
    known = dict(re.findall(r"^(\w+) [:?]?= *(.*)$", text, re.MULTILINE)) | given
    (line,) = re.findall(r"^demo: .*\n(?:\t.*\n)*?\t@exec (.+)$", text, re.MULTILINE)
    while names := re.findall(r"\$\((\w+)\)", line):
        line = line.replace(f"$({names[0]})", known[names[0]])
    return line.split()


def children(parent: int) -> list[int]:
    """Of a process, theirs too."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(path.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(path.parent.name))
    return [*found, *(grandchild for one in found for grandchild in children(one))]


def words_of(process: int) -> str:
    """How it was started, or what it calls itself; "" when it is gone."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def limit(processes: list[int], size: int) -> None:
    """No file that they write grows beyond this: to them the disk is full."""
    for one in processes:
        with suppress(FileNotFoundError, ProcessLookupError):  # it was killed meanwhile
            owner = os.stat(f"/proc/{one}").st_uid
            if owner == os.geteuid():
                _limit(one, size)
            else:  # only whom it belongs to may, not even root
                pid = os.fork()
                if not pid:
                    with suppress(BaseException):
                        os.setuid(owner)
                        _limit(one, size)
                    os._exit(0)
                os.waitpid(pid, 0)


def _limit(process: int, size: int) -> None:
    hard = resource.prlimit(process, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(process, resource.RLIMIT_FSIZE, (size, hard))


class Server:
    def __init__(self, process: subprocess.Popen, port: int) -> None:
        self.process, self.port = process, port

    @property
    def workers(self) -> list[int]:
        """Those that answer: what the server started, but for Python's own helpers."""
        return [one for one in children(self.process.pid) if "resource_tracker" not in words_of(one)]

    def answers(self) -> bool:
        opened = HTTPConnection(HOST, self.port, timeout=5)
        try:
            opened.request("GET", "/health/live", headers={"Host": "localhost"})
            return opened.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            opened.close()


@contextmanager
def serving(log: Path) -> Iterator[Server]:
    """A server with the environment of this process; what it says goes to `log`."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    with log.open("w") as output:
        process = subprocess.Popen(
            command(port), cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    server = Server(process, port)
    try:
        last = time.monotonic() + 60
        while not server.answers():
            if process.poll() is not None or time.monotonic() > last:
                raise RuntimeError(f"The server does not answer: {log.read_text()}")
            time.sleep(0.1)
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its workers too
        process.wait()
