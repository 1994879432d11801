"""A monograph is started."""

import pytest
from django.urls import reverse

from monographs.models import Drug, Edition
from reviews.audit.trail import WriteLockTimeout
from reviews.editing.classes import retire_class
from reviews.editing.drugs import retire_drug
from reviews.editing.library import make_class
from reviews.editing.shown import digest_of_row
from reviews.models import AuditEvent
from tests import factories as make
from tests.forms import NO_ROWS, forms_of, rows, wrong

pytestmark = pytest.mark.any_database


def test_a_new_monograph_makes_its_drug(enter):
    form = {
        "drug_name": "newazumab",
        "traits": ["biologic"],
        "therapeutic_class": "multiple-sclerosis",
        "title": "Newazumab",
        **NO_ROWS,
    }

    response = enter("editor").post(reverse("monograph_new"), form)

    assert response.status_code == 302, response.content.decode()
    made = Edition.objects.get(monograph__slug="newazumab")
    assert (made.state, made.monograph.tier, made.name) == ("draft", "high", "Newazumab")
    assert Drug.objects.get(name="newazumab").traits == ["biologic"]


NEW = {
    "drug_name": "newazumab",
    **rows(
        "names",
        {"kind": "british", "name": "newazumab gb"},
        {"kind": "american", "name": "newazumab-us"},
        {"kind": "other", "name": "one name"},
        {},
        {"kind": "other", "name": "another name"},
    ),
    **rows(
        "brands",
        {"name": "Exemplara", "country": "GB"},
        {"name": "Specimena", "country": "us"},
        {"name": "Not (USA)", "country": "GB"},
    ),
    **rows("codes", {"system": "ATC", "code": "l04aa34"}, {"system": "RxNorm", "code": "117055"}),
    "traits": ["biologic"],
    "therapeutic_class": "multiple-sclerosis",
    "title": "Newazumab in multiple sclerosis",
    "slug": "newazumab-ms",
}


def test_each_field_of_a_new_monograph_is_kept_in_its_own_place(enter):
    answer = enter("editor").post(reverse("monograph_new"), NEW, follow=True)

    assert answer.redirect_chain == [("/desk/monographs/newazumab-ms/edit/", 302)]
    assert "The monograph is started: edition 1 is a draft." in answer.content.decode()
    drug = Drug.objects.get()
    assert (drug.name, drug.traits) == ("newazumab", ["biologic"])
    assert drug.names == [
        {"kind": "british", "name": "newazumab gb"},
        {"kind": "american", "name": "newazumab-us"},
        {"kind": "other", "name": "one name"},
        {"kind": "other", "name": "another name"},
    ]
    assert drug.brands == [
        {"name": "Exemplara", "country": "GB"},
        {"name": "Specimena", "country": "US"},
        {"name": "Not (USA)", "country": "GB"},
    ]
    assert [(one["system"], one["code"]) for one in drug.codes] == [("ATC", "L04AA34"), ("RxNorm", "117055")]
    edition = Edition.objects.get()
    assert (edition.title, edition.name, edition.number) == ("Newazumab in multiple sclerosis", "Newazumab", 1)
    assert edition.monograph.therapeutic_class.slug == "multiple-sclerosis"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"drug_name": "x" * 501}, "drug_name", None),
        ({"traits": ["nonsense"]}, "traits", None),
        ({"therapeutic_class": "nonsense"}, "therapeutic_class", None),
        ({"title": "x" * 501}, "title", None),
        ({"slug": "x" * 101}, "slug", None),
        # It would be the address of this very page.
        ({"slug": "new"}, "slug", "“new” cannot be an address. Use small letters a to z, figures and single hyphens."),
        ({"slug": "two--hyphens"}, "slug", "“two--hyphens” cannot be an address. Use small letters a to z, figures and single hyphens."),
        ({"drug_name": ""}, "drug_name", "Choose a drug from the list, or name a new one."),
        ({"drug": "999"}, "drug", None),
    ],
)  # fmt: skip
def test_what_is_refused_is_said_at_its_field_alone_and_makes_nothing(house, enter, changes, field, sentence):
    entries = AuditEvent.objects.count()

    answer = enter("editor").post(reverse("monograph_new"), {**NEW, **changes})

    form = answer.context["form"]
    assert (answer.status_code, list(form.errors), len(form.errors[field])) == (422, [field], 1)
    assert sentence is None or form.errors[field] == [sentence]
    assert {name: form[name].value() for name in changes} == changes
    assert 'role="alert"' in answer.content.decode()
    assert (Drug.objects.count(), Edition.objects.count(), AuditEvent.objects.count()) == (0, 0, entries)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"names-0-name": "a\u202eb"}, "Other names, row 1: Name: After “a”: a direction mark (U+202E). Take it out."),
        ({"names-1-name": "x" * 501}, "Other names, row 2: Name: This is longer than 500 characters. Shorten it."),
        ({"names-2-name": "a\x07b"}, "Other names, row 3: Name: After “a”: a control character (U+0007). Take it out."),
        ({"names-2-name": "[@b]"}, "Other names, row 3: Name: This box takes no marks: take out “[@b]”."),
        ({"brands-0-country": ""}, "Brand names, row 1: Country: Give the country by its two letters, as in GB."),
        ({"codes-0-code": "L04AA345"}, "Codes, row 1: Code: “L04AA345” is not a code of ATC."),
        ({"codes-1-code": "123456789"}, "Codes, row 2: Code: “123456789” is not a code of RxNorm."),
        (rows("brands", *[{"name": "x", "country": "GB"}] * 101), "Brand names: A list has at most 100 rows."),
    ],
)  # fmt: skip
def test_what_is_refused_of_a_list_is_said_in_its_row(house, enter, changes, said):
    entries = AuditEvent.objects.count()

    answer = enter("editor").post(reverse("monograph_new"), {**NEW, **changes})

    assert answer.status_code == 422
    assert [words for _, words in answer.context["form"].faults] == [said]
    assert (Drug.objects.count(), Edition.objects.count(), AuditEvent.objects.count()) == (0, 0, entries)


def test_another_row_is_asked_for_before_anything_else_is_typed(enter):
    answer = enter("editor").post(reverse("monograph_new"), {**NO_ROWS, "more": "names"})

    form = answer.context["form"]
    assert (answer.status_code, form.faults, len(form.rows["names"].forms)) == (200, [], 1)


def test_a_drug_of_the_list_and_a_new_name_are_too_much(house, enter):
    make.draft(house)
    drug = Drug.objects.get()

    answer = enter("editor").post(reverse("monograph_new"), {**NEW, "drug": drug.pk})

    assert answer.context["form"].errors == {
        "drug_name": ["You chose testazumab drug from the list too. Empty this box, or choose “a new drug”."]
    }


@pytest.mark.parametrize(
    ("title", "slug"), [("Newazumab", "newazumab"), ("Ünï & cödes!", "uni-codes"), ("a" * 99 + " b", "a" * 99)]
)
def test_an_address_that_is_left_empty_is_made_of_the_title(house, enter, title, slug):
    answer = enter("editor").post(reverse("monograph_new"), {**NEW, "title": title, "slug": ""})

    assert answer.headers["Location"] == f"/desk/monographs/{slug}/edit/"


def test_the_longest_names_are_allowed(house, enter):
    longest = {"names-0-name": "x" * 500, "title": "x" * 500, "slug": "y" * 100, "brands-0-name": "z" * 500}

    assert enter("editor").post(reverse("monograph_new"), {**NEW, **longest}).status_code == 302


@pytest.mark.parametrize(
    ("person", "status"),
    [("editor", 200), ("clinician", 200), ("publisher", 403), ("auditor", 403), ("nobody", 403), ("", 302)],
)
def test_who_may_start_one(house, enter, person, status):
    answer = enter(person).get(reverse("monograph_new"))

    assert answer.status_code == status
    if status == 200:
        choices = [value for value, _ in answer.context["form"].fields["therapeutic_class"].choices]
        assert choices == ["", "neurology", "multiple-sclerosis"]
    offered = enter(person).get(reverse("monographs"))
    assert (b"Start a monograph" in offered.content) == (status == 200)


def test_only_classes_that_one_may_write_in_can_be_chosen(house, enter):
    make_class("Oncology", slug="oncology", actor=house.admin)

    answer = enter("editor").get(reverse("monograph_new"))
    refused = enter("editor").post(reverse("monograph_new"), {**NEW, "therapeutic_class": "oncology"})

    choices = [value for value, _ in answer.context["form"].fields["therapeutic_class"].choices]
    assert choices == ["", "neurology", "multiple-sclerosis"]
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["therapeutic_class"])
    assert not Edition.objects.exists()


def test_while_somebody_else_writes_what_was_typed_is_kept(house, enter, monkeypatch):
    def busy(**_how):
        raise WriteLockTimeout

    monkeypatch.setattr("reviews.desk.monograph.new.new", busy)

    answer = enter("editor").post(reverse("monograph_new"), NEW)

    assert answer.status_code == 503
    assert "Somebody else is writing just now." in answer.content.decode()
    assert 'value="newazumab-ms"' in answer.content.decode()


def test_the_form_says_that_the_address_can_be_changed_and_by_whom(house, enter):
    html = enter("editor").get("/desk/monographs/new/").content.decode()

    assert "cannot be changed" not in html
    assert "A publisher can change it later; the old address then leads to the new one." in html


def test_a_row_comes_with_nothing_chosen(enter):
    form = enter("editor").get(reverse("monograph_new")).context["form"]

    assert [next(iter(form.rows[name].forms[0].fields[box].choices)) for name, box in (("names", "kind"), ("codes", "system"))] == [("", "Choose")] * 2  # fmt: skip


def test_each_row_that_was_asked_for_is_sent_back_and_kept(enter):
    client, page = enter("editor"), reverse("monograph_new")

    def form_in(answer):
        return next(one for one in forms_of(answer.content.decode()) if "drug_name" in one.fields)

    form = form_in(client.get(page))
    form.fields |= {"drug_name": ["newazumab"], "title": ["Newazumab"], "therapeutic_class": ["multiple-sclerosis"]}
    for number in range(3):
        for name, box in (("names", "kind"), ("brands", "name")):
            first = {
                "names": {"kind": "other", "name": f"n{number}"},
                "brands": {"name": f"b{number}", "country": "GB"},
            }
            form.fields |= {f"{name}-{number}-{one}": [words] for one, words in first[name].items()}
            form = form_in(client.post(page, form.filled(more=name)))
            assert form.fields[f"{name}-TOTAL_FORMS"] == [str(number + 2)]
            assert form.autofocus == [f"{name}-{number + 1}-{box}"]

    assert client.post(page, form.filled()).status_code == 302
    drug = Drug.objects.get(name="newazumab")
    assert [one["name"] for one in drug.names] == ["n0", "n1", "n2"]
    assert [one["name"] for one in drug.brands] == ["b0", "b1", "b2"]


@pytest.mark.parametrize(
    "typed",
    [{"traits": ["opioid"], **NO_ROWS}, {**NO_ROWS, **rows("brands", {"name": "Mybrand", "country": "GB"})}],
)
def test_what_is_typed_beside_a_drug_of_the_list_is_not_dropped(house, enter, typed):
    drug = make.draft(house).monograph.drug
    page = {"drug": drug.pk, "title": "Another page", "therapeutic_class": "multiple-sclerosis"}

    answer = enter("editor").post("/desk/monographs/new/", {**page, **typed})

    assert answer.status_code == 422
    assert f"{drug.name} stands in the list with its names" in answer.content.decode()
    assert Edition.objects.filter(monograph__drug=drug).count() == 1
    said = {**page, **NO_ROWS, "another_monograph": ["testazumab"]}
    assert enter("editor").post("/desk/monographs/new/", said).status_code == 302


@pytest.mark.parametrize("drug", ["\x00", "1\x00", "x", "99999999999999999999", "\ufffd"])
def test_a_drug_that_is_none_of_the_list_is_said_in_plain_words(enter, drug):
    answer = enter("editor").post(reverse("monograph_new"), {**NEW, "drug": drug})

    assert answer.status_code == 422
    assert wrong(answer) == {"drug": "Choose one from the list."}


def test_a_drug_like_one_that_is_there_is_asked_about_before_it_is_made(enter, house):
    make.draft(house, "fictivumab")  # on “fictivumab drug”
    client, form = enter("editor"), {**NO_ROWS, "drug_name": "fictivumabs drug", "title": "Ficti",
        "therapeutic_class": "multiple-sclerosis"}  # fmt: skip

    answer = client.post(reverse("monograph_new"), form)

    assert answer.status_code == 422
    said = "“fictivumabs drug” looks like fictivumab drug."
    assert wrong(answer) == {"drug_name": f"{said} Choose what is there, or say that yours is another."}
    (box,) = answer.context["form"]["another"]
    assert (box.choice_label, box.data["value"]) == (f"{said} Mine is another.", "fictivumab-drug")
    assert f'<a href="{reverse("drug", args=["fictivumab-drug"])}">fictivumab drug</a>' in answer.content.decode()
    assert Drug.objects.count() == 1
    answer = client.post(reverse("monograph_new"), {**form, "another": ["fictivumab-drug"]})
    assert answer.status_code == 302
    assert Drug.objects.count() == 2
    assert b"Is yours another" not in client.get(reverse("monograph_new")).content


def test_a_monograph_on_the_same_drug_is_asked_about_before_it_is_started(enter, house):
    drug = make.draft(house, "fictivumab").monograph.drug
    client = enter("editor")
    form = {**NO_ROWS, "drug": drug.pk, "title": "Second page", "therapeutic_class": "multiple-sclerosis"}

    answer = client.post(reverse("monograph_new"), form)

    assert answer.status_code == 422
    (box,) = answer.context["form"]["another_monograph"]
    why = box.choice_label.removesuffix(" Mine is another.")
    assert why.startswith("There is a monograph on fictivumab drug: “")
    assert wrong(answer) == {"title": f"{why} Open what is there, or say that yours is another."}
    assert f'<a href="{reverse("workspace", args=["fictivumab"])}">' in answer.content.decode()
    assert Edition.objects.count() == 1
    answer = client.post(reverse("monograph_new"), {**form, "another_monograph": ["fictivumab"]})
    assert (answer.status_code, Edition.objects.count()) == (302, 2)
    assert b"Is yours another" not in client.get(reverse("monograph_new")).content


def test_what_is_retired_is_not_offered(enter, house):
    edition = make.draft(house)
    drug = edition.monograph.drug
    retire_drug(drug, actor=house.editor, seen=digest_of_row(drug), reason="x")
    retire_class(house.leaf, to=house.root, actor=house.admin, seen=digest_of_row(house.leaf), reason="x")

    form = enter("editor").get(reverse("monograph_new")).context["form"]

    assert drug.name not in str(form["drug"])
    assert [value for value, _ in form.fields["therapeutic_class"].choices] == ["", "neurology"]


def test_two_strengths_have_two_addresses(house, enter):
    for name in ("Glucose 2.5% infusion", "Glucose 25% infusion", "Interferon β"):
        like = {"another": [*Drug.objects.values_list("slug", flat=True)],
                "another_monograph": [*Edition.objects.values_list("monograph__slug", flat=True)]}  # fmt: skip
        form = {**NO_ROWS, "drug_name": name, "title": name, "therapeutic_class": "multiple-sclerosis", **like}
        assert enter("editor").post(reverse("monograph_new"), form).status_code == 302

    expected = ["glucose-2-5-infusion", "glucose-25-infusion", "interferon-beta"]
    assert sorted(Drug.objects.values_list("slug", flat=True)) == expected
    assert sorted(Edition.objects.values_list("monograph__slug", flat=True)) == expected


def test_an_address_that_is_taken_is_told_with_one_that_is_free_and_can_be_chosen(house, enter):
    client, page = enter("editor"), reverse("monograph_new")
    first = {**NO_ROWS, "drug_name": "abcumab 1", "title": "Abcumab", "drug_slug": "xyz",
             "slug": "ms", "therapeutic_class": "multiple-sclerosis"}  # fmt: skip
    assert client.post(page, first).status_code == 302
    other = {**first, "drug_name": "qwertyzine", "title": "Quite another", "slug": "other-page"}

    answer = client.post(page, other)
    said = "Another drug has the address “xyz”. Type another one in the box of the address: “xyz-2” is free."
    assert (answer.status_code, wrong(answer)) == (422, {"drug_slug": said})
    answer = client.post(page, {**other, "drug_slug": "xyz-2", "slug": "ms"})
    said = "There is, or was, a monograph at “ms”. Type another one in the box of the address: “ms-2” is free."
    assert (answer.status_code, wrong(answer)) == (422, {"slug": said})
    assert client.post(page, {**other, "drug_slug": "xyz-2", "slug": "ms-2"}).status_code == 302

    assert sorted(Drug.objects.values_list("slug", "name")) == [("xyz", "abcumab 1"), ("xyz-2", "qwertyzine")]


def test_an_address_of_a_new_drug_is_not_dropped_beside_one_of_the_list(house, enter):
    drug = make.draft(house).monograph.drug
    form = {**NO_ROWS, "drug": drug.pk, "drug_slug": "mine", "title": "Another", "therapeutic_class": "neurology"}

    answer = enter("editor").post(reverse("monograph_new"), form)

    assert (answer.status_code, list(wrong(answer))) == (422, ["drug"])
