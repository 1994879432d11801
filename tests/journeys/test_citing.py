"""A reference from whatever the editor has at hand: found at a register that answers, that is slow, and that is gone;
with a script and without."""

import pytest

from monographs.assemble import build
from monographs.models import Edition
from tests import register as it

EDIT = "/desk/monographs/glatiramer-acetate/edit/citation/new/"
WORK = {
    "type": "journal-article", "DOI": "10.1000/new", "title": ["Thyroid events after infusion"], "issued": {"date-parts": [[2017, 3, 12]]},
    "author": [{"family": "Nice", "given": "Anna B"}], "container-title": ["The Journal"], "volume": "12", "page": "101-9",
}  # fmt: skip


def looks_for(editor, words, said):
    editor.page.get_by_label("DOI, PMID, web address").fill(words)
    editor.page.keyboard.press("Enter")
    editor.page.wait_for_selector(f"text={said}")


@pytest.mark.parametrize("script", [True, False])
def test_a_doi_is_looked_up_filled_in_and_saved_by_the_person(person, settings, script):
    with it.serving() as register:
        settings.CROSSREF_URL, settings.PUBMED_URL = register.address, ""
        register.says["/works/10.1000%2Fnew"] = it.json_of({"message": WORK})
        register.says["/works"] = it.json_of({"message": {"items": [WORK, {**WORK, "DOI": "10.1000/other"}]}})
        editor = person("editor", java_script_enabled=script)

        editor.goes_to(EDIT)
        looks_for(editor, "thyroid infusion", "At Crossref")
        if script:
            editor.is_accessible("reference-found")
        editor.page.get_by_role("link", name="Fill in").first.click()
        editor.page.wait_for_selector("text=Filled in from Crossref")
        if script:
            editor.is_accessible("reference-filled")
        editor.page.get_by_role("button", name="Add", exact=True).click()
        editor.page.wait_for_selector("text=Reference: nice2017 is saved.")

    assert "Reference: nice2017 is saved." in editor.reads()
    edition = Edition.objects.filter(monograph__slug="glatiramer-acetate").latest("number")
    assert build(edition).citations[-1].csl["DOI"] == "10.1000/new"
    assert editor.errors == []


def test_a_register_that_is_slow_or_gone_is_said_and_the_reference_is_typed(person, settings):
    editor = person("editor")
    with it.serving() as register:
        settings.CROSSREF_URL, settings.PUBMED_URL = register.address, ""
        register.says["/works/10.1000%2Fnew"] = it.slow(6)
        editor.goes_to(EDIT)
        looks_for(editor, "https://doi.org/10.1000/new", "Crossref did not answer in time.")
        assert editor.page.get_by_label("DOI", exact=True).input_value() == "10.1000/new"
    editor.goes_to(EDIT)
    looks_for(editor, "10.1000/new", "Crossref cannot be reached")
    editor.is_accessible("reference-offline")
    editor.page.get_by_label("Title", exact=True).fill("Thyroid events after infusion")
    editor.page.get_by_label("Authors").fill("Nice, Anna B")
    editor.page.get_by_label("Date", exact=True).fill("12/03/2017")
    editor.page.get_by_role("button", name="Add", exact=True).click()
    editor.page.wait_for_selector("text=Reference: nice2017 is saved.")

    assert "Reference: nice2017 is saved." in editor.reads()
    assert "We read “12/03/2017” as 12 March 2017: the day comes first." in editor.reads()
