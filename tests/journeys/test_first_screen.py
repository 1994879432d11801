"""What a reader sees first: on a phone, before any scrolling, all that warns, and the line of status, in that order. The
same on a wide screen, without a script; and on paper."""

import pytest
from django.contrib.auth.models import User

from monographs.models import Monograph
from monographs.pages.said import said
from reviews import overlays
from reviews.overlay_words import CorrectionInput, digest_of_part_withheld
from reviews.signing import attest
from reviews.workflow import perform
from tests.factories import WARNED
from tests.journeys.conftest import PICTURES

pytestmark = pytest.mark.slow

PHONE, DESK = {"width": 375, "height": 812}, {"width": 1280, "height": 812}
# What must be seen, in this order -> page -> what of it is there.
SEEN = ("h1", "#retired", "#warning", "#correction", "#withheld", "#safety", ".plate")
PAGES = {
    "alemtuzumab": ((), "Text reviewed", "12 sections missing"),
    "methotrexate-weekly-oral": (("#safety",), "Text reviewed", ""),
    "cladribine": (("#warning", "#safety"), "Reviewed before this warning", ""),
    "fingolimod": (("#warning",), "Reviewed before this warning", ""),
    "teriflunomide": (("#retired", "#safety"), "Retired", ""),
    "amoxicillin": (("#correction", "#safety"), "Correction", ""),
    "morphine": (("#withheld",), "Part withheld", ""),
}
BOXES = """wanted => wanted.map(what => {
  const found = document.querySelector(what), box = found && found.getBoundingClientRect()
  return found && found.checkVisibility() ? [what, Math.round(box.top), Math.round(box.bottom)] : null
}).filter(Boolean)"""


def live(slug: str) -> Monograph:
    return Monograph.objects.for_desk().get(slug=slug)


@pytest.fixture
def what_stands(demonstration):
    """Over pages of the demonstration: two warnings, a correction, a part withheld, a page retired."""
    people = User.objects.in_bulk(field_name="username")

    def by(name, digest):
        given = attest(people[name], password="clincalc-demo", ticks=(), interests="none", digest=digest)
        return {"actor": people[name], "attestation": given}

    for slug in ("cladribine", "fingolimod"):
        overlays.warn([live(slug)], warned=WARNED, **by("clinician", WARNED.digest([live(slug)])))
    page = live("amoxicillin")
    (place,) = said(page, "in prolonged courses").choices
    wrong = CorrectionInput("in prolonged courses", "in courses of 2 weeks or more", "minor", (place.key,))
    overlays.correct(page, corrected=wrong, **by("pharmacist", wrong.digest(page)))
    page = live("morphine")
    part = page.live.document.value.monitoring[0].key
    given = by("publisher", digest_of_part_withheld(page, part))
    overlays.withhold(page, part=part, reason="misprint", **given)
    page = live("teriflunomide").live
    retire = {"reason": "its source is in doubt", "kind": "retire", "digest": page.document_id}
    perform("withdraw", editions=[page.edition], actor=people["publisher"], **retire)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_that_warns_is_within_the_first_screen_of_a_phone(person, what_stands, scheme):
    reader = person(viewport=PHONE)
    for slug, (over, chip, gaps) in PAGES.items():
        page = reader.goes_to(f"/drugs/{slug}/")
        page.emulate_media(color_scheme=scheme)
        boxes = page.evaluate(BOXES, list(SEEN))

        assert [what for what, *_ in boxes] == ["h1", *over, ".plate"], slug
        edges = [edge for _what, *edges in boxes for edge in edges]
        assert edges == sorted(edges), f"{slug}: {boxes}"
        assert edges[-1] <= PHONE["height"], f"{slug}: {boxes}"
        assert page.locator(".plate .chip").all_inner_texts() == [chip]
        assert page.locator(".plate .chip-published").count() == (not over or over == ("#safety",))
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/first-{slug}-375-{scheme}.png")
        page.set_viewport_size(DESK)
        wide = page.evaluate(BOXES, list(SEEN))
        assert [what for what, *_ in wide] == ["h1", *over, ".plate"]
        assert wide[-1][-1] <= DESK["height"], f"{slug}, wide: {wide}"
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/first-{slug}-1280-{scheme}.png")
        page.set_viewport_size(PHONE)
        assert gaps in page.locator(".gaps summary").inner_text()
        reader.is_accessible(f"first-screen-{slug}")


def test_what_is_missing_opens_by_key_and_without_a_script_and_the_way_to_safety_opens_on_it(person, what_stands):
    reader = person(viewport=PHONE, java_script_enabled=False)
    page = reader.goes_to("/drugs/cladribine/")
    told = page.get_by_text("This page does not cover:")
    assert not told.is_visible()
    page.locator(".gaps summary").focus()
    page.keyboard.press("Enter")
    told.wait_for(state="visible")
    assert "doses, indications, contra-indications" in page.locator(".gaps p").inner_text()

    page.get_by_role("link", name="Critical safety").click()
    page.wait_for_url("**/#safety")
    within = page.locator("#safety").bounding_box()
    assert 0 <= within["y"] <= 100
    assert page.locator(".gap").first.bounding_box()["y"] > within["y"] + within["height"]


def test_a_sheet_of_paper_says_all_that_warns_and_all_that_is_missing(person, what_stands):
    reader = person(viewport={"width": 700, "height": 1000})
    for slug, (over, chip, _gaps) in PAGES.items():
        page = reader.goes_to(f"/drugs/{slug}/")
        page.emulate_media(media="print")
        for what in (*over, ".plate", ".gaps p", "#status", ".print-only"):
            box = page.locator(what).first.bounding_box() or {"height": 0}
            assert box["height"] > 0, f"{slug}: {what} is not printed"
        assert chip in page.locator(".plate").inner_text()
        page.emulate_media(media="screen")
