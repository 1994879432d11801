"""Names that look alike (docs/security.md, A38)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.texts.confusables import mixed_scripts, skeleton


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Aspirin", "ASPIRIN"),
        ("interferon beta-1a", "Interferon  beta 1a"),
        ("interferon beta\u20111a", "interferon beta-1a"),
        ("\u00b5-opioid", "\u03bc-opioid"),
        ("Ａｓｐｉｒｉｎ", "aspirin"),
        ("\u0430spirin", "aspirin"),
        ("m\u03bfrphine", "morphine"),
        ("Obery\u0065\u0301", "obery\u00e9"),
        (" morphine ", "morphine"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(one, other):
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("morphine", "hydromorphone"), ("interferon beta-1a", "interferon beta-1b"), ("prednisolone", "prednisone")],
)
def test_names_that_differ_have_two(one, other):
    assert skeleton(one) != skeleton(other)


@given(st.text(max_size=30))
def test_a_skeleton_is_its_own_skeleton(name):
    assert skeleton(skeleton(name)) == skeleton(name)


@pytest.mark.parametrize(
    "name", ["\u0430spirin", "interferon beta-1\u0430", "morphin\u03b5", "\u03b1spirin", "aspirin \u0430", "Иbuprofen"]
)
def test_mixed_alphabets_are_seen(name):
    assert mixed_scripts(name)


@pytest.mark.parametrize(
    "name",
    [
        "Aspirin",
        "α-tocopherol",
        "interferon-β1a",
        "β lactam",
        "µ-opioid",
        "Farkkilä",
        "2-chlorodeoxyadenosine",
        "",
        "аспирин",
    ],
)
def test_a_greek_letter_by_itself_is_no_mixture(name):
    assert not mixed_scripts(name)


@pytest.mark.parametrize(
    ("alike", "latin"), [("αεικνορτυχ", "aeikvoptux"), ("авекмнорстухіјѕһԁԛԝ", "abekmhopctyxijshdqw")]
)
def test_each_letter_that_passes_for_a_latin_one_is_folded_to_it(alike, latin):
    assert [skeleton(letter) for letter in alike] == list(latin)


@pytest.mark.parametrize("gap", [" ", "  ", "-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2015", "\u2212", " - ", "\u00a0"])  # fmt: skip
def test_each_gap_of_a_name_is_one_space(gap):
    assert skeleton(f"a{gap}b") == "a b"
    assert skeleton(f"a{gap}b") != skeleton("ab")


@pytest.mark.parametrize("name", ["αβ", "interferon ββ", "漢字 aspirin", "aspirinβ", "άспирин"])
def test_two_letters_of_another_alphabet_are_a_mixture_beside_latin_ones(name):
    assert mixed_scripts(name) is (name != "αβ")
