"""What may come of a report. Some outcomes say that something was done to the page: they are true only while an act of
that kind stands which was done since the report came, and the report that is closed names it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.timezone import localtime

from monographs.models import Overlay, Publication
from monographs.overlay_kinds import WITHDRAWALS
from reviews.access.refusals import Refusal, RefusalType
from reviews.models import ProblemReport
from reviews.models.report import OUTCOMES


@dataclass(frozen=True)
class Needs:
    """Of which kinds an overlay must have been put over the page since the report, or whether a newer edition does as
    well; and what is said while there is none."""

    kinds: tuple[str, ...]
    lacks: str
    by_edition: bool = False


NEEDS = {
    "corrected": Needs(
        ("erratum",), "no correction was put over the page since the report came, and no edition published.", True
    ),
    "withdrawn": Needs(WITHDRAWALS, "the page was not withdrawn since the report came, or it is back."),
    "withheld": Needs(("withhold",), "no part of the page was withheld since the report came."),
    "warned": Needs(("warning",), "no urgent warning was put over the page since the report came, or it has ended."),
}
# What can only be true of a page of ours, and what only of a report that is about no single one.
OF_A_PAGE, OF_THE_SITE = {*NEEDS, "next-edition", "no-change"}, {"passed-on"}


@dataclass(frozen=True)
class Act:
    """What was done to the page: an overlay, or a newer edition."""

    done: Overlay | Publication

    @property
    def key(self) -> str:
        return f"overlay-{self.done.pk}" if isinstance(self.done, Overlay) else f"edition-{self.done.number}"

    @property
    def at(self) -> datetime:
        return self.done.at if isinstance(self.done, Overlay) else self.done.published_at

    @property
    def words(self) -> str:
        """As the desk names it."""
        when = date_format(localtime(self.at), "j F Y, H:i")
        if isinstance(self.done, Publication):
            return f"edition {self.done.number}, published on {when}"
        quoted = f": “{Truncator(self.done.wrong).chars(60)}”" if self.done.wrong else ""
        waits = ", not confirmed yet" if self.done.row.second and not self.done.second else ""
        return f"{self.done.row.label.lower()} of {when}{waits}{quoted}"


class Since:
    """What was done to the page of a report since it came, and still stands. Two queries."""

    def __init__(self, report: ProblemReport) -> None:
        self.report = report

    @cached_property
    def acts(self) -> dict[str, list[Act]]:
        """By outcome, the latest first."""
        found: dict[str, list[Act]] = {slug: [] for slug in NEEDS}
        if self.report.monograph_id is None:
            return found
        over = Overlay.objects.unlifted().filter(monograph=self.report.monograph_id, at__gt=self.report.at)
        newer = Publication.objects.live().filter(
            monograph=self.report.monograph_id,
            published_at__gt=self.report.at,
            number__gt=self.report.edition or 0,
        )
        for one in over.select_related("second_signature").order_by("-pk"):
            for slug, needs in NEEDS.items():
                if one.kind in needs.kinds:
                    found[slug].append(Act(one))
        for slug, needs in NEEDS.items():
            found[slug] += [Act(one) for one in newer] if needs.by_edition else []
        return found

    def _fits(self, slug: str) -> bool:
        return slug not in (OF_THE_SITE if self.report.monograph_id else OF_A_PAGE)

    def choices(self) -> list[tuple[str, str]]:
        """(value, words) of each outcome that is true now, one for each act."""
        found = []
        for slug, label in OUTCOMES.items():
            if slug in NEEDS:
                found += [(f"{slug}:{one.key}", f"{label}: {one.words}") for one in self.acts[slug]]
            elif self._fits(slug):
                found.append((slug, label))
        return found

    def others(self) -> list[tuple[str, str]]:
        """(words, why not) of each outcome of a page that is not true now."""
        if self.report.monograph_id is None:
            return []
        return [(OUTCOMES[slug], needs.lacks) for slug, needs in NEEDS.items() if not self.acts[slug]]

    def judged(self, chosen: str) -> tuple[str, Act | None, list[Refusal]]:
        """(outcome, its act, what stands against it) of what was chosen: an outcome, with the key of its act or
        without, which is the latest."""
        slug, _, key = chosen.partition(":")
        if slug not in OUTCOMES or not self._fits(slug) or (key and slug not in NEEDS):
            return "", None, [Refusal("outcome", "Choose what came of it.", RefusalType.INVALID, field="outcome")]
        if slug not in NEEDS:
            return slug, None, []
        acts = [one for one in self.acts[slug] if key in ("", one.key)]
        if acts:
            return slug, acts[0], []
        if key and self._was_there(key):
            sentence = "What you chose has ended meanwhile. Choose again from what is true now."
            return slug, None, [Refusal("act_ended", sentence, RefusalType.CONFLICT, field="outcome")]
        return slug, None, [_not_done(slug)]

    def _was_there(self, key: str) -> bool:
        kind, _, number = key.partition("-")
        if not (number.isascii() and number.isdecimal() and len(number) < 10):
            return False
        whose = {"monograph": self.report.monograph_id}
        if kind == "overlay":
            return Overlay.objects.filter(pk=number, at__gt=self.report.at, **whose).exists()
        return Publication.objects.filter(number=number, published_at__gt=self.report.at, **whose).exists()


def _not_done(slug: str) -> Refusal:
    sentence = f"“{OUTCOMES[slug]}” would not be true: {NEEDS[slug].lacks} Do that first, or choose what is true."
    return Refusal("not_done", sentence, RefusalType.CONFLICT, field="outcome")


# -- What the reader is told -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What was done, in a sentence, and where it can be read: (words, path)."""

    words: str
    links: tuple[tuple[str, str], ...]


def told(report: ProblemReport) -> Told | None:
    """What a closed report tells its reader beside the answer; None where nothing was done to a page, or nobody was
    asked what, as of reports that were closed by an earlier version. Nobody on the desk is named."""
    if report.monograph is None or report.monograph.live is None:
        return None
    page = report.monograph.live.get_absolute_url()
    if report.publication is not None:
        return _told_of_edition(report, report.publication, page)
    if report.overlay is None:
        return None
    is_over = hasattr(report.overlay, "lifted_by")
    day = _day(report.overlay.at)
    done = _DONE[report.overlay.row.slug].format(day=day)
    if is_over:
        ended = _day(report.overlay.lifted_by.at)
        return Told(f"{done} {_ENDED[report.outcome].format(day=ended)}", (("Read the page", page),))
    return Told(done, tuple(_links(report.overlay, page)))


_DONE = {
    "erratum": "On {day} we put a correction over the page: what it said, and what it should say.",
    "retire": "On {day} we retired the page: it shows no doses.",
    "take_down": "On {day} we took the page down: nothing of it is shown.",
    "withhold": "On {day} we took a part of the page away.",
    "warning": "On {day} we put an urgent warning over the page.",
}
_ENDED = {
    "corrected": "That correction ended on {day}.",
    "withdrawn": "The page has been back since {day}.",
    "withheld": "The part has been back since {day}.",
    "warned": "That warning ended on {day}.",
}


def _links(overlay: Overlay, page: str) -> Iterator[tuple[str, str]]:
    if overlay.kind == "erratum":
        yield "Read the correction", f"{page}#erratum-{overlay.pk}"
        yield "All corrections", reverse("corrections")
    elif overlay.kind == "warning":
        yield "Read the warning", f"{page}#warning-{overlay.pk}"
    else:
        yield "See the page", page


def _told_of_edition(report: ProblemReport, newer: Publication, page: str) -> Told:
    words = f"On {_day(newer.published_at)} we published edition {newer.number}, which puts it right."
    links = [("Read the page", page)]
    if report.edition and report.edition < newer.number and report.monograph and report.monograph.live:
        at = reverse("compare_editions", args=[report.monograph.live.slug, report.edition, newer.number])
        links.append((f"What changed since edition {report.edition}", at))
    return Told(words, tuple(links))


def _day(at: datetime) -> str:
    return date_format(localtime(at), "j F Y")
