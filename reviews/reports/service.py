"""Reports of problems by readers: taken in without an account, looked at by a clock, answered."""

import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from monographs.canonical import clean
from monographs.models import Monograph, Publication
from monographs.texts.characters import says_nothing, seen
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import LONGEST_REASON, as_code, is_address, wrong
from reviews.access.privacy import holds_nhs_number
from reviews.access.refusals import Refusal, RefusalType, Refused, refuse
from reviews.audit import acts
from reviews.audit.trail import audited_write, lately
from reviews.authorship import authors_of_page
from reviews.closing.acts import Since
from reviews.models import AuditEvent, ProblemReport
from reviews.models.report import due, subject_of
from reviews.reports import inbox
from reviews.reports.mailing import Letter, Mailed, ServerGone, deliver, note_refused
from reviews.reports.outcomes import told

MOST_OF_SENDER, MOST_OF_ALL, PERIOD = 5, 60, timedelta(hours=1)
KEPT_AFTER_ANSWER = timedelta(days=90)
FORGOTTEN_AT_ONCE = 500  # under one lock
LONGEST, LONGEST_PART = 4_000, 200

logger = logging.getLogger(__name__)


class TooManyReports(Exception):
    """Too many reports in an hour: the next one is taken from `until` on."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@dataclass(frozen=True)
class ReportInput:
    """What a reader filled in. `harm` None: not said, which counts as yes but is asked for."""

    text: str
    harm: bool | None
    part: str = ""
    source: str = ""
    email: str = ""


def report(
    said: ReportInput, *, sender: str, monograph: Monograph | None = None, page: str = "", edition: int | None = None
) -> inbox.Received:
    """Takes a report in, without the characters that its reader could not see: by whom, and which monograph, page and
    edition it is about. The very same report of the same sender within ten minutes is that report, and so is what comes
    by the same form, whenever it comes; other words in that form are another report. One that could harm is never
    refused for numbers, and waits for nobody who writes (reviews.reports.inbox).

    Raises Refused, which is not recorded, for what cannot be kept; TooManyReports after too many in an hour;
    WriteLockTimeout.
    """
    words: dict[str, Any] = {name: clean(seen(getattr(said, name))) for name in ("text", "part", "source", "email")}
    said = replace(said, **words)
    if found := list(_wrong(said)):
        raise Refused(found, recorded=False)
    words = {
        "text": said.text,
        "source": said.source,
        "part": said.part[:LONGEST_PART],
        "email": said.email,
        "harm": bool(said.harm),
        "page": "" if holds_nhs_number(page) else as_code(page),
        "edition": edition,
    }
    if said.harm:
        return inbox.put(words, sender, monograph)
    now = timezone.now()
    if twin := inbox.just_sent(words, sender, now):  # so that a double click does not wait for the write lock
        return twin
    try:
        return _take_in(words, sender, monograph)
    except _Twin as faster:
        return faster.twin
    except acts.RepeatedAct as repeated:
        if twin := _of_act(repeated.seq, words):
            return twin
    with acts.of_form(""):
        return report(said, sender=sender, monograph=monograph, page=page, edition=edition)


def _take_in(words: dict[str, Any], sender: str, monograph: Monograph | None) -> inbox.Received:
    with audited_write(actor=None) as trail:
        if twin := inbox.just_sent(words, sender, trail.clock):
            raise _Twin(twin)
        _not_too_many(sender)
        made = ProblemReport(token=secrets.token_urlsafe(32), monograph=monograph, sender=sender, **words)
        made.at, made.due_at = trail.clock, due(trail.clock, harm=made.harm)
        trail.save(made)
        trail.record("reported", subject_of([made]), data={"report": made.pk, "harm": made.harm})
    return made


class _Twin(Exception):
    """Another click of the same reader was faster: nothing is written."""

    def __init__(self, twin: inbox.Received) -> None:
        super().__init__(twin)
        self.twin = twin


def _of_act(seq: int, words: dict[str, Any]) -> ProblemReport | None:
    """The report that this entry tells of, if it says the same in every field."""
    told = AuditEvent.objects.filter(seq=seq, verb="reported").first()
    return ProblemReport.objects.filter(pk=told.data["report"], **words).first() if told else None


def _not_too_many(sender: str) -> None:
    taken = _taken_in(PERIOD)
    own = ProblemReport.objects.filter(sender=sender, pk__in=taken).values_list("pk", flat=True)
    for pks, most in ((list(own), MOST_OF_SENDER), (list(taken), MOST_OF_ALL)):
        times = sorted(taken[pk] for pk in pks)
        if len(times) >= most:
            raise TooManyReports(times[-most] + PERIOD)


def _taken_in(period: timedelta) -> dict[int, datetime]:
    """The reports of the last `period`, by their keys, and when the clock said that they came."""
    taken = AuditEvent.objects.filter(actor=None, verb="reported")
    return {one.data["report"]: one.clock_at for one in lately(taken, most=MOST_OF_ALL, period=period)}


def _wrong(said: ReportInput) -> Iterator[Refusal]:
    for field, text, longest in (
        ("text", said.text, LONGEST),
        ("part", said.part[:LONGEST_PART], LONGEST_PART),
        ("source", said.source, 500),
        ("email", said.email, 254),
    ):
        if len(text) > longest:
            yield Refusal("too_long", f"Keep it to {longest:,} characters.", RefusalType.INVALID, field=field)
        elif holds_nhs_number(text):
            sentence = "This holds an NHS number. Take it out: nothing about a patient is kept. Nothing was sent."
            yield Refusal("patient_data", sentence, RefusalType.INVALID, field=field)
        elif field == "text" and (len(text) < 10 or says_nothing(text)):
            yield Refusal("missing", "Write at least one sentence.", RefusalType.INVALID, field=field)
        elif field == "email" and text and not is_address(text):
            sentence = "This is no e-mail address. Leave it empty if you want no answer."
            yield Refusal("email", sentence, RefusalType.INVALID, field=field)
    if said.harm is None:
        yield Refusal("harm", "Say whether it could harm someone.", RefusalType.INVALID, field="harm")


def refusals_of(actor: User, one: ProblemReport) -> list[Refusal]:
    """Why this person may not answer this report: one that could harm is closed by a clinician."""
    if one.harm:
        return policy.refusals(actor, "close_harm_report", one.monograph)
    return (
        policy.refusals(actor, "answer_report", one.monograph)
        if one.monograph
        else policy.refusals(actor, "answer_site_report")
    )


def answer(one: ProblemReport, *, actor: User, outcome: str, text: str, reason: str = "") -> ProblemReport:
    """Answers a report, once, and so closes it. The reporter reads `text` at the receipt, and by mail if an address was
    given. `outcome` is one of OUTCOMES, with the key of the act that makes it true (`corrected:overlay-12`) or without:
    then it is the latest. `reason`: why what could harm may be closed, which the desk keeps.

    Refuses whoever may not, what was not done since the report came, and what has ended meanwhile.
    """
    subject = subject_of([one])
    with refusals_recorded(actor=actor, action="answer_report", subject=subject), audited_write(actor=actor) as trail:
        one = ProblemReport.objects.select_related("monograph__therapeutic_class", "monograph__live").get(pk=one.pk)
        if found := refusals_of(trail.actor, one):
            raise Refused(found)
        if one.answered_at:
            raise refuse("answered_already", "Somebody answered it already.", RefusalType.CONFLICT, recorded=False)
        slug, act, found = Since(one).judged(outcome)
        is_judged = act is None or isinstance(act.done, Publication)  # that it needs nothing, or that it was put right
        if one.harm and is_judged and one.monograph and one.monograph.live:
            if trail.actor.pk in authors_of_page(one.monograph.live):
                sentence = (
                    "You wrote or suggested words of this page. Another clinician must say that it was put right, or"
                    " that nothing needs doing."
                )
                raise refuse("contributed", sentence)
        if refused := [*wrong(text, "answer", LONGEST), *wrong(reason, "reason", LONGEST_REASON)]:
            raise Refused([*found, *refused], recorded=False)
        words, why = clean(text), clean(reason)
        if says_nothing(words):
            sentence = "Write what you found: the reader gets it."
            found.append(Refusal("missing", sentence, RefusalType.INVALID, field="answer"))
        if one.harm and says_nothing(why):
            sentence = "Say why it can be closed: it could harm. The desk keeps it."
            found.append(Refusal("reason", sentence, RefusalType.INVALID, field="reason"))
        if found:  # who says what was not done is told of in the trail
            raise Refused(found, recorded=any(refusal.code == "not_done" for refusal in found))
        why = why if one.harm else ""
        done, part = (act.done, act.part) if act else (None, "")
        one.close(slug, words, by=trail.actor, at=trail.at, reason=why, done=done, part=part)
        trail.save(one)
        data = {"report": one.pk, "outcome": slug, **({"act": act.value} if act else {})}
        trail.record("report_answered", subject, reason=one.reason, data=data)
    return one


def mail_answers() -> Mailed:
    """Mails the answers that were not mailed yet. A mail server that is gone loses nothing: the next call tries again.

    A mail holds the answer, what was done, and addresses: never what the page says, and so never a dose.
    """
    waiting = ProblemReport.objects.filter(answered_at__isnull=False, mailed_at=None).exclude(email="")
    waiting = waiting.select_related("monograph__live", "overlay__lifted_by", "publication")
    done = Mailed()
    try:
        for letter, code in deliver(_letter(one) for one in list(waiting.order_by("pk"))):
            if code:
                logger.warning("The answer to R-%s was not mailed: %s", letter.about, code)
                done.refused[letter.about] = code
                continue
            with audited_write(actor=None) as trail:
                fresh = ProblemReport.objects.get(pk=letter.about)
                fresh.mailed_at = trail.at
                trail.save(fresh, "mailed_at")
                trail.record("answer_mailed", "site", data={"report": fresh.pk})
            done.sent += 1
    except ServerGone:
        logger.warning("Answers were not mailed: the mail server is gone")
        done.is_gone = True
    note_refused({}, done.refused)
    return done


def _letter(one: ProblemReport) -> Letter:
    link = f"{settings.SITE_URL}{reverse('receipt', args=[one.token])}"
    body = f"You reported a problem with {one.page or 'our pages'} ({one.number}).\n\n{one.get_outcome_display()}."
    if done := told(one):
        where = "".join(f"\n{words}: {settings.SITE_URL}{path}" for words, path in done.links)
        body = f"{body} {done.words}{where}"
    return Letter(one.email, f"Your report {one.number}", f"{body}\n\n{one.answer}\n\n{link}\n", one.pk)


def forget_addresses() -> int:
    """Forgets the addresses of reporters 90 days after the answer."""
    old = ProblemReport.objects.filter(answered_at__lt=timezone.now() - KEPT_AFTER_ANSWER).exclude(email="")
    count = 0
    while old.exists():
        with audited_write(actor=None) as trail:
            forgotten = list(old[:FORGOTTEN_AT_ONCE])
            for one in forgotten:
                one.email = ""
                trail.save(one, "email")
            trail.record("addresses_forgotten", "site", data={"reports": [one.pk for one in forgotten]})
        count += len(forgotten)
    return count
