"""A notice asks for a higher tier than the one that its writer can set: it is asked for, found in the queue, and raised."""

from monographs.models import Monograph
from reviews.audit.verify import verify
from tests.journeys.test_one_page import EDIT

TOLD = "It needs the high tier"
NOTICE = {
    "Title": "Stop at the first sign of anaphylaxis",
    "Text": "It was reported; this sentence is invented.",
    "What to do": "Stop, and call for help.",
    "Issued on": "2026-11-01",
}


def test_a_tier_is_asked_for_where_somebody_writes_and_raised_by_a_clinician(person):
    editor, clinician = person("editor"), person("clinician")
    page = editor.goes_to(EDIT)
    assert TOLD not in editor.reads()
    page.locator("#add-critical-notice").click()
    form = page.locator("form[data-edits]:has([name=issued])")
    form.get_by_label("Type").select_option("contraindication")
    for label, words in NOTICE.items():
        form.get_by_label(label, exact=True).fill(words)
    label = Monograph.objects.get(slug="glatiramer-acetate").live.document.value.citations[0].label
    source = form.locator("[name=source]")
    source.select_option(label) if source.evaluate("one => one.tagName") == "SELECT" else source.fill(label)
    form.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("heading", name=TOLD).wait_for()  # told by the save, on the page that was open
    assert page.get_by_role("button", name="Send for review").count() == 0
    editor.is_accessible("tier-too-low-editor", everywhere=True)
    page.get_by_role("button", name="Ask for it").click()
    page.wait_for_url(f"**{EDIT}")
    assert "You asked for it." in page.inner_text("body")
    assert "Demo editor asked for it on" in editor.reads()
    assert page.get_by_role("button", name="Ask for it").count() == 0
    editor.is_accessible("tier-asked-editor", everywhere=True)
    editor.goes_to("/desk/monographs/glatiramer-acetate/")
    assert "Demo editor asked for it on" in editor.reads()
    editor.is_accessible("tier-asked-workspace", everywhere=True)

    clinician.goes_to("/desk/")
    task = clinician.page.locator(".task", has_text="Tier to be raised")
    assert "Demo editor asks for the high tier" in task.inner_text()
    clinician.is_accessible("tier-asked-queue", everywhere=True)
    task.get_by_role("link", name="Open the workspace").click()
    clinician.page.wait_for_url("**/desk/monographs/glatiramer-acetate/#tier-low-t")
    assert "You can raise it; Demo editor asked for it on" in clinician.reads()
    clinician.is_accessible("tier-asked-workspace-clinician", everywhere=True)
    clinician.page.get_by_role("link", name="Change the tier").click()
    clinician.page.get_by_label("Tier", exact=True).select_option("high")
    clinician.page.locator("#change-tier").get_by_label("Reason").fill("A contra-indication came")
    clinician.page.get_by_role("button", name="Set the tier").click()
    clinician.page.wait_for_url("**/desk/monographs/glatiramer-acetate/")
    assert "The tier is High now" in clinician.page.inner_text("body")
    assert TOLD not in clinician.reads()
    clinician.goes_to("/desk/")
    assert "Tier to be raised" not in clinician.reads()

    editor.goes_to(EDIT)
    assert TOLD not in editor.reads()
    assert editor.errors == clinician.errors == []
    assert verify() == []
