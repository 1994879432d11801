"""What was typed comes back: after a session that ended, a second sign-in, a place that is gone; to its person alone."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from reviews.models import AuditEvent, KeptForm
from tests import factories as make
from tests.forms import forms_of
from tests.reviews.desk import test_repeats as every
from tests.reviews.desk.test_repeats import FORMS, entries_since, shown

made = every.made  # one monograph in each state in which some form is shown
SESSION = "This was kept when your session ended. Nothing has been saved yet."
TYPED = [one for one in FORMS if set(one[5]) - {"password", "remove"}]
UNTYPED = [one for one in FORMS if one not in TYPED]


def cases(forms):
    return pytest.mark.parametrize(
        ("who", "page", "action", "button", "typed", "verbs"), [pytest.param(*one[1:], id=one[0]) for one in forms]
    )


def sign_in_of(answer):
    """Where the sign-in leads."""
    assert (answer.status_code, urlsplit(answer.headers["Location"]).path) == (302, "/accounts/login/")
    return parse_qs(urlsplit(answer.headers["Location"]).query)["next"][0]


def filled(client, house, who, page, action, button, typed):
    """(where it is sent, what is sent): the form as this person filled it in."""
    client.force_login(house.people[who])
    address = page()
    target = action() if action else None
    return target or address, shown(client, address, target, button).filled(**typed)


@cases(TYPED)
def test_a_form_that_is_sent_after_the_session_ended_stands_filled_after_the_sign_in(
    house, who, page, action, button, typed, verbs
):
    client = Client()
    target, sent = filled(client, house, who, page, action, button, typed)
    before = AuditEvent.objects.latest("seq").seq
    client.logout()

    back = sign_in_of(client.post(target, sent))
    client.force_login(house.people[who])
    answer = client.get(back)

    html = answer.content.decode()
    assert (answer.status_code, SESSION in html) == (200, True)
    assert entries_since(before) == []
    again = [one for one in forms_of(html) if one.action in ("", target) and "kept" in one.fields and has(one, typed)]
    assert again, html
    assert ("Your password was not kept" in html) == ("password" in sent)
    assert make.PASSWORD not in html
    done = client.post(target, again[-1].filled(**{"password": make.PASSWORD} if "password" in sent else {}))
    assert done.status_code == 302, done.content.decode()
    assert entries_since(before) == sorted(verbs)
    assert not KeptForm.objects.exists()
    assert "Nothing is kept for you here" in client.get(back, follow=True).content.decode()


def has(form, typed):
    """Whether a form holds all that was typed but the password; what is no box of it was sent for nothing."""
    boxes = [name for name in typed if name in form.fields and name != "password"]
    return bool(boxes) and all(
        form.fields[name] in (typed[name], [typed[name]], [""] if typed[name] == "on" else None) for name in boxes
    )


@cases(UNTYPED)
def test_where_nothing_was_typed_the_sign_in_leads_to_the_page_of_the_form(
    house, who, page, action, button, typed, verbs
):
    client = Client()
    target, sent = filled(client, house, who, page, action, button, typed)
    before = AuditEvent.objects.latest("seq").seq
    client.logout()

    back = sign_in_of(client.post(target, sent))
    client.force_login(house.people[who])
    answer = client.get(back, follow=True)

    assert (answer.status_code, entries_since(before)) == (200, [])
    assert [one for one in forms_of(answer.content.decode()) if one.action in ("", target) and "act" in one.fields]
