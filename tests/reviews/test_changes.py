"""The write lock and change sets: who writes, what is recorded, what is refused."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from reversion.models import Revision, Version

from monographs.assemble import build, rows
from monographs.digest import digest, digest_of_part
from monographs.document import Citation, Document, Section
from monographs.models import Edition, Epoch, WriteLock
from reviews.access.refusals import Conflict, Refused
from reviews.audit.trail import MissingAuditEntry, WriteLockTimeout, audited_write
from reviews.audit.verify import verify
from reviews.changes import change_set
from reviews.editing.library import make_class
from reviews.models import AuditEvent, ChangeSet
from tests import factories as make

pytestmark = pytest.mark.django_db


def chained(findings):
    """Findings but for the checkpoint file, which a test without a publication does not have."""
    return [sentence for _seq, sentence in findings if "checkpoint file" not in sentence]


def test_an_act_without_an_entry_is_rolled_back(house):
    before = AuditEvent.objects.count()

    with pytest.raises(MissingAuditEntry), audited_write(actor=house.editor):
        pass

    assert AuditEvent.objects.count() == before
    assert WriteLock.objects.get().held is False


def test_the_pen_hides_in_no_other_transaction(house):

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(), audited_write(actor=house.editor2):
        pass


def test_a_pen_that_was_left_held_is_taken_by_nobody(house):
    WriteLock.objects.update(held=True)

    with pytest.raises(WriteLockTimeout), audited_write(actor=house.editor):
        pass
    assert "The write lock was left held: somebody set its flag by hand." in chained(verify())


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

    with pytest.raises(Conflict) as conflict, audited_write(actor=house.editor) as trail:
        with change_set(trail, edition=edition, reason="Mine") as change:
            change.save(shown.replaced(text="Mine."), seen=digest_of_part(shown))

    assert conflict.value.current.text == "Theirs."
    assert build(edition).by_key()[make.key("monitoring")].text == "Theirs."


def test_a_removed_part_keeps_its_row_and_comes_back_as_it_was(house):
    edition = make.draft(house)
    whole = digest(build(edition))
    part = build(edition).by_key()[make.key("link")]

    with audited_write(actor=house.editor) as trail, change_set(trail, edition=edition, reason="Out") as change:
        change.remove("related", part.key, seen=digest_of_part(part))
    assert build(edition).related == ()
    assert ChangeSet.objects.latest("at").touched == [str(part.key)]

    with audited_write(actor=house.editor) as trail, change_set(trail, edition=edition, reason="In again") as change:
        change.restore("related", part.key)
    assert digest(build(edition)) == whole


def test_order_is_a_part_of_its_own(house):
    edition = make.draft(house)
    keys = [section.key for section in build(edition).sections]

    with audited_write(actor=house.editor) as trail, change_set(trail, edition=edition, reason="Sorted") as change:
        change.order("section", keys[::-1], seen=keys)

    assert ChangeSet.objects.latest("at").touched == ["order"]
    with pytest.raises(Conflict), audited_write(actor=house.editor) as trail:
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

    with pytest.raises(Refused, match="same key"), audited_write(actor=house.editor) as trail:
        with change_set(trail, edition=edition, reason="Twin key") as change:
            change.append(twin)


def test_two_references_cannot_have_one_label(house):
    edition = make.draft(house)
    (trial,) = build(edition).citations
    twin, other = (Citation(key=make.key(name), label=name, csl={"title": name}) for name in ("twin", "other"))
    twin = twin.replaced(label=trial.label)

    def does(verb, *parts, **how):
        with audited_write(actor=house.editor) as trail, change_set(trail, edition=edition, reason="Labels") as change:
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


# -- What one change may do, and what it leaves ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(once_a_module):
    """A draft, and the next draft of a monograph that is live."""
    house = make.the_house()
    live = make.published(house, "liveumab")
    return house, make.draft(house, "draftumab"), live, make.start(house, live)


def as_kept(edition):
    return build(Edition.objects.get(pk=edition.pk))


def changed(edition, actor, act):
    with audited_write(actor=actor) as trail, change_set(trail, edition=edition, reason="As asked") as change:
        act(change)
    return ChangeSet.objects.get(pk=change.id)


def refused(edition, actor, act):
    """What refuses this change, which leaves nothing at all."""
    before = digest(as_kept(edition)), AuditEvent.objects.count(), ChangeSet.objects.count(), Version.objects.count()
    with pytest.raises(Refused) as error:
        changed(edition, actor, act)
    now = digest(as_kept(edition)), AuditEvent.objects.count(), ChangeSet.objects.count(), Version.objects.count()
    assert now == before
    return error.value


def test_what_somebody_changed_meanwhile_is_told_with_what_stands_there_now(world):
    house, edition, _live, _next = world
    monitoring, prescribing = (build(edition).by_key()[make.key(name)] for name in ("monitoring", "prescribing"))
    header, keys = build(edition).header, [one.key for one in build(edition).sections]
    make.reword(edition, "monitoring", "Theirs.", actor=house.editor2)
    changed(edition, house.editor2, lambda it: it.header(header.replaced(covers="theirs"), seen=digest_of_part(header)))
    changed(edition, house.editor2, lambda it: it.remove("section", prescribing.key, seen=digest_of_part(prescribing)))
    old, gone = digest_of_part(monitoring), digest_of_part(prescribing)

    for act, part, now in (
        (lambda it: it.save(monitoring.replaced(text="Mine."), seen=old), monitoring.key, monitoring.replaced(text="Theirs.", text_rules=2)),
        (lambda it: it.remove("section", monitoring.key, seen=old), monitoring.key, monitoring.replaced(text="Theirs.", text_rules=2)),
        (lambda it: it.save(prescribing.replaced(text="- Mine."), seen=gone), prescribing.key, None),
        (lambda it: it.remove("section", prescribing.key, seen=gone), prescribing.key, None),
        (lambda it: it.header(header.replaced(covers="mine"), seen=digest_of_part(header)), "header", header.replaced(covers="theirs")),
        (lambda it: it.order("section", keys[::-1], seen=keys), "order", [monitoring.key]),
    ):  # fmt: skip
        conflict = refused(edition, house.editor, act)
        assert (conflict.codes, conflict.kind, conflict.refusals[0].part, conflict.current) == (
            ["changed_meanwhile"], "conflict", str(part), now
        )  # fmt: skip


def test_a_conflict_names_who_was_faster_and_when_in_london(world, monkeypatch):
    house, edition, _live, _next = world
    section, header = build(edition).sections[0], build(edition).header
    seen, of_header = digest_of_part(section), digest_of_part(header)
    at = datetime(2027, 7, 1, 8, 18, tzinfo=UTC)  # summer
    with monkeypatch.context() as clock:
        clock.setattr("django.utils.timezone.now", lambda: at)
        changed(edition, house.editor2, lambda it: it.save(section.replaced(heading="Theirs"), seen=seen))
        changed(edition, house.editor2, lambda it: it.header(header.replaced(covers="theirs"), seen=of_header))

        for actor, act, sentence in (
            (house.editor, lambda it: it.save(section.replaced(heading="Mine"), seen=seen),
             "Test editor2 saved this part at 09:18, while you were writing."),
            (house.editor2, lambda it: it.save(section.replaced(heading="Mine"), seen=seen),
             "You saved this part at 09:18, in another window."),
            (house.editor, lambda it: it.header(header.replaced(covers="mine"), seen=of_header),
             "Test editor2 saved the header at 09:18, while you were writing."),
        ):  # fmt: skip
            assert str(refused(edition, actor, act)) == sentence
        now = digest_of_part(build(edition).sections[0])
        changed(edition, house.editor2, lambda it: it.remove("section", section.key, seen=now))
        told = str(refused(edition, house.editor, lambda it: it.save(section.replaced(heading="Mine"), seen=now)))
    assert told == "Test editor2 removed this part at 09:18, while you were writing."


def test_what_was_never_changed_here_was_changed_by_somebody(house):
    edition = make.start(house, make.published(house))
    section = build(edition).sections[0]

    conflict = refused(edition, house.editor, lambda it: it.save(section.replaced(heading="Mine"), seen=""))

    assert str(conflict) == "Somebody saved this part while you were writing."


def test_a_part_that_is_not_in_this_edition_is_not_written(world):
    house, edition, _live, following = world
    part = Section(key=make.key("nowhere"), kind="driving", heading="Driving", text="x")
    elsewhere = Section(key=make.key("nowhere-else"), kind="driving", heading="Driving", text="x")
    changed(following, house.editor, lambda it: it.append(elsewhere))

    for act in (
        lambda it: it.save(part, seen=digest_of_part(part)),
        lambda it: it.remove("section", part.key, seen=digest_of_part(part)),
        lambda it: it.restore("section", part.key),
        lambda it: it.restore("section", elsewhere.key),  # of another edition
        lambda it: it.restore("monitoring", make.key("monitoring")),  # of another kind
    ):
        assert refused(edition, house.editor, act).codes == ["no_such_part"]


@pytest.mark.parametrize("wrong", ["one is missing", "one is strange", "one stands twice"])
def test_an_order_holds_every_part_of_its_kind_once(world, wrong):
    house, edition, _live, _next = world
    keys = [one.key for one in build(edition).sections]
    asked = {
        "one is missing": keys[1:],
        "one is strange": [*keys, make.key("strange")],
        "one stands twice": [keys[0], keys[0]],
    }[wrong]

    assert refused(edition, house.editor, lambda it: it.order("section", asked, seen=keys)).codes == [
        "changed_meanwhile"
    ]


def test_each_change_touches_what_it_changed_and_nothing_else(world):
    house, edition, _live, _next = world
    document = build(edition)
    header, link = document.header, document.by_key()[make.key("link")]
    new = Section(key=make.key("driving"), kind="driving", heading="Driving", text="Do not.")
    keys = [one.key for one in document.sections]

    for act, touched in (
        (lambda it: it.header(header.replaced(covers="all"), seen=digest_of_part(header)), ["header"]),
        (lambda it: it.append(new), [str(new.key)]),
        (lambda it: it.order("section", [keys[1], keys[0], new.key], seen=[*keys, new.key]), ["order"]),
        (lambda it: it.remove("related", link.key, seen=digest_of_part(link)), [str(link.key)]),
        (lambda it: it.restore("related", link.key), [str(link.key)]),
    ):
        before = digest(as_kept(edition))
        change = changed(edition, house.editor2, act)
        assert change.touched == touched
        assert (change.before_id, change.after_id) == (before, digest(as_kept(edition)))
        assert (change.actor, change.edition, change.reason, change.credits) == (
            house.editor2, edition, "As asked", {}
        )  # fmt: skip
        entry = AuditEvent.objects.latest("seq")
        assert (change.at, change.revision.date_created) == (entry.at, entry.at)
        assert (change.revision.user, change.revision.comment) == (house.editor2, "As asked")
        assert (entry.subject, entry.reason, entry.digest) == ("monograph:draftumab", "As asked", change.after_id)
        assert {name: kept for name, kept in entry.data.items() if name != "rows"} == {
            "edition": 1, "change_set": str(change.pk), "touched": touched
        }  # fmt: skip
    assert [one.key for one in build(edition).sections] == [keys[1], keys[0], new.key]
    assert chained(verify()) == []


def test_a_part_is_added_after_all_others_even_those_that_were_taken_out(world):
    house, edition, _live, _next = world
    last = build(edition).sections[-1]
    changed(edition, house.editor, lambda it: it.remove("section", last.key, seen=digest_of_part(last)))
    new = Section(key=UUID(int=1), kind="driving", heading="Driving", text="Do not.")
    changed(edition, house.editor, lambda it: it.append(new))
    changed(edition, house.editor, lambda it: it.restore("section", last.key))

    assert [one.key for one in build(edition).sections] == [make.key("prescribing"), last.key, new.key]


def test_parts_of_every_kind_are_added_whatever_holds_them(house):
    wanted = make.document()
    edition = make.draft(house, doc=Document(header=wanted.header))

    with audited_write(actor=house.editor) as trail, change_set(trail, edition=edition, reason="All at once") as change:
        change.add(row for row in rows(edition, wanted))

    assert [part.key for part in build(edition).parts()] == [part.key for part in wanted.parts()]


def test_an_edition_is_made_another_document_and_back(world):
    """Parts that are not in it are taken out, not deleted; a label goes from one reference to another."""
    house, edition, _live, _next = world
    was = build(edition)
    (trial,) = was.citations
    section = was.sections[0]
    heir = Citation(key=make.key("heir"), label=trial.label, csl={"title": "Another", "type": "book"})
    other = make.document(
        sections=(was.sections[1], section.replaced(heading="Another heading")),
        citations=(heir, trial.replaced(label="formerly2020")),
        related=(), header=was.header.replaced(covers="other things"),
    )  # fmt: skip

    change = changed(edition, house.editor, lambda it: it.load(other))

    assert as_kept(edition) == other
    names = [make.key(name) for name in ("prescribing", "trial", "link", "heir")]
    assert change.touched == sorted([*map(str, names), "header", "order"])
    assert edition.relatedlink_rows.model.with_removed.filter(edition=edition, removed=True).count() == 1
    labels = [one.label for one in other.citations]
    swapped = tuple(one.replaced(label=label) for one, label in zip(other.citations, labels[::-1], strict=True))
    changed(edition, house.editor, lambda it: it.load(other.replaced(citations=swapped)))
    assert as_kept(edition).citations == swapped
    changed(edition, house.editor, lambda it: it.load(was))
    assert as_kept(edition) == was
    assert citation_rows(edition) == [(str(make.key("heir")), True), (str(make.key("trial")), False)]
    refused(edition, house.editor, lambda it: it.load(was))
    assert chained(verify()) == []


def citation_rows(edition):
    rows = edition.citation_rows.model.with_removed.filter(edition=edition)
    return sorted((str(one.key), one.removed) for one in rows)


def test_a_part_that_comes_back_at_another_place_than_it_has_live_moves_the_order_too(world):
    house, _edition, _live, following = world
    first, second = build(following).sections
    changed(following, house.editor, lambda it: it.remove("section", first.key, seen=digest_of_part(first)))

    same = changed(following, house.editor, lambda it: it.restore("section", first.key))
    assert same.touched == [str(first.key)]
    changed(following, house.editor, lambda it: it.remove("section", first.key, seen=digest_of_part(first)))
    moved = changed(
        following, house.editor, lambda it: it.load(build(following).replaced(sections=(second, first)))
    )  # fmt: skip

    assert moved.touched == sorted([str(first.key), "order"])


def test_working_papers_begin_no_epoch_and_what_readers_see_does(world):
    """Pages that were made already are good until somebody writes what they show."""
    house, edition, live, _next = world
    before = Epoch.objects.get().number
    make.reword(edition, "monitoring", "Monthly.", actor=house.editor)
    make.submit(house, edition)
    with pytest.raises(Refused):
        make.publish(house, edition)
    make.sign(edition, house.clinician)
    make.sign(edition, house.pharmacist)
    assert Epoch.objects.get().number == before

    for act in (
        lambda: make.publish(house, edition),
        lambda: make.withhold(live.monograph, make.key("fbc"), house.publisher),
        lambda: make.warn(house.clinician, live.monograph),
        lambda: make.countersign(live.monograph.overlays.get(kind="warning"), house.clinician2),
        lambda: make.withdraw(live, house.publisher),
        lambda: make_class("Oncology", slug="oncology", actor=house.admin),
    ):
        act()
        epoch, last = Epoch.objects.get(), AuditEvent.objects.latest("seq")
        assert epoch.number == last.seq > before
        assert epoch.hash == last.hash
        before = Epoch.objects.get().number


def test_whoever_holds_the_pen_is_the_person_as_they_are_now(house):
    old = house.editor
    now = timezone.now()
    type(old).objects.filter(pk=old.pk).update(last_login=now)

    with audited_write(actor=old) as trail:
        trail.record("looked", "test")
        assert (trail.actor, trail.actor.last_login) == (old, now)
    with audited_write(actor=None) as trail:
        entry = trail.record("looked", "test", digest="d", reason="r", data={"a": 1})

    entry.refresh_from_db()
    assert (entry.actor, entry.actor_name, entry.digest, entry.reason, entry.data) == (None, "", "d", "r", {"a": 1})
    lock_now = WriteLock.objects.get()
    assert (lock_now.held, lock_now.edition_id, lock_now.seq, lock_now.hash) == (False, None, entry.seq, entry.hash)


def test_rows_that_were_written_are_told_by_the_next_entry_and_by_no_later_one(house):
    """What was written after the last entry of an act is a loose end: the whole act is undone."""
    classes = [make_class(name, slug=name.lower(), actor=house.admin) for name in ("Oncology", "Cardiology")]
    with audited_write(actor=house.admin) as trail:
        for one in classes:
            one.tier_floor = "high"
            trail.save(one, "tier_floor")
            trail.record("looked", "test")

    entries = AuditEvent.objects.order_by("-seq")[:2][::-1]
    assert [list(entry.data["rows"]) for entry in entries] == [
        [f"monographs.therapeuticclass:{one.pk}"] for one in classes
    ]
    with pytest.raises(MissingAuditEntry), audited_write(actor=house.admin) as trail:
        trail.record("looked", "test")
        classes[0].name = "Sneaked in"
        trail.save(classes[0], "name")
    classes[0].refresh_from_db()
    assert classes[0].name == "Oncology"
    assert AuditEvent.objects.latest("seq") == entries[1]
    assert chained(verify()) == []
