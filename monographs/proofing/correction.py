"""Whether an edition corrects spelling and nothing else, by docs/clinical/corrections.md. Pure.

The machine decides, not the editor: one difference that is not on the list makes it an edition like any other, which
goes the whole way. Only prose, headings and addresses of references are looked at; what touches doses, monitoring,
notices, names, figures or the order of things is never a correction.
"""

import re
from collections.abc import Collection, Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import unquote, urlsplit

from monographs.difference.sense import PREFIXES, changes_the_sense, is_substance, is_unit, may_be_substance, turns
from monographs.document import PART_FIELDS, PROSE, Citation, Document, Part, Section
from monographs.proofing.dictionary import is_english, is_near, is_word, looks_like, one_slip_from, proposal
from monographs.texts.line_grammar import ATOM
from monographs.texts.text import TextRules, seen
from monographs.typed import Value, to_plain

# A whole mark, address or link is one token, and so no correction.
_ATOM = re.sub(r"[?]P<[a-z]+>", "?:", ATOM.pattern)
_TOKEN = re.compile(rf"{_ATOM}|\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*|\s+|.", re.DOTALL | re.IGNORECASE)
_LETTERS = re.compile(r"[a-z]+")
_SHORTEST = 5  # as of the dictionary: a short word is too near to too many
_MOST_TOKENS, _MOST_WORDS = 20_000, 20
_GUIDELINE = re.compile(r"\b(?:TA|NG|CG|QS|IPG|DG|HST|ES)\s?\d{1,4}\b|\bPL(?:GB|NI)?\s?\d{4,5}\s\d{4}\b")
_ENDINGS = frozenset(("", "e", "s", "es", "d", "ed", "ing", "'s", "’s"))
# Words that are doubled for a meaning.
_DOUBLED = frozenset(("alpha", "beta", "gamma", "delta", "log", "had", "that"))
# What goes on behind these is governed by them.
_GOVERNS = frozenset(
    re.findall(
        r"\w+",
        "if when where while who whom whose which that than as at by for from in into of off on to with and or but"
        " because although though since such like including includes include are is was were be been has have had the"
        " a an this these those any all some following during despite via not no never without unless except until"
        " before after above below over under within only neither nor either both may must should can cannot do does",
    )
)
# A joined word is taken apart beside one of these alone: "atopical" is no "a topical", nor "nonsmoker" a "non smoker".
_BESIDE = frozenset(
    ("the", "of", "to", "for", "with", "by", "from", "is", "are", "was", "were", "be", "this", "that", "these", "those")
)
# Where the address of a source that has a number may lead.
_HOMES = {"DOI": ("doi.org", "dx.doi.org"), "PMID": ("pubmed.ncbi.nlm.nih.gov", "ncbi.nlm.nih.gov")}

Why = Iterator[str]


def is_correction(old: Document | None, new: Document, names: Collection[str]) -> bool:
    """Whether something differs, and all that differs is a correction of spelling. `names`: of all drugs, brands and
    classes of the library."""
    return old is not None and old != new and not why_not(old, new, names, most=1)


def why_not(old: Document, new: Document, names: Collection[str], most: int | None = None) -> list[str]:
    """What is more than a correction, part by part, in sentences; no more of them than are asked for."""
    return list(islice(_why_not(old, new, names), most))


def _why_not(old: Document, new: Document, names: Collection[str]) -> Why:
    for field in PART_FIELDS.values():
        before, after = getattr(old, field), getattr(new, field)
        if [part.key for part in before] != [part.key for part in after]:
            yield "Parts came, went or moved."
            return
        for was, now in zip(before, after, strict=True):
            if was != now:
                yield from _of_part(was, now, names)
    if old.header != new.header:
        yield from _of_fields(old.header, new.header, {"introduction"}, "Header", names)


def _of_part(was: Part, now: Part, names: Collection[str]) -> Why:
    if type(was) is not type(now):
        yield f"{now.label_for_people}: another kind of part."
    elif isinstance(was, Section) and isinstance(now, Section):
        yield from _of_fields(was, now, {"heading", "text"}, now.label_for_people, names)
    elif isinstance(was, Citation) and isinstance(now, Citation):
        if was.label != now.label or not is_same_source(to_plain(was.csl), to_plain(now.csl)):
            yield f"{now.label_for_people}: more than the address of the same source changed."
    else:
        yield f"{now.label_for_people}: nothing there is ever a correction."


def _of_fields(was: Value, now: Value, allowed: set[str], label: str, names: Collection[str]) -> Why:
    for name in type(now).model_fields:
        before, after = getattr(was, name), getattr(now, name)
        is_reworded = name == "text_rules" and _prose(was) != _prose(now)
        if before == after or (is_reworded and _prints_alike(was, before, after)):
            continue
        if name not in allowed:
            yield f"{label}: more than its words changed."
        elif found := _more_than_spelling(before, after) if not names else more_than_spelling(before, after, names):
            yield f"{label}: {found}"


def _prints_alike(was: Value, before: TextRules, after: TextRules) -> bool:
    """Whether the words that stood there look the same by both rules: whoever saves others writes by today's."""
    text = _prose(was)
    return seen(text, before) == seen(text, after)


def _prose(value: Value) -> str:
    return str(getattr(value, PROSE[type(value)]))


def is_same_source(was: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether the address of a record, and nothing else of it, changed, and leads to the same source: to the home of
    its DOI or PMID with that number, or on the same host to the same number of a guideline or licence."""
    before, after = was.get("URL", ""), now.get("URL", "")
    if not after.startswith("https://") or before == after or {**was, "URL": ""} != {**now, "URL": ""}:
        return False
    if any(_leads_to(after, name, str(was.get(name, ""))) for name in _HOMES):
        return True
    numbers = set(_numbers(before))
    return bool(numbers) and numbers == set(_numbers(after)) and _host(before) == _host(after)


def _host(address: str) -> str:
    return urlsplit(address).netloc.lower().removeprefix("www.")


def _leads_to(address: str, name: str, number: str) -> bool:
    path = unquote(urlsplit(address).path).strip("/").lower().removeprefix("pubmed/")
    return bool(number) and _host(address) in _HOMES[name] and path == number.lower()


def _numbers(address: str) -> Iterator[str]:
    """The numbers of guidelines and licences in an address, as they are written in one."""
    words = re.sub(r"[/_?=&#.-]", " ", address).upper()
    for match in _GUIDELINE.finditer(words):
        yield match[0].replace(" ", "")


# -- Words ---------------------------------------------------------------------------------------------------------


def more_than_spelling(was: str, now: str, names: Collection[str]) -> str:
    """The first difference that no rule of the list allows, in a sentence; "" where there is none."""
    one, other = _TOKEN.findall(was), _TOKEN.findall(now)
    if len(one) + len(other) > _MOST_TOKENS:
        return "too long to be compared word by word."
    if len(set(one) - set(other)) > _MOST_WORDS:
        return f"more than {_MOST_WORDS} words."
    parts = {part for name in names for part in re.findall(r"\w+", name.casefold())}
    for tag, begin, end, to, until in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag != "equal" and not _is_allowed(one, begin, end, other, to, until, parts):
            gone, come = "".join(one[begin:end]).strip(), "".join(other[to:until]).strip()
            return _told(gone, come)
    return ""


@lru_cache(maxsize=128)  # one request asks it of the same texts again and again
def _more_than_spelling(was: str, now: str) -> str:
    return more_than_spelling(was, now, ())


def _told(gone: str, come: str) -> str:
    if gone and come:
        return f"“{_short(gone)}” became “{_short(come)}”."
    if gone or come:
        return f"“{_short(gone or come)}” {'was removed' if gone else 'was added'}."
    return "spaces changed."


def _short(words: str) -> str:
    words = " ".join(words.split())
    return f"{words[:60]}…" if len(words) > 60 else words


def _is_allowed(one: list[str], begin: int, end: int, other: list[str], to: int, until: int, names: set[str]) -> bool:
    gone, come = one[begin:end], other[to:until]
    before, after = one[:begin][-3:], one[end:][:2]
    if not come:
        return _is_doubled(gone, before, after)
    if not gone:
        return _is_missing_sign(come, before, after)
    if len(gone) != 1:
        return False
    (word,) = gone
    if len(come) == 1:
        return _is_capital(word, come[0], before) or _is_word_meant(word, come[0], names)
    return _is_split(word, come, names)


def _is_plain(word: str) -> bool:
    return bool(_LETTERS.fullmatch(word)) and not changes_the_sense(word)


def _is_word_meant(was: str, now: str, names: set[str]) -> bool:
    """A non-word of small letters became the only word of the dictionary that is near it. At the start of a sentence,
    where both begin with the same capital, they are judged by their small letters."""
    if was[:1].isupper() and was[:1] == now[:1]:
        was, now = was[:1].lower() + was[1:], now[:1].lower() + now[1:]
    if len(was) < _SHORTEST or not _is_plain(was) or not _is_plain(now):
        return False
    if any(map(may_be_substance, (was, now))) or not is_english(now) or _has_opposite(now):
        return False
    if any(is_near(was, prefix + now) and is_word(prefix + now) for family in PREFIXES for prefix in family):
        return False
    if proposal(was, names) != now or any(_is_hazard(one, now) for one in looks_like(was) if one != now):
        return False
    return _is_slip(was, now) or all(_is_inflection(one, now) for one in _others(was, now))


def _others(was: str, now: str) -> Iterator[str]:
    """What else may have been meant: words within two edits that begin as one of both does. Of neighbours the other way
    round, words of every day alone."""
    is_swapped = sorted(was) == sorted(now)
    for one in looks_like(was):
        begins = was[0] != now[0] or one[0].lower() == now[0]
        if one != now and begins and (is_english(one) or not is_swapped):
            yield one


def _is_slip(was: str, now: str) -> bool:
    """ "ie" for "ei", or a letter doubled or not: what was meant is plain, whatever else is near."""
    return was.replace("ei", "ie") == now.replace("ei", "ie") or _single(was) == _single(now)


def _single(word: str) -> str:
    return re.sub(r"(.)\1", r"\1", word)


def _is_inflection(one: str, now: str) -> bool:
    """Whether both are the same word with another ending."""
    one = one.lower()
    same = next(
        (at for at, pair in enumerate(zip(one, now, strict=False)) if pair[0] != pair[1]), min(len(one), len(now))
    )
    return same > 4 and all(rest in _ENDINGS for rest in (one[same:], now[same:]))


def _has_opposite(word: str) -> bool:
    """Whether another prefix of the family, or none, makes another word of it, as of "hypotension"."""
    for family in PREFIXES:
        for prefix in family:
            rest = word.removeprefix(prefix)
            if rest != word and len(rest) > (3 if len(prefix) > 2 else 5):
                if any(is_word(other + rest) for other in ("", *family) if other != prefix):
                    return True
    return False


def _is_hazard(one: str, now: str) -> bool:
    """Whether another word may have been meant that says something else: what it was meant to be is then no machine's
    to say."""
    return changes_the_sense(one) or turns([one], [now]) or is_substance(one)


def _is_doubled(gone: list[str], before: list[str], after: list[str]) -> bool:
    """ "the the" -> "the": the word and the space between, before or behind it."""
    if len(gone) != 2:
        return False
    word = next((one for one in gone if _is_plain(one)), "")
    if len(word) < 2 or word in _DOUBLED or " " not in gone:
        return False
    is_beside = before[-1:] == [word] if gone[0] == " " else after[:1] == [word]
    return is_beside or before[-2:] == gone or after[:2] == gone


def _is_missing_sign(come: list[str], before: list[str], after: list[str]) -> bool:
    """A space between two words behind a comma, colon or semicolon, or behind the full stop of a sentence; a full stop
    at the end of a paragraph or of an item."""
    last, first = (before or [""])[-1], (after or [""])[0]
    if come == [" "] and len(before) > 1:
        is_next = is_word(first) and (first[0].isupper() if last == "." else True)
        return last in (".", ",", ":", ";") and is_next and _ends_a_sentence(before[-2])
    if come == ["."]:
        ends = _ends_a_sentence(last) or last in (")", "]") or last.startswith("[@")
        return ends and (not after or _begins_anew(first, after[1:]))
    return False


def _ends_a_sentence(word: str) -> bool:
    """No unit, figure or short form, behind which a full stop may be part of it, and no word that governs more."""
    if word.lower() in _GOVERNS:
        return False
    return (len(word) > 2 or word in ("it", "so", "up", "us", "on", "be")) and is_word(word) and not is_unit(word)


def _begins_anew(space: str, following: list[str]) -> bool:
    """Whether a paragraph or an item of a list begins behind this space; one line broken off is the same sentence."""
    return space.count("\n") > 1 or ("\n" in space and following[:1] == ["-"])


def _is_capital(was: str, now: str, before: list[str]) -> bool:
    """A capital at the start of a sentence, of a word of the dictionary."""
    if not before:
        starts = True
    elif before[-1].isspace() and before[-2:-1] == ["-"]:
        starts = len(before) < 3 or "\n" in before[-3]
    elif before[-1].isspace() and before[-2:-1] in (["."], ["?"], ["!"]):
        starts = len(before) > 2 and _ends_a_sentence(before[-3])
    else:
        starts = before[-1].isspace() and before[-1].count("\n") > 1
    is_plain = bool(_LETTERS.fullmatch(was)) and len(was) > 1
    return starts and is_plain and now == was[0].upper() + was[1:] and is_word(was)


def _is_split(word: str, come: list[str], names: set[str]) -> bool:
    """ "ofthe" -> "of the": a non-word that is two words without the space between, one of them such a small one."""
    if len(come) != 3 or come[1] != " " or come[0] + come[2] != word or is_word(word):
        return False
    if not {come[0], come[2]} & _BESIDE or not all(_is_plain(one) and is_word(one) for one in (come[0], come[2])):
        return False
    if one_slip_from(word) or any(map(_has_opposite, (come[0], come[2]))):
        return False  # it may be a misprint of another word
    splits = sum(is_word(word[:at]) and is_word(word[at:]) for at in range(2, len(word) - 1) if word[:at] != "oft")
    return splits == 1 and not any(is_near(word, name) for name in names)
