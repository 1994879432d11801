"""What a send-back brings along: remarks on parts, whose words never change and which nobody passes over."""

import pytest
from django.db import DatabaseError, models, transaction

from monographs.digest import digest_of_part
from monographs.models import WriteLock
from reviews.access.refusals import Refused
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.editing import parts
from reviews.editing.remarks import answer_remark, reopen_remark
from reviews.models import AuditEvent, Remark
from reviews.review.edition_review import EditionReview
from reviews.review.remarks import parts_of, taken
from reviews.workflow import perform
from tests import factories as make
from tests import tables

pytestmark = pytest.mark.django_db


def send_back(edition, actor, remarks, reason="Two things"):
    return perform(
        "send-back", editions=[edition], actor=actor, digest=make.seen(edition), reason=reason, remarks=remarks
    )[0]


def on(name):
    return str(make.key(name))


@pytest.fixture
def in_review(house):
    return make.submit(house, make.draft(house))


def test_remarks_go_with_the_send_back_in_one_act(house, in_review):
    send_back(
        in_review, house.clinician, {on("monitoring"): " Every week? ", "header": "The name", on("prescribing"): " "}
    )

    entry = AuditEvent.objects.latest("seq")
    rows = list(Remark.objects.all())
    assert [(one.part, one.words, one.by, one.round, one.is_open) for one in rows] == [
        ("header", "The name", house.clinician, 1, True),
        (on("monitoring"), "Every week?", house.clinician, 1, True),
    ]
    assert rows[1].label == EditionReview.load(in_review).label_of(on("monitoring"))
    assert (entry.verb, entry.reason, entry.data["remarks"]) == ("sent_back", "Two things", [one.pk for one in rows])
    assert {f"reviews.remark:{one.pk}" for one in rows} < set(entry.data["rows"])
    assert [one for one in verify() if "checkpoint" not in one[1]] == []


def test_a_send_back_without_remarks_is_as_it_was(house, in_review):
    send_back(in_review, house.clinician, {})

    assert "remarks" not in AuditEvent.objects.latest("seq").data
    assert not Remark.objects.exists()


def test_a_remark_on_what_the_edition_does_not_have_is_refused_and_nothing_is_written(house, in_review):
    with pytest.raises(Refused) as refused:
        send_back(in_review, house.clinician, {"header": "The name", on("elsewhere"): "Where is it?"})

    (one,) = refused.value.refusals
    assert (one.code, one.field) == ("no_such_part", f"remark-{on('elsewhere')}")
    in_review.refresh_from_db()
    assert (in_review.state, Remark.objects.count()) == ("in_review", 0)


def test_all_remarks_that_may_not_be_kept_are_named_at_once_and_not_recorded(house):
    with pytest.raises(Refused) as refused:
        taken({"header": "Seen in 999 000 0018", on("monitoring"): "x" * 2_001, "order": "Fine"})

    assert [one.code for one in refused.value.refusals] == ["patient_data", "too_long"]
    assert refused.value.recorded is False


def test_a_remark_may_be_on_a_part_that_the_edition_takes_out(house):
    draft = make.start(house, make.published(house))
    part = next(one for one in EditionReview.load(draft).document.parts() if str(one.key) == on("monitoring"))
    parts.remove_part(draft, part, seen=digest_of_part(part), actor=house.editor, reason="Out")
    make.submit(house, draft)

    send_back(draft, house.clinician, {on("monitoring"): "Why is it gone?"})

    assert Remark.objects.get().label == part.label_for_people
    assert Remark.objects.get().part not in {str(one.key) for one in EditionReview.load(draft).document.parts()}
    assert on("monitoring") in parts_of(EditionReview.load(draft))


def test_an_edition_with_an_unanswered_remark_is_not_sent_for_review(house, in_review):
    send_back(in_review, house.clinician, {on("monitoring"): "Every week?", "header": "The name"})

    with pytest.raises(Refused) as refused:
        make.submit(house, in_review)
    assert [(one.code, one.part) for one in refused.value.refusals] == [
        ("remark_unanswered", "header"), ("remark_unanswered", on("monitoring")),
    ]  # fmt: skip

    for one in Remark.objects.all():
        answer_remark(one, outcome="done", answer="", actor=house.editor)
    make.submit(house, in_review)
    assert in_review.state == "in_review"


# -- What becomes of it ------------------------------------------------------------------------------------------------


@pytest.fixture
def remark(house, in_review):
    send_back(in_review, house.clinician, {on("monitoring"): "Every week?"})
    return Remark.objects.get()


def test_the_words_of_a_remark_never_change_and_it_is_never_deleted(house, remark):
    for change in ({"words": "Other"}, {"by": house.editor}, {"part": "header"}, {"round": 7}, {"label": "x"}):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            with make.undone():
                tables_held(lambda change=change: models.QuerySet(Remark).update(**change))
    with pytest.raises(DatabaseError), transaction.atomic():
        with make.undone():
            tables_held(lambda: models.QuerySet(Remark)._raw_delete("default"))
    with pytest.raises(DatabaseError), transaction.atomic():
        models.QuerySet(Remark).update(answer="Slipped in")


def tables_held(act):
    WriteLock.objects.filter(pk=1).update(held=True)
    act()


def test_what_somebody_else_wrote_into_a_remark_is_told(house, remark):
    with tables.no_triggers():
        models.QuerySet(Remark).update(words="Nothing is wrong")

    assert any(sentence.startswith(f"reviews.remark:{remark.pk}") for _seq, sentence in verify())


def test_audited_write_is_the_way_in(house, remark):
    with audited_write(actor=house.editor) as trail:
        trail.record("tried", "test")
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            remark.words = "Other"
            remark.save()


def test_reopening_takes_the_answer_back_and_the_history_keeps_it(house, remark):
    answer_remark(remark, outcome="left", answer="The source says so", actor=house.editor)
    reopen_remark(remark, actor=house.editor2)

    remark.refresh_from_db()
    entries = list(AuditEvent.objects.order_by("-seq").values_list("verb", "reason")[:2])
    assert (remark.is_open, remark.answer, remark.outcome, remark.answered_by) == (True, "", "", None)
    assert entries == [("remark_reopened", ""), ("remark_answered", "The source says so")]
    assert [one for one in verify() if "checkpoint" not in one[1]] == []
