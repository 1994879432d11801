"""How a page is made, as readers are told: every step in its order, who signs for which tier, and how often."""

import re

import pytest
from django.utils.html import strip_tags

from reviews.independence import lacking

pytestmark = pytest.mark.django_db


def test_every_step_is_told_in_its_order_with_what_it_needs(client):
    page = client.get("/about/").content.decode()

    steps = [" ".join(strip_tags(one).split()) for one in re.findall(r"<li><h3>.*?</li>", page, re.DOTALL)]
    titles = [
        "A new edition begins", "It is sent for review", "It may be sent back", "Clinicians sign it",
        "A signature may be taken back", "It is published", "It may be given up", "A page may be withdrawn at once",
        "Somebody else confirms that", "Then it is signed again", "And it comes back",
    ]  # fmt: skip
    assert [step.startswith(title) for step, title in zip(steps, titles, strict=True)] == [True] * 11
    assert [title for step, title in zip(steps, titles, strict=True) if "Needs a password" in step] == [titles[3]]
    assert [title for step, title in zip(steps, titles, strict=True) if "Needs a reason" in step] == [
        titles[2], titles[4], titles[6],
    ]  # fmt: skip


def test_the_highest_tier_stands_first_with_who_signs_and_how_often_it_is_reviewed(client):
    page = client.get("/about/").content.decode()

    rows = [
        " ".join(strip_tags(one).replace("&nbsp;", " ").split())
        for one in re.findall(r"<tr><th scope=\"row\">.*?</tr>", page, re.DOTALL)
    ]
    assert [re.sub(r"\s+", " ", row) for row in rows] == [
        "HighA specialist doctor and a pharmacistevery 12 months",
        "StandardA doctor or pharmacist, and one more registered clinicianevery 24 months",
        "LowA doctor or a pharmacistevery 36 months",
    ]
    # Which is what is asked of them.
    assert lacking("high", []) == ["a specialist doctor", "a pharmacist"]
    assert lacking("standard", []) == ["a doctor or a pharmacist", "one more registered clinician"]
    assert lacking("low", []) == ["a doctor or a pharmacist"]
