"""Makes all that is derived anew: the index of live pages, what editions changed, former addresses, the subjects of
entries, what change sets touched and wrote, and texts that are printed otherwise than typed. After an upgrade that
makes one of them otherwise, or when verify_trail misses something."""

from typing import Any

from django.core.management.base import BaseCommand

from monographs.models import Monograph
from reviews.audit.trail import audited_write
from reviews.derived import former_addresses, misprints, of_change_sets, subjects
from reviews.derived.version import VERSION

A_BATCH = 100  # monographs whose documents are held at once


class Command(BaseCommand):
    help = "Makes all that is derived from the trail and from live pages anew."

    def handle(self, *args: Any, **options: Any) -> None:
        with audited_write(actor=None, remakes=True) as trail:
            trail.reindex()  # where there is no page, what readers see is begun anew all the same
            keys, pages = list(Monograph.objects.order_by("pk").values_list("pk", flat=True)), 0
            for first in range(0, len(keys), A_BATCH):
                some = (
                    Monograph.objects.for_desk()
                    .select_related("live__document")
                    .filter(pk__in=keys[first : first + A_BATCH])
                )
                trail.reindex(*some)
                pages += sum(one.live_id is not None for one in some)
            former_addresses.remake()
            subjects.remake()
            of_change_sets.remake()
            misprints.remake()
            trail.record("reindexed", "site", data={"pages": pages, "version": VERSION})
        self.stdout.write(f"The index holds {pages} live pages.")
