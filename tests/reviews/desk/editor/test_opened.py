"""A form that is open: what it is filled with, whether it may be saved, and what it says if it is not."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.models import Edition
from reviews.access.refusals import Refused
from reviews.desk.editor.context import EditorContext
from reviews.desk.editor.opened import OpenForm
from reviews.editing import parts
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(scope="module")
def made(once_a_module):
    return SimpleNamespace(edition=make.draft(make.the_house()))


@pytest.fixture
def editor(house, edition):
    request = RequestFactory().get(reverse("edit", args=["testazumab"]))
    request.user, request.session = house.editor, SimpleNamespace(session_key="x")
    return EditorContext(request, "testazumab")


def sent(**boxes):
    data = QueryDict(mutable=True)
    data.update(boxes)
    return data


def typed(edition, **changes):
    shown = build(edition).by_key()[make.key("monitoring")]
    return sent(**{"heading": shown.heading, "text": shown.text, "seen": digest_of_part(shown)} | changes)


def of_part(editor, data):
    shown = editor.document.by_key()[make.key("monitoring")]
    return OpenForm.of_part(editor, shown, data, removed=False)


def test_what_was_typed_is_what_is_wanted_and_a_new_part_was_never_seen(editor, edition):
    opened = of_part(editor, typed(edition, text="New words.", reason="Why"))
    assert opened.is_ready
    assert (opened.wanted.value.text, opened.wanted.seen, opened.reason) == (
        "New words.",
        opened.form.data["seen"],
        "Why",
    )

    key = uuid4()
    new = OpenForm.of_new(editor, "section", sent(kind="cautions", text="Wait."), key=key, initial={})
    assert new.is_ready
    assert (new.wanted.seen, new.wanted.key, new.is_new, new.place) == (None, str(key), True, "new-section")


def test_lines_that_were_made_a_list_are_looked_at_before_they_are_saved(editor, edition):
    opened = of_part(editor, typed(edition, text="• One\n• Two"))
    assert not opened.is_ready
    assert [one.lines for one in opened.made] == [2]


def test_a_conflict_shows_theirs_and_begins_again_from_them(editor, house, edition):
    data = typed(edition, text="Mine.")
    make.reword(edition, "monitoring", "Theirs.", actor=house.editor2)
    opened = of_part(editor, data)
    opened.is_ready  # noqa: B018  # reads the form
    with pytest.raises(Refused) as caught:
        parts.save(edition, opened.wanted, actor=house.editor)
    opened.refuse(caught.value)

    shown = opened.comes_back()

    assert shown["conflict"] is caught.value
    theirs = build(Edition.objects.get(pk=edition.pk)).by_key()[make.key("monitoring")]
    assert shown["form"].data["seen"] == digest_of_part(theirs)
    assert shown["form"].data["text"] == "Mine."


def test_who_only_reads_brings_no_source_and_begins_nothing(house, edition, editor):
    editor.request.user = house.auditor
    opened = of_part(editor, typed(edition, text="Words [@held2020]."))
    opened.form.is_valid()
    assert opened.brings == ()
    assert editor.beginning is None
