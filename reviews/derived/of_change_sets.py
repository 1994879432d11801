"""The rows that are kept of each change set, of the tables of one list: made in its act, and again by `reindex`."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.db import DatabaseError, models

from monographs.digest import UNREADABLE
from reviews.derived import changed_parts, written_texts
from reviews.derived.sides import Sides
from reviews.models import ChangedPart, ChangeSet, WrittenText
from reviews.one_moment import apart

A_BATCH = 2000
FEW = 100  # change sets whose rows are held at once


@dataclass(frozen=True)
class Table:
    """Rows of change sets: their columns, how they are made, and what is said where they are others."""

    model: type[models.Model]
    columns: tuple[str, ...]
    rows_of: Callable[[Sides], Iterable[tuple[str, ...]]]
    otherwise: str

    def keep(self, rows: Iterable[tuple[UUID, tuple[str, ...]]]) -> None:
        rows = iter(rows)
        for batch in iter(lambda: list(islice(rows, A_BATCH)), []):
            self.model._default_manager.bulk_create(
                self.model(change_set_id=pk, **dict(zip(self.columns, row, strict=True))) for pk, row in batch
            )

    def held(self, change_sets: list[UUID]) -> dict[UUID, list[tuple[str, ...]]]:
        found: dict[UUID, list[tuple[str, ...]]] = {}
        mine = self.model._default_manager.filter(change_set__in=change_sets)
        for pk, *row in mine.values_list("change_set", *self.columns):
            found.setdefault(pk, []).append(tuple(row))
        return found

    def loose(self) -> Iterator[UUID]:
        """The change sets that are not there and have rows."""
        rows = self.model._default_manager.exclude(change_set__in=ChangeSet.objects.all())
        yield from rows.order_by().values_list("change_set", flat=True).distinct()


TABLES = (
    Table(
        ChangedPart, ("key", "label", "before", "after"), changed_parts.rows_of,
        "what it touched is not labelled as its documents say.",
    ),
    Table(
        WrittenText, ("key", "digest"), written_texts.rows_of,
        "the texts that it wrote are not kept as its documents say.",
    ),
)  # fmt: skip


def keep(change_set: UUID, sides: Sides) -> None:
    """In the act of the change set, once its row is there."""
    for table in TABLES:
        table.keep((change_set, row) for row in table.rows_of(sides))


def remake() -> None:
    """Makes all rows anew, but of documents that cannot be read: one broken text holds up no upgrade."""
    for table in TABLES:
        table.model._default_manager.all().delete()
    keys = iter(_in_order())
    for batch in iter(lambda: list(islice(keys, FEW)), []):
        made = [(pk, rows) for pk in batch if (rows := _rows(pk, *TABLES)) is not None]
        for at, table in enumerate(TABLES):
            table.keep((pk, row) for pk, rows in made for row in rows[at])


def broken(is_older: Callable[[UUID], bool]) -> Iterator[tuple[UUID, str]]:
    """The change sets whose rows are not those that they must have, and what to say of each; not of older ones."""
    keys = (pk for pk in _in_order() if not is_older(pk))
    for batch in iter(lambda: list(islice(keys, A_BATCH)), []):
        held = [table.held(batch) for table in TABLES]
        for pk in batch:
            wanted = _rows(pk, *TABLES)
            for at, (table, rows) in enumerate(zip(TABLES, held, strict=True)):
                if wanted is None or sorted(rows.get(pk, [])) != sorted(wanted[at]):
                    yield pk, table.otherwise
                    break
    for pk in {pk for table in TABLES for pk in table.loose()}:
        yield pk, "it is not there, and what it touched is."


def _rows(change_set: UUID, *tables: Table) -> list[list[tuple[str, ...]]] | None:
    """Those that it must have in each of these tables, by its stored documents. None: they cannot be read."""
    try:
        with apart():
            sides = Sides.stored(change_set)
        return [list(table.rows_of(sides)) for table in tables]
    except (*UNREADABLE, AttributeError, KeyError, DatabaseError, ChangeSet.DoesNotExist):  # a document is gone
        return None


def _in_order() -> list[UUID]:
    """Keys of all change sets, edition by edition."""
    return list(ChangeSet.objects.order_by("edition_id", "at", "revision_id").values_list("pk", flat=True))
