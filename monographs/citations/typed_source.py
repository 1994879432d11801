"""What somebody typed or pasted to name a source: a DOI, a PMID, an address of the web, a citation, or words. Pure.

Only what has the whole form of an identifier or of an address is taken for one. What looks like one and is none is
refused with a sentence, and never handed on as words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from monographs.canonical import BadCharacters, clean_line
from monographs.citations.typed_date import read_date
from monographs.texts.addresses import hidden_host
from monographs.texts.identifiers import DOI, PMID, cut_doi, cut_pmid, unfit_doi
from monographs.texts.line_grammar import safe_address

MOST_SIGNS = 2_000
NO_DOI = "A DOI looks like 10.1016/S0140-6736(12)61769-3."
NO_PMID = "A PMID is a number of up to 8 digits."
NO_WORD = "Type a DOI, a PMID, an address of the web or words of the title."
NO_ADDRESS = "An address of the web begins with https:// or http://."

Kind = Literal["nothing", "doi", "pmid", "address", "citation", "words"]

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE | re.ASCII)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,20}:/*(?!\s)\S+", re.IGNORECASE | re.ASCII)
_SAYS_DOI = re.compile(r"(?:https?://)?(?:\w{1,10}\.)?doi\.org/|doi\s*[:=]|10\.\d{4,9}/", re.IGNORECASE | re.ASCII)
_SAYS_PMID = re.compile(r"pmid\s*[:=]?\s*\d|(?:https?://)?pubmed\.", re.IGNORECASE | re.ASCII)
_NO_WORD = re.compile(r"[^\w\s]*|[./\\@#?&]\S*|\d+ (?:OR|AND|NOT)\b.*", re.ASCII)
_DOI_INSIDE = re.compile(r"(?<![\w.])10\.\d{4,9}/\S+", re.ASCII)
_PMID_INSIDE = re.compile(r"\bPMID\s*[:=]?\s*([1-9]\d{0,7})(?!\d)", re.IGNORECASE | re.ASCII)
# What publishers put behind the DOI in the path of a page.
_PAGE = re.compile(r"(?:/(?:full|abstract|pdf|epdf|fulltext|full-text|meta|html|references))+\Z|\.pdf\Z", re.I)

_AUTHOR = r"[^\W\d_][^\d,.;:()]{0,60} [A-Z]{1,4}"
_AUTHORS = re.compile(rf"(?P<authors>{_AUTHOR}(?:, {_AUTHOR})*)(?P<more>,? et al)?\.:? ")
_FIGURE = r"[A-Za-z]{0,2}\d{1,8}"
_PAGES = rf"(?P<page>{_FIGURE}(?:\s?[-–]\s?{_FIGURE})?)"
_PLACE = re.compile(
    r"(?P<container>[^.;:?!]{2,150}?)\.?,? (?P<issued>(?:1[5-9]|20)\d\d(?: [A-Z][a-z]{2,8}(?: \d{1,2})?)?)"
    rf"; ?(?P<volume>\w{{1,10}}) ?(?:\((?P<issue>[^()]{{1,20}})\))? ?: ?{_PAGES}"
)
_DATED_FIRST = re.compile(
    r"(?P<authors>[^()]{3,1500}?)(?P<more>,? et al\.?)? \((?P<issued>(?:1[5-9]|20)\d\d)[^()]{0,30}\)\. "
    r"(?P<title>[^.?!]{3,500}[.?!]) (?P<container>[^.,;]{2,150}), (?P<volume>\w{1,10}) ?(?:\((?P<issue>[^()]{1,20})\))?"
    rf"[,:] ?{_PAGES}"
)
_FAMILY_FIRST = re.compile(r"([^,&]{2,60}), ((?:[A-Z]\.[ -]?){1,5})(?:, |$)")


@dataclass(frozen=True)
class TypedSource:
    """`text` is the identifier, the address, or the words as they were typed. A citation and an address may name a DOI
    or a PMID inside. `said` tells what was left out; `refused` why it is nothing that may be looked for."""

    kind: Kind
    text: str = ""
    doi: str = ""
    pmid: str = ""
    said: tuple[str, ...] = ()
    refused: str = ""


def typed_source(typed: str) -> TypedSource:
    """What it is that somebody typed. Each character that may not be stored is refused."""
    if len(typed) > MOST_SIGNS:
        return _refused(f"Keep it to {MOST_SIGNS:,} characters.")
    try:
        words = clean_line(typed)
    except BadCharacters as error:
        return _refused(str(error))
    if not words:
        return TypedSource("nothing")
    return _identified(words) or _addressed(words) or _described(words)


def _refused(sentence: str) -> TypedSource:
    return TypedSource("nothing", refused=sentence)


def _identified(words: str) -> TypedSource | None:
    doi, said = cut_doi(words)
    if DOI.fullmatch(doi):
        if sentence := unfit_doi(doi):
            return _refused(sentence)
        return TypedSource("doi", doi, doi=doi, said=tuple(said))
    pmid, said = cut_pmid(words)
    if PMID.fullmatch(pmid):
        return TypedSource("pmid", pmid, pmid=pmid, said=tuple(said))
    if _SAYS_DOI.match(words) and " " not in doi.strip():
        return _refused(NO_DOI)
    if _SAYS_PMID.match(words):
        return _refused(NO_PMID)
    return None


def _addressed(words: str) -> TypedSource | None:
    if _ADDRESS.fullmatch(words):
        address = words if "://" in words else f"https://{words}"
        if sentence := hidden_host(address):
            return _refused(sentence)
        if not safe_address(address):
            return _refused(NO_ADDRESS)
        return TypedSource("address", address, doi=_doi_in_path(address))
    return _refused(NO_ADDRESS) if _SCHEME.fullmatch(words) else None


def _doi_in_path(address: str) -> str:
    """The DOI in the address of a publisher's page: ".../doi/full/10.1056/NEJMoa1114287"."""
    found = _DOI_INSIDE.search(unquote(urlsplit(address).path))
    return _fit(_PAGE.sub("", found[0])) if found else ""


def _fit(doi: str) -> str:
    """The DOI without what stands behind it; "" for what is none that may lead anywhere."""
    doi = cut_doi(doi)[0]
    return doi if DOI.fullmatch(doi) and not unfit_doi(doi) else ""


def _described(words: str) -> TypedSource:
    if _NO_WORD.fullmatch(words):
        return _refused(NO_WORD)
    found = _DOI_INSIDE.search(words)
    doi = _fit(found[0]) if found else ""
    pmid = inside[1] if (inside := _PMID_INSIDE.search(words)) else ""
    is_citation = bool(doi or pmid or read_citation(words))
    return TypedSource("citation" if is_citation else "words", words, doi=doi, pmid=pmid)


# -- A citation as it stands in a list of references -------------------------------------------------------------------


def read_citation(words: str) -> dict[str, Any]:
    """A citation as CSL-JSON, as far as it can be read; empty for what has no place in a journal. Read are the form of
    medical journals ("Coles AJ, Cohen JA. Title. Lancet 2012;380(9856):1829-39.") and the one with the year behind the
    authors."""
    if found := _DATED_FIRST.match(words):
        authors = list(_family_first(found["authors"]))
    elif found := _PLACE.search(words):
        head = words[: found.start()]
        named = _AUTHORS.match(head)
        authors = [_family_and_initials(one) for one in named["authors"].split(", ")] if named else []
        return _record(found, authors, head[named.end() :] if named else head, bool(named and named["more"]))
    else:
        return {}
    return _record(found, authors, found["title"], bool(found["more"]))


def _record(found: re.Match[str], authors: list[dict[str, str]], title: str, is_cut: bool) -> dict[str, Any]:
    if not (title := title.strip().removesuffix(".")):
        return {}
    csl: dict[str, Any] = {"type": "article-journal", "title": title}
    if authors:
        csl["author"] = authors
        if is_cut:
            csl["custom"] = {"authors_truncated": True}
    for name, key in (("container", "container-title"), ("volume", "volume"), ("issue", "issue")):
        if value := (found[name] or "").strip():
            csl[key] = value
    csl["page"] = whole_pages(found["page"])
    csl["issued"] = {"date-parts": [list(read_date(found["issued"]).parts or (int(found["issued"][:4]),))]}
    return csl


def whole_pages(pages: str) -> str:
    """ "1829-39" as "1829-1839"."""
    first, dash, last = (part.strip() for part in pages.replace("–", "-").partition("-"))
    if dash and first.isdecimal() and last.isdecimal() and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return f"{first}-{last}" if dash and last else first


def _family_and_initials(name: str) -> dict[str, str]:
    family, _, initials = name.rpartition(" ")
    return {"family": family, "given": " ".join(f"{one}." for one in initials)}


def _family_first(authors: str) -> Iterator[dict[str, str]]:
    for family, initials in _FAMILY_FIRST.findall(authors.replace("& ", "").replace("…", "")):
        yield {"family": family.strip(), "given": " ".join(f"{one}." for one in re.findall("[A-Z]", initials))}
