"""An auditor finds entries, goes to what they touched and back, and takes them away as a file."""

import csv

from reviews.models import AuditEvent


def test_an_auditor_filters_goes_to_what_was_touched_and_back_and_exports(person, tmp_path):
    auditor = person("auditor")
    auditor.goes_to("/desk/trail/")
    auditor.is_accessible("trail", everywhere=True)
    auditor.goes_to("/desk/trail/?who=nobody+at+all")
    auditor.is_accessible("trail-empty")
    auditor = person("auditor", java_script_enabled=False)
    page = auditor.goes_to("/desk/trail/")
    page.get_by_label("Act").select_option("published")
    page.get_by_label("Person").fill("publisher")
    page.get_by_role("button", name="Find").click()
    page.wait_for_load_state()
    rows = page.get_by_role("row").filter(has_text="published edition")
    assert rows.count() == min(50, AuditEvent.objects.filter(verb="published", actor__username="publisher").count()) > 1
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").click()
    taken.value.save_as(tmp_path / "trail.csv")
    with (tmp_path / "trail.csv").open(newline="") as file:
        _head, *found = csv.reader(file)
    assert {row[4] for row in found} == {"published"}

    slug = rows.first.get_by_role("link").first.inner_text()
    rows.first.get_by_role("link", name=slug, exact=True).click()
    page.wait_for_load_state()
    assert page.url.endswith(f"/desk/monographs/{slug}/history/")
    page.get_by_role("link", name="In the trail").click()
    page.wait_for_load_state()
    assert page.get_by_label("Monograph").input_value() == slug
    assert page.get_by_role("row").count() > 2

    page.get_by_label("Person").fill("nobody at all")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert "Nobody has this name." in auditor.reads()
    assert "None was found by what you asked for." in auditor.reads()
