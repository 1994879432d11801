"""Open requests for a higher tier: what is told of each, and that a queue without any asks one query."""

import pytest

from monographs.models import Monograph
from reviews.editing.tier_requests import ask_for_tier
from reviews.review.asked_tiers import open_request, open_requests
from reviews.review.edition_review import EditionReview
from tests import factories as make
from tests.reviews.editing.test_tier_requests import with_notice

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_an_open_request_says_by_whom_for_which_tier_and_the_oldest_comes_first(house):
    editions = [with_notice(make.draft(house, slug), house.editor) for slug in ("bigumab", "asmallumab")]
    for edition in editions:
        ask_for_tier(edition.monograph, actor=house.editor)

    found = list(open_requests(Monograph.objects.all()))

    assert [one.monograph.slug for one in found] == ["bigumab", "asmallumab"]
    assert {(one.tier, one.by, one.by_id) for one in found} == {("high", "Test editor", house.editor.pk)}
    assert open_request(EditionReview.load(editions[1])) == found[1]


def test_where_nobody_asked_a_queue_asks_one_query(house, django_assert_num_queries):
    make.draft(house)
    with django_assert_num_queries(1):
        assert list(open_requests(Monograph.objects.all())) == []
