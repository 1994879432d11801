"""Parts of another page as the beginning: what is listed, what is ticked, what is said, and that a reader copies nothing."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.document import MonitoringItem, Section
from monographs.models import Monograph
from tests import factories as make
from tests.forms import forms_of

pytestmark = pytest.mark.django_db
PAGE = "/desk/monographs/minezumab/edit/from/"
OF = f"{PAGE}?of=elsezumab"


@pytest.fixture(scope="module")
def made(once_a_module):
    house, base = make.the_house(), make.document()
    header = base.header.replaced(name="Elsezumab", title="Elsezumab")
    more = Section(key=make.key("cautions"), kind="cautions", heading="Cautions", text="Elsezumab can slow.")
    make.published(house, "elsezumab", base.replaced(header=header, sections=(*base.sections, more)))
    mine = make.document(
        sections=(Section(key=make.key("own"), kind="monitoring", heading="Monitoring", text="Each month."),),
        monitoring=(MonitoringItem(key=make.key("mine"), test="Full blood count", when="before treatment"),),
    )
    mine = mine.replaced(
        **{
            field: tuple(part.replaced(key=make.key(f"my-{part.key}")) for part in getattr(mine, field))
            for field in ("notices", "citations", "related")
        }
    )
    return SimpleNamespace(edition=make.draft(house, "minezumab", mine))


def shown(client, path=OF):
    return next(
        one for one in forms_of(client.get(path).content.decode()) if one.method == "post" and "seen" in one.fields
    )


def test_the_editor_leads_there_and_published_pages_are_listed(editor, house, edition):
    make.draft(house, "draftzumab")

    assert f'href="{PAGE}"' in editor.get(reverse("edit", args=["minezumab"])).content.decode()
    html = editor.get(PAGE).content.decode()

    assert '<a class="btn btn-quiet" href="?of=elsezumab">' in html
    assert "of=minezumab" not in html
    assert "draftzumab" not in html


@pytest.mark.parametrize(
    ("typed", "found"), [("ELSE", True), ("elsez", True), ("nothing", False), ("x\x00y", False), ("%", False)]
)
def test_a_page_is_found_by_a_part_of_its_name(editor, typed, found):
    answer = editor.get(PAGE, {"q": typed})

    assert answer.status_code == 200
    assert ("?of=elsezumab" in answer.content.decode()) is found


def test_what_the_edition_lacks_is_ticked_and_the_rest_is_not(editor):
    form = shown(editor)

    assert form.fields["parts"] == [str(make.key("prescribing")), str(make.key("cautions"))]
    assert form.fields["seen"] == ["1"]
    assert "(this edition has something of it)" in editor.get(OF).content.decode()


def test_copied_parts_stand_on_the_page_and_say_what_still_names_the_other_drug(editor, edition):
    form = shown(editor)

    answer = editor.post(OF, form.filled(reason="Both slow the heart"), follow=True)

    key = next(one.key for one in build(edition).sections if one.kind == "prescribing")
    assert answer.redirect_chain == [(f"/desk/monographs/minezumab/edit/#part-{key}", 302)]
    html = answer.content.decode()
    assert "Copied from Elsezumab, with the references cited" in html
    assert "“Elsezumab”: This was copied from its page." in html
    one = answer.context["one"]
    cautions = next(row for place in one.places for row in place.rows if place.anchor == "cautions")
    assert len(cautions.to_do) == 1
    opened = editor.get(reverse("part_edit", args=["minezumab", cautions.key])).content.decode()
    assert "Must fix" in opened


def test_without_a_choice_nothing_is_copied_and_it_is_said(editor, edition):
    before = build(edition)

    answer = editor.post(OF, shown(editor).filled(parts=[]))

    assert (answer.status_code, build(edition)) == (422, before)
    assert "Choose what to copy." in answer.content.decode()


@pytest.mark.parametrize("parts", [["x"], [str(make.key("notice"))], [str(make.key("own"))]])
def test_what_was_not_offered_is_refused(editor, edition, parts):
    before = build(edition)

    answer = editor.post(OF, shown(editor).filled(parts=parts))

    assert (answer.status_code, build(edition)) == (422, before)


def test_another_edition_of_that_page_is_shown_before_it_is_copied(editor, house, edition):
    form, before = shown(editor), build(edition)

    answer = editor.post(OF, form.filled(seen="7"))

    assert (answer.status_code, build(edition)) == (409, before)
    again = next(one for one in forms_of(answer.content.decode()) if "seen" in one.fields)
    assert again.fields["parts"] == form.fields["parts"]


@pytest.mark.parametrize("of", ["nowhere", "minezumab", "draftzumab", "../x", "a b"])
def test_what_is_not_published_is_not_there(editor, house, of):
    make.draft(house, "draftzumab")

    answer = editor.get(PAGE, {"of": of})

    assert answer.status_code == 404


def test_a_reader_copies_nothing(client, house, edition):
    client.force_login(house.publisher)
    html, before = client.get(OF).content.decode(), build(edition)

    assert "Copy them" not in html
    assert "You need the editor role" in html
    assert client.post(OF, {"seen": "1", "parts": [str(make.key("cautions"))]}).status_code == 403
    assert client.post(PAGE, {"seen": "1"}).status_code == 403
    assert build(edition) == before


def test_of_a_withdrawn_page_nothing_is_offered(editor, house):
    make.withdraw(Monograph.objects.get(slug="elsezumab").live.edition, house.clinician)

    html = editor.get(OF).content.decode()

    assert "Its page is withdrawn" in html
    assert "Copy them" not in html


def test_an_edition_in_review_is_no_place_for_it(editor, house, edition):
    make.submit(house, make.draft(house, "sentzumab"))

    html = editor.get("/desk/monographs/sentzumab/edit/from/?of=elsezumab").content.decode()

    assert "Only a draft can be edited" in html
    assert "Copy them" not in html
