"""Addresses at which a monograph stood before."""

from django.db import models

from monographs.models.monograph import Monograph
from monographs.triggers import ByWriteLock


class FormerAddress(models.Model):
    """An address that a monograph had before it moved: no other monograph is ever put there.

    Made from the trail in the act that moves it (reviews.derived.former_addresses); `reindex` makes it again.
    """

    slug = models.SlugField(max_length=100, unique=True)
    monograph = models.ForeignKey(Monograph, models.PROTECT, related_name="former_addresses")

    class Meta:
        constraints = [ByWriteLock(name="monographs_formeraddress_by_lock")]

    def __str__(self) -> str:
        return self.slug
