"""Every name of the library: of drugs, brands and classes. Nothing near them is called a misprint."""

from collections.abc import Iterator

from monographs.models import Drug, TherapeuticClass


def names_of_library() -> Iterator[str]:
    for name, names, brands in Drug.objects.values_list("name", "names", "brands"):
        yield from (name, *(one["name"] for one in names), *(one["name"] for one in brands))
    yield from TherapeuticClass.objects.values_list("name", flat=True)
