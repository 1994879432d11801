"""The small forms of acts."""

import pytest

from reviews.desk.act_forms import KEPT, reason_of
from reviews.workflow import TRANSITIONS


@pytest.mark.parametrize(
    ("name", "label"),
    [("send-back", "What must change?"), ("publish", "Why now, for our history"), ("discard", "Reason"), ("unsign", "Reason")],
)  # fmt: skip
def test_a_reason_is_asked_for_in_the_words_of_its_row(name, label):
    box = reason_of(TRANSITIONS[name], at=name)["reason"]

    assert (box.label, box.id_for_label) == (label, f"reason-{name}")
    assert (box.help_text == KEPT) == (label == "Reason")
