"""Documents as they were signed and served: rows that are only ever added."""

from functools import lru_cache

from django.db import models

from monographs import document as values
from monographs.digest import from_text
from monographs.triggers import AppendOnly


class Document(models.Model):
    """A document as it was: its digest and its canonical text. What is signed and what is served is one such row."""

    trail_columns = {1: ("digest", "text")}

    digest = models.CharField(max_length=64, primary_key=True)
    text = models.TextField()  # not jsonb, which would reorder it

    class Meta:
        constraints = [AppendOnly(name="monographs_document_append_only")]

    def __str__(self) -> str:
        return self.digest[:12]

    @property
    def value(self) -> values.Document:
        return _value_of(self.text)


@lru_cache(maxsize=16)  # one act reads the same document for several reasons
def _value_of(text: str) -> values.Document:
    return from_text(text)
