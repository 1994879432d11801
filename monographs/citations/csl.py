"""A bibliographic record (CSL-JSON) as a line of the list of references. Pure; never fails on an odd record."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from monographs.texts.identifiers import DOI, PMID
from monographs.texts.line_grammar import safe_address

MOST_AUTHORS = 6
# Fields of a record that people name -> their word for them.
FIELDS_OF_RECORD = {
    "type": "Kind of source",
    "title": "Title",
    "author": "Authors",
    "editor": "Editors",
    "issued": "Date",
    "container-title": "Journal or book",
    "volume": "Volume",
    "issue": "Issue",
    "page": "Pages",
    "publisher": "Publisher",
    "genre": "Genre",
    "number": "Number",
    "DOI": "DOI",
    "PMID": "PMID",
    "URL": "Web address",
}


@dataclass(frozen=True)
class FormattedReference:
    """The words of a reference, and where it leads: `links` are (words, address)."""

    authors: str
    title: str
    container: str
    details: str
    links: tuple[tuple[str, str], ...]
    editors: str = ""  # as they stand before the book that they edited, or behind its title


def _text(csl: Mapping[str, Any], name: str) -> str:
    value = csl.get(name)
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _name(one: Any) -> str:
    """ "Coles AJ", or the name of a group as it stands."""
    if not isinstance(one, Mapping):
        return ""
    given = re.findall(r"[^\W\d_]+", _text(one, "given"))
    family = (_text(one, "non-dropping-particle"), _text(one, "family"), "".join(part[0] for part in given))
    return _text(one, "literal") or " ".join(filter(None, (*family, _text(one, "suffix"))))


def _names(csl: Mapping[str, Any], role: str) -> list[str]:
    people = csl.get(role)
    return [name for one in (people if isinstance(people, list | tuple) else ()) if (name := _name(one))]


def _editors(csl: Mapping[str, Any], container: str) -> str:
    """ "In: Stone K, Field L, editors." before the book of a chapter, "Edited by Stone K." of a book. Those of a
    journal are not named."""
    names = _names(csl, "editor")
    if not names or _text(csl, "type").startswith("article"):
        return ""
    listed = ", ".join(names[:MOST_AUTHORS]) + (" et al" if len(names) > MOST_AUTHORS else "")
    return f"In: {listed}, editor{'s' * (len(names) > 1)}." if container else f"Edited by {listed}."


def _authors(csl: Mapping[str, Any]) -> str:
    names = _names(csl, "author")
    custom = csl.get("custom")
    truncated = isinstance(custom, Mapping) and custom.get("authors_truncated")
    more = len(names) > MOST_AUTHORS or truncated
    return ", ".join(names[:MOST_AUTHORS]) + (" et al." if more and names else "." if names else "")


def year(csl: Mapping[str, Any]) -> str:
    """The year of a record, or nothing."""
    issued = csl.get("issued")
    parts = issued.get("date-parts") if isinstance(issued, Mapping) else None
    try:
        return str(int(parts[0][0])) if parts else ""
    except (TypeError, ValueError, OverflowError, IndexError, KeyError):
        return ""


def format_reference(csl: Mapping[str, Any]) -> FormattedReference:
    """Authors, title, and where it appeared: "Lancet 2012; 380(9856): 1819–1828"."""
    volume, issue, pages = (_text(csl, name) for name in ("volume", "issue", "page"))
    place = f"{volume}({issue})" if volume and issue else volume or issue
    if pages:
        place = f"{place}: {pages.replace('-', '–')}" if place else pages.replace("-", "–")
    container = _text(csl, "container-title-short") or _text(csl, "container-title")
    kind = ", ".join(filter(None, (_text(csl, "genre"), _text(csl, "number"))))
    details = "; ".join(filter(None, (year(csl), place)))
    publisher = "" if container else _text(csl, "publisher")
    authors = _authors(csl)
    if publisher and publisher.rstrip(".") == authors.rstrip("."):
        publisher = ""
    links = []
    if DOI.fullmatch(doi := _text(csl, "DOI")):
        links.append((f"doi:{doi}", f"https://doi.org/{quote(doi, safe='/()', errors='replace')}"))
    if PMID.fullmatch(pmid := _text(csl, "PMID")):
        links.append((f"PMID {pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"))
    address = _text(csl, "URL")
    if address and safe_address(address):
        host = address.split("/")[2] if "//" in address else ""
        links.append((host or address, address))
    said = ". ".join(filter(None, (kind, publisher, details if not container else "")))
    return FormattedReference(
        authors, _text(csl, "title"), container, details if container else said, tuple(links), _editors(csl, container)
    )


def is_smpc(csl: Mapping[str, Any]) -> bool:
    """Whether the record is a summary of product characteristics."""
    return _text(csl, "genre").casefold() == "summary of product characteristics"
