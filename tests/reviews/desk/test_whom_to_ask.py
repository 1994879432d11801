"""Whoever lacks a right is told whom to ask, by name, and how: wherever a page says “your administrator”.

Every address is walked as every role in tests/test_access_sweep.py; here is what such a page says, and that no words
get by.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory

from reviews.access import asking, grants
from reviews.desk.whom_to_ask import SAYS_SO
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
SAYS = "Ask your\n administrator."


def rendered(user, words=SAYS, more=""):
    request = RequestFactory().get("/desk/drugs/x/")
    request.user = user
    html = Template(f"{{% naming %}}<p>{{{{ words }}}}</p>{{% endnaming %}}{more}").render(
        Context({"request": request, "words": words})
    )
    return re.sub(r"<p>.*?</p>", "", html, count=1, flags=re.S)


def test_it_names_all_others_who_can_be_asked_and_leads_to_where_they_are(house):
    grants.give(house.auditor, "administrator", actor=house.admin)

    said = rendered(house.editor)

    assert ">admin, Test auditor look after people here. <a" in said
    assert 'href="/accounts/ask/?page=/desk/drugs/x/"' in said
    assert ">admin looks after people here." in rendered(make.User.objects.get(username="auditor"))


def test_where_nobody_is_to_be_asked_nothing_is_said_and_nothing_looked_up(house, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert rendered(house.editor, "You may.") == ""


def test_it_is_said_once_a_page(house):
    said = rendered(house.editor, more="{% naming %}{{ words }}{% endnaming %}")

    assert (said.count("looks after"), said.count("<a")) == (1, 1)
    outer = "{% naming %}{% naming %}{{ words }}{% endnaming %}{{ words }}{% endnaming %}"
    request = RequestFactory().get("/")
    request.user = house.editor
    assert Template(outer).render(Context({"request": request, "words": SAYS})).count("looks after") == 1


def test_whoever_asked_already_is_told_so_and_with_whom_it_waits(house):
    asking.ask(house.nobody, role="editor", on="everywhere", page="/desk/", reason="I write")

    said = rendered(make.User.objects.get(username="nobody"))

    assert "You asked for the editor role everywhere on" in said
    assert "It waits for admin." in said
    assert "<a" not in said


def test_the_only_administrator_is_told_to_invite_another_and_the_last_one_lost_whom_else_to_ask(house):
    assert 'href="/desk/people/invite/"' in rendered(house.admin)

    make.changed_account(make.User.objects.get(username="admin"), is_active=False)

    assert "Nobody looks after people here now: ask whoever runs this system." in rendered(house.editor)


def test_no_stranger_is_told_a_name(house):
    assert rendered(AnonymousUser()).strip() == ""


def templates():
    return [one for place in settings.TEMPLATES[0]["DIRS"] for one in sorted(Path(place).rglob("*.html"))]


def test_no_template_says_it_where_nobody_is_named():
    """Each page that says it stands in the frame of the desk, which names them."""
    assert templates()
    for one in templates():
        html, name = one.read_text(), "/".join(one.parts[-2:])
        assert not re.search(r"\b(ask|tell) an administrator\b(?!</a>| to do it|</h1>|{% endblock)", html, re.I), name
        if SAYS_SO.search(html):
            assert '{% extends "desk.html" %}' in html or one.name.startswith("_"), name


def test_no_sentence_of_the_code_speaks_of_an_administrator_in_words_that_name_nobody():
    """A refusal says “your administrator”, which every page of the desk takes up. Letters name nobody: they go to
    whoever is meant, and who looks after people may be another by then."""
    letters = {"limits.py", "letters.py", "own_address.py"}
    for one in sorted(Path(settings.BASE_DIR, "reviews").rglob("*.py")):
        if "migrations" not in one.parts and one.name not in letters:
            assert not re.search(r"[\"“ ](ask|tell) an administrator\b", one.read_text(), re.I), one
