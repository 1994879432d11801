"""What no honest person types into forms about people, accounts, drugs and classes: refused with words, or kept and
never raw on a page. Every form that stands on these pages is found there; nothing lists them but the pages."""

import pytest
from django.test import Client

from tests import factories as make
from tests.forms import forms_of
from tests.reviews.desk.conftest import post_raw
from tests.reviews.desk.test_hostile import HOSTILE, OF_THE_DATABASE, is_clean
from tests.reviews.desk.test_repeats import FORMS, every_state, shown

# Pages with forms, by who opens them.
PAGES = {
    "admin": [
        "/desk/people/", "/desk/people/invite/", "/desk/people/pharmacist/", "/desk/people/editor2/", "/desk/people/left/",
        "/desk/first-steps/", "/desk/rights/",
    ],
    "auditor": ["/desk/classes/new/", "/desk/classes/multiple-sclerosis/", "/desk/trail/",
                *(f"/desk/classes/multiple-sclerosis/do/{act}/" for act in ("rename", "move", "floor", "retire"))],
    "editor": ["/desk/drugs/", "/desk/drugs/liveumab-drug/", "/desk/drugs/liveumab-drug/do/rename/",
               "/desk/drugs/liveumab-drug/do/retire/", "/desk/profile/"],
    "clinician": ["/desk/profile/", "/accounts/", "/accounts/app/", "/accounts/passkey/", "/accounts/password/",
                  "/accounts/codes/", "/accounts/reauthenticate/"],
    "": ["/accounts/login/", "/accounts/password/forgotten/"],
}  # fmt: skip
# The forms of test_repeats that are about people and the library: each with one way to fill it in that is taken.
FIRST = next(number for number, one in enumerate(FORMS) if one[0] == "own registration")
OURS = [one for one in FORMS[FIRST:] if one[5] and one[0] != "taken in" and "copy" not in one[0]]
# One of each kind: that all typed words go through one door is shown in tests/reviews/access/test_door.py.
TOGETHER = sorted({*OF_THE_DATABASE, "script", "bidi", "brackets", "template"})
ALONE = ["digits", "long", "nul", "script", "surrogate"]
# No database stores these as they are, and each refuses them in its own way; the others are words to any.
REFUSED_BY_DATABASES = {"nul", "surrogate", "digits"}


def of_any_database(words):
    marks = {True: pytest.mark.each_case, False: pytest.mark.any_database}
    return [pytest.param(word, marks=marks[word in REFUSED_BY_DATABASES]) for word in words]


STATUSES = (200, 302, 303, 403, 404, 409, 422, 429)  # 200: a list that was asked for, and pages of the sign-in


@pytest.fixture(scope="module")
def made(once_a_module):
    every_state()


def browsers(house):
    found = {name: Client() for name in PAGES}
    for name, client in found.items():
        if name:
            client.force_login(house.people[name])
    return found


def test_the_pages_hold_forms(house):
    """Who takes a page away, or its forms, says so here."""
    for name, client in browsers(house).items():
        for page in PAGES[name]:
            answer = client.get(page)
            assert answer.status_code == 200, page
            assert [one for one in forms_of(answer.content.decode()) if one.fields], page


@pytest.mark.parametrize("hostile", of_any_database(TOGETHER))
def test_no_form_takes_it_raw_or_fails_with_it_in_every_box(house, hostile):
    word = HOSTILE[hostile]
    for name, client in browsers(house).items():
        for page in PAGES[name]:
            for form in forms_of(client.get(page).content.decode()):
                if form.action == "/accounts/logout/":
                    continue
                sent = {
                    box: word if box not in ("act", "csrfmiddlewaretoken") else held
                    for box, held in form.fields.items()
                }
                with make.undone():
                    if form.method == "get":
                        asked = {box: word.encode("utf-8", "replace").decode()[:3_000] for box in sent}
                        answer = client.get(form.action or page, asked)
                    else:
                        answer = post_raw(client, form.action or page, sent)
                    # 400: more than a request may hold
                    is_clean(answer, (*STATUSES, 400) if hostile == "long" else STATUSES, (page, form.action))
                    if answer.status_code == 302:
                        is_clean(client.get(page), (200, 302), page)


@pytest.mark.parametrize("hostile", of_any_database(TOGETHER))
def test_the_page_of_the_second_factor_takes_it_for_a_wrong_one(house, settings, hostile):
    settings.REQUIRE_MFA = True
    make.second_factor(house.editor)
    client = Client()
    client.post("/accounts/login/", {"login": "editor", "password": make.PASSWORD})

    for box in ("code", "credential"):
        is_clean(post_raw(client, "/accounts/login/second/", {box: HOSTILE[hostile]}), (200,), box)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("hostile", of_any_database(ALONE))
def test_no_box_takes_it_raw_or_fails_with_it_beside_what_is_right(house, hostile):
    word, auditor = HOSTILE[hostile], Client()
    auditor.force_login(house.auditor)
    for name, who, page, action, button, typed, _verbs in OURS:
        client = Client()
        client.force_login(house.people[who])
        form = shown(client, page(), action() if action else None, button)
        for box in typed:
            with make.undone():
                answer = post_raw(client, action() if action else page(), form.filled(**{**typed, box: word}))
                is_clean(answer, (302, 409, 422), (name, box))
                if answer.status_code == 302:
                    is_clean(client.get(answer.headers["Location"]), (200,), (name, box))
                    is_clean(auditor.get("/desk/trail/"), (200,), (name, box))
