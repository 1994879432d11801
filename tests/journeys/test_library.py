"""A class is moved and a drug merged into another: nobody's signature falls, and the editors of open editions are asked."""

from monographs.models import Drug, TherapeuticClass


def test_class_moved_drug_merged(person):
    admin, editor = person("admin"), person("editor")
    page = admin.goes_to("/desk/classes/")
    admin.is_accessible("classes")
    page.get_by_role("link", name="Add a class").click()
    page.get_by_label("Name").fill("Opioid analgesic")
    page.get_by_role("button", name="Add the class").click()
    page.wait_for_load_state()
    assert "looks like" in admin.reads()
    admin.is_accessible("class-alike")
    page.get_by_label("Name").fill("Pain and palliation")
    page.get_by_role("button", name="Add the class").click()
    page.wait_for_load_state()
    assert "The class is there." in admin.reads()
    admin.goes_to("/desk/classes/opioids/")
    admin.is_accessible("class")
    page.get_by_role("link", name="Move").click()
    admin.is_accessible("class-move")
    page.get_by_label("Below").select_option("pain-and-palliation")
    page.get_by_label("Reason").fill("So it stands in the formulary")
    page.get_by_role("button", name="Move the class").click()
    page.wait_for_load_state()
    assert "moved it from" in admin.reads()
    assert TherapeuticClass.objects.get(slug="opioids").parent.slug == "pain-and-palliation"

    page = editor.goes_to("/desk/drugs/?q=morph")
    editor.is_accessible("drugs")
    page.get_by_role("table").get_by_role("link").first.click()
    editor.is_accessible("drug")
    page.locator("button[name=more][value=brands]").click()
    page.wait_for_load_state()
    editor.is_accessible("drug-row")
    page.get_by_role("link", name="Merge").click()
    editor.is_accessible("drug-merge")
    page.get_by_label("Merge it into").select_option(label="Ocrelizumab")
    page.get_by_role("button", name="Show what it touches").click()
    page.wait_for_load_state()
    assert "You need the clinician role" in editor.reads()  # a page is published on one of them
    editor.is_accessible("drug-merge-refused")
    assert Drug.objects.get(slug="morphine").merged_into is None
