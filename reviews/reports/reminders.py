"""Who is told of what waits: reviews that fall due or are overdue, second signatures and reports past their clock, and
texts that are not printed as typed.

Each thing is told to each person once a stage. A reminder is written first and mailed after: a mail server that is gone
loses none, and the next run mails what is left. A mail names pages and dates, never what a page says.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from monographs.models import Monograph, Overlay
from monographs.standing import today
from reviews.access import policy
from reviews.audit.trail import audited_write
from reviews.misprints import of_monographs
from reviews.models import ProblemReport, Reminder

# A review that falls due is told of this many days before; an overdue one on its first day, and each 30 days.
BEFORE, AGAIN = 60, 30

logger = logging.getLogger(__name__)
Wanted = tuple[str, Monograph | None, tuple[str, ...], str, str]  # key, monograph, permissions, subject, path


def _name(monograph: Monograph) -> str:
    assert monograph.live is not None  # they are told of what readers see
    return monograph.live.name


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
            yield f"overdue:{one.pk}:{due}:{stage}", one, (policy.EDIT, policy.REVIEW), words, path
        else:
            words = f"Review due on {due:%d %B %Y}: {_name(one)}"
            yield f"due:{one.pk}:{due}", one, (policy.EDIT, policy.REVIEW), words, path
    for overlay in Overlay.objects.unconfirmed().select_related("monograph__live", "monograph__therapeutic_class"):
        late = now >= overlay.due_at
        wants = (policy.confirming(overlay),)
        words = f"{overlay.row.second_signature.reminder}{' in time' if late else ''}: {_name(overlay.monograph)}"
        path = reverse("published", args=[overlay.monograph.slug])
        yield f"second:{overlay.pk}:{'late' if late else 'new'}", overlay.monograph, wants, words, path
    waiting: dict[Monograph, int] = {}
    for text in of_monographs(Monograph.objects.filter(live__isnull=False)):
        if text.is_open:
            monograph = text.row.publication.monograph
            waiting[monograph] = waiting.get(monograph, 0) + 1
    for monograph, count in waiting.items():
        assert monograph.live
        words = f"{count} text{'s' * (count > 1)} not printed as typed: {monograph.live.name}"
        path = reverse("published", args=[monograph.slug])
        yield f"misprint:{monograph.pk}:{monograph.live.pk}", monograph, (policy.REVIEW,), words, path
    reports = ProblemReport.objects.filter(answered_at=None).filter(Q(harm=True) | Q(due_at__lte=now))
    for report in reports.select_related("monograph__live", "monograph__therapeutic_class"):
        late = report.is_late(now)
        name = report.monograph.live.name if report.monograph and report.monograph.live else "the site as a whole"
        words = f"Report {report.number} {'is late' if late else 'could harm'}: {name}"
        path = reverse("report_page", args=[report.pk])
        yield (
            f"report:{report.pk}:{'late' if late else 'new'}",
            report.monograph,
            (policy.EDIT, policy.REVIEW),
            words,
            path,
        )


def remind(now: datetime | None = None) -> int:
    """Writes what is to be told and was not yet, one entry for all. Answers how many reminders are new."""
    now = now or timezone.now()
    users = [one for one in get_user_model().objects.filter(is_active=True).order_by("pk") if policy.grants_of(one)]
    new: dict[str, tuple[Any, str, str]] = {}
    for key, monograph, permissions, words, path in wanted(now):
        for user in users:
            if monograph is None or policy.is_granted(user, permissions, monograph.therapeutic_class):
                new[f"{key}:{user.pk}"] = (user, words, f"{words}.\n\n{settings.SITE_URL}{path}\n")
    if not new:
        return 0
    known = set(Reminder.objects.filter(key__in=list(new)).values_list("key", flat=True))
    if not new.keys() - known:
        return 0
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


def mail_reminders() -> int:
    """Mails what was not mailed yet. Two runs at once may both mail one; neither loses one."""
    sent = []
    for one in Reminder.objects.filter(mailed_at=None).exclude(person__email="").select_related("person"):
        try:
            send_mail(one.subject, one.body, None, [one.person.email])
        except (SMTPException, OSError) as error:
            logger.warning("A reminder was not mailed: %s", type(error).__name__)
            break
        sent.append(one.pk)
    if sent:
        with audited_write(actor=None) as trail:
            for one in Reminder.objects.filter(pk__in=sent):
                one.mailed_at = trail.at
                trail.save(one, "mailed_at")
            trail.record("reminders_mailed", "site", data={"reminders": len(sent)})
    return len(sent)
