"""Two people at one part, on the page: what is told of a merge, and all three texts of a clash."""

from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from monographs.assemble import build
from monographs.digest import digest_of_part
from reviews.models import ChangeSet
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

BASE = "Tests continue.\n\nBlood count monthly.\n\nTell why."
ADDRESS = reverse("part_edit", args=["testazumab", make.key("monitoring")])


@pytest.fixture(scope="module")
def made(once_a_module):
    edition = make.draft(make.the_house())
    make.reword(edition, "monitoring", BASE, actor=make.the_house().editor2)
    return SimpleNamespace(edition=edition)


def section(edition):
    return build(edition).by_key()[make.key("monitoring")]


def form(edition, text):
    shown = section(edition)
    return {"heading": shown.heading, "text": text, "seen": digest_of_part(shown)}


def at_last_change():
    return f"{localtime(ChangeSet.objects.latest('at').at):%H:%M}"


def test_a_merge_leads_to_the_part_and_says_whose_changes_are_in(client, house, edition):
    mine = form(edition, BASE.replace("monthly", "weekly"))
    make.reword(edition, "monitoring", BASE.replace("Tell why", "Tell all why"), actor=house.editor2)
    at = at_last_change()
    client.force_login(house.editor)

    response = client.post(ADDRESS, mine, follow=True)

    assert response.redirect_chain == [(ADDRESS, 302)]
    html = response.content.decode()
    assert f"Your change and that of Test editor2 at {at} are both in: look at it." in html
    assert "Monitoring is saved." in html
    assert section(edition).text == "Tests continue.\n\nBlood count weekly.\n\nTell all why."


def test_a_merge_with_my_own_other_window_says_so(client, house, edition):
    mine = form(edition, BASE.replace("monthly", "weekly"))
    make.reword(edition, "monitoring", BASE.replace("Tell why", "Tell all why"), actor=house.editor)
    client.force_login(house.editor)

    html = client.post(ADDRESS, mine, follow=True).content.decode()

    assert f"Your change and the one that you made at {at_last_change()} in another window are both in" in html


def test_a_clash_shows_what_both_began_with_and_who_had_saved_it(client, house, edition):
    at = at_last_change()
    mine = form(edition, BASE.replace("monthly", "weekly"))
    make.reword(edition, "monitoring", BASE.replace("monthly", "daily"), actor=house.clinician)
    client.force_login(house.editor)

    response = client.post(ADDRESS, mine)

    html = " ".join(response.content.decode().split())
    assert response.status_code == 409
    assert f"What you both began with, as Test editor2 saved it at {at}</h3>" in html
    base = html.index("What you both began with")
    assert base < html.index("monthly", base) < html.index("Text, before</h4>")
    assert html.index("Text, before</h4>") < html.index("Text, yours</h4>")
    assert "daily" in html[html.index("Text, before</h4>") :]


def test_a_clash_over_what_stood_there_when_the_edition_began(client, house):
    made = make.published(house, "oldumab")
    edition = make.start(house, made)
    mine = form(edition, "Mine.")
    make.reword(edition, "monitoring", "Theirs.", actor=house.editor2)
    client.force_login(house.editor)

    html = client.post(ADDRESS.replace("testazumab", "oldumab"), mine).content.decode()

    assert "What you both began with, as this edition began</h3>" in html
    assert "Tests go on for years." in html


@pytest.mark.parametrize("seen", ["", "x", "0" * 64])
def test_a_clash_from_nowhere_shows_two(client, house, edition, seen):
    make.reword(edition, "monitoring", "Theirs.", actor=house.editor2)
    client.force_login(house.editor)

    response = client.post(ADDRESS, {**form(edition, "Mine."), "seen": seen})

    assert response.status_code == 409
    assert "What you both began with" not in response.content.decode()
