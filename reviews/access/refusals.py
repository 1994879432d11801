"""How a verb says no: every reason at once, each a code for machines and a sentence for people."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class RefusalType(StrEnum):
    """What sort of no it is; the desk answers 403, 409 and 422 to them."""

    FORBIDDEN = "forbidden"
    CONFLICT = "conflict"
    INVALID = "invalid"


@dataclass(frozen=True)
class Refusal:
    """One reason: a stable code, and a sentence that says why and what to do. `part` names the part it is about."""

    code: str
    sentence: str
    kind: RefusalType = RefusalType.FORBIDDEN
    part: str = ""
    field: str = ""


# The same thing asked for twice: a button that was pressed twice, a form that was sent again.
DONE_ALREADY = Refusal("done_already", "This was done already, a moment ago.", RefusalType.CONFLICT)


@dataclass
class Refused(Exception):
    """A verb did nothing, for these reasons. `recorded` is False for what is no attempt at anything: a double click."""

    refusals: list[Refusal]
    recorded: bool = True
    data: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join(refusal.sentence for refusal in self.refusals)

    @property
    def kind(self) -> RefusalType:
        kinds = {refusal.kind for refusal in self.refusals}
        return next(
            kind for kind in (RefusalType.CONFLICT, RefusalType.FORBIDDEN, RefusalType.INVALID) if kind in kinds
        )

    @property
    def codes(self) -> list[str]:
        return [refusal.code for refusal in self.refusals]


def refuse(
    code: str,
    sentence: str,
    kind: RefusalType = RefusalType.FORBIDDEN,
    *,
    recorded: bool = True,
    part: str = "",
    field: str = "",
) -> Refused:
    """A Refused of one reason, to be raised."""
    return Refused([Refusal(code, sentence, kind, part, field)], recorded=recorded)


class Conflict(Refused):
    """Somebody changed this part meanwhile: `current` is what stands there now, as a value (None: it was removed)."""

    def __init__(self, sentence: str, current: Any, part: str) -> None:
        super().__init__([Refusal("changed_meanwhile", sentence, RefusalType.CONFLICT, part)])
        self.current = current
