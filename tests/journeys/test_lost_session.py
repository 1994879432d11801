"""Nobody types anything twice: a session that is lost in the middle of a section, a signature, a new monograph, and a
report that meets a busy house."""

from django.contrib.sessions.models import Session

from reviews.models import KeptForm, ProblemReport, SignOff
from tests import factories as make
from tests.journeys.test_thread import DESK, MINE, OLD, opens_monitoring, rewords

KEPT = "This was kept when your session ended. Nothing has been saved yet."


def signs_in(page, name: str) -> None:
    page.fill("[name=login]", name)
    page.fill("[name=password]", "clincalc-demo")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk/**")


def presses(page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()
    page.wait_for_load_state()


def test_a_section_survives_a_session_that_ended_and_a_second_sign_in(person):
    editor = person("editor")
    editor.goes_to(DESK)
    presses(editor.page, "Start edition 2")
    opens_monitoring(editor)
    rewords(editor, OLD, MINE)
    other = editor.context.new_page()
    other.goto("/desk/")
    presses(other, "Sign out")

    presses(editor.page, "Save")
    editor.page.wait_for_selector("text=Sign in to the desk")
    # Somebody else, at the same browser, sees none of it.
    signs_in(editor.page, "editor2")
    assert MINE not in editor.page.content()
    assert "Nothing is kept for you here" in editor.reads()
    presses(editor.page, "Sign out")
    editor.goes_to("/accounts/login/")
    signs_in(editor.page, "editor")
    assert "What you typed here could not be taken." in editor.reads()
    editor.is_accessible("queue-with-a-kept-form")
    editor.page.get_by_role("link", name="Throw it away").click()
    editor.page.wait_for_load_state()
    assert MINE in editor.reads()
    editor.is_accessible("kept-form-thrown-away")
    editor.page.get_by_role("link", name="Open it again").click()
    editor.page.wait_for_load_state()
    assert KEPT in editor.reads()
    assert MINE in editor.page.locator("[name=text]").input_value()
    editor.is_accessible("kept-form")
    presses(editor.page, "Save")
    editor.page.wait_for_selector("text=Monitoring is saved.")
    assert not KeptForm.objects.exists()

    # Signed in again in another window: the form stands filled at once.
    opens_monitoring(editor)
    rewords(editor, MINE, OLD)
    other.goto("/desk/")
    presses(other, "Sign out")
    other.goto("/accounts/login/")
    signs_in(other, "editor")
    presses(editor.page, "Save")
    editor.page.wait_for_selector("text=This was kept because you signed in again")
    assert OLD in editor.page.locator("[name=text]").input_value()
    presses(editor.page, "Save")
    editor.page.wait_for_selector("text=Monitoring is saved.")


def test_a_signature_survives_it_and_the_password_is_asked_again(person):
    editor, clinician = person("editor"), person("clinician")
    editor.goes_to(DESK)
    presses(editor.page, "Start edition 2")
    opens_monitoring(editor)
    rewords(editor, OLD, MINE)
    presses(editor.page, "Save")
    editor.page.wait_for_selector("text=Monitoring is saved.")
    editor.goes_to(DESK)
    presses(editor.page, "Send for review")
    page = clinician.goes_to(f"{DESK}review/")
    for tick in page.locator("[name^=tick_]").all():
        tick.check()
    page.get_by_label("I declare these:").check()
    page.get_by_label("Fees, grants").fill("A lecture in 2025")
    page.get_by_label("Your password, as your signature").fill("clincalc-demo")
    Session.objects.all().delete()
    before = SignOff.objects.count()

    presses(page, "Sign edition 2")
    signs_in(page, "clinician")

    assert KEPT in clinician.reads()
    assert "Your password was not kept: type it again." in clinician.reads()
    assert all(tick.is_checked() for tick in page.locator("[name^=tick_]").all())
    assert page.get_by_label("Fees, grants").input_value() == "A lecture in 2025"
    assert page.get_by_label("Your password, as your signature").input_value() == ""
    assert SignOff.objects.count() == before
    clinician.is_accessible("kept-signature")
    page.get_by_label("Your password, as your signature").fill("clincalc-demo")
    presses(page, "Sign edition 2")
    assert SignOff.objects.count() == before + 1
    page.goto(f"{DESK}do/sign/")
    assert page.url.endswith(f"{DESK}review/")


def test_a_new_monograph_survives_it_without_a_script(person):
    editor = person("editor", java_script_enabled=False)
    page = editor.goes_to("/desk/monographs/new/")
    page.fill("[name=drug_name]", "newumab")
    page.fill("[name=title]", "Newumab in multiple sclerosis")
    (chosen,) = page.select_option("[name=therapeutic_class]", index=1)
    Session.objects.all().delete()

    presses(page, "Start the monograph")
    signs_in(page, "editor")

    assert KEPT in editor.reads()
    assert page.input_value("[name=drug_name]") == "newumab"
    assert page.input_value("[name=title]") == "Newumab in multiple sclerosis"
    assert page.input_value("[name=therapeutic_class]") == chosen
    presses(page, "Start the monograph")
    assert "The monograph is started" in editor.reads()


def test_a_report_that_meets_a_busy_house_stands_filled_and_is_sent_again(person):
    reader = person()
    page = reader.goes_to("/report/?page=/drugs/alemtuzumab/")
    page.get_by_label("What is wrong?").fill("A word is spelt wrongly.")
    page.get_by_label("No: wording, spelling, a link").check()
    make.somebody_writes(True)
    before = ProblemReport.objects.count()

    presses(page, "Send the report")
    make.somebody_writes(False)

    assert "Your words are kept below: send them again." in reader.reads()
    assert page.get_by_label("What is wrong?").input_value() == "A word is spelt wrongly."
    presses(page, "Send the report")
    page.wait_for_url("**/report/*/")
    assert ProblemReport.objects.count() == before + 1
