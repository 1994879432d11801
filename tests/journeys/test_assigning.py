"""Somebody is asked to sign an edition by a day, declines, another claims it; and the queue is narrowed by keyboard alone
and without script."""

from datetime import timedelta

from monographs.standing import today
from reviews.audit.verify import verify
from reviews.models import Assignment, Reminder

WORKSPACE = "/desk/monographs/ocrelizumab/"
PHONE = {"width": 375, "height": 812}


def tabs_to(page, words, most=60):
    """Goes on by the keyboard alone until what has the focus says this."""
    for _ in range(most):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "(e => (e.labels?.[0]?.innerText ?? e.innerText ?? '') + '|' + (e.name ?? ''))(document.activeElement)"
        )
        if words in said:
            return
    raise AssertionError(f"nothing that says {words} takes the focus")


def test_a_reviewer_is_asked_declines_and_another_claims_it(person):
    editor = person("editor2")
    page = editor.goes_to(WORKSPACE)
    editor.is_accessible("workspace-first")
    page.get_by_role("link", name="Change who is asked").click()
    page.get_by_label("Demo pharmacist, pharmacist").check()
    due = today() + timedelta(days=3)
    page.get_by_label("Sign by").fill(due.isoformat())
    editor.is_accessible("reviewers")
    page.get_by_role("button", name="Ask them to sign").click()
    page.wait_for_url(f"**{WORKSPACE}")
    assert f"Asked to: Demo pharmacist by {due.day} {due:%B %Y}." in editor.reads()
    assert Reminder.objects.filter(person__username="pharmacist", subject__startswith="You are asked to sign").exists()

    phone = person("pharmacist", viewport=PHONE, java_script_enabled=False)
    page = phone.goes_to("/desk/")
    first = page.locator(".task").first
    assert f"Sign by {due.day} {due:%B %Y}" in first.inner_text()
    first.get_by_role("link", name="Decline").click()
    page.get_by_label("Why you decline").fill("I am away.")
    page.get_by_role("button", name="Decline to sign edition 2").click()
    page.wait_for_url("**/desk/")
    assert "You declined to sign edition 2" in phone.reads()
    assert "Sign by" not in page.locator(".task").first.inner_text()

    clinician = person("clinician", viewport=PHONE)
    page = clinician.goes_to(WORKSPACE)
    page.get_by_role("button", name="Claim it").click()
    page.wait_for_load_state()
    assert "Claimed it." in clinician.reads()
    clinician.is_accessible("workspace-claimed")
    page = clinician.goes_to("/desk/")
    assert "Ocrelizumab" in page.locator(".task").first.inner_text()
    clinician.is_accessible("queue-asked")
    page.locator(".task").first.get_by_role("link", name="Decline").click()
    clinician.is_accessible("decline")

    page = editor.goes_to(f"{WORKSPACE}reviewers/")
    page.get_by_label("Demo pharmacist, pharmacist").check()
    page.get_by_label("In the place of").select_option(label="Demo clinician")
    page.get_by_role("button", name="Ask them to sign").click()
    page.wait_for_url(f"**{WORKSPACE}")
    assert [one.person.username for one in Assignment.objects.standing()] == ["pharmacist"]
    assert verify() == []
    assert editor.errors == clinician.errors == []


def test_the_queue_is_narrowed_by_keyboard_alone(person):
    editor = person("editor")
    page = editor.goes_to("/desk/?show=all")
    count = page.locator(".task").count()
    assert count > 1

    tabs_to(page, "Show fewer")
    page.keyboard.press("Enter")
    tabs_to(page, "Name")
    page.keyboard.type("ocreli")
    tabs_to(page, "State")
    page.keyboard.type("In r")
    editor.is_accessible("queue-narrowed")
    tabs_to(page, "Show these")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=ocreli**")

    assert "state=in_review" in page.url
    assert page.locator(".task").count() == 1
    tabs_to(page, "Show all of them")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/?show=all")
    assert page.locator(".task").count() == count
    for show in ("due", "withdrawn", "others"):
        editor.goes_to(f"/desk/?show={show}")
        editor.is_accessible(f"queue-{show}")
    assert editor.errors == []


def test_the_queue_and_the_list_are_narrowed_without_script_on_a_phone(person):
    one = person("editor", viewport=PHONE, java_script_enabled=False)
    page = one.goes_to("/desk/?show=all")
    page.locator("summary", has_text="Show fewer").click()
    page.get_by_label("Name").fill("ocreli")
    page.get_by_role("button", name="Show these").click()
    page.wait_for_url("**q=ocreli**")
    assert page.locator(".task").count() == 1

    page = one.goes_to("/desk/monographs/")
    page.get_by_label("Name").fill("ocreli")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**q=ocreli**")
    assert page.locator("tbody tr").count() == 1
