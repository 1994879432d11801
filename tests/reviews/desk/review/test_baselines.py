"""What the review compares with: what readers have, what I signed, what I saw; and that the signature is on all of it."""

import pytest

from reviews.models import Look
from tests import factories as make
from tests.reviews.desk.review.test_review_page import ADDRESS, amended

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def send_back(house, edition, reason="The interval is wrong."):
    return make.perform(
        "send-back", editions=[edition], actor=house.clinician, digest=make.seen(edition), reason=reason
    )[0].edition


def links(shown):
    return [one.asked for one in shown.context["bases"]]


def test_what_i_saw_and_what_i_signed_are_there_once_they_differ(house, enter):
    edition = amended(house)
    first = enter("clinician").get(ADDRESS)
    assert links(first) == ["live"]
    assert "?against=" not in first.content.decode()

    edition = make.sign(edition, house.clinician)
    edition = make.perform(
        "unsign", editions=[edition], actor=house.clinician, digest=make.seen(edition), reason="Too early"
    )[0].edition
    edition = send_back(house, edition)
    make.reword(edition, "monitoring", "Tests go on for 60 months.", actor=house.people["editor2"])
    make.submit(house, edition)

    shown = enter("clinician").get(ADDRESS, {"against": "signed"})

    html = shown.content.decode()
    assert links(shown) == ["live", "signed"]  # what was seen says the same as what was signed
    assert "Your signature is on all changes to what readers have" in html
    (part,) = shown.context["parts"]
    (sides,) = part.said[0].sides
    assert "48" in str(sides.was)
    assert "60" in str(sides.now)
    assert links(enter("pharmacist").get(ADDRESS)) == ["live"]


def test_an_odd_word_is_the_comparison_with_what_readers_have(house, enter):
    amended(house)

    shown = enter("pharmacist").get(ADDRESS, {"against": "x" * 200})

    assert shown.context["base"].is_live


def test_who_may_not_sign_leaves_no_look(house, enter):
    amended(house)
    enter("auditor").get(ADDRESS)
    enter("clinician").head(ADDRESS)

    assert Look.objects.count() == 0


def test_what_is_signed_and_not_shown_is_named(house, enter):
    edition = make.start(house, make.published(house))
    make.reword(edition, "prescribing", "- Start slowly, and look [@trial2020].", actor=house.people["editor2"])
    edition = send_back(house, make.sign(make.submit(house, edition), house.clinician))
    make.reword(edition, "monitoring", "Tests go on for 60 months.", actor=house.people["editor2"])
    make.submit(house, edition)

    since = enter("clinician").get(ADDRESS, {"against": "signed"})
    whole = enter("clinician").get(ADDRESS)

    assert since.context["not_shown"] == ["Prescribing in practice"]
    assert "and these are not shown here: Prescribing in practice." in since.content.decode()
    assert whole.context["not_shown"] == []
    assert "not shown here" not in whole.content.decode()
    assert "Sign edition 2</button>" in whole.content.decode()
    assert "Sign edition 2</button>" not in since.content.decode()  # only what is shown whole is signed
    assert "Show all changes, to sign" in since.content.decode()
    assert "I have read this" not in since.content.decode()
