"""Inviting somebody: an account that no password opens yet, and the first role, in one act."""

from django.contrib.auth.models import User

from reviews.access import accounts
from reviews.access.denials import refusals_recorded
from reviews.access.door import kept
from reviews.access.grants import Place, begin, check_administrator, check_role
from reviews.audit.trail import audited_write


def invite(
    username: str, name: str, email: str, *, role: str, actor: User, on: Place = None, reason: str = ""
) -> User:  # fmt: skip
    """Makes the account, and gives the role. Refuses what `accounts.new` and `grants.give` refuse; then neither is
    there."""
    with (
        refusals_recorded(actor=actor, action="invite", subject="user:new", reason=reason),
        audited_write(actor=actor) as trail,
    ):
        check_administrator(trail.actor)
        check_role(role, on)
        reason = kept(reason)
        user = accounts.added(trail, username, name, email)
        begin(trail, user, role, on=on, by=trail.actor, reason=reason)
    return user
