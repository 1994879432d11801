from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction

from reviews.audit.database_roles import granting, making


class Command(BaseCommand):
    help = (
        "Prints the SQL that makes the roles owner, app, read and backup for this PostgreSQL database, which a "
        "superuser runs in it. The service then runs as app, and cannot change what is sealed (docs/deploy.md)."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--apply", action="store_true", help="runs it, where DATABASE_URL names a superuser")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("SQLite has no roles: whoever may write its file may do anything.")
        database = connection.settings_dict["NAME"]
        try:
            statements = [*making(database), *granting(database)]
        except ValueError as error:
            raise CommandError(str(error)) from error
        if not options["apply"]:
            self.stdout.write("\n".join(["BEGIN;", *(f"{one};" for one in statements), "COMMIT;"]))
            return
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
        except DatabaseError as error:
            raise CommandError(f"Nothing was changed: {error}") from error
        self.stdout.write("The roles are there. Let the service run as the one of its app (docs/deploy.md).")
