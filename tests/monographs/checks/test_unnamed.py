"""What makes a row of a list is asked for."""

import pytest

from monographs.checks.unnamed import unnamed
from monographs.document import Brand, Code, DrugName, Header


@pytest.mark.parametrize(
    ("row", "where"),
    [
        (Brand(country="GB"), ("name",)),
        (Brand(name=" – ", country="GB"), ("name",)),
        (Code(system="ATC", name="of ATC"), ("code",)),
        (DrugName(kind="other"), ("name",)),
        (Brand(name="Brandex", country="GB"), None),
        (Code(system="ATC", code="L04AG06"), None),
        (Header(), None),
    ],
)
def test_a_row_without_what_makes_it_one_is_told(row, where):
    assert [at for at, _sentence in unnamed(row)] == ([where] if where else [])


def test_each_in_a_header_is_told_with_its_place():
    header = Header(brands=[{"name": "A", "country": "GB"}, {"country": "GB"}], codes=[{"system": "ATC"}])

    assert [at for at, _sentence in unnamed(header)] == [("brands", 1, "name"), ("codes", 0, "code")]
