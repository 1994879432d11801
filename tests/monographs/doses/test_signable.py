"""Nothing of a figure leaves a regimen that is not shown."""

import dataclasses
import json
from decimal import Decimal
from typing import Any

import pytest

from monographs.doses.fhir import dosages, knowledge, to_text
from monographs.doses.figures import figures
from monographs.doses.lines import text
from monographs.doses.model import Regimen
from monographs.doses.rules import problems
from monographs.doses.signable import KEPT, without_figures
from tests.monographs.doses.examples import ASKED, DOSES
from tests.monographs.doses.generated import regimens

pytestmark = pytest.mark.any_database


MARK, NUMBER, COUNT = "MARKERMARKER", Decimal("98765.4"), 9876


def marked(value: Any, kept: bool = False) -> Any:
    """A value with a marker in each of its fields but those that readers may see."""
    if dataclasses.is_dataclass(value):
        return type(value)(**{
            one.name: marked(getattr(value, one.name), (isinstance(value, Regimen) and one.name in KEPT) or kept)
            for one in dataclasses.fields(value)
        })  # fmt: skip
    if isinstance(value, tuple):
        return tuple(marked(one, kept) for one in value)
    if kept or value is None or isinstance(value, bool):
        return value
    return NUMBER if isinstance(value, Decimal) else COUNT if isinstance(value, int) else MARK + value


def test_a_marker_in_any_field_of_a_hidden_regimen_reaches_nothing_that_readers_see():
    markers, count = ("MARKER", "98765", "98,765", "9876", "9,876"), 0
    for structure in [*(one["input"] for one in DOSES.values()), *regimens(300, seed=31)]:
        regimen, found = problems(structure, ASKED)
        if found:
            continue
        hidden = dataclasses.replace(marked(regimen), unchecked=True, withheld=None, missing_siblings=())
        assert any(marker in repr(hidden) for marker in markers)
        cut = without_figures(hidden)
        assert {name: getattr(cut, name) for name in KEPT} == {name: getattr(regimen, name) for name in KEPT}
        seen = [
            repr(cut), text(cut), text(hidden), json.dumps(figures(hidden)), json.dumps(figures(cut)),
            *(to_text(dosages(hidden, version)) + to_text(knowledge([hidden], version)) for version in ("R4B", "R5")),
        ]  # fmt: skip
        for words in seen:
            assert not any(marker in words for marker in markers), words
        count += 1
    assert count > 300
