"""Editions, and what every part of one has."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models

from monographs import document as values
from monographs.called import called
from monographs.fields import JSONText
from monographs.models.querysets import AllParts, EditionQuerySet, PresentParts
from monographs.models.states import OPEN_STATES, State
from monographs.triggers import ByWriteLock, InChangeSet


class Edition(models.Model):
    """One numbered working copy. It owns every byte of its document: the header is its columns, the parts are rows."""

    HEADER = (
        "title", "name", "names", "brands", "codes", "class_path", "covers", "not_covered", "introduction",
        "dosing_status", "dosing_since", "dosing_reason", "dosing_instead", "text_rules",
    )  # fmt: skip
    trail_columns = {
        1: (
            "id", "monograph_id", "number", "state", "round", "title", "name", "names", "brands", "codes", "class_path",
            "covers", "not_covered", "introduction", "dosing_status", "dosing_since", "dosing_reason", "dosing_instead",
        ),
        2: (
            "id", "monograph_id", "number", "state", "round", "title", "name", "names", "brands", "codes", "class_path",
            "covers", "not_covered", "introduction", "dosing_status", "dosing_since", "dosing_reason", "dosing_instead",
            "text_rules",
        ),
    }  # fmt: skip

    monograph = models.ForeignKey("monographs.Monograph", models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    round = models.PositiveIntegerField(default=0)

    title = models.CharField(max_length=500, blank=True)
    name = models.CharField(max_length=500, blank=True)
    names = JSONText(default=list)
    brands = JSONText(default=list)
    codes = JSONText(default=list)
    class_path = JSONText(default=list)
    covers = models.CharField(max_length=500, blank=True)
    not_covered = models.CharField(max_length=500, blank=True)
    introduction = models.TextField(blank=True)
    dosing_status = models.CharField(max_length=20, default="unpublished")
    dosing_since = models.CharField(max_length=10, blank=True)
    dosing_reason = models.TextField(blank=True)
    dosing_instead = models.TextField(blank=True)
    text_rules = models.PositiveIntegerField(null=True, blank=True)  # of the introduction

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["monograph", "-number"]
        constraints = [
            ByWriteLock(name="monographs_edition_by_pen"),
            models.UniqueConstraint(fields=["monograph", "number"], name="monographs_edition_number"),
            models.UniqueConstraint(
                fields=["monograph"], condition=models.Q(state__in=OPEN_STATES), name="monographs_edition_one_open"
            ),
            models.UniqueConstraint(
                fields=["monograph"], condition=models.Q(state="published"), name="monographs_edition_one_published"
            ),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="monographs_edition_state"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="monographs_edition_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"edition {self.number} of {self.monograph_id}"

    @property
    def called(self) -> str:
        """What its monograph is called by this edition (monographs.called)."""
        return called(self.name, self.title) or self.monograph.called

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class Part(models.Model):
    """A part of an edition. Its key stays the same in every edition that holds it; taken out, it is only flagged."""

    # The value of this part in a document, and the columns that are copied into it.
    value: ClassVar[type[values.Part]]

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="%(class)s_rows")
    key = models.UUIDField()
    position = models.PositiveIntegerField(default=0)
    removed = models.BooleanField(default=False)

    objects = PresentParts()
    with_removed = AllParts()

    class Meta:
        abstract = True
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return f"{self.value.part_kind} {self.key}"

    @classmethod
    def value_fields(cls) -> tuple[str, ...]:
        return tuple(name for name in cls.value.model_fields if name != "key")

    @classmethod
    def value_columns(cls) -> tuple[str, ...]:
        return ("key", *cls.value_fields())

    @classmethod
    def of_columns(cls, stored: Sequence[Any]) -> values.Part:
        """A part of a document, of what is in these columns (pydantic.ValidationError if it is broken)."""
        return cls.value.stored(dict(zip(cls.value_columns(), stored, strict=True)))

    @classmethod
    def from_value(cls, edition: Edition, part: values.Part, position: int) -> "Part":
        """An unsaved row for a part of a document."""
        return cls(edition=edition, key=part.key, position=position, **cls.columns_of(part))

    @classmethod
    def columns_of(cls, part: values.Part) -> dict[str, Any]:
        return {name: getattr(part, name) for name in cls.value_fields()}

    def as_value(self) -> values.Part:
        """This row as a part of a document, as it stands."""
        return self.of_columns([getattr(self, name) for name in self.value_columns()])


def part_constraints(name: str) -> list[models.BaseConstraint]:
    """What holds for every model of parts. A child's Meta.constraints replaces its base's, so each one calls this."""
    return [
        InChangeSet(name=f"monographs_{name}_in_change_set"),
        models.UniqueConstraint(fields=["edition", "key"], name=f"monographs_{name}_key"),
    ]
