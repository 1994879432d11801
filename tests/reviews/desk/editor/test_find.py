"""Finding a source in the library by whatever names it."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse, reverse_lazy

from monographs.assemble import build
from monographs.citations.answers import RETRACTED
from monographs.document import Citation, PathStep
from monographs.models import Edition, Reference
from reviews.audit.trail import audited_write
from reviews.desk.editor.citation_form import CitationForm
from reviews.desk.editor.find import hits, search, typed_from
from reviews.editing.citable import visible
from reviews.editing.library import keep_references, make_class
from reviews.lookup.registers import OFF
from reviews.models import AuditEvent
from tests import factories as make
from tests import register as it
from tests.forms import sent

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
    held = [Citation(key=make.key(name), label=name, csl=csl) for name, csl in (("a", CARE), ("b", NICE), ("c", OTHER))]
    make.draft(house, "otherzumab", make.document(citations=held, sections=(), notices=()))
    return SimpleNamespace(house=house, edition=edition)


def labels(made, typed):
    return sorted(record.label for record in search(typed, made.house.editor))


@pytest.mark.each_case
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
    assert labels(made, typed) == found


def test_a_record_that_is_cited_is_found_with_its_label(db, made):
    (found,) = hits("23122650 coles", build(made.edition), made.house.editor)

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


# -- The page: here, then elsewhere ----------------------------------------------------------------------------------------

NEW = reverse_lazy("part_new", args=["testazumab", "citation"])


@pytest.fixture
def register(settings):
    settings.PUBMED_URL, settings.READ_ADDRESSES = "", False
    with it.serving() as register:
        settings.CROSSREF_URL = register.address
        register.says["/works/10.1000%2Fnew"] = it.json_of({"message": WORK})
        register.says["/works"] = it.json_of(
            {"message": {"items": [WORK, {**WORK, "DOI": "10.1000/other", "title": ["RETRACTED: Another"]}]}}
        )
        yield register


WORK = {
    "type": "journal-article", "DOI": "10.1000/new", "title": ["A new trial"], "author": [{"family": "Nice", "given": "A"}],
    "issued": {"date-parts": [[2017, 3, 12]]}, "container-title": ["The Journal"],
}  # fmt: skip


def looked(client, typed, **more):
    return client.get(NEW, {"q": typed, **more})


def test_a_doi_fills_the_form_and_saves_nothing(db, made, enter, register):
    client, before = enter("editor"), (AuditEvent.objects.count(), Reference.objects.count())

    page = looked(client, "https://doi.org/10.1000/new")

    html = page.content.decode()
    form = page.context["form"]
    shown = {name: form[name].value() for name in ("title", "authors", "issued", "container", "doi", "type")}
    assert shown == {
        "title": "A new trial", "authors": "Nice, A", "issued": "12 March 2017", "container": "The Journal",
        "doi": "10.1000/new", "type": "article-journal",
    }  # fmt: skip
    assert "Filled in from Crossref" in html
    assert "then the library, then Crossref. Nothing is saved" in html
    assert "Left empty, it is nice2017." in html
    assert "No record has all" not in html
    assert (AuditEvent.objects.count(), Reference.objects.count()) == before


def test_what_was_filled_in_is_saved_by_the_person(db, made, enter, register):
    client = enter("editor")
    form = looked(client, "10.1000/new").context["form"]

    client.post(f"{NEW}?q=10.1000/new", sent(form))

    added = build(made.edition).citations[-1]
    assert (added.label, added.csl["DOI"], added.csl["issued"]["date-parts"]) == (
        "nice2017",
        "10.1000/new",
        ((2017, 3, 12),),
    )
    assert len(register.asked) == 1  # and nobody was asked again when it was sent


def test_words_offer_what_the_register_knows_and_choosing_one_fills_the_form(db, made, enter, register):
    client = enter("editor")

    page = looked(client, "a new trial")

    assert [(one.names_it, one.warning) for one in page.context["found"].elsewhere] == [
        ("10.1000/new", ""),
        ("10.1000/other", RETRACTED),
    ]
    html = page.content.decode()
    assert "At Crossref" in html
    assert '<button class="btn btn-quiet" name="find" value="10.1000/new">' in html
    assert f"<strong>{RETRACTED}</strong>" in html
    assert looked(client, "10.1000/new").context["form"]["title"].value() == "A new trial"


@pytest.mark.parametrize(("typed", "further"), [("alemtuzumab", True), ("10.1016/s0140-6736(12)61768-1", False)])
def test_what_the_library_has_is_not_asked_for_elsewhere(db, made, enter, register, typed, further):
    client = enter("editor")

    page = looked(client, typed)

    assert register.asked == []
    assert page.context["found"].goes_further is further
    assert ("Look for more at Crossref</button>" in page.content.decode()) is further
    if further:
        assert len(looked(client, typed, further="1").context["found"].elsewhere) == 2


def test_a_reference_of_this_edition_is_told_with_its_key(db, made, enter, register):
    page = looked(enter("editor"), "trial2020")

    assert [one.label for one in page.context["found"].cited] == ["trial2020"]
    assert "Cited here as <code>[@trial2020]</code>" in page.content.decode()
    assert register.asked == []


def test_offline_is_said_and_the_form_is_there(db, made, enter, settings):
    settings.CROSSREF_URL = settings.PUBMED_URL = ""

    page = looked(enter("editor"), "10.1000/new")

    assert OFF in page.content.decode()
    assert "then the library. Crossref and PubMed are not asked here." in page.content.decode()
    assert looked(enter("editor"), "alemtuzumab").context["found"].goes_further is False
    assert page.context["form"]["doi"].value() == "10.1000/new"


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (it.status(500), "Crossref has a fault of its own just now (500)."), (it.body(b"junk"), "Crossref answered with nothing that can be read."),
        (it.slow(4), "Crossref did not answer in time."), (it.bomb, "Crossref answered in a form that we do not unpack."),
    ],
)  # fmt: skip
def test_a_register_that_fails_is_said_and_the_form_is_there(db, made, enter, register, reply, sentence):
    register.says["/works/10.1000%2Fnew"] = reply

    page = looked(enter("editor"), "10.1000/new")

    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert page.context["form"]["doi"].value() == "10.1000/new"


@pytest.mark.parametrize(
    "typed",
    [
        "10.1000/../x",
        "10.1000/x@evil.example",
        "1 OR 1=1",
        "PMID: 1 OR 1=1",
        "javascript:alert(1)",
        "#",
        "@host",
        "x" * 900 + "\u202e",
    ],
)
def test_what_is_nothing_is_said_and_asked_of_nobody(db, made, enter, register, typed):
    page = looked(enter("editor"), typed)

    assert (page.status_code, register.asked) == (200, [])
    assert page.context["found"].said != []


@pytest.mark.parametrize("name", ["auditor", "publisher"])
def test_who_only_reads_asks_nobody(db, made, enter, register, name):
    looked(enter(name), "10.1000/new")

    assert register.asked == []


def test_what_a_register_says_is_no_markup(db, made, enter, register):
    evil = {
        **WORK,
        "title": ['<script>alert(1)</script> "onmouseover=x'],
        "author": [{"family": "<b>x</b><img src=x onerror=y>"}],
    }
    register.says["/works"] = register.says["/works/10.1000%2Fnew"] = it.json_of({"message": {"items": [evil, evil]}})

    for typed in ("some words", "10.1000/new"):
        html = looked(enter("editor"), typed).content.decode()
        assert "<script>alert" not in html
        assert "onerror" not in html
        assert '"onmouseover' not in html


# -- Who sees what of the library ----------------------------------------------------------------------------------------


@pytest.fixture
def stranger(made):
    """An editor of another class, who has a page there."""
    house = make.the_house()
    far = make.account("far")
    other = make_class("Cardiology", slug="cardiology", actor=house.admin)
    make.give(far, "editor", on=other, actor=house.admin)
    house.leaf = other
    whole = make.document()
    step = [PathStep(slug="cardiology", name="Cardiology")]
    make.draft(house, "farumab", whole.replaced(header=whole.header.replaced(class_path=step)), actor=far)
    client = Client()
    client.force_login(far)
    return client


def test_a_record_of_an_edition_that_is_closed_to_somebody_is_never_shown_to_them(db, made, stranger, register):
    new = reverse("part_new", args=["farumab", "citation"])
    chosen = Reference.objects.get(label="coles2012")

    for typed in ("alemtuzumab", "coles2012", CARE["DOI"], CITED):
        page = stranger.get(new, {"q": typed})
        assert page.context["found"].hits == []
        assert "Alemtuzumab after relapse<br>" not in page.content.decode()
    answer = stranger.post(new, {"reference": chosen.pk, "key": str(make.key("stolen"))})

    assert answer.status_code == 422
    assert "This record is not in the library. Search for it again." in answer.content.decode()
    assert CARE["title"] not in answer.content.decode()


@pytest.mark.parametrize("more", [{}, {"doi": CARE["DOI"]}])
def test_the_key_of_a_new_reference_tells_nothing_of_a_record_that_is_closed_to_its_person(db, made, stranger, more):
    boxes = {"type": "report", "title": "Mine", "authors": "Coles, A.", "issued": "2012", **more}
    key = make.key("mine")

    answer = stranger.post(reverse("part_new", args=["farumab", "citation"]), {**boxes, "key": str(key)})

    assert answer.status_code == 302
    (edition,) = Edition.objects.filter(monograph__slug="farumab")
    assert build(edition).by_key()[key].label == "coles2012"
    assert Reference.objects.get(label="coles2012").title == CARE["title"]


@pytest.mark.parametrize(("authors", "issued"), [("Secret, A.", "2026"), ("Other, B.", "2020")])
def test_nor_does_one_under_a_key_of_another_form(db, made, stranger, authors, issued):
    closed = {"type": "report", "title": "Closed", "DOI": "10.1000/closed"}
    with audited_write(actor=made.house.editor) as trail:
        keep_references(trail, [("secret2026", closed)])
    boxes = {"type": "report", "title": "Mine", "authors": authors, "issued": issued, "doi": closed["DOI"]}

    stranger.post(reverse("part_new", args=["farumab", "citation"]), {**boxes, "key": str(make.key("mine"))})

    (edition,) = Edition.objects.filter(monograph__slug="farumab")
    assert build(edition).by_key()[make.key("mine")].label == f"{authors.partition(',')[0].lower()}{issued}"


def test_a_page_that_readers_see_has_its_new_reference_looked_up_before_its_edition_is_begun(db, made, enter, register):
    make.published(made.house, "liveumab")

    page = enter("editor").get(reverse("part_new", args=["liveumab", "citation"]), {"q": "10.1000/new"})

    assert page.context["form"]["title"].value() == "A new trial"
    assert Edition.objects.filter(monograph__slug="liveumab").count() == 1


# -- The form: identifiers in any form, one date, a key that nobody is asked for -----------------------------------------


def form_of(made, **change):
    typed = {"type": "report", "title": "A guideline", "authors": "Nice, A.", "issued": "2017", **change}
    form = CitationForm(typed, document=build(made.edition), key=make.key("new"))
    form.may_copy(visible(made.house.editor))
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
    form.may_copy(visible(made.house.editor))

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
