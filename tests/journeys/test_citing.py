"""A reference from whatever the editor has at hand: found at a register that answers, that is slow, and that is gone;
with a script and without."""

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from monographs.assemble import build
from monographs.models import Edition
from monographs.typed import to_plain
from reviews.editing.citable import is_same, visible
from tests import register as it

EDIT = "/desk/monographs/glatiramer-acetate/edit/citation/new/"
WORK = {
    "type": "journal-article", "DOI": "10.1000/new", "title": ["Thyroid events after infusion"], "issued": {"date-parts": [[2017, 3, 12]]},
    "author": [{"family": "Nice", "given": "Anna B"}], "container-title": ["The Journal"], "volume": "12", "page": "101-9",
}  # fmt: skip


def looks_for(editor, words, said):
    editor.page.get_by_label("DOI, PMID, web address").fill(words)
    editor.page.keyboard.press("Enter")
    editor.page.wait_for_selector(f"text={said}")


@pytest.mark.parametrize("script", [True, False])
def test_a_doi_is_looked_up_filled_in_and_saved_by_the_person(person, settings, script):
    with it.serving() as register:
        settings.CROSSREF_URL, settings.PUBMED_URL = register.address, ""
        register.says["/works/10.1000%2Fnew"] = it.json_of({"message": WORK})
        register.says["/works"] = it.json_of({"message": {"items": [WORK, {**WORK, "DOI": "10.1000/other"}]}})
        editor = person("editor", java_script_enabled=script)

        editor.goes_to(EDIT)
        looks_for(editor, "thyroid infusion", "At Crossref")
        if script:
            editor.is_accessible("reference-found")
        editor.page.get_by_role("button", name="Fill in").first.click()
        editor.page.wait_for_selector("text=Filled in from Crossref")
        if script:
            editor.is_accessible("reference-filled")
        editor.page.get_by_role("button", name="Add", exact=True).click()
        editor.page.wait_for_selector("text=Reference: nice2017 is saved.")

    assert "Reference: nice2017 is saved." in editor.reads()
    edition = Edition.objects.filter(monograph__slug="glatiramer-acetate").latest("number")
    assert build(edition).citations[-1].csl["DOI"] == "10.1000/new"
    assert editor.errors == []


@pytest.mark.parametrize("script", [True, False])
def test_a_source_is_looked_for_while_the_reference_is_half_typed_and_nothing_is_lost(person, settings, script):
    with it.serving() as register:
        settings.CROSSREF_URL, settings.PUBMED_URL = register.address, ""
        register.says["/works/10.1000%2Fnew"] = it.json_of({"message": WORK})
        register.says["/works"] = it.json_of({"message": {"items": [WORK, {**WORK, "DOI": "10.1000/other"}]}})
        editor = person("editor", java_script_enabled=script)
        page = editor.goes_to(EDIT)

        page.get_by_label("Title", exact=True).fill("Half of a title")
        page.get_by_label("Why this change?").fill("It was missing.")
        looks_for(editor, "thyroid infusion", "At Crossref")
        assert page.get_by_label("Title", exact=True).input_value() == "Half of a title"
        page.get_by_role("button", name="Fill in").first.click()
        page.wait_for_selector("text=Filled in from Crossref")
        if script:
            editor.is_accessible("reference-half-typed")
            assert page.evaluate("document.activeElement.textContent") == "Find the source"

    typed = {name: page.get_by_label(name, exact=True).input_value() for name in ("Title", "Authors", "DOI")}
    assert typed == {"Title": "Half of a title", "Authors": "Nice, Anna B", "DOI": "10.1000/new"}
    assert "Title: Crossref has “Thyroid events after infusion”. What you typed stays." in editor.reads()
    page.get_by_role("textbox", name="Title", exact=True).press("Enter")  # the main button, not that of the search
    page.wait_for_selector("text=Reference: nice2017 is saved.")
    assert build(edition()).citations[-1].csl["title"] == "Half of a title"
    assert editor.errors == []


@pytest.mark.parametrize("script", [True, False])
def test_whoever_takes_a_record_instead_of_what_they_half_typed_is_offered_it_again(person, script):
    record = of_the_library()
    label, title = record.label, record.title
    editor = person("editor", java_script_enabled=script)
    page = editor.goes_to(EDIT)

    page.get_by_label("Title", exact=True).fill("Half of a title")
    looks_for(editor, title, "In the library")
    page.get_by_role("button", name=f"Cite {title}").click()
    page.wait_for_selector("text=is kept for you, not saved")
    assert label in keys()
    editor.goes_to(EDIT)
    page.get_by_role("link", name="Put them in the boxes").click()

    assert page.get_by_label("Title", exact=True).input_value() == "Half of a title"
    assert editor.errors == []


def test_a_register_that_is_slow_or_gone_is_said_and_the_reference_is_typed(person, settings):
    editor = person("editor")
    with it.serving() as register:
        settings.CROSSREF_URL, settings.PUBMED_URL = register.address, ""
        register.says["/works/10.1000%2Fnew"] = it.slow(6)
        editor.goes_to(EDIT)
        looks_for(editor, "https://doi.org/10.1000/new", "Crossref did not answer in time.")
        assert editor.page.get_by_label("DOI", exact=True).input_value() == "10.1000/new"
    editor.goes_to(EDIT)
    looks_for(editor, "10.1000/new", "Crossref cannot be reached")
    editor.is_accessible("reference-offline")
    editor.page.get_by_label("Title", exact=True).fill("Thyroid events after infusion")
    editor.page.get_by_label("Authors").fill("Nice, Anna B")
    editor.page.get_by_label("Date", exact=True).fill("12/03/2017")
    editor.page.get_by_role("button", name="Add", exact=True).click()
    editor.page.wait_for_selector("text=Reference: nice2017 is saved.")

    assert "Reference: nice2017 is saved." in editor.reads()
    assert "We read “12/03/2017” as 12 March 2017: the day comes first." in editor.reads()


# -- In the box --------------------------------------------------------------------------------------------------------

PAGE = "/desk/monographs/glatiramer-acetate/edit/"


def writes_in(editor, part="How it works"):
    """Opens a part, and goes to the end of its words."""
    page = editor.goes_to(PAGE)
    page.get_by_role("link", name=f"Edit {part}", exact=True).click()
    box = page.locator(f".editpart:has(h2:has-text('Edit {part}')) textarea[name=text]")
    box.focus()
    box.press("Control+End")
    return page, box


def edition():
    return Edition.objects.filter(monograph__slug="glatiramer-acetate").latest("number")


def keys():
    return [one.label for one in build(edition()).citations]


def test_a_source_is_cited_by_keyboard_alone_and_has_its_number_in_the_preview(person):
    editor = person("editor")
    page, box = writes_in(editor)
    first = keys()[0]

    box.press_sequentially(" Said late[@")
    page.wait_for_selector("[role=listbox] [aria-selected=true]")
    assert box.get_attribute("aria-activedescendant")
    editor.is_accessible("citing-list")
    assert page.locator("[role=listbox] [role=option]").count() == len(keys()) + 1
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")

    assert box.input_value().endswith(f"Said late[@{first}]")
    assert page.locator("[role=listbox]").count() == 0
    page.wait_for_selector(".preview p:has-text('Said late') sup.cite a")
    page.keyboard.type(", and so it goes on.")
    page.keyboard.press("Enter")
    assert box.input_value().endswith(f"[@{first}], and so it goes on.\n")
    for _ in range(30):
        page.keyboard.press("Control+z")  # what was put there can be taken back
    assert "Said late" not in box.input_value()
    assert editor.errors == []


def test_whoever_types_faster_than_the_list_gets_the_first_that_fits(person):
    editor = person("editor")
    page, box = writes_in(editor)
    last = keys()[-1]

    box.press_sequentially(f" [@{last}")
    page.keyboard.press("Enter")

    expect(box).to_have_value(re.compile(rf" \[@{last}\]$"))
    assert editor.errors == []


def test_escape_leaves_what_is_typed_and_the_list_does_not_come_back(person):
    editor = person("editor")
    page, box = writes_in(editor)

    box.press_sequentially(" [@")
    page.wait_for_selector("[role=listbox]")
    page.keyboard.press("Escape")
    page.keyboard.type("x and\nmore")
    page.wait_for_timeout(400)

    assert page.locator("[role=listbox]").count() == 0
    assert box.input_value().endswith(" [@x and\nmore")
    assert editor.errors == []


def of_the_library():
    """A record that this edition does not have."""
    here, user = [to_plain(one.csl) for one in build(edition()).citations], User.objects.get(username="editor")
    return next(one for one in visible(user).exclude(label__in=keys()) if not any(is_same(csl, one) for csl in here))


def saves(page):
    page.locator(".editpart:has(h2:has-text('Edit How it works'))").get_by_role(
        "button", name="Save", exact=True
    ).click()
    page.wait_for_selector("text=How it works is saved.")


def test_the_button_lists_the_sources_and_one_of_the_library_comes_with_the_words(person):
    editor, record = person("editor"), of_the_library()
    page, box = writes_in(editor)

    before = page.locator(".editplace .editpart").count()
    box.press_sequentially(" Said late")
    page.get_by_role("button", name="Cite a source").click()
    page.wait_for_selector("[role=listbox]")
    box.press_sequentially(record.label)
    page.get_by_role("option", name=f"[@{record.label}]").click()
    expect(box).to_have_value(re.compile(rf"Said late \[@{record.label}\]$"))
    page.wait_for_selector(f".preview:has-text('[@{record.label}] will be added to the references')")
    page.wait_for_selector(".preview p:has-text('Said late') sup.cite a")
    assert record.label not in keys()
    saves(page)

    assert f"[@{record.label}] was added to the references from the library" in editor.reads()
    page.wait_for_selector(f"#references code:text-is('[@{record.label}]')")
    assert keys()[-1] == record.label
    assert page.locator(".editplace .editpart").count() == before + 1  # and each part is where it was
    assert editor.errors == []


def test_the_buttons_put_the_marks_of_a_text_where_they_belong(person):
    editor = person("editor")
    page, box = writes_in(editor)

    box.fill("First line.\none\ntwo")
    box.press("Shift+ArrowUp")
    page.get_by_role("button", name="List", exact=True).click()
    assert box.input_value() == "First line.\n\n- one\n- two"
    box.press("Control+End")
    box.press_sequentially(" of ")
    page.get_by_role("button", name="Bold", exact=True).click()
    page.keyboard.type("them")
    box.press("Control+End")
    box.press_sequentially(", ")
    page.get_by_role("button", name="Link", exact=True).click()
    page.keyboard.type("example.org")

    assert box.input_value() == "First line.\n\n- one\n- two of **them**, [words](https://example.org)"
    page.wait_for_selector(".preview li:has-text('two of them, words') a[href='https://example.org']")
    assert editor.errors == []


def test_a_doi_in_the_box_is_looked_up_while_the_words_stay_and_its_key_comes_back(person, settings):
    editor = person("editor")
    with it.serving() as register:
        settings.CROSSREF_URL, settings.PUBMED_URL = register.address, ""
        register.says["/works/10.1000%2Fnew"] = it.slow(1.5, it.json_of({"message": WORK}))
        page, box = writes_in(editor)
        page.keyboard.type(" Said late [@https://doi.org/10.1000/new")
        page.wait_for_selector("[role=listbox] [aria-selected=true]:has-text('elsewhere')")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Filled in from Crossref")
        page.locator("#references").get_by_role("button", name="Add", exact=True).click()
        page.wait_for_selector("text=Reference: nice2017 is saved.")

    expect(box).to_have_value(re.compile(r" Said late \[@nice2017\]$"))
    expect(box).to_be_focused()
    page.wait_for_selector(".preview p:has-text('Said late') sup.cite a")
    saves(page)
    assert build(edition()).citations[-1].csl["DOI"] == "10.1000/new"
    assert "[@nice2017]" in next(one.text for one in build(edition()).sections if "Said late" in one.text)
    assert editor.errors == []


def test_a_register_that_is_gone_costs_no_word_of_the_box(person, settings):
    editor = person("editor")
    with it.serving() as register:
        settings.CROSSREF_URL, settings.PUBMED_URL = register.address, ""
    page, box = writes_in(editor)
    page.keyboard.type(" Said late [@10.1000/new")
    page.wait_for_selector("[role=listbox] [aria-selected=true]:has-text('elsewhere')")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Crossref cannot be reached")
    editor.is_accessible("citing-offline")
    page.locator("#references").get_by_role("link", name="Close without saving").click()
    expect(box).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Backspace")
    page.wait_for_selector("[role=listbox]")
    page.get_by_role("option", name="Find “10.1000/new” elsewhere").click()
    page.wait_for_selector("text=Crossref cannot be reached")
    assert box.input_value().endswith(" Said late [@10.1000/new")
    form = page.locator("#references")
    form.get_by_label("Title", exact=True).fill("Thyroid events after infusion")
    form.get_by_label("Authors").fill("Nice, Anna B")
    form.get_by_label("Date", exact=True).fill("March 2017")
    form.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_selector("text=Reference: nice2017 is saved.")

    expect(box).to_have_value(re.compile(r" Said late \[@nice2017\]$"))
    assert editor.errors == []


def test_without_a_script_the_keys_stand_beside_the_box_and_a_key_of_the_library_is_enough(person):
    editor, record = person("editor", java_script_enabled=False), of_the_library()
    page = editor.goes_to(PAGE)
    page.get_by_role("link", name="Edit How it works", exact=True).click()
    page.get_by_text("References that can be cited here").click()
    assert f"[@{keys()[0]}]" in editor.reads()
    assert page.get_by_role("button", name="Cite a source").count() == 0
    with page.context.expect_page() as found:
        page.get_by_role("link", name="Find another source").click()
    found.value.wait_for_selector("text=Find the source")

    box = page.locator("textarea[name=text]")
    box.fill(f"{box.input_value()} Said late [@{record.label}].")
    page.get_by_role("button", name="Save", exact=True).click()

    assert f"[@{record.label}] was added to the references from the library" in editor.reads()
    assert keys()[-1] == record.label
