"""What was refused stands in the trail too: who tried what, and every reason that they were given."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.cache import cache

from reviews.access.door import LONGEST_REASON, told
from reviews.access.refusals import DONE_ALREADY, Refused
from reviews.audit.acts import RepeatedAct
from reviews.audit.trail import audited_write, lately
from reviews.models import AuditEvent

# A denial is an entry of the trail; a flood of them is one entry with a count.
DENIALS_A_MINUTE = 60
LONGEST_SUBJECT = 8_000  # 50 addresses are fewer


@contextmanager
def refusals_recorded(*, actor: User, action: str, subject: str, digest: str = "", reason: str = "") -> Iterator[None]:
    """A refusal inside is written to the trail, after what was refused has rolled back, and raised again. A form that
    is sent again, once its act is done, is refused and not written: it is no attempt at anything."""
    try:
        yield
    except RepeatedAct as repeated:
        raise Refused([DONE_ALREADY], recorded=False) from repeated
    except Refused as refused:
        if refused.recorded:
            _record_denial(refused, actor=actor, action=action, subject=subject, digest=digest, reason=reason)
        raise


def count_denial(actor: User) -> None:
    """For a denial that gets no entry of its own: the next one says how many there were."""
    cache.set(f"denials:{actor.pk}", cache.get(f"denials:{actor.pk}", 0) + 1, 3600)


def _record_denial(refused: Refused, *, actor: User, action: str, subject: str, digest: str, reason: str) -> None:
    denied = AuditEvent.objects.filter(actor=actor, verb="refused")
    if len(lately(denied, most=DENIALS_A_MINUTE, period=timedelta(minutes=1))) == DENIALS_A_MINUTE:
        count_denial(actor)
        return
    data: dict[str, Any] = {"action": action, "codes": refused.codes, **refused.data}
    if unrecorded := cache.get(f"denials:{actor.pk}", 0):
        data["more"] = unrecorded
    with audited_write(actor=actor, is_note=True) as trail:
        about = {"digest": told(digest, 64), "reason": told(reason, LONGEST_REASON)}
        trail.record("refused", told(subject, LONGEST_SUBJECT), **about, data=data)
    if unrecorded:
        cache.delete(f"denials:{actor.pk}")
