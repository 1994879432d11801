"""Identifiers of sources as people paste them, cut to what they are: a DOI, a PMID. Pure."""

import re
from urllib.parse import unquote

# docs/clinical/evidence.md: identifiers, whole string, ASCII
DOI = re.compile(r"10\.\d{4,9}/\S+", re.ASCII)
LONGEST_DOI = 300
_LONGEST_TYPED = 2_000  # with all that stands around one, each sign of it as %28; cutting more takes long
PMID = re.compile(r"[1-9]\d{0,7}", re.ASCII)

_BEFORE_DOI = re.compile(
    r"(?:https?://)?(?:(?:dx|www)\.)?doi\.org/+|(?:info:doi/|urn:doi:)(?=10\.)"
    r"|(?:doi|digital object identifier)\s*[:=]?\s*(?=10\.|h)",
    re.I,
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
# Behind the path of an address: what was looked for, the place on the page. “;2-#” ends a DOI of the older kind.
_BEHIND_PATH = re.compile(r"\?.*|(?<!;\d-)#.*", re.ASCII | re.DOTALL)
_TAGGED = re.compile(r"\s*\[(?:doi|pmid)\]\Z", re.I)  # as lists of PubMed have it
_PAIRS = {")": "(", "]": "[", "}": "{", ">": "<"}


def cut_doi(typed: str) -> tuple[str, list[str]]:
    """A DOI without what stands before and behind it, and a sentence for each thing that was left out. What is none
    even so comes back as it was typed."""
    return _cut(typed, _BEFORE_DOI, DOI)


def unfit_doi(doi: str) -> str:
    """Why what has the form of a DOI is none that may lead anywhere; "" for nothing. What is stored is not asked."""
    if len(doi) > LONGEST_DOI:
        return f"A DOI has {LONGEST_DOI} characters at most."
    if {".", ".."} & set(doi.split("/")):
        return "No DOI holds “/./” or “/../”. Copy it again from the source."
    if found := re.search(r"[@?\\]|%[0-9a-f]{2}|#", re.sub(r";\d-#\Z", "", doi), re.I | re.ASCII):
        return f"No DOI holds “{found[0]}”. Copy it again from the source."
    return ""


def cut_pmid(typed: str) -> tuple[str, list[str]]:
    """The same for a PMID."""
    return _cut(typed, _BEFORE_PMID, PMID)


def _cut(typed: str, before: re.Pattern[str], form: re.Pattern[str]) -> tuple[str, list[str]]:
    words, said = typed.strip(), []
    if len(words) > _LONGEST_TYPED:
        return typed, []
    if words[:1] in ("(", "[", "<", "“", '"') and (before.match(words[1:]) or form.match(words[1:])):
        words = words[1:]
    while words and (found := before.match(words)) and found.end():
        said.append(f"We left out “{found[0].strip()}” before it.")
        is_address, words = "/" in found[0], words[found.end() :].strip()
        if is_address:
            if behind := _BEHIND_PATH.search(words):
                said.append(f"We left out “{behind[0]}” behind it.")
                words = words[: behind.start()]
            words = unquote(words)
    if found := _TAGGED.search(words):
        said.append(f"We left out “{found[0].strip()}” behind it.")
        words = words[: found.start()]
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
