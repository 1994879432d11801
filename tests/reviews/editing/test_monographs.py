"""A new monograph, and the tier of one: who sets it, never below its floor, and lowered only while no edition is open
(docs/clinical/signoff.md, Tiers)."""

import pytest

from monographs.assemble import build
from monographs.document import SafetyNotice
from monographs.models import Drug, Monograph
from reviews.access.refusals import Refused
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.changes import change_set
from reviews.editing.library import make_drug
from reviews.editing.monographs import begin, move, new, set_tier
from reviews.models import AuditEvent, ChangeSet
from reviews.workflow import perform
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def tier_of(monograph):
    return Monograph.objects.get(pk=monograph.pk).tier


def codes(monograph, tier, actor, reason="Because of a test.", **how):
    """Why it was refused, after seeing that nothing was changed."""
    was = tier_of(monograph)
    with pytest.raises(Refused) as refused:
        set_tier(monograph, tier, actor=actor, reason=reason, **how)
    assert tier_of(monograph) == was
    return refused.value.codes


def critical(**changes):
    return SafetyNotice(
        key=make.key("critical"),
        type="contraindication",
        severity="critical",
        title="Never",
        source="trial2020",
        **changes,
    )


@pytest.mark.parametrize("who", ["editor", "publisher", "auditor", "nobody", "admin"])
def test_only_a_clinician_of_the_class_sets_it(house, who):
    monograph = make.draft(house).monograph

    assert codes(monograph, "high", house.people[who]) == ["not_granted"]
    assert AuditEvent.objects.latest("seq").data["codes"] == ["not_granted"]
    set_tier(monograph, "high", actor=house.clinician, reason=" Dangerous. ")

    assert tier_of(monograph) == "high"
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.actor, entry.reason) == ("tier_set", house.clinician, "Dangerous.")
    assert (entry.data["from_tier"], entry.data["to_tier"]) == ("standard", "high")


def test_whoever_worked_on_the_open_edition_does_not(house):
    monograph = make.draft(house, actor=house.clinician).monograph

    assert codes(monograph, "high", house.clinician) == ["contributed"]
    set_tier(monograph, "high", actor=house.clinician2, reason="Dangerous.")


def test_it_is_raised_at_any_time_and_lowered_only_while_no_edition_is_open(house):
    edition = make.draft(house)
    monograph = edition.monograph

    assert codes(monograph, "low", house.clinician) == ["open_edition"]
    set_tier(monograph, "high", actor=house.clinician, reason="Dangerous.")
    assert codes(monograph, "standard", house.clinician) == ["open_edition"]
    perform("discard", editions=[edition], actor=house.editor, digest=make.seen(edition), reason="Given up")
    set_tier(monograph, "low", actor=house.clinician, reason="Harmless.")

    assert tier_of(monograph) == "low"


def test_the_traits_of_the_drug_are_a_floor(house):
    edition = make.draft(house, traits=("opioid",))
    perform("discard", editions=[edition], actor=house.editor, digest=make.seen(edition), reason="Given up")

    assert edition.monograph.tier == "high"
    for tier in ("standard", "low"):
        assert codes(edition.monograph, tier, house.clinician) == ["tier_below_floor"]


def test_a_class_above_is_a_floor_and_raising_stays_not_below_it_either(house):
    edition = make.published(house)
    set_tier(edition.monograph, "low", actor=house.clinician, reason="Harmless.")
    with audited_write(actor=house.admin) as trail:
        house.root.tier_floor = "high"
        trail.save(house.root)
        trail.record("floor", "test")

    assert codes(edition.monograph, "standard", house.clinician) == ["tier_below_floor"]
    set_tier(edition.monograph, "high", actor=house.clinician, reason="Dangerous.")


def test_a_critical_notice_counts_while_it_is_in_force_in_the_live_or_the_open_edition(house):
    live = make.published(house)
    set_tier(live.monograph, "low", actor=house.clinician, reason="Harmless.")
    edition = make.start(house, live)
    with (
        audited_write(actor=house.editor) as trail,
        change_set(trail, edition=edition, reason="WarningInput") as change,
    ):
        change.append(critical())

    assert codes(live.monograph, "standard", house.clinician) == ["tier_below_floor"]
    # What an edition said that was given up counts for nothing.
    perform("discard", editions=[edition], actor=house.editor, digest=make.seen(edition), reason="Given up")
    set_tier(live.monograph, "standard", actor=house.clinician, reason="As before.")

    assert tier_of(live.monograph) == "standard"


def test_a_notice_that_has_ended_counts_no_more(house):
    edition = make.draft(house, doc=make.document(notices=(critical(expires="2020-01-01"),)))
    perform("discard", editions=[edition], actor=house.editor, digest=make.seen(edition), reason="Given up")

    set_tier(edition.monograph, "low", actor=house.clinician, reason="Harmless.")

    assert tier_of(edition.monograph) == "low"


def test_every_reason_is_told_at_once(house):
    monograph = make.draft(house).monograph

    assert codes(monograph, "low", house.clinician, " ") == ["open_edition", "reason"]
    assert codes(monograph, "highest", house.clinician, "") == ["tier", "reason"]


def test_each_reason_against_a_tier_stands_at_its_field(house):
    monograph = make.draft(house, traits=("opioid",)).monograph
    set_tier_to = {"low": "conflict invalid invalid", "highest": "invalid invalid", "high": "invalid invalid"}

    for tier, kinds in set_tier_to.items():
        with pytest.raises(Refused) as refused:
            set_tier(monograph, tier, actor=house.clinician, reason="")
        assert " ".join(one.kind for one in refused.value.refusals) == kinds
        assert [one.field for one in refused.value.refusals][-2:] == ["tier", "reason"]
    with pytest.raises(Refused) as refused:
        set_tier(monograph, "standard", actor=house.clinician, reason="x", seen="low")
    assert [(one.code, one.kind, one.field) for one in refused.value.refusals] == [("tier_changed", "conflict", "tier")]


def test_a_double_click_is_refused_and_not_recorded(house):
    monograph = make.draft(house).monograph
    set_tier(monograph, "high", actor=house.clinician, reason="Dangerous.")
    entries = AuditEvent.objects.count()

    assert codes(monograph, "high", house.clinician) == ["tier"]
    assert AuditEvent.objects.count() == entries


def test_a_tier_that_somebody_set_meanwhile_is_looked_at_first(house):
    live = make.published(house)
    set_tier(live.monograph, "high", actor=house.clinician2, reason="Dangerous.")

    assert codes(live.monograph, "low", house.clinician, seen="standard") == ["tier_changed"]
    set_tier(live.monograph, "low", actor=house.clinician, reason="Harmless.", seen="high")

    assert tier_of(live.monograph) == "low"


@pytest.mark.parametrize(("reason", "code"), [("NHS 943 476 5919", "patient_data"), ("a\u202eb", "characters")])
def test_a_reason_that_may_not_be_kept_is_refused_before_anything_is_stored(house, reason, code):
    monograph = make.draft(house).monograph
    entries = AuditEvent.objects.count()

    assert codes(monograph, "high", house.clinician, reason) == [code]
    assert AuditEvent.objects.count() == entries


def test_signatures_are_judged_again(house):
    edition = make.submit(house, make.draft(house))
    make.sign(edition, house.clinician)
    edition = make.sign(edition, house.clinician2)
    assert edition.state == "clinician_reviewed"

    set_tier(edition.monograph, "high", actor=house.pharmacist, reason="Dangerous.")

    edition.refresh_from_db()
    assert edition.state == "in_review"


def told():
    """The last entry: (verb, subject, actor's name, reason), and what else it says but for hashes of rows."""
    entry = AuditEvent.objects.latest("seq")
    assert [one for one in verify() if "checkpoint" not in one[1]] == []
    data = {name: value for name, value in entry.data.items() if name != "rows"}
    return (entry.verb, entry.subject, entry.actor_name, entry.reason), data


def test_a_tier_that_moves_a_state_says_so_and_one_of_a_draft_does_not(house):
    edition = make.signed(house)

    set_tier(edition.monograph, "high", actor=house.clinician2, reason="Dangerous.")  # both of its set have signed
    assert told() == (
        ("tier_set", "monograph:testazumab", "clinician2", "Dangerous."),
        {
            "from_tier": "standard", "to_tier": "high", "edition": 1, "from": "clinician_reviewed",
            "to": "clinician_reviewed", "round": 1,
        },
    )  # fmt: skip
    other = make.draft(house, "otherumab")
    set_tier(other.monograph, "high", actor=house.clinician2, reason="Dangerous.")
    other.refresh_from_db()
    assert (other.state, told()[1]) == ("draft", {"from_tier": "standard", "to_tier": "high"})


def test_a_lower_tier_puts_no_review_off_and_a_higher_one_brings_it_forward(house):
    live = make.published(house).monograph
    whole = live.live.last_full_review

    def due():
        return Monograph.objects.get(pk=live.pk).next_review_due

    first = due()
    set_tier(live, "low", actor=house.clinician, reason="Harmless.")
    assert due() == first
    set_tier(live, "high", actor=house.clinician, reason="Dangerous.")
    assert (due().year, first.year) == (whole.year + 1, whole.year + 2)
    set_tier(live, "standard", actor=house.clinician, reason="As before.")
    assert due().year == whole.year + 1


# -- A new monograph ---------------------------------------------------------------------------------------------------

NEW = {"slug": "newumab", "title": "Newumab in pain"}


def newumab(house, actor=None, **changes):
    how = {**NEW, "therapeutic_class": house.leaf, "new_drug": {"name": "newumab"}, **changes}
    return new(actor=actor or house.editor, **how)


def test_whoever_may_write_in_the_class_starts_a_monograph(house):
    for who in ("publisher", "auditor", "nobody", "admin"):
        with pytest.raises(Refused) as refused:
            newumab(house, house.people[who])
        assert refused.value.codes == ["not_granted"]
        assert told()[0][:2] == ("refused", "monograph:newumab")
    assert (Monograph.objects.count(), Drug.objects.count()) == (0, 0)

    edition = newumab(house, house.clinician)

    assert (edition.state, edition.number, edition.round) == ("draft", 1, 0)
    monograph = Monograph.objects.get()
    assert (monograph.slug, monograph.therapeutic_class, monograph.tier, monograph.live) == (
        "newumab", house.leaf, "standard", None,
    )  # fmt: skip
    change = ChangeSet.objects.get()
    assert (change.actor, change.touched, change.reason) == (house.clinician, ["header"], "Started from nothing")
    begun = AuditEvent.objects.get(verb="begun")
    facts = {name: begun.data[name] for name in ("edition", "from", "to", "round", "tier")}
    assert facts == {"edition": 1, "from": None, "to": "draft", "round": 0, "tier": "standard"}
    assert told()[0][:2] == ("edited", "monograph:newumab")


def test_the_header_of_a_first_draft_is_what_the_drug_and_the_class_say(house):
    drug = {
        "name": "newumab", "names": [{"kind": "other", "name": "Nu"}], "traits": ["opioid"],
        "brands": [{"name": "Brandex", "country": "GB"}], "codes": [{"system": "ATC", "code": "L04AG06"}],
    }  # fmt: skip

    edition = newumab(house, new_drug=drug)

    header = build(edition).header
    assert (header.title, header.name) == ("Newumab in pain", "Newumab")
    assert ([one.name for one in header.names], [one.name for one in header.brands]) == (["Nu"], ["Brandex"])
    assert [one.code for one in header.codes] == ["L04AG06"]
    assert [(step.slug, step.name) for step in header.class_path] == [
        ("neurology", "Neurology"), ("multiple-sclerosis", "Multiple sclerosis"),
    ]  # fmt: skip
    assert edition.monograph.tier == "high"
    second = newumab(house, slug="newumab-2", drug=Drug.objects.get(), new_drug=None, another_monograph=["newumab"])
    assert (second.monograph.drug, build(second).header.codes) == (edition.monograph.drug, header.codes)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"title": "a\u202eb"}, "title", "title"),
        ({"new_drug": None}, "name", "name"),
        ({"slug": "new"}, "slug", "slug"),
        ({"slug": "a" * 101}, "slug", "slug"),
        ({"slug": "Newumab"}, "slug", "slug"),
        ({"slug": ""}, "slug", "slug"),
        ({"slug": "testazumab"}, "slug_taken", "slug"),
    ],
)
def test_what_cannot_be_a_monograph_leaves_neither_drug_nor_draft(house, change, code, field):
    make.draft(house)

    with pytest.raises(Refused) as refused:
        newumab(house, **change)

    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.kind, refusal.field) == (code, "invalid", field)
    assert (Monograph.objects.count(), Drug.objects.count()) == (1, 1)
    assert told()[1] == {"action": "new", "codes": [code]}


def test_an_address_has_up_to_a_hundred_characters(house):
    assert newumab(house, slug="a" * 100).monograph.slug == "a" * 100


@pytest.mark.parametrize(
    ("traits", "suggested", "tier"),
    [((), "", "standard"), ((), "low", "standard"), ((), "high", "high"), (("opioid",), "low", "high")],
)
def test_a_new_monograph_has_the_highest_of_floor_suggestion_and_standard(house, traits, suggested, tier):
    with audited_write(actor=house.editor) as trail:
        edition = begin(
            trail, slug="newumab", drug=make_drug(trail, name="newumab", traits=traits), reason="Written for a test",
            therapeutic_class=house.leaf, document=make.document(), suggested_tier=suggested,
        )  # fmt: skip

    assert edition.monograph.tier == tier
    assert AuditEvent.objects.get(verb="begun").data["tier"] == tier


# -- Another address ---------------------------------------------------------------------------------------------------


def test_a_move_says_from_where_to_where_and_why(house):
    edition = make.published(house)

    moved = move(edition.monograph, slug="second", actor=house.publisher, reason=" Another name. ")

    assert moved.slug == Monograph.objects.get().slug == "second"
    assert make.live("second").slug == "testazumab"
    assert told() == (
        ("moved", "monograph:second", "publisher", "Another name."), {"from_slug": "testazumab", "to_slug": "second"},
    )  # fmt: skip


@pytest.mark.parametrize(("reason", "code", "entries"), [(" ", "reason", 1), ("999 000 0018", "patient_data", 0)])
def test_a_move_needs_a_reason_that_may_be_kept(house, reason, code, entries):
    monograph = make.draft(house).monograph
    before = AuditEvent.objects.count()

    with pytest.raises(Refused) as refused:
        move(monograph, slug="second", actor=house.publisher, reason=reason)

    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.field) == (code, "reason")
    assert (Monograph.objects.get().slug, AuditEvent.objects.count()) == ("testazumab", before + entries)


def test_what_the_library_holds_of_a_drug_and_is_no_row_is_not_copied(house):
    with audited_write(actor=house.editor) as trail:
        drug = make_drug(trail, name="oldumab")
        drug.names = [{"kind": "other"}]  # as it was stored before rows were asked
        drug.brands = [{"country": "GB"}, {"name": "B", "country": "GB"}]
        drug.codes = [{"system": "ATC", "name": "of ATC"}]
        trail.save(drug, "names", "brands", "codes")
        trail.record("drug_changed", f"drug:{drug.slug}")

    edition = new(actor=house.editor, slug="oldumab", title="Oldumab", therapeutic_class=house.leaf, drug=drug)

    header = build(edition).header
    assert (header.names, [one.name for one in header.brands], header.codes) == ((), ["B"], ())
