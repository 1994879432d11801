"""The style sheets say nothing of classes that no page has."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "clincalc/static"


def styled() -> set[str]:
    """Each class of which a style sheet says something."""
    rules = " ".join(re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL) for path in STATIC.glob("*.css"))
    selectors = re.findall(r"([^{};]*)\{", re.sub(r'"[^"]*"', "", rules))
    return {name for one in selectors for name in re.findall(r"\.(-?[a-z][\w-]*)", one)}


def worn() -> set[str]:
    """Each class that a page may have: of templates, of what Python writes, of what a script adds."""
    found: set[str] = set()
    for room in ("templates", "clincalc", "monographs", "reviews"):
        for path in (ROOT / room).rglob("*"):
            if path.suffix not in (".html", ".py", ".js") or "vendor" in path.parts:
                continue
            text = path.read_text()
            # A tag of a template may hold quotes of its own.
            for words in re.findall(r'\bclass(?:Name)?"?(?:=|: ?|, )"((?:\{[%{].*?[%}]\}|[^"])*)"', text):
                found |= {*re.sub(r"\{[%{].*?[%}]\}", " ", words).split()}
            found |= {*re.findall(r"\b(?:chip|notice)-[a-z]+", text)}
            if path.suffix == ".js":
                found |= {*re.findall(r"[\w-]+", text)}
    return found


def test_no_style_is_for_a_class_that_no_page_has():
    assert sorted(name for name in styled() - worn() if not re.fullmatch(r"depth-\d", name)) == []
    assert {"btn", "chip", "notice"} <= styled() & worn()
