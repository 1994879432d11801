"""The main job in a real browser: from an editor's keystroke to a reader's page, signed.

Every page kind on the way is judged by axe-core at 1280 and 375 pixels, light and dark.
"""

from reviews.audit.verify import verify
from reviews.models import AuditEvent, SignOff

DESK = "/desk/monographs/alemtuzumab/"
OLD = "Laboratory follow-up begins before the first infusion"
MINE = "Laboratory follow-up starts before the first infusion"
THEIRS = "Tests in the laboratory start before the first infusion"


def opens_monitoring(one) -> None:
    page = one.goes_to(f"{DESK}edit/")
    page.get_by_role("link", name="Edit Monitoring", exact=True).click()
    page.wait_for_selector("h2:has-text('Edit Monitoring')")


def rewords(one, before: str, after: str) -> None:
    box = one.page.locator("[name=text]")
    box.fill(box.input_value().replace(before, after))


def signs(one) -> None:
    page = one.goes_to(f"{DESK}review/")
    for tick in page.locator("[name^=tick_]").all():
        tick.check()
    page.get_by_label("I have none.").check()
    page.get_by_label("Your password, as your signature").fill("clincalc-demo")
    page.get_by_role("button", name="Sign edition 2").click()
    page.wait_for_load_state()


def test_a_changed_sentence_goes_from_an_editor_to_a_reader(person):
    reader, editor, editor2 = person(), person("editor"), person("editor2")
    reader.goes_to("/drugs/alemtuzumab/")
    assert OLD in reader.reads()
    for path, kind in (("/", "home"), ("/drugs/", "a-z"), ("/drugs/alemtuzumab/", "monograph"), ("/nothing/", "404")):
        reader.goes_to(path)
        reader.is_accessible(kind)
    reader.goes_to("/accounts/login/")
    reader.is_accessible("login")
    signs_in_the_wrong_way(reader)

    # The editor starts edition 2, and readers notice nothing.
    editor.is_accessible("queue-editor")
    editor.goes_to("/desk/monographs/")
    editor.is_accessible("list")
    editor.goes_to("/desk/monographs/new/")
    editor.is_accessible("new-monograph")
    editor.goes_to(DESK)
    editor.is_accessible("workspace-published")
    editor.page.get_by_role("button", name="Start edition 2").click()
    editor.page.wait_for_load_state()

    # Both open Monitoring. The editor saves first; editor2 meets a conflict and loses nothing.
    opens_monitoring(editor)
    opens_monitoring(editor2)
    rewords(editor, OLD, MINE)
    editor.page.get_by_role("button", name="Preview").click()
    editor.page.wait_for_selector(f".preview:has-text('{MINE}')")
    editor.is_accessible("part-preview")
    editor.page.get_by_role("button", name="Save", exact=True).click()
    editor.page.wait_for_selector("text=Monitoring is saved.")
    editor.is_accessible("outline")
    rewords(editor2, OLD, THEIRS)
    editor2.page.get_by_role("button", name="Save", exact=True).click()
    editor2.page.wait_for_selector("text=saved this part at")
    assert THEIRS in editor2.page.locator("[name=text]").input_value()
    assert MINE.split()[2] in editor2.reads()
    editor2.is_accessible("conflict")
    editor2.page.get_by_role("link", name="Take theirs").click()
    editor2.page.wait_for_selector("text=As saved")
    assert MINE in editor2.page.locator("[name=text]").input_value()

    # The clinician changes that section and nothing else.
    clinician = person("clinician")
    opens_monitoring(clinician)
    rewords(clinician, MINE, THEIRS)
    clinician.page.get_by_role("button", name="Save", exact=True).click()
    clinician.page.wait_for_selector("text=Monitoring is saved.")

    for path, kind in (
        ("edit/header/", "header-form"),
        ("edit/section/new/", "section-form"),
        ("edit/monitoring/new/", "monitoring-form"),
        ("edit/notice/new/", "notice-form"),
        ("edit/citation/new/", "reference-form"),
        ("edit/related/new/", "related-form"),
        ("edit/order/?kind=citation", "order"),
        ("preview/", "preview"),
        ("history/", "history"),
    ):
        editor.goes_to(DESK + path)
        editor.is_accessible(kind)
    an_error_stays_at_its_field(editor)

    editor.goes_to(DESK)
    editor.is_accessible("workspace-draft")
    editor.page.get_by_role("button", name="Send for review").click()
    editor.page.wait_for_load_state()
    assert "In review" in editor.reads()

    # So the clinician's signature would count for nothing: refused, with the sentence, and recorded.
    clinician.goes_to(f"{DESK}review/")
    sentence = "You wrote or suggested everything that changed here."
    assert sentence in clinician.reads()
    clinician.is_accessible("review-refused")
    refused = clinician.page.evaluate(
        """async () => {
            const token = document.querySelector('[name=csrfmiddlewaretoken]').value;
            const digest = document.querySelector('form[action*="/do/"] [name=digest]').value;
            const body = new URLSearchParams({csrfmiddlewaretoken: token, digest, password: 'clincalc-demo'});
            const answer = await fetch('../do/sign/', {method: 'POST', body});
            return [answer.status, await answer.text()];
        }"""
    )
    assert refused[0] == 403
    assert sentence in refused[1]
    assert AuditEvent.objects.latest("seq").data["codes"] == ["counts_for_nothing"]
    assert not SignOff.objects.filter(edition__number=2, edition__monograph__slug="alemtuzumab").exists()

    # Two others sign what they read.
    clinician2, pharmacist = person("clinician2"), person("pharmacist")
    clinician2.is_accessible("queue-clinician")
    clinician2.goes_to(f"{DESK}review/")
    assert "Removed: Laboratory follow-up begins" in " ".join(clinician2.page.locator("del").all_text_contents())
    clinician2.is_accessible("review")
    clinician2.page.get_by_role("button", name="Sign edition 2").click()
    clinician2.page.wait_for_load_state()
    clinician2.is_accessible("review-errors")
    signs(clinician2)
    assert "In review" in clinician2.goes_to(DESK).inner_text("main")
    signs(pharmacist)
    assert OLD in reader.goes_to("/drugs/alemtuzumab/").inner_text("main")

    publisher = person("publisher")
    publisher.goes_to(DESK)
    publisher.is_accessible("workspace-reviewed")
    publisher.page.get_by_label("Why now, for our history").fill("Typed for our history.")
    publisher.page.get_by_role("button", name="Publish edition 2").click()
    publisher.page.wait_for_load_state()

    # And the reader reads it: the words, who signed by profession, and when.
    text = reader.goes_to("/drugs/alemtuzumab/").inner_text("main")
    assert THEIRS in text
    assert OLD not in text
    assert "Text of edition 2" in text
    assert "a specialist in general medicine and a pharmacist" in text
    assert "Demo clinician" not in text
    home = reader.goes_to("/").inner_text("main")
    assert "changed." in home
    assert "Typed for our history." not in home
    assert verify() == []
    for one in (reader, editor, clinician, publisher):
        assert [error for error in one.errors if "404" not in error and "403" not in error and "422" not in error] == []


def signs_in_the_wrong_way(reader) -> None:
    reader.page.fill("[name=login]", "editor")
    reader.page.fill("[name=password]", "not the password")
    reader.page.get_by_role("button", name="Sign in").click()
    reader.page.wait_for_selector(".errors")
    reader.is_accessible("login-errors")
    assert reader.page.locator("[name=login]").input_value() == "editor"


def an_error_stays_at_its_field(editor) -> None:
    page = editor.goes_to(f"{DESK}edit/section/new/")
    page.locator("[name=text]").fill("A [link](javascript:alert(1)) that may not be.")
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_selector(".errors")
    assert "A link may lead only to" in page.inner_text(".field-bad")
    assert "javascript:alert(1)" in page.locator("[name=text]").input_value()
    editor.is_accessible("section-errors")


def test_the_main_job_needs_no_script(person):
    editor = person("editor2", java_script_enabled=False)
    page = editor.goes_to("/desk/monographs/glatiramer-acetate/edit/")
    page.get_by_role("link", name="Edit Monitoring", exact=True).click()
    page.locator("[name=text]").fill("Routine blood tests are few.")
    page.get_by_role("button", name="Save", exact=True).click()
    assert "Monitoring is saved." in page.inner_text("main")
    page.goto("/desk/monographs/glatiramer-acetate/")
    page.get_by_role("button", name="Send for review").click()
    assert "In review" in page.inner_text("main")


def test_the_menu_and_the_page_work_from_the_keyboard_on_a_phone(person):
    reader = person(viewport={"width": 375, "height": 800})
    page = reader.goes_to("/drugs/alemtuzumab/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.get_by_role("button", name="Menu").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("link", name="A to Z").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="A to Z").is_visible()


def test_a_printed_page_carries_its_warnings(person, tmp_path):
    reader = person()
    page = reader.goes_to("/drugs/alemtuzumab/")
    page.emulate_media(media="print")

    shown = page.inner_text("body")

    for words in (
        "Demonstration content, not for clinical use.",
        "This page shows no dose",
        "Uncontrolled when printed.",
    ):
        assert words in shown
    for selector in (".bar", ".contents", ".foot", "#related"):
        assert not page.locator(selector).is_visible()
    assert page.pdf(format="A4")[:5] == b"%PDF-"
