"""Which places words stand in, told apart over the editions; and what is said of words that stand nowhere quite so."""

import pytest

from monographs.pages.places import AROUND, FIELDS, Place, choices, label, near
from tests.monographs.texts.test_quotes import CITE


def place(html, part="p1", field="text", name="Practice"):
    return Place(part, field, name, html)


def told(found):
    return [(one.part, one.field, one.before, one.words, one.after, one.at) for one in found]


def test_what_stands_so_in_several_editions_is_one_place():
    found = choices({2: [place("Now look monthly there.")], 1: [place("Now look <b>monthly</b> there.")]}, "monthly")

    assert told(found) == [("p1", "text", "Now look ", "monthly", " there.", ((2, 0), (1, 0)))]
    assert (found[0].editions, found[0].stored()) == (
        [1, 2],
        [{"edition": 2, "part": "p1", "field": "text", "nth": 0}, {"edition": 1, "part": "p1", "field": "text", "nth": 0}],
    )  # fmt: skip


def test_what_stands_several_times_in_a_field_is_told_apart_by_the_words_around():
    """Somebody put a new sentence before the old one: what was the first is the second now."""
    found = choices({2: [place("Take 5 mg. Give 5 mg at night.")], 1: [place("Give 5 mg at night.")]}, "5 mg")

    assert told(found) == [
        ("p1", "text", "Take ", "5 mg", ". Give 5 mg at night.", ((2, 0),)),
        ("p1", "text", "Take 5 mg. Give ", "5 mg", " at night.", ((2, 1),)),
        ("p1", "text", "Give ", "5 mg", " at night.", ((1, 0),)),
    ]


LINES = "<p>{0}</p><ul><li>5 mg daily</li><li>with food</li></ul><p>{1}</p><ul><li>2 mg daily</li></ul>"
FAR = "who have normal kidneys and a normal weight for their age and height and take it with food, start on"
DIFFERENT = [
    ("Adults: 5 mg daily. Children: 2 mg daily.", "Adults: 2 mg daily. Children: 5 mg daily."),
    ("Adults. 5 mg daily. Children. 2 mg daily.", "Adults. 2 mg daily. Children. 5 mg daily."),
    (LINES.format("Adults", "Children"), LINES.format("Children", "Adults")),
    (f"Adults {FAR} 5 mg daily.", f"Children {FAR} 5 mg daily."),
    (f"Start on 5 mg daily, {FAR} it, in adults.", f"Start on 5 mg daily, {FAR} it, in children."),
    ("5 mg daily in adults.", "5 mg daily in children."),
    ("Never give 5 mg daily.", "Give 5 mg daily."),
    ("<p>5 mg daily</p><p>Adults only</p>", "<p>5 mg daily</p><p>Children only</p>"),
    ("Give 5 mg. Give 5 mg.", "Give 5 mg."),
]


@pytest.mark.parametrize(("old", "new"), DIFFERENT)
def test_words_that_stand_otherwise_in_another_edition_are_another_place(old, new):
    for one, other in ((old, new), (new, old)):
        found = choices({2: [place(one)], 1: [place(other)]}, "5 mg")

        assert {len(choice.editions) for choice in found} == {1}
        assert len({told([choice])[0][2:] for choice in found}) == len(found)  # and can be told apart
        assert all(choice.before + choice.words + choice.after for choice in found)


def test_a_part_that_has_another_name_is_another_place():
    found = choices({2: [place("5 mg daily.", name="Children")], 1: [place("5 mg daily.", name="Adults")]}, "5 mg")

    assert [(one.label, one.editions) for one in found] == [("Children", [2]), ("Adults", [1])]


@pytest.mark.parametrize("before", [*(f"{'More was written there. ' * n}" for n in (2, 3)), "x" * 300])
def test_what_changed_far_away_tells_nothing_apart(before):
    """But of what is far only whether there is any is shown."""
    sentence = "Nothing is said of anybody else in it, ever. Adults: 5 mg daily. And nothing is said of others after it, either."
    found = choices({2: [place(f"{before} {sentence} {before}")], 1: [place(f"Much. {sentence} Less.")]}, "5 mg")

    assert [one.editions for one in found] == [[1, 2]]


def test_a_key_names_the_words():
    assert choices({1: [place("5 mg")]}, "5 mg")[0].key != choices({1: [place("7 mg")]}, "7 mg")[0].key


def test_places_with_the_same_words_around_are_places_of_their_own():
    around = "x" * AROUND
    found = choices({1: [place(f"{around} 5 mg {around} {around} 5 mg {around}")]}, "5 mg")

    assert [one.at for one in found] == [((1, 0),), ((1, 1),)]
    assert len({one.key for one in found}) == 2


def test_places_come_in_the_order_of_the_newest_page_and_then_what_only_older_ones_had():
    editions = {
        2: [place("monthly", "b"), place("monthly", "a")],
        1: [place("monthly", "a"), place("monthly", "c"), place("monthly", "b", "heading")],
    }

    found = choices(editions, "monthly")

    assert [(one.part, one.field, one.editions) for one in found] == [
        ("b", "text", [2]), ("a", "text", [1, 2]), ("c", "text", [1]), ("b", "heading", [1])
    ]  # fmt: skip


def test_a_key_names_one_place_in_just_these_editions():
    one = {1: [place("a monthly")]}
    others = [
        one, {2: one[1]}, {2: one[1], 1: one[1]}, {1: [place("a monthly", "p2")]}, {1: [place("a monthly", field="note")]},
        {1: [place("monthly monthly")]},
    ]  # fmt: skip

    keys = [choices(editions, "monthly")[-1].key for editions in others]

    assert len(set(keys)) == len(keys)
    assert keys[0] == choices({1: [place("another, monthly")]}, " monthly ")[0].key


def test_a_few_words_are_shown_around_and_none_of_them_is_cut():
    long = " ".join(f"word{n:02}" for n in range(60))
    (found,) = choices({1: [place(f"{long} monthly {long}")]}, "monthly")

    assert (found.before[:8], found.after[-8:]) == ("… word31", "word28 …")
    assert found.before.endswith("word59 ")


def test_every_field_has_words_for_people():
    assert label("", "title") == "Title"
    assert label("Practice", "text") == "Practice"
    assert label("Monitoring: Blood count", "schedule") == "Monitoring: Blood count, when and how often"
    assert all(label("", name) or label("Part", name) == "Part" for name in FIELDS)


SAYS = f"<p>The patient’s dose{CITE} is “7.5&nbsp;mg” – once a week, 2.5 mg later.</p>"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("the patient’s dose", "The page says “The patient’s dose”. Yours differs in capital letters: copy it so."),
        ("patient's dose", "The page says “patient’s dose”. Yours differs in quotation marks: copy it so."),
        ('is "7.5 mg"', "The page says “is “7.5 mg””. Yours differs in quotation marks: copy it so."),
        ("” - once", "The page says “” – once”. Yours differs in dashes: copy it so."),
        ("7.5mg", "The page says “7.5 mg”. Yours differs in spaces: copy it so."),
        ("Once A week", "The page says “once a week”. Yours differs in capital letters: copy it so."),
        ("THE PATIENT'S dose", "The page says “The patient’s dose”. Yours differs in capital letters and quotation marks: copy it so."),
        ("dose1 is", "The page says “dose is”. Yours differs in the numbers of references: copy it so."),
        ("dose[1] is", "The page says “dose is”. Yours differs in the numbers of references: copy it so."),
        ("dose Reference 1 is", "The page says “dose is”. Yours differs in the numbers of references: copy it so."),
        ("5 mg later", "The page says “2.5 mg later.”. Quote whole words and figures."),
        ("atient’s do", "The page says “patient’s dose”. Quote whole words and figures."),
        ("never said", ""),
        ("", ""),
        (" - ", "The page says “–”. Yours differs in dashes: copy it so."),
    ],
)  # fmt: skip
def test_what_is_said_of_words_that_nearly_stand_there(words, sentence):
    assert near([place("Another text."), place(SAYS)], words) == sentence
