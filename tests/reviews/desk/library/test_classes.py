"""Pages of classes: the tree, one class, a new one, and what each act touches before it is done."""

import pytest
from django.urls import reverse

from monographs.models import Monograph, TherapeuticClass
from reviews.editing.library import make_class
from reviews.editing.monographs import set_tier
from tests import factories as make
from tests.factories import give_role
from tests.forms import forms_of, wrong
from tests.reviews.desk.library.test_drugs import REASON, send

pytestmark = pytest.mark.any_database


@pytest.fixture
def admin(enter, house):
    give_role(house.nobody, "administrator", actor=house.admin)
    return enter("nobody")


def act(name, slug="multiple-sclerosis"):
    return reverse("class_act", args=[slug, name])


def leaf():
    return TherapeuticClass.objects.get(slug="multiple-sclerosis")


def test_the_tree_says_what_is_in_each_class(admin, enter, house):
    make.draft(house)

    answer = admin.get(reverse("class_list"))

    assert [(one.slug, depth, count) for one, depth, _floor, count in answer.context["rows"]] == [
        ("neurology", 0, 0), ("multiple-sclerosis", 1, 1)
    ]  # fmt: skip
    assert "Add a class" in answer.content.decode()
    assert "Add a class" not in enter("editor").get(reverse("class_list")).content.decode()


def test_a_class_is_added_after_what_is_like_it_was_shown(admin):
    page = reverse("class_new")

    answer = send(admin, page, name="Neurologie", parent="neurology", tier_floor="high")
    assert answer.status_code == 422
    assert "“Neurologie” looks like Neurology." in answer.content.decode()
    answer = admin.post(
        page, {"name": "Neurologie", "parent": "neurology", "tier_floor": "high", "another": ["neurology"]}
    )

    made = TherapeuticClass.objects.get(slug="neurologie")
    assert answer.headers["Location"] == reverse("therapeutic_class", args=["neurologie"])
    assert (made.parent.slug, made.tier_floor) == ("neurology", "high")
    assert admin.post(page, {"name": "", "parent": "nowhere"}).status_code == 422


def test_the_address_of_a_class_can_be_chosen_and_a_clash_is_told_with_one_that_is_free(admin, house):
    page = reverse("class_new")
    make_class("Glucose 2.5%", actor=house.admin)

    answer = admin.post(page, {"name": "Quite another", "slug": "glucose-2-5"})
    said = "Another class has the address “glucose-2-5”. Type another one in the box of the address: “glucose-2-5-2” is free."
    assert (answer.status_code, wrong(answer)) == (422, {"slug": said})
    assert admin.post(page, {"name": "Quite another", "slug": " sugars "}).headers["Location"].endswith("/sugars/")


def test_a_class_is_renamed_moved_floored_and_retired(admin, house):
    pain = make_class("Pain", actor=house.admin)
    make.draft(house)

    html = admin.get(act("move")).content.decode()
    assert "Classes below it: 0. Monographs in it and below: 1." in html
    assert "Open editions: 1. They keep their copies and are told." in html
    assert send(admin, act("move"), parent="pain", **REASON).status_code == 302
    assert leaf().parent == pain
    assert send(admin, act("rename"), name="Nerves", **REASON).status_code == 302
    assert leaf().name == "Nerves"
    assert send(admin, act("floor"), tier_floor="high", **REASON).status_code == 302
    assert leaf().tier_floor == "high"
    html = admin.get(act("retire")).content.decode()
    assert "In it: testazumab. They move in the same act" in html
    answer = send(admin, act("retire"), **REASON)
    assert answer.status_code == 409
    assert "These monographs are in it: testazumab. Choose the class" in answer.content.decode()
    (form,) = [one for one in forms_of(answer.content.decode()) if "seen" in one.fields]
    assert admin.post(act("retire"), form.filled(**{"to": "pain", **REASON})).status_code == 302
    assert leaf().retired
    assert Monograph.objects.get().therapeutic_class == pain
    html = admin.get(reverse("therapeutic_class", args=["multiple-sclerosis"])).content.decode()
    for words in (
        "moved it from neurology to pain",
        "renamed it from Multiple sclerosis to Nerves",
        "moved to pain: testazumab",
        "Because of a test",
    ):
        assert words in html


def test_what_is_wrong_is_said_and_changes_nothing(admin):
    before = list(TherapeuticClass.objects.order_by("pk").values())

    for page, typed in (
        (act("move", "neurology"), {"parent": "multiple-sclerosis", **REASON}),
        (act("move"), {"parent": "nowhere", **REASON}),
        (act("move"), {"parent": ""}),
        (act("floor"), {"tier_floor": "huge", **REASON}),
        (act("rename"), {"name": "", **REASON}),
        (act("rename"), {"name": "Other", "seen": "0" * 64, **REASON}),
    ):
        assert send(admin, page, **typed).status_code in (409, 422), page
    assert admin.get(act("explode")).status_code == 404
    assert admin.get(reverse("therapeutic_class", args=["nowhere"])).status_code == 404
    assert list(TherapeuticClass.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("who", ["editor", "clinician", "publisher", "auditor"])
def test_whoever_does_not_administer_reads_and_is_refused(enter, house, who):
    client = enter(who)

    assert "Rename" not in client.get(reverse("therapeutic_class", args=["neurology"])).content.decode()
    for name in ("rename", "move", "floor", "retire"):
        assert "You do not have permission" in client.get(act(name)).content.decode()
        assert client.post(act(name), {"name": "X", "parent": "", "tier_floor": "high", **REASON}).status_code == 403
    assert client.post(reverse("class_new"), {"name": "X", "parent": "", "tier_floor": ""}).status_code == 403
    assert TherapeuticClass.objects.count() == 2


def test_the_page_of_a_floor_lists_what_is_published_below_it(admin, house):
    low = make.published(house, "lowzumab").monograph
    set_tier(low, "low", actor=house.clinician, reason="Harmless.")
    make.published(house, "plainzumab")
    make.draft(house, "draftzumab")

    html = admin.get(act("floor", "neurology")).content.decode()

    assert "Published and lower than Standard: lowzumab." in html
    assert "Published and lower than High: lowzumab, plainzumab." in html
    assert "draftzumab" not in html
    assert send(admin, act("floor", "neurology"), tier_floor="standard", **REASON).status_code == 302
    html = admin.get(act("floor")).content.decode()
    assert ("lower than Standard" in html, "lower than High: lowzumab, plainzumab." in html) == (False, True)
