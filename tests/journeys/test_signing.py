"""Reading and signing between patients: what it costs on a phone, several in one sitting, a conflict declined, a check
that finds nothing to change, by keyboard alone and without a script. `pytest -s` prints each tap and scroll."""

import re

import pytest
from django.contrib.auth.models import User

from monographs.document import Section
from monographs.models import Monograph
from reviews.audit.verify import verify
from reviews.models import Conflict, SignOff
from tests import factories as make
from tests.journeys.test_second_factor import PASSWORD, sets_an_app_up, signs_in
from tests.totp import code_of, next_code_of

pytestmark = pytest.mark.slow
PHONE = {"width": 375, "height": 812}
SLUG = "ocrelizumab"
REVIEW = f"/desk/monographs/{SLUG}/review/"
SIGNATURE = "Your password, as your signature"


class Thumb:
    """Somebody at a phone: each tap, and how many screens they scroll before it."""

    def __init__(self, person) -> None:
        self.page = person.page
        self.taps: list[str] = []
        self.scrolled: list[str] = []

    def taps_on(self, what, words: str) -> None:
        self.reaches(what, words)
        self.taps.append(words)
        what.click()

    def reaches(self, what, words: str) -> None:
        far = what.evaluate("one => { const at = one.getBoundingClientRect(); return at.top < 0 || at.bottom > innerHeight ? at.top / innerHeight : 0 }")  # fmt: skip
        if far:
            self.scrolled.append(f"{abs(far):.1f} screens to {words}")
        what.scroll_into_view_if_needed()

    def tell(self, title: str) -> None:
        print(f"{title}: {len(self.taps)} taps, {len(self.scrolled)} scrolls")
        print("\n".join(f"  {number}. {words}" for number, words in enumerate(self.taps, 1)))
        print("\n".join(f"     scroll: {words}" for words in self.scrolled))


def signs(thumb: Thumb, number: int) -> int:
    """From the review page. Answers how many ticks the checklist had."""
    page = thumb.page
    ticks = page.locator("#sign [name^=tick_]").all()
    for at, tick in enumerate(ticks, 1):
        thumb.taps_on(tick, f"tick {at} of the checklist")
    thumb.taps_on(page.get_by_label("I have none."), "no interests")
    page.get_by_label(SIGNATURE).fill(PASSWORD)
    thumb.taps_on(page.get_by_role("button", name=f"Sign edition {number}"), "sign")
    page.wait_for_load_state()
    return len(ticks)


def waiting(slug: str, sections: int = 2):
    """A first edition of so many sections, in review."""
    parts = [
        Section(key=make.key(f"{slug} {at}"), kind="cautions", heading=f"Caution {at}", text=f"Look for sign {at}.")
        for at in range(sections)
    ]
    house = make.House({one.username: one for one in User.objects.all()})
    house.leaf = Monograph.objects.get(slug=SLUG).therapeutic_class
    house.root = house.leaf.parent
    return make.submit(house, make.draft(house, slug, make.document(sections=parts, related=())))


def test_an_amendment_is_signed_from_the_queue_in_six_taps(person):
    clinician = person("clinician", viewport=PHONE)
    clinician.goes_to("/desk/")
    thumb = Thumb(clinician)

    thumb.taps_on(clinician.page.get_by_role("link", name="Open the review").first, "open the review")
    clinician.page.wait_for_url(f"**{REVIEW}")
    ticks = signs(thumb, 2)

    thumb.tell("An amendment")
    assert len(thumb.taps) <= 6 + max(0, ticks - 2)
    assert SignOff.objects.filter(edition__monograph__slug=SLUG, edition__number=2).count() == 1
    assert clinician.errors == []


def test_a_first_edition_of_twenty_sections_is_read_and_signed_on_one_page(person):
    waiting("twentyzumab", 20)
    clinician = person("clinician", viewport=PHONE)
    page = clinician.goes_to("/desk/")
    thumb = Thumb(clinician)
    thumb.taps_on(page.get_by_role("link", name=re.compile("Open the review: .*twenty", re.IGNORECASE)).or_(page.locator("a[href*='twentyzumab/review/']")).first, "open the review")  # fmt: skip
    page.wait_for_url("**/twentyzumab/review/")
    clinician.is_accessible("review-of-a-first-edition")
    reading = Thumb(clinician)
    for at in range(1, 6):  # ticks are for oneself: five parts show that each stands where it is read
        reading.taps_on(
            page.locator(".preview .read-tick button:has-text('I have read this')").first, f"read part {at}"
        )
        page.wait_for_selector(f"#read-count:has-text('You have read {at} of')")
    for words in ("Caution 0", "Caution 19"):
        assert words in page.inner_text(".preview")
    ticks = signs(thumb, 1)

    thumb.tell("A first edition of 20 sections")
    reading.tell("Ticks on the way")
    assert len(thumb.taps) <= 6 + max(0, ticks - 2)
    signed = SignOff.objects.get(edition__monograph__slug="twentyzumab")
    assert len(signed.seen["read"]) == 5
    assert clinician.errors == []


def test_several_are_signed_in_one_sitting_each_with_a_touch_of_the_second_factor(person, settings):
    settings.REQUIRE_MFA = True
    waiting("sitzumab")
    clinician = person()
    secret, _codes = sets_an_app_up(clinician)
    page = clinician.page
    page.goto(REVIEW)
    for tick in page.locator("#sign [name^=tick_]").all():
        tick.check()
    page.get_by_label("I have none.").check()
    page.get_by_label(SIGNATURE).fill(PASSWORD)
    page.get_by_role("button", name="Sign edition 2").click()
    page.wait_for_load_state()

    page.goto("/desk/monographs/sitzumab/review/")
    assert "You gave your password a moment ago." in page.inner_text("#sign")
    clinician.is_accessible("sign-by-touch")
    for tick in page.locator("#sign [name^=tick_]").all():
        tick.check()
    page.get_by_label("I have none.").check()
    page.get_by_label("The code that your app shows now, as your signature").fill(next_code_of(secret))
    page.get_by_role("button", name="Sign edition 1").click()
    page.wait_for_load_state()

    assert SignOff.objects.filter(signer__username="clinician", edition__monograph__slug__in=(SLUG, "sitzumab"), round=1).exclude(edition__state="published").count() >= 2  # fmt: skip
    assert code_of(secret)
    page = clinician.goes_to("/desk/signed/")
    assert "sitzumab" in page.content()
    page.get_by_role("link", name="Receipt").first.click()
    assert "What was seen" in clinician.reads()
    clinician.is_accessible("receipt-of-a-signature")
    assert verify() == []
    assert clinician.errors == []


def test_a_passkey_signs_the_second_edition_of_a_sitting(person, settings):
    settings.REQUIRE_MFA = True
    waiting("keyzumab")
    somebody = person()
    tools = somebody.context.new_cdp_session(somebody.page)
    tools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": False, "isUserVerified": False}  # fmt: skip
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    page = signs_in(somebody, "pharmacist")
    page.get_by_role("link", name="Set up a passkey").click()
    page.get_by_label("A name for it").fill("key")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Set up the passkey").click()
    page.wait_for_url("**/accounts/codes/")
    page.goto(REVIEW)
    thumb = Thumb(somebody)
    signs(thumb, 2)

    page.goto("/desk/monographs/keyzumab/review/")
    for tick in page.locator("#sign [name^=tick_]").all():
        tick.check()
    page.get_by_label("I have none.").check()
    page.get_by_role("button", name="Sign with a passkey").click()
    page.wait_for_url(lambda url: "/review/" not in url or "do" in url)

    assert SignOff.objects.filter(edition__monograph__slug="keyzumab", signer__username="pharmacist").count() == 1
    assert somebody.errors == []


def test_without_a_second_factor_each_asks_for_the_password(person):
    waiting("passzumab")
    clinician = person("clinician")
    clinician.goes_to(REVIEW)
    signs(Thumb(clinician), 2)

    page = clinician.goes_to("/desk/monographs/passzumab/review/")

    assert page.get_by_label(SIGNATURE).count() == 1
    assert "You gave your password a moment ago." not in page.inner_text("#sign")


def test_who_declines_for_a_conflict_is_asked_no_more_and_cannot_sign(person):
    clinician = person("clinician", viewport=PHONE)
    page = clinician.goes_to(REVIEW)
    page.locator("#sign summary", has_text="Decline for a conflict of interest").click()
    form = page.locator("#sign form[action$='/do/declare-conflict/']")
    form.locator("textarea").fill("I hold shares of the maker.")
    clinician.is_accessible("decline-for-a-conflict")
    form.get_by_role("button", name="Decline for a conflict of interest").click()
    page.wait_for_load_state()

    assert Conflict.objects.get().is_declared
    page = clinician.goes_to(REVIEW)
    assert page.get_by_role("button", name="Sign edition 2").count() == 0
    assert "You declined this edition for a conflict of interest" in page.inner_text("main")
    page = clinician.goes_to("/desk/")
    assert page.locator(f"a[href='{REVIEW}']").count() == 0
    reader = person()
    reader.goes_to(f"/drugs/{SLUG}/")
    assert "shares" not in reader.reads()
    assert verify() == []
    assert clinician.errors == []


def test_no_change_is_needed_twice_and_the_third_is_refused(person):
    people = [person("clinician"), person("pharmacist")]
    address = "/desk/monographs/paracetamol/withdraw/"
    full = Monograph.objects.get(slug="paracetamol").last_full_review
    for count in (1, 2):
        for one in people:
            page = one.goes_to(address)
            panel = page.locator("#no-change")
            assert panel.locator("summary").count(), panel.inner_text()
            panel.locator("summary").click()
            for tick in panel.locator("[name^=tick_]").all():
                tick.check()
            panel.get_by_label("I have none.").check()
            panel.locator("[name=password]").fill(PASSWORD)
            if count == 1:
                one.is_accessible("no-change-needed")
            panel.locator("form button").last.click()
            page.wait_for_load_state()
        assert Monograph.objects.get(slug="paracetamol").renewals == count

    page = people[0].page
    page.reload()
    assert "Now it is read again as a whole" in page.inner_text("#no-change")
    assert page.locator("#no-change form").count() == 0
    assert Monograph.objects.get(slug="paracetamol").last_full_review == full
    reader = person()
    reader.goes_to("/drugs/paracetamol/")
    assert "Checked, no change, on" in reader.reads()
    assert verify() == []


def test_it_is_read_and_signed_by_keyboard_alone(person):
    clinician = person("clinician")
    page = clinician.goes_to(REVIEW)

    def reaches(selector: str, most: int = 120) -> None:
        for _ in range(most):
            if page.evaluate("what => document.activeElement.matches(what)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {selector}")

    reaches(".read-tick button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#read-count:has-text('You have read all 1.')")
    for tick in page.locator("#sign [name^=tick_]").all():
        reaches(f"#{tick.get_attribute('id')}")
        page.keyboard.press("Space")
    reaches("#sign [name=interests]")
    page.keyboard.press("Space")
    reaches("#sign [name=password]")
    page.keyboard.insert_text(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert SignOff.objects.filter(edition__monograph__slug=SLUG, edition__number=2).count() == 1


def test_without_a_script_it_is_read_ticked_and_signed(person):
    clinician = person("clinician", java_script_enabled=False)
    page = clinician.goes_to(REVIEW)
    page.get_by_role("button", name="I have read this").click()
    assert "You have read all 1." in clinician.reads()
    for tick in page.locator("#sign [name^=tick_]").all():
        tick.check()
    page.get_by_label("I have none.").check()
    page.get_by_label(SIGNATURE).fill(PASSWORD)
    page.get_by_role("button", name="Sign edition 2").click()

    signed = SignOff.objects.get(edition__monograph__slug=SLUG, edition__number=2)
    assert len(signed.seen["read"]) == 1
    assert User.objects.get(pk=signed.signer_id).username == "clinician"
