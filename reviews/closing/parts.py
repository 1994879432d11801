"""The parts of a page by the names that readers give them in a report, and which of them two documents say otherwise.
Pure."""

from monographs.digest import digest_of_part
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
        DOSE: {"dosing": header.dosing},
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
    no change."""
    before, after = parts_of(then), parts_of(now)
    was = {key: said for part in before.values() for key, said in part.items()}
    said_now = {key: said for part in after.values() for key, said in part.items()}
    found = [
        name
        for name, part in before.items()
        if any(key not in said_now or _differ(said, said_now[key]) for key, said in part.items())
        or any(key not in was for key in after.get(name, {}))
    ]
    new = [name for name, part in after.items() if name not in before and any(key not in was for key in part)]
    return (*found, *new)


def _differ(one: Value, other: Value) -> bool:
    return digest_of_part(one) != digest_of_part(other)
