"""Inviting somebody: an account that no password opens yet, the first role, and a link by which they set a password, in
one act. And the two ways in which a link reaches them: by a letter, or from hand to hand."""

from dataclasses import dataclass

from django.contrib.auth.models import User

from reviews.access import accounts, letters, links
from reviews.access.denials import refusals_recorded
from reviews.access.door import kept
from reviews.access.grants import Place, begin, check_administrator, check_role
from reviews.access.refusals import RefusalType, refuse
from reviews.audit.trail import audited_write
from reviews.models.people import name_of

MAIL, HAND = "mail", "hand"
WAYS = {MAIL: "By a letter to their e-mail", HAND: "I hand the link over"}
_SUBJECT = "Your link to set a password"
_BODY = """{by} asks you to set the password of the account {name}. Open this within 72 hours; it opens once:

{address}

If you did not expect this letter, leave the link alone and tell whoever sent it.
"""


@dataclass(frozen=True)
class Handed:
    """What became of a link: `address` is shown to whoever made it, once; empty where a letter carries it. `failed`
    says why a letter could not be sent."""

    person: User
    address: str
    failed: str = ""


def invite(
    username: str, name: str, email: str, *, role: str, actor: User, by: str = HAND, on: Place = None, reason: str = ""
) -> Handed:  # fmt: skip
    """Makes the account, gives the role, and makes the link. Refuses what `accounts.new` and `grants.give` refuse; then
    nothing is there."""
    with (
        refusals_recorded(actor=actor, action="invite", subject="user:new", reason=reason),
        audited_write(actor=actor) as trail,
    ):
        check_administrator(trail.actor)
        _check_way(by)
        check_role(role, on)
        reason = kept(reason)
        user = accounts.added(trail, username, name, email)
        begin(trail, user, role, on=on, by=trail.actor, reason=reason)
        address = links.made(trail, user, by=trail.actor, by_mail=by == MAIL)
    return _handed(user, address, by, actor)


def send_link(user: User, *, by: str, actor: User) -> Handed:
    """Makes another link for somebody. Refuses what `links.issue` refuses."""
    _check_way(by)
    if by == MAIL and not user.email:
        raise refuse("email", "This account has no e-mail address.", RefusalType.INVALID, field="by")
    return _handed(user, links.issue(user, actor=actor, by_mail=by == MAIL), by, actor)


def _handed(user: User, address: str, by: str, actor: User) -> Handed:
    """Mails it after the act. Of a letter that did not go out the link opens nothing more: another is shown, which
    confirms no address."""
    if by == HAND:
        return Handed(user, address)
    body = _BODY.format(by=name_of(actor), name=user.get_username(), address=address)
    if code := letters.sent(user.email, _SUBJECT, body):
        return Handed(user, links.issue(user, actor=actor), code)
    return Handed(user, "")


def _check_way(by: str) -> None:
    if by not in WAYS:
        raise refuse("way", "Choose how they get their link.", RefusalType.INVALID, recorded=False, field="by")
