"""Pages for what went wrong: they say what was lost (nothing), what to do, and read neither session nor row."""

import re

import psycopg
import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import reverse

from clincalc import errors
from reviews.audit.trail import WriteLockTimeout
from tests import factories as make
from tests.test_access import routes

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("view", "status"),
    [
        (errors.bad_request, 400),
        (errors.forbidden, 403),
        (errors.csrf_failure, 403),
        (errors.not_found, 404),
        (errors.failed, 500),
        (errors.unavailable, 503),
    ],
)
def test_a_page_for_what_went_wrong_needs_no_database_and_no_cookie(view, status):
    # No mark for the database: a query would fail this test.
    response = view(RequestFactory().get("/anything/"))

    html = response.content.decode()
    assert response.status_code == status
    assert f"{status}." in html
    assert response.cookies == {}
    assert "Vary" not in response
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers.get("Retry-After") == ("5" if status == 503 else None)
    assert "csrfmiddlewaretoken" not in html
    assert re.findall(r"<script(?! src=)|\sstyle=", html) == []


def test_the_reference_of_a_failure_is_in_the_log(caplog):
    response = errors.failed(RequestFactory().get("/drugs/x%0Aforged/?q=secret"))

    reference = re.search(r'<code class="q">([0-9a-f]{8})</code>', response.content.decode())[1]
    (message,) = [record.getMessage() for record in caplog.records if record.name == "clincalc.errors"]
    assert reference in message
    assert "\n" not in message
    assert "secret" not in message


def test_each_page_says_what_was_lost_and_what_to_do():
    request = RequestFactory().get("/anything/")
    said = {
        errors.bad_request: "That request makes no sense here",
        errors.forbidden: "You do not have permission. Nothing was changed.",
        errors.csrf_failure: "or came from another site. Nothing was changed. Go back, reload the page, and send it again.",
        errors.not_found: "The address may be mistyped, or nothing is published under this name.",
        errors.failed: "The fault is ours; nothing you wrote was changed.",
        errors.unavailable: "Go back and try again in a few seconds.",
    }
    for view, words in said.items():
        assert words in view(request).content.decode(), view.__name__


def test_the_reason_of_a_refusal_is_told_as_text():
    html = errors.forbidden(RequestFactory().get("/x/"), PermissionDenied("</script><i>\"&'")).content.decode()

    assert '<p class="lead">403. &lt;/script&gt;&lt;i&gt;&quot;&amp;&#x27; Nothing was changed.</p>' in html
    assert "<i>" not in html


def test_an_address_that_is_not_there_is_answered_alike_whoever_asks_for_what(client):
    nothing = errors.not_found(RequestFactory().get("/x/"), Exception("<i>")).content

    assert errors.not_found(RequestFactory().post("/y/?q=z")).content == nothing
    assert client.get("/nothing/<i>/?q=<i>").content == nothing


def test_the_house_answers_with_its_own_pages_when_a_view_fails(client, monkeypatch, caplog):
    def fails(*arguments):
        raise RuntimeError("secret of the house")

    client.raise_request_exception = False
    monkeypatch.setattr("clincalc.health.HttpResponse", fails)
    answer = client.get("/health/live")

    assert answer.status_code == 500
    assert "Something went wrong here" in answer.content.decode()
    assert "secret of the house" not in answer.content.decode()
    assert any(record.getMessage().endswith("GET '/health/live' failed") for record in caplog.records)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "changes", "status"),
    [
        ("/desk/", {"HTTP_HOST": "evil.example"}, 400),
        ("/accounts/login/", {"method": "post"}, 403),
        ("/nothing/", {}, 404),
    ],
)
def test_what_django_refuses_is_said_on_a_page_of_the_house(path, changes, status):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    method = changes.pop("method", "get")
    answer = getattr(client, method)(path, **changes)

    assert (answer.status_code, f">{status}. " in answer.content.decode()) == (status, True)


# -- Without static files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("view", "status"),
    [
        (errors.bad_request, 400), (errors.forbidden, 403), (errors.csrf_failure, 403), (errors.not_found, 404),
        (errors.failed, 500), (errors.unavailable, 503), (lambda _request: errors.refused(415, "We read UTF-8."), 415),
    ],
)  # fmt: skip
@pytest.mark.parametrize("missing", ["the manifest", "everything"])
def test_a_page_for_what_went_wrong_needs_no_static_files(
    view, status, missing, settings, tmp_path, monkeypatch, caplog
):
    """And the log tells why it stands in the bare frame."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    if missing == "everything":
        monkeypatch.setattr("clincalc.errors.site", lambda: {"DEMO": False})
        monkeypatch.setattr("django.templatetags.static.StaticNode.handle_simple", lambda *given: 1 / 0)
    with_all = view(RequestFactory().get("/anything/")).content.decode()

    assert f"{status}." in with_all
    assert "<link" not in with_all
    (told,) = [one for one in caplog.records if "bare frame" in one.getMessage()]
    assert told.levelname == "WARNING"
    assert ("ValueError, stored_name line" if missing == "the manifest" else "ZeroDivisionError, ") in told.getMessage()
    assert with_all.count("<main") == with_all.count("</html>") == 1


# -- Without a database ------------------------------------------------------------------------------------------------


def of_the_desk() -> list[str]:
    values = {"slug": "testazumab", "key": make.key("monitoring"), "kind": "section", "transition": "submit", "pk": 1}
    values |= {"username": "editor", "act": "verify", "part": make.key("monitoring"), "form": "csv"}
    return [
        reverse(name, kwargs={field: value for field, value in values.items() if f"{field}>" in pattern})
        for name, pattern, _entry in routes()
        if pattern.startswith("desk/")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [OperationalError("gone"), InterfaceError("connection already closed")])
def test_without_a_database_every_address_says_so_behind_the_login_too(house, monkeypatch, fault):
    make.published(house)
    client = Client(raise_request_exception=False)
    client.force_login(house.editor)

    def gone(*given, **more):
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "cursor", gone)
        paths = of_the_desk()
        paths += [
            "/",
            "/drugs/",
            "/drugs/testazumab/",
            "/search/?q=x",
            "/updates/feed/",
            "/sitemap.xml",
            "/admin/",
            "/report/x",
        ]
        answers = {
            (path, method): getattr(client, method)(path, headers={"sec-fetch-site": "same-origin"})
            for path in paths
            for method in ("get", "post")
        }

    told = {asked: answer for asked, answer in answers.items() if answer.status_code not in (301, 403, 404, 405)}
    assert {answer.status_code for answer in told.values()} == {503}
    assert {asked[0] for asked in told} >= set(paths) - {"/report/x"}
    for answer in told.values():
        assert answer.headers["Retry-After"] == "5"
        assert b"503. The fault is ours" in answer.content


@pytest.mark.parametrize(
    ("exception", "is_away"),
    [
        (OperationalError("gone"), True), (InterfaceError("closed"), True), (WriteLockTimeout(), True),
        (psycopg.errors.lookup("53100")("disk full"), True), (psycopg.errors.lookup("XX000")("file too large"), True),
        (psycopg.errors.lookup("58030")("I/O error"), True), (psycopg.errors.lookup("25P02")("aborted"), False),
        (DatabaseError("no row"), False), (KeyError("x"), False),
    ],
)  # fmt: skip
def test_whose_fault_it_is_is_told_by_what_was_raised(exception, is_away):
    assert errors.is_of_the_database(exception) is is_away
    for answered in (Http404("no"), PermissionDenied("no")):
        answered.__context__ = exception
        assert not errors.is_of_the_database(answered)  # else what is closed would not look like what is not there


def test_what_failed_because_the_database_was_away_is_told_by_its_causes():
    def raised(*chain):
        try:
            raise chain[0]
        except Exception:
            if len(chain) == 1:
                raise
            raised(*chain[1:])

    def answer(view, *chain):
        try:
            raised(*chain)
        except Exception as exception:
            return (
                view(RequestFactory().get("/x/"), exception).status_code
                if view is errors.bad_request
                else view(RequestFactory().get("/x/")).status_code
            )

    away, interrupted = OperationalError("database is locked"), SessionInterrupted("x")
    assert answer(errors.bad_request, away, UpdateError(), interrupted) == 503
    assert answer(errors.bad_request, UpdateError(), interrupted) == 400
    assert answer(errors.bad_request, DatabaseError("no row"), UpdateError(), interrupted) == 400
    assert answer(errors.failed, away, ValueError()) == 503
    assert answer(errors.failed, ValueError()) == 500
    assert errors.failed(RequestFactory().get("/x/")).status_code == 500
