"""Accounts in the admin: made without a password, closed and never deleted, and nothing else to be had."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client

from tests import factories as make

pytestmark = pytest.mark.django_db
User = get_user_model()


def test_only_accounts_are_kept_there_with_these_fields(house, client):
    client.force_login(house.admin)
    kept = [model for model in apps.get_models() if admin.site.is_registered(model)]
    ours = admin.site.get_model_admin(User)

    assert kept == [User]
    assert ours.fields == ("username", "first_name", "last_name", "email", "is_active", "last_login", "date_joined")
    assert ours.readonly_fields == ("last_login", "date_joined")
    assert ours.list_filter == ("is_active",)
    page = client.get("/admin/auth/user/").content.decode()
    assert 'name="action"' not in page
    for query, found in (("editor2", True), ("editor2@example.org", True), ("nothing", False)):
        assert ("editor2</a>" in client.get("/admin/auth/user/", {"q": query}).content.decode()) == found, query


def test_a_new_account_opens_by_no_password_and_can_do_nothing(house, client):
    client.force_login(house.admin)
    answer = client.post(
        "/admin/auth/user/add/",
        {"username": "newcomer", "first_name": "New", "last_name": "Comer", "email": "n@example.org", "is_active": "on",
         "is_superuser": "on", "is_staff": "on", "password": make.PASSWORD},
    )  # fmt: skip

    made = User.objects.get(username="newcomer")
    assert answer.status_code == 302
    assert (made.has_usable_password(), made.is_superuser, made.is_staff, made.is_active) == (False, False, False, True)
    assert list(made.grants.all()) == []


def test_a_change_of_an_account_leaves_its_password_and_its_rights(house, client):
    client.force_login(house.admin)
    client.post(
        f"/admin/auth/user/{house.editor.pk}/change/",
        {"username": "editor", "first_name": "Other", "is_superuser": "on"},
    )

    changed = User.objects.get(pk=house.editor.pk)
    assert (changed.first_name, changed.is_active, changed.is_superuser) == ("Other", False, False)
    assert changed.check_password(make.PASSWORD)
    assert [(one.role, one.ended_on) for one in changed.grants.all()] == [("editor", None)]


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
    User.objects.filter(pk=house.editor.pk).update(is_active=False)

    assert client.get("/desk/").status_code == 302
    other = Client(raise_request_exception=False)
    other.post("/accounts/login/", {"login": "editor", "password": make.PASSWORD})
    assert other.get("/desk/").status_code == 302
