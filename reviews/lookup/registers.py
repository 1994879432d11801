"""Looking a source up where it is registered: Crossref and PubMed, each if a setting names it, and the page itself if a
setting says that pages are read. Every answer is records and sentences; a register that is off, slow, gone or odd is a
sentence, never a fault.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.models import User

from monographs.canonical import strict_json
from monographs.citations.answers import Found, from_crossref, from_medline, from_page, ids_from_pubmed
from monographs.citations.typed_source import TypedSource
from reviews.access.denials import count_denial, refusals_recorded
from reviews.access.door import wrong
from reviews.access.refusals import RefusalType, Refused, refuse
from reviews.audit.trail import WriteLockTimeout
from reviews.lookup.fetch import SECONDS, LinkRefused, NotFetched, NotThere, fetch

MOST_WORDS, MOST_FOUND = 500, 5
OF_A_REGISTER = 3.0
OFF = "Crossref and PubMed are not asked here: no setting names them. Type what you know."
NO_PUBMED = "PubMed is not asked here: no setting names it. Type what you know, or look for the DOI."
NO_PAGES = "Pages are not opened here. Type what the page says."
OTHER = "%s answered with another record than the one asked for. Check what you typed."
NO_RECORD = "%s answered with nothing that can be read."


@dataclass
class Answer:
    """What was found elsewhere, and what has to be said of it."""

    found: list[Found] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def registers() -> str:
    """The registers that are asked here, as a sentence names them; "" for none."""
    named = (("Crossref", settings.CROSSREF_URL), ("PubMed", settings.PUBMED_URL))
    return " and ".join(name for name, address in named if address)


def look_up(source: TypedSource, *, actor: User) -> Answer:
    """Asks for what somebody typed. Nothing leaves this house that holds a patient's number. An address that may not be
    opened is refused, and `link_refused` stands in the trail."""
    answer = Answer()
    if source.kind == "nothing":
        return answer
    if found := wrong(source.text, "q", 4 * MOST_WORDS):
        answer.said += [one.sentence for one in found]
        return answer
    until = time.monotonic() + SECONDS
    for told_by, asked in _questions(source):
        try:
            answer.found = asked(until)
        except LinkRefused as refused:
            answer.said.append(_recorded(refused, source, actor))
        except NotFetched as error:
            answer.said.append(str(error).replace("%s", told_by))
        if answer.found:
            answer.said = []
            return answer
    answer.said = answer.said or [_why_not_asked(source)]
    return answer


def _why_not_asked(source: TypedSource) -> str:
    if source.kind == "address" and not source.doi:
        return NO_PAGES
    return NO_PUBMED if source.pmid and not source.doi and settings.CROSSREF_URL else OFF


Question = Callable[[float], list[Found]]


def _questions(source: TypedSource) -> Iterator[tuple[str, Question]]:
    """Whom to ask for it, in turn, as far as they are on."""
    doi, pmid, words = source.doi, source.pmid, source.text[:MOST_WORDS]
    if doi and settings.CROSSREF_URL:
        yield "Crossref", lambda until: _same(_crossref(f"works/{quote(doi, safe='')}", until), "DOI", doi)
    if pmid and settings.PUBMED_URL:
        yield "PubMed", lambda until: _same(_pubmed([pmid], until), "PMID", pmid)
    if doi and settings.PUBMED_URL and '"' not in doi:
        yield "PubMed", lambda until: _same(_searched(f'"{doi}"[AID]', until), "DOI", doi)
    if source.kind in ("words", "citation") and not (doi or pmid):
        asked = urlencode({"query.bibliographic": words, "rows": MOST_FOUND})
        if settings.CROSSREF_URL:
            yield "Crossref", lambda until: _crossref(f"works?{asked}", until)
        if settings.PUBMED_URL:
            yield "PubMed", lambda until: _searched(_plain(words), until)
    if source.kind == "address" and settings.READ_ADDRESSES:
        yield str(urlsplit(source.text).hostname), lambda until: _page(source.text, until)


def _plain(words: str) -> str:
    """Words without what has a meaning of its own in a search of PubMed's."""
    kept = "".join(sign if sign.isalnum() or sign == "-" else " " for sign in words)
    return " ".join(kept.lower().split())


def _same(found: list[Found], name: str, asked: str) -> list[Found]:
    """That an identifier exists is no agreement: what is answered has to carry it."""
    same = [one for one in found if str(one.csl.get(name, "")).lower() == asked.lower()]
    if found and not same:
        raise NotFetched(OTHER)
    return same[:1]


def _asked(home: str, path: str, accept: str, until: float) -> bytes:
    seconds = min(OF_A_REGISTER, until - time.monotonic())
    return fetch(f"{home.rstrip('/').removesuffix('/works')}/{path}", accept=accept, home=home, seconds=seconds)[1]


def _json(body: bytes) -> Any:
    try:
        return strict_json(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise NotFetched(NO_RECORD) from None


def _crossref(path: str, until: float) -> list[Found]:
    found = from_crossref(_json(_asked(settings.CROSSREF_URL, path, "application/json", until)))
    if not found:
        raise NotThere(NO_RECORD)
    return found[:MOST_FOUND]


def _searched(term: str, until: float) -> list[Found]:
    asked = urlencode({"db": "pubmed", "retmode": "json", "retmax": MOST_FOUND, "term": term})
    ids = ids_from_pubmed(_json(_asked(settings.PUBMED_URL, f"esearch.fcgi?{asked}", "application/json", until)))
    if not ids:
        raise NotThere("%s does not know it.")
    return _pubmed(ids[:MOST_FOUND], until)


def _pubmed(ids: list[str], until: float) -> list[Found]:
    asked = urlencode({"db": "pubmed", "rettype": "medline", "retmode": "text", "id": ",".join(ids)})
    body = _asked(settings.PUBMED_URL, f"efetch.fcgi?{asked}", "text/plain", until)
    found = from_medline(body.decode("utf-8", "replace"))
    if not found:
        raise NotThere(NO_RECORD)
    return found[:MOST_FOUND]


def _page(address: str, until: float) -> list[Found]:
    _at, body = fetch(address, accept="text/html", seconds=until - time.monotonic())
    found = from_page(body.decode("utf-8", "replace"), address)
    if not found:
        raise NotFetched("%s does not say what it is.")
    return [found]


def _recorded(refused: LinkRefused, source: TypedSource, actor: User) -> str:
    """The sentence of a refusal that stands in the trail."""
    try:
        with refusals_recorded(actor=actor, action="look_up", subject=f"link:{source.text}"):
            found = refuse("link_refused", str(refused), RefusalType.INVALID)
            found.data = {"why": refused.why}
            raise found
    except Refused as told:
        return str(told)
    except WriteLockTimeout:
        count_denial(actor)
        return str(refused)
