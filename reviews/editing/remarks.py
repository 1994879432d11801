"""What becomes of a reviewer's remark: whoever may edit the draft says it, and can take that back until the edition is
sent for review again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import User

from monographs.models import State
from monographs.texts.characters import says_nothing
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import LONGEST_REASON, admitted, as_code
from reviews.access.refusals import RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.models import Remark
from reviews.models.remark import LEFT, OUTCOMES

_ANSWER = ("outcome", "answer", "answered_by", "answered_at")


def answer_remark(remark: Remark, *, outcome: str, answer: str, actor: User) -> Remark:
    """Ticks it off. `outcome` is "done", or "left": then `answer` says why it stays as it is."""
    outcome, answer = as_code(outcome), admitted(answer, "answer", LONGEST_REASON)
    with (
        refusals_recorded(actor=actor, action="answer_remark", subject=_subject(remark), reason=answer),
        _deciding(remark, actor) as (trail, row),
    ):
        if not row.is_open:
            raise refuse("answered_already", "Somebody has answered this remark already.", RefusalType.CONFLICT)
        if outcome not in OUTCOMES:
            raise refuse("outcome", "Choose: done, or left as it is.", RefusalType.INVALID, field="outcome")
        if outcome == LEFT and says_nothing(answer):
            raise refuse("reason", "Say why it stays as it is.", RefusalType.INVALID, field="answer")
        row.outcome, row.answer = outcome, "" if says_nothing(answer) else answer
        row.answered_by, row.answered_at = trail.actor, trail.at
        trail.save(row, *_ANSWER)
        trail.record("remark_answered", _subject(row), reason=row.answer, data={**_data(row), "outcome": outcome})
        return row


def reopen_remark(remark: Remark, *, actor: User) -> Remark:
    """Takes the answer back: it stays in the history."""
    with (
        refusals_recorded(actor=actor, action="reopen_remark", subject=_subject(remark)),
        _deciding(remark, actor) as (trail, row),
    ):
        if row.is_open:
            raise refuse("not_answered", "This remark has no answer now.", RefusalType.CONFLICT)
        row.outcome, row.answer, row.answered_by, row.answered_at = "", "", None, None
        trail.save(row, *_ANSWER)
        trail.record("remark_reopened", _subject(row), data=_data(row))
        return row


@contextmanager
def _deciding(remark: Remark, actor: User) -> Iterator[tuple[Trail, Remark]]:
    with audited_write(actor=actor) as trail:
        row = Remark.objects.select_related("edition__monograph__therapeutic_class__parent__parent").get(pk=remark.pk)
        if found := policy.refusals(trail.actor, "edit", row.edition):
            raise Refused(found)
        if row.edition.state != State.DRAFT:
            sentence = "What became of a remark can be said only while the edition is a draft."
            raise refuse("wrong_state", sentence, RefusalType.CONFLICT)
        yield trail, row


def _subject(remark: Remark) -> str:
    return f"monograph:{remark.edition.monograph.slug}"


def _data(row: Remark) -> dict[str, Any]:
    return {"edition": row.edition.number, "remark": row.pk, "label": row.label}
