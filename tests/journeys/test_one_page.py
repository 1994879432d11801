"""The one page on which a monograph is written, with a script: parts open side by side, and nothing typed is lost."""

EDIT = "/desk/monographs/glatiramer-acetate/edit/"
PRESCRIBING, COUNSELLING = "A line about practice that is new.", "A line for the patient that is new."


def opens(page, part):
    page.get_by_role("link", name=f"Edit {part}", exact=True).click()
    page.wait_for_selector(f"h2:has-text('Edit {part}')")


def box_of(page, part):
    return page.locator(f".editpart:has(h2:has-text('Edit {part}')) textarea[name=text]")


def test_two_parts_are_open_and_saving_one_leaves_the_other_as_it_was_typed(person):
    editor = person("editor")
    page = editor.goes_to(EDIT)
    loads = []
    page.on("request", lambda asked: loads.append(asked.url) if asked.is_navigation_request() else None)
    opens(page, "Prescribing in practice")
    opens(page, "Counselling the patient")
    editor.is_accessible("two-parts-open")
    for part, words in (("Prescribing in practice", PRESCRIBING), ("Counselling the patient", COUNSELLING)):
        box_of(page, part).fill(f"{box_of(page, part).input_value()}\n- {words}")
        page.wait_for_selector(f".preview li:has-text('{words}')")

    page.locator(".editpart:has(h2:has-text('Edit Prescribing'))").get_by_role(
        "button", name="Save", exact=True
    ).click()
    page.wait_for_selector("text=Prescribing in practice is saved.")

    assert COUNSELLING in box_of(page, "Counselling the patient").input_value()
    assert page.locator("form[data-edits]").count() == 1
    page.locator(".editpart:has(h2:has-text('Edit Counselling'))").get_by_role(
        "button", name="Save", exact=True
    ).click()
    page.wait_for_selector("text=Counselling the patient is saved.")
    assert loads == []
    editor.is_accessible("two-parts-saved")
    words = editor.goes_to(EDIT).inner_text("main")
    assert PRESCRIBING in words
    assert COUNSELLING in words
    assert editor.errors == []


def test_gap_after_gap_is_filled_without_loading_the_page_anew(person):
    editor = person("editor2")
    page = editor.goes_to(EDIT)
    loads, pressed = [], 0
    page.on("request", lambda asked: loads.append(asked.url) if asked.is_navigation_request() else None)
    page.get_by_role("link", name="Add indications").click()
    pressed += 1
    for kind in ("indications", "contra-indications", "cautions"):
        form = page.locator(f"#{kind} form[data-edits]:has(textarea[name=text])")
        form.locator("textarea[name=text]").fill(f"Words about {kind}, made for a test.")
        form.get_by_role("button", name="Add and go to the next gap").click()
        pressed += 1
        page.wait_for_selector(f"#{kind} .editpart:has-text('made for a test') header a")
    page.wait_for_selector("#renal-impairment form[data-edits]")
    page.locator("#renal-impairment").get_by_role("link", name="Close without saving").click()
    page.wait_for_selector("#renal-impairment form[data-edits]", state="detached")

    assert loads == []
    assert pressed == 4
    assert "Contra-indications" in page.inner_text("#partlist")
    # Taken out by mistake, and back by one press.
    opens(page, "Cautions")
    part = page.locator("#cautions .editpart")
    part.get_by_text("Remove this part").click()
    part.get_by_role("button", name="Remove Cautions").click()
    page.wait_for_selector("text=Cautions was removed.")
    page.locator("#partlist").get_by_role("link", name="Removed").click()
    page.locator("#removed:target").get_by_role("button", name="Restore Cautions").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.wait_for_selector("#cautions :text('Words about cautions')")
    assert page.locator("#removed").inner_text() == ""
    # A section that nobody misses opens where it will stand.
    page.get_by_text("Another section").click()
    other = page.locator("#other-sections a").first
    place = other.get_attribute("data-hx-target").replace("#gap-", "#")
    other.click()
    page.wait_for_selector(f"{place} form[data-edits]")
    page.get_by_role("link", name="Close without saving").click()
    page.wait_for_selector("form[data-edits]", state="detached")
    assert loads == []
    assert editor.errors == []


def test_the_keyboard_alone_opens_writes_and_saves(person):
    editor = person("editor")
    page = editor.goes_to(EDIT)
    page.get_by_role("link", name="Edit How it works", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("h2:has-text('Edit How it works')")
    page.wait_for_selector("textarea:focus, input:focus")
    while page.evaluate("document.activeElement.name") != "text":
        page.keyboard.press("Tab")
    page.keyboard.press("End")
    page.keyboard.type(" Typed by keyboard.")
    while page.evaluate("document.activeElement.textContent") != "Save":
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=How it works is saved.")
    assert "is saved." in page.evaluate("document.activeElement.textContent")
    assert editor.errors == []


def test_the_first_save_of_a_published_page_starts_an_edition(person):
    editor = person("editor")
    page = editor.goes_to("/desk/monographs/alemtuzumab/edit/")
    assert "Readers see this edition" in page.inner_text("main")
    opens(page, "Counselling the patient")
    box = box_of(page, "Counselling the patient")
    box.fill(f"{box.input_value()}\n- {COUNSELLING}")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector("text=is started.")
    assert "Edition 2, draft" in page.inner_text("#edit-state")
    assert "Readers see this edition" not in page.inner_text("main")
    editor.is_accessible("edition-begun")
    assert editor.errors == []


def test_all_that_is_open_is_saved_at_once_and_a_clash_holds_back_its_part_alone(person):
    editor, other = person("editor"), person("editor2")
    page = editor.goes_to(EDIT)
    loads = []
    page.on("request", lambda asked: loads.append(asked.url) if asked.is_navigation_request() else None)
    opens(page, "Prescribing in practice")
    assert not page.get_by_role("button", name="Save all").is_visible()
    opens(page, "Counselling the patient")
    for part, words in (("Prescribing in practice", "For both."), ("Counselling the patient", "Mine at the end.")):
        box_of(page, part).fill(f"{box_of(page, part).input_value()}\n- {words}")
    page.wait_for_selector("text=2 parts are not saved yet.")
    editor.is_accessible("save-all")

    theirs = other.goes_to(EDIT)
    opens(theirs, "Counselling the patient")
    box_of(theirs, "Counselling the patient").fill("- Theirs alone.")
    theirs.get_by_role("button", name="Save", exact=True).click()
    theirs.wait_for_selector("text=Counselling the patient is saved.")
    page.keyboard.press("Control+s")

    page.wait_for_selector("text=Not saved yet: 1 part.")
    page.wait_for_selector("text=Prescribing in practice is saved.")
    page.wait_for_selector("text=Conflict")
    assert "Mine at the end." in box_of(page, "Counselling the patient").input_value()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    editor.is_accessible("save-all-clash")
    page.get_by_role("button", name="Save mine over theirs").click()
    page.wait_for_selector("text=Counselling the patient is saved.")
    page.wait_for_selector("#save-all", state="hidden")
    assert loads == []
    words = editor.goes_to(EDIT).inner_text("main")
    assert "For both." in words
    assert "Mine at the end." in words
    assert (editor.errors, other.errors) == ([], [])


def test_save_all_waits_for_whoever_was_signed_out(person):
    editor = person("editor")
    page = editor.goes_to(EDIT)
    for part in ("Prescribing in practice", "Counselling the patient"):
        opens(page, part)
        box_of(page, part).fill(f"{box_of(page, part).input_value()}\n- Typed before the session ended.")
    page.wait_for_selector("text=2 parts are not saved yet.")
    kept = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_role("button", name="Save all").click()
    page.wait_for_selector("text=sign in again in another window")
    assert "Typed before" in box_of(page, "Counselling the patient").input_value()
    page.context.add_cookies(kept)
    for _ in range(4):  # whoever meets a token of before is told to save again
        if page.locator("#save-all button").is_visible():
            page.locator("#save-all button").click()
        page.wait_for_timeout(3000)
    page.wait_for_selector("text=Counselling the patient is saved.")
    assert "Typed before" in editor.goes_to(EDIT).inner_text("main")


def test_references_that_get_other_numbers_get_them_everywhere_on_the_page(person):
    editor = person("editor")
    page = editor.goes_to(EDIT)
    parts = page.locator(".editpart").count()
    before = page.inner_text("#references")
    last = page.locator("#references .editpart .soft").last.inner_text()
    first = page.locator(".editplace:not(#doses) .editpart:not(.editpart-short) h2").first.inner_text()
    opens(page, first)
    box_of(page, first).fill(f"Said first of all {last}.\n\n{box_of(page, first).input_value()}")
    page.locator(f".editpart:has(h2:has-text('Edit {first}'))").get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector(f"text={first} is saved.")
    assert page.locator(".editpart").count() == parts
    shown = page.inner_text("main")
    page = editor.goes_to(EDIT)
    lines = lambda words: [line for line in words.splitlines() if line.strip() and "saved" not in line]  # noqa: E731
    assert sorted(lines(shown)) == sorted(lines(page.inner_text("main")))
    assert page.inner_text("#references") != before


def test_what_stands_for_the_dose_is_opened_at_its_boxes(person):
    editor = person("editor")
    page = editor.goes_to(EDIT)
    page.get_by_role("link", name="Edit what stands for the dose").click()
    page.wait_for_selector(".editpart [name=dosing_since]:focus")

    plain = person("editor", java_script_enabled=False)
    page = plain.goes_to(EDIT)
    page.get_by_role("link", name="Edit what stands for the dose").click()
    page.wait_for_selector("#id_dosing_since:target")
    assert editor.errors == []


def test_what_was_saved_at_once_is_not_offered_again(person):
    editor = person("editor")
    page = editor.goes_to(EDIT)
    for part in ("Prescribing in practice", "Counselling the patient"):
        opens(page, part)
        box_of(page, part).fill(f"{box_of(page, part).input_value()}\n- Typed and saved at once.")
    page.keyboard.press("Control+s")
    page.wait_for_selector("text=Counselling the patient is saved.")
    words = editor.goes_to(EDIT).inner_text("main")
    assert "Typed and saved at once." in words
    assert "that you did not save" not in words


def test_nothing_is_sent_for_review_past_words_that_are_not_saved(person):
    editor = person("editor")
    page = editor.goes_to("/desk/monographs/alemtuzumab/edit/")
    for words, saves in (("Saved.", True), ("Not saved.", False)):
        opens(page, "Counselling the patient")
        box = box_of(page, "Counselling the patient")
        box.press("Control+End")
        box.press_sequentially(f" {words}")
        if saves:
            page.keyboard.press("Control+s")
            page.wait_for_selector("text=Counselling the patient is saved.")
    page.get_by_role("button", name="Send for review").click()
    page.wait_for_selector("text=Not sent: save what you typed first")
    assert box.input_value().endswith("Not saved.")
    assert "Edition 2, working copy" in editor.goes_to("/desk/monographs/alemtuzumab/").inner_text("main")
    assert editor.errors == []


def test_two_editors_change_different_lines_of_one_part_and_both_are_in(person):
    first, second = person("editor"), person("editor2")
    part = "Prescribing in practice"
    pages = [one.goes_to(EDIT) for one in (first, second)]
    for page in pages:
        opens(page, part)
    shown = box_of(pages[0], part).input_value()
    box_of(pages[0], part).fill(f"- First of all, by one.\n{shown}")
    box_of(pages[1], part).fill(f"{shown}\n- Last of all, by the other.")
    for page in pages:
        page.locator(f".editpart:has(h2:has-text('Edit {part}'))").get_by_role(
            "button", name="Save", exact=True
        ).click()
        page.wait_for_selector(f"text={part} is saved.")
    assert "are both in: look at it." in pages[1].inner_text("main")
    words = second.goes_to(EDIT).inner_text("main")
    assert "First of all, by one." in words
    assert "Last of all, by the other." in words
    assert (first.errors, second.errors) == ([], [])


def saves(page, part, button="Save"):
    page.locator(f".editpart:has(h2:has-text('Edit {part}'))").get_by_role("button", name=button, exact=True).click()


def test_two_editors_change_different_parts_and_neither_is_asked_anything(person):
    people, parts = (person("editor"), person("editor2")), ("Prescribing in practice", "Monitoring")
    pages = [one.goes_to(EDIT) for one in people]
    for page, part in zip(pages, parts, strict=True):
        opens(page, part)
        box_of(page, part).fill(f"{box_of(page, part).input_value()}\n\nAdded to {part}.")
    for page, part in zip(pages, parts, strict=True):
        saves(page, part)
        page.wait_for_selector(f"text={part} is saved.")
    words = people[0].goes_to(EDIT).inner_text("main")
    assert all(f"Added to {part}." in words for part in parts)
    assert [one.errors for one in people] == [[], []]


def test_two_editors_change_the_same_line_and_the_second_chooses_with_both_before_them(person):
    first, second = person("editor"), person("editor2")
    part = "Prescribing in practice"
    pages = [one.goes_to(EDIT) for one in (first, second)]
    for page in pages:
        opens(page, part)
    shown = box_of(pages[0], part).input_value()
    box_of(pages[0], part).fill(shown.replace("- ", "- Kept. ", 1))
    box_of(pages[1], part).fill(shown.replace("- ", "- Instead. ", 1))
    saves(pages[0], part)
    pages[0].wait_for_selector(f"text={part} is saved.")
    saves(pages[1], part)

    pages[1].wait_for_selector("text=Save mine over theirs")
    words = pages[1].inner_text("main")
    assert "Nothing is lost: your words are in the form below, theirs are saved." in words
    assert "theirs, saved now" in words
    assert box_of(pages[1], part).input_value().startswith("- Instead. ")
    second.is_accessible("clash-of-one-line")
    saves(pages[1], part, "Save mine over theirs")
    pages[1].wait_for_selector(f"text={part} is saved.")
    after = first.goes_to(EDIT).inner_text("main")
    assert ("Kept. " in after, "Instead. " in after) == (False, True)
    assert first.errors == []
    assert all("409" in one for one in second.errors)  # the browser tells of the answer that was a clash


def test_two_tabs_of_one_person_lose_no_word_of_each_other(person):
    me, part, other = person("editor"), "Prescribing in practice", "How it works"
    page = me.goes_to(EDIT)
    tab = page.context.new_page()
    tab.goto(page.url)
    for one in (page, tab):
        opens(one, part)
    opens(tab, other)
    shown = box_of(page, part).input_value()
    box_of(page, part).fill(f"- First of all, here.\n{shown}")
    box_of(tab, part).fill(f"{shown}\n- Last of all, there.")
    box_of(tab, other).fill("In the other tab alone.")
    saves(page, part)
    page.wait_for_selector(f"text={part} is saved.")
    tab.get_by_role("button", name="Save all").click()

    tab.wait_for_selector(f"text={other} is saved.")
    assert "in another window are both in: look at it." in tab.inner_text("main")
    words = me.goes_to(EDIT).inner_text("main")
    for said in ("First of all, here.", "Last of all, there.", "In the other tab alone."):
        assert said in words
    assert me.errors == []
