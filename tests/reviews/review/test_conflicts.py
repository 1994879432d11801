"""A clinician declines an edition for a conflict of interest: not asked, not counted, and signs nothing of it until it is
taken back; who is left to ask is told."""

import pytest
from django.urls import reverse

from monographs.models import Edition
from monographs.standing import today
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.desk import queue
from reviews.desk.transition_labels import left_to_ask
from reviews.editing.assignments import assign
from reviews.models import Assignment, AuditEvent, Conflict, SignOff
from reviews.review.edition_review import EditionReview
from reviews.workflow import TRANSITIONS, perform, refusals
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def say(edition, who, act="declare-conflict", reason="Shares of the maker"):
    return perform(act, editions=[edition], actor=who, digest=make.seen(edition), reason=reason)[0]


def codes(edition, who, act="sign"):
    return [one.code for one in refusals(EditionReview.load(edition), TRANSITIONS[act], who)]


def task_of(user):
    (work,) = queue.open_work(user)
    return queue.task_for_me(work, user, user.clinician_profile)


def test_whoever_declined_is_not_asked_and_cannot_sign_until_it_is_taken_back(house):
    edition = make.submit(house, make.draft(house))

    say(edition, house.clinician)

    assert codes(edition, house.clinician) == ["has_conflict"]
    with pytest.raises(Refused, match="You declined this edition for a conflict of interest on"):
        make.sign(edition, house.clinician)
    assert (task_of(house.clinician), SignOff.objects.count()) == (None, 0)
    assert task_of(house.clinician2).what == "Review and signature"
    say(edition, house.clinician, "end-conflict", "It was sold")
    assert task_of(house.clinician).what == "Review and signature"
    make.sign(edition, house.clinician)
    rows = Conflict.objects.values_list("person", "is_declared", "reason")
    assert list(rows) == [(house.clinician.pk, True, "Shares of the maker"), (house.clinician.pk, False, "It was sold")]
    assert [one.reason for one in AuditEvent.objects.filter(verb__startswith="conflict_")] == [row[2] for row in rows]
    assert verify() == []


def test_it_holds_through_rounds_and_for_this_edition_alone(house):
    edition = make.submit(house, make.draft(house))
    say(edition, house.clinician)
    make.submit(house, make.send_back(house, edition, house.publisher))
    assert codes(edition, house.clinician) == ["has_conflict"]

    make.sign(edition, house.clinician2)
    make.publish(house, make.sign(edition, house.pharmacist))
    assert codes(Edition.objects.get(pk=edition.pk), house.clinician, "full-review") == ["has_conflict"]
    second = make.start(house, edition)
    make.reword(second, "monitoring", "Other words.", actor=house.editor)

    assert codes(make.submit(house, second), house.clinician) == []


def test_what_they_were_asked_to_sign_ends_with_it(house):
    edition = make.submit(house, make.draft(house))
    for who in (house.clinician, house.pharmacist):
        assign(edition, person=who, due_on=today(), actor=house.editor)

    say(edition, house.clinician)

    assert [one.person for one in Assignment.objects.standing()] == [house.pharmacist]
    one = Assignment.objects.get(person=house.clinician)
    assert (one.ended_how, one.ended_reason) == ("declined", "Shares of the maker")
    with pytest.raises(Refused, match="declined it for a conflict of interest"):
        assign(edition, person=house.clinician, due_on=today(), actor=house.editor)
    assert verify() == []


def test_it_needs_a_reason_and_comes_before_the_signature(house):
    edition = make.submit(house, make.draft(house))

    with pytest.raises(Refused) as without:
        say(edition, house.clinician, reason=" ")
    make.sign(edition, house.clinician)
    with pytest.raises(Refused) as signed:
        say(edition, house.clinician)

    assert (without.value.codes, signed.value.codes) == (["reason"], ["signed_already"])
    assert not Conflict.objects.exists()


def test_who_is_left_to_ask_can_sign_and_is_still_needed(house):
    edition = make.submit(house, make.draft(house))

    assert left_to_ask(say(edition, house.clinician)) == [house.clinician2, house.pharmacist]
    make.sign(edition, house.pharmacist)
    assert left_to_ask(EditionReview.load(edition)) == [house.clinician2]


def test_the_pages_tell_who_declined_and_who_is_left(client, house):
    edition = make.submit(house, make.draft(house))
    client.force_login(house.clinician)
    form = {"digest": make.seen(edition), "reason": "Shares of the maker"}

    told = client.post(reverse("do", args=["testazumab", "declare-conflict"]), form, follow=True).content.decode()
    page = client.get(reverse("review", args=["testazumab"])).content.decode()
    client.force_login(house.editor)
    of_editor = client.get(reverse("review", args=["testazumab"])).content.decode()

    assert "You declined edition 1. Left to ask: Test clinician2 and Test pharmacist." in told
    assert "I have no conflict of interest after all" in page
    for html in (page, of_editor):
        assert "Declined for a conflict of interest: Test clinician. Left to ask: Test clinician2 and Test pharmacist." in html  # fmt: skip
        assert "Shares of the maker" in html
    assert "Decline for a conflict of interest</button>" not in of_editor


def test_when_nobody_is_left_it_says_whom_to_tell(house, client):
    edition = make.submit(house, make.draft(house))
    for who in (house.clinician, house.clinician2):
        say(edition, who)
    client.force_login(house.pharmacist)

    form = {"digest": make.seen(edition), "reason": "Shares of the maker"}
    told = client.post(reverse("do", args=["testazumab", "declare-conflict"]), form, follow=True).content.decode()

    assert "Nobody else can sign it now. Ask your administrator for another clinician." in told
