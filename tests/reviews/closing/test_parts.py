"""The parts of a page by the names that the form for reports gives them."""

from types import SimpleNamespace

import pytest

from monographs.document import Dosing, Section
from monographs.models import Monograph
from reviews.closing.parts import changed, parts_of
from reviews.reports.public_views import WHOLE, _parts
from tests import factories as make

pytestmark = pytest.mark.django_db

DOCUMENT = make.document()


@pytest.fixture(scope="module")
def made(once_a_module):
    make.published(make.the_house())
    return SimpleNamespace(page=Monograph.objects.get())


def header(**changes):
    return DOCUMENT.replaced(header=DOCUMENT.header.model_copy(update=changes))


def test_each_part_that_a_reader_may_name_is_one(page):
    offered = set(_parts(page.live)) - {WHOLE}

    assert offered == {"Safety notices", "Dose", "Prescribing in practice", "Monitoring", "References"}
    assert offered < set(parts_of(page.live.document.value))


def test_sections_of_one_heading_are_one_part_and_tests_stand_with_theirs():
    twin = Section(key=make.key("twin"), kind="cautions", heading="Monitoring", text="More of it.")
    document = DOCUMENT.replaced(sections=(*DOCUMENT.sections, twin))

    assert set(parts_of(document)["Monitoring"]) == {str(make.key(name)) for name in ("monitoring", "twin", "fbc")}


def test_what_changed_is_named_as_it_was_called():
    sections = tuple(one.model_copy(update={"heading": f"Now {one.heading}"}) for one in DOCUMENT.sections)

    assert changed(DOCUMENT, DOCUMENT) == ()
    assert changed(DOCUMENT, DOCUMENT.replaced(sections=sections)) == ("Prescribing in practice", "Monitoring")
    assert changed(DOCUMENT, DOCUMENT.replaced(sections=DOCUMENT.sections[::-1])) == ()
    assert changed(DOCUMENT, DOCUMENT.replaced(monitoring=())) == ("Monitoring",)
    assert changed(DOCUMENT, DOCUMENT.replaced(notices=())) == ("Safety notices",)
    assert changed(DOCUMENT, DOCUMENT.replaced(citations=())) == ("References",)
    assert changed(DOCUMENT, DOCUMENT.replaced(related=())) == ("Related monographs",)
    assert changed(DOCUMENT.replaced(related=()), DOCUMENT) == ("Related monographs",)


def test_the_same_words_in_another_place_or_with_other_spaces_are_no_change():
    again = tuple(one.replaced(key=make.key(f"again {one.key}")) for one in DOCUMENT.sections)
    spaced = tuple(one.replaced(text=one.text.replace(" ", "  ", 1)) for one in DOCUMENT.sections)

    assert changed(DOCUMENT, DOCUMENT.replaced(sections=again)) == ()
    assert changed(DOCUMENT, DOCUMENT.replaced(sections=spaced)) == ()
    assert changed(DOCUMENT, DOCUMENT.replaced(sections=(*again[1:], again[0].replaced(text="Else.")))) != ()


def test_the_dose_is_no_part_of_the_name_and_introduction():
    assert changed(DOCUMENT, header(dosing=Dosing(since="2026-07-04", reason="Another one."))) == ("Dose",)
    assert changed(DOCUMENT, header(introduction="Another one.")) == ("Name and introduction",)


def test_a_part_that_is_new_is_named_as_it_is_called_now():
    new = Section(key=make.key("cautions"), kind="cautions", text="Mind the heart.")

    assert changed(DOCUMENT, DOCUMENT.replaced(sections=(*DOCUMENT.sections, new))) == ("Cautions",)
