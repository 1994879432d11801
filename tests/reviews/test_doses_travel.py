"""Where figures of doses go that readers are not shown: to whom on the desk, on which page, into which file and back."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest, digest_of_part
from monographs.models import Edition
from monographs.signable import signable
from reviews.access.grants import give
from reviews.audit.verify import verify
from reviews.editing import parts
from reviews.models import ChangeSet
from reviews.review.edition_review import EditionReview
from tests import factories as make
from tests.monographs.doses.examples import changed
from tests.test_access import routes

pytestmark = pytest.mark.django_db

FIRST, SECOND = "98765.4", "43210.5"  # mg, of edition 1 and of the open one
MINE = str(make.key("dose"))


def dose(amount, name="dose"):
    limits = [{"value": amount, "unit": "mg", "per": "24h"}]
    structure = changed(make.COURSES, steps__1__dose=amount, limits=limits)
    return make.dose(name, structure, passage=f"Give {amount} mg once daily.")


def command(name, *arguments):
    out = StringIO()
    call_command(name, *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def figures_in(words):
    return {one for one in (FIRST, SECOND) if one in words or f"{one[:2]},{one[2:]}" in words}


@pytest.fixture
def house():
    """Edition 1 is published, edition 2 in review; each has a dose with an amount of its own."""
    house = make.the_house()
    first = make.published(house, doc=make.dosed(dose(FIRST)))
    second = make.start(house, first)
    make.save_part(second, dose(SECOND), seen=digest_of_part(dose(FIRST)), actor=house.editor)
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    make.submit(house, second)
    return house


# -- Who, where ------------------------------------------------------------------------------------------------------

READ = ("editor", "clinician", "publisher", "auditor")
NOT = ("administrator", "on-call", "")
# Addresses of the desk -> whose figures stand there for whoever reads the monograph. On all others none does.
SHOWN = {
    "workspace": {FIRST, SECOND}, "edit": {SECOND}, "review": {FIRST, SECOND},
    "history": {FIRST, SECOND}, "compare": {FIRST, SECOND}, "restore": {FIRST, SECOND},
}  # fmt: skip
# Forms stand on the page of the editor, so whoever opens one reads the rest of the draft around it.
EDITOR = {"edit_all", "edit_header", "edit_order", "part_new", "part_edit", "start_from", "start_sections"}


def addresses(house):
    """Every address that a page of the desk has for this monograph, and those that are about nothing."""
    first = ChangeSet.objects.get(edition__number=1)
    change = ChangeSet.objects.filter(edition__number=2).order_by("at", "revision_id")[1]
    values = {
        "slug": "testazumab", "username": house.editor.username, "transition": "submit", "part": MINE, "act": "rename",
        "kind": "section", "pk": 1, "form": "csv",
    }  # fmt: skip
    for name, pattern, _entry in routes():
        if not pattern.startswith("desk/"):
            continue
        given = {field: value for field, value in values.items() if f":{field}>" in pattern or f"<{field}>" in pattern}
        if "uuid:key>" in pattern:
            given["key"] = first.pk if name == "restore" else MINE
        address = reverse(name, kwargs=given)
        yield name, f"{address}?change={change.pk}" if name == "history" else address


@pytest.mark.any_database
@pytest.mark.parametrize("role", [*READ, *NOT])
def test_each_page_of_the_desk_shows_figures_to_whoever_reads_the_monograph_and_to_nobody_else(house, client, role):
    person = make.account("somebody")
    if role:
        give(person, role, actor=house.admin)
    client.force_login(person)
    found = {}

    for name, address in addresses(house):
        answer = client.get(address)
        words = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
        if figures := figures_in(words):
            found[name] = figures

    of_editor = [found.pop(name) for name in EDITOR & found.keys()]
    assert found == (SHOWN if role in READ else {})
    assert all(figures == {SECOND} for figures in of_editor)
    assert bool(of_editor) == (role in READ)


def test_whoever_is_not_signed_in_sees_none_anywhere(house, client):
    assert [
        name for name, address in addresses(house) if figures_in(client.get(address, follow=True).content.decode())
    ] == []


def test_files_hold_figures_where_an_edition_is_asked_for_by_its_number_or_as_open(house):
    for name in ("export_monographs", "export_library"):
        assert figures_in(command(name)) == set(), name
        assert figures_in(command(name, "--edition", "open")) == {SECOND}, name
    assert figures_in(command("export_monographs", "--edition", "1")) == {FIRST}


# -- There and back --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["open", "live"])
def test_a_library_with_doses_goes_out_and_comes_in_and_goes_out_again_equal(which, tmp_path):
    file, again = tmp_path / "library.jsonl", tmp_path / "again.jsonl"
    with make.undone():
        house = make.the_house()
        second = make.start(house, make.published(house, doc=make.dosed(dose(FIRST), dose(SECOND, "other"))))
        make.reword(second, "monitoring", "Other words.", actor=house.editor)
        document = build(second) if which == "open" else make.live().document.value
        command("export_library", str(file), "--edition", which)
    house = make.the_house()
    give(house.editor, "administrator", actor=house.admin)

    command("import_library", str(file), "--actor", "editor")

    edition = Edition.objects.get()
    assert build(edition) == document
    assert figures_in(file.read_text()) == ({FIRST, SECOND} if which == "open" else set())
    command("export_library", str(again), "--edition", "open")
    assert again.read_bytes() == file.read_bytes()
    assert EditionReview.load(edition).written_by[MINE] == {house.editor.pk}
    assert verify() == []


def test_a_monograph_with_doses_is_exported_and_imported_without_loss(tmp_path):
    file = tmp_path / "one.jsonl"
    with make.undone():
        house = make.the_house()
        document = build(
            make.draft(house, doc=make.dosed(dose(FIRST), make.dose("none", {"population": "Adult", "route": "im"})))
        )
        file.write_text(command("export_monographs", "--edition", "open"))
    house = make.the_house()

    command("import_monographs", str(file), "--actor", "editor")

    edition = Edition.objects.get()
    assert build(edition) == document
    assert command("export_monographs", "--edition", "open") == file.read_text()
    make.submit(house, edition)
    assert EditionReview.load(edition).document == signable(document)


def test_an_earlier_edition_is_restored_with_its_figures_and_their_authors():
    house = make.the_house()
    first = make.draft(house, doc=make.dosed(dose(FIRST)), actor=house.clinician)
    made = ChangeSet.objects.get(edition=first)
    make.submit(house, first)
    for one in (house.clinician2, house.pharmacist):
        make.sign(first, one)
    second = make.start(house, make.publish(house, first))
    make.save_part(second, dose(SECOND), seen=digest_of_part(dose(FIRST)), actor=house.editor)

    parts.restore(second, change=made, digest=digest(build(second)), actor=house.editor2, reason="So the source says.")

    assert build(second) == make.dosed(dose(FIRST))
    change = ChangeSet.objects.filter(edition=second).latest("at", "revision_id")
    assert (change.touched, change.credits) == ([MINE], {MINE: [house.clinician.pk]})
    review = EditionReview.load(second)
    assert review.written_by[MINE] == {house.clinician.pk, house.editor.pk, house.editor2.pk}
    assert review.changed == frozenset()  # readers get what they had
    assert verify() == []
