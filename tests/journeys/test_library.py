"""A class is moved and a drug merged into another: nobody's signature falls, and the editors of open editions are asked."""

from monographs.models import Drug, Edition, Monograph, Publication, TherapeuticClass
from reviews.audit.verify import verify
from reviews.models import SignOff


def signed():
    """What readers have, and by whom it was signed."""
    return list(Publication.objects.order_by("pk").values_list("document", "seal")), SignOff.objects.count()


def test_class_moved_drug_merged(person):
    admin, editor, reader, before = person("admin"), person("editor2"), person(), signed()
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

    reader.goes_to("/classes/")
    assert "Pain and palliation" not in reader.reads()  # readers are told what was signed

    page = editor.goes_to("/desk/")
    assert "It copied this before it changed: Therapeutic class." in editor.reads()
    page.get_by_role("link", name="Take it over, or leave it").click()
    editor.is_accessible("copy")
    page.get_by_role("button", name="Take it over").click()
    page.wait_for_load_state()
    assert "palliation" in str(draft_of("morphine").class_path).lower()
    assert "Take it over, or leave it" not in editor.goes_to("/desk/").inner_text("main")

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

    clinician = person("clinician")
    page = clinician.goes_to("/desk/drugs/morphine/")
    page.get_by_role("link", name="Merge").click()
    page.get_by_label("Merge it into").select_option(label="Ocrelizumab")
    page.get_by_role("button", name="Show what it touches").click()
    page.wait_for_load_state()
    assert "This cannot be undone." in clinician.reads()
    assert "1 monograph is about Ocrelizumab from then on." in clinician.reads()
    assert "2 open editions keep their copies and are told" in clinician.reads()
    clinician.is_accessible("drug-merge-touches")
    page.get_by_role("button", name="Merge the two").click()
    page.wait_for_load_state()
    assert "Say why: the reason is kept." in clinician.reads()
    assert Drug.objects.get(slug="morphine").merged_into is None
    page.get_by_label("Reason").fill("They are one drug in this tale")
    page.get_by_role("button", name="Merge the two").click()
    page.wait_for_load_state()
    assert "Merged. Ocrelizumab is found by both names." in clinician.page.inner_text("body")
    assert page.url.endswith("/desk/drugs/ocrelizumab/")
    assert "Former names: Morphine." in clinician.reads()
    clinician.is_accessible("drug-merged-into")
    clinician.goes_to("/desk/drugs/morphine/")
    assert "Merged into Ocrelizumab." in clinician.reads()
    assert page.get_by_role("link", name="Merge", exact=True).count() == 0
    assert Monograph.objects.get(slug="morphine").drug.slug == "ocrelizumab"

    page = editor.goes_to("/desk/")
    assert page.get_by_role("link", name="Take it over, or leave it").count() == 2
    page = editor.goes_to("/desk/monographs/morphine/copy/")
    page.get_by_label("Why it stays").fill("Morphine keeps its name here")
    page.get_by_role("button", name="Leave it as it is").click()
    page.get_by_text("It stays as it is.").wait_for()
    assert editor.goes_to("/desk/").get_by_role("link", name="Take it over, or leave it").count() == 1
    assert draft_of("morphine").name == "Morphine"
    assert reader.goes_to("/drugs/morphine/").locator("h1").inner_text() == "Morphine"
    assert signed() == before
    assert verify() == []
    refused = ("status of 403", "status of 409", "status of 422")
    said = [*admin.errors, *editor.errors, *clinician.errors, *reader.errors]
    assert [one for one in said if not any(status in one for status in refused)] == []


def draft_of(slug):
    return Edition.objects.open().get(monograph__slug=slug)
