"""One field type of our own: JSON kept as its canonical text, so that both databases hold the same bytes."""

import json
from typing import Any

from django.db import models

from monographs.canonical import canonical


class JSONText(models.TextField):  # type: ignore[type-arg]  # Django's takes none when it runs
    """A JSON value, stored as RFC 8785 text. (jsonb would reorder keys and change numbers, and so digests.)"""

    # What is put in and got out, for django-stubs: any JSON value.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> Any:
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        return value

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else canonical(value)

    def value_to_string(self, obj: models.Model) -> str:
        """For serializers: the stored text."""
        return canonical(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> None:
        return None
