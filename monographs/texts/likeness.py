"""Names that are taken for each other: by the eye, by the ear, or by a slip of the keys. Pure.

The thresholds were chosen on pairs that confusion was reported of (hydroxyzine and hydralazine, vinblastine and
vincristine, prednisone and prednisolone) and on names of one family that are no such pair (natalizumab, daclizumab).
"""

import re
import unicodedata
from functools import lru_cache

from jellyfish import damerau_levenshtein_distance, jaro_winkler_similarity, metaphone

from monographs.texts.confusables import skeleton

LONGEST = 100  # of a name, as it is compared
ALIKE = 0.93  # by Jaro and Winkler, who count what stands first for more
SHORT, LONG = 6, 10
HEARD = 4  # letters, below which nearly everything sounds like something
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=20_000)
def folded(name: str) -> str:
    """A name as it is compared: without case, accents, spaces and hyphens."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", skeleton(name)) if not unicodedata.combining(one))
    return _NOT_LETTERS.sub("", plain)[:LONGEST]


def likeness(one: str, other: str) -> str:
    """How two folded names are alike: "same", "looks", "sounds", or "" if they are not."""
    if not one or not other:
        return ""
    if one == other:
        return "same"
    short, slips = min(len(one), len(other)), damerau_levenshtein_distance(one, other)
    if slips <= (1 if short < SHORT else 2) or (slips == 3 and short >= LONG and one[:2] == other[:2]):
        return "looks"
    if jaro_winkler_similarity(one, other) >= ALIKE:
        return "looks"
    if short >= HEARD and metaphone(one) == metaphone(other) != "":
        return "sounds"
    return ""
