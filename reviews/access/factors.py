"""Second factors: an app that shows codes, passkeys, and ten recovery codes that are good once each.

Whoever changes their own gives the password first (`reviews.access.password`), and their other sessions end. Each
change is an entry of the trail, which vouches for the rows, and its owner is told by mail. Secrets are encrypted
(`reviews.access.sealed`).
"""

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.contrib.auth.models import User
from django.db import OperationalError
from django.http import HttpRequest

from reviews.access import app_codes, holds, letters, sealed, session
from reviews.access.denials import refusals_recorded
from reviews.access.door import admitted, kept, reason_of
from reviews.access.grants import check_administrator
from reviews.access.password import proved
from reviews.access.refusals import RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write, is_recovering

logger = logging.getLogger(__name__)

APP, PASSKEY, CODES = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES
LONGEST_NAME, MOST_PASSKEYS = 60, 10
_ENCODED = re.compile(r"[A-Za-z0-9_-]{1,20000}", re.ASCII)
WORDS = {APP: "an authenticator app", PASSKEY: "a passkey", CODES: "recovery codes"}


def of(user: User) -> list[Authenticator]:
    """What somebody signs in with beside the password, oldest first; recovery codes are none."""
    return list(Authenticator.objects.filter(user=user).exclude(type=CODES).order_by("pk"))


def able(people: Iterable[User]) -> list[User]:
    """Those of them who can sign in: whose account is open and has a password, and a second factor where everybody
    needs one. One query at most."""
    rows = Authenticator.objects.exclude(type=CODES).values_list("user", flat=True)
    enrolled = set(rows) if settings.REQUIRE_MFA else None
    found = (one for one in people if one.is_active and one.has_usable_password())
    return [one for one in found if enrolled is None or one.pk in enrolled]


def codes_of(user: User) -> RecoveryCodes | None:
    row = Authenticator.objects.filter(user=user, type=CODES).first()
    return row and row.wrap()


def add_app(user: User, *, secret: str, code: str, password: str, request: HttpRequest | None = None) -> Authenticator:
    """Notes an app whose code of now shows that it holds the secret; the code is spent by it. It takes the place of an
    app that was there."""
    with _own_act(user, "add_factor", password, request):
        step = app_codes.step_of(secret, code)
        if step is None:
            raise refuse(
                "code",
                "This is not the code that the app shows now.",
                RefusalType.INVALID,
                recorded=False,
                field="code",
            )
        with audited_write(actor=user) as trail:
            for old in Authenticator.objects.filter(user=user, type=APP):
                _delete(trail, old)
            app_codes.spend(user, step)
            made = TOTP.activate(user, secret).instance
            _added(trail, made)
    return made


def add_passkey(
    user: User, *, name: str, credential: Any, password: str, request: HttpRequest | None = None
) -> Authenticator:
    """Notes a passkey that has just answered what the page asked it (`webauthn.begin_registration`)."""
    name = admitted(name, "name", LONGEST_NAME, is_line=True) or "Passkey"
    with _own_act(user, "add_factor", password, request):
        with answered("This passkey did not answer as it should. Try again."):
            credential = _needed(credential)
            webauthn.parse_registration_response(credential)
            webauthn.complete_registration(credential)
        with audited_write(actor=user) as trail:
            if Authenticator.objects.filter(user=user, type=PASSKEY).count() >= MOST_PASSKEYS:
                raise refuse(
                    "too_many_passkeys", f"An account has at most {MOST_PASSKEYS} passkeys.", RefusalType.INVALID
                )
            made = webauthn.WebAuthn.add(user, name, credential).instance
            _added(trail, made)
    return made


def remove(user: User, pk: int, *, password: str, request: HttpRequest | None = None) -> None:
    """Takes an app or a passkey of this person away. Refuses the last one where everybody needs one."""
    with _own_act(user, "remove_factor", password, request), audited_write(actor=user) as trail:
        mine = of(trail.actor)
        row = next((one for one in mine if one.pk == pk), None)
        if row is None:
            raise refuse("no_such_factor", "This is not there any more.", RefusalType.CONFLICT)
        if len(mine) == 1 and settings.REQUIRE_MFA:
            sentence = "This is the only one that you have. Add another one first."
            raise refuse("last_factor", sentence, RefusalType.CONFLICT)
        data = {"factor": row.pk, "type": row.type}
        _delete(trail, row)
        for codes in Authenticator.objects.filter(user=user, type=CODES) if len(mine) == 1 else ():
            _delete(trail, codes)
        _tell(trail, user, f"removed: {WORDS[row.type]}")
        trail.record("factor_removed", f"user:{user.pk}", data=data)


def make_codes(user: User, *, password: str, request: HttpRequest | None = None) -> None:
    """Ten new recovery codes; those of before open nothing any more."""
    with _own_act(user, "make_recovery_codes", password, request), audited_write(actor=user) as trail:
        if not of(trail.actor):
            raise refuse(
                "no_factor", "Set up an app or a passkey first: codes are for when it is lost.", RefusalType.CONFLICT
            )
        for old in Authenticator.objects.filter(user=user, type=CODES):
            _delete(trail, old)
        _tell(trail, user, "new recovery codes were made")
        _make_codes(trail, user)
        trail.record("recovery_codes_made", f"user:{user.pk}")


def clear(person: User, *, actor: User, reason: str) -> None:
    """Takes every second factor of somebody else away, who lost them and their codes: they set up new ones at the next
    sign-in, and sign and administer nothing for 24 hours. Refuses oneself, and whoever is no administrator."""
    reason, subject = kept(reason), f"user:{person.pk}"
    with (
        refusals_recorded(actor=actor, action="clear_factors", subject=subject, reason=reason),
        audited_write(actor=actor) as trail,
    ):
        check_administrator(trail.actor, person)
        reason = reason_of(reason)
        count = taken_away(trail, person)
        holds.begin(trail, person, by=trail.actor)
        _tell(trail, person, "all second factors were removed, because somebody said that you lost them")
        trail.record("factors_cleared", subject, reason=reason, data={"factors": count})
    session.end_others(person, None)


def taken_away(trail: Trail, person: User) -> int:
    """Every second factor of a person and their codes, in the act of whoever holds the write lock, has asked for the
    right, and holds and tells the person. Answers how many rows it was."""
    rows = list(Authenticator.objects.filter(user=person))
    for row in rows:
        _delete(trail, row)
    return len(rows)


def reseal() -> int:
    """Encrypts anew what an older key encrypted, so that the older one can be given up. Answers how many it was."""
    waiting = [one.pk for one in Authenticator.objects.order_by("pk") if not _is_current(one)]
    if not waiting:
        return 0
    with audited_write(actor=None) as trail:
        for row in Authenticator.objects.filter(pk__in=waiting):
            row.data = {name: _resealed(name, value) for name, value in row.data.items()}
            trail.save(row, "data")
        trail.record("factors_resealed", "site", data={"factors": len(waiting)})
    return len(waiting)


_SECRETS = ("secret", "seed")


def _is_current(row: Authenticator) -> bool:
    return all(sealed.is_current(row.data[name]) for name in _SECRETS if name in row.data)


def _resealed(name: str, value: Any) -> Any:
    return get_adapter().encrypt(get_adapter().decrypt(value)) if name in _SECRETS else value


@contextmanager
def _own_act(user: User, action: str, password: str, request: HttpRequest | None) -> Iterator[None]:
    with refusals_recorded(actor=user, action=action, subject=f"user:{user.pk}"):
        proved(user, password, request)
        yield
    session.end_others(user, request)


@contextmanager
def answered(sentence: str) -> Iterator[None]:
    """What a browser sends for a passkey is bytes of a stranger: whatever is wrong with them is one refusal."""
    try:
        yield
    except (OperationalError, Refused):
        raise
    except Exception as error:
        logger.info("A passkey was not taken: %s", type(error).__name__)
        raise refuse("passkey", sentence, RefusalType.INVALID, recorded=False) from error


def _needed(credential: Any) -> dict[str, Any]:
    """Of what a browser sends for a new passkey the part that is needed to know it again."""
    said = credential["response"]
    kept = {name: said[name] for name in ("clientDataJSON", "attestationObject")}
    if not all(_ENCODED.fullmatch(one) for one in (credential["id"], *kept.values())):
        raise ValueError("not base64url")
    return {"id": credential["id"], "rawId": credential["id"], "type": "public-key", "response": kept}


def _added(trail: Trail, made: Authenticator) -> None:
    user = made.user
    trail.wrote(made)
    if is_recovering(trail.actor):  # else a code that was found would sign, by way of a new factor
        holds.begin(trail, user, by=None)
    _tell(trail, user, f"added: {WORDS[made.type]}")
    if not Authenticator.objects.filter(user=user, type=CODES).exists():
        _make_codes(trail, user)
    trail.record("factor_added", f"user:{user.pk}", data={"factor": made.pk, "type": made.type})


def _make_codes(trail: Trail, user: User) -> None:
    trail.wrote(RecoveryCodes.activate(user).instance)


def _delete(trail: Trail, row: Authenticator) -> None:
    trail.wrote(row)
    row.delete()


def _tell(trail: Trail, user: User, what: str) -> None:
    letters.write(trail, user, *letters.changed(user, what))
