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
Place = int | Path  # a port, or a socket in the file system
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
def serving(log: Path, workers: int = 2, unix: Path | None = None, **environment: str) -> Iterator[Place]:
    """Where a server answers, with this environment; what it says goes to `log`."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: Place = unix or free.getsockname()[1]
    given = arguments()
    given[given.index("--workers") + 1] = str(workers)
    command = [sys.executable, "-m", "granian", *given]
    command += ["--uds", str(unix)] if unix else ["--host", HOST, "--port", str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
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
        os.killpg(process.pid, signal.SIGKILL)  # its workers too, and at once: a test has nothing to lose
        process.wait()


def connect(port: Place, sent: bytes = b"", timeout: float = 10) -> socket.socket:
    if isinstance(port, Path):
        opened = socket.socket(socket.AF_UNIX)
        opened.settimeout(timeout)
        opened.connect(str(port))
    else:
        opened = socket.create_connection((HOST, port), timeout=timeout)
    opened.sendall(sent)
    return opened


def ask(port: Place, request: bytes, timeout: float = 10) -> bytes:
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
    """Status, headers and body of an answer; 0 if there was none."""
    while answer.startswith(b"HTTP/1.1 100 "):  # more is to come
        answer = answer.partition(b"\r\n\r\n")[2]
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in rest if ": " in line)
    return int(first.split(" ")[1]) if first else 0, headers, body
