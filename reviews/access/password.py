"""The password once more, from whoever is signed in: before a signature, and before the way somebody signs in changes.

One limit holds for all of it, wherever it is asked: five wrong ones in 15 minutes, ten in an hour.
"""

from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import HttpRequest

from reviews.access.refusals import Refusal, RefusalType, Refused
from reviews.access.turns import in_turn
from reviews.audit.trail import audited_write, lately
from reviews.models import AuditEvent

# docs/security.md: five failures end the session; ten in an hour are the most.
FAILURES_A_QUARTER, FAILURES_AN_HOUR = 5, 10


class TooManyFailures(Exception):
    """Too many wrong passwords: the session ends, and nothing that asks for one is done until `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def proved(
    actor: User, password: str, request: HttpRequest | None = None, *, digest: str = "",
    missing: str = "Type your password.", undone: str = "Nothing changed.",
) -> None:  # fmt: skip
    """Returns where it is the password of the actor. A wrong one is refused and recorded (`reauth_failed`); too many of
    them raise TooManyFailures. One password of a person is looked at after the other: however many come at once, each
    is looked at only after those before it were counted. `missing` is said of none, and `undone` of a wrong one.
    """
    password = password.encode(errors="replace").decode()  # half a character is nobody's password
    with in_turn(f"password {actor.pk}"):
        _not_too_often(actor)
        if authenticate(request, username=actor.get_username(), password=password) != actor:
            with audited_write(actor=actor, is_note=True) as trail:
                trail.record("reauth_failed", f"user:{actor.pk}", digest=digest)
            _not_too_often(actor)
            sentence = f"This is not your password. {undone}" if password else missing
            raise Refused([Refusal("password", sentence, RefusalType.INVALID, field="password")], recorded=False)


def _not_too_often(actor: User) -> None:
    failed = AuditEvent.objects.filter(actor=actor, verb="reauth_failed")
    for most, period in ((FAILURES_A_QUARTER, timedelta(minutes=15)), (FAILURES_AN_HOUR, timedelta(hours=1))):
        recent = lately(failed, most=most, period=period)
        if len(recent) == most:
            raise TooManyFailures(min(one.clock_at for one in recent) + period)
