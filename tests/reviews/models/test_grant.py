"""A grant as a row: until when it counts, and what the database takes of none."""

from datetime import date

import pytest
from django.db import IntegrityError

from monographs.models import TherapeuticClass
from reviews.access.grants import give
from reviews.audit.trail import audited_write
from reviews.models import Grant
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.each_case]


@pytest.mark.parametrize(
    ("given", "confirmed", "counts"),
    [
        (date(2027, 1, 1), None, (date(2027, 7, 2), date(2027, 7, 3))),
        (date(2027, 1, 1), date(2027, 3, 1), (date(2027, 8, 30), date(2027, 8, 31))),
        (date(2027, 1, 1), date(2026, 12, 1), (date(2027, 7, 2), date(2027, 7, 3))),  # by a clock that was set back
    ],
)
def test_the_row_and_the_table_agree_about_the_last_day(house, given, confirmed, counts):
    with audited_write(actor=None) as trail:
        Grant.objects.filter(person=house.editor).update(
            given_on=given, confirmed_on=confirmed, confirmed_by=house.admin if confirmed else None
        )
        grant = Grant.objects.get(person=house.editor)
        trail.wrote(grant)
        trail.record("looked_up", "test")

    for day, does in zip(counts, (True, False), strict=True):
        assert grant.counts(day) is does
        assert Grant.objects.counting(day).filter(pk=grant.pk).exists() is does


# -- What the database refuses -----------------------------------------------------------------------------------------

DAY = date(2027, 1, 1)
WRONG = {
    "given by its holder": lambda house: {"given_by": house.nobody},
    "confirmed by its holder": lambda house: {"confirmed_by": house.nobody, "confirmed_on": DAY},
    "taken by its holder": lambda house: {"ended_by": house.nobody, "ended_on": DAY},
    "confirmed by nobody": lambda house: {"confirmed_on": DAY},
    "confirmed on no day": lambda house: {"confirmed_by": house.admin},
    "ended by nobody": lambda house: {"ended_on": DAY},
    "ended on no day": lambda house: {"ended_by": house.admin},
    "lapsed on no day": lambda house: {"has_lapsed": True},
    "lapsed and taken": lambda house: {"has_lapsed": True, "ended_on": DAY, "ended_by": house.admin},
    "on a class and a monograph": lambda house: {
        "therapeutic_class": house.leaf,
        "monograph": make.draft(house).monograph,
    },
    "everywhere twice": lambda house: {},
    "on a class twice": lambda house: {"therapeutic_class": house.root},
    "on a monograph twice": lambda house: {"monograph": Grant.objects.exclude(monograph=None).get().monograph},
}
RIGHT = {
    "by somebody else": lambda house: {"therapeutic_class": house.leaf, "given_by": house.admin},
    "confirmed": lambda house: {"therapeutic_class": house.leaf, "confirmed_by": house.admin, "confirmed_on": DAY},
    "taken": lambda house: {"ended_by": house.admin, "ended_on": DAY},
    "lapsed": lambda house: {"ended_on": DAY, "has_lapsed": True},
}


def put(house, columns):
    with audited_write(actor=house.admin) as trail:
        trail.save(Grant(**{"person": house.nobody, "role": "editor", "given_on": DAY, **columns}))
        trail.record("looked_up", "test")


@pytest.fixture
def with_one_of_each(house):
    """Somebody who holds the role on a class, on a monograph and everywhere."""
    for on in (house.root, make.draft(house, "otherumab").monograph, None):
        give(house.nobody, "editor", on=on, actor=house.admin)
    return house


@pytest.mark.parametrize("what", WRONG)
def test_the_database_takes_no_grant_that_is(with_one_of_each, what):
    columns = WRONG[what](with_one_of_each)
    with pytest.raises(IntegrityError):
        put(with_one_of_each, columns)


@pytest.mark.parametrize("what", RIGHT)
def test_the_database_takes_a_grant_that_is(with_one_of_each, what):
    put(with_one_of_each, RIGHT[what](with_one_of_each))

    assert TherapeuticClass.objects.count() == 2
