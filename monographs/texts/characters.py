"""Which characters may be typed, what the others are called, and how they are taken out. Pure.

What may be typed follows from the category that Unicode gives a character, so that the answer is closed: whatever is a
letter, mark, figure, sign or space may, but for the few of them that nobody sees. Stored text is never asked.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from monographs.texts.wording import with_article

# U+0085 is none: on the web it is the three dots of old Windows text.
LINE_ENDS = re.compile("\r\n|\r|\u2028|\u2029")

# Of the format characters (Cf) those that are seen: they stand under or around a number.
_SEEN_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
# Marks and letters that are never seen, though Unicode counts them among those that are; no property tells them all.
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_UNSEEN = _SELECTORS | frozenset(
    "\u2d7f\U0001107f\U0001bc9d\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0\U00016fe4"
)
# Those that look like a space: taken out, they would join the words or figures beside them.
_BLANK = frozenset("\U0001d159\u115f\u1160\u3164\uffa0\u2800")
_BREAKS = frozenset("\x0b\x0c")  # Word's own end of a line and of a page
_LOST = frozenset("\ufffd\ufffc")
# Control characters that were signs: those of Windows' old alphabet that were taken for Latin-1, and Word's own hyphen.
_OLD_WINDOWS = {chr(code): sign for code in range(0x80, 0xA0) if (sign := bytes([code]).decode("cp1252", "ignore"))}
_CONTROLS = {**_OLD_WINDOWS, "\x1e": "\u2011"}
_OPTIONAL_HYPHEN = "\x1f"  # Word's own: seen at the end of a line alone
_NO_LOSS = _BREAKS | {_OPTIONAL_HYPHEN}

# What they are called, in two pieces, so that there can be several: "2 soft hyphens".
_NAMES = {
    "\u00ad": ("soft hyphen", ""), "\u200b": ("zero-width space", ""), "\u200c": ("zero-width non-joiner", ""),
    "\u200d": ("zero-width joiner", ""), "\u2060": ("word joiner", ""), "\ufeff": ("byte order mark", ""),
    "\u034f": ("grapheme joiner", ""), "\u180e": ("Mongolian vowel separator", ""),
    "\u2800": ("blank braille pattern", ""), "\ufffd": ("sign", " for a letter that was lost"),
    "\ufffc": ("place", " of a picture that was not pasted"), "\x00": ("NUL character", ""),
    "\x0b": ("line break", " of Word’s own"), "\x0c": ("page break", ""),
    "\x1e": ("non-breaking hyphen", " of Word’s own"), _OPTIONAL_HYPHEN: ("optional hyphen", " of Word’s own"),
    "\U0001d159": ("null notehead", ", which looks like a space"),
}  # fmt: skip
_NAMES |= dict.fromkeys("\u115f\u1160\u3164\uffa0", ("Hangul filler", ", which looks like a space"))
_NAMES |= dict.fromkeys(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", ("direction mark", "")
)
_NAMES |= dict.fromkeys("\ufff9\ufffa\ufffb", ("annotation mark", ""))
_NAMES |= dict.fromkeys(_SELECTORS, ("variation selector", ""))
_NAMES |= dict.fromkeys(_OLD_WINDOWS, ("sign", " of old Windows text"))
_NAMES |= dict.fromkeys(map(chr, range(0xE0000, 0xE0080)), ("tag character", ""))
_OF_KIND = {
    "symbol": ("letter", " of Word’s Symbol font"),
    "half": ("lone surrogate", ", half of a character"),
    "control": ("control character", ""),
    "invisible": ("invisible character", ""),
}

# Word puts the letters of its Symbol font at U+F020 to U+F0FF. What each is says Adobe's encoding of that font, here by
# runs. Left out is what Word's other picture font, Wingdings, is as likely to have put there (its arrows, boxes and
# faces), and what is only a piece of a larger sign.
_RUNS = {
    0xF020: " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙ",
    0xF04B: "ΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_",
    0xF061: "αβχδεφγηιϕκλμνοπθρστυ",
    0xF077: "ωξψζ{|}∼",
    0xF0A0: "€ϒ′≤⁄∞ƒ",
    0xF0AB: "↔←↑→↓°±″≥×∝∂•÷≠≡≈…",
    0xF0BF: "↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅",
    0xF0D9: "∧∨⇔⇐⇑⇒",
    0xF0E5: "∑",
    0xF0F2: "∫",
}
_SYMBOL = {start + number: sign for start, run in _RUNS.items() for number, sign in enumerate(run)}
# At the beginning of a line, before white space, these stand for the bullet of a list, in whichever of the two fonts.
_BULLETS = frozenset(map(chr, (0xF06F, 0xF071, 0xF076, 0xF0A7, 0xF0A8, 0xF0B7, 0xF0D8, 0xF0FC)))
_LOSSES = ("unreadable", "half")
_CUT = "␦"  # stands in quoted words where a sign is left out
_MOST_SHOWN = 5
_BEFORE = 20


def kind_of(sign: str) -> str:
    """Why a character may not be typed: "control", "half", "invisible", "symbol" (a letter of Word's Symbol font) or
    "unreadable"; "" if it may."""
    category = unicodedata.category(sign)
    if category == "Cc":
        return "" if sign in "\t\n" else "control"
    if category == "Cs":
        return "half"
    if sign in _UNSEEN or sign in _BLANK or (category == "Cf" and sign not in _SEEN_FORMATS):
        return "invisible"
    if category == "Co":
        return "symbol" if "\uf020" <= sign <= "\uf0ff" else "unreadable"
    return "unreadable" if category == "Cn" or sign in _LOST else ""


@dataclass(frozen=True, slots=True)
class Found:
    """One character that may not be typed: which, why, and where. `meant` is the sign that a letter of the Symbol font
    or a control character stands for, "" if nobody can tell."""

    text: str = field(repr=False)
    at: int
    kind: str
    meant: str = ""

    @property
    def sign(self) -> str:
        return self.text[self.at]

    @property
    def name(self) -> tuple[str, str]:
        """What it is called, in two pieces: an s goes between them."""
        if self.sign in _NAMES:
            return _NAMES[self.sign]
        if self.kind in _OF_KIND:
            return _OF_KIND[self.kind]
        is_private = unicodedata.category(self.sign) == "Co"
        return (
            ("private sign", " of some font, which readers cannot see") if is_private else ("unassigned character", "")
        )

    @property
    def is_lost(self) -> bool:
        """Whether there was a sign that nobody can tell, or may have been."""
        return self.kind in _LOSSES or (self.kind == "control" and not self.meant and self.sign not in _NO_LOSS)

    @property
    def place(self) -> str:
        """ "Line 3, after “Give 10 ”"; the line is left out in a text that has only one. Figures are quoted apart if
        anything stands between them."""
        line = self.text.count("\n", 0, self.at) + 1 if "\n" in self.text.strip() else 0
        begin = max(self.text.rfind("\n", 0, self.at) + 1, self.at - 3 * _BEFORE)
        before = "".join(_quoted(self.text, at) for at in range(begin, self.at))
        before = _BETWEEN_FIGURES.sub(_CUT, before).replace("\0", "").expandtabs(1).lstrip()
        if len(before) > _BEFORE:  # from a whole word on, if one begins there
            cut, words = before[-_BEFORE - 1 :], before[-_BEFORE - 1 :].partition(" ")[2]
            before = f"…{words if len(words) > _BEFORE // 2 else cut[1:]}"
        if not before:
            return f"At the beginning of line {line}" if line else "At the beginning"
        return f"Line {line}, after “{before}”" if line else f"After “{before}”"

    @property
    def says(self) -> str:
        what, more = self.name
        named = f"{with_article(what)}{more} (U+{ord(self.sign):04X})"
        if self.meant:
            named += f", meant as “{self.meant}”"
        elif self.kind == "symbol":
            named += ", and nobody can tell which sign was meant"
        return f"{self.place}: {named}."


# Nearly all text holds none: this finds the first that might be one, at the speed of a search.
_SUSPECTS = re.compile(
    "[^\t\n\\x20-\\x7e\u00a0-\u00ac\u00ae-\u034e\u0350-\u0377\u0384-\u038a\u0400-\u052f\u1e00-\u1eff\u2000-\u200a\u2010-\u2027"
    "\u202f-\u205f\u2070\u2071\u2074-\u208e\u20a0-\u20bf\u2100-\u218b\u2190-\u23ff\u2500-\u27ff\u4e00-\u9fff]"
)


def _bad(text: str) -> Iterator[tuple[int, str]]:
    for match in _SUSPECTS.finditer(text):
        if kind := kind_of(match[0]):
            yield match.start(), kind


def found(text: str) -> tuple[Found, ...]:
    """Every character of a text that may not be typed, in order."""
    text = LINE_ENDS.sub("\n", text)
    return tuple(Found(text, at, kind, _meant(text, at)) for at, kind in _bad(text))


def _meant(text: str, at: int) -> str:
    """The sign that a letter of the Symbol font or a control character stands for, "" for none."""
    if text[at] in _BULLETS and text[at + 1 : at + 2].isspace():
        if not text[max(0, at - 100) : at].rpartition("\n")[2].strip():
            return "•"
    return _SYMBOL.get(ord(text[at]), "") or _CONTROLS.get(text[at], "")


# Whatever was cut between two figures, and each run of signs that were.
_BETWEEN_FIGURES = re.compile(f"(?<=\\d)\0+(?=\\d)|\0*{_CUT}[\0{_CUT}]*")


def _quoted(text: str, at: int) -> str:
    """How one character of a text is quoted; NUL for what nobody saw."""
    if not (kind := kind_of(text[at])):
        return text[at]
    if text[at] in _BLANK or text[at] in _BREAKS:
        return " "
    return _meant(text, at) or ("\0" if kind == "invisible" or text[at] == _OPTIONAL_HYPHEN else _CUT)


def tidied(text: str) -> str:
    """A text without the characters that may not be typed: letters of the Symbol font and signs of old Windows text
    become the sign that was meant, all others go. A letter of that font that nobody knows stays, and so stays refused.

    What looked like a space becomes one, and no two figures are joined by what stood between them.
    """
    text = LINE_ENDS.sub("\n", text)
    pieces: list[str] = []
    end, before = 0, "\n"
    for at, kind in _bad(text):
        pieces.append(text[end:at])
        before = text[at - 1] if at > end else before
        instead = _meant(text, at) or (text[at] if kind == "symbol" else _gap(text, at, kind, before))
        pieces.append(instead)
        end, before = at + 1, instead or before
    return "".join([*pieces, text[end:]])


def _gap(text: str, at: int, kind: str, before: str) -> str:
    """What stays where a character was taken out: a space, a line's end, or nothing."""
    if text[at] in _BREAKS:
        return "\n"
    is_blank = text[at] in _BLANK
    if before.isspace() or not (is_blank or (kind != "invisible" and before.isnumeric())):
        return ""
    rest = text[at + 1 : at + 9]
    after = next((one for one in rest if kind_of(one) in ("", "symbol") or one in _CONTROLS), "0" if rest else "\n")
    return " " if (is_blank and not after.isspace()) or after.isnumeric() else ""


def seen(text: str) -> str:
    """A text without any character that may not be typed: what a reader sent without knowing of them."""
    return "".join(one for one in tidied(text) if not kind_of(one))


# -- Sentences -----------------------------------------------------------------------------------------------------


def refused(all_of: Sequence[Found]) -> str:
    """What stands against a text, each character with its place, and what to do."""
    shown = [one.says for one in all_of[:_MOST_SHOWN]]
    if more := len(all_of) - len(shown):
        shown.append(f"And {more:,} more.")
    gone = [one for one in all_of if not one.meant]
    todo = [f"Take {'it' if len(all_of) == 1 else 'them'} out"] if gone else []
    if len(gone) < len(all_of) or any(one.kind == "symbol" for one in gone):
        todo.append("type the sign that was meant" if len(all_of) == 1 else "type the signs that were meant")
    if any(one.kind in _LOSSES for one in gone):
        todo.append("write what was lost")
    last = " and ".join(todo)
    return " ".join([*shown, f"{last[0].upper()}{last[1:]}."])


def taken_out(text: str) -> list[str]:
    """What `tidied` did to a text, for whoever typed it: how many of what, and each place where a sign was lost."""
    all_of = found(text)
    gone = Counter(one.name for one in all_of if one.kind != "symbol" and not one.meant)
    became = Counter((one.name, one.meant) for one in all_of if one.meant)
    done = [f"{_several(count, name)} taken out" for name, count in gone.items()]
    done += [f"{_several(count, name)} became “{sign}”" for (name, sign), count in became.items()]
    said = [f"{'; '.join(done)}."] if done else []
    lost = [one for one in all_of if one.is_lost]
    said += [f"{one.place}, a sign is lost that could not be read. Type it anew." for one in lost[:_MOST_SHOWN]]
    if len(lost) > _MOST_SHOWN:
        said.append(f"So it is in {len(lost) - _MOST_SHOWN:,} places more.")
    unknown = [one for one in all_of if one.kind == "symbol" and not one.meant]
    return said + [f"{one.says} It is still there: put the sign in its place." for one in unknown[:_MOST_SHOWN]]


def _several(count: int, name: tuple[str, str]) -> str:
    what, more = name
    return f"{count:,} {what}{'' if count == 1 else 's'}{more}"


# -- Emptiness -----------------------------------------------------------------------------------------------------

# A line that holds the mark of a list and nothing else.
_BARE_MARKER = re.compile(r"^[^\S\n]*\(?\d{1,9}[.)][^\S\n]*$", re.MULTILINE)


def says_nothing(visible: str) -> bool:
    """Whether what is seen of a text holds no letter and no figure: marks, punctuation and blanks alone."""
    words = _BARE_MARKER.sub("", visible)
    return not any(unicodedata.category(one)[0] in "LN" and not kind_of(one) for one in words)
