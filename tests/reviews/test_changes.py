"""The pen and change sets: who writes, what is recorded, what is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
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


# -- The clock ---------------------------------------------------------------------------------------------------------


class Clock:
    """The clock of the machine."""

    def __init__(self, monkeypatch):
        self.at = datetime(2096, 6, 20, 9, 0, tzinfo=UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.at)

    def record(self, verb="looked_up"):
        with pen(actor=None) as trail:
            trail.record(verb, "test")
            trail.record(verb, "test")
        return trail


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.mark.parametrize(
    ("back", "said"),
    [
        (timedelta(hours=-5), False),
        (timedelta(0), False),
        (timedelta(seconds=1), False),
        (timedelta(seconds=1, microseconds=1), True),
        (timedelta(hours=5), True),
        (timedelta(days=1), True),
    ],
)
def test_entries_stay_in_order_when_the_clock_goes_back_and_each_act_says_so_once(house, clock, back, said):
    clock.record()
    latest = clock.at
    clock.at -= back

    trails = [clock.record(), clock.record()]

    for trail in trails:
        assert {one.at for one in trail.events} == {trail.at} == {max(latest, clock.at)}
        assert [one.verb for one in trail.events] == ["clock"] * said + ["looked_up"] * 2
        assert {one.clock_at for one in trail.events} == {clock.at if said else trail.at}
        assert {"now" in one.data for one in trail.events} == {said}
        if said:
            entry = trail.events[0]
            assert (entry.subject, entry.actor, entry.reason) == (
                "site", None, "The clock of the machine was set back."
            )  # fmt: skip
    assert chained(verify()) == []


# -- Denials -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def denied(house):
    """Refuses as often as it is asked to, and answers how many entries there are of it."""
    cache.clear()
    edition = make.draft(house)

    def deny(times, who=house.nobody):
        for _ in range(times):
            with pytest.raises(Refused):
                make.submit(house, edition, who)
        return AuditEvent.objects.filter(verb="refused", actor=who).count()

    yield deny
    cache.clear()


@pytest.mark.parametrize("jump", [timedelta(0), timedelta(hours=5), timedelta(days=1)])
def test_a_flood_of_denials_ends_in_sixty_entries_a_minute_and_the_rest_is_counted(house, clock, denied, jump):
    clock.record()
    clock.at -= jump
    begin = clock.at
    assert denied(1) == 1
    clock.at += timedelta(seconds=30)

    assert (denied(59), denied(3)) == (60, 60)
    assert denied(1, house.auditor) == 1  # nobody is counted with others
    clock.at = begin + timedelta(minutes=1) - timedelta(microseconds=1)
    assert denied(1) == 60
    clock.at = begin + timedelta(minutes=1)
    assert (denied(1), denied(1)) == (61, 61)

    clock.at += timedelta(minutes=1)
    assert denied(2) == 63
    entries = AuditEvent.objects.filter(verb="refused", actor=house.nobody).order_by("-seq")[:3]
    assert [one.data.get("more") for one in entries] == [None, 1, 4]
    assert (entries[0].subject, entries[0].data["action"], entries[0].data["codes"]) == (
        "monograph:testazumab", "submit", ["not_granted"]
    )  # fmt: skip
    assert chained(verify()) == []
