"""From a page that says to ask an administrator, to the page of the administrator who gives it or declines."""

import pytest

from reviews.access import asking
from reviews.models import Grant
from tests import factories as make
from tests.forms import forms_of
from tests.reviews.desk.test_pages import hangs_together

pytestmark = pytest.mark.any_database

ASKED = {"role": "editor", "on": "", "reason": "I write from today", "page": "/desk/"}


def enter(client, person):
    client.force_login(person)
    return client


def test_a_closed_page_leads_to_asking_and_says_what_waits_for_whom(house, client):
    enter(client, house.nobody)
    closed = client.get("/desk/")
    assert (closed.status_code, 'href="/accounts/ask/?page=/desk/"' in closed.content.decode()) == (403, True)
    form = client.get("/accounts/ask/?page=/desk/").content.decode()
    assert 'name="page" value="/desk/"' in form
    assert ">Page</label>" not in form  # it is hidden
    assert "neurology" not in form  # whoever has no role sees no list of classes
    hangs_together(form, "ask")

    assert client.post("/accounts/ask/", ASKED).headers["Location"] == "/accounts/ask/"

    assert asking.open_of(house.nobody).page == "/desk/"
    for path in ("/accounts/ask/", "/desk/"):
        page = client.get(path).content.decode()
        assert "It waits for admin." in page
        assert 'name="reason"' not in page
    again = client.post("/accounts/ask/", ASKED)
    assert (again.status_code, "You asked already" in again.content.decode()) == (409, True)


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(house, client):
    answer = enter(client, house.editor).post("/accounts/ask/", ASKED | {"role": "", "reason": "<i>why"})

    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"role"})
    assert "&lt;i&gt;why" in answer.content.decode()
    assert 'value="class:neurology"' in answer.content.decode()  # who may come in chooses among the classes


def test_an_administrator_gives_it_in_one_act(house, client):
    asking.ask(house.nobody, role="editor", on="class:neurology", page="/desk/", reason="I <i>write")
    enter(client, house.admin)
    people = client.get("/desk/people/").content.decode()
    assert "nobody</a> asks for the editor role for the class neurology" in people
    page = client.get("/desk/people/nobody/").content.decode()
    assert "I &lt;i&gt;write" in page
    hangs_together(page, "person")

    sent = {"role": "editor", "on": "class:neurology", "reason": "I <i>write"}
    assert client.post("/desk/people/nobody/do/give/", sent).status_code == 302

    assert Grant.objects.get(person=house.nobody).therapeutic_class == house.root
    assert "Asked of you" not in client.get("/desk/people/").content.decode()


def test_or_declines_with_a_sentence(house, client):
    asking.ask(house.nobody, role="editor", reason="I write")
    enter(client, house.admin)
    assert "Choose where, and give it" in client.get("/desk/people/nobody/").content.decode()

    html = client.get("/desk/people/nobody/").content.decode()
    form = next(one for one in forms_of(html) if one.action.endswith("/do/decline/"))
    refused = client.post(form.action, form.filled(reason=""))
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"reason"})
    assert client.post(form.action, form.filled(reason="Not yet")).status_code == 302

    assert asking.open_of(house.nobody) is None
    assert "do/decline/" not in client.get("/desk/people/nobody/").content.decode()
    assert make.the_house().nobody
