"""The therapeutic classes of the demonstration: a tree in a file. Pure."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from reviews.exchange.schema import Finding, Unreadable


@cache
def tree() -> list[dict[str, Any]]:
    roots: list[dict[str, Any]] = json.loads((Path(__file__).parent / "classes.json").read_text("utf-8"))["tree"]
    return roots


def path_to(slug: str, nodes: Sequence[dict[str, Any]] | None = None) -> list[dict[str, str]]:
    """The classes from the root to the one that a monograph is placed in; none if it is not placed."""
    for node in tree() if nodes is None else nodes:
        below = path_to(slug, node["children"])
        if below or slug in node["monographs"]:
            return [{"slug": node["slug"], "name": node["name"]}, *below]
    return []


def printed(names: Sequence[str]) -> list[dict[str, str]]:
    """The steps of a path that is given by names, from the root. Raises Unreadable for a name that is not there."""
    nodes, steps = tree(), []
    for position, name in enumerate(names):
        node = next((one for one in nodes if one["name"] == name), None)
        if node is None:
            raise Unreadable(Finding(f"class_path[{position}]", f"There is no class “{name}” here in classes.json."))
        steps.append({"slug": node["slug"], "name": node["name"]})
        nodes = node["children"]
    return steps
