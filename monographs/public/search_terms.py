"""Under which words a live page is found. Rows are made from what is shown; monographs.public.search finds them."""

import re
import unicodedata
from collections.abc import Iterator
from string import ascii_uppercase

from monographs.called import called
from monographs.document import Header
from monographs.standing import Gone, Shown
from monographs.texts.slugs import slug_of, spelt_out

_GAPS = re.compile(r"[\W_]+")
_HYPHENS = re.compile(r"(?<=\w)[-\u2010-\u2015\u2212](?=\w)")
LONGEST = 200
LETTERS, OTHER_LETTER = tuple(ascii_uppercase), "#"


def fold(words: str) -> str:
    """Words as they are compared: without case, accents, punctuation and hidden characters, a Greek letter by its name,
    one space between them."""
    seen = words if words.isascii() else "".join(one for one in words if unicodedata.category(one) != "Cf")
    return _GAPS.sub(" ", spelt_out(seen)).strip()[:LONGEST].strip()


def joined(words: str) -> str:
    """The same with the parts of hyphenated words as one: “beta-1a” is looked for as “beta 1a” and as “beta1a”."""
    return fold(_HYPHENS.sub("", words))


def letter_of(name: str) -> str:
    """The letter under which a name stands in the list from A to Z; "#" for whatever begins with none of them."""
    first = name[:1].upper()
    return first if first in LETTERS else OTHER_LETTER


Entry = tuple[str, str, str, str, str, str]


def entries(seen: Shown | Gone, header: Header, drug_slug: str) -> Iterator[Entry]:
    """(kind, term, words, begins, ends, sorts_as) for each way to a page with this header.

    A name is found by its beginning and by the beginning of each later word, hyphenated words as one too. A term with
    a sign before it is an address: of a class, of the drug, of a brand. Critical notices are kept with the days on
    which they begin and end, because lists name them; and the letter under which the list from A to Z has the page,
    and what every list calls it. What a list is read from says by what it is ordered. A page that was taken down is
    found by its names and brands alone: whoever looks for it is told why it is not there.
    """
    found: dict[tuple[str, str], str] = {}
    sorts_as = header.name.lower()[:500]
    for kind, several in _called(header):
        for words in several:
            for term in _beginnings(words):
                found.setdefault((kind, term), words[:500])
    if not isinstance(seen, Gone):
        for step in header.class_path:
            for term in (*_beginnings(step.name), f"={step.slug}"):
                found.setdefault(("class", term), step.name[:500])
        for term in _beginnings(header.covers):
            found.setdefault(("use", term), header.covers[:500])
        for code in header.codes:
            found.setdefault(("code", fold(code.code)), f"{code.system} {code.code}"[:500])
        for brand in header.brands:
            found["brand", f"={slug_of(brand.name, LONGEST)}"] = brand.name[:500]
        found["drug", f"={drug_slug}"] = header.name[:500]
    for (kind, term), words in found.items():
        is_list = kind == "class" and term.startswith("=")
        yield kind, term, words, "", "", sorts_as if is_list else ""
    if isinstance(seen, Gone):
        return
    yield "letter", letter_of(header.name), header.name[:500], "", "", sorts_as
    yield "title", "", called(header.name, header.title)[:500], "", "", sorts_as
    for notice in seen.document.notices:
        if notice.severity == "critical":
            yield "critical", str(notice.key), notice.title[:500], notice.effective, notice.expires, ""


def _called(header: Header) -> Iterator[tuple[str, list[str]]]:
    yield "name", [header.name, header.title, *(one.name for one in header.names)]
    yield "brand", [one.name for one in header.brands]


def _beginnings(words: str) -> Iterator[str]:
    for term in dict.fromkeys((fold(words), joined(words))):
        words_of_it = term.split(" ") if term else []
        yield from (" ".join(words_of_it[at:]) for at in range(len(words_of_it)))
