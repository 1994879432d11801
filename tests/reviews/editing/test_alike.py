"""Before something new is made, what is there under a name like it is shown; whoever saw it may say theirs is another."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monographs.models import Drug, Monograph, TherapeuticClass
from reviews.access.refusals import Refused
from reviews.audit.trail import audited_write
from reviews.editing import monographs
from reviews.editing.alike import classes_like, drugs_like, known_as, monographs_like, rows_like
from reviews.editing.classes import rename_class
from reviews.editing.drugs import change_drug, merge_drug, rename_drug
from reviews.editing.library import make_class, make_drug
from reviews.editing.shown import digest_of_row
from reviews.models import AuditEvent
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.each_case]


def add(house, name, **changes):
    with audited_write(actor=house.editor) as trail:
        return make_drug(trail, name=name, **changes)


@pytest.fixture
def tacrolimus(house):
    return add(
        house,
        "tacrolimus",
        brands=[{"name": "Prograf", "country": "GB"}],
        names=[{"kind": "other", "name": "fujimycin"}],
    )


def new(house, name, **changes):
    given = {"slug": "newumab", "title": "Newumab", "therapeutic_class": house.leaf, "actor": house.editor, **changes}
    return monographs.new(new_drug={"name": name}, **given)


@pytest.mark.parametrize(
    ("name", "why", "is_certain"),
    [
        ("tacrolimuss", "“tacrolimuss” looks like tacrolimus.", False),
        ("takrolymus", "“takrolymus” looks like tacrolimus.", False),
        ("Prograf", "“Prograf” is a brand of tacrolimus.", True),
        ("Prograff", "“Prograff” looks like Prograf, a brand of tacrolimus.", False),
        ("Fujimycin", "“Fujimycin” is another name of tacrolimus.", True),
    ],
)
def test_a_name_like_one_that_is_there_is_asked_about(house, tacrolimus, name, why, is_certain):
    entries = AuditEvent.objects.count()

    with pytest.raises(Refused) as refused:
        new(house, name)

    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.field) == ("alike", "name")
    assert refusal.sentence == f"{why} Choose what is there, or say that yours is another."
    assert [(one.slug, one.is_certain) for one in drugs_like(name)] == [("tacrolimus", is_certain)]
    assert (Drug.objects.count(), AuditEvent.objects.count()) == (1, entries)
    assert new(house, name, another=["tacrolimus"]).monograph.drug.name == name
    added = AuditEvent.objects.filter(verb="drug_added").latest("seq")
    assert added.data["another_than"] == ["tacrolimus"]


def test_whoever_saw_another_one_is_asked_again(house, tacrolimus):
    add(house, "tacrolimas")

    with pytest.raises(Refused):
        new(house, "tacrolimuss", another=["tacrolimus"])
    assert new(house, "tacrolimuss", another=["tacrolimas", "tacrolimus"])


def test_a_name_like_none_is_not_asked_about(house, tacrolimus):
    new(house, "sirolimus")

    assert "another_than" not in AuditEvent.objects.filter(verb="drug_added").latest("seq").data


def test_a_former_name_and_a_merged_drug_lead_to_what_they_became(house, tacrolimus):
    other = add(house, "Olderumab")
    other = rename_drug(other, name="Oldumab", actor=house.editor, seen=digest_of_row(other), reason="x")
    merge_drug(
        other, into=tacrolimus, actor=house.editor, seen=digest_of_row(other), seen_into=digest_of_row(tacrolimus), reason="x"
    )  # fmt: skip

    assert known_as("Olderumab") == known_as("OLDUMAB") == known_as("Tacrolimus") == tacrolimus
    assert known_as("Prograf") is None
    assert [(one.slug, one.is_certain) for one in drugs_like("Olderumab")] == [("tacrolimus", True)]
    assert drugs_like("Olderumab", but=tacrolimus) == []


def test_another_name_of_a_drug_is_asked_about_like_a_first_one(house, tacrolimus):
    drug = add(house, "Sirolimus")
    given = {"name": "Tacrolimuss", "actor": house.editor, "seen": digest_of_row(drug), "reason": "x"}

    with pytest.raises(Refused) as refused:
        rename_drug(drug, **given)
    assert refused.value.codes == ["alike"]
    rename_drug(drug, **given, another=["tacrolimus"])
    assert AuditEvent.objects.latest("seq").data["another_than"] == ["tacrolimus"]


def test_a_class_like_one_that_is_there_is_asked_about(house):
    with pytest.raises(Refused) as refused:
        make_class("Neurologie", another=(), actor=house.admin)
    assert refused.value.codes == ["alike"]
    assert [one.why for one in classes_like("Neurologie")] == ["“Neurologie” looks like Neurology."]
    pain = make_class("Pain", actor=house.admin)
    given = {"name": "Neurologie", "actor": house.admin, "seen": digest_of_row(pain), "reason": "x"}
    with pytest.raises(Refused) as refused:
        rename_class(pain, **given)
    assert refused.value.codes == ["alike"]

    rename_class(pain, **given, another=["neurology"])
    assert AuditEvent.objects.latest("seq").data["another_than"] == ["neurology"]
    make_class("Neurologia", another=["neurology", "pain"], actor=house.admin)
    assert TherapeuticClass.objects.get(slug="neurologia").name == "Neurologia"


# -- Brands and other names of a drug ----------------------------------------------------------------------------------


def gets(house, drug, **lists):
    given = {"names": drug.names, "brands": drug.brands, "codes": drug.codes, "traits": drug.traits, **lists}
    return lambda **said: change_drug(drug, **given, actor=house.editor, seen=digest_of_row(drug), **said)


@pytest.mark.parametrize(
    ("lists", "why", "like"),
    [
        ({"brands": [{"name": "Prograff", "country": "GB"}]}, "“Prograff” looks like Prograf, a brand of tacrolimus.", "tacrolimus"),
        ({"names": [{"kind": "other", "name": "fujimycin"}]}, "“fujimycin” is another name of tacrolimus.", "tacrolimus"),
        ({"brands": [{"name": "Lemtrada", "country": "GB"}]}, "“Lemtrada” is a brand of alemtuzumab.", "known:lemtrada"),
    ],
)  # fmt: skip
def test_a_brand_or_name_that_a_drug_gets_is_asked_about(house, tacrolimus, lists, why, like):
    drug = add(house, "Sirolimus")
    entries, act = AuditEvent.objects.count(), gets(house, drug, **lists)

    with pytest.raises(Refused) as refused:
        act()

    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.field) == ("alike", "another")
    assert refusal.sentence == f"{why} Take the row out, or say that yours is another."
    drug.refresh_from_db()
    assert (drug.brands, drug.names, AuditEvent.objects.count()) == ([], [], entries)
    act(another=[like])
    assert AuditEvent.objects.filter(verb="drug_changed").latest("seq").data["another_than"] == [like]


def test_what_a_drug_has_already_or_is_known_by_is_not_asked_about(house, tacrolimus):
    add(house, "Takrolimus", brands=[{"name": "Prograf", "country": "GB"}])  # made in spite of the question
    drug = gets(house, tacrolimus, brands=[*tacrolimus.brands, {"name": "Prograf", "country": "US"}])()
    lemtrada = add(house, "alemtuzumab")

    gets(house, lemtrada, brands=[{"name": "Lemtrada", "country": "GB"}])()

    assert len(drug.brands) == 2
    assert "another_than" not in AuditEvent.objects.filter(verb="drug_changed").latest("seq").data


def test_rows_cost_one_query_however_many_there_are(house, tacrolimus, django_assert_num_queries):
    drug = add(house, "Sirolimus")

    with django_assert_num_queries(1):
        (like,) = rows_like(drug, ["Prograff", "fujimycin", "Nothing like it"])
    assert (
        like.why == "“Prograff” looks like Prograf, a brand of tacrolimus. “fujimycin” is another name of tacrolimus."
    )


# -- Monographs --------------------------------------------------------------------------------------------------------


@pytest.fixture
def pain(house):
    """A draft, “Drawnumab in pain”, on “Drawnumab”."""
    return monographs.new(
        new_drug={"name": "Drawnumab"}, slug="drawnumab", title="Drawnumab in pain", actor=house.editor,
        therapeutic_class=house.leaf,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("title", "is_on_it", "why"),
    [
        ("Drawnumab after surgery", True, "There is a monograph on Drawnumab: “Drawnumab in pain”."),
        ("Drawnumab in pains", False, "“Drawnumab in pains” looks like “Drawnumab in pain”."),
        ("DRAWNUMAB in pain", False, "“DRAWNUMAB in pain” is the same name as “Drawnumab in pain”."),
    ],
)
def test_a_monograph_on_the_same_drug_or_of_a_like_title_is_asked_about(house, pain, title, is_on_it, why):
    drug = pain.monograph.drug if is_on_it else add(house, "Sirolimus")
    given = {"slug": "second", "title": title, "therapeutic_class": house.leaf, "actor": house.editor, "drug": drug}
    entries, pages = AuditEvent.objects.count(), Monograph.objects.count()

    with pytest.raises(Refused) as refused:
        monographs.new(**given)

    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.field) == ("alike", "title")
    assert refusal.sentence == f"{why} Open what is there, or say that yours is another."
    assert (Monograph.objects.count(), AuditEvent.objects.count()) == (pages, entries)
    assert monographs.new(**given, another_monograph=["drawnumab"]).monograph.slug == "second"
    assert AuditEvent.objects.filter(verb="begun").latest("seq").data["another_than"] == ["drawnumab"]


def test_a_title_like_none_is_not_asked_about(house, pain):
    assert new(house, "sirolimus", title="Sirolimus in transplants").number == 1
    assert "another_than" not in AuditEvent.objects.filter(verb="begun").latest("seq").data


def test_a_draft_that_one_may_not_read_is_not_told_and_what_readers_see_is(house, pain):
    live = make.published(house, "fictivumab").monograph
    for_editor = monographs_like("Other", pain.monograph.drug, house.editor)

    assert [(one.slug, one.is_live) for one in for_editor] == [("drawnumab", False)]
    assert monographs_like("Drawnumab in pain", pain.monograph.drug, house.people["nobody"]) == []
    assert [(one.slug, one.is_live) for one in monographs_like("x", live.drug, house.people["nobody"])] == [
        ("fictivumab", True)
    ]


def test_titles_cost_as_many_queries_for_five_monographs_as_for_one(house, pain):
    def count():
        with CaptureQueriesContext(connection) as asked:
            assert monographs_like("Drawnumab in pain", None, house.editor)
        return len(asked)

    count()  # the rights of a person are asked for once
    one = count()
    for number in range(4):
        make.draft(house, f"fictivumab{number}")

    assert count() == one


# -- The list of known names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Lemtrada", "“Lemtrada” is a brand of alemtuzumab."),
        ("alemtuzumabb", "“alemtuzumabb” looks like the substance alemtuzumab."),
        ("Lemtrado", "“Lemtrado” looks like Lemtrada, a brand of alemtuzumab."),
        ("BG-12", "“BG-12” is another name of dimethyl fumarate."),
    ],
)
def test_a_known_name_is_asked_about_in_an_empty_library(house, name, why):
    with pytest.raises(Refused) as refused:
        new(house, name)

    assert refused.value.codes == ["alike"]
    assert str(refused.value) == f"{why} Give the name of the substance, or say that yours is another."
    (like,) = drugs_like(name)
    assert (like.is_here, Drug.objects.count()) == (False, 0)
    assert new(house, name, another=[like.slug]).monograph.drug.name == name
    assert AuditEvent.objects.filter(verb="drug_added").latest("seq").data["another_than"] == [like.slug]


def test_what_the_library_shows_is_not_shown_again_from_the_list(house, tacrolimus):
    assert [(one.slug, one.is_here) for one in drugs_like("tacrolimuss")] == [("tacrolimus", True)]
    assert [(one.slug, one.is_here) for one in drugs_like("Prograf")] == [("tacrolimus", True)]
    assert [(one.slug, one.is_here) for one in drugs_like("Protopic")] == [("known:protopic", False)]


def test_a_drug_is_not_asked_about_its_own_names_but_about_its_brands(house, tacrolimus):
    assert drugs_like("Tacrolimus", but=tacrolimus) == drugs_like("Fujimycin", but=tacrolimus) == []
    assert [one.why for one in drugs_like("Prograf", but=tacrolimus)] == ["“Prograf” is a brand of tacrolimus."]
    assert [one.slug for one in drugs_like("tacrolimuss", but=tacrolimus)] == ["known:tacrolimus"]


def test_a_drug_made_under_a_slip_is_mended_without_a_question(house):
    drug = add(house, "alemtuzumabb")

    drug = rename_drug(drug, name="alemtuzumab", actor=house.editor, seen=digest_of_row(drug), reason="A slip")

    assert (drug.name, drug.former_names) == ("alemtuzumab", ["alemtuzumabb"])
    assert [one.why for one in drugs_like("Lemtrada", but=drug)] == ["“Lemtrada” is a brand of alemtuzumab."]
