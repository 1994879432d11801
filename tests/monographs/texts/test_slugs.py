"""Addresses that are made from names."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.texts.slugs import free_like, slug_of
from monographs.typed import SLUG


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Glucose 2.5% infusion", "glucose-2-5-infusion"),
        ("Glucose 25% infusion", "glucose-25-infusion"),
        ("Co-amoxiclav 500/125", "co-amoxiclav-500-125"),
        ("Heparin 5,000 units", "heparin-5000-units"),
        ("Glucose 2,5 %", "glucose-2-5"),
        ("Sodium chloride 0·9%", "sodium-chloride-0-9"),
        ("Potassium ½ strength", "potassium-1-2-strength"),
        ("interferon β", "interferon-beta"),
        ("Interferon β-1a", "interferon-beta-1a"),
        ("interferon Β1a", "interferon-beta-1a"),
        ("TNFα", "tnf-alpha"),
        ("ω-3 acid ethyl esters", "omega-3-acid-ethyl-esters"),
        ("\u00b5-opioid", "mu-opioid"),
        ("ε̂ ά", "epsilon-alpha"),
        ("St John’s wort", "st-johns-wort"),
        ("Brandex™ & Co®", "brandex-co"),
        ("Ünï & cödes!", "uni-codes"),
        ("Straße Ærø Łódź œstrogen", "strasse-aero-lodz-oestrogen"),
        ("  --_x_--  ", "x"),
        ("ЖЖ", ""),
        ("…", ""),
        ("", ""),
        ("a" * 99 + " b", "a" * 99),
        ("b" * 98 + " 25", "b" * 98),  # no figure is cut
        ("b" * 97 + " 25", "b" * 97 + "-25"),
        ("a" * 120, "a" * 100),
    ],
)
def test_a_name_makes_an_address(name, slug):
    assert slug_of(name) == slug


@given(st.text(max_size=150))
def test_whatever_is_typed_makes_an_address_or_none(name):
    slug = slug_of(name)

    assert not slug or (re.fullmatch(SLUG, slug, re.ASCII) and len(slug) <= 100)
    assert slug_of(slug) == slug


@given(st.lists(st.integers(0, 9999), min_size=1, max_size=4), st.sampled_from([".", "/", " ", "·", "-"]))
def test_figures_of_a_name_stay_apart_and_whole(figures, between):
    assert slug_of(f"X {between.join(map(str, figures))}%").split("-") == ["x", *map(str, figures)]


def test_a_free_address_has_the_first_number_that_nobody_has():
    assert free_like("glucose", ["glucose"]) == "glucose-2"
    assert free_like("glucose", ["glucose", "glucose-2", "glucose-4"]) == "glucose-3"
    assert free_like("a" * 95 + "-bcde", []) == "a" * 95 + "-2"
