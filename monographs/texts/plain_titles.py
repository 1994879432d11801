"""Titles as registers and web pages hand them on, with marks and entities of HTML in them, as plain text. Pure."""

import re
from html import unescape

_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});", re.ASCII)
_NAMES = r"(?:i|b|u|em|strong|italic|bold|small|span|sc|scp|tt|sub|sup|inf|p|br|title|(?:jats|mml):[a-z]{1,20})"
_VALUE = r"""\s[a-z:-]{1,30}=(?:"[^"<>]{0,200}"|'[^'<>]{0,200}')"""
_MARK = re.compile(rf"</?{_NAMES}(?:{_VALUE}){{0,5}}\s?/?>", re.IGNORECASE | re.ASCII)
_BREAK = re.compile(r"</?(?:p|br)\s?/?>", re.IGNORECASE | re.ASCII)
_RAISED = re.compile(r"<(?:jats:)?(su[bp]|inf)>([0-9+()=nm−-]{1,20})</(?:jats:)?\1>", re.IGNORECASE | re.ASCII)
_SUP = str.maketrans("0123456789+-−=()nm", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿᵐ")
_SUB = str.maketrans("0123456789+-−=()nm", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₙₘ")
_TIMES = 4  # that one may have been escaped


def plain(title: str) -> str:
    """The words without their marks. A figure that was raised or lowered stays so: no "10<sup>9</sup>" becomes 109.
    What is no mark and no entity ("p < 0.05", "R&D") stays as it is."""
    for _time in range(_TIMES):
        before = title
        title = _ENTITY.sub(lambda found: unescape(found[0]), title)
        title = _RAISED.sub(lambda found: found[2].translate(_SUP if found[1].lower() == "sup" else _SUB), title)
        title = _MARK.sub("", _BREAK.sub(" ", title))
        if title == before:
            break
    return title
