"""The one page of an edition: every part at its place, gaps in theirs, what is to do, and what comes next."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.pages.page import PLACES
from monographs.vocabulary import SECTION_KINDS
from reviews.desk.editor.context import FORMS
from reviews.desk.editor.one_page import place_of_new
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(scope="module")
def made(once_a_module):
    return SimpleNamespace(edition=make.draft(make.the_house()))


def address(name, *arguments):
    return reverse(name, args=["testazumab", *arguments])


def page(client, person, path):
    client.force_login(person)
    return client.get(path)


def test_every_part_stands_at_one_place_in_the_order_of_the_page(client, house, edition):
    one = page(client, house.editor, address("edit")).context["one"]

    rows = [row for place in one.places for row in place.rows]
    assert sorted(row.key for row in rows) == sorted(str(part.key) for part in build(edition).parts())
    anchors = [place.anchor for place in one.places]
    assert anchors == [one for one in (*PLACES, "references", "related") if one in anchors]
    assert {place.anchor for place in one.places if place.gap} == {kind.slug for kind in one.missing}


def test_what_readers_get_of_a_part_stands_at_it(client, house, edition):
    html = page(client, house.editor, address("edit")).content.decode()

    for row in (
        row for place in page(client, house.editor, address("edit")).context["one"].places for row in place.rows
    ):
        if row.kind == "section":
            assert str(row.piece.html) in html


@pytest.mark.parametrize("kind", FORMS)
def test_the_form_of_a_new_part_stands_at_its_place(client, house, edition, kind):
    one = page(client, house.editor, address("part_new", kind)).context["one"]

    assert [place.anchor for place in one.places if place.is_new] == [place_of_new(kind, "")]


def test_the_form_of_a_new_section_stands_in_the_gap_that_it_fills(client, house, edition):
    for slug in SECTION_KINDS:
        one = page(client, house.editor, f"{address('part_new', 'section')}?section={slug}").context["one"]
        assert [place.anchor for place in one.places if place.is_new] == [slug]


def test_who_changed_a_part_last_is_said_with_the_time(client, house, edition):
    make.reword(edition, "monitoring", "Monthly.", actor=house.editor2)

    one = page(client, house.editor, address("edit")).context["one"]
    who = {row.key: row.who for place in one.places for row in place.rows}
    assert who[str(make.key("monitoring"))].startswith("Changed by Test editor2, ")
    one = page(client, house.editor2, address("edit")).context["one"]
    who = {row.key: row.who for place in one.places for row in place.rows}
    assert who[str(make.key("monitoring"))].startswith("Changed by you, ")


def test_the_next_thing_to_do_is_the_one_below_and_then_the_first(client, house, edition):
    make.reword(edition, "monitoring", "Monthly [@nobody].", actor=house.editor)
    one = page(client, house.editor, address("edit")).context["one"]
    gaps = [place.anchor for place in one.places if place.gap]
    told = next(place.anchor for place in one.places if any(row.to_do for row in place.rows))
    in_order = [place.anchor for place in one.places if place.gap or place.anchor == told]
    assert told in in_order
    assert len(gaps) > 2

    ids = {
        place.anchor: place.adds[0].id if place.gap else f"open-{make.key('monitoring')}"
        for place in one.places
        if place.gap or place.anchor == told
    }
    followed = [one.next_after("header")[1]]
    assert followed[0] == ids[in_order[0]]
    assert one.next_after(str(make.key("monitoring")))[1] == ids[in_order[(in_order.index(told) + 1) % len(in_order)]]


def test_nothing_is_next_where_nothing_is_left(client, house, edition):
    one = page(client, house.editor, address("edit")).context["one"]
    one.places = [replace(place, gap="", rows=[]) for place in one.places]
    one.header_to_do = []

    assert one.next_after("header") == ("", "")


def test_queries_do_not_grow_with_the_parts(client, house, edition, django_assert_num_queries):
    path = address("edit")
    client.force_login(house.editor)
    client.get(path)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(path)
    for number in range(12):
        make.reword(edition, "monitoring", f"Every {number + 2} months.", actor=house.editor)
    with CaptureQueriesContext(connection) as many:
        client.get(path)
    assert len(many) == len(few)


def test_whoever_only_reads_sees_the_page_and_no_form(client, house, edition):
    html = page(client, house.auditor, address("edit")).content.decode()

    assert "data-hx-get" not in html
    assert "htmx" not in html
    assert "Overdose: not written. Readers are told so." in html


def test_what_proofing_will_not_let_pass_is_to_do_at_its_part_and_counted(client, house, edition):
    make.reword(edition, "monitoring", "Give 5 mcg.", actor=house.editor)
    client.force_login(house.editor)

    html = client.get(reverse("edit", args=["testazumab"])).content.decode()

    row = html.split(f'id="part-{make.key("monitoring")}"')[1].split("</section>")[0]
    assert "Write micrograms." in row
    assert "No part lacks anything." not in html


def test_what_the_next_edition_was_copied_from_is_changed_by_nobody_and_not_to_do(client, house):
    live = make.published(house, "liveumab")
    edition = make.start(house, live)
    make.reword(edition, "monitoring", "Tests go on.", actor=house.editor2)
    client.force_login(house.editor)

    html = client.get(reverse("edit", args=["liveumab"])).content.decode()

    assert html.count("Changed by") == 1
