"""A password that is hashed as it was done once is hashed as it is done now when its owner types it: an act with an
entry, as every change of an account is. Django would write the new hash without one."""

from typing import Any

from django.contrib.auth.hashers import make_password, verify_password
from django.contrib.auth.models import User

from reviews.audit.trail import WriteLockTimeout, audited_write


class _ChangedMeanwhile(Exception):
    """Somebody set another password, or hashed this one, between the look and the lock."""


def check_password(user: Any, raw_password: str | None) -> bool:
    """Whether this is the password of the user. Takes the place of Django's method, whoever calls it."""
    is_right, is_old = verify_password(raw_password, user.password)
    if is_right and is_old and raw_password is not None:
        _hash_anew(user, raw_password)
    return bool(is_right)


def _hash_anew(user: Any, raw_password: str) -> None:
    """Leaves it for the next time where it cannot be written now."""
    before, after = user.password, make_password(raw_password)  # takes its time, so before the lock
    try:
        with audited_write(actor=user, is_note=True) as trail:
            one = trail.actor
            if one.password != before:
                raise _ChangedMeanwhile
            one.password = after
            trail.save(one, "password")
            trail.record("password_rehashed", f"user:{one.pk}", data={"username": one.get_username()})
    except (WriteLockTimeout, _ChangedMeanwhile):
        return
    user.password = after


def register() -> None:
    account: Any = User
    account.check_password = check_password
