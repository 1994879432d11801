"""What is looked at once, before the first request."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from reviews.derived import version
from reviews.models.event import is_demonstration


def refuse_foreign_demonstration() -> None:
    """With DEMO on, a database that was not begun as a demonstration is not served."""
    try:
        ours = not settings.DEMO or is_demonstration()
    except DatabaseError as error:
        raise ImproperlyConfigured("The database cannot be read. Run `manage.py migrate` first.") from error
    if not ours:
        raise ImproperlyConfigured("DEMO is on, and this database was not begun as a demonstration. It is not served.")


def refuse_other_version() -> None:
    """A database is served only with what this version of the program derives from it: pages would lack the rest.

    Where nobody answers yet, the process starts all the same: it serves nothing, and `/health/ready` says why.
    """
    try:
        connection.ensure_connection()
    except DatabaseError:
        return
    try:
        is_current = version.is_current()
    except DatabaseError as error:
        raise ImproperlyConfigured(version.OTHER_VERSION) from error  # a column is not there yet
    if not is_current:
        raise ImproperlyConfigured(version.OTHER_VERSION)
