"""What is looked at once, before the first request."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from reviews.models.event import is_demonstration


def refuse_foreign_demonstration() -> None:
    """With DEMO on, a database that was not begun as a demonstration is not served."""
    try:
        ours = not settings.DEMO or is_demonstration()
    except DatabaseError as error:
        raise ImproperlyConfigured("The database cannot be read. Run `manage.py migrate` first.") from error
    if not ours:
        raise ImproperlyConfigured("DEMO is on, and this database was not begun as a demonstration. It is not served.")
