"""Grants: each verb by the right one, the wrong one and oneself, what it leaves, and what the database refuses. Nobody
gives, takes or confirms their own."""

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from monographs.standing import today
from reviews.access import policy
from reviews.access.grants import begin, confirm, give, lapse_due, take
from reviews.access.refusals import Refused
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.models import AuditEvent, ClassPermission, Grant, MonographPermission
from reviews.models.grant import CONFIRMED_EVERY
from tests import factories as make

pytestmark = pytest.mark.django_db

RIGHTS = {
    "editor": {"edit_monographs"},
    "clinician": {"edit_monographs", "review_monographs"},
    "publisher": {"publish_monographs"},
    "on-call": {"warn_monographs"},
    "auditor": set(),
    "administrator": set(),
}


def guardian():
    """(person, permission, place) of every row that guardian keeps."""
    on = [(ClassPermission, "content_object__slug"), (MonographPermission, "content_object__slug")]
    return {row for model, place in on for row in model.objects.values_list("user__username", "permission__codename", place)}  # fmt: skip


def rows():
    return list(Grant.objects.values()), guardian()


def broken():
    return [sentence for _seq, sentence in verify()]


def last(verb, actor):
    """(data without rows, the rows) of the newest entry, which this verb wrote."""
    one = AuditEvent.objects.latest("seq")
    assert (one.verb, one.actor) == (verb, actor)
    return {name: value for name, value in one.data.items() if name not in ("rows", "permissions")}, one.data["rows"]


def refused(act):
    """(action, codes) of a refusal that left its entry and nothing else."""
    before, head = rows(), AuditEvent.objects.count()
    with pytest.raises(Refused) as error:
        act()
    entry = AuditEvent.objects.latest("seq")
    assert (rows(), AuditEvent.objects.count(), entry.verb) == (before, head + 1, "refused")
    assert entry.data["codes"] == error.value.codes
    return entry.data["action"], error.value.codes


@pytest.fixture
def later(monkeypatch):
    start = timezone.now()

    def later(**period):
        monkeypatch.setattr("django.utils.timezone.now", lambda: make.later(start, **period))

    return later


@pytest.fixture
def administrator(house):
    """By the role, and no superuser; a clinician too."""
    give(house.clinician2, "administrator", actor=house.admin)
    return house.clinician2


def held(person, role="clinician"):
    return Grant.objects.not_ended().get(person=person, role=role)


# Every verb, by somebody, on the pharmacist.
VERBS = {
    "give_role": lambda house, actor: give(house.pharmacist, "publisher", on=house.leaf, actor=actor),
    "take_role": lambda house, actor: take(held(house.pharmacist), actor=actor, reason="They left"),
    "confirm_role": lambda house, actor: confirm(held(house.pharmacist), actor=actor),
}
LEAVES = {"give_role": "role_given", "take_role": "role_taken", "confirm_role": "role_confirmed"}


@pytest.mark.parametrize("verb", VERBS)
def test_only_an_administrator_does_it_and_each_other_try_is_recorded(house, administrator, verb):
    for who in ("editor", "clinician", "pharmacist", "publisher", "auditor", "nobody"):
        assert refused(lambda who=who: VERBS[verb](house, house.people[who])) == (verb, ["no_administrator"]), who
        assert AuditEvent.objects.latest("seq").subject == f"user:{house.pharmacist.pk}"

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

    assert refused(lambda: VERBS[verb](house, house.admin)) == (verb, ["no_administrator"])


def test_an_administrator_whose_grant_was_not_confirmed_does_nothing(house, administrator, later):
    later(days=CONFIRMED_EVERY.days)

    assert refused(lambda: VERBS["give_role"](house, administrator)) == ("give_role", ["no_administrator"])


def test_an_administrator_changes_nothing_of_their_own(house, administrator):
    for verb, act in {
        "give_role": lambda: give(administrator, "publisher", actor=administrator),
        "take_role": lambda: take(held(administrator), actor=administrator, reason="Why"),
        "confirm_role": lambda: confirm(held(administrator), actor=administrator),
    }.items():
        assert refused(act) == (verb, ["oneself"])
    assert refused(lambda: give(house.admin, "publisher", actor=house.admin)) == ("give_role", ["oneself"])

    give(house.admin, "publisher", actor=administrator)
    confirm(held(administrator), actor=house.admin)
    assert broken() == []


# -- Given -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["class", "page", "everywhere"])
@pytest.mark.parametrize("role", RIGHTS)
def test_a_role_that_is_given_is_a_row_an_entry_and_guardians_rows(house, role, where):
    page = make.draft(house).monograph
    on = {"class": house.leaf, "page": page, "everywhere": None}[where]
    named = {"class": "class:multiple-sclerosis", "page": "monograph:testazumab", "everywhere": "everywhere"}[where]
    before, had = guardian(), Grant.objects.count()
    if on is not None and not RIGHTS[role]:
        assert refused(lambda: give(house.nobody, role, on=on, actor=house.admin)) == ("give_role", ["place"])
        return

    grant = give(house.nobody, role, on=on, actor=house.admin, reason="  They begin today ")

    grant = Grant.objects.get(pk=grant.pk)
    assert (grant.person, grant.role, grant.where, grant.reason) == (house.nobody, role, named, "They begin today")
    assert (grant.given_by, grant.given_on, grant.confirmed_on, grant.ended_on) == (house.admin, today(), None, None)
    assert Grant.objects.count() == had + 1
    expected = {("nobody", name, on.slug) for name in RIGHTS[role]} if on else set()
    assert guardian() - before == expected
    entry = AuditEvent.objects.latest("seq")
    data, hashes = last("role_given", house.admin)
    assert (entry.subject, entry.reason) == (f"user:{house.nobody.pk}", "They begin today")
    assert data == {"grant": grant.pk, "role": role, "username": "nobody", "on": named}
    assert set(entry.data.get("permissions", {}).values()) == {name for _who, name, _where in expected}
    kind = {"class": "class", "page": "monograph", "everywhere": ""}[where]
    assert {name.partition(":")[0] for name in hashes} == {"reviews.grant"} | ({f"reviews.{kind}permission"} if on else set())  # fmt: skip
    assert len(hashes) == 1 + len(expected)
    assert None not in hashes.values()
    assert broken() == []


def test_there_are_no_other_roles_and_nobody_is_given_what_they_hold_there(house):
    give(house.editor, "editor", on=house.leaf, actor=house.admin)  # on a class below is another grant
    give(house.editor, "editor", actor=house.admin)
    page = make.draft(house).monograph
    give(house.editor, "editor", on=page, actor=house.admin)
    for role, on, code in (
        ("king", None, "no_such_role"),
        ("editor", house.root, "held_already"),
        ("editor", house.leaf, "held_already"),
        ("editor", page, "held_already"),
        ("editor", None, "held_already"),
    ):
        act = lambda role=role, on=on: give(house.editor, role, on=on, actor=house.admin)  # noqa: E731
        assert refused(act) == ("give_role", [code])


def test_the_house_itself_gives_a_role_when_it_is_opened(house):
    with audited_write(actor=None) as trail:
        grant = begin(trail, house.nobody, "administrator", by=None, reason="The first administrator")

    assert (grant.given_by, grant.given_on) == (None, today())
    assert last("role_given", None)[0]["on"] == "everywhere"
    assert policy.can(get_user_model().objects.get(pk=house.nobody.pk), "manage_people")
    assert broken() == []


def test_two_grants_that_open_the_same_share_guardians_row_until_both_have_ended(house):
    editor = give(house.nobody, "editor", on=house.leaf, actor=house.admin)
    clinician = give(house.nobody, "clinician", on=house.leaf, actor=house.admin)
    own = {("nobody", name, "multiple-sclerosis") for name in RIGHTS["clinician"]}
    assert own <= guardian()

    take(clinician, actor=house.admin, reason="They retired")
    assert guardian() & own == {("nobody", "edit_monographs", "multiple-sclerosis")}
    take(editor, actor=house.admin, reason="They left")
    assert guardian() & own == set()
    assert broken() == []


# -- Taken and confirmed -----------------------------------------------------------------------------------------------


def test_a_role_that_is_taken_ends_and_others_stay(house):
    grant, before = held(house.clinician), guardian()
    others = list(Grant.objects.exclude(pk=grant.pk).values())

    take(grant, actor=house.admin, reason="They left")

    grant.refresh_from_db()
    assert (grant.ended_on, grant.ended_by, grant.has_lapsed) == (today(), house.admin, False)
    assert list(Grant.objects.exclude(pk=grant.pk).values()) == others
    assert before - guardian() == {("clinician", name, "neurology") for name in RIGHTS["clinician"]}
    data, hashes = last("role_taken", house.admin)
    assert data == {"grant": grant.pk, "role": "clinician", "username": "clinician", "on": "class:neurology"}
    assert AuditEvent.objects.latest("seq").reason == "They left"
    assert sorted(value is None for value in hashes.values()) == [False, True, True]
    assert broken() == []


def test_a_role_is_taken_with_a_reason_and_once(house):
    grant = held(house.clinician)
    assert refused(lambda: take(grant, actor=house.admin, reason=" – ")) == ("take_role", ["reason"])
    stale = Grant.objects.get(pk=grant.pk)
    take(grant, actor=house.admin, reason="They left")

    assert refused(lambda: take(stale, actor=house.admin, reason="Again")) == ("take_role", ["ended_already"])
    assert refused(lambda: confirm(stale, actor=house.admin)) == ("confirm_role", ["ended_already"])


def test_what_was_taken_is_given_again_as_another_grant(house):
    old = held(house.clinician)
    take(old, actor=house.admin, reason="They left")

    new = give(house.clinician, "clinician", on=house.root, actor=house.admin)

    assert new.pk != old.pk
    assert policy.can(get_user_model().objects.get(pk=house.clinician.pk), "sign", house.leaf)
    assert broken() == []


def test_a_confirmation_says_by_whom_and_when_and_counts_six_months_from_then(house, later):
    grant = held(house.clinician)
    later(days=100)

    confirm(grant, actor=house.admin)

    grant.refresh_from_db()
    assert (grant.confirmed_on, grant.confirmed_by) == (today(), house.admin)
    assert grant.lapses_on == today() + CONFIRMED_EVERY
    data, hashes = last("role_confirmed", house.admin)
    assert data["grant"] == grant.pk
    assert list(hashes) == [f"reviews.grant:{grant.pk}"]
    assert broken() == []


# -- Lapsed ------------------------------------------------------------------------------------------------------------


def test_what_nobody_confirmed_lapses_with_an_entry_each_and_once(house, later):
    later(days=100)
    kept = confirm(held(house.clinician), actor=house.admin)
    assert lapse_due() == []
    later(days=CONFIRMED_EVERY.days)
    due = set(Grant.objects.exclude(pk=kept.pk))

    lapsed = lapse_due()

    assert set(lapsed) == due
    assert {(one.ended_on, one.ended_by, one.has_lapsed) for one in Grant.objects.filter(has_lapsed=True)} == {
        (today(), None, True)
    }
    entries = AuditEvent.objects.filter(verb="role_lapsed")
    assert {one.data["grant"] for one in entries} == {one.pk for one in due}
    assert {(one.actor, one.reason) for one in entries} == {(None, "Nobody confirmed it for six months.")}
    assert {who for who, _name, _where in guardian()} == {"clinician"}
    head = AuditEvent.objects.count()
    assert (lapse_due(), AuditEvent.objects.count()) == ([], head)
    assert broken() == []


def test_what_lapsed_does_not_come_back_when_the_clock_is_set_back(house, later):
    grant = held(house.editor, "editor")
    later(days=CONFIRMED_EVERY.days)
    make.confirm_own(house.admin)
    lapse_due()

    later(days=-400)

    assert not policy.can(get_user_model().objects.get(pk=house.editor.pk), "edit", house.leaf)
    with pytest.raises(Refused) as error:
        confirm(grant, actor=house.admin)
    assert error.value.codes == ["ended_already"]


def test_what_has_lapsed_and_is_not_written_down_yet_is_given_again_and_not_confirmed(house, later):
    grant = held(house.editor, "editor")
    later(days=CONFIRMED_EVERY.days)
    make.confirm_own(house.admin)

    assert refused(lambda: confirm(grant, actor=house.admin)) == ("confirm_role", ["lapsed_grant"])
    new = give(house.editor, "editor", on=house.root, actor=house.admin)

    grant.refresh_from_db()
    assert (grant.has_lapsed, new.pk == grant.pk) == (True, False)
    assert policy.can(get_user_model().objects.get(pk=house.editor.pk), "edit", house.leaf)
    assert broken() == []
