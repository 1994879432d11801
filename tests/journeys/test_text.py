"""What is typed is what is read, told by people at a real browser: a pasted list and table, a sign that nobody can read,
and a correction of one place of several."""

from reviews.audit.verify import verify
from tests.journeys.test_after_publication import presses

PAGE, DESK = "/drugs/teriflunomide/", "/desk/monographs/teriflunomide/"
LIST = "Before the first dose:\n•\tweight\n•\tblood pressure\nThen decide."
TABLE = "Weight\tHow often\nunder 50 kg\tmonthly"
MADE = "Before the first dose:\n\n- weight\n- blood pressure\n\nThen decide."
WORDS = "multiple sclerosis"


def adds(one, said):
    one.page.get_by_role("button", name="Add", exact=True).click()
    one.page.wait_for_selector(f"text={said}")


def test_a_pasted_list_and_table_and_a_sign_that_nobody_can_read(person):
    editor = person("editor")
    page = editor.goes_to(DESK)
    presses(editor, "Start edition 2")
    editor.goes_to(f"{DESK}edit/section/new/")
    page.get_by_label("Kind of section", exact=True).select_option("pregnancy")
    page.get_by_label("Text", exact=True).fill(TABLE)
    adds(editor, "This was a table, and a text holds none.")
    assert page.get_by_label("Text", exact=True).input_value() == TABLE
    editor.is_accessible("text-table-refused")

    page.get_by_label("Text", exact=True).fill(f"{LIST}\n\n**Give 10 \uf06dg**\u200b if 1.5*10^9/L\n- 20 °C")
    adds(editor, "a letter of Word")
    assert "2 lines of “Text” begin with a mark" in editor.reads()
    assert page.get_by_label("Text", exact=True).input_value().startswith(MADE)
    editor.is_accessible("text-characters-refused")
    presses(editor, "Take them out")
    page.wait_for_selector("text=Taken out, and not saved yet")
    assert "10 μg" in page.get_by_label("Text", exact=True).input_value()
    editor.is_accessible("text-characters-taken-out")

    presses(editor, "Preview")
    page.wait_for_selector(".preview:has-text('Give 10 μg')")
    shown = page.locator(".preview").inner_text()
    assert "Give 10 μg if 1.5*10^9/L\n- 20 °C" in shown
    editor.is_accessible("text-list-preview")
    adds(editor, " is saved.")


def test_a_correction_of_one_place_of_several(person):
    pharmacist, reader = person("pharmacist"), person()
    page = pharmacist.goes_to(f"{DESK}withdraw/")
    page.get_by_label("What did the page say?").fill(WORDS)
    page.get_by_label("What should it say?").fill("relapsing forms of multiple sclerosis")
    page.get_by_label("What harm could it do?").select_option(index=1)
    form = page.locator("form", has=page.get_by_role("button", name="Add the correction"))
    form.get_by_label("Your password").fill("clincalc-demo")
    presses(pharmacist, "Add the correction")

    places = page.locator("#id_places input[type=checkbox]:not(#id_places_0)")
    assert places.count() >= 3
    assert page.get_by_label("What should it say?").input_value() == "relapsing forms of multiple sclerosis"
    pharmacist.is_accessible("correction-places")
    page.locator("#id_places_0").set_checked(False)
    page.locator("#id_places").get_by_label("Introduction").first.check()
    form.get_by_label("Your password").fill("clincalc-demo")
    presses(pharmacist, "Add the correction")

    reader.goes_to(PAGE)
    marks = reader.page.locator("mark.wrong")
    assert marks.count() == 1
    assert WORDS in marks.first.inner_text()
    reader.is_accessible("corrected")
    reader.page.emulate_media(media="print")
    reader.is_accessible("corrected-printed")
    reader.page.emulate_media(media="screen")
    reader.page.locator("a.corrected").focus()
    reader.page.keyboard.press("Enter")
    assert reader.page.url.endswith("#erratum-1")
    reader.page.get_by_role("link", name="Introduction").click()
    assert reader.page.locator("mark.wrong:target, :target mark.wrong").count() == 1
    assert [sentence for _seq, sentence in verify() if "checkpoint" not in sentence] == []
