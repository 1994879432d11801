"""Signatures on a page as a whole: which of them count, and for how long."""

from datetime import timedelta

import pytest

from reviews.review.edition_review import EditionReview
from reviews.review.page_signatures import FULL, UNCHANGED
from tests import factories as make
from tests.reviews.test_renewal import sign
from tests.reviews.test_signing import Clock

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.mark.parametrize(("kind", "act"), [(FULL, "full-review"), (UNCHANGED, "no-change")])
def test_one_counts_until_the_set_is_full_and_names_who_is_missing(house, monkeypatch, kind, act):
    clock = Clock(monkeypatch)
    edition = make.published(house)
    clock.at += timedelta(days=1)
    sign(edition, house.clinician, act=act)
    review = EditionReview.load(edition)
    assert [one.signer_id for one in kind.given(review)] == [house.clinician.pk]
    assert kind.missing(review, kind.given(review)) == ["one more registered clinician"]
    assert "one more registered clinician must sign" in kind.waits_for(review)

    clock.at += timedelta(days=1)
    sign(edition, house.pharmacist, act=act)

    review = EditionReview.load(edition)
    assert kind.given(review) == []
    assert kind.waits_for(review).startswith(f"The next {kind.next_one} is due on ")


@pytest.mark.parametrize(("kind", "act", "counts"), [(FULL, "full-review", True), (UNCHANGED, "no-change", False)])
def test_that_nothing_must_change_is_a_word_of_thirty_days(house, monkeypatch, kind, act, counts):
    clock = Clock(monkeypatch)
    edition = make.published(house)
    sign(edition, house.clinician, act=act)
    clock.at += timedelta(days=31)

    assert bool(kind.given(EditionReview.load(edition))) is counts
