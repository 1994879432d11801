"""Roles and grants: each verb by the right one, the wrong one and oneself, and what it leaves. Nobody
gives themselves anything."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from reviews.access import policy
from reviews.access.people import (
    give_role,
    grant,
    revoke,
    take_role,
)
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.models import AuditEvent, ClassGrant, ClinicianProfile
from tests import factories as make

pytestmark = pytest.mark.django_db

LATE = datetime(2028, 6, 20, 23, 30, tzinfo=UTC)  # half past midnight of the next day, in London


@pytest.fixture
def late(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATE)


def memberships():
    return set(get_user_model().groups.through.objects.values_list("user__username", "group__name"))


def grants():
    columns = ("group__name", "permission__codename", "content_object__slug")
    return set(ClassGrant.objects.values_list(*columns))


def rows():
    return memberships(), grants(), set(Group.objects.values_list("name")), list(ClinicianProfile.objects.values())


def broken():
    """What is wrong with the trail, but for the checkpoint file, which a test without a publication does not have."""
    return [one for one in verify() if "checkpoint" not in one[1]]


def entry(verb, subject, actor):
    """The one entry that the last act left, without the hashes of its rows; and these."""
    last = AuditEvent.objects.latest("seq")
    assert (last.verb, last.subject, last.actor) == (verb, subject, actor)
    assert broken() == []
    return {name: value for name, value in last.data.items() if name != "rows"}, last.data.get("rows", {})


def refused(act):
    """The codes of a refusal that left its entry and nothing else."""
    before, head = rows(), AuditEvent.objects.count()
    with pytest.raises(Refused) as error:
        act()
    assert rows() == before
    last = AuditEvent.objects.latest("seq")
    assert AuditEvent.objects.count() == head + 1
    assert (last.verb, last.data["codes"]) == ("refused", error.value.codes)
    return last.data["action"], last.subject, error.value.codes


@pytest.fixture
def administrator(house):
    """A second administrator, by the role and no superuser; a clinician too."""
    give_role(house.clinician2, "administrator", actor=house.admin)
    return house.clinician2


# Every verb, by somebody, on the pharmacist: who is a clinician, and registered.
VERBS = {
    "give_role": lambda house, actor: give_role(house.pharmacist, "publisher", actor=actor),
    "take_role": lambda house, actor: take_role(house.pharmacist, "clinician", actor=actor),
    "grant": lambda house, actor: grant("publisher", house.leaf, actor=actor),
    "revoke": lambda house, actor: revoke("publisher", house.root, actor=actor),
}


LEAVES = {
    "give_role": "role_given", "take_role": "role_taken", "grant": "granted", "revoke": "revoked",
}  # fmt: skip


def subject_of(verb, house):
    if verb == "grant":
        return "class:multiple-sclerosis"
    if verb == "revoke":
        return "class:neurology"
    return f"user:{house.pharmacist.pk}"


@pytest.mark.parametrize("verb", VERBS)
def test_only_an_administrator_does_it_and_each_other_try_is_recorded(house, administrator, verb):
    for who in ("editor", "clinician", "pharmacist", "publisher", "auditor", "nobody"):
        found = refused(lambda who=who: VERBS[verb](house, house.people[who]))
        assert found == (verb, subject_of(verb, house), ["no_administrator"]), who

    for actor in (administrator, house.admin):
        with make.undone():
            VERBS[verb](house, actor)
            assert (AuditEvent.objects.latest("seq").verb, AuditEvent.objects.latest("seq").actor) == (
                LEAVES[verb],
                actor,
            )


@pytest.mark.parametrize("verb", VERBS)
def test_an_administrator_whose_account_was_closed_does_nothing(house, verb):
    make.changed_account(house.admin, is_active=False)

    assert refused(lambda: VERBS[verb](house, house.admin))[2] == ["no_administrator"]


def test_an_administrator_changes_nothing_of_their_own(house, administrator):
    for verb, act in {
        "give_role": lambda: give_role(administrator, "publisher", actor=administrator),
        "take_role": lambda: take_role(administrator, "clinician", actor=administrator),
        "grant": lambda: grant("clinician", house.leaf, actor=administrator),
    }.items():
        assert refused(act)[::2] == (verb, ["oneself"])
    assert refused(lambda: give_role(house.admin, "publisher", actor=house.admin))[2] == ["oneself"]

    # What they do not have themselves they may widen, and what others have they may give.
    grant("editor", house.leaf, actor=administrator)
    give_role(house.admin, "publisher", actor=administrator)
    assert broken() == []


# -- Roles -------------------------------------------------------------------------------------------------------------


def test_a_role_that_is_given_is_a_row_and_an_entry(house):
    before = memberships()

    give_role(house.nobody, "publisher", actor=house.admin)

    assert memberships() - before == {("nobody", "publisher")}
    row = get_user_model().groups.through.objects.get(user=house.nobody)
    data, hashes = entry("role_given", f"user:{house.nobody.pk}", house.admin)
    assert data == {"role": "publisher", "username": "nobody"}
    assert list(hashes) == [f"auth.user_groups:{row.pk}"]
    assert None not in hashes.values()


def test_the_first_of_a_role_makes_its_group_which_the_trail_knows_too(house):
    assert not Group.objects.filter(name="administrator").exists()

    give_role(house.nobody, "administrator", actor=house.admin)

    _data, hashes = entry("role_given", f"user:{house.nobody.pk}", house.admin)
    assert f"auth.group:{Group.objects.get(name='administrator').pk}" in hashes


def test_a_role_that_is_taken_is_recorded_as_gone_and_others_stay(house):
    before = memberships()
    row = get_user_model().groups.through.objects.get(user=house.clinician, group__name="clinician")

    take_role(house.clinician, "clinician", actor=house.admin)

    assert before - memberships() == {("clinician", "clinician")}
    data, hashes = entry("role_taken", f"user:{house.clinician.pk}", house.admin)
    assert data == {"role": "clinician", "username": "clinician"}
    assert hashes == {f"auth.user_groups:{row.pk}": None}


def test_there_are_no_other_roles_and_nobody_loses_what_they_do_not_have(house):
    for act in (
        lambda: give_role(house.nobody, "king", actor=house.admin),
        lambda: grant("king", house.leaf, actor=house.admin),
        lambda: take_role(house.nobody, "editor", actor=house.admin),
    ):
        assert refused(act)[2] == ["no_such_role"]


# -- Grants ------------------------------------------------------------------------------------------------------------

RIGHTS = {
    "editor": {"edit_monographs"},
    "clinician": {"edit_monographs", "review_monographs"},
    "publisher": {"publish_monographs"},
    "on-call": {"warn_monographs"},
    "auditor": set(),
    "administrator": set(),
}


@pytest.mark.parametrize("role", RIGHTS)
def test_a_grant_is_a_row_for_each_right_of_the_role_and_once_only(house, role):
    before, known = grants(), set(ClassGrant.objects.values_list("pk", flat=True))

    grant(role, house.leaf, actor=house.admin)

    assert grants() - before == {(role, right, "multiple-sclerosis") for right in RIGHTS[role]}
    data, hashes = entry("granted", "class:multiple-sclerosis", house.admin)
    assert (data["role"], set(data["permissions"].values())) == (role, RIGHTS[role])
    made = set(ClassGrant.objects.values_list("pk", flat=True)) - known
    assert {name for name in hashes if "classgrant" in name} == {f"reviews.classgrant:{pk}" for pk in made}

    after = grants()
    grant(role, house.leaf, actor=house.admin)
    assert grants() == after
    assert entry("granted", "class:multiple-sclerosis", house.admin)[1] == {}


def test_what_is_revoked_is_gone_row_by_row_and_other_roles_and_classes_stay(house):
    grant("clinician", house.leaf, actor=house.admin)
    before = grants()
    gone = ClassGrant.objects.filter(group__name="clinician", content_object=house.root).values_list("pk", flat=True)
    gone = [f"reviews.classgrant:{pk}" for pk in gone]

    revoke("clinician", house.root, actor=house.admin)

    assert before - grants() == {("clinician", right, "neurology") for right in RIGHTS["clinician"]}
    data, hashes = entry("revoked", "class:neurology", house.admin)
    assert data == {"role": "clinician"}
    assert hashes == dict.fromkeys(gone)
    assert len(gone) == 2


def test_a_role_alone_grants_nothing(house):
    give_role(house.nobody, "clinician", actor=house.admin)
    revoke("clinician", house.root, actor=house.admin)

    assert not policy.can(get_user_model().objects.get(username="nobody"), "sign", house.leaf)
