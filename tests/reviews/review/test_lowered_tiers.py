"""The tier is lowered first, and written under it afterwards: for what its lowerer wrote the one before counts."""

import pytest

from monographs.models import Edition, Monograph
from reviews.access.refusals import Refused
from reviews.desk.queue import open_work
from reviews.editing.monographs import set_tier
from reviews.review.edition_review import EditionReview
from reviews.review.tiers import ROWS
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(house):
    edition = make.published(house)
    assert edition.monograph.tier == "standard"
    return edition


def lower(person, tier="low"):
    set_tier(Monograph.objects.get(), tier, actor=person, reason="It is simple.")


def written(house, live, actor, words="Quite other words."):
    """The next edition, in review: this person put its only change in."""
    edition = make.start(house, Edition.objects.get(pk=live.pk))
    make.reword(edition, "monitoring", words, actor=actor)
    return make.submit(house, edition)


def wants_two(house, edition):
    """Whether one signature is too few, for whoever asks."""
    edition = make.sign(edition, house.pharmacist)
    tier = EditionReview.load(edition).tier
    (work,) = open_work(house.people["editor"])
    assert (work.tier, bool(work.missing)) == (tier, tier != "low")
    assert edition.state == ("clinician_reviewed" if tier == "low" else "in_review")
    return tier == "standard"


def test_whoever_lowered_the_tier_writes_nothing_that_one_signature_lets_out(house, live):
    lower(house.clinician)
    edition = written(house, live, house.clinician)

    assert wants_two(house, edition)
    with pytest.raises(Refused, match="You can publish only while it is clinician reviewed"):
        make.publish(house, edition)
    make.publish(house, make.sign(edition, house.clinician2))
    page = Monograph.objects.get()
    assert (page.tier, page.live.tier) == ("standard", "standard")
    assert page.next_review_due == ROWS["standard"].next_review(page.live.last_full_review)


def test_of_whom_nothing_is_in_the_edition_may_have_lowered_it(house, live):
    lower(house.clinician)
    edition = written(house, live, house.editor)

    assert not wants_two(house, edition)
    make.publish(house, edition)
    assert (make.live().tier, Monograph.objects.get().tier) == ("low", "low")


def test_who_wrote_in_a_draft_that_was_given_up_since_did_not_lower_it_either(house, live):
    lower(house.clinician)
    edition = make.start(house, live)
    make.reword(edition, "monitoring", "Words of the clinician.", actor=house.clinician)
    perform("discard", editions=[edition], actor=house.clinician, digest=make.seen(edition), reason="Given up")

    assert wants_two(house, written(house, live, house.editor))


def test_whose_words_somebody_else_put_in_did_not_lower_it(house, live):
    text = "Give it with food in the morning and never within two hours of a calcium tablet, because calcium binds it."
    other = make.draft(house, "otherumab")
    make.reword(other, "monitoring", text, actor=house.clinician)
    lower_of = Monograph.objects.get(slug="testazumab")
    set_tier(lower_of, "low", actor=house.clinician, reason="It is simple.")
    edition = make.start(house, live)
    make.reword(edition, "monitoring", text, actor=house.editor)

    assert EditionReview.load(edition).tier == "standard"


def test_somebody_else_can_lower_it_after_them(house, live):
    lower(house.clinician)
    lower(house.clinician2, "standard")
    lower(house.clinician2)

    assert not wants_two(house, written(house, live, house.clinician))


def test_whoever_raised_it_and_lowered_it_again_leaves_it_where_it_was(house, live):
    lower(house.clinician, "high")
    lower(house.clinician)

    assert EditionReview.load(written(house, live, house.clinician)).tier == "high"


def test_before_the_live_edition_it_was_lowered_by_somebody_who_wrote_nothing_since(house, live):
    lower(house.clinician)
    second = written(house, live, house.editor)
    make.publish(house, make.sign(second, house.pharmacist))

    assert not wants_two(house, written(house, second, house.clinician, "Nothing like it."))


def test_a_tier_that_was_raised_since_counts_at_once(house, live):
    lower(house.clinician)
    edition = written(house, live, house.clinician)
    lower(house.clinician2, "high")

    assert EditionReview.load(edition).tier == "high"


def test_a_page_that_nobody_published_yet_asks_from_its_beginning(house):
    edition = make.draft(house)
    perform("discard", editions=[edition], actor=house.publisher, digest=make.seen(edition), reason="Given up")
    lower(house.clinician)
    edition = make.start(house, edition)
    make.reword(edition, "monitoring", "Words of the clinician.", actor=house.clinician)

    assert EditionReview.load(edition).tier == "standard"


def test_the_workspace_says_by_which_tier_it_is_signed_and_why(house, live, client):
    lower(house.clinician)
    written(house, live, house.clinician)
    client.force_login(house.editor)

    page = client.get("/desk/monographs/testazumab/").content.decode()

    assert "It was lowered to low by somebody who also wrote since, so the one before counts." in page
    assert "<strong>Standard</strong>" in page
