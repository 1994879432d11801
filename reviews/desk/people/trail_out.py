"""The trail as files for auditors: the entries that were found, from the first on, as CSV or as JSON lines.

An answer leaves in one piece (`clincalc.gate`), so a file holds `MOST` entries and no more. When more were found, the
answer is a page with a link for each file; no file is cut short without a word.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from io import StringIO

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from monographs.canonical import canonical
from reviews.access import policy
from reviews.audit.hashes import instant
from reviews.desk.base import DeskRequest, desk, no_entry
from reviews.desk.people import trail_words
from reviews.desk.people.trail import Asked, Found, seq_in
from reviews.models import AuditEvent

A_BATCH = 1000
MOST = 10_000  # entries in one file: some 12 MB
HEAD = ("entry", "at", "username", "sentence", "verb", "about", "reason", "digest", "hash", "previous hash", "seal")
# What a spreadsheet takes for the beginning of a formula, in either width.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
# Where a spreadsheet is set to semicolons or tabs, a cell ends at each of them.
_SPLIT = re.compile(r"([;\t]\s*)(?=[=+\-@＝＋－＠])")


def safe(cell: str) -> str:
    """The text of a cell that no spreadsheet reckons with, whatever is before its first sign, and at whatever sign the
    spreadsheet splits lines. JSON lines hold the words as they are."""
    cell = _SPLIT.sub(r"\1'", cell)
    return f"'{cell}" if cell.startswith(FORMULA) or cell.lstrip().startswith(FORMULA) else cell


def _row(cells: tuple[str, ...]) -> str:
    out = StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def as_csv(events: Iterable[AuditEvent]) -> Iterator[str]:
    yield _row(HEAD)
    for one in events:
        texts = (
            one.actor_name, trail_words.sentence(one), one.verb, one.subject, one.reason, one.digest, one.hash,
            one.prev, one.seal or "",
        )  # fmt: skip
        yield _row((str(one.seq), instant(one.at), *map(safe, texts)))


def as_lines(events: Iterable[AuditEvent]) -> Iterator[str]:
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
@desk
def trail_out(request: DeskRequest, form: str) -> HttpResponse:
    """What the page finds by the same `?who=`, `?about=`, `?act=`, `?since=`, `?until=`: all in one file, or, when
    that is more than `MOST`, a page of the files. `?first=` an entry: the file that begins there."""
    if refusals := policy.refusals(request.user, "read_trail"):
        return no_entry(request, refusals)
    if form not in FORMS:
        raise Http404
    asked = Asked.of(request.GET)
    found, first = Found(asked), seq_in(request.GET.get("first", ""))
    if found.wrong:
        return HttpResponse(" ".join(found.wrong.values()), status=422, content_type="text/plain; charset=utf-8")
    if first is None:
        begin = found.every(MOST)
        if len(begin) > 1:
            files = zip(begin, [*(seq - 1 for seq in begin[1:]), None], strict=True)
            context = {"section": "trail", "files": files, "form": form, "query": asked.query, "most": f"{MOST:,}"}
            return render(request, "reviews/people/trail_files.html", context)
    make, kind = FORMS[form]
    name = f"trail.{form}" if first is None else f"trail-from-{first}.{form}"
    written = "".join(make(found.all(A_BATCH, first or 0, MOST)))
    return HttpResponse(written, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
