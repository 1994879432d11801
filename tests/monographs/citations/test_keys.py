"""The key that is proposed for a reference."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.citations.keys import proposed_key, stem_of
from monographs.typed import LABEL


def record(author=None, issued=2017, **csl):
    csl = {"title": "The trial of a drug", "type": "report", **csl}
    if author is not None:
        csl["author"] = [author]
    return csl | ({"issued": {"date-parts": [[issued]]}} if issued else {})


@pytest.mark.parametrize(
    ("csl", "key"),
    [
        (record({"literal": "National Institute for Health and Care Excellence"}), "nice2017"),
        (record({"literal": "Medicines and Healthcare products Regulatory Agency"}), "mhra2017"),
        (record({"literal": "World Health Organization"}), "who2017"),
        (record({"literal": "European Medicines Agency"}), "ema2017"),
        (record({"literal": "PRISMS (Prevention of Relapses) Study Group"}), "prisms2017"),
        (record({"literal": "Novartis"}), "novartis2017"),
        (record({"literal": "NHS England"}), "nhs2017"),
        (record({"family": "Coles", "given": "A. J."}), "coles2017"),
        (record({"family": "O'Connor"}), "oconnor2017"),
        (record({"family": "Müller-Øster"}), "mulleroster2017"),
        (record({"family": "Weiß"}), "weiss2017"),
        (record({"family": "Łukasz"}, None), "lukasz"),
        (record(publisher="National Institute for Health and Care Excellence"), "nice2017"),
        (record(publisher="Elsevier", type="article-journal"), "trial2017"),
        (record(), "trial2017"),
        (record({"family": "Ж"}, title="ЖЖ"), "source2017"),
        ({"author": "Smith", "title": 3}, "3"),
        ({}, "source"),
        (record({"family": "x" * 99}), "x" * 30 + "2017"),
    ],
)
def test_it_says_who_and_when(csl, key):
    assert proposed_key(csl) == key


def test_one_that_is_taken_in_whatever_case_gets_a_letter():
    csl = record({"family": "Coles"})

    assert proposed_key(csl, ["coles2017"]) == "coles2017b"
    assert proposed_key(csl, ["COLES2017", "coles2017B"]) == "coles2017c"
    assert proposed_key(csl, ["coles2017b"]) == "coles2017"


words = st.text(max_size=60)
records = st.fixed_dictionaries(
    {},
    optional={
        "title": words,
        "type": st.sampled_from(("report", "article-journal")),
        "publisher": words,
        "author": st.lists(
            st.one_of(st.fixed_dictionaries({"family": words}), st.fixed_dictionaries({"literal": words}), words),
            max_size=2,
        ),
        "issued": st.integers(1000, 2100).map(lambda one: {"date-parts": [[one]]}),
    },
)


@given(records, st.integers(0, 60))
def test_it_is_a_label_and_never_one_that_is_taken(csl, number):
    taken = set()
    for _ in range(number):
        key = proposed_key(csl, taken)
        assert re.fullmatch(LABEL, key, re.ASCII)
        assert key not in taken
        assert key.startswith(stem_of(csl))
        taken.add(key)
