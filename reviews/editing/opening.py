"""Opening an installation, and opening it again when every administrator is locked out. Both are commands: whoever may
run them has the machine. Both are entries of the system."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User

from monographs.models import TherapeuticClass
from monographs.standing import today
from monographs.texts.characters import says_nothing
from reviews.access import accounts, factors, grants, holds, letters, links
from reviews.access.door import admitted, as_code
from reviews.access.refusals import RefusalType, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.editing.library import added_class
from reviews.models import AccountHold, Grant, Organisation
from reviews.models.roles import ADMINISTRATOR

NAME = 200
# Two, so that nobody vouches for themselves.
ADMINISTRATORS = 2


@dataclass(frozen=True)
class Opened:
    """The address by which each first administrator sets a password, told this once; how many classes there are."""

    links: dict[str, str]
    classes: int


def open_house(name: str, administrators: list[tuple[str, str]], *, tree: Any) -> Opened:
    """Opens an empty installation in one act: the organisation, two administrators (name to sign in by, e-mail) with a
    link each, and therapeutic classes. Refuses one that is open, and any other number of administrators."""
    with audited_write(actor=None) as trail:
        if trail.seq or Organisation.objects.exists() or User.objects.exists():
            raise refuse("open_already", "This installation is open already.", RefusalType.CONFLICT)
        if len(administrators) != ADMINISTRATORS:
            sentence = "Name two administrators: nobody gives rights to themselves."
            raise refuse("administrators", sentence, RefusalType.INVALID)
        name = admitted(name, "name", NAME, is_line=True)
        if says_nothing(name):
            raise refuse("missing", "Write the name of the organisation.", RefusalType.INVALID, field="name")
        trail.save(Organisation(name=name, opened_at=trail.at))
        trail.record("installation_opened", "site", data={"name": name})
        made = {}
        for username, email in administrators:
            person = accounts.added(trail, username, username, email)
            grants.begin(trail, person, ADMINISTRATOR, by=None, reason="The installation was opened.")
            made[person.username] = links.made(trail, person, by=None)
        return Opened(made, _add_classes(trail, tree, None))


def _add_classes(trail: Trail, nodes: Any, parent: TherapeuticClass | None) -> int:
    """Adds a class and all below it. Refuses what is no list of classes, each with `name`, `slug`, maybe `tier_floor`
    and `children`."""
    count = 0
    for node in nodes if isinstance(nodes, list) else [None]:
        found: dict[str, Any] = node if isinstance(node, dict) else {}
        name, slug, tier_floor = (found.get(key, "") for key in ("name", "slug", "tier_floor"))
        if not (name and all(isinstance(one, str) for one in (name, slug, tier_floor))):
            raise refuse("classes", "Each class is an object with a name and a slug.", RefusalType.INVALID)
        made = added_class(trail, name, slug=as_code(slug), parent=parent, tier_floor=as_code(tier_floor))
        count += 1 + _add_classes(trail, found.get("children", []), made)
    return count


def classes_in(file: Path) -> Any:
    """What the tree of a file of classes holds (JSON: `{"tree": […]}`)."""
    try:
        found = json.loads(file.read_text("utf-8"))
        return found["tree"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise refuse("classes", f"This is no file of classes: {file.name}.", RefusalType.INVALID) from error


def recover_access(username: str) -> str:
    """A link for somebody who looks after accounts from now on, where nobody else can give one, nor remove the second
    factors that they lost. These are removed, the password of before opens nothing any more, and every session of
    theirs ends: nobody signs in by it but through the link, or one mailed to their address. Every administrator is told
    by mail. Whoever gets it administers nothing for 24 hours, unless nobody ever could.

    Refuses a name that nobody has, and a closed account.
    """
    with audited_write(actor=None) as trail:
        person = User.objects.filter(username__iexact=as_code(username)).first() if username else None
        if person is None:
            raise refuse("no_account", "Nobody signs in by this name.", RefusalType.INVALID, field="username")
        if not person.is_active:
            raise refuse("closed_already", "This account is closed.", RefusalType.CONFLICT)
        counting = Grant.objects.counting(today(trail.clock)).filter(role=ADMINISTRATOR, person__is_active=True)
        others = {one.person_id: one.person for one in counting.select_related("person")}
        ever = AccountHold.objects.exists() or any(one.has_usable_password() for one in User.objects.all())
        link = links.made(trail, person, by=None)  # tells them so, who have a password yet
        if person.pk not in others:
            _renew(trail, person)
        count = factors.taken_away(trail, person)
        person.set_unusable_password()
        trail.save(person, "password")
        if ever:
            holds.begin(trail, person, by=None)
        for one in {**others, person.pk: person}.values():
            letters.write(
                trail, one, "Access to accounts was recovered", _told(person, is_held=ever, has_lost=count > 0)
            )
        data = {"username": person.username, "held": ever, "factors": count}
        trail.record("access_recovered", f"user:{person.pk}", data=data)
    accounts.end_sessions(person)
    return link


def _told(person: User, *, is_held: bool, has_lost: bool) -> str:
    lost = " Its second factors were removed: new ones are set up at the next sign-in." if has_lost else ""
    held = " For 24 hours that account administers nothing." if is_held else ""
    return (
        f"By a command, somebody asked for a way in for the account {person.get_username()}, as an administrator. If "
        f"you do not know why, ask whoever runs this system at once. Its password of before opens nothing any more."
        f"{lost}{held}"
    )


def _renew(trail: Trail, person: User) -> None:
    """The role of an administrator, in place of one that nobody confirmed in time."""
    for lapsed in Grant.objects.not_ended().filter(person=person, role=ADMINISTRATOR):
        grants.lapse(trail, lapsed)
    grants.begin(trail, person, ADMINISTRATOR, by=None, reason="Access was recovered.")
