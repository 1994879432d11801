"""What a closed report tells its reader beside the answer: what was done, and where it can be read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from monographs.models import Overlay, Publication
from reviews.models import ProblemReport


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
    what = f"“{report.put_right}”" if report.put_right else "it"
    words = f"On {_day(newer.published_at)} we published edition {newer.number}, which puts {what} right."
    links = [("Read the page", page)]
    if report.edition and report.edition < newer.number and report.monograph and report.monograph.live:
        at = reverse("compare_editions", args=[report.monograph.live.slug, report.edition, newer.number])
        links.append((f"What changed since edition {report.edition}", at))
    return Told(words, tuple(links))


def _day(at: datetime) -> str:
    return date_format(localtime(at), "j F Y")
