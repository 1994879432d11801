"""What the service writes of its work: one line a request, and nothing in it that somebody typed, carries or is called."""

import json
import logging
import os
import re
from io import BytesIO, StringIO
from urllib.parse import quote

import pytest
from django.db import IntegrityError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import get_resolver
from django.utils.log import log_response

from clincalc.front import Front
from clincalc.gate import FORM, Gate
from clincalc.logs import CUT, Lines, RequestLog, shown_path
from clincalc.reader import Handler
from tests import factories as make
from tests.servers import ROOT

TOKEN = "pUqM4x7rVnB2kL9sWd3fGhJ5tYzAeC8oQi6RmT1vXuE"
MARK = "zzsecretzz"


@pytest.fixture
def written(monkeypatch):
    """(the application with its log, what it wrote so far, what was logged beside it)."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    faults, handler = StringIO(), logging.StreamHandler()
    handler.setStream(faults)
    handler.setFormatter(Lines())
    logging.getLogger().addHandler(handler)

    def so_far():
        try:
            return os.read(reading, 1 << 20).decode()
        except BlockingIOError:
            return ""

    yield RequestLog(Gate(Front(Handler())), writing), so_far, faults
    logging.getLogger().removeHandler(handler)
    for end in (reading, writing):
        os.close(end)


def ask(application, path, method="GET", body=b"", **more):
    path, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": "clincalc.test",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "198.51.100.77",
        "HTTP_USER_AGENT": f"{MARK}/1.0", "HTTP_REFERER": f"https://clincalc.test/?q={MARK}", "HTTP_ACCEPT_ENCODING": "",
        "wsgi.url_scheme": "https", "wsgi.input": BytesIO(body), "wsgi.errors": None, "wsgi.version": (1, 0),
        "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": FORM, **more,
    }  # fmt: skip
    told = []
    parts = application(environ, lambda status, headers, _error=None: told.extend([int(status[:3]), headers]))
    return told[0], b"".join(parts)


def cookie_of(person):
    client = Client()
    client.force_login(person)
    return f"__Host-session={client.cookies['__Host-session'].value}; other={MARK}"


@pytest.mark.any_database
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_request_is_one_line_that_holds_nothing_anybody_typed(house, settings, written, monkeypatch):
    settings.ALLOWED_HOSTS = ["clincalc.test"]
    application, so_far, faults = written
    make.published(house)

    def breaks(*_arguments, **_more):
        raise ValueError(MARK) from IntegrityError(f"DETAIL: Failing row contains ({MARK}).")

    signed_in = {"HTTP_COOKIE": cookie_of(house.editor)}
    wrong = f"login={MARK}&password={MARK}".encode()
    asked = [  # what is asked, what is said of it
        (("/drugs/testazumab/",), "/drugs/testazumab/", {200}, None),
        (("/drugs/testazumab/",), "/drugs/testazumab/", {200}, None),  # kept bytes
        ((f"/search/?q={MARK}",), "/search/", {200}, None),
        ((f"/accounts/link/{TOKEN}/?next=/{MARK}/",), f"/accounts/link/{CUT}/", {404, 410}, None),
        ((f"/accounts/link/{MARK}/", "POST", wrong), f"/accounts/link/{CUT}/", {403, 404}, None),
        ((f"/report/{TOKEN}/",), f"/report/{CUT}/", {404}, None),
        ((f"/acounts/link/{TOKEN}",), f"/acounts/link/{CUT}", {404}, None),
        ((f"/report/?{MARK}", "POST", f"words={MARK}".encode()), "/report/", {403, 422}, None),
        (("/accounts/login/", "POST", wrong), "/accounts/login/", {403}, None),
        (("/drugs/", MARK), "/drugs/", {405}, None),
        (("/drugs/", "POST", b"x", {"CONTENT_TYPE": f"text/{MARK}"}), "/drugs/", {415}, None),
        (("/desk/", "GET", b"", signed_in), "/desk/", {200}, house.editor.pk),
        ((f"/desk/people/{MARK}/", "GET", b"", signed_in), f"/desk/people/{CUT}/", {403, 404}, house.editor.pk),
        ((f"/desk/monographs/new/?{MARK}", "POST", wrong, signed_in), "/desk/monographs/new/", {403}, None),
    ]  # fmt: skip
    for (path, *rest), shown, statuses, who in asked:
        more = rest[2] if len(rest) > 2 else {}
        status, body = ask(application, path, *rest[:2], **more)

        said = so_far()
        line = json.loads(said)
        assert said.count("\n") == 1
        assert (line["path"], line["status"], line["who"], line["bytes"]) == (shown, status, who, len(body)), path
        assert status in statuses, (path, status)
        assert line["method"] == (rest[0] if rest and rest[0] != MARK else CUT if rest else "GET")
        assert set(line) == {"at", "request", "method", "path", "status", "ms", "bytes", "who"}
        assert not [one for one in (MARK, TOKEN, "198.51.100.77", "editor", "session") if one in said], said

    # What breaks: in a view, and before Django.
    monkeypatch.setattr("reviews.reports.public_views.inbox.received", breaks)
    status, _body = ask(application, f"/report/{TOKEN}/?q={MARK}")
    line = json.loads(so_far())
    told = [json.loads(one) for one in faults.getvalue().splitlines()]
    assert (status, line["status"]) == (500, 500)
    assert [one["request"] for one in told if one["level"] == "ERROR"] == [line["request"]] * 2
    kinds = [fault["kind"] for one in told for fault in one.get("faults", [])]
    assert kinds == ["builtins.ValueError", "django.db.utils.IntegrityError"]
    assert any("in breaks" in place or place.endswith(" breaks") for place in told[-1]["faults"][0]["places"])
    assert not [one for one in (MARK, TOKEN) if one in faults.getvalue()], faults.getvalue()

    monkeypatch.undo()
    monkeypatch.setattr("clincalc.gate.made_plain", breaks)
    status, _body = ask(application, f"/accounts/link/{TOKEN}/?q={MARK}")
    assert (status, json.loads(so_far())["status"]) == (500, 500)
    assert not [one for one in (MARK, TOKEN) if one in faults.getvalue()], faults.getvalue()


@pytest.mark.any_database
@pytest.mark.django_db
def test_what_django_says_of_a_request_is_told_by_its_kind(settings, written, monkeypatch):
    """Each of these lines quotes a header, a path or a form in Django's own words."""
    settings.ALLOWED_HOSTS = ["clincalc.test"]
    application, so_far, faults = RequestLog(Gate(Handler()), written[0].to), *written[1:]

    def told(path, method="GET", **more):
        before = len(faults.getvalue())
        ask(application, path, method, b"a=b" if method == "POST" else b"", **more)
        so_far()
        found = faults.getvalue()[before:]
        assert not [one for one in (MARK, TOKEN) if one in found], found
        return [json.loads(line)["said"] for line in found.splitlines()]

    cookie, link = {"HTTP_COOKIE": f"__Host-csrftoken={TOKEN[:32]}"}, f"/accounts/link/{TOKEN}/"
    at, shown = "/accounts/login/", f"/accounts/link/{CUT}/"
    said = [
        *told(at, "POST", HTTP_ORIGIN=f"https://{MARK}.test", **cookie),
        *told(at, "POST", HTTP_REFERER=f"https://{MARK}.test/{TOKEN}", **cookie),
        *told(at, "POST", HTTP_ORIGIN="https://clincalc.test"),
        *told(link, HTTP_HOST=f"{MARK}.test"),
    ]
    assert said == [
        f"Refused, Origin checking failed: POST {at}",
        f"Refused, Referer checking failed: POST {at}",
        f"Refused, CSRF cookie not set: POST {at}",
        f"Refused, DisallowedHost: GET {shown}",
    ]
    # Of a fault it has the path with an escape for each sign that is not ASCII.
    asked = RequestFactory().get(f"/report/ä{TOKEN}/")
    log_response("%s: %s", MARK, asked.path, request=asked, response=HttpResponse(status=500))
    (line,) = faults.getvalue().splitlines()[4:]
    assert json.loads(line)["said"] == f"Internal Server Error: GET /report/{CUT}/"


def nginx_hides(path):
    """Whether the map of `deploy/nginx.conf` shows another path than this one."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    (block,) = re.findall(r"map \$uri \$clincalc_path \{(.*?)\n\}", text, re.S)
    rules = [line.split()[0] for line in block.strip().splitlines()[1:]]
    assert all(rule.startswith("~") for rule in rules)
    return any(re.search(rule[1:].replace("(?<", "(?P<"), path) for rule in rules)


def test_each_address_that_holds_a_secret_is_cut():
    """Whatever of an address is neither a number nor the name of something that is no person; by nginx too."""
    open_names = {"kind", "part", "transition", "act", "form", "key", "pk", "slug", "number", "one", "other"}

    def routes(resolver, before=""):
        for one in resolver.url_patterns:
            whole = before + str(one.pattern)
            yield from routes(one, whole) if hasattr(one, "url_patterns") else [whole]

    found = []
    for route in routes(get_resolver()):
        names = [name.partition(":")[2] or name for name in re.findall(r"<([^>]+)>", route)]
        if route.startswith("admin/") or set(names) <= open_names:
            continue
        found.append(route)
        shown = shown_path("/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda one: "x" if one[1] in open_names else MARK, route))
        assert MARK not in shown, route
        assert nginx_hides("/" + re.sub(r"<(?:\w+:)?\w+>", MARK, route)), route
    assert len(found) > 3


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/drugs/interferon-beta-1a-for-subcutaneous-use/", "/drugs/interferon-beta-1a-for-subcutaneous-use/"),
        ("/report/", "/report/"),
        (f"/report/{MARK}", f"/report/{CUT}"),
        (f"/x/{TOKEN}/y", f"/x/{CUT}/y"),
        ("/x/ada@example.org", f"/x/{CUT}"),
        ("/desk/people/ada/do/close/", f"/desk/people/{CUT}/do/close/"),
        (f"/report/a/{TOKEN}", f"/report/{CUT}/{CUT}"),
        ("/" + "a" * 5_000, "/" + "a" * 299),
    ],
)
def test_a_path_is_shown_without_what_opens_something(path, shown):
    assert shown_path(path) == shown


def test_whatever_is_in_a_path_a_line_stays_one_line_and_its_end_is_the_callers(written):
    _application, so_far, _faults = written

    def app(environ, start_response):
        start_response("200 OK", [])
        return [b"ab", b"c"]

    log = RequestLog(app, written[0].to)
    for path in ("/a\nb", "/\u2028", "/" + quote("ä"), "/\xc3\xa4", "/\xff", "/\x00"):
        assert ask(log, path)[0] == 200
        said = so_far()
        assert said.isascii()
        assert said.count("\n") == 1
        assert json.loads(said)["bytes"] == 3


def test_an_id_is_believed_of_our_own_proxy_alone(settings, written):
    application, so_far, _faults = written
    given = "0123456789abcdef" * 2
    found = []
    for proxies, said in ((0, given), (1, given), (1, f"{given}0"), (1, MARK)):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
        ask(
            RequestLog(lambda _environ, start: start("204 No Content", []) or [], application.to),
            "/",
            HTTP_X_REQUEST_ID=said,
        )
        found.append(json.loads(so_far())["request"])

    assert [one == given for one in found] == [False, True, False, False]
    assert {len(one) for one in found} == {32}


def test_a_log_that_cannot_be_written_hinders_no_answer():
    reading, writing = os.pipe()
    for end in (reading, writing):
        os.close(end)

    log = RequestLog(lambda _environ, start: start("200 OK", []) or [b"x"], writing)

    assert ask(log, "/") == (200, b"x")


def test_what_the_application_raises_is_a_line_too(written):
    application, so_far, _faults = written

    def app(environ, start_response):
        raise KeyError(MARK)

    with pytest.raises(KeyError):
        ask(RequestLog(app, application.to), "/drugs/")
    assert json.loads(so_far())["status"] == 500
