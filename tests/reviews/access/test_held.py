"""Who may do what, with the names behind each right: always what the policy says, and as many queries for many people
as for few."""

import pytest
from django.contrib.auth import get_user_model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monographs.standing import today
from reviews.access import held, policy
from reviews.access.grants import give
from reviews.editing.library import make_class
from reviews.models import Grant
from reviews.models.roles import ROLES
from tests import factories as make
from tests import tables

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def fresh(user):
    return get_user_model().objects.get(pk=user.pk)


def named(rights):
    return [right.person.username for right in rights]


# What depends on one edition or notice as well: who wrote it, who placed it; or is asked of oneself alone.
OF_ONE = ("send-back", "discard", "countersign", "end-warning", "lift", "set_tier", "state_own")


def test_every_action_is_asked_of_a_page_of_the_house_or_of_one_thing():
    sides = (held.ON_PAGES, held.OF_THE_HOUSE, OF_ONE)

    assert sorted(action for side in sides for action in side) == sorted(policy.RULES)


def test_who_may_do_what_to_a_class_and_by_which_grants(house):
    give(house.editor, "editor", on=house.leaf, actor=house.admin)
    elsewhere = make_class("Elsewhere", actor=house.admin)

    found = held.who_may_do_what(house.leaf)

    assert named(found["publish"]) == ["publisher"]
    assert named(found["edit"]) == ["editor", "editor2", "clinician", "clinician2", "pharmacist"]
    (right,) = (one for one in found["edit"] if one.person == house.editor)
    assert [one.where for one in right.grants] == ["class:neurology", "class:multiple-sclerosis"]
    assert named(held.who_may("edit", elsewhere)) == []
    assert named(found["correct"]) == ["pharmacist"]


def test_who_may_do_what_in_the_house(house):
    found = held.who_may_do_what()

    assert named(found["read_trail"]) == ["auditor"]
    assert named(found["manage_people"]) == ["admin"]
    assert [one.given_by for one in found["manage_people"][0].grants] == [None]  # when the house was opened
    give(house.nobody, "administrator", actor=house.admin)
    assert [one.username for one in held.administrators()] == ["admin", "nobody"]
    make.changed_account(house.nobody, is_active=False)
    assert [one.username for one in held.administrators()] == ["admin"]


PLACES = ("class above", "class", "class elsewhere", "page", "another page", "everywhere")
held_somewhere = st.tuples(st.sampled_from(sorted(ROLES)), st.sampled_from(PLACES))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(make.ROLES)), st.sets(held_somewhere, max_size=4), max_size=4))
def test_it_is_what_the_policy_says_of_each_whatever_they_hold(house, holdings):
    with make.undone():
        page, other = make.draft(house).monograph, make.draft(house, "otherumab").monograph
        places = {
            "class above": house.root, "class": house.leaf, "page": page, "another page": other, "everywhere": None,
            "class elsewhere": make_class("Somewhere else", actor=house.admin),
        }  # fmt: skip
        with tables.no_triggers():
            Grant.objects.all()._raw_delete("default")
            for name, grants in holdings.items():
                for role, place in grants:
                    on = places[place] if ROLES[role].grants else None
                    where = {"therapeutic_class": on if "class" in place else None, "monograph": on if "page" in place else None}  # fmt: skip
                    of = {"person": house.people[name], "role": role, **where}
                    Grant.objects.get_or_create(**of, defaults={"given_on": today()})
        people = list(get_user_model().objects.order_by("pk"))  # each read once: what they hold stays as it is
        for thing in (None, page, house.leaf, house.root):
            for action, rights in held.who_may_do_what(thing).items():
                may = [one for one in people if policy.can(one, action, thing)]
                assert [right.person for right in rights] == may, action
                for right in rights:
                    assert set(right.grants) <= set(held.grants_of(right.person))
                    assert right.grants, action


def test_it_takes_as_many_queries_for_many_people_as_for_few(house, django_assert_num_queries):
    page = make.draft(house).monograph
    page.therapeutic_class.path()
    with django_assert_num_queries(3):
        held.who_may_do_what(page)
    for number in range(5):
        give(make.account(f"more-{number}"), "editor", on=house.leaf, actor=house.admin)
    with django_assert_num_queries(3):
        assert len(held.who_may_do_what(page)["edit"]) == 10
