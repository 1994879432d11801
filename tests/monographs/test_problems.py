"""What submission refuses: every finding names its place and its field."""

from uuid import UUID

from monographs.document import Document, Header, MonitoringItem, SafetyNotice, Section
from monographs.problems import problems

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
