"""What writing costs, counted by a scripted browser: every click, every choice, every key that is pressed and not typed,
and every load of a page; typing is free. `pytest -s` prints the tables, and `COSTS` names a file to put them into.

With a script a journey fails above its goal. Without one it is counted and told, and must not come to cost more.
"""

import os
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Response, expect

from monographs.assemble import build
from monographs.checks.problems import problems
from monographs.models import Edition, State
from monographs.standing import today
from monographs.vocabulary import SECTION_KINDS
from reviews.audit.verify import verify
from reviews.editing.citable import visible
from tests import register as it


class Counted:
    """Somebody at a browser, each of whose acts is written down. `loads` are whole pages."""

    def __init__(self, person) -> None:
        self.person, self.page = person, person.page
        self.acts: list[str] = []
        self.loads: list[str] = []
        self.page.on("response", self._loads)

    def _loads(self, response: Response) -> None:
        """A page that came; one that only leads on is no page."""
        if response.request.is_navigation_request() and not 300 <= response.status < 400:
            self.loads.append("/" + response.url.split("//")[1].partition("/")[2])

    def clicks(self, what: Locator, words: str) -> None:
        self.acts.append(f"click {words}")
        what.click()

    def presses(self, key: str, words: str = "") -> None:
        self.acts.append(f"key {key}{f' ({words})' if words else ''}")
        self.page.keyboard.press(key)

    def types(self, words: str) -> None:
        """Into the box that has the focus: that it has it is the point, so nothing here looks for a box."""
        assert self.page.evaluate("document.activeElement.matches('input, textarea')"), words
        self.page.keyboard.insert_text(words)

    def chooses(self, box: Locator, words: str, label: str) -> None:
        """One act to open the list, one to take a line of it."""
        self.acts += [f"open the list {words}", f"choose {label}"]
        box.focus()
        box.select_option(label=label)

    def tell(self, title: str) -> None:
        lines = [f"{title}: {len(self.acts)} interactions, {len(self.loads)} loads"]
        lines += [f"{number:4}. {act}" for number, act in enumerate(self.acts, 1)]
        lines += [f"      load of {path}" for path in self.loads]
        print("\n" + "\n".join(lines))
        if kept := os.environ.get("COSTS"):
            with Path(kept).open("a") as file:
                file.write("\n".join(lines) + "\n\n")


LIST = "/desk/monographs/"
SLUG = "costunumab-in-multiple-sclerosis"
SECTIONS = {
    "indications": "Relapsing multiple sclerosis in adults, with activity on a scan",
    "contra-indications": "Severe active infection, until it has gone",
    "cautions": "Recent infection: wait until it has gone",
    "renal-impairment": "Nothing is known of severe renal impairment",
    "hepatic-impairment": "Look at liver tests before each infusion",
    "interactions": "No live vaccine during treatment",
    "pregnancy": "Avoid, unless the illness itself harms more",
    "breast-feeding": "Feeding may go on",
}
TESTS = {
    "Full blood count": ("before treatment", "every month"),
    "Thyroid function": ("before treatment", "every 3 months"),
    "Serum creatinine": ("before treatment", "every month"),
}


INTRODUCTION = "An antibody, given by infusion to adults with relapsing multiple sclerosis."
DOSING = ("Doses are not part of this page yet.", "Use the product information.")
WATCH = "Watch for two hours after each infusion."
HEADINGS = [SECTION_KINDS[kind].heading for kind in SECTIONS]
WHOLE_TODAY, WHOLE_LOADS = 64, 30  # without a script


def work(number: int, family: str) -> dict:
    return {
        "type": "journal-article", "DOI": f"10.1000/{number}", "title": [f"What infusions do, report {number}"],
        "issued": {"date-parts": [[2010 + number, 3, 12]]}, "author": [{"family": family, "given": "Anna B"}],
        "container-title": ["The Journal"], "volume": "12", "page": "101-9",
    }  # fmt: skip


@pytest.fixture
def register(settings):
    with it.serving() as serving:
        settings.CROSSREF_URL, settings.PUBMED_URL = serving.address, ""
        for number, family in ((1, "Nice"), (2, "Hale"), (3, "Wren")):
            serving.says[f"/works/10.1000%2F{number}"] = it.json_of({"message": work(number, family)})
        yield serving


def is_complete() -> None:
    """Nothing that was to be written is missing, and nothing stands against sending it for review."""
    edition = Edition.objects.get(monograph__slug=SLUG)
    document = build(edition)
    assert [one.kind for one in document.sections] == list(SECTIONS)
    assert [(one.test, one.when, one.how_often) for one in document.monitoring] == [
        (test, *when) for test, when in TESTS.items()
    ]
    assert [one.title for one in document.notices] == ["Infusion reactions"]
    assert len(document.citations) == 4
    assert {"10.1000/1", "10.1000/2", "10.1000/3"} <= {one.csl.get("DOI") for one in document.citations}
    assert problems(document, today()) == []


def begins(me: Counted) -> None:
    """From the list to the one page of a new monograph on a new drug."""
    page = me.page
    me.clicks(page.get_by_role("link", name="Start a monograph"), "Start a monograph")
    page.wait_for_load_state()
    me.clicks(page.get_by_label("International name"), "into the name")
    me.types("costunumab")
    me.chooses(
        page.get_by_label("Therapeutic class"),
        "of classes",
        page.locator("[name=therapeutic_class] option").last.inner_text(),
    )
    me.presses("Tab", "to the title")
    me.types("Costunumab in multiple sclerosis")
    me.clicks(page.get_by_role("button", name="Start the monograph"), "Start the monograph")
    page.wait_for_selector("text=The monograph is started")
    page.wait_for_load_state()


def test_a_new_monograph_costs_at_most_60_interactions_and_3_loads(person, register):
    editor = person("editor")
    page = editor.goes_to(LIST)
    record = visible(User.objects.get(username="editor")).order_by("label").first()
    me = Counted(editor)

    begins(me)
    me.clicks(page.get_by_role("link", name="Edit name and introduction"), "Edit name and introduction")
    page.wait_for_selector("#header form[data-edits]")
    me.clicks(page.locator("#header [name=introduction]"), "into the introduction")
    me.types(INTRODUCTION)
    me.clicks(page.locator("#header [name=dosing_since]"), "into the dose")
    me.types("2026-11-01")
    for words in DOSING:
        me.presses("Tab")
        me.types(words)
    me.presses("Control+Enter", "save and go on")
    page.wait_for_selector("text=The header is saved.")

    for number, (kind, words) in enumerate(SECTIONS.items(), 1):
        form = page.locator(f"#{kind} form[data-edits]:has(textarea[name=text])")
        form.wait_for()
        expect(form.locator("[name=text]")).to_be_focused()
        me.types(words)
        if number <= 2:  # a source that nobody has yet
            me.page.keyboard.type(f" [@10.1000/{number}")
            page.wait_for_selector("[role=listbox] [aria-selected=true]:has-text('elsewhere')")
            me.presses("Enter", "find it")
            page.wait_for_selector("text=Filled in from Crossref")
            me.clicks(page.locator("#references").get_by_role("button", name="Add", exact=True), "Add the reference")
            expect(form.locator("[name=text]")).to_be_focused()
        elif number == 3:
            me.page.keyboard.type(f" [@{record.label}")
            page.wait_for_selector("[role=listbox] [aria-selected=true]")
            me.presses("Enter", "cite it")
        me.types(".")
        me.presses("Control+Enter" if number < len(SECTIONS) else "Control+s", "add it")
        page.wait_for_selector(f"#{kind} .editpart:has-text('{words}') header a:has-text('Edit')")

    me.clicks(page.locator("#add-references-citation"), "Add a reference")
    page.locator("#references form[data-edits]").wait_for()
    me.clicks(page.get_by_label("DOI, PMID, web address"), "into the search")
    me.types("https://doi.org/10.1000/3")
    me.presses("Enter", "find it")
    page.wait_for_selector("text=Filled in from Crossref")
    me.presses("Control+s", "add it")
    page.wait_for_selector("text=Reference: wren2013 is saved.")

    for test, (when, how_often) in TESTS.items():
        me.clicks(page.locator("#add-monitoring-monitoring"), "Add a monitoring test")
        box = page.locator("#monitoring form[data-edits] [name=test]")
        box.wait_for()
        expect(box).to_be_focused()
        for number, words in enumerate((test, when, how_often)):
            if number:
                me.presses("Tab")
            me.types(words)
        me.presses("Control+s", "add it")
        page.wait_for_selector(f"text=Monitoring: {test} is saved.")

    me.clicks(page.locator("#add-critical-notice"), "Add a safety notice")
    notice = page.locator("#critical form[data-edits]")
    notice.wait_for()
    expect(notice.locator("[name=type]")).to_be_focused()
    page.keyboard.type("Caution")  # a list takes what is typed
    me.presses("Tab")
    me.types("Infusion reactions")
    me.clicks(notice.locator("[name=text]"), "into the text")
    me.types(WATCH)
    me.chooses(notice.locator("[name=source]"), "of sources", "wren2013")
    me.presses("Control+s", "add it")
    page.wait_for_selector("text=Safety notice: Infusion reactions is saved.")

    me.tell("A new monograph, with a script")
    is_complete()
    assert editor.errors == []
    assert verify() == []
    assert len(me.acts) <= 60
    assert len(me.loads) <= 3


# -- One word in a page that readers see ------------------------------------------------------------------------------

LIVE = "/drugs/alemtuzumab/"


def is_in_review() -> None:
    edition = Edition.objects.filter(monograph__slug="alemtuzumab").latest("number")
    assert (edition.number, edition.state) == (2, State.IN_REVIEW)
    assert any("one word more" in one.text for one in build(edition).sections)
    assert verify() == []


def test_one_word_in_a_live_page_costs_at_most_5_interactions_and_2_loads(person):
    editor = person("editor")
    page = editor.goes_to(LIVE)
    me = Counted(editor)

    me.clicks(page.get_by_role("link", name="For editors: edit this page"), "For editors: edit this page")
    page.wait_for_load_state()
    me.clicks(page.get_by_role("link", name="Edit Counselling the patient", exact=True), "Edit")
    box = page.locator("#counselling form[data-edits] [name=text]")
    expect(box).to_be_focused()
    box.evaluate("box => box.setSelectionRange(box.value.length, box.value.length)")
    me.types(" There is one word more.")
    me.presses("Control+s", "save")
    page.wait_for_selector("text=Counselling the patient is saved.")
    editor.is_accessible("send-for-review")

    me.clicks(page.get_by_role("button", name="Send for review"), "Send for review")
    page.wait_for_selector("text=Edition 2 is in review.")

    me.tell("One word in a live page, with a script")
    is_in_review()
    assert editor.errors == []
    assert len(me.acts) <= 5
    assert len(me.loads) <= 2


# -- Without a script: told, and held at what it costs today ----------------------------------------------------------


def test_without_a_script_a_new_monograph_costs_no_more_than_today(person, register):
    editor = person("editor", java_script_enabled=False)
    page = editor.goes_to(LIST)
    record = visible(User.objects.get(username="editor")).order_by("label").first()
    me = Counted(editor)

    def follows(name: str) -> None:
        me.clicks(page.get_by_role("link", name=name, exact=True), name)
        page.wait_for_load_state()

    def saves(name: str, said: str) -> None:
        me.clicks(page.get_by_role("button", name=name, exact=True), name)
        page.wait_for_selector(f"text={said} is saved.")

    def goes_into(name: str, words: str) -> None:
        me.clicks(page.locator(f"form[data-edits] [name={name}]"), f"into {name}")
        me.types(words)

    begins(me)
    for number, key in ((1, "nice2011"), (2, "hale2012"), (3, "wren2013")):
        follows("Add a reference")
        me.clicks(page.get_by_label("DOI, PMID, web address"), "into the search")
        me.types(f"10.1000/{number}")
        me.presses("Enter", "find it")
        page.wait_for_selector("text=Filled in from Crossref")
        saves("Add", f"Reference: {key}")
    follows("Edit name and introduction")
    goes_into("introduction", INTRODUCTION)
    goes_into("dosing_since", "2026-11-01")
    for words in DOSING:
        me.presses("Tab")
        me.types(words)
    saves("Save", "The header")
    follows("Add indications")
    for number, words in enumerate(SECTIONS.values(), 1):
        cites = {1: " [@nice2011]", 2: " [@hale2012]", 3: f" [@{record.label}]"}.get(number, "")
        goes_into("text", f"{words}{cites}.")
        last = number == len(SECTIONS)
        saves("Add" if last else "Add and go to the next gap", HEADINGS[number - 1])
    for test, (when, how_often) in TESTS.items():
        follows("Add a monitoring test")
        goes_into("test", test)
        for words in (when, how_often):
            me.presses("Tab")
            me.types(words)
        saves("Add", f"Monitoring: {test}")
    follows("Add a safety notice")
    notice = page.locator("form[data-edits]")
    me.chooses(notice.locator("[name=type]"), "of types", "Caution (major)")
    me.presses("Tab")
    me.types("Infusion reactions")
    goes_into("text", WATCH)
    me.chooses(notice.locator("[name=source]"), "of sources", "wren2013")
    saves("Add", "Safety notice: Infusion reactions")

    me.tell("A new monograph, without a script")
    is_complete()
    assert verify() == []
    assert len(me.acts) <= WHOLE_TODAY
    assert len(me.loads) <= WHOLE_LOADS


def test_without_a_script_one_word_in_a_live_page_costs_no_more_than_today(person):
    editor = person("editor", java_script_enabled=False)
    page = editor.goes_to(LIVE)
    me = Counted(editor)

    me.clicks(page.get_by_role("link", name="For editors: edit this page"), "For editors: edit this page")
    me.clicks(page.get_by_role("link", name="Edit Counselling the patient", exact=True), "Edit")
    box = page.locator("form[data-edits] [name=text]")
    me.clicks(box, "into the text")
    box.evaluate("box => box.setSelectionRange(box.value.length, box.value.length)")
    me.types(" There is one word more.")
    me.clicks(page.get_by_role("button", name="Save", exact=True), "Save")
    page.wait_for_selector("text=Counselling the patient is saved.")
    me.clicks(page.get_by_role("button", name="Send for review"), "Send for review")
    page.wait_for_selector("text=Edition 2 is in review.")

    me.tell("One word in a live page, without a script")
    is_in_review()
    assert len(me.acts) <= 5
    assert len(me.loads) <= 4
