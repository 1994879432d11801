"""A look at the places of a page: each is asked what it serves now, and that is held against what it must show."""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from reviews.desk.published.claims import Claim, Spot
from reviews.desk.published.served import MOST_PAGES, Node, Served, Unequal, ask
from reviews.desk.published.subject import Subject
from reviews.desk.published.where import Place

logger = logging.getLogger(__name__)

STATES = AS_IT_SHOULD_BE, NOT_YET, NOT_SEEN = "good", "bad", "unseen"

ANY = "an answer as it should be"


@dataclass(frozen=True)
class Found:
    """One place after a look, or before it (`state` is empty)."""

    place: Place
    spot: Spot
    must: list[Claim]
    state: str = ""
    answered: str = ""  # what was seen, or why nothing was
    lacks: tuple[str, ...] = ()
    served: Served | None = None

    @property
    def must_show(self) -> str:
        """In one line."""
        words = "; ".join(one.words for one in self.must if one.words) or "nothing of it need be there"
        return words[:1].upper() + words[1:]


def unseen(subject: Subject, rows: Iterable[tuple[Place, Spot]]) -> list[Found]:
    """What each place must show, nobody having looked yet."""
    return [Found(place, spot, place.must_show(subject, spot)) for place, spot in rows]


def looked_at(subject: Subject, rows: Iterable[tuple[Place, Spot]]) -> list[Found]:
    return [_looked(subject, one) for one in unseen(subject, rows)]


def _looked(subject: Subject, one: Found) -> Found:
    try:
        answers = []
        for served in _pages(one):
            answers.append(served)
            lacks = tuple(claim.words or ANY for claim in one.must if not claim.holds(_joined(answers)))
            if not lacks and not subject.removal:
                break
    except Unequal as unequal:
        return replace(one, state=NOT_YET, answered=str(unequal), lacks=tuple(claim.words for claim in one.must))
    except Exception as error:  # whatever it is: what was not seen is not said to be well
        logger.warning("A place could not be looked at: %s: %r", one.spot.address, error)
        return replace(one, state=NOT_SEEN, answered=str(error) or type(error).__name__)
    pages = f", {len(answers)} pages of it" if len(answers) > 1 else ""
    is_cut = bool(answers[-1].next) and len(answers) == MOST_PAGES
    cut = f". The first {MOST_PAGES} pages were looked at, and no more" if is_cut else ""
    state = NOT_YET if lacks else NOT_SEEN if is_cut and subject.removal else AS_IT_SHOULD_BE
    return replace(
        one, state=state, answered=f"Answered {answers[0].status}{pages}{cut}.", lacks=lacks, served=answers[0]
    )


def _pages(one: Found) -> Iterator[Served]:
    """The answer, and those of its later pages if it is a long list."""
    served = ask(one.spot.address)
    yield served
    for number in range(2, MOST_PAGES + 1):
        if not one.place.is_long:
            return
        address = served.next or re.sub(r"(?<=^/sitemap-)\d+(?=\.xml$)", str(number), one.spot.address)
        if address == one.spot.address:
            return
        served = ask(address)
        if served.status == 404:
            return
        yield served


def _joined(answers: list[Served]) -> Served:
    """Several pages of one list as one answer."""
    if len(answers) == 1:
        return answers[0]
    first = answers[0]
    joined = replace(first)
    root = Node("", inner=[one.main for one in answers])
    joined.__dict__["tree"] = joined.__dict__["main"] = root
    return joined
