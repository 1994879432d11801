"""What an edition changed, on every surface that tells it: by machine, and typed words only where nothing is in doubt."""

import pytest
from django.utils.html import strip_tags

from monographs.models import Monograph, Publication, ToldChange
from monographs.overlay_kinds import OVERLAY_KINDS
from monographs.public.what_changed import what_changed
from reviews.models import AuditEvent
from reviews.workflow import perform
from tests import factories as make
from tests import tables
from tests.monographs.public.test_updates import again

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PAGE = "/drugs/testazumab/"
SURFACES = ("/", "/updates/", "/updates/feed/", f"{PAGE}editions/", f"{PAGE}editions/1...2/")
ELSEWHERE = (PAGE, f"{PAGE}editions/1/", f"{PAGE}monograph.json", "/drugs/", "/classes/", "/classes/multiple-sclerosis/",
             "/search/?q=testazumab", "/corrections/")  # fmt: skip
TYPED = "The dose is 7.5 mg now"


def second(house, typed_before=""):
    """Two editions; by an earlier version, the second with a typed note."""
    doc = make.document()
    make.published(house, doc=doc)
    reworded = doc.sections[0].replaced(text="Give 7.5 mg once a week.")
    again(house, make.live().edition, doc.replaced(sections=(reworded, *doc.sections[1:])), typed_before)
    return Monograph.objects.get()


def told(client, words):
    return [path for path in (*SURFACES, *ELSEWHERE) if words in strip_tags(client.get(path).content.decode())]


def test_what_a_publisher_types_now_is_in_the_trail_and_on_no_public_page(house, client):
    doc = make.document()
    make.published(house, doc=doc)
    edition = make.start(house, make.live().edition)
    make.reword(edition, "monitoring", "Test every 3 months.", actor=house.editor)
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.sign(edition, house.pharmacist)
    perform("publish", editions=[edition], actor=house.publisher, digest=make.seen(edition), reason=TYPED)

    assert told(client, "7.5 mg") == []
    assert told(client, "Monitoring changed.") == list(SURFACES)
    assert AuditEvent.objects.filter(verb="published").latest("seq").reason == TYPED
    client.force_login(house.publisher)
    assert TYPED in client.get("/desk/monographs/testazumab/history/").content.decode()


def test_the_note_of_an_old_edition_stands_while_nothing_is_in_doubt(house, client):
    monograph = second(house, TYPED)

    assert told(client, TYPED) == list(SURFACES)
    assert told(client, "Prescribing in practice changed.") == ["/updates/", "/updates/feed/", SURFACES[-1]]
    make.warn(house.clinician, monograph)
    assert told(client, TYPED) == list(SURFACES)


def in_doubt(house, monograph, kind):
    """Something of the page no longer counts."""
    if kind == "withhold":
        make.withhold(monograph, make.key("prescribing"), house.publisher)
    elif kind == "erratum":
        make.correct(house.pharmacist, monograph, "Give 7.5 mg once a week.", "Give it once a week.")
    else:
        make.withdraw(monograph.live.edition, house.publisher, kind, "its source is in doubt")


@pytest.mark.parametrize("kind", sorted({row.slug for row in OVERLAY_KINDS.values() if row.unsays}))
def test_the_note_of_an_old_edition_is_nowhere_while_something_is_in_doubt(house, client, kind):
    monograph = second(house, TYPED)

    in_doubt(house, monograph, kind)

    assert told(client, TYPED) == []
    by_machine = told(client, "Prescribing in practice changed.")
    expected = {"withhold": [], "take_down": []}.get(kind, list(SURFACES))
    assert by_machine == expected


def test_the_kinds_that_put_something_in_doubt_are_these():
    assert {row.slug for row in OVERLAY_KINDS.values() if row.unsays} == {"withhold", "erratum", "retire", "take_down"}


def test_a_note_comes_back_with_its_page_and_with_a_correction_that_was_lifted(house, client):
    monograph = second(house, TYPED)
    erratum = make.correct(house.pharmacist, monograph, "Give 7.5 mg once a week.", "Give it once a week.")
    assert told(client, TYPED) == []
    make.lift(erratum, house.pharmacist, "it was right")
    assert told(client, TYPED) == list(SURFACES)
    make.withdraw(monograph.live.edition, house.publisher, "retire", "its source is in doubt")
    assert told(client, TYPED) == []
    make.reinstate(house, monograph.live.edition)
    assert told(client, TYPED) == list(SURFACES)


def test_the_notes_of_another_monograph_stand(house, client):
    second(house, TYPED)
    make.published(house, "otherumab")
    tables.note_typed(Publication.objects.get(slug="otherumab").edition, "Another note")

    in_doubt(house, Monograph.objects.get(slug="otherumab"), "withhold")

    assert told(client, TYPED) == list(SURFACES)
    assert told(client, "Another note") == []


def test_the_figure_of_a_part_that_was_withheld_is_on_no_surface(house, client):
    """The note once kept the figure; so would a name, if the sentence were kept as it was made."""
    doc = make.document()
    make.published(house, doc=doc)
    added = doc.sections[0].replaced(key=make.key("added"), kind="cautions", heading="Above 7.5 mg", text="Stop.")
    again(house, make.live().edition, doc.replaced(sections=(*doc.sections, added)), TYPED)
    assert set(SURFACES) <= set(told(client, "7.5 mg"))

    make.withhold(Monograph.objects.get(), make.key("added"), house.publisher)

    assert [path for path in told(client, "7.5 mg") if path in (*SURFACES[:4], f"{PAGE}editions/1/")] == []
    # The comparison names the part, as the page does in its place: it says that it is withheld.
    assert ToldChange.objects.filter(words__contains="7.5").count() == 0


def test_a_first_edition_is_first_published_once(house, client):
    make.published(house)

    for path in ("/", "/updates/", "/updates/feed/", f"{PAGE}editions/"):
        assert client.get(path).content.decode().count("First published.") == 1, path
    tables.note_typed(make.live().edition, "First published.")
    feed = client.get("/updates/feed/").content.decode()
    assert feed.count("First published.") == 1  # in the title of the entry


def test_the_list_of_editions_tells_each_in_one_line(house, client):
    monograph = second(house)
    third = make.document().sections[1:]
    again(house, monograph.live.edition, make.document(sections=third))

    said = " ".join(strip_tags(client.get(f"{PAGE}editions/").content.decode()).split())

    assert [said.index(words) for words in ("Prescribing in practice removed.", "Prescribing in practice changed.",
                                            "First published.")] == sorted(
        said.index(words) for words in ("Prescribing in practice removed.", "Prescribing in practice changed.",
                                        "First published."))  # fmt: skip
    assert "“" not in said


def test_it_takes_two_queries_however_many_editions(house, django_assert_num_queries):
    second(house, TYPED)
    make.published(house, "otherumab")
    for count in (1, 3):
        rows = list(Publication.objects.order_by("pk"))[-count:]
        with django_assert_num_queries(2 if count == 3 else 1):
            found = what_changed(rows)
        assert set(found) == {one.pk for one in rows}
