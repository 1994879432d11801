"""Makes the index of live pages anew: after an upgrade that changed what it holds, or when verify_trail misses it."""

from typing import Any

from django.core.management.base import BaseCommand

from monographs.models import Monograph
from reviews.audit.trail import audited_write


class Command(BaseCommand):
    help = "Makes the index of live pages anew, from what each page shows."

    def handle(self, *args: Any, **options: Any) -> None:
        with audited_write(actor=None) as trail:
            monographs = Monograph.objects.for_desk().select_related("live__document").exclude(live=None)
            trail.reindex(*monographs)
            trail.record("reindexed", "site", data={"pages": len(monographs)})
        self.stdout.write(f"The index holds {len(monographs)} live pages.")
