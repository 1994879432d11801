"""Under which words a live page is found. Rows are made from what is shown; monographs.public.search finds them."""

import re
import unicodedata
from collections.abc import Iterator
from string import ascii_uppercase

from monographs.called import called
from monographs.standing import Gone, Shown
from monographs.texts.slugs import slug_of

_GAPS = re.compile(r"[\W_]+")
LONGEST = 200
LETTERS, OTHER_LETTER = tuple(ascii_uppercase), "#"


def fold(words: str) -> str:
    """Words as they are compared: without case, accents and punctuation, one space between them."""
    letters = unicodedata.normalize("NFKD", words.casefold())
    return _GAPS.sub(" ", "".join(one for one in letters if not unicodedata.combining(one))).strip()[:LONGEST]


def letter_of(name: str) -> str:
    """The letter under which a name stands in the list from A to Z; "#" for whatever begins with none of them."""
    first = name[:1].upper()
    return first if first in LETTERS else OTHER_LETTER


Entry = tuple[str, str, str, str, str]


def entries(seen: Shown | Gone, title: str, drug_slug: str) -> Iterator[Entry]:
    """(kind, term, words, begins, ends) for each way to a page; none to a page that was taken down.

    A name is found by its beginning and by the beginning of each later word. A term with a sign before it is an
    address: of a class, of the drug, of a brand. Critical notices are kept with the days on which they begin and end,
    because lists name them; and the letter under which the list from A to Z has the page, and what every list calls it.
    """
    if isinstance(seen, Gone):
        return
    header = seen.document.header
    found: dict[tuple[str, str], str] = {}
    names = [header.name, title, *(one.name for one in header.names)]
    for kind, several in (
        ("name", names),
        ("brand", [one.name for one in header.brands]),
        ("class", [step.name for step in header.class_path]),
        ("use", [header.covers]),
    ):
        for words in several:
            for term in _beginnings(words):
                found.setdefault((kind, term), words[:500])
    for step in header.class_path:
        found["class", f"={step.slug}"] = step.name[:500]
    for brand in header.brands:
        found["brand", f"={slug_of(brand.name, LONGEST)}"] = brand.name[:500]
    found["drug", f"={drug_slug}"] = header.name[:500]
    for (kind, term), words in found.items():
        yield kind, term, words, "", ""
    yield "letter", letter_of(header.name), header.name[:500], "", ""
    yield "title", "", called(header.name, title)[:500], "", ""
    for notice in seen.document.notices:
        if notice.severity == "critical":
            yield "critical", str(notice.key), notice.title[:500], notice.effective, notice.expires


def _beginnings(words: str) -> Iterator[str]:
    term = fold(words)
    while term:
        yield term
        term = term.partition(" ")[2]
