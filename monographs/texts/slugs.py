"""Addresses that are made from names: small letters a to z, figures and single hyphens. Pure.

No figure of a name is joined to another one and none is lost, so that "Glucose 2.5%" and "Glucose 25%" have two
addresses; Greek letters are spelt out, and letters with marks lose their marks.
"""

import re
import unicodedata
from collections.abc import Collection
from itertools import count

LONGEST = 100
_SPELT = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ſ": "s",
    "α": "-alpha-", "β": "-beta-", "γ": "-gamma-", "δ": "-delta-", "ε": "-epsilon-", "ζ": "-zeta-", "η": "-eta-",
    "θ": "-theta-", "ι": "-iota-", "κ": "-kappa-", "λ": "-lambda-", "μ": "-mu-", "ν": "-nu-", "ξ": "-xi-",
    "ο": "-omicron-", "π": "-pi-", "ρ": "-rho-", "σ": "-sigma-", "ς": "-sigma-", "τ": "-tau-", "υ": "-upsilon-",
    "φ": "-phi-", "χ": "-chi-", "ψ": "-psi-", "ω": "-omega-",
    **dict.fromkeys("'’‘ʼ™®©℠", ""),  # within a word, or behind one: they part nothing
}  # fmt: skip
_GROUPS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))", re.ASCII)  # 10,000 is one figure
_GAPS = re.compile(r"[^a-z0-9]+")


def spelt_out(words: str) -> str:
    """Small letters without their marks; Greek ones by their names, between hyphens."""
    if words.isascii():
        return words.lower().replace("'", "")
    # Signs that the next step would write as letters ("TM") go before it.
    spelt = "".join(_SPELT.get(one, one) for one in words.lower())
    apart = unicodedata.normalize("NFKD", spelt)
    return "".join(_SPELT.get(one, one) for one in apart.lower() if not unicodedata.combining(one))


def slug_of(words: str, longest: int = LONGEST) -> str:
    """The address that a name makes; "" if it has nothing that may stand in one. Cut at the end of a word."""
    slug = _GAPS.sub("-", _GROUPS.sub("", spelt_out(words))).strip("-")
    if len(slug) <= longest:
        return slug
    return slug[: longest + 1].rpartition("-")[0] or slug[:longest]


def free_like(slug: str, taken: Collection[str], longest: int = LONGEST) -> str:
    """An address like this one that nobody has: with the first number behind it that is free."""
    numbered = (f"{slug[: longest - 4].rstrip('-')}-{number}" for number in count(2))
    return next(one for one in numbered if one not in taken)
