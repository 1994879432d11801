"""A published page as the list of places asks for it: what stands over it now, and where else it may be named."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from monographs.digest import as_json
from monographs.document import Document, Part, SafetyNotice
from monographs.models import IndexEntry, Monograph, Overlay, Publication
from monographs.models.reference import RelatedLink
from monographs.overlay_kinds import WITH_PART, Effect, say
from monographs.public.search_terms import letter_of
from monographs.standing import Gone, Shown, Standing, overlays_of, quotes_withheld, shown, today
from monographs.texts.slugs import slug_of
from reviews.desk.published.served import printed

_MARKS = re.compile(r"\[@[^\]]*\]|[\[\]*_`#>|\n]")
_LONG_ENOUGH = 25  # signs: fewer may stand anywhere


@dataclass(frozen=True)
class Subject:
    """What is known of it, by six queries however much there is."""

    live: Publication
    document: Document
    seen: Shown | Gone
    overlays: tuple[Overlay, ...]
    numbers: tuple[int, ...]  # of its editions
    former: tuple[str, ...]
    beside: tuple[tuple[str, str], ...]  # (slug, name) of the pages that may lead to it
    led_from: tuple[str, ...]  # slugs of its drug and its brands that are no page's own
    path: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", self.live.get_absolute_url())

    @property
    def address(self) -> str:
        return f"{settings.SITE_URL}{self.path}"

    @property
    def called(self) -> str:
        return self.document.header.called

    @property
    def letter(self) -> str:
        return letter_of(self.live.name)

    @property
    def removal(self) -> Overlay | None:
        return self.seen.overlay if isinstance(self.seen, Gone) else None

    @property
    def old(self) -> list[int]:
        return [one for one in self.numbers if one != self.live.number]

    @cached_property
    def critical(self) -> tuple[SafetyNotice, ...]:
        return self.seen.notices_of("critical") if isinstance(self.seen, Shown) else ()

    @cached_property
    def lines(self) -> set[str]:
        """What lists say beside its name now."""
        said = [say(one.row.words.line, one) for one in self.overlays if one.row.words.line]
        return {printed(words) for words in (*said, *(one.title for one in self.critical))}

    @cached_property
    def withheld(self) -> dict[Any, Part]:
        """Overlay -> the part that it takes away."""
        parts = self.document.by_key()
        return {one.pk: parts[one.part] for one in self.overlays if one.kind in WITH_PART and one.part in parts}

    def is_told(self, correction: Overlay, edition: int | None = None) -> bool:
        """Whether a correction is told: on the page, in an old edition, or in the lists of what changed."""
        if edition is not None and edition not in correction.editions:
            return False
        return not quotes_withheld(correction, [one.part for one in self.overlays if one.kind in WITH_PART])

    @cached_property
    def standing_corrections(self) -> set[int]:
        """Of those that stand over the live page: 90 days, or as long as it is wrong."""
        return {one.pk for one in self.seen.errata} if isinstance(self.seen, Shown) else set()

    @cached_property
    def pieces(self) -> list[str]:
        """Longer words of the document: none of them may stand where it was taken down."""
        several = [
            *cut(self.document.header.introduction),
            *(words for one in self.document.parts() for words in pieces_of(one)),
        ]
        return [one for one in several if one not in printed(self.called)]

    def pieces_of_withheld(self, overlay: Overlay) -> list[str]:
        """Words of a withheld part that stand nowhere else in the document."""
        part = self.withheld[overlay.pk]
        rest = "".join(printed(words) for one in self.document.parts() if one != part for words in _texts(as_json(one)))
        return [one for one in pieces_of(part) if one not in rest]


def subject_of(monograph: Monograph) -> Subject:
    """What is known of a published monograph."""
    live = Publication.objects.for_page().get(live_of=monograph)
    document, overlays = live.document.value, overlays_of(monograph.pk)
    editions = list(monograph.publications.order_by("-number").values_list("number", "slug"))
    now = timezone.now()
    led = {monograph.drug.slug, *(slug_of(one.name) for one in document.header.brands)} - {live.slug, ""}
    taken = set(Publication.objects.live().filter(slug__in=led).values_list("slug", flat=True))
    return Subject(
        live=live,
        document=document,
        seen=shown(document, Standing(today=today(now), overlays=overlays, at=now)),
        overlays=overlays,
        numbers=tuple(number for number, _slug in editions),
        former=tuple(sorted({slug for _number, slug in editions} - {live.slug})),
        beside=tuple(_beside(monograph, live)),
        led_from=tuple(sorted(led - taken)),
    )


def _beside(monograph: Monograph, live: Publication) -> Any:
    """The pages that editors led here, those on the same drug and those of the same class: one query."""
    chosen = RelatedLink.objects.filter(target=live.slug).values("edition")
    drug = IndexEntry.objects.filter(kind="drug", term=f"={monograph.drug.slug}").values("publication")
    wanted = Q(edition__in=chosen) | Q(pk__in=drug)
    if live.class_slugs:
        terms = IndexEntry.objects.filter(kind="class", term=f"={live.class_slugs[-1]}")
        wanted |= Q(pk__in=terms.values("publication"))
    rows = Publication.objects.listed().filter(wanted).exclude(pk=live.pk).with_called().order_by("name", "slug")
    return [(one.slug, one.called) for one in rows.only("slug")]


def is_removal(overlay: Overlay) -> bool:
    return overlay.row.effect == Effect.REMOVES


def pieces_of(part: Part) -> list[str]:
    return [piece for words in _texts(as_json(part)) for piece in cut(words)]


def cut(words: str) -> list[str]:
    """Longer runs of typed words without the marks between them, as a page prints them."""
    several = [one.strip("-0123456789. ") for one in _MARKS.split(words)]
    return [printed(one) for one in several if len(one) >= _LONG_ENOUGH and " " in one]


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [words for one in inner for words in _texts(one)]
