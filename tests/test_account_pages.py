"""Signing in and out: what stands on the pages, what stays of what was typed, and where they lead."""

import pytest

from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_the_login_keeps_the_name_says_what_is_wrong_and_never_shows_a_password(client, house):
    page = client.get("/accounts/login/?next=/desk/reports/").content.decode()
    assert '<input type="hidden" name="next" value="/desk/reports/">' in page
    assert 'role="alert"' not in page
    assert 'name="csrfmiddlewaretoken"' in page

    answer = client.post("/accounts/login/", {"login": '<i>"editor', "password": "not-my-password"})

    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'role="alert" aria-labelledby="e-t" tabindex="-1" autofocus' in html
    assert "The name or the password is not right." in html
    assert 'name="login" value="&lt;i&gt;&quot;editor"' in html
    assert "<i>" not in html
    assert "not-my-password" not in html
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("login", ["editor", "editor@example.org"])
def test_name_or_address_and_the_password_lead_to_the_asked_page(client, house, login):
    answer = client.post("/accounts/login/", {"login": login, "password": make.PASSWORD, "next": "/desk/reports/"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/reports/")
    assert client.session["_auth_user_id"] == str(house.editor.pk)


def test_demonstration_accounts_stand_there_in_the_demonstration_alone(client, house, settings):
    settings.DEMO = False
    assert "Demonstration" not in client.get("/accounts/login/").content.decode()


def test_signing_out_is_asked_first_and_done_by_a_button(client, house):
    client.force_login(house.editor)

    page = client.get("/accounts/logout/").content.decode()

    assert "Sign out?" in page
    assert '<form method="post">' in page
    assert 'href="/desk/">Stay signed in</a>' in page
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


def test_the_menu_is_for_whoever_is_signed_in(client, house):
    assert 'id="menu"' not in client.get("/accounts/login/").content.decode()
    client.force_login(house.editor)
    html = client.get("/desk/").content.decode()
    assert 'id="menu"' in html
    assert "<strong>Test editor</strong>" in html
    assert 'action="/accounts/logout/" method="post"' in html


def test_the_password_that_is_asked_again_is_a_password_field_and_leads_on(client, house):
    client.force_login(house.editor)

    wrong = client.post("/accounts/reauthenticate/", {"password": "not-my-password", "next": "/desk/"})
    assert wrong.status_code == 200
    assert "That is not your password." in wrong.content.decode()
    assert "not-my-password" not in wrong.content.decode()
    assert 'type="password"' in wrong.content.decode()
    assert '<input type="hidden" name="next" value="/desk/">' in wrong.content.decode()

    right = client.post("/accounts/reauthenticate/", {"password": make.PASSWORD, "next": "/desk/"})
    assert (right.status_code, right.headers["Location"]) == (302, "/desk/")


def test_every_form_of_the_desk_carries_its_token(house, client):
    """As many as there are forms that post; a form that reads carries none."""
    import re

    make.warn(house.clinician, make.published(house).monograph)
    client.force_login(house.pharmacist)
    for path in ("withdraw/", "edit/", "review/", ""):
        html = client.get(f"/desk/monographs/testazumab/{path}").content.decode()
        posts = [
            form for form in re.findall(r"<form[^>]*>.*?</form>", html, re.DOTALL) if 'method="post"' in form[:200]
        ]
        assert posts
        assert all("csrfmiddlewaretoken" in form for form in posts), path
