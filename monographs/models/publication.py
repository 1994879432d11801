"""What readers were given, and what was found of its codes."""

from functools import lru_cache

from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property

from monographs.fields import JSONText
from monographs.models.document import Document
from monographs.models.querysets import NameCheckQuerySet, PublicationQuerySet
from monographs.triggers import AppendOnly


@lru_cache(maxsize=4_096)
def address_of(slug: str) -> str:
    return reverse("monograph", args=[slug])


class Publication(models.Model):
    """A document frozen for readers. Everything that the public sees starts from `Publication.objects.live()`."""

    trail_columns = {
        1: (
            "id", "monograph_id", "edition_id", "document_id", "number", "slug", "name", "class_slugs", "traits",
            "tier", "signatures", "published_at", "last_full_review", "evidence_checked_at", "change_note", "head",
            "key", "seal",
        )
    }  # fmt: skip

    monograph = models.ForeignKey("monographs.Monograph", models.PROTECT, related_name="publications")
    edition = models.OneToOneField("monographs.Edition", models.PROTECT, related_name="publication")
    document = models.ForeignKey(Document, models.PROTECT, related_name="publications")
    number = models.PositiveIntegerField()
    slug = models.SlugField(max_length=100)
    name = models.CharField(max_length=500)
    class_slugs = JSONText(default=list)  # the printed class path
    traits = JSONText(default=list)  # of the drug, as they were: they decide what the page must say it lacks
    tier = models.CharField(max_length=10)
    # As printed: [{reader_title, name (with consent, else absent), signed_at, interests}], never a number.
    signatures = JSONText(default=list)
    published_at = models.DateTimeField()
    last_full_review = models.DateField()
    evidence_checked_at = models.DateField(null=True, blank=True)
    change_note = models.TextField(blank=True)
    head = models.CharField(max_length=64)  # of the chain, before this was published
    key = models.CharField(max_length=64)  # the id of the key that sealed it
    seal = models.CharField(max_length=128)

    said = ""  # of what keeps its doses from readers, where whoever asked for the row asked for that too

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "slug"]
        indexes = [models.Index(fields=["-published_at", "slug"], name="monographs_publication_newest")]
        constraints = [AppendOnly(name="monographs_publication_append_only")]

    def __str__(self) -> str:
        return f"{self.slug}, edition {self.number}"

    def get_absolute_url(self) -> str:
        return address_of(self.slug)

    @cached_property
    def called(self) -> str:
        """What it is called beside others (monographs.called). Lists ask for it by `with_called()`: here it reads the
        document."""
        return self.document.value.header.called


class NameCheck(models.Model):
    """The outcome of looking a code and name up in a vocabulary. The code is signed, its check is not."""

    trail_columns = {1: ("id", "system", "code", "name", "status", "matched_name", "release", "source", "at")}

    system = models.CharField(max_length=20)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=500)
    status = models.CharField(max_length=20, choices=[("found", "Found"), ("failed", "Failed")])
    matched_name = models.CharField(max_length=500, blank=True)
    release = models.CharField(max_length=100)
    source = models.CharField(max_length=200)
    at = models.DateTimeField()

    objects = NameCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["system", "code"], name="monographs_namecheck_code")]
        constraints = [AppendOnly(name="monographs_namecheck_append_only")]

    def __str__(self) -> str:
        return f"{self.system} {self.code}: {self.status}"
