"""What registers and pages answer about a source, as CSL-JSON: Crossref, PubMed, the head of a page. Pure.

Whatever is odd in an answer is left out: nothing of it is trusted to be words, a number or a date.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from monographs.citations.typed_date import read_date
from monographs.citations.typed_source import whole_pages
from monographs.texts.characters import seen
from monographs.texts.identifiers import DOI, PMID, unfit_doi
from monographs.texts.plain_titles import plain

MOST_AUTHORS = 50
RETRACTED = "This work was retracted."
CORRECTED = "A correction of this work was published. Read it before you cite."

_TYPES = {
    "journal-article": "article-journal", "proceedings-article": "article-journal", "posted-content": "article-journal",
    "book-chapter": "chapter", "book-section": "chapter", "book": "book", "monograph": "book", "edited-book": "book",
    "reference-book": "book", "report": "report", "report-component": "report", "standard": "report",
}  # fmt: skip
_MOST_OF_A_PAGE = 64_000
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,100}>")


@dataclass(frozen=True)
class Found:
    """A source as somebody else tells of it: the record, who told, and what to mind."""

    csl: dict[str, Any]
    told_by: str
    warning: str = ""


def _words(value: Any, most: int = 500) -> str:
    """Words of one line, without marks of a page and without what may not be stored."""
    if isinstance(value, list):
        value = next(iter(value), "")
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    return " ".join(seen(_TAG.sub("", plain(str(value)[: 4 * most]))).split())[:most].strip()


def _record(csl: Mapping[str, Any], doi: str = "", pmid: str = "") -> dict[str, Any]:
    """What is left of a record; {} for one without a title."""
    kept = {name: value for name, value in csl.items() if value not in ("", [], {}, None)}
    if DOI.fullmatch(doi) and not unfit_doi(doi):
        kept["DOI"] = doi
    if PMID.fullmatch(pmid):
        kept["PMID"] = pmid
    return kept if kept.get("title") else {}


def _dated(typed: str) -> dict[str, Any]:
    read = read_date(typed)
    year = re.match(r"(?:1[5-9]|20)\d\d", typed, re.ASCII)
    parts = list(read.parts) or ([int(year[0])] if year else [])
    return {"date-parts": [parts]} if parts else {}


def _cut(authors: list[dict[str, str]]) -> dict[str, Any]:
    if len(authors) <= MOST_AUTHORS:
        return {"author": authors}
    return {"author": authors[:MOST_AUTHORS], "custom": {"authors_truncated": True}}


# -- Crossref ----------------------------------------------------------------------------------------------------------


def from_crossref(answer: Any) -> list[Found]:
    """The works of an answer of Crossref's: of one DOI, or of a search."""
    message = answer.get("message") if isinstance(answer, Mapping) else None
    items = message.get("items") if isinstance(message, Mapping) else None
    works = items if isinstance(items, list) else [message]
    return list(filter(None, map(_of_crossref, works)))


def _of_crossref(work: Any) -> Found | None:
    if not isinstance(work, Mapping):
        return None
    title, subtitle = _words(work.get("title"), 1_000), _words(work.get("subtitle"))
    if subtitle and subtitle.casefold() not in title.casefold():
        title = f"{title}: {subtitle}"
    names = work.get("author")
    authors = list(filter(None, map(_author, names if isinstance(names, list) else ())))
    kind = _TYPES.get(_words(work.get("type")), "document")
    csl = {
        "type": kind, "title": title, **_cut(authors), "issued": _crossref_date(work),
        "container-title": _words(work.get("container-title")), "volume": _words(work.get("volume"), 40),
        "issue": _words(work.get("issue"), 40), "page": whole_pages(_words(work.get("page"), 60)),
        "publisher": "" if kind == "article-journal" else _words(work.get("publisher")),
    }  # fmt: skip
    record = _record(csl, doi=_words(work.get("DOI"), 400))
    return Found(record, "Crossref", _crossref_warning(work, title)) if record else None


def _author(one: Any) -> dict[str, str]:
    if not isinstance(one, Mapping):
        return {}
    family, given, name = (_words(one.get(key), 200) for key in ("family", "given", "name"))
    if family:
        return {"family": family, **({"given": given} if given else {})}
    return {"literal": name or given} if name or given else {}


def _crossref_date(work: Mapping[str, Any]) -> dict[str, Any]:
    """The earliest of the dates that it gives of the print; online first counts where nothing else is told."""
    for name in ("issued", "published-print", "published", "published-online"):
        dated = work.get(name)
        parts = dated.get("date-parts") if isinstance(dated, Mapping) else None
        first = parts[0] if isinstance(parts, list) and parts else None
        if isinstance(first, list) and first and all(type(one) is int for one in first):
            found = _dated("-".join(f"{one:02}" for one in first[:3]))
            if found:
                return found
    return {}


def _crossref_warning(work: Mapping[str, Any], title: str) -> str:
    updates = work.get("updated-by")
    kinds = (
        [_words(one.get("type")) for one in updates if isinstance(one, Mapping)] if isinstance(updates, list) else []
    )
    if "retraction" in kinds or re.match(r"(?:retracted|withdrawn)\b", title, re.I):
        return RETRACTED
    return CORRECTED if any(kind in ("correction", "erratum", "expression_of_concern") for kind in kinds) else ""


# -- PubMed ------------------------------------------------------------------------------------------------------------


def ids_from_pubmed(answer: Any) -> list[str]:
    """The PMIDs of a search."""
    result = answer.get("esearchresult") if isinstance(answer, Mapping) else None
    ids = result.get("idlist") if isinstance(result, Mapping) else None
    return [one for one in ids if isinstance(one, str) and PMID.fullmatch(one)] if isinstance(ids, list) else []


def from_medline(text: str) -> list[Found]:
    """The works of an answer of PubMed's in its own format: a tag of up to four letters, lines that go on indented."""
    works: list[dict[str, list[str]]] = []
    tag = ""
    for line in text.splitlines():
        if found := re.match(r"([A-Z]{2,4}) {0,2}- ?(.*)", line):
            tag = found[1]
            if tag == "PMID" or not works:
                works.append({})
            works[-1].setdefault(tag, []).append(found[2].strip())
        elif line.startswith("      ") and works and tag:
            works[-1][tag][-1] += f" {line.strip()}"
    return list(filter(None, map(_of_medline, works)))


def _of_medline(work: Mapping[str, list[str]]) -> Found | None:
    def one(*tags: str, most: int = 500) -> str:
        return next((words for tag in tags if (words := _words(work.get(tag, [""]), most))), "")

    dois = (
        line.removesuffix("[doi]").strip() for tag in ("AID", "LID") for line in work.get(tag, ()) if "[doi]" in line
    )
    kinds = {line.casefold() for line in work.get("PT", ())}
    authors = [_family_given(name) for name in work.get("FAU") or work.get("AU") or ()]
    authors += [{"literal": name} for name in map(_words, work.get("CN", ())) if name]
    csl = {
        "type": "article-journal", "title": one("TI", most=1_000).removesuffix(".").strip("[]"),
        **_cut(list(filter(None, authors))), "issued": _dated(one("DP")), "container-title": one("JT", "TA"),
        "volume": one("VI", most=40), "issue": one("IP", most=40), "page": whole_pages(one("PG", most=60)),
    }  # fmt: skip
    record = _record(csl, doi=next(dois, ""), pmid=one("PMID", most=20))
    warning = RETRACTED if "retracted publication" in kinds or "RIN" in work else CORRECTED if "EIN" in work else ""
    return Found(record, "PubMed", warning) if record else None


def _family_given(name: str) -> dict[str, str]:
    """ "Coles, Alasdair J" or "Coles AJ"."""
    family, comma, given = _words(name, 200).partition(", ")
    if not comma and (short := re.fullmatch(r"(.+) ([A-Z]{1,4})", family)):
        family, given = short[1], short[2]
    if re.fullmatch(r"[A-Z]{1,4}", given):
        given = " ".join(f"{one}." for one in given)
    return {"family": family, **({"given": given} if given else {})} if family else {}


# -- A page ------------------------------------------------------------------------------------------------------------


_DATES = ("citation_publication_date", "citation_date", "dc.date", "article:published_time")


class _Head(HTMLParser):
    """What a page says of itself: its title, and its `meta` by name."""

    def __init__(self) -> None:
        super().__init__()
        self.title, self.is_in_title = "", False
        self.meta: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_in_title = tag == "title" and not self.title
        if tag == "meta":
            held = dict(attrs)
            name = (held.get("name") or held.get("property") or "").lower()
            if name and held.get("content"):
                self.meta.setdefault(name, []).append(held["content"] or "")

    def handle_endtag(self, tag: str) -> None:
        self.is_in_title = False

    def handle_data(self, data: str) -> None:
        if self.is_in_title:
            self.title += data


def from_page(html: str, address: str) -> Found | None:
    """The source that a page is, by what it says of itself to those that index it."""
    head = _Head()
    with suppress(AssertionError):  # what cannot be read of it, and all behind it, is left
        head.feed(html[:_MOST_OF_A_PAGE].partition("</head>")[0])

    def each(*names: str) -> Iterator[str]:
        yield from (words for name in names for value in head.meta.get(name, ()) if (words := _words(value, 1_000)))

    def one(*names: str) -> str:
        return next(each(*names), "")

    title = one("citation_title", "dc.title", "og:title") or _words(head.title, 1_000)
    journal = one("citation_journal_title")
    csl = {
        "type": "article-journal" if journal else "webpage", "title": title,
        **_cut([one for one in map(_family_given, each("citation_author", "dc.creator")) if one]),
        "issued": _dated(one(*_DATES).partition("T")[0]),
        "container-title": journal, "volume": one("citation_volume"), "issue": one("citation_issue"),
        "publisher": "" if journal else one("citation_publisher", "dc.publisher", "og:site_name"), "URL": address,
    }  # fmt: skip
    record = _record(csl, doi=one("citation_doi").removeprefix("doi:"), pmid=one("citation_pmid"))
    return Found(record, "the page itself") if record else None
