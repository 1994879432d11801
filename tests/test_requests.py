"""Requests that no form of ours would send: refused, and never a fault of ours."""

from urllib.parse import unquote

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import Client

from clincalc.gate import Gate
from tests import factories as make
from tests.servers import ROOT
from tests.test_gate import ask

pytestmark = pytest.mark.django_db

ODD = [
    "",
    "abc",
    "-1",
    "0",
    "99999999999999999999",
    "\x00",
    "\u202e",
    "'\"><script>alert(1)</script>",
    "%s",
    "x" * 5000,
]
PAGES = {
    "/desk/": ["show", "page"],
    "/desk/monographs/": ["state", "class", "page", "q"],
    "/desk/monographs/testazumab/history/": ["edition", "page", "change", "who", "kind"],
    "/desk/monographs/testazumab/edit/section/new/": ["section"],
    "/desk/monographs/testazumab/edit/order/": ["kind"],
    "/desk/monographs/testazumab/review/": ["x"],
    "/accounts/login/": ["next"],
    "/": ["q"],
    "/drugs/testazumab/": ["utm", "edition"],
}


@pytest.mark.each_case
@pytest.mark.parametrize("path", PAGES)
def test_odd_parameters_are_no_fault_of_ours(client, path, house):
    make.published(house)
    client.force_login(house.editor)
    plain = client.get("/drugs/testazumab/").content

    for name in PAGES[path]:
        for value in ODD:
            response = client.get(path, {name: value})
            assert response.status_code in (200, 302, 404), (path, name, value, response.status_code)
            assert b"<script>alert" not in response.content
            if path == "/drugs/testazumab/":
                assert response.content == plain


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/desk/monographs/new/", "/nothing/", "/desk/monographs/testazumab/do/submit/"]
)
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"--\r\n"),
        ("multipart/form-data; boundary=a", b'--a\r\nContent-Disposition: form-data; name="x"\r\n'),
        ("application/json", b"{"),
        ("application/x-www-form-urlencoded", b"%ff=%00&" * 10),
        ("application/x-www-form-urlencoded", b"a=1&" * 2_000),
        ("application/x-www-form-urlencoded", b"a=" + b"x" * 3_000_000),
    ],
)
def test_odd_bodies_are_no_fault_of_ours(path, content_type, body, house):
    make.draft(house)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(house.editor)
    client.cookies["__Host-csrf"] = "a" * 32

    response = client.post(path, data=body, content_type=content_type)

    assert response.status_code < 500, response.status_code


UP = ["..", "%2e%2e", ".%2e", "%252e%252e", "..%5c..", "%c0%ae%c0%ae", "....//..", "..;"]
FOLDERS = [
    "/",
    "/static/",
    "/drugs/",
    "/drugs/testazumab/editions/",
    "/classes/",
    "/report/",
    "/.well-known/",
    "/desk/",
]


@pytest.mark.parametrize("up", UP)
def test_no_address_leads_out_of_the_house(up, house):
    """Neither as it is sent, nor as a server hands it on."""
    make.published(house)
    application = Gate(get_wsgi_application())
    files = ["manage.py", "pyproject.toml", "clincalc/settings.py", "../../etc/passwd"]
    inside = [(ROOT / name).read_bytes()[:60] for name in files[:3]] + [b"root:"]

    for folder in FOLDERS:
        for steps in range(1, 7):
            for name in files:
                sent = f"{folder}{'/'.join([up] * steps)}/{name}"
                handed = {"PATH_INFO": unquote(sent, "latin-1"), "REQUEST_URI": sent}
                status, headers, body = ask(application, **handed)
                assert status in (400, 404) or headers.get("Location", "").startswith("/accounts/login/"), sent
                assert not any(one in body for one in inside), sent
