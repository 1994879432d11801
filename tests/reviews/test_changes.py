"""The pen and change sets: who writes, what is recorded, what is refused."""

import pytest
from django.db import transaction
from reversion.models import Revision, Version

from monographs.assemble import build
from monographs.document import Citation, Section, digest, digest_of_part
from monographs.models import Pen
from reviews.changes import NoPen, NothingRecorded, change_set, pen
from reviews.models import AuditEvent, ChangeSet
from reviews.refusals import Conflict, Refused
from reviews.verify import verify
from tests import factories as make

pytestmark = pytest.mark.django_db


def chained(findings):
    """Findings but for the checkpoint file, which a test without a publication does not have."""
    return [sentence for _seq, sentence in findings if "checkpoint file" not in sentence]


def test_an_act_without_an_entry_is_rolled_back(house):
    before = AuditEvent.objects.count()

    with pytest.raises(NothingRecorded), pen(actor=house.editor):
        pass

    assert AuditEvent.objects.count() == before
    assert Pen.objects.get().held is False


def test_the_pen_hides_in_no_other_transaction(house):

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(), pen(actor=house.editor2):
        pass


def test_a_pen_that_was_left_held_is_taken_by_nobody(house):
    Pen.objects.update(held=True)

    with pytest.raises(NoPen), pen(actor=house.editor):
        pass
    assert "The pen was left held: somebody set its flag by hand." in chained(verify())


def test_a_saved_section_leaves_version_change_set_entry_and_documents(house):
    edition = make.draft(house)
    before = digest(build(edition))

    make.reword(edition, "monitoring", "Monthly.", actor=house.editor2)

    change = ChangeSet.objects.latest("at")
    assert change.actor == house.editor2
    assert change.touched == [str(make.key("monitoring"))]
    assert change.before_id == before
    assert change.after_id == digest(build(edition))
    assert change.revision.version_set.count() == 2  # the section, and the edition itself
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.actor, entry.digest) == ("edited", house.editor2, change.after_id)
    assert chained(verify()) == []


def test_a_part_that_somebody_else_changed_is_refused_and_different_parts_never_clash(house):
    edition = make.draft(house)
    shown = build(edition).by_key()[make.key("monitoring")]
    make.reword(edition, "monitoring", "Theirs.", actor=house.editor2)
    make.reword(edition, "prescribing", "- Another part.", actor=house.editor2)

    with pytest.raises(Conflict) as conflict, pen(actor=house.editor) as trail:
        with change_set(trail, edition=edition, reason="Mine") as change:
            change.save(shown.replaced(text="Mine."), seen=digest_of_part(shown))

    assert conflict.value.current.text == "Theirs."
    assert build(edition).by_key()[make.key("monitoring")].text == "Theirs."


def test_a_removed_part_keeps_its_row_and_comes_back_as_it_was(house):
    edition = make.draft(house)
    whole = digest(build(edition))
    part = build(edition).by_key()[make.key("link")]

    with pen(actor=house.editor) as trail, change_set(trail, edition=edition, reason="Out") as change:
        change.remove("related", part.key, seen=digest_of_part(part))
    assert build(edition).related == ()
    assert ChangeSet.objects.latest("at").touched == [str(part.key)]

    with pen(actor=house.editor) as trail, change_set(trail, edition=edition, reason="In again") as change:
        change.restore("related", part.key)
    assert digest(build(edition)) == whole


def test_order_is_a_part_of_its_own(house):
    edition = make.draft(house)
    keys = [section.key for section in build(edition).sections]

    with pen(actor=house.editor) as trail, change_set(trail, edition=edition, reason="Sorted") as change:
        change.order("section", keys[::-1], seen=keys)

    assert ChangeSet.objects.latest("at").touched == ["order"]
    with pytest.raises(Conflict), pen(actor=house.editor) as trail:
        with change_set(trail, edition=edition, reason="Sorted") as change:
            change.order("section", keys[::-1], seen=keys)


def test_a_change_that_changes_nothing_leaves_nothing(house):
    edition = make.draft(house)
    counts = Version.objects.count(), Revision.objects.count(), AuditEvent.objects.count()

    with pytest.raises(Refused, match="Nothing has changed"):
        make.reword(edition, "monitoring", "Tests go on for years.", actor=house.editor)

    assert (Version.objects.count(), Revision.objects.count(), AuditEvent.objects.count()) == counts


def test_what_is_in_review_is_read_only(house):
    edition = make.submit(house, make.draft(house))

    with pytest.raises(Refused, match="Only a draft can be edited"):
        make.reword(edition, "monitoring", "Sneaked in.", actor=house.editor)


def test_two_parts_cannot_have_one_key(house):
    edition = make.draft(house)
    twin = Section(key=make.key("trial"), kind="evidence", heading="Evidence", text="x")

    with pytest.raises(Refused, match="same key"), pen(actor=house.editor) as trail:
        with change_set(trail, edition=edition, reason="Twin key") as change:
            change.append(twin)


def test_two_references_cannot_have_one_label(house):
    edition = make.draft(house)
    (trial,) = build(edition).citations
    twin, other = (Citation(key=make.key(name), label=name, csl={"title": name}) for name in ("twin", "other"))
    twin = twin.replaced(label=trial.label)

    def does(verb, *parts, **how):
        with pen(actor=house.editor) as trail, change_set(trail, edition=edition, reason="Labels") as change:
            getattr(change, verb)(*parts, **how)

    does("append", other)
    whole = digest(build(edition))
    for verb, part, how in (
        ("append", twin, {}),
        ("save", other.replaced(label=trial.label), {"seen": digest_of_part(other)}),
    ):
        with pytest.raises(Refused) as refused:
            does(verb, part, **how)
        (refusal,) = refused.value.refusals
        assert (refusal.code, refusal.kind, refusal.field) == ("label_taken", "invalid", "label")
        assert refusal.part == str(part.key)
        assert digest(build(edition)) == whole

    # A reference that was taken out lets go of its label, and does not get it back while another one has it.
    does("remove", "citation", trial.key, seen=digest_of_part(trial))
    does("append", twin)
    with pytest.raises(Refused) as refused:
        does("restore", "citation", trial.key)
    assert refused.value.codes == ["label_taken"]
    assert [one.key for one in build(edition).citations] == [other.key, twin.key]


def test_denials_of_one_minute_end_in_one_entry_with_a_count(monkeypatch):
    from reviews import changes

    monkeypatch.setattr(changes, "DENIALS_A_MINUTE", 3)
    house = make.the_house()
    edition = make.draft(house)

    for _ in range(5):
        with pytest.raises(Refused):
            make.submit(house, edition, house.nobody)

    assert AuditEvent.objects.filter(verb="refused").count() == 3
