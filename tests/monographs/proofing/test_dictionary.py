"""Spelling: what is proposed, and what never is."""

import hashlib

import pytest

from monographs.proofing.dictionary import HERE, MEDICAL, is_english, is_near, is_word, proposal, proposals
from tests.effort import within


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("recieve", "receive"),
        ("thyriod", "thyroid"),
        ("occassional", "occasional"),
        ("infussion", "infusion"),
        ("treatmentt", "treatment"),
    ],
)
def test_a_misprint_has_one_proposal(typed, meant):
    assert proposal(typed) == meant


@pytest.mark.parametrize(
    "word", ["hypotension", "hypertension", "inter", "increase", "colour", "haemoglobin", "treatment"]
)
def test_a_word_of_the_dictionary_is_left_alone(word):
    assert proposal(word) is None


def test_what_could_be_two_words_has_no_proposal():
    assert proposal("bazed") is None


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("cefalexn", ["Cefalexin"]),  # near a name before
        ("paracetmol", ["Paracetamol and codeine"]),
        ("recieve", ["Receiva"]),  # near one after
    ],
)
def test_nothing_is_proposed_near_a_name(typed, names):
    assert proposal(typed, names) is None


def test_without_the_name_the_same_misprint_has_its_proposal():
    assert proposal("paracetmol", ["Apixaban"]) == "paracetamol"


def test_proposals_stand_where_they_were_typed_and_leave_names_figures_and_addresses():
    text = "Ask [@one] whom to *recieve* it, Recieve, recieve2, a.recieve@example.org or https://x.org/recieve."

    assert [(text[start:end], meant) for start, end, meant in proposals(text)] == [("recieve", "receive")]


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("abc", "abc", True),
        ("abcd", "abdc", True),
        ("abcd", "badc", True),
        ("abc", "abcde", True),
        ("abc", "abcdef", False),
        ("abcdef", "uvwdef", False),
        ("hypo", "hyper", True),
    ],
)
def test_near_is_two_edits(one, other, near):
    assert is_near(one, other) is is_near(other, one) is near


def test_a_text_of_a_hundred_kilobytes_that_is_no_english_is_read_at_once():
    letters = "bcdfghjklmnpqrstvwxz"
    words = [f"{a}{b}{c}{d}q" for a in letters for b in letters for c in letters for d in "aeiou"]
    proposal("warm")

    with within(1):
        list(proposals(" ".join(words)[:100_000], ["Apixaban"]))


def test_a_word_is_told_once():
    assert [meant for _start, _end, meant in proposals("recieve, recieve")] == ["receive"]


@pytest.mark.parametrize(
    ("home", "names", "licence"),
    [(HERE, {"en_GB.aff", "en_GB.dic"}, "LGPL"), (MEDICAL.parent, {MEDICAL.name}, "GENERAL PUBLIC LICENSE")],
)
def test_the_words_are_those_that_were_taken(home, names, licence):
    listed = dict(reversed(line.split()) for line in (home / "SHA256SUMS").read_text().splitlines())

    assert set(listed) == names
    for name, digest in listed.items():
        assert hashlib.sha256((home / name).read_bytes()).hexdigest() == digest
    assert licence in (home / "LICENCE").read_text("utf-8")


def test_words_of_medicine_are_words_and_stand_beside_those_of_every_day():
    assert is_word("aplastic")
    assert not is_english("aplastic")
    assert is_english("plastic")
    assert proposal("aplastic") is None
