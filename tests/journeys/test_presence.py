"""Two editors who have one edition open learn of each other: when they come, while they type, and while they only read."""

from tests.journeys.test_lost_session import presses
from tests.journeys.test_scratch import KEPT
from tests.journeys.test_thread import DESK, MINE, OLD, opens_monitoring, rewords


def test_two_editors_learn_of_each_other_when_they_come_and_while_they_type(person):
    first, second = person("editor"), person("editor2")
    first.goes_to(DESK)
    presses(first.page, "Start edition 2")
    opens_monitoring(first)
    assert "this edition open" not in first.reads()

    opens_monitoring(second)
    second.page.locator("#here:has-text('has this edition open')").wait_for()
    second.page.locator(".editpart-open header:has-text('is writing here')").wait_for()
    second.is_accessible("presence-open")
    assert "this edition open" not in first.reads()

    rewords(first, OLD, MINE)
    first.page.wait_for_selector(KEPT, timeout=15_000)
    first.page.locator("#here:has-text('has this edition open')").wait_for()
    first.page.locator(".editpart-open header:has-text('is writing here')").wait_for()

    second.page.get_by_role("link", name="Close without saving Monitoring").click()
    second.page.locator("header:has-text('Edit Monitoring'):has-text('is writing here')").wait_for()
    second.is_accessible("presence-closed")
    presses(first.page, "Save")
    first.page.wait_for_selector("text=Monitoring is saved.")
    assert "has this edition open" in first.reads()
    assert "is writing here" not in first.reads()
    assert first.errors == second.errors == []


def test_who_only_reads_stays_there_and_hears_of_others_while_the_page_is_looked_at(person):
    first, second = person("editor"), person("editor2")
    first.goes_to(DESK)
    presses(first.page, "Start edition 2")
    asked = []
    first.page.on(
        "request",
        lambda request: (
            asked.append(request.url) if request.url.endswith(f"{DESK}edit/here/") and "?" not in request.url else None
        ),
    )
    first.page.clock.install()
    first.goes_to(f"{DESK}edit/")
    opens_monitoring(second)
    assert "this edition open" not in first.reads()

    with first.page.expect_response("**/edit/here/"):
        first.page.clock.run_for(30_500)
    first.page.locator("#here:has-text('has this edition open')").wait_for()
    first.page.locator("header:has-text('Edit Monitoring'):has-text('is writing here')").wait_for()

    hides = "(is) => { Object.defineProperty(document, 'hidden', { value: is, configurable: true }); document.dispatchEvent(new Event('visibilitychange', { bubbles: true })); }"
    first.page.evaluate(hides, True)
    before = len(asked)
    first.page.clock.run_for(120_000)
    assert len(asked) == before == 1
    with first.page.expect_response("**/edit/here/"):  # at once, when it is looked at again
        first.page.evaluate(hides, False)

    first.context.clear_cookies()  # signed out elsewhere: asked once more, and then no more
    with first.page.expect_response("**/edit/here/"):
        first.page.clock.run_for(30_500)
    before = len(asked)
    first.page.clock.run_for(120_000)
    assert len(asked) == before
    assert first.errors == second.errors == []
