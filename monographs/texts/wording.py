"""How words are joined to a sentence: the article before them, the full stop after them. Pure."""

import re
from collections.abc import Iterable

# A letter that begins a name of letters is said by its own name: "an NHS trust", "a UK maker".
_LETTERS = re.compile(r"[A-Z](?:[A-Z0-9]+\b|\b)")
_READ_AS_WORD = re.compile(r"(?!HIV\b)[B-DF-HJ-NP-TV-Z][AEIOU][A-Z]")  # "a NUL character"
_VOWEL_OF_LETTER = "AEFHILMNORSX"
# Written with a vowel and said with a consonant ("a urologist", "a European"), and the other way round ("an hour").
_AS_CONSONANT = re.compile(r"eu|ewe|uni(?![nm])|u[rst][aeiou]|uv|ub[ioy]|uk|once\b|one\b", re.IGNORECASE)
_SILENT_H = re.compile(r"h(?:our|onou?r|onest|eir)", re.IGNORECASE)
_ENDS = (".", "!", "?", "…", ":")
_CLOSES = "”’\"')]»"


def with_article(words: str) -> str:
    """ "a pharmacist", "an oncologist", "a urologist", "an ENT surgeon": by the sound that they begin with."""
    if (letters := _LETTERS.match(words)) and not _READ_AS_WORD.match(words):
        is_vowel = letters[0][0] in _VOWEL_OF_LETTER
    elif words[:1].lower() in "aeiou":
        is_vowel = bool(words) and not _AS_CONSONANT.match(words)
    else:
        is_vowel = bool(_SILENT_H.match(words))
    return f"{'an' if is_vowel else 'a'} {words}"


def people(titles: Iterable[str]) -> str:
    """ "a neurologist and a pharmacist"; two of one profession are "a pharmacist and another pharmacist"."""
    said: list[str] = []
    for title in titles:
        first = with_article(title)
        said.append(f"another {title}" if first in said else first)
    return " and ".join(filter(None, [", ".join(said[:-1]), *said[-1:]]))


def ended(words: str) -> str:
    """Words as a sentence: with one full stop, unless they end as a sentence does. Nothing stays nothing."""
    words = words.rstrip()
    return words if not words or words.rstrip(_CLOSES).endswith(_ENDS) else f"{words}."
