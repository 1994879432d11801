"""What the front door keeps, and what it leaves to Django: its rules, before an application made up for each test and
without a database."""

import gzip
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from clincalc import front
from clincalc.front import Front, known_query, takes_gzip
from clincalc.gate import Gate
from monographs.models import Monograph
from monographs.public.caching import SHOWS
from reviews.models import AuditEvent
from tests import factories as make

PUBLIC = [("Content-Type", "text/html"), ("Cache-Control", "public, max-age=0"), ("ETag", '"abc"')]
MOMENT = ("a7", "2026-11-28", 0)


class App:
    """Answers as it is told, and remembers what it was asked and whether its answer was closed."""

    def __init__(self, status="200 OK", headers=PUBLIC, body=b"page"):
        self.status, self.headers, self.parts = status, list(headers), [body[:2], body[2:]]
        self.asked, self.closed = [], 0

    def __call__(self, environ, start_response):
        self.asked.append(environ)
        start_response(self.status, list(self.headers))
        return self

    def __iter__(self):
        return iter(self.parts)

    def close(self):
        self.closed += 1


def environ(path="/drugs/x/", method="GET", query="", scheme="http", **more):
    return {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": "testserver",
        "SERVER_NAME": "testserver", "SERVER_PORT": "80", "wsgi.url_scheme": scheme, "wsgi.input": BytesIO(), **more,
    }  # fmt: skip


def ask(door, *arguments, **given):
    told = []
    parts = door(environ(*arguments, **given), lambda status, headers, _error=None: told.extend([status, headers]))
    return told[0], told[1], b"".join(parts)


@pytest.fixture
def moment(monkeypatch):
    """Sets the moment that the database tells."""

    def tell(moment):
        monkeypatch.setattr(front, "now", lambda: moment)

    tell(MOMENT)
    return tell


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("206 Partial Content", PUBLIC),
        ("404 Not Found", PUBLIC),
        ("410 Gone", PUBLIC),
        ("301 Moved Permanently", [*PUBLIC, ("Location", "/")]),
        ("503 Service Unavailable", PUBLIC),
        ("200 OK", [PUBLIC[0], ("Cache-Control", "private, max-age=0"), PUBLIC[2]]),
        ("200 OK", [PUBLIC[0], ("Cache-Control", "no-store, private, not public"), PUBLIC[2]]),
        ("200 OK", [PUBLIC[0], PUBLIC[2]]),
        ("200 OK", PUBLIC[:2]),
        ("200 OK", [*PUBLIC, ("Set-Cookie", "a=b")]),
        ("200 OK", [*PUBLIC, ("set-cookie", "a=b")]),
        ("200 OK", [*PUBLIC, ("Vary", "Cookie")]),
        ("200 OK", [*PUBLIC, ("vary", "Accept-Encoding, COOKIE")]),
    ],
)
def test_an_answer_that_is_not_for_everybody_is_passed_on_as_it_is_and_never_kept(moment, status, headers):
    app = App(status, headers)
    door = Front(app)

    for _ in range(2):
        assert ask(door, HTTP_IF_NONE_MATCH='"abc"', HTTP_ACCEPT_ENCODING="gzip") == (status, headers, b"page")
    assert ask(door, method="HEAD") == (status, headers, b"")

    assert (len(app.asked), app.closed) == (3, 3)
    assert (door.pages, door.bytes) == ({}, 0)


@pytest.mark.parametrize(
    "change",
    [
        *({"method": method} for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")),
        {"query": "q=x"}, {"HTTP_COOKIE": "a=b"}, {"HTTP_COOKIE": ""}, {"HTTP_HOST": "evil.example"}, {"HTTP_HOST": ""},
        *(
            {"path": f"/{private}/x"}
            for private in ("desk", "accounts", "admin", "static", "health", "report")
        ),
    ],
)  # fmt: skip
def test_what_depends_on_more_than_the_path_goes_to_django_untouched(monkeypatch, change):
    # No exception that the front door might take for a broken database.
    monkeypatch.setattr(front, "now", lambda: pytest.fail("The database is asked for nothing."))
    app = App(body=b"x" * 2000)
    door = Front(app)
    given = {"HTTP_IF_NONE_MATCH": '"abc"', "HTTP_RANGE": "bytes=0-1", "HTTP_ACCEPT_ENCODING": "gzip", **change}

    assert ask(door, **given) == ("200 OK", PUBLIC, b"x" * 2000)

    (asked,) = app.asked
    headers = [name for name in given if name.startswith("HTTP_")]
    assert {name: asked.get(name) for name in headers} == {name: given[name] for name in headers}
    assert (asked["REQUEST_METHOD"], asked["HTTP_RANGE"]) == (given.get("method", "GET"), "bytes=0-1")
    assert door.pages == {}


@pytest.mark.parametrize("path", ["/", "/desktop/", "/drugs/desk/", "/reporting/", "/about/", "/.well-known/k.json"])
def test_addresses_beside_those_of_the_house_are_kept(moment, path):
    app = App()
    door = Front(app)

    assert ask(door, path) == ask(door, path)

    assert (len(app.asked), list(door.pages)) == (1, [(path, False, "")])


@pytest.mark.parametrize(
    ("path", "query", "known"),
    [
        ("/drugs/", "", ""), ("/drugs/", "letter=A", "letter=A"), ("/drugs/", "letter=%23", "letter=%23"),
        ("/drugs/", "page=2", "page=2"), ("/drugs/", "page=2&letter=A", "letter=A&page=2"),
        ("/drugs/", "letter=A&page=2", "letter=A&page=2"), ("/classes/group-001/", "page=3", "page=3"),
        ("/updates/", "page=9999", "page=9999"), ("/corrections/", "page=2", "page=2"),
        *(
            ("/drugs/", one, None) for one in (
                "letter=a", "letter=AB", "letter=", "letter", "letter=%41", "letter=#", "page=0", "page=01", "page=-1",
                "page=x", "page=10000", "page=\u0662", "page=2&page=3", "letter=A&letter=A", "letter=A&x=1", "x=1",
                "letter=A&", "&", "=", "page=2#", "page=2\n", "Page=2", "letter=A;page=2", "page=2&letter=A&page=2",
            )
        ),
        *(
            (path, "page=2", None)
            for path in ("/", "/drugs/x/", "/search/", "/classes/", "/drugs", "/updates/feed/", "/updates//", "/desk/")
        ),
        ("/classes/group-001/", "letter=A", None), ("/updates/", "letter=A", None),
    ],
)  # fmt: skip
def test_of_queries_those_are_known_by_which_links_ask_for_a_part_of_a_list(path, query, known):
    assert known_query(path, query) == known


def test_a_part_of_a_list_is_kept_if_the_list_says_that_just_this_is_shown(moment):
    class List(App):
        def __call__(self, environ, start_response):
            if environ["QUERY_STRING"] in ("letter=A", "letter=A&page=2"):
                environ[SHOWS] = environ["QUERY_STRING"]
            self.parts = [environ["QUERY_STRING"].encode()]
            return super().__call__(environ, start_response)

    door = Front(app := List())

    for query in ("letter=A", "letter=A&page=2", "page=2&letter=A", "letter=A"):
        assert ask(door, "/drugs/", query=query)[2] == "&".join(sorted(query.split("&"))).encode()
    assert [one["QUERY_STRING"] for one in app.asked] == ["letter=A", "letter=A&page=2"]
    for _ in range(2):
        assert ask(door, "/drugs/", query="page=3", HTTP_ACCEPT_ENCODING="gzip", HTTP_RANGE="x")[2] == b"page=3"
    assert ask(door, "/drugs/", query="letter=A&x=1")[2] == b"letter=A&x=1"
    assert len(app.asked) == 5
    assert "HTTP_RANGE" not in app.asked[3]
    assert set(door.pages) == {("/drugs/", False, "letter=A"), ("/drugs/", False, "letter=A&page=2")}
    # What stands before the question mark is another address, whatever it holds.
    assert ask(door, "/drugs/?letter=A")[2] == b""


def test_a_page_that_says_of_itself_another_part_is_served_and_not_kept(moment):
    class Last(App):
        def __call__(self, environ, start_response):
            environ[SHOWS] = "page=2"
            return super().__call__(environ, start_response)

    door = Front(Last())
    for query in ("page=7", ""):
        assert ask(door, "/drugs/", query=query)[0] == "200 OK"
    assert door.pages == {}


def test_the_page_is_made_whole_whoever_asks_first(moment):
    app = App(body=b"page")
    door = Front(app)

    status, headers, body = ask(
        door, method="HEAD", HTTP_IF_NONE_MATCH='"old"', HTTP_IF_MODIFIED_SINCE="x", HTTP_RANGE="bytes=0-1",
        HTTP_ACCEPT_ENCODING="gzip", HTTP_USER_AGENT="reader",
    )  # fmt: skip

    assert (status, body, dict(headers)["Content-Length"]) == ("200 OK", b"", "4")
    (asked,) = app.asked
    assert asked["REQUEST_METHOD"] == "GET"
    assert {name for name in asked if name.startswith("HTTP_")} == {"HTTP_HOST"}
    assert app.closed == 1
    assert ask(door)[2] == b"page"
    assert len(app.asked) == 1


def test_http_and_https_share_no_copy(moment):
    app = App()
    door = Front(app)
    ask(door)
    app.headers.append(("Strict-Transport-Security", "max-age=1"))
    over_tls = ask(door, scheme="https")

    assert ("Strict-Transport-Security", "max-age=1") in over_tls[1]
    assert "Strict-Transport-Security" not in dict(ask(door)[1])
    assert set(door.pages) == {("/drugs/x/", False, ""), ("/drugs/x/", True, "")}
    assert len(app.asked) == 2


def test_behind_a_proxy_its_word_says_what_is_secure_and_without_one_nobodys(moment, settings):
    def secure(scheme="http", **said):
        return front._is_secure(environ(scheme=scheme, **said))

    assert [secure(), secure("https"), secure(HTTP_X_FORWARDED_PROTO="https")] == [False, True, False]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    said = ["https", "http", "", "https, http", " https ,http", "http, https"]
    assert [secure(HTTP_X_FORWARDED_PROTO=one) for one in said] == [True, False, False, True, True, False]
    assert secure("https") is False


def test_plain_http_is_left_to_django_to_redirect(moment, settings):
    settings.SECURE_SSL_REDIRECT = True
    app = App("301 Moved Permanently", [("Location", "https://testserver/drugs/x/")])
    door = Front(app)

    assert ask(door, HTTP_IF_NONE_MATCH="*")[0] == "301 Moved Permanently"
    assert "HTTP_IF_NONE_MATCH" in app.asked[0]
    app.status, app.headers = "200 OK", PUBLIC
    assert ask(door, scheme="https")[0] == "200 OK"
    assert list(door.pages) == [("/drugs/x/", True, "")]


@pytest.mark.parametrize(
    "later", [("b8", "2026-11-28", 0), ("a7", "2026-11-29", 0), ("a7", "2026-11-28", 1), ("", "2026-11-28", 0)]
)
def test_another_moment_makes_the_page_anew_and_forgets_the_old_one(moment, later):
    app = App(body=b"old page")
    door = Front(app)
    ask(door)
    app.parts = [b"new"]

    assert ask(door)[2] == b"old page"
    moment(later)
    assert ask(door)[2] == ask(door)[2] == b"new"

    assert len(app.asked) == 2
    assert (door.bytes, [kept.moment for kept in door.pages.values()]) == (3, [later])


def test_what_is_written_while_a_page_is_made_makes_it_old_at_once(moment):
    app = App(body=b"old page")
    door = Front(app)
    real = App.__call__

    class Busy(App):
        def __call__(self, *arguments):
            moment((8, "2026-11-28", 0))  # a withdrawal commits after the first row was read
            return real(self, *arguments)

    door.app = Busy(body=b"old page")
    ask(door)
    door.app = app
    app.parts = [b"new"]

    assert ask(door)[2] == b"new"


def test_a_database_that_does_not_answer_is_djangos_to_tell_and_old_bytes_are_not_served(monkeypatch, moment):
    app = App()
    door = Front(app)
    ask(door)
    closed = []
    monkeypatch.setattr(connection, "close", lambda: closed.append(True))

    def broken():
        raise RuntimeError("gone")

    monkeypatch.setattr(front, "now", broken)
    app.status, app.headers = "503 Service Unavailable", []

    assert ask(door, HTTP_IF_NONE_MATCH="*")[0] == "503 Service Unavailable"
    assert closed == [True]
    assert "HTTP_IF_NONE_MATCH" in app.asked[1]


@pytest.mark.parametrize(("size", "zips"), [(511, False), (512, True)])
def test_a_page_is_compressed_for_whoever_takes_that_from_512_bytes_on(moment, size, zips):
    app = App(headers=[*PUBLIC, ("Content-Length", "1"), ("Vary", "Accept-Language")], body=b"x" * size)
    door = Front(app)

    plain, small = ask(door), ask(door, HTTP_ACCEPT_ENCODING="br, gzip")

    rest = PUBLIC[:2]
    assert plain == (
        "200 OK",
        [*rest, ("ETag", '"abc"'), ("Vary", "Accept-Encoding"), ("Content-Length", str(size))],
        b"x" * size,
    )
    if not zips:
        assert small == plain
        return
    assert small[1] == [
        *rest, ("ETag", '"abc-gzip"'), ("Vary", "Accept-Encoding"), ("Content-Encoding", "gzip"),
        ("Content-Length", str(len(small[2]))),
    ]  # fmt: skip
    assert gzip.decompress(small[2]) == b"x" * size
    assert small[2] == gzip.compress(b"x" * size, 6, mtime=0)  # the same bytes in every process
    assert ask(door, method="HEAD", HTTP_ACCEPT_ENCODING="gzip") == (*small[:2], b"")


@pytest.mark.parametrize(
    ("given", "has_it"),
    [
        ('"abc"', True), ('"abc-gzip"', True), ('W/"abc"', True), ('W/"abc-gzip"', True), ('"x", "abc"', True),
        (' "abc" , "x"', True), ("*", True), ("", False), ('"x"', False), ('"ABC"', False), ("abc", False),
        ('"abcd"', False), ('"abc-br"', False), ('"ab"', False),
    ],
)  # fmt: skip
def test_whoever_has_one_of_its_two_forms_gets_304_with_the_headers_and_no_bytes(moment, given, has_it):
    door = Front(App(body=b"x" * 600))
    for method in ("GET", "HEAD"):
        for zips, tag in (({}, '"abc"'), ({"HTTP_ACCEPT_ENCODING": "gzip"}, '"abc-gzip"')):
            status, headers, body = ask(door, method=method, HTTP_IF_NONE_MATCH=given, **zips)
            assert status == ("304 Not Modified" if has_it else "200 OK")
            if has_it:
                assert (headers, body) == ([*PUBLIC[:2], ("ETag", tag), ("Vary", "Accept-Encoding")], b"")


def test_the_pages_that_were_made_first_are_dropped_first_by_number_and_by_bytes(moment, monkeypatch):
    assert (front.MOST_PAGES, front.MOST_BYTES) == (2_000, 64 * 1024 * 1024)
    monkeypatch.setattr(front, "MOST_PAGES", 2)
    door = Front(App(body=b"four"))
    for path in ("/a/", "/b/", "/c/"):
        ask(door, path)
    assert ([path for path, *_ in door.pages], door.bytes) == (["/b/", "/c/"], 8)

    monkeypatch.setattr(front, "MOST_BYTES", 8)
    ask(door, "/d/")
    assert ([path for path, *_ in door.pages], door.bytes) == (["/c/", "/d/"], 8)
    monkeypatch.setattr(front, "MOST_BYTES", 7)
    ask(door, "/e/")
    assert ([path for path, *_ in door.pages], door.bytes) == (["/e/"], 4)


def test_a_page_that_is_asked_for_again_outlives_one_that_is_not(moment, monkeypatch):
    monkeypatch.setattr(front, "MOST_PAGES", 2)
    door = Front(App())

    for path in ("/old/", "/unread/", "/old/", "/new/"):
        ask(door, path)

    assert [path for path, *_ in door.pages] == ["/old/", "/new/"]


def test_what_is_asked_for_least_is_dropped_first_however_many_others_are_called_up(moment, monkeypatch):
    monkeypatch.setattr(front, "MOST_PAGES", 4)
    door = Front(App())
    for path in ("/", "/drugs/", "/") * 3:
        ask(door, path)
    for number in range(500):
        ask(door, f"/drugs/x/editions/{number}/")

    assert len(door.pages) == 4
    assert {("/", False, ""), ("/drugs/", False, "")} <= set(door.pages)


def test_what_was_read_long_ago_gives_way_after_a_while(moment, monkeypatch):
    monkeypatch.setattr(front, "MOST_PAGES", 2)
    monkeypatch.setattr(front, "A_WHILE", 3)
    door = Front(App())
    for _ in range(20):
        ask(door, "/of-yesterday/")
    for number in range(20):
        ask(door, f"/{number}/")
        for _ in range(2):
            ask(door, "/of-today/")

    assert set(door.pages) == {("/of-today/", False, ""), ("/19/", False, "")}


def test_a_page_that_is_made_anew_stays_as_dear_as_it_was(moment, monkeypatch):
    monkeypatch.setattr(front, "MOST_PAGES", 2)
    door = Front(App())
    for path in ("/", "/", "/other/"):
        ask(door, path)
    moment(("b8", "2026-11-28", 0))
    for path in ("/", "/other/", "/new/"):
        ask(door, path)

    assert set(door.pages) == {("/", False, ""), ("/new/", False, "")}


def test_a_page_larger_than_all_room_is_served_and_drops_nothing_for_good(moment, monkeypatch):
    monkeypatch.setattr(front, "MOST_BYTES", 3)
    door = Front(App(body=b"four"))

    assert ask(door)[2] == b"four"
    assert (door.pages, door.bytes) == ({}, 0)


@pytest.mark.parametrize(
    "sent",
    [
        {"SCRIPT_NAME": "/evil"}, {"SCRIPT_URL": "/evil/drugs/x/"}, {"REDIRECT_URL": "/evil/drugs/x/"},
        {"CONTENT_TYPE": "x; charset=hex"}, {"CONTENT_LENGTH": "9999"}, {"REMOTE_USER": "admin"},
        {"HTTP_X_FORWARDED_HOST": "evil.example"}, {"HTTP_X_ORIGINAL_URL": "/evil/"}, {"HTTP_IF_MATCH": '"none"'},
        {"HTTP_IF_UNMODIFIED_SINCE": "Thu, 01 Jan 1970 00:00:00 GMT"}, {"HTTP_ACCEPT_LANGUAGE": "de"},
        {"HTTP_HOST": "testserver:81"}, {"SERVER_NAME": "evil.example"}, {"SERVER_PORT": "81"},
        {"SERVER_PROTOCOL": "HTTP/0.9"}, {"REMOTE_ADDR": "1.2.3.4"}, {"HTTP_AUTHORIZATION": "Basic x"},
    ],
)  # fmt: skip
def test_nothing_that_the_first_reader_sent_is_in_the_request_that_the_page_is_made_from(moment, sent):
    plain, odd = App(), App()

    ask(Front(plain))
    ask(Front(odd), **sent)

    given, other = ({k: v for k, v in app.asked[0].items() if k != "wsgi.input"} for app in (plain, odd))
    assert given == other
    assert odd.asked[0]["wsgi.input"].read() == b""


def test_the_page_is_made_under_our_own_name(moment, settings):
    def made(site, allowed, asked):
        settings.SITE_URL, settings.ALLOWED_HOSTS = site, allowed
        front._is_ours.cache_clear()
        app = App()
        ask(Front(app), HTTP_HOST=asked)
        front._is_ours.cache_clear()
        return app.asked[0]["HTTP_HOST"]

    assert made("https://clincalc.test", ["clincalc.test", "b.test"], "b.test") == "clincalc.test"
    assert made("https://clincalc.test:8443", ["*"], "b.test") == "clincalc.test:8443"
    assert made("https://elsewhere.test", [".x.test", "a.test"], "b.x.test") == "a.test"
    assert made("https://elsewhere.test", [".x.test"], "b.x.test") == "b.x.test"  # as it came: not kept


@pytest.mark.parametrize("host", ["", "a b", "testserver/x", "testserver,testserver", "test\x00server", "testserver@x"])
def test_what_is_no_host_is_left_to_django_to_refuse_even_where_every_host_is_ours(monkeypatch, settings, host):
    monkeypatch.setattr(front, "now", lambda: pytest.fail("The database is asked for nothing."))
    settings.ALLOWED_HOSTS = ["*"]
    front._is_ours.cache_clear()
    app = App()

    ask(Front(app), HTTP_HOST=host)

    assert app.asked[0]["HTTP_HOST"] == host
    front._is_ours.cache_clear()


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip", True), ("GZIP", True), ("x-gzip", True), ("br, gzip", True), ("*", True), ("gzip;q=0.001", True),
        ("gzip ; q = 1.000", True), ("gzip;Q=0.5", True), ("*;q=0, gzip", True), ("gzip, identity;q=0.5", True),
        ("identity;q=0, gzip;q=0.1", True), ("\tgzip\t", True), ("gzip;q=0.5, identity;q=0.5", True),
        ("", False), ("br", False), ("gzip;q=0", False), ("gzip; q=0.000", False), ("gzip;q=0.", False),
        ("x-gzip;q=0", False), ("x-gzip-foo", False), ("gzipped", False), ("not-gzip", False), ("*;q=0", False),
        ("gzip;q=0, *", False), ("gzip;q=0, gzip", False), ("gzip, x-gzip;q=0", False), ("gzip;q=2", False),
        ("gzip;q=-1", False), ("gzip;q=x", False), ("gzip;q=", False), ("gzip;q=0.0001", False),
        ("gzip;q=0.1, identity", False), ("gzip;level=9", False), ("gzip br", False), ("identity", False),
    ],
)  # fmt: skip
def test_who_takes_gzip_is_told_by_quality_values(moment, accepted, takes):
    door = Front(App(body=b"x" * 600))

    assert takes_gzip(accepted) is takes
    assert ("Content-Encoding", "gzip") in ask(door, HTTP_ACCEPT_ENCODING=accepted)[1] or not takes
    assert takes or ask(door, HTTP_ACCEPT_ENCODING=accepted)[2] == b"x" * 600


@pytest.mark.django_db
def test_the_moment_is_the_epoch_the_day_in_london_and_the_instants_that_have_passed(house, monkeypatch):
    make.published(house)
    epoch, _, passed = front.now()
    assert (epoch, passed) == (AuditEvent.objects.latest("seq").hash, 0)
    (overlay,) = make.warn(house.clinician, Monograph.objects.get())
    assert front.now()[0] == AuditEvent.objects.latest("seq").hash != epoch

    told = []
    for at in (
        datetime(2028, 6, 20, 22, 59, 59, tzinfo=UTC),
        datetime(2028, 6, 20, 23, 0, 0, tzinfo=UTC),  # midnight in London
        datetime(2028, 12, 20, 23, 59, 59, tzinfo=UTC),
    ):
        monkeypatch.setattr("django.utils.timezone.now", lambda at=at: at)
        told.append(front.now()[1:])
    assert told == [("2028-06-20", 1), ("2028-06-21", 1), ("2028-12-20", 1)]

    passed = []
    for at in (overlay.due_at - (datetime.resolution), overlay.due_at):
        monkeypatch.setattr("django.utils.timezone.now", lambda at=at: at)
        passed.append(front.now()[2])
    assert passed == [0, 1]


@pytest.mark.django_db  # what is derived is looked at before the first request
def test_the_application_that_is_served_stands_behind_the_front_door():
    from clincalc.wsgi import application

    assert isinstance(application, Gate)
    assert isinstance(application.app, Front)
    assert isinstance(application.app.app, WSGIHandler)
