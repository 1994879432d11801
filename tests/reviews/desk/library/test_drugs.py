"""Pages of drugs: the list and its search, one drug in rows, and what each act touches before it is done."""

import pytest
from django.urls import reverse

from monographs.models import Drug, Monograph
from reviews.audit.trail import audited_write
from reviews.editing.library import make_drug
from tests import factories as make
from tests.forms import forms_of, rows

pytestmark = pytest.mark.any_database

REASON = {"reason": "Because of a test"}


def add(house, name, **changes):
    with audited_write(actor=house.editor) as trail:
        return make_drug(trail, name=name, **changes)


def send(client, address, which=-1, to=None, **typed):
    """The last form of a page, filled in and sent."""
    form = [one for one in forms_of(client.get(address).content.decode()) if one.method == "post"][which]
    return client.post(to or address, form.filled(**typed))


def test_the_list_finds_a_drug_by_any_of_its_names_and_pages_the_rest(enter, house):
    client = enter("auditor")
    empty = client.get(reverse("drug_list")).content.decode()
    assert "No drug yet" in empty
    begin = reverse("monograph_new")
    assert begin not in empty  # which is closed to an auditor
    assert begin in enter("editor").get(reverse("drug_list")).content.decode()
    add(
        house, "Tacrolimus", brands=[{"name": "Prograf", "country": "GB"}], codes=[{"system": "ATC", "code": "L04AD02"}]
    )
    for number in range(55):
        add(house, f"Invented {number:02}umab")

    def found(query):
        return [one.name for one in client.get(reverse("drug_list"), {"q": query}).context["page"].object_list]

    assert found("prograf") == found("tacro") == found("L04AD02") == ["Tacrolimus"]
    assert found("invented 07") == ["Invented 07umab"]
    assert "No drug has all of these words" in client.get(reverse("drug_list"), {"q": "zzz"}).content.decode()
    assert len(found("")) == 50
    assert len(client.get(reverse("drug_list"), {"page": 2}).context["page"].object_list) == 6


def test_a_drug_is_changed_in_rows(enter, house):
    drug = add(house, "Addumab", brands=[{"name": "Brandex", "country": "GB"}])
    client, address = enter("editor"), reverse("drug", args=["addumab"])

    answer = send(
        client, address, **{"brands-0-name": "Otherex", "names-0-kind": "british", "names-0-name": "addumabe"}
    )

    assert (answer.status_code, answer.headers["Location"]) == (302, address), answer.content.decode()
    drug = Drug.objects.get(pk=drug.pk)
    assert drug.brands == [{"name": "Otherex", "country": "GB"}]
    assert drug.names == [{"kind": "british", "name": "addumabe"}]
    html = client.get(address).content.decode()
    assert "changed its other names and its brands" in html


def test_what_cannot_be_is_said_at_its_row_and_nothing_is_changed(enter, house):
    add(house, "Addumab")
    client, address = enter("editor"), reverse("drug", args=["addumab"])

    answer = send(client, address, **{"brands-0-name": "Brandex", "brands-0-country": "Britain"})

    assert answer.status_code == 422
    assert "Give the country by its two letters" in answer.content.decode()
    answer = send(client, address, **{"codes-0-system": "ATC", "codes-0-code": "117055"})
    assert (answer.status_code, "is not a code of ATC" in answer.content.decode()) == (422, True)
    assert Drug.objects.get().brands == []


def test_a_drug_that_was_changed_meanwhile_is_not_overwritten(enter, house):
    add(house, "Addumab")
    client, address = enter("editor"), reverse("drug", args=["addumab"])
    (form,) = [one for one in forms_of(client.get(address).content.decode()) if "seen" in one.fields]
    send(enter("clinician"), address, **{"brands-0-name": "Brandex", "brands-0-country": "GB"})

    answer = client.post(address, form.filled(traits=["opioid"]))

    assert (answer.status_code, Drug.objects.get().traits) == (409, [])
    assert "Somebody changed “Addumab” meanwhile" in answer.content.decode()


@pytest.mark.parametrize("who", ["publisher", "auditor"])
def test_whoever_does_not_keep_the_library_reads_it_and_is_refused(enter, house, who):
    add(house, "Addumab", brands=[{"name": "Brandex", "country": "GB"}])
    client, address = enter(who), reverse("drug", args=["addumab"])

    html = client.get(address).content.decode()

    assert "Brandex (GB)" in html
    assert "You need the editor or clinician role" in html
    assert 'name="seen"' not in html
    for act in ("rename", "retire"):
        page = reverse("drug_act", args=["addumab", act])
        assert "You do not have permission" in client.get(page).content.decode()
        assert client.post(page, {"name": "X", **REASON}).status_code == 403
    assert client.post(address, rows("names")).status_code == 403
    assert Drug.objects.get().name == "Addumab"


def test_a_brand_is_added_after_what_is_like_it_was_shown(enter, house):
    add(house, "Tacrolimus", brands=[{"name": "Prograf", "country": "GB"}])
    add(house, "Addumab")
    client, page = enter("editor"), reverse("drug", args=["addumab"])
    assert "Is yours another" not in client.get(page).content.decode()

    answer = send(client, page, **{"brands-0-name": "Prograff", "brands-0-country": "GB"})

    html = answer.content.decode()
    assert (answer.status_code, Drug.objects.get(slug="addumab").brands) == (422, [])
    assert "“Prograff” looks like Prograf, a brand of Tacrolimus. Mine is another." in html
    assert f'<a href="{reverse("drug", args=["tacrolimus"])}">Tacrolimus</a>' in html
    (form,) = [one for one in forms_of(html) if "seen" in one.fields]
    answer = client.post(page, form.filled(another=["tacrolimus"]))
    assert (answer.status_code, len(Drug.objects.get(slug="addumab").brands)) == (302, 1)


def test_a_drug_is_renamed_after_what_is_like_it_was_shown(enter, house):
    add(house, "Tacrolimus")
    add(house, "Addumab")
    client, page = enter("editor"), reverse("drug_act", args=["addumab", "rename"])

    answer = send(client, page, name="Tacrolimuss", **REASON)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "“Tacrolimuss” looks like Tacrolimus." in html
    assert f'<a href="{reverse("drug", args=["tacrolimus"])}">Tacrolimus</a>' in html
    (form,) = [one for one in forms_of(html) if "seen" in one.fields]
    answer = client.post(page, form.filled(another=["tacrolimus"]))
    assert (answer.status_code, Drug.objects.get(slug="addumab").name) == (302, "Tacrolimuss")


def test_a_merge_shows_what_it_touches_before_it_is_done(enter, house):
    make.draft(house)
    drug = Monograph.objects.get().drug
    other = add(house, "Otherumab", traits=["opioid"])
    client, page = enter("editor"), reverse("drug_act", args=[drug.slug, "merge"])
    assert drug.name not in str(client.get(page).context["form"]["into"])

    html = client.get(page, {"into": other.pk}).content.decode()

    assert "1 monograph is about Otherumab from then on. Published pages keep every word." in html
    assert "It is found by testazumab drug too." in html
    assert "1 open edition keeps its copy and is told" in html
    answer = send(client, f"{page}?into={other.pk}", to=page, **REASON)
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("drug", args=["otherumab"]))
    assert Monograph.objects.get().drug == other
    html = client.get(reverse("drug", args=[drug.slug])).content.decode()
    assert "Merged into" in html
    assert 'name="seen"' not in html


def test_a_drug_is_retired_and_used_again(enter, house):
    add(house, "Addumab")
    client, page = enter("editor"), reverse("drug_act", args=["addumab", "retire"])

    assert send(client, page).status_code == 422
    assert send(client, page, **REASON).status_code == 302
    assert Drug.objects.get().retired
    assert "Use it again" in client.get(page).content.decode()
    assert send(client, page, **REASON).status_code == 302
    assert not Drug.objects.get().retired
    assert client.get(reverse("drug_act", args=["addumab", "explode"])).status_code == 404
    assert client.get(reverse("drug", args=["nowhere"])).status_code == 404
