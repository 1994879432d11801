"""Every name of the library, of drugs, brands and classes, and every name that is known besides. Nothing near them is
called a misprint."""

from collections.abc import Iterator

from monographs.known_names import known_names
from monographs.models import Drug, TherapeuticClass


def names_of_library() -> Iterator[str]:
    yield from (one.name for one in known_names())
    for name, names, brands in Drug.objects.values_list("name", "names", "brands"):
        yield from (name, *(one["name"] for one in names), *(one["name"] for one in brands))
    yield from TherapeuticClass.objects.values_list("name", flat=True)
