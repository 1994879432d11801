"""The roles of versions before grants, taken over: `manage.py upgrade` does it once.

Whoever was in the group of a role held it on each class that was granted to the group. Each such pair becomes a grant
of their own, with the same rights, given by nobody on the day of the upgrade; then the groups' rows are taken out.
Django's flag of a superuser opened what administrators do: whoever has it, and never held that role, holds it from now
on. The flag itself stays as it is, and opens nothing: whoever put it there by hand is still told by `verify_trail`.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User

from monographs.models import TherapeuticClass
from monographs.standing import today
from reviews.access.grants import mirror
from reviews.audit.trail import audited_write
from reviews.models import ClassGrant, Grant
from reviews.models.roles import ADMINISTRATOR, ROLES

BY_FLAG = "Held through Django’s flag of a superuser before each person had grants of their own."
REASON = "Held through the group of this role before each person had grants of their own."


def take_over() -> tuple[int, list[str]] | None:
    """How many grants were made, and a sentence for each membership that opened nothing and so became none. None where
    there is nothing to take over."""
    members: Any = get_user_model().groups.through.objects
    everything: tuple[Any, ...] = (ClassGrant.objects, members, Group.objects)
    flagged = User.objects.filter(is_superuser=True).exclude(grants__role=ADMINISTRATOR).order_by("pk")
    if not (flagged.exists() or any(rows.exists() for rows in everything)):
        return None
    with audited_write(actor=None, remakes=True) as trail:
        places, day = _places(), today(trail.clock)
        made, left, people = list[Grant](), list[str](), {}
        for row in members.select_related("user", "group").order_by("user", "group"):
            people[row.user_id] = row.user
            on = places.get(row.group.name, [])
            if not on:
                left.append(f"{row.user.get_username()}: the group “{row.group.name}” was granted no class.")
            held = set(
                row.user.grants.not_ended().filter(role=row.group.name).values_list("therapeutic_class", flat=True)
            )
            made += [
                Grant(person=row.user, role=row.group.name, therapeutic_class=one, given_on=day, reason=REASON)
                for one in on
                if (one and one.pk) not in held
            ]
        for grant in made:
            trail.save(grant)
        for person in flagged:  # asked now: not those who came to it by their group
            made.append(Grant(person=person, role=ADMINISTRATOR, given_on=day, reason=BY_FLAG))
            trail.save(made[-1])
        meant: dict[str, str] = {}
        for person in people.values():
            meant |= mirror(trail, person).get("permissions", {})
        for rows in everything:
            for row in list(rows.all()):
                trail.wrote(row)
                row.delete()
        given = [[one.person.get_username(), one.role, one.where] for one in made]
        trail.record("roles_taken_over", "site", data={"given": given, "left": left, "permissions": meant})
    return len(made), left


def _places() -> dict[str, list[TherapeuticClass | None]]:
    """Where each group held its role: everywhere for one that is granted no class, else on each class on which it had
    all that the role may be granted. What it had less of, it did not hold as that role."""
    held: dict[tuple[str, TherapeuticClass], set[str]] = {}
    for row in ClassGrant.objects.select_related("group", "permission", "content_object").order_by("pk"):
        held.setdefault((row.group.name, row.content_object), set()).add(row.permission.codename)
    places: dict[str, list[TherapeuticClass | None]] = {role.name: [None] for role in ROLES.values() if not role.grants}
    for (name, place), permissions in held.items():
        if name in ROLES and ROLES[name].grants and set(ROLES[name].grants) <= permissions:
            places.setdefault(name, []).append(place)
    return places
