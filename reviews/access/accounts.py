"""Verbs on accounts: who may sign in, and by which address letters reach them. Each leaves an entry.

A name to sign in by never changes, and no account is ever deleted: entries and signatures are known by it. Nobody
changes their own account here, and nobody's password is set by somebody else: `reviews/access/links.py`.
"""

import re
from copy import copy

from django.contrib.auth.models import User
from django.db.models import TextField
from django.db.models.functions import Cast

from monographs.texts.characters import says_nothing
from reviews.access import letters, session
from reviews.access.denials import refusals_recorded
from reviews.access.door import admitted, is_address
from reviews.access.grants import check_administrator
from reviews.access.refusals import RefusalType, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.models import AuditEvent

USERNAME, NAME, EMAIL = 60, 150, 254  # characters at most
# No @, so that no name is another person's address.
_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
RESERVED = {"invite"}  # a person's page stands at their name, beside these


def new(username: str, name: str, email: str, *, actor: User) -> User:
    """Makes an account that no password opens and that may do nothing yet. Refuses whoever is no administrator, and a
    name or an address that somebody has, in whatever case."""
    with (
        refusals_recorded(actor=actor, action="new_account", subject="user:new"),
        audited_write(actor=actor) as trail,
    ):
        check_administrator(trail.actor)
        return added(trail, username, name, email)


def added(trail: Trail, username: str, name: str, email: str) -> User:
    """As `new`, in the act of whoever holds the write lock and has asked for the right."""
    first, _, last = _person(name).partition(" ")
    user = User(username=_username(username), first_name=first, last_name=last, email=_email(email))
    user.set_unusable_password()
    trail.save(user)
    trail.record("account_made", f"user:{user.pk}", data={"username": user.username})
    return user


def change_email(user: User, email: str, *, actor: User) -> User:
    """Gives an account another address, and tells the one of before: letters about the account go to the new one from
    now on. Refuses oneself, and an address that somebody has."""
    with (
        refusals_recorded(actor=actor, action="change_email", subject=f"user:{user.pk}"),
        audited_write(actor=actor) as trail,
    ):
        user = _of_another(trail, user)
        email = _email(email, of=user)
        if email == user.email:
            raise refuse("same", "This is their address already.", RefusalType.INVALID, field="email")
        before = copy(user)
        user.email = email
        trail.save(user, "email")
        letters.write(trail, before, *letters.changed(before, "letters about it go to another address from now on"))
        # The address itself is in the row alone: the trail keeps what it holds for ever.
        trail.record("account_email_changed", f"user:{user.pk}", data={"username": user.username})
    return user


def closed(trail: Trail, user: User, reason: str) -> None:
    """Closes an account, in the act of whoever holds the write lock and has asked for the right
    (`reviews.access.handover.close`); its sessions are ended after it. What they wrote and signed stays theirs."""
    user.is_active = False
    trail.save(user, "is_active")
    trail.record("account_closed", f"user:{user.pk}", reason=reason, data={"username": user.username})


def reactivate(user: User, *, actor: User) -> User:
    """Opens a closed account again, with the password and the rights that it had."""
    with (
        refusals_recorded(actor=actor, action="reactivate", subject=f"user:{user.pk}"),
        audited_write(actor=actor) as trail,
    ):
        user = _of_another(trail, user)
        if user.is_active:
            raise refuse("open_already", "This account is open already.", RefusalType.CONFLICT)
        # A session that was begun before it was closed, and was not ended then.
        end_sessions(user)
        user.is_active = True
        trail.save(user, "is_active")
        trail.record("account_opened", f"user:{user.pk}", data={"username": user.username})
    return user


def end_sessions(user: User) -> None:
    """Ends every session of this person: whoever goes on must sign in again."""
    session.end_others(user, None)


def found_without_entry() -> bool:
    """Whether accounts are here and no entry of the trail tells of any: an earlier version made them all. As soon as
    one does, whoever is in no entry was put in by hand, and `verify_trail` names them."""
    entries = AuditEvent.objects.annotate(raw=Cast("data", TextField()))
    return User.objects.exists() and not entries.filter(raw__contains='"auth.user:').exists()


def take_over() -> int:
    """Notes every account as it stands, once: in one entry, before which nothing vouches for accounts."""
    with audited_write(actor=None, remakes=True) as trail:
        people = list(User.objects.order_by("pk"))
        trail.wrote(*people)
        trail.record("accounts_taken_over", "site", data={"accounts": len(people)})
    return len(people)


# -- What is asked of each ---------------------------------------------------------------------------------------------


def _of_another(trail: Trail, user: User) -> User:
    """The account as it is now. Refuses oneself, and whoever is no administrator."""
    check_administrator(trail.actor, user)
    return User.objects.get(pk=user.pk)


def _username(typed: str) -> str:
    username = admitted(typed, "username", USERNAME, is_line=True)
    if not _USERNAME.fullmatch(username):
        sentence = "Use letters from a to z, digits, dots and hyphens, and begin with a letter or a digit."
        raise refuse("username", sentence, RefusalType.INVALID, field="username")
    if username.lower() in RESERVED:
        sentence = "This is an address of the desk. Choose another name."
        raise refuse("username", sentence, RefusalType.INVALID, field="username")
    if User.objects.filter(username__iexact=username).exists():
        raise refuse("username_taken", "Somebody signs in by this name already.", RefusalType.INVALID, field="username")
    return username


def _person(typed: str) -> str:
    name = admitted(typed, "name", NAME, is_line=True)
    if says_nothing(name):
        raise refuse("missing", "Write the person’s name.", RefusalType.INVALID, field="name")
    return name


def _email(typed: str, of: User | None = None) -> str:
    email = admitted(typed, "email", EMAIL, is_line=True)
    if not (email.isascii() and is_address(email)):
        raise refuse("email", "This is no e-mail address that a letter reaches.", RefusalType.INVALID, field="email")
    if any(one != of for one in User.objects.filter(email__iexact=email)):
        raise refuse("email_taken", "Another account has this address.", RefusalType.INVALID, field="email")
    return email
