"""The server that the demonstration and production run on, as the Makefile starts it, for tests with real sockets."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parent.parent


def arguments() -> list[str]:
    """What `make demo` gives to Granian, but for host and port."""
    lines = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    return re.search(r"^SERVE := granian (.+)$", lines, re.MULTILINE)[1].split()


def manage(*command: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env={**os.environ, **environment}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def serving(log: Path, workers: int = 2, **environment: str) -> Iterator[int]:
    """The port of a server that answers, with this environment; what it says goes to `log`."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    given = arguments()
    given[given.index("--workers") + 1] = str(workers)
    command = [sys.executable, "-m", "granian", *given, "--host", HOST, "--port", str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        until = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < until:
            try:
                if ask(port, b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"):
                    break
            except OSError:
                time.sleep(0.1)
        else:
            raise AssertionError(log.read_text())
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def connect(port: int, sent: bytes = b"", timeout: float = 10) -> socket.socket:
    opened = socket.create_connection((HOST, port), timeout=timeout)
    opened.sendall(sent)
    return opened


def ask(port: int, request: bytes, timeout: float = 10) -> bytes:
    """All that the server says until it hangs up."""
    said = b""
    with connect(port, request, timeout) as opened:
        while part := opened.recv(65_536):
            said += part
    return said


def request(
    path: str | bytes = "/", method: str = "GET", headers: list[tuple[str, str]] | None = None, body: bytes = b"",
    host: str | None = "localhost",
) -> bytes:  # fmt: skip
    """A request, byte for byte as it is told."""
    target = path if isinstance(path, bytes) else path.encode()
    lines = [method.encode() + b" " + target + b" HTTP/1.1"]
    lines += [f"Host: {host}".encode()] if host is not None else []
    lines += [f"{name}: {value}".encode("latin-1") for name, value in headers or []]
    lines += [f"Content-Length: {len(body)}".encode()] if body else []
    return b"\r\n".join([*lines, b"Connection: close", b"", body])


def parted(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in rest if ": " in line)
    return int(first.split(" ")[1]) if first else 0, headers, body
