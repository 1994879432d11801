"""Classes as readers meet them: the tree, the way to each, how many pages lie below; and every word of them is text."""

import re

import pytest
from django.utils.html import strip_tags

from monographs.document import PathStep
from monographs.public.classes import tree
from reviews.editing.library import make_class
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NASTY = "</script><i>\"&'"
ESCAPED = "&lt;/script&gt;&lt;i&gt;&quot;&amp;&#x27;"


@pytest.fixture
def world(house):
    """neurology > multiple-sclerosis > zz-relapsing (Aa …), neurology > epilepsy; and a root of another name."""
    doc = make.document()
    below = make_class(f"Aa {NASTY}", slug="zz-relapsing", parent=house.leaf, actor=house.admin)
    make_class("Epilepsy", slug="epilepsy", parent=house.root, actor=house.admin)
    make_class("Empty", slug="empty", actor=house.admin)
    other = make_class("Cardiology", slug="zz-cardiology", actor=house.admin)
    for role in ("editor", "clinician", "publisher", "on-call"):
        make.grant(role, other, actor=house.admin)
    path = [*doc.header.class_path, PathStep(slug="zz-relapsing", name=below.name)]
    steps = {
        "one": path, "two": path[:2], "three": path[:1],
        "four": [path[0], PathStep(slug="epilepsy", name="Epilepsy")],
        "five": [PathStep(slug="zz-cardiology", name="Cardiology")], "gone": path, "retired": path[:1],
    }  # fmt: skip
    for slug, printed in steps.items():
        make.published(house, slug, doc.replaced(header=doc.header.replaced(name=slug, title=slug, class_path=printed)))
    make.draft(
        house, "six", doc.replaced(header=doc.header.replaced(class_path=(PathStep(slug="empty", name="Empty"),)))
    )
    make.withdraw(make.live("gone").edition, house.publisher, "take_down")
    make.withdraw(make.live("retired").edition, house.publisher)
    return house


def shape(nodes):
    return [(node.slug, node.count, shape(node.children)) for node in nodes]


def test_a_class_stands_under_its_parent_with_what_lies_in_it_and_below(world, client):
    found, ways = tree()

    assert shape(found) == [
        ("zz-cardiology", 1, []),
        ("neurology", 5, [("epilepsy", 1, []), ("multiple-sclerosis", 2, [("zz-relapsing", 1, [])])]),
    ]
    assert {slug: [node.slug for node in way] for slug, way in ways.items()} == {
        "zz-cardiology": ["zz-cardiology"], "neurology": ["neurology"], "epilepsy": ["neurology", "epilepsy"],
        "multiple-sclerosis": ["neurology", "multiple-sclerosis"],
        "zz-relapsing": ["neurology", "multiple-sclerosis", "zz-relapsing"],
    }  # fmt: skip
    html = client.get("/classes/").content.decode()
    assert re.findall(r'href="/classes/([a-z-]+)/">(.*?)</a> <span class="soft">(\d+)</span>', html) == [
        ("zz-cardiology", "Cardiology", "1"), ("neurology", "Neurology", "5"), ("epilepsy", "Epilepsy", "1"),
        ("multiple-sclerosis", "Multiple sclerosis", "2"), ("zz-relapsing", f"Aa {ESCAPED}", "1"),
    ]  # fmt: skip
    home = client.get("/").content.decode()
    assert re.findall(r'href="/classes/([a-z-]+)/">.*?</a> <span class="soft">(\d+)</span>', home) == [
        ("zz-cardiology", "1"), ("neurology", "5"),
    ]  # fmt: skip


def test_each_class_has_its_way_its_classes_below_and_its_pages(world, client):
    expected = {
        "neurology": (
            [],
            ["epilepsy", "multiple-sclerosis", "zz-relapsing"],
            ["four", "one", "retired", "three", "two"],
        ),
        "multiple-sclerosis": (["neurology"], ["zz-relapsing"], ["one", "two"]),
        "zz-relapsing": (["neurology", "multiple-sclerosis"], [], ["one"]),
        "zz-cardiology": ([], [], ["five"]),
    }
    for slug, (way, below, pages) in expected.items():
        html = client.get(f"/classes/{slug}/").content.decode()
        crumbs, _, rest = html.partition("</nav>\n<h1>")
        crumbs = crumbs[crumbs.index('aria-label="Therapeutic class"') :]
        assert re.findall(r'href="/classes/([a-z-]*)/?"', crumbs) == ["", *way], slug
        assert re.findall(r'href="/classes/([a-z-]+)/"', rest) == below, slug
        assert re.findall(r'href="/drugs/([a-z-]+)/"', rest) == pages, slug
        assert ("Classes below" in rest) == bool(below)
    html = client.get("/classes/zz-relapsing/").content.decode()
    assert html.count(ESCAPED) == 3  # title, description, heading
    for path in ("/", "/classes/", "/classes/neurology/", "/classes/multiple-sclerosis/", "/classes/zz-relapsing/"):
        assert "<i>" not in client.get(path).content.decode(), path
    for slug in ("empty", "nothing"):
        assert client.get(f"/classes/{slug}/").status_code == 404
    assert "Empty" not in strip_tags(client.get("/classes/").content.decode())


def test_a_class_lists_no_page_of_a_class_whose_address_only_begins_like_its_own(house, client):
    near = make_class("Neurology of another kind", slug="neurology-other", actor=house.admin)
    doc = make.document()
    for slug, step in (("far", house.root), ("near", near)):
        path = (PathStep(slug=step.slug, name=step.name),)
        make.published(house, slug, doc.replaced(header=doc.header.replaced(name=slug, class_path=path)))

    for address, listed in (("neurology", ["far"]), ("neurology-other", ["near"])):
        html = client.get(f"/classes/{address}/").content.decode()
        assert re.findall(r'href="/drugs/([a-z-]+)/"', html.partition("<main")[2]) == listed
