"""Accounts in the admin: looked at by administrators, and never written there."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client

from monographs.triggers import ACCOUNT_COLUMNS
from reviews.access.grants import give, take
from reviews.models import AuditEvent
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_only_accounts_are_kept_there_with_these_fields(house, client):
    client.force_login(house.admin)
    kept = [model for model in apps.get_models() if admin.site.is_registered(model)]
    ours = admin.site.get_model_admin(User)

    assert kept == [User]
    assert ours.fields == ("username", "first_name", "last_name", "email", "is_active", "last_login", "date_joined")
    assert ours.list_filter == ("is_active",)
    page = client.get("/admin/auth/user/").content.decode()
    assert 'name="action"' not in page
    for query, found in (("editor2", True), ("editor2@example.org", True), ("nothing", False)):
        assert ("editor2</a>" in client.get("/admin/auth/user/", {"q": query}).content.decode()) == found, query
    html = client.get(f"/admin/auth/user/{house.editor.pk}/change/").content.decode()
    assert "editor@example.org" in html
    assert not [name for name in ACCOUNT_COLUMNS if f'name="{name}"' in html]
    assert house.editor.password not in html


WRITES = [
    "/admin/auth/user/add/", "/admin/auth/user/{pk}/change/", "/admin/auth/user/{pk}/delete/",
    "/admin/auth/user/{pk}/password/", "/admin/auth/user/", "/admin/password_change/", "/admin/password_change/done/",
]  # fmt: skip
GIVEN = {
    "username": "newcomer", "first_name": "New", "email": "n@example.org", "is_superuser": "on", "is_staff": "on",
    "password": "another horse battery", "password1": "another horse battery", "password2": "another horse battery",
    "old_password": make.PASSWORD, "new_password1": "another horse battery", "new_password2": "another horse battery",
    "post": "yes", "usable_password": "true", "_save": "Save", "action": "delete_selected",
}  # fmt: skip


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize("name", ["admin", "editor", "nobody"])
def test_nothing_of_an_account_is_written_there(house, client, path, name):
    before, entries = list(User.objects.order_by("pk").values(*ACCOUNT_COLUMNS)), AuditEvent.objects.count()
    client.force_login(house.people[name])

    answer = client.post(path.format(pk=house.clinician.pk), {**GIVEN, "_selected_action": str(house.clinician.pk)})

    assert answer.status_code in (302, 403, 404) or (name, path) == ("admin", "/admin/auth/user/")
    assert (list(User.objects.order_by("pk").values(*ACCOUNT_COLUMNS)), AuditEvent.objects.count()) == (before, entries)


def test_whoever_lost_the_right_looks_at_nothing_there(house, client):
    client.force_login(house.admin)
    assert client.get("/admin/auth/user/").status_code == 200
    give(house.nobody, "administrator", actor=house.admin)
    take(house.admin.grants.get(), actor=house.nobody, reason="They do something else now")
    make.changed_account(house.admin, is_superuser=True, is_staff=True)

    assert client.get("/admin/auth/user/").status_code in (302, 403)


def test_nobody_sets_the_password_of_another_there(house, client):
    client.force_login(house.admin)
    given = {"password": "another horse battery", "password1": "another horse battery"}
    given |= {"password2": "another horse battery", "usable_password": "true"}
    account = f"/admin/auth/user/{house.clinician.pk}/"

    for path in (f"{account}password/", f"{account}change/password/", f"{account}password/change/"):
        assert b"password1" not in client.get(path, follow=True).content
        client.post(path, given)
    client.post(f"{account}change/", {"username": "clinician", "is_active": "on", **given})

    assert User.objects.get(pk=house.clinician.pk).check_password(make.PASSWORD)


def test_a_closed_account_signs_in_no_more(house, client):
    client.force_login(house.editor)
    assert client.get("/desk/").status_code == 200
    make.changed_account(house.editor, is_active=False)

    assert client.get("/desk/").status_code == 302
    other = Client(raise_request_exception=False)
    other.post("/accounts/login/", {"login": "editor", "password": make.PASSWORD})
    assert other.get("/desk/").status_code == 302
