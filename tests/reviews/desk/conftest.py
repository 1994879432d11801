"""A house, and a browser for each of its people."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

Enter = Callable[[str], Client]


def post_raw(client: Client, path: str, form: dict[str, Any]) -> Any:
    """Posts a form as bytes: half of a character is something that only a program sends."""
    pairs = [(name, one) for name, value in form.items() for one in (value if isinstance(value, list) else [value])]
    body = urlencode([tuple(str(half).encode("utf-8", "surrogatepass") for half in pair) for pair in pairs])
    return client.post(path, data=body.encode(), content_type="application/x-www-form-urlencoded")


@pytest.fixture
def enter(house) -> Enter:
    """Signs somebody in: `enter("editor")`; `enter("")` is a stranger."""

    def enter(name: str) -> Client:
        client = Client()
        if name:
            client.force_login(house.people[name])
        return client

    return enter


@pytest.fixture
def queries():
    """How many queries a page takes."""

    def count(client: Client, address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    return count
