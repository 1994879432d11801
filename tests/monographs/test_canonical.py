"""Canonical JSON, and the characters that may be stored."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.canonical import BadCharacters, canonical, clean, clean_line, digest_of, strict_json

texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"]), max_size=40)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "é"]}, '{"a":[true,null,"é"],"b":1}'),
        ({"\u20ac": 1, "\r": 2, "1": 3}, '{"\\r":2,"1":3,"\u20ac":1}'),
        (1.0, "1"),
        (1e21, "1e+21"),
        ("\u2028<\x7f", '"\u2028<\x7f"'),
    ],
)
def test_canonical_text_is_that_of_rfc_8785(value, text):
    assert canonical(value) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, {1: 2}, object(), "\ud800"])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(ValueError):
        canonical(value)


@given(st.dictionaries(texts, st.one_of(texts, st.integers(-1000, 1000), st.lists(texts, max_size=2)), max_size=5))
def test_the_order_of_keys_is_no_content(value):
    other = dict(reversed(value.items()))

    assert digest_of(value) == digest_of(other)
    assert json.loads(canonical(value)) == value


@given(texts)
def test_cleaning_is_done_once(text):
    cleaned = clean(text)

    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert clean(unicodedata.normalize("NFD", text)) == cleaned


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Obery\u0065\u0301", "Obery\u00e9"),
        ("a  \r\nb\t\r\rc\u2028d", "a\nb\n\nc\nd"),
        ("  around \n\n", "around"),
    ],
)
def test_what_cleaning_does(raw, cleaned):
    assert clean(raw) == cleaned


def test_a_line_has_single_spaces_and_no_breaks():
    assert clean_line(" a \n b\tc ") == "a b c"


@pytest.mark.parametrize(
    "bad", ["\x00", "\x1b", "\x9f", "\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad", "\U000e0041"]
)
def test_what_is_there_without_being_seen_is_refused(bad):
    with pytest.raises(BadCharacters, match=f"U\\+{ord(bad):04X}"):
        clean(f"dose{bad}s")


def test_half_a_character_is_refused():
    with pytest.raises(BadCharacters, match="surrogate"):
        clean("a\ud800")


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        "NaN",
        "[Infinity]",
        "-Infinity",
        "1" * 5000,
        "[" * 41 + "]" * 41,
        '{"a":' * 50 + "1" + "}" * 50,
        "[" * 100_000,
        "",
        "{",
        "[1] 2",
        '"a\nb"',
    ],
)
def test_json_that_parsers_disagree_about_is_refused(text):
    with pytest.raises(ValueError):
        strict_json(text)


def test_brackets_inside_text_are_no_nesting():
    assert strict_json(json.dumps({"a": "[" * 100 + '\\"{'})) == {"a": "[" * 100 + '\\"{'}


def test_the_sign_of_a_number_is_no_digit():
    assert strict_json("-9007199254740991") == -9007199254740991
    with pytest.raises(ValueError, match="more than 16 digits"):
        strict_json("-10000000000000000")
