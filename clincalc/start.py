"""What is looked at once, before the first request."""

import gc
import time

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, connections
from django.urls import get_resolver

from reviews.derived import version
from reviews.models.event import is_demonstration

# How long a worker waits for a database that is being started again. One that gave up at once would be started over and
# over, until the server takes it for broken and stops.
PATIENCE = 60.0  # seconds


def refuse_foreign_demonstration() -> None:
    """With DEMO on, a database that was not begun as a demonstration is not served. One that is away for a moment is
    waited for, as nothing can be known of it."""
    if not settings.DEMO:
        return
    last = time.monotonic() + PATIENCE
    while not _answers() and time.monotonic() < last:
        time.sleep(0.2)
    try:
        ours = is_demonstration()
    except DatabaseError as error:
        raise ImproperlyConfigured("The database cannot be read. Run `manage.py migrate` first.") from error
    if not ours:
        raise ImproperlyConfigured("DEMO is on, and this database was not begun as a demonstration. It is not served.")


def _answers() -> bool:
    try:
        connection.ensure_connection()
    except DatabaseError:
        return False
    return True


def refuse_other_version() -> None:
    """A database is served only with what this version of the program derives from it: pages would lack the rest.

    Where nobody answers yet, the process starts all the same: it serves nothing, and `/health/ready` says why.
    """
    if not _answers():
        return
    try:
        is_current = version.is_current()
    except DatabaseError as error:
        raise ImproperlyConfigured(version.OTHER_VERSION) from error  # a column is not there yet
    if not is_current:
        raise ImproperlyConfigured(version.OTHER_VERSION)


def settle() -> None:
    """The last step: loads what every worker needs, and marks it as what stays. Where a server loads the application
    before it parts into workers (gunicorn --preload), they share it from then on; none of them inherits a connection,
    on which two would speak at once."""
    for pattern in get_resolver().url_patterns:
        getattr(pattern, "url_patterns", None)
    for one in connections.all(initialized_only=True):
        if not one.in_atomic_block:
            one.close()
    gc.collect()
    gc.freeze()
