"""Second factors in a real browser: an app, a passkey that the browser itself plays, and a phone that was lost."""

import re

import pytest

from tests.totp import code_of, next_code_of

pytestmark = pytest.mark.slow
PASSWORD = "clincalc-demo"


@pytest.fixture(autouse=True)
def needed(demonstration, settings):
    settings.REQUIRE_MFA = True


def signs_in(somebody, name="clinician"):
    page = somebody.page
    page.goto("/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page


def signs_out(page):
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")


def sets_an_app_up(somebody):
    page = signs_in(somebody)
    page.wait_for_url("**/accounts/")
    somebody.is_accessible("account-without-factor")
    page.get_by_role("link", name="Set up an app").click()
    somebody.is_accessible("account-app")
    secret = re.search(r"Key: ([A-Z2-7 ]+)", page.inner_text("main"))[1]
    page.get_by_label("The code that the app shows now").fill(code_of(secret))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Set up the app").click()
    page.wait_for_url("**/accounts/codes/")
    somebody.is_accessible("account-codes")
    codes = re.findall(r"\b\d{8}\b", page.inner_text(".codes"))
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/desk/")
    return secret, codes


def gives(page, code):
    page.wait_for_url("**/accounts/login/second/")
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Continue").click()


def test_an_app_is_set_up_once_and_asked_for_at_each_sign_in(person):
    somebody = person()
    secret, _codes = sets_an_app_up(somebody)
    signs_out(somebody.page)

    page = signs_in(somebody)
    page.wait_for_url("**/accounts/login/second/")
    somebody.is_accessible("second-factor")
    gives(page, next_code_of(secret))
    page.wait_for_url("**/desk/")

    assert "My queue" in page.inner_text("header")
    page.get_by_role("link", name="Demo clinician").click()
    page.wait_for_url("**/accounts/")
    somebody.is_accessible("account")
    page.get_by_role("link", name="Change the password").click()
    somebody.is_accessible("account-password")
    assert somebody.errors == []


def test_a_lost_phone_is_replaced_with_a_recovery_code(person):
    somebody = person()
    _secret, codes = sets_an_app_up(somebody)
    signs_out(somebody.page)

    page = signs_in(somebody)
    gives(page, codes[0])
    page.wait_for_url("**/desk/")
    page.goto("/accounts/")

    assert "9 of 10 are left" in page.inner_text("main")
    assert "with a recovery code" in page.inner_text("main")
    page.get_by_role("link", name="Set up an app").click()
    newer = re.search(r"Key: ([A-Z2-7 ]+)", page.inner_text("main"))[1]
    page.get_by_label("The code that the app shows now").fill(code_of(newer))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Set up the app").click()
    page.wait_for_url("**/accounts/")
    signs_out(page)
    signs_in(somebody)
    gives(page, next_code_of(newer))
    page.wait_for_url("**/desk/")


def test_a_passkey_is_set_up_and_touched_instead_of_a_code(person):
    somebody = person()
    tools = somebody.context.new_cdp_session(somebody.page)
    tools.send("WebAuthn.enable")
    key = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasResidentKey": False,
        "hasUserVerification": False,
        "isUserVerified": False,
    }
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    page = signs_in(somebody, "pharmacist")
    page.get_by_role("link", name="Set up a passkey").click()
    somebody.is_accessible("account-passkey")

    page.get_by_label("A name for it").fill("key on my ring")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Set up the passkey").click()
    page.wait_for_url("**/accounts/codes/")
    assert len(tools.send("WebAuthn.getCredentials", {"authenticatorId": made["authenticatorId"]})["credentials"]) == 1
    page.goto("/accounts/")
    assert "key on my ring" in page.inner_text("main")
    signs_out(page)

    signs_in(somebody, "pharmacist")
    page.wait_for_url("**/accounts/login/second/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/desk/")
    assert somebody.errors == []


def test_a_key_that_does_not_answer_is_said_and_a_code_does_instead(person):
    somebody = person()
    tools = somebody.context.new_cdp_session(somebody.page)
    tools.send("WebAuthn.enable")
    page = signs_in(somebody, "pharmacist")
    page.get_by_role("link", name="Set up a passkey").click()
    page.evaluate("() => { navigator.credentials.create = () => Promise.reject(new Error('no')); }")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Set up the passkey").click()

    page.get_by_text("Your browser gave no passkey").wait_for()


def test_whoever_mistypes_five_times_is_told_until_when_and_others_go_on(person):
    somebody, other = person(), person()
    for _ in range(6):
        page = somebody.page
        page.goto("/accounts/login/")
        page.fill("[name=login]", "clinician")
        page.fill("[name=password]", "wrong wrong wrong")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("alert").wait_for()

    assert "Too many sign-ins failed. No password is looked at until" in page.inner_text("[role=alert]")
    somebody.is_accessible("locked-out")
    signs_in(other, "pharmacist").wait_for_url("**/accounts/")
