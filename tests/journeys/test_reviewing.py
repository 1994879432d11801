"""A review in the browser: an interval that changed cannot be missed, and what was read is ticked in place."""

from tests.journeys.test_one_page import opens

SLUG = "alemtuzumab"
EDIT, REVIEW = f"/desk/monographs/{SLUG}/edit/", f"/desk/monographs/{SLUG}/review/"
THYROID = "“Thyroid function” is tested less often (2 times): it was “every 3 months”, now it is “every 6 months”."


def sent(editor):
    """An amendment: some words of practice first, then the interval of the thyroid tests."""
    page = editor.goes_to(EDIT)
    opens(page, "Prescribing in practice")
    box = page.locator(".editpart:has(h2:has-text('Edit Prescribing')) textarea[name=text]")
    box.fill(f"{box.input_value()}\n\nThey are told about this by name.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector("text=Prescribing in practice is saved.")
    opens(page, "Monitoring: Thyroid function")
    page.locator("form[data-edits] [name=how_often]").fill("every 6 months")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector("text=Monitoring: Thyroid function is saved.")
    page.get_by_role("button", name="Send for review").click()
    page.wait_for_selector("text=Edition 2 is in review.")
    assert editor.errors == []


def test_the_thyroid_change_is_first_and_large_on_a_phone_and_what_was_read_is_ticked(person):
    sent(person("editor"))
    clinician = person("clinician", viewport={"width": 375, "height": 812})
    page = clinician.goes_to(REVIEW)

    assert page.locator("#s-title + ol > li").first.inner_text().endswith(THYROID)
    first = page.locator("section.dose-change").first
    assert THYROID in first.inner_text()
    body = float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))
    large = first.locator(".was-now dd").last
    assert float(large.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")) > body
    assert "line-through" not in first.locator(".was-now del").first.evaluate(
        "one => getComputedStyle(one).textDecorationLine"
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    clinician.is_accessible("review-of-an-interval")

    loads = []
    page.on("request", lambda asked: loads.append(asked.url) if asked.is_navigation_request() else None)
    page.locator("[name=password]").fill("half a passw")
    first.get_by_role("button", name="I have read this").click()
    first.get_by_role("button", name="Not read after all").wait_for()
    page.wait_for_selector("#read-count:has-text('You have read 1 of 2.')")
    assert loads == []
    assert page.locator("[name=password]").input_value() == "half a passw"
    assert clinician.errors == []

    plain = person("pharmacist", java_script_enabled=False)
    page = plain.goes_to(REVIEW)
    page.get_by_role("button", name="I have read this").first.click()
    assert "You have read 1 of 2." in page.inner_text("main")
