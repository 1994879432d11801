"""The one door: every word that a person types into a verb, whichever verb takes it."""

import pytest

from reviews.access.door import admitted, as_code, kept, told
from reviews.access.refusals import Refused


@pytest.mark.parametrize(
    ("reason", "code"),
    [("a\x00b", "reason"), ("a\u202eb", "reason"), ("a\ud800b", "reason"), ("See 999 000 0018.", "patient_data")],
)
def test_a_reason_that_may_not_be_kept_is_refused_at_its_field_and_not_recorded(reason, code):
    with pytest.raises(Refused) as refused:
        kept(reason)

    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.kind, refusal.field) == (code, "invalid", "reason")
    assert refused.value.recorded is False


def test_a_reason_is_kept_without_spaces_around_it():
    assert kept(" Wrong \r\n since 2020. ") == "Wrong\n since 2020."
