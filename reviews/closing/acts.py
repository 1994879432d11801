"""Which act closes a reader's report: decided here alone.

Some outcomes say that something was done to the page. They are true of an act of that kind that was done since the
report came, stands, is confirmed where its kind asks for it, and is about what was reported: a warning or a withdrawal
is about all of the page; a withheld part, a correction and a newer edition about the parts that they change. Where the
reader named no part, whoever closes the report names the one that the newer edition put right.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Literal

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.timezone import localtime

from monographs.digest import as_json
from monographs.models import Overlay, Publication
from monographs.overlay_kinds import WITHDRAWALS
from monographs.pages.places import FIELDS
from monographs.standing import says
from monographs.typed import Value
from reviews.access.refusals import Refusal, RefusalType
from reviews.closing.parts import Parts, changed, parts_of
from reviews.models import ProblemReport
from reviews.models.report import OUTCOMES


@dataclass(frozen=True)
class Needs:
    """The kinds of overlay that make an outcome true, whether a newer edition does as well, and what is said while
    none does: nothing was done, it waits for somebody, it is about something else."""

    kinds: tuple[str, ...]
    lacks: str
    waits: str = ""
    elsewhere: str = ""
    by_edition: bool = False


_UNCONFIRMED = "somebody else must confirm the withdrawal first."
NEEDS = {
    "corrected": Needs(
        ("erratum",),
        "no correction was put over the page since the report came, and no edition published.",
        elsewhere="what was corrected since the report came is not what was reported.",
        by_edition=True,
    ),
    "withdrawn": Needs(
        WITHDRAWALS, "the page was not withdrawn since the report came, or it is back.", waits=_UNCONFIRMED
    ),
    "withheld": Needs(
        ("withhold",),
        "no part of the page was withheld since the report came.",
        elsewhere="the part that was withheld since the report came is not the one that was reported.",
    ),
    "warned": Needs(
        ("warning",),
        "no urgent warning was put over the page since the report came, or it has ended.",
        waits="somebody else must countersign the warning first.",
    ),
}
# What can only be true of a page of ours, and what only of a report that is about no single one.
OF_A_PAGE, OF_THE_SITE = {*NEEDS, "next-edition", "no-change"}, {"passed-on"}

State = Literal["counts", "ended", "waits", "elsewhere"]


@dataclass(frozen=True)
class Act:
    """What was done to the page: an overlay, or a newer edition. `part`: what of the page, by its name, where the act
    does not say so itself."""

    done: Overlay | Publication
    part: str = ""
    state: State = "counts"

    @property
    def key(self) -> str:
        return f"overlay-{self.done.pk}" if isinstance(self.done, Overlay) else f"edition-{self.done.number}"

    @property
    def value(self) -> str:
        """As a form chooses it: an edition is chosen together with the part that it put right."""
        return f"{self.key}:{self.part}" if isinstance(self.done, Publication) else self.key

    @property
    def words(self) -> str:
        """As the desk names it."""
        part = f": {self.part}" if self.part else ""
        at = self.done.published_at if isinstance(self.done, Publication) else self.done.at
        when = date_format(localtime(at), "j F Y, H:i")
        if isinstance(self.done, Publication):
            return f"edition {self.done.number}, published on {when}{part}"
        quoted = f": “{Truncator(self.done.wrong).chars(60)}”" if self.done.wrong else ""
        return f"{self.done.row.label.lower()} of {when}{quoted}{part}"


def live_then(monograph_id: int, at: datetime) -> Publication | None:
    """What readers saw at that moment."""
    rows = Publication.objects.filter(monograph=monograph_id, published_at__lte=at).select_related("document")
    return rows.order_by("-published_at").first()


class Since:
    """What was done to the page of a report since it came, and what of it closes the report. Five queries at most."""

    def __init__(self, report: ProblemReport) -> None:
        self.report = report

    @cached_property
    def acts(self) -> dict[str, list[Act]]:
        """By outcome, those that count and those that do not, the latest first."""
        found: dict[str, list[Act]] = {slug: [] for slug in NEEDS}
        if self.report.monograph_id is None:
            return found
        over = Overlay.objects.filter(monograph=self.report.monograph_id, at__gt=self.report.at).order_by("-pk")
        for one in over.select_related("second_signature", "lifted_by"):
            for slug, needs in NEEDS.items():
                if one.kind in needs.kinds:
                    found[slug].append(Act(one, self._named(one), self._state(one)))
        newer = Publication.objects.filter(monograph=self.report.monograph_id, published_at__gt=self.report.at)
        editions = list(chain.from_iterable(map(self._editions, newer.select_related("live_of").order_by("-number"))))
        for slug, needs in NEEDS.items():
            found[slug] += editions if needs.by_edition else []
        return found

    def counting(self, slug: str) -> list[Act]:
        return [one for one in self.acts[slug] if one.state == "counts"]

    def _state(self, one: Overlay) -> State:
        if hasattr(one, "lifted_by"):
            return "ended"
        if one.row.second and not one.second:
            return "waits"
        return "counts" if self._is_about(one) else "elsewhere"

    def _is_about(self, one: Overlay) -> bool:
        """Whether it is about what was reported."""
        if one.kind == "erratum" and self._edition not in one.editions:
            return False
        if self._reported is None or not (one.part or one.wrong):
            return True
        if one.part:
            return str(one.part) in self._reported
        if one.places is None:  # of before places were said
            return any(says(as_json(said), " ".join(one.wrong.split())) for said in self._reported.values())
        return any(_key(at["part"], at["field"]) in self._reported for at in one.places)

    @cached_property
    def _then(self) -> Publication | None:
        return live_then(self.report.monograph_id, self.report.at) if self.report.monograph_id else None

    @cached_property
    def _parts(self) -> Parts:
        return parts_of(self._then.document.value) if self._then else {}

    @property
    def _edition(self) -> int | None:
        return self.report.edition or (self._then.number if self._then else None)

    @property
    def _reported(self) -> dict[str, Value] | None:
        """Key -> what was said in the part that the reader named; None: no part of the page."""
        return self._parts.get(self.report.part)

    def _named(self, one: Overlay) -> str:
        return next((name for name, said in self._parts.items() if str(one.part) in said), "") if one.part else ""

    def _editions(self, newer: Publication) -> Iterator[Act]:
        """An edition once for each part that it put right; or once, if it is none of them or not live any more."""
        if not hasattr(newer, "live_of"):
            yield Act(newer, state="ended")
            return
        parts = changed(self._then.document.value, newer.document.value) if self._then else ()
        if self._reported is not None:
            parts = tuple(name for name in parts if name == self.report.part)
        yield from (Act(newer, name) for name in parts)
        if not parts:
            yield Act(newer, state="elsewhere")

    def _fits(self, slug: str) -> bool:
        if slug == "elsewhere" and self.report.harm and self._reported is not None:
            return False  # what could harm and names a part of a page of ours is about it, or the page is right
        return slug not in (OF_THE_SITE if self.report.monograph_id else OF_A_PAGE)

    def choices(self) -> list[tuple[str, str]]:
        """(value, words) of each outcome that is true now, one for each act."""
        found = []
        for slug, label in OUTCOMES.items():
            if slug in NEEDS:
                found += [(f"{slug}:{one.value}", f"{label}: {one.words}") for one in self.counting(slug)]
            elif self._fits(slug):
                found.append((slug, label))
        return found

    def others(self) -> list[tuple[str, str]]:
        """(words, why not) of each outcome of a page that is not true now."""
        if self.report.monograph_id is None:
            return []
        return [(OUTCOMES[slug], self._why_not(slug)) for slug in NEEDS if not self.counting(slug)]

    def _why_not(self, slug: str) -> str:
        states = {one.state for one in self.acts[slug]}
        needs = NEEDS[slug]
        return needs.waits if "waits" in states else needs.elsewhere if "elsewhere" in states else needs.lacks

    def judged(self, chosen: str) -> tuple[str, Act | None, list[Refusal]]:
        """(outcome, its act, what stands against it) of what was chosen: an outcome, with its act or without, which is
        the latest. Of an edition that changed several parts one is named."""
        slug, _, value = chosen.partition(":")
        key, _, part = value.partition(":")
        if slug not in OUTCOMES or not self._fits(slug) or (key and slug not in NEEDS):
            return "", None, [_choose("Choose what came of it.")]
        if slug not in NEEDS:
            return slug, None, []
        meant = [one for one in self.acts[slug] if key in ("", one.key)]
        acts = [one for one in meant if one.state == "counts" and part in ("", one.part)]
        if acts and not part and [one.key for one in acts].count(acts[0].key) > 1:
            return slug, None, [_choose("Choose which part of the page the new edition put right.")]
        if acts:
            return slug, acts[0], []
        if key and any(one.state == "ended" for one in meant):
            sentence = "What you chose has ended meanwhile. Choose again from what is true now."
            return slug, None, [Refusal("act_ended", sentence, RefusalType.CONFLICT, field="outcome")]
        sentence = f"“{OUTCOMES[slug]}” would not be true: {self._why_not(slug)} Do that first, or choose what is true."
        return slug, None, [Refusal("not_done", sentence, RefusalType.CONFLICT, field="outcome")]


def _key(part: str, field: str) -> str:
    """Of a place of the page: what the header says of doses is a part of its own."""
    is_dose = any(name.startswith("dosing.") for name in FIELDS[field][1])
    return "dosing" if part == "header" and is_dose else part


def _choose(sentence: str) -> Refusal:
    return Refusal("outcome", sentence, RefusalType.INVALID, field="outcome")
