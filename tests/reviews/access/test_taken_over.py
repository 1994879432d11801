"""The roles of versions before grants: the same people hold the same rights, and the groups' rows are gone."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from monographs.standing import today
from reviews.access import policy
from reviews.access.taken_over import take_over
from reviews.audit.verify import verify
from reviews.editing.library import make_class
from reviews.models import AuditEvent, ClassGrant, ClassPermission, Grant
from reviews.models.roles import ROLES
from tests import factories as make
from tests import tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def before(house):
    """A house as it was: nobody holds a grant, and each role has its group."""
    for one in Grant.objects.not_ended():
        if one.person != house.admin:
            make.take(one, actor=house.admin, reason="Taken for a test")
    other = make_class("Oncology", actor=house.admin)
    for name, role in make.ROLES.items():
        on = (house.root, other) if ROLES[role].grants else ()
        tables.role_of_before(house.people[name], role, *on, actor=house.admin)
    return house


def held():
    columns = ("person__username", "role", "therapeutic_class__slug", "monograph")
    return set(Grant.objects.not_ended().values_list(*columns))


def test_each_membership_becomes_a_grant_on_each_class_that_its_group_was_granted(before):
    done = take_over()

    on = ("neurology", "oncology")
    expected = {(name, role, slug, None) for name, role in make.ROLES.items() for slug in (on if ROLES[role].grants else (None,))}  # fmt: skip
    assert held() == expected | {("admin", "administrator", None, None)}
    assert done == (len(expected), [])
    kept = Grant.objects.not_ended().exclude(person=before.admin)
    assert {(one.given_on, one.given_by, one.confirmed_on) for one in kept} == {(today(), None, None)}
    for left in (Group, ClassGrant, get_user_model().groups.through):
        assert left.objects.count() == 0
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.subject, entry.actor) == ("roles_taken_over", "site", None)
    assert ["editor", "editor", "class:neurology"] in entry.data["given"]
    assert ClassPermission.objects.filter(user=before.clinician).count() == 4
    assert verify() == []


def test_whoever_was_taken_over_may_what_they_might(before):
    take_over()

    def may(name, action):
        return policy.can(get_user_model().objects.get(username=name), action, before.leaf)

    for action, names in {
        "edit": {"editor", "editor2", "clinician", "clinician2", "pharmacist"},
        "sign": {"clinician", "clinician2", "pharmacist"},
        "publish": {"publisher"},
        "read_trail": {"auditor"},
    }.items():
        assert {name for name in (*make.ROLES, "nobody") if may(name, action)} == names, action


def test_a_superuser_of_before_becomes_an_administrator_by_a_grant_once(house):
    """Also one whose account is closed: it could be opened again. Whoever lost the role since does not have it again."""
    for name, is_active in (("first", True), ("closed", False)):
        make.account(name, is_superuser=True, is_active=is_active)
    lost = make.account("lost", is_superuser=True)
    make.take(make.give(lost, "administrator", actor=house.admin), actor=house.admin, reason="Taken for a test")
    before = held()
    assert not policy.can(get_user_model().objects.get(username="first"), "manage_people")

    assert take_over() == (2, [])

    assert held() - before == {("first", "administrator", None, None), ("closed", "administrator", None, None)}
    assert policy.can(get_user_model().objects.get(username="first"), "manage_people")
    assert AuditEvent.objects.latest("seq").data["given"] == [
        ["first", "administrator", "everywhere"], ["closed", "administrator", "everywhere"],
    ]  # fmt: skip
    assert get_user_model().objects.filter(is_superuser=True).count() == 3
    assert verify() == []
    assert take_over() is None


def test_a_superuser_in_the_group_of_administrators_has_one_grant(house):
    first = make.account("first", is_superuser=True)
    tables.role_of_before(first, "administrator", actor=house.admin)

    assert take_over() == (1, [])

    assert first.grants.count() == 1


def test_it_is_done_once(before):
    take_over()
    entries, grants = AuditEvent.objects.count(), held()

    assert take_over() is None

    assert (AuditEvent.objects.count(), held()) == (entries, grants)


def test_nobody_is_given_more_than_they_had(house):
    """A group that lacked one of the role's rights, one that was granted nothing, and one that is no role."""
    tables.role_of_before(house.nobody, "clinician", house.root, actor=house.admin, lacks="review_monographs")
    tables.role_of_before(house.auditor, "publisher", actor=house.admin)
    tables.role_of_before(house.editor, "king", house.root, actor=house.admin)
    grants = held()

    made, left = take_over()

    assert (made, held()) == (0, grants)
    assert sorted(left) == [
        "auditor: the group “publisher” was granted no class.",
        "editor: the group “king” was granted no class.",
        "nobody: the group “clinician” was granted no class.",
    ]
    assert AuditEvent.objects.latest("seq").data["left"] == left
    assert verify() == []


def test_somebody_who_was_given_the_role_since_keeps_the_newer_grant(house):
    """Migrated, and a grant given before the groups were taken over: it is not made twice."""
    tables.role_of_before(house.editor, "editor", house.root, actor=house.admin)
    grants = held()

    assert take_over() == (0, [])
    assert held() == grants
    assert verify() == []
