"""Attestations: what they are bound to, and how long they live, whatever the clock of the machine does meanwhile."""

import copy
from datetime import timedelta

import pytest
from django.utils import timezone

from monographs.models import Monograph
from reviews import overlays
from reviews.changes import DENIALS_A_MINUTE, pen
from reviews.models import AuditEvent
from reviews.refusals import Refused
from reviews.signing import TooManyFailures, attest
from reviews.verify import verify
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.django_db

A_MINUTE = timedelta(minutes=1)


class Clock:
    """The machine's, which anybody may set."""

    def __init__(self, monkeypatch):
        self.at = timezone.now()
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.at)

    def goes_on(self, **by):
        self.at += timedelta(**by)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture(scope="module")
def made(once_a_module):
    """One edition in review; one page that stands, with a warning over it; one that was retired."""
    house = make.the_house()
    live = make.published(house, "liveumab")
    (warning,) = make.warn(house.clinician, live.monograph)
    retired = make.published(house, "retiredumab")
    make.withdraw(retired, house.publisher)
    return house, make.submit(house, make.draft(house, "reviewumab")), live, warning, retired


@pytest.fixture
def world(db, made):
    return copy.deepcopy(made)


# Each act that takes a password: who does it, with what, and what it leaves.


def sign(world):
    house, edition, _live, _warning, _retired = world
    given = make.attestation(edition, house.clinician)
    return lambda: perform(
        "sign", editions=[edition], actor=house.clinician, digest=given.digest, attestation=given
    ), "signed"


def still_correct(world):
    house, _edition, _live, _warning, retired = world
    given = make.attestation(retired, house.clinician2, "still-correct")
    return lambda: perform(
        "still-correct", editions=[retired], actor=house.clinician2, digest=given.digest, attestation=given
    ), "vouched"


def countersign(world):
    house, _edition, _live, warning, _retired = world
    given = make.password(house.clinician2, overlays.digest_of_act("countersign", warning))
    return lambda: overlays.countersign(warning, actor=house.clinician2, attestation=given), "countersigned"


def lift(world):
    house, _edition, _live, warning, _retired = world
    given = make.password(house.pharmacist, overlays.digest_of_act("lift", warning))
    return lambda: overlays.lift(warning, actor=house.pharmacist, reason="Over", attestation=given), "lifted"


def warn(world):
    house, _edition, live, _warning, _retired = world
    given = make.password(house.clinician, make.WARNED.digest([live.monograph]))
    return lambda: overlays.warn(
        [live.monograph], warned=make.WARNED, actor=house.clinician, attestation=given
    ), "warned"


def correct(world):
    house, _edition, live, _warning, _retired = world
    corrected = overlays.Corrected("Tests go on for years.", "Tests go on for months.", "minor")
    given = make.password(house.pharmacist, corrected.digest(live.monograph))
    return lambda: overlays.correct(
        live.monograph, corrected=corrected, actor=house.pharmacist, attestation=given
    ), "corrected"


def withhold(world):
    house, _edition, live, _warning, _retired = world
    page, part = Monograph.objects.get(pk=live.monograph_id), make.key("monitoring")
    given = make.password(house.publisher, overlays.digest_of_part_withheld(page, part))
    return lambda: overlays.withhold(
        page, part=part, reason="source-changed", actor=house.publisher, attestation=given
    ), "withheld"


ACTS = [sign, still_correct, countersign, lift, warn, correct, withhold]


def nothing_happened(clock):
    pass


def clock_set_back(clock):
    clock.goes_on(hours=-5)


def one_write_a_day_ahead(clock):
    clock.goes_on(days=1)
    with pen(actor=None) as trail:
        trail.record("looked", "test")
    clock.goes_on(days=-1)


@pytest.mark.parametrize("meanwhile", [nothing_happened, clock_set_back, one_write_a_day_ahead])
@pytest.mark.parametrize("act", ACTS)
def test_a_password_lives_its_minute_by_the_clock_however_far_ahead_the_trail_is(world, clock, act, meanwhile):
    clock.goes_on(seconds=2)
    meanwhile(clock)
    do, verb = act(world)
    last = AuditEvent.objects.latest("seq")

    for off in (A_MINUTE + timedelta(seconds=1), timedelta(seconds=-1)):  # too old, and of a time to come
        clock.at += off
        with pytest.raises(Refused) as refused:
            do()
        clock.at -= off
        assert refused.value.codes == ["attestation_expired"]
    assert not AuditEvent.objects.filter(seq__gt=last.seq, verb=verb).exists()

    clock.at += A_MINUTE
    do()

    done = AuditEvent.objects.filter(seq__gt=last.seq)
    assert [one.verb for one in done if one.verb == verb] == [verb]
    times = [last.at, *done.values_list("at", flat=True)]
    assert times == sorted(times)
    assert chained() == []


def chained():
    return [sentence for _seq, sentence in verify() if "checkpoint" not in sentence]


def test_while_the_trail_is_ahead_each_act_says_what_the_clock_said(house, clock):
    one_write_a_day_ahead(clock)
    ahead, now = AuditEvent.objects.latest("seq"), clock.at

    make.draft(house)

    told, *acts = AuditEvent.objects.filter(seq__gt=ahead.seq)
    assert (told.verb, told.subject, told.reason) == ("clock", "site", "The clock of the machine was set back.")
    assert [one.verb for one in acts] == ["drug_added", "begun", "edited"]
    assert {(one.at, one.clock) for one in (told, *acts)} == {(ahead.at, now)}
    assert chained() == []


@pytest.mark.parametrize(("behind", "is_told"), [(1000, False), (1001, True)])
def test_a_clock_that_slips_by_a_second_is_not_told(house, clock, behind, is_told):
    clock.goes_on(seconds=2)
    with pen(actor=None) as trail:
        trail.record("looked", "test")
    first = AuditEvent.objects.latest("seq")
    clock.goes_on(milliseconds=-behind)

    with pen(actor=None) as trail:
        trail.record("looked", "test")

    second = AuditEvent.objects.latest("seq")
    assert second.at == first.at
    assert AuditEvent.objects.filter(verb="clock").exists() is is_told
    assert second.clock == (clock.at if is_told else first.at)
    assert second.prev == AuditEvent.objects.get(seq=second.seq - 1).hash


# -- Wrong passwords ---------------------------------------------------------------------------------------------------


def guess(person, times=1):
    for _ in range(times):
        try:
            attest(person, password="wrong", ticks=(), interests="none", digest="0" * 64)
        except Refused as refused:
            assert refused.codes == ["password"]


def test_the_fifth_wrong_password_in_a_quarter_of_an_hour_ends_it(house, clock):
    clock.goes_on(seconds=2)
    guess(house.clinician)
    first = clock.at
    clock.goes_on(minutes=5)
    guess(house.clinician, 3)
    make.password(house.clinician, "0" * 64)

    with pytest.raises(TooManyFailures) as stopped:
        guess(house.clinician)

    assert stopped.value.until == first + timedelta(minutes=15)
    assert AuditEvent.objects.filter(verb="reauth_failed", actor=house.clinician).count() == 5
    with pytest.raises(TooManyFailures):  # the right one is not even looked at
        make.password(house.clinician, "0" * 64)
    make.password(house.clinician2, "0" * 64)  # somebody else's are counted apart
    clock.at = first + timedelta(minutes=15)
    make.password(house.clinician, "0" * 64)


def test_the_tenth_wrong_password_in_an_hour_ends_it(house, clock):
    clock.goes_on(seconds=2)
    first = clock.at
    guess(house.clinician, 4)
    clock.goes_on(minutes=20)
    guess(house.clinician, 4)
    clock.goes_on(minutes=20)
    guess(house.clinician)

    with pytest.raises(TooManyFailures) as stopped:
        guess(house.clinician)

    assert stopped.value.until == first + timedelta(hours=1)
    clock.at = stopped.value.until
    make.password(house.clinician, "0" * 64)


@pytest.mark.parametrize("meanwhile", [clock_set_back, one_write_a_day_ahead])
def test_wrong_passwords_are_forgotten_in_time_although_the_trail_is_ahead(house, clock, meanwhile):
    clock.goes_on(seconds=2)
    meanwhile(clock)

    guess(house.clinician, 4)
    with pytest.raises(TooManyFailures) as stopped:
        guess(house.clinician)

    assert stopped.value.until == clock.at + timedelta(minutes=15)
    clock.goes_on(minutes=15)
    assert make.password(house.clinician, "0" * 64).actor == house.clinician.pk


def test_wrong_passwords_of_a_day_to_come_do_not_count(house, clock):
    clock.goes_on(days=1)
    guess(house.clinician, 4)
    clock.goes_on(days=-1)

    guess(house.clinician)

    assert make.password(house.clinician, "0" * 64).actor == house.clinician.pk


def test_an_empty_password_is_asked_for_and_counts_as_a_wrong_one(house):
    with pytest.raises(Refused) as refused:
        attest(house.clinician, password="", ticks=(), interests="none", digest="d" * 70)

    assert [(one.code, one.field, one.sentence) for one in refused.value.refusals] == [
        ("password", "password", "Enter your password: it is your signature.")
    ]
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.subject, entry.digest) == ("reauth_failed", f"user:{house.clinician.pk}", "d" * 64)


def test_a_password_is_ones_own(house):
    given = make.password(house.clinician, "0" * 64)
    assert (given.actor, given.digest, given.interests, given.ticks) == (
        house.clinician.pk,
        "0" * 64,
        "none",
        frozenset(),
    )

    with pytest.raises(Refused):
        attest(house.clinician, password=f"{make.PASSWORD} ", ticks=(), interests="none", digest="0" * 64)


# -- A flood of refusals -----------------------------------------------------------------------------------------------


def refused_once(house, edition):
    with pytest.raises(Refused):
        perform("publish", editions=[edition], actor=house.editor, digest=make.seen(edition))


@pytest.mark.parametrize("meanwhile", [nothing_happened, one_write_a_day_ahead])
def test_a_flood_of_refusals_is_counted_and_told_a_minute_later(house, clock, meanwhile, monkeypatch):
    assert DENIALS_A_MINUTE == 60
    monkeypatch.setattr("reviews.changes.DENIALS_A_MINUTE", 3)
    edition = make.draft(house)
    clock.goes_on(seconds=2)
    meanwhile(clock)

    for _ in range(5):
        refused_once(house, edition)
    told = AuditEvent.objects.filter(verb="refused")
    assert [("more" in one.data) for one in told] == [False] * 3

    clock.goes_on(minutes=1)
    refused_once(house, edition)

    assert [one.data.get("more") for one in told.all()] == [None, None, None, 2]
