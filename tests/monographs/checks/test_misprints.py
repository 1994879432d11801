"""Texts of which a page prints other signs than were typed: which they are, where they differ, what a correction meets."""

import pytest

from monographs.checks.misprints import MisprintedText, Quote, _Side, misprints, texts_of
from monographs.pages.corrected import places_of
from monographs.texts.quotes import found_in
from monographs.texts.text import shows_as_typed
from tests import factories as make
from tests import whole
from tests.monographs.pages.test_page import shown as page_of

# The first difference: what is typed, and what is shown.
DIFFER = {
    "exponents": ("1.5*10^9/L", "1.510^9/L"),
    "alleles": ("HLA-B*15:02", "HLA-B15:02"),
    "enzymes": ("CYP2C9*2, CYP2C9*3.", "CYP2C92, CYP2C93."),
    "powers": ("1**2", "12"),
    "underscores": ("__init__", "init"),
    "pluses": ("+ + +", ""),
    "footnote": ("*", "•"),
    "wrapped": ("-", "•"),
    "minus": ("-", "•"),
    "numbers": ("3.", "2."),
    "title": ('[the guideline](https://example.org "A title")', "the guideline"),
}


def of(text):
    return MisprintedText("key", "Label", text)


def differing(pieces):
    return [words for words, differs in pieces if differs]


def test_every_text_that_has_rules_is_looked_at_and_each_that_loses_signs_is_named():
    document = make.misprinted()
    shown = document.replaced(header=document.header.replaced(introduction="Below 1.5*10^9/L or 100*10^9/L."))
    notice = document.notices[0].replaced(text=make.MISPRINTED["alleles"])
    shown = shown.replaced(notices=(notice,))

    found = {one.key: one.label for one in misprints(shown)}

    assert found == {
        "header": "Introduction",
        **{str(make.key(name)): name.capitalize() for name in make.MISPRINTED},
        str(notice.key): "Safety notice: Mind the heart",
    }
    assert len(list(texts_of(shown))) == 1 + len(shown.sections) + len(shown.notices)


def test_what_is_shown_as_typed_and_what_follows_the_rules_of_today_is_none():
    assert misprints(make.document()) == []
    assert misprints(whole.whole()) == []
    document = make.document()
    today = document.sections[0].replaced(text=make.MISPRINTED["exponents"], text_rules=2)
    assert misprints(document.replaced(sections=(today,))) == []


@pytest.mark.parametrize("name", make.MISPRINTED)
def test_the_places_name_the_words_that_differ(name):
    text = of(make.MISPRINTED[name])
    assert not shows_as_typed(text.text)

    place, *_more = text.places()

    typed, shown = DIFFER[name]
    assert differing(place.typed)[0] == typed
    assert (differing(place.shown) or [""])[0] == shown


LONG = (
    "Words stand before it which nobody needs to read, then below 1.5*10^9/L stop, and after it there are as many more "
    "which nobody needs either, 2*3 of them."
)


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("Below 1.5*10^9/L or 100*10^9/L.", "Below 1.5*10^9/L or 100*10^9/L.", "Below 1.510^9/L or 10010^9/L."),
        (
            LONG,
            "…needs to read, then below 1.5*10^9/L stop, and after it there are as many more which…",
            "…needs to read, then below 1.510^9/L stop, and after it there are as many more which…",
        ),
        ("+ + +", "+ + +", ""),
        (f"{'x' * 400}*{'y' * 400}*{'z' * 400}", None, None),
    ],
)  # fmt: skip
def test_an_excerpt_stands_around_the_first_difference(text, typed, shown):
    excerpts = of(text).excerpts()

    if typed is None:  # one word without end
        assert max(map(len, excerpts)) < 200
        assert ["*" in one for one in excerpts] == [True, False]
    else:
        assert excerpts == (typed, shown)


def test_the_same_words_of_the_same_part_are_one_question():
    one = MisprintedText("a", "Old heading", "1*2*3")

    assert one.digest == MisprintedText("a", "New heading", "1*2*3").digest
    assert (
        len({one.digest, MisprintedText("b", "Old heading", "1*2*3").digest, MisprintedText("a", "", "1*2*4").digest})
        == 3
    )


# -- Corrections -------------------------------------------------------------------------------------------------------

TEXT = (
    "Stop below 1.5*10^9/L or platelets below 100*10^9/L. " + "Go on with it as before. " * 3 + "Ask for a 2*3*4 test."
)


@pytest.mark.parametrize(
    ("quotes", "left"),
    [
        ([], 3),
        (["1.510^9/L"], 2),
        (["1.5*10^9/L"], 2),
        (["below 1.510^9/L or platelets below 10010^9/L"], 1),
        (["below 1.5*10^9/L or platelets below 100*10^9/L", "a 234 test"], 0),
        (["Go on with it"], 3),
        (["as before"], 3),
        (["nothing of it"], 3),
        ([""], 3),
    ],
)
def test_a_correction_is_about_the_differences_that_it_quotes(quotes, left):
    assert len(of(TEXT).uncorrected([Quote(one) for one in quotes])) == left


@pytest.mark.parametrize("name", [name for name in make.MISPRINTED if name != "pluses"])
def test_what_is_offered_to_a_correction_is_about_its_place(name):
    """What shows nothing has no words to quote: it ends by an edition, or is harmless."""
    text = of(make.MISPRINTED[name])
    place = text.places()[0]

    assert place.quote
    assert not place.is_corrected
    assert text.places([Quote(place.quote)])[0].is_corrected


@pytest.mark.parametrize(
    ("name", "quotes"),
    [
        ("wrapped", ["Give 5", "10 mg once daily", "Give 5 - 10 mg", "Give 5 • 10 mg"]),
        ("minus", ["20 °C", "Store at", "Store at - 20 °C"]),
        ("numbers", ["Round down.", "3. Round down."]),
        ("title", ["the guideline", 'the guideline](https://example.org "A title")']),
    ],
)
def test_words_beside_a_mark_that_was_made_of_a_sign_are_about_it(name, quotes):
    for quote in quotes:
        assert of(make.MISPRINTED[name]).uncorrected([Quote(quote)]) == []


@pytest.mark.parametrize("quote", ["5 mg", "0 mg", "a 23", "ask for a", "34", "1.51", "510^9/L"])
@pytest.mark.parametrize("nth", [None, 0])
def test_words_and_figures_are_met_whole(quote, nth):
    """Not inside "2.5 mg", "10 mg" or "Task for"."""
    text = of("Give 2.5 mg\n- 10 mg or less. Task for a 2*3*4 test, 1.5*10^9/L.")

    assert text.uncorrected([Quote(quote, nth)]) == text.runs


def test_a_correction_is_about_the_words_that_it_counts():
    text = of("Give 10 mg. Later give 5\n- 10 mg once daily, and 10 mg at night.")

    assert [text.uncorrected([Quote("10 mg", nth)]) == [] for nth in range(4)] == [False, True, False, False]
    assert text.uncorrected([Quote("10 mg")]) == []


@pytest.mark.parametrize("name", make.MISPRINTED)
def test_words_are_counted_as_the_page_counts_them(name):
    document = make.misprinted(**{name: f"Cite [@trial2020] 5 mg **twice**.\n\n{make.MISPRINTED[name]}\n\n- 5 mg\n- x"})
    (place,) = [one for one in places_of(page_of(document)) if (one.part, one.field) == (str(make.key(name)), "text")]
    (text,) = misprints(document)

    shown = _Side(text.shown).text
    assert len(found_in(shown, "5 mg")) == len(found_in(place.text.words, "5 mg")) >= 2
    assert shown.replace(" ", "") == place.text.words.replace(" ", "")


def test_a_quotation_stays_within_a_line():
    (place,) = of("Take it with\n- 20 mL of water\n\nNext paragraph.").places()

    assert place.quote == "20 mL of"


def test_a_long_text_without_a_like_word_is_compared_in_time():
    text = of(" ".join(f"{n}*{n}*" if n < 900 else f"w{n}" for n in range(12_000)))

    assert len(text.text) > 70_000
    assert len(text.places()) >= 1
    assert max(map(len, text.excerpts())) < 300
