"""The key of a reference, as in `[@nice2017]`: proposed from who made the source and when. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from itertools import count
from string import ascii_lowercase
from typing import Any

from monographs.citations.csl import year

LONGEST = 30
# Letters that no accent is taken from.
_FOLDED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"})
# Bodies whose short name is not made of their first letters.
_CALLED = {
    "nationalinstituteforhealthandcareexcellence": "nice",
    "nationalinstituteforhealthandclinicalexcellence": "nice",
    "nationalinstituteforclinicalexcellence": "nice",
    "foodanddrugadministration": "fda",
    "usfoodanddrugadministration": "fda",
}
_SMALL = frozenset(("a", "an", "and", "for", "in", "of", "on", "or", "the", "to"))
_BY_AUTHORS = frozenset(("article-journal", "book", "chapter"))  # nobody calls these by their publisher
_SHORT_NAME = re.compile(r"[A-Z][A-Z0-9-]{1,11}")


def folded(words: str) -> str:
    """Only small letters a to z and figures: accents are taken off, everything else is left out."""
    plain = unicodedata.normalize("NFKD", words.lower().translate(_FOLDED))
    return re.sub(r"[^a-z0-9]+", "", plain)


def proposed_key(csl: Mapping[str, Any], taken: Collection[str] = ()) -> str:
    """The first author (a group by its short name), or else the first word of the title, and the year. One that is
    taken, in capitals or small letters, gets a letter behind it."""
    stem = stem_of(csl)
    held = {one.lower() for one in taken}
    return next(f"{stem}{behind}" for behind in _suffixes() if f"{stem}{behind}" not in held)


def stem_of(csl: Mapping[str, Any]) -> str:
    """The key as it would be if none were taken."""
    return f"{_who(csl) or _what(csl) or 'source'}{year(csl)}"


def _suffixes() -> Iterator[str]:
    yield from ("", *ascii_lowercase[1:])
    yield from (f"-{number}" for number in count(27))


def _who(csl: Mapping[str, Any]) -> str:
    authors = csl.get("author")
    first = next((one for one in authors if isinstance(one, Mapping)), {}) if isinstance(authors, list | tuple) else {}
    if family := folded(str(first.get("family") or "")):
        return family[:LONGEST]
    publisher = "" if csl.get("type") in _BY_AUTHORS else csl.get("publisher")
    return _short_name(str(first.get("literal") or "")) or _short_name(str(publisher or ""))


def _short_name(group: str) -> str:
    """ "nice", "mhra"; the first letters of three words and more, otherwise the words."""
    if called := _CALLED.get(folded(group)):
        return called
    words = re.findall(r"[^\W_][\w-]*", group)
    if words and _SHORT_NAME.fullmatch(words[0]) and len(words) > 1:
        return folded(words[0])
    capitals = [word for word in words if word[0].isupper() and word.lower() not in _SMALL]
    if len(capitals) > 2:
        return folded("".join(word[0] for word in capitals))[:LONGEST]
    return folded("".join(words))[:LONGEST]


def _what(csl: Mapping[str, Any]) -> str:
    words = [word for word in str(csl.get("title") or "").split() if word.lower() not in _SMALL]
    return next(filter(None, map(folded, words)), "")[:LONGEST]
