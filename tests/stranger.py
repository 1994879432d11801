"""Somebody new at a browser, who knows what README told them and what they see: labels, buttons, links.

Addresses are typed only where a person has one: the site's own, and the link that was handed over. Everything else is
clicked, so whatever they came to was shown to them on the page before.
"""

import re
from collections import Counter
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page

from tests.journeys.conftest import Person
from tests.totp import code_of, next_code_of

PASSWORD = "four words make a {}"


class Stranger(Person):
    """Counts what it took: pages that were shown, clicks, boxes that were filled in."""

    def __init__(self, browser: Browser, site: str, name: str, took: Counter[str]) -> None:
        super().__init__(browser, site, ignore_https_errors=True)
        self.who, self.took, self.secret = name, took, ""
        self.judged: set[str] = set()
        self.page.set_default_timeout(12_000)
        self.page.on("response", self._came)

    @property
    def password(self) -> str:
        return PASSWORD.format(self.who)

    def _came(self, response) -> None:
        if response.request.is_navigation_request() and response.status < 300:
            self.took["pages"] += 1
        # None of the pages on the way is one that says no.
        if response.status >= 400:
            self.errors.append(f"{response.status} {urlsplit(response.url).path}")

    # -- What a person does ------------------------------------------------------------------------------------------

    def opens(self, address: str) -> Page:
        """Types an address that they were given."""
        self.page.goto(address)
        return self.page

    def clicks(self, what: Locator | str, role: str = "link") -> None:
        """Clicks what is in sight by its words, and waits for what comes."""
        if isinstance(what, str):
            # What stands for ears alone ("Invite one: an editor") is told with a space before its colon.
            words = re.compile(f"^{re.escape(what).replace(':', ' ?:')}$")
            what = self.page.get_by_role(role, name=words).first
        self.took["clicks"] += 1
        what.click()
        self.page.wait_for_load_state()

    def presses(self, words: str) -> None:
        self.clicks(words, "button")

    def unfolds(self, words: str) -> Locator:
        """Opens what is folded under these words; where it stands."""
        fold = self.page.locator("details", has=self.page.locator("summary", has_text=words))
        if not fold.first.evaluate("one => one.open"):
            self.clicks(fold.first.locator("summary"))
        return fold.first

    def fills(self, where: Locator | None = None, **boxes: str) -> None:
        """Fills boxes by their labels, where "_" stands for a space."""
        self.fills_in({label.replace("_", " "): words for label, words in boxes.items()}, where)

    def fills_in(self, boxes: dict[str, str], where: Locator | None = None) -> None:
        for label, words in boxes.items():
            box = (where or self.page.locator("main")).get_by_label(label, exact=True).first
            self.took["boxes"] += 1
            if box.evaluate("one => one.tagName") == "SELECT":
                box.select_option(label=words)
            else:
                box.fill(words)

    def sees(self, words: str) -> None:
        self.page.get_by_text(words).first.wait_for()

    def judges(self, kind: str) -> None:
        """A page kind that no other journey passes by: axe finds nothing."""
        if kind not in self.judged:
            self.judged.add(kind)
            self.is_accessible(kind)

    # -- Coming in ---------------------------------------------------------------------------------------------------

    def comes_in(self, link: str) -> None:
        """Opens the link, sets a password and an app, and lands where their role works."""
        self.opens(link)
        self.fills_in({"Your new password": self.password, "The same again": self.password})
        self.presses("Set the password")
        self.gives_password()
        self.clicks("Set up an app")
        self.secret = re.search(r"Key: ([A-Z2-7 ]+)", self.reads())[1]
        self.fills_in({"The code that the app shows now": code_of(self.secret), "Your password": self.password})
        self.presses("Set up the app")
        self.clicks("I have kept them: continue to the desk")

    def gives_password(self) -> None:
        self.fills_in({"User name or e-mail": self.who, "Password": self.password})
        self.presses("Sign in")

    def signs_in_again(self) -> None:
        """With the next code: the one of before is used up."""
        self.presses("Sign out")
        self.opens("/desk/")
        self.gives_password()
        self.fills_in({"Code": next_code_of(self.secret)})
        self.presses("Continue")
