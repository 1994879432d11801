"""What stands over a publication, and what of it is shown. The rules are pure; `standing` loads what they judge."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from monographs.digest import as_json
from monographs.document import PART_FIELDS, Document, Part, SafetyNotice
from monographs.models.overlay import Overlay
from monographs.models.publication import NameCheck, Publication
from monographs.overlay_kinds import ERRATUM_DAYS, WITH_PART, Effect
from monographs.questions import Kept

LONDON = ZoneInfo("Europe/London")
LONG_OVERDUE = 90  # days


def today(at: datetime | None = None) -> date:
    """The day in Europe/London: what every rule about days goes by."""
    return (at or timezone.now()).astimezone(LONDON).date()


@dataclass(frozen=True)
class Standing:
    """What the publishing house says of a publication now, beside its document."""

    today: date
    next_review_due: date | None = None
    # The full review since the publication, of the live page: its day, and the titles of who signed it.
    reviewed_again_on: date | None = None
    reviewed_again_by: tuple[str, ...] = ()
    renewed_on: date | None = None  # checked without a change since the last full review
    # The newest checks in RxNorm that found the name: (matched name, release).
    names_found: tuple[tuple[str, str], ...] = ()
    # What stands over the monograph's page, oldest first, and the instant for which it was asked.
    overlays: tuple[Overlay, ...] = ()
    at: datetime | None = None

    @property
    def overdue(self) -> bool:
        """From the day after its review was due."""
        return self.days_overdue > 0

    @property
    def days_overdue(self) -> int:
        return max(0, (self.today - self.next_review_due).days) if self.next_review_due else 0

    def is_long_overdue(self, tier: str) -> bool:
        """Whether a banner says it as well (docs/clinical/signoff.md): high tier, over 90 days."""
        return tier == "high" and self.days_overdue > LONG_OVERDUE

    def of(self, kind: str) -> tuple[Overlay, ...]:
        return tuple(one for one in self.overlays if one.kind == kind)

    def that(self, effect: Effect) -> tuple[Overlay, ...]:
        """Those that do this to the page."""
        return tuple(one for one in self.overlays if one.row.effect == effect)

    @property
    def retired(self) -> Overlay | None:
        return next(iter(self.that(Effect.HIDES_DOSES)), None)

    @property
    def taken_down(self) -> Overlay | None:
        return next(iter(self.that(Effect.REMOVES)), None)

    def is_late(self, overlay: Overlay) -> bool:
        """Whether a second signature is missing after it was due."""
        return overlay.second is None and self.at is not None and self.at >= overlay.due_at


@dataclass(frozen=True)
class Withheld:
    """A part that was published and is not shown now. Its line stays where it stood."""

    part: Part
    overlay: Overlay


@dataclass(frozen=True)
class Shown:
    """What of a document readers may see now: less what is withheld, and less notices that have not begun or have
    ended."""

    document: Document
    standing: Standing
    notices: tuple[SafetyNotice, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    warnings: tuple[Overlay, ...] = ()
    errata: tuple[Overlay, ...] = ()
    plain: tuple[Overlay, ...] = ()  # that only tell, and have no layout of their own

    @property
    def retired(self) -> Overlay | None:
        """Set: doses are not shown."""
        return self.standing.retired

    def notices_of(self, severity: str) -> tuple[SafetyNotice, ...]:
        return tuple(notice for notice in self.notices if notice.severity == severity)


@dataclass(frozen=True)
class Gone:
    """Nothing of the document is shown: the page was taken down."""

    standing: Standing
    overlay: Overlay


# What a withhold may take away. Notices warn, and references are what the rest leans on: both stay.
WITHHELD_KINDS = ("section", "monitoring")


def shown(document: Document, standing: Standing, edition: int | None = None) -> Shown | Gone:
    """The one function before every surface: what of a signed document is shown under this standing.

    `edition` is the number of an edition that is no longer live. There the corrections of just that edition stand, for
    ever; on the live page every correction does for 90 days, and longer while the page itself is still wrong. Notices
    that have ended show in old editions only.
    """
    if standing.taken_down:
        return Gone(standing, standing.taken_down)
    by_part = {one.part: one for one in standing.that(Effect.TAKES_A_PART)}
    withheld = tuple(
        Withheld(part, by_part[part.key])
        for part in document.parts()
        if part.key in by_part and part.part_kind in WITHHELD_KINDS
    )
    kept = {
        PART_FIELDS[kind]: tuple(part for part in getattr(document, PART_FIELDS[kind]) if part.key not in by_part)
        for kind in WITHHELD_KINDS
    }
    left = document.replaced(**kept) if withheld else document
    return Shown(
        document=left,
        standing=standing,
        notices=tuple(one for one in document.notices if _stands(one, standing.today, archived=edition is not None)),
        withheld=withheld,
        warnings=standing.of("warning"),
        errata=tuple(
            one
            for one in standing.of("erratum")
            if _corrects(one, standing, edition) and not quotes_withheld(one, by_part, left)
        ),
        plain=tuple(one for one in standing.overlays if one.row.is_plain),
    )


def _stands(notice: SafetyNotice, day: date, *, archived: bool) -> bool:
    return notice.has_begun(day) if archived else notice.in_force(day)


def draft(document: Document, found: tuple[tuple[str, str], ...] = ()) -> Shown:
    """A document as readers would see it if it were published now. Nothing stands over a draft."""
    seen = shown(document, Standing(today=today(), names_found=found))
    assert isinstance(seen, Shown)
    return seen


def _corrects(erratum: Overlay, standing: Standing, edition: int | None) -> bool:
    if edition is not None:
        return edition in erratum.editions
    said_until = erratum.said_until  # type: ignore[attr-defined]  # annotated by `with_second`
    return said_until is None or (standing.today - today(erratum.at)).days < ERRATUM_DAYS


def quotes_withheld(erratum: Overlay, parts: Iterable[UUID | None], left: Document | None = None) -> bool:
    """Whether all that an overlay quotes of the page, as a correction does, stands in these parts, which are withheld:
    then it is told nowhere, because its words would be what was taken away.

    A correction of before names no places. It is told where its words stand in what is `left` of the document; where
    that is not at hand, not as long as anything is withheld.
    """
    taken = set(map(str, parts))
    if erratum.places is None:
        return bool(taken and erratum.wrong) and not (left and says(as_json(left), " ".join(erratum.wrong.split())))
    return bool(erratum.places) and all(one["part"] in taken for one in erratum.places)


def says(value: Any, words: str) -> bool:
    """Whether these words, with single spaces, stand anywhere in a value of JSON."""
    if isinstance(value, str):
        return words in " ".join(value.split())
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(says(one, words) for one in inner)


def withheld_parts(monographs: Iterable[int]) -> dict[int, list[UUID | None]]:
    """The parts that are withheld of each of these monographs."""
    found: dict[int, list[UUID | None]] = {}
    rows = Overlay.objects.unlifted().filter(kind__in=WITH_PART, monograph__in=set(monographs))
    for monograph, part in rows.values_list("monograph_id", "part"):
        found.setdefault(monograph, []).append(part)
    return found


def standing(
    publication: Publication, document: Document, at: datetime | None = None, *, has_overlays: bool = True
) -> Standing:
    """The standing of a publication: two queries, for what stands over it (unless it is known that nothing does) and
    for the checks of its codes."""
    codes = [(code.system, code.code) for code in document.header.codes]
    at = at or timezone.now()
    live_of = getattr(publication, "live_of", None)
    return Standing(
        today=today(at),
        next_review_due=live_of.next_review_due if live_of else None,
        reviewed_again_on=live_of.reviewed_again_on if live_of else None,
        reviewed_again_by=tuple(live_of.reviewed_again_by) if live_of else (),
        renewed_on=live_of.renewed_on if live_of else None,
        names_found=names_found(_newest(codes)),
        overlays=overlays_of(publication.monograph_id) if has_overlays else (),
        at=at,
    )


def _newest(codes: Sequence[tuple[str, str]]) -> list[NameCheck]:
    """The last check of each [system, code]."""
    asked = _checks([code for _system, code in codes]) if codes else []
    return NameCheck.objects.newest(one for one in asked if (one.system, one.code) in codes)


def overlays_of(monograph_id: int) -> tuple[Overlay, ...]:
    """What stands over a monograph's page, oldest first: one query."""
    return tuple(_overlays(monograph_id))


_overlays = Kept(lambda key: Overlay.objects.unlifted().with_second().filter(monograph=key).order_by("id"))
_checks = Kept(lambda codes: NameCheck.objects.filter(code__in=codes))


def names_found(checks: list[Any]) -> tuple[tuple[str, str], ...]:
    """Of the newest checks, those that found the name in RxNorm. A failed or missing check says nothing to readers,
    and neither does another vocabulary: the sentence on the page is about RxNorm."""
    found = (check for check in checks if check.system == "RxNorm" and check.status == "found")
    return tuple((check.matched_name, check.release) for check in found)
