"""The way to a password: a link that an administrator hands over, or one that is mailed to whoever forgot theirs.

Nobody sets the password of another: they make a link, and the person types a password behind it. The first password of
an account is theirs alone; where there was one already, the person is held for 24 hours (`reviews/access/holds.py`).
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from monographs.canonical import sha256
from reviews.access import holds, letters, own_address
from reviews.access.accounts import end_sessions
from reviews.access.denials import refusals_recorded
from reviews.access.door import as_code
from reviews.access.grants import check_administrator
from reviews.access.password import check_new
from reviews.access.refusals import Refusal, RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.models import AccountHold, AccountLink, AuditEvent

LIVES = timedelta(hours=72)
# One sentence for what never was, was used, was replaced or expired: it tells a stranger nothing.
NO_LINK = Refusal(
    "no_link",
    "This link opens nothing. It may have been used, replaced by a newer one, or be too old. Ask your administrator "
    "for another one.",
    RefusalType.CONFLICT,
)
_MAILED = "."  # stands in the tokens of links that were mailed, and in no other


def issue(user: User, *, actor: User, by_mail: bool = False) -> str:
    """The address by which the person sets a password, once, within 72 hours. It is told this once: only a digest of it
    is kept. A link that was made before opens nothing from now on. `by_mail`: nobody will see it but whoever reads the
    letter that carries it.

    Refuses oneself, whoever is no administrator, and a closed account.
    """
    with (
        refusals_recorded(actor=actor, action="account_link", subject=f"user:{user.pk}"),
        audited_write(actor=actor) as trail,
    ):
        check_administrator(trail.actor, user)
        user = User.objects.get(pk=user.pk)
        if not user.is_active:
            raise refuse("closed_already", "This account is closed. Open it first.", RefusalType.CONFLICT)
        return made(trail, user, by=trail.actor, by_mail=by_mail)


def made(trail: Trail, user: User, *, by: User | None, by_mail: bool = False) -> str:
    """As `issue`, in the act of whoever holds the write lock and has asked for the right. `by`: None for a command."""
    for older in AccountLink.objects.filter(person=user, used_at=None, ended_at=None):
        older.ended_at = trail.at
        trail.save(older, "ended_at")
    token = secrets.token_urlsafe(32)
    link = AccountLink(person=user, digest=sha256(token), made_at=trail.at, made_by=by, expires_at=trail.at + LIVES)
    trail.save(link)
    if user.has_usable_password():
        letters.write(trail, user, *letters.changed(user, "a link was made by which its password can be set anew"))
    data = {"username": user.get_username(), "by_mail": by_mail}
    trail.record("account_link_made", f"user:{user.pk}", data=data)
    return f"{settings.SITE_URL}{reverse('account_link', args=[token])}"


def mailed_address(user: User) -> str:
    """The address of a link for whoever asked by mail: it opens for an hour, until a password is set or somebody signs
    in, and nothing of it is kept."""
    token = f"{urlsafe_base64_encode(str(user.pk).encode())}{_MAILED}{default_token_generator.make_token(user)}"
    return f"{settings.SITE_URL}{reverse('account_link', args=[token])}"


@dataclass(frozen=True)
class Way:
    """Whose password a token sets, and the link that was handed over; None for one that was mailed."""

    person: User
    link: AccountLink | None


def way_of(token: str) -> Way:
    """Refuses, in one sentence, whatever opens nothing (any more)."""
    token = as_code(token)
    whose, is_mailed, proof = token.partition(_MAILED)
    if is_mailed:
        person = _person(whose)
        if person is not None and person.is_active and default_token_generator.check_token(person, proof):
            return Way(person, None)
    elif token:
        open_now = AccountLink.objects.filter(digest=sha256(token), used_at=None, ended_at=None)
        link = open_now.select_related("person").first()
        if link is not None and link.person.is_active and timezone.now() < link.expires_at:
            return Way(link.person, link)
    raise Refused([NO_LINK], recorded=False)


def set_password(token: str, *, new_password: str, again_password: str) -> User:
    """Sets the password of whoever the token is for, ends all their sessions, and tells them by mail. Whoever opens
    their invitation from a letter has confirmed its address.

    They are held where somebody else had a hand in it: made the link though there was a password, or after a command
    ended one; gave the account another address before it was ever opened; or gave it the address to which a link was
    mailed, which its owner did not confirm."""
    person = way_of(token).person
    if new_password != again_password:
        sentence = "The two are not the same. Type it again."
        raise refuse("new_password", sentence, RefusalType.INVALID, recorded=False, field="again_password")
    check_new(person, new_password)
    hashed = make_password(new_password)  # takes its time, so before the lock
    with audited_write(actor=person) as trail:
        way = way_of(token)  # somebody may have been faster
        person = way.person
        had_one = person.has_usable_password() or AccountHold.objects.filter(person=person).exists()
        by = way.link.made_by if way.link else own_address.who_gave(person)
        is_elsewhere = not had_one and own_address.was_changed(person)  # before anybody opened it
        is_held = is_elsewhere or (had_one and (way.link is not None or not own_address.is_confirmed(person)))
        if way.link is not None:
            way.link.used_at = trail.at
            trail.save(way.link, "used_at")
        if is_held:
            holds.begin(trail, person, by=by)
        person.password = hashed
        trail.save(person, "password")
        letters.write(trail, person, *letters.changed(person, "its password was set by a link"))
        data = {"username": person.get_username(), "by_mail": way.link is None, "held": is_held}
        trail.record("password_set", f"user:{person.pk}", data=data)
        if way.link is not None and not (had_one or is_elsewhere) and _was_mailed(person):
            own_address.confirmed(trail, person)
    end_sessions(person)
    return person


def _person(whose: str) -> User | None:
    try:
        return User.objects.filter(pk=int(urlsafe_base64_decode(whose))).first()
    except (ValueError, OverflowError):
        return None


def _was_mailed(person: User) -> bool:
    """Whether the link that is open, the last one, was made for a letter to the address of now."""
    about = AuditEvent.objects.filter(subject=f"user:{person.pk}", verb__in=("account_link_made", *own_address.GIVEN))
    last = about.order_by("-seq").first()
    return last is not None and last.data.get("by_mail") is True
