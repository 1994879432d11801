"""What became of texts of which a page prints other signs than were typed: nothing is rendered anew silently, so each
waits for a clinician of the class until an edition, corrections, or "harmless" with a reason ends it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from monographs.checks.misprints import MisprintedText, Quote, misprints
from monographs.digest import UNREADABLE
from monographs.models import Document, Monograph, Overlay
from monographs.texts.characters import says_nothing
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import as_code, kept
from reviews.access.refusals import Refusal, RefusalType, Refused, refuse
from reviews.audit.trail import audited_write
from reviews.models import HarmlessMisprint, Misprint

LONGEST_REASON = 600
# The fields of a place (monographs.pages.places) whose words are such a text.
TEXT_FIELDS = ("introduction", "text")


@dataclass(frozen=True)
class Judged:
    """A text of one published edition that is printed otherwise than typed, and what ended the question."""

    row: Misprint
    harmless: HarmlessMisprint | None = None
    # What the corrections of its page quote of it, and whether they are about every difference.
    quotes: tuple[Quote, ...] = ()
    is_corrected: bool = False
    later: int | None = None  # the edition that readers have now and that does not print it so any more

    @property
    def is_live(self) -> bool:
        return getattr(self.row.publication, "live_of", None) is not None

    @property
    def is_open(self) -> bool:
        return not (self.harmless or self.is_corrected or self.later)

    @property
    def decided(self) -> str:
        """What ended it, "" for nothing."""
        if self.harmless:
            return f"harmless: {self.harmless.reason}"
        if self.is_corrected:
            return "corrected"
        return f"ended by edition {self.later}" if self.later else ""


def of_monographs(monographs: Any) -> list[Judged]:
    """Those of all editions of these monographs, the newest edition first. One query where there are none."""
    rows = Misprint.objects.filter(publication__monograph__in=monographs)
    about = (
        "publication__live_of",
        "publication__monograph__live__edition",
        "publication__monograph__therapeutic_class",
    )
    rows = rows.select_related(*about)
    return judge(rows.order_by("publication__monograph__slug", "-publication__number", "pk"))


def judge(rows: Iterable[Misprint]) -> list[Judged]:
    """What ended each of these rows, in their order: at most three queries more. `rows` are all that there are of each
    monograph that they name."""
    rows = list(rows)
    if not rows:
        return []
    monographs = {row.publication.monograph_id for row in rows}
    harmless = {
        (one.monograph_id, one.digest): one
        for one in HarmlessMisprint.objects.select_related("by").filter(monograph__in=monographs)
    }
    live = {(row.publication.monograph_id, row.key) for row in rows if Judged(row).is_live}
    quotes = _quotes(rows)
    texts = _texts([row for row in rows if quotes[row.pk]])
    judged = []
    for row in rows:
        publication, about = row.publication, quotes[row.pk]
        text = texts.get((publication.document_id, row.key))
        now = publication.monograph.live
        judged.append(
            Judged(
                row,
                harmless.get((publication.monograph_id, row.digest)),
                about,
                is_corrected=text is not None and not text.uncorrected(about),
                later=now.number if now and (publication.monograph_id, row.key) not in live else None,
            )
        )
    return judged


def _quotes(rows: list[Misprint]) -> dict[int, tuple[Quote, ...]]:
    """{row: what the corrections that stand on its page quote of its text}."""
    errata: dict[int, list[Overlay]] = {}
    of = {row.publication.monograph_id for row in rows}
    for one in Overlay.objects.unlifted().filter(kind="erratum", monograph__in=of).order_by("pk"):
        errata.setdefault(one.monograph_id, []).append(one)
    return {
        row.pk: tuple(quote for one in errata.get(row.publication.monograph_id, ()) for quote in _quoted(one, row))
        for row in rows
    }


def _quoted(erratum: Overlay, row: Misprint) -> Iterator[Quote]:
    """What a correction quotes of a text. One of before, which says nothing of places, may mean any of its page."""
    if erratum.places is None and row.publication.number in erratum.editions:
        yield Quote(erratum.wrong)
    for at in erratum.places or ():
        if (at["edition"], at["part"]) == (row.publication.number, row.key) and at["field"] in TEXT_FIELDS:
            yield Quote(erratum.wrong, at["nth"])


def _texts(rows: list[Misprint]) -> dict[tuple[str, str], MisprintedText]:
    """{(document, part): its text}. What cannot be read is left out: `verify_trail` names it."""
    found = {}
    for digest, document in Document.objects.in_bulk({row.publication.document_id for row in rows}).items():
        try:
            found.update({(digest, one.key): one for one in misprints(document.value)})
        except UNREADABLE:
            continue
    return found


def call_harmless(monograph: Monograph, *, part: str, digest: str, actor: User, reason: str) -> HarmlessMisprint:
    """Says that what the page prints of these words of a part harms nobody. It is said once, and holds for the same
    words in every edition.

    Refuses whoever is no verified clinician of the class, words that no published edition prints otherwise than they
    were typed, and a reason that says nothing.
    """
    subject, reason = f"monograph:{monograph.slug}", kept(reason)
    part, digest = as_code(part), as_code(digest)
    with (
        refusals_recorded(actor=actor, action="call_harmless", subject=subject, reason=reason[:LONGEST_REASON]),
        audited_write(actor=actor) as trail,
    ):
        page = Monograph.objects.for_desk().get(pk=monograph.pk)
        if found := policy.refusals(trail.actor, "call_harmless", page):
            raise Refused(found)
        rows = Misprint.objects.filter(publication__monograph=page, key=part, digest=digest)
        row = rows.select_related("publication").order_by("-publication__number").first()
        if row is None:
            sentence = "Every published edition prints these words as they were typed."
            raise refuse("no_such_part", sentence, RefusalType.CONFLICT)
        if HarmlessMisprint.objects.filter(monograph=page, digest=row.digest).exists():
            raise refuse(
                "answered_already", "Somebody called it harmless already.", RefusalType.CONFLICT, recorded=False
            )
        if found := _wrong(reason):
            raise Refused(found)
        words = {"label": row.label, "typed": row.typed, "shown": row.shown}
        made = HarmlessMisprint(
            monograph=page, key=row.key, digest=row.digest, reason=reason, by=trail.actor,
            by_title=policy.title_of(trail.actor), at=trail.at, **words,
        )  # fmt: skip
        trail.save(made)
        numbers = sorted(rows.values_list("publication__number", flat=True))
        data = {"harmless": made.pk, "part": row.key, "editions": numbers, **words}
        trail.record("called_harmless", subject, digest=row.digest, reason=reason, data=data)
    return made


def _wrong(reason: str) -> list[Refusal]:
    if says_nothing(reason):
        return [Refusal("reason", "Say why it harms nobody: the reason is kept.", RefusalType.INVALID, field="reason")]
    if len(reason) > LONGEST_REASON:
        return [Refusal("too_long", f"Keep it to {LONGEST_REASON} characters.", RefusalType.INVALID, field="reason")]
    return []
