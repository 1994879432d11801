"""What stands at the places of a page beside its words."""

from django.template import Context, Template

LINK = Template('{% load places %}<h2>Cautions</h2>{% edits key "Cautions" %}')


def test_a_part_has_its_edit_beside_it_where_the_page_gives_one():
    shown = LINK.render(Context({"key": "k1", "edits": {"k1": "/there/?a=1&b=2"}}))

    assert shown == (
        '<h2>Cautions</h2><a class="btn btn-quiet to-edit" href="/there/?a=1&amp;b=2">Edit'
        '<span class="vh"> Cautions</span></a>'
    )


def test_nothing_is_printed_for_readers_nor_of_a_part_that_cannot_be_edited():
    for edits in ({}, {"edits": None}, {"edits": {"k2": "/there/"}}):
        assert LINK.render(Context({"key": "k1", **edits})) == "<h2>Cautions</h2>"
