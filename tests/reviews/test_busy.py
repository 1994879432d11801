"""Somebody holds the pen for longer than five seconds: 503, to be tried again, and nothing that was typed is lost."""

import multiprocessing
import time

import pytest

from monographs.assemble import build
from monographs.document import digest_of_part
from reviews.changes import pen
from tests import factories as make
from tests.processes import running

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_writer_waits_five_seconds_and_keeps_the_words(client, house):
    edition = make.draft(house)
    section = build(edition).sections[1]
    client.force_login(house.editor)

    def hold():
        with pen(actor=house.editor2) as trail:
            trail.record("held", "test")
            held.set()
            time.sleep(60)

    held = multiprocessing.Event()
    path = f"/desk/monographs/testazumab/edit/{section.key}/"
    typed = {"heading": section.heading, "text": "My precious words", "seen": digest_of_part(section)}
    with running(hold):
        assert held.wait(30)
        started = time.monotonic()
        response = client.post(path, typed)
        page = client.get("/drugs/testazumab/")
        took = time.monotonic() - started

    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert b"My precious words" in response.content
    assert page.status_code == 404  # readers do not wait for a writer
    assert 4 < took < 30
    assert build(edition).sections[1].text == section.text
