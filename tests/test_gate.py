"""The gate: what is asked comes to Django in one plain form, or not at all."""

import re
import threading
import time
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings as configured
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connection
from django.test import Client

from clincalc import gate
from clincalc.front import Front
from clincalc.gate import FORM, READ, SERVERS, Gate
from tests import factories as make

ROOT = Path(__file__).resolve().parent.parent
ODD_CHARSETS = [
    "hex", "rot13", "zlib", "base64", "idna", "punycode", "undefined", "utf-7", "utf-16", "latin-1", "unicode_escape",
    "raw_unicode_escape", "mbcs", "bz2", "uu", "quopri", "none-such", "utf-8-sig", "utf_8 ", "\\", "", "UTF-8,hex",
]  # fmt: skip


class App:
    def __init__(self, fault=None):
        self.asked, self.fault = [], fault

    def __call__(self, environ, start_response):
        self.asked.append(environ | {"read": environ["wsgi.input"].read()})
        if self.fault:
            raise self.fault
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"page"]


def environ(method="GET", path="/drugs/x/", body=b"", **more):
    given = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": "", "HTTP_HOST": "testserver",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http", "wsgi.input": BytesIO(body), "wsgi.errors": None, "wsgi.version": (1, 0),
    }  # fmt: skip
    if body:
        given |= {"CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": FORM}
    return {name: value for name, value in (given | more).items() if value is not None or name == "wsgi.errors"}


def ask(app, *arguments, **given):
    told = []
    parts = app(environ(*arguments, **given), lambda status, headers, _error=None: told.extend([status, headers]))
    body = b"".join(parts)
    return int(told[0][:3]), dict(told[1]), body


# -- What is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("charset", ODD_CHARSETS)
def test_every_charset_but_utf_8_is_refused_wherever_it_stands(method, charset):
    app = App()
    for content_type in (
        f"x; charset={charset}", f"text/html;charset={charset}", f"{FORM}; CHARSET = {charset}", f'a/b; x=y; charset="{charset}"',
        f"multipart/form-data; boundary=x; charset={charset}", f"{FORM}; charset=utf-8; charset={charset}",
        f"{FORM}; charset*={charset}''utf-8", f"{FORM}; charset*0={charset}",
    ):  # fmt: skip
        for path, query in (("/", "q=x"), ("/report/", ""), ("/desk/", ""), ("/static/site.css", "")):
            assert ask(Gate(app), method, path, QUERY_STRING=query, CONTENT_TYPE=content_type)[0] == 415, content_type
    assert app.asked == []


@pytest.mark.parametrize("given", ["utf-8", "UTF-8", '"utf-8"', '"UTF8"', "utf8"])
def test_utf_8_by_any_of_its_names_is_read(given):
    app = App()

    for content_type in (f"{FORM};charset={given}", f" {FORM.upper()} ; x=y; charset = {given}", FORM, ""):
        assert ask(Gate(app), "POST", "/report/", b"a=%C3%A9", CONTENT_TYPE=content_type)[0] == 200
        assert app.asked[-1].get("CONTENT_TYPE") == (FORM if content_type else None)
        assert app.asked[-1]["read"] == b"a=%C3%A9"


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        (400, {"SCRIPT_NAME": "/evil"}), (400, {"SCRIPT_NAME": "/"}),
        (400, {"PATH_INFO": ""}), (400, {"PATH_INFO": "*"}), (400, {"PATH_INFO": "drugs/"}),
        (400, {"PATH_INFO": "http://evil.example/"}), (400, {"PATH_INFO": "/drugs/\x00/"}),
        (400, {"PATH_INFO": "/drugs/\r\nx/"}), (400, {"PATH_INFO": "/drugs/\x7f/"}), (400, {"PATH_INFO": "/drugs\\x/"}),
        (400, {"PATH_INFO": "/drugs/\xff/"}),
        (400, {"PATH_INFO": "/\xc0\xaf/"}), (400, {"PATH_INFO": "/drugs/\u20ac/"}), (400, {"PATH_INFO": "/\xed\xa0\x80/"}),
        (400, {"RAW_URI": "http://evil.example/drugs/x/"}), (400, {"RAW_URI": "*"}), (400, {"RAW_URI": "/drugs%2Fx/"}),
        (400, {"RAW_URI": "/drugs%5cx/?y"}), (400, {"REQUEST_URI": "https://testserver/"}), (400, {"RAW_URI": "/%00"}),
        (400, {"REQUEST_URI": "/drugs%2fx/"}), (414, {"PATH_INFO": "/" + "x" * 9_000}), (414, {"QUERY_STRING": "x" * 9_000}),
        (400, {"HTTP_HOST": ""}), (400, {"HTTP_HOST": "testserver,testserver"}), (400, {"HTTP_HOST": "a b"}),
        (400, {"HTTP_HOST": "user@testserver"}), (400, {"HTTP_HOST": "testserver/x"}), (400, {"HTTP_HOST": "testserver\n"}),
        (400, {"HTTP_COOKIE": "\u20ac"}), (400, {"QUERY_STRING": "\U0001f48a"}),
        (405, {"REQUEST_METHOD": "get"}), (405, {"REQUEST_METHOD": "BREW"}), (405, {"REQUEST_METHOD": "CONNECT"}),
        (405, {"REQUEST_METHOD": ""}), (405, {"REQUEST_METHOD": "POST "}),
    ],
)  # fmt: skip
def test_an_address_that_no_link_of_ours_has_is_refused(status, changes):
    app = App()

    assert ask(Gate(app), **changes)[0] == status
    assert app.asked == []


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        (415, {"CONTENT_TYPE": "multipart/form-data; boundary=x"}), (415, {"CONTENT_TYPE": "multipart/form-data"}),
        (415, {"CONTENT_TYPE": "multipart/mixed; boundary*=hex''x"}), (415, {"CONTENT_TYPE": "text/plain"}),
        (415, {"CONTENT_TYPE": "application/json"}), (415, {"CONTENT_TYPE": f"{FORM}, {FORM}"}),
        (415, {"CONTENT_TYPE": f"{FORM}x"}), (415, {"HTTP_CONTENT_ENCODING": "gzip"}),
        (415, {"HTTP_CONTENT_ENCODING": "identity, deflate"}), (400, {"CONTENT_LENGTH": "-1"}),
        (400, {"CONTENT_LENGTH": "3,3"}), (400, {"CONTENT_LENGTH": "3x"}), (400, {"CONTENT_LENGTH": "\xb2"}),
        (400, {"CONTENT_LENGTH": "9" * 5000}), (413, {"CONTENT_LENGTH": "2097153"}),
        (411, {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}), (400, {"CONTENT_LENGTH": "4"}),
        (411, {"CONTENT_LENGTH": "3", "HTTP_TRANSFER_ENCODING": "chunked"}),
        (411, {"CONTENT_LENGTH": "3", "HTTP_TRANSFER_ENCODING": "identity"}),
    ],
)  # fmt: skip
def test_a_body_that_no_form_of_ours_sends_is_refused(status, changes):
    app = App()

    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert ask(Gate(app), method, "/report/", b"a=b", **changes)[0] == status
    assert app.asked == []


def test_a_multipart_part_in_another_charset_or_with_a_name_in_one_goes_nowhere():
    app = App()
    for line in (
        'Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=hex',
        "Content-Disposition: form-data; name*=hex''61", "Content-Disposition: form-data; name=a; filename*=rot13''x",
        'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64',
    ):  # fmt: skip
        body = f"--x\r\n{line}\r\n\r\nvalue\r\n--x--\r\n".encode()
        assert ask(Gate(app), "POST", "/report/", body, CONTENT_TYPE="multipart/form-data; boundary=x")[0] == 415
    assert app.asked == []


@pytest.mark.django_db
def test_a_refusal_is_a_page_of_the_house_with_all_that_protects_it(client):
    status, headers, body = ask(Gate(App()), CONTENT_TYPE="x; charset=hex")
    like = client.get("/nothing/")

    assert (status, b"415. We read UTF-8 only. Nothing was changed." in body) == (415, True)
    assert (headers.pop("Content-Length"), headers.pop("Connection")) == (str(len(body)), "close")

    def policy(headers):
        parts = headers["Content-Security-Policy"].split("; ")
        return {**headers, "Content-Security-Policy": sorted(parts), "Content-Length": None}

    assert policy(headers) == policy(dict(like.items()))
    assert ask(Gate(App()), "HEAD", PATH_INFO="x")[::2] == (400, b"")


# -- What is left out --------------------------------------------------------------------------------------------------


def test_django_sees_what_is_listed_and_nothing_else_that_a_server_put_there():
    app = App()
    odd = {
        "SCRIPT_URL": "/evil/", "REDIRECT_URL": "/evil/", "REMOTE_USER": "admin", "AUTH_TYPE": "Basic", "HTTPS": "on",
        "SECRET_KEY": "of the process", "HTTP_PROXY": "http://evil.example", "PATH": "/bin", "DOCUMENT_ROOT": "/",
        "HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_X_FORWARDED_FOR": "1.2.3.4", "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_ORIGINAL_URL": "/desk/", "HTTP_X_REWRITE_URL": "/desk/", "HTTP_FORWARDED": "host=evil.example",
        "HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE", "HTTP_ACCEPT": "application/json", "HTTP_IF_MATCH": '"x"',
        "HTTP_X_REQUESTED_WITH": "XMLHttpRequest", "HTTP_SCRIPT_NAME": "/evil", "HTTP_AUTHORIZATION": "Basic x",
        "wsgi.evil": "x", "clincalc.evil": "x", "HTTP_EXPECT": "100-continue", "CONTENT_TYPE": "text/plain",
        "HTTP_TRANSFER_ENCODING": "chunked", "HTTP_CONTENT_TYPE": "x; charset=hex", "HTTP_CONTENT_LENGTH": "9",
    }  # fmt: skip
    assert ask(Gate(app), body=b"a body of a GET", **odd)[0] == 200

    (seen,) = app.asked
    made = {
        "REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "CONTENT_LENGTH", "HTTP_ACCEPT_ENCODING",
        "wsgi.input", "read",
    }  # fmt: skip
    assert set(seen) <= SERVERS | READ | made
    assert (seen["CONTENT_LENGTH"], seen["read"]) == ("", b"")


def test_a_body_is_handed_on_whole_and_no_longer_than_it_says():
    app = App()

    assert ask(Gate(app), "POST", "/report/", b"a=bcd", CONTENT_LENGTH="3")[0] == 200
    assert (app.asked[0]["read"], app.asked[0]["CONTENT_LENGTH"]) == (b"a=b", "3")


def test_headers_of_proxies_are_read_where_the_settings_say_that_there_are_some(settings):
    said = {"HTTP_X_FORWARDED_FOR": "1.2.3.4", "HTTP_X_FORWARDED_PROTO": "https"}
    app = App()
    ask(Gate(app), **said)
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    ask(Gate(app), **said)
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ask(Gate(app), **said)

    assert [sorted(set(said) & set(one)) for one in app.asked] == [[], ["HTTP_X_FORWARDED_FOR"], sorted(said)]


@pytest.mark.parametrize(
    ("accepted", "handed"), [("gzip;q=0", ""), ("br, gzip", "gzip"), ("x-gzip-foo", ""), ("*", "gzip")]
)
def test_what_a_reader_takes_is_said_in_one_word(accepted, handed):
    app = App()
    ask(Gate(app), path="/static/site.css", HTTP_ACCEPT_ENCODING=accepted)

    assert app.asked[0]["HTTP_ACCEPT_ENCODING"] == handed


def test_every_header_that_our_code_reads_is_let_through():
    """Who reads another one adds it to the list."""
    read = set()
    for room in ("clincalc", "reviews", "monographs"):
        for path in (ROOT / room).rglob("*.py"):
            text = path.read_text()
            read |= {
                f"HTTP_{name.upper().replace('-', '_')}"
                for name in re.findall(r"request\.headers(?:\.get\(|\[)\"([\w-]+)", text)
            }
            read |= set(re.findall(r"\.META(?:\.get\(|\[)\"(HTTP_\w+)", text))
    assert read
    assert read <= READ


# -- Faults ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fault", "status"), [(LookupError("hex"), 500), (OperationalError("gone"), 503)])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_fails_before_django_can_answer_is_answered_here(fault, status, method, caplog):
    answer = ask(Gate(App(fault)), method)

    assert answer[0] == status
    assert f"{status}. The fault is ours".encode() in answer[2]
    assert answer[1].get("Retry-After") == ("5" if status == 503 else None)
    assert "Content-Security-Policy" in answer[1]
    assert f"A request could not be begun: {method} '/drugs/x/'" in caplog.text
    assert (" '/drugs/x/' failed" in caplog.text) is (status == 500)  # beside the reference that the page tells


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("behind", [True, False])
def test_django_alone_would_fail(behind):
    """What the gate is for: without it, the request cannot even be made."""
    app = get_wsgi_application()
    odd = {"QUERY_STRING": "x=y", "CONTENT_TYPE": "x; charset=hex"}

    if behind:
        assert ask(Gate(Front(app)), path="/about/", **odd)[0] == 415
    else:
        with pytest.raises(LookupError):
            ask(app, path="/about/", **odd)


# -- Who is slow -------------------------------------------------------------------------------------------------------


class Slow:
    """A body of which the rest does not come before it may."""

    def __init__(self, rest=b""):
        self.parts, self.may_come = [b"a=", rest], threading.Event()

    def read(self, _length):
        if len(self.parts) == 1:
            self.may_come.wait(30)
        return self.parts.pop(0)


class Dead:
    def read(self, _length):
        raise OSError("the line is dead")


def test_a_line_that_goes_dead_is_no_fault_of_ours():
    app = App()

    assert ask(Gate(app), "POST", "/report/", b"a=b", **{"wsgi.input": Dead()})[0] == 400
    assert app.asked == []


class Working(App):
    """Takes its time for whatever is sent, as one that waits for the write lock does."""

    def __init__(self):
        super().__init__()
        self.may_go = threading.Event()

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            self.may_go.wait(30)
        return super().__call__(environ, start_response)


def sending(door, **given):
    """Somebody who sends a form; `told` holds the answer."""
    told = []
    thread = threading.Thread(target=lambda: told.append(ask(door, "POST", "/report/", b"a=b", **given)))
    thread.start()
    return thread, told


def until(is_so):
    last = time.monotonic() + 10
    while not is_so() and time.monotonic() < last:
        time.sleep(0.01)
    assert is_so()


def slow(door, address="198.51.100.1"):
    body = Slow(b"b")
    return (*sending(door, **{"wsgi.input": body, "REMOTE_ADDR": address}), body)


def test_forms_that_come_in_hold_a_part_of_the_threads_and_those_of_one_address_a_part_of_that(monkeypatch):
    monkeypatch.setattr(gate, "FORMS_COMING", 3)
    monkeypatch.setattr(gate, "OF_ONE_ADDRESS", 2)
    door = Gate(App())
    others = [f"198.51.100.{number}" for number in (2, 3)]
    waiting = [slow(door), slow(door)]
    until(lambda: door.coming.by_address.total() == 2)

    refused = ask(door, "POST", "/report/", b"a=b", REMOTE_ADDR="198.51.100.1")
    assert (refused[0], refused[1]["Retry-After"], refused[1]["Connection"]) == (503, "5", "close")
    assert b"Too many are sending something just now." in refused[2]
    assert ask(door, "POST", "/report/", b"a=b", REMOTE_ADDR=others[0])[0] == 200
    waiting.append(slow(door, others[0]))
    until(lambda: door.coming.by_address.total() == 3)
    assert [ask(door, "POST", "/report/", b"a=b", REMOTE_ADDR=address)[0] for address in others] == [503, 503]
    assert [ask(door, method, REMOTE_ADDR="198.51.100.1")[0] for method in ("GET", "HEAD")] == [200, 200]
    for thread, told, body in waiting:
        body.may_come.set()
        thread.join()
        assert told[0][0] == 200
    assert not door.coming.by_address
    assert ask(door, "POST", "/report/", b"a=b", REMOTE_ADDR="198.51.100.1")[0] == 200


def test_a_form_that_broke_off_leaves_its_place_among_those_that_come_in(monkeypatch):
    monkeypatch.setattr(gate, "OF_ONE_ADDRESS", 1)
    door = Gate(App())

    given = {"wsgi.input": Dead()}
    assert [ask(door, "POST", "/report/", b"a=b", **given)[0] for _ in range(3)] == [400] * 3
    assert ask(door, "POST", "/report/", b"a=b", CONTENT_LENGTH="9")[0] == 400
    assert ask(door, "POST", "/report/", b"a=b")[0] == 200


@pytest.mark.parametrize(
    ("one", "other", "status"),
    [
        ({"REMOTE_ADDR": "2001:db8::1"}, {"REMOTE_ADDR": "2001:db8::2"}, 503),
        ({"REMOTE_ADDR": "2001:db8::1"}, {"REMOTE_ADDR": "2001:db8:1::1"}, 200),
        ({"HTTP_X_FORWARDED_FOR": "9.9.9.9, 198.51.100.1"}, {"HTTP_X_FORWARDED_FOR": "8.8.8.8, 198.51.100.1"}, 503),
        ({"HTTP_X_FORWARDED_FOR": "198.51.100.1"}, {"HTTP_X_FORWARDED_FOR": "198.51.100.2"}, 200),
        ({"REMOTE_ADDR": ""}, {"REMOTE_ADDR": ""}, 503),
    ],
)
def test_one_address_is_one_network_and_what_our_own_proxy_says(one, other, status, monkeypatch, settings):
    monkeypatch.setattr(gate, "OF_ONE_ADDRESS", 1)
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1 if "HTTP_X_FORWARDED_FOR" in one else 0
    door, body = Gate(App()), Slow(b"b")
    thread, _told = sending(door, **{"wsgi.input": body, **one})
    until(lambda: door.coming.by_address.total() == 1)

    assert ask(door, "POST", "/report/", b"a=b", **other)[0] == status
    body.may_come.set()
    thread.join()


def test_who_sends_takes_a_part_of_the_places_and_readers_find_one(monkeypatch):
    monkeypatch.setattr(gate, "SENDERS", 2)
    monkeypatch.setattr(gate, "PATIENCE", 0.2)
    app = Working()
    door = Gate(app)
    waiting = [sending(door) for _ in range(2)]
    until(lambda: not door.senders._value)

    busy = ask(door, "POST", "/report/", b"a=b")
    assert (busy[0], busy[1]["Retry-After"]) == (503, "5")
    assert ask(door)[0] == 200
    app.may_go.set()
    for thread, told in waiting:
        thread.join()
        assert told[0][0] == 200
    assert ask(door, "POST", "/report/", b"a=b")[0] == 200


def test_what_was_sent_waits_for_a_place_for_a_while(monkeypatch):
    monkeypatch.setattr(gate, "SENDERS", 1)
    app = Working()
    door = Gate(app)
    first = sending(door)
    until(lambda: not door.senders._value)
    second = sending(door)
    app.may_go.set()

    for thread, told in (first, second):
        thread.join()
        assert told[0][0] == 200


def test_a_half_sent_form_has_no_place(monkeypatch):
    """As many as there are: whole ones are answered, and so are they, once the rest is here."""
    monkeypatch.setattr(gate, "PLACES", 1)
    monkeypatch.setattr(gate, "SENDERS", 1)
    monkeypatch.setattr(gate, "PATIENCE", 0.2)
    door, slow = Gate(App()), [Slow(b"b") for _ in range(5)] + [Slow()]
    half_sent = [sending(door, **{"wsgi.input": one}) for one in slow]
    until(lambda: all(len(one.parts) == 1 for one in slow))

    assert [ask(door, "POST", "/report/", b"a=b")[0] for _ in range(3)] == [200] * 3
    assert ask(door)[0] == 200
    for one, (thread, told) in zip(slow, half_sent, strict=True):
        one.may_come.set()
        thread.join()
        assert told[0][0] == (400 if one is slow[-1] else 200)


def test_an_answer_is_handed_over_in_one_piece():
    """A server waits for each piece until the one before it was read."""
    closed = []

    class Pieces(list):
        def close(self):
            closed.append(True)

    def app(_environ, start_response):
        start_response("200 OK", [])
        return Pieces([b"a", b"b", b"c"])

    assert Gate(app)(environ(), lambda *_told: None) == [b"abc"]
    assert closed == [True]


def test_some_threads_keep_their_connection_and_all_others_give_it_back(monkeypatch):
    monkeypatch.setattr(gate, "KEEPERS", 2)
    given_back = []
    monkeypatch.setattr(gate.connections, "close_all", lambda: given_back.append(threading.get_ident()))
    door, all_here = Gate(App()), threading.Barrier(5, timeout=10)

    def read():
        for _ in range(3):
            ask(door)
            all_here.wait()

    for _ in range(2):  # whoever is gone keeps nothing
        given_back.clear()
        threads = [threading.Thread(target=read) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(given_back.count(one) for one in set(given_back)) == [3, 3, 3]
        threads.clear()


def test_a_place_is_given_back_whatever_became_of_the_request(monkeypatch):
    monkeypatch.setattr(gate, "SENDERS", 1)
    fine, broken = Gate(App()), Gate(App(LookupError()))
    for door, given in ((fine, {}), (fine, {"CONTENT_LENGTH": "9"}), (broken, {}), (fine, {"CONTENT_TYPE": "a/b"})):
        for _ in range(3):
            ask(door, "POST", "/report/", b"a=b", **given)
        assert door.senders.acquire(blocking=False)
        door.senders.release()


def test_there_is_a_thread_for_each_line_and_places_for_readers():
    from tests.servers import arguments

    given = arguments()
    threads, lines = (int(given[given.index(name) + 1]) for name in ("--blocking-threads", "--backpressure"))
    assert threads >= lines
    assert gate.PLACES - gate.SENDERS >= 12
    assert f"up to {gate.PLACES + gate.KEEPERS} connections" in (ROOT / "README.md").read_text()
    assert configured.DATA_UPLOAD_MAX_MEMORY_SIZE == 2 * 1024 * 1024


@pytest.mark.django_db(transaction=True)
def test_a_form_comes_through(house):
    """The whole way: the sign-in of a person, cookies and all."""
    client = Client()
    html = client.get("/accounts/login/").content.decode()
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', html)[1]
    cookie = client.cookies["__Host-csrf"].value
    body = f"csrfmiddlewaretoken={token}&login=editor&password={quote(make.PASSWORD)}".encode()
    entered = ask(
        Gate(Front(get_wsgi_application())), "POST", "/accounts/login/", body, HTTP_COOKIE=f"__Host-csrf={cookie}"
    )

    assert (entered[0], entered[1]["Location"]) == (302, "/desk/")
    assert "__Host-session=" in entered[1]["Set-Cookie"]
    connection.close()
