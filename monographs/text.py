"""The small Markdown of monographs: paragraphs, lists, emphasis, links, and citation marks `[@label]`.

Rendering lives here and nowhere else. All other Markdown, and all HTML, stays plain text. The parser never sees HTML
as HTML, and what leaves goes through a sanitiser that knows only the tags written here.

A text follows the rules that its part names (`text_rules`); what names none follows the first ones for ever. The second
ones are not written yet: a text may follow them only where the first ones show it as it was typed.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape as escape_html
from itertools import zip_longest
from typing import Literal

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.link import link as link_rule
from markdown_it.token import Token

TextRules = Literal[2] | None

CITATION = re.compile(r"\[@([A-Za-z0-9_-]{1,80})\]")
_ADDRESS = re.compile(r"(?:https?://[^\s<>\"'`\\]+|mailto:[^\s<>\"'`\\]+)", re.IGNORECASE)


class Html(str):
    """HTML that was made safe here. Templates print it as it stands (they ask for `__html__`)."""

    __slots__ = ()

    def __html__(self) -> "Html":
        return self


# -- Links ---------------------------------------------------------------------------------------------------------


def citation_labels(text: str) -> list[str]:
    """Labels of the citation marks of a text, in order, repeated ones too."""
    return CITATION.findall(text)


def safe_address(address: str) -> bool:
    """Whether a link may lead there: http, https and mailto only, and no white space or control inside."""
    return bool(_ADDRESS.fullmatch(address)) and address.isprintable()


# A link whose label holds no brackets. Looking no further keeps 100 KB of `[` linear.
_LABELLED = re.compile(r"\[[^\[\]]{1,1000}\]\(")
# What only looks like a link to a scheme, such as `[x](java<tab>script:…)`: browsers drop the tab.
_SCHEME = re.compile(r"\]\([\s<]*([a-z](?:[a-z0-9+.-]|\s){0,40}?)\s*:", re.IGNORECASE)
_SCHEMES = frozenset(("http", "https", "mailto"))
_MARKED = re.compile("\x02(\\d+)\x03")
_UNSTORED = str.maketrans("", "", "\x00\x02\x03")
_LIST_DEPTH = 6
# Without a link, an autolink, a deep indentation or two list markers in a row there is nothing to refuse. Documents are
# built often, and most texts have none of these.
_MARKER = r"(?:[-+*]|\d{1,9}[.)])"
_WORTH_PARSING = re.compile(rf"\]\(|<|^(?:[ \t]{{6}}|[ \t]*{_MARKER}[ \t]+{_MARKER}(?:\s|$))", re.MULTILINE)
# No prose has so many; parsing it would take long, and a browser would choke on the result.
_MOST_MARKS = 2_000
_MOST_LINES = 5_000


def _link(state: StateInline, silent: bool) -> bool:
    return bool(_LABELLED.match(state.src, state.pos)) and link_rule(state, silent)


class _SafeLink(MarkdownIt):
    """Takes an address only when a link may lead there; any other link stays plain text."""

    def validateLink(self, url: str) -> bool:
        return safe_address(url)


class _AnyLink(MarkdownIt):
    """Takes every address as it was typed, so that `refusals` sees it."""

    def validateLink(self, url: str) -> bool:
        return True

    def normalizeLink(self, url: str) -> str:
        return url


def _parser(kind: type[MarkdownIt], *more: str) -> MarkdownIt:
    parser = kind("zero").enable(["newline", "escape", *more])
    parser.inline.ruler.at("link", _link)
    return parser


_MARKDOWN = _parser(_SafeLink, "list", "emphasis", "link", "autolink")
_ANY_LINK = _parser(_AnyLink, "list", "emphasis", "link", "autolink")
_PARAGRAPHS = _parser(_SafeLink)
_BY_RULES: dict[TextRules, MarkdownIt] = {None: _MARKDOWN, 2: _PARAGRAPHS}


def _is_prose(text: str) -> bool:
    marks = text.count("*") + text.count("_") + text.count("](")
    return marks <= _MOST_MARKS and text.count("\n") < _MOST_LINES


def _parsed(text: str, rules: TextRules) -> list[Token]:
    return (_BY_RULES[rules] if _is_prose(text) else _PARAGRAPHS).parse(text)


_TOO_MUCH = (
    f"A text may hold {_MOST_MARKS:,} asterisks, underscores and links, and {_MOST_LINES:,} lines, not more. Split it."
)
_TOO_NEW = (
    "This text was written by newer rules (version 2), and a page of today would not show it as it was typed. "
    "Take out marks, lists and single line breaks, or write it anew."
)
# Marks, links, spaces that a browser joins, lines that are joined or lost, and what makes a line more than words.
_SHOWN_OTHERWISE = re.compile(
    r"[*_\\\t]|\]\(|<(?=[A-Za-z])|  |(?<!\n)\n(?!\n)|\n{3}|^(?:[^\S\n]|[#>|]|(?:[-+]|\d{1,9}[.)])(?=\s|$))",
    re.MULTILINE,
)


def shows_as_typed(text: str) -> bool:
    """Whether the first rules surely show each character of a text as it was typed, citation marks apart."""
    return not any(map(_SHOWN_OTHERWISE.search, (CITATION.sub("\x02", text), _without_citations(text))))


def refusals(text: str, rules: TextRules = None) -> list[str]:
    """Sentences on what may not be stored in a text: links to addresses other than http, https and mailto, lists
    nested so deeply that the parser would drop words, and thousands of marks or lines. By the second rules, whatever
    the first ones would show otherwise."""
    if rules and not shows_as_typed(text):
        return [_TOO_NEW]
    unmarked = CITATION.sub("\x02", text.translate(_UNSTORED))
    if not _is_prose(unmarked):
        return [_TOO_MUCH]
    if not _WORTH_PARSING.search(unmarked):
        return []
    addresses: list[str] = []
    depth = deepest = 0
    for token in _ANY_LINK.parse(unmarked):
        if "_list_" in token.type:
            depth += token.nesting
            deepest = max(deepest, depth)
        addresses += [str(child.attrGet("href")) for child in token.children or () if child.type == "link_open"]
    wrong = [address for address in addresses if not safe_address(address)]
    if not wrong:
        schemes = [scheme for scheme in _SCHEME.findall(unmarked) if re.sub(r"\s", "", scheme).lower() not in _SCHEMES]
        wrong = [f"{scheme}:" for scheme in schemes]
    sentences = [_refused(address) for address in dict.fromkeys(wrong)]
    if deepest > _LIST_DEPTH:
        sentences.append(f"A list may be nested {_LIST_DEPTH} levels deep, not deeper.")
    return sentences


def _refused(address: str) -> str:
    shown = " ".join(address.split())
    shown = f"{shown[:60]}…" if len(shown) > 60 else shown
    return f"A link may lead only to an address that begins with http://, https:// or mailto:, not to “{shown}”."


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


def quantities(text: str) -> Html:
    """Plain text as HTML in which a number and its unit never break apart: `48 months` becomes
    `<span class="q">48&nbsp;months</span>`. Changes no letter and no digit."""
    if isinstance(text, Html):
        return text
    pieces: list[str] = []
    end = 0
    for match in _QUANTITY.finditer(text):
        pieces.append(escape_html(text[end : match.start()]))
        pieces.append(f'<span class="q">{escape_html(match[0]).replace(" ", "&nbsp;")}</span>')
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
    tags={"p", "ul", "ol", "li", "em", "strong", "a", "sup", "span"},
    clean_content_tags=set(),
    attributes={"a": {"href", "id"}, "ol": {"start"}},
    tag_attribute_values={"sup": {"class": {"cite"}}, "span": {"class": {"q", "vh"}}},
    url_schemes=set(_SCHEMES),
    url_relative=_same_page,
    link_rel=None,
)
_BREAKS = ("softbreak", "hardbreak")
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
        labels = citation_labels(text)
        numbers = iter(range(len(labels)))
        marked = CITATION.sub(lambda _: f"\x02{next(numbers)}\x03", text.translate(_UNSTORED))
        return Html(_SANITISER.clean("".join(self._blocks(_parsed(marked, rules), labels))).strip())

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
                words.append(" " if token.type in _BREAKS else token.content)
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


def render(text: str, labels: Iterable[str] = (), rules: TextRules = None) -> Html:
    """One text on its own, as in a preview: see `Renderer`."""
    return Renderer(labels, [text]).html(text, rules)


# -- Plain text ----------------------------------------------------------------------------------------------------


def _without_citations(text: str) -> str:
    return re.sub(r" ?\[@[A-Za-z0-9_-]{1,80}\]", "", text)


def plain(text: str, rules: TextRules = None) -> str:
    """The words of a text without citation marks and markup; a line for each paragraph and list item."""
    unmarked = _without_citations(text).translate(_UNSTORED)
    return "\n".join(
        "".join(" " if child.type in _BREAKS else child.content for child in token.children or ())
        for token in _parsed(unmarked, rules)
        if token.type == "inline"
    )
