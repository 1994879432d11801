"""Ticks for "read" on the review page: mine alone, true to the words, with and without a script."""

import pytest

from reviews.models import AuditEvent, Look
from tests import factories as make
from tests.reviews.desk.review.test_review_page import ADDRESS, amended

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
READ = f"{ADDRESS}read/"


def tick_of(client):
    (part,) = client.get(ADDRESS).context["parts"]
    return part.tick


def press(client, tick, **more):
    return client.post(READ, {"part": tick.part, "digest": tick.digest, **more})


def test_it_is_ticked_and_taken_away_and_only_i_see_it(house, enter):
    amended(house)
    client = enter("clinician")
    entries = AuditEvent.objects.count()
    tick = tick_of(client)
    assert not tick.is_read

    answer = press(client, tick)

    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/review/#tick-{tick.part}")
    assert tick_of(client).is_read
    assert "You have read all 1." in client.get(ADDRESS).content.decode()
    assert not tick_of(enter("pharmacist")).is_read
    press(client, tick, off="1")
    assert not tick_of(client).is_read
    assert AuditEvent.objects.count() == entries


def test_other_words_are_not_read(house, enter):
    edition = amended(house)
    client = enter("clinician")
    tick = tick_of(client)
    press(client, tick)
    edition = make.perform(
        "send-back", editions=[edition], actor=house.clinician, digest=make.seen(edition), reason="No."
    )[0].edition
    make.reword(edition, "monitoring", "Tests go on for 60 months.", actor=house.people["editor2"])
    make.submit(house, edition)

    now = tick_of(client)

    assert now.is_stale
    assert "Changed since you read it" in client.get(ADDRESS).content.decode()
    said = press(client, tick).wsgi_request
    assert tick_of(client).is_stale  # an old page ticks nothing
    assert said is not None


def test_with_a_script_the_tick_alone_is_exchanged_with_the_count(house, enter):
    amended(house)
    client = enter("clinician")

    answer = client.post(
        READ, {"part": tick_of(client).part, "digest": tick_of(client).digest}, headers={"HX-Request": "true"}
    )

    html = answer.content.decode()
    assert answer.status_code == 200
    assert answer["X-Part"] == "done"
    assert "<h1" not in html
    assert "Not read after all" in html
    assert 'id="read-count" role="status" data-hx-swap-oob="true">You have read all 1.' in html


@pytest.mark.parametrize("part", ["", "header", "nothing", "0" * 5000])
def test_what_did_not_change_is_not_ticked(house, enter, part):
    amended(house)

    answer = enter("clinician").post(READ, {"part": part, "digest": "0" * 64})

    assert answer.status_code == 302
    assert not Look.objects.exclude(part="").exists()


def test_who_cannot_sign_has_no_tick_and_whoever_asks_for_the_address_is_led_to_the_page(house, enter):
    amended(house)

    assert "I have read this" not in enter("auditor").get(ADDRESS).content.decode()
    assert enter("clinician").get(READ)["Location"] == ADDRESS
    assert enter("nobody").post(READ).status_code == 403
    assert enter("").post(READ).status_code == 302


def test_of_a_first_edition_each_part_is_ticked_where_it_is_read(house, enter):
    make.submit(house, make.draft(house))
    client = enter("clinician")
    page = client.get(ADDRESS)
    html = page.content.decode()
    whole = html.split('aria-label="The whole page"')[1]
    ticks = {part.tick.part: part.tick for part in page.context["parts"]}
    assert len(ticks) == page.context["part_count"] > 3
    for part in ticks:
        assert html.count(f'id="tick-{part}"') == 1, part
    aside = {part for part in ticks if f'id="tick-{part}"' not in whole}  # a page that is not there yet is not linked
    assert aside == {str(one.key) for one in make.document().related}

    for tick in ticks.values():
        assert press(client, tick).status_code == 302

    html = client.get(ADDRESS).content.decode()
    assert f"You have read all {len(ticks)}." in html
    assert html.count('<strong class="small">Read</strong>') == len(ticks)
    assert "I have read this" not in html
    assert "read-tick" not in enter("editor").get("/desk/monographs/testazumab/preview/").content.decode()
