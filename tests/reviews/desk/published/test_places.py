"""The form of a correction when its words stand in several places: they are chosen, and nothing typed is lost."""

import re

import pytest

from monographs.models import Monograph, Overlay
from monographs.pages.said import said
from tests import factories as make
from tests.monographs.public.test_updates import again
from tests.reviews.test_corrections import PAGE, text

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

FORM, SEND = "/desk/monographs/testazumab/withdraw/", "/desk/monographs/testazumab/erratum/"
TYPED = {"wrong": "monthly", "right": "weekly <b>", "harm": "severe"}
WHOLE = {**TYPED, "password": make.PASSWORD}


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    make.published(house, doc=text())


@pytest.fixture
def pharmacist(house, client):
    client.force_login(house.pharmacist)
    return client


def boxes(answer):
    """(value, whether it is ticked) of each place, and what its label says."""
    html = answer.content.decode()
    found = [
        (one, value, on)
        for value, one, on in re.findall(
            r'<input type="checkbox" name="places" value="([^"]+)" id="([^"]+)"( checked)?', html
        )
    ]
    labels = {one: re.search(rf'<label for="{one}">(.*?)</label>', html)[1] for one, _value, _on in found}
    return [(value, bool(on)) for _id, value, on in found], [
        " ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in labels.values()
    ]


def test_one_of_four_places_is_corrected(pharmacist, client):
    assert boxes(pharmacist.get(FORM)) == ([], [])

    asked = pharmacist.post(SEND, WHOLE)

    assert asked.status_code == 422
    assert not Overlay.objects.exists()
    ticks, labels = boxes(asked)
    assert labels == [
        "In all 4 places",
        "Monitoring edition 1 Bloods: monthly .",
        "Monitoring: Full blood count, when and how often edition 1 Before; monthly .",
        "Practice edition 1 Look monthly . Again monthly.",
        "Practice edition 1 Look monthly. Again monthly .",
    ]
    assert [on for _value, on in ticks] == [False] * 5
    html = asked.content.decode()
    assert html.count("These words stand in 4 places. Choose those in which they are wrong.") == 2  # above, and there
    assert "weekly &lt;b&gt;</textarea>" in html
    assert '<option value="severe" selected>' in html
    assert make.PASSWORD not in html
    assert html.index('id="id_places"') < html.index('id="id_password"')

    done = pharmacist.post(SEND, {**WHOLE, "places": [ticks[2][0]]})

    assert (done.status_code, done.headers["Location"]) == (302, FORM)
    made = Overlay.objects.get()
    assert [(one["field"], one["part"]) for one in made.places] == [("schedule", str(make.key("fbc")))]
    assert re.findall(r'<mark class="wrong" id="[^"]+">([^<]*)', client.get(PAGE).content.decode()) == ["monthly"]


def test_all_of_them_are_one_tick(pharmacist):
    asked = boxes(pharmacist.post(SEND, WHOLE))[0]
    assert pharmacist.post(SEND, {**WHOLE, "places": [asked[0][0]]}).status_code == 302

    assert len(Overlay.objects.get().places) == 4


@pytest.mark.parametrize(
    ("change", "status"),
    [({"password": ""}, 422), ({"password": "wrong"}, 422), ({"right": ""}, 422), ({"harm": ""}, 422)],
)
def test_what_was_chosen_stays_chosen_when_something_else_is_wrong(pharmacist, change, status):
    keys = [one.key for one in said(Monograph.objects.get(), "monthly").choices]

    answer = pharmacist.post(SEND, {**WHOLE, "places": keys[1:3], **change})

    assert answer.status_code == status
    assert [value for value, on in boxes(answer)[0] if on] == keys[1:3]
    assert not Overlay.objects.exists()
    everything = pharmacist.post(SEND, {**WHOLE, "places": [boxes(answer)[0][0][0]], **change})
    assert all(on for _value, on in boxes(everything)[0])


def test_a_choice_that_was_made_for_other_words_counts_for_nothing(pharmacist):
    monthly = [one.key for one in said(Monograph.objects.get(), "monthly").choices]

    for wrong, labels in (
        ("Monitoring", ["Monitoring, heading edition 1 Monitoring"]),
        ("Look", None),
        ("monthly.", None),
    ):
        other = pharmacist.post(SEND, {**WHOLE, "wrong": wrong, "places": monthly})
        assert other.status_code == 422
        assert not any(on for _value, on in boxes(other)[0])
        assert labels in (None, boxes(other)[1])
    assert not Overlay.objects.exists()
    assert pharmacist.post(SEND, {**WHOLE, "wrong": wrong, "places": [boxes(other)[0][0][0]]}).status_code == 302


def test_one_place_is_not_asked_for_and_is_kept(pharmacist):
    assert pharmacist.post(SEND, {**WHOLE, "wrong": "Monitoring"}).status_code == 302
    assert [one["field"] for one in Overlay.objects.get().places] == ["heading"]


@pytest.mark.parametrize("chosen", [slice(1), slice(1, 3), slice(3), slice(1, None), slice(1, 2)])
def test_what_was_chosen_before_the_page_changed_is_asked_again(house, pharmacist, chosen):
    """Of two places one went away: nobody chose the other, nor all that there are now."""
    words = "Look monthly"
    again(house, make.live().edition, text("Look monthly."))
    asked = boxes(pharmacist.post(SEND, {**WHOLE, "wrong": words}))[0]
    assert len(asked) == 3
    make.withhold(Monograph.objects.get(), make.key("b"), house.publisher)

    answer = pharmacist.post(SEND, {**WHOLE, "wrong": words, "places": [value for value, _on in asked[chosen]]})

    kept = asked[2][0] in [value for value, _on in asked[chosen]]
    assert answer.status_code == (302 if kept else 422)
    assert Overlay.objects.filter(kind="erratum").exists() == kept
    if not kept:
        assert len(boxes(answer)[0]) == 1


@pytest.mark.parametrize("person", ["editor", "clinician", "publisher", "auditor"])
def test_nobody_else_is_asked(house, client, person):
    client.force_login(house.people[person])

    answer = client.post(SEND, WHOLE)

    assert answer.status_code == 403
    assert boxes(answer) == ([], [])
