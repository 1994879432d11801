"""A new monograph begins with sections of another page: chosen, copied with their references, and mended."""

from playwright.sync_api import expect

from reviews.audit.verify import verify


def test_a_new_monograph_begins_with_parts_of_another_page(person):
    editor = person("editor")
    page = editor.goes_to("/desk/monographs/new/")
    page.fill("[name=drug_name]", "begunumab")
    page.fill("[name=title]", "Begunumab in multiple sclerosis")
    page.select_option(
        "[name=therapeutic_class]", label=page.locator("[name=therapeutic_class] option").last.inner_text()
    )
    page.get_by_role("button", name="Start the monograph").click()
    page.wait_for_load_state()
    page = editor.goes_to("/desk/monographs/begunumab-in-multiple-sclerosis/edit/")

    page.get_by_role("link", name="Copy from another page").click()
    page.fill("[name=q]", "alemtu")
    page.get_by_role("button", name="Find").click()
    editor.is_accessible("start-from-which")
    page.get_by_role("link", name="Choose Alemtuzumab").click()
    page.get_by_text("Read it").first.click()
    editor.is_accessible("start-from-parts")
    page.get_by_label("Counselling the patient").uncheck()
    page.get_by_role("button", name="Copy them").click()

    expect(page.locator("main")).to_contain_text(
        "Copied from Alemtuzumab in multiple sclerosis, with the references cited"
    )
    words = page.inner_text("main")
    assert "Full blood count with differential" in words
    assert "Keep going for the blood and urine tests" not in words
    expect(page.locator("main")).to_contain_text("This was copied from its page.")
    editor.is_accessible("start-from-copied")
    page.get_by_role("link", name="Edit How it works", exact=True).click()
    box = page.locator("form[data-edits] textarea[name=text]")
    assert "Alemtuzumab" in box.input_value()
    box.fill(box.input_value().replace("Alemtuzumab", "It"))
    page.get_by_role("button", name="Save", exact=True).click()
    part = page.locator(".editpart", has=page.get_by_role("heading", name="How it works", exact=True))
    expect(part).to_contain_text("How it works is saved.")
    expect(part).not_to_contain_text("This was copied from its page.")
    assert editor.errors == []
    assert verify() == []


def test_all_that_a_kind_of_drug_needs_is_begun_at_once_and_saved_together(person):
    editor = person("editor")
    page = editor.goes_to("/desk/monographs/glatiramer-acetate/edit/")
    missing = page.locator("a[data-gap]").count()
    assert missing > 2

    page.get_by_role("link", name="Begin all missing sections").click()
    expect(page.locator("form[data-edits]")).to_have_count(missing)
    first, second = (page.locator("form[data-edits] textarea[name=text]").nth(number) for number in (0, 1))
    expect(first).to_be_focused()
    editor.is_accessible("sections-begun")
    first.fill("Words of the first.")
    second.fill("Words of the second.")
    page.get_by_role("button", name="Save all").click()
    expect(page.locator("form[data-edits]")).to_have_count(missing - 2)

    assert page.locator("main").inner_text().count("is saved.") == 2
    assert editor.errors == []
    assert verify() == []


def test_without_a_script_they_stand_on_one_page_and_are_saved_together(person):
    editor = person("editor", java_script_enabled=False)
    page = editor.goes_to("/desk/monographs/glatiramer-acetate/edit/")

    page.get_by_role("link", name="Begin all missing sections").click()
    page.get_by_label("Cautions").fill("Words of the first.")
    page.get_by_label("Overdose").fill("Words of the second.")
    page.get_by_role("button", name="Save what is written").click()

    assert "Cautions is saved." in editor.reads()
    assert "Overdose is saved." in editor.reads()
    assert verify() == []
