"""What a stranger is answered at an address now: asked through the front door, and read as a tree of elements.

A word counts only where it was found: in the line of the page, in its banner. So nothing is taken for said because the
frame of every page happens to say it.
"""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.utils.html import strip_tags
from django.utils.module_loading import import_string

from monographs.texts.text import quantities

MOST_PAGES = 30  # of one list that are looked at
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)


def squashed(words: str) -> str:
    """Words without the gaps between them: no break and no mark inside a quantity keeps two texts apart."""
    return re.sub(r"\s+", "", words)


def printed(words: str) -> str:
    """Typed words as a page prints them, to be looked for in `Node.words`."""
    return squashed(unescape(strip_tags(quantities(words))))


@dataclass
class Node:
    """One element of an answer, HTML or XML."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    above: "Node | None" = field(default=None, repr=False)
    inner: list["Node | str"] = field(default_factory=list, repr=False)

    @cached_property
    def words(self) -> str:
        return squashed("".join(one if isinstance(one, str) else one.words for one in self.inner))

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    def all(self, tag: str = "", **attributes: str) -> Iterator["Node"]:
        """Elements below, with this tag and these attributes; `class_` is one of their classes."""
        of_class = attributes.pop("class_", "")
        for one in self.inner:
            if isinstance(one, Node):
                if (
                    (not tag or one.tag == tag)
                    and (not of_class or of_class in one.classes)
                    and all(one.attributes.get(name) == value for name, value in attributes.items())
                ):
                    yield one
                yield from one.all(tag, class_=of_class, **attributes)

    def first(self, tag: str = "", **attributes: str) -> "Node | None":
        return next(self.all(tag, **attributes), None)

    def up(self, *tags: str) -> "Node":
        """The nearest element around it of one of these tags, or itself."""
        one: Node | None = self
        while one and one.tag not in tags:
            one = one.above
        return one or self

    def is_printed(self) -> bool:
        one: Node | None = self
        while one:
            if "no-print" in one.classes:
                return False
            one = one.above
        return True


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.at = Node("")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.inner.append(node)
        if tag not in _VOID:
            self.at = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.at.inner.append(Node(tag, {name: value or "" for name, value in attrs}, self.at))

    def handle_endtag(self, tag: str) -> None:
        one: Node | None = self.at
        while one and one.tag != tag:
            one = one.above
        if one and one.above:
            self.at = one.above

    def handle_data(self, data: str) -> None:
        self.at.inner.append(data)


@dataclass(frozen=True)
class Served:
    """One answer."""

    address: str
    status: int
    headers: dict[str, str]
    body: str

    @cached_property
    def tree(self) -> Node:
        parser = _Tree()
        parser.feed(self.body)
        parser.close()
        return parser.root

    @cached_property
    def main(self) -> Node:
        """What is not the frame of every page; all of it where there is no frame."""
        return self.tree.first("main") or self.tree

    @cached_property
    def data(self) -> dict[str, Any]:
        """The answer as JSON; nothing if it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def leads_to(self, path: str) -> list[Node]:
        """The links to this path, outside of the frame."""
        return [one for one in self.main.all("a") if one.attributes.get("href", "").partition("#")[0] == path]

    @property
    def target(self) -> str:
        """Where a redirect leads: the path."""
        return self.headers.get("location", "").removeprefix(settings.SITE_URL)

    @property
    def next(self) -> str:
        """The address of the next page of a list; "" if this is the last."""
        link = next((one for one in self.main.all("a", rel="next")), None)
        return urljoin(self.address, link.attributes.get("href", "")) if link else ""


class Unequal(Exception):
    """One address was answered in two ways."""


def ask(address: str) -> Served:
    """What stands there now. A page that is kept is asked for three times: as it is, compressed, and by somebody who
    has these very bytes. Raises Unequal if that makes a difference; any other exception: nobody could look."""
    asked = import_string(settings.READER)
    status, headers, body = asked(address)
    if status >= 500 or status == 429:
        raise RuntimeError(f"It answered {status}.")
    if status == 200 and "etag" in headers and "?" not in address:
        zipped = asked(address, accept_encoding="gzip")
        is_zipped = zipped[1].get("content-encoding") == "gzip"
        if (gzip.decompress(zipped[2]) if is_zipped else zipped[2]) != body:
            raise Unequal("Compressed, it is another page.")
        if asked(address, if_none_match=headers["etag"])[0] != 304:
            raise Unequal("Whoever has this very page is sent it again.")
    return Served(address, status, headers, body.decode("utf-8", "replace"))
