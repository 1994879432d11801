"""The sections that a kind of drug needs, each with its box: which there are, what is saved, and what is not."""

import re
from types import SimpleNamespace

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.models import Edition, Monograph
from monographs.vocabulary import SECTION_KINDS
from reviews.audit.verify import verify
from reviews.models import ChangeSet
from tests import factories as make
from tests.forms import forms_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PAGE, EDIT = (f"/desk/monographs/testazumab/edit/{end}" for end in ("sections/", ""))
NEEDED = [slug for slug, kind in SECTION_KINDS.items() if kind.needed == "required"]


@pytest.fixture(scope="module")
def made(once_a_module):
    return SimpleNamespace(edition=make.draft(make.the_house()))


def form_of(client, page=PAGE):
    (form,) = [one for one in forms_of(client.get(page).content.decode()) if "0.part" in one.fields]
    return form


def kinds(form):
    return [words for name, (words,) in form.fields.items() if name.endswith(".kind")]


@pytest.mark.parametrize(
    ("traits", "more"),
    [
        ([], []),
        (["biologic"], ["screening"]),
        (["injectable", "teratogen"], ["administration", "contraception"]),
        (["insulin"], []),
    ],
)
def test_each_kind_that_the_drug_needs_and_the_page_lacks_has_a_box_in_reading_order(editor, house, traits, more):
    here = {one.kind for one in build(make.draft(house, "otherumab", traits=tuple(traits))).sections}
    address = PAGE.replace("testazumab", "otherumab")

    page = editor.get(address).content.decode()

    wanted = {*NEEDED, *more, "stopping", "driving", "storage"} - here
    assert kinds(form_of(editor, address)) == [slug for slug in SECTION_KINDS if slug in wanted]
    assert page.count("(may be left out)") == 3
    for slug in wanted:
        assert SECTION_KINDS[slug].contains in page
    assert page.count("Needed because the drug is") == len(more)
    assert len(set(re.findall(r'name="\d+\.key" value="([^"]+)"', page))) == len(wanted)


def test_what_is_written_is_saved_as_one_change_and_an_empty_box_adds_nothing(editor, house, edition):
    form, before = form_of(editor), {one.kind for one in build(edition).sections}
    at = {words: name.removesuffix(".kind") for name, (words,) in form.fields.items() if name.endswith(".kind")}
    typed = {
        f"{at['cautions']}.text": "It can slow.",
        f"{at['storage']}.text": "In a fridge.",
        f"{at['driving']}.text": " ",
    }

    answer = editor.post(form.action, form.filled(**typed), follow=True)

    assert answer.redirect_chain == [(EDIT, 302)]
    assert {one.kind for one in build(edition).sections} - before == {"cautions", "storage"}
    change = ChangeSet.objects.latest("at")
    assert (len(change.touched), change.actor) == (2, house.editor)
    assert "Cautions is saved." in answer.content.decode()
    again = editor.post(form.action, form.filled(**typed))  # sent twice it is done once
    assert (again.status_code, len(build(edition).sections)) == (302, len(before) + 2)
    assert verify() == []


def test_what_may_not_stand_so_comes_back_at_its_place_and_the_rest_is_saved(editor, edition):
    form = form_of(editor)
    at = {words: name.removesuffix(".kind") for name, (words,) in form.fields.items() if name.endswith(".kind")}
    typed = {f"{at['cautions']}.text": "A bad word\u202e.", f"{at['storage']}.text": "In a fridge."}

    answer = editor.post(form.action, form.filled(**typed))

    assert [one.fields["text"] for one in forms_of(answer.content.decode()) if "text" in one.fields] == [
        ["A bad word\u202e."]
    ]
    assert [one.text for one in build(edition).sections if one.kind in ("cautions", "storage")] == ["In a fridge."]


def test_with_nothing_written_nothing_is_saved_and_it_is_said(editor, edition):
    before, form = make.seen(edition), form_of(editor)

    answer = editor.post(form.action, form.filled())

    assert (answer.status_code, make.seen(edition)) == (422, before)
    assert "Not done" in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "offers"), [("editor", True), ("clinician", True), ("publisher", False), ("auditor", False)]
)
def test_who_may_begin_them(client, house, edition, who, offers):
    client.force_login(house.people[who])

    page, editor = client.get(PAGE).content.decode(), client.get(EDIT).content.decode()

    assert ("Save what is written" in page, "data-begins" in editor) == (offers, offers)
    assert ("You could sign this edition." in page) is (who == "clinician")


def test_in_review_there_is_no_box(client, house, edition):
    make.submit(house, edition)
    client.force_login(house.editor)

    assert "Only a draft can be edited" in client.get(PAGE).content.decode()
    assert "<textarea" not in client.get(PAGE).content.decode()


def test_of_a_published_page_it_starts_the_next_edition(client, house):
    make.published(house, "liveumab")
    client.force_login(house.editor)
    form = form_of(client, "/desk/monographs/liveumab/edit/sections/")

    client.post(form.action, form.filled(**{"0.text": "Words."}))

    edition = Edition.objects.filter(monograph__slug="liveumab").latest("number")
    assert (edition.number, edition.state) == (2, "draft")
    assert "Words." in [one.text for one in build(edition).sections]


def test_a_page_that_lacks_nothing_says_so_and_the_editor_offers_it_no_more(editor, edition):
    for _time in range(2):
        form = form_of(editor) if "0.part" in editor.get(PAGE).content.decode() else None
        if form:
            texts = {name: "Words." for name in form.fields if name.endswith(".text")}
            editor.post(form.action, form.filled(**texts))

    assert "Every section that it needs is begun." in editor.get(PAGE).content.decode()
    assert "data-begins" not in editor.get(EDIT).content.decode()
    assert Monograph.objects.get(slug="testazumab").live_id is None


def test_each_form_of_a_section_says_what_it_must_contain(editor, edition):
    shown = next(one for one in build(edition).sections if one.kind == "monitoring")
    words = f"It must contain: {SECTION_KINDS['monitoring'].contains}"

    assert words in editor.get(reverse("part_edit", args=["testazumab", shown.key])).content.decode()
    new = reverse("part_new", args=["testazumab", "section"])
    assert (
        f"It must contain: {SECTION_KINDS['overdose'].contains}"
        in editor.get(f"{new}?section=overdose").content.decode()
    )
    assert "It must contain:" not in editor.get(f"{new}?section=nothing").content.decode()
    assert "It must contain:" not in editor.get(reverse("part_new", args=["testazumab", "notice"])).content.decode()
