"""Prints all that is kept of a person who has an account, as JSON: for whoever asks what that is (docs/privacy.md)."""

import json
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from reviews.access.person_data import person_data


class Command(BaseCommand):
    help = "Prints all that is kept of a person who has an account, as JSON, without what opens something."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("name", metavar="NAME", help="the user name")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        person = User.objects.filter(username=name).first()
        if person is None:
            raise CommandError(f"Nobody here has the user name “{name}”.")
        told = json.dumps(person_data(person), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        self.stdout.write(told)
