"""Which live pages rest on whose signature, and the reviews that are opened of them."""

from datetime import timedelta

import pytest

from monographs.models import Monograph, Publication
from monographs.standing import today
from reviews.access import rechecks, registrations
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.models import AuditEvent, ClinicianProfile, Recheck
from reviews.workflow import perform
from tests import factories as make
from tests.tables import no_triggers

pytestmark = pytest.mark.django_db


def profile(house, name="clinician"):
    return ClinicianProfile.objects.get(user=house.people[name])


def resting(house, name="clinician"):
    one = profile(house, name)
    return [page.monograph.slug for page in rechecks.resting_on([one])[one.pk]]


def refused(act):
    before = list(Recheck.objects.values())
    with pytest.raises(Refused) as error:
        act()
    assert list(Recheck.objects.values()) == before
    assert AuditEvent.objects.latest("seq").verb == "refused"
    return error.value.codes


def amended(house, edition, *signers):
    """Another edition, which the pharmacist and the second clinician sign."""
    second = make.start(house, edition)
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    second = make.submit(house, second)
    for name in signers or ("pharmacist", "clinician2"):
        second = make.sign(second, house.people[name])
    return make.publish(house, second)


def test_a_page_rests_on_every_signature_since_its_last_full_review(house):
    edition = make.published(house)
    make.published(house, "secondumab")
    make.signed(house, "waitumab")  # signed, and not published

    assert resting(house) == resting(house, "pharmacist") == ["secondumab", "testazumab"]
    assert resting(house, "clinician2") == []

    amended(house, edition)
    # An amendment was signed for what changed alone: the rest is still the first signer's word.
    assert resting(house) == ["secondumab", "testazumab"]
    assert resting(house, "clinician2") == ["testazumab"]


def test_a_signature_taken_back_carries_nothing(house):
    edition = make.signed(house)
    make.sign(edition, house.clinician2)
    perform("unsign", editions=[edition], actor=house.clinician, digest=make.seen(edition), reason="Doubts")
    edition.refresh_from_db()
    make.publish(house, edition)

    assert resting(house) == []
    assert resting(house, "clinician2") == ["testazumab"]


def test_a_signature_before_the_last_full_review_carries_nothing(house):
    make.published(house)
    monograph = Monograph.objects.select_related("live").get()
    with make.undone(), no_triggers():
        Publication.objects.filter(pk=monograph.live_id).update(last_full_review=today() + timedelta(days=1))
        assert resting(house) == []
    assert resting(house) == ["testazumab"]


def test_the_report_asks_two_queries_however_many_they_are(house, django_assert_num_queries):
    for slug in ("oneumab", "twoumab", "threeumab"):
        make.published(house, slug)
    profiles = list(ClinicianProfile.objects.all())

    with django_assert_num_queries(2):
        assert sum(map(len, rechecks.resting_on(profiles).values())) == 6


@pytest.mark.parametrize("end", ["strike_off", "lapse"])
def test_an_ending_opens_the_review_of_each_page_in_the_same_act(house, end):
    make.published(house)
    make.published(house, "secondumab")

    getattr(registrations, end)(profile(house), actor=house.admin, reason="The register says so")

    assert set(Recheck.objects.values_list("monograph__slug", "profile", "reason", "opened_by", "closed_at")) == {
        (slug, profile(house).pk, "The register says so", house.admin.pk, None) for slug in ("testazumab", "secondumab")
    }
    ended, opened = AuditEvent.objects.order_by("-seq")[:2][::-1]
    assert (ended.verb, opened.verb) == ("registration_ended", "rechecks_opened")
    assert opened.subject == "monograph:secondumab,monograph:testazumab"
    assert len(opened.data["rows"]) == 2
    assert [one for one in verify() if "checkpoint" not in one[1]] == []


def test_reviews_are_opened_once_and_by_administrators_with_a_reason(house):
    edition = make.published(house)
    one = profile(house)
    for who in ("editor", "clinician", "pharmacist", "publisher", "auditor", "nobody"):
        act = lambda who=who: rechecks.open_rechecks(one, actor=house.people[who], reason="Conflicted")  # noqa: E731
        assert refused(act) == ["no_administrator"]
    assert refused(lambda: rechecks.open_rechecks(one, actor=house.admin, reason=" ")) == ["reason"]

    (made,) = rechecks.open_rechecks(one, actor=house.admin, reason="Paid by the maker")

    assert rechecks.resting_on([one])[one.pk][0].recheck == made
    assert refused(lambda: rechecks.open_rechecks(one, actor=house.admin, reason="Again")) == ["nothing_rests"]
    # Striking off opens none twice, and one that was closed may be opened again.
    with make.undone():
        registrations.strike_off(one, actor=house.admin, reason="Read")
        assert Recheck.objects.count() == 1
    rechecks.close_recheck(made, actor=house.clinician2, found="It is right")
    assert len(rechecks.open_rechecks(one, actor=house.admin, reason="Paid by another maker")) == 1
    assert edition.monograph.rechecks.count() == 2


def test_a_verified_clinician_who_had_no_part_in_it_says_what_was_found(house):
    make.published(house)
    (made,) = rechecks.open_rechecks(profile(house), actor=house.admin, reason="Paid by the maker")
    for who, code in (
        ("editor", "not_granted"), ("publisher", "not_granted"), ("admin", "not_granted"), ("nobody", "not_granted"),
        ("clinician", "own_signature"),
    ):  # fmt: skip
        act = lambda who=who: rechecks.close_recheck(made, actor=house.people[who], found="Right")  # noqa: E731
        assert refused(act) == [code], who
    make.give_role(house.editor, "clinician", actor=house.admin)
    editor = type(house.editor).objects.get(pk=house.editor.pk)
    assert refused(lambda: rechecks.close_recheck(made, actor=editor, found="Right")) == ["not_verified"]
    make.clinician(editor, actor=house.admin, profession="doctor", number="0000044")
    editor = type(house.editor).objects.get(pk=house.editor.pk)
    assert refused(lambda: rechecks.close_recheck(made, actor=editor, found="Right")) == ["contributed"]
    assert refused(lambda: rechecks.close_recheck(made, actor=house.clinician2, found=" ")) == ["reason"]

    closed = rechecks.close_recheck(made, actor=house.clinician2, found="Read again: it is right")

    assert (closed.found, closed.closed_by) == ("Read again: it is right", house.clinician2)
    last = AuditEvent.objects.latest("seq")
    assert (last.verb, last.subject, last.reason) == ("recheck_closed", "monograph:testazumab", closed.found)
    assert closed.closed_at == last.at
    assert refused(lambda: rechecks.close_recheck(made, actor=house.pharmacist, found="Right")) == ["found_already"]
