"""The password once more, from whoever is signed in: before a signature, and before the way somebody signs in changes.
And a new one.

One limit holds wherever it is asked once more: five wrong ones in 15 minutes, ten in an hour.
"""

from datetime import datetime, timedelta

from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from reviews.access import letters, session
from reviews.access.denials import refusals_recorded
from reviews.access.refusals import Refusal, RefusalType, Refused, refuse
from reviews.access.turns import in_turn
from reviews.audit.trail import audited_write, full_until, lately
from reviews.models import AuditEvent

# docs/security.md: five failures end the session; ten in an hour are the most.
FAILURES_A_QUARTER, FAILURES_AN_HOUR = 5, 10
LONGEST = 128


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
    if not lately(failed, most=1, period=timedelta(hours=1)):
        return
    for most, period in ((FAILURES_A_QUARTER, timedelta(minutes=15)), (FAILURES_AN_HOUR, timedelta(hours=1))):
        if until := full_until(failed, most=most, period=period):
            raise TooManyFailures(until)


# -- A new one ---------------------------------------------------------------------------------------------------------


def check_new(user: User, new: str, field: str = "new_password") -> None:
    """Refuses, with every reason, what may not be a password of this person: too short, too long, common, like their
    name. Nothing of it is recorded."""
    said = ["Keep it to 128 characters."] if len(new) > LONGEST else []
    try:
        validate_password(new[:LONGEST], user)
    except ValidationError as error:
        said += error.messages
    if said:
        raise Refused([Refusal("new_password", one, RefusalType.INVALID, field=field) for one in said], recorded=False)


def change(user: User, *, password: str, new_password: str, again_password: str, request: HttpRequest) -> None:
    """Another password for oneself, with the one of now. Their other sessions end, an entry is left, and they are told
    by mail."""
    with refusals_recorded(actor=user, action="change_password", subject=f"user:{user.pk}"):
        proved(user, password, request)
        if new_password != again_password:
            sentence = "The two are not the same. Type the new one twice."
            raise refuse("new_password", sentence, RefusalType.INVALID, recorded=False, field="again_password")
        check_new(user, new_password)
        hashed = make_password(new_password)  # before the write lock: it takes its time
        with audited_write(actor=user) as trail:
            row = trail.actor
            row.password = hashed
            trail.save(row, "password")
            letters.write(trail, row, *letters.changed(row, "the password was changed"))
            trail.record("password_changed", f"user:{row.pk}", data={"username": row.get_username()})
    user.password = hashed
    update_session_auth_hash(request, user)
    session.end_others(user, request)
