"""The codes that an authenticator app shows: each is good once, for whatever it is typed."""

from allauth.mfa.totp.internal.auth import (
    compare_user_code,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import User

from reviews.models import SpentCode


def step_of(secret: str, code: str) -> int | None:
    """The half minute, of those that count now, in which an app with this secret shows this code."""
    for step in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return int(step)
    return None


def spend(person: User, step: int) -> bool:
    """Notes that the code of a half minute was used, whichever app of this person showed it. Answers whether it was
    not used before."""
    SpentCode.objects.filter(person=person, step__lt=step - 10).delete()
    return SpentCode.objects.get_or_create(person=person, step=step)[1]
