"""A closed report comes back to the open ones, with its clock begun anew, when the act that closed it is undone: its
overlay is ended, or a newer edition says the part again as it stood when the report came."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime

from monographs.document import Document
from monographs.models import Overlay, Publication
from monographs.overlay_kinds import say
from reviews.audit.trail import Trail
from reviews.closing.acts import live_then
from reviews.closing.parts import changed
from reviews.models import ProblemReport
from reviews.models.report import due, subject_of


def ended(trail: Trail, lifts: Iterable[Overlay]) -> None:
    """Opens again what was closed by the overlays that these end."""
    by_lifted = {one.lifts_id: one for one in lifts}
    for one in _closed().filter(overlay__in=by_lifted):
        _open(trail, [one], by_lifted[one.overlay_id])


def published(trail: Trail, newer: Publication, document: Document) -> None:
    """Opens again what an edition put right and this one, which is live from now on, says as before."""
    undone = []
    for one in _closed().filter(monograph=newer.monograph, publication__isnull=False):
        then = live_then(newer.monograph_id, one.at)
        parts = changed(then.document.value, document) if then else ()
        if one.put_right and one.put_right not in parts:
            undone.append(one)
    _open(trail, undone, newer)


def _closed() -> QuerySet[ProblemReport]:
    rows = ProblemReport.objects.filter(answered_at__isnull=False)
    return rows.select_related("monograph").order_by("pk")


def _open(trail: Trail, reports: Sequence[ProblemReport], undone: Overlay | Publication) -> None:
    for one in reports:
        one.open_again(undone, due(trail.clock, harm=one.harm))
        trail.save(one)
    if reports:
        which = "overlay" if isinstance(undone, Overlay) else "publication"
        data = {"reports": [one.pk for one in reports], which: undone.pk}
        trail.record("reports_reopened", subject_of(reports), data=data)


def why_open(report: ProblemReport) -> str:
    """Why a report that was answered is open again, in a sentence for readers and the desk; "" of any other."""
    if report.lift and report.lift.lifts:
        return f"{_on(report.lift.at)}: {say(report.lift.lifts.row.words.ended, report.lift)}"
    if report.reverted_by:
        newer = report.reverted_by
        words = f"edition {newer.number} says “{report.put_right}” again as it stood when the report came."
        return f"{_on(newer.published_at)}: {words}"
    return ""


def _on(at: datetime) -> str:
    return date_format(localtime(at), "j F Y")
