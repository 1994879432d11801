"""A dose in the browser: a regimen of alemtuzumab's shape typed by keyboard alone and without a script, a tenfold slip
held up until it is explained, sent for review, and reviewed with its critical change first."""

import json

import pytest
from django.contrib.auth.models import User

from monographs.assemble import build
from monographs.models import Monograph
from reviews.models import ChangeSet
from reviews.workflow import perform
from tests import factories as make
from tests.journeys.conftest import PICTURES
from tests.journeys.test_one_page import box_of, opens

pytestmark = pytest.mark.slow
SLUG, PASSWORD = "alemtuzumab", "clincalc-demo"
EDIT, REVIEW = f"/desk/monographs/{SLUG}/edit/", f"/desk/monographs/{SLUG}/review/"
PASSAGE = (
    "The recommended dose is 12 mg once daily by intravenous infusion over about 4 hours, for 5 days in the first "
    "course and, 12 months after it, for 3 days in the second."
)
# Of each step what is typed, in the order of its boxes.
DAILY = {"unit": "mg", "n": "1", "period": "1", "period_unit": "d", "over": "4", "over_unit": "h"}
COURSES = [
    {"dose": "12", **DAILY, "length": "5", "length_unit": "d", "course": "1"},
    {"dose": "12", **DAILY, "length": "3", "length_unit": "d", "course": "2", "gap": "12", "gap_unit": "mo"},
]


def doses():
    """Those that came since the published edition, whose own the demonstration brought."""
    page = Monograph.objects.get(slug=SLUG)
    before = {one.key for one in build(page.live.edition).regimens}
    edition = page.editions.order_by("-number").first()
    return [json.loads(one.structure) for one in build(edition).regimens if one.key not in before]


def steps_of(held):
    return [
        (step["dose"], step["unit"], step["for"]["value"], step["course"]["no"], step["course"].get("gap"))
        for step in held["steps"]
    ]


SHAPE = [("12", "mg", "5", 1, None), ("12", "mg", "3", 2, {"value": "12", "unit": "mo"})]


class Keys:
    """Somebody who has no mouse: what is pressed, and where that leads."""

    def __init__(self, page) -> None:
        self.page = page

    @property
    def name(self) -> str:
        return self.page.evaluate("document.activeElement.name || document.activeElement.id || ''")

    def tabs_to(self, name: str, most: int = 90) -> None:
        for _press in range(most):
            if self.name == name:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{name} is not reached: {self.name}")

    def types(self, name: str, words: str) -> None:
        self.tabs_to(name)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)

    def chooses(self, name: str, value: str) -> None:
        self.tabs_to(name)
        for _press in range(60):
            if self.page.evaluate("document.activeElement.value") == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{name} has no {value}")

    def fills_row(self, number: int, row: dict[str, str]) -> None:
        for name, words in row.items():
            fill = self.chooses if name.endswith("unit") else self.types
            fill(f"steps-{number}-{name}", words)


def pictured(person, kind):
    """Also as it is printed."""
    if PICTURES:
        person.page.emulate_media(media="print")
        person.page.screenshot(path=f"{PICTURES}/{kind}-printed.png", full_page=True)
        person.page.emulate_media(media="screen")


def test_two_courses_are_typed_by_keyboard_alone_a_slip_is_held_up_and_it_is_sent(person):
    editor = person("editor")
    page = editor.goes_to(EDIT)
    keys = Keys(page)
    page.locator("#add-dosing-regimen").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("h2:has-text('Add a dose')")
    page.wait_for_selector("[name=indication]:focus")

    keys.types("indication", "relapsing multiple sclerosis")
    keys.chooses("route", "iv_infusion")
    keys.chooses("licence", "licensed")
    keys.types("country", "GB")
    keys.fills_row(0, COURSES[0])
    page.keyboard.press("Enter")  # of the one row that there is: another one
    page.wait_for_selector("[name=steps-1-dose]:focus")
    keys.fills_row(1, {**COURSES[1], "dose": "120"})
    page.locator("[name=steps-1-dose]").focus()
    page.keyboard.press("ArrowUp")
    assert keys.name == "steps-0-dose"
    page.keyboard.press("ArrowDown")
    assert keys.name == "steps-1-dose"
    keys.types("max_courses", "2")
    page.wait_for_selector(".preview table.doses td:has-text('120 mg')")
    page.wait_for_selector(".preview:has-text('Step 2 is 10 times step 1.')")
    keys.types("section", "4.2")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".errors:has-text('Step 2 is 10 times step 1. Correct it, or say below why.')")
    assert doses() == []
    editor.is_accessible("dose-held-up")
    pictured(editor, "dose-held-up")

    page.locator("[name=steps-1-dose]").focus()
    assert page.locator("[name=steps-1-dose][aria-invalid=true]").count() == 1
    keys.types("steps-1-dose", "12")
    # What is said beside it is marked as said of what stood there, and in the list above.
    assert page.locator(".field-bad[data-was] [name=steps-1-dose]:not([aria-invalid])").count() == 1
    assert page.locator(".field-bad:not([data-was]) [name=tenfold]").count() == 1
    page.locator("[name=passage]").focus()
    page.keyboard.insert_text(PASSAGE)
    page.wait_for_selector(".preview table.doses td:has-text('for 3 days')")
    editor.is_accessible("dose-form", everywhere=True)
    pictured(editor, "dose-form")
    page.keyboard.press("Control+s")
    page.wait_for_selector("text=is saved.")

    (held,) = doses()
    assert steps_of(held) == SHAPE
    assert held["max_courses"] == 2
    said = editor.reads().replace("\xa0", " ")
    assert "Course 1: 12 mg once daily over 4 hours for 5 days (total 60 mg)." in said
    assert "Course 2: 12 mg once daily over 4 hours for 3 days (total 36 mg), 12 months after course 1." in said
    editor.is_accessible("dose-saved")
    page.get_by_role("button", name="Send for review").click()
    page.wait_for_selector("text=Edition 2 is in review.")
    assert [one for one in editor.errors if "422" not in one] == []  # it was held up
    clinician = person("clinician")
    read = clinician.goes_to(REVIEW).locator("section:has(> #doses-t)").text_content().replace("\xa0", " ")
    assert "12 mg once daily over 4 hours for 3 days" in read
    assert PASSAGE not in person().goes_to(f"/drugs/{SLUG}/").content()


def published_with(structure):
    """Edition 2 with this dose, signed and published by those whom it takes."""
    people = {user.username: user for user in User.objects.all()}
    page = Monograph.objects.get(slug=SLUG)
    edition = make.start(None, page.live.edition, people["editor2"])
    make.add_part(edition, make.dose(structure=structure, passage=PASSAGE), actor=people["editor2"])
    make.submit(None, edition, people["editor2"])
    for name in ("clinician", "pharmacist"):
        given = make.attestation(edition, people[name], password=PASSWORD)
        perform("sign", editions=[edition], actor=people[name], digest=given.digest, attestation=given)
    perform("publish", editions=[edition], actor=people["publisher"], digest=make.seen(edition))


def test_a_tenfold_step_is_explained_and_stands_first_in_the_review(person):
    published_with({**make.COURSES, "source": {"section": "4.2"}})
    editor = person("editor")
    page = editor.goes_to(EDIT)
    page.locator(f"#open-{make.key('dose')}").click()
    page.wait_for_selector("form[data-edits] [name=steps-1-dose]")
    page.fill("[name=steps-1-dose]", "120")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".errors:has-text('Step 2 is 10 times what stood there.')")
    page.fill("[name=tenfold]", "The second course is ten times the first in this trial.")
    page.keyboard.press("Control+s")
    page.wait_for_selector("text=is saved.")
    told = "Step 2 is 10 times what stood there. Because: The second course is ten times the first in this trial."
    assert ChangeSet.objects.filter(reason=told, touched=[str(make.key("dose"))]).count() == 1
    assert told in editor.goes_to(f"/desk/monographs/{SLUG}/history/").inner_text("main")
    page = editor.goes_to(EDIT)
    opens(page, "Prescribing in practice")  # figures that readers are not shown are nothing to sign
    box = box_of(page, "Prescribing in practice")
    box.fill(f"{box.input_value()}\n\nThey are told about this by name.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector("text=Prescribing in practice is saved.")
    page.get_by_role("button", name="Send for review").click()
    page.wait_for_selector("text=Edition 3 is in review.")

    clinician = person("clinician")
    page = clinician.goes_to(REVIEW)
    first = page.locator("section.dose-change").first.inner_text().replace("\xa0", " ")
    assert "Critical" in first
    assert "12 mg" in first
    assert "120 mg" in first
    assert "10 times" in first
    clinician.is_accessible("dose-review", everywhere=True)
    pictured(clinician, "dose-review")
    assert [one for one in (*editor.errors, *clinician.errors) if "422" not in one] == []


def test_without_a_script_rows_are_asked_for_previewed_held_up_and_saved(person):
    editor = person("editor", java_script_enabled=False)
    page = editor.goes_to(EDIT)
    page.locator("#add-dosing-regimen").click()
    page.fill("[name=indication]", "relapsing multiple sclerosis")
    page.select_option("[name=route]", "iv_infusion")

    def fills(number, row):
        for name, words in row.items():
            fill = page.select_option if name.endswith("unit") else page.fill
            fill(f"[name=steps-{number}-{name}]", words)

    fills(0, COURSES[0])
    page.locator("#rows-steps > p > button").click()
    fills(1, {**COURSES[1], "dose": "120"})
    page.fill("[name=passage]", PASSAGE)
    page.get_by_role("button", name="Preview", exact=True).click()
    assert "120 mg" in page.locator(".preview table.doses").inner_text().replace("\xa0", " ")
    assert doses() == []
    page.get_by_role("button", name="Add", exact=True).click()
    assert "Step 2 is 10 times step 1. Correct it, or say below why." in page.locator(".errors").inner_text()
    assert doses() == []
    page.fill("[name=steps-1-dose]", "12")
    page.get_by_role("button", name="Add", exact=True).click()
    assert steps_of(doses()[0]) == SHAPE
    page.get_by_role("button", name="Send for review").click()
    assert "Edition 2 is in review." in page.inner_text("main")
