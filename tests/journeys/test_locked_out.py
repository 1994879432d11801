"""Whoever stands before a closed door, in a real browser: shut out by wrong passwords, without the phone that showed their
codes, or the last administrator of a house that nobody else can let in."""

import re
import time
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from django.utils.dateformat import format as date_format
from django.utils.timezone import localtime

from reviews.access import holds
from reviews.access.grants import give
from reviews.audit.verify import verify
from reviews.models import AuditEvent, SignOff
from tests.journeys.test_people import NEW, does, sets_a_password
from tests.totp import code_of

pytestmark = pytest.mark.slow
PASSWORD = "clincalc-demo"
DESK = "/desk/monographs/ocrelizumab/"
REVIEW = f"{DESK}review/"
HELD = "How you sign in was changed by somebody else"
CHANGED = "How you sign in was changed"


def signs_in(somebody, name, password=PASSWORD):
    page = somebody.goes_to("/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    return page


def sets_an_app_up(somebody, password=PASSWORD):
    """From the page to which they were led; the secret that their app holds."""
    page = somebody.page
    page.get_by_role("link", name="Set up an app").click()
    secret = re.search(r"Key: ([A-Z2-7 ]+)", page.inner_text("main"))[1]
    page.get_by_label("The code that the app shows now").fill(code_of(secret))
    page.get_by_label("Your password").fill(password)
    page.get_by_role("button", name="Set up the app").click()
    page.wait_for_url("**/accounts/codes/")
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/desk/**")
    return secret


def letters_to(name, subject):
    """Letters are sent beside the request: as many as there are once one is mailed."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if found := [one for one in list(mail.outbox) if one.to == [f"{name}@example.org"] and one.subject == subject]:
            return found
        time.sleep(0.05)
    return []


def ends(name):
    """When somebody's hold ends, as pages say it: a day from now."""
    until = holds.held_until(User.objects.get(username=name))
    assert 23.9 * 3600 < until.timestamp() - time.time() < 24.1 * 3600
    return date_format(localtime(until), "H:i \\o\\n j F Y")


def signs_all_the_same(page):
    """Sends a signature where the page has no form for one: as the form of another act, led there."""
    page.locator("summary", has_text="Send back instead").click()
    page.get_by_role("button", name="Send back to the editors").evaluate(
        """(button, password) => {
            const form = button.form, box = document.createElement("input");
            form.action = form.action.replace("send-back", "sign");
            [box.type, box.name, box.value] = ["hidden", "password", password];
            form.append(box);
            form.noValidate = true;
        }""",
        PASSWORD,
    )
    page.get_by_role("button", name="Send back to the editors").click()
    page.wait_for_load_state()


def test_whoever_is_locked_out_is_told_by_letter_and_nobody_beside_them_is_shut_out(person):
    guesser, owner, colleague = person(), person(), person()
    for _ in range(5):
        signs_in(guesser, "clinician", "wrong wrong wrong")
    (letter,) = letters_to("clinician", "Somebody failed to sign in under your name")
    assert "5 wrong passwords were typed from one place" in letter.body

    page = signs_in(owner, "clinician")
    assert "No password is looked at until" in page.inner_text("[role=alert]")
    assert "/accounts/login/" in page.url
    owner.goes_to("/desk/")
    assert "/accounts/login/" in owner.page.url
    signs_in(colleague, "pharmacist").wait_for_url("**/desk/")

    assert [one.actor for one in AuditEvent.objects.filter(verb="locked")] == [None]


def test_whoever_lost_their_phone_comes_in_with_a_new_one_and_signs_nothing_for_a_day(person, settings):
    settings.REQUIRE_MFA = True
    admin, owner = person(), person()
    signs_in(admin, "admin")
    sets_an_app_up(admin)
    signs_in(owner, "clinician")
    sets_an_app_up(owner)
    owner.goes_to(REVIEW)
    assert owner.page.get_by_role("button", name="Sign edition 2").count() == 1

    told = does(admin, "clinician", "Remove their second factors", reason="The phone was left on a train")
    assert "They set up new ones when they sign in, and sign nothing for 24 hours." in told
    assert "/accounts/login/" in owner.goes_to(REVIEW).url
    assert "because somebody said that you lost them" in letters_to("clinician", CHANGED)[-1].body

    signs_in(owner, "clinician").wait_for_url("**/accounts/")
    sets_an_app_up(owner)
    page = owner.goes_to(REVIEW)
    assert "You cannot sign now:" in owner.reads()
    assert f"{HELD}, or after a recovery code. Until {ends('clinician')} you do not sign" in owner.reads()
    assert page.get_by_role("button", name="Sign edition 2").count() == 0
    owner.is_accessible("review-held")

    before = SignOff.objects.count()
    signs_all_the_same(page)
    assert HELD in owner.reads()
    assert SignOff.objects.count() == before
    refused = AuditEvent.objects.filter(verb="refused").latest("seq")
    assert (refused.actor.username, refused.data["codes"]) == ("clinician", ["held"])

    assert "Keep up with your breast and cervical screening." in owner.goes_to(f"{DESK}preview/").inner_text("body")


def test_the_last_administrator_who_lost_password_and_phone_is_let_in_by_a_command(person, settings):
    settings.REQUIRE_MFA = True
    people = {one.username: one for one in User.objects.all()}
    give(people["publisher"], "administrator", actor=people["admin"])
    admin = person()
    signs_in(admin, "admin")
    sets_an_app_up(admin)
    said = StringIO()

    call_command("recover_access", "admin", stdout=said)

    for name in ("admin", "publisher"):
        (letter,) = letters_to(name, "Access to accounts was recovered")
        assert "By a command, somebody asked for a way in for the account admin" in letter.body
    later = person()
    sets_a_password(later, said.getvalue())
    signs_in(later, "admin", NEW).wait_for_url("**/accounts/")
    sets_an_app_up(later, NEW)
    later.goes_to("/desk/people/")
    later.is_accessible("people-held")
    assert f"{HELD}, or after a recovery code. Until {ends('admin')} you do not" in later.reads()
    assert "/accounts/login/" in admin.goes_to("/desk/").url
    assert [one for one in verify() if "checkpoint" not in one[1]] == []
