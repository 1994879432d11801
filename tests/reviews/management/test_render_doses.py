"""The command `render_doses`."""

import json

import pytest
from django.core.management import CommandError, call_command

from tests.monographs.doses.examples import CLINICAL, DOSES, of


def run(capsys, tmp_path, content):
    file = tmp_path / "cases.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    call_command("render_doses", str(file), "--json")
    return json.loads(capsys.readouterr().out)


@pytest.mark.any_database
def test_each_example_has_its_text_and_its_figures_and_no_fault(capsys):
    call_command("render_doses", str(CLINICAL / "dose_examples.json"), "--json")
    answers = json.loads(capsys.readouterr().out)

    assert [one["id"] for one in answers] == list(DOSES)
    for answer in answers:
        one = DOSES[answer["id"]]
        assert (answer["text"], answer["refused"]) == (one["text"], [])
        assert one.get("derived", {}).items() <= answer["derived"].items()


@pytest.mark.any_database
def test_what_is_refused_has_no_text_and_no_figure(capsys, tmp_path):
    [answer] = run(capsys, tmp_path, {"examples": [{"id": "X", "input": of("0")}]})

    sentence = "Enter a dose above zero, at most 3 decimals."
    assert answer == {
        "id": "X",
        "text": "",
        "derived": {},
        "refused": [{"rule": "V01", "place": "steps[0].dose", "sentence": sentence}],
    }


@pytest.mark.any_database
def test_a_number_with_a_point_that_is_no_text_is_refused_and_so_is_one_of_no_end(capsys, tmp_path):
    cases = ",".join(
        json.dumps({"id": text, "input": of("DOSE")}).replace('"DOSE"', text)
        for text in ("12.5", "1e3", "NaN", "Infinity", "1" * 5_000, "12", '"12.5"')
    )

    answers = run(capsys, tmp_path, f'{{"examples": [{cases}]}}')

    assert [[one["rule"] for one in answer["refused"]] for answer in answers] == [["V01"]] * 5 + [[], []]


@pytest.mark.any_database
def test_regimens_side_by_side_must_not_overlap(capsys, tmp_path):
    light = of(r_weight={"max": 50})
    cases = [
        {"id": "apart", "input": [light, of("20", r_weight={"min": 50})]},
        {"id": "both", "input": [light, of("20", r_weight={"min": 49})]},
        {"id": "gap", "input": [light, of("20", r_weight={"min": 60})]},
    ]
    apart, both, gap = run(capsys, tmp_path, cases)

    assert apart["text"].count("\n") == 3
    assert apart["refused"] == []
    assert [(one["rule"], one["place"]) for one in both["refused"]] == [("V15", "[1]")]
    assert (apart["warned"], both["warned"], gap["refused"]) == ([], [], [])
    sentence = "Nobody between these bands has a regimen."
    assert gap["warned"] == [{"rule": "V15", "between": [0, 1], "sentence": sentence}]


@pytest.mark.any_database
def test_a_file_without_cases_is_refused_and_an_odd_case_alone(capsys, tmp_path):
    for content in ("", "[", "5", '{"examples": 5}', '[{"id": 1, "id": 2}]', "[" * 100_000):
        with pytest.raises(CommandError):
            run(capsys, tmp_path, content)
    with pytest.raises(CommandError):
        call_command("render_doses", str(tmp_path / "no.json"))
    answers = run(
        capsys,
        tmp_path,
        [5, {"id": "a"}, {"id": "b", "input": of(), "at": {"weight": "x"}}, {"id": "c", "input": of()}],
    )

    assert [[one["rule"] for one in answer["refused"]] for answer in answers] == [["V00"], ["V00"], ["V00"], []]


@pytest.mark.any_database
def test_people_read_it_too(capsys, tmp_path):
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([{"id": "A", "input": of()}, {"id": "B", "input": of("0")}]))
    call_command("render_doses", str(file))

    assert capsys.readouterr().out.splitlines() == [
        "A",
        "    Adult. By mouth.",
        "    10 mg once daily.",
        "    [24 hours, most: 10 mg]",
        "B",
        "    V01 steps[0].dose: Enter a dose above zero, at most 3 decimals.",
        "1 of 2 are refused.",
    ]
