"""Canonical JSON, and the characters that may be stored."""

import json
import unicodedata

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from monographs.canonical import BadCharacters, canonical, clean, clean_line, clean_prose, digest_of, strict_json
from monographs.texts.characters import kind_of

texts = st.text(st.characters(exclude_categories=["C"]).filter(lambda one: not kind_of(one)), max_size=40)


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


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**53, -(2**53), {1: 2}, object(), "\ud800", {"a": ["\ud800"]}]
)
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(ValueError):
        canonical(value)


SPELT = st.recursive(
    st.one_of(
        st.text(max_size=8),
        st.integers(-(2**53) + 1, 2**53 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.booleans(),
        st.none(),
    ),
    lambda held: st.one_of(st.lists(held, max_size=4), st.dictionaries(st.text(max_size=4), held, max_size=4)),
    max_leaves=12,
)


@given(SPELT)
@example({"\ue000": 1, "\U00010000": 2})  # by signs the other way round than by halves of signs
@example({"a": '\x00\x1f"\\\x7f\b\f\n\r\t', "B": [1, True, None, {}, []], "1": ("x",)})
@example({"a": 1.0, "b": -0.0, "c": 1e21})
def test_whichever_way_it_is_written_it_is_the_text_of_rfc_8785(value):
    assert canonical(value) == rfc8785.dumps(value).decode()


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


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\u2029"])
def test_each_way_to_end_a_line_is_one_newline(end):
    assert clean(f"a{end}b{end}{end}c") == "a\nb\n\nc"


@pytest.mark.parametrize(
    ("taken", "refused", "sentence"),
    [
        ("[" * 40 + "]" * 40, "[" * 41 + "]" * 41, "it is nested deeper than 40 levels"),
        ("[[],[]]", "[" * 20 + '{"a":' * 21 + "1" + "}" * 21 + "]" * 20, "it is nested deeper than 40 levels"),
        ("1" * 16, "1" * 17, "a number has more than 16 digits"),
        ("-" + "1" * 16, "-" + "1" * 17, "a number has more than 16 digits"),
        ('{"a": 1, "b": 1}', '{"b": 1, "a": 1, "a": 2}', "the key “a” stands there twice"),
        ('{"a": {"b": 1}, "b": {"b": 1}}', '{"c": {"b": 1, "b": 1}}', "the key “b” stands there twice"),
        ("1.5", "NaN", "NaN is not a number that JSON knows"),
    ],
)
def test_json_from_outside_has_limits_and_says_which(taken, refused, sentence):
    strict_json(taken)

    with pytest.raises(ValueError, match=f"^{sentence}$"):
        strict_json(refused)


def test_a_bracket_after_an_escaped_quote_is_still_inside_the_text():
    assert strict_json('"\\"' + "[" * 50 + '"') == '"' + "[" * 50
    assert strict_json('["\\\\"]') == ["\\"]
    with pytest.raises(ValueError, match="nested deeper"):
        strict_json('["\\\\", ' + "[" * 50)


def test_digests_are_of_the_bytes_of_the_canonical_text():
    assert digest_of({"b": "é", "a": 1}) == "09ad9fd2fb648cb2f62141215828ea00a62c299db05d20aa9ade2f527a301cc6"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  - a\n  - b", "- a\n- b"), ("  - a\n    - b", "- a\n  - b"), ("\n\n  - a\n  - b\n\n  - c", "- a\n- b\n\n  - c"),
     ("- a\n  - b", "- a\n  - b"), (" a", "a"), ("", ""), ("  ", ""), ("  a\r\n  b", "a\nb")],
)  # fmt: skip
def test_a_text_whose_first_lines_all_begin_with_spaces_loses_as_many_of_each(typed, kept):
    assert clean_prose(typed) == kept
    assert clean_prose(kept) == kept
