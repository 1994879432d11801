"""What was done to a drug or a class, the newest first."""

from typing import Any

from reviews.desk.monograph.history_words import DONE, why
from reviews.models import AuditEvent
from reviews.models.people import name_of

MOST = 50
# Who got which role in a class is told where people are.
OURS = [verb for verb in DONE if verb.startswith(("drug_", "class_"))] + ["refused"]


def history_of(subject: str) -> list[dict[str, Any]]:
    """Its newest entries in words: one query."""
    entries = AuditEvent.objects.filter(subject=subject, verb__in=OURS).select_related("actor").order_by("-seq")[:MOST]
    return [
        {
            "who": name_of(one.actor),
            "what": DONE[one.verb](one.data),
            "why": why(one.data.get("codes", ())),
            "at": one.at,
            "reason": one.reason,
        }
        for one in entries
    ]
