"""Somebody who could sign is told what it costs before a button makes them an author, and what they can do instead."""

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest_of_part
from reviews.editing import parts
from reviews.models import AuditEvent
from tests import factories as make
from tests.forms import forms_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
ASKS = {"HX-Request": "true"}
ONE, THIRD = make.key("monitoring"), make.key("notice")


def as_clinician(client, house, edition, key):
    """The page of an edition for a clinician who wrote nothing in it, and its address."""
    client.force_login(house.clinician)
    return reverse(key, args=[edition.monograph.slug])


@pytest.mark.parametrize("button", ["down", "put", "restore"])
@pytest.mark.parametrize("headers", [{}, ASKS])
def test_a_button_that_acts_at_once_says_first_what_it_costs_who_could_sign(client, house, button, headers):
    edition = make.draft(house, "costsumab")
    first, last = [str(one.key) for one in build(edition).sections]
    notice = build(edition).by_key()[THIRD]
    seen = digest_of_part(notice)
    parts.remove_part(edition, notice, seen=seen, actor=house.editor)
    sent = {"down": {"seen": [first, last], "down": first}, "put": {"seen": [first, last], "put": f"{last}/{first}"}}
    sent |= {"restore": {"restore": str(THIRD)}}
    address = as_clinician(client, house, edition, "edit" if button == "restore" else "edit_order")
    before = AuditEvent.objects.count()

    answer = client.post(address, sent[button], headers=headers)

    words = answer.content.decode()
    assert (answer.status_code, answer.headers.get("X-Part")) == (200, None)
    assert "Nothing is changed yet." in words
    assert "A draft cannot be sent back" in words
    assert AuditEvent.objects.count() == before
    (form,) = [one for one in forms_of(words) if "knowing" in one.fields]
    done = client.post(form.action, form.filled())
    assert done.status_code == 302
    assert [one.verb for one in AuditEvent.objects.order_by("seq")[before:]] == ["edited"]
    again = client.post(address, sent[button], headers=headers)  # an author by now: it costs nothing more
    assert "Nothing is changed yet." not in again.content.decode()


def test_who_could_not_sign_is_asked_nothing(client, house):
    edition = make.draft(house, "freeumab")
    first, last = [str(one.key) for one in build(edition).sections]
    client.force_login(house.editor)

    answer = client.post(reverse("edit_order", args=["freeumab"]), {"seen": [first, last], "down": first})

    assert answer.status_code == 302
    assert [str(one.key) for one in build(edition).sections] == [last, first]


def test_the_page_of_an_order_says_it_above_its_button(client, house):
    edition = make.draft(house, "orderumab")
    address = as_clinician(client, house, edition, "edit_order")

    assert "You could sign this edition." in client.get(address).content.decode()
    client.force_login(house.editor)
    assert "You could sign this edition." not in client.get(address).content.decode()


def test_where_it_can_be_sent_back_that_is_a_press_away_and_elsewhere_it_says_why_not(client, house):
    edition = make.draft(house, "remarkumab")
    address = as_clinician(client, house, edition, "edit")
    instead = "Send it back with a remark instead"
    assert instead not in client.get(address).content.decode()
    assert "A draft cannot be sent back" in client.get(f"{address}{ONE}/").content.decode()

    make.submit(house, edition)
    link = f'<a href="{reverse("review", args=["remarkumab"])}">{instead}</a>'
    assert link in client.get(address).content.decode()
    client.force_login(house.auditor)
    assert link not in client.get(address).content.decode()

    client.force_login(house.clinician)
    make.published(house, "shownumab")
    assert (
        "What is published cannot be sent back"
        in client.get(f"{reverse('edit', args=['shownumab'])}{ONE}/").content.decode()
    )
