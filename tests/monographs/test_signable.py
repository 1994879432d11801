"""What of an edition is signed: nothing of a figure that readers are not shown."""

import pytest

from monographs.digest import digest, from_text, to_text
from monographs.regimens import words_of_lines
from monographs.signable import signable
from tests import factories as make
from tests.monographs.doses.examples import DOSES

pytestmark = pytest.mark.any_database


def test_a_document_without_doses_is_itself():
    document = make.document()

    assert signable(document) is document


@pytest.mark.parametrize("status", ["unpublished", "shown"])
def test_of_every_example_stands_for_whom_it_is_and_no_figure(status):
    """Also of one that an editor set to be shown: there are no checks, so its lines are made anew."""
    for name, example in DOSES.items():
        structure = {one: held for one, held in example["input"].items() if one not in ("key", "withheld", "unchecked", "missing_siblings")}  # fmt: skip
        working = make.dosed(make.dose(structure=structure, status=status, since="2026-07-04", reason="Why"))

        (signed,) = signable(working).regimens

        assert "steps" not in signed.structure, name
        assert (signed.status, signed.since, signed.reason) == ("unpublished", "2026-07-04", "Why")
        assert [signed.for_whom] == words_of_lines(signed.lines)
        assert signable(signable(working)) == signable(working)
        assert digest(from_text(to_text(signable(working)))) == digest(signable(working))


def test_other_figures_move_no_signed_digest():
    one = make.dosed()
    other = make.dosed(make.dose(structure={**make.COURSES, "max_courses": 2}))

    assert digest(one) != digest(other)
    assert digest(signable(one)) == digest(signable(other))
