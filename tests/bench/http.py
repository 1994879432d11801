"""A real gunicorn for one run, and a client that costs little: keep-alive connections, and answers hardly looked at."""

import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

HOST = "127.0.0.1"
CONNECTIONS = 4
# Threads, because gunicorn's plain workers keep no connection alive.
GUNICORN = ("--workers=2", "--threads=2", "--keep-alive=60", "--log-level=warning", "--no-control-socket")


class NoAnswer(Exception):
    """A server did not start, or an answer is not 200. The message says what it said."""


@contextmanager
def server(application: str, *, directory: str) -> Iterator[int]:
    """Yields the port of a gunicorn with two workers, which is stopped at the end.

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
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


class Connection:
    """One connection that stays open as long as the server lets it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None

    def get(self, path: str) -> int:
        """Asks for a path and reads the whole answer. Returns the length of its body; NoAnswer unless it is 200."""
        if self.socket is None:
            self.socket = socket.create_connection((HOST, self.port), timeout=60)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        head, _, body = self._read_head().partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        if " 200 " not in f"{status} ":
            self.close()
            raise NoAnswer(f"{path} answers “{status}”.")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers["content-length"])
        left = length - len(body)
        while left > 0:
            left -= len(self._receive())
        if headers.get("connection", "").lower() == "close":
            self.close()
        return length

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


def burst(port: int, paths: Sequence[str], *, requests: int, seconds: float, connections: int = CONNECTIONS) -> float:
    """Asks for these paths in turn, `requests` times in all or for `seconds`. Returns the seconds that one took, by the
    clock and over all connections."""

    def ask(first: int) -> int:
        connection, done = Connection(port), 0
        for number in range(first, requests, connections):
            connection.get(paths[number % len(paths)])
            done += 1
            if time.perf_counter() > end:
                break
        connection.close()
        return done

    begun = time.perf_counter()
    end = begun + seconds
    with ThreadPoolExecutor(connections) as pool:
        done = sum(pool.map(ask, range(min(connections, requests))))
    return (time.perf_counter() - begun) / done
