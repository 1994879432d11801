"""What the comments of templates name is there."""

import re
from pathlib import Path
from pkgutil import resolve_name

import pytest
from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
NAMED = [
    (path.relative_to(TEMPLATES).as_posix(), name)
    for path in sorted(TEMPLATES.rglob("*.html"))
    for comment in re.findall(r"\{#.*?#\}", path.read_text("utf-8"))
    for name in re.findall(r"\b(?:clincalc|monographs|reviews)(?:\.\w+)+", comment)
]


@pytest.mark.parametrize(("template", "name"), NAMED)
def test_what_a_comment_names_is_there(template, name):
    assert resolve_name(name)


def test_the_comments_are_found():
    assert len(NAMED) > 15
