"""A page moves to another address: what leads to it, and what a reader says of it, follow."""

from reviews.audit.verify import verify
from reviews.models import ProblemReport
from tests.journeys.test_after_publication import presses

OLD, NEW = "/drugs/dimethyl-fumarate/", "/drugs/dimethyl-fumarate-oral/"
DESK, NEW_DESK = "/desk/monographs/dimethyl-fumarate/", "/desk/monographs/dimethyl-fumarate-oral/"


def test_a_page_moves_and_links_of_editors_and_a_readers_report_follow(person):
    publisher, reader, clinician = person("publisher"), person(java_script_enabled=False), person("clinician")
    page = reader.goes_to(f"/report/?page={OLD}&edition=1")  # open from before
    linked = reader.context.new_page()
    linked.goto("/drugs/glatiramer-acetate/")
    assert linked.locator(f"#related a[href='{OLD}']").count() == 1

    moves = publisher.goes_to(f"{DESK}move/")
    moves.get_by_label("New address").fill("dimethyl-fumarate-oral")
    moves.get_by_label("Reason").fill("There will be a page on its use in psoriasis")
    publisher.is_accessible("move")
    presses(publisher, "Move the monograph")
    assert "readers find it there from the next edition on" in publisher.page.inner_text("body")
    linked.goto("/drugs/glatiramer-acetate/")
    assert linked.locator(f"#related a[href='{OLD}']").count() == 1  # readers still find it there
    publisher.goes_to(NEW_DESK)
    presses(publisher, "Publish edition 2")

    linked.reload()
    linked.locator(f"#related a[href='{NEW}']").click()
    linked.wait_for_url(f"**{NEW}")
    assert linked.locator("link[rel=canonical]").get_attribute("href").endswith(NEW)
    for old in (OLD, OLD.title().replace("/Drugs/", "/drugs/")):
        linked.goto(old)
        assert linked.url.endswith(NEW)

    page.get_by_label("What is wrong?").fill("The interval that stands there is not the one of the source.")
    page.get_by_label("Yes, or I am not sure").check()
    page.get_by_role("button", name="Send the report").click()
    page.wait_for_url("**/report/*/")
    page.locator(f"main a[href='{NEW}']").click()
    page.wait_for_url(f"**{NEW}")
    report = ProblemReport.objects.get()
    assert (report.monograph.slug, report.page, report.edition) == ("dimethyl-fumarate-oral", NEW, 1)
    clinician.goes_to(f"/desk/reports/{report.pk}/")
    clinician.page.locator(f"main a[href='{NEW_DESK}']").first.click()
    clinician.page.wait_for_url(f"**{NEW_DESK}")
    assert clinician.goes_to(f"{DESK}").url.endswith(NEW_DESK) or "Dimethyl fumarate" in clinician.reads()
    assert verify() == []
