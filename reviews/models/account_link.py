"""One-time ways to a password, and what waits after somebody else gave one."""

from django.conf import settings
from django.db import models

from monographs.triggers import AppendOnly, ByWriteLock


class AccountLink(models.Model):
    """A link by which somebody sets the password of their own account, once, until it expires or another one is made.

    Only a digest of its token is kept: whoever reads the table opens nothing.
    """

    trail_columns = {
        1: ("id", "person_id", "digest", "made_at", "made_by_id", "expires_at", "used_at", "ended_at"),
    }

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="account_links")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )  # None: a command
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # by a later one

    class Meta:
        constraints = [ByWriteLock(name="reviews_accountlink_by_lock")]

    def __str__(self) -> str:
        return f"link of user {self.person_id}"


# Where the end of the last hold of somebody is kept, once it was asked for: on the object of the user.
HELD_UNTIL = "_held_until"


class AccountHold(models.Model):
    """Until when somebody neither signs nor administers, because somebody else had a hand in how they sign in."""

    trail_columns = {1: ("id", "person_id", "began_at", "until", "by_id")}

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="account_holds")
    began_at = models.DateTimeField()
    until = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # None: a command

    class Meta:
        constraints = [
            AppendOnly(name="reviews_accounthold_append_only"),
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("began_at")), name="reviews_accounthold_until_after"
            ),
        ]

    def __str__(self) -> str:
        return f"hold of user {self.person_id} until {self.until}"
