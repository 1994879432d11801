"""Asking another machine: where nobody may go nobody goes, and what is slow or too much is given up."""

import ipaddress
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from reviews.lookup import fetch as room
from reviews.lookup.fetch import MOST_BYTES, LinkRefused, NotFetched, NotThere, fetch, is_public
from tests import register as it

PUBLIC = "93.184.216.34"


@pytest.fixture
def register():
    with it.serving() as register:
        yield register


def asked(register, path="/x", **how):
    return fetch(register.address + path, accept="*/*", **{"home": register.address, "seconds": 1, **how})


@pytest.mark.parametrize("address", ["8.8.8.8", PUBLIC, "2606:4700::1"])
def test_a_machine_of_the_public_net_may_be_asked(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "198.18.0.1", "::", "::1", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
        "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "::7f00:1",
    ],
)  # fmt: skip
def test_every_other_machine_may_not(address):
    assert not is_public(ipaddress.ip_address(address))


def resolving(monkeypatch, *answers):
    """The resolver gives these, one after the other; connections are noted and go to nobody."""
    left, made = list(answers), []

    def resolve(host, port, **_how):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in left.pop(0)]

    def connect(place, timeout=None):
        made.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(room.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(room.socket, "create_connection", connect)
    return made


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://127.0.0.1/", "not_public"), ("http://localhost/", "not_public"), ("http://[::1]/", "not_public"),
         ("http://127.0.0.1:22/", "port"), ("https://example.org:8443/", "port"), ("ftp://example.org/", "address"),
        ("file:///etc/passwd", "address"), ("http://user@example.org/", "address"), ("http://example.org:x/", "address"), ("http:///x", "address"),
        ("http://exa\nmple.org/", "address"), ("http://example.org/a b", "address"), ("http://example.org/\r\nHost: x", "address"),
    ],
)  # fmt: skip
def test_an_address_that_leads_home_or_to_another_port_is_refused(address, why, monkeypatch):
    made = []
    monkeypatch.setattr(room.socket, "create_connection", lambda *_a, **_k: made.append(1))

    with pytest.raises(LinkRefused) as refused:
        fetch(address, accept="*/*")

    assert (refused.value.why, made) == (why, [])


def test_a_name_is_resolved_once_and_the_connection_goes_there(monkeypatch):
    made = resolving(monkeypatch, [PUBLIC], ["127.0.0.1"])

    with pytest.raises(NotFetched, match="cannot be reached"):
        fetch("http://example.org/", accept="*/*")

    assert made == [(PUBLIC, 80)]


def test_a_name_that_is_one_of_ours_as_well_is_refused(monkeypatch):
    made = resolving(monkeypatch, [PUBLIC, "10.0.0.1"])

    with pytest.raises(LinkRefused) as refused:
        fetch("https://example.org/", accept="*/*")

    assert (refused.value.why, made) == ("not_public", [])


def test_only_the_machine_that_the_setting_names_is_asked_at_home(register):
    with it.serving() as other:
        other.says["/x"] = it.body(b"secret")
        with pytest.raises(LinkRefused):
            fetch(other.address + "/x", accept="*/*", home=register.address)

    assert other.asked == []


def test_a_number_that_the_resolver_takes_for_home_is_refused(monkeypatch):
    for address in ("http://2130706433/", "http://0x7f.1/"):
        resolving(monkeypatch, ["127.0.0.1"])
        with pytest.raises(LinkRefused):
            fetch(address, accept="*/*")


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("http://169.254.169.254/latest/meta-data/", "not_public"), ("http://127.0.0.1:22/", "port"), ("http://127.0.0.1/", "not_public"),
        ("//10.0.0.1/x", "not_public"), ("file:///etc/passwd", "address"), ("http://x@127.0.0.1/", "address"), ("gopher://127.0.0.1/", "address"),
    ],
)  # fmt: skip
def test_what_leads_there_is_refused_too(register, target, why):
    register.says["/x"] = it.leads_to(target)

    with pytest.raises(LinkRefused) as refused:
        asked(register)

    assert refused.value.why == why
    assert register.asked == ["/x"]


def test_what_was_asked_in_secret_is_not_led_into_the_open(monkeypatch):
    monkeypatch.setattr(room, "_ask", lambda *_a: (302, "http://example.org/x", b""))

    with pytest.raises(LinkRefused) as refused:
        fetch("https://example.org/x", accept="*/*")

    assert refused.value.why == "downgrade"


def test_three_hops_are_followed_and_no_more(register):
    register.says |= {f"/{n}": it.leads_to(f"/{n + 1}") for n in range(4)} | {"/3": it.body(b"here")}

    assert asked(register, "/0") == (f"{register.address}/3", b"here")

    register.says["/3"], register.says["/4"] = it.leads_to("/4"), it.body(b"here")
    with pytest.raises(LinkRefused) as refused:
        asked(register, "/0")
    assert refused.value.why == "hops"
    assert "/4" not in register.asked


def test_it_says_who_asks_and_takes_nothing_packed(register):
    register.says["/x"] = it.body(b"here")

    assert asked(register)[1] == b"here"

    (headers,) = register.headers
    assert headers["Accept-Encoding"] == "identity"
    assert headers["User-Agent"] == "ClinCalc (references)"
    assert {"Cookie", "Authorization", "Referer"} & headers.keys() == set()


@pytest.mark.parametrize(
    ("reply", "error", "sentence"),
    [
        (it.status(404), NotThere, "%s does not know it."),
        (it.status(410), NotThere, "%s does not know it."),
        (it.status(429), NotFetched, "%s asks us to wait. Try again later."),
        (it.status(500), NotFetched, "%s has a fault of its own just now (500)."),
        (it.status(503), NotFetched, "%s has a fault of its own just now (503)."),
        (it.bomb, NotFetched, "%s answered in a form that we do not unpack."),
        (it.too_much, NotFetched, "%s answered with more than 256 KB, which we do not read."),
        (it.endless_head, NotFetched, "%s answered with more than 256 KB, which we do not read."),
        (it.hangs_up, NotFetched, "%s cannot be reached, or answered with something that is no answer."),
        (it.slow(2), NotFetched, "%s did not answer in time."),
        (it.drop_by_drop, NotFetched, "%s did not answer in time."),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_a_sentence_and_in_time(register, reply, error, sentence):
    register.says["/x"] = reply
    start = time.monotonic()

    with pytest.raises(error) as told:
        asked(register)

    assert (type(told.value), str(told.value)) == (error, sentence)
    assert time.monotonic() - start < 1.9


def test_as_much_as_may_be_is_read_whole(register):
    register.says["/x"] = it.body(b"x" * MOST_BYTES)

    assert len(asked(register)[1]) == MOST_BYTES


def test_the_time_is_that_of_all_hops(register):
    register.says |= {f"/{n}": it.slow(0.4, it.leads_to(f"/{n + 1}")) for n in range(3)} | {
        "/3": it.slow(0.4, it.body(b"x"))
    }
    start = time.monotonic()

    with pytest.raises(NotFetched, match="in time"):
        asked(register, "/0")

    assert time.monotonic() - start < 1.6


def test_a_machine_that_is_gone_is_a_sentence():
    with it.serving() as register:
        pass

    with pytest.raises(NotFetched, match="cannot be reached"):
        asked(register)


def test_a_machine_that_cannot_prove_its_name_is_not_listened_to(tmp_path):
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    day, now = timedelta(days=1), datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
    held = tmp_path / "both.pem"
    held.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + made.sign(key, None).public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(held)
    with it.serving(context) as register:
        register.says["/x"] = it.body(b"here")
        with pytest.raises(NotFetched, match="cannot be reached"):
            asked(register)

    assert register.asked == []


def test_a_resolver_that_sleeps_is_left_alone(monkeypatch):
    monkeypatch.setattr(room.socket, "getaddrinfo", lambda *_a, **_k: time.sleep(3))
    start = time.monotonic()

    with pytest.raises(NotFetched, match="in time"):
        fetch("https://example.org/", accept="*/*", seconds=0.3)

    assert time.monotonic() - start < 1


def test_no_more_than_a_few_wait_for_others_at_a_time(register, monkeypatch):
    monkeypatch.setattr(room, "_free", room.threading.BoundedSemaphore(1))
    register.says["/x"] = it.body(b"here")
    with room._free, pytest.raises(NotFetched, match="Others are looking something up"):
        asked(register)

    assert asked(register)[1] == b"here"  # and whoever failed gave the place back
    assert register.asked == ["/x"]
