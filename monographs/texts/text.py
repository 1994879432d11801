"""The texts of monographs as HTML and as plain words: paragraphs, lists, emphasis, links, citation marks `[@label]`.

Rendering lives here and nowhere else. All else that looks like markup, and all HTML, stays plain text. What leaves goes
through a sanitiser that knows only the tags written here.

A text follows the rules that its part names (`text_rules`): the second ones (grammar.py), or, if it names none, the
first ones for ever (first_rules.py).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape as escape_html
from itertools import zip_longest
from typing import Literal

import nh3
from markdown_it.token import Token

from monographs.texts import first_rules, grammar
from monographs.texts.first_rules import SCHEMES, UNSTORED
from monographs.texts.line_grammar import CITATION, Line, Piece

TextRules = Literal[2] | None
# Those of today: a text follows them from the moment somebody changes its words.
RULES: TextRules = 2

# A reference on a page: its label, number (if it has one), how often the page cites it, and how often above this place.
Mark = tuple[str, int | None, int, int]

_MARKED = re.compile("\x02(\\d+)\x03")
_BEGUN = re.compile(r"\[@[^\]\n]{0,40}\]?")


class Html(str):
    """HTML that was made safe here. Templates print it as it stands (they ask for `__html__`)."""

    __slots__ = ()

    def __html__(self) -> "Html":
        return self


def citation_labels(text: str) -> list[str]:
    """Labels of the citation marks of a text, in order, repeated ones too."""
    return CITATION.findall(text)


def begun_citations(text: str) -> list[str]:
    """What begins like a citation mark and is none, with the words behind it: `[@nice 2017]`, `[@10.1000/x`."""
    return _BEGUN.findall(CITATION.sub("\n", text))


def refusals(text: str, rules: TextRules = None) -> list[str]:
    """Sentences on what may not be stored in a text that follows these rules, each with a way to mend it."""
    return [str(fault) for fault in grammar.faults(text)] if rules else first_rules.refusals(text)


# -- Quantities ----------------------------------------------------------------------------------------------------

_UNITS = (
    r"mg|micrograms?|nanograms?|milligrams?|grams?|kilograms?|g|kg|mL|ml|millilitres?|L|litres?|microlitres?|units?"
    r"|mmol|micromol|nmol|pmol|mmHg|cm|mm|m²|m2|cells|hours?|days?|weeks?|months?|years?|minutes?|seconds?"
    r"|times|courses?|doses?|tablets?|capsules?|levels?|%"
)
_PER = r"(?:/(?:kg|mL|ml|L|min|hour|h|day|week|dose|m²|m2|microlitre)){0,2}"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_QUANTITY = re.compile(
    rf"(?<![\w.,/])(?:{_NUMBER} ?(?:to|[–-]) ?)?{_NUMBER} ?"
    rf"(?:per cent|x 10\^\d+/m?L|(?:consecutive )?(?:{_UNITS}){_PER})(?!\w)"
)
_FIGURE = re.compile(r"\d(?<![\w.,/]\d)")


def quantities(text: str, *, with_spaces: bool = False) -> Html:
    """Plain text as HTML in which a number and its unit never break apart: `48 months` becomes
    `<span class="q">48&nbsp;months</span>`. Changes no letter and no digit, and `with_spaces` no space either."""
    if isinstance(text, Html):
        return text
    pieces: list[str] = []
    end = 0
    for begin in _FIGURE.finditer(text):  # each of them asked for at every place would take twice as long
        if begin.start() < end or not (match := _QUANTITY.match(text, begin.start())):
            continue
        pieces.append(escape_html(text[end : match.start()]))
        words = escape_html(match[0])
        pieces.append(f'<span class="q">{words if with_spaces else words.replace(" ", "&nbsp;")}</span>')
        end = match.end()
    return Html("".join(pieces) + escape_html(text[end:]))


# -- Rendering -----------------------------------------------------------------------------------------------------

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@dataclass(frozen=True)
class Use:
    """One place of a page that cites a reference: `id` of the mark, its letter (empty if it is the only one) and the
    word for "Back to the first use"."""

    id: str
    letter: str
    ordinal: str


@dataclass(frozen=True)
class Numbered:
    """A reference in the numbered list, with the way back to each of its uses."""

    number: int
    label: str
    uses: tuple[Use, ...]


def _letters(position: int) -> str:
    """1 -> a, 26 -> z, 27 -> aa."""
    letters = ""
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def _ordinal(position: int) -> str:
    if position <= len(_ORDINALS):
        return _ORDINALS[position - 1]
    ending = "th" if position % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(position % 10, "th")
    return f"{position}{ending}"


def _same_page(address: str) -> str | None:
    return address if re.fullmatch(r"#ref-\d+", address, re.ASCII) else None


_SANITISER = nh3.Cleaner(
    tags={"p", "br", "ul", "ol", "li", "em", "strong", "a", "sup", "span"},
    clean_content_tags=set(),
    attributes={"a": {"href", "id"}, "ol": {"start"}, "li": {"value"}},
    tag_attribute_values={"sup": {"class": {"cite"}}, "span": {"class": {"q", "vh"}}},
    url_schemes=set(SCHEMES),
    url_relative=_same_page,
    link_rel=None,
)
_PLAIN_TAGS = {
    "paragraph": "p",
    "bullet_list": "ul",
    "list_item": "li",
    "em": "em",
    "strong": "strong",
}


class Renderer:
    """Renders the texts of one page and numbers its references.

    `labels` are those of the edition's references, in their order; `texts` is all that the page will show, in reading
    order (a bare mark is given as `[@label]`). Numbers follow first use; what is never cited comes last. The ids of
    the marks are `cite-3`, or `cite-3a`, `cite-3b`… for a reference that the page uses more than once.
    """

    def __init__(self, labels: Iterable[str], texts: Iterable[str] = ()) -> None:
        known = list(dict.fromkeys(labels))
        self._uses = Counter(label for text in texts for label in citation_labels(text))
        in_order = [label for label in self._uses if label in set(known)]
        self._numbers = {label: n for n, label in enumerate(dict.fromkeys(in_order + known), start=1)}
        self._shown: Counter[str] = Counter()

    def html(self, text: str, rules: TextRules = None) -> Html:
        """Safe HTML of a text. A mark that leads to no reference stays as it was typed."""
        cited = dict.fromkeys(citation_labels(text))
        marks = tuple((one, self._numbers.get(one), self._uses[one], self._shown[one]) for one in cited)
        html, shown = _rendered(text, rules, marks)
        self._shown.update(shown)
        return html

    @classmethod
    def with_marks(cls, marks: Iterable[Mark]) -> "Renderer":
        """One that knows of its page these marks and nothing else."""
        one = cls(())
        for label, number, uses, shown in marks:
            one._uses[label], one._shown[label] = uses, shown
            if number is not None:
                one._numbers[label] = number
        return one

    def made(self, text: str, rules: TextRules) -> Html:
        """The HTML, made."""
        if rules:
            return Html(_SANITISER.clean("".join(self._of_blocks(grammar.parse(text)))).strip())
        labels = citation_labels(text)
        numbers = iter(range(len(labels)))
        marked = CITATION.sub(lambda _: f"\x02{next(numbers)}\x03", text.translate(UNSTORED))
        return Html(_SANITISER.clean("".join(self._blocks(first_rules.parsed(marked), labels))).strip())

    def mark(self, label: str) -> Html:
        """The mark of one citation, outside any text."""
        if label not in self._numbers:
            return Html(escape_html(f"[@{label}]") if label else "")
        number = self._numbers[label]
        self._shown[label] += 1
        letter = _letters(self._shown[label]) if max(self._uses[label], self._shown[label]) > 1 else ""
        return Html(
            f'<sup class="cite"><a id="cite-{number}{letter}" href="#ref-{number}">'
            f'<span class="vh">Reference </span>{number}</a></sup>'
        )

    def number(self, label: str) -> int | None:
        """The number of a reference on this page."""
        return self._numbers.get(label)

    def numbered(self) -> list[Numbered]:
        """The references in the order of their numbers, each with its uses; uncited ones have none."""
        return [Numbered(number, label, self._uses_of(label, number)) for label, number in self._numbers.items()]

    def _uses_of(self, label: str, number: int) -> tuple[Use, ...]:
        count = self._uses[label]
        letters = [""] if count == 1 else [_letters(n) for n in range(1, count + 1)]
        return tuple(Use(f"cite-{number}{letter}", letter, _ordinal(n)) for n, letter in enumerate(letters, start=1))

    # By the second rules.

    def _of_blocks(self, blocks: Iterable[grammar.Block]) -> Iterator[str]:
        for block in blocks:
            if isinstance(block, grammar.List):
                yield from self._of_list(block)
            else:
                yield f"<p>{self._of_lines(block.lines)}</p>\n"

    def _of_list(self, block: grammar.List) -> Iterator[str]:
        tag = "ol" if block.is_numbered else "ul"
        first = next_ = block.items[0].number
        yield f"<{tag}>" if first in (None, 1) else f'<ol start="{first}">'
        for item in block.items:
            yield "<li>" if item.number == next_ else f'<li value="{item.number}">'
            next_ = None if item.number is None else item.number + 1
            yield self._of_lines(item.lines)
            for below in item.lists:
                yield from self._of_list(below)
            yield "</li>\n"
        yield f"</{tag}>\n"

    def _of_lines(self, lines: Iterable[Line]) -> str:
        return "<br>\n".join("".join(self._of_pieces(line)) for line in lines)

    def _of_pieces(self, pieces: Sequence[Piece]) -> Iterator[str]:
        for piece, after in zip_longest(pieces, pieces[1:]):
            if piece.kind == "words":
                is_cited = after and after.kind == "citation" and after.text in self._numbers
                yield quantities(piece.text.rstrip(" ") if is_cited else piece.text, with_spaces=True)
            elif piece.kind == "citation":
                yield self.mark(piece.text)
            else:
                tag = "a" if piece.kind == "link" else piece.kind
                to = f' href="{escape_html(piece.text)}"' if piece.kind == "link" else ""
                yield f"<{tag}{to}>{''.join(self._of_pieces(piece.inner))}</{tag}>"

    # By the first ones.

    def _blocks(self, tokens: list[Token], labels: list[str]) -> Iterator[str]:
        for token in tokens:
            kind, _, side = token.type.rpartition("_")
            if token.type == "inline":
                yield from self._inline(token.children or [], labels)
            elif kind == "ordered_list":
                start = token.attrGet("start") if side == "open" else None
                yield "</ol>\n" if side == "close" else "<ol>" if start is None else f'<ol start="{int(start)}">'
            elif not token.hidden:
                yield f"<{_PLAIN_TAGS[kind]}>" if side == "open" else f"</{_PLAIN_TAGS[kind]}>\n"

    def _inline(self, tokens: list[Token], labels: list[str]) -> Iterator[str]:
        """Marks inside a link wait until its end: a link holds no link. A link without words shows its address."""
        waiting: list[str] = []
        words: list[str] = []
        address, unnamed = "", False
        for token in tokens:
            if not token.nesting:
                words.append(" " if token.type in first_rules.BREAKS else token.content)
                continue
            unnamed &= not _MARKED.sub("", "".join(words)).strip()
            yield from self._words("".join(words), labels, waiting if address else None)
            words.clear()
            if token.type == "link_open":
                address, unnamed = escape_html(str(token.attrGet("href"))), True
                yield f'<a href="{address}">'
            elif token.type == "link_close":
                yield f"{address if unnamed else ''}</a>{''.join(waiting)}"
                address = ""
                waiting.clear()
            else:
                tag = _PLAIN_TAGS[token.type.rpartition("_")[0]]
                yield f"<{tag}>" if token.nesting > 0 else f"</{tag}>"
        yield from self._words("".join(words), labels, None)

    def _words(self, words: str, labels: list[str], waiting: list[str] | None) -> Iterator[str]:
        """Words and marks. A mark stands close to the word before it, so that no line begins with one."""
        pieces = _MARKED.split(words)
        marks = [labels[int(position)] for position in pieces[1::2]]
        for piece, label in zip_longest(pieces[::2], marks):
            yield quantities(piece.rstrip(" ") if label in self._numbers else piece)
            if label and waiting is None:
                yield self.mark(label)
            elif label and waiting is not None:
                waiting.append(self.mark(label))


@lru_cache(maxsize=128)  # a page is made again and again while one text of it changes, or one of another page
def _rendered(text: str, rules: TextRules, marks: tuple[Mark, ...]) -> tuple[Html, Counter[str]]:
    """The HTML of a text, and how often it shows each reference: they rest on these marks and on nothing else of their
    page."""
    one = Renderer.with_marks(marks)
    before = one._shown.copy()
    return one.made(text, rules), one._shown - before


def render(text: str, labels: Iterable[str] = (), rules: TextRules = None) -> Html:
    """One text on its own, as in a preview: see `Renderer`."""
    return Renderer(labels, [text]).html(text, rules)


# -- Plain text ----------------------------------------------------------------------------------------------------


def plain(text: str, rules: TextRules = None) -> str:
    """The words of a text without citation marks and markup; a line for each paragraph and list item. By the second
    rules an item's number is one of its words."""
    return "\n".join(words for _mark, words in _shown(text, rules, numbers=True))


def seen(text: str, rules: TextRules = None) -> str:
    """What a page prints of a text, citation marks apart: `plain` and the marks of lists, `•` or `3.`, as readers see
    them."""
    return "\n".join(f"{mark} {words}" if mark else words for mark, words in _shown(text, rules, numbers=False))


def shows_as_typed(text: str, rules: TextRules = None) -> bool:
    """Whether a page prints each letter, figure and sign of a text as it was typed, less the marks of the grammar."""
    return bool(rules) or seen(text).split() == seen(text, RULES).split()


def _shown(text: str, rules: TextRules, *, numbers: bool) -> Iterator[tuple[str, str]]:
    """(mark of the list, words) of each paragraph and item, in reading order."""
    if not rules:
        return first_rules.shown(text)
    return _shown_blocks(grammar.parse(text), numbers)


def _shown_blocks(blocks: Iterable[grammar.Block], numbers: bool) -> Iterator[tuple[str, str]]:
    for block in blocks:
        if isinstance(block, grammar.Paragraph):
            yield "", _joined(block.lines)
            continue
        for item in block.items:
            mark = "•" if item.number is None else f"{item.number}."
            words = _joined(item.lines)
            yield (mark, f"{mark} {words}" if item.number is not None else words) if numbers else (mark, words)
            yield from _shown_blocks(item.lists, numbers)


def _joined(lines: Iterable[Line]) -> str:
    return " ".join("".join(_words_of(line)) for line in lines)


def _words_of(pieces: Sequence[Piece]) -> Iterator[str]:
    for piece, after in zip_longest(pieces, pieces[1:]):
        if piece.kind == "words":
            yield piece.text.rstrip(" ") if after and after.kind == "citation" else piece.text
        elif piece.kind != "citation":
            yield from _words_of(piece.inner)
