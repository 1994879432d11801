"""Back to an old state, in a real browser: compared, looked at, restored, and signed by neither who wrote it nor who
brought it back."""

from reviews.audit.verify import verify
from reviews.models import AuditEvent, ChangeSet

DESK = "/desk/monographs/alemtuzumab/"
FIRST = "Laboratory follow-up starts before the first infusion"
SECOND = "Tests in the laboratory start before the first infusion"
THIRD = "Blood is tested before the first infusion"


def rewords(one, before: str, after: str) -> None:
    page = one.goes_to(f"{DESK}edit/")
    page.get_by_role("link", name="Edit Monitoring", exact=True).click()
    box = page.locator("[name=text]")
    box.fill(box.input_value().replace(before, after))
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector("text=Monitoring is saved.")


def words() -> str:
    """Monitoring of the open edition, as the newest change set left it."""
    change = ChangeSet.objects.filter(edition__monograph__slug="alemtuzumab").latest("at", "revision_id")
    return change.after.value.sections_of("monitoring")[0].text


def test_an_old_state_is_restored(person):
    editor, clinician = person("editor"), person("clinician")
    editor.goes_to(DESK).get_by_role("button", name="Start edition 2").click()
    editor.page.wait_for_load_state()
    rewords(clinician, "Laboratory follow-up begins before the first infusion", FIRST)
    then = ChangeSet.objects.latest("at", "revision_id")
    rewords(editor, FIRST, SECOND)

    # From the history to both states side by side.
    page = editor.goes_to(f"{DESK}history/")
    entry = page.locator(".trail > li", has_text="Demo clinician changed Monitoring")
    entry.locator("summary").click()
    editor.is_accessible("history-opened")
    entry.get_by_role("link", name="Compare with now").click()
    page.wait_for_selector("h1:has-text('Compare')")
    assert page.locator("#from").input_value() == str(then.pk)
    assert page.locator("#to").input_value() == "now"
    assert "Monitoring: changed" in page.inner_text("section[aria-labelledby=short-t]")
    editor.is_accessible("compare")
    page.select_option("#from", "live")
    page.get_by_role("button", name="Compare").click()
    page.wait_for_selector("text=which readers see, to edition 2")
    page.go_back()

    # What would change is shown first; meanwhile somebody else saves, and nothing of either is lost.
    page.get_by_role("link", name="Restore this state").click()
    page.wait_for_selector("h1:has-text('Restore edition 2')")
    editor.is_accessible("restore")
    rewords(clinician, SECOND, THIRD)
    page.get_by_label("Reason").fill("The source says it so.")
    page.get_by_role("button", name="Restore this state").click()
    page.wait_for_selector("text=Somebody changed this draft while you were reading.")
    assert page.get_by_label("Reason").input_value() == "The source says it so."
    assert THIRD in words()
    editor.is_accessible("restore-conflict")
    page.get_by_role("button", name="Restore this state").click()
    page.wait_for_selector("text=Restored: the draft says what it said")
    assert FIRST in words()
    assert "The source says it so." in editor.goes_to(f"{DESK}history/").inner_text("main")

    # The clinician wrote it, the editor brought it back: the clinician's signature counts for none of it.
    editor.goes_to(DESK).get_by_role("button", name="Send for review").click()
    editor.page.wait_for_load_state()
    assert "You wrote or suggested everything that changed here." in clinician.goes_to(f"{DESK}review/").inner_text(
        "main"
    )
    restore = f"{DESK}restore/{then.pk}/"
    assert "Edition 2 is in review. Send it back first" in editor.goes_to(restore).inner_text("main")
    editor.is_accessible("restore-not-now")
    assert AuditEvent.objects.latest("seq").verb == "submitted"
    assert verify() == []
    for one in (editor, clinician):
        assert [error for error in one.errors if "409" not in error] == []


def test_it_needs_no_script(person):
    editor = person("editor2", java_script_enabled=False, viewport={"width": 375, "height": 800})
    desk = "/desk/monographs/glatiramer-acetate/"
    page = editor.goes_to(f"{desk}edit/")
    page.get_by_role("link", name="Edit Monitoring", exact=True).click()
    page.locator("[name=text]").fill("Routine blood tests are few.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector("text=Monitoring is saved.")
    page.goto(f"{desk}compare/")
    page.get_by_role("button", name="Compare").click()
    page.goto(f"{desk}history/")
    page.locator("summary").last.click()
    page.get_by_role("link", name="Restore this state").last.click()
    page.get_by_role("button", name="Restore this state").click()
    assert "Restored: the draft says what it said" in page.inner_text("main")


def test_a_clinician_raises_the_tier(person):
    clinician = person("clinician")
    page = clinician.goes_to("/desk/monographs/paracetamol/")
    page.get_by_text("Change the tier", exact=True).click()
    clinician.is_accessible("workspace-tier")
    page.select_option("#tier-tier", "high")
    page.locator("#tier-reason").fill("NHS 943 476 5919")
    page.get_by_role("button", name="Set the tier").click()
    page.wait_for_selector("text=This holds an NHS number.")
    assert page.locator("#tier-tier").input_value() == "high"
    clinician.is_accessible("tier-refused")
    page.locator("#tier-reason").fill("Overdose is common and grave.")
    page.get_by_role("button", name="Set the tier").click()
    page.wait_for_selector("text=The tier is High now")
