"""An installation is opened once, by two people who have nothing yet; and opened again when nobody can get in."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone

from monographs.models import TherapeuticClass
from reviews.access import accounts, grants, links, policy
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.editing.opening import open_house, recover_access
from reviews.models import AccountHold, AuditEvent, Grant, Organisation
from reviews.models.event import is_demonstration
from reviews.models.grant import CONFIRMED_EVERY
from tests import factories as make

pytestmark = pytest.mark.django_db
NEW = "another horse battery"
ADMINS = [("ann", "ann@example.org"), ("bob", "bob@example.org")]
ARGUMENTS = ["--name", "St Elsewhere", "--admin", *ADMINS[0], "--admin", *ADMINS[1]]


def setup(*arguments):
    said = StringIO()
    call_command("setup", *(arguments or ARGUMENTS), stdout=said)
    return said.getvalue()


def links_in(said):
    return [line.strip() for line in said.splitlines() if "https://" in line]


def use(link):
    return links.set_password(link.rstrip("/").rpartition("/")[2], new_password=NEW, again_password=NEW)


def broken():
    return [one for one in verify() if "checkpoint" not in one[1]]


def nothing_is_there():
    return (AuditEvent, User, Organisation, TherapeuticClass, Grant), [0] * 5


# -- Opening -----------------------------------------------------------------------------------------------------------


def test_an_empty_database_is_opened_for_two_people_who_can_work(empty_database):
    said = setup()

    assert Organisation.objects.get().name == "St Elsewhere"
    assert said.startswith(f"St Elsewhere is open, with {TherapeuticClass.objects.count()} therapeutic classes.")
    assert TherapeuticClass.objects.count() > 20
    assert not is_demonstration()
    assert set(AuditEvent.objects.values_list("actor", flat=True)) == {None}
    assert AuditEvent.objects.earliest("seq").verb == "installation_opened"
    assert verify() == []
    first, second = links_in(said)
    ann, bob = use(first), use(second)
    for person in User.objects.filter(pk__in=(ann.pk, bob.pk)):
        assert policy.can(person, "manage_people")
        assert (person.is_superuser, person.is_staff) == (False, False)
    assert AccountHold.objects.count() == 0
    made = accounts.new("carol", "Carol Third", "carol@example.org", actor=User.objects.get(username="ann"))
    grants.give(made, "editor", actor=User.objects.get(username="bob"))
    assert broken() == []


def test_it_is_refused_once_open(empty_database):
    setup()
    entries = AuditEvent.objects.count()

    with pytest.raises(CommandError, match="open already"):
        setup("--name", "Another", "--admin", "eve", "eve@example.org", "--admin", "mal", "mal@example.org")

    assert (AuditEvent.objects.count(), User.objects.count(), Organisation.objects.count()) == (entries, 2, 1)


def test_a_house_that_somebody_works_in_is_open(house):
    with pytest.raises(CommandError, match="open already"):
        setup()


@pytest.mark.parametrize(
    "admins",
    [
        ADMINS[:1],
        [*ADMINS, ("carol", "carol@example.org")],
        [ADMINS[0], ("ANN", "other@example.org")],
        [ADMINS[0], ("other", "ANN@example.org")],
        [ADMINS[0], ("bob", "no address")],
        [ADMINS[0], ("b b", "bob@example.org")],
    ],
)
def test_two_different_people_open_it_or_nobody(empty_database, admins):
    with pytest.raises(Refused):
        open_house("St Elsewhere", admins, tree=[])

    models, none = nothing_is_there()
    assert [model.objects.count() for model in models] == none


@pytest.mark.parametrize(
    ("name", "tree"),
    [
        ("", []), ("9990000018", []), ("St\x00", []), ("S" * 201, []),
        ("St Elsewhere", {}), ("St Elsewhere", ["x"]), ("St Elsewhere", [{"name": 1, "slug": "x"}]),
        ("St Elsewhere", [{"name": "X", "slug": "A B"}]), ("St Elsewhere", [{"name": "", "slug": "x"}]),
        ("St Elsewhere", [{"name": "X", "slug": "x", "tier_floor": "huge"}]),
        ("St Elsewhere", [{"name": "X", "slug": "x"}, {"name": "Y", "slug": "x"}]),
        ("St Elsewhere", [{"name": "X", "slug": "x", "children": "y"}]),
    ],
)  # fmt: skip
def test_what_cannot_be_used_opens_nothing(empty_database, name, tree):
    with pytest.raises(Refused):
        open_house(name, ADMINS, tree=tree)

    models, none = nothing_is_there()
    assert [model.objects.count() for model in models] == none


def test_classes_come_from_a_file_with_their_tree_and_tiers(empty_database, tmp_path):
    file = tmp_path / "classes.json"
    tree = [
        {"name": "Blood", "slug": "blood", "children": [{"name": "Anticoagulants", "slug": "a", "tier_floor": "high"}]}
    ]
    file.write_text(json.dumps({"tree": tree}))

    setup(*ARGUMENTS, "--classes", str(file))

    columns = ("slug", "name", "parent__slug", "tier_floor")
    assert list(TherapeuticClass.objects.order_by("pk").values_list(*columns)) == [
        ("blood", "Blood", None, ""),
        ("a", "Anticoagulants", "blood", "high"),
    ]


@pytest.mark.parametrize("content", ["", "[]", "{}", "null", '{"tree"', "[" * 100_000])
def test_a_file_that_is_none_of_classes_is_named(empty_database, tmp_path, content):
    file = tmp_path / "classes.json"
    file.write_text(content)

    with pytest.raises(CommandError, match=r"no file of classes: classes\.json"):
        setup(*ARGUMENTS, "--classes", str(file))


# -- Access that was lost ----------------------------------------------------------------------------------------------


def test_a_first_link_that_was_lost_is_made_again_and_holds_nobody(empty_database):
    (lost, other) = links_in(setup())
    said = StringIO()

    call_command("recover_access", "ann", stdout=said)

    (link,) = links_in(said.getvalue())
    with pytest.raises(Refused):
        use(lost)
    ann = use(link)
    use(other)
    assert AccountHold.objects.count() == 0
    assert policy.can(User.objects.get(pk=ann.pk), "manage_people")
    assert broken() == []


def test_whoever_recovers_access_administers_nothing_for_24_hours_and_all_are_told(empty_database, monkeypatch):
    for link in links_in(setup()):
        use(link)
    mail.outbox.clear()

    use(recover_access("ann"))

    event = AuditEvent.objects.get(verb="access_recovered")
    assert (event.actor, event.data["held"]) == (None, True)
    told = [one.to for one in mail.outbox if one.subject == "Access to accounts was recovered"]
    assert sorted(told) == [["ann@example.org"], ["bob@example.org"]]
    ann = User.objects.get(username="ann")
    assert [one.code for one in policy.refusals(ann, "manage_people")] == ["held"]
    later = timezone.now() + timedelta(hours=24, minutes=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert policy.can(User.objects.get(username="ann"), "manage_people")
    assert broken() == []


def test_whoever_recovers_access_sets_up_a_new_second_factor_and_all_administrators_are_told_so(house):
    make.second_factor(house.admin)
    grants.give(house.publisher, "administrator", actor=house.admin)
    mail.outbox.clear()

    recover_access("admin")

    assert not Authenticator.objects.filter(user=house.admin).exists(), "neither the app nor its codes"
    assert AuditEvent.objects.get(verb="access_recovered").data["factors"] == 2
    told = {
        one.to[0]: "Its second factors were removed" in one.body for one in mail.outbox if "recovered" in one.subject
    }
    assert told == {"admin@example.org": True, "publisher@example.org": True}
    assert AccountHold.objects.filter(person=house.admin).count() == 1
    assert broken() == []


def test_from_then_on_nothing_but_the_link_opens_that_account(house):
    """Whoever took the account over knows its password, and may be signed in and have a link in their mail."""
    browser, others = Client(), Client()
    browser.force_login(house.admin)
    others.force_login(house.editor)
    mailed = links.mailed_address(house.admin)

    link = recover_access("admin")

    assert authenticate(None, username="admin", password=make.PASSWORD) is None
    assert browser.get("/desk/").status_code == 302
    assert others.get("/desk/").status_code == 200
    assert authenticate(None, username="editor", password=make.PASSWORD) == house.editor
    with pytest.raises(Refused):
        use(mailed)
    use(link)
    assert authenticate(None, username="admin", password=NEW) == house.admin
    assert broken() == []


@pytest.mark.parametrize("by_mail", [False, True])
def test_the_hold_begins_anew_with_the_password_however_late_it_is_set_and_however_often_it_was_asked(
    house, monkeypatch, by_mail
):
    """The only one with a password: the second time nobody has one, and it is no new house for it."""
    for one in User.objects.exclude(username="admin"):
        make.changed_account(one, password=None)
    recover_access("admin")
    link = recover_access("admin")
    assert [one.data["held"] for one in AuditEvent.objects.filter(verb="access_recovered")] == [True, True]
    later = timezone.now() + timedelta(hours=30)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)

    use(links.mailed_address(User.objects.get(username="admin")) if by_mail else link)

    assert [one.code for one in policy.refusals(User.objects.get(username="admin"), "manage_people")] == ["held"]


def test_whoever_lost_the_role_has_it_again(house):
    """The hold begins with the command: whoever is signed in already waits too."""
    assert not policy.can(house.nobody, "manage_people")

    recover_access("nobody")

    nobody = User.objects.get(username="nobody")
    assert [one.code for one in policy.refusals(nobody, "manage_people")] == ["held"]
    grant = Grant.objects.get(person=nobody)
    assert (grant.role, grant.given_by) == ("administrator", None)


def test_a_role_that_nobody_confirmed_lapses_with_its_entry_before_it_is_given_again(house, monkeypatch):
    grants.give(house.nobody, "administrator", actor=house.admin)
    then = timezone.now() + CONFIRMED_EVERY
    monkeypatch.setattr("django.utils.timezone.now", lambda: then)

    recover_access("nobody")

    about = AuditEvent.objects.filter(subject=f"user:{house.nobody.pk}", verb__startswith="role_").order_by("seq")
    assert [(one.verb, one.actor) for one in about][-2:] == [("role_lapsed", None), ("role_given", None)]
    assert list(Grant.objects.filter(person=house.nobody).values_list("has_lapsed", flat=True)) == [True, False]
    assert broken() == []


@pytest.mark.parametrize("name", ["", "nobody-at-all", "a\x00b", "closed"])
def test_a_name_that_nobody_has_or_a_closed_account_recovers_nothing(house, name):
    make.changed_account(make.account("closed"), is_active=False)
    entries = AuditEvent.objects.count()

    with pytest.raises(CommandError):
        call_command("recover_access", name, stdout=StringIO())

    assert AuditEvent.objects.count() == entries
