"""Which characters may be typed, how the others are named, and how they are taken out."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.canonical import BadCharacters, clean
from monographs.texts.characters import found, kind_of, says_nothing, seen, taken_out, tidied

# All that has a name, and of the planes for private use each thousandth or so.
EVERY = [chr(code) for code in (*range(0xF0000), *range(0xF0000, 0x110000, 997), 0x10FFFF)]
WELCOME = (
    "µμΩ°½¼²³⁹₂−–—‐…≥≤±×÷→↓↑↔′″™®©•·∞≠≈√∑%‰€£“”‘’«»\u2009\u200a\u00a0\u202f\u2003\u3000\u2007αβγδЖмéñ中文あ한אبह✓⚠😀"
)
INVISIBLE = "\u2d7f\U0001107f\U0001bc9d\U0001d159\u00ad\u200b\u200c\u200d\u2060\ufeff\u034f\u180e\ufe0f\ufe00\U000e0100\U000e01ef\U000e0041\u115f\u1160\u3164\uffa0\u2800\u200e\u202e\u2066\u061c\ufff9\u2063\u180b\u17b4"  # fmt: skip
UNREADABLE = "\ue000\uf8ff\U000f0000\U0010fffd\ufffd\ufffc\u0378\U000e0080\ufffe\U0010ffff\ufdd0"


@pytest.mark.parametrize("sign", WELCOME)
def test_every_sign_that_clinicians_type_is_welcome(sign):
    assert kind_of(sign) == ""
    assert clean(f"a{sign}b") == unicodedata.normalize("NFC", f"a{sign}b")


@pytest.mark.parametrize(
    ("signs", "kind"),
    [
        (INVISIBLE, "invisible"),
        (UNREADABLE, "unreadable"),
        ("\x00\x08\x0b\x0c\x1f\x7f\x9f", "control"),
        ("\ud800\udfff", "half"),
        ("\uf020\uf06d\uf0ff", "symbol"),
    ],
)
def test_every_other_is_refused_for_what_it_is_and_named_with_its_place(signs, kind):
    for sign in signs:
        with pytest.raises(BadCharacters) as error:
            clean(f"One\nGive 10{sign}mg")

        assert [one.kind for one in error.value.found] == [kind]
        assert str(error.value).startswith("Line 2, after “Give 10”: ")
        assert f"(U+{ord(sign):04X})" in str(error.value)
        assert sign not in str(error.value)


def test_every_sign_of_unicode_is_taken_or_refused_and_none_is_both():
    for first in range(0, len(EVERY), 5_000):  # one call a sign takes most of its time to begin
        some = EVERY[first : first + 5_000]
        wrong = {sign: kind_of(sign) for sign in some if kind_of(sign)}
        right = [sign for sign in some if sign not in wrong]

        told = [(one.sign, one.kind) for one in found("a".join(["", *wrong, ""]))]
        assert told == [pair for pair in wrong.items() if pair[0] != "\r"]
        assert [one.sign for one in found("".join(right))] == []
        assert [
            hex(ord(sign)) for sign in right
            if unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") and sign not in "\t\n"
        ] == []  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            "a\nb\nGive 10 \uf06dg",
            (
                "Line 3, after “Give 10 ”: a letter of Word’s Symbol font (U+F06D), meant as “μ”. "
                "Type the sign that was meant."
            ),
        ),
        ("dose\u00ads", "After “dose”: a soft hyphen (U+00AD). Take it out."),
        ("\ufeffdose\nx", "At the beginning of line 1: a byte order mark (U+FEFF). Take it out."),
        ("\u200bdose", "At the beginning: a zero-width space (U+200B). Take it out."),
        (
            "10 \ufffdg",
            "After “10 ”: a sign for a letter that was lost (U+FFFD). Take it out and write what was lost.",
        ),
        (
            "x \uf0fc y",
            (
                "After “x ”: a letter of Word’s Symbol font (U+F0FC), and nobody can tell which sign was meant. "
                "Take it out and type the sign that was meant."
            ),
        ),
        (
            "a\u00adb\uf0b3",
            (
                "After “a”: a soft hyphen (U+00AD). After “ab”: a letter of Word’s Symbol font (U+F0B3), meant as “≥”. "
                "Take them out and type the signs that were meant."
            ),
        ),
        (
            "The infusion is given over four hours on\u200b five days",
            "After “…over four hours on”: a zero-width space (U+200B). Take it out.",
        ),
        ("a\r\nb\u2028c\x01", "Line 3, after “c”: a control character (U+0001). Take it out."),
    ],
)
def test_a_sign_that_may_not_be_stored_is_refused_with_its_place_and_name(typed, sentence):
    with pytest.raises(BadCharacters) as error:
        clean(typed)

    assert str(error.value) == sentence


def test_of_many_the_first_are_named_and_the_rest_counted():
    with pytest.raises(BadCharacters) as error:
        clean("a\u00ad" * 17)

    assert len(error.value.found) == 17
    assert str(error.value).count("a soft hyphen") == 5
    assert str(error.value).endswith(" And 12 more. Take them out.")


SYMBOLS = {
    0x61: "α", 0x62: "β", 0x64: "δ", 0x65: "ε", 0x67: "γ", 0x6D: "μ", 0x57: "Ω", 0xA3: "≤", 0xA5: "∞", 0xAD: "↑", 0xAE: "→",
    0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB9: "≠", 0xBB: "≈", 0x2D: "−", 0x2B: "+", 0x25: "%",
}  # fmt: skip


@pytest.mark.parametrize(("code", "sign"), SYMBOLS.items())
def test_a_letter_of_the_symbol_font_becomes_the_sign_that_was_meant(code, sign):
    assert tidied(f"Give 10 {chr(0xF000 + code)} daily") == f"Give 10 {sign} daily"


@pytest.mark.parametrize("code", [0xF0A7, 0xF0D8, 0xF0DF, 0xF0E0, 0xF0FC, 0xF04A, 0xF076, 0xF0FF, 0xF07F])
def test_one_that_might_be_another_font_s_stays_and_stays_refused(code):
    text = f"see {chr(code)} there"

    assert tidied(text) == text
    assert found(tidied(text))
    assert "It is still there" in taken_out(text)[-1]


@pytest.mark.parametrize("code", [0xF06F, 0xF071, 0xF076, 0xF0A7, 0xF0A8, 0xF0B7, 0xF0D8, 0xF0FC])
@pytest.mark.parametrize("space", ["\t", " ", "\u00a0"])
def test_at_the_beginning_of_a_line_it_is_the_bullet_of_a_list(code, space):
    assert tidied(f"One\n  {chr(code)}{space}two") == f"One\n  •{space}two"


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("dose\u00ads\u200b and\ufeff", "doses and"),
        ("\u26a0\ufe0f stop", "\u26a0 stop"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\U0001f469"),
        ("10\u3164mg", "10 mg"),
        ("10\U0001d159mg", "10 mg"),
        ("10 \u3164mg\u2800 daily", "10 mg daily"),
        ("10\u2800\u2800mg", "10 mg"),
        ("5\x0b10 mg", "5\n10 mg"),
        ("5\ufffd10 mg", "5 10 mg"),
        ("5\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0e10", "5 10"),
        ("don\ufffdt", "dont"),
        ("5\u200b10", "510"),  # so it was seen
        ("a\ud800b", "ab"),
    ],
)
def test_what_nobody_sees_is_taken_out_and_a_gap_that_was_seen_stays(typed, left):
    assert tidied(typed) == left


@given(st.text(st.one_of(st.sampled_from(INVISIBLE + UNREADABLE + "\uf06d\uf0b7 5a\n"), st.characters()), max_size=40))
def test_taking_out_leaves_what_may_be_stored_and_loses_nothing_else(text):
    text = text.replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    left = tidied(text)

    assert {one.kind for one in found(left)} <= {"symbol"}
    assert tidied(left) == left
    good = [one for one in text if not kind_of(one) and one not in " \n"]
    kept = iter(left)
    assert all(one in kept for one in good)
    assert not found(seen(text))
    assert bool(taken_out(text)) == bool(found(text))


def test_what_was_taken_out_is_said_and_each_lost_letter_with_its_place():
    assert taken_out("a\u00adb\u00adc 10 \uf06dg") == [
        "2 soft hyphens taken out; 1 letter of Word’s Symbol font became “μ”."
    ]
    assert taken_out("x\ngive 10 \ufffdg") == [
        "1 sign for a letter that was lost taken out.",
        "Line 2, after “give 10 ”, a sign is lost that could not be read. Type it anew.",
    ]
    assert taken_out("\ufffd" * 9)[-1] == "So it is in 4 places more."
    assert taken_out("nothing 5 µg") == []


@pytest.mark.parametrize("sign", [*"\x00\x01\x07\x08\x0e\x1b\x1d\x7f\x81\x8d\x8f\x90\x9d\ufffd\ue000\ud800"])
def test_whatever_else_may_have_been_a_sign_is_told_as_one_that_is_lost(sign):
    assert taken_out(f"x\ngive 10 {sign}g")[1:] == [
        "Line 2, after “give 10 ”, a sign is lost that could not be read. Type it anew."
    ]


@pytest.mark.parametrize("sign", ["\x0b", "\x0c", "\x1f", "\x96", "\u00ad", "\u3164", "\uf06d"])
def test_where_nothing_is_lost_no_loss_is_told(sign):
    assert len(taken_out(f"give 10 {sign}g")) == 1


# What editors of text put there, and other programs took for control characters.
MEANT = {
    "\x80": "€", "\x82": "‚", "\x85": "…", "\x89": "‰", "\x8a": "Š", "\x91": "‘", "\x92": "’", "\x93": "“", "\x94": "”",
    "\x95": "•", "\x96": "–", "\x97": "—", "\x99": "™", "\x9f": "Ÿ", "\x1e": "‑",
}  # fmt: skip


@pytest.mark.parametrize(("sign", "meant"), MEANT.items())
@pytest.mark.parametrize(
    "text", ["{}", "Store at {}20 °C", "5{}10 mg", "IL{}6", "5 {} 10", "5\x00{}10", "a{0}{0}\nb{0} c"]
)
def test_a_sign_of_old_windows_text_and_word_s_hyphen_become_what_was_meant(sign, meant, text):
    typed = text.format(sign)

    assert tidied(typed) == text.replace("\x00", "").format(meant)
    assert {one.meant for one in found(typed) if one.sign == sign} == {meant}
    assert f"became “{meant}”" in taken_out(typed)[0]
    assert f"(U+{ord(sign):04X}), meant as “{meant}”." in str(refusal(typed))


def refusal(text):
    with pytest.raises(BadCharacters) as error:
        clean(text)
    return error.value


def test_minus_and_range_are_offered_and_said():
    typed = "Store at \x9620 °C, 5\x9610 mg, IL\x1e6, hyper\x1ften\x1fsion"

    assert tidied(typed) == "Store at –20 °C, 5–10 mg, IL‑6, hypertension"
    assert taken_out(typed) == [
        (
            "2 optional hyphens of Word’s own taken out; 2 signs of old Windows text became “–”; "
            "1 non-breaking hyphen of Word’s own became “‑”."
        )
    ]
    assert "After “…–20 °C, 5–10 mg, IL”: a non-breaking hyphen of Word’s own (U+001E), meant as “‑”." in str(
        refusal(typed)
    )


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("5\x0010 mg\x07", "After “5␦10 mg”"),
        ("5\x00\x01\ufffd10 mg\x07", "After “5␦10 mg”"),
        ("5 \ufffdg daily\x07", "After “5 ␦g daily”"),
        ("5\u00ad10 mg\x07", "After “5␦10 mg”"),
        ("5\u200b\u200b10 mg\x07", "After “5␦10 mg”"),
        ("mo\u00adnthly\x07", "After “monthly”"),
        ("5\x0b10 mg\x07", "After “5 10 mg”"),
        ("5\u316410 mg\x07", "After “5 10 mg”"),
        ("10 \uf06dg \uf0b3 5\x07", "After “10 μg ≥ 5”"),
        ("see \uf0fc 5\x07", "After “see ␦ 5”"),
        ("x\n\uf0b7\t5\x9610\x07", "Line 2, after “• 5–10”"),
        ("5\x1f10\x07", "After “5␦10”"),
        ("\x07\x07", "After “␦”"),
    ],
)
def test_no_figures_are_quoted_joined(typed, place):
    assert found(typed)[-1].place == place


@pytest.mark.parametrize("sign", ["\u00ad", "\uf06d", "\uf0b7 ", "\u3164", "5\x00", "\ufffd"])
def test_a_whole_field_of_them_is_answered_at_once(sign):
    text = (sign * 100_000)[:100_000]

    with pytest.raises(BadCharacters) as error:
        clean(text)
    assert len(str(error.value)) < 1_000
    assert len(tidied(text)) <= len(text)
    assert len(" ".join(taken_out(text))) < 1_000


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "—", "* * *", "***", "1.", "1.\n2)", "(1)", "\u3164", "\u2800", "\u200b", "...", "…", "•", "?!", "\u0301", "\ufffd", "\ue000", "°", "→", "“”", "\u00a0\u2003", "_", "#"],
)  # fmt: skip
def test_marks_and_blanks_say_nothing(text):
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["a", "1", "½", "No.", "- x", "1. a", "5%", "µ", "Ж", "中", "(12)x", "²", "5.0", "é"])
def test_a_letter_or_a_figure_says_something(text):
    assert not says_nothing(text)
