"""A second factor as its owner holds it: the steps of a sign-in, and of setting one up."""

import re
from typing import Any

from django.test import Client

from tests import factories as make
from tests.forms import forms_of
from tests.totp import code_of


def secret_on(html: str) -> str:
    found = re.search(r"Key: <code>([A-Z2-7 ]+)</code>", html)
    assert found, "no key on the page"
    return found[1].replace(" ", "")


def sign_in(client: Client, name: str, password: str = make.PASSWORD, **more: str) -> Any:
    return client.post("/accounts/login/", {"login": name, "password": password, **more})


def enrol(client: Client, password: str = make.PASSWORD) -> str:
    """Sets up an app in a session that is open, and answers its secret."""
    html = client.get("/accounts/app/").content.decode()
    secret = secret_on(html)
    (form,) = (one for one in forms_of(html) if "code" in one.fields)
    answer = client.post("/accounts/app/", form.filled(code=code_of(secret), password=password))
    assert answer.status_code == 302, answer.content.decode()
    return secret


def codes_on(client: Client) -> list[str]:
    """The recovery codes that are shown to whoever has just made them."""
    return re.findall(r"<li><code>(\d{8})</code></li>", client.get("/accounts/codes/").content.decode())
