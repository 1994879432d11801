"""Two changes of one text: what merges, what clashes, and that nothing is made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.difference.merge import MOST_BLOCKS, blocks, merged
from monographs.texts.grammar import faults

BASE = """Tests go on for years.

- Blood count every month.
- Thyroid function every 3 months,
  until 48 months after the last dose.
  - Sooner if unwell.
- Pulse during an infusion.

Tell the patient why."""


def said(text, **instead):
    """The text with other words in some blocks."""
    names = {"years": "Tests go on for years.", "count": "- Blood count every month.", "why": "Tell the patient why."}
    for name, words in instead.items():
        assert names[name] in text
        text = text.replace(names[name], words)
    return text


def test_a_block_is_a_paragraph_or_an_item_with_what_is_inside_it():
    assert [(one.kind, one.apart) for one in blocks(BASE)] == [
        ("paragraph", None),
        ("bullet", True),
        ("bullet", False),
        ("bullet", False),
        ("paragraph", True),
    ]
    assert blocks(BASE)[2].words.endswith("  - Sooner if unwell.")


def test_changes_in_different_blocks_are_both_in():
    mine, theirs = said(BASE, count="- Blood count every week."), said(BASE, why="Tell the patient and the family why.")

    assert merged(BASE, mine, theirs) == said(
        BASE, count="- Blood count every week.", why="Tell the patient and the family why."
    )


def test_so_they_are_in_neighbours():
    mine, theirs = said(BASE, years="Tests go on."), said(BASE, count="- Blood count every week.")

    assert merged(BASE, mine, theirs) == said(BASE, years="Tests go on.", count="- Blood count every week.")


def test_an_item_and_a_paragraph_that_are_put_in_find_their_places():
    mine = BASE.replace("infusion.", "infusion.\n- Weight.")
    theirs = f"Before all: weigh.\n\n{BASE}"

    assert merged(BASE, mine, theirs) == f"Before all: weigh.\n\n{mine}"


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        pytest.param(said(BASE, why="Say why."), said(BASE, why="Say it."), id="one block, two ways"),
        pytest.param(said(BASE, why="Say why."), said(BASE, why="Say why."), id="one block, the same way"),
        pytest.param(said(BASE, why="Say why."), BASE.removesuffix("\n\nTell the patient why."), id="one takes it out"),
        pytest.param(f"{BASE}\n\nA.", f"{BASE}\n\nB.", id="two put in at one place"),
        pytest.param(f"{BASE}\n\nA.", said(BASE, why="Say why."), id="put in beside what was changed"),
        pytest.param(
            BASE.replace("Sooner if unwell", "Sooner"), BASE.replace("48 months", "4 years"), id="inside one item"
        ),
        pytest.param(f"{BASE}\n\nA.", f"A.\n\n{BASE}", id="the same words at two places"),
    ],
)
def test_what_people_must_decide_is_a_clash(mine, theirs):
    assert merged(BASE, mine, theirs) is None
    assert merged(BASE, theirs, mine) is None


def test_of_a_block_that_stands_there_twice_nobody_can_tell_which_was_changed():
    assert (
        merged("Stop.\n\nWait.\n\nStop.\n\nGo on.", "Wait.\n\nStop.\n\nGo on.", "Stop.\n\nWait.\n\nStop.\n\nGo.")
        is None
    )


def test_what_would_be_at_fault_once_both_are_in_is_a_clash():
    """Each by itself leaves one item that is no figure, and so no mark that could be a minus."""
    base = "- Keep cold\n- 20 °C\n- 30 °C\n- Keep dry"
    mine, theirs = base.removeprefix("- Keep cold\n"), base.removesuffix("\n- Keep dry")

    assert not faults(mine)
    assert not faults(theirs)
    assert merged(base, mine, theirs) is None


def test_numbered_items_that_a_blank_line_keeps_apart_stay_two_lists():
    base = "1. Weigh.\n2. Dose.\n\nThen.\n\n1. Wait.\n2. Look."
    mine, theirs = base.replace("Weigh", "Measure"), base.replace("Look", "See")

    assert merged(base, mine, theirs) == base.replace("Weigh", "Measure").replace("Look", "See")


def test_a_blank_line_that_one_of_them_put_in_stays():
    spaced = BASE.replace("month.\n- Thyroid", "month.\n\n- Thyroid")

    assert merged(BASE, spaced, said(BASE, why="Say why.")) == said(spaced, why="Say why.")


def test_texts_of_more_blocks_than_one_can_overlook_are_left_to_people():
    base = "\n\n".join(map(str, range(MOST_BLOCKS)))
    assert merged(base, f"a{base}", f"{base}b") == f"a{base}b"

    longer = f"{base}\n\nOne more."
    assert merged(longer, f"a{longer}", f"{longer}b") is None


# -- Properties --------------------------------------------------------------------------------------------------------

KINDS = {"paragraph": "{}", "bullet": "- item {}\n  - and inside {}", "number": "1. step {}"}
Edit = tuple[str, int]


def text_of(made):
    """A text of (kind, words): items of one list stand line by line."""
    text, before = "", ""
    for kind, words in made:
        if before:
            text += "\n" if kind == before == "bullet" else "\n\n"
        text += KINDS[kind].replace("{}", words)
        before = kind
    return text


@st.composite
def edited(draw):
    """A base, and of each side which blocks it changed or took out and where it put one in."""
    base = [(draw(st.sampled_from(sorted(KINDS))), f"base {n}") for n in range(draw(st.integers(0, 9)))]
    sides = []
    for name in ("mine", "theirs"):
        changed = draw(st.dictionaries(st.integers(0, 8), st.sampled_from(["other words", "taken out"]), max_size=3))
        put_in = draw(st.sets(st.integers(0, 9), max_size=2))
        changed = {at: how for at, how in changed.items() if at < len(base)}
        put_in = {at for at in put_in if at <= len(base)}
        sides.append((name, changed, put_in))
    return base, sides


def after(base, name, changed, put_in):
    made = []
    for at, (kind, words) in enumerate([*base, ("", "")]):
        if at in put_in:
            made.append(("paragraph", f"{name} new {at}"))
        if kind and changed.get(at) != "taken out":
            made.append((kind, f"{name} {at}" if at in changed else words))
    return made


@given(edited())
def test_a_merge_makes_nothing_up_keeps_the_order_and_loses_no_change(case):
    base, sides = case
    was, (mine, theirs) = text_of(base), (text_of(after(base, *side)) for side in sides)

    made = merged(was, mine, theirs)

    assert merged(was, theirs, mine) == made
    assert merged(was, was, theirs) == theirs
    assert merged(was, mine, was) == mine
    assert merged(was, was, was) == was
    (_, changed, put_in), (_, changed_too, put_in_too) = sides
    if changed.keys() & changed_too.keys() or put_in & put_in_too:
        assert made is None
    if made is None:
        return
    three = {one: blocks(one) for one in (was, mine, theirs)}
    found = blocks(made)
    assert set(found) <= set().union(*three.values())
    for side, other in ((mine, theirs), (theirs, mine)):
        assert [one for one in found if one in three[side]] == [one for one in three[side] if one in found]
        assert set(three[side]) - set(three[was]) <= set(found)
        assert not (set(three[was]) - set(three[side])) & set(found)
        assert set(three[was]) & set(three[side]) - set(found) == set(three[was]) & set(three[side]) - set(three[other])


@given(edited())
def test_changes_that_do_not_touch_are_always_put_together(case):
    base, sides = case
    places = [
        {*changed, *(at - 1 for at in changed), *(at + 1 for at in changed), *put_in, *(at - 1 for at in put_in)}
        for _name, changed, put_in in sides
    ]
    if places[0] & places[1]:
        return
    both = {**sides[0][1], **sides[1][1]}
    named = {at: name for name, changed, put_in in sides for at in (*changed, *(f"in {one}" for one in put_in))}
    wanted = []
    for at, (kind, words) in enumerate([*base, ("", "")]):
        if f"in {at}" in named:
            wanted.append(("paragraph", f"{named[f'in {at}']} new {at}"))
        if kind and both.get(at) != "taken out":
            wanted.append((kind, f"{named[at]} {at}" if at in both else words))

    made = merged(text_of(base), *(text_of(after(base, *side)) for side in sides))

    assert made is not None
    assert [one.words for one in blocks(made)] == [one.words for one in blocks(text_of(wanted))]


@given(st.lists(st.text("ab-1. \n*|", max_size=30), min_size=3, max_size=3))
def test_whatever_is_typed_each_block_is_one_of_the_three(texts):
    made = merged(*texts)

    if made is not None:
        assert set(blocks(made)) <= {one for text in texts for one in blocks(text)}
