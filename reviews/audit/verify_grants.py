"""Whether guardian's rows are what grants say: part of `verify_trail`."""

from collections.abc import Iterator
from typing import Any

from reviews.audit.verify_derived import UNREADABLE, Finding
from reviews.models import ClassPermission, Grant, MonographPermission
from reviews.models.roles import ROLES
from reviews.one_moment import apart

_PLACES: tuple[tuple[Any, str], ...] = ((ClassPermission, "therapeutic_class"), (MonographPermission, "monograph"))


def verify_grants() -> Iterator[Finding]:
    """Each permission of a grant that has not ended is there for its person at its place, and no other is."""
    for model, place in _PLACES:
        label = model._meta.label_lower
        try:
            with apart():
                grants = Grant.objects.not_ended().exclude(**{place: None}).values_list("person", "role", place)
                wanted = {(who, name, where) for who, role, where in grants for name in ROLES[role].grants}
                held = set(model.objects.values_list("user", "permission__codename", "content_object"))
        except UNREADABLE:
            yield None, f"{label}: it cannot be compared with the grants."
            continue
        for who, name, where in sorted(wanted ^ held, key=repr):
            said = "holds no row of" if (who, name, where) in wanted else "has by no grant"
            yield None, f"{label}: user {who} {said} “{name}” on {place.replace('_', ' ')} {where}."
