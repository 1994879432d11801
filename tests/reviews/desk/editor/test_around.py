"""What stands around the document of an edition is one statement, however much it is."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.models import NameCheck
from reviews.access import presence
from reviews.audit.trail import audited_write
from reviews.desk.editor.around import look_around
from reviews.editing import parts
from reviews.models import Scratch
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def edition(house):
    return make.draft(house, "aroundumab")


@pytest.mark.each_case
def test_of_a_new_edition_nothing_is_told(house, edition, django_assert_num_queries):
    with django_assert_num_queries(1):
        around = look_around(house.editor, edition.monograph, edition, [])

    assert (around.copied, around.removed, around.others, around.kept, around.found) == ({}, [], [], [], ())
    assert {words.partition(", ")[0] for words in around.touched.values()} == {"Changed by you"}


def test_it_is_one_statement_and_each_is_told_what_is_theirs(house, edition, django_assert_num_queries):
    first, last = build(edition).sections
    (notice,) = build(edition).notices
    make.reword(edition, "monitoring", "Other words.", actor=house.editor2)
    for part in (last, notice):
        seen = digest_of_part(build(edition).by_key()[part.key])
        parts.remove_part(edition, part, seen=seen, actor=house.editor2)
    presence.note(house.editor2, edition, str(first.key))
    presence.note(house.clinician, edition, "")
    presence.note(house.editor, edition, "header")
    for slot, (person, part) in enumerate(
        [(house.editor, "header"), (house.editor2, "header"), (house.editor, "new-notice")]
    ):
        at = timezone.now() - timedelta(minutes=9 - slot)
        Scratch.objects.create(
            person=person, edition=edition, part=part, tab=f"{slot:022}", slot=slot, fields="{}", sign_in="x", at=at
        )  # fmt: skip

    with django_assert_num_queries(1):
        around = look_around(house.editor, edition.monograph, edition, [("RxNorm", "121191")])

    assert {part.key for part in around.removed} == {last.key, notice.key}
    assert [part.part_kind for part in around.removed] == ["section", "notice"]
    assert around.others == [("", "Test clinician"), (str(first.key), "Test editor2")]
    assert [(row.part, row.sign_in) for row in around.kept] == [("new-notice", "x"), ("header", "x")]
    assert around.touched[str(last.key)].startswith("Changed by Test editor2, ")
    assert around.touched[str(first.key)].startswith("Changed by you, ")


def test_the_newest_check_of_a_code_counts(house, edition):
    codes, told = [("RxNorm", "121191")], datetime(2026, 1, 1, tzinfo=UTC)
    for status, name in (("found", "older"), ("found", "rituximab")):
        with audited_write(actor=house.editor) as trail:
            row = NameCheck(
                system="RxNorm", code="121191", name="Rituximab", status=status, matched_name=name, release="of May",
                source="test", at=told,
            )  # fmt: skip
            trail.save(row)
            trail.record("checked", "site")

    assert look_around(house.editor, edition.monograph, edition, codes).found == (("rituximab", "of May"),)
    assert look_around(house.editor, edition.monograph, edition, []).found == ()
