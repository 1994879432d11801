"""The tiers of risk: who signs, how long a review holds, and the floor; one row that every surface reads."""

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from monographs.document import SafetyNotice
from monographs.models import Monograph, TherapeuticClass
from monographs.vocabulary import TIERS, TRAITS
from reviews.editing.monographs import set_tier
from reviews.models.people import PROFESSIONS
from reviews.review import tiers
from reviews.review.edition_review import EditionReview
from tests import factories as make

TODAY = date(2026, 7, 4)


def test_each_tier_has_its_row_the_lowest_first():
    assert list(tiers.ROWS) == list(TIERS)
    assert [row.label for row in tiers.ROWS.values()] == ["Low", "Standard", "High"]
    assert [tiers.is_below("low", other) for other in TIERS] == [False, True, True]
    assert [tiers.is_below("high", other) for other in TIERS] == [False, False, False]
    for row in tiers.ROWS.values():
        assert row.traits <= set(TRAITS)
        assert all(signer.professions <= set(PROFESSIONS) for signer in row.signers)


def test_a_full_review_is_due_sooner_the_higher_the_tier():
    assert {key: row.months for key, row in tiers.ROWS.items()} == {"low": 36, "standard": 24, "high": 12}
    assert tiers.ROWS["standard"].next_review(date(2024, 2, 29)) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("tier", "signed", "still"),
    [
        ("high", [], ["a specialist doctor", "a pharmacist"]),
        ("high", ["doctor", "pharmacist"], ["a specialist doctor"]),
        ("high", ["specialist_doctor", "nurse"], ["a pharmacist"]),
        ("high", ["specialist_doctor", "pharmacist"], []),
        ("standard", [], ["a doctor or a pharmacist", "one more registered clinician"]),
        ("standard", ["nurse"], ["a doctor or a pharmacist"]),
        ("standard", ["nurse", "midwife"], ["a doctor or a pharmacist"]),
        ("standard", ["pharmacist"], ["one more registered clinician"]),
        ("standard", ["pharmacist", "nurse"], []),
        ("standard", ["doctor", "doctor"], []),
        ("standard", ["nurse", "pharmacist"], []),
        ("standard", ["specialist_doctor", "nurse"], []),
        ("low", ["nurse"], ["a doctor or a pharmacist"]),
        ("low", ["specialist_doctor"], []),
        ("low", ["pharmacist"], []),
    ],
)
def test_who_must_still_sign(tier, signed, still):
    assert tiers.ROWS[tier].missing(signed) == still


def test_who_signs_in_words():
    assert {key: row.who for key, row in tiers.ROWS.items()} == {
        "high": "a specialist doctor and a pharmacist",
        "standard": "a doctor or pharmacist, and one more registered clinician",
        "low": "a doctor or a pharmacist",
    }
    assert {key: row.means for key, row in tiers.ROWS.items()} == {
        "high": "a specialist doctor and a pharmacist sign; full review every 12 months",
        "standard": "a doctor or pharmacist and one more registered clinician sign; full review every 24 months",
        "low": "a doctor or a pharmacist signs; full review every 36 months",
    }


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-07-04", 12, "2027-07-04"),
        ("2026-07-04", 24, "2028-07-04"),
        ("2026-07-04", 36, "2029-07-04"),
        ("2026-07-04", 0, "2026-07-04"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2026-11-30", 1, "2026-12-30"),
        ("2026-01-15", 11, "2026-12-15"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2023-02-28", 12, "2024-02-28"),
        ("2026-08-31", 1, "2026-09-30"),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day, months, later):
    assert tiers.months_later(date.fromisoformat(day), months) == date.fromisoformat(later)


@pytest.mark.parametrize(
    ("some", "found"),
    [
        ([], "low"),
        ([""], "low"),
        (["", "standard"], "standard"),
        (["standard", "low"], "standard"),
        (["low", "high", "standard"], "high"),
    ],
)
def test_the_highest_of_some_tiers(some, found):
    assert tiers.highest(some) == found


def notice(severity="critical", **days):
    kind = {"critical": "contraindication", "major": "caution"}[severity]
    return SafetyNotice(key=make.key("n"), type=kind, severity=severity, title="Never", **days)


def floor(traits=(), classes=("", ""), notices=(), on=TODAY):
    above, own = classes
    parent = TherapeuticClass(pk=1, slug="above", tier_floor=above)
    asked = TherapeuticClass(pk=2, slug="own", parent=parent, tier_floor=own).tier_floors
    return tiers.tier_floor(traits, asked, [make.document(notices=(one,)) for one in notices], on)


def test_which_traits_are_a_floor():
    assert {key for key, row in tiers.ROWS.items() if row.traits} == {"high"}
    assert tiers.ROWS["high"].traits == {"biologic", "cytotoxic", "insulin", "opioid", "anticoagulant"}
    assert set(TRAITS) - tiers.ROWS["high"].traits == {"teratogen", "injectable"}
    for trait in tiers.ROWS["high"].traits:
        assert floor([trait, "injectable"]) == "high"
    assert floor(["injectable", "teratogen"]) == "low"
    assert floor() == "low"


@pytest.mark.parametrize(
    ("classes", "found"),
    [(("", ""), "low"), (("standard", ""), "standard"), (("", "high"), "high"), (("high", "standard"), "high")],
)
def test_a_class_and_those_above_it_are_a_floor(classes, found):
    assert floor(classes=classes) == found


@pytest.mark.parametrize(
    ("notices", "found"),
    [
        ([notice()], "high"),
        ([notice("major")], "low"),
        ([notice("major"), notice()], "high"),  # of the open and of the live edition: either counts
        ([notice(), notice("major")], "high"),
        ([notice(effective="2026-07-04", expires="2026-07-05")], "high"),
        ([notice(effective="2026-07-05")], "low"),
        ([notice(expires="2026-07-04")], "low"),
    ],
)
def test_a_critical_notice_is_a_floor_on_the_days_on_which_it_is_in_force(notices, found):
    assert floor(notices=notices) == found


# -- One row, every surface --------------------------------------------------------------------------------------------


@pytest.fixture
def other(monkeypatch):
    """The standard tier as another house might have it."""
    row = replace(tiers.ROWS["standard"], months=7, signers=(tiers.PHARMACIST, tiers.ONE_MORE, tiers.ONE_MORE))
    monkeypatch.setitem(tiers.ROWS, "standard", row)
    monkeypatch.setitem(tiers.ROWS, "high", replace(tiers.ROWS["high"], traits=frozenset({"teratogen"})))
    return row


def words(client, address):
    return " ".join(client.get(address).content.decode().replace("&nbsp;", " ").split())


def test_whoever_changes_a_row_changes_what_is_asked_for_and_all_that_tell_of_it(house, other):
    client = Client()
    client.force_login(house.clinician2)
    edition = make.submit(house, make.draft(house))
    means = "a pharmacist and one more registered clinician and one more registered clinician sign"
    means += "; full review every 7 months"
    waits = "a pharmacist and one more registered clinician"

    about = words(client, "/about/")
    assert "A pharmacist and one more registered clinician and one more registered clinician</td>" in about
    assert 'every <span class="q">7 months</span>' in about
    assert "24 months" not in about
    workspace = words(client, "/desk/monographs/testazumab/")
    assert f"<strong>Standard</strong>: {means}<br>" in workspace  # the fact
    assert f"Standard (the tier now): {means}</option>" in workspace  # the form
    others = Client()
    others.force_login(house.publisher)
    assert f"Still to sign: {waits}." in words(others, "/desk/?show=all")
    make.sign(edition, house.clinician)
    missing = EditionReview.load(edition).missing_sign_offs()
    assert set(map(tuple, missing.values())) == {("a pharmacist", "one more registered clinician")}
    make.sign(edition, house.pharmacist)
    assert [one.code for one in make.available(edition, house.publisher)["publish"]] == ["wrong_state"]
    edition = make.publish(house, make.sign(edition, house.clinician2))
    page = Monograph.objects.select_related("live").get()
    assert page.next_review_due == tiers.months_later(page.live.last_full_review, 7)
    set_tier(page, "high", actor=house.clinician2, reason="Rarely used")
    lowered = {"tier": "standard", "reason": "Often used", "seen": "high"}
    answer = client.post("/desk/monographs/testazumab/tier/", lowered, follow=True)
    assert f"The tier is Standard now: {means}." in answer.content.decode()


def test_whoever_changes_a_row_changes_the_floor(house, other):
    make.draft(house, traits=("opioid",))
    make.draft(house, "harmzumab", traits=("teratogen",))

    assert {one.slug: one.tier for one in Monograph.objects.all()} == {"testazumab": "standard", "harmzumab": "high"}
