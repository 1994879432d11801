"""Makes the index of live pages anew: after an upgrade that changed what it holds, or when verify_trail misses it."""

from typing import Any

from django.core.management.base import BaseCommand

from monographs.models import Monograph
from reviews.changes import pen
from reviews.readers import reindex


class Command(BaseCommand):
    help = "Makes the index of live pages anew, from what each page shows."

    def handle(self, *args: Any, **options: Any) -> None:
        with pen(actor=None) as trail:
            monographs = Monograph.objects.for_desk().select_related("live__document").exclude(live=None)
            reindex(trail, *monographs)
            trail.record("reindexed", "site", data={"pages": len(monographs)})
        self.stdout.write(f"The index holds {len(monographs)} live pages.")
