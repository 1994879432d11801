"""An overlay of a kind that this code does not know, as a later version leaves when it is rolled back: no page breaks."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from monographs.models import Monograph, Overlay
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.reports.reminders import remind
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

READERS = (
    "", "drugs/", "drugs/testazumab/", "drugs/testazumab/monograph.json", "drugs/testazumab/editions/",
    "drugs/testazumab/editions/1/", "drugs/testazumab/editions/1...2/", "classes/multiple-sclerosis/",
    "search/?q=testazumab", "updates/", "updates/feed/", "corrections/", "sitemap-1.xml", "report/?page=/drugs/testazumab/",
)  # fmt: skip
DESK = (
    "",
    "monographs/",
    *(f"monographs/testazumab/{one}" for one in ("", "withdraw/", "withdraw/places/", "history/")),
)


def put(house, page, **more):
    """Later kinds are on the list of a later version's constraint."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        with audited_write(actor=house.publisher) as trail:
            live = page.live.number
            row = Overlay(monograph=page, edition=live, act=uuid4(), by=house.publisher, at=trail.at, by_title="publisher",
                          by_role="publisher", **more)  # fmt: skip
            trail.save(row)
            trail.reindex(page)
            verb = "lifted" if row.lifts_id else "withheld"
            kind = {"kind": row.lifts.kind} if row.lifts_id else {}
            trail.record(verb, f"monograph:{page.slug}", data={"overlay": row.pk, **kind})
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
    return row


@pytest.fixture
def page(house):
    second = make.start(house, make.published(house))
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    make.submit(house, second)
    make.sign(second, house.clinician)
    make.publish(house, make.sign(second, house.pharmacist))
    return Monograph.objects.select_related("live").get()


def answers(house):
    """What is not answered with 200, of all that readers and the desk may open."""
    client = Client(raise_request_exception=False)
    found = {one: client.get(f"/{one}").status_code for one in READERS}
    client.force_login(house.pharmacist)
    found |= {f"desk/{one}": client.get(f"/desk/{one}").status_code for one in DESK}
    return {address: status for address, status in found.items() if status != 200}


def test_it_breaks_no_page_while_it_stands_nor_when_it_ended(house, page):
    assert answers(house) == {}

    later = put(house, page, kind="later", reason="It cannot be bought")
    assert answers(house) == {}
    remind()
    html = Client().get("/updates/").content.decode()
    assert "A notice was put over this page." in html
    assert "later" not in html

    put(house, page, kind="lift", lifts=later, reason="It can be bought")
    assert answers(house) == {}
    assert "Notice ended: It can be bought." in Client().get("/updates/").content.decode()
    # A database of that version has a constraint that knows the kind.
    assert [sentence for _seq, sentence in verify() if "CHECK constraint" not in sentence] == []


def test_the_page_is_withdrawn_and_comes_back_with_it(house, page):
    put(house, page, kind="later")

    make.withdraw(page.live.edition, house.publisher, "take_down")
    html = Client().get("/updates/").content.decode()
    assert "Notice. This page was removed later." in html
    make.reinstate(house, page.live.edition)

    assert answers(house) == {}
    assert [one.kind for one in Overlay.objects.unlifted()] == ["later"]


def test_the_history_tells_of_its_end(house, page):
    put(house, page, kind="lift", lifts=put(house, page, kind="later"))
    client = Client()
    client.force_login(house.auditor)

    html = client.get("/desk/monographs/testazumab/history/").content.decode()

    assert "ended notice" in html
