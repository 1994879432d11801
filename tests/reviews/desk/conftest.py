"""A house, and a browser for each of its people."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

Enter = Callable[[str], Client]


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
