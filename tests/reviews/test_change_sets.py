"""Change sets: what each verb of a change refuses, touches and leaves, and what an act begins."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.apps import apps
from django.core.cache import cache
from reversion.models import Revision, Version

from monographs.assemble import build
from monographs.digest import digest, digest_of_part
from monographs.document import Section
from monographs.models import Edition, Epoch, WriteLock
from reviews.access.refusals import Conflict, Refused
from reviews.audit.trail import MissingAuditEntry, audited_write
from reviews.audit.verify import verify
from reviews.changes import _last_of, change_set
from reviews.models import AuditEvent, ChangeSet
from tests import factories as make
from tests import tables

pytestmark = pytest.mark.django_db


def chained(findings):
    """Findings but for the checkpoint file, which a test without a publication does not have."""
    return [sentence for _seq, sentence in findings if "checkpoint file" not in sentence]


# -- The clock ---------------------------------------------------------------------------------------------------------


class Clock:
    """The clock of the machine."""

    def __init__(self, monkeypatch):
        self.at = datetime(2096, 6, 20, 9, 0, tzinfo=UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.at)

    def record(self, verb="looked_up"):
        with audited_write(actor=None) as trail:
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
        (timedelta(milliseconds=900), False),
        (timedelta(seconds=1, milliseconds=1), True),
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
        behind = latest >= clock.at
        latest = max(latest + timedelta(microseconds=1), clock.at)
        assert {one.at for one in trail.events} == {trail.at} == {latest}
        assert [one.verb for one in trail.events] == ["clock"] * said + ["looked_up"] * 2
        assert {one.clock_at for one in trail.events} == {clock.at}
        assert {"now" in one.data for one in trail.events} == {behind}
        if said:
            entry = trail.events[0]
            assert (entry.subject, entry.actor, entry.reason) == (
                "site", None, "The clock was set back."
            )  # fmt: skip
    assert chained(verify()) == []


def test_a_lag_of_one_second_is_no_setting_back_and_a_microsecond_more_is(house, clock):
    clock.record()
    clock.at -= timedelta(seconds=1)

    verbs = [[one.verb for one in clock.record().events] for _ in range(2)]

    assert verbs[0] == ["looked_up"] * 2
    assert verbs[1] == ["clock", *["looked_up"] * 2]  # the entries themselves moved on by a microsecond


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


@pytest.mark.any_database
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


# -- Change sets, in full ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(once_a_module):
    """A draft, and a page that is live."""
    house = make.the_house()
    return SimpleNamespace(edition=make.draft(house, "openumab"), live=make.published(house, "liveumab"))


def change_by(person, edition, verb, *parts, reason="Changed for a test", **how):
    with audited_write(actor=person) as trail, change_set(trail, edition=edition, reason=reason) as change:
        getattr(change, verb)(*parts, **how)


def now_in(edition):
    """What the database holds of it."""
    return build(Edition.objects.get(pk=edition.pk))


def test_the_last_change_of_an_edition_is_the_last_by_its_time_then_by_its_revision(house, edition):
    """One act may leave several of one moment, in whatever order of their keys."""
    one = ChangeSet.objects.get(edition=edition)
    other = make.draft(house, "otherumab")
    soon, then = one.at + timedelta(hours=1), one.at + timedelta(hours=2)

    def put(number, at, of):
        revision = Revision.objects.create(date_created=at, user=house.editor, comment="")
        kept = ChangeSet(
            id=UUID(int=number), revision=revision, edition=of, actor=house.editor, reason="x", after=one.after, at=at
        )
        kept.save(force_insert=True)
        return kept

    with tables.no_triggers():
        made = [put(n, at, of) for n, at, of in (
            (5, then, edition), (9, then, edition), (7, then, edition), (8, soon, edition), (6, then, other)
        )]  # fmt: skip

    found = _last_of(edition)

    assert (found.pk, found.edition, found.after) == (made[2].pk, edition, one.after)
    assert found == ChangeSet.objects.filter(edition=edition).order_by("-at", "-revision_id").first()
    assert _last_of(Edition(pk=0)) is None


def counts():
    return Version.objects.count(), ChangeSet.objects.count(), AuditEvent.objects.count()


def test_each_refusal_of_a_change_says_what_is_wrong_where_and_leaves_nothing(house, edition):
    doc = build(edition)
    section, item = doc.by_key()[make.key("monitoring")], doc.by_key()[make.key("fbc")]
    seen, unknown = digest_of_part(section), make.key("unknown")
    keys = [one.key for one in doc.sections]
    change_by(house.editor, edition, "remove", "monitoring", item.key, seen=digest_of_part(item))
    before = counts()

    for verb, parts, how, code, part in (
        ("save", [section.replaced(key=unknown, text="x")], {"seen": seen}, "no_such_part", str(unknown)),
        ("remove", ["section", unknown], {"seen": seen}, "no_such_part", str(unknown)),
        ("restore", ["section", unknown], {}, "no_such_part", str(unknown)),
        ("remove", ["monitoring", section.key], {"seen": seen}, "no_such_part", str(section.key)),
        ("save", [section.replaced(text="x")], {"seen": "0" * 64}, "changed_meanwhile", str(section.key)),
        ("remove", ["section", section.key], {"seen": "0" * 64}, "changed_meanwhile", str(section.key)),
        ("save", [item.replaced(test="x")], {"seen": digest_of_part(item)}, "changed_meanwhile", str(item.key)),
        ("header", [doc.header.replaced(covers="x")], {"seen": "0" * 64}, "changed_meanwhile", "header"),
        ("order", ["section", keys[::-1]], {"seen": keys[::-1]}, "changed_meanwhile", "order"),
        ("order", ["section", keys[:1]], {"seen": keys}, "changed_meanwhile", "order"),
        ("order", ["section", [*keys, unknown]], {"seen": keys}, "changed_meanwhile", "order"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            change_by(house.editor, edition, verb, *parts, **how)
        (why,) = refused.value.refusals
        assert (why.code, why.part, why.kind) == (code, part, "conflict"), verb
    with pytest.raises(Conflict) as conflict:
        change_by(house.editor, edition, "save", item.replaced(test="x"), seen=digest_of_part(item))
    assert conflict.value.current is None  # it was removed: nothing stands there now
    assert counts() == before


def test_what_is_no_draft_or_does_not_change_is_refused(house, world):
    live = world.live
    before = counts()
    with pytest.raises(Refused) as refused:
        make.reword(live, "monitoring", "Other words.", actor=house.editor)
    (why,) = refused.value.refusals
    assert (why.code, why.kind, refused.value.recorded) == ("not_a_draft", "conflict", True)

    draft = world.edition
    with pytest.raises(Refused) as refused:
        make.reword(draft, "monitoring", "Tests go on for years.", actor=house.editor)
    (why,) = refused.value.refusals
    assert (why.code, why.kind, refused.value.recorded) == ("nothing_changed", "invalid", False)
    assert counts() == before


def test_a_change_set_says_who_changed_what_why_from_what_to_what(house, edition):
    header = build(edition).header
    before = digest(build(edition))

    with audited_write(actor=house.editor2) as trail:
        credits = {"header": [house.editor.pk]}
        with change_set(trail, edition=edition, reason="Another name", credits=credits) as change:
            change.header(header.replaced(covers="all of it"), seen=digest_of_part(header))

    change = ChangeSet.objects.latest("at")
    assert (change.actor, change.reason, change.credits, change.touched, change.before_id, change.after_id) == (
        house.editor2, "Another name", credits, ["header"], before, digest(now_in(edition))
    )  # fmt: skip
    revision, entry = change.revision, AuditEvent.objects.latest("seq")
    assert (revision.user, revision.comment, revision.date_created) == (house.editor2, "Another name", change.at)
    told = {name: value for name, value in entry.data.items() if name != "rows"}
    assert (entry.verb, entry.subject, entry.reason, entry.digest, entry.at, told) == (
        "edited", "monograph:openumab", "Another name", change.after_id, change.at,
        {"edition": 1, "change_set": str(change.id), "touched": ["header"]},
    )  # fmt: skip
    version = revision.version_set.get()
    assert entry.data["rows"].keys() == {
        f"monographs.document:{change.after_id}", f"monographs.edition:{edition.pk}", f"reviews.changeset:{change.pk}",
        f"reversion.revision:{revision.pk}", f"reversion.version:{version.pk}",
    }  # fmt: skip
    assert WriteLock.objects.get().edition_id is None
    assert verify() == []


def test_a_part_is_added_at_the_end_even_after_one_that_was_removed(house, edition):
    last = build(edition).sections[-1]
    change_by(house.editor, edition, "remove", "section", last.key, seen=digest_of_part(last))
    new = Section(key=make.key("new"), kind="evidence", heading="Evidence", text="Little.")
    change_by(house.editor, edition, "append", new)
    assert ChangeSet.objects.latest("at").touched == [str(new.key)]

    change_by(house.editor, edition, "restore", "section", last.key)

    assert [one.key for one in build(edition).sections] == [make.key("prescribing"), last.key, new.key]
    first = Section(key=make.key("other"), kind="evidence", heading="Other", text="None.")
    change_by(house.editor, edition, "append", first)
    assert build(edition).sections[-1] == first.replaced(text_rules=2)


def test_only_parts_that_move_are_written(house, edition):
    for name in ("third", "fourth"):
        part = Section(key=make.key(name), kind="evidence", heading=name, text="Words.")
        change_by(house.editor, edition, "append", part)
    keys = [one.key for one in build(edition).sections]
    wanted = [keys[1], keys[0], *keys[2:]]

    change_by(house.editor, edition, "order", "section", wanted, seen=keys)

    assert [one.key for one in build(edition).sections] == wanted
    change = ChangeSet.objects.latest("at")
    assert (change.touched, change.revision.version_set.count()) == (["order"], 3)  # two sections, and the edition


def test_what_cannot_be_a_document_is_refused_in_plain_words(house, edition):
    twin = Section(key=make.key("trial"), kind="evidence", heading="Evidence", text="x")
    before = counts()

    with pytest.raises(Refused) as refused:
        change_by(house.editor, edition, "append", twin)

    (why,) = refused.value.refusals
    assert (why.code, why.kind) == ("invalid", "invalid")
    assert not why.sentence.startswith("Value error")
    assert counts() == before


def test_an_edition_becomes_another_document_whole(house, edition):
    doc = build(edition)
    swapped = doc.citations[0].replaced(key=make.key("new trial"))  # another reference takes its label
    other = doc.replaced(
        header=doc.header.replaced(covers="all of it"), sections=doc.sections[::-1], monitoring=(),
        notices=(doc.notices[0].replaced(title="Mind the liver"),), citations=(swapped,),
    )  # fmt: skip

    change_by(house.editor, edition, "load", other)
    assert now_in(edition) == other
    assert set(ChangeSet.objects.latest("at").touched) == {
        "header", "order", *(str(make.key(name)) for name in ("fbc", "notice", "trial", "new trial"))
    }  # fmt: skip
    change_by(house.editor, edition, "load", doc)

    assert now_in(edition) == doc
    assert verify() == []


# -- The write lock -----------------------------------------------------------------------------------------------------------


def test_the_actor_is_looked_up_again_under_the_pen(house):
    house.editor.first_name = "Stale"

    with audited_write(actor=house.editor) as trail:
        assert (trail.actor, trail.actor.first_name) == (house.editor, "Test")
        trail.record("looked_up", "test")

    entry = trail.events[0]
    assert (entry.actor, entry.actor_name) == (house.editor, "editor")
    held = WriteLock.objects.get()
    assert (held.held, held.seq, held.hash) == (False, entry.seq, entry.hash)


def test_rows_that_no_entry_holds_roll_the_act_back(house):
    before = counts()

    with pytest.raises(MissingAuditEntry), audited_write(actor=house.editor) as trail:
        trail.record("looked_up", "test")
        trail.wrote(house.leaf)

    assert counts() == before


@pytest.mark.parametrize(
    ("label", "begins"),
    [
        ("monographs.monograph", True), ("monographs.publication", True), ("monographs.overlay", True),
        ("monographs.secondsignature", True), ("monographs.namecheck", True), ("monographs.therapeuticclass", True),
        ("monographs.edition", False), ("monographs.document", False), ("reviews.changeset", False),
        ("reviews.problemreport", False), ("reviews.reminder", False), ("reviews.signoff", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("how", ["by key", "by row"])
def test_an_act_begins_an_epoch_when_readers_see_what_it_wrote(house, label, begins, how):
    before = Epoch.objects.get().number

    with audited_write(actor=None) as trail:
        if how == "by key":
            trail.wrote_keys(label, [])
        else:
            trail.wrote(apps.get_model(label)(pk="0" * 32 if label == "reviews.changeset" else None))
            trail._written.clear()
        trail.record("looked_up", "test")

    assert Epoch.objects.get().number == (trail.seq if begins else before)
