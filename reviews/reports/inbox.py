"""Reports that could harm: put into the inbox without the write lock, and taken in by it later, many with one entry.

So nobody who writes keeps one out, and no number of them does: a flood costs a row each, and a batch takes them in.
Until then the desk shows them from the inbox.
"""

from base64 import urlsafe_b64encode
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from monographs.canonical import digest_of
from monographs.models import Monograph
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.refusals import Refused
from reviews.access.turns import without_waiting
from reviews.audit import acts
from reviews.audit.trail import A_SLIP, Trail, WriteLockTimeout, audited_write, lately
from reviews.models import AuditEvent, InboxReport, ProblemReport
from reviews.models.report import due, subject_of

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
    now = timezone.now()
    key = acts.at_hand() or _key(words, sender, now)
    token = _token(key)
    if twin := received(token) or just_sent(words, sender, now):
        return twin
    row = InboxReport(
        key=key, token=token, monograph=monograph, sender=sender, at=now, due_at=due(now, harm=True),
        **{name: kept for name, kept in words.items() if name != "harm"},
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        pass  # another click was faster
    except OperationalError as error:
        raise WriteLockTimeout from error
    else:
        _take_in_now()
    return received(token) or row


def received(token: str) -> Received | None:
    """The report of this receipt, taken in or waiting."""
    taken = ProblemReport.objects.select_related(
        "monograph__live", "overlay__lifted_by", "publication", "lift__lifts", "reverted_by"
    )
    taken = taken.filter(token=token)
    waiting = InboxReport.objects.select_related("monograph__live").filter(token=token)
    return taken.first() or waiting.first() or taken.first()  # it may have been taken in between the two


def _key(words: dict[str, Any], sender: str, now: datetime) -> str:
    """Without a form the words are the key, so that two clicks at once are one report; and after an answer another."""
    answered = ProblemReport.objects.filter(sender=sender, **words).exclude(answered_at=None).count()
    return digest_of([words, sender, answered, int(now.timestamp() // SAME_WORDS.total_seconds())])


def _token(key: str) -> str:
    """Of the receipt: the same for the same key, so that what came twice at one moment is one, whoever took the first
    in meanwhile. Only this installation can make it."""
    code = salted_hmac("reviews.reports.receipt", key, algorithm="sha256").digest()
    return urlsafe_b64encode(code).decode().rstrip("=")


def just_sent(words: dict[str, Any], whose: str, now: datetime) -> Received | None:
    """The very same report, in every field, of the same sender a moment ago: waiting, or taken in and not answered."""
    lately = {"sender": whose, "at__gt": now - SAME_WORDS, "at__lte": now + A_SLIP}
    same = {name: kept for name, kept in words.items() if name != "harm"}
    waiting = InboxReport.objects.filter(**lately, **same).first() if words["harm"] else None
    return waiting or ProblemReport.objects.filter(**lately, **words, answered_at=None).order_by("-pk").first()


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


def take_in(actor: User | None = None) -> int:
    """Takes in all that waits, one entry a batch; by somebody on the desk, or by the machine. Answers how many.

    Refuses whoever may answer no report about the site.
    """
    taken = 0
    recorded = refusals_recorded(actor=actor, action="take_in_reports", subject="site") if actor else nullcontext()
    with recorded:
        if actor and (found := policy.refusals(actor, "answer_site_report")):
            raise Refused(found)
        while InboxReport.objects.exists():
            try:
                taken += _take_in_batch(actor)
            except _NothingWaits:
                break
        if not taken:  # a form that is sent again is told so, though nothing waits: asked after that was seen
            acts.refuse_repeated()
    return taken


def _take_in_batch(actor: User | None) -> int:
    with audited_write(actor=actor) as trail:
        if actor and (found := policy.refusals(trail.actor, "answer_site_report")):
            raise Refused(found)
        rows = list(InboxReport.objects.select_related("monograph").order_by("pk")[:A_BATCH])
        if not rows:
            raise _NothingWaits
        twins = set(ProblemReport.objects.filter(token__in=[row.token for row in rows]).values_list("token", flat=True))
        made = [_taken_in(trail, row) for row in rows if row.token not in twins]
        # Raw: nothing hangs on a row of the inbox, and the trigger wants the write lock, which is held.
        waiting = InboxReport.objects.filter(pk__in=[row.pk for row in rows])
        waiting._raw_delete(waiting.db)
        trail.record("reports_taken_in", subject_of(rows), data={"reports": [one.pk for one in made]})
    return len(made)


def _taken_in(trail: Trail, row: InboxReport) -> ProblemReport:
    columns = ("token", "monograph_id", "page", "edition", "part", "text", "source", "email", "sender", "at", "due_at")
    made = ProblemReport(harm=True, **{name: getattr(row, name) for name in columns})
    trail.save(made)
    return made
