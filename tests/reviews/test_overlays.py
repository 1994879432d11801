"""What may be put over a page, by whom, and what ends it. A refusal leaves its entry and nothing else."""

import itertools
from dataclasses import asdict, fields, replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from monographs.models import Edition, Epoch, IndexEntry, Monograph, Overlay, SecondSignature
from monographs.overlay_kinds import HARMS, OVERLAY_KINDS, REGULATORS, SEVERITIES, TITLES, WITHHOLD_REASONS
from monographs.pages.said import said
from reviews import overlay_words, overlays
from reviews.access.refusals import Refused
from reviews.audit.hashes import instant
from reviews.audit.verify import verify
from reviews.editing.library import make_class
from reviews.models import AuditEvent, ClassPermission, ClinicianProfile, SignOff
from reviews.overlay_words import CorrectionInput, WarningInput
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(once_a_module):
    """A live monograph of two editions, which differ in one sentence, and another of one edition."""
    house = make.the_house()
    first = make.published(house)
    second = make.start(house, first)
    make.reword(second, "monitoring", "Tests go on for 3 months.", actor=house.editor)
    make.submit(house, second)
    make.sign(second, house.clinician)
    make.sign(second, house.pharmacist)
    make.publish(house, second)
    make.published(house, "otherumab")
    return SimpleNamespace(page=Monograph.objects.get(slug="testazumab"), other=Monograph.objects.get(slug="otherumab"))


@pytest.fixture
def other(world):
    return world.other


def refused(code, act):
    """The act is refused for this reason alone, which leaves one entry and nothing else. Answers the reason."""
    before, rows = AuditEvent.objects.count(), (Overlay.objects.count(), SecondSignature.objects.count())
    epoch = Epoch.objects.get().number
    with pytest.raises(Refused) as error:
        act()
    assert set(error.value.codes) == {code}
    assert (Overlay.objects.count(), SecondSignature.objects.count()) == rows
    assert AuditEvent.objects.count() == before + error.value.recorded
    if error.value.recorded:
        entry = AuditEvent.objects.latest("seq")
        assert (entry.verb, entry.data["codes"]) == ("refused", error.value.codes)
    assert Epoch.objects.get().number == epoch
    return error.value.refusals[0]


def keys(page, words):
    return tuple(one.key for one in said(page, words).choices)


def told():
    """The last entry of the trail, but for the hashes of its rows."""
    entry = AuditEvent.objects.latest("seq")
    data = {name: value for name, value in entry.data.items() if name != "rows"}
    return entry.verb, entry.actor.username, entry.subject, entry.digest, entry.reason, data


# -- Withdrawal --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "second"), [("publisher", "clinician2"), ("clinician", "publisher")])
def test_one_role_withdraws_at_once_and_the_other_confirms(house, page, first, second):
    edition = page.live.edition

    make.withdraw(edition, house.people[first])

    overlay = Overlay.objects.get()
    assert (overlay.kind, overlay.by, overlay.second) == ("retire", house.people[first], None)
    assert Epoch.objects.get().number == AuditEvent.objects.latest("seq").seq
    confirm = lambda who: perform(  # noqa: E731
        "confirm-withdrawal", editions=[edition], actor=house.people[who], digest=make.seen(edition)
    )
    refused("own_withdrawal", lambda: confirm(first))
    confirm(second)
    assert Overlay.objects.get().second.by == house.people[second]
    assert verify() == []


def test_two_of_one_role_are_not_two_roles(house, page):
    make.withdraw(page.live.edition, house.clinician)

    refused(
        "other_role",
        lambda: perform(
            "confirm-withdrawal",
            editions=[page.live.edition],
            actor=house.clinician2,
            digest=make.seen(page.live.edition),
        ),
    )


@pytest.mark.parametrize("days", [365, 4000])
@pytest.mark.usefixtures("grants_last")
def test_an_unverified_clinician_takes_a_page_down_at_once(house, page, client, days, monkeypatch):
    """Minutes count: whoever's registration lapsed signs nothing, and takes down what could harm."""
    later = timezone.now() + timedelta(days=days)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)

    make.withdraw(page.live.edition, house.clinician, "take_down")

    assert client.get("/drugs/testazumab/").status_code == 410
    overlay = Overlay.objects.get()
    assert (overlay.by, overlay.by_role, overlay.second) == (house.clinician, "clinician", None)
    assert overlay.due_at > later


def test_a_retired_page_can_still_be_taken_down_and_comes_back_from_both(house, page):
    edition = page.live.edition
    make.withdraw(edition, house.publisher)
    refused("withdrawn_already", lambda: make.withdraw(edition, house.clinician))
    make.withdraw(edition, house.publisher, "take_down")
    refused("withdrawn_already", lambda: make.withdraw(edition, house.clinician, "take_down"))
    held = IndexEntry.objects.filter(publication__monograph=page)
    assert set(held.values_list("kind", flat=True)) == {"name"}  # who looks for it is told that it is gone

    make.reinstate(house, edition)

    assert [one.kind for one in Overlay.objects.unlifted()] == []
    assert {"name", "class", "letter"} <= set(held.values_list("kind", flat=True))
    assert SignOff.objects.filter(meaning="still_correct").count() == 2
    assert Edition.objects.get(pk=edition.pk).state == "published"
    assert verify() == []


def test_two_withdrawals_by_two_roles_are_each_confirmed_by_the_other(house, page):
    """Nobody could confirm both: whoever confirms signs those that they may."""
    edition = page.live.edition
    make.withdraw(edition, house.publisher)
    make.withdraw(edition, house.clinician, "take_down")
    confirm = lambda who: perform(  # noqa: E731
        "confirm-withdrawal", editions=[edition], actor=house.people[who], digest=make.seen(edition)
    )
    refused("not_granted", lambda: confirm("editor"))

    confirm("clinician2")
    assert {one.kind: one.second and one.second.by for one in Overlay.objects.withdrawals()} == {
        "retire": house.clinician2,
        "take_down": None,
    }
    refused("other_role", lambda: confirm("pharmacist"))
    refused("own_withdrawal", lambda: confirm("clinician"))
    confirm("publisher")
    assert not Overlay.objects.unconfirmed().exists()
    refused("confirmed_already", lambda: confirm("pharmacist"))
    assert verify() == []


def test_a_double_click_on_withdraw_leaves_no_entry(house, page):
    make.withdraw(page.live.edition, house.publisher)
    before = AuditEvent.objects.count()

    with pytest.raises(Refused) as error:
        make.withdraw(page.live.edition, house.publisher)

    assert (error.value.codes, AuditEvent.objects.count()) == (["done_already"], before)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "warning"}, "kind"),
        ({"reason": "x" * 301}, "too_long"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_withdrawal_says_how_far_and_why(house, page, change, code):
    refused(code, lambda: make.withdraw(page.live.edition, house.publisher, **{"reason": "why", **change}))


def test_a_page_comes_back_only_on_a_fresh_signature_of_somebody_who_did_not_write_it(house, page):
    edition = page.live.edition
    reinstate = lambda: perform(  # noqa: E731
        "reinstate", editions=[edition], actor=house.publisher, digest=make.seen(edition)
    )
    refused("not_withdrawn", lambda: make.vouch(edition, house.clinician))
    make.withdraw(edition, house.publisher)
    refused("not_vouched", reinstate)
    make.reinstate(house, edition)

    make.withdraw(edition, house.clinician)
    refused("not_vouched", reinstate)  # the signature was given on the withdrawal before
    make.vouch(edition, house.clinician2)
    refused("not_vouched", reinstate)  # one of two
    make.vouch(edition, house.pharmacist)
    reinstate()

    assert not Overlay.objects.unlifted().exists()


def test_whoever_wrote_the_edition_does_not_vouch_for_it(house):
    edition = make.submit(house, make.draft(house, "ownumab", actor=house.clinician), actor=house.clinician)
    make.sign(edition, house.clinician2)
    make.publish(house, make.sign(edition, house.pharmacist))
    make.withdraw(edition, house.publisher)

    refused("contributed", lambda: make.vouch(edition, house.clinician))


def test_a_page_is_withdrawn_while_the_next_edition_is_open(house, page):
    draft = make.start(house, page.live.edition)

    make.withdraw(page.live.edition, house.publisher, "take_down")

    assert Edition.objects.get(pk=draft.pk).state == "draft"
    refused("wrong_state", lambda: make.withdraw(draft, house.publisher))


# -- Urgent warnings ---------------------------------------------------------------------------------------------------


def test_one_warning_stands_over_several_pages_in_one_act(house, page, other):
    made = make.warn(house.clinician, page, other)

    assert [(one.monograph, one.edition) for one in made] == [(other, 1), (page, 2)]
    assert len({one.act for one in made}) == 1
    entries = AuditEvent.objects.order_by("-seq")[:2]
    assert [(one.verb, one.subject) for one in entries] == [
        ("warned", "monograph:testazumab"),
        ("warned", "monograph:otherumab"),
    ]
    for entry, overlay in zip(entries, made[::-1], strict=True):
        assert entry.digest == make.WARNED.digest([other, page])
        assert {**entry.data, "rows": ""} == {
            "overlay": overlay.pk, "act": str(overlay.act), "title": "new-reaction", "rows": ""
        }  # fmt: skip
    due = instant(made[0].at + timedelta(hours=24))
    assert (Epoch.objects.get().number, Epoch.objects.get().instants) == (entries[0].seq, [due, due])
    (later,) = make.warn(house.pharmacist, page)
    assert later.act != made[0].act
    assert verify() == []


def test_a_warning_is_kept_word_for_word_with_who_gave_it_and_in_which_role(house, page):
    (made,) = make.warn(house.pharmacist, page, severity="major", quote="  Mind the gap.  ")

    overlay = Overlay.objects.get(pk=made.pk)
    assert {name: getattr(overlay, name) for name in asdict(make.WARNED)} == {
        **asdict(make.WARNED), "severity": "major", "quote": "Mind the gap.", "issued": date(2026, 11, 23)
    }  # fmt: skip
    assert (overlay.kind, overlay.by, overlay.by_title, overlay.by_role) == (
        "warning", house.pharmacist, "pharmacist", "clinician"
    )  # fmt: skip
    assert (overlay.at, overlay.edition, overlay.part, overlay.lifts, overlay.reason) == (
        AuditEvent.objects.latest("seq").at, 2, None, None, ""
    )  # fmt: skip


def test_a_password_for_one_page_warns_over_no_other(house, page, other):
    """The order in which pages were chosen says nothing; which they were says all."""
    one, both = ([page], [other, page])
    for given, over in ((one, both), (both, one), ([other], one)):
        attestation = make.password(house.clinician, make.WARNED.digest(given))
        refused(
            "stale",
            lambda o=over, a=attestation: overlays.warn(o, warned=make.WARNED, actor=house.clinician, attestation=a),
        )

    attestation = make.password(house.clinician, make.WARNED.digest(both[::-1]))
    assert len(overlays.warn(both, warned=make.WARNED, actor=house.clinician, attestation=attestation)) == 2


def test_each_word_is_part_of_what_a_password_is_given_for(page, other):
    corrected = CorrectionInput("Start slowly", "Start fast", "minor", ())
    for whole in (make.WARNED, corrected):
        over = [page] if whole is make.WARNED else page
        others = [replace(whole, **{field.name: "something else"}) for field in fields(whole)]
        digests = [whole.digest(over), *[one.digest(over) for one in others]]
        assert len(set(digests)) == len(fields(whole)) + 1
    assert corrected.digest(page) != corrected.digest(other)
    swapped = CorrectionInput("Start fast", "Start slowly", "minor", ())
    assert swapped.digest(page) != corrected.digest(page)


def test_a_password_for_one_act_on_one_overlay_does_no_other(house, page, other):
    first, second = make.warn(house.clinician, page, other)
    digests = [overlay_words.digest_of_act(act, one) for act in ("countersign", "lift") for one in (first, second)]
    parts = [overlay_words.digest_of_part_withheld(one, make.key(name)) for one in (page, other) for name in ("fbc", "monitoring")]  # fmt: skip
    assert len({*digests, *parts}) == 8

    for act, over in itertools.product((overlays.countersign, overlays.lift), (first, second)):
        own = overlay_words.digest_of_act(act.__name__, over)
        more = {"reason": "Over"} if act is overlays.lift else {}
        for digest in {*digests} - {own}:
            given = make.password(house.pharmacist, digest)
            refused("stale", lambda a=act, o=over, g=given, m=more: a(o, actor=house.pharmacist, attestation=g, **m))


def test_nobody_acts_without_a_password(house, page):
    (warning,) = make.warn(house.clinician, page)
    part = {"part": make.key("monitoring"), "reason": "misprint"}
    corrected = CorrectionInput("Start slowly", "Start fast", "minor", keys(page, "Start slowly"))
    who = {"actor": house.pharmacist, "attestation": None}

    for act in (
        lambda: overlays.warn([page], warned=make.WARNED, **who),
        lambda: overlays.correct(page, corrected=corrected, **who),
        lambda: overlays.countersign(warning, **who),
        lambda: overlays.lift(warning, reason="Over", **who),
        lambda: overlays.withhold(page, **part, **who),
    ):
        refused("attestation", act)


def test_what_may_be_done_over_a_page_by_whom(house, page):
    """Every person with every act, in one table: None is done, a code is refused."""
    (warning,) = make.warn(house.clinician, page)
    erratum = make.correct(house.pharmacist, page, "Start slowly", "Start fast")
    acts = {
        "withhold": lambda who: make.withhold(page, make.key("monitoring"), who),
        "warn": lambda who: make.warn(who, page),
        "correct": lambda who: make.correct(who, page, "Mind the heart", "Mind the liver"),
        "countersign": lambda who: make.countersign(warning, who),
        "lift a warning": lambda who: make.lift(warning, who),
        "lift a correction": lambda who: make.lift(erratum, who),
    }
    no = "not_granted"
    expected = {
        "editor": [no] * 6,
        "clinician": [None, None, "not_pharmacist", "own_warning", "own_warning", "not_pharmacist"],
        "clinician2": [None, no, "not_pharmacist", None, no, "not_pharmacist"],
        "pharmacist": [None] * 6,
        "publisher": [None, no, no, no, no, no],
        "auditor": [no] * 6,
        "admin": [no] * 6,
        "nobody": [no] * 6,
    }

    found = {}
    for name in expected:
        for act in acts.values():
            code = None
            with make.undone():
                try:
                    act(house.people[name])
                except Refused as error:
                    (code,) = error.codes
            found.setdefault(name, []).append(code)

    assert found == expected


@pytest.mark.parametrize(("days", "code"), [(364, None), (365, "not_verified")])
@pytest.mark.usefixtures("grants_last")
def test_a_registration_lapses_for_every_act_that_needs_one(house, page, days, code, monkeypatch):
    (warning,) = make.warn(house.clinician, page)
    erratum = make.correct(house.pharmacist, page, "Start slowly", "Start fast")
    later = timezone.now() + timedelta(days=days)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)

    for act in (
        lambda: make.warn(house.pharmacist, page),
        lambda: make.correct(house.pharmacist, page, "Mind the heart", "Mind the liver"),
        lambda: make.countersign(warning, house.pharmacist),
        lambda: make.lift(warning, house.pharmacist),
        lambda: make.lift(erratum, house.pharmacist),
    ):
        with make.undone():
            if code:
                refused(code, act)
            else:
                act()
    make.withhold(page, make.key("monitoring"), house.pharmacist)  # whoever may publish or review, at once


def test_on_call_without_a_registration_warns_over_nothing(house, page):
    make.give_role(house.editor2, "on-call", actor=house.admin)
    assert not ClinicianProfile.objects.filter(user=house.editor2).exists()

    refused("not_verified", lambda: make.warn(house.editor2, page))


def test_a_warning_needs_whoever_is_on_call_for_each_class(house, page):
    """On call for neurology says nothing of oncology: over both pages or none."""
    oncology = make_class("Oncology", slug="oncology", actor=house.admin)
    for role in ("editor", "clinician", "publisher"):
        make.grant(role, oncology, actor=house.admin)
    house.leaf = oncology
    make.published(house, "tumourumab")
    tumour = Monograph.objects.get(slug="tumourumab")

    for over in ([page, tumour], [tumour, page], [tumour]):
        refused("not_granted", lambda o=over: make.warn(house.clinician, *o))
    make.grant("on-call", oncology, actor=house.admin)
    assert len(make.warn(house.clinician, page, tumour)) == 2
    held = ClassPermission.objects.filter(permission__codename="warn_monographs", content_object=oncology)
    assert held.count() == len(make.ON_CALL)


def test_a_warning_stands_over_one_page_at_least_and_not_over_too_many(house, page, other, monkeypatch):
    assert overlays.MOST_PAGES == 50
    given = make.password(house.clinician, make.WARNED.digest([]))
    none = refused(
        "monographs", lambda: overlays.warn([], warned=make.WARNED, actor=house.clinician, attestation=given)
    )
    monkeypatch.setattr(overlays, "MOST_PAGES", 1)
    many = refused("monographs", lambda: make.warn(house.clinician, page, other))

    assert (none.field, many.field) == ("monographs", "monographs")
    monkeypatch.setattr(overlays, "MOST_PAGES", 2)
    assert len(make.warn(house.clinician, page, other)) == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": "An invented title"}, "title"),
        ({"title": "critical"}, "title"),
        ({"severity": ""}, "severity"),
        ({"severity": "information"}, "severity"),
        ({"regulator": "me"}, "regulator"),
        ({"link": ""}, "link"),
        ({"link": "http://www.gov.uk/x"}, "link"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "https://"}, "link"),
        ({"link": f"https://www.gov.uk/{'x' * 482}"}, "link"),
        ({"issued": ""}, "issued"),
        ({"issued": "yesterday"}, "issued"),
        ({"issued": "2026-02-30"}, "issued"),
        ({"issued": "2062-02-03"}, "issued"),
        ({"issued": "20620203"}, "issued"),
        ({"issued": "1862-02-03"}, "issued"),
        ({"quote": ""}, "missing"),
        ({"quote": " "}, "missing"),
        ({"quote": "x" * 601}, "too_long"),
        ({"quote": "a\x00b"}, "characters"),
    ],
)
def test_a_warning_holds_only_what_the_lists_allow(house, page, change, code):
    reason = refused(code, lambda: make.warn(house.clinician, page, **change))

    assert reason.field == next(iter(change))
    assert reason.kind == "invalid"


@pytest.mark.each_case
@pytest.mark.parametrize(
    "change",
    [
        {"link": f"https://www.gov.uk/{'x' * 481}"},
        {"quote": "x" * 600},
        {"quote": f"  {'x' * 600}  "},
        *[{"title": one} for one in TITLES],
        *[{"severity": one} for one in SEVERITIES],
        *[{"regulator": one} for one in REGULATORS],
    ],
)
def test_a_warning_may_be_as_long_as_that_and_say_each_thing_of_the_lists(house, page, change):
    (overlay,) = make.warn(house.clinician, page, **change)

    overlay.refresh_from_db()
    assert {name: getattr(overlay, name) for name in change} == {name: typed.strip() for name, typed in change.items()}


def test_all_that_is_wrong_with_a_warning_is_told_at_once(house, page):
    nothing = WarningInput("", "", "", "", "", "")

    with pytest.raises(Refused) as error:
        overlays.warn([page], warned=nothing, actor=house.clinician, attestation=None)

    assert error.value.codes == ["title", "severity", "regulator", "link", "issued", "missing"]
    assert not Overlay.objects.exists()


@pytest.mark.parametrize(("length", "code"), [(300, None), (301, "too_long")])
def test_why_something_ends_may_be_as_long_as_what_is_printed(house, page, length, code):
    (warning,) = make.warn(house.clinician, page)
    reason = f" {'x' * length} "

    if code:
        assert refused(code, lambda: make.lift(warning, house.pharmacist, reason)).field == "reason"
    else:
        assert make.lift(warning, house.pharmacist, reason).reason == "x" * length


@pytest.mark.parametrize("sign", ["\x0b", "\x00", "\u202e", "\u200b"])
def test_what_nobody_sees_is_kept_out_of_why_something_ends(house, page, sign):
    """Readers of the feed get it: one such sign there, and the feed could not be written at all."""
    (warning,) = make.warn(house.clinician, page)
    before = AuditEvent.objects.count()

    assert (
        refused("characters", lambda: make.lift(warning, house.pharmacist, f"It was mended{sign}.")).field == "reason"
    )
    assert list(Overlay.objects.unlifted()) == [warning]
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("act", ["quote", "wrong", "right", "lift"])
def test_a_number_of_a_patient_stands_over_no_page_and_in_no_entry(house, page, act):
    (warning,) = make.warn(house.clinician, page)
    number = "It was 943 476 5919."
    acts = {
        "quote": lambda: make.warn(house.clinician, page, quote=number),
        "wrong": lambda: make.correct(house.pharmacist, page, number, "Right"),
        "right": lambda: make.correct(house.pharmacist, page, "Start slowly", number),
        "lift": lambda: make.lift(warning, house.pharmacist, reason=number),
    }

    refused("patient_data", acts[act])

    assert not AuditEvent.objects.filter(text__contains="943").filter(text__contains="5919.").exists()


def test_a_warning_over_one_page_that_is_not_published_is_over_none(house, page):
    make.draft(house, "draftumab")

    reason = refused("not_published", lambda: make.warn(house.clinician, *Monograph.objects.all()))

    assert reason.sentence.startswith("draftumab: ")
    draft = Monograph.objects.get(slug="draftumab")
    refused("not_published", lambda: make.withhold(draft, make.key("monitoring"), house.publisher))
    with pytest.raises(Refused) as error:
        make.correct(house.pharmacist, draft, "Start slowly", "Start fast")
    assert error.value.codes == ["not_published", "not_said"]


def test_a_password_for_other_words_signs_no_warning(house, page):
    attestation = make.password(house.clinician, make.WARNED.digest([page]))
    other = replace(make.WARNED, quote="Other words.")

    for warned, given in ((other, attestation), (make.WARNED, None)):
        code = "attestation" if given is None else "stale"
        refused(code, lambda w=warned, g=given: overlays.warn([page], warned=w, actor=house.clinician, attestation=g))


def test_somebody_else_countersigns_and_somebody_else_ends_it(house, page):
    (overlay,) = make.warn(house.clinician, page)
    refused("own_warning", lambda: make.countersign(overlay, house.clinician))

    signature = make.countersign(overlay, house.clinician2)

    second = Overlay.objects.get().second
    assert (second, second.by, second.by_title, second.overlay) == (
        signature, house.clinician2, "general physician", overlay
    )  # fmt: skip
    assert second.at == AuditEvent.objects.latest("seq").at
    digest = overlay_words.digest_of_act("countersign", overlay)
    data = {"overlay": overlay.pk, "kind": "warning"}
    assert told() == ("countersigned", "clinician2", "monograph:testazumab", digest, "", data)
    epoch = Epoch.objects.get()
    assert (epoch.number, epoch.instants) == (AuditEvent.objects.latest("seq").seq, [])
    refused("signed_already", lambda: make.countersign(overlay, house.pharmacist))
    refused("own_warning", lambda: make.lift(overlay, house.clinician))
    assert refused("reason", lambda: make.lift(overlay, house.pharmacist, reason=" ")).field == "reason"

    ended = make.lift(overlay, house.pharmacist, reason=" It was answered. ")

    ended.refresh_from_db()
    assert (ended.kind, ended.lifts, ended.reason, ended.by, ended.by_title, ended.by_role, ended.edition) == (
        "lift", overlay, "It was answered.", house.pharmacist, "pharmacist", "clinician", 2
    )  # fmt: skip
    data = {"overlay": ended.pk, "lifted": overlay.pk, "kind": "warning"}
    digest = overlay_words.digest_of_act("lift", overlay)
    assert told() == ("lifted", "pharmacist", "monograph:testazumab", digest, "It was answered.", data)
    assert Epoch.objects.get().number == AuditEvent.objects.latest("seq").seq
    assert not Overlay.objects.unlifted().exists()
    before = AuditEvent.objects.count()
    refused("ended_already", lambda: make.countersign(overlay, house.pharmacist))
    refused("ended_already", lambda: make.lift(overlay, house.pharmacist))
    assert AuditEvent.objects.count() == before  # somebody was faster: no attempt at anything
    assert verify() == []


def test_only_a_warning_is_countersigned_and_only_a_warning_or_a_correction_is_lifted(house, page):
    erratum = make.correct(house.pharmacist, page, "Start slowly", "Start fast")
    withheld = make.withhold(page, make.key("monitoring"), house.publisher)
    make.withdraw(page.live.edition, house.publisher)
    retired = Overlay.objects.get(kind="retire")

    for one in (erratum, withheld, retired):
        refused("ended_already", lambda o=one: make.countersign(o, house.clinician2))
    for one in (withheld, retired):
        refused("ended_already", lambda o=one: make.lift(o, house.clinician2))
        refused("ended_already", lambda o=one: make.lift(o, house.pharmacist))
    assert Overlay.objects.unlifted().count() == 3

    ended = make.lift(erratum, house.pharmacist)  # who made it may: it was wrong itself

    data = {"overlay": ended.pk, "lifted": erratum.pk, "kind": "erratum"}
    assert told()[-1] == data
    assert list(Overlay.objects.unlifted()) == [withheld, retired]
    refused("ended_already", lambda: make.lift(ended, house.pharmacist))


# -- What needs a reason and a password --------------------------------------------------------------------------------


@pytest.mark.any_database
def test_what_needs_a_reason_alone_is_placed_and_ended_by_whoever_its_row_names(house, page, trial):
    for name in ("editor", "auditor", "admin", "nobody"):
        refused("not_granted", lambda who=name: make.place(trial, page, house.people[who]))

    overlay = make.place(trial, page, house.publisher, "  the maker stopped ")

    overlay.refresh_from_db()
    assert (overlay.kind, overlay.monograph, overlay.edition, overlay.part, overlay.reason, overlay.lifts) == (
        "trial", page, 2, None, "the maker stopped", None
    )  # fmt: skip
    assert (overlay.by, overlay.by_title, overlay.by_role) == (house.publisher, "publisher", "publisher")
    digest = overlay_words.digest_of_placing(trial, page, "the maker stopped")
    data = {"overlay": overlay.pk, "kind": "trial"}
    assert told() == ("placed", "publisher", "monograph:testazumab", digest, "the maker stopped", data)
    assert Epoch.objects.get().number == AuditEvent.objects.latest("seq").seq
    assert refused("added_already", lambda: make.place(trial, page, house.clinician)).kind == "conflict"
    make.place(trial, page, house.clinician, "another maker stopped too")

    refused("not_granted", lambda: make.lift(overlay, house.editor))
    refused("ended_already", lambda: make.countersign(overlay, house.clinician2))
    ended = make.lift(overlay, house.clinician)

    assert told()[-1] == {"overlay": ended.pk, "lifted": overlay.pk, "kind": "trial"}
    assert [one.reason for one in Overlay.objects.unlifted()] == ["another maker stopped too"]
    make.place(trial, page, house.publisher)  # it may begin again
    assert verify() == []


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", "missing"),
        (" \n", "missing"),
        ("x" * 300, None),
        ("x" * 301, "too_long"),
        ("a\x00b", "characters"),
        ("It was 943 476 5919.", "patient_data"),
    ],
)
def test_a_reason_for_readers_is_one_that_can_be_printed(house, page, trial, reason, code):
    if code:
        assert refused(code, lambda: make.place(trial, page, house.publisher, reason)).field == "reason"
    else:
        make.place(trial, page, house.publisher, reason)


@pytest.mark.any_database
def test_a_password_for_one_reason_over_one_page_places_nothing_else(house, page, other, trial):
    digests = {
        overlay_words.digest_of_placing(kind, over, reason)
        for kind, over, reason in itertools.product((trial, "another"), (page, other), ("one", "two"))
    }
    assert len(digests) == 8
    for digest in digests - {overlay_words.digest_of_placing(trial, page, "one")}:
        given = make.password(house.publisher, digest)
        refused(
            "stale",
            lambda g=given: overlays.place(trial, page, reason="one", actor=house.publisher, attestation=g),
        )
    refused(
        "attestation",
        lambda: overlays.place(trial, page, reason="one", actor=house.publisher, attestation=None),
    )


@pytest.mark.any_database
def test_nothing_is_placed_over_what_is_not_published(house, page, trial):
    make.draft(house, "draftumab")

    refused("not_published", lambda: make.place(trial, Monograph.objects.get(slug="draftumab"), house.publisher))


@pytest.mark.parametrize("kind", [*OVERLAY_KINDS, "lift", "later"])
def test_what_needs_more_than_a_reason_is_placed_by_its_own_verb(house, page, kind):
    """No way past the workflow, nor past what a warning, a correction or a withheld part must say."""
    row = OVERLAY_KINDS.get(kind)
    if row and row.form:
        return

    with pytest.raises(KeyError):
        make.place(kind, page, house.publisher)
    assert not Overlay.objects.exists()


# -- Parts that are withheld -------------------------------------------------------------------------------------------


def test_a_part_is_withheld_once_and_from_one_page(house, page, other):
    part = make.key("monitoring")

    overlay = make.withhold(page, part, house.publisher)

    overlay.refresh_from_db()
    assert (overlay.kind, overlay.monograph, overlay.edition, overlay.part, overlay.reason) == (
        "withhold", page, 2, part, "the source has changed"
    )  # fmt: skip
    assert (overlay.by, overlay.by_title, overlay.by_role) == (house.publisher, "publisher", "publisher")
    entry = ("withheld", "publisher", "monograph:testazumab", overlay_words.digest_of_part_withheld(page, part))
    assert told() == (*entry, "the source has changed", {"overlay": overlay.pk})
    assert Epoch.objects.get().number == AuditEvent.objects.latest("seq").seq
    assert refused("withheld_already", lambda: make.withhold(page, part, house.publisher)).kind == "conflict"
    refused("withheld_already", lambda: make.withhold(page, part, house.clinician))

    make.withhold(page, make.key("fbc"), house.clinician)
    make.withhold(other, part, house.clinician2)

    withheld = Overlay.objects.order_by("pk").values_list("monograph__slug", "part", "by_role")
    assert list(withheld) == [
        ("testazumab", part, "publisher"),
        ("testazumab", make.key("fbc"), "clinician"),
        ("otherumab", part, "clinician"),
    ]
    assert verify() == []


@pytest.mark.parametrize("name", ["notice", "trial", "link", "nothing"])
def test_only_a_section_or_a_test_that_the_page_has_is_withheld(house, page, name):
    assert refused("no_such_part", lambda: make.withhold(page, make.key(name), house.publisher)).kind == "conflict"


def test_a_part_of_an_edition_before_is_on_no_page(house, page):
    """What the live edition does not have cannot be taken off it, whatever the one before had."""
    third = make.start(house, page.live.edition)
    part = third.section_rows.get(key=make.key("monitoring")).as_value()
    with make.audited_write(actor=house.editor) as trail, make.change_set(trail, edition=third, reason="Out") as change:
        change.remove("section", part.key, seen=make.digest_of_part(part))
    make.submit(house, third)
    make.sign(third, house.clinician)
    make.publish(house, make.sign(third, house.pharmacist))

    refused("no_such_part", lambda: make.withhold(page, make.key("monitoring"), house.publisher))


@pytest.mark.parametrize("code", [*WITHHOLD_REASONS, "", "the source has changed", "other"])
def test_why_a_part_is_withheld_is_one_of_the_list(house, page, code):
    part = make.key("monitoring")
    given = make.password(house.publisher, overlay_words.digest_of_part_withheld(page, part))
    withhold = lambda: overlays.withhold(page, part=part, reason=code, actor=house.publisher, attestation=given)  # noqa: E731

    if code in WITHHOLD_REASONS:
        assert withhold().reason == WITHHOLD_REASONS[code]
    else:
        assert refused("reason", withhold).field == "reason"


# -- Corrections -------------------------------------------------------------------------------------------------------


def test_a_correction_finds_the_editions_that_said_so(house, page):
    first, second = page.publications.order_by("number")

    overlay = make.correct(house.pharmacist, page, "Tests go on for years.", "Tests go on for 3 months.", "moderate")

    with_dates = Overlay.objects.with_second().get(pk=overlay.pk)
    assert (with_dates.editions, with_dates.last_edition, with_dates.said_from, with_dates.said_until) == (
        [1], 1, first.published_at, second.published_at
    )  # fmt: skip
    assert (with_dates.wrong, with_dates.right, with_dates.harm) == (
        "Tests go on for years.", "Tests go on for 3 months.", "moderate"
    )  # fmt: skip
    assert (with_dates.kind, with_dates.by, with_dates.by_title, with_dates.by_role, with_dates.edition) == (
        "erratum", house.pharmacist, "pharmacist", "clinician", 2
    )  # fmt: skip
    wrong = "Tests go on for years."
    digest = CorrectionInput(wrong, "Tests go on for 3 months.", "moderate", keys(page, wrong)).digest(page)
    data = {"overlay": overlay.pk, "editions": [1], "harm": "moderate"}
    assert told() == ("corrected", "pharmacist", "monograph:testazumab", digest, "", data)
    assert Epoch.objects.get().number == AuditEvent.objects.latest("seq").seq
    assert verify() == []


def test_a_correction_over_two_editions_names_the_first_and_the_last(house, page):
    first, _second = page.publications.order_by("number")

    overlay = make.correct(house.pharmacist, page, "Start slowly", "Start at once")

    overlay = Overlay.objects.with_second().get(pk=overlay.pk)
    assert (overlay.editions, overlay.last_edition, overlay.said_from, overlay.said_until) == (
        [1, 2], 2, first.published_at, None
    )  # fmt: skip
    assert told()[-1]["editions"] == [1, 2]


def test_a_correction_of_what_is_still_there_has_no_end_yet(house, page):
    _first, second = page.publications.order_by("number")

    overlay = make.correct(house.pharmacist, page, "Tests go on for 3 months.", "Tests go on for 4 months.")

    overlay = Overlay.objects.with_second().get(pk=overlay.pk)
    assert (overlay.editions, overlay.said_from, overlay.said_until) == ([2], second.published_at, None)


@pytest.mark.each_case
@pytest.mark.parametrize(
    ("words", "editions"),
    [
        ("Tests go on", [1, 2]),
        ("  Tests   go\non for  years. ", [1]),
        ("tests go on", []),
        ("Monitoring Tests go on", []),  # two fields beside each other are not one sentence
        ("Monitoring", [1, 2]),
        ("monthly", [1, 2]),
        ("Mind the heart", [1, 2]),
        ("A trial", [1, 2]),
        ("Testazumab in multiple sclerosis", [1, 2]),
        ("Use the SmPC.", [1, 2]),
        ("Multiple sclerosis", [1, 2]),
        ("how_often", []),  # the name of a field is no word of the page
        ("", []),
        (" \n ", []),
    ],
)
def test_which_editions_say_it(page, words, editions):
    assert [one.number for one in said(page, words).publications] == editions


@pytest.mark.parametrize(
    ("corrected", "codes", "fields"),
    [
        (("never said", "right", "minor"), ["not_said"], ["wrong"]),
        (("", "right", "minor"), ["missing"], ["wrong"]),
        ((" \n", "right", "minor"), ["missing"], ["wrong"]),
        (("Start slowly", " ", "minor"), ["missing"], ["right"]),
        (("Start slowly", " Start slowly ", "minor"), ["same"], ["right"]),
        (("Start slowly", "Start fast", "huge"), ["harm"], ["harm"]),
        (("Start slowly", "Start fast", ""), ["harm"], ["harm"]),
        (("Start slowly", "x" * 601, "minor"), ["too_long"], ["right"]),
        (("x" * 601, "right", "minor"), ["too_long", "not_said"], ["wrong", "wrong"]),
        (("Start slowly", "a\x00b", "minor"), ["characters"], ["right"]),
        (("", "", ""), ["missing", "missing", "harm"], ["wrong", "right", "harm"]),
        (("Start slowly", "call 943 476 5919", "minor"), ["patient_data"], ["right"]),
    ],
)
def test_a_correction_is_whole(house, page, corrected, codes, fields):
    corrected = CorrectionInput(*corrected, keys(page, corrected[0]))
    attestation = make.password(house.pharmacist, corrected.digest(page))

    with pytest.raises(Refused) as error:
        overlays.correct(page, corrected=corrected, actor=house.pharmacist, attestation=attestation)

    assert error.value.codes == codes
    assert [one.field for one in error.value.refusals] == fields
    assert not Overlay.objects.exists()


@pytest.mark.each_case
@pytest.mark.parametrize("harm", HARMS)
def test_each_harm_may_be_said_of_words_as_long_as_that(house, page, harm):
    overlay = make.correct(house.pharmacist, page, "Start slowly", "x" * 600, harm)

    assert (overlay.harm, len(overlay.right)) == (harm, 600)


def test_the_lists_are_closed():
    assert (len(TITLES), len(SEVERITIES), len(REGULATORS), len(HARMS)) == (8, 2, 5, 4)


def test_a_second_signature_is_late_after_a_day(house, page):
    (overlay,) = make.warn(house.clinician, page)

    assert overlay.due_at - overlay.at == timedelta(hours=24)
    assert list(Overlay.objects.unconfirmed()) == [overlay]


def test_what_changes_within_a_day_is_kept_with_the_epoch_until_it_has_changed(house, page, other, monkeypatch):
    """A warning becomes late although nobody writes; a withdrawal says nothing of a time on the page."""
    now = timezone.now()
    clock = [now]
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock[0])
    make.withdraw(other.live.edition, house.publisher)
    assert Epoch.objects.get().instants == []
    clock[0] = now + timedelta(minutes=1)
    make.warn(house.clinician, page)
    clock[0] = now + timedelta(minutes=2)
    make.warn(house.pharmacist, other)
    first, second = (instant(now + timedelta(days=1, minutes=number)) for number in (1, 2))
    assert Epoch.objects.get().instants == [first, second]

    clock[0] = now + timedelta(days=1, minutes=1)  # the first is late now: nothing more will change of itself
    make.withhold(page, make.key("monitoring"), house.publisher)

    assert Epoch.objects.get().instants == [second]


@pytest.mark.parametrize("reason", ["the maker **stopped**", "see [@trial]", "-", "* * *"])
def test_a_reason_for_readers_says_something_and_takes_no_marks(house, page, reason):
    overlay = make.correct(house.pharmacist, page, "Tests go on for years.", "Tests go on for months.")

    for act in (
        lambda: make.withdraw(page.live.edition, house.publisher, "retire", reason),
        lambda: make.lift(overlay, house.pharmacist, reason),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert ("reason", "reason") in [(one.code, one.field) for one in refused.value.refusals]
