"""Amounts of doses that an earlier state would bring back ten times as high, or at a tenth. Pure."""

from collections.abc import Iterator
from functools import partial

from monographs.document import Document
from monographs.doses.slips import Beside, slips
from monographs.regimens import regimen_of


def tenfold(now: Document, then: Document, live: Document | None = None) -> list[str]:
    """A sentence for each amount of `then` that is ten times, or a tenth of, what stands there `now`, what readers'
    edition has there (`live`, with its figures), or another step, limit or dose of that state, or a dose that is in it
    no more: it may be the same under another key."""
    return list(_tenfold(now, then, live))


def _tenfold(now: Document, then: Document, live: Document | None) -> Iterator[str]:
    before, published = ({one.key: one for one in held.regimens} if held else {} for held in (now, live))
    here = {one.key for one in then.regimens}
    gone = [one for held in (before, published) for key, one in held.items() if key not in here]
    for part in then.regimens:
        regimen, was, seen = regimen_of(part.structure), before.get(part.key), published.get(part.key)
        if regimen is None or (was and was.structure == part.structure):
            continue
        past = regimen_of(seen.structure) if seen else None
        around = [*(one for one in then.regimens if one.key != part.key), *gone]
        others = (regimen_of(one.structure) for one in around)
        beside = Beside((("what the published edition has there", past),) if past else (), tuple(filter(None, others)))
        for slip in slips(regimen, regimen_of(was.structure) if was else None, partial(_as_it_is, beside)):
            yield f"{then.label_of(part)}: {slip.words}"


def _as_it_is(beside: Beside) -> Beside:
    return beside
