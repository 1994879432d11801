"""What is read of a search: words, strengths, signs that are not seen, and abbreviations that are not safe."""

import pytest

from monographs.public.search_words import MOST_WORDS, Word, is_weak, readable, says_little, told, unsafe, words_of


def typed(query):
    return [word.typed for word in words_of(query)]


def test_a_search_is_read_word_by_word_each_once_without_those_that_carry_nothing():
    assert typed("Apixaban 5 mg, in the apixaban (oral)") == ["Apixaban", "5", "mg", "oral"]
    assert typed("interferon beta-1a/β") == ["interferon", "beta-1a", "β"]
    assert [(one.term, one.as_one) for one in words_of("beta‑1a β")] == [("beta 1a", "beta1a"), ("beta", "beta")]
    assert typed("not of the <> % --") == []
    assert len(words_of(" ".join(f"w{n}" for n in range(40)))) == MOST_WORDS


def test_what_is_said_again_is_200_characters_without_signs_that_are_not_seen():
    assert readable("  \u202eapix\u200baban\x00\x1b 5\t mg ") == "apixaban 5 mg"
    assert readable("a" * 300) == "a" * 200
    assert readable("\u00ad\ufeff") == ""


@pytest.mark.parametrize(
    ("typed", "is_amount"),
    [
        ("5", True), ("500mg", True), ("0.5mg", True), ("5%", True), ("mg", True), ("µg", True), ("μg", True),
        ("mL", True), ("tablets", True), ("IU", True), ("(10,000)", True), ("1a", False), ("b12", False),
        ("weekly", True), ("mgx", False), ("beta-1b", False), ("tabletsx", False), ("", False),
    ],
)  # fmt: skip
def test_a_strength_or_a_form_tells_of_no_medicine(typed, is_amount):
    assert Word(typed, typed.lower(), typed.lower()).is_amount == is_amount
    if is_amount:
        assert says_little(typed.lower().strip("()"))


def test_what_is_short_a_figure_or_not_safe_stands_for_whole_words_only():
    assert all(map(is_weak, ("a", "ms", "1a", "m s", "500", "1012892", "mtx", "5 fu", "5fu", "mso4", "tac")))
    assert not any(map(is_weak, ("mst", "bg 12", "b12x", "taca", "apixaban")))


def test_unsafe_abbreviations_are_found_among_the_words_in_their_order_whole_or_in_two():
    def shorts(query):
        return [one.short for one in unsafe(words_of(query))]

    assert shorts("mtx or AZT 10 mg") == ["MTX", "AZT"]
    assert shorts("5-FU") == shorts("5 fu") == shorts("5FU") == ["5-FU"]
    assert shorts("MS, mso4") == ["MS", "MSO4"]
    assert shorts("M.S.") == ["MS"]
    assert shorts("mtxa xmtx") == []


def test_words_that_stood_side_by_side_are_told_together():
    words = words_of("apixaban 5 mg twice daily")
    assert told([words[0], words[3]], words) == ["apixaban", "twice"]
    assert told([words[2], words[1], words[4]], words) == ["5 mg", "daily"]
    assert told([], words) == []
