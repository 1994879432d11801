"""Names that are taken for each other."""

import pytest

from monographs.texts.likeness import folded, likeness

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("tacrolimuss", "tacrolimus", "looks"), ("takrolimus", "Tacrolimus", "looks"),
        ("tarcolimus", "tacrolimus", "looks"), ("prednisone", "prednisolone", "looks"),
        ("hydroxyzine", "hydralazine", "looks"), ("vinblastine", "vincristine", "looks"),
        ("interferon beta-1a", "interferon beta-1b", "looks"), ("insulin glargine", "insulin glargine U-300", "looks"),
        ("fenitoin", "phenytoin", "sounds"), ("Lemtrada", "LEMTRADA", "same"), ("α-tocopherol", "Α tocopherol", "same"),
        ("méthotrexate", "methotrexate", "same"),
        ("natalizumab", "daclizumab", ""), ("amiloride", "amlodipine", ""), ("ocrelizumab", "alemtuzumab", ""),
        ("tacrolimus", "sirolimus", ""), ("iron", "zinc", ""), ("", "", ""), ("ЖЖ", "ЖЖЖ", ""),
    ],
)  # fmt: skip
def test_two_names_are_alike_or_not_whichever_comes_first(one, other, how):
    assert likeness(folded(one), folded(other)) == likeness(folded(other), folded(one)) == how


def test_a_name_without_end_is_compared_by_its_beginning():
    assert len(folded("a" * 100_000)) == 100
