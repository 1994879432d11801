"""Verbs on grants: who holds which role, and where.

Nobody gives, takes or confirms their own. What guardian keeps of a person (one direct row a permission and place) is
written in the same act.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.models import Permission, User

from monographs.models import Monograph, TherapeuticClass
from monographs.standing import today
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import kept, reason_of
from reviews.access.refusals import RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.models import ClassPermission, Grant, MonographPermission
from reviews.models.roles import ROLES

Place = TherapeuticClass | Monograph | None  # None: everywhere


def give(person: User, role: str, *, actor: User, on: Place = None, reason: str = "") -> Grant:
    """Gives somebody a role: on a class and all below it, on one monograph, or everywhere.

    Refuses oneself, whoever is no administrator, a role that there is not or that is held everywhere alone, and what
    the person holds there already.
    """
    with (
        refusals_recorded(actor=actor, action="give_role", subject=f"user:{person.pk}"),
        audited_write(actor=actor) as trail,
    ):
        check_administrator(trail.actor, person)
        check_role(role, on)
        reason = kept(reason)
        for held in Grant.objects.not_ended().filter(person=person, role=role, **_columns(on)):
            if held.counts(today(trail.clock)):
                raise refuse("held_already", "This person holds this role there already.", RefusalType.CONFLICT)
            lapse(trail, held)
        return begin(trail, person, role, on=on, by=trail.actor, reason=reason)


def begin(trail: Trail, person: User, role: str, *, on: Place = None, by: User | None, reason: str = "") -> Grant:
    """Writes a grant and its entry; `by` is None where the house itself gives it, when it is opened."""
    grant = Grant(
        person=person, role=role, given_on=today(trail.clock), given_by=by, reason=reason, **_columns(on)
    )  # fmt: skip
    trail.save(grant)
    trail.record("role_given", f"user:{person.pk}", reason=reason, data=_told(grant) | mirror(trail, person))
    return grant


def take(grant: Grant, *, actor: User, reason: str) -> Grant:
    """Ends a grant. Refuses oneself, whoever is no administrator, no reason, and what has ended."""
    with (
        refusals_recorded(actor=actor, action="take_role", subject=f"user:{grant.person_id}"),
        audited_write(actor=actor) as trail,
    ):
        check_administrator(trail.actor, grant.person)
        reason = reason_of(reason)
        grant = _not_ended(grant)
        grant.ended_on, grant.ended_by = today(trail.clock), trail.actor
        trail.record("role_taken", f"user:{grant.person_id}", reason=reason, data=_ended(trail, grant))
    return grant


def confirm(grant: Grant, *, actor: User) -> Grant:
    """Says that a grant is still right: it counts six months from today. Refuses oneself, whoever is no administrator,
    and what has ended or lapsed: that is given again."""
    with (
        refusals_recorded(actor=actor, action="confirm_role", subject=f"user:{grant.person_id}"),
        audited_write(actor=actor) as trail,
    ):
        return _confirmed(trail, grant)


def confirm_several(grants: Iterable[Grant], *, actor: User) -> list[Grant]:
    """Confirms several in one act, each with its entry: all of them or none. Refuses none at all, and what `confirm`
    refuses of any."""
    with (
        refusals_recorded(actor=actor, action="confirm_role", subject="site"),
        audited_write(actor=actor) as trail,
    ):
        check_administrator(trail.actor)
        if not (found := list(grants)):
            raise refuse("missing", "Tick at least one role.", RefusalType.INVALID)
        return [_confirmed(trail, one) for one in found]


def _confirmed(trail: Trail, grant: Grant) -> Grant:
    check_administrator(trail.actor, grant.person)
    grant, day = _not_ended(grant), today(trail.clock)
    if not grant.counts(day):
        raise refuse("lapsed_grant", f"It lapsed on {grant.lapses_on:%d %B %Y}. Give the role again.", _CONFLICT)
    grant.confirmed_on, grant.confirmed_by = day, trail.actor
    trail.save(grant, "confirmed_on", "confirmed_by")
    trail.record("role_confirmed", f"user:{grant.person_id}", data=_told(grant))
    return grant


def lapse_due(day: date | None = None) -> list[Grant]:
    """Writes down each grant that nobody confirmed in time, with an entry each: from then on it has ended, whatever the
    clock says later."""
    due = day or today()
    if not Grant.objects.not_ended().exclude(pk__in=Grant.objects.counting(due).values("pk")).exists():
        return []
    with audited_write(actor=None) as trail:
        lapsed = [one for one in Grant.objects.not_ended().select_related("person") if not one.counts(due)]
        for grant in lapsed:
            lapse(trail, grant, due)
        if not lapsed:  # somebody was faster
            trail.record("role_lapsed", "site", data={"grants": 0})
    return lapsed


# -- Inside an act -----------------------------------------------------------------------------------------------------

_CONFLICT = RefusalType.CONFLICT


def check_administrator(actor: User, about: User | None = None) -> None:
    """Refuses whoever is no administrator, and whoever acts on themselves."""
    if found := policy.refusals(actor, "manage_people"):
        raise Refused(found)
    if about is not None and about.pk == actor.pk:
        raise refuse("oneself", "Nobody does this for themselves. Another administrator must do it.")


def check_role(role: str, on: Place) -> None:
    """Refuses a role that there is not, and a place for one that is held everywhere alone."""
    if role not in ROLES:
        raise refuse("no_such_role", f"There is no role “{role[:100]}”.", RefusalType.INVALID, field="role")
    if on is not None and not ROLES[role].grants:
        sentence = f"The {role} role is held everywhere, or not at all."
        raise refuse("place", sentence, RefusalType.INVALID, field="on")


def _columns(on: Place) -> dict[str, Any]:
    return {
        "therapeutic_class": on if isinstance(on, TherapeuticClass) else None,
        "monograph": on if isinstance(on, Monograph) else None,
    }


def _told(grant: Grant) -> dict[str, Any]:
    name = grant.person.get_username()
    return {"grant": grant.pk, "role": grant.role, "username": name, "on": grant.where}


def _not_ended(grant: Grant) -> Grant:
    """The grant as it is now."""
    grant = Grant.objects.get(pk=grant.pk)
    if grant.ended_on is not None:
        raise refuse("ended_already", f"This grant ended on {grant.ended_on:%d %B %Y}.", _CONFLICT)
    return grant


def lapse(trail: Trail, grant: Grant, day: date | None = None) -> None:
    """Writes down that nobody confirmed it in time."""
    grant.ended_on, grant.has_lapsed = day or today(trail.clock), True
    why = "Nobody confirmed it for six months."
    trail.record("role_lapsed", f"user:{grant.person_id}", reason=why, data=_ended(trail, grant))


def _ended(trail: Trail, grant: Grant) -> dict[str, Any]:
    trail.save(grant, "ended_on", "ended_by", "has_lapsed")
    return _told(grant) | mirror(trail, grant.person)


def mirror(trail: Trail, person: User) -> dict[str, Any]:
    """Makes guardian's rows of a person say what their grants say, and answers what the permissions that are written
    stand for: Django's own rows, which nothing guards, so the trail remembers what their keys meant."""
    meant: dict[str, str] = {}
    grants = list(Grant.objects.not_ended().filter(person=person))
    for model, of, place in (
        (ClassPermission, TherapeuticClass, "therapeutic_class_id"),
        (MonographPermission, Monograph, "monograph_id"),
    ):
        wanted = {
            (name, getattr(grant, place))
            for grant in grants
            if getattr(grant, place) is not None
            for name in ROLES[grant.role].grants
        }
        held = {(row.permission.codename, row.content_object_id): row for row in _rows_of(model, person)}
        for gone in held.keys() - wanted:
            trail.wrote(held[gone])
            held[gone].delete()
        if new := sorted(wanted - held.keys()):
            found = Permission.objects.filter(
                content_type__app_label="monographs", content_type__model=of._meta.model_name
            )
            by_name = {one.codename: one for one in found}
            for name, pk in new:
                row = model(user=person, permission=by_name[name], content_object_id=pk)
                trail.save(row)
                meant[str(by_name[name].pk)] = name
    return {"permissions": meant} if meant else {}


def _rows_of(model: Any, person: User) -> Any:
    return model.objects.filter(user=person).select_related("permission")
