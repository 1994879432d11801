"""The trail as a file for auditors: the entries that were found, from the first on, as CSV or as JSON lines. It is sent
as it is read, whatever its length."""

import csv
import json
from collections.abc import Iterator
from io import StringIO

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from monographs.canonical import canonical
from reviews.access import policy
from reviews.audit.hashes import instant
from reviews.desk.base import DeskRequest, desk, no_entry
from reviews.desk.people import trail_words
from reviews.desk.people.trail import Asked, Found
from reviews.models import AuditEvent

A_BATCH = 1000
HEAD = ("entry", "at", "username", "sentence", "verb", "about", "reason", "digest", "hash", "previous hash", "seal")
# What a spreadsheet takes for the beginning of a formula, in either width.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def safe(cell: str) -> str:
    """The text of a cell that no spreadsheet reckons with, whatever is before its first sign."""
    return f"'{cell}" if cell.startswith(FORMULA) or cell.lstrip().startswith(FORMULA) else cell


def _row(cells: tuple[str, ...]) -> str:
    out = StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def as_csv(events: Iterator[AuditEvent]) -> Iterator[str]:
    yield _row(HEAD)
    for one in events:
        texts = (
            one.actor_name, trail_words.sentence(one), one.verb, one.subject, one.reason, one.digest, one.hash,
            one.prev, one.seal or "",
        )  # fmt: skip
        yield _row((str(one.seq), instant(one.at), *map(safe, texts)))


def as_lines(events: Iterator[AuditEvent]) -> Iterator[str]:
    """Each as it was hashed, with its hash and seal, and the sentence that people read."""
    for one in events:
        beside = {"hash": one.hash, "seal": one.seal, "sentence": trail_words.sentence(one)}
        try:
            form = {**json.loads(one.text), **beside}
            yield canonical(form) + "\n"
        except (ValueError, TypeError):  # what verify_trail tells
            yield canonical({"seq": one.seq, "text": one.text, **beside}) + "\n"


FORMS = {"csv": (as_csv, "text/csv; charset=utf-8"), "jsonl": (as_lines, "application/jsonl")}


@require_safe
@desk  # type: ignore[arg-type]  # an answer that is sent as it is made
def trail_out(request: DeskRequest, form: str) -> HttpResponseBase:
    """What the page finds by the same `?who=`, `?about=`, `?act=`, `?since=`, `?until=`, whole."""
    if refusals := policy.refusals(request.user, "read_trail"):
        return no_entry(request, refusals)
    if form not in FORMS:
        raise Http404
    found = Found(Asked.of(request.GET))
    if found.wrong:
        return HttpResponse(" ".join(found.wrong.values()), status=422, content_type="text/plain; charset=utf-8")
    make, kind = FORMS[form]
    name = {"Content-Disposition": f'attachment; filename="trail.{form}"'}
    return StreamingHttpResponse(make(found.all(A_BATCH)), content_type=kind, headers=name)
