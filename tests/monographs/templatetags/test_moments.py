"""Moments as machines read them."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 7, 4, 10, 30, 15, 123456, UTC), "2026-07-04T11:30:15+01:00"),
        (datetime(2026, 1, 4, 10, 30, tzinfo=UTC), "2026-01-04T10:30:00+00:00"),
        (None, ""),
    ],
)
def test_a_moment_is_said_to_the_second_by_the_clock_of_london(at, said):
    assert Template("{{ at|instant }}").render(Context({"at": at})) == said


@pytest.mark.parametrize("at", [datetime(2026, 7, 4, 22, 5, tzinfo=UTC), datetime(2026, 12, 31, 9, 30, 59, 7, UTC)])
def test_a_moment_for_people_is_what_two_filters_would_say(at):
    both = '<time datetime="{{ at|instant }}">{{ at|date:"j F Y, H:i" }}</time>'
    assert Template("{{ at|moment }}").render(Context({"at": at})) == Template(both).render(Context({"at": at}))
    assert Template("{{ at|moment }}").render(Context({"at": None})) == ""


def test_no_template_says_a_moment_in_another_way():
    """`date:'c'` gives six decimals, which are no valid HTML."""
    templates = Path(settings.BASE_DIR) / "templates"
    found = [path.name for path in templates.rglob("*.*") if re.search(r"""date:['"]c['"]""", path.read_text("utf-8"))]
    assert found == []
