"""Who holds which role, and where: the one table that the policy reads."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from monographs.models import Monograph, TherapeuticClass
from monographs.triggers import ByWriteLock

# Our own decision: somebody else says every six months that a grant is still right, or it lapses.
CONFIRMED_EVERY = timedelta(days=183)


class GrantQuerySet(models.QuerySet["Grant"]):
    def not_ended(self) -> "GrantQuerySet":
        """Neither taken nor written down as lapsed."""
        return self.filter(ended_on=None)

    def counting(self, today: date) -> "GrantQuerySet":
        """Those that open something today: a grant that nobody confirmed counts no more, whether that is written yet or
        not."""
        return self.said_since(today - CONFIRMED_EVERY)

    def said_since(self, day: date) -> "GrantQuerySet":
        """Those that somebody gave or confirmed after this day, and nobody ended."""
        return self.not_ended().filter(Q(given_on__gt=day) | Q(confirmed_on__gt=day))


def _not_by_the_holder(field: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | ~Q(**{field: F("person")}),
        name=f"reviews_grant_{field}_other",
    )


class Grant(models.Model):
    """That a person holds a role: on a class and all below it, on one monograph, or everywhere (neither is named).

    Never deleted: it is taken by somebody, or lapses. `given_by` is empty where the house itself gave it: when it was
    opened, or when an earlier version's roles were taken over.
    """

    trail_columns = {
        1: (
            "id", "person_id", "role", "therapeutic_class_id", "monograph_id", "given_on", "given_by_id", "reason",
            "confirmed_on", "confirmed_by_id", "ended_on", "ended_by_id", "has_lapsed",
        )
    }  # fmt: skip

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=30)
    therapeutic_class = models.ForeignKey(TherapeuticClass, models.PROTECT, null=True, blank=True, related_name="+")
    monograph = models.ForeignKey(Monograph, models.PROTECT, null=True, blank=True, related_name="+")
    given_on = models.DateField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)  # why it was given
    confirmed_on = models.DateField(null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    has_lapsed = models.BooleanField(default=False)  # it ended because nobody confirmed it

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            ByWriteLock(name="reviews_grant_by_pen"),
            *map(_not_by_the_holder, ("given_by", "confirmed_by", "ended_by")),
            models.CheckConstraint(
                condition=Q(therapeutic_class__isnull=True) | Q(monograph__isnull=True), name="reviews_grant_one_place"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_on__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_on__isnull=False, confirmed_by__isnull=False),
                name="reviews_grant_confirmed_on_and_by",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_by__isnull=True, has_lapsed=False)
                | Q(ended_on__isnull=False, ended_by__isnull=False, has_lapsed=False)
                | Q(ended_on__isnull=False, ended_by__isnull=True, has_lapsed=True),
                name="reviews_grant_ended_or_lapsed",
            ),
            # Of nothing there is one: empty columns are never alike, so each kind of place has its own.
            *(
                models.UniqueConstraint(fields=["person", "role", *place], condition=Q(**none), name=name)
                for place, none, name in (
                    ((), {"therapeutic_class": None, "monograph": None, "ended_on": None}, "reviews_grant_everywhere"),
                    (("therapeutic_class",), {"ended_on": None}, "reviews_grant_once_on_class"),
                    (("monograph",), {"ended_on": None}, "reviews_grant_once_on_page"),
                )
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of user {self.person_id}: {self.where}"

    @property
    def where(self) -> str:
        """The place as the trail names it."""
        if self.therapeutic_class is not None:
            return f"class:{self.therapeutic_class.slug}"
        return f"monograph:{self.monograph.slug}" if self.monograph is not None else "everywhere"

    @property
    def lapses_on(self) -> date:
        """The first day on which it counts no more, unless somebody confirms it before."""
        return max(self.given_on, self.confirmed_on or self.given_on) + CONFIRMED_EVERY

    def counts(self, today: date) -> bool:
        return self.ended_on is None and today < self.lapses_on


# -- Guardian's direct rows, written from grants in the same act (reviews/access/grants.py) ---------------------------


class ClassPermission(UserObjectPermissionBase):
    """What a person may do on a class and all below it."""

    trail_columns = {1: ("id", "user_id", "permission_id", "content_object_id")}

    content_object = models.ForeignKey(TherapeuticClass, models.PROTECT)

    class Meta(UserObjectPermissionBase.Meta):
        constraints = [ByWriteLock(name="reviews_classpermission_by_pen")]


class MonographPermission(UserObjectPermissionBase):
    """What a person may do on one monograph."""

    trail_columns = {1: ("id", "user_id", "permission_id", "content_object_id")}

    content_object = models.ForeignKey(Monograph, models.PROTECT)

    class Meta(UserObjectPermissionBase.Meta):
        constraints = [ByWriteLock(name="reviews_monographpermission_by_pen")]


class ClassGrant(GroupObjectPermissionBase):
    """What the group of a role might do on a class, in versions before grants. `manage.py upgrade` takes these rows
    over and out (reviews/access/taken_over.py); nothing is judged by them."""

    trail_columns = {1: ("id", "group_id", "permission_id", "content_object_id")}

    content_object = models.ForeignKey(TherapeuticClass, models.PROTECT)

    class Meta(GroupObjectPermissionBase.Meta):
        constraints = [ByWriteLock(name="reviews_classgrant_by_pen")]
