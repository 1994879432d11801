"""Words that were copied from another drug's page and still name that drug."""

import pytest

from monographs.document import MonitoringItem, Section
from monographs.proofing.copied import names_in
from tests import factories as make

NAMES = frozenset(("ocrelizumab", "interferon beta-1a", "ocrevus"))


def section(text, heading=""):
    return Section(key=make.key("a"), kind="cautions", heading=heading, text=text)


def hits(part, names=NAMES):
    return [(place.field, place.text[one.start : one.end]) for place, found in names_in(part, names) for one in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ocrelizumab is given twice a year.", ["Ocrelizumab"]),
        ("Before OCREVUS, and after ocrevus.", ["OCREVUS", "ocrevus"]),
        ("Give **ocrelizumab**’s first half.", ["ocrelizumab"]),
        ("After interferon\nbeta-1a, wait.", ["interferon\nbeta-1a"]),
        ("Not of interferon beta-1ab, nor of preocrelizumab.", []),
        ("Interferon beta-1b is another.", []),
        ("See [the leaflet](https://example.org/ocrelizumab).", []),
        ("", []),
    ],
)
def test_a_name_is_found_whole_and_in_whatever_letters(text, found):
    assert [words for _field, words in hits(section(text))] == found


def test_every_text_of_a_part_is_read():
    test = MonitoringItem(key=make.key("a"), test="Ocrelizumab level", note="As with Ocrevus.")

    assert hits(section("Nothing.", "Ocrelizumab and infection")) == [("heading", "Ocrelizumab")]
    assert hits(test) == [("test", "Ocrelizumab"), ("note", "Ocrevus")]


def test_it_stands_against_a_submission_and_says_what_to_do():
    ((_place, (one,)),) = names_in(section("As ocrelizumab."), NAMES)

    assert (one.severity, one.rule) == ("block", "copied")
    assert one.sentence.startswith("This was copied from its page. Write what is so of this drug")


@pytest.mark.parametrize("names", [(), ("",)])
def test_without_names_nothing_is_found(names):
    assert hits(section("Ocrelizumab."), names) == []


def test_a_name_with_signs_is_no_pattern():
    assert hits(section("A.b and Acb."), ("a.b",)) == [("text", "A.b")]
