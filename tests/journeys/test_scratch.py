"""Words that were typed and not saved: a browser that is closed in the middle, another device, and two windows."""

from reviews.models import Scratch
from tests.journeys.test_lost_session import presses
from tests.journeys.test_thread import DESK, MINE, OLD, THEIRS, opens_monitoring, rewords

KEPT = "[data-save-state]:has-text('Kept for you at')"


def test_words_survive_a_browser_that_is_gone_and_come_back_on_another_device_when_asked_for(person):
    first = person("editor")
    first.goes_to(DESK)
    presses(first.page, "Start edition 2")
    opens_monitoring(first)
    rewords(first, OLD, MINE)
    first.page.wait_for_selector(KEPT, timeout=15_000)
    assert "not saved yet" in first.page.locator("[data-save-state]").inner_text()
    rewords(first, MINE, THEIRS)
    first.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")  # three seconds have not passed
    first.page.wait_for_timeout(500)
    first.context.close()
    assert first.errors == []

    other = person("editor")
    other.goes_to(f"{DESK}edit/")
    assert "on another device" in other.reads()
    opens_monitoring(other)
    assert OLD in other.page.locator("[name=text]").input_value()
    other.page.get_by_text("Look at the difference").click()
    other.is_accessible("scratch-offered")
    other.page.get_by_role("link", name="Put them in the box").click()
    other.page.wait_for_selector("[name=text]")
    assert Scratch.objects.count() == 1
    text = other.page.locator("[name=text]").input_value()
    assert THEIRS in text
    presses(other.page, "Save")
    other.page.wait_for_selector("text=Monitoring is saved.")
    assert not Scratch.objects.exists()
    opens_monitoring(other)
    assert "Your words in" not in other.reads()

    nobody_else = person("editor2")
    opens_monitoring(nobody_else)
    assert "Your words in" not in nobody_else.reads()
    assert other.errors == nobody_else.errors == []


def test_a_line_that_offers_words_of_a_part_stays_when_the_part_is_removed(person):
    """The page is there, and only the part is asked for."""
    one = person("editor")
    one.goes_to(DESK)
    presses(one.page, "Start edition 2")
    opens_monitoring(one)
    rewords(one, OLD, MINE)
    one.page.wait_for_selector(KEPT, timeout=15_000)
    one.page.evaluate("document.querySelectorAll('form[data-edits]').forEach((form) => delete form.dataset.unsaved)")
    opens_monitoring(one)
    assert one.page.locator("[data-kept-lines] li").count() == 1
    one.page.get_by_text("Remove this part").click()
    one.page.get_by_role("button", name="Remove Monitoring").click()
    one.page.wait_for_selector("text=Monitoring was removed.")
    assert one.page.locator("[data-kept-lines] li").count() == 1
    one.page.reload()
    assert "which was removed" in one.page.locator("[data-kept-lines]").inner_text()
