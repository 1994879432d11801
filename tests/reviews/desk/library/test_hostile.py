"""What no honest person types into a form of the library: a sentence, never a fault of ours, never raw on a page."""

import pytest
from django.urls import reverse

from monographs.models import Drug, TherapeuticClass
from tests import factories as make
from tests.factories import give_role
from tests.forms import forms_of
from tests.reviews.desk.conftest import post_raw
from tests.reviews.desk.test_hostile import HOSTILE

pytestmark = pytest.mark.any_database


def forms(client, house):
    """(address, form) of every form of the library."""
    drug, other = Drug.objects.order_by("pk")
    for page in (
        reverse("drug", args=[drug.slug]),
        *(reverse("drug_act", args=[drug.slug, act]) for act in ("rename", "retire")),
        f"{reverse('drug_act', args=[drug.slug, 'merge'])}?into={other.pk}",
        reverse("class_new"),
        *(reverse("class_act", args=["neurology", act]) for act in ("rename", "move", "floor", "retire")),
    ):
        for form in forms_of(client.get(page).content.decode()):
            if form.method == "post" and "act" in form.fields:
                yield form.action or page, form


# Those that are also sent alone, one of each kind: that all typed words go through one door is shown in
# tests/reviews/access/test_door.py. The others are sent in every box of a form together.
ALONE = ["digits", "long", "nul", "script", "surrogate"]
NOT_TYPED = ("csrfmiddlewaretoken", "act", "tab", "own")
HIDDEN = ("seen", "whose")  # whoever sends these wrong is refused for them, whatever else is in the form


def sendings(form, word, is_alone):
    """What is sent of this form: this word in each box together, and in each alone."""
    names = [name for name in form.fields if name not in NOT_TYPED]
    typed = [name for name in names if name not in HIDDEN]
    alone = [{name: word} for name in names if is_alone or name in HIDDEN]
    # As many boxes as a request may hold.
    few = max(1, 2_000_000 // (len(word.encode("utf-8", "surrogatepass")) * 3))
    return [*(dict.fromkeys(typed[at : at + few], word) for at in range(0, len(typed), few)), *alone]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_field_takes_it_raw_or_fails(house, enter, hostile):
    make.draft(house)
    make.draft(house, "otherumab")
    give_role(house.editor, "administrator", actor=house.admin)
    client, word = enter("editor"), HOSTILE[hostile]
    client.raise_request_exception = False
    before = [list(model.objects.order_by("pk").values()) for model in (Drug, TherapeuticClass)]
    tried = 0

    for address, form in forms(client, house):
        for typed in sendings(form, word, hostile in ALONE):
            answer = post_raw(client, address, {**form.filled(), "act": "", **typed})
            html, tried = answer.content.decode(), tried + len(typed)
            assert answer.status_code in (200, 302, 404, 409, 413, 422, 400), (address, *typed)
            assert "<script>alert" not in html
            assert "<img src=x" not in html
    found = client.get(reverse("drug_list"), {"q": word.encode("utf-8", "replace").decode()[:5_000]})

    assert (found.status_code, b"<script>alert" in found.content) == (200, False)
    assert tried > 30
    after = [list(model.objects.order_by("pk").values()) for model in (Drug, TherapeuticClass)]
    kept = str(after)
    for unseen in ("\\x00", "\\x07", "\\u202e", "\\ud800", "x" * 600):
        assert unseen not in kept
    assert len(after[0]) == len(before[0])
