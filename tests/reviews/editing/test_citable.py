"""What of the library somebody may see and cite, and what comes into an edition with words that cite it."""

from types import SimpleNamespace

import pytest

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.document import Citation, Section
from monographs.models import Reference
from reviews.access.policy import reads_all
from reviews.access.refusals import Refused
from reviews.audit.trail import audited_write
from reviews.editing.citable import from_library, visible
from reviews.editing.library import keep_references, make_class
from reviews.models import ChangeSet
from tests import factories as make

pytestmark = pytest.mark.django_db


def source(name, **more):
    return Citation(key=make.key(name), label=name, csl={"type": "report", "title": f"About {name}", **more})


def citing(*sources):
    """A document without problems that has these references beside its own."""
    whole = make.document()
    return whole.replaced(citations=(*whole.citations, *sources))


@pytest.fixture(scope="module")
def made(once_a_module):
    """In a class: a draft, a page that readers see, one that was taken down. In the library their sources, and one that
    no edition holds. `near` is an editor of that class, `far` one of another."""
    house = make.the_house()
    own = make.draft(house, "testazumab", citing(source("own", DOI="10.1000/own")))
    make.published(house, "openumab", citing(source("open")))
    make.withdraw(make.published(house, "downumab", citing(source("down"))), house.publisher, "take_down")
    make.draft(house, "closedumab", citing(source("closed")))
    with audited_write(actor=house.editor) as trail:
        held = (source("own", DOI="10.1000/own"), *map(source, ("open", "down", "closed", "alone")))
        keep_references(trail, [(one.label, dict(one.csl)) for one in held])
    far = make.account("far")
    make.give(far, "editor", on=make_class("Cardiology", slug="cardiology", actor=house.admin), actor=house.admin)
    return SimpleNamespace(house=house, own=own, far=far)


def seen_by(user):
    return sorted(set(visible(user).values_list("label", flat=True)) - {"trial2020"})


def test_a_record_is_there_if_somebody_may_read_an_edition_that_holds_it_or_readers_see_it(made):
    assert seen_by(made.far) == ["open"]
    assert seen_by(made.house.editor) == ["closed", "down", "open", "own"]
    assert seen_by(made.house.nobody) == ["open"]


def test_whoever_reads_everything_sees_the_whole_library(made):
    assert reads_all(made.house.auditor)
    assert not reads_all(made.far)
    assert seen_by(made.house.auditor) == ["alone", "closed", "down", "open", "own"]


def section(text):
    return Section(key=make.key("new"), kind="cautions", heading="Cautions", text=text)


def brought(made, text, shown="", who="editor"):
    was = section(shown) if shown else None
    user = made.far if who == "far" else made.house.people[who]
    return [one.label for one in from_library(build(made.own), section(text), was, user=user)]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Late harm [@closed], [@open] and [@closed].", ["closed", "open"]),
        ("It is there already [@trial2020][@own].", []),
        ("Nobody knows it [@nowhere], and no case is folded [@OPEN].", []),
        ("No mark: closed, [@ closed], @closed.", []),
        ("", []),
    ],
)  # fmt: skip
def test_what_the_words_cite_and_the_edition_lacks_comes_from_the_library(made, text, labels):
    assert brought(made, text) == labels


def test_what_is_closed_to_somebody_does_not_come_for_them(made):
    assert brought(made, "Harm [@closed][@down][@open].", who="far") == ["open"]


def test_what_was_cited_before_and_taken_out_does_not_come_back_by_itself(made):
    assert brought(made, "Harm [@closed][@open].", shown="Harm [@closed].") == ["open"]


def test_what_the_edition_has_under_another_key_is_not_brought_twice(made):
    document = build(made.own)
    named = tuple(one.replaced(label="mine") if one.label == "own" else one for one in document.citations)

    assert from_library(document.replaced(citations=named), section("[@own]"), None, user=made.house.editor) == ()


def test_a_record_is_copied_as_it_stands(made):
    (found,) = from_library(build(made.own), section("[@open]"), None, user=made.far)

    assert dict(found.csl) == Reference.objects.get(label="open").csl


# -- With the words: one change set ------------------------------------------------------------------------------------


def test_words_and_what_they_cite_are_saved_in_one_change_set(made):
    editor, before = made.house.editor, ChangeSet.objects.count()
    shown = build(made.own).by_key()[make.key("monitoring")]
    words = shown.replaced(text="Late harm [@open].")
    cited = from_library(build(made.own), words, shown, user=editor)

    make.save_part(made.own, words, seen=digest_of_part(shown), actor=editor, cited=cited)

    saved = build(made.own)
    assert [one.label for one in saved.citations] == ["trial2020", "own", "open"]
    assert saved.by_key()[make.key("monitoring")].text == "Late harm [@open]."
    assert ChangeSet.objects.count() == before + 1
    assert Reference.objects.filter(label__startswith="open").count() == 1  # the library has it once


def test_a_reference_that_somebody_else_brought_meanwhile_is_left_as_it_is(made):
    editor, header = made.house.editor, build(made.own).header
    cited = from_library(build(made.own), section("[@open]"), None, user=editor)
    make.add_part(made.own, section("Harm [@open]."), actor=editor, cited=cited)
    mine = header.replaced(introduction="Harm [@open].")

    make.save_header(made.own, mine, seen=digest_of_part(header), actor=editor, cited=cited)

    assert [one.label for one in build(made.own).citations] == ["trial2020", "own", "open"]
    assert build(made.own).citations[-1] == cited[0]


def test_another_source_under_that_key_meanwhile_refuses_the_words_too(made):
    editor, whole = made.house.editor, make.seen(made.own)
    (cited,) = from_library(build(made.own), section("[@open]"), None, user=editor)
    make.add_part(made.own, source("other").replaced(label="open"), actor=editor)
    now = make.seen(made.own)

    with pytest.raises(Refused, match="These words cite “open” of the library, and another") as refused:
        make.add_part(made.own, section("Harm [@open]."), actor=editor, cited=(cited,))

    assert make.seen(made.own) == now != whole
    assert [one.part for one in refused.value.refusals] == [str(make.key("new"))]
