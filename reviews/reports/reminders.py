"""Who is told of what waits: reviews that fall due or are overdue, second signatures and reports past their clock,
signatures that somebody was asked for and did not give, and texts that are not printed as typed.

Each thing is told to each person once a stage. A reminder is written first and mailed after: a mail server that is gone
loses none, and the next run mails what is left. However much waits for somebody, it is one mail. A mail names pages and
dates, never what a page says.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from monographs.models import Monograph, Overlay
from monographs.standing import today
from reviews.access import policy
from reviews.audit.trail import audited_write
from reviews.misprints import of_monographs
from reviews.models import Assignment, ProblemReport, Reminder
from reviews.models.people import name_of
from reviews.models.roles import EDIT, REVIEW
from reviews.reports.mailing import Letter, Mailed, ServerGone, deliver, note_refused
from reviews.review.asked_tiers import open_requests

# A review that falls due is told of this many days before; an overdue one on its first day, and each 30 days.
BEFORE, AGAIN = 60, 30
# So many reports are told of in one run: a flood is told by and by, and the list has all of it at once.
MOST_REPORTS = 20
# Things that are looked at together, rows written under one lock, and what one letter names.
A_BATCH, AT_ONCE, IN_A_LETTER = 100, 200, 50

logger = logging.getLogger(__name__)
# Key, monograph, permissions of whom it concerns (or their keys), subject, path.
Wanted = tuple[str, Monograph | None, tuple[str, ...] | frozenset[int], str, str]


def _name(monograph: Monograph) -> str:
    return monograph.called


def batched(all_of: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(all_of)
    return iter(lambda: list(islice(rest, size)), [])


def wanted(now: datetime) -> Iterator[Wanted]:
    """Everything that somebody should be told of now, each under a key that stays the same until its next stage."""
    day = today(now)
    soon = Monograph.objects.for_desk().filter(live__isnull=False, next_review_due__lte=day + timedelta(days=BEFORE))
    for one in soon.order_by("next_review_due", "slug"):
        due, path = one.next_review_due, reverse("workspace", args=[one.slug])
        assert due is not None
        if one.is_overdue(day):
            stage = (day - due).days // AGAIN
            words = f"Review overdue since {due:%d %B %Y}: {_name(one)}"
            yield f"overdue:{one.pk}:{due}:{stage}", one, (EDIT, REVIEW), words, path
        else:
            words = f"Review due on {due:%d %B %Y}: {_name(one)}"
            yield f"due:{one.pk}:{due}", one, (EDIT, REVIEW), words, path
    for overlay in Overlay.objects.unconfirmed().select_related(
        "monograph__live__edition", "monograph__therapeutic_class"
    ):
        late = now >= overlay.due_at
        wants = (policy.confirming(overlay),)
        words = f"{overlay.row.second_signature.reminder}{' in time' if late else ''}: {_name(overlay.monograph)}"
        path = reverse("published", args=[overlay.monograph.slug])
        yield f"second:{overlay.pk}:{'late' if late else 'new'}", overlay.monograph, wants, words, path
    for asked in open_requests(Monograph.objects.all()):
        words = f"Tier to be raised to {asked.tier}: {_name(asked.monograph)}"
        yield f"tier:{asked.seq}", asked.monograph, (REVIEW,), words, reverse("workspace", args=[asked.monograph.slug])
    late_ones = Assignment.objects.waiting().filter(due_on__lt=day).select_related("person", "edition__monograph")
    for row in late_ones.order_by("due_on", "pk"):
        page, path = row.edition.monograph, reverse("workspace", args=[row.edition.monograph.slug])
        words = f"{name_of(row.person)} was asked to sign by {row.due_on:%d %B %Y}: {_name(page)}"
        yield f"assigned:{row.pk}", page, frozenset({row.person_id, row.by_id}), words, path
    waiting: dict[Monograph, int] = {}
    for text in of_monographs(Monograph.objects.filter(live__isnull=False)):
        if text.is_open:
            monograph = text.row.publication.monograph
            waiting[monograph] = waiting.get(monograph, 0) + 1
    for monograph, count in waiting.items():
        assert monograph.live
        words = f"{count} text{'s' * (count > 1)} not printed as typed: {_name(monograph)}"
        path = reverse("published", args=[monograph.slug])
        yield f"misprint:{monograph.pk}:{monograph.live.pk}", monograph, (REVIEW,), words, path
    reports = ProblemReport.objects.filter(answered_at=None).filter(Q(harm=True) | Q(due_at__lte=now))
    for report in reports.order_by("-harm", "due_at", "pk").select_related(
        "monograph__live__edition", "monograph__therapeutic_class"
    ):
        late = report.is_late(now)
        name = _name(report.monograph) if report.monograph and report.monograph.live else "the site as a whole"
        words = f"Report {report.number} {'is late' if late else 'could harm'}: {name}"
        path = reverse("report_page", args=[report.pk])
        yield (
            f"report:{report.pk}:{'late' if late else 'new'}",
            report.monograph,
            (EDIT, REVIEW),
            words,
            path,
        )


def remind(now: datetime | None = None) -> int:
    """Writes what is to be told and was not yet. Answers how many reminders are new. Of a flood of reports some are
    told now, the others by the next runs; the lock is held for some hundred reminders at a time, each with one entry.
    """
    new = list(_untold(now or timezone.now()))
    written = 0
    for batch in batched(new, AT_ONCE):
        written += write(dict(batch))
    return written


def _untold(now: datetime) -> Iterator[tuple[str, tuple[Any, str, str]]]:
    """(key, (person, subject, body)) of each reminder that is not there yet."""
    users = [one for one in get_user_model().objects.filter(is_active=True).order_by("pk") if policy.roles_of(one)]
    reports: set[str] = set()
    for things in batched(wanted(now), A_BATCH):
        found: dict[str, tuple[str, Any, str, str]] = {}
        for key, monograph, whom, words, path in things:
            for user in users:
                if _concerns(user, monograph, whom):
                    found[f"{key}:{user.pk}"] = (key, user, words, f"{words}.\n\n{settings.SITE_URL}{path}\n")
        known = set(Reminder.objects.filter(key__in=list(found)).values_list("key", flat=True))
        for own_key, (key, user, words, body) in found.items():
            if own_key in known:
                continue
            if key.startswith("report:"):
                if key not in reports and len(reports) >= MOST_REPORTS:
                    return  # reports come last
                reports.add(key)
            yield own_key, (user, words, body)


def _concerns(user: User, monograph: Monograph | None, whom: tuple[str, ...] | frozenset[int]) -> bool:
    if isinstance(whom, frozenset):
        return user.pk in whom
    if monograph is None:
        return policy.can(user, "answer_site_report")
    return policy.is_granted(user, whom, monograph)


def write(new: dict[str, tuple[Any, str, str]]) -> int:
    """Reminders as {key: (person, subject, body)}: those whose key is there already are not written again."""
    with audited_write(actor=None) as trail:
        known = set(Reminder.objects.filter(key__in=list(new)).values_list("key", flat=True))
        made = [
            Reminder(key=key, person=person, subject=words[:200], body=body, at=trail.at)
            for key, (person, words, body) in new.items()
            if key not in known
        ]
        for one in made:
            trail.save(one)
        trail.record("reminded", "site", data={"reminders": len(made)})
    return len(made)


def mail_reminders() -> Mailed:
    """Mails what was not mailed yet: one letter for each person, however much it is. Two runs at once may both mail
    one; neither loses one. Somebody whose mailbox refuses it keeps nobody else from theirs."""
    waiting: dict[int, list[Reminder]] = {}
    for one in Reminder.objects.filter(mailed_at=None).exclude(person__email="").select_related("person"):
        waiting.setdefault(one.person_id, []).append(one)
    done, sent = Mailed(), list[int]()
    try:
        for letter, code in deliver(_letter(theirs) for theirs in waiting.values()):
            if code:
                logger.warning("The reminders of user %s were not mailed: %s", letter.about, code)
                done.refused[letter.about] = code
            else:
                sent += [one.pk for one in waiting[letter.about]]
    except ServerGone:
        logger.warning("Reminders were not mailed: the mail server is gone")
        done.is_gone = True
    for batch in batched(sent, AT_ONCE):
        with audited_write(actor=None) as trail:
            for one in Reminder.objects.filter(pk__in=batch):
                one.mailed_at = trail.at
                trail.save(one, "mailed_at")
            trail.record("reminders_mailed", "site", data={"reminders": len(batch)})
    done.sent = len(sent)
    note_refused(done.refused, {})
    return done


def _letter(theirs: list[Reminder]) -> Letter:
    """All that waits for one person: a single thing in its own words, more as a list."""
    first = theirs[0]
    if len(theirs) == 1:
        return Letter(first.person.email, first.subject, first.body, first.person_id)
    told = [one.body.rstrip("\n") for one in theirs[:IN_A_LETTER]]
    if more := len(theirs) - len(told):
        told.append(f"And {more} more: {settings.SITE_URL}{reverse('queue')}")
    body = "\n\n".join(told)
    return Letter(first.person.email, f"{len(theirs)} things wait for you", f"{body}\n", first.person_id)
