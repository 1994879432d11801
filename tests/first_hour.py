"""The first hour of a house, as its people live it: two links, six people, one monograph, and a reader.

Each step is what somebody sees and clicks (`tests/stranger.py`); who does it is who would.
"""

import json
import re
import time
from collections import Counter
from pathlib import Path

from playwright.sync_api import Browser

from monographs.called import called
from tests.stranger import Stranger

DRUG = "prednisolone"
KEPT = Path(__file__).parent.parent / "reviews" / "management" / "demonstration" / "monographs" / f"{DRUG}.json"
DOCUMENT = json.loads(KEPT.read_text())["document"]
CALLED = called(DOCUMENT["header"]["name"], DOCUMENT["header"].get("title", ""))
EVERYWHERE, HORMONES = "Everywhere", "Systemic hormones"
# name to sign in by: (name, role as the form says it, where)
INVITED = {
    "eve": ("Eve Editor", "Editor: write and change drafts", HORMONES),
    "paul": ("Paul Publisher", "Publisher: publish and withdraw", EVERYWHERE),
    "dora": ("Dora Doctor", "Clinician: write, review and sign", HORMONES),
    "phil": ("Phil Pharmacist", "Clinician: write, review and sign", EVERYWHERE),
}
BY_MAIL = ("eve", "dora")


FORM = "form[data-edits]"  # of the part that is open


class FirstHour:
    """`links` are those that `setup` printed; `mails` is where letters arrive."""

    def __init__(self, browser: Browser, site: str, links: dict[str, str], mails: Path) -> None:
        self.browser, self.site, self.links, self.mails = browser, site, links, mails
        self.took: Counter[str] = Counter()
        self.people: dict[str, Stranger] = {}
        self.minutes: dict[str, float] = {}
        self._began = time.monotonic()

    def is_told(self) -> str:
        parts = ", ".join(f"{what} {seconds:.0f} s" for what, seconds in self.minutes.items())
        counted = ", ".join(f"{number} {what}" for what, number in self.took.items())
        return f"{len(self.people)} people: {counted}; {parts}"

    def _done(self, what: str) -> None:
        self.minutes[what] = time.monotonic() - self._began
        self._began = time.monotonic()

    def _arrives(self, name: str) -> Stranger:
        self.people[name] = somebody = Stranger(self.browser, self.site, name, self.took)
        somebody.comes_in(self.links[name])
        return somebody

    # -- Both administrators -----------------------------------------------------------------------------------------

    def opens(self) -> None:
        """Both come in by the link that `setup` printed; the first follows "First steps" and invites."""
        ada = self._arrives("ada")
        self._arrives("ben")
        ada.clicks("What is missing, and what can be published with these people")
        ada.judges("first-steps")
        for name, step in {
            "eve": "An editor", "paul": "A publisher", "dora": "Clinicians, registered and verified",
            "phil": "A pharmacist among them",
        }.items():  # fmt: skip
            self._invites(ada, name, step)
        ada.presses("Send one")
        ada.sees("A letter is on its way to ada@example.org.")
        ada.presses("I copied it today")
        self._done("opening and inviting")

    def _invites(self, ada: Stranger, name: str, step: str) -> None:
        words, role, where = INVITED[name]
        ada.clicks(ada.page.get_by_role("listitem").filter(has_text=step).get_by_role("link"))
        ada.judges("invite")
        ada.fills_in({
            "Name": words, "E-mail": f"{name}@example.org", "Signs in as": name, "May": role, "Where": where,
        })  # fmt: skip
        by_mail = name in BY_MAIL
        ada.fills_in({"How they get their link": "By a letter to their e-mail" if by_mail else "I hand the link over"})
        ada.presses("Invite")
        ada.judges("person-invited")
        ada.sees(f"{words} has an account, and may do this.")
        shown = self._letter_to(f"{name}@example.org") if by_mail else ada.reads()
        self.links[name] = re.search(rf"{re.escape(self.site)}/accounts/link/\S+/", shown)[0]
        ada.clicks("People")
        ada.clicks("What is missing, and what can be published with these people")

    def _letter_to(self, address: str) -> str:
        return next(text for path in self.mails.iterdir() if f"To: {address}" in (text := path.read_text()))

    # -- Whoever was invited -----------------------------------------------------------------------------------------

    def arrives(self) -> None:
        """All come in by their link. The doctor states her registration; the pharmacist's is noted for him, by the
        administrator who does not verify it."""
        for name in INVITED:
            self._arrives(name)
        dora, phil, ada, ben = (self.people[name] for name in ("dora", "phil", "ada", "ben"))
        dora.clicks("State your registration")
        dora.judges("profile-empty")
        dora.fills_in({
            "Name in the register": "Dora Doctor", "Profession": "Specialist doctor", "Registration number": "1234567",
            "Specialty": "endocrinology", "Whom you treat": "Adults",
        })  # fmt: skip
        dora.presses("State my registration")
        self._declares(dora)

        self._goes_to_person(ada, "Phil Pharmacist")
        fold = ada.unfolds("Note this registration")
        ada.fills_in({
            "Name in the register": "Phil Pharmacist", "Profession": "Pharmacist", "Registration number": "2234567",
            "Whom they treat": "Adults and children",
        }, fold)  # fmt: skip
        ada.presses("Note this registration")

        ben.clicks("What is missing, and what can be published with these people")
        ben.clicks("Look at who waits: clinicians, registered and verified")
        ben.judges("people")
        for name, title in {"Dora Doctor": "endocrinologist", "Phil Pharmacist": "pharmacist"}.items():
            self._goes_to_person(ben, name)
            self._verifies(ben, title)
        phil.clicks("My profile")
        self._declares(phil)
        ben.clicks("People")
        ben.clicks("First steps: all done")
        assert re.search(r"Standard tier\s+It can be written, signed and published", ben.reads()), ben.reads()
        self._done("people")

    def _goes_to_person(self, somebody: Stranger, name: str) -> None:
        somebody.clicks("People")
        somebody.clicks(name)

    def _declares(self, clinician: Stranger) -> None:
        clinician.judges("profile")
        boxes = clinician.page.locator("form", has=clinician.page.get_by_role("button", name="Declare my interests"))
        for box in boxes.locator("textarea").all():
            box.fill("none")
        clinician.took["boxes"] += boxes.locator("textarea").count()
        clinician.presses("Declare my interests")
        clinician.sees("Your interests are declared.")

    def _verifies(self, ben: Stranger, title: str) -> None:
        fold = ben.unfolds("Verify this registration")
        ben.fills_in({
            "Title that readers see": title, "Day of the register’s page": time.strftime("%Y-%m-%d", time.gmtime()),
            "What you looked at": "The public register, entry and standing.",
        }, fold)  # fmt: skip
        ben.presses("Verify this registration")
        ben.sees("Verified. Look it up again before")

    # -- The first monograph -----------------------------------------------------------------------------------------

    def writes(self) -> None:
        """The editor starts a monograph on a new drug, writes its parts, is told of what proofing asks, and submits."""
        eve, header = self.people["eve"], DOCUMENT["header"]
        eve.clicks("Monographs")
        eve.clicks("Start a monograph")
        eve.fills_in({
            "International name": DRUG, "Therapeutic class": HORMONES, "Title": header["title"],
        })  # fmt: skip
        eve.presses("Start the monograph")
        eve.clicks("Edit name and introduction")
        eve.page.wait_for_selector(FORM)
        dosing = header["dosing"]
        eve.fills_in({
            "Introduction": header["introduction"], "No dose published since": dosing["since"],
            "Why no dose is published": dosing["reason"], "What to use instead": dosing["instead"],
        })  # fmt: skip
        eve.presses("Save")
        eve.page.wait_for_selector(FORM, state="detached")
        for citation in DOCUMENT["citations"]:
            self._adds_reference(eve, citation)
        for section in DOCUMENT["sections"]:
            self._adds(eve, "overdose", {"Kind of section": section["heading"], "Text": section["text"]})
        for item in DOCUMENT["monitoring"]:
            named = {"test": "Test", "when": "When", "how_often": "How often"}
            self._adds(eve, "a monitoring test", {label: item[key] for key, label in named.items()})
        for notice in DOCUMENT["notices"]:
            self._adds(eve, "a safety notice", {
                "Type": "Caution (major)", "Title": notice["title"], "Text": notice["text"], "Source": notice["source"],
            })  # fmt: skip
        eve.clicks("To the workspace")
        eve.sees("Must fix: Monitoring: Glucose or HbA1c: “every few months")  # an interval without a number
        eve.fills_in({"Why may these words stand?": "The source gives no number."})
        eve.presses("Send for review")
        eve.sees("In review")
        self._done("writing")

    def _adds(self, eve: Stranger, what: str, boxes: dict[str, str]) -> None:
        """By the link "Add …"; a section is begun in the gap of one kind and made another in its form."""
        eve.clicks(f"Add {what}")
        eve.page.wait_for_selector(FORM)
        eve.fills_in(boxes)
        eve.presses("Add")
        eve.page.wait_for_selector(FORM, state="detached")

    def _adds_reference(self, eve: Stranger, citation: dict) -> None:
        csl = citation["csl"]
        authors = [one.get("literal") or f"{one['family']}, {one['given']}" for one in csl["author"]]
        known = {"Title": csl["title"], "Authors": "\n".join(authors), "Label": citation["label"]}
        more = {"DOI": csl.get("DOI"), "Web address": csl.get("URL")}
        self._adds(eve, "a reference", known | {label: words for label, words in more.items() if words})

    def signs(self) -> None:
        """Both clinicians find it in their queue, read it, and sign; who changes nothing needs no second visit."""
        for name in ("dora", "phil"):
            clinician = self.people[name]
            clinician.clicks("My queue")
            clinician.clicks(f"Open the review: {CALLED}, edition 1")
            for tick in clinician.page.locator("[name^=tick_]").all():
                tick.check()
                self.took["clicks"] += 1
            clinician.page.get_by_label("I have none.").check()
            clinician.fills_in({"Your password, as your signature": clinician.password})
            clinician.presses("Sign edition 1")
            clinician.page.wait_for_url("**/desk/**")
        self._done("signing")

    def publishes(self) -> None:
        """After a sign-in with a code, as on any later day."""
        paul = self.people["paul"]
        paul.signs_in_again()
        paul.clicks(f"Open the workspace: {CALLED}, edition 1")
        paul.fills_in({"Why now, for our history": "The first page of this house."})
        paul.presses("Publish edition 1")
        self._done("publishing")

    def is_read(self) -> str:
        """A stranger finds the page from the front page; what it says."""
        reader = Stranger(self.browser, self.site, "", self.took)
        reader.opens("/")
        reader.clicks(CALLED)
        self._done("reading")
        self.people["reader"] = reader
        return reader.page.inner_text("body")
