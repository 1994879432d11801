"""The address of a drug with several pages: a choice by what each covers, said in whole and as text."""

import re

import pytest
from django.utils.html import strip_tags

from monographs.document import Brand
from monographs.models import Drug, Monograph
from reviews.audit.trail import audited_write
from reviews.editing.monographs import begin
from tests import factories as make
from tests import tables
from tests.monographs.public.test_lists import notice

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NASTY = "</script><i>\"&'"
ESCAPED = "&lt;/script&gt;&lt;i&gt;&quot;&amp;&#x27;"


def another(house, slug, **changes):
    """Another monograph on the one drug that is there."""
    doc = make.document()
    header = doc.header.replaced(**{key: value for key, value in changes.items() if key != "notices"})
    doc = doc.replaced(header=header, notices=changes.get("notices", doc.notices))
    with audited_write(actor=house.editor) as trail:
        edition = begin(trail, slug=slug, drug=Drug.objects.get(), therapeutic_class=house.leaf, document=doc,
                        reason="Another use")  # fmt: skip
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    return make.publish(house, make.sign(edition, house.pharmacist))


def lines(client):
    html = client.get("/drugs/testazumab-drug/").content.decode()
    return [
        [strip_tags(one) for one in (address, *re.findall(r"<p[^>]*>(.*?)</p>", rest))]
        for address, rest in re.findall(r'<li><h2><a href="(.*?)">.*?</a></h2>(.*?)</li>', html, re.DOTALL)
    ]


def test_each_use_is_told_with_what_it_covers_its_brands_and_what_stands_over_it(house, client, monkeypatch):
    make.published(house)
    nasty = {
        "name": f"B {NASTY}", "title": f"Title {NASTY}", "covers": f"covered {NASTY}", "not_covered": f"not {NASTY}",
        "brands": tuple(Brand(name=f"{one} {NASTY}", country="GB") for one in ("One", "Two")),
        "notices": (notice(f"Critical {NASTY}"),),
    }  # fmt: skip
    another(house, "b-second", **nasty)
    another(house, "a-third", name="Zeta", covers="", title="Zeta")
    another(house, "gone", name="Alpha")
    make.withdraw(make.live("gone").edition, house.publisher, "take_down")

    assert lines(client) == [
        [
            "/drugs/b-second/", f"Covers covered {ESCAPED} only. Not covered: not {ESCAPED}.", f"Critical {ESCAPED}",
            f"One {ESCAPED}, Two {ESCAPED} · Edition 1",
        ],
        ["/drugs/testazumab/", "Covers multiple sclerosis only.", "Edition 1"],
        ["/drugs/a-third/", "", "Edition 1"],
    ]  # fmt: skip
    html = client.get("/drugs/testazumab-drug/").content.decode()
    assert "<i>" not in html
    assert html.count(f"B {ESCAPED}: which use?") == 2
    assert f'<a href="/drugs/b-second/">B {ESCAPED}: Title {ESCAPED}</a>' in html
    for path in ("/", "/drugs/", "/drugs/?letter=b", "/classes/multiple-sclerosis/", "/search/?q=covered", "/updates/"):
        page = client.get(path).content.decode()
        assert f"B {ESCAPED}" in page, path
        assert "<i>" not in page, path
        assert (f">Critical {ESCAPED}</strong>" in page) == (path != "/updates/"), path
    make.withdraw(make.live("b-second").edition, house.publisher)
    due = Monograph.objects.get(slug="testazumab").next_review_due
    monkeypatch.setattr("monographs.public.lists.today", lambda: due.replace(year=due.year + 1))
    told = {line[0]: line[1:] for line in lines(client)}
    assert "Retired" in told["/drugs/b-second/"]
    assert told["/drugs/b-second/"][-1].endswith("· Edition 1")
    assert told["/drugs/testazumab/"][-1] == "Edition 1 · review overdue"


def test_the_note_of_an_edition_is_told_as_text_on_the_home_page_and_in_no_other_list(house, client):
    from reviews.workflow import perform

    edition = make.signed(house)
    perform("publish", editions=[edition], actor=house.publisher, digest=make.seen(edition))
    tables.note_typed(edition, f"Note {NASTY}")

    told = {path: f"Note {ESCAPED}" in client.get(path).content.decode() for path in ("/", "/drugs/", "/updates/")}
    assert told == {"/": True, "/drugs/": False, "/updates/": True}
    assert "<i>" not in client.get("/").content.decode()
