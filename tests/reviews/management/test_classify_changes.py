"""The command `classify_changes`."""

import json

import pytest
from django.core.management import CommandError, call_command

from tests.monographs.doses.examples import CHANGES, CLINICAL

pytestmark = pytest.mark.any_database


def test_each_example_is_answered_in_its_order(capsys):
    call_command("classify_changes", str(CLINICAL / "dose_change_examples.json"), "--json")
    answers = json.loads(capsys.readouterr().out)

    assert [(one["id"], one["class"], one["lines"], one["ratio"]) for one in answers] == [
        (one["id"], one["class"], one["lines"], one.get("ratio")) for one in CHANGES
    ]


def test_people_read_it_too_and_a_file_without_cases_is_refused(capsys, tmp_path):
    file = tmp_path / "cases.json"
    file.write_text('[{"id": "A", "before": {"dose": "5", "unit": "mg"}, "after": {"dose": "50", "unit": "mg"}}, 5]')
    call_command("classify_changes", str(file))

    told = [
        "A: critical",
        "    critical: 10 times more: 5 mg -> 50 mg",
        "None: critical",
        "    critical: Regimen cannot be compared: No rule knows this: the regimen, which needs a before and an after.",
    ]
    assert capsys.readouterr().out.splitlines() == told
    file.write_text("nothing")
    with pytest.raises(CommandError):
        call_command("classify_changes", str(file))
