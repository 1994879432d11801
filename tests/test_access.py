"""Every address of the site is closed, or on this list. Who opens the closed ones: tests/test_access_sweep.py."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PUBLIC = {
    "home", "drugs", "monograph", "monograph_json", "editions", "edition", "compare_editions", "compare_chosen",
    "classes", "class", "search", "updates", "feed", "corrections", "sitemap", "sitemap_file", "robots", "opensearch",
    "about", "report", "receipt", "live", "ready", "keys", "jwks", "certificate", "account_login", "account_link", "account_forgotten", "mfa_authenticate", "account_logout",
    "admin:login", "admin:jsi18n",
}  # fmt: skip


def routes(resolver=None, prefix="", namespace=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            space = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from routes(entry, prefix + str(entry.pattern), space)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", prefix + str(entry.pattern), entry


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
    assert {pattern for _name, pattern, _entry in routes()} >= expected


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


# Where a second factor is set up, and the way out.
BEFORE_FACTOR = {"account", "account_app", "account_passkey", "account_logout"}


def test_the_way_to_a_second_factor_is_open_and_nothing_else_is():
    opened = {name for name, _pattern, entry in routes() if hasattr(entry.callback, "open_to_who_lacks")}

    assert opened == BEFORE_FACTOR
