"""The command `proof`."""

import json

import pytest
from django.core.management import CommandError, call_command

from reviews.management.demonstration.load import HERE, STANDS

DOCUMENT = {
    "schema": "clincalc-monograph/1",
    "slug": "one",
    "class": "tests",
    "drug": {"name": "One"},
    "document": {
        "sections": [{"kind": "evidence", "text": "It lasts 5/7 [@x]."}, {"kind": "cautions", "text": "Give od."}]
    },
}


def run(capsys, *files):
    call_command("proof", *map(str, files), "--json")
    return json.loads(capsys.readouterr().out)


def test_each_line_of_plain_text_is_a_case(tmp_path, capsys):
    file = tmp_path / "cases.txt"
    file.write_bytes("Give od.\r\n\n[[[[ fine\nÄ 1.0 mg".encode())

    assert run(capsys, file) == [
        {
            "line": 1,
            "findings": [
                {"rule": "L07", "severity": "block", "start": 5, "end": 7, "sentence": "Write once daily."},
            ],
        },
        {"line": 2, "findings": []},
        {"line": 3, "findings": []},
        {
            "line": 4,
            "findings": [{"rule": "L02", "severity": "block", "start": 2, "end": 5, "sentence": "Drop the last zero."}],
        },
    ]


@pytest.mark.parametrize("indent", [None, 1])
def test_a_document_is_read_part_by_part(tmp_path, capsys, indent):
    file = tmp_path / "one.json"
    file.write_text(json.dumps(DOCUMENT, indent=indent))

    [case] = run(capsys, file)

    assert (case["line"], case["slug"]) == (1, "one")
    assert [(one["rule"], one["place"], one["field"]) for one in case["findings"]] == [
        ("L35", "Evidence & guidelines", "text"),
        ("L07", "Cautions", "text"),
    ]


def test_lines_of_documents_keep_their_numbers(tmp_path, capsys):
    file = tmp_path / "two.jsonl"
    file.write_text(f"{json.dumps(DOCUMENT)}\n\n{json.dumps({**DOCUMENT, 'slug': 'two'})}\n")

    assert [(case["line"], case["slug"]) for case in run(capsys, file)] == [(1, "one"), (3, "two")]


def test_without_json_it_is_told_in_lines(tmp_path, capsys):
    file = tmp_path / "cases.txt"
    file.write_text("fine\nGive od.\n")

    call_command("proof", str(file))

    assert capsys.readouterr().out.splitlines() == [
        "line 2: 5 to 7: L07 (block) Write once daily.",
        "1 findings in 2 cases.",
    ]


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps({**DOCUMENT, "slug": "Not a slug"}))

    with pytest.raises(CommandError, match="slug"):
        call_command("proof", str(broken))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("proof", str(tmp_path / "gone"))


def test_no_rule_holds_up_the_demonstration(capsys):
    """A rule that finds more than it found would be seen only when somebody begins a demonstration."""
    pages = sorted((HERE / "monographs").glob("*.json"))

    cases = run(capsys, *pages)

    assert [case["slug"] for case in cases] == [page.stem for page in pages]
    blocks = [(case["slug"], one) for case in cases for one in case["findings"] if one["severity"] == "block"]
    # A notice names its source itself, and what their source leaves open stands for a reason that is given with it.
    assert [(slug, one) for slug, one in blocks if one["rule"] not in {"L27", "L35"}] == []
    assert {slug for slug, one in blocks if one["rule"] == "L27"} <= STANDS.keys()
