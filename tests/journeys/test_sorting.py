"""Parts of the one page in another order: by keyboard, by pointer, without a script, and what is typed stays."""

from playwright.sync_api import expect

EDIT = "/desk/monographs/alemtuzumab/edit/"
FIRST, SECOND, THIRD = "Full blood count with differential", "Serum creatinine", "Urinalysis with microscopy"


def begun(person, **options):
    """An editor on the one page of a draft, and the tests of its monitoring as they stand there."""
    editor = person("editor", **options)
    page = editor.goes_to(EDIT)
    page.get_by_role("button", name="Start the next edition").click()
    page = editor.goes_to(EDIT)
    return editor, page


def names_of(page):
    return page.locator("#monitoring .timeline h3").all_inner_texts()


def stand(page, *names):
    """They come to stand so, first of all: the page is put in order once the answer has settled."""
    for at, name in enumerate(names):
        expect(page.locator("#monitoring .timeline h3").nth(at)).to_have_text(name)


def button_of(page, direction, test):
    return page.get_by_role("button", name=f"{direction} Monitoring: {test}", exact=True)


def test_by_keyboard_a_part_goes_down_and_back_and_the_focus_goes_with_it(person):
    editor, page = begun(person)
    loads = []
    page.on("request", lambda asked: loads.append(asked.url) if asked.is_navigation_request() else None)
    before = names_of(page)
    assert before[:3] == [FIRST, SECOND, THIRD]
    page.get_by_role("link", name="Edit Prescribing in practice", exact=True).click()
    page.wait_for_selector("h2:has-text('Edit Prescribing in practice')")
    words = page.locator("form[data-edits] textarea[name=text]")
    words.fill("Words that are not saved yet.")

    button_of(page, "Down", FIRST).focus()
    for said, now in ((THIRD, [SECOND, FIRST, THIRD]), (before[3], [SECOND, THIRD, FIRST])):
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#sorted:has-text('{FIRST} stands before {said} now.')")
        stand(page, *now)
        expect(button_of(page, "Down", FIRST)).to_be_focused()
    editor.is_accessible("sorted")
    page.locator("#sorted").get_by_role("button", name="Undo").click()
    page.wait_for_selector(f"#sorted:has-text('{FIRST} stands before {THIRD} now.')")
    expect(button_of(page, "Up", FIRST)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#sorted:has-text('{FIRST} stands before {SECOND} now.')")
    expect(button_of(page, "Up", FIRST)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#sorted:has-text('{FIRST} is the first already.')")

    assert loads == []
    assert words.input_value() == "Words that are not saved yet."
    page.get_by_role("link", name="Close without saving").click()
    page.wait_for_selector("form[data-edits]", state="detached")
    assert names_of(editor.goes_to(EDIT)) == before
    assert editor.errors == []


def test_by_pointer_a_part_is_put_before_another_and_escape_leaves_it(person):
    editor, page = begun(person)
    before = names_of(page)

    def drags(test, onto, *keys):
        grip = page.locator(".editpart", has=page.get_by_role("heading", name=test)).locator("[data-grip]")
        grip.scroll_into_view_if_needed()
        at = grip.bounding_box()
        page.mouse.move(at["x"] + 5, at["y"] + 5)
        page.mouse.down()
        to = page.locator(".editpart", has=page.get_by_role("heading", name=onto)).bounding_box()
        page.mouse.move(to["x"] + 30, to["y"] + 4, steps=5)
        for key in keys:
            page.keyboard.press(key)
        page.mouse.up()

    drags(THIRD, FIRST, "Escape")
    assert names_of(page) == before
    drags(THIRD, FIRST)
    page.wait_for_selector(f"#sorted:has-text('{THIRD} stands before {FIRST} now.')")
    stand(page, THIRD, FIRST, SECOND)
    assert names_of(editor.goes_to(EDIT))[:3] == [THIRD, FIRST, SECOND]
    assert editor.errors == []


def test_without_a_script_the_buttons_move_it_as_well(person):
    _editor, page = begun(person, java_script_enabled=False)
    assert page.locator("[data-grip]:visible").count() == 0

    button_of(page, "Up", SECOND).click()

    assert f"{SECOND} stands before {FIRST} now." in page.inner_text("main")
    assert names_of(page)[:2] == [SECOND, FIRST]


def test_a_press_while_the_one_before_is_under_way_is_done_after_it(person):
    editor, page = begun(person)
    held = []
    page.route("**/edit/order/**", lambda route: route.continue_() if held else held.append(route))
    button_of(page, "Down", FIRST).focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('form[data-sorts][aria-busy]')")
    page.keyboard.press("Enter")

    fourth = names_of(page)[3]
    held[0].continue_()

    page.wait_for_selector(f"#sorted:has-text('{FIRST} stands before {fourth} now.')")
    stand(page, SECOND, THIRD, FIRST)
    assert editor.errors == []
