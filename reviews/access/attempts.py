"""One way to try an act from a page: what became of it, for the page that answers.

tried = attempt(lambda: monographs.move(…))
if tried.is_done:
    return redirect(…)
… show the form again with tried.refusals, status tried.status
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from reviews.access.refusals import Refusal, RefusalType, Refused
from reviews.audit.trail import WriteLockTimeout

BUSY = Refusal(
    "busy", "Somebody else is writing just now. Press the button again in a few seconds.", RefusalType.CONFLICT
)
STATUS = {RefusalType.FORBIDDEN: 403, RefusalType.CONFLICT: 409, RefusalType.INVALID: 422}


@dataclass(frozen=True)
class Attempt:
    """`result` is what the act answered, if it was done; else `refused` holds every reason, and `status` says which
    sort of no it is: 403 not this person, 409 others were faster, 422 something is wrong with the input, 503 busy."""

    result: Any = None
    refused: Refused | None = None
    status: int = 200

    @property
    def is_done(self) -> bool:
        return self.refused is None

    @property
    def refusals(self) -> list[Refusal]:
        return self.refused.refusals if self.refused else []

    @property
    def wrong(self) -> dict[str, str]:
        """The sentence for each field that something is wrong with."""
        return {one.field: one.sentence for one in self.refusals if one.field}


NOT_TRIED = Attempt()
_nothing: ContextVar[bool] = ContextVar("nothing", default=False)


@contextmanager
def nothing_tried() -> Iterator[None]:
    """Inside, no act is tried: each is answered as refused, for no reason, so that its form comes back as it is."""
    before = _nothing.set(True)
    try:
        yield
    finally:
        _nothing.reset(before)


def attempt(act: Callable[[], Any]) -> Attempt:
    """Does it, or says why not. Whatever else goes wrong is raised."""
    if _nothing.get():
        return Attempt(refused=Refused([], recorded=False))
    try:
        return Attempt(result=act())
    except Refused as refused:
        return Attempt(refused=refused, status=STATUS[refused.kind])
    except WriteLockTimeout:
        return Attempt(refused=Refused([BUSY], recorded=False), status=503)
