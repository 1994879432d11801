"""Reports that could harm: put into the inbox without the write lock, and taken in by it later, many with one entry.

So nobody who writes keeps one out, and no number of them does: a flood costs a row each, and a batch takes them in.
Until then the desk shows them from the inbox.
"""

import secrets
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from monographs.canonical import digest_of
from monographs.models import Monograph
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.refusals import Refused
from reviews.access.turns import without_waiting
from reviews.audit import acts
from reviews.audit.trail import A_SLIP, Trail, WriteLockTimeout, audited_write, lately
from reviews.models import AuditEvent, InboxReport, ProblemReport
from reviews.models.inbox import OF_WORDS

SEVERE = timedelta(hours=4)
SAME_WORDS = timedelta(minutes=10)
A_BATCH = 100  # under one lock
# So many batches a minute are begun by readers: what comes faster waits for the next.
BATCHES_A_MINUTE = 5

Received = InboxReport | ProblemReport


class _NothingWaits(Exception):
    """Somebody was faster: nothing is written."""


def put(words: dict[str, Any], sender: str, monograph: Monograph | None) -> Received:
    """Puts a report into the inbox, or answers the one that it is: that of the same form, or the very same of the same
    sender within ten minutes. Takes in what waits there if nobody writes just now. Raises WriteLockTimeout where the
    database itself takes no row."""
    token = acts.at_hand()
    if twin := _twin(token, words, sender):
        return twin
    now = timezone.now()
    # Without a form the words are the key, so that two clicks at once are one report.
    period = int(now.timestamp() // SAME_WORDS.total_seconds())
    key = token if token and not acts.done_by(token) else f"{OF_WORDS}{digest_of([words, sender, period])[:50]}"
    row = InboxReport(
        key=key, token=secrets.token_urlsafe(32), monograph=monograph, sender=sender, at=now, due_at=now + SEVERE,
        **{name: kept for name, kept in words.items() if name != "harm"},
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # another click was faster: it waits, or was taken in
        return InboxReport.objects.filter(key=key).first() or ProblemReport.objects.filter(**words).latest("pk")
    except OperationalError as error:
        raise WriteLockTimeout from error
    _take_in_now()
    return ProblemReport.objects.filter(token=row.token).first() or row


def _twin(token: str, words: dict[str, Any], sender: str) -> Received | None:
    if token and (waiting := InboxReport.objects.filter(key=token).first()):
        return waiting
    if seq := acts.done_by(token):
        told = AuditEvent.objects.filter(seq=seq, verb="reports_taken_in").first()
        if told and (twin := ProblemReport.objects.filter(pk__in=told.data["reports"], **words).first()):
            return twin
    same = {name: kept for name, kept in words.items() if name != "harm"}
    now = timezone.now()
    recent = InboxReport.objects.filter(sender=sender, at__gt=now - SAME_WORDS, at__lte=now + A_SLIP, **same)
    return recent.first() or _found(words, sender, at__gt=now - SAME_WORDS, at__lte=now + A_SLIP, answered_at=None)


def _found(words: dict[str, Any], sender: str, **about: Any) -> ProblemReport | None:
    return ProblemReport.objects.filter(sender=sender, **words, **about).order_by("-pk").first()


# -- Taking in ---------------------------------------------------------------------------------------------------------


def _take_in_now() -> None:
    """By the reader who came last, if it costs no waiting and was not done just before, again and again."""
    batches = AuditEvent.objects.filter(verb="reports_taken_in")
    if len(lately(batches, most=BATCHES_A_MINUTE, period=timedelta(minutes=1))) == BATCHES_A_MINUTE:
        return
    try:
        with without_waiting(), acts.of_form(""):
            _take_in_batch(None)
    except (WriteLockTimeout, _NothingWaits):
        return  # somebody writes: the next report, the hourly run or somebody on the desk takes it in


def take_in(actor: Any = None) -> int:
    """Takes in all that waits, one entry a batch; by somebody on the desk, or by the machine. Answers how many.

    Refuses whoever may answer no report about the site.
    """
    taken = 0
    with refusals_recorded(actor=actor, action="take_in_reports", subject="site"):
        if actor and (found := policy.refusals(actor, "answer_site_report")):
            raise Refused(found)
        acts.claimed()  # so that a form which is sent again is told so, though nothing waits
        while InboxReport.objects.exists():
            try:
                taken += _take_in_batch(actor)
            except _NothingWaits:
                break
    return taken


def _take_in_batch(actor: Any) -> int:
    with audited_write(actor=actor) as trail:
        if actor and (found := policy.refusals(trail.actor, "answer_site_report")):
            raise Refused(found)
        rows = list(InboxReport.objects.select_related("monograph").order_by("pk")[:A_BATCH])
        if not rows:
            raise _NothingWaits
        made = [_taken_in(trail, row) for row in rows]
        # Raw: nothing hangs on a row of the inbox, and the trigger wants the write lock, which is held.
        waiting = InboxReport.objects.filter(pk__in=[row.pk for row in rows])
        waiting._raw_delete(waiting.db)
        about = sorted({f"monograph:{row.monograph.slug}" for row in rows if row.monograph})
        entry = trail.record("reports_taken_in", ",".join(about) or "site", data={"reports": [one.pk for one in made]})
        acts.keep_all([row.key for row in rows if row.is_of_form], entry.seq)
    return len(made)


def _taken_in(trail: Trail, row: InboxReport) -> ProblemReport:
    columns = ("token", "monograph_id", "page", "edition", "part", "text", "source", "email", "sender", "at", "due_at")
    made = ProblemReport(harm=True, **{name: getattr(row, name) for name in columns})
    trail.save(made)
    return made


def received(token: str) -> Received | None:
    """The report of this receipt, taken in or waiting."""
    taken = ProblemReport.objects.select_related("monograph__live").filter(token=token).first()
    return taken or InboxReport.objects.select_related("monograph__live").filter(token=token).first()
