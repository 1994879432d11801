"""A class of the tree is renamed, moved, given a floor, retired: by whom, what is refused, and who is told."""

import pytest
from django.contrib.auth import get_user_model

from monographs.assemble import build
from monographs.digest import digest
from monographs.models import Edition, Publication, TherapeuticClass
from reviews.access.grants import give
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.editing import copies, monographs
from reviews.editing.classes import bring_back_class, move_class, rename_class, retire_class, set_floor
from reviews.editing.library import make_class
from reviews.editing.shown import digest_of_row
from reviews.models import AuditEvent
from reviews.review.edition_review import EditionReview
from tests import factories as make

pytestmark = pytest.mark.django_db


def now(one):
    return TherapeuticClass.objects.get(pk=one.pk)


def do(verb, one, actor, reason="The committee decided", **changes):
    return verb(one, actor=actor, **{"seen": digest_of_row(now(one)), "reason": reason, **changes})


def is_refused(act):
    before = list(TherapeuticClass.objects.order_by("pk").values())
    with pytest.raises(Refused) as refused:
        act()
    assert list(TherapeuticClass.objects.order_by("pk").values()) == before
    return [(one.code, one.field) for one in refused.value.refusals]


def last():
    entry = AuditEvent.objects.latest("seq")
    assert [one for one in verify() if "checkpoint" not in one[1]] == []
    return entry.verb, entry.subject, {k: v for k, v in entry.data.items() if k != "rows"}


@pytest.fixture
def pain(house):
    return make_class("Pain", actor=house.admin)


@pytest.mark.parametrize("who", ["editor", "clinician", "publisher", "auditor", "nobody"])
def test_only_an_administrator_changes_a_class(house, pain, who):
    person = house.people[who]
    gone = do(retire_class, make_class("Gone", actor=house.admin), house.admin)

    for act in (
        lambda: do(rename_class, pain, person, name="Aches"),
        lambda: do(move_class, pain, person, parent=house.root),
        lambda: do(set_floor, pain, person, tier_floor="high"),
        lambda: do(retire_class, pain, person),
        lambda: do(bring_back_class, gone, person),
    ):
        assert is_refused(act) == [("no_administrator", "")]
        assert last()[0] == "refused"


def test_a_renamed_class_keeps_its_address(house, pain):
    do(rename_class, pain, house.admin, name=" Acute  pain ")

    assert (now(pain).slug, now(pain).name) == ("pain", "Acute pain")
    assert last() == ("class_renamed", "class:pain", {"from_name": "Pain", "to_name": "Acute pain"})
    assert is_refused(lambda: do(rename_class, pain, house.admin, name="Acute pain")) == [("nothing_changed", "name")]
    assert is_refused(lambda: do(rename_class, pain, house.admin, name="")) == [("name", "name")]
    assert is_refused(lambda: do(rename_class, pain, house.admin, name="\u0430cute")) == [("name", "name")]
    assert is_refused(lambda: do(rename_class, pain, house.admin, name="A", reason=" ")) == [("reason", "reason")]
    assert is_refused(lambda: do(rename_class, pain, house.admin, name="A", seen="0" * 64)) == [
        ("changed_meanwhile", "")
    ]


def test_a_class_moves_with_all_that_is_below_it(house, pain):
    do(move_class, house.root, house.admin, parent=pain)

    assert [one.slug for one in now(house.leaf).path()] == ["pain", "neurology", "multiple-sclerosis"]
    assert last() == ("class_moved", "class:neurology", {"from_parent": None, "to_parent": "pain"})
    do(move_class, house.leaf, house.admin, parent=None)
    assert now(house.leaf).parent is None
    assert is_refused(lambda: do(move_class, house.leaf, house.admin, parent=None)) == [("nothing_changed", "parent")]


def test_no_class_comes_to_stand_below_itself(house):
    lower = make_class("Relapsing", parent=house.leaf, actor=house.admin)

    for to in (house.root, house.leaf, lower):
        assert is_refused(lambda to=to: do(move_class, house.root, house.admin, parent=to)) == [("ring", "parent")]


@pytest.mark.parametrize("where", ["root", "leaf", "pain"])
def test_who_holds_a_role_on_either_way_moves_no_class(house, pain, where):
    below = make_class("Relapsing", parent=house.leaf, actor=house.admin)
    elsewhere = make_class("Elsewhere", actor=house.admin)
    granted = {"root": house.root, "leaf": house.leaf, "pain": pain}[where]
    person = holder(house, granted)

    assert is_refused(lambda: do(move_class, below, person, parent=pain)) == [("holds_grant", "")]
    assert now(do(move_class, elsewhere, person, parent=make_class("Other", actor=house.admin))).parent.slug == "other"
    assert now(do(move_class, below, house.admin, parent=pain)).parent == pain


def holder(house, therapeutic_class):
    """An administrator who is on call for this class too."""
    person = make.account("both")
    give(person, "administrator", actor=house.admin)
    give(person, "on-call", on=therapeutic_class, actor=house.admin)
    return get_user_model().objects.get(pk=person.pk)


def test_a_floor_is_set_and_lifted(house, pain):
    do(set_floor, pain, house.admin, tier_floor="high")

    assert now(pain).tier_floor == "high"
    assert last() == ("class_floor_set", "class:pain", {"from_tier": "", "to_tier": "high"})
    assert is_refused(lambda: do(set_floor, pain, house.admin, tier_floor="high")) == [
        ("nothing_changed", "tier_floor")
    ]
    assert is_refused(lambda: do(set_floor, pain, house.admin, tier_floor="huge")) == [("tier", "tier_floor")]
    assert now(do(set_floor, pain, house.admin, tier_floor="")).tier_floor == ""


def test_a_higher_floor_holds_back_an_edition_until_its_tier_is_raised(house):
    edition = make.signed(house)
    do(set_floor, house.root, house.admin, tier_floor="high")

    with pytest.raises(Refused) as refused:
        make.publish(house, edition)

    assert "tier_below_floor" in refused.value.codes


def test_nothing_new_begins_in_a_retired_class(house):
    assert is_refused(lambda: do(retire_class, house.root, house.admin)) == [("in_use", "")]
    do(retire_class, house.leaf, house.admin)
    assert last()[:2] == ("class_retired", "class:multiple-sclerosis")
    given = {"slug": "newumab", "title": "Newumab", "new_drug": {"name": "newumab"}, "actor": house.editor}

    assert is_refused(lambda: monographs.new(therapeutic_class=house.leaf, **given)) == [
        ("retired", "therapeutic_class")
    ]
    assert is_refused(lambda: make_class("Lower", parent=house.leaf, actor=house.admin)) == [("retired", "parent")]
    other = make_class("Other", actor=house.admin)
    assert is_refused(lambda: do(move_class, other, house.admin, parent=house.leaf)) == [("retired", "parent")]
    assert is_refused(lambda: do(retire_class, house.leaf, house.admin)) == [("retired", "")]
    do(retire_class, house.root, house.admin)
    assert is_refused(lambda: do(bring_back_class, house.leaf, house.admin)) == [("retired", "")]
    do(bring_back_class, house.root, house.admin)
    do(bring_back_class, house.leaf, house.admin)
    assert last()[:2] == ("class_back", "class:multiple-sclerosis")
    assert is_refused(lambda: do(bring_back_class, house.leaf, house.admin)) == [("not_retired", "")]
    assert monographs.new(therapeutic_class=house.leaf, **given).number == 1


def test_the_monographs_of_a_retired_class_move_in_the_same_act(house, pain):
    live = make.published(house)
    texts, draft = list(Publication.objects.values()), make.start(house, live)
    retired = make_class("Old", actor=house.admin)
    do(retire_class, retired, house.admin)

    for to, found in ((None, ("in_use", "to")), (house.leaf, ("in_use", "to")), (retired, ("retired", "to"))):
        assert is_refused(lambda to=to: do(retire_class, house.leaf, house.admin, to=to)) == [found]
    both = holder(house, pain)
    assert is_refused(lambda: do(retire_class, house.leaf, both, to=pain)) == [("holds_grant", "")]
    do(retire_class, house.leaf, house.admin, to=pain)

    monograph = Edition.objects.get(pk=draft.pk).monograph
    assert (monograph.therapeutic_class, list(Publication.objects.values())) == (pain, texts)
    told, entry = AuditEvent.objects.order_by("-seq")[:2]
    assert (entry.verb, entry.data["to_class"], entry.data["monographs"]) == ("class_retired", "pain", ["testazumab"])
    assert (told.verb, told.data["by"]) == ("library_changed", "class_retired")
    assert "class_path" in copies.task_of(Edition.objects.get(pk=draft.pk)).changed
    assert [one for one in verify() if "checkpoint" not in one[1]] == []


def test_no_digest_moves_no_signature_falls_and_no_page_changes_when_a_class_does(house, pain):
    live = make.published(house)
    second = make.start(house, live)
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    second = make.sign(make.submit(house, second), house.clinician)
    texts, before = list(Publication.objects.values()), digest(build(second))

    do(rename_class, house.root, house.admin, name="Nerves")
    do(move_class, house.leaf, house.admin, parent=pain)

    second = Edition.objects.get(pk=second.pk)
    assert list(Publication.objects.values()) == texts
    assert digest(build(second)) == before
    assert [one.signer for one in EditionReview.load(second).valid_sign_offs] == [house.clinician]
    assert "class_path" in copies.task_of(second).changed
    assert last() == (
        "library_changed", "monograph:testazumab", {"of": "class:multiple-sclerosis", "by": "class_moved"}
    )  # fmt: skip
