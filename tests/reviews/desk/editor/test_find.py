"""Finding a source in the library by whatever names it."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.document import Citation
from monographs.models import Reference
from reviews.audit.trail import audited_write
from reviews.desk.editor.citation_form import CitationForm
from reviews.desk.editor.find import hits, search, typed_from
from reviews.editing.library import keep_references
from tests import factories as make

CARE = {
    "type": "article-journal", "title": "Alemtuzumab after relapse", "author": [{"family": "Coles", "given": "A. J."}],
    "issued": {"date-parts": [[2012, 11, 24]]}, "DOI": "10.1016/S0140-6736(12)61768-1", "PMID": "23122650",
}  # fmt: skip
NICE = {
    "type": "report",
    "title": "Alemtuzumab for treating",
    "number": "TA312",
    "URL": "https://www.nice.org.uk/guidance/ta312",
}
OTHER = {"type": "report", "title": "Something else", "PMID": 231226, "publisher": "No 23122650"}
CITED = "Coles AJ. Alemtuzumab after relapse. Lancet 2012;380(9856):1829-39."


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    edition = make.draft(house)
    with audited_write(actor=house.editor) as trail:
        keep_references(trail, [("coles2012", CARE), ("nice-ta312", NICE), ("other", OTHER)])
    return SimpleNamespace(house=house, edition=edition)


def labels(typed):
    return sorted(record.label for record in search(typed))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("https://doi.org/10.1016/s0140-6736(12)61768-1.", ["coles2012"]), ("doi:10.1016/S0140-6736(12)61768-1", ["coles2012"]),
        ("https://example.org/doi/full/10.1016/S0140-6736(12)61768-1", ["coles2012"]), ("PMID 23122650", ["coles2012", "other"]),
        ("231226", ["coles2012", "other"]), ("www.nice.org.uk/guidance/ta312", ["nice-ta312"]), (CITED, ["coles2012"]),
        (f"{CITED} PMID: 23122650", ["coles2012"]), ("Another one. PMID: 231226", ["other"]), ("alemtuzumab", ["coles2012", "nice-ta312"]), ("ta312 treating", ["nice-ta312"]),
        ("10.9999/nowhere", []), ("10.1000/../x", []), ("@evil", []), ("a\x00b", []),
    ],
)  # fmt: skip
def test_a_record_is_found_by_whatever_names_it(db, made, typed, found):
    assert labels(typed) == found


def test_a_record_that_is_cited_is_found_with_its_label(db, made):
    (found,) = hits("23122650 coles", build(made.edition))

    assert (found[0].label, found[1]) == ("coles2012", "")


@pytest.mark.parametrize(
    ("typed", "boxes"),
    [
        ("https://example.org/doi/10.1000/x", {"address": "https://example.org/doi/10.1000/x", "doi": "10.1000/x"}),
        ("www.example.org/x", {"address": "https://www.example.org/x"}),
        (
            CITED + " doi:10.1000/y.",
            {
                "type": "article-journal", "title": "Alemtuzumab after relapse", "authors": "Coles, A. J.", "issued": "2012",
                "container": "Lancet", "volume": "380", "issue": "9856", "page": "1829-1839", "doi": "10.1000/y",
            },
        ),
        ("Some guideline, doi:10.1000/y", {"title": "Some guideline, doi:10.1000/y", "doi": "10.1000/y"}),
        ("10.1000/../x", {"title": "10.1000/../x"}),
    ],
)  # fmt: skip
def test_what_was_typed_in_vain_stands_in_its_boxes(typed, boxes):
    assert typed_from(typed) == boxes


# -- The form: identifiers in any form, one date, a key that nobody is asked for -----------------------------------------


def form_of(made, **change):
    typed = {"type": "report", "title": "A guideline", "authors": "Nice, A.", "issued": "2017", **change}
    form = CitationForm(typed, document=build(made.edition), key=make.key("new"))
    form.full_clean()
    return form


@pytest.mark.parametrize(
    ("change", "name", "kept", "said"),
    [
        ({"doi": "https://doi.org/10.1000/x?a=b"}, "DOI", "10.1000/x", ["DOI: We left out “https://doi.org/” before it.", "DOI: We left out “?a=b” behind it."]),
        ({"doi": "https://example.org/doi/pdf/10.1000/x"}, "DOI", "10.1000/x", ["DOI: We took it from “https://example.org/doi/pdf/10.1000/x”."]),
        ({"pmid": "https://pubmed.ncbi.nlm.nih.gov/12/"}, "PMID", "12", ["PMID: We left out “https://pubmed.ncbi.nlm.nih.gov/” before it.", "PMID: We left out the slash at its end."]),
        ({"issued": "12/03/2020"}, "issued", {"date-parts": ((2020, 3, 12),)}, ["Date: We read “12/03/2020” as 12 March 2020: the day comes first."]),
        ({"issued": "March 2020"}, "issued", {"date-parts": ((2020, 3),)}, []),
    ],
)  # fmt: skip
def test_what_was_pasted_is_kept_in_its_one_form_and_said(db, made, change, name, kept, said):
    form = form_of(made, **change)

    assert form.errors == {}
    assert form.value.csl[name] == kept
    assert form.said == said


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"doi": "10.1000/../x"}, "doi", "No DOI holds “/./” or “/../”. Copy it again from the source."),
        ({"doi": "10.1000/x@evil.example"}, "doi", "No DOI holds “@”. Copy it again from the source."),
        ({"doi": "https://example.org/x"}, "doi", "A DOI looks like 10.1016/S0140-6736(12)61769-3."),
        ({"doi": "23122650"}, "doi", "A DOI looks like 10.1016/S0140-6736(12)61769-3."),
        ({"pmid": "1 OR 1=1"}, "pmid", "A PMID is a number of up to 8 digits."),
        ({"pmid": "10.1000/x"}, "pmid", "A PMID is a number of up to 8 digits."),
        ({"issued": "31/02/2020"}, "issued", "There is no 31 February 2020. Check the date."),
        ({"issued": "12/03/20"}, "issued", "Give the year in four digits."),
        ({"issued": "3 March 2999"}, "issued", "This source was published in the future (2999-03-03)? Check the year."),
    ],
)
def test_what_is_none_is_refused_at_its_box(db, made, change, field, sentence):
    assert dict(form_of(made, **change).errors) == {field: [sentence]}


def test_an_identifier_that_stood_there_is_not_asked_again(db, made):
    stored = {"type": "report", "title": "x", "DOI": "10.1000/x@y", "issued": {"date-parts": [[2012, 11, 24]]}}
    part = Citation(key=make.key("c"), label="x", csl=stored)
    form = CitationForm({**CitationForm.shows(part), "title": "y"}, document=make.document(), shown=part)

    assert form.is_valid(), form.errors
    assert (form.value.csl["DOI"], form.value.csl["issued"]["date-parts"]) == ("10.1000/x@y", ((2012, 11, 24),))


def test_a_key_is_proposed_that_neither_the_edition_nor_another_record_of_the_library_has(db, made):
    assert form_of(made).value.label == "nice2017"
    assert form_of(made, authors="Coles, A. J.", issued="2012").value.label == "coles2012b"
    assert form_of(made, authors="Trial, A.", issued="2020").value.label == "trial2020b"


def test_a_record_of_the_library_that_is_typed_anew_keeps_its_key_there(db, made):
    form = form_of(made, authors="Coles, A.", issued="2012", doi="10.1016/s0140-6736(12)61768-1")

    assert form.value.label == "coles2012"


def test_a_record_whose_key_is_taken_in_the_edition_gets_another(db, made):
    chosen = Reference.objects.get(label="coles2012")
    taken = make.document()
    cited = taken.citations[0].replaced(label="coles2012")
    document = taken.replaced(citations=(cited,), sections=(), notices=())
    form = CitationForm({"reference": chosen.pk}, document=document, key=make.key("new"))

    assert form.is_valid(), form.errors
    assert form.value.label == "coles2012b"


def test_a_key_that_was_emptied_stays_what_the_text_says(db, made):
    part = make.document().citations[0]
    form = CitationForm(
        {**CitationForm.shows(part), "label": "", "title": "Other"}, document=make.document(), shown=part
    )

    assert form.is_valid(), form.errors
    assert form.value.label == part.label


def test_the_key_is_the_last_box_of_a_new_reference(db, made, enter):
    page = enter("editor").get(reverse("part_new", args=["testazumab", "citation"]))

    names = [box.field.name for box in page.context["form"].boxes]
    assert (names[0], names[-1]) == ("type", "label")
