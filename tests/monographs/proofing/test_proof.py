"""Documents: which text stands where, and the rule that asks the document."""

from uuid import UUID

import pytest

from monographs.document import Citation, Document, Header, MonitoringItem, SafetyNotice, Section
from monographs.proofing.proof import Finding, proof, proof_document

KEY = UUID(int=1)


def found(document):
    return [
        (place.label, place.field, one.rule, one.severity, place.text[one.start : one.end])
        for place, findings in proof_document(document)
        for one in findings
    ]


def test_a_finding_says_rule_severity_place_and_sentence():
    assert (
        proof("Give 1.0 mg")
        == [
            Finding("L02", "block", 5, 8, "Drop the last zero."),
            Finding("L31", "warn", 0, 11, "Move this dose to a regimen."),
        ][::-1]
    )


@pytest.mark.parametrize(
    ("part", "hit"),
    [
        (Section(key=KEY, kind="monitoring", text="Check regularly."), ("Monitoring", "text", "L27", "block", "regularly")),
        (Section(key=KEY, kind="counselling", text="Go regularly."), ("Counselling the patient", "text", "L27", "block", "regularly")),
        (Section(key=KEY, kind="cautions", text="Check regularly."), ("Cautions", "text", "L27", "warn", "regularly")),
        (MonitoringItem(key=KEY, test="ECG", how_often="periodically"), ("Monitoring: ECG", "how_often", "L27", "block", "periodically")),
        (Section(key=KEY, kind="cautions", heading="Use in epileptics"), ("Use in epileptics", "heading", "L33", "advise", "epileptics")),
    ],
)  # fmt: skip
def test_a_rule_may_be_stricter_where_a_number_is_needed(part, hit):
    field = {"section": "sections", "monitoring": "monitoring"}[part.part_kind]

    assert found(Document(**{field: (part,)})) == [hit]


def test_every_text_that_readers_see_is_read_but_titles_of_references():
    document = Document(
        header=Header(
            title="TBC", introduction="The usual 12 mg.", covers="TBC", dosing={"reason": "TBC", "instead": "1 g daily"}
        ),
        notices=(SafetyNotice(key=KEY, type="caution", severity="major", title="TBC", action="Stop TODO", source="a"),),
        citations=(Citation(key=UUID(int=2), label="a", csl={"title": "A TBC of 1.0 mg"}),),
    )

    assert [hit[:4] for hit in found(document)] == [
        ("Header", "title", "L30", "block"),
        ("Header", "covers", "L30", "block"),
        ("Header", "introduction", "L36", "block"),
        ("Header", "dosing_reason", "L30", "block"),
        ("Safety notice: TBC", "title", "L30", "block"),
        ("Safety notice: TBC", "action", "L30", "block"),
    ]


@pytest.mark.parametrize(
    ("text", "labels", "is_hit"),
    [("A trial.", ["a"], True), ("A trial [@a].", ["a"], False), ("A trial [@b].", ["a"], True), (" ", [], False)],
)
def test_evidence_cites_a_reference_that_is_there(text, labels, is_hit):
    document = Document(
        sections=(
            Section(key=KEY, kind="evidence", text=text),
            Section(key=UUID(int=2), kind="cautions", text="None."),
        ),
        citations=tuple(Citation(key=UUID(int=9 + n), label=label) for n, label in enumerate(labels)),
    )

    assert [hit[2] for hit in found(document)] == ["L35"] * is_hit


@pytest.mark.parametrize(("source", "is_hit"), [("", True), ("b", True), ("a", False)])
def test_a_notice_names_its_source(source, is_hit):
    notice = SafetyNotice(key=KEY, type="caution", severity="major", title="Care", text="Care.", source=source)

    assert [
        hit[2] for hit in found(Document(notices=(notice,), citations=(Citation(key=UUID(int=2), label="a"),)))
    ] == ["L35"] * is_hit
