"""The policy as a table: every act, for every role, held on a class, on one monograph or everywhere, at every place of a
tree."""

from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from monographs.models import Monograph, Overlay, TherapeuticClass
from reviews.access import policy
from reviews.access.grants import confirm, give, take
from reviews.access.registrations import register
from reviews.audit.trail import audited_write
from reviews.editing.library import make_class, make_drug
from reviews.editing.monographs import begin
from reviews.models import Grant
from tests import factories as make
from tests import tables

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ROLES = ("editor", "clinician", "publisher", "on-call", "auditor", "administrator")
WRITERS, CLINICIANS, PUBLISHERS = {"editor", "clinician"}, {"clinician"}, {"publisher"}
# Written out by hand from the design: who may do what in a class that is granted to every role.
MAY = {
    "read": {"editor", "clinician", "publisher", "auditor"},
    "create": WRITERS,
    "edit": WRITERS,
    "start": WRITERS,
    "submit": WRITERS,
    "send-back": CLINICIANS | PUBLISHERS,
    "sign": CLINICIANS,
    "unsign": CLINICIANS,
    "assign": WRITERS | PUBLISHERS,
    "publish": PUBLISHERS,
    "discard": PUBLISHERS,
    "withdraw": CLINICIANS | PUBLISHERS,
    "confirm-withdrawal": CLINICIANS | PUBLISHERS,
    "still-correct": CLINICIANS,
    "full-review": CLINICIANS,
    "reinstate": PUBLISHERS,
    "withhold": CLINICIANS | PUBLISHERS,
    "warn": {"on-call"},
    "countersign": CLINICIANS,
    "correct": CLINICIANS,
    "call_harmless": CLINICIANS,
    "close_recheck": CLINICIANS,
    "end-warning": {"on-call"},
    "lift": {"on-call"},
    "move": PUBLISHERS,
    "answer_report": WRITERS,
    "close_harm_report": CLINICIANS,
    "look_at_report": WRITERS | PUBLISHERS,
    "answer_site_report": {"editor", "clinician", "publisher"},
    "set_tier": CLINICIANS,
    "use_desk": set(ROLES),
    "state_own": {*ROLES, "superuser", "nobody"},
    "keep_library": {"editor", "clinician"},
    "drop_trait": {"clinician"},
    "read_trail": {"auditor"},
    "manage_people": {"administrator"},
}
# These ask for a role, wherever it is granted.
ANYWHERE = {
    "use_desk": "no_role",
    "state_own": "closed_already",
    "answer_site_report": "no_role",
    "keep_library": "no_role",
    "drop_trait": "no_role",
    "read_trail": "no_role",
    "manage_people": "no_administrator",
}
CLASSES = ("above", "granted", "below", "another")
# Where a role is held, and which places of the tree it reaches from there. Auditors and administrators hold theirs
# everywhere alone.
SCOPES = {"class": {"granted", "below"}, "page": {"below"}, "everywhere": set(CLASSES)}
SCOPED = ("editor", "clinician", "publisher", "on-call")


def fresh(user):
    """The same person as of the next request: nothing is remembered on the object."""
    return get_user_model().objects.get(pk=user.pk)


def verified(house, user, number, profession="pharmacist"):
    profile = register(user, actor=house.admin, name=user.username, profession=profession, number=number, scope="both")
    make.verify(profile, actor=house.admin, reader_title=profession)


def warning(monograph, by=None, kind="warning", role="clinician"):
    return Overlay(kind=kind, monograph=monograph, by=by, by_role=role)


def thing_of(action, draft):
    """What an action is asked of: a warning of somebody else, a monograph, or an edition."""
    if action in ("countersign", "end-warning", "lift"):
        return warning(draft.monograph)
    return draft.monograph if action == "set_tier" else draft


@pytest.fixture(scope="module")
def made(once_a_module):
    """One person a role and scope, a closed account beside each, and a draft in each class."""
    house = make.the_house()
    people = {}
    classes, parent = {}, None
    for name in CLASSES:
        parent = classes[name] = make_class(name, parent=parent if name != "another" else None, actor=house.admin)
    drafts = {}
    for name, therapeutic_class in classes.items():
        with audited_write(actor=house.editor) as trail:
            drug = make_drug(trail, name=f"{name} drug")
            drafts[name] = begin(
                trail, slug=f"{name}-page", drug=drug, therapeutic_class=therapeutic_class, document=make.document(),
                reason="Written for a test",
            )  # fmt: skip
    on = {"class": classes["granted"], "page": drafts["below"].monograph, "everywhere": None}
    number = 2_000_100
    for role in ROLES:
        for scope in SCOPES if role in SCOPED else ("everywhere",):
            for state in ("open", "closed"):
                user = people[role, scope, state] = make.account(f"the-{state}-{role}-{scope}")
                give(user, role, on=on[scope], actor=house.admin)
                if role in ("clinician", "on-call"):
                    number += 1
                    verified(house, user, str(number))
                if state == "closed":
                    make.changed_account(user, is_active=False)
    people["nobody", "", "open"] = house.nobody
    people["superuser", "", "open"] = make.account("a-superuser", is_superuser=True)
    return SimpleNamespace(people=people, classes=classes, drafts=drafts)


def test_the_table_is_whole():
    assert set(MAY) == set(policy.RULES)
    assert set(ROLES) == set(policy.ROLES)


def test_a_role_is_one_row_that_names_what_the_database_and_the_rules_know():
    rows = policy.ROLES.values()
    assert {grant for role in rows for grant in role.grants} == {
        codename for codename, _words in TherapeuticClass._meta.permissions
    }
    assert {action for role in rows for action in role.everywhere} <= set(policy.RULES)
    for permission, names in (
        (policy.EDIT, ["editor", "clinician"]),
        (policy.REVIEW, ["clinician"]),
        (policy.PUBLISH, ["publisher"]),
        (policy.WARN, ["on-call"]),
    ):
        assert [role.name for role in policy.holding(permission)] == names


def test_who_signs_by_role(house):
    may = [name for name in (*make.ROLES, "admin", "nobody") if policy.signs(fresh(house.people[name]))]
    assert sorted(may) == ["clinician", "clinician2", "pharmacist"]


@pytest.mark.parametrize("action", MAY)
def test_an_act_is_open_to_its_roles_where_they_are_held_and_to_nobody_else(world, action):
    for (role, scope, state), user in world.people.items():
        for place in CLASSES:
            thing = thing_of(action, world.drafts[place])
            reaches = place in SCOPES.get(scope, ()) or action in ANYWHERE
            may = state == "open" and role in MAY[action] and reaches
            found = policy.refusals(fresh(user), action, thing)

            assert policy.can(fresh(user), action, thing) is may, (role, scope, state, place)
            assert [one.code for one in found] == ([] if may else [ANYWHERE.get(action, "not_granted")]), (role, place)


@pytest.mark.parametrize("action", MAY)
def test_whoever_is_not_signed_in_may_nothing(world, action):
    assert not policy.can(AnonymousUser(), action, thing_of(action, world.drafts["granted"]))


@pytest.mark.parametrize("action", ["read", "create", "sign", "publish", "warn"])
def test_an_edition_a_monograph_and_its_class_are_judged_alike(world, action):
    for place in CLASSES:
        draft = world.drafts[place]
        things = (draft, draft.monograph, world.classes[place])
        for (_role, scope, _state), user in world.people.items():
            of_page, of_monograph, of_class = (policy.can(fresh(user), action, thing) for thing in things)
            assert of_page == of_monograph, (user, place)
            assert of_class == (of_page and scope != "page"), (user, place)


def test_nothing_that_was_never_thought_of_is_allowed(world):
    with pytest.raises(KeyError):
        policy.can(world.people["superuser", "", "open"], "fly", world.classes["granted"])


def test_a_refusal_says_who_is_needed_and_where(world):
    def said(action):
        (refusal,) = policy.refusals(
            fresh(world.people["auditor", "everywhere", "open"]), action, world.drafts["below"]
        )
        return refusal.sentence

    needs = {
        "edit": "editor", "sign": "clinician", "publish": "publisher", "warn": "on-call",
        "withdraw": "clinician or publisher",
    }  # fmt: skip
    for action, who in needs.items():
        assert said(action) == f"You need the {who} role for “below”. Ask your administrator."
    assert said("keep_library") == "You need the editor or clinician role. Ask your administrator."
    assert said("manage_people") == "You need the administrator role. Ask your administrator."
    for action, sentence in (
        ("edit", "You need the editor role for “below”. Ask your administrator."),
        ("read", "You need a role for “below”. Ask your administrator."),
        ("use_desk", "You have no role yet. Ask your administrator."),
    ):
        (refusal,) = policy.refusals(AnonymousUser(), action, world.classes["below"])
        assert refusal.sentence == sentence


def test_a_grant_that_is_taken_is_gone_and_those_of_others_and_elsewhere_stay(house):
    other = make_class("Elsewhere", actor=house.admin)
    give(house.editor, "editor", on=other, actor=house.admin)

    take(house.editor.grants.earliest("pk"), actor=house.admin, reason="They moved")

    assert not policy.can(fresh(house.editor), "edit", house.leaf)
    assert policy.can(fresh(house.editor), "edit", other)
    assert policy.can(fresh(house.editor2), "edit", house.leaf)


def test_a_grant_counts_for_six_months_after_it_was_given_or_confirmed(house, monkeypatch):
    held, start = house.editor.grants.get(), timezone.now()

    def at(days):
        monkeypatch.setattr("django.utils.timezone.now", lambda: make.later(start, days=days))
        return policy.can(fresh(house.editor), "edit", house.leaf), policy.can(fresh(house.editor), "use_desk")

    assert (at(0), at(182), at(183)) == ((True, True), (True, True), (False, False))
    at(100)
    confirm(held, actor=house.admin)
    assert (at(183), at(282), at(283)) == ((True, True), (True, True), (False, False))


def test_a_grant_in_a_role_that_this_version_does_not_know_opens_nothing(house):
    with tables.no_triggers():
        Grant.objects.filter(person=house.editor).update(role="king")

    assert not policy.can(fresh(house.editor), "use_desk")
    assert not policy.can(fresh(house.editor), "edit", house.leaf)


def test_what_somebody_holds_is_asked_once(house, django_assert_num_queries):
    user = fresh(house.auditor)
    with django_assert_num_queries(1):
        for action in ("use_desk", "read_trail", "keep_library", "manage_people"):
            policy.can(user, action)


# -- Whoever worked on an edition --------------------------------------------------------------------------------------


def test_whoever_wrote_or_suggested_any_of_an_edition_may_send_it_back_and_give_it_up(house):
    edition = make.draft(house)
    with (
        audited_write(actor=house.editor) as trail,
        make.change_set(
            trail, edition=edition, reason="Suggested", credits={str(make.key("fbc")): [house.auditor.pk]}
        ) as change,
    ):
        item = make.build(edition).monitoring[0]
        change.save(item.replaced(note="Said by the auditor."), seen=make.digest_of_part(item))

    for action in ("send-back", "discard"):
        known = (*make.ROLES, "nobody", "admin")
        may = {name for name in known if policy.can(fresh(house.people[name]), action, edition)}
        granted = {"clinician", "clinician2", "pharmacist", "publisher"} if action == "send-back" else {"publisher"}
        assert may == granted | {"editor", "auditor"}
    other = make.draft(house, "otherumab", make.document(), actor=house.editor2)
    assert not policy.can(fresh(house.editor), "discard", other)


def test_a_closed_account_or_nobody_has_contributed_to_nothing(house):
    edition = make.draft(house)
    make.changed_account(house.editor, is_active=False)

    for user in (fresh(house.editor), AnonymousUser()):
        assert [one.code for one in policy.refusals(user, "discard", edition)] == ["not_granted"]


def test_a_clinician_who_contributed_sets_the_tier_again_once_an_edition_is_published_and_not_once_one_is_given_up(
    house,
):
    edition = make.draft(house, actor=house.clinician)
    monograph = edition.monograph

    (refusal,) = policy.refusals(fresh(house.clinician), "set_tier", monograph)
    assert refusal.code == "contributed"
    assert policy.can(fresh(house.clinician2), "set_tier", monograph)
    make.perform("discard", editions=[edition], actor=house.clinician, digest=make.seen(edition), reason="Given up")

    assert [one.code for one in policy.refusals(fresh(house.clinician), "set_tier", monograph)] == ["contributed"]
    again = make.submit(house, make.start(house, edition, actor=house.editor))
    make.sign(again, house.clinician2)
    make.publish(house, make.sign(again, house.pharmacist))
    monograph.refresh_from_db()
    assert policy.can(fresh(house.clinician), "set_tier", monograph)


# -- What stands over a page -------------------------------------------------------------------------------------------


def codes(user, action, thing):
    return [one.code for one in policy.refusals(fresh(user), action, thing)]


def test_what_clinicians_do_over_a_page_needs_a_registration_of_the_last_twelve_months(house, monkeypatch):
    page = make.draft(house).monograph
    acts = {"warn": page, "countersign": warning(page), "correct": page, "lift": warning(page)}
    make.give_role(house.editor, "clinician", actor=house.admin)
    make.give_role(house.editor, "on-call", actor=house.admin)
    for action, thing in acts.items():
        assert codes(house.pharmacist, action, thing) == []
        assert codes(house.editor, action, thing) == ["not_verified"]  # no profile
    register(house.editor, actor=house.editor, name="E", profession="pharmacist", number="2000099", scope="both")
    assert [codes(house.editor, action, thing) for action, thing in acts.items()] == [["not_verified"]] * 4
    start = timezone.now()
    for days in (182, 364):
        with monkeypatch.context() as patch:
            patch.setattr("django.utils.timezone.now", lambda days=days: make.later(start, days=days))
            make.confirm_all(house.admin)
    for days, found in ((364, []), (365, ["not_verified"])):
        later = make.later(start, days=days)
        with monkeypatch.context() as patch:
            patch.setattr("django.utils.timezone.now", lambda later=later: later)
            assert [codes(house.pharmacist, action, thing) for action, thing in acts.items()] == [found] * 4


def test_a_correction_is_made_and_ended_by_a_pharmacist(house):
    page = make.draft(house).monograph
    for action, thing in (("correct", page), ("lift", warning(page, kind="erratum"))):
        assert codes(house.pharmacist, action, thing) == []
        assert codes(house.clinician, action, thing) == ["not_pharmacist"]
        assert codes(house.publisher, action, thing) == ["not_granted"]
    own = warning(page, by=house.pharmacist, kind="erratum")
    assert codes(house.pharmacist, "lift", own) == []


def test_nobody_signs_or_ends_their_own_warning(house):
    page = make.draft(house).monograph
    for action in ("countersign", "lift"):
        assert codes(house.pharmacist, action, warning(page, by=house.pharmacist)) == ["own_warning"]
        assert codes(house.pharmacist, action, warning(page, by=house.clinician)) == []


@pytest.mark.parametrize("kind", ["withhold", "retire", "take_down", "lift", "later"])
def test_what_is_neither_warning_nor_correction_is_not_lifted(house, kind):
    assert codes(house.pharmacist, "lift", warning(make.draft(house).monograph, kind=kind)) == ["no_lift"]


@pytest.mark.parametrize("kind", ["retire", "take_down"])
def test_a_withdrawal_is_confirmed_by_the_other_role_and_a_warning_by_a_clinician(house, kind):
    page = make.draft(house).monograph
    of_clinician = warning(page, by=house.clinician, kind=kind)
    of_publisher = warning(page, by=house.publisher, kind=kind, role="publisher")
    found = {
        name: [codes(house.people[name], "confirm-withdrawal", one) for one in (of_clinician, of_publisher)]
        for name in ("clinician", "clinician2", "publisher", "editor")
    }
    assert found == {
        "clinician": [["own_withdrawal"], []],
        "clinician2": [["other_role"], []],
        "publisher": [[], ["own_withdrawal"]],
        "editor": [["not_granted"], ["not_granted"]],
    }
    assert [policy.confirming(one) for one in (of_clinician, of_publisher)] == [policy.PUBLISH, policy.REVIEW]
    for role in ("clinician", "publisher"):
        assert policy.confirming(warning(page, role=role)) == policy.REVIEW


# -- What people are called, and what they may open --------------------------------------------------------------------


def test_whoever_may_publish_acts_on_a_page_as_a_publisher(house):
    assert policy.role_on_page(fresh(house.clinician), house.leaf) == "clinician"
    assert policy.role_on_page(fresh(house.publisher), house.leaf) == "publisher"
    make.give_role(house.clinician, "publisher", actor=house.admin)

    assert policy.role_on_page(fresh(house.clinician), make.draft(house)) == "publisher"


def test_readers_are_told_the_title_of_a_verified_clinician_and_of_others_the_role(house):
    register(house.publisher, actor=house.publisher, name="P", profession="nurse", number="12a3456b", scope="both")

    assert policy.title_of(fresh(house.clinician)) == "neurologist"
    assert policy.title_of(fresh(house.editor)) == "publisher"
    unverified = fresh(house.publisher)
    unverified.clinician_profile.reader_title = "nurse"
    assert policy.title_of(unverified) == "publisher"


def test_the_desk_lists_what_is_granted_and_what_is_below_it(world):
    def listed(*name):
        return {one.slug for one in policy.readable(fresh(world.people[name]))}

    everything = {f"{name}-page" for name in CLASSES}
    assert Monograph.objects.count() == len(everything)
    assert listed("auditor", "everywhere", "open") == everything
    for role in SCOPED:
        for scope, places in SCOPES.items():
            assert listed(role, scope, "open") == {f"{name}-page" for name in places}, (role, scope)
            assert listed(role, scope, "closed") == set()
    for role, scope, state in (
        ("nobody", "", "open"), ("superuser", "", "open"), ("administrator", "everywhere", "open"),
        ("auditor", "everywhere", "closed"),
    ):  # fmt: skip
        assert listed(role, scope, state) == set()
