"""When a monitoring test is due, as a sentence of the words that were typed (docs/clinical/monitoring.md). Pure.

Each word that was typed is read, in its order. What is put between says no more than its field does: "then" stands only
between what is done before treatment and an interval, "until" only before "at least … after"; else a semicolon.
"""

import re

from monographs.declared import declared_of
from monographs.document import MonitoringItem
from monographs.pages.lines import said_at
from monographs.texts.wording import ended

# "before treatment", "before a long course"; not "before each infusion", which comes again and again.
_ONCE_BEFORE = re.compile(r"(?:at )?baseline\b|before (?!each\b|every\b|and\b)", re.IGNORECASE)
# An interval by itself: not "daily for 3 days", which could be meant of the time before.
_INTERVAL = re.compile(
    r"(?:at least |about )?(?:every\b|weekly|fortnightly|monthly|yearly|annually|once an? )|periodically\b"
    r"|(?:at |(?:at )?(?:months?|weeks?) )\d|(?:as|when|if) ",
    re.IGNORECASE,
)
_END = re.compile(r"at least \d+ \w+ after\b", re.IGNORECASE)
_RUNS_ON = re.compile(r"(?:until|as long as|while|throughout|for)\b", re.IGNORECASE)
_BOTH = re.compile(r"(\w+) and \w+ (.+)", re.IGNORECASE)


def sentence(item: MonitoringItem) -> str:
    """ "Before treatment, then monthly until at least 48 months after the last infusion." """
    line = ""
    for name, words in said_at(item, "schedule"):
        said = declared_of(type(item))[name]
        if not line or (name == "how_often" and _says_both(words, line)):
            line = words
        else:
            line += f"{said.joint or _joint(name, line, words)}{said.lead}{words}"
    return ended(_capital(line))


def _joint(name: str, line: str, words: str) -> str:
    if name == "how_often" and _ONCE_BEFORE.match(line) and _INTERVAL.match(words):
        return ", then "
    if name == "how_long":
        # After a comma a reader could take the end for that of the last words alone.
        before = "," if "," in line.rpartition(", then ")[2] or ";" in line else ""
        if _END.match(words):
            return f"{before} until "
        if _RUNS_ON.match(words):
            return f"{before} "
    return "; "


def _says_both(often: str, when: str) -> bool:
    """Whether "before and during treatment" says "before treatment" too."""
    both = _BOTH.fullmatch(often)
    return both is not None and f"{both[1]} {both[2]}".casefold() == when.casefold()


def _capital(line: str) -> str:
    """A capital at the beginning, unless the word has a spelling of its own: "pH", "mRNA"."""
    word = line.split(" ", 1)[0]
    return f"{line[:1].upper()}{line[1:]}" if word == word.lower() else line
