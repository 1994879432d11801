from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from monographs.models import Monograph
from reviews.management.demonstration.load import ACCOUNTS, load
from reviews.models.event import is_demonstration


class Command(BaseCommand):
    help = "Loads the demonstration: content and accounts. A database that has content keeps it."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demonstration has known passwords: it runs only with DEMO=1.")
        if not is_demonstration():
            raise CommandError("This database was not begun as a demonstration. Name another one in DATABASE_URL.")
        if not Monograph.objects.exists():
            self.stdout.write("Loading the demonstration …")
        load(self.stdout.write)
        self.stdout.write(f"{Monograph.objects.count()} monographs. Demonstration content, not for clinical use.")
        self.stdout.write(f"Accounts ({settings.DEMO_PASSWORD} is the password of all): {', '.join(ACCOUNTS)}")
