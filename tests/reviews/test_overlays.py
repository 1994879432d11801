"""What may be put over a page, by whom, and what ends it. A refusal leaves its entry and nothing else."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import uuid4

import pytest

from monographs.models import Edition, Epoch, IndexEntry, Monograph, Overlay, SecondSignature
from monographs.models.overlay import HARMS, REGULATORS, SEVERITIES, TITLES
from reviews import overlays
from reviews.changes import pen
from reviews.models import AuditEvent, ClinicianProfile, SignOff
from reviews.overlays import Corrected
from reviews.refusals import Refused
from reviews.verify import verify
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def once(once_a_module):
    """A live monograph of two editions, which differ in one sentence, another one of one edition, and a draft."""
    house = make.the_house()
    make.published(house, "otherumab")
    make.draft(house, "draftumab")
    first = make.published(house)
    second = make.start(house, first)
    make.reword(second, "monitoring", "Tests go on for 3 months.", actor=house.editor)
    make.submit(house, second)
    make.sign(second, house.clinician)
    make.sign(second, house.pharmacist)
    make.publish(house, second)
    return Monograph.objects.get(slug="testazumab")


@pytest.fixture
def page(db, once):
    return deepcopy(once)


@pytest.fixture
def other(page):
    return Monograph.objects.get(slug="otherumab")


def refused(code, act, **how):
    """The act is refused for this one reason, which leaves one entry and nothing else."""
    before, rows = AuditEvent.objects.count(), (Overlay.objects.count(), SecondSignature.objects.count())
    epoch = Epoch.objects.get().number
    with pytest.raises(Refused) as error:
        act()
    assert set(error.value.codes) == {code}
    assert (Overlay.objects.count(), SecondSignature.objects.count()) == rows
    assert AuditEvent.objects.count() == before + error.value.recorded
    assert Epoch.objects.get().number == epoch
    assert all(getattr(why, name) == value for why in error.value.refusals for name, value in how.items())
    if error.value.recorded:
        entry = AuditEvent.objects.latest("seq")
        assert (entry.verb, set(entry.data["codes"])) == ("refused", {code})


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


def test_a_retired_page_can_still_be_taken_down_and_comes_back_from_both(house, page):
    edition = page.live.edition
    make.withdraw(edition, house.publisher)
    refused("withdrawn_already", lambda: make.withdraw(edition, house.clinician))
    make.withdraw(edition, house.publisher, "take_down")
    refused("withdrawn_already", lambda: make.withdraw(edition, house.clinician, "take_down"))
    assert not IndexEntry.objects.filter(publication__monograph=page).exists()

    make.reinstate(house, edition)

    assert [one.kind for one in Overlay.objects.unlifted()] == []
    assert IndexEntry.objects.filter(publication__monograph=page, term="testazumab").exists()
    assert SignOff.objects.filter(meaning="still_correct").count() == 1
    assert Edition.objects.get(pk=edition.pk).state == "published"
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
    pages = [other, page]

    made = make.warn(house.clinician, *pages)

    assert len({one.act for one in made}) == 1
    assert {one.monograph for one in made} == set(pages)
    assert [one.verb for one in AuditEvent.objects.order_by("-seq")[:2]] == ["warned", "warned"]
    assert len(Epoch.objects.get().instants) == 2
    assert verify() == []


@pytest.mark.parametrize("who", ["editor", "clinician2", "publisher", "auditor", "nobody"])
def test_only_a_clinician_on_call_warns(house, page, who):
    refused("not_granted", lambda: make.warn(house.people[who], page))


LINK = "https://www.gov.uk/"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"title": "An invented title"}, "title", "title"),
        ({"severity": ""}, "severity", "severity"),
        ({"regulator": "me"}, "regulator", "regulator"),
        ({"link": "http://www.gov.uk/x"}, "link", "link"),
        ({"link": "javascript:alert(1)"}, "link", "link"),
        ({"link": "https://www.gov.uk/a b"}, "link", "link"),
        ({"link": LINK + "x" * (501 - len(LINK))}, "link", "link"),
        ({"issued": "yesterday"}, "issued", "issued"),
        ({"quote": " "}, "missing", "quote"),
        ({"quote": "x" * 601}, "too_long", "quote"),
        ({"quote": "a\x00b"}, "characters", "quote"),
    ],
)
def test_a_warning_holds_only_what_the_lists_allow(house, page, change, code, field):
    refused(code, lambda: make.warn(house.clinician, page, **change), field=field, kind="invalid")


def test_everything_that_is_wrong_with_a_warning_is_said_at_once(house, page):
    with pytest.raises(Refused) as error:
        make.warn(house.clinician, page, title="", severity="", regulator="", link="", issued="", quote="")

    assert [one.field for one in error.value.refusals] == ["title", "severity", "regulator", "link", "issued", "quote"]


def test_a_warning_tells_all_that_the_regulator_said(house, page, other):
    link, quote = LINK + "x" * (500 - len(LINK)), "q" * 600

    made = make.warn(house.pharmacist, page, other, link=link, quote=f" {quote}")

    assert [one.monograph.slug for one in made] == ["otherumab", "testazumab"]
    for one, edition in zip(Overlay.objects.order_by("pk"), (1, 2), strict=True):
        assert (one.kind, one.edition, one.by, one.by_title, one.by_role, one.part, one.lifts_id) == (
            "warning", edition, house.pharmacist, "pharmacist", "clinician", None, None
        )  # fmt: skip
        assert (one.title, one.severity, one.regulator, one.link, one.issued, one.quote.strip()) == (
            "new-reaction", "critical", "mhra", link, date(2026, 11, 23), quote
        )  # fmt: skip
        entry = AuditEvent.objects.get(verb="warned", subject=f"monograph:{one.monograph.slug}")
        told = {name: value for name, value in entry.data.items() if name != "rows"}
        assert told == {"overlay": one.pk, "act": str(one.act), "title": "new-reaction"}
        assert entry.digest == replace(make.WARNED, link=link, quote=f" {quote}").digest([other, page])
        assert entry.at == one.at


def test_a_warning_over_no_page_or_over_more_than_fifty_is_refused(house, page, other, monkeypatch):
    assert overlays.MOST_PAGES == 50
    refused("monographs", lambda: make.warn(house.clinician), field="monographs", kind="invalid")
    monkeypatch.setattr(overlays, "MOST_PAGES", 1)
    refused("monographs", lambda: make.warn(house.clinician, page, other), field="monographs", kind="invalid")
    monkeypatch.setattr(overlays, "MOST_PAGES", 2)
    assert len(make.warn(house.clinician, page, other)) == 2


def test_a_warning_over_one_page_that_is_not_published_is_over_none(house, page):
    refused("not_published", lambda: make.warn(house.clinician, *Monograph.objects.all()))


def test_somebody_else_countersigns_and_somebody_else_ends_it(house, page):
    (overlay,) = make.warn(house.clinician, page)
    refused("own_warning", lambda: make.countersign(overlay, house.clinician))
    refused("not_granted", lambda: make.countersign(overlay, house.publisher))

    make.countersign(overlay, house.clinician2)

    assert Overlay.objects.get().second.by_title == "general physician"
    assert Epoch.objects.get().instants == []
    refused("signed_already", lambda: make.countersign(overlay, house.pharmacist))
    refused("own_warning", lambda: make.lift(overlay, house.clinician))
    refused("not_granted", lambda: make.lift(overlay, house.clinician2))
    refused("reason", lambda: make.lift(overlay, house.pharmacist, reason=" "))
    make.lift(overlay, house.pharmacist)
    refused("ended_already", lambda: make.countersign(overlay, house.pharmacist))
    refused("ended_already", lambda: make.lift(overlay, house.pharmacist))
    assert verify() == []


# -- Corrections -------------------------------------------------------------------------------------------------------


def test_a_correction_finds_the_editions_that_said_so(house, page):
    first, second = page.publications.order_by("number")

    overlay = make.correct(house.pharmacist, page, "Tests go on for years.", "Tests go on for 3 months.", "moderate")

    with_dates = Overlay.objects.with_second().get(pk=overlay.pk)
    assert (overlay.editions, overlay.said_from, with_dates.said_until) == (
        [1], first.published_at, second.published_at
    )  # fmt: skip
    assert overlay.by_title == "pharmacist"
    assert verify() == []


def test_a_correction_of_what_is_still_there_has_no_end_yet(house, page):
    overlay = make.correct(house.pharmacist, page, "Tests go on for 3 months.", "Tests go on for 4 months.")

    assert Overlay.objects.with_second().get(pk=overlay.pk).said_until is None


@pytest.mark.parametrize("who", ["clinician", "clinician2"])
def test_only_a_pharmacist_judges_harm(house, page, who):
    refused("not_pharmacist", lambda: make.correct(house.people[who], page, "Start slowly", "Start fast"))


def test_the_lists_are_closed():
    assert (len(TITLES), len(SEVERITIES), len(REGULATORS), len(HARMS)) == (8, 2, 5, 4)


# -- What a password was given for -------------------------------------------------------------------------------------


def acts_of_a_warning(house, page, other):
    """The password is given for a warning of these words over one page, and shown for everything else."""
    given = make.password(house.clinician, make.WARNED.digest([page]))
    changed = [
        replace(make.WARNED, **change)
        for change in (
            {"title": "recall"}, {"severity": "major"}, {"regulator": "ema"}, {"link": LINK}, {"issued": "2026-11-24"},
            {"quote": "Other words."},
        )
    ]  # fmt: skip
    for pages, warned in [*product([[page]], changed), ([page, other], make.WARNED), ([other], make.WARNED)]:
        yield lambda p=pages, w=warned: overlays.warn(p, warned=w, actor=house.clinician, attestation=given)


def acts_of_a_correction(house, page, other):
    corrected = Corrected("Start slowly", "Start fast", "minor")
    given = make.password(house.pharmacist, corrected.digest(page))
    for target, change in (
        (page, {"wrong": "Full blood count"}), (page, {"right": "Start late"}), (page, {"harm": "severe"}), (other, {})
    ):  # fmt: skip
        yield lambda t=target, c=change: overlays.correct(
            t, corrected=replace(corrected, **c), actor=house.pharmacist, attestation=given
        )


def acts_of_withholding(house, page, other):
    part = make.key("monitoring")
    given = make.password(house.publisher, overlays.digest_of_part_withheld(page, part))
    for target, what in ((page, make.key("fbc")), (other, part)):
        yield lambda t=target, w=what: overlays.withhold(
            t, part=w, reason="misprint", actor=house.publisher, attestation=given
        )


def acts_of_a_second(house, page, other):
    first, second = make.warn(house.clinician, page, other)
    for act, wrong in (("countersign", "lift"), ("lift", "countersign")):
        how = {"reason": "why"} if act == "lift" else {}
        for overlay, digest in (
            (first, overlays.digest_of_act(act, second)), (first, overlays.digest_of_act(wrong, first))
        ):  # fmt: skip
            given = make.password(house.pharmacist, digest)
            yield lambda a=act, o=overlay, g=given, h=how: getattr(overlays, a)(
                o, actor=house.pharmacist, attestation=g, **h
            )


@pytest.mark.parametrize("acts", [acts_of_a_warning, acts_of_a_correction, acts_of_withholding, acts_of_a_second])
def test_a_password_given_for_some_words_over_some_pages_is_for_no_others(house, page, other, acts):
    for act in acts(house, page, other):
        refused("stale", act, kind="conflict")


def test_the_order_of_the_pages_is_no_part_of_a_password(house, page, other):
    given = make.password(house.clinician, make.WARNED.digest([page, other]))

    assert len(overlays.warn([other, page], warned=make.WARNED, actor=house.clinician, attestation=given)) == 2


# -- Roles -------------------------------------------------------------------------------------------------------------

WHO = ("editor", "clinician", "clinician2", "pharmacist", "publisher", "auditor", "nobody", "admin")


def test_each_act_is_open_to_its_roles(house, page, other):
    (warning,) = make.warn(house.clinician, other)
    erratum = make.correct(house.pharmacist, other, "Start slowly", "Start fast")
    fbc = make.key("fbc")
    acts = {
        "warn": (lambda who: make.warn(who, page), {"clinician", "pharmacist"}),
        "correct": (lambda who: make.correct(who, page, "Start slowly", "Start fast"), {"pharmacist"}),
        "withhold": (
            lambda who: make.withhold(page, fbc, who), {"clinician", "clinician2", "pharmacist", "publisher"},
        ),
        "countersign": (lambda who: make.countersign(warning, who), {"clinician2", "pharmacist"}),
        "lift a warning": (lambda who: make.lift(warning, who), {"pharmacist"}),
        "lift a correction": (lambda who: make.lift(erratum, who), {"pharmacist"}),
    }  # fmt: skip
    for name, (act, allowed) in acts.items():
        done = set()
        for who in WHO:
            before, overlays_before = AuditEvent.objects.count(), Overlay.objects.count()
            with make.undone():
                try:
                    act(house.people[who])
                    done.add(who)
                except Refused as error:
                    assert error.codes[0] in ("not_granted", "not_pharmacist", "own_warning"), (name, who)
                    assert (AuditEvent.objects.count(), Overlay.objects.count()) == (before + 1, overlays_before)
        assert done == allowed, name


def test_whoever_was_not_verified_lately_may_not(house, page, other):
    (warning,) = make.warn(house.clinician, other)
    erratum = make.correct(house.pharmacist, other, "Start slowly", "Start fast")
    with pen(actor=house.admin) as trail:
        profile = ClinicianProfile.objects.get(user=house.pharmacist)
        profile.verified_on -= timedelta(days=400)
        trail.save(profile)
        trail.record("looked_up", "test")

    for act in (
        lambda: make.warn(house.pharmacist, page),
        lambda: make.correct(house.pharmacist, page, "Start slowly", "Start fast"),
        lambda: make.countersign(warning, house.pharmacist),
        lambda: make.lift(warning, house.pharmacist),
        lambda: make.lift(erratum, house.pharmacist),
    ):
        refused("not_verified", act, kind="forbidden")


# -- Corrections, in full ----------------------------------------------------------------------------------------------


def test_an_erratum_over_two_editions_names_the_first_and_the_last(house, page):
    first, second = page.publications.order_by("number")

    overlay = make.correct(house.pharmacist, page, " Start\n slowly ", "Start fast")

    overlay = Overlay.objects.with_second().get(pk=overlay.pk)
    assert (overlay.editions, overlay.last_edition, overlay.said_from, overlay.said_until) == (
        [1, 2], 2, first.published_at, None
    )  # fmt: skip
    assert (overlay.kind, overlay.edition, overlay.by, overlay.by_role, overlay.part) == (
        "erratum", 2, house.pharmacist, "clinician", None
    )  # fmt: skip
    assert (overlay.wrong, overlay.right, overlay.harm) == (" Start\n slowly ", "Start fast", "minor")
    entry = AuditEvent.objects.latest("seq")
    told = {name: value for name, value in entry.data.items() if name != "rows"}
    assert (entry.verb, entry.subject, told) == (
        "corrected", "monograph:testazumab", {"overlay": overlay.pk, "editions": [1, 2], "harm": "minor"}
    )  # fmt: skip
    assert entry.digest == Corrected(" Start\n slowly ", "Start fast", "minor").digest(page)
    assert [one.number for one in overlays.saying(page, "Start slowly")] == [1, 2]
    assert overlays.saying(page, " \n ") == []
    assert second.published_at > first.published_at


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"wrong": "never said"}, "not_said", "wrong"),
        ({"wrong": " "}, "missing", "wrong"),
        ({"right": " "}, "missing", "right"),
        ({"right": " Start slowly"}, "same", "right"),
        ({"harm": "huge"}, "harm", "harm"),
        ({"right": "x" * 601}, "too_long", "right"),
        ({"right": "a\x00b"}, "characters", "right"),
    ],
)
def test_a_correction_is_whole(house, page, change, code, field):
    words = {"wrong": "Start slowly", "right": "Start fast", "harm": "minor", **change}
    refused(code, lambda: make.correct(house.pharmacist, page, **words), field=field, kind="invalid")


def test_a_correction_is_as_long_as_six_hundred_characters(house, page):
    assert make.correct(house.pharmacist, page, "Start slowly", f" {'x' * 600} ").right.strip() == "x" * 600
    with pytest.raises(Refused) as error:
        make.correct(house.pharmacist, page, "x" * 601, "x")
    assert [(one.code, one.field) for one in error.value.refusals] == [("too_long", "wrong"), ("not_said", "wrong")]


@pytest.mark.parametrize("act", ["warn", "correct", "correct what", "lift"])
def test_no_words_about_a_patient_are_kept_over_a_page(house, page, other, act):
    (warning,) = make.warn(house.clinician, other)
    words = "call 943 476 5919"
    acts = {
        "warn": lambda: make.warn(house.clinician, page, quote=words),
        "correct": lambda: make.correct(house.pharmacist, page, "Start slowly", words),
        "correct what": lambda: make.correct(house.pharmacist, page, words, "x"),
        "lift": lambda: make.lift(warning, house.pharmacist, reason=words),
    }
    with pytest.raises(Refused) as error:
        acts[act]()
    assert error.value.codes == ["patient_data"]
    assert Overlay.objects.count() == 1
    assert not any("943 476 5919" in one.text for one in AuditEvent.objects.all())


# -- Withholding -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["monitoring", "fbc"])
def test_a_part_is_withheld_once_and_says_why(house, page, part):
    overlay = make.withhold(page, make.key(part), house.publisher)

    assert (overlay.kind, overlay.part, overlay.reason, overlay.edition, overlay.by, overlay.by_role) == (
        "withhold", make.key(part), "the source has changed", 2, house.publisher, "publisher"
    )  # fmt: skip
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.subject, entry.reason, entry.data["overlay"]) == (
        "withheld", "monograph:testazumab", "the source has changed", overlay.pk
    )  # fmt: skip
    assert entry.digest == overlays.digest_of_part_withheld(page, make.key(part))
    assert Epoch.objects.get().number == entry.seq
    refused("withheld_already", lambda: make.withhold(page, make.key(part), house.clinician), kind="conflict")
    make.withhold(page, make.key("prescribing"), house.clinician)
    refused("ended_already", lambda: make.lift(overlay, house.pharmacist))
    assert verify() == []


def test_only_a_part_of_the_published_page_is_withheld_for_a_reason_of_the_list(house, page):
    for part in (make.key("notice"), make.key("trial"), make.key("link"), uuid4()):
        refused("no_such_part", lambda p=part: make.withhold(page, p, house.publisher), kind="conflict")
    part = make.key("fbc")
    given = make.password(house.publisher, overlays.digest_of_part_withheld(page, part))
    how = {"part": part, "actor": house.publisher}
    for reason in ("", "the source has changed"):
        act = lambda r=reason: overlays.withhold(page, reason=r, attestation=given, **how)  # noqa: E731
        refused("reason", act, field="reason", kind="invalid")
    refused("attestation", lambda: overlays.withhold(page, reason="misprint", attestation=None, **how))


def test_over_what_is_not_published_nothing_is_put(house, page):
    draft = Monograph.objects.get(slug="draftumab")

    for act in (
        lambda: make.withhold(draft, make.key("fbc"), house.publisher),
        lambda: make.warn(house.clinician, draft),
    ):
        refused("not_published", act, field="monographs", kind="invalid")
    with pytest.raises(Refused) as error:
        make.correct(house.pharmacist, draft, "Start slowly", "Start fast")
    assert error.value.codes == ["not_published", "not_said"]
    assert not Overlay.objects.exists()


# -- Second signatures and ends ----------------------------------------------------------------------------------------


def test_a_second_signature_and_an_end_say_by_whom_and_why(house, page):
    (warning,) = make.warn(house.clinician, page)

    second = make.countersign(warning, house.pharmacist)

    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.subject, entry.digest, entry.data["overlay"]) == (
        "countersigned", "monograph:testazumab", overlays.digest_of_act("countersign", warning), warning.pk
    )  # fmt: skip
    assert (second.overlay, second.by, second.by_title, second.at) == (
        warning, house.pharmacist, "pharmacist", entry.at
    )  # fmt: skip
    ended = make.lift(warning, house.pharmacist, reason=" It was answered. ")
    entry = AuditEvent.objects.latest("seq")
    told = {name: value for name, value in entry.data.items() if name != "rows"}
    assert (entry.verb, entry.reason, entry.digest, told) == (
        "lifted", "It was answered.", overlays.digest_of_act("lift", warning),
        {"overlay": ended.pk, "lifted": warning.pk, "kind": "warning"},
    )  # fmt: skip
    assert (ended.kind, ended.lifts, ended.reason, ended.by, ended.edition) == (
        "lift", warning, "It was answered.", house.pharmacist, 2
    )  # fmt: skip
    assert list(Overlay.objects.unlifted()) == []


def test_a_correction_is_ended_by_a_pharmacist_even_their_own_and_never_countersigned(house, page):
    erratum = make.correct(house.pharmacist, page, "Start slowly", "Start fast")
    refused("ended_already", lambda: make.countersign(erratum, house.clinician2), kind="conflict")
    refused("not_pharmacist", lambda: make.lift(erratum, house.clinician), kind="forbidden")
    refused("reason", lambda: make.lift(erratum, house.pharmacist, reason=" "), field="reason", kind="invalid")

    make.lift(erratum, house.pharmacist)

    assert AuditEvent.objects.latest("seq").data["kind"] == "erratum"
    assert not Overlay.objects.unlifted().exists()
    assert verify() == []


def test_a_withdrawal_is_neither_countersigned_nor_lifted(house, page):
    make.withdraw(page.live.edition, house.publisher)
    overlay = Overlay.objects.get()

    refused("ended_already", lambda: make.countersign(overlay, house.clinician2))
    refused("ended_already", lambda: make.lift(overlay, house.pharmacist))


def test_a_double_click_on_a_second_signature_or_an_end_leaves_no_entry(house, page):
    (warning,) = make.warn(house.clinician, page)
    make.countersign(warning, house.clinician2)
    before = AuditEvent.objects.count()
    with pytest.raises(Refused, match="countersigned it already"):
        make.countersign(warning, house.pharmacist)
    assert AuditEvent.objects.count() == before
    make.lift(warning, house.pharmacist)
    with pytest.raises(Refused, match="does not stand any more"):
        make.lift(warning, house.pharmacist)
    assert AuditEvent.objects.count() == before + 1


# -- Epochs ------------------------------------------------------------------------------------------------------------


def test_a_warning_changes_its_page_once_more_a_day_later_unless_somebody_countersigns(house, page, other, monkeypatch):
    at = datetime(2096, 6, 20, 9, 0, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    with pen(actor=house.admin) as trail:
        for profile in ClinicianProfile.objects.all():
            profile.verified_on = date(2096, 6, 19)
            trail.save(profile)
        trail.record("looked_up", "test")
    (first,) = make.warn(house.clinician, page)
    at += timedelta(hours=1)
    (second,) = make.warn(house.clinician, other)
    assert first.due_at == datetime(2096, 6, 21, 9, 0, tzinfo=UTC)
    assert Epoch.objects.get().instants == ["2096-06-21T09:00:00.000000Z", "2096-06-21T10:00:00.000000Z"]
    assert list(Overlay.objects.unconfirmed()) == [first, second]

    at = first.due_at  # it was late from this very moment on
    make.withhold(page, make.key("fbc"), house.publisher)
    assert Epoch.objects.get().instants == ["2096-06-21T10:00:00.000000Z"]
    make.countersign(second, house.clinician2)
    assert Epoch.objects.get().instants == []
    assert Epoch.objects.get().number == AuditEvent.objects.latest("seq").seq


def test_a_withdrawal_waits_for_no_instant(house, page):
    make.withdraw(page.live.edition, house.publisher)

    assert Epoch.objects.get().instants == []
    assert Overlay.objects.unconfirmed().count() == 1
