"""The pages that the main job passes by, each judged by axe-core at two widths, light and dark."""

from django.test import RequestFactory

from monographs.models import Edition
from tests.monographs.public.test_every_page import WENT_WRONG

OCRELIZUMAB, ALEMTUZUMAB = "/desk/monographs/ocrelizumab/", "/desk/monographs/alemtuzumab/"


def test_pages_that_say_no(person):
    admin, auditor, publisher = person("admin"), person("auditor"), person("publisher")
    admin.goes_to("/desk/")
    admin.is_accessible("no-entry")
    auditor.goes_to(OCRELIZUMAB)
    auditor.is_accessible("workspace-auditor")
    auditor.goes_to(f"{OCRELIZUMAB}edit/")
    auditor.is_accessible("outline-closed")
    publisher.goes_to("/accounts/logout/")
    publisher.is_accessible("logout")
    page = publisher.goes_to("/desk/monographs/dimethyl-fumarate/")
    page.locator("form#form-publish [name=digest]").evaluate("box => { box.value = '0'.repeat(64) }")
    page.get_by_role("button", name="Publish edition 2").click()
    page.wait_for_load_state()
    assert "Somebody changed this edition while you were reading it." in publisher.reads()
    publisher.is_accessible("transition-refused")


def test_pages_for_what_went_wrong(person):
    reader, served = person(), {}
    reader.page.route("**/wrong/*/", lambda route: route.fulfill(**served[route.request.url.split("/")[-2]]))
    for kind, view in WENT_WRONG.items():
        answer = view(RequestFactory().get("/anything/"))
        name = kind.replace(", ", "-").replace(" ", "-")
        served[name] = {"status": answer.status_code, "content_type": "text/html", "body": answer.content.decode()}
        reader.goes_to(f"/wrong/{name}/")
        assert f"{answer.status_code}." in reader.reads()
        reader.is_accessible(f"wrong-{name}")


def test_too_many_wrong_passwords(person):
    clinician = person("clinician")
    for _ in range(5):
        page = clinician.goes_to(f"{OCRELIZUMAB}review/")
        for tick in page.locator("[name^=tick_]").all():
            tick.check()
        page.get_by_label("I have none.").check()
        page.get_by_label("Your password, as your signature").fill("not the password")
        page.get_by_role("button", name="Sign edition 2").click()
        page.wait_for_load_state()
    assert "429" in clinician.reads()
    clinician.is_accessible("too-many")


def test_a_first_edition_and_what_else_the_desk_shows(person):
    editor = person("editor")
    page = editor.goes_to("/desk/monographs/new/")
    page.get_by_role("button", name="Start the monograph").click()
    page.wait_for_load_state()
    editor.is_accessible("new-monograph-errors")
    page.fill("[name=drug_name]", "newazumab")
    page.fill("[name=title]", "Newazumab")
    page.select_option("[name=therapeutic_class]", "opioids")
    page.get_by_role("button", name="Start the monograph").click()
    page.wait_for_load_state()
    editor.is_accessible("workspace-new")
    for path, kind in (
        ("/desk/monographs/newazumab/edit/", "outline-new"),
        ("/desk/monographs/newazumab/preview/", "preview-new"),
        ("/desk/monographs/newazumab/review/", "review-new"),
        ("/desk/monographs/?state=published", "list-published"),
        ("/desk/?show=others", "queue-others"),
        (f"{ALEMTUZUMAB}edit/", "outline-published"),
        (f"{ALEMTUZUMAB}edit/order/?kind=related", "order-empty"),
        (f"{OCRELIZUMAB}edit/", "outline-in-review"),
    ):
        editor.goes_to(path)
        editor.is_accessible(kind)
    page = editor.goes_to("/desk/monographs/morphine/history/")
    page.get_by_role("link", name="What changed").first.click()
    page.wait_for_load_state()
    editor.is_accessible("history-change")
    assert Edition.objects.filter(monograph__slug="newazumab", state="draft").exists()
