"""Whose house this is."""

from django.db import models

from monographs.triggers import AppendOnly


class Organisation(models.Model):
    """The organisation that opened this installation. It has one row as soon as it is open, and none before."""

    trail_columns = {1: ("id", "name", "opened_at")}

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=200)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            AppendOnly(name="reviews_organisation_append_only"),
            models.CheckConstraint(condition=models.Q(id=1), name="reviews_organisation_one"),
        ]

    def __str__(self) -> str:
        return self.name
