"""Verbs on people: roles and grants.

Nobody gives themselves anything: whoever acts here acts on somebody else.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType

from monographs.models import TherapeuticClass
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.refusals import RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.models import ClassGrant


def check_administrator(who: User, about: Any = None) -> None:
    if found := policy.refusals(who, "manage_people"):
        raise Refused(found)
    if about is not None and about.pk == who.pk:
        raise refuse("oneself", "Nobody changes their own rights or registration. Another administrator must do it.")


def _check_role(role: str) -> None:
    if role not in policy.ROLES:
        raise refuse("no_such_role", f"There is no role “{role[:100]}”.", RefusalType.INVALID)


def _role_group(trail: Trail, role: str) -> Group:
    _check_role(role)
    group = Group.objects.filter(name=role).first()
    if group is None:
        group = Group(name=role)
        trail.save(group)
    return group


def give_role(user: User, role: str, *, actor: User) -> None:
    """Makes the user a member of a role group. Refuses oneself, and whoever is no administrator."""
    with (
        refusals_recorded(actor=actor, action="give_role", subject=f"user:{user.pk}"),
        audited_write(actor=actor) as trail,
    ):
        check_administrator(trail.actor, user)
        group = _role_group(trail, role)
        user.groups.add(group)
        trail.wrote(user.groups.through.objects.get(user_id=user.pk, group=group))
        trail.record("role_given", f"user:{user.pk}", data={"role": role, "username": user.get_username()})


def take_role(user: User, role: str, *, actor: User) -> None:
    """Ends the user's membership of a role group."""
    with (
        refusals_recorded(actor=actor, action="take_role", subject=f"user:{user.pk}"),
        audited_write(actor=actor) as trail,
    ):
        check_administrator(trail.actor, user)
        group = _role_group(trail, role)
        membership = user.groups.through.objects.filter(user_id=user.pk, group=group).first()
        if membership is None:
            raise refuse("no_such_role", "This person does not have that role.", RefusalType.INVALID)
        trail.wrote(membership)
        user.groups.remove(group)
        trail.record("role_taken", f"user:{user.pk}", data={"role": role, "username": user.get_username()})


def grant(role: str, therapeutic_class: TherapeuticClass, *, actor: User) -> None:
    """Lets a role work on a class and all below it (one row of guardian's a permission)."""
    subject = f"class:{therapeutic_class.slug}"
    with refusals_recorded(actor=actor, action="grant", subject=subject), audited_write(actor=actor) as trail:
        check_administrator(trail.actor)
        group = _role_group(trail, role)
        if trail.actor.groups.filter(pk=group.pk).exists():
            raise refuse("oneself", "Nobody widens a role that they have. Another administrator must do it.")
        content_type = ContentType.objects.get_for_model(TherapeuticClass)
        permissions = list(Permission.objects.filter(content_type=content_type, codename__in=policy.ROLES[role].grants))
        for permission in permissions:
            row, made = ClassGrant.objects.get_or_create(
                group=group, permission=permission, content_object=therapeutic_class
            )
            if made:
                trail.wrote(row)
        # Permissions are Django's rows, which nothing guards: the trail remembers what their keys stood for.
        meant = {str(permission.pk): permission.codename for permission in permissions}
        trail.record("granted", subject, data={"role": role, "permissions": meant})


def revoke(role: str, therapeutic_class: TherapeuticClass, *, actor: User) -> None:
    """Takes a role's rights on a class away."""
    subject = f"class:{therapeutic_class.slug}"
    with refusals_recorded(actor=actor, action="revoke", subject=subject), audited_write(actor=actor) as trail:
        check_administrator(trail.actor)
        _check_role(role)
        for row in ClassGrant.objects.filter(group__name=role, content_object=therapeutic_class):
            trail.wrote(row)
            row.delete()
        trail.record("revoked", subject, data={"role": role})
