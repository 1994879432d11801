"""A monograph is started."""

from django.urls import reverse

from monographs.models import Drug, Edition


def test_a_new_monograph_makes_its_drug(enter):
    form = {
        "drug_name": "newazumab",
        "traits": ["biologic"],
        "therapeutic_class": "multiple-sclerosis",
        "title": "Newazumab",
    }

    response = enter("editor").post(reverse("monograph_new"), form)

    assert response.status_code == 302, response.content.decode()
    made = Edition.objects.get(monograph__slug="newazumab")
    assert (made.state, made.monograph.tier, made.name) == ("draft", "high", "Newazumab")
    assert Drug.objects.get(name="newazumab").traits == ["biologic"]
