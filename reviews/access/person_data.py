"""All that is kept of one person who has an account, for whoever asks what that is (docs/privacy.md).

Made from the tables themselves: each row that points to the person, column by column, so that no new table is
forgotten. Left out is what opens something (a hash of a password, a secret), and what an entry of the trail repeats.
"""

from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q

from reviews.access import session
from reviews.models import AuditEvent

# Tables whose rows open something, or say the same twice -> the columns that are told.
ONLY: dict[str, tuple[str, ...]] = {
    "auth.user": (
        "id", "username", "first_name", "last_name", "email", "is_active", "is_staff", "is_superuser", "date_joined",
        "last_login",
    ),
    "mfa.authenticator": ("id", "type", "created_at", "last_used_at"),
    "reviews.auditevent": ("seq", "at", "verb", "subject", "digest", "reason"),
}  # fmt: skip
SECRET = ("token", "password", "secret", "key_hash", "code_hash")  # columns that no table tells


def person_data(person: User) -> dict[str, Any]:
    """{table: rows}, each row {column: value}; and the sessions that are open."""
    found: dict[str, Any] = {"auth.user": _rows(User, Q(pk=person.pk))}
    for model, names in sorted(_pointing().items(), key=lambda one: one[0]._meta.label_lower):
        here = Q()
        for name in names:
            here |= Q(**{name: person.pk})
        if model is AuditEvent:
            here |= Q(subject=f"user:{person.pk}")
        if rows := _rows(model, here):
            found[model._meta.label_lower] = rows
    found["sessions"] = session.told_of(person)
    return found


def _pointing() -> dict[type[models.Model], list[str]]:
    """Each model with the columns that point to an account."""
    found: dict[type[models.Model], list[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        names = [one.name for one in model._meta.concrete_fields if one.is_relation and one.related_model is User]
        if names and not model._meta.proxy:
            found[model] = names
    return found


def _rows(model: type[models.Model], here: Q) -> list[dict[str, Any]]:
    every = tuple(one.attname for one in model._meta.concrete_fields)
    told = ONLY.get(model._meta.label_lower) or tuple(name for name in every if name not in SECRET)
    return list(model._base_manager.filter(here).order_by("pk").values(*told))
