"""A drug of the library is changed, renamed, merged, retired: by whom, what is refused, and what no edition notices."""

import pytest

from monographs.assemble import build
from monographs.digest import digest
from monographs.models import Drug, Edition, Monograph, Publication
from reviews.access.grants import give
from reviews.access.refusals import Refused
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.editing import copies, monographs
from reviews.editing.drugs import bring_back_drug, change_drug, merge_drug, rename_drug, retire_drug, united
from reviews.editing.library import make_class, make_drug
from reviews.editing.shown import digest_of_row
from reviews.models import AuditEvent
from reviews.review.edition_review import EditionReview
from tests import factories as make

pytestmark = pytest.mark.django_db

BRAND = {"name": "Brandex", "country": "GB"}
CODE = {"system": "ATC", "code": "L04AA34", "name": ""}
OTHER = {"kind": "british", "name": "Addumabe"}


def add(house, name="Addumab", **changes):
    with audited_write(actor=house.editor) as trail:
        return make_drug(trail, name=name, **changes)


def now(drug):
    return Drug.objects.get(pk=drug.pk)


def change(drug, house, actor="editor", seen=None, reason="", **lists):
    given = {"names": drug.names, "brands": drug.brands, "codes": drug.codes, "traits": drug.traits, **lists}
    return change_drug(drug, **given, actor=house.people[actor], seen=seen or digest_of_row(drug), reason=reason)


def rename(drug, house, name, actor="editor", seen=None, reason="The list of the WHO changed"):
    return rename_drug(drug, name=name, actor=house.people[actor], seen=seen or digest_of_row(drug), reason=reason)


def merge(drug, into, house, actor="editor", **seen):
    seen = {"seen": digest_of_row(drug), "seen_into": digest_of_row(into), **seen}
    return merge_drug(drug, into=into, actor=house.people[actor], reason="They are one", **seen)


def is_refused(act):
    """[(code, field)], kind; nothing is written but the refusal."""
    before = [list(Drug.objects.order_by("pk").values()), list(Monograph.objects.order_by("pk").values())]
    with pytest.raises(Refused) as refused:
        act()
    assert [list(Drug.objects.order_by("pk").values()), list(Monograph.objects.order_by("pk").values())] == before
    return [(one.code, one.field) for one in refused.value.refusals]


def last():
    entry = AuditEvent.objects.latest("seq")
    assert [one for one in verify() if "checkpoint" not in one[1]] == []
    return entry


# -- Lists and traits --------------------------------------------------------------------------------------------------


def test_an_editor_changes_names_brands_codes_and_traits(house):
    drug = add(house)

    change(drug, house, names=[OTHER], brands=[BRAND], codes=[CODE], traits=["opioid", "biologic"])

    drug = now(drug)
    assert (drug.names, drug.brands, drug.codes, drug.traits) == ([OTHER], [BRAND], [CODE], ["biologic", "opioid"])
    entry = last()
    assert (entry.verb, entry.subject) == ("drug_changed", "drug:addumab")
    assert entry.data["changed"] == ["names", "brands", "codes", "traits"]
    assert (entry.data["from_traits"], entry.data["to_traits"]) == ([], ["biologic", "opioid"])
    assert list(entry.data["rows"]) == [f"monographs.drug:{drug.pk}"]


@pytest.mark.parametrize("who", ["publisher", "auditor", "admin", "nobody"])
def test_only_who_keeps_the_library_changes_a_drug(house, who):
    drug, other = add(house), add(house, "Otherumab")
    gone = add(house, "Goneumab")
    gone = retire_drug(gone, actor=house.editor, seen=digest_of_row(gone), reason="x")
    person = {"actor": house.people[who], "reason": "x"}

    for act in (
        lambda: change(drug, house, who, brands=[BRAND]),
        lambda: rename(drug, house, "Addumabum", who),
        lambda: merge(drug, other, house, who),
        lambda: retire_drug(drug, seen=digest_of_row(drug), **person),
        lambda: bring_back_drug(gone, seen=digest_of_row(gone), **person),
    ):
        assert is_refused(act) == [("no_role", "")]
        assert last().verb == "refused"


@pytest.mark.parametrize(
    ("lists", "found"),
    [
        ({"brands": [{"name": "Brandex", "country": "Britain"}]}, ("invalid", "brands")),
        ({"brands": [{"name": "", "country": "GB"}]}, ("invalid", "brands")),
        ({"brands": [BRAND, BRAND]}, ("invalid", "brands")),
        ({"names": [{"kind": "magic", "name": "A"}]}, ("invalid", "names")),
        ({"names": [{"kind": "other", "name": "\u0430ddumab"}]}, ("invalid", "names")),
        ({"names": [{"kind": "other", "name": "**bold**"}]}, ("invalid", "names")),
        ({"codes": [{"system": "ATC", "code": "117055", "name": ""}]}, ("invalid", "codes")),
        ({"traits": ["magic"]}, ("traits", "traits")),
        ({"brands": [{"name": "Brandex 999 000 0018", "country": "GB"}]}, ("patient_data", "")),
        ({}, ("nothing_changed", "")),
    ],
)
def test_what_no_edition_could_hold_is_refused_at_its_list(house, lists, found):
    drug = add(house)

    assert is_refused(lambda: change(drug, house, **lists)) == [found]


def test_a_trait_that_raises_the_tier_is_taken_away_by_a_clinician_alone(house):
    drug = add(house, traits=["injectable", "opioid"])

    assert is_refused(lambda: change(drug, house, traits=["injectable"])) == [("no_role", "traits")]
    drug = change(drug, house, traits=["opioid"])  # this one raises nothing
    drug = change(drug, house, "clinician", traits=[])

    assert now(drug).traits == []


def test_what_was_seen_is_what_is_changed(house):
    drug = add(house)
    seen = digest_of_row(drug)
    change(drug, house, brands=[BRAND])

    for act in (
        lambda: change(drug, house, seen=seen, codes=[CODE]),
        lambda: rename(drug, house, "Addumabum", seen=seen),
        lambda: change(drug, house, seen="no digest\x00", codes=[CODE]),
    ):
        assert is_refused(act) == [("changed_meanwhile", "")]


# -- Names -------------------------------------------------------------------------------------------------------------


def test_a_renamed_drug_keeps_its_address_and_its_former_name(house):
    drug = add(house)

    drug = rename(drug, house, " Addumabum ")

    drug = now(drug)
    assert (drug.slug, drug.name, drug.skeleton, drug.former_names) == (
        "addumab",
        "Addumabum",
        "addumabum",
        ["Addumab"],
    )
    entry = last()
    assert (entry.verb, entry.reason) == ("drug_renamed", "The list of the WHO changed")
    assert (entry.data["from_name"], entry.data["to_name"]) == ("Addumab", "Addumabum")
    assert now(rename(drug, house, "Addumab")).former_names == ["Addumabum"]


def test_a_name_that_another_drug_has_is_refused(house):
    drug, other = add(house), add(house, "Otherumab")
    merged = merge(add(house, "Thirdumab"), other, house)

    for name, found in (
        ("OTHERUMAB", ("drug_exists", "name")),
        ("Thirdumab", ("drug_exists", "name")),
        ("Addumab", ("nothing_changed", "name")),
        ("", ("name", "name")),
        ("\u0430ddumab", ("name", "name")),
    ):
        assert is_refused(lambda name=name: rename(drug, house, name)) == [found]
    assert is_refused(lambda: rename(drug, house, "New", reason=" ")) == [("reason", "reason")]
    assert is_refused(lambda: rename(merged, house, "New")) == [("merged", "")]
    assert now(rename(drug, house, "ADDUMAB")).name == "ADDUMAB"  # the same to the eye: its own


# -- Merging -----------------------------------------------------------------------------------------------------------


def test_merging_makes_one_drug_of_two_and_moves_the_monographs(house):
    drug = add(house, names=[OTHER], brands=[BRAND], traits=["opioid"])
    other = add(house, "Otherumab", brands=[BRAND], codes=[CODE], traits=["injectable"])
    with audited_write(actor=house.editor) as trail:
        monographs.begin(
            trail, slug="addumab", drug=drug, therapeutic_class=house.leaf, document=make.document(), reason="x"
        )

    merge(drug, other, house)

    drug, other = now(drug), now(other)
    assert (drug.merged_into, drug.retired, drug.name, drug.slug) == (other, True, "Addumab", "addumab")
    assert (other.names, other.brands, other.codes) == ([OTHER], [BRAND], [CODE])
    assert (other.traits, other.former_names, other.retired) == (["injectable", "opioid"], ["Addumab"], False)
    assert Monograph.objects.get().drug == other
    told, merged = AuditEvent.objects.order_by("-seq")[:2]
    assert (merged.verb, merged.subject, merged.data["into"]) == ("drug_merged", "drug:addumab", "otherumab")
    assert merged.data["monographs"] == ["addumab"]
    assert len(merged.data["rows"]) == 3
    assert (told.verb, told.subject) == ("library_changed", "monograph:addumab")
    assert last() == told


@pytest.mark.parametrize("is_published", ["drug", "into"])
def test_drugs_of_published_pages_are_merged_by_who_signs_for_them(house, is_published):
    published, other = make.published(house).monograph.drug, add(house)
    drug, into = (published, other) if is_published == "drug" else (other, published)
    elsewhere = make.account("elsewhere")
    give(elsewhere, "clinician", on=make_class("Pain", actor=house.admin), actor=house.admin)
    house.people["elsewhere"] = elsewhere

    for who in ("editor", "elsewhere"):
        assert is_refused(lambda who=who: merge(drug, into, house, actor=who)) == [("not_granted", "")]
    merge(drug, into, house, actor="clinician")

    assert Monograph.objects.get().drug == into


def test_who_was_merged_before_follows_and_nothing_merges_twice(house):
    first, second, third = add(house), add(house, "Secondumab"), add(house, "Thirdumab")
    first = merge(first, second, house)
    merge(now(second), third, house)

    assert now(first).merged_into == now(second).merged_into == third
    assert now(third).former_names == ["Addumab", "Secondumab"]
    assert is_refused(lambda: merge(now(first), now(third), house)) == [("merged", "")]
    assert is_refused(lambda: merge(now(third), now(third), house)) == [("same", "into")]
    assert is_refused(lambda: merge(now(third), now(first), house)) == [("retired", "into")]
    assert is_refused(lambda: bring_back_drug(now(first), actor=house.editor, seen=digest_of_row(now(first)), reason="x")) == [
        ("merged", "")
    ]  # fmt: skip
    fresh = add(house, "Freshumab")
    assert is_refused(lambda: merge(fresh, now(third), house, seen_into="0" * 64)) == [("changed_meanwhile", "")]


def test_no_trait_is_lost_in_a_merge():
    assert united(Drug(name="A", traits=["opioid"]), Drug(name="B", traits=["injectable"]))["traits"] == [
        "injectable",
        "opioid",
    ]


# -- Retiring ----------------------------------------------------------------------------------------------------------


def test_nothing_new_begins_on_a_retired_drug(house):
    drug = add(house)
    given = {
        "slug": "addumab",
        "title": "Addumab",
        "therapeutic_class": house.leaf,
        "drug": drug,
        "actor": house.editor,
    }

    drug = retire_drug(drug, actor=house.editor, seen=digest_of_row(drug), reason="Off the market")

    assert (last().verb, now(drug).retired) == ("drug_retired", True)
    assert is_refused(lambda: monographs.new(**given)) == [("retired", "drug")]  # as it was before it was retired
    seen = digest_of_row(now(drug))
    assert is_refused(lambda: retire_drug(drug, actor=house.editor, seen=seen, reason="x")) == [("retired", "")]
    drug = bring_back_drug(drug, actor=house.editor, seen=seen, reason="It is back")
    assert (last().verb, now(drug).retired) == ("drug_back", False)
    seen = digest_of_row(now(drug))
    assert is_refused(lambda: bring_back_drug(drug, actor=house.editor, seen=seen, reason="x")) == [("not_retired", "")]
    assert monographs.new(**given).monograph.drug == drug


# -- A6: editions own copies -------------------------------------------------------------------------------------------


def test_no_digest_moves_no_signature_falls_and_no_page_changes_when_a_drug_does(house):
    live = make.published(house)
    second = make.start(house, live)
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    second = make.sign(make.submit(house, second), house.clinician)
    drug, into = live.monograph.drug, add(house, "Intoumab")
    texts, before = list(Publication.objects.values()), digest(build(second))

    drug = change(drug, house, brands=[BRAND])
    drug = rename(drug, house, "Nameumab")
    merge(drug, into, house, actor="clinician")

    second = Edition.objects.get(pk=second.pk)
    review = EditionReview.load(second)
    assert list(Publication.objects.values()) == texts
    assert Monograph.objects.get().drug == into
    assert digest(build(second)) == before
    assert [one.signer for one in review.valid_sign_offs] == [house.clinician]
    assert second.state == "in_review"
    assert copies.task_of(second).changed == ["name", "brands", "codes"]
    assert last().verb == "library_changed"
