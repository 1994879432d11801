"""Names that look alike. Pure."""

import re
import unicodedata

_GAPS = re.compile(r"[\s\-\u2010-\u2015\u2212]+")
_NOT_LETTERS = re.compile(r"[\W\d_]+")
# Small letters of Greek and Cyrillic that pass for Latin ones, after folding.
GREEK = str.maketrans("αεικνορτυχ", "aeikvoptux")
CYRILLIC = str.maketrans("авекмнорстухіјѕһԁԛԝ", "abekmhopctyxijshdqw")


def skeleton(name: str) -> str:
    """The name folded, so that two names that look alike have one skeleton: for a unique column, never for readers.

    Case, width, the micro sign, spaces and hyphens, and letters of other alphabets that pass for Latin make no
    difference.
    """
    return _GAPS.sub(" ", folded(name)).strip()


def folded(name: str) -> str:
    """The same with its spaces and hyphens as they stand."""
    if name.isascii():  # what is said below of other letters
        return name.lower()
    small = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return small.translate(GREEK).translate(CYRILLIC)


def mixed_scripts(name: str) -> bool:
    """Whether a name mixes alphabets so that it could pass for another one.

    A Greek letter may stand by itself in a Latin name, as in "α-tocopherol" or "interferon-β1a", but not inside a word.
    """
    scripts_of = [
        [unicodedata.name(letter, "UNKNOWN").split()[0] for letter in word]
        for word in _NOT_LETTERS.split(unicodedata.normalize("NFKC", name))
        if word
    ]
    scripts = {script for word in scripts_of for script in word}
    if "LATIN" not in scripts:
        return len(scripts) > 1
    if scripts - {"LATIN", "GREEK"}:
        return True
    return any("GREEK" in word and len(word) > 1 for word in scripts_of)
