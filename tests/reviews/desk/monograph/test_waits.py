"""Who an edition waits for, as the workspace says it."""

from datetime import timedelta

import pytest

from monographs.models import Monograph
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.any_database

ADDRESS = "/desk/monographs/testazumab/"


def waits(enter, person):
    return enter(person).get(ADDRESS).context["waits"]


def test_a_draft_waits_for_whoever_writes_it(house, enter):
    edition = make.draft(house)
    assert waits(enter, "editor") == "Waits for you to send it for review."
    assert waits(enter, "clinician") == "Waits for Test editor to send it for review."

    make.reword(edition, "monitoring", "Other words.", actor=house.editor2)
    assert waits(enter, "auditor") == "Waits for Test editor or Test editor2 to send it for review."
    make.reword(edition, "monitoring", "Quite other words.", actor=house.clinician)
    assert waits(enter, "auditor") == "Waits for its editors to send it for review."


def test_in_review_it_waits_for_those_who_must_still_sign(house, enter):
    edition = make.submit(house, make.draft(house, traits=("biologic",)))
    assert waits(enter, "editor") == "Waits for a specialist doctor and a pharmacist to sign."

    make.sign(edition, house.clinician)

    assert waits(enter, "clinician") == "Waits for a pharmacist to sign."


def test_signed_it_waits_for_a_publisher_or_again_for_a_signature_that_counts_no_more(house, enter):
    make.signed(house)
    assert waits(enter, "editor") == "Waits for a publisher."

    make.take_role(house.pharmacist, "clinician", actor=house.admin)

    said = "Waits for one more registered clinician to sign: a signature that was given no longer counts."
    assert waits(enter, "editor") == said


def test_what_is_published_waits_for_nobody_until_its_review_is_overdue(house, enter, monkeypatch):
    make.published(house)
    assert waits(enter, "editor") == "Waits for nobody: readers see it, and no edition is open."

    late = Monograph.objects.get().next_review_due + timedelta(days=1)
    monkeypatch.setattr("reviews.desk.monograph.waits.today", lambda: late)
    assert "its full review is overdue" in waits(enter, "editor")


def test_what_was_given_up_waits_for_a_beginning(house, enter):
    edition = make.draft(house)
    perform("discard", editions=[edition], actor=house.editor, digest=make.seen(edition), reason="Wrong drug.")

    assert waits(enter, "publisher") == "Waits for an editor to start the next edition."
