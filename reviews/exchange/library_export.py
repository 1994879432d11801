"""The library as lines that an empty installation takes back (`reviews.exchange.library_import`): classes, drugs,
references, and the live document of each monograph, or its open draft.

What does not travel: people, rights, signatures, publications, overlays, checks of names, reports and the trail. Lines
are sorted by the code points of addresses, so that both databases write the same bytes, and read a few at a time.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

from django.db import models

from monographs.assemble import build
from monographs.digest import as_json
from monographs.models import Drug, Edition, Monograph, Overlay, Reference, TherapeuticClass
from reviews.exchange.library_lines import HEADER, end_line
from reviews.one_moment import one_moment

Which = Literal["live", "open"]
Say = Callable[[str], None]
A_CHUNK = 50


def library(which: Which, say: Say) -> Iterator[dict[str, Any]]:
    """Every line, as one moment of the database has it. `say` is told what readers are warned of and the lines do not
    say, and how far it is."""
    with one_moment():
        counts = Counter[str]()
        yield HEADER
        for line in (*_classes(), *_drugs()):
            counts[line["kind"]] += 1
            yield line
        for line in _references():
            counts["reference"] += 1
            yield line
        for line in _monographs(which, say):
            counts["monograph"] += 1
            yield line
        yield end_line(counts)


def class_line(one: TherapeuticClass, parent: str | None) -> dict[str, Any]:
    return {
        "kind": "class", "slug": one.slug, "name": one.name, "parent": parent, "tier_floor": one.tier_floor,
        "retired": one.retired,
    }  # fmt: skip


def drug_line(one: Drug) -> dict[str, Any]:
    return {
        "kind": "drug", "slug": one.slug, "name": one.name, "names": one.names, "brands": one.brands,
        "codes": one.codes, "traits": one.traits, "former_names": one.former_names, "retired": one.retired,
        "merged_into": one.merged_into.slug if one.merged_into else None,
    }  # fmt: skip


def reference_line(one: Reference) -> dict[str, Any]:
    return {"kind": "reference", "label": one.label, "csl": one.csl}


def _classes() -> Iterator[dict[str, Any]]:
    """Each class after its parent."""
    below: dict[int | None, list[TherapeuticClass]] = {}
    for one in TherapeuticClass.objects.all():
        below.setdefault(one.parent_id, []).append(one)
    waiting: list[tuple[TherapeuticClass, str | None]] = [(one, None) for one in below.get(None, [])]
    waiting.sort(key=lambda one: one[0].slug, reverse=True)
    while waiting:
        one, parent = waiting.pop()
        yield class_line(one, parent)
        waiting += [(child, one.slug) for child in sorted(below.get(one.pk, []), key=lambda child: child.slug)[::-1]]


def _drugs() -> Iterator[dict[str, Any]]:
    """Those that were merged stand behind those that they became."""
    rows = Drug.objects.values_list("merged_into", "slug", "pk")
    for chunk in _chunks([pk for _merged, _slug, pk in sorted(rows, key=lambda row: (row[0] is not None, row[1]))]):
        yield from map(drug_line, _in_order(Drug.objects.select_related("merged_into"), chunk))


def _references() -> Iterator[dict[str, Any]]:
    for chunk in _chunks([pk for _label, pk in sorted(Reference.objects.values_list("label", "pk"))]):
        yield from map(reference_line, _in_order(Reference.objects.all(), chunk))


def _monographs(which: Which, say: Say) -> Iterator[dict[str, Any]]:
    rows = Monograph.objects.select_related("drug", "therapeutic_class").prefetch_related("former_addresses")
    if which == "live":
        rows = rows.filter(live__isnull=False).select_related("live__document")
    else:
        rows = rows.filter(pk__in=Edition.objects.open().values("monograph"))
    done, sorted_rows = 0, [pk for _slug, pk in sorted(rows.values_list("slug", "pk"))]
    for chunk in _chunks(sorted_rows):
        over = _over(chunk) if which == "live" else {}
        for one in _in_order(rows, chunk):
            yield _monograph_line(one, which)
            if which == "live" and one.live and one.live.document.value.regimens:
                say(
                    f"Mind: the figures of the doses of {one.slug} had no checks, so no published page holds them, and "
                    "they do not travel. export_monographs --edition with a number writes them."
                )
            if kinds := over.get(one.pk):
                say(f"Mind: over the page of {one.slug} stands, and does not travel: {', '.join(kinds)}.")
        done += len(chunk)
        say(f"{done} of {len(sorted_rows)} monographs.")


def _monograph_line(one: Monograph, which: Which) -> dict[str, Any]:
    if which == "live":
        assert one.live is not None
        document = one.live.document.value
    else:
        document = build(Edition.objects.open().get(monograph=one))
    return {
        "kind": "monograph", "slug": one.slug, "class": one.therapeutic_class.slug, "drug": one.drug.slug,
        "tier": one.tier, "former_addresses": sorted(former.slug for former in one.former_addresses.all()),
        "document": as_json(document),
    }  # fmt: skip


def _over(keys: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for one in Overlay.objects.unlifted().filter(monograph__in=keys).order_by("at", "pk"):
        found.setdefault(one.monograph_id, []).append(one.row.label)
    return found


def _chunks(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), A_CHUNK):
        yield keys[start : start + A_CHUNK]


def _in_order(rows: models.QuerySet[Any], keys: Sequence[int]) -> list[Any]:
    found = rows.in_bulk(keys)
    return [found[pk] for pk in keys]
