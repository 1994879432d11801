"""An edition is sent back with two remarks that were written on the way, answered, looked at again, and signed."""

from reviews.audit.verify import verify
from reviews.models import Remark, Scratch, SignOff
from tests.journeys.test_lost_session import presses
from tests.journeys.test_thread import DESK, MINE, OLD, THEIRS, opens_monitoring, rewords, signs

REVIEW = f"{DESK}review/"
KEPT = "details[open] [data-beside]:has-text('Kept for you at')"


def changes(one, before, after):
    opens_monitoring(one)
    rewords(one, before, after)
    presses(one.page, "Save")
    one.page.wait_for_selector("text=Monitoring is saved.")
    one.goes_to(DESK)
    presses(one.page, "Send for review")
    one.page.wait_for_load_state()


def test_two_remarks_go_back_are_answered_looked_at_again_and_the_edition_is_signed(person):
    editor = person("editor")
    editor.goes_to(DESK)
    presses(editor.page, "Start edition 2")
    changes(editor, OLD, MINE)

    first = person("clinician")
    page = first.goes_to(REVIEW)
    page.get_by_text("Write a remark on Monitoring", exact=True).click()
    page.get_by_label("Remark on “Monitoring”", exact=True).fill("Starts, or begins?")
    page.wait_for_selector(KEPT, timeout=15_000)
    assert page.locator("#send-back [data-counts]").text_content() == "Send back with 1 remark"
    first.context.close()

    phone = person("clinician", viewport={"width": 375, "height": 812})
    page = phone.goes_to(REVIEW)
    assert page.get_by_label("Remark on “Monitoring”", exact=True).input_value() == "Starts, or begins?"
    page.locator("summary", has_text="word for word").click()
    page.locator("summary", has_text="Write a remark on Header").click()
    page.get_by_label("Remark on “Header”").fill("Name both brands.")
    phone.is_accessible("remarks-written")
    page.get_by_label("What must change?").fill("Two things.")
    page.get_by_role("button", name="Send back with 2 remarks").click()
    page.wait_for_load_state()
    assert (Remark.objects.unanswered().count(), Scratch.objects.count()) == (2, 0)

    page = editor.goes_to(f"{DESK}edit/")
    said = page.locator("#header section.notice")
    assert "Name both brands." in said.inner_text()
    said.get_by_label("Left as it is").check()
    said.get_by_label("In a word").fill("There is one brand")
    editor.is_accessible("remarks-in-the-editor")
    said.get_by_role("button", name="Tick it off").click()
    page.wait_for_load_state()
    editor.goes_to(f"{DESK}remarks/")
    page.get_by_label("Done").check()
    editor.is_accessible("remarks")
    page.get_by_role("button", name="Tick it off").click()
    page.wait_for_load_state()
    changes(editor, MINE, THEIRS)

    page = phone.goes_to(REVIEW)
    strip = page.locator("#said")
    for words in ("Two things.", "Starts, or begins?", "There is one brand", "Changed since it was sent back: 1 part"):
        assert words in strip.inner_text()
    strip.locator("summary", has_text="Changed since").click()
    phone.is_accessible("what-was-said")
    signs(phone)
    assert SignOff.objects.filter(edition__number=2, edition__monograph__slug="alemtuzumab").count() == 1
    assert verify() == []
    assert editor.errors == phone.errors == []
