"""The edition that a module made (its `made`), and an editor at its page."""

import pytest


@pytest.fixture
def edition(made):
    return made.edition


@pytest.fixture
def editor(client, house):
    client.force_login(house.editor)
    return client
