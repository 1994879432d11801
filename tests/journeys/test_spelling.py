"""A misprint that was published is corrected by one signature; with a figure beside it, it goes the whole way."""

from monographs.models import Publication
from reviews.audit.verify import verify
from reviews.models import SignOff
from tests.journeys.test_lost_session import presses
from tests.journeys.test_thread import DESK, OLD, opens_monitoring, rewords

WRONG = OLD.replace("begins", "begins, when results are recieved,")
RIGHT = OLD.replace("begins", "begins, when results are received,")


def changes(one, number, before, after):
    one.goes_to(DESK)
    if one.page.get_by_role("button", name=f"Start edition {number}").count():
        presses(one.page, f"Start edition {number}")
    opens_monitoring(one)
    rewords(one, before, after)
    presses(one.page, "Save")
    one.page.wait_for_selector("text=Monitoring is saved.")


def sends(one):
    one.goes_to(DESK)
    presses(one.page, "Send for review")
    one.page.wait_for_load_state()


def signs(one, number):
    page = one.goes_to(f"{DESK}review/")
    for tick in page.locator("[name^=tick_]").all():
        tick.check()
    page.get_by_label("I have none.").check()
    page.get_by_label("Your password, as your signature").fill("clincalc-demo")
    page.get_by_role("button", name=f"Sign edition {number}").click()
    page.wait_for_load_state()


def publishes(one, number):
    one.goes_to(DESK)
    presses(one.page, f"Publish edition {number}")
    one.page.wait_for_load_state()


def test_a_misprint_is_corrected_by_one_signature_and_a_figure_is_not(person):
    editor, clinician, pharmacist, publisher = map(person, ("editor", "clinician", "pharmacist", "publisher"))
    changes(editor, 2, OLD, WRONG)
    sends(editor)
    signs(clinician, 2)
    signs(pharmacist, 2)
    publishes(publisher, 2)
    assert Publication.objects.filter(slug="alemtuzumab", number=2).exists()

    changes(editor, 3, WRONG, RIGHT)
    editor.goes_to(DESK)
    assert "corrects spelling and nothing else" in editor.page.inner_text("main")
    opens_monitoring(editor)
    rewords(editor, "48 months", "84 months")
    presses(editor.page, "Save")
    editor.page.wait_for_selector("text=Monitoring is saved.")
    editor.goes_to(DESK)
    assert "“48” became “84”" in editor.page.inner_text("main")
    opens_monitoring(editor)
    rewords(editor, "84 months", "48 months")
    presses(editor.page, "Save")
    editor.page.wait_for_selector("text=Monitoring is saved.")
    sends(editor)

    page = pharmacist.goes_to(f"{DESK}review/")
    assert "Correction of spelling" in page.locator(".titlebar").inner_text()
    assert "one registered clinician signs, whatever the tier" in page.inner_text("main")
    pharmacist.is_accessible("review-of-spelling")
    signs(pharmacist, 3)
    publishes(publisher, 3)

    two, three = Publication.objects.filter(slug="alemtuzumab", number__gt=1).order_by("number")
    assert SignOff.objects.filter(edition=three.edition).count() == 1
    assert (two.tier, two.last_full_review) == (three.tier, three.last_full_review)
    reader = person()
    reader.goes_to("/drugs/alemtuzumab/")
    assert RIGHT in reader.reads()
    assert verify() == []
    assert editor.errors == clinician.errors == pharmacist.errors == publisher.errors == []
