"""Somebody holds the write lock for longer than five seconds: 503, to be tried again, and nothing that was typed is lost."""

import asyncio
import multiprocessing
import threading
import time

import pytest
from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection, models, transaction
from django.test import Client

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.models import Section
from reviews.audit.trail import audited_write
from reviews.changes import change_set
from tests import factories as make
from tests.processes import running

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_writer_waits_five_seconds_and_keeps_the_words(client, house):
    edition = make.draft(house)
    section = build(edition).sections[1]
    client.force_login(house.editor)

    def hold():
        with audited_write(actor=house.editor2) as trail:
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


def test_another_thread_connection_or_task_has_no_pen(house):
    edition = make.draft(house)
    outcomes = []

    def write():
        try:
            models.QuerySet(Section).update(text="x")
        except DatabaseError as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    if connection.vendor == "postgresql":  # on SQLite another writer waits for the whole of the act
        with audited_write(actor=house.editor) as trail, change_set(trail, edition=edition, reason="Held") as change:
            thread = threading.Thread(target=write)
            thread.start()
            thread.join()
            shown = build(edition).sections[0]
            change.save(shown.replaced(text="Mine"), seen=make.digest_of_part(shown))
    else:
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    asyncio.run(sync_to_async(write)())

    assert outcomes == ["IntegrityError", "IntegrityError"]
    assert not Section.objects.filter(text="x").exists()


def test_a_page_of_the_desk_whose_session_cannot_be_kept_is_tried_again(house):
    """Its use is noted once a minute: whoever keeps the database from that gets the reader a 503, not a 400."""
    make.draft(house)
    client = Client(raise_request_exception=False)
    client.force_login(house.editor)
    held = multiprocessing.Event()

    def hold():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "LOCK TABLE django_session IN EXCLUSIVE MODE"
                if connection.vendor == "postgresql"
                else "UPDATE django_session SET session_key = session_key"
            )
            held.set()
            time.sleep(60)

    with running(hold):
        assert held.wait(30)
        answers = [client.get("/desk/"), client.post("/desk/monographs/testazumab/do/submit/")]

    for answer in answers:
        assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "5")
    assert b"503. The fault is ours" in answers[0].content
    assert client.get("/desk/").status_code == 200
