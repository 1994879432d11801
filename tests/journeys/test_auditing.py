"""An auditor finds entries and takes them away; a reader takes a page with its certificate and checks both without us."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

from reviews.models import AuditEvent

TOOL = Path(__file__).parents[2] / "tools" / "verify_certificate.py"


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
    page.get_by_text("Nobody has this name.").wait_for()  # a key that is pressed waits for no page
    assert "None was found by what you asked for." in auditor.reads()


def test_a_reader_takes_a_page_and_its_certificate_and_checks_them_without_us(person, tmp_path):
    reader = person()
    page = reader.goes_to("/drugs/teriflunomide/")
    address = page.url
    page.get_by_text("Check that nothing was altered").click()
    page.get_by_role("link", name="the list of editions").click()
    page.wait_for_load_state()
    certificate = page.locator("a[href$='certificate.json']").first.get_attribute("href")
    files = {
        "page.json": f"{address}monograph.json", "certificate.json": f"{page.url}{certificate}",
        "keys.json": re.match(r"https?://[^/]+", address)[0] + "/.well-known/clincalc-keys.json",
    }  # fmt: skip
    for name, where in files.items():
        answer = page.request.get(where)
        assert answer.ok, where
        (tmp_path / name).write_bytes(answer.body())

    done = subprocess.run([sys.executable, "-I", TOOL, *files], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout[:10], done.stderr) == (0, "Verified: ", "")

    changed = json.loads((tmp_path / "page.json").read_text())
    changed["document"]["sections"][0]["text"] += " Twice."
    (tmp_path / "page.json").write_text(json.dumps(changed))
    done = subprocess.run([sys.executable, "-I", TOOL, *files], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout[:12]) == (1, "NOT VERIFIED")
