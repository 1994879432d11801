"""Every address of the site is closed, or on this list; and what is behind the login opens to nobody without a role."""

from uuid import uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PUBLIC = {
    "home", "drugs", "monograph", "monograph_json", "editions", "edition", "compare_editions", "compare_chosen",
    "classes", "class", "search", "updates", "feed", "corrections", "sitemap", "sitemap_file", "robots", "opensearch",
    "about", "report", "receipt", "live", "ready", "keys", "account_login", "account_link", "account_forgotten", "mfa_authenticate", "account_logout",
    "admin:login", "admin:jsi18n",
}  # fmt: skip


def routes(resolver=None, prefix="", namespace=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            space = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from routes(entry, prefix + str(entry.pattern), space)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", prefix + str(entry.pattern), entry


def address(name, pattern):
    values = {
        "slug": "testazumab",
        "key": uuid4(),
        "kind": "section",
        "transition": "submit",
        "pk": 1,
        "username": "editor",
        "act": "verify",
        "token": "abc",
    }
    given = {field: value for field, value in values.items() if f"{field}>" in pattern}
    return reverse(name, kwargs=given)


DESK = [(name, pattern) for name, pattern, _entry in routes() if pattern.startswith("desk/")]


def test_every_route_is_closed_or_on_the_list():
    opened = {name for name, _pattern, entry in routes() if not getattr(entry.callback, "login_required", True)}
    assert opened <= PUBLIC


def test_the_desk_has_the_addresses_that_people_rely_on():
    expected = {
        "desk/", "desk/monographs/", "desk/monographs/new/", "desk/monographs/<slug:slug>/",
        "desk/monographs/<slug:slug>/edit/", "desk/monographs/<slug:slug>/edit/header/",
        "desk/monographs/<slug:slug>/edit/<kind:kind>/new/", "desk/monographs/<slug:slug>/edit/<uuid:key>/",
        "desk/monographs/<slug:slug>/edit/order/", "desk/monographs/<slug:slug>/preview/",
        "desk/monographs/<slug:slug>/review/", "desk/monographs/<slug:slug>/history/",
        "desk/monographs/<slug:slug>/do/<transition>/", "desk/trail/", "desk/reports/", "desk/drugs/", "desk/classes/",
        "desk/people/", "desk/people/<username>/", "desk/first-steps/",
    }  # fmt: skip
    assert {pattern for _name, pattern in DESK} >= expected


@pytest.mark.parametrize(("name", "pattern"), DESK)
def test_a_stranger_is_sent_to_the_login_and_an_account_without_a_role_sees_nothing(client, name, pattern, house):
    make.draft(house)
    path = address(name, pattern)

    for method in ("get", "post"):
        response = getattr(client, method)(path)
        assert (response.status_code, response.headers.get("Location", "")[:16]) in (
            (302, "/accounts/login/"),
            (405, ""),
        ), path
    client.force_login(house.nobody)
    for method in ("get", "post"):
        response = getattr(client, method)(path)
        assert response.status_code in (403, 404, 405), (path, response.status_code)
        assert b"Tests go on for years" not in response.content


@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/password/reset/", "/accounts/email/"])
def test_there_is_no_sign_up(client, path):
    assert client.get(path).status_code == 404


def test_admin_shows_accounts_to_administrators_alone(client, house):
    assert client.get("/admin/").status_code == 302
    client.force_login(house.editor)
    assert client.get("/admin/").status_code in (302, 403)
    client.force_login(house.admin)
    html = client.get("/admin/", follow=True).content.decode()
    assert "/admin/auth/user/" in html
    for absent in ("/admin/auth/group/", "/admin/monographs/", "/admin/reversion/", "password/"):
        assert absent not in html
    html = client.get(f"/admin/auth/user/{house.editor.pk}/change/").content.decode()
    for absent in ("is_superuser", "user_permissions", "groups", "password"):
        assert f'name="{absent}"' not in html
    assert client.post(f"/admin/auth/user/{house.editor.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example/x", "/desk/\r\nX: y"])
def test_signing_in_leads_to_no_other_site(client, target):
    make.the_house()
    response = client.post(
        f"/accounts/login/?next={target}", {"login": "editor", "password": make.PASSWORD, "next": target}
    )
    assert response.status_code == 302
    assert "evil" not in response.headers["Location"]


def test_the_desk_is_kept_by_no_cache(client):
    client.force_login(make.the_house().editor)
    assert client.get("/desk/").headers["Cache-Control"] == "no-store, private"


# -- Every closed address, with the second factor and without ----------------------------------------------------------

CLOSED = [
    (name, pattern)
    for name, pattern, entry in routes()
    if name not in PUBLIC and getattr(entry.callback, "login_required", True) and "<path" not in pattern
]
# Where a second factor is set up, and the way out.
BEFORE_FACTOR = {"account", "account_app", "account_passkey", "account_logout"}


@pytest.fixture
def enrolled(house, settings):
    settings.REQUIRE_MFA = True
    make.draft(house)
    make.second_factor(house.editor)
    return house


def closed_address(name, pattern):
    return "/admin/nowhere/" if "(" in pattern else address(name, pattern)


@pytest.mark.parametrize(("name", "pattern"), CLOSED)
def test_no_closed_address_opens_without_the_second_factor(client, enrolled, name, pattern):
    path = closed_address(name, pattern)

    for method in ("get", "post"):
        client.force_login(enrolled.clinician)  # who has none
        answer = getattr(client, method)(path)
        led = answer.headers.get("Location", "")
        assert (answer.status_code, led) == (302, "/accounts/") or name in BEFORE_FACTOR, (
            path,
            answer.status_code,
            led,
        )
        client.force_login(enrolled.editor)  # who has one, and did not give it
        answer = getattr(client, method)(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/second/"), path
        assert "_auth_user_id" not in client.session


def test_the_way_to_a_second_factor_is_open_and_nothing_else_is():
    opened = {name for name, _pattern, entry in routes() if hasattr(entry.callback, "open_to_who_lacks")}

    assert opened == BEFORE_FACTOR
