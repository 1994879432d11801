"""Identifiers of sources as people paste them, cut to what they are: a DOI, a PMID. Pure."""

import re
from urllib.parse import unquote

# docs/clinical/evidence.md: identifiers, whole string, ASCII
DOI = re.compile(r"10\.\d{4,9}/\S+", re.ASCII)
LONGEST_DOI = 300
_LONGEST_TYPED = 2_000  # with all that stands around one, each sign of it as %28; cutting more takes long
PMID = re.compile(r"[1-9]\d{0,7}", re.ASCII)

_BEFORE_DOI = re.compile(
    r"(?:https?://)?(?:(?:dx|www)\.)?doi\.org/+|(?:doi|digital object identifier)\s*[:=]?\s*(?=10\.|h)", re.I
)
_BEFORE_PMID = re.compile(
    r"(?:https?://)?(?:pubmed\.ncbi\.nlm\.nih\.gov|(?:www\.)?ncbi\.nlm\.nih\.gov/pubmed)/+|pmid\s*[:=]?\s*", re.I
)
# What a sentence puts behind an identifier; none of them ends one.
_ENDS = {
    ".": "full stop", ",": "comma", ";": "semicolon", ":": "colon", "!": "exclamation mark", "?": "question mark",
    "'": "quotation mark", '"': "quotation mark", "’": "quotation mark", "”": "quotation mark", "“": "quotation mark",
    "…": "ellipsis", "*": "asterisk", "/": "slash",
}  # fmt: skip
_PAIRS = {")": "(", "]": "[", "}": "{", ">": "<"}


def cut_doi(typed: str) -> tuple[str, list[str]]:
    """A DOI without what stands before and behind it, and a sentence for each thing that was left out. What is none
    even so comes back as it was typed."""
    return _cut(typed, _BEFORE_DOI, DOI)


def cut_pmid(typed: str) -> tuple[str, list[str]]:
    """The same for a PMID."""
    return _cut(typed, _BEFORE_PMID, PMID)


def _cut(typed: str, before: re.Pattern[str], form: re.Pattern[str]) -> tuple[str, list[str]]:
    words, said = typed.strip(), []
    if len(words) > _LONGEST_TYPED:
        return typed, []
    if words[:1] in ("(", "[", "<", "“", '"') and before.match(words[1:]):
        words = words[1:]
    while words and (found := before.match(words)) and found.end():
        said.append(f"We left out “{found[0].strip()}” before it.")
        is_address, words = "/" in found[0], words[found.end() :].strip()
        words = unquote(words) if is_address else words
    while words and (name := _end(words)):
        said.append(f"We left out the {name} at its end.")
        words = words[:-1].rstrip()
    return (words, list(dict.fromkeys(said))) if said and form.fullmatch(words) else (typed, [])


def _end(words: str) -> str:
    """What the last sign is called if it belongs to the sentence; a bracket does unless it is opened before."""
    last = words[-1]
    if last in _PAIRS:
        return "bracket" if words.count(last) > words.count(_PAIRS[last]) else ""
    return _ENDS.get(last, "")
