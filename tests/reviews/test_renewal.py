"""No change needed: signed like an edition, ends the overdue state, never moves the date of the last full review."""

from datetime import timedelta

import pytest

from monographs.models import Monograph, Publication
from monographs.standing import today
from reviews.access import rechecks
from reviews.access.refusals import Refused
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.editing.monographs import set_tier
from reviews.models import AuditEvent, ProblemReport, SignOff
from reviews.reports import service
from reviews.review import tiers
from reviews.review.edition_review import EditionReview
from reviews.workflow import TRANSITIONS, perform, refusals
from tests import factories as make
from tests.reviews.test_signing import Clock

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

DAY = timedelta(days=1)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def sign(edition, *people, act="no-change"):
    for one in people:
        given = make.attestation(edition, one, act)
        perform(act, editions=[edition], actor=one, digest=given.digest, attestation=given)


def page_of(edition):
    return Monograph.objects.select_related("live").get(pk=edition.monograph_id)


def codes(edition, who):
    return {one.code for one in refusals(EditionReview.load(edition), TRANSITIONS["no-change"], who)}


def test_with_the_full_set_the_page_is_in_date_again_and_its_full_review_keeps_its_date(house, clock, client):
    edition = make.published(house)
    full = page_of(edition).last_full_review
    clock.at += 40 * DAY
    with audited_write(actor=house.admin) as trail:
        page = page_of(edition)
        page.next_review_due = today(clock.at) - DAY
        trail.save(page, "next_review_due")
        trail.record("looked_up", "test")
    assert "Review overdue" in client.get("/drugs/testazumab/").content.decode()
    first = today(clock.at)

    sign(edition, house.clinician)
    assert (page_of(edition).renewed_on, page_of(edition).is_overdue(today(clock.at))) == (None, True)
    clock.at += 2 * DAY
    sign(edition, house.pharmacist)

    page = page_of(edition)
    assert (page.renewed_on, page.renewals, page.last_full_review) == (first, 1, full)
    assert page.next_review_due == tiers.ROWS["standard"].next_review(first)
    assert AuditEvent.objects.filter(verb="found_unchanged").latest("seq").data["renewed_on"] == first.isoformat()
    assert {row.meaning for row in SignOff.objects.filter(signed_at__gte=clock.at - 3 * DAY)} == {"no_change"}
    html = client.get("/drugs/testazumab/").content.decode()
    assert "Review overdue" not in html
    assert f'Checked, no change, on <time datetime="{first}">' in html
    assert f'<time datetime="{full}">' in html
    data = client.get("/drugs/testazumab/monograph.json").json()
    assert (data["checked_no_change_on"], data["last_full_review"]) == (first.isoformat(), full.isoformat())
    assert verify() == []


def test_a_page_that_was_never_renewed_says_nothing_of_it(house, client):
    make.published(house)

    assert "no change" not in client.get("/drugs/testazumab/").content.decode()
    assert "checked_no_change_on" not in client.get("/drugs/testazumab/monograph.json").json()


def test_twice_in_a_row_and_the_third_is_refused_until_a_full_review(house, clock):
    edition = make.published(house)
    for count in (1, 2):
        clock.at += DAY
        sign(edition, house.clinician, house.pharmacist)
        assert page_of(edition).renewals == count
    clock.at += DAY

    with pytest.raises(Refused, match="Now it is read again as a whole") as refused:
        sign(edition, house.clinician)
    assert refused.value.codes == ["needs_full_review"]
    second = make.start(house, edition)
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    second = make.publish(house, make.sign(make.sign(make.submit(house, second), house.clinician), house.pharmacist))
    assert codes(second, house.clinician) == {"needs_full_review"}  # an edition between changes nothing of that
    sign(second, house.clinician, house.pharmacist, act="full-review")

    assert (page_of(second).renewals, page_of(second).renewed_on) == (0, None)
    sign(second, house.clinician, house.pharmacist)
    assert page_of(second).renewals == 1


def test_an_amendment_keeps_the_day_from_which_the_next_review_is_counted(house, clock):
    edition = make.published(house)
    clock.at += 100 * DAY
    sign(edition, house.clinician, house.pharmacist)
    due = page_of(edition).next_review_due
    second = make.start(house, edition)
    make.reword(second, "monitoring", "Other words.", actor=house.editor)

    make.publish(house, make.sign(make.sign(make.submit(house, second), house.clinician), house.pharmacist))

    assert page_of(edition).next_review_due == due
    assert Publication.objects.get(number=2).last_full_review < page_of(edition).renewed_on


def test_a_page_of_the_high_tier_is_read_as_a_whole_instead(house, clock):
    edition = make.published(house)
    clock.at += DAY
    sign(edition, house.clinician, house.pharmacist)
    set_tier(page_of(edition), tier="high", actor=house.clinician2, reason="It is riskier than it seemed")

    page = page_of(edition)

    assert codes(edition, house.clinician) == {"needs_full_review"}
    assert page.next_review_due == tiers.ROWS["high"].next_review(page.last_full_review)


def test_a_signature_counts_for_30_days_and_once(house, clock):
    edition = make.published(house)
    sign(edition, house.clinician)
    with pytest.raises(Refused):
        sign(edition, house.clinician)
    clock.at += 31 * DAY

    sign(edition, house.pharmacist)
    assert page_of(edition).renewals == 0
    sign(edition, house.clinician)

    assert (page_of(edition).renewals, page_of(edition).renewed_on) == (1, today(clock.at))
    sign(edition, house.pharmacist)  # of the next one: nothing is left over from the last
    assert page_of(edition).renewals == 1


def report(house, page):
    service.report(service.ReportInput("Something is wrong here.", harm=False), sender="s", monograph=page)


def in_the_inbox(house, page):
    make.somebody_writes(True)
    service.report(service.ReportInput("Something here could harm.", harm=True), sender="s", monograph=page)
    make.somebody_writes(False)
    assert not ProblemReport.objects.exists()


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (report, "report_open"),
        (in_the_inbox, "report_open"),
        (lambda house, page: make.warn(house.clinician, page), "notice_stands"),
        (lambda house, page: make.withhold(page, make.key("monitoring"), house.publisher), "notice_stands"),
        (
            lambda house, page: make.correct(house.pharmacist, page, "Tests go on for years.", "For months."),
            "notice_stands",
        ),
        (lambda house, page: make.withdraw(page.live.edition, house.publisher), "page_withdrawn"),
        (lambda house, page: make.start(house, page.live.edition), "open_edition"),
        (
            lambda house, page: rechecks.open_rechecks(
                house.clinician2.clinician_profile, actor=house.admin, reason="Conflicted"
            ),
            "recheck_open",
        ),
    ],
)  # fmt: skip
def test_what_waits_for_somebody_stands_against_it(house, what, code):
    edition = make.submit(house, make.draft(house))
    for one in (house.clinician, house.clinician2, house.pharmacist):
        make.sign(edition, one)
    make.publish(house, edition)
    assert codes(edition, house.clinician) == set()

    what(house, page_of(edition))

    assert codes(edition, house.clinician) == {code}


def test_words_that_are_not_printed_as_typed_stand_against_it(house):
    edition = make.published(house, doc=make.misprinted(minus=make.MISPRINTED["minus"]))
    assert codes(edition, house.clinician) == {"misprint_open"}

    make.call_harmless(house.clinician, page_of(edition))

    assert codes(edition, house.clinician) == set()


def test_nobody_who_wrote_it_and_no_editor_signs_it(house):
    edition = make.draft(house)
    make.reword(edition, "monitoring", "Other words.", actor=house.clinician2)
    edition = make.publish(house, make.sign(make.sign(make.submit(house, edition), house.clinician), house.pharmacist))

    assert codes(edition, house.clinician2) == {"contributed"}
    assert codes(edition, house.editor) == {"not_granted"}


def test_each_says_what_was_compared_and_checked(house):
    edition = make.published(house)
    given = make.attestation(edition, house.clinician, "no-change", ticks=["compared", "competent"])

    with pytest.raises(Refused) as refused:
        perform("no-change", editions=[edition], actor=house.clinician, digest=given.digest, attestation=given)

    assert [one.field for one in refused.value.refusals] == ["tick_evidence"]
