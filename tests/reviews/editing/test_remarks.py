"""Who says what became of a remark, when, and with which words."""

import pytest

from reviews.access.refusals import Refused
from reviews.editing.remarks import answer_remark, reopen_remark
from reviews.models import AuditEvent, Remark
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def remark(house):
    edition = make.submit(house, make.draft(house))
    remarks = {str(make.key("monitoring")): "Every week?"}
    perform("send-back", editions=[edition], actor=house.clinician, digest=make.seen(edition), reason="One", remarks=remarks)  # fmt: skip
    return Remark.objects.get()


def codes(act, *args, **how):
    with pytest.raises(Refused) as refused:
        act(*args, **how)
    return refused.value.codes


def test_an_answer_says_who_when_and_what(house, remark):
    answer_remark(remark, outcome="left", answer=" The source says so ", actor=house.editor)

    remark.refresh_from_db()
    entry = AuditEvent.objects.latest("seq")
    assert (remark.outcome, remark.answer, remark.answered_by, remark.answered_at) == (
        "left", "The source says so", house.editor, entry.at,
    )  # fmt: skip
    assert (entry.verb, entry.subject, entry.reason) == (
        "remark_answered",
        "monograph:testazumab",
        "The source says so",
    )
    assert (entry.data["remark"], entry.data["label"], entry.data["outcome"]) == (remark.pk, remark.label, "left")


def test_done_needs_no_word_and_left_needs_one(house, remark):
    assert codes(answer_remark, remark, outcome="left", answer=" ", actor=house.editor) == ["reason"]
    assert codes(answer_remark, remark, outcome="", answer="Yes", actor=house.editor) == ["outcome"]

    assert answer_remark(remark, outcome="done", answer=" ", actor=house.editor).answer == ""


def test_only_whoever_may_edit_answers_and_takes_it_back(house, remark):
    for somebody in (house.publisher, house.auditor, house.nobody):
        assert codes(answer_remark, remark, outcome="done", answer="", actor=somebody) == ["not_granted"]
    answer_remark(remark, outcome="done", answer="", actor=house.editor2)
    assert codes(reopen_remark, remark, actor=house.publisher) == ["not_granted"]


def test_a_second_answer_is_refused_and_so_is_taking_back_none(house, remark):
    assert codes(reopen_remark, remark, actor=house.editor) == ["not_answered"]
    answer_remark(remark, outcome="done", answer="", actor=house.editor)
    assert codes(answer_remark, remark, outcome="left", answer="No", actor=house.editor2) == ["answered_already"]


def test_once_it_is_sent_again_nothing_of_it_changes(house, remark):
    answer_remark(remark, outcome="done", answer="", actor=house.editor)
    make.submit(house, remark.edition)

    assert codes(reopen_remark, remark, actor=house.editor) == ["wrong_state"]
