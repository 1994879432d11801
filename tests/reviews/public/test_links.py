"""The pages of whoever cannot sign in, as a stranger's browser sees them."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reviews.access import accounts, letters, links
from reviews.models import AuditEvent
from tests import factories as make

pytestmark = pytest.mark.django_db
NEW = "another horse battery"


@pytest.fixture
def path(house):
    made = accounts.new("ann", "Ann Other", "ann@example.org", actor=house.admin)
    return links.issue(made, actor=house.admin).removeprefix("https://clincalc.test")


def given(new=NEW, again=NEW):
    return {"new_password": new, "again_password": again}


def test_a_link_sets_a_password_and_opens_nothing_afterwards(client, path):
    page = client.get(path)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store, private")
    assert "For the account <strong>ann</strong>" in page.content.decode()

    answer = client.post(path, given())

    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/")
    assert User.objects.get(username="ann").check_password(NEW)
    assert "_auth_user_id" not in client.session, "whoever has the link signs in with it all the same"
    for method in (client.get, client.post):
        gone = method(path)
        assert (gone.status_code, links.NO_LINK.sentence in gone.content.decode()) == (404, True)


def test_a_link_that_never_was_is_told_what_one_of_before_is_told(client, path):
    client.post(path, given())
    client.get("/accounts/login/")  # which says that it is set
    used = client.get(path)
    never = client.get("/accounts/link/never-made/")

    assert re.sub(rb'"[^"]*csrf[^>]*', b"", used.content) == re.sub(rb'"[^"]*csrf[^>]*', b"", never.content)
    assert used.status_code == never.status_code == 404


@pytest.mark.parametrize(
    ("new", "again", "told"),
    [
        ("short", "short", "too short"),
        (NEW, "x", "The two are not the same"),
        ("", "", "too short"),
        ("x" * 129, "x" * 129, "128"),
    ],
)
def test_what_is_wrong_is_told_and_the_password_never_shown(client, path, new, again, told):
    answer = client.post(path, given(new, again))

    html = answer.content.decode()
    assert answer.status_code == 422
    assert told in html
    assert not new or f'value="{new}"' not in html
    assert not User.objects.get(username="ann").has_usable_password()


def test_a_form_of_another_site_sets_nothing(path):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post(path, given()).status_code == 403


def ask(client, login):
    return client.post("/accounts/password/forgotten/", {"login": login})


@pytest.mark.parametrize("login", ["editor", "EDITOR", "editor@example.org", " Editor@Example.org "])
def test_whoever_forgot_it_is_mailed_a_link_that_sets_it(house, client, login):
    ask(client, login)

    (letter,) = mail.outbox
    assert letter.to == ["editor@example.org"]
    (address,) = re.findall(r"https://clincalc\.test(/accounts/link/\S+)", letter.body)
    assert client.post(address, given()).status_code == 302
    assert User.objects.get(username="editor").check_password(NEW)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "login", ["nobody-at-all", "nobody@clincalc.test", "", "\x00", "closed", "twins@example.org", "x" * 9_000]
)
def test_whoever_is_asked_for_the_answer_is_the_same(house, client, login):
    make.changed_account(make.account("closed"), is_active=False)
    for name in ("twin", "other-twin"):
        make.account(name, "twins@example.org")
    known, entries = ask(client, "editor").content, AuditEvent.objects.count()
    mail.outbox.clear()

    answer = ask(client, login)

    assert (answer.status_code, answer.content) == (200, known)
    assert (mail.outbox, AuditEvent.objects.count()) == ([], entries)


def test_nobody_is_looked_up_before_the_answer(house, client, monkeypatch):
    """So time tells nothing: whoever is asked for, the request does the same."""
    waiting = []
    monkeypatch.setattr(letters, "in_background", waiting.append)

    with CaptureQueriesContext(connection) as asked:
        ask(client, "editor")

    assert [one["sql"] for one in asked if "auth_user" in one["sql"]] == []
    assert (len(waiting), mail.outbox) == (1, [])
    waiting[0]()
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_gone_breaks_nothing(house, client, monkeypatch):
    def gone(self):
        raise OSError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", gone)

    assert ask(client, "editor").status_code == 200


def test_asking_is_limited_for_one_name_and_one_address(house, client):
    found = []
    for _ in range(7):
        cache.clear()  # as another process has another one
        found.append(ask(client, "Editor " if len(found) % 2 else "editor").status_code)

    assert found == [200] * 5 + [429] * 2
    assert 0 < int(ask(client, "editor").headers["Retry-After"]) <= 15 * 60
    assert ask(client, "clinician").status_code == 200
    mail.outbox.pop()
    assert len(mail.outbox) == 5


def test_guesses_of_links_are_limited_by_all_processes_as_one(house, client, monkeypatch):
    found = []
    for number in range(22):
        cache.clear()  # as another process has another one
        found.append(client.post(f"/accounts/link/guess-{number}/").status_code)

    assert found == [404] * 20 + [429] * 2
    assert client.get("/accounts/link/x/", REMOTE_ADDR="198.51.100.7").status_code == 404
    later = timezone.now() + timedelta(seconds=61)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert client.get("/accounts/link/x/").status_code == 404


def test_people_in_one_room_set_their_passwords_at_once(house, client, path):
    """Links that open count for themselves, not for the address that they share; until somebody there guesses."""
    for number in range(11):
        made = accounts.new(f"room{number}", f"Ann {number}", f"room{number}@example.org", actor=house.admin)
        theirs = links.issue(made, actor=house.admin).removeprefix("https://clincalc.test")
        opened = client.get(theirs).status_code, client.post(theirs, given()).status_code
        assert opened == (200, 302), number

    assert [client.get(path).status_code for _ in range(21)] == [200] * 20 + [429]
    assert [client.get("/accounts/link/guess/").status_code for _ in range(21)] == [404] * 20 + [429]
    made = accounts.new("late", "Late Other", "late@example.org", actor=house.admin)
    late = links.issue(made, actor=house.admin).removeprefix("https://clincalc.test")
    assert client.get(late).status_code == 429  # whoever guesses is not told what opens
    assert client.get(late, REMOTE_ADDR="198.51.100.7").status_code == 200


def test_the_login_leads_there(client):
    assert 'href="/accounts/password/forgotten/"' in client.get("/accounts/login/").content.decode()
