"""A register and a web site on this machine, which answer what a test tells them, and are slow, gone or full of junk.

with serving() as register:
    settings.CROSSREF_URL = register.address
    register.says["/works/10.1000%2Fx"] = json_of({...})
"""

import gzip
import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Reply = Callable[[BaseHTTPRequestHandler], None]


class Register:
    def __init__(self, port: int) -> None:
        self.port, self.address = port, f"http://127.0.0.1:{port}"
        self.says: dict[str, Reply] = {}  # path without what is asked -> how it is answered
        self.asked: list[str] = []  # each path, with what was asked
        self.headers: list[dict[str, str]] = []


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Register]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            register.asked.append(self.path)
            register.headers.append(dict(self.headers))
            reply = register.says.get(self.path.partition("?")[0], status(404))
            try:
                reply(self)
            except OSError:
                pass  # whoever asked has hung up

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    register = Register(server.server_address[1])
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        register.address = register.address.replace("http:", "https:")
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield register
    finally:
        server.shutdown()
        server.server_close()


def body(sent: bytes, code: int = 200, **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(sent)

    return reply


def json_of(value: Any) -> Reply:
    return body(json.dumps(value).encode(), Content_Type="application/json")


def status(code: int) -> Reply:
    return body(b"<html>no</html>", code)


def leads_to(address: str, code: int = 302) -> Reply:
    return body(b"", code, Location=address)


def bomb(handler: BaseHTTPRequestHandler) -> None:
    """20 MB of nothing, packed in 20 KB."""
    body(gzip.compress(b" " * 20_000_000, 9), Content_Encoding="gzip")(handler)


def too_much(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(1_000):
        handler.wfile.write(b" " * 65_536)


def endless_head(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
    for number in range(90):
        handler.wfile.write(f"X-{number}: ".encode() + b"x" * 60_000 + b"\r\n")


def slow(seconds: float, then: Reply | None = None) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        (then or status(200))(handler)

    return reply


def drop_by_drop(handler: BaseHTTPRequestHandler) -> None:
    """Each wait is short, and there is no end of them."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 1000\r\n\r\n{")
