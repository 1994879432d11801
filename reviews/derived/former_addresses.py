"""Addresses that monographs had. A monograph that moves leaves its address behind for ever: nobody else
gets it, and it may take it back."""

from collections.abc import Sequence

from monographs.models import FormerAddress, Monograph
from reviews.models import AuditEvent

Moves = Sequence[tuple[str, str]]  # (from, to), in the order of the trail


def keep(slug: str, monograph: Monograph) -> None:
    """The act that moves it away from `slug` calls this; the address that it has now is no former one."""
    FormerAddress.objects.filter(slug=monograph.slug, monograph=monograph).delete()
    FormerAddress.objects.create(slug=slug, monograph=monograph)


def left_behind(moves: Moves, now: dict[str, int]) -> dict[str, int]:
    """{former address: key of its monograph}. `now` are the addresses of today."""
    found = dict(now)
    for old, new in reversed(moves):
        if new in found:
            found[old] = found[new]
    return {slug: pk for slug, pk in found.items() if slug not in now}


def now() -> dict[str, int]:
    """{address: key of its monograph} of today."""
    return dict(Monograph.objects.values_list("slug", "pk"))


def remake() -> None:
    told = AuditEvent.objects.filter(verb="moved").order_by("seq").values_list("data", flat=True)
    moves = [(data["from_slug"], data["to_slug"]) for data in told]
    FormerAddress.objects.all().delete()
    FormerAddress.objects.bulk_create(
        FormerAddress(slug=slug, monograph_id=pk) for slug, pk in left_behind(moves, now()).items()
    )
