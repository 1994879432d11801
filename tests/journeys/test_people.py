"""People in a real browser: invited, looked up, confirmed, held after a reset, lapsed, and gone with their work handed
over. Second factors have journeys of their own (test_second_factor.py)."""

import re

import pytest

from monographs.standing import today
from reviews.models import AccountHold, AuditEvent, Recheck

pytestmark = pytest.mark.slow
NEW = "another horse battery"


def does(admin, name, button, **typed):
    """One act on a person's page, and what the page says of it."""
    page = admin.goes_to(f"/desk/people/{name}/")
    fold = page.locator("details.fold", has=page.locator("summary", has_text=re.compile(f"^{button}$")))
    fold.locator("summary").click()
    for box, words in typed.items():
        field = fold.locator(f"[name={box}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(words)
        else:
            field.fill(words)
    fold.get_by_role("button", name=button).click()
    page.wait_for_load_state()
    return admin.reads()


def sets_a_password(somebody, said):
    """Opens the link that the page told, once."""
    path = re.search(r"/accounts/link/\S+/", said)[0]
    page = somebody.goes_to(path)
    somebody.is_accessible("link")
    page.get_by_label("Your new password").fill(NEW)
    page.get_by_label("The same again").fill(NEW)
    page.get_by_role("button", name="Set the password").click()
    page.wait_for_url("**/accounts/login/")
    somebody.goes_to(path)
    assert "This link opens nothing." in somebody.reads()


def signs_in(somebody, name, where):
    page = somebody.goes_to("/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", NEW)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(where)
    return page


LOOKED_UP = {"register_date": str(today()), "looked_at": "GMC online register, entry and licence"}


def test_somebody_is_invited_registered_verified_and_leaves_with_their_work_handed_over(person):
    admin, ann = person("admin"), person()
    admin.goes_to("/desk/people/")
    admin.is_accessible("people")
    page = admin.goes_to("/desk/people/invite/")
    admin.is_accessible("invite")
    for box, words in {"name": "Ann Other", "email": "ann@example.org", "username": "ann"}.items():
        page.fill(f"[name={box}]", words)
    page.select_option("[name=role]", "clinician")
    page.select_option("[name=on]", "everywhere")
    page.get_by_role("button", name="Invite").click()
    page.wait_for_url("**/desk/people/ann/")
    said = admin.reads()
    if "/accounts/link/" not in said:
        said = does(admin, "ann", "Make a link by which they set a password")
    admin.is_accessible("person-invited")

    sets_a_password(ann, said)
    page = signs_in(ann, "ann", "**/desk/")
    ann.goes_to("/desk/profile/")
    ann.is_accessible("profile")
    for box, words in {"name": "Ann Other", "number": "7654321"}.items():
        page.fill(f"[name={box}]", words)
    page.select_option("[name=profession]", "specialist_doctor")
    page.select_option("[name=scope]", "both")
    page.locator("form[action$='/profile/register/'] button").click()
    page.wait_for_load_state()
    assert "Your registration is noted." in ann.reads()
    for box in page.locator("form[action$='/profile/interests/'] textarea").all():
        box.fill("none")
    page.locator("form[action$='/profile/interests/'] button").click()
    page.wait_for_load_state()
    assert "Your interests are declared." in ann.reads()

    told = does(admin, "ann", "Verify this registration", reader_title="neurologist", scope="both", **LOOKED_UP)
    assert "Verified. Look it up again before" in told
    page = admin.page
    page.get_by_role("button", name="Confirm clinician").click()
    page.wait_for_load_state()
    assert "Confirmed: clinician, until" in admin.reads()

    does(admin, "ann", "Give a role", role="auditor", on="everywhere")
    ann.goes_to("/desk/trail/")
    ann.is_accessible("trail")
    ann.goes_to("/desk/rights/")
    ann.is_accessible("rights")
    admin.goes_to("/desk/first-steps/")
    admin.is_accessible("first-steps")

    refused = does(admin, "publisher", "Close this account", reason="Left the house")
    assert "There is open work. Say who goes on with it." in refused
    heir = admin.page.locator("[name=to] option", has_text="Ann Other").first.get_attribute("value")
    told = does(admin, "publisher", "Close this account", reason="Left the house", to=heir)
    assert "goes on with their work" in told
    assert AuditEvent.objects.filter(verb="handed_over").exists()


def test_a_clinician_is_held_after_a_reset_by_somebody_else_and_lapses_with_reviews_opened(person):
    admin, clinician = person("admin"), person()
    said = does(admin, "clinician", "Make a link by which they set a password")
    sets_a_password(clinician, said)
    signs_in(clinician, "clinician", "**/desk/")

    assert AccountHold.objects.filter(person__username="clinician").exists()
    clinician.goes_to("/desk/monographs/ocrelizumab/")
    assert "you do not sign, publish or administer" in clinician.reads()

    told = does(admin, "clinician", "End this registration", how="lapsed", reason="Not renewed with the GMC")
    assert "each page that rests on it has a review" in told
    admin.is_accessible("person-lapsed")
    recheck = Recheck.objects.filter(closed_at=None).earliest("pk")
    other = person("clinician2")
    page = other.goes_to(f"/desk/rechecks/{recheck.pk}/")
    other.is_accessible("recheck")
    page.get_by_label("What you found").fill("It is still right.")
    page.get_by_role("button", name="Close this review").click()
    page.wait_for_url("**/desk/")
    assert "What you found is kept." in other.reads()
