"""A sitting: for 15 minutes after a password that was given as a signature, a second factor's touch stands for it.

The clock runs from that password and no touch moves it. A wrong password ends the sitting, and so does the end of the
session. A recovery code is no touch. Whoever has no second factor gives the password each time.
"""

import json
import time
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.http import HttpRequest

from reviews.access import factors, second_factor
from reviews.access.refusals import RefusalType, refuse

LASTS = 15 * 60
_BEGAN = "sitting"  # in the session


@dataclass(frozen=True)
class Touch:
    """What was given instead of the password: the code that an app shows, or what a passkey answered."""

    code: str = ""
    credential: str = ""

    def __bool__(self) -> bool:
        return bool(self.code or self.credential)


def begin(request: HttpRequest) -> None:
    """The password was given as a signature now."""
    request.session[_BEGAN] = int(time.time())


def end(request: HttpRequest) -> None:
    request.session.pop(_BEGAN, None)


def seconds_left(request: HttpRequest) -> int:
    """For how long a touch stands for the password; 0: not any more, or not yet."""
    began = request.session.get(_BEGAN)
    gone = int(time.time()) - began if isinstance(began, int) else LASTS
    return LASTS - gone if 0 <= gone < LASTS else 0


def touches_of(request: HttpRequest, user: User) -> list[str]:
    """The kinds of second factor that stand for the password now; none outside a sitting, which asks no query."""
    return sorted({str(one.type) for one in factors.of(user)}) if seconds_left(request) else []


def touched(user: User, touch: Touch, request: HttpRequest) -> str:
    """The kind of second factor that was touched. Refuses a touch outside a sitting, before it is looked at, and a
    wrong one, which is counted with the wrong ones of the sign-in (TooManyFailures)."""
    if not seconds_left(request):
        sentence = "Over 15 minutes have passed since your password. Give it again."
        raise refuse("sitting_over", sentence, RefusalType.INVALID, recorded=False, field="password")
    if touch.code:
        return str(second_factor.given_code(user, touch.code, recovery=False).type)
    try:
        answer = json.loads(touch.credential)
    except (ValueError, RecursionError):
        answer = None
    return str(second_factor.given_passkey(user, answer).type)
