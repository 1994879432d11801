"""One word for each thing, in everything that people read: templates, and the sentences of the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# What must not be said -> what is said.
INSTEAD = {
    r"houses?": "organisation, the site as a whole, your administrator",
    r"pens?": "the write lock",
    r"machines?": "system",
    r"reworded": "changed",
    r"vouch(?:ed|es)?": "signed that it is still correct",
    r"g[ia]ven? up|giv(?:e|es|ing) up": "discard",
    r"(?:bring|brings|brought|bringing)(?: (?:it|the page))? back": "reinstate",
    r"take this part out|(?:was|were) taken out": "remove",
    r"go on": "continue",
    r"tries": "attempts",
    r"Not you": "You do not have permission",
    r"(?:This|it) needs an? (?:editor|clinician|publisher)": "You need the … role",
}
SAID = re.compile("|".join(rf"\b(?:{one})\b" for one in INSTEAD), re.IGNORECASE)


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", path.read_text("utf-8"))
        said = " ".join(re.findall(r'(?:aria-label|alt|title|placeholder|content)="([^"]*)"', text))
        yield path.relative_to(ROOT).as_posix(), f"{re.sub(r'<[^>]*>', ' ', text)} {said}"


def sentences() -> Iterator[tuple[str, str]]:
    """Every text of the code that has two words and is no docstring."""
    for room in ("clincalc", "monographs", "reviews"):
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            tree = ast.parse(path.read_text("utf-8"))
            docs = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
            for one in ast.walk(tree):
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in docs:
                    if " " in one.value.strip():
                        yield path.relative_to(ROOT).as_posix(), one.value


@pytest.mark.parametrize("where", [templates, sentences])
def test_each_thing_is_called_by_its_word(where):
    found = [(path, match[0], text.strip()[:100]) for path, text in where() for match in SAID.finditer(text)]
    assert found == []
