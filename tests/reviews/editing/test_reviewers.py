"""Who could sign an edition, and why each of the others cannot."""

import inspect
import re
from datetime import timedelta

import pytest

from monographs.standing import today
from reviews.access import held, registrations
from reviews.editing.reviewers import SIGN, WHY_NOT, against, reviewers, why_not
from reviews.review.edition_review import EditionReview
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def told(edition):
    """Who is asked about, and why not."""
    found = reviewers(EditionReview.load(edition), held.everybody())
    return {one.person.username: one.why_not for one in found}


def test_whoever_could_sign_stands_first_and_each_of_the_others_with_a_reason(house):
    edition = make.draft(house, traits=("biologic",))
    nurse = make.clinician(house.editor2, actor=house.admin, profession="nurse", number="12A3456B")
    make.give_role(house.editor2, "clinician", actor=house.admin)
    make.take_role(house.clinician2, "clinician", actor=house.admin)

    found = told(edition)

    assert list(found)[:2] == ["clinician", "pharmacist"]
    assert found == {
        "clinician": "",
        "pharmacist": "",
        "clinician2": "has no role that signs here",
        "editor2": "is of a profession for which its tier leaves no place",
    }
    assert nurse.user_id == house.editor2.pk


def test_whoever_wrote_all_of_it_has_signed_or_comes_too_late_could_not(house):
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "Other words.", actor=house.clinician)
    edition = make.submit(house, edition)
    assert told(edition)["clinician"] == "wrote or suggested everything that changed"

    make.sign(edition, house.pharmacist)

    assert told(edition)["pharmacist"] == "has signed it"
    assert told(edition)["clinician2"] == ""


def test_registration_and_interests_are_asked_as_the_signature_asks_them(house, monkeypatch):
    edition = make.draft(house)
    registrations.register(
        house.editor2, actor=house.editor2, name="N. N.", profession="nurse", number="12A3456B", scope="both"
    )
    make.give_role(house.editor2, "clinician", actor=house.admin)
    make.give_role(house.publisher, "clinician", actor=house.admin)

    assert told(edition)["editor2"] == "has a registration that nobody has looked up yet"
    assert told(edition)["publisher"] == "has stated no registration"
    review = EditionReview.load(edition)
    profile = house.pharmacist.clinician_profile
    profile.interests_on = today() - timedelta(days=366)
    assert why_not(against(review, house.pharmacist)) == "has not declared interests in the last 12 months"
    profile.register_date = today() - timedelta(days=366)
    assert why_not(against(review, house.pharmacist)) == "has a registration that was looked up over 12 months ago"


def test_an_edition_in_which_nothing_changed_yet_can_be_given_to_somebody(house):
    edition = make.start(house, make.published(house))

    assert told(edition)["clinician"] == ""


def test_each_code_of_the_guards_of_a_signature_has_words():
    said = {code for guard in SIGN.guards for code in re.findall(r'Refusal\(\s*"(\w+)"', inspect.getsource(guard))}

    assert said - {"nothing_changed"} <= WHY_NOT.keys()
    assert len(said) > 6
