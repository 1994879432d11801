"""What may be put over a page, by whom, and what ends it. A refusal leaves its entry and nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from monographs.models import Edition, Epoch, IndexEntry, Monograph, Overlay, SecondSignature
from monographs.models.overlay import HARMS, REGULATORS, SEVERITIES, TITLES
from reviews import overlays
from reviews.models import AuditEvent, SignOff
from reviews.overlays import Corrected
from reviews.refusals import Refused
from reviews.verify import verify
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(house):
    """A live monograph of two editions, which differ in one sentence."""
    first = make.published(house)
    second = make.start(house, first)
    make.reword(second, "monitoring", "Tests go on for 3 months.", actor=house.editor)
    make.submit(house, second)
    make.sign(second, house.clinician)
    make.sign(second, house.pharmacist)
    make.publish(house, second)
    return Monograph.objects.get()


def refused(code, act):
    """The act is refused for this reason, which leaves one entry and nothing else."""
    before, rows = AuditEvent.objects.count(), (Overlay.objects.count(), SecondSignature.objects.count())
    epoch = Epoch.objects.get().number
    with pytest.raises(Refused) as error:
        act()
    assert code in error.value.codes
    assert (Overlay.objects.count(), SecondSignature.objects.count()) == rows
    assert AuditEvent.objects.count() == before + error.value.recorded
    assert Epoch.objects.get().number == epoch


# -- Withdrawal --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "second"), [("publisher", "clinician2"), ("clinician", "publisher")])
def test_one_role_withdraws_at_once_and_the_other_confirms(house, page, first, second):
    edition = page.live.edition

    make.withdraw(edition, house.people[first])

    overlay = Overlay.objects.get()
    assert (overlay.kind, overlay.by, overlay.second) == ("retire", house.people[first], None)
    assert Epoch.objects.get().number == AuditEvent.objects.latest("seq").seq
    confirm = lambda who: perform(  # noqa: E731
        "confirm-withdrawal", editions=[edition], actor=house.people[who], digest=make.seen(edition)
    )
    refused("own_withdrawal", lambda: confirm(first))
    confirm(second)
    assert Overlay.objects.get().second.by == house.people[second]
    assert verify() == []


def test_two_of_one_role_are_not_two_roles(house, page):
    make.withdraw(page.live.edition, house.clinician)

    refused(
        "other_role",
        lambda: perform(
            "confirm-withdrawal",
            editions=[page.live.edition],
            actor=house.clinician2,
            digest=make.seen(page.live.edition),
        ),
    )


def test_a_retired_page_can_still_be_taken_down_and_comes_back_from_both(house, page):
    edition = page.live.edition
    make.withdraw(edition, house.publisher)
    refused("withdrawn_already", lambda: make.withdraw(edition, house.clinician))
    make.withdraw(edition, house.publisher, "take_down")
    refused("withdrawn_already", lambda: make.withdraw(edition, house.clinician, "take_down"))
    assert not IndexEntry.objects.exists()

    make.reinstate(house, edition)

    assert [one.kind for one in Overlay.objects.unlifted()] == []
    assert IndexEntry.objects.filter(term="testazumab").exists()
    assert SignOff.objects.filter(meaning="still_correct").count() == 1
    assert Edition.objects.get(pk=edition.pk).state == "published"
    assert verify() == []


def test_a_double_click_on_withdraw_leaves_no_entry(house, page):
    make.withdraw(page.live.edition, house.publisher)
    before = AuditEvent.objects.count()

    with pytest.raises(Refused) as error:
        make.withdraw(page.live.edition, house.publisher)

    assert (error.value.codes, AuditEvent.objects.count()) == (["done_already"], before)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "warning"}, "kind"),
        ({"reason": "x" * 301}, "too_long"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_withdrawal_says_how_far_and_why(house, page, change, code):
    refused(code, lambda: make.withdraw(page.live.edition, house.publisher, **{"reason": "why", **change}))


def test_a_page_comes_back_only_on_a_fresh_signature_of_somebody_who_did_not_write_it(house, page):
    edition = page.live.edition
    reinstate = lambda: perform(  # noqa: E731
        "reinstate", editions=[edition], actor=house.publisher, digest=make.seen(edition)
    )
    refused("not_withdrawn", lambda: make.vouch(edition, house.clinician))
    make.withdraw(edition, house.publisher)
    refused("not_vouched", reinstate)
    make.reinstate(house, edition)

    make.withdraw(edition, house.clinician)
    refused("not_vouched", reinstate)  # the signature was given on the withdrawal before
    make.vouch(edition, house.clinician2)
    reinstate()

    assert not Overlay.objects.unlifted().exists()


def test_whoever_wrote_the_edition_does_not_vouch_for_it(house):
    edition = make.submit(house, make.draft(house, actor=house.clinician), actor=house.clinician)
    make.sign(edition, house.clinician2)
    make.publish(house, make.sign(edition, house.pharmacist))
    make.withdraw(edition, house.publisher)

    refused("contributed", lambda: make.vouch(edition, house.clinician))


def test_a_page_is_withdrawn_while_the_next_edition_is_open(house, page):
    draft = make.start(house, page.live.edition)

    make.withdraw(page.live.edition, house.publisher, "take_down")

    assert Edition.objects.get(pk=draft.pk).state == "draft"
    refused("wrong_state", lambda: make.withdraw(draft, house.publisher))


# -- Urgent warnings ---------------------------------------------------------------------------------------------------


def test_one_warning_stands_over_several_pages_in_one_act(house, page):
    make.published(house, "otherumab")
    pages = list(Monograph.objects.order_by("slug"))

    made = make.warn(house.clinician, *pages)

    assert len({one.act for one in made}) == 1
    assert {one.monograph for one in made} == set(pages)
    assert [one.verb for one in AuditEvent.objects.order_by("-seq")[:2]] == ["warned", "warned"]
    assert len(Epoch.objects.get().instants) == 2
    assert verify() == []


@pytest.mark.parametrize("who", ["editor", "clinician2", "publisher", "auditor", "nobody"])
def test_only_a_clinician_on_call_warns(house, page, who):
    refused("not_granted", lambda: make.warn(house.people[who], page))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": "An invented title"}, "title"),
        ({"severity": ""}, "severity"),
        ({"regulator": "me"}, "regulator"),
        ({"link": "http://www.gov.uk/x"}, "link"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"issued": "yesterday"}, "issued"),
        ({"quote": " "}, "missing"),
        ({"quote": "x" * 601}, "too_long"),
        ({"quote": "a\x00b"}, "characters"),
    ],
)
def test_a_warning_holds_only_what_the_lists_allow(house, page, change, code):
    refused(code, lambda: make.warn(house.clinician, page, **change))


def test_a_warning_over_one_page_that_is_not_published_is_over_none(house, page):
    make.draft(house, "draftumab")

    refused("not_published", lambda: make.warn(house.clinician, *Monograph.objects.all()))


def test_a_password_for_other_words_signs_no_warning(house, page):
    attestation = make.password(house.clinician, make.WARNED.digest([page]))
    other = replace(make.WARNED, quote="Other words.")

    for warned, given in ((other, attestation), (make.WARNED, None)):
        code = "attestation" if given is None else "stale"
        refused(code, lambda w=warned, g=given: overlays.warn([page], warned=w, actor=house.clinician, attestation=g))


def test_somebody_else_countersigns_and_somebody_else_ends_it(house, page):
    (overlay,) = make.warn(house.clinician, page)
    refused("own_warning", lambda: make.countersign(overlay, house.clinician))
    refused("not_granted", lambda: make.countersign(overlay, house.publisher))

    make.countersign(overlay, house.clinician2)

    assert Overlay.objects.get().second.by_title == "general physician"
    assert Epoch.objects.get().instants == []
    refused("signed_already", lambda: make.countersign(overlay, house.pharmacist))
    refused("own_warning", lambda: make.lift(overlay, house.clinician))
    refused("not_granted", lambda: make.lift(overlay, house.clinician2))
    refused("reason", lambda: make.lift(overlay, house.pharmacist, reason=" "))
    make.lift(overlay, house.pharmacist)
    refused("ended_already", lambda: make.countersign(overlay, house.pharmacist))
    refused("ended_already", lambda: make.lift(overlay, house.pharmacist))
    assert verify() == []


# -- Corrections -------------------------------------------------------------------------------------------------------


def test_a_correction_finds_the_editions_that_said_so(house, page):
    first, second = page.publications.order_by("number")

    overlay = make.correct(house.pharmacist, page, "Tests go on for years.", "Tests go on for 3 months.", "moderate")

    with_dates = Overlay.objects.with_second().get(pk=overlay.pk)
    assert (overlay.editions, overlay.said_from, with_dates.said_until) == (
        [1], first.published_at, second.published_at
    )  # fmt: skip
    assert overlay.by_title == "pharmacist"
    assert verify() == []


def test_a_correction_of_what_is_still_there_has_no_end_yet(house, page):
    overlay = make.correct(house.pharmacist, page, "Tests go on for 3 months.", "Tests go on for 4 months.")

    assert Overlay.objects.with_second().get(pk=overlay.pk).said_until is None


@pytest.mark.parametrize("who", ["clinician", "clinician2"])
def test_only_a_pharmacist_judges_harm(house, page, who):
    refused("not_pharmacist", lambda: make.correct(house.people[who], page, "Start slowly", "Start fast"))


@pytest.mark.parametrize(
    ("corrected", "code"),
    [
        (Corrected("never said", "right", "minor"), "not_said"),
        (Corrected("", "right", "minor"), "missing"),
        (Corrected("Start slowly", "", "minor"), "missing"),
        (Corrected("Start slowly", "Start slowly", "minor"), "same"),
        (Corrected("Start slowly", "Start fast", "huge"), "harm"),
        (Corrected("Start slowly", "call 943 476 5919", "minor"), "patient_data"),
    ],
)
def test_a_correction_is_whole(house, page, corrected, code):
    attestation = make.password(house.pharmacist, corrected.digest(page))
    with pytest.raises(Refused) as error:
        overlays.correct(page, corrected=corrected, actor=house.pharmacist, attestation=attestation)
    assert code in error.value.codes
    assert not Overlay.objects.exists()


def test_the_lists_are_closed():
    assert (len(TITLES), len(SEVERITIES), len(REGULATORS), len(HARMS)) == (8, 2, 5, 4)


def test_a_second_signature_is_late_after_a_day(house, page):
    (overlay,) = make.warn(house.clinician, page)

    assert overlay.due_at - overlay.at == timedelta(hours=24)
    assert list(Overlay.objects.unconfirmed()) == [overlay]
    assert overlay.due_at > timezone.now()
