"""What a change set touched: its words and digests are those that reading both documents would give."""

import re
from io import StringIO
from itertools import combinations

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.document import PART_FIELDS, RelatedLink
from monographs.models import Document, Monograph, Publication
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.authorship import _History, _where_it_stands, earlier_authors
from reviews.changes import change_set
from reviews.derived import sides
from reviews.derived.changed_parts import rows_of
from reviews.derived.sides import Sides
from reviews.editing import parts
from reviews.models import ChangedPart, ChangeSet
from reviews.workflow import perform
from tests import factories as make
from tests import tables

LINK = RelatedLink(key=make.key("another link"), target="anotherumab", reason="comparator")


def test_each_part_is_called_what_it_is_called_after_the_change_or_was_before_it_went():
    before = make.document()
    section, item = before.sections[1], before.monitoring[0]
    renamed = section.replaced(heading="Watching")
    after = before.replaced(
        header=before.header.replaced(covers="all"),
        sections=(renamed, before.sections[0]),
        monitoring=(),
        related=(*before.related, LINK),
    )
    touched = ["header", "order", str(section.key), str(item.key), str(LINK.key)]

    assert sorted(rows_of(Sides.of(1, touched, before, after))) == sorted(
        [
            ("header", "Header", digest_of_part(before.header), digest_of_part(after.header)),
            ("order", "Order of parts", "", ""),
            (str(section.key), "Watching", digest_of_part(section), digest_of_part(renamed)),
            (str(item.key), "Monitoring: Full blood count", digest_of_part(item), ""),
            (str(LINK.key), "Related: anotherumab", "", digest_of_part(LINK)),
        ]
    )


# -- A monograph with a history ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(once_a_module):
    """Changes by several people, undone, moved, taken out and restored, over three editions."""
    house = make.the_house()
    first = make.draft(house)
    link, sections = parts_of(first, "related")[0], [one.key for one in parts_of(first, "sections")]
    make.reword(first, "monitoring", "Other words.", actor=house.editor2)
    make.add_part(first, LINK, actor=house.clinician)
    parts.save_order(first, "section", sections[::-1], seen=sections, actor=house.editor2)
    make.reword(first, "monitoring", "Tests go on for years.", actor=house.clinician)
    make.submit(house, first)
    make.sign(first, house.clinician2)
    first = make.publish(house, make.sign(first, house.pharmacist))
    second = make.start(house, first)
    parts.remove_part(second, link, seen=digest_of_part(link), actor=house.clinician2)
    make.reword(second, "prescribing", "- Start very slowly [@trial2020].", actor=house.editor2)
    perform("discard", editions=[second], actor=house.editor, digest=make.seen(second), reason="Not needed")
    third = make.start(house, first, actor=house.editor2)
    make.reword(third, "monitoring", "Other words.", actor=house.pharmacist)
    parts.save_order(third, "section", sections, seen=sections[::-1], actor=house.editor)
    removed = parts_of(third, "related")[0]
    parts.remove_part(third, removed, seen=digest_of_part(removed), actor=house.editor)
    parts.restore_part(third, removed, actor=house.clinician)
    with audited_write(actor=house.editor) as trail, change_set(trail, edition=third, reason="All at once") as change:
        change.load(make.document(monitoring=()))


def parts_of(edition, field):
    return getattr(ChangeSet.objects.filter(edition=edition).order_by("at").last().after.value, field)


def test_every_change_set_has_a_row_for_each_part_that_it_touched(house):
    changes = list(ChangeSet.objects.select_related("before", "after"))
    assert len(changes) > 12
    assert {len(change.touched) for change in changes} >= {0, 1, 7}

    for change in changes:
        kept = ChangedPart.objects.filter(change_set=change).values_list("key", "label", "before", "after")
        assert sorted(kept) == by_documents(change), change


def by_documents(change):
    """What the rows of a change set must be, read from its documents part by part."""
    found = []
    for key in sorted(change.touched):
        sides = [part_in(row, key) for row in (change.before, change.after)]
        digests = [digest_of_part(part) if part else "" for part in sides]
        part = sides[1] or sides[0]
        label = {"header": "Header", "order": "Order of parts"}.get(key) or part.label_for_people
        found.append((key, label, *digests))
    return found


def part_in(row, key):
    if row is None or key == "order":
        return None
    if key == "header":
        return row.value.header
    return next((part for part in row.value.parts() if str(part.key) == key), None)


def authors_by_documents(monograph, document, wanted):
    """`earlier_authors` as it reads when every document of the monograph is read."""
    found, writers = {}, {}
    for change in ChangeSet.objects.filter(edition__monograph=monograph).order_by("at", "revision_id"):
        for part in set(wanted) & set(change.touched):
            people = writers.setdefault((change.edition_id, part), set())
            people |= {change.actor_id, *change.credits.get(part, ())}
            if part == "order":
                made = pairs(change.after.value) - (pairs(change.before.value) if change.before else set())
                is_this = bool(made & pairs(document))
            else:
                sides = part_in(change.after, part), document_part(document, part)
                is_this = sides[0] == sides[1]
            if is_this:
                kept = set() if part == "order" else kept_from(monograph, change.edition.number, part, document)
                found.setdefault(part, set()).update(people | kept)
    return {part: sorted(people) for part, people in found.items()}


def kept_from(monograph, number, part, document):
    """Who wrote the words that were live when this edition was begun, where three of them in a row are left."""
    before = Publication.objects.filter(monograph=monograph, number__lt=number).order_by("-number").first()
    said = document_part(before.document.value, part) if before else None
    now = document_part(document, part)
    if said is None or now is None or not shares_three_words(said, now):
        return set()
    touched = [one for one in ChangeSet.objects.filter(edition=before.edition) if part in one.touched]
    people = {one.actor_id for one in touched} | {pk for one in touched for pk in one.credits.get(part, ())}
    return people | kept_from(monograph, before.number, part, before.document.value)


def shares_three_words(one, other):
    both = [f" {' '.join(re.findall(r'[a-z]+', getattr(part, 'text', '').lower()))} " for part in (one, other)]
    words = both[0].split()
    return any(f" {' '.join(words[at : at + 3])} " in both[1] for at in range(len(words) - 2))


def document_part(document, key):
    return document.header if key == "header" else {str(one.key): one for one in document.parts()}.get(key)


def pairs(document):
    return {
        pair
        for field in PART_FIELDS.values()
        for pair in combinations([part.key for part in getattr(document, field)], 2)
    }


def test_authors_of_what_comes_back_are_those_that_the_documents_give(house):
    monograph = Monograph.objects.get()
    everything = sorted({key for change in ChangeSet.objects.all() for key in change.touched})
    assert len(everything) >= 9

    for change in ChangeSet.objects.select_related("after"):
        then = change.after.value
        assert earlier_authors(monograph, then, everything) == authors_by_documents(monograph, then, everything)
        for one in everything:
            assert earlier_authors(monograph, then, [one]) == authors_by_documents(monograph, then, [one])


def test_the_history_reads_no_document_to_say_what_changed(house, client):
    client.force_login(house.editor)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/desk/monographs/testazumab/history/")

    assert page.status_code == 200
    assert [one["sql"] for one in queries if "monographs_document" in one["sql"]] == []
    texts = [entry.parts for group in page.context["groups"] for entry in group["entries"]]
    assert "Related: otherzumab" in texts


def test_a_text_that_cannot_be_read_holds_up_no_upgrade_and_is_named(house):
    edition = make.draft(house, "brokenumab")
    make.reword(edition, "monitoring", "Tests go on for a month.", actor=house.editor)
    broken, kept = ChangeSet.objects.filter(edition=edition).order_by("at")
    with tables.no_triggers():
        Document.objects.filter(pk=kept.after_id).update(text='{"schema_version": 9}')

    call_command("reindex", stdout=StringIO())

    assert ChangedPart.objects.filter(change_set=broken).exists()
    assert not ChangedPart.objects.filter(change_set=kept).exists()
    assert any(f"reviews.changeset:{kept.pk}" in sentence for _, sentence in verify())


def test_where_nothing_is_known_of_a_change_whoever_made_it_is_an_author(house):
    edition = make.draft(house, "brokenumab")
    make.reword(edition, "monitoring", "Tests go on for a month.", actor=house.editor2)
    document, key = build(edition), str(make.key("monitoring"))
    with audited_write(actor=house.editor) as trail:
        ChangedPart.objects.filter(change_set__edition=edition).delete()
        trail.record("lost", "test")

    found = earlier_authors(edition.monograph, document, [key])

    assert set(found[key]) == {house.editor.pk, house.editor2.pk}


def test_a_change_of_which_one_part_is_unknown_tells_of_each_that_it_touched(house):
    edition = make.draft(house, "partumab")
    part, ours = str(make.key("monitoring")), sides.parts_of(build(edition))
    first = ChangeSet.objects.get(edition=edition)
    section, item = build(edition).by_key()[make.key("monitoring")], build(edition).by_key()[make.key("fbc")]
    with audited_write(actor=house.editor2) as trail, change_set(trail, edition=edition, reason="Shorter") as change:
        change.save(section.replaced(text="Tests go on for a month."), seen=digest_of_part(section))
        change.remove("monitoring", item.key, seen=digest_of_part(item))
    last = ChangeSet.objects.exclude(pk=first.pk).get(edition=edition)

    def stands():
        found = _where_it_stands(_History(edition.monograph.pk, [part]), ours, unknown=True).found
        return found[edition.pk, part][part][1]

    assert len(last.touched) == 2
    assert stands() == first.revision_id  # all is known: after it the part says something else
    with audited_write(actor=house.editor) as trail:
        ChangedPart.objects.filter(change_set=last).exclude(key=part).delete()
        trail.record("lost", "test")
    assert stands() == last.revision_id
