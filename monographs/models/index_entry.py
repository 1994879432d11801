"""The words under which live pages are found."""

from django.db import models

from monographs.models.publication import Publication
from monographs.models.querysets import IndexEntryQuerySet
from monographs.triggers import ByWriteLock

Row = tuple[int, str, str, str, str, str, str]  # publication, kind, term, words, begins, ends, sorts_as
KINDS = ("name", "brand", "class", "use", "code", "drug", "critical", "letter", "title")


class IndexEntry(models.Model):
    """Under which words a live page is found: a row for each name, brand, class, use and code, and of a page that was
    taken down for each name and brand. Made from `shown(…)` in the transaction that changes what readers see
    (`public/search_terms.py`), and nothing but a way to publications. The letter of the list from A to Z is such a way
    too, and so is what lists call the page: rows here, made, remade and compared like all others."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="index_entries", db_index=False)
    kind = models.CharField(max_length=10, choices=[(one, one) for one in KINDS])
    term = models.CharField(max_length=200)  # monographs.public.search_terms.entries says what it may be
    words = models.CharField(max_length=500)  # as they are printed
    begins = models.CharField(max_length=10, blank=True)  # of a critical notice: days, as the document has them
    ends = models.CharField(max_length=10, blank=True)
    # Of letters, titles and addresses of classes: by what the lists order that are read from them.
    sorts_as = models.CharField(max_length=500, blank=True, default="")

    objects = IndexEntryQuerySet.as_manager()

    class Meta:
        # Every question names the kind. PostgreSQL looks for what begins so by an index made for that.
        indexes = [
            models.Index(
                fields=["kind", "term", "sorts_as"],
                name="monographs_indexentry_found",
                opclasses=["varchar_ops", "varchar_pattern_ops", "varchar_ops"],
            ),
            models.Index(fields=["publication", "kind"], name="monographs_indexentry_of"),
        ]
        constraints = [ByWriteLock(name="monographs_indexentry_by_pen")]

    def __str__(self) -> str:
        return f"{self.kind} {self.term}"
