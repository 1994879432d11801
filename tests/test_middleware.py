"""What browsers and caches are told with every answer: whole headers, on each kind of page."""

import pytest
from django.db import DatabaseError, OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse

from clincalc import middleware
from monographs.public.caching import CACHE_CONTROL
from reviews.audit.trail import WriteLockTimeout
from tests import factories as make
from tests.forms import forms_of
from tests.test_access import PUBLIC, routes

pytestmark = pytest.mark.any_database

PRIVATE = "no-store, private"
NEVER = "max-age=0, no-cache, no-store, must-revalidate, private"
POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:",
    "font-src": "'self'", "connect-src": "'self'", "manifest-src": "'self'", "form-action": "'self'",
    "base-uri": "'none'", "frame-ancestors": "'none'",
}  # fmt: skip
TOLD = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def policy_of(answer):
    """The whole Content-Security-Policy: directive -> sources."""
    return dict(one.strip().split(" ", 1) for one in answer.headers["Content-Security-Policy"].split(";"))


@pytest.fixture
def page(house):
    make.published(house)
    return house


@pytest.mark.django_db
def test_every_kind_of_page_tells_browsers_all_that_protects_it(page, client):
    signed_in, administrator, nobody = Client(), Client(), Client()
    signed_in.force_login(page.editor)
    nobody.force_login(page.nobody)
    administrator.force_login(page.admin)
    kinds = {
        "public": (client, "/drugs/testazumab/", 200), "data": (client, "/drugs/testazumab/monograph.json", 200),
        "feed": (client, "/updates/feed/", 200), "keys": (client, "/.well-known/clincalc-keys.json", 200),
        "report": (client, "/report/", 200), "health": (client, "/health/live", 200),
        "moved": (client, "/drugs/testazumab-drug/", 302), "nothing": (client, "/nothing/", 404),
        "login": (client, "/accounts/login/", 200), "sent to the login": (client, "/desk/", 302),
        "desk": (signed_in, "/desk/reports/", 200), "admin": (administrator, "/admin/auth/user/", 200),
        "not allowed": (nobody, "/desk/reports/", 403),
    }  # fmt: skip
    for kind, (who, path, status) in kinds.items():
        answer = who.get(path)
        assert answer.status_code == status, kind
        assert policy_of(answer) == POLICY, kind
        assert {name: answer.headers.get(name) for name in TOLD} == TOLD, kind
        assert "Strict-Transport-Security" not in answer.headers, kind
    with_tls = client.get("/drugs/testazumab/", secure=True).headers["Strict-Transport-Security"]
    assert with_tls == "max-age=63072000; includeSubDomains"


@pytest.mark.django_db
def test_each_cookie_is_hidden_from_scripts_and_from_other_sites(house):
    browser = Client()
    browser.get("/accounts/login/")
    browser.post("/accounts/login/", {"login": "clinician", "password": make.PASSWORD})
    page = browser.get(reverse("profile")).content.decode()
    (form,) = [one for one in forms_of(page) if one.action == reverse("profile_interests")]
    browser.post(form.action, form.filled())  # it says what it did

    kept = {
        name: (bool(one["secure"]), bool(one["httponly"]), one["samesite"], one["path"], one["domain"])
        for name, one in browser.cookies.items()
    }

    assert kept == {
        "__Host-session": (True, True, "Lax", "/", ""),
        "__Host-csrf": (True, True, "Lax", "/", ""),
        "messages": (True, True, "Lax", "/", ""),
    }
    assert browser.cookies["__Host-session"]["max-age"] == ""  # it ends with the browser


def addresses():
    """(name, address) of every route: those of the admin's that need no object, and all others."""
    given = {"slug": "testazumab", "kind": "section", "transition": "submit", "token": "nothing", "number": 1, "one": 1}
    given |= {
        "other": 2,
        "pk": 1,
        "username": "editor",
        "act": "verify",
        "form": "csv",
        "key": str(make.key("monitoring")),
        "part": str(make.key("monitoring")),
    }
    for name, pattern, _entry in routes():
        if pattern.startswith("admin/"):
            if "<" not in pattern:
                yield name, f"/{pattern}"
        else:
            fields = {field: value for field, value in given.items() if f"{field}>" in pattern}
            yield name, reverse(name, kwargs=fields | ({"slug": "neurology"} if name == "class" else {}))


@pytest.mark.django_db
def test_every_route_says_who_may_keep_its_answer(page, client):
    """What lies behind the login is kept by nobody, whoever asks and whatever the answer; what is public is kept for a
    minute by everybody; what is one reader's, or true for the moment only, by nobody."""
    administrator = Client()
    administrator.force_login(page.admin)
    own = {"report": NEVER, "live": NEVER, "ready": NEVER, "keys": None, "jwks": None}
    private, kept, not_there = set(), set(), set()

    for name, path in addresses():
        for who, method in ((client, "get"), (administrator, "get"), (client, "post")):
            answer = getattr(who, method)(path)
            told = answer.headers.get("Cache-Control")
            if path.startswith(("/desk/", "/accounts/", "/admin/")):
                assert told == PRIVATE, (name, path, method)
                private.add(name)
            elif method == "post":
                assert told in (None, NEVER, "no-cache"), (name, path)
            elif answer.status_code == 404:
                assert told == "no-cache", (name, path)
                not_there.add(name)
            else:
                assert told == own.get(name, CACHE_CONTROL), (name, path)
                kept.add(name)

    assert not_there == {"compare_chosen", "compare_editions", "receipt"}
    assert kept | not_there == {name for name in PUBLIC if not name.startswith(("admin", "account", "mfa"))}
    assert {"queue", "account_login", "account_logout", "account_reauthenticate", "admin:login"} < private
    for path in ("/desk/nothing/", "/accounts/nothing/", "/admin/nothing/"):
        assert client.get(path).headers["Cache-Control"] == PRIVATE


@pytest.mark.django_db
def test_a_receipt_is_kept_by_nobody(page, client):
    said = {"text": "The interval is wrong.", "harm": "no"}
    sent = client.post("/report/", said)
    receipt = client.get(sent.headers["Location"])

    assert (sent.status_code, receipt.status_code) == (303, 200)
    assert (sent.headers["Cache-Control"], receipt.headers["Cache-Control"]) == (NEVER, NEVER)


@pytest.mark.parametrize(
    ("exception", "status"),
    [
        (WriteLockTimeout(), 503),
        (OperationalError("locked"), 503),
        (DatabaseError("other"), None),
        (ValueError("ours"), None),
    ],
)
def test_only_a_busy_database_is_tried_again(exception, status):
    answer = middleware.busy(lambda request: None).process_exception(RequestFactory().get("/desk/"), exception)

    assert (answer and answer.status_code) == status
    if answer:
        assert (answer.headers["Retry-After"], answer.headers["Cache-Control"]) == ("5", "no-cache")


@pytest.mark.django_db
def test_the_use_of_a_session_is_noted_once_a_minute_and_counts_from_then(house, client, monkeypatch):
    began = 1_800_000_000
    now = began
    monkeypatch.setattr(middleware.time, "time", lambda: now)
    client.force_login(house.editor)

    # (seconds since the beginning, whether the desk opens, when its use was noted last)
    for later, opens, noted in (
        (0, True, 0), (60, True, 0), (61, True, 61), (3661, True, 3661), (3662, True, 3661), (7262, False, None),
    ):  # fmt: skip
        now = began + later
        assert client.get("/desk/").status_code == (200 if opens else 302), later
        assert client.session.get("used") == (None if noted is None else began + noted), later


@pytest.mark.django_db
def test_a_public_page_is_no_use_of_a_session(page, client, monkeypatch):
    client.force_login(page.editor)
    client.get("/desk/")
    noted = client.session["used"]
    monkeypatch.setattr(middleware.time, "time", lambda: noted + 4000)

    assert client.get("/drugs/testazumab/").status_code == 200
    assert client.session["used"] == noted
    assert client.get("/desk/").status_code == 302
