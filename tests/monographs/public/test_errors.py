"""Pages for what went wrong: they say what was lost (nothing), what to do, and read neither session nor row."""

import re

import pytest
from django.test import RequestFactory

from clincalc import errors


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
    assert "csrfmiddlewaretoken" not in html
    assert re.findall(r"<script(?! src=)|\sstyle=", html) == []


def test_the_reference_of_a_failure_is_in_the_log(caplog):
    response = errors.failed(RequestFactory().get("/drugs/x%0Aforged/?q=secret"))

    reference = re.search(r'<code class="q">([0-9a-f]{8})</code>', response.content.decode())[1]
    (message,) = [record.getMessage() for record in caplog.records if record.name == "clincalc.errors"]
    assert reference in message
    assert "\n" not in message
    assert "secret" not in message
