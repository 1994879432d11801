"""The tier of a monograph: who sets it, never below its floor, and lowered only while no edition is open
(clinical/signoff.md, Tiers)."""

import pytest

from monographs.document import SafetyNotice
from monographs.models import Monograph
from reviews.changes import change_set, pen
from reviews.editions import set_tier
from reviews.models import AuditEvent
from reviews.refusals import Refused
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.django_db


def tier_of(monograph):
    return Monograph.objects.get(pk=monograph.pk).tier


def codes(monograph, tier, actor, reason="Because of a test.", **how):
    """Why it was refused, after seeing that nothing was changed."""
    was = tier_of(monograph)
    with pytest.raises(Refused) as refused:
        set_tier(monograph, tier, actor=actor, reason=reason, **how)
    assert tier_of(monograph) == was
    return refused.value.codes


def critical(**changes):
    return SafetyNotice(
        key=make.key("critical"),
        type="contraindication",
        severity="critical",
        title="Never",
        source="trial2020",
        **changes,
    )


@pytest.mark.parametrize("who", ["editor", "publisher", "auditor", "nobody", "admin"])
def test_only_a_clinician_of_the_class_sets_it(house, who):
    monograph = make.draft(house).monograph

    assert codes(monograph, "high", house.people[who]) == ["not_granted"]
    assert AuditEvent.objects.latest("seq").data["codes"] == ["not_granted"]
    set_tier(monograph, "high", actor=house.clinician, reason=" Dangerous. ")

    assert tier_of(monograph) == "high"
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.actor, entry.reason) == ("tier_set", house.clinician, "Dangerous.")
    assert (entry.data["from_tier"], entry.data["to_tier"]) == ("standard", "high")


def test_whoever_worked_on_the_open_edition_does_not(house):
    monograph = make.draft(house, actor=house.clinician).monograph

    assert codes(monograph, "high", house.clinician) == ["contributed"]
    set_tier(monograph, "high", actor=house.clinician2, reason="Dangerous.")


def test_it_is_raised_at_any_time_and_lowered_only_while_no_edition_is_open(house):
    edition = make.draft(house)
    monograph = edition.monograph

    assert codes(monograph, "low", house.clinician) == ["open_edition"]
    set_tier(monograph, "high", actor=house.clinician, reason="Dangerous.")
    assert codes(monograph, "standard", house.clinician) == ["open_edition"]
    perform("discard", editions=[edition], actor=house.editor, digest=make.seen(edition), reason="Given up")
    set_tier(monograph, "low", actor=house.clinician, reason="Harmless.")

    assert tier_of(monograph) == "low"


def test_the_traits_of_the_drug_are_a_floor(house):
    edition = make.draft(house, traits=("opioid",))
    perform("discard", editions=[edition], actor=house.editor, digest=make.seen(edition), reason="Given up")

    assert edition.monograph.tier == "high"
    for tier in ("standard", "low"):
        assert codes(edition.monograph, tier, house.clinician) == ["tier_below_floor"]


def test_a_class_above_is_a_floor_and_raising_stays_not_below_it_either(house):
    edition = make.published(house)
    set_tier(edition.monograph, "low", actor=house.clinician, reason="Harmless.")
    with pen(actor=house.admin) as trail:
        house.root.tier_floor = "high"
        trail.save(house.root)
        trail.record("floor", "test")

    assert codes(edition.monograph, "standard", house.clinician) == ["tier_below_floor"]
    set_tier(edition.monograph, "high", actor=house.clinician, reason="Dangerous.")


def test_a_critical_notice_counts_while_it_is_in_force_in_the_live_or_the_open_edition(house):
    live = make.published(house)
    set_tier(live.monograph, "low", actor=house.clinician, reason="Harmless.")
    edition = make.start(house, live)
    with pen(actor=house.editor) as trail, change_set(trail, edition=edition, reason="Warned") as change:
        change.append(critical())

    assert codes(live.monograph, "standard", house.clinician) == ["tier_below_floor"]
    # What an edition said that was given up counts for nothing.
    perform("discard", editions=[edition], actor=house.editor, digest=make.seen(edition), reason="Given up")
    set_tier(live.monograph, "standard", actor=house.clinician, reason="As before.")

    assert tier_of(live.monograph) == "standard"


def test_a_notice_that_has_ended_counts_no_more(house):
    edition = make.draft(house, doc=make.document(notices=(critical(expires="2020-01-01"),)))
    perform("discard", editions=[edition], actor=house.editor, digest=make.seen(edition), reason="Given up")

    set_tier(edition.monograph, "low", actor=house.clinician, reason="Harmless.")

    assert tier_of(edition.monograph) == "low"


def test_every_reason_is_told_at_once(house):
    monograph = make.draft(house).monograph

    assert codes(monograph, "low", house.clinician, " ") == ["open_edition", "reason"]
    assert codes(monograph, "highest", house.clinician, "") == ["tier", "reason"]


def test_a_double_click_is_refused_and_not_recorded(house):
    monograph = make.draft(house).monograph
    set_tier(monograph, "high", actor=house.clinician, reason="Dangerous.")
    entries = AuditEvent.objects.count()

    assert codes(monograph, "high", house.clinician) == ["tier"]
    assert AuditEvent.objects.count() == entries


def test_a_tier_that_somebody_set_meanwhile_is_looked_at_first(house):
    live = make.published(house)
    set_tier(live.monograph, "high", actor=house.clinician2, reason="Dangerous.")

    assert codes(live.monograph, "low", house.clinician, seen="standard") == ["tier_changed"]
    set_tier(live.monograph, "low", actor=house.clinician, reason="Harmless.", seen="high")

    assert tier_of(live.monograph) == "low"


@pytest.mark.parametrize(("reason", "code"), [("NHS 943 476 5919", "patient_data"), ("a\u202eb", "reason")])
def test_a_reason_that_may_not_be_kept_is_refused_before_anything_is_stored(house, reason, code):
    monograph = make.draft(house).monograph
    entries = AuditEvent.objects.count()

    assert codes(monograph, "high", house.clinician, reason) == [code]
    assert AuditEvent.objects.count() == entries


def test_signatures_are_judged_again(house):
    edition = make.submit(house, make.draft(house))
    make.sign(edition, house.clinician)
    edition = make.sign(edition, house.clinician2)
    assert edition.state == "clinician_reviewed"

    set_tier(edition.monograph, "high", actor=house.pharmacist, reason="Dangerous.")

    edition.refresh_from_db()
    assert edition.state == "in_review"
