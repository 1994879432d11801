"""Texts as change sets put them into parts, by the digest of their words: so that words are found again wherever they
are put. Long ones in whatever part of whatever monograph, short sentences in whatever part of theirs.

What is long enough (LONG characters) nobody types twice by chance, and what has A_SENTENCE words nobody types twice in
prose about one drug. A part's texts are all of its words together, each of its fields, and each paragraph, line and
sentence of them; those of the header are its fields and what is in them. Its sentences are those of its prose.
Marks, where a link leads, the numbers and letters of a list, signs, spaces, hyphens, capitals and letters that look
alike make no difference: a copy with another full stop is a copy. Steps and limits of a dose are a text of theirs too:
who types the same figures for another use has them from whoever typed them in that monograph before. References are no
texts of their author: they are the library's.
"""

import math
import re
from collections.abc import Iterator
from functools import lru_cache

from monographs import document as values
from monographs.canonical import sha256
from monographs.regimens import figures_of
from monographs.texts.confusables import folded
from monographs.typed import Value
from reviews.derived.sides import Sides

LONG = 80
A_SENTENCE = 6
_MARK = re.compile(r"\[@[^\]]*\]|(?<=\])\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
_NUMBER = re.compile(r"^\W*(?:(?:\d+(?:\.\d+)*|[a-z]|[ivx]{2,5})[.)]+|\d+(?:\.\d+)+)\s", re.M | re.I)
_WORD = re.compile(r"[^\W_]+")
_GAPS = re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?])\W*\s")
# Whose words they are, field by field, for the header and every kind of part.
WORDS: dict[type[Value], tuple[str, ...]] = {
    values.Header: ("covers", "not_covered", "introduction"),
    values.Dosing: ("reason", "instead"),
    values.Section: ("heading", "text"),
    values.DoseRegimen: ("said", "reason", "instead"),
    values.MonitoringItem: ("test", "when", "how_often", "how_long", "note"),
    values.SafetyNotice: ("title", "text", "action"),
    values.RelatedLink: ("reason",),
    values.Citation: (),
}


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared: those that are read, without marks."""
    text = _MARK.sub(" ", text) if "[@" in text or "](" in text else text
    return _WORD.findall(folded(_NUMBER.sub("", text)))


@lru_cache(maxsize=2048)  # a paragraph is a text of its part, and one of the sentences of its prose
def _joined(text: str) -> tuple[str, int]:
    """The words of a text in one, and how many they are."""
    words = words_of(text)
    return "".join(words), len(words)


def fields_of(part: Value | None) -> list[str]:
    """What was typed into a part, field by field."""
    if part is None:
        return []
    found = [text for name in WORDS[type(part)] if (text := getattr(part, name))]
    return [*found, *fields_of(part.dosing)] if isinstance(part, values.Header) else found


def texts_of(part: Value | None, longer_than: int = LONG) -> frozenset[str]:
    """The digests of the texts of a part that are longer than this."""
    # Of headers two may be alike by what they have from drug and class.
    return _texts_of(tuple(fields_of(part)), isinstance(part, values.Part), longer_than)


@lru_cache(maxsize=512)  # an act asks it of the same parts again and again
def _texts_of(fields: tuple[str, ...], is_part: bool, longer_than: int) -> frozenset[str]:
    texts = {*fields, *(one for text in fields for gap in _GAPS for one in gap.split(text))}
    if is_part:
        texts.add("\n".join(fields))
    long = [words for text in texts if len(text.strip()) > longer_than and (words := _joined(text)[0])]
    return frozenset(map(sha256, long))


def sentences_of(part: Value | None, monograph: int, up_to: float = math.inf) -> frozenset[str]:
    """The digests of the sentences of a part, and of all else in its prose, up to this length: others in another
    monograph. Of a dose, whatever its length, that of its figures."""
    if isinstance(part, values.DoseRegimen):
        return _figures_of(part.structure, monograph)
    text: str = getattr(part, values.PROSE.get(type(part), ""), "") if part else ""
    return _sentences_of(text, monograph, up_to)


@lru_cache(maxsize=512)
def _figures_of(structure: str, monograph: int) -> frozenset[str]:
    figures = figures_of(structure)
    return frozenset({_here(figures, monograph)} if figures else ())


def _here(text: str, monograph: int) -> str:
    """Another digest in another monograph."""
    return sha256(f"{monograph} {text}")


@lru_cache(maxsize=512)
def _sentences_of(text: str, monograph: int, up_to: float) -> frozenset[str]:
    texts = {text, *(one for gap in _GAPS for one in gap.split(text))}
    short = [_joined(one) for one in texts if len(one.strip()) <= up_to]
    return frozenset(_here(words, monograph) for words, many in short if many >= A_SENTENCE)


def rows_of(sides: Sides) -> Iterator[tuple[str, str]]:
    """(part, digest) of each text that a change set put where it was not."""
    for key in sorted(sides.touched):
        was, now = sides.was.get(key), sides.now.get(key)
        for text in sorted(texts_of(now) - texts_of(was)):
            yield key, text
        for text in sorted(sentences_of(now, sides.monograph, LONG) - sentences_of(was, sides.monograph)):
            yield key, text
