"""What submission refuses: every finding names its place and its field."""

from uuid import UUID

import pytest

from monographs.checks.problems import Problem, problems
from monographs.document import Document, Header, MonitoringItem, SafetyNotice, Section
from monographs.vocabulary import NOTICE_TYPES
from tests import factories as make
from tests import whole

A, B, C = (UUID(int=n) for n in (1, 2, 3))


def test_an_empty_draft_can_be_built_and_cannot_be_submitted():
    codes = {(problem.code, problem.field) for problem in problems(Document())}

    assert codes == {
        ("missing", "title"),
        ("missing", "name"),
        ("missing", "class_path"),
        ("missing", "introduction"),
        ("missing", "dosing_since"),
        ("missing", "dosing_reason"),
        ("missing", "dosing_instead"),
        ("missing", ""),
    }


def test_problems_say_where_they_are():
    document = Document(
        header=Header(introduction="It slows [@nothing]."),
        sections=(Section(key=A, kind="cautions", text="Mind [@gone]."),),
        monitoring=(MonitoringItem(key=B, test="ECG", when="first dose", source="lost"),),
        notices=(SafetyNotice(key=C, type="caution", severity="critical", title="Heart", source="lost"),),
    )

    found = {(problem.code, problem.key, problem.field, problem.place) for problem in problems(document)}

    assert ("citation", None, "introduction", "Header") in found
    assert ("citation", A, "text", "Cautions") in found
    assert ("citation", B, "source", "Monitoring: ECG") in found
    assert ("citation", C, "source", "Safety notice: Heart") in found
    assert ("severity", C, "severity", "Safety notice: Heart") in found


# -- Every problem there is: a document that has it, beside the nearest one that has not ---------------------------------

WHOLE = whole.whole()
BEGUN = "is begun and cites nothing. Choose its source, or take the mark out."
UNCITED = "leads to no reference of this edition. Add it, or take the mark out."


def header(**fields):
    return WHOLE.replaced(header=WHOLE.header.replaced(**fields))


def dosing(**fields):
    return header(dosing=WHOLE.header.dosing.replaced(**fields))


def part(field, place=0, **fields):
    parts = list(getattr(WHOLE, field))
    parts[place] = parts[place].replaced(**fields)
    return WHOLE.replaced(**{field: parts})


def cited(**csl):
    """The whole document with other fields in its first record; what is None is taken out."""
    record = {name: value for name, value in {**whole.RECORD, **csl}.items() if value is not None}
    return part("citations", csl=record)


def code(system, text):
    return header(codes=[{"system": system, "code": text}])


def of_type(type_, **fields):
    """The first notice with another type, and the severity that this type has."""
    return part("notices", type=type_, severity=NOTICE_TYPES[type_][0], **fields)


EMPTY_SECTION = "This section is empty. Write it, or remove it: the page then says that it is not covered."
NAMES = {
    "Header": "",
    "Sections": "",
    "What it is for": "uses",
    "Indications": "uses",
    "Monitoring: Blood count of 5 mL": "count",
    "Monitoring: unnamed test": "count",
    "Safety notice: Stop after 6 days": "boxed",
    "Safety notice: untitled": "boxed",
    "Reference: record": "record",
    "Related: otherumab": "link",
}
DOI_SENTENCE = "A DOI looks like 10.1016/S0140-6736(12)61769-3."
PMID_SENTENCE = "A PMID is a number of up to 8 digits."


@pytest.mark.parametrize(
    ("bad", "good", "found", "field", "place", "sentence"),
    [
        (header(title=""), header(title="x"), "missing", "title", "Header", "Give the monograph a title."),
        (header(name=""), header(name="x"), "missing", "name", "Header", "Name the drug."),
        (header(class_path=()), WHOLE, "missing", "class_path", "Header", "Choose a therapeutic class."),
        (header(introduction=""), header(introduction="x"), "missing", "introduction", "Header", "Write an introduction of one or two sentences."),
        (dosing(since=""), dosing(since="2026-01-01"), "missing", "dosing_since", "Header", "Say since when no dose is published."),
        (dosing(reason=""), dosing(reason="x"), "missing", "dosing_reason", "Header", "Say why no dose is published."),
        (dosing(instead=""), dosing(instead="x"), "missing", "dosing_instead", "Header", "Say what to use instead of a dose on this page."),
        (header(brands=[{"country": "GB"}]), header(brands=[]), "missing", "brands", "Header", "Name the brand, or take it out."),
        (WHOLE.replaced(sections=()), WHOLE.replaced(sections=WHOLE.sections[:1]), "missing", "", "Sections", "Write at least one clinical section."),
        (part("sections", text=""), part("sections", text="x"), "missing", "text", "What it is for", EMPTY_SECTION),
        (part("sections", heading=""), part("sections", heading="What it is for"), "missing", "heading", "Indications", "Give the section a heading."),
        (part("monitoring", test=""), part("monitoring", test="x"), "missing", "test", "Monitoring: unnamed test", "Name the test."),
        (part("monitoring", when="", how_often=""), part("monitoring", when=""), "missing", "how_often", "Monitoring: Blood count of 5 mL", "Say when, or how often, the test is done."),
        (part("monitoring", when="", how_often=""), part("monitoring", how_often=""), "missing", "how_often", "Monitoring: Blood count of 5 mL", "Say when, or how often, the test is done."),
        (part("notices", title=""), part("notices", title="x"), "missing", "title", "Safety notice: untitled", "Give the notice a title."),
        (part("notices", source=""), part("notices", source="smpc"), "missing", "source", "Safety notice: Stop after 6 days", "Cite the source of this notice."),
        (part("notices", severity="major"), WHOLE, "severity", "severity", "Safety notice: Stop after 6 days", "The type “Boxed warning” has the severity critical."),
        (part("notices", issued=""), part("notices", issued="2020"), "missing", "issued", "Safety notice: Stop after 6 days", "Give the date on which the regulator issued it."),
        (part("notices", action=""), part("notices", action="x"), "missing", "action", "Safety notice: Stop after 6 days", "Say what to do."),
        (part("related", reason=""), part("related", reason="x"), "missing", "reason", "Related: otherumab", "Say why these two monographs are related."),
        (header(introduction="x [@nowhere]."), header(introduction="x [@smpc]."), "citation", "introduction", "Header", f"[@nowhere] {UNCITED}"),
        (part("sections", text="x [@nowhere]."), part("sections", text="x [@smpc]."), "citation", "text", "What it is for", f"[@nowhere] {UNCITED}"),
        (part("notices", text="x [@nowhere]."), part("notices", text="x [@smpc]."), "citation", "text", "Safety notice: Stop after 6 days", f"[@nowhere] {UNCITED}"),
        (header(introduction="x [@smpc 2]."), header(introduction="x [@smpc]."), "citation", "introduction", "Header", f"“[@smpc 2]” {BEGUN}"),
        (part("sections", text="x [@10.1000/x"), part("sections", text="x [@smpc][@record] [ @x"), "citation", "text", "What it is for", f"“[@10.1000/x” {BEGUN}"),
        (part("notices", text="x [@\ny [@smpc]."), part("notices", text="x [\ny [@smpc]."), "citation", "text", "Safety notice: Stop after 6 days", f"“[@” {BEGUN}"),
        (part("notices", source="nowhere"), part("notices", source="record"), "citation", "source", "Safety notice: Stop after 6 days", f"[@nowhere] {UNCITED}"),
        (part("monitoring", source="nowhere"), part("monitoring", source=""), "citation", "source", "Monitoring: Blood count of 5 mL", f"[@nowhere] {UNCITED}"),
        (cited(title=None), cited(title="x"), "missing", "csl", "Reference: record", "Give the reference a title."),
        (cited(title=""), cited(title="x"), "missing", "csl", "Reference: record", "Give the reference a title."),
        (cited(DOI="10.123/x"), cited(DOI="10.1234/x"), "doi", "csl", "Reference: record", DOI_SENTENCE),
        (cited(DOI="10.1234567890/x"), cited(DOI="10.123456789/x"), "doi", "csl", "Reference: record", DOI_SENTENCE),
        (cited(DOI="11.1234/x"), cited(DOI=None), "doi", "csl", "Reference: record", DOI_SENTENCE),
        (cited(DOI="10.1234/"), cited(DOI="10.1234/("), "doi", "csl", "Reference: record", DOI_SENTENCE),
        (cited(DOI="10.1234/a b"), cited(DOI="10.1234/ab"), "doi", "csl", "Reference: record", DOI_SENTENCE),
        (cited(DOI=""), cited(DOI=None), "doi", "csl", "Reference: record", DOI_SENTENCE),
        (cited(DOI="10.1234/" + "x" * 293), cited(DOI="10.1234/" + "x" * 292), "doi", "csl", "Reference: record", DOI_SENTENCE),
        (cited(PMID="123456789"), cited(PMID="12345678"), "pmid", "csl", "Reference: record", PMID_SENTENCE),
        (cited(PMID="0"), cited(PMID="1"), "pmid", "csl", "Reference: record", PMID_SENTENCE),
        (cited(PMID="01"), cited(PMID=10), "pmid", "csl", "Reference: record", PMID_SENTENCE),
        (cited(PMID="PMC12"), cited(PMID=None), "pmid", "csl", "Reference: record", PMID_SENTENCE),
        (cited(PMID="١٢"), cited(PMID="12"), "pmid", "csl", "Reference: record", PMID_SENTENCE),
        (code("ATC", "L04AG0"), code("ATC", "L04AG06"), "code", "codes", "Header", "“L04AG0” is not a code of ATC."),
        (code("ATC", "l04ag06"), code("ATC", "A01BC23"), "code", "codes", "Header", "“l04ag06” is not a code of ATC."),
        (code("ATC", "L04AG061"), header(codes=()), "code", "codes", "Header", "“L04AG061” is not a code of ATC."),
        (code("RxNorm", "123456789"), code("RxNorm", "12345678"), "code", "codes", "Header", "“123456789” is not a code of RxNorm."),
        (code("RxNorm", "01"), code("RxNorm", "1"), "code", "codes", "Header", "“01” is not a code of RxNorm."),
        (code("RxNorm", ""), code("RxNorm", "10"), "code", "codes", "Header", "“” is not a code of RxNorm."),
        (code("SNOMED CT", "12345"), code("SNOMED CT", "123456"), "code", "codes", "Header", "“12345” is not a code of SNOMED CT."),
        (code("SNOMED CT", "1" * 19), code("SNOMED CT", "1" * 18), "code", "codes", "Header", f"“{'1' * 19}” is not a code of SNOMED CT."),
        (code("dm+d", "12345"), code("dm+d", "123456"), "code", "codes", "Header", "“12345” is not a code of dm+d."),
        (code("dm+d", "1" * 19), code("dm+d", "1" * 18), "code", "codes", "Header", f"“{'1' * 19}” is not a code of dm+d."),
        (code("dm+d", "012345"), code("dm+d", "102345"), "code", "codes", "Header", "“012345” is not a code of dm+d."),
    ],
)  # fmt: skip
def test_each_problem_has_its_code_field_place_and_sentence_and_its_neighbour_has_none(
    bad, good, found, field, place, sentence
):
    key = make.key(NAMES[place]) if NAMES[place] else None

    assert problems(bad) == [Problem(found, sentence, key, field, place)]
    assert problems(good) == []


@pytest.mark.parametrize("type_", list(NOTICE_TYPES))
def test_only_what_a_regulator_issues_needs_its_day_and_what_to_do(type_):
    needed = type_ not in ("contraindication", "caution", "shortage", "additional_monitoring")

    assert [one.field for one in problems(of_type(type_, issued=""))] == ["issued"] * needed
    assert [one.field for one in problems(of_type(type_, action=""))] == ["action"] * needed
    assert problems(of_type(type_)) == []


@pytest.mark.parametrize("severity", ["critical", "major", "information"])
@pytest.mark.parametrize("type_", list(NOTICE_TYPES))
def test_a_type_has_one_severity(type_, severity):
    own, words = NOTICE_TYPES[type_]

    found = problems(part("notices", type=type_, severity=severity))

    expected = [("severity", "severity", f"The type “{words}” has the severity {own}.")] * (severity != own)
    assert [(one.code, one.field, one.sentence) for one in found] == expected


def test_what_may_be_left_out_of_a_document_without_a_problem():
    optional = {
        "header": ("names", "brands", "codes", "covers", "not_covered"),
        "monitoring": ("how_long", "note", "source"),
        "notices": ("text", "issuer", "effective", "expires", "supersedes"),
    }

    for name in optional["header"]:
        assert problems(header(**{name: () if name in ("names", "brands", "codes") else ""})) == [], name
    for field in ("monitoring", "notices"):
        for name in optional[field]:
            assert problems(part(field, **{name: ""})) == [], name
    for field in ("monitoring", "notices", "related"):
        assert problems(WHOLE.replaced(**{field: ()})) == [], field


def test_every_one_of_several_parts_is_looked_at_in_the_order_of_the_page():
    document = WHOLE.replaced(
        header=WHOLE.header.replaced(
            introduction="", brands=[{"country": "GB"}, {"country": "IE"}], codes=[{"system": "ATC"}] * 2
        ),
        sections=[one.replaced(text="", heading="") for one in WHOLE.sections],
        notices=[one.replaced(title="", source="nowhere") for one in WHOLE.notices],
        citations=[one.replaced(csl={"DOI": "x", "PMID": "x"}) for one in WHOLE.citations],
        monitoring=[],
        related=[],
    )

    assert [(one.code, one.field) for one in problems(document)] == [
        ("missing", "introduction"),
        ("missing", "brands"), ("missing", "brands"),
        ("code", "codes"), ("code", "codes"),
        *[("missing", "text"), ("missing", "heading")] * 2,
        *[("missing", "title")] * 3,
        *[("citation", "source")] * 3,
        *[("missing", "csl"), ("doi", "csl"), ("pmid", "csl")] * 2,
    ]  # fmt: skip
    keys = [one.key for one in problems(document) if one.key]
    assert list(dict.fromkeys(keys)) == [
        *(one.key for one in (*document.sections, *document.notices, *document.citations))
    ]


def test_a_mark_that_leads_nowhere_is_told_each_time():
    found = problems(part("sections", text="So [@a] [@smpc] [@b] [@a]"))

    assert [one.sentence.split()[0] for one in found] == ["[@a]", "[@b]", "[@a]"]
