"""Properties, asked of generated regimens: 1,000 here, as many as DOSES_GENERATED says elsewhere (100,000 once a release)."""

import json
import os
import re
import tracemalloc

import pytest

from monographs.doses.figures import figures
from monographs.doses.lines import lines, text
from monographs.doses.reading import build, to_json
from monographs.doses.rules import problems
from tests.monographs.doses.examples import ASKED
from tests.monographs.doses.generated import places, regimens
from tests.monographs.doses.test_lines import SILENT, without

pytestmark = pytest.mark.any_database
# The closed list of docs/clinical/doses.md.
LABEL = re.compile(
    r"(?:course \d+|courses \d+ and \d+|whole treatment|first \d+ (?:days|weeks)|loading|\d+ weeks|days \d+ and \d+"
    r"|one dose|24 hours|(?:cap|limit) binds from)(?: by interval| at [\d,.]+ (?:kg|m²))?(?:, most|, least)?"
)
COUNT = int(os.environ.get("DOSES_GENERATED", "1000"))


def test_no_regimen_however_odd_makes_it_stumble():
    shown = refused = 0
    for structure in regimens(COUNT, faults=True):
        regimen, found = problems(structure, ASKED)
        if found:
            assert all(one.sentence and (one.place or one.rule == "V00") for one in found)
            refused += 1
            continue
        shown += 1
        words = text(regimen)
        assert "None" not in words
        assert "  " not in words
        told = figures(regimen)
        assert all(told.values())
        assert all(LABEL.fullmatch(label) for label in told), told
        assert build(json.loads(json.dumps(to_json(regimen)))) == regimen
    assert shown > COUNT / 3
    assert refused > COUNT / 10


def silent(structure, way, regimen):
    """What prints nothing: what the doc names, and what is the default."""
    place = ".".join(str(part) for part in way if not isinstance(part, int))
    held = structure
    for part in way:
        held = held[part]
    return place in SILENT or held in (False, [], {}) or (place == "licence" and held.get("status") == "licensed")


def test_without_any_element_the_lines_differ_or_it_is_refused():
    asked = 0
    for structure in regimens(COUNT // 20, seed=3):
        regimen, found = problems(structure, ASKED)
        if found:
            continue
        words = text(regimen)
        for way in places(structure):
            if not silent(structure, way, regimen):
                other, faults = problems(without(structure, way), ASKED)
                assert faults or text(other) != words, (structure, way)
                asked += 1
    assert asked > COUNT // 2


def test_segments_join_to_lines_that_begin_with_who_it_is_for():
    for structure in regimens(COUNT // 10, seed=4):
        regimen, found = problems(structure, ASKED)
        if not found:
            first, *others = text(regimen).split("\n")
            assert all(line.endswith(".") for line in (first, *others))
            assert first.startswith(("Adult", "Child", "Neonate", "Pain. ", "Prevention of stroke. "))
            assert len(lines(regimen)) >= 2


@pytest.mark.slow
def test_memory_is_flat():
    def run(count):
        for structure in regimens(count, seed=5):
            regimen, found = problems(structure, ASKED)
            if not found:
                text(regimen), figures(regimen)

    run(300)
    tracemalloc.start()
    run(300)
    after_few = tracemalloc.get_traced_memory()[0]
    run(1_500)
    after_many = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()

    assert after_many - after_few < 200_000
