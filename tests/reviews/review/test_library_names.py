"""The names near which nothing is called a misprint."""

import pytest

from reviews.review.library_names import names_of_library
from tests import factories as make


@pytest.mark.any_database
def test_drugs_brands_and_classes_are_all_there(house):
    edition = make.published(house)
    drug = edition.monograph.drug

    names = set(names_of_library())

    assert drug.name in names
    assert {one["name"] for one in drug.brands} <= names
    assert edition.monograph.therapeutic_class.name in names
