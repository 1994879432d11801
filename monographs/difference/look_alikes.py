"""Signs that look alike on a page, and what each is called. Pure.

Only for showing differences: nothing is stored, found or judged by how it looks.
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from monographs.texts.confusables import CYRILLIC, GREEK

# Seen as a gap: white space within a line, and letters and signs without a shape.
GAPS = "\t\x0b\x0c\r\x1c-\x1f \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u115f\u1160\u2800\u3164\uffa0"
# Not seen at all, or only on the sign before it: what controls, joins, selects and combines.
UNSEEN = (
    "\u00ad\u0300-\u036f\u061c\u070f\u0600-\u0605\u06dd\u08e2\u17b4\u17b5\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e01ef"
)
_NO_SHAPE = re.compile("[\u034f\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_A_GAP = re.compile(f"[{GAPS}\n]")
# Kinds of compatible signs that have the shape of those they stand for; a superscript has not.
_SAME_SHAPE = frozenset(
    ("font", "noBreak", "initial", "medial", "final", "isolated", "wide", "narrow", "small", "square", "compat")
)

_FAMILIES = {
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u02d7\u2043\u2500\u2796",
    "'": "‘’‛′´`ʹʻʼʽˈ",
    '"': "“”‟„″ʺ˝〃",
    ",": "‚،",
    ":": "∶ː",
    "/": "∕⁄",
    "*": "∗⁎٭",
    "~": "∼˜",
    "|": "ǀ∣│",
    "%": "٪",
    "°": "º˚",
    "·": "•∙⋅‧",
    "≤": "⩽≦",
    "≥": "⩾≧",
    "<": "‹",
    ">": "›",
    "x": "×✕",
    "0": "O",
    "1": "lI",
    "a": "ɑ",
    "g": "ɡ",
    "β": "ß",
    "Δ": "∆",
    "Σ": "∑",
    "Π": "∏",
    "Ø": "∅⌀",
}
_SHAPES: dict[int, str] = {
    **{ord(one): shape for shape, members in _FAMILIES.items() for one in members},
    **{code: chr(latin) for code, latin in (GREEK | CYRILLIC).items()},
    **dict(zip(map(ord, "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"), "ABEZH1KMN0PTYX", strict=True)),
    **dict(zip(map(ord, "АВЕКМНОРСТУХІЈЅ"), "ABEKMH0PCTYX1JS", strict=True)),
}


class _Looks(dict[int, str]):
    """What each sign looks like, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = shape = _shape(chr(code))
        return shape


def _shape(sign: str) -> str:
    if ord(sign) in _SHAPES:
        return _SHAPES[ord(sign)]
    if _NO_SHAPE.match(sign) or unicodedata.category(sign) == "Cf":
        return ""
    tag, *codes = ["", *unicodedata.decomposition(sign).split()]
    if codes and codes[0].startswith("<"):
        tag, *codes = codes
    if codes and (not tag or tag.strip("<>") in _SAME_SHAPE):
        return "".join(LOOKS[int(code, 16)] for code in codes)
    return sign


LOOKS = _Looks()


def look(text: str) -> str:
    """The text by its shapes: two that are equal can hardly be told apart on a page. A gap is nothing here."""
    return _A_GAP.sub("", text).translate(LOOKS)


def looking_like(shapes: str) -> str:
    """These signs and all that look like one of them; the hyphen stands last, as a class of signs needs it."""
    return "".join(
        sorted(
            {*shapes, *(chr(code) for code, shape in _SHAPES.items() if shape in shapes)}, key=lambda sign: sign == "-"
        )
    )


def has_no_words(text: str) -> bool:
    """Whether there is nothing in it but gaps and line breaks."""
    return not _A_GAP.sub("", text)


# -- Names -------------------------------------------------------------------------------------------------------------

_NAMES = {
    "\n": "line break",
    "\t": "tab",
    " ": "space",
    "\xa0": "no-break space",
    "\u202f": "narrow no-break space",
    "\u2800": "blank",
    "\u3164": "blank",
    "-": "hyphen",
    "\u2010": "true hyphen",
    "\u2011": "no-break hyphen",
    "\u2212": "minus sign",
    "'": "straight apostrophe",
    "’": "curly apostrophe",
    "‘": "opening quote",
    '"': "straight quotes",
    "“": "opening quotes",
    "”": "closing quotes",
    "′": "prime",
    "″": "double prime",
    "`": "grave accent",
    "´": "acute accent",
    "µ": "micro sign",
    "μ": "Greek mu",
    "β": "Greek beta",
    "ß": "German sharp s",
    "O": "Latin capital O",
    "I": "Latin capital I",
    "l": "Latin small L",
    "\u00ad": "soft hyphen",
    "\u200b": "zero-width space",
    "\ufeff": "zero-width no-break space",
    "º": "masculine ordinal sign",
}
_LETTER = re.compile(r"((?:FULLWIDTH |HALFWIDTH )?[A-Z]+)(?: [A-Z]+)* (?:LETTER|LIGATURE) ")


@lru_cache(maxsize=512)
def name_of(sign: str) -> str:
    """What a sign is called: "no-break space U+00A0", "Cyrillic м U+043C", "Latin m"."""
    return _called(sign) if sign.isascii() else f"{_called(sign)} U+{ord(sign):04X}"


def _called(sign: str) -> str:
    if sign in _NAMES:
        return _NAMES[sign]
    name = unicodedata.name(sign, "")
    if letter := _LETTER.match(name):
        return f"{letter[1].capitalize()} {sign}"
    if sign.isascii() and sign.isdigit():
        return f"digit {sign}"
    return name.lower() or "sign without a name"


_MOST_NAMES = 4


def names_of(signs: str) -> str:
    """The names of several signs: each once, one that is repeated with its number."""
    counted = list(Counter(signs).items())
    told = [name_of(sign) if count == 1 else f"{count} × {name_of(sign)}" for sign, count in counted[:_MOST_NAMES]]
    rest = len(counted) - _MOST_NAMES
    return ", ".join([*told, *([f"and {rest} more"] if rest > 0 else [])])


def strange(text: str) -> set[str]:
    """Signs of a text that are not seen, or belong to an alphabet of which nothing is expected here: worth their names
    in any words that changed."""
    return {sign for sign in set(text) if not sign.isascii() and _is_strange(sign)}


def _is_strange(sign: str) -> bool:
    if _A_GAP.match(sign) or not LOOKS[ord(sign)]:
        return True
    return bool(_LETTER.match(name := unicodedata.name(sign, ""))) and not name.startswith(_EXPECTED)


_EXPECTED = ("LATIN", "GREEK")
