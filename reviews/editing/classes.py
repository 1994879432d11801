"""Verbs on a therapeutic class that is there: its name, its place in the tree, the floor of its tier; retiring.

Administrators do, because grants hang on classes. A class keeps its address for ever. Editions hold copies of the way
to their class: they are told (`reviews.editing.copies`), and none of their words changes.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from monographs.models import Monograph, TherapeuticClass
from monographs.vocabulary import TIERS
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import kept
from reviews.access.grants import check_administrator
from reviews.access.refusals import RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.editing import copies
from reviews.editing.alike import asked_about, classes_like
from reviews.editing.drugs import needs_reason
from reviews.editing.library import RETIRED_CLASS, checked_name, said_of
from reviews.editing.shown import meanwhile
from reviews.review import tiers

MOST_NAMED = 10  # monographs in a sentence


def at_or_below(therapeutic_class: TherapeuticClass) -> set[int]:
    """Keys of a class and of all that is below it, in one query."""
    children: dict[int | None, list[int]] = {}
    for pk, parent in TherapeuticClass.objects.values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(pk)
    found, waiting = set[int](), [therapeutic_class.pk]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(children.get(one, ()))
    return found


def below_their_floor(
    monographs: QuerySet[Monograph], classes: dict[int, TherapeuticClass]
) -> list[tuple[Monograph, str]]:
    """Published ones of these whose tier is below what their class or one above it asks for, with that tier. `classes`
    are all of the tree, with their parents at hand. One query, and none where no class asks for anything."""
    floors = {pk: tiers.highest(one.tier_floors) for pk, one in classes.items() if any(one.tier_floors)}
    if not floors:
        return []
    too_low = Q(pk__in=())
    for floor in set(floors.values()):
        there = [pk for pk, one in floors.items() if one == floor]
        too_low |= Q(therapeutic_class__in=there, tier__in=[one for one in tiers.ROWS if tiers.is_below(one, floor)])
    pages = list(monographs.filter(too_low, live__isnull=False).select_related("live__edition"))
    for page in pages:
        page.therapeutic_class = classes[page.therapeutic_class_id]
    return [(page, floors[page.therapeutic_class_id]) for page in pages]


@contextmanager
def _judged(
    therapeutic_class: TherapeuticClass, actor: User, seen: str, reason: str
) -> Iterator[tuple[Trail, TherapeuticClass]]:
    """What every verb on a class asks first, and the class as it is now."""
    with audited_write(actor=actor) as trail:
        now = TherapeuticClass.objects.get(pk=therapeutic_class.pk)
        check_administrator(trail.actor)
        if found := meanwhile(now, seen) + needs_reason(reason):
            raise Refused(found)
        yield trail, now


def _tell(trail: Trail, therapeutic_class: TherapeuticClass, by: str) -> None:
    about = Monograph.objects.filter(therapeutic_class__in=at_or_below(therapeutic_class))
    copies.tell(trail, about, of=f"class:{therapeutic_class.slug}", by=by)


def rename_class(
    therapeutic_class: TherapeuticClass,
    *,
    name: str,
    actor: User,
    seen: str,
    reason: str,
    another: Collection[str] = (),
) -> TherapeuticClass:
    """Gives a class another name. Asks about names that are like it: `another` are the classes that were shown."""
    reason = kept(reason)
    with (
        refusals_recorded(actor=actor, action="rename_class", subject=f"class:{therapeutic_class.slug}", reason=reason),
        _judged(therapeutic_class, actor, seen, reason) as (trail, one),
    ):
        new, old = checked_name(name), one.name
        if new == old:
            sentence = "That is its name already, so nothing was saved."
            raise refuse("nothing_changed", sentence, RefusalType.INVALID, recorded=False, field="name")
        alike = asked_about(classes_like(new, but=one), another)
        one.name = new
        trail.save(one, "name")
        data = {"from_name": old, "to_name": new, **said_of(alike)}
        trail.record("class_renamed", f"class:{one.slug}", reason=reason, data=data)
        _tell(trail, one, "class_renamed")
        return one


def move_class(
    therapeutic_class: TherapeuticClass, *, parent: TherapeuticClass | None, actor: User, seen: str, reason: str
) -> TherapeuticClass:
    """Puts a class, with all below it, under another one, or at the root.

    Refuses a ring, a retired parent, and whoever holds a grant on a class of the way to it, before or after: nobody
    widens what they may do themself, and nobody takes a class from under a colleague's eyes into their own.
    """
    reason = kept(reason)
    with (
        refusals_recorded(actor=actor, action="move_class", subject=f"class:{therapeutic_class.slug}", reason=reason),
        _judged(therapeutic_class, actor, seen, reason) as (trail, one),
    ):
        to = TherapeuticClass.objects.get(pk=parent.pk) if parent else None
        if one.parent_id == (to.pk if to else None):
            sentence = "It stands there already, so nothing was moved."
            raise refuse("nothing_changed", sentence, RefusalType.INVALID, recorded=False, field="parent")
        if to and to.pk in at_or_below(one):
            sentence = f"“{to.name}” is below “{one.name}”. Choose a class that is not."
            raise refuse("ring", sentence, RefusalType.INVALID, field="parent")
        if to and to.retired:
            raise refuse("retired", RETIRED_CLASS.format(to.name), RefusalType.CONFLICT, field="parent")
        _holds_nothing_on(trail, one, to)
        data = {"from_parent": one.parent.slug if one.parent else None, "to_parent": to.slug if to else None}
        one.parent = to
        trail.save(one, "parent")
        trail.record("class_moved", f"class:{one.slug}", reason=reason, data=data)
        _tell(trail, one, "class_moved")
        return one


def set_floor(
    therapeutic_class: TherapeuticClass, *, tier_floor: str, actor: User, seen: str, reason: str
) -> TherapeuticClass:
    """Says below which tier no monograph of this class may be; "" asks for none. No tier of a monograph changes: an
    edition whose tier is too low is not sent for review, and not published, before a clinician has raised it, and each
    published one waits for those who sign for it (`below_their_floor`)."""
    reason = kept(reason)
    with (
        refusals_recorded(actor=actor, action="set_floor", subject=f"class:{therapeutic_class.slug}", reason=reason),
        _judged(therapeutic_class, actor, seen, reason) as (trail, one),
    ):
        if tier_floor and tier_floor not in TIERS:
            sentence = f"Choose a tier: {', '.join(TIERS.values())}."
            raise refuse("tier", sentence, RefusalType.INVALID, field="tier_floor")
        if tier_floor == one.tier_floor:
            sentence = "It asks for that already, so nothing was saved."
            raise refuse("nothing_changed", sentence, RefusalType.INVALID, recorded=False, field="tier_floor")
        data = {"from_tier": one.tier_floor, "to_tier": tier_floor}
        one.tier_floor = tier_floor
        trail.save(one, "tier_floor")
        trail.record("class_floor_set", f"class:{one.slug}", reason=reason, data=data)
        return one


def retire_class(
    therapeutic_class: TherapeuticClass, *, actor: User, seen: str, reason: str, to: TherapeuticClass | None = None
) -> TherapeuticClass:
    """Nothing new begins in this class. Its monographs move to another one, `to`, in the same act: pages and signatures
    stand, open editions are told, and roles follow the class. Refuses while a class below it is in use, monographs that
    are to go nowhere, and a move by whoever holds a role on the way to either class."""
    reason = kept(reason)
    with (
        refusals_recorded(actor=actor, action="retire_class", subject=f"class:{therapeutic_class.slug}", reason=reason),
        _judged(therapeutic_class, actor, seen, reason) as (trail, one),
    ):
        if one.retired:
            raise refuse("retired", f"“{one.name}” is retired already.", RefusalType.CONFLICT)
        if below := one.children.filter(retired=False).first():
            sentence = f"“{below.name}” below it is in use. Retire or move that first."
            raise refuse("in_use", sentence, RefusalType.CONFLICT)
        moved = list(one.monographs.all())
        data = _moved_to(trail, one, to, moved) if moved else {}
        one.retired = True
        trail.save(one, "retired")
        trail.record("class_retired", f"class:{one.slug}", reason=reason, data=data)
        copies.tell(trail, moved, of=f"class:{one.slug}", by="class_retired")
        return one


def _moved_to(
    trail: Trail, one: TherapeuticClass, to: TherapeuticClass | None, moved: list[Monograph]
) -> dict[str, Any]:
    """Puts the monographs of a class that is retired into another one, and says so for the entry."""
    slugs = [page.slug for page in moved]
    to = TherapeuticClass.objects.filter(pk=to.pk).first() if to else None
    if to is None or to.pk == one.pk:
        named = ", ".join(slugs[:MOST_NAMED]) + (f" and {len(slugs) - MOST_NAMED} more" if slugs[MOST_NAMED:] else "")
        sentence = f"These monographs are in it: {named}. Choose the class that they move to."
        raise refuse("in_use", sentence, RefusalType.CONFLICT, field="to")
    if to.retired:
        raise refuse("retired", RETIRED_CLASS.format(to.name), RefusalType.CONFLICT, field="to")
    _holds_nothing_on(trail, one, to)
    keys = [page.pk for page in moved]
    Monograph.objects.filter(pk__in=keys).update(therapeutic_class=to)
    trail.wrote_keys("monographs.monograph", keys)
    return {"to_class": to.slug, "monographs": slugs}


def _holds_nothing_on(trail: Trail, *classes: TherapeuticClass | None) -> None:
    """Refuses whoever would move what their own roles reach: on the way to one of these classes."""
    ways = {step.pk for one in classes if one for step in one.path()}
    if ways & {pk for pk, _name in policy.rights_of(trail.actor).on_classes}:
        sentence = "You hold a role on the way to this class, before or after. Another administrator must move it."
        raise refuse("holds_grant", sentence)


def bring_back_class(therapeutic_class: TherapeuticClass, *, actor: User, seen: str, reason: str) -> TherapeuticClass:
    """A retired class is in use again. Refuses while the class above it is retired."""
    reason = kept(reason)
    with (
        refusals_recorded(
            actor=actor, action="bring_back_class", subject=f"class:{therapeutic_class.slug}", reason=reason
        ),
        _judged(therapeutic_class, actor, seen, reason) as (trail, one),
    ):
        if not one.retired:
            raise refuse("not_retired", f"“{one.name}” is in use.", RefusalType.CONFLICT)
        if one.parent and one.parent.retired:
            sentence = f"“{one.parent.name}” above it is retired. Bring that back first, or move this one."
            raise refuse("retired", sentence, RefusalType.CONFLICT)
        one.retired = False
        trail.save(one, "retired")
        trail.record("class_back", f"class:{one.slug}", reason=reason)
        return one
