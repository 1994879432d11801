"""The one base of every form: what is wrong stands at its box, and rows are rows."""

import pytest
from django import forms
from django.template.loader import render_to_string

from reviews.access.refusals import Refusal
from reviews.forms import MOST_ROWS, Form, Row, Text, offer, password, rows_of
from tests.forms import rows


class Pair(Row):
    one = Text(label="One")
    two = forms.ChoiceField(label="Two", choices=[("", "Choose"), ("x", "X")])


class Trial(Form):
    words = Text(rows=2, label="Words", help_text="Some.")
    choice = forms.ChoiceField(label="Choice", choices=[("a", "A")])
    password = password()

    def __init__(self, data=None, initial=()):
        super().__init__(data)
        self.rows["pairs"] = rows_of(Pair, "pairs", "Pairs", data, list(initial))


def test_a_verb_is_given_each_box_as_it_was_read_or_else_as_it_was_sent():
    form = Trial({"words": " as typed ", "choice": "bogus", **rows("pairs")})

    assert form.given == {"words": " as typed ", "choice": "bogus", "password": ""}
    assert Trial({"choice": "a", **rows("pairs")}).given == {"words": "", "choice": "a", "password": ""}


def test_a_box_says_a_fault_once_in_the_words_of_the_verb():
    form = Trial({"choice": "bogus", **rows("pairs")})
    found = [Refusal("x", "Choose what came of it.", field="choice"), Refusal("y", "It was not there.", field="choice")]

    assert form.errors == {"choice": ["Choose one from the list."]}
    assert form.refuse(found) == []
    assert form.errors == {"choice": ["Choose what came of it.", "It was not there."]}


class Ticked(Form):
    tick = forms.BooleanField(label="Read it", help_text="All of it.")


def test_a_tick_says_its_hint_and_what_is_wrong_with_it():
    form = Ticked({})
    before = str(form["tick"].as_field_group())
    form.refuse([Refusal("unticked", "Tick this too.", field="tick")])
    html = str(form["tick"].as_field_group())

    assert '<span class="hint" id="id_tick_helptext">All of it.</span>' in before
    assert "error" not in before
    assert '<span class="error" id="id_tick_error">Tick this too. </span>' in html
    assert 'aria-describedby="id_tick_helptext id_tick_error"' in html
    assert '<div class="field-bad">' in html


def test_no_box_is_required_and_nul_is_left_to_the_verb():
    form = Trial({"words": "a\x00b", **rows("pairs")})

    assert form.is_valid()
    assert form.cleaned_data["words"] == "a\x00b"


def test_half_a_character_is_read_and_shown_as_a_letter_that_was_lost():
    form = Trial({"words": "a\ud800b", "choice": "\udfff", **rows("pairs", {"one": "\ud83d", "two": "\ude00"})})

    assert form.given["words"] == "a\ufffdb"
    html = form.as_p() + render_to_string("components/_rows.html", {"rows": form.rows["pairs"]})
    assert "a\ufffdb" in html
    assert html.encode()
    assert [words for _, words in form.faults] == [
        "Choice: Choose one from the list.",
        "Pairs, row 1: Two: Choose one from the list.",
    ]


def test_a_refusal_stands_at_its_box_and_the_rest_is_answered():
    form, other = Trial({"words": "x", **rows("pairs")}), Refusal("other", "Something else.")

    assert form.refuse([Refusal("bad", "Not so.", field="words"), other]) == [other]
    assert form.faults == [("id_words", "Words: Not so.")]
    html = form["words"].as_field_group()
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_words_helptext id_words_error"' in html
    assert "Not so." in html


def test_a_form_that_was_not_sent_takes_no_refusal():
    refusal = Refusal("bad", "Not so.", field="words")

    assert Trial().refuse([refusal]) == [refusal]


def test_a_choice_that_is_none_of_the_list_is_said_in_plain_words():
    assert Trial({"choice": "b", **rows("pairs")}).faults == [("id_choice", "Choice: Choose one from the list.")]


def test_what_is_wrong_in_a_row_is_said_with_its_number():
    form = Trial(rows("pairs", {"one": "1", "two": "x"}, {"one": "", "two": "x"}, {"one": " ", "two": "y"}, {"one": "2", "two": "y"}))  # fmt: skip

    assert not form.is_valid()
    assert form.faults == [("id_pairs-3-two", "Pairs, row 4: Two: Choose one from the list.")]
    assert [row["one"].value() for row in form.rows["pairs"].filled] == ["1", "2"]


@pytest.mark.parametrize("more", ["pairs", "others"])
def test_another_row_is_added_to_its_list_and_nothing_is_judged(more):
    form = Trial({"choice": "b", "more": more, **rows("pairs", {"one": "1", "two": "y"})})

    assert (form.is_valid(), form.refused_status, form.faults) == (False, 200, [])
    assert len(form.rows["pairs"].forms) == (2 if more == "pairs" else 1)


def test_rows_that_are_too_many_come_back_and_are_refused():
    form = Trial(rows("pairs", *[{"one": "1"}] * (MOST_ROWS + 1)))

    assert not form.is_valid()
    assert form.faults == [("", f"Pairs: A list has at most {MOST_ROWS} rows.")]
    assert len(form.rows["pairs"].forms) == MOST_ROWS + 1


@pytest.mark.parametrize("told", ["101", "1000", "100000"])
def test_no_row_is_made_because_of_a_number_alone(told):
    form = Trial({**rows("pairs", {"one": "1", "two": "x"}), "pairs-TOTAL_FORMS": told})

    assert not form.is_valid()
    assert form.faults == [("", f"Pairs: A list has at most {MOST_ROWS} rows.")]
    assert len(form.rows["pairs"].forms) == 1


@pytest.mark.parametrize("told", ["0", "-5", "1", "x", ""])
def test_rows_beyond_their_number_come_back_and_are_told(told):
    form = Trial({**rows("pairs", {"one": "1", "two": "x"}, {"one": "2", "two": "x"}), "pairs-TOTAL_FORMS": told})

    assert not form.is_valid()
    assert form.faults == [("", "Pairs: The rows of this list did not arrive. Load the page again.")]
    assert [row["one"].value() for row in form.rows["pairs"].filled] == ["1", "2"]
    assert not form.is_whole


def test_a_full_list_says_so_and_takes_no_row():
    full = rows("pairs", *[{"one": "1", "two": "x"}] * MOST_ROWS)
    form = Trial({**full, "more": "pairs"})

    html = render_to_string("components/_rows.html", {"rows": form.rows["pairs"]})
    assert len(form.rows["pairs"].forms) == MOST_ROWS
    assert f"This list is full: it has {MOST_ROWS} rows, and none can be added." in html
    assert 'role="status" tabindex="-1" autofocus' in html
    assert 'name="more"' not in html
    assert Trial(full).is_valid()


def test_rows_that_did_not_arrive_are_told():
    assert Trial({"words": "x"}).faults == [("", "Pairs: The rows of this list did not arrive. Load the page again.")]


def test_a_password_is_no_word_that_is_looked_through_and_never_comes_back():
    form = Trial({"words": "w", "password": "secret", **rows("pairs", {"one": "1"})})

    assert form.typed_words == ["w", "", "1", ""]
    assert "secret" not in form["password"].as_field_group()


def test_choices_can_depend_on_who_asks():
    form = Trial()
    offer(form, "choice", [("z", "Z")])

    assert '<option value="z">Z</option>' in form["choice"].as_field_group()
