"""Real servers for one run, and a client that costs little: keep-alive connections, and answers hardly looked at."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from tests import servers
from tests.bench import cost

HOST = "127.0.0.1"
CONNECTIONS = 4
# Threads, because gunicorn's plain workers keep no connection alive.
GUNICORN = (
    "--workers=2", "--threads=2", "--keep-alive=600", "--log-level=warning", "--no-control-socket", "--preload",
)  # fmt: skip


class NoAnswer(Exception):
    """A server did not start, or an answer is not 200. The message says what it said."""


@dataclass
class Server:
    """A server that runs: its port, and what it and the database behind it spend."""

    port: int
    heads: list[int]
    database: int | None = None

    def __post_init__(self) -> None:
        self.meter = cost.Meter(*self.heads, self.database)

    def a_request(self, paths: Sequence[str], *, requests: int, seconds: float, **options: object) -> float:
        """Seconds of the processor that one of these requests costs."""
        self.meter.look()
        before = self.meter()
        made = burst(self.port, paths, requests=requests, seconds=seconds, **options)  # type: ignore[arg-type]
        return (self.meter() - before) / made

    @property
    def memory(self) -> float:
        """Megabytes of the server alone."""
        return cost.memory(cost.family(*self.heads))


@contextmanager
def gunicorn(application: str, *, directory: str, database: int | None = None) -> Iterator[Server]:
    """A gunicorn with two workers, which is stopped at the end.

    It takes over a socket that is open already: no other process can get the port in between, and whoever connects
    before it is ready waits.
    """
    with socket.create_server((HOST, 0), backlog=64) as listening, tempfile.TemporaryFile() as log:
        port = listening.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", application, *GUNICORN, f"--bind=fd://{listening.fileno()}"]
        process = subprocess.Popen(
            command, cwd=directory, pass_fds=[listening.fileno()], stdout=log, stderr=subprocess.STDOUT
        )
        listening.close()
        try:
            try:
                Connection(port).get("/")
            except (OSError, NoAnswer) as error:
                log.seek(0)
                said = log.read().decode(errors="replace")
                raise NoAnswer(f"{application} does not answer: {error}\n{said}") from error
            yield Server(port, [process.pid], database)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


@contextmanager
def granian(*, database: int | None = None) -> Iterator[Server]:
    """The site as `make serve` starts it."""
    before = {*cost.family(os.getpid())}
    with tempfile.TemporaryDirectory() as directory, servers.serving(Path(directory) / "log") as port:
        assert isinstance(port, int)
        started = [one for one in cost.family(os.getpid()) if one not in before]
        yield Server(port, started[:1], database)


class Connection:
    """One connection that stays open as long as the server lets it, with the cookies that it was given."""

    def __init__(self, port: int, cookies: Mapping[str, str] | None = None) -> None:
        self.port, self.cookies = port, dict(cookies or {})
        self.socket: socket.socket | None = None

    def get(self, path: str) -> int:
        """Asks for a path and reads the whole answer. Returns the length of its body; NoAnswer unless it is 200."""
        return len(self.ask(path)[1])

    def ask(
        self, path: str, fields: Mapping[str, object] | None = None, headers: Mapping[str, str] | None = None,
        wanted: tuple[int, ...] = (200,),
    ) -> tuple[int, bytes]:  # fmt: skip
        """Status and body of the answer to a GET, or to a form that is sent. NoAnswer unless the status is wanted."""
        if self.socket is None:
            self.socket = socket.create_connection((HOST, self.port), timeout=60)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sent = b"" if fields is None else urlencode(fields, doseq=True).encode()
        lines = {"Host": HOST, **(headers or {})}
        if self.cookies:
            lines["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if fields is not None:
            lines |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(sent))}
        told = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self.socket.sendall(f"{'GET' if fields is None else 'POST'} {path} HTTP/1.1\r\n{told}\r\n".encode() + sent)
        head, _, body = self._read_head().partition(b"\r\n\r\n")
        status, *rest = head.decode("latin-1").split("\r\n")
        said = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        parts, left = [body], int(said.get("content-length", 0)) - len(body)
        while left > 0:
            parts.append(self._receive())
            left -= len(parts[-1])
        if said.get("connection", "").lower() == "close":
            self.close()
        number = int(status.split()[1])
        if number not in wanted:
            self.close()
            raise NoAnswer(f"{path} answers “{status}”.")
        return number, b"".join(parts)

    def _read_head(self) -> bytes:
        read = b""
        while b"\r\n\r\n" not in read:
            read += self._receive()
        return read

    def _receive(self) -> bytes:
        assert self.socket is not None
        if not (some := self.socket.recv(65_536)):
            raise ConnectionError("The server closed the connection.")
        return some

    def close(self) -> None:
        if self.socket:
            self.socket.close()
        self.socket = None


def burst(
    port: int, paths: Sequence[str], *, requests: int, seconds: float, connections: int = CONNECTIONS,
    cookies: Mapping[str, str] | None = None,
) -> int:  # fmt: skip
    """Asks for these paths in turn, `requests` times in all or for `seconds`. Returns how many were answered."""

    def ask(first: int) -> int:
        connection, done = Connection(port, cookies), 0
        for number in range(first, requests, connections):
            connection.get(paths[number % len(paths)])
            done += 1
            if time.perf_counter() > end:
                break
        connection.close()
        return done

    end = time.perf_counter() + seconds
    with ThreadPoolExecutor(connections) as pool:
        return sum(pool.map(ask, range(min(connections, requests))))
