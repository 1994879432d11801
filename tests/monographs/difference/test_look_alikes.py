"""What looks alike in a difference: each by its name, on both sides, and no figure beside it is flagged."""

import random
import re
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monographs.difference.change_summary import in_short
from monographs.difference.diff_html import changes_of, side
from monographs.difference.document_diff import compare
from monographs.difference.word_diff import word_diff
from monographs.document import Document, Header, SafetyNotice
from tests import factories as make
from tests.effort import within

MARK = re.compile(r'<(ins|del)><span class="vh">[^<]*</span>(.*?)</\1>(?:<span class="called"> ([^<]*) </span>)?')


def field_of(old, new):
    """The one field that differs between two sections."""
    (change,) = changes_of(compare(*(document(text) for text in (old, new))))
    (field,) = change.fields
    return field


def document(text):
    return Document.stored({"sections": [{"key": make.key("uses"), "kind": "indications", "text": text}]})


def told(blocks):
    """(what is marked, the name beside it) of one side."""
    html = "\n".join(line for block in blocks for line in block.lines)
    return [(unescape(re.sub("<[^>]*>", "", words)), name) for _, words, name in MARK.findall(html)]


def both(old, new):
    field = field_of(old, new)
    return told(field.old), told(field.new)


GAPS = [
    ("\u00a0", "no-break space U+00A0"),
    ("\u202f", "narrow no-break space U+202F"),
    ("\u2009", "thin space U+2009"),
    ("\u2007", "figure space U+2007"),
    ("\u3000", "ideographic space U+3000"),
    ("\t", "tab"),
    ("  ", "2 × space"),
    ("\n", "line break"),
    ("\u3164", "blank U+3164"),
    ("\u2800", "blank U+2800"),
]


@pytest.mark.parametrize(("gap", "name"), GAPS)
def test_another_space_is_called_by_its_name_and_the_figure_beside_is_not_marked(gap, name):
    old, new = "Take 5 mg daily, 2.5 mg at night", f"Take 5{gap}mg daily, 2.5 mg at night"

    field = field_of(old, new)

    def signs(words):
        return "".join("¶" if one == "\n" else "␣" for one in words)

    assert told(field.old) == [("␣", "space")]
    assert told(field.new) == [(signs(gap), f"{name} (was: space)")]
    assert both(new, old) == ([(signs(gap), name)], [("␣", f"space (was: {name})")])
    assert field.notes == ("Only spaces and line breaks changed." if "\n" in gap else "Only spaces changed.",)


@pytest.mark.parametrize(
    ("with_gap", "without"),
    [
        ("Take 10 mg daily", "Take 10mg daily"),
        ("Up to 5 % of all", "Up to 5% of all"),
        ("From 10 - 20 mg", "From 10-20 mg"),
        ("5 mg/kg, 3 mg", "5 mg/kg,3 mg"),
        ("( 5 mg )", "(5 mg)"),
        ("5 mg / kg", "5 mg/kg"),
    ],
)
def test_a_space_that_came_or_went_is_told_alone(with_gap, without):
    come, gone = field_of(without, with_gap), field_of(with_gap, without)

    assert {*told(come.new), *told(gone.old)} == {("␣", "space")}
    assert told(come.old) == told(gone.new) == []
    assert come.notes == gone.notes == ("Only spaces changed.",)


@pytest.mark.parametrize(
    ("old", "new"), [("1 000 mg", "1000 mg"), ("5 10 mg", "510 mg"), ("1. 5 mg", "1.5 mg"), ("1 .5 mg", "1.5 mg")]
)
def test_a_space_inside_a_figure_makes_another_figure_which_is_marked_whole(old, new):
    assert both(old, new) == ([(old.removesuffix(" mg"), "")], [(new.removesuffix(" mg"), "")])
    assert field_of(old, new).notes == ()


SIGNS = [
    ("5 µg", "5 μg", "µg", "μg", "micro sign U+00B5", "Greek mu U+03BC"),
    ("5µg/mL", "5μg/mL", "µg", "μg", "micro sign U+00B5", "Greek mu U+03BC"),
    ("5 mg", "5 мg", "mg", "мg", "Latin m", "Cyrillic м U+043C"),
    ("5mg", "5мg", "mg", "мg", "Latin m", "Cyrillic м U+043C"),
    ("5 cap", "5 сар", "cap", "сар", "Latin c, Latin a, Latin p", "Cyrillic с U+0441, Cyrillic а U+0430, Cyrillic р U+0440"),
    ("CYP2C9", "СYP2C9", "CYP", "СYP", "Latin C", "Cyrillic С U+0421"),
    ("-5 mmol", "−5 mmol", "-", "−", "hyphen", "minus sign U+2212"),
    ("-5 mmol", "–5 mmol", "-", "–", "hyphen", "en dash U+2013"),
    ("5-10 mg", "5–10 mg", "-", "–", "hyphen", "en dash U+2013"),
    ("5-10 mg", "5‑10 mg", "-", "‑", "hyphen", "no-break hyphen U+2011"),
    ("1 — 2", "1 – 2", "—", "–", "em dash U+2014", "en dash U+2013"),
    ("20 °C", "20 ºC", "°", "º", "degree sign U+00B0", "masculine ordinal sign U+00BA"),
    ("the patient's 5 mg", "the patient’s 5 mg", "'", "’", "straight apostrophe", "curly apostrophe U+2019"),
    ("5' rest", "5′ rest", "'", "′", "straight apostrophe", "prime U+2032"),
    ("5 x 10", "5 × 10", "x", "×", "Latin x", "multiplication sign U+00D7"),
    ("ß-blocker 5 mg", "β-blocker 5 mg", "ß", "β", "German sharp s U+00DF", "Greek beta U+03B2"),
    ("∆ 5", "Δ 5", "∆", "Δ", "increment U+2206", "Greek Δ U+0394"),
    ("5 / 10", "5 ∕ 10", "/", "∕", "solidus", "division slash U+2215"),
    ("≤ 5", "⩽ 5", "≤", "⩽", "less-than or equal to U+2264", "less-than or slanted equal to U+2A7D"),
    ("5 ml", "5 ｍl", "ml", "ｍl", "Latin m", "Fullwidth latin ｍ U+FF4D"),
    # A digit that is another sign changes its whole word.
    ("give 10 mg", "give 1O mg", "10", "1O", "digit 0", "Latin capital O"),
    ("give 10 mg", "give l0 mg", "10", "l0", "digit 1", "Latin small L"),
    ("give 10 mg", "give １0 mg", "10", "１0", "digit 1", "fullwidth digit one U+FF11"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "was", "now", "was_name", "now_name"), SIGNS)
def test_a_sign_that_looks_like_another_is_called_by_its_name(old, new, was, now, was_name, now_name):
    assert both(old, new) == ([(was, was_name)], [(now, f"{now_name} (was: {was_name})")])
    assert both(new, old) == ([(now, now_name)], [(was, f"{was_name} (was: {now_name})")])
    assert field_of(old, new).notes == ("Only signs that look alike changed.",)


@pytest.mark.parametrize(
    ("sign", "name"),
    [
        ("\u200b", "zero-width space U+200B"),
        ("\u00ad", "soft hyphen U+00AD"),
        ("\u200e", "left-to-right mark U+200E"),
        ("\u202e", "right-to-left override U+202E"),
        ("\ufe0f", "variation selector-16 U+FE0F"),
        ("\u034f", "combining grapheme joiner U+034F"),
        ("\ufeff", "zero-width no-break space U+FEFF"),
        ("\u180e", "mongolian vowel separator U+180E"),
    ],
)
@pytest.mark.parametrize("where", ["Take 5{} mg", "Take 5 m{}g", "Take 1{}0 mg", "Take 5 {}mg", "{}Take 5 mg", "(5){}"])
def test_what_nobody_sees_is_called_by_its_name_where_it_came_or_went(where, sign, name):
    with_it, without = where.format(sign), where.format("")

    def diff(old, new):
        return [(one.text, one.name) for one in word_diff(old, new) if one.op != "same"]

    assert diff(without, with_it) == diff(with_it, without) == [(sign, name)]


def test_words_in_another_alphabet_are_called_by_their_letters_although_they_look_otherwise():
    assert both("Take 5 mg", "Take 5 мг") == (
        [("mg", "")],
        [("мг", "Cyrillic м U+043C, Cyrillic г U+0433")],
    )


def test_a_gap_that_changed_with_its_words_is_named_too():
    assert both("an old thing", "an new\u00a0stuff") == (
        [("old thing", "")],
        [("new\u00a0stuff", "no-break space U+00A0")],
    )


def test_a_figure_that_changed_beside_another_space_is_marked_and_the_space_is_named():
    assert both("Take 5 mg", "Take 10\u00a0mg") == (
        [("5", ""), ("␣", "space")],
        [("10", ""), ("␣", "no-break space U+00A0 (was: space)")],
    )
    assert field_of("Take 5 mg", "Take 10\u00a0mg").notes == ()


@pytest.mark.parametrize(("old", "new"), [("10²", "102"), ("m²", "m2"), ("½", "1/2"), ("5 mg", "5 Mg"), ("H₂O", "H2O")])
def test_what_looks_otherwise_is_no_look_alike(old, new):
    assert field_of(old, new).notes == ()


def test_many_names_are_counted():
    ((_, name),) = both("cap exo", "сар ехо")[1][:1]

    assert name.count("Cyrillic") == 3
    long = both("aceopxyi", "асеорхуі")[1]
    assert long[0][1].startswith(
        "Cyrillic а U+0430, Cyrillic с U+0441, Cyrillic е U+0435, Cyrillic о U+043E, and 4 more (was: "
    )


def test_the_short_telling_says_that_only_spaces_or_look_alikes_changed():
    def short(old, new):
        return [line.words for line in in_short(compare(old, new))]

    header = [Document(header=Header(introduction=one)) for one in ("5 mg", "5\u00a0mg", "5 mg and more")]
    notices = [
        Document(notices=[SafetyNotice(key=make.key("n"), type="caution", severity="major", title=one)])
        for one in ("5 µg", "5 μg")
    ]

    assert short(header[0], header[1]) == ["Header: only spaces changed."]
    assert short(header[0], header[2]) == ["Header changed."]
    assert short(*notices) == ["Safety notice: 5 μg: only signs that look alike changed."]
    (change,) = changes_of(compare(*header[:2]))
    assert (change.title, change.kind) == ("Header: only spaces changed", "changed")
    (change,) = changes_of(compare(header[0], header[2]))
    assert change.title == "Header: changed"
    both_fields = Document(header=Header(introduction="5\u00a0mg", title="x"))
    assert short(header[0], both_fields) == ["Header changed."]


# -- Whatever the texts ------------------------------------------------------------------------------------------------

clinical = st.text(st.sampled_from("ab510.,- \n\u00a0\u2009µμмmгg–−'’\u200b\ufe0f²O(/"), max_size=40)


@given(clinical, clinical)
@example("5 mg", "5\u00a0mg")
@example("a, b", "c\u00a0, d")
@example("1\u200b", "\u200b1")
def test_segments_make_up_both_texts_and_no_difference_goes_without_a_mark(old, new):
    segments = word_diff(old, new)

    assert "".join(one.text for one in segments if one.op != "added") == old
    assert "".join(one.text for one in segments if one.op != "removed") == new
    assert all(one.text for one in segments)
    assert all(one.name for one in segments if one.kind != "words")
    assert all((one.kind, one.name) == ("words", "") for one in segments if one.op == "same")
    assert (old == new) == all(one.op == "same" for one in segments)


def test_three_thousand_careless_changes_of_one_sign_mark_no_figure_beside_it():
    chance = random.Random(7)
    swaps = [(" ", "\u00a0"), (" ", "\u2009"), ("µ", "μ"), ("m", "м"), ("-", "–"), ("-", "−"), ("g", "ɡ"), ("'", "’")]
    words = ["Take", "5", "mg", "1.5", "µg/kg", "10-20", "the", "patient's", "12,000", "IU", "CYP2C9", "daily", "m²"]
    for _ in range(3_000):
        old = " ".join(chance.choices(words, k=12))
        sign, other = chance.choice(swaps)
        places = [place for place, one in enumerate(old) if one == sign]
        if not places:
            continue
        place = chance.choice(places)
        new = f"{old[:place]}{other}{old[place + 1 :]}"

        changed = [one for one in word_diff(old, new) if one.op != "same"]

        assert [one.op for one in changed] == ["removed", "added"], (old, new)
        assert all(one.name and not re.search(r"\d", one.text) for one in changed), (old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("5 mg " * 20_000, "5\u00a0mg " * 20_000),
        ("5 µg, " * 16_000, "5 μg, " * 16_000),
        ("\u200b" * 50_000, "\u200c" * 50_000),
        ("a\u00a0" * 50_000, "b " * 50_000),
        ("mg" * 50_000, "мg" * 50_000),
        ("5 mg\n" * 20_000, "5mg\n" * 20_000),
        ("a b " * 125, "ab " * 250),
    ],
)  # fmt: skip
def test_long_texts_that_look_alike_are_compared_within_a_second(old, new):
    with within(1):
        segments = word_diff(old, new)

    assert "".join(one.text for one in segments if one.op != "added") == old


# -- In time -----------------------------------------------------------------------------------------------------------


def _lines_between(line):
    """Lines that stay, with others between them."""
    return "".join(f"k{number}\n{line(number)}\n" for number in range(150))


_CHANCE = random.Random(7)
_HOSTILE = {
    "Cyrillic letters and gaps": ("a " * 50_000, "а\xa0" * 50_000),
    "gaps alone": ("1 " * 50_000, "1\xa0" * 50_000),
    "accents": ("\u0301a" * 50_000, "\u0300a" * 50_000),
    "accents and letters": ("\u0301a" * 50_000, "\u0301а" * 50_000),
    "accents that came": ("a" * 50_000, "\u0301a" * 50_000),
    "in one word": ("a" * 50_000, "a\u200b" * 50_000),
    "lines": ("a\n" * 50_000, "а\n" * 50_000),
    "empty lines": (" \n" * 50_000, "\xa0\n" * 50_000),
    "line breaks for gaps": ("a " * 50_000, "a\n" * 50_000),
    "only gaps": (" " * 100_000, "\n" * 100_000),
    "other words": ("".join(f"a{n} " for n in range(12_000)), "".join(f"а{n}\xa0" for n in range(12_000))),
    "figures": ("1 " * 50_000, "2 " * 50_000),
    "commas": (_lines_between(lambda _: "x, " * 160), _lines_between(lambda _: "y, " * 160)),
    "two words": tuple(_lines_between(lambda _: " ".join(_CHANCE.choices("ab", k=300))) for _ in range(2)),
    "a figure among gaps": ("a " * 20_000 + "5 mg " + "a " * 20_000, "a\xa0" * 20_000 + "7 mg " + "a\xa0" * 20_000),
}


# Of the others both sides are built alike, so the other way round is the same work.
_OTHER_WAY_ROUND = {"accents and letters", "accents that came", "in one word", "line breaks for gaps"}


@pytest.mark.parametrize("name", _HOSTILE)
def test_a_hostile_text_is_compared_and_shown_in_time(name):
    for old, new in (_HOSTILE[name], *([_HOSTILE[name][::-1]] if name in _OTHER_WAY_ROUND else [])):
        with within(1.5):
            segments = word_diff(old, new)
            blocks = [side(segments, mark) for mark in ("removed", "added")]

        assert "".join(one.text for one in segments if one.op != "added") == old
        assert "".join(one.text for one in segments if one.op != "removed") == new
        assert len(segments) <= 5000
        assert all(blocks)
        assert all(len(one.name) < 300 for one in segments)


def test_too_many_signs_are_counted_together_and_keep_their_kind():
    letters, gaps = (
        [(one.op, one.kind, one.name) for one in word_diff(*_HOSTILE[name]) if one.op != "same"]
        for name in ("Cyrillic letters and gaps", "gaps alone")
    )

    assert letters[1] == (
        "added", "sign",
        "50000 × Cyrillic а U+0430, 50000 × no-break space U+00A0 (was: 50000 × Latin a, 50000 × space)",
    )  # fmt: skip
    assert [(op, kind) for op, kind, _name in gaps] == [("removed", "gap"), ("added", "gap")]
    assert gaps[1][2] == "50000 × no-break space U+00A0 (was: 50000 × space)"


def test_a_changed_figure_stays_in_sight_among_too_many_signs():
    segments = word_diff(*_HOSTILE["a figure among gaps"])

    assert [one.text for one in segments if one.kind == "words" and one.op != "same"] == ["5", "7"]


def test_of_too_many_signs_that_changed_places_something_is_said():
    old, new = "a b\xa0" * 2000, "a\xa0b " * 2000

    assert {one.name for one in word_diff(old, new) if one.op != "same"} == {"the same signs in other places"}


def test_a_text_with_many_words_changed_is_told_as_one():
    old, new = ("\n".join(f"k{n}\n{word}{n} stays {word}" for n in range(480)) for word in "xy")
    segments = word_diff(old * 4, new * 4)

    assert len(segments) <= 4000
    assert "".join(one.text for one in segments if one.op != "removed") == new * 4
