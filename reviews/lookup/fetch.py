"""The one place from which this house asks another machine for something: `fetch` answers the bytes or says why not.

An address is resolved once, and the connection goes to what was found then. Only public addresses are asked, on port
80 or 443; the machine that a setting names is asked wherever it stands, on its port. Three redirects, a few seconds in
all, 256 KB, no compression: whatever is more is given up. What leads where nobody may go is a `LinkRefused`.

It is slow, so it is never asked by whoever holds the write lock: the verbs that do cannot import this room.
"""

import http.client
import io
import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import SplitResult, urljoin, urlsplit

MOST_BYTES = 256 * 1024
MOST_HEAD = 32 * 1024
MOST_HOPS = 3
SECONDS = 5.0
AT_ONCE = 8  # a worker; so that slow machines elsewhere do not hold all of ours
PORTS = {"http": 80, "https": 443}
NAME = "ClinCalc (references)"

_free = threading.BoundedSemaphore(AT_ONCE)
# Blocks through which an address of the old kind is reached; what it is then, nobody here looks at.
_THROUGH = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10")))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotFetched(Exception):
    """Nothing usable was answered. The message is a sentence that begins with whom was asked: “%s does not answer.”"""


class NotThere(NotFetched):
    """It answered that it has no such thing."""


class LinkRefused(NotFetched):
    """The address, or one that it leads to, may not be asked. `why` is for the trail."""

    def __init__(self, why: str) -> None:
        super().__init__("This address leads to a place that we do not open.")
        self.why = why


def is_public(address: Address) -> bool:
    """Whether it is one machine of the public net, and not one of ours under another name."""
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return address.version == 4 or not (address.ipv4_mapped or any(address in one for one in _THROUGH))


def fetch(address: str, *, accept: str, home: str = "", seconds: float = SECONDS) -> tuple[str, bytes]:
    """(the address that answered in the end, the bytes). `home` is the setting that the address was made from: its own
    machine may be asked wherever it stands. NotFetched: why not."""
    until = time.monotonic() + seconds
    if not _free.acquire(blocking=False):
        raise NotFetched("Others are looking something up just now. Try again in a few seconds.")
    try:
        for _hop in range(MOST_HOPS + 1):
            status, location, body = _ask(_judged(address, home), home, accept, until)
            if status not in (301, 302, 303, 307, 308) or not location:
                return address, _usable(status, body)
            before, address = address, urljoin(address, location)
            if before.startswith("https:") and not address.startswith("https:"):
                raise LinkRefused("downgrade")
        raise LinkRefused("hops")
    except (TimeoutError, queue.Empty):
        raise NotFetched("%s did not answer in time.") from None
    except (OSError, http.client.HTTPException, ValueError):
        raise NotFetched("%s cannot be reached, or answered with something that is no answer.") from None
    finally:
        _free.release()


def _usable(status: int, body: bytes) -> bytes:
    if status in (404, 410):
        raise NotThere("%s does not know it.")
    if status == 429:
        raise NotFetched("%s asks us to wait. Try again later.")
    if status != 200:
        raise NotFetched(f"%s has a fault of its own just now ({status}).")
    return body


def _judged(address: str, home: str) -> SplitResult:
    """The parts of an address that may be asked."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise LinkRefused("address") from None
    if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc:
        raise LinkRefused("address")
    if any(not "!" <= sign <= "~" for sign in address):
        raise LinkRefused("address")
    if not _is_home(parts, home) and (port or PORTS[parts.scheme]) not in PORTS.values():
        raise LinkRefused("port")
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or PORTS[parts.scheme]


def _is_home(parts: SplitResult, home: str) -> bool:
    named = urlsplit(home)
    return bool(home) and (parts.scheme, parts.hostname, _port(parts)) == (named.scheme, named.hostname, _port(named))


def _ask(parts: SplitResult, home: str, accept: str, until: float) -> tuple[int, str, bytes]:
    place = _resolved(str(parts.hostname), _port(parts), until)
    if not _is_home(parts, home) and not all(is_public(one) for one in place):
        raise LinkRefused("not_public")
    with _connected(parts, place[0], until) as line:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        line.putrequest("GET", target, skip_accept_encoding=True)
        headers = {"Accept": accept, "Accept-Encoding": "identity", "User-Agent": NAME, "Connection": "close"}
        for name, value in headers.items():
            line.putheader(name, value)
        line.endheaders()
        answer = line.getresponse()
        if answer.status in (301, 302, 303, 307, 308):
            return answer.status, answer.getheader("Location") or "", b""
        if (answer.getheader("Content-Encoding") or "identity").lower() != "identity":
            raise NotFetched("%s answered in a form that we do not unpack.")
        body = answer.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise NotFetched("%s answered with more than 256 KB, which we do not read.")
        if answer.length:  # it hung up before the end
            raise http.client.IncompleteRead(body, answer.length)
        return answer.status, "", body


def _resolved(host: str, port: int, until: float) -> list[Address]:
    """All addresses of a name, asked for once. The resolver knows no end of its own, so it is left alone after ours."""
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        pass
    answers: queue.Queue[Any] = queue.Queue()

    def ask() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except BaseException as error:  # whatever it is, whoever waits is told
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    found = answers.get(timeout=_left(until))
    if isinstance(found, BaseException):
        raise OSError(str(found)) from found
    return [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]


def _left(until: float) -> float:
    if (left := until - time.monotonic()) <= 0:
        raise TimeoutError
    return left


@contextmanager
def _connected(parts: SplitResult, place: Address, until: float) -> Iterator[http.client.HTTPConnection]:
    """A connection to that very machine, which has to prove the name if the address says https."""
    opened = socket.create_connection((str(place), _port(parts)), timeout=_left(until))
    try:
        if parts.scheme == "https":
            opened = ssl.create_default_context().wrap_socket(opened, server_hostname=parts.hostname)
        line = http.client.HTTPConnection(str(parts.hostname), _port(parts))
        line.sock = cast(socket.socket, _Timed(opened, until))
        yield line
    finally:
        opened.close()


class _Timed(io.RawIOBase):
    """A socket of which each wait ends when the time of all is up, and that gives no more than may be read."""

    def __init__(self, opened: socket.socket, until: float) -> None:
        super().__init__()
        self.opened, self.until, self.read_so_far = opened, until, 0

    def sendall(self, sent: bytes) -> None:
        self.opened.settimeout(_left(self.until))
        self.opened.sendall(sent)

    def makefile(self, mode: str, *_rest: Any) -> io.BufferedReader:
        return io.BufferedReader(_Timed(self.opened, self.until))  # it outlives the one that is closed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self.read_so_far > MOST_BYTES + MOST_HEAD:
            raise NotFetched("%s answered with more than 256 KB, which we do not read.")
        self.opened.settimeout(_left(self.until))
        got = self.opened.recv_into(buffer)
        self.read_so_far += got
        return got
