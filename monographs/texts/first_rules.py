"""The first rules of text: a small Markdown by which texts of before are shown for ever. Nothing new follows them.

A line may begin a list inside a paragraph here, and stars may be marks inside words, so that a page can show other
signs than were typed: the second rules (grammar.py) took their place. The parser never sees HTML as HTML.
"""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.link import link as link_rule
from markdown_it.token import Token

from monographs.texts.line_grammar import CITATION, safe_address

# A link whose label holds no brackets. Looking no further keeps 100 KB of `[` linear.
_LABELLED = re.compile(r"\[[^\[\]]{1,1000}\]\(")
# What only looks like a link to a scheme, such as `[x](java<tab>script:…)`: browsers drop the tab.
_SCHEME = re.compile(r"\]\([\s<]*([a-z](?:[a-z0-9+.-]|\s){0,40}?)\s*:", re.IGNORECASE)
SCHEMES = frozenset(("http", "https", "mailto"))
UNSTORED = str.maketrans("", "", "\x00\x02\x03")
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


def _is_prose(text: str) -> bool:
    marks = text.count("*") + text.count("_") + text.count("](")
    return marks <= _MOST_MARKS and text.count("\n") < _MOST_LINES


def parsed(text: str) -> list[Token]:
    return (_MARKDOWN if _is_prose(text) else _PARAGRAPHS).parse(text)


_TOO_MUCH = (
    f"A text may hold {_MOST_MARKS:,} asterisks, underscores and links, and {_MOST_LINES:,} lines, not more. Split it."
)


def refusals(text: str) -> list[str]:
    """Sentences on what may not be stored in a text: links to addresses other than http, https and mailto, lists
    nested so deeply that the parser would drop words, and thousands of marks or lines."""
    unmarked = CITATION.sub("\x02", text.translate(UNSTORED))
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
        schemes = [scheme for scheme in _SCHEME.findall(unmarked) if re.sub(r"\s", "", scheme).lower() not in SCHEMES]
        wrong = [f"{scheme}:" for scheme in schemes]
    sentences = [_refused(address) for address in dict.fromkeys(wrong)]
    if deepest > _LIST_DEPTH:
        sentences.append(f"A list may be nested {_LIST_DEPTH} levels deep, not deeper.")
    return sentences


def _refused(address: str) -> str:
    shown = " ".join(address.split())
    shown = f"{shown[:60]}…" if len(shown) > 60 else shown
    return f"A link may lead only to an address that begins with http://, https:// or mailto:, not to “{shown}”."


# -- What is shown -------------------------------------------------------------------------------------------------

BREAKS = ("softbreak", "hardbreak")
_CITED = re.compile(f" ?{CITATION.pattern}")


def shown(text: str) -> Iterator[tuple[str, str]]:
    """(mark of the list, words) of each paragraph and item of a text, citation marks apart. The numbers of a list are
    those that a page counts, whatever was typed."""
    unmarked = _CITED.sub("", text).translate(UNSTORED)
    counts: list[int | None] = []
    mark = ""
    for token in parsed(unmarked):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            counts.append(int(token.attrGet("start") or 1) - 1 if token.type == "ordered_list_open" else None)
            if token.attrGet("start") == 0:
                counts[-1] = -1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            counts.pop()
        elif token.type == "list_item_open":
            if counts[-1] is not None:
                counts[-1] += 1
            mark = "•" if counts[-1] is None else f"{counts[-1]}."
        elif token.type == "list_item_close":
            mark = ""
        elif token.type == "inline":
            yield mark, "".join(" " if child.type in BREAKS else child.content for child in token.children or ())
            mark = ""
