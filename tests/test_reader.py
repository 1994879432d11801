"""A stranger's request inside another one: through the door of every reader, and without harm to whoever asks."""

import gzip

import pytest
from django.db import connection

from clincalc import reader
from tests import factories as make

pytestmark = pytest.mark.django_db

PAGE = "/drugs/testazumab/"


@pytest.fixture
def page(house):
    from clincalc.wsgi import front  # it reads the database when it is imported

    front.pages.clear()
    make.published(house)
    return front


def test_it_is_answered_by_the_front_door_of_this_process(page):
    status, headers, body = reader.ask(PAGE)

    assert status == 200
    assert b"Tests go on for years." in body
    assert "content-security-policy" in headers
    (kept,) = page.pages.values()
    assert kept.body == body
    assert reader.ask(PAGE, if_none_match=headers["etag"])[0] == 304
    zipped = reader.ask(PAGE, accept_encoding="gzip")
    assert (zipped[1]["content-encoding"], gzip.decompress(zipped[2])) == ("gzip", body)


def test_a_query_and_what_is_not_there_are_asked_for_too(page):
    assert b"testazumab/" in reader.ask("/search/?q=testazumab")[2]
    assert reader.ask("/drugs/%C3%A9/")[0] == 404
    assert reader.ask("/desk/")[0] == 302  # whoever asks is not signed in


def test_whoever_asks_keeps_the_connection(page):
    before = connection.connection

    reader.ask(PAGE)

    assert connection.connection is before
    assert connection.in_atomic_block


def test_it_is_asked_as_a_reader_of_the_sites_own_address_asks(page, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert reader.ask(PAGE)[0] == 200
    settings.SITE_URL, settings.SECURE_SSL_REDIRECT = "http://127.0.0.1:8000", False
    settings.SECURE_PROXY_SSL_HEADER = None
    assert reader.ask(PAGE)[0] == 200
