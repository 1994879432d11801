"""Brings a database of an earlier version to this one. Run it after new code is installed, before that code serves."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from monographs.models import Monograph
from reviews.access import accounts, factors, taken_over
from reviews.audit import certificates, checkpoints, database_roles
from reviews.models import AuditEvent

LACKING = (
    "The checkpoint file is not the one that the trail left. Nothing was made anew, and this database is not served. "
    "Find out why. Where lines were lost with their process or disk, `manage.py checkpoint` makes up for them: "
    "run it, then this again."
)


class Command(BaseCommand):
    help = (
        "Migrates the database, looks at the checkpoint file, notes accounts and takes over roles that an earlier "
        "version left, certifies what it published, makes all that is derived anew, and verifies the trail. Exit 1 and "
        "what was found when it is not whole. Running it again does no harm."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if waiting := _waiting():
            self.stdout.write(f"Applying {len(waiting)} migration{'s' * (len(waiting) > 1)}: {', '.join(waiting)}.")
        else:
            self.stdout.write("No migration waits: the tables are those of this version.")
        call_command("migrate", interactive=False, verbosity=0)
        if database_roles.renew():
            self.stdout.write("The roles of the database may do with each table what this version does.")
        has_accounts = accounts.found_without_entry()
        if not (AuditEvent.objects.exists() or Monograph.objects.exists() or has_accounts):
            # The first entry of a trail says what a database was begun as, so none is made here.
            self.stdout.write("Nobody has done anything here yet: there is nothing to index or to verify.")
            return
        if lacking := checkpoints.as_left():  # before what is made now leaves a line of its own
            for seq, sentence in lacking:
                self.stderr.write(f"entry {seq}: {sentence}" if seq else sentence)
            raise CommandError(LACKING)
        if has_accounts:
            found = accounts.take_over()
            self.stdout.write(f"{found} account{'s' * (found > 1)} taken into the trail as they stand.")
        if taken := taken_over.take_over():
            made, left = taken
            grants = f"{made} grant{'s' * (made != 1)}"
            self.stdout.write(f"Taking over roles: {grants}. Each is confirmed within six months, or it lapses.")
            for sentence in left:
                self.stdout.write(f"  {sentence}")
        if count := certificates.make_missing():
            self.stdout.write(f"Certified {count} publication{'s' * (count > 1)} of before.")
        self.stdout.write("Making all that is derived anew.")
        call_command("reindex", stdout=self.stdout)
        if count := factors.reseal():
            self.stdout.write(f"Encrypted {count} second factors with the SECRET_KEY of now.")
        self.stdout.write("Verifying the trail.")
        try:
            call_command("verify_trail", stdout=self.stdout, stderr=self.stderr)
        except SystemExit as found:
            raise CommandError("The trail is not whole. Find out why before this database is served.") from found
        self.stdout.write("The database is ready for this version.")


def _waiting() -> list[str]:
    """The migrations that this version has and the database has not, in the order in which they will be applied."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]
