"""What editions copy from: names that mislead nobody, one drug and one record a thing, and who may add to it."""

import pytest

from monographs.models import Drug, NameCheck, Reference, TherapeuticClass
from reviews.access.refusals import RefusalType, Refused
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.editing.library import checked_name, keep_references, make_class, make_drug, record_name_check
from reviews.models import AuditEvent

pytestmark = pytest.mark.django_db


def refusal(act):
    """(code, field) of the only reason."""
    with pytest.raises(Refused) as refused:
        act()
    (found,) = refused.value.refusals
    assert found.kind == RefusalType.INVALID
    return found.code, found.field


def told():
    entry = AuditEvent.objects.latest("seq")
    assert [one for one in verify() if "checkpoint" not in one[1]] == []
    return (entry.verb, entry.subject, entry.actor_name), {k: v for k, v in entry.data.items() if k != "rows"}


def add(house, name="Addumab", **changes):
    with audited_write(actor=house.editor) as trail:
        return make_drug(trail, name=name, **changes)


def keep(house, *records):
    with audited_write(actor=house.editor) as trail:
        trail.record("asked", "test")
        keep_references(trail, records)
    return list(Reference.objects.order_by("pk").values_list("label", "doi"))


# -- Names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kept"),
    [("  Amoxi \n cillin ", "Amoxi cillin"), ("α-tocopherol", "α-tocopherol"), ("a" * 500, "a" * 500)],
)
def test_a_name_is_kept_as_one_line(name, kept):
    assert checked_name(name) == kept


@pytest.mark.parametrize(
    ("name", "code"),
    [("", "name"), (" \n ", "name"), ("a\u202eb", "characters"), ("a\x00b", "characters"), ("\u0430spirin", "name"),
     ("a" * 501, "too_long"), ("ﷺ" * 60, "name"), ("aspirin 999 000 0018", "patient_data")],
)  # fmt: skip
def test_a_name_that_is_none_or_would_mislead_is_refused(name, code):
    assert refusal(lambda: checked_name(name)) == (code, "name")


# -- Drugs -------------------------------------------------------------------------------------------------------------


def test_a_drug_is_kept_whole_and_told(house):
    names, brands = [{"kind": "other", "name": "B"}], [{"name": "Brandex", "country": "GB"}]
    codes = [{"system": "ATC", "code": "L04AG06", "name": ""}]

    add(house, " Addumab  one ", names=names, brands=brands, codes=codes, traits=["opioid", "biologic", "opioid"])

    drug = Drug.objects.get()
    assert (drug.name, drug.slug, drug.skeleton) == ("Addumab one", "addumab-one", "addumab one")
    assert (drug.names, drug.brands, drug.codes, drug.traits) == (names, brands, codes, ["biologic", "opioid"])
    assert told() == (
        ("drug_added", "drug:addumab-one", "editor"), {"name": "Addumab one", "traits": ["biologic", "opioid"]}
    )  # fmt: skip
    assert add(house, "Otherumab", slug="elsewhere").slug == "elsewhere"


def test_one_drug_stands_in_the_list_once(house):
    add(house, "Addumab one")

    for change, found in (
        ({"name": "ADDUMAB-ONE"}, ("drug_exists", "name")),
        ({"name": "Αddumab", "slug": "x"}, ("name", "name")),
        ({"name": "Another", "slug": "addumab-one"}, ("slug", "drug_slug")),
        ({"name": "Another", "slug": "Not one"}, ("slug", "drug_slug")),
        ({"name": "…"}, ("name", "name")),
        ({"name": "ЖЖ"}, ("slug", "drug_slug")),
        ({"name": "Another", "traits": ["opioid", "magic"]}, ("traits", "traits")),
        ({"name": ""}, ("name", "name")),
    ):
        assert refusal(lambda change=change: add(house, **change)) == found
    assert Drug.objects.count() == 1


# -- Classes -----------------------------------------------------------------------------------------------------------


def test_an_administrator_adds_a_class_below_another_with_its_floor(house):
    for who in ("editor", "clinician", "publisher", "auditor", "nobody"):
        with pytest.raises(Refused) as refused:
            make_class("Pain", actor=house.people[who])
        assert refused.value.codes == ["no_administrator"]
        entry = AuditEvent.objects.latest("seq")
        assert (entry.verb, entry.subject, entry.data["action"]) == ("refused", "class:pain", "make_class")
    assert TherapeuticClass.objects.count() == 2

    made = make_class(" Acute  pain ", parent=house.leaf, tier_floor="high", actor=house.admin)

    made = TherapeuticClass.objects.get(pk=made.pk)
    assert (made.slug, made.name, made.parent, made.tier_floor) == ("acute-pain", "Acute pain", house.leaf, "high")
    assert told() == (
        ("class_added", "class:acute-pain", "admin"), {"name": "Acute pain", "parent": "multiple-sclerosis"}
    )  # fmt: skip
    assert refusal(lambda: make_class("Other", slug="acute-pain", actor=house.admin)) == ("class_exists", "slug")
    assert refusal(lambda: make_class("\u0430cute", slug="x", actor=house.admin)) == ("name", "name")
    assert refusal(lambda: make_class("New", actor=house.admin)) == ("slug", "slug")
    make_class("Root", actor=house.admin)
    assert told()[1]["parent"] is None


# -- References --------------------------------------------------------------------------------------------------------


def test_a_record_that_is_there_by_its_doi_or_word_for_word_is_not_added_again(house):
    smith = {"title": "A trial", "DOI": "10.1000/ABC"}
    assert keep(house, ("smith", smith), ("jones", {"title": "B"})) == [("smith", "10.1000/abc"), ("jones", None)]
    assert told() == (("reference_added", "library", "editor"), {"labels": ["smith", "jones"]})
    before = AuditEvent.objects.count()

    found = keep(
        house, ("again", {"title": "Another title", "DOI": "10.1000/abc"}), ("other", {"title": "B"}), ("smith", smith)
    )

    assert found == [("smith", "10.1000/abc"), ("jones", None)]
    assert Reference.objects.get(label="smith").csl == smith
    assert AuditEvent.objects.count() == before + 1  # which is the test's own


def test_one_act_adds_a_record_once_and_gives_another_one_under_its_label_a_suffix(house):
    keep(house, ("smith", {"title": "A"}))

    found = keep(
        house, ("smith", {"title": "B"}), ("smith", {"title": "B"}), ("jones", {"title": "C", "DOI": "10.1000/1"}),
        ("jones2", {"title": "D", "DOI": "10.1000/1"}), ("jones", {"title": "E"}),
    )  # fmt: skip

    labels = [label for label, _doi in found]
    assert [label.split("-")[0] for label in labels] == ["smith", "smith", "jones", "jones"]
    assert [len(label) for label in labels] == [5, 5 + 13, 5, 5 + 13]
    assert Reference.objects.get(label="smith").csl == {"title": "A"}
    assert [one.title for one in Reference.objects.order_by("pk")] == ["A", "B", "C", "E"]
    keep(house, ("only", {"title": "F"}))
    assert told() == (("reference_added", "reference:only", "editor"), {"labels": ["only"]})


def test_a_record_is_known_among_hundreds(house):
    many = [(f"r{number}", {"title": f"T{number}"}) for number in range(501)]
    keep(house, *many)

    keep(house, *many, ("new", {"title": "New"}))

    assert Reference.objects.count() == 502


# -- Names that were looked up -----------------------------------------------------------------------------------------

CHECK = {
    "system": "RxNorm", "code": "117055", "name": "testazumab", "status": "found", "matched_name": "testazumab 1",
    "release": "sample", "source": "RXNCONSO.RRF",
}  # fmt: skip


def test_a_check_of_a_name_is_kept_by_editors_and_clinicians_only(house):
    for who in ("publisher", "auditor", "nobody", "admin"):
        with pytest.raises(Refused) as refused:
            record_name_check(actor=house.people[who], **CHECK)
        assert refused.value.codes == ["no_role"]
        entry = AuditEvent.objects.latest("seq")
        assert (entry.subject, entry.data["action"]) == ("code:RxNorm 117055", "record_name_check")
    assert not NameCheck.objects.exists()

    for who in ("editor", "clinician"):
        record_name_check(actor=house.people[who], **CHECK)

        kept = NameCheck.objects.latest("id")
        assert {name: getattr(kept, name) for name in CHECK} == CHECK
        assert kept.at == AuditEvent.objects.latest("seq").at
        assert told() == (("name_checked", "code:RxNorm 117055", who), {"status": "found", "release": "sample"})
