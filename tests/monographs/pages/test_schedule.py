"""When a test is due reads as a sentence, and says no more than was typed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.document import MonitoringItem
from monographs.pages.schedule import sentence
from tests import factories as make


def item(when="", how_often="", how_long=""):
    return MonitoringItem(key=make.key("i"), test="ECG", when=when, how_often=how_often, how_long=how_long)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        # The three of docs/clinical/monitoring.md
        (("before treatment",), "Before treatment."),
        (
            ("before treatment", "monthly", "at least 48 months after the last infusion"),
            "Before treatment, then monthly until at least 48 months after the last infusion.",
        ),
        (
            ("before treatment", "every 3 months", "at least 48 months after the last infusion"),
            "Before treatment, then every 3 months until at least 48 months after the last infusion.",
        ),
        (("before treatment", "before and during treatment"), "Before and during treatment."),
        (("before each infusion", "before and during treatment"), "Before each infusion; before and during treatment."),
        (("before each infusion", "every 2 hours"), "Before each infusion; every 2 hours."),
        (("before treatment", "daily for 3 days"), "Before treatment; daily for 3 days."),
        (("each infusion", "every 2 hours"), "Each infusion; every 2 hours."),
        (("before treatment", "once"), "Before treatment; once."),
        (
            ("before treatment", "every 1 to 2 weeks until stable, then every 2 to 3 months", "as long as it lasts"),
            "Before treatment, then every 1 to 2 weeks until stable, then every 2 to 3 months as long as it lasts.",
        ),
        (
            ("before treatment", "yearly; every 3 months in pregnancy", "until 2 months after stopping"),
            "Before treatment, then yearly; every 3 months in pregnancy, until 2 months after stopping.",
        ),
        (("before treatment", "daily", "course"), "Before treatment; daily; course."),
        (("", "monthly", "until day 9"), "Monthly until day 9."),
        (("", "", "until day 9."), "Until day 9."),
        (("pH before treatment",), "pH before treatment."),
        ((), ""),
    ],
)
def test_when_a_test_is_due_is_a_sentence(typed, said):
    assert sentence(item(*typed)) == said


PHRASES = [
    "", "before treatment", "before each dose", "at baseline", "monthly", "every 2 weeks, then yearly", "once", "as needed",
    "before and during treatment", "at least 4 months after the last dose", "until 3 months after", "course", "for ever",
]  # fmt: skip


@given(st.tuples(*[st.sampled_from(PHRASES)] * 3))
def test_every_word_that_was_typed_is_read_in_its_order(typed):
    said = re.findall(r"\w+", sentence(item(*typed)).lower())
    rest = iter(said)

    first = re.findall(r"\w+", typed[0] if typed[:2] != ("before treatment", "before and during treatment") else "")
    words = first + re.findall(r"\w+", f"{typed[1]} {typed[2]}")
    assert all(word in rest for word in words), said
    assert len(said) - len(words) <= 2  # "then", "until"
