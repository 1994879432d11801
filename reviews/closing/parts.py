"""The parts of a page by the names that readers give them in a report, and which of them two documents say otherwise.
Pure."""

import json
from typing import Any

from monographs.document import Document, Dosing
from monographs.typed import Value
from monographs.vocabulary import SECTION_KINDS

HEADER, NOTICES, DOSE, REFERENCES = "Name and introduction", "Safety notices", "Dose", "References"
MONITORING, RELATED = SECTION_KINDS["monitoring"].heading, "Related monographs"

Parts = dict[str, dict[str, Value]]


def parts_of(document: Document) -> Parts:
    """Name -> key -> what is said there, in the order of a page. Several sections of one heading are one part."""
    header = document.header
    found: Parts = {
        HEADER: {"header": header.model_copy(update={"dosing": Dosing()})},
        NOTICES: {str(one.key): one for one in document.notices},
        DOSE: {"dosing": header.dosing, **{str(one.key): one for one in document.regimens}},
    }
    for section in document.sections:
        found.setdefault(section.label_for_people, {})[str(section.key)] = section
    if document.monitoring:
        found.setdefault(MONITORING, {}).update({str(one.key): one for one in document.monitoring})
    found.setdefault(REFERENCES, {}).update({str(one.key): one for one in document.citations})
    found.setdefault(RELATED, {}).update({str(one.key): one for one in document.related})
    return found


def changed(then: Document, now: Document) -> tuple[str, ...]:
    """The parts that are said otherwise now, by their names of then; those that are new, by their own. Order alone is
    no change, nor are spaces, nor the same words in the place of a part that was removed."""
    before, after = (
        {name: {_said(one) for one in part.values()} for name, part in parts_of(document).items()}
        for document in (then, now)
    )
    was, is_now = (set().union(*parts.values()) for parts in (before, after))
    found = [name for name, said in before.items() if said - is_now or after.get(name, set()) - was]
    keys = set().union(*parts_of(then).values())
    new = (name for name, part in parts_of(now).items() if name not in before and not keys & part.keys())
    return (*found, *(name for name in new if after[name] - was))


# What readers do not see of a part.
_UNSEEN = frozenset(("key", "text_rules"))


def _said(part: Value) -> str:
    return json.dumps(_words(part.model_dump(mode="json", exclude=set(_UNSEEN))), sort_keys=True)


def _words(said: Any) -> Any:
    """Every text in it with one space for several."""
    if isinstance(said, str):
        return " ".join(said.split())
    if isinstance(said, dict):
        return {name: _words(one) for name, one in said.items()}
    return [_words(one) for one in said] if isinstance(said, list) else said
