"""How values are said on pages."""

import pytest
from django.template import Context, Template

from monographs.templatetags.words import day_in_words, editions, quantity
from monographs.texts.wording import with_article


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2026-07-04", "4 July 2026"),
        ("2026-12-31", "31 December 2026"),
        ("2026-07", "2026-07"),
        ("2026", "2026"),
        ("2026-02-30", "2026-02-30"),
        ("soon", "soon"),
        ("", ""),
    ],
)
def test_a_day_in_words(value, said):
    assert day_in_words(value) == said


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("pharmacist", "a pharmacist"),
        ("anaesthetist", "an anaesthetist"),
        ("ENT surgeon", "an ENT surgeon"),
        ("immunologist", "an immunologist"),
        ("oncologist", "an oncologist"),
        ("neurologist", "a neurologist"),
        ("yoga teacher", "a yoga teacher"),
    ],
)
def test_a_title_has_its_article(title, said):
    assert with_article(title) == said


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([], "edition none"),
        ([2], "edition 2"),
        ([2, 3], "editions 2 and 3"),
        ([1, 2, 4], "editions 1, 2 and 4"),
        ([1, 2, 3, 10], "editions 1, 2, 3 and 10"),
    ],
)
def test_editions_are_listed(numbers, said):
    assert editions(numbers) == said


def test_a_template_shows_words_as_words_and_a_quantity_in_one_piece():
    template = Template("{% load words %}{{ a|quantity }} {{ b|day_in_words }} {{ b|with_article }}")

    assert template.render(Context({"a": "<b>5 mg</b>", "b": "<i>"})) == (
        '&lt;b&gt;<span class="q">5&nbsp;mg</span>&lt;/b&gt; &lt;i&gt; a &lt;i&gt;'
    )
    assert quantity("48 months") == '<span class="q">48&nbsp;months</span>'
