"""Whether whoever is signed in has given a second factor in this session, and judging what is given at the sign-in."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, TypeVar

from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
    resume_login,
)
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import compare_user_code
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from reviews.access import app_codes, letters, sealed
from reviews.access.factors import APP, CODES, answered, codes_of, of
from reviews.access.password import TooManyFailures
from reviews.access.refusals import RefusalType, Refused, refuse
from reviews.access.turns import in_turn
from reviews.audit.trail import audited_write, full_until
from reviews.models import AuditEvent

View = TypeVar("View", bound=Callable[..., Any])
MOST_FAILURES, IN = 5, timedelta(minutes=15)
_OPEN = "open_to_who_lacks"


class Lacks(Enum):
    """What a session lacks before it may go through a closed door."""

    NOTHING = 0
    FACTOR = 1  # there is none: it is to be set up
    PROOF = 2  # there is one, and it was not given


def before_factor(view: View) -> View:
    """Marks a view that is open to whoever is signed in and has no second factor yet: where it is set up."""
    setattr(view, _OPEN, Lacks.FACTOR)
    return view


def is_open(view: Any, lacking: Lacks) -> bool:
    return getattr(view, _OPEN, None) is lacking


def lacks(request: HttpRequest) -> Lacks:
    """Asked of a request of somebody who is signed in: one query until the second factor was given."""
    if not settings.REQUIRE_MFA or _kinds(request):
        return Lacks.NOTHING
    assert request.user.is_authenticated, "asked behind the sign-in"
    return Lacks.PROOF if of(request.user) else Lacks.FACTOR


def _kinds(request: HttpRequest) -> list[str]:
    """The second factors given in this session, in order."""
    given = get_authentication_records(request, request.user)
    return [str(one.get("type")) for one in given if one.get("method") == "mfa"]


def is_recovering(request: HttpRequest) -> bool:
    """Whether this session was begun with a recovery code. It stays so, whatever is given in it later."""
    return CODES in _kinds(request)


def note(request: HttpRequest, factor: Authenticator) -> None:
    """That this factor was given in this session: it was just set up in it."""
    record_authentication(request, factor.user, "mfa", id=factor.pk, type=factor.type)


def ask(request: HttpRequest, address: str) -> HttpResponse:
    """Leads to the page that asks for it, and from there on to the address. Until then nobody is signed in."""
    person = request.user
    logout(request)
    answer: HttpResponse = resume_login(request, Login(user=person, redirect_url=address))
    return answer


# -- What is given at the sign-in --------------------------------------------------------------------------------------


def given_code(person: User, code: str, *, recovery: bool = True) -> Authenticator:
    """The app or (`recovery`) the recovery codes of which this is one, which is spent now. A wrong one is refused and
    recorded (`second_factor_failed`); after five in 15 minutes no code is looked at (TooManyFailures). One code of a
    person is looked at after the other."""
    with in_turn(f"factor {person.pk}"):
        _not_too_often(person)
        if found := _app(person, code) or (_recovery_code(person, code) if recovery else None):
            return found
        _failed(person, "code")
    raise _wrong_code()


def given_passkey(person: User, credential: Any) -> Authenticator:
    """The passkey of this person that answered. Wrong ones are counted with wrong codes."""
    with in_turn(f"factor {person.pk}"):
        _not_too_often(person)
        try:
            with answered("This passkey is not one of this account, or it did not answer as it should."):
                webauthn.parse_authentication_response(credential)
                found: Authenticator = webauthn.complete_authentication(person, credential)
        except Refused:
            _failed(person, "passkey")
            raise
    return found


def as_json(options: dict[str, Any]) -> str:
    """What a browser is asked for a passkey, for passkey.js."""
    return json.dumps({name: dict(value) for name, value in options.items() if value is not None}, default=dict)


def passkey_asked(person: User) -> str:
    """The question to the passkeys of this person, whose answer this session takes once."""
    return as_json(webauthn.begin_authentication(person))


def _app(person: User, code: str) -> Authenticator | None:
    row = Authenticator.objects.filter(user=person, type=APP).first()
    if row is None:
        return None
    step = app_codes.step_of(sealed.opened(row.data["secret"]), code)
    return row if step is not None and app_codes.spend(person, step) else None


def _recovery_code(person: User, code: str) -> Authenticator | None:
    if not _is_unused(codes_of(person), code):
        return None
    with audited_write(actor=person, is_note=True) as trail:
        codes = codes_of(person)
        if codes is None or not codes.validate_code(code):
            raise _wrong_code()  # new ones were made meanwhile
        trail.wrote(codes.instance)
        trail.record("recovery_code_used", f"user:{person.pk}", data={"left": len(codes.get_unused_codes())})
    row: Authenticator = codes.instance
    return row


def _is_unused(codes: RecoveryCodes | None, code: str) -> bool:
    return codes is not None and any(compare_user_code(actual=code, expected=one) for one in codes.get_unused_codes())


def _wrong_code() -> Refused:
    sentence = "This is no code of yours, or it was used before."
    return refuse("code", sentence, RefusalType.INVALID, recorded=False, field="code")


def _failed(person: User, kind: str) -> None:
    """Whoever types it has not shown who they are: the entry has no actor."""
    with audited_write(actor=None, is_note=True) as trail:
        if _full_until(person, MOST_FAILURES - 1):
            told = letters.changed(person, f"after your password {MOST_FAILURES} wrong codes were typed")
            letters.write(trail, person, "Somebody knows your password", told[1])
        trail.record("second_factor_failed", f"user:{person.pk}", data={"kind": kind})


def _not_too_often(person: User) -> None:
    if until := _full_until(person, MOST_FAILURES):
        raise TooManyFailures(until)


def _full_until(person: User, most: int) -> datetime | None:
    failed = AuditEvent.objects.filter(subject=f"user:{person.pk}", verb="second_factor_failed")
    return full_until(failed, most=most, period=IN)
