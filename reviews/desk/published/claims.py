"""What a place must show of a page: a claim, in words for people, and how it is found in what was served."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reviews.desk.published.served import Node, Served, printed
from reviews.desk.published.subject import Subject


@dataclass(frozen=True)
class Spot:
    """One address of a place; `edition` if it is of an old one."""

    name: str
    address: str
    edition: int | None = None


@dataclass(frozen=True)
class Claim:
    """One thing that must be seen, or must not."""

    words: str  # after "Must show:"; "" for what nobody need be told
    holds: Callable[[Served], bool]


Over = Any  # an Overlay, or a critical notice of the document
Maker = Callable[[Subject, Spot], Claim]
MakerOver = Callable[[Subject, Spot, Over], Claim | None]


def has(node: Node | None, *several: str) -> bool:
    """Whether an element is there and holds all these words."""
    return node is not None and all(printed(words) in node.words for words in several)


def is_hidden(served: Served) -> bool:
    """Whether search engines are told to leave it out."""
    return served.tree.first("meta", name="robots", content="noindex") is not None
