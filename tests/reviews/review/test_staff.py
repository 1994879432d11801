"""Enough people to write, sign and publish a page, and which pages hang on one grant."""

import pytest

from monographs.models import Monograph
from monographs.standing import today
from reviews.access import held
from reviews.access.grants import give
from reviews.editing.library import make_class
from reviews.models import Grant
from reviews.review import staff
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def pages():
    return list(Monograph.objects.select_related("therapeutic_class__parent").order_by("slug"))


def hanging_on(name, role):
    (grant,) = Grant.objects.not_ended().filter(person__username=name, role=role)
    return [one.slug for one in staff.lost_without([grant], held.everybody(), pages(), today())[grant.pk]]


def test_whoever_writes_signs_nothing_of_it():
    one = staff.Staff(frozenset({1}), {1: "pharmacist", 2: "doctor"}, frozenset({3}))

    assert one.missing("low") == []
    assert one.missing("standard") == ["one more registered clinician"]
    two = staff.Staff(frozenset({1, 4}), {1: "pharmacist", 2: "doctor"}, frozenset({3}))
    assert two.missing("standard") == []
    assert staff.Staff(frozenset(), {}, frozenset()).missing("low") == [
        "somebody who writes", "a doctor or a pharmacist", "a publisher",
    ]  # fmt: skip


def test_pages_hang_on_the_only_publisher_and_on_a_signer_that_their_tier_needs(house):
    make.draft(house, "standardumab")
    make.draft(house, "highumab")

    assert hanging_on("publisher", "publisher") == ["highumab", "standardumab"]
    assert hanging_on("editor", "editor") == []
    make.take_role(house.clinician2, "clinician", actor=house.admin)
    assert "standardumab" in hanging_on("pharmacist", "clinician")


def test_a_role_on_the_page_itself_counts_there_and_one_of_another_class_does_not(house):
    page = make.draft(house, "pageumab").monograph
    make.draft(house, "otherumab")
    give(house.nobody, "publisher", on=page, actor=house.admin)
    give(house.auditor, "publisher", on=make_class("Elsewhere", actor=house.admin), actor=house.admin)

    assert hanging_on("publisher", "publisher") == ["otherumab"]
    assert hanging_on("nobody", "publisher") == []


def test_what_cannot_be_published_anyway_is_not_lost(house):
    make.draft(house)
    make.take_role(house.publisher, "publisher", actor=house.admin)

    assert hanging_on("clinician", "clinician") == []
