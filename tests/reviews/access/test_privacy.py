"""Nothing about a patient is kept: a reason with a valid NHS number is refused before anything is stored."""

import pytest

from monographs.assemble import build
from monographs.digest import digest_of_part
from reviews.access.privacy import holds_nhs_number, kept
from reviews.access.refusals import Refused
from reviews.editing import parts
from reviews.models import AuditEvent
from reviews.workflow import perform
from tests import factories as make

# Numbers of the range that is set aside for tests (999 …), with right and wrong check digits.
VALID = [
    "9990000018",
    "999 000 0018",
    "999-000-0018",
    "999\u2013000\u20110018",
    "999 0000018",
    "see 9990000018, please",
    "x9990000018x",
    "(9990000026)",
    "9434765919",
    "4505577104",
    "4010232137",
    "0000000000",
    "1234567890 and 999 000 0018",
]
OTHER = [
    "9990000019",
    "99900000181",
    "19990000018",
    "999  000 0018",
    "99 90000018",
    "9990 000018",
    "999/000/0018",
    "4340765919",  # digits that changed places
    "9434756919",
    "1234567890",
    "999000001",
    "10.1016/S0140-6736(12)61769-3",
    "380(9856):1819-1828",
    "",
]


@pytest.mark.parametrize("text", VALID)
def test_a_valid_number_is_seen_however_it_is_written(text):
    assert holds_nhs_number(text)


@pytest.mark.parametrize("text", OTHER)
def test_other_numbers_are_none(text):
    assert not holds_nhs_number(text)


@pytest.mark.django_db
def test_a_reason_with_one_is_neither_stored_nor_recorded(house):
    edition = make.submit(house, make.draft(house))
    before = AuditEvent.objects.count()

    with pytest.raises(Refused, match="holds an NHS number"):
        perform(
            "send-back",
            editions=[edition],
            actor=house.pharmacist,
            digest=make.seen(edition),
            reason="Seen in 999 000 0018",
        )
    part = build(edition).sections[0]
    with pytest.raises(Refused, match="holds an NHS number"):
        parts.save_part(
            edition, part.replaced(text="x"), seen=digest_of_part(part), actor=house.editor, reason="9990000018"
        )

    assert AuditEvent.objects.count() == before
    assert not AuditEvent.objects.filter(reason__contains="0018").exists()


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
