"""Registrations: each verb by the right one, the wrong one and oneself, and what it leaves."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError

from monographs.standing import today
from reviews.access import registrations
from reviews.access.refusals import RefusalType, Refused
from reviews.access.registrations import NO_INTERESTS, declare_interests, register, registration
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.models import AuditEvent, ClinicianProfile
from reviews.models.people import INTEREST_KINDS
from tests import factories as make

pytestmark = pytest.mark.django_db

LATE = datetime(2028, 6, 20, 23, 30, tzinfo=UTC)  # half past midnight of the next day, in London


@pytest.fixture
def late(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATE)


def broken():
    """What is wrong with the trail, but for the checkpoint file, which a test without a publication does not have."""
    return [one for one in verify() if "checkpoint" not in one[1]]


def entry(verb, subject, actor):
    """The one entry that the last act left, without the hashes of its rows; and these."""
    last = AuditEvent.objects.latest("seq")
    assert (last.verb, last.subject, last.actor) == (verb, subject, actor)
    assert broken() == []
    return {name: value for name, value in last.data.items() if name != "rows"}, last.data.get("rows", {})


def refused(act):
    """The action, subject and codes of a refusal that left its entry and nothing else."""
    before, head = list(ClinicianProfile.objects.values()), AuditEvent.objects.count()
    with pytest.raises(Refused) as error:
        act()
    assert list(ClinicianProfile.objects.values()) == before
    last = AuditEvent.objects.latest("seq")
    assert AuditEvent.objects.count() == head + 1
    assert (last.verb, last.data["codes"]) == ("refused", error.value.codes)
    return last.data["action"], last.subject, error.value.codes


def registered(user, actor, **changes):
    how = {"name": "N. N.", "profession": "nurse", "number": "12A3456B", "scope": "adult", **changes}
    return register(user, actor=actor, **how)


def looked_up(**changes):
    return {"register_date": today(), "looked_at": "The register's page", **changes}


@pytest.fixture
def administrator(house):
    """A second administrator, by the role and no superuser; a clinician too."""
    make.give_role(house.clinician2, "administrator", actor=house.admin)
    return type(house.clinician2).objects.get(pk=house.clinician2.pk)


# Every verb on somebody else's registration, by somebody: (action of a refusal, entry, the act).
VERBS = {
    "register": ("register_clinician", "clinician_registered", lambda house, actor: registered(house.editor2, actor)),
    "verify": (
        "verify_clinician", "clinician_verified",
        lambda house, actor: make.verify(house.pharmacist.clinician_profile, actor=actor),
    ),
    "renew": (
        "renew_registration", "registration_renewed",
        lambda house, actor: registrations.renew(house.pharmacist.clinician_profile, actor=actor, **looked_up()),
    ),
    "strike_off": (
        "end_registration", "registration_ended",
        lambda house, actor: registrations.strike_off(house.pharmacist.clinician_profile, actor=actor, reason="Read"),
    ),
    "lapse": (
        "end_registration", "registration_ended",
        lambda house, actor: registrations.lapse(house.pharmacist.clinician_profile, actor=actor, reason="Read"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
def test_only_an_administrator_does_it_and_each_other_try_is_recorded(house, administrator, verb):
    action, leaves, act = VERBS[verb]
    subject = f"user:{house.editor2.pk}" if verb == "register" else f"profile:{house.pharmacist.clinician_profile.pk}"
    for who in ("editor", "clinician", "publisher", "auditor", "nobody"):
        assert refused(lambda who=who: act(house, house.people[who])) == (action, subject, ["no_administrator"]), who

    for actor in (administrator, house.admin):
        with make.undone():
            act(house, actor)
            last = AuditEvent.objects.latest("seq")
            assert (last.verb, last.actor) == (leaves, actor)


def test_an_administrator_changes_nothing_of_their_own_registration(house, administrator):
    profile = administrator.clinician_profile
    for act in (
        lambda: make.verify(profile, actor=administrator),
        lambda: registrations.renew(profile, actor=administrator, **looked_up()),
        lambda: registrations.strike_off(profile, actor=administrator, reason="Read"),
        lambda: registrations.lapse(profile, actor=administrator, reason="Read"),
    ):
        assert refused(act)[2] == ["oneself"]
    make.verify(profile, actor=house.admin)


def test_the_database_takes_no_profile_that_was_verified_by_its_owner(house):
    profile = house.clinician.clinician_profile

    with pytest.raises(IntegrityError), audited_write(actor=house.admin) as trail:
        profile.verified_by = house.clinician
        trail.save(profile, "verified_by")
        trail.record("looked_up", "test")


# -- Stated ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profession", "number", "kept"),
    [
        ("doctor", "1234567", ("GMC", "1234567")),
        ("specialist_doctor", " 12 345 67 ", ("GMC", "1234567")),
        ("doctor", "5123456", ("GMC", "5123456")),  # only at the GPhC is that a technician
        ("pharmacist", "2123456", ("GPhC", "2123456")),
        ("nurse", "12a3456b", ("NMC", "12A3456B")),
        ("midwife", "99 z 0000 z", ("NMC", "99Z0000Z")),
        ("doctor", "123456", "number"),
        ("doctor", "12345678", "number"),
        ("doctor", "١٢٣٤٥٦٧", "number"),
        ("doctor", "12A3456B", "number"),
        ("pharmacist", "1234567", "number"),
        ("pharmacist", "212345", "number"),
        ("pharmacist", "21234567", "number"),
        ("pharmacist", "5123456", "technician"),
        ("pharmacist", "51234567", "number"),
        ("nurse", "1A23456B", "number"),
        ("nurse", "12A34567", "number"),
        ("nurse", "", "number"),
        ("homeopath", "1234567", "profession"),
        ("technician", "5123456", "profession"),
    ],
)
def test_a_number_has_the_form_of_its_register(profession, number, kept):
    if isinstance(kept, tuple):
        assert registration(profession, number) == kept
        return
    with pytest.raises(Refused) as error:
        registration(profession, number)
    (refusal,) = error.value.refusals
    field = "profession" if kept == "profession" else "number"
    assert (refusal.code, refusal.kind, refusal.field) == (kept, RefusalType.INVALID, field)


def test_a_registration_is_kept_as_it_was_stated_and_signs_nothing_yet(house, late):
    profile = registered(house.nobody, house.nobody, number="12a3456b", specialty="wards", name_consent=True)

    profile = ClinicianProfile.objects.get(pk=profile.pk)
    assert (profile.user, profile.name, profile.profession) == (house.nobody, "N. N.", "nurse")
    assert (profile.body, profile.number, profile.scope, profile.specialty) == ("NMC", "12A3456B", "adult", "wards")
    assert (profile.name_consent, profile.interests, profile.interests_on) == (True, "", None)
    assert (profile.verified_on, profile.verified_by, profile.reader_title) == (None, None, "")
    data, hashes = entry("clinician_registered", f"profile:{profile.pk}", house.nobody)
    assert data == {"profession": "nurse", "body": "NMC"}
    assert list(hashes) == [f"reviews.clinicianprofile:{profile.pk}"]
    assert "12A3456B" not in AuditEvent.objects.latest("seq").text


def test_what_a_clinician_does_not_say_is_no_consent_and_nothing_declared(house):
    profile = registered(house.nobody, house.admin, name_consent=True)

    assert (profile.name_consent, profile.interests, profile.specialty) == (False, "", "")
    assert profile.has_declared(today()) is False


def test_one_registration_is_one_account_and_one_account_one_registration(house):
    registered(house.nobody, house.admin)

    for act, code in (
        (lambda: registered(house.editor, house.editor), "number_taken"),
        (lambda: registered(house.editor, house.editor, profession="midwife", number="12 a 3456 b"), "number_taken"),
        (lambda: registered(house.nobody, house.nobody, number="12A3456C"), "registered"),
        (lambda: registered(house.editor, house.editor, profession="pharmacist", number="5000001"), "technician"),
    ):
        assert refused(act)[::2] == ("register_clinician", [code])
    # The same digits at another body are another registration.
    registered(house.editor, house.editor, profession="doctor", number="2000001")
    assert broken() == []


def test_a_verification_says_by_whom_and_on_which_day_in_london_and_sets_what_readers_see(house, late):
    make.confirm_own(house.admin)
    profile = registered(house.nobody, house.nobody)

    returned = make.verify(
        profile, actor=house.admin, reader_title="ward sister", specialty="wards", scope="child",
        register_date=date(2028, 6, 1), looked_at="Its page, as printed",
    )  # fmt: skip

    kept = ClinicianProfile.objects.get(pk=profile.pk)
    assert returned == kept
    assert (kept.verified_on, kept.verified_by) == (date(2028, 6, 21), house.admin)
    assert (kept.reader_title, kept.specialty, kept.scope) == ("ward sister", "wards", "child")
    assert (kept.register_date, kept.looked_at) == (date(2028, 6, 1), "Its page, as printed")
    assert (kept.name, kept.number, kept.name_consent) == ("N. N.", "12A3456B", False)
    data, hashes = entry("clinician_verified", f"profile:{profile.pk}", house.admin)
    data.pop("now")  # the clock stood still since it was registered
    assert data == {
        "reader_title": "ward sister", "specialty": "wards", "scope": "child", "register_date": "2028-06-01",
        "looked_at": "Its page, as printed",
    }  # fmt: skip
    assert list(hashes) == [f"reviews.clinicianprofile:{profile.pk}"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  Ana\u00a0 Lopez\n", "Ana Lopez"), ("Ame\u0301lie", "Am\u00e9lie"), ("Ana\tLopez", "Ana Lopez")],
)
def test_what_readers_see_of_a_clinician_is_kept_in_one_clean_line(house, typed, kept):
    profile = registered(house.nobody, house.admin, name=typed, specialty=typed)
    assert (profile.name, profile.specialty) == (kept, kept)

    profile = make.verify(profile, actor=house.admin, reader_title=typed, specialty=typed, scope="adult")

    assert (profile.reader_title, profile.specialty) == (kept, kept)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("a\x00b", "characters"), ("a\u202eb", "characters"), ("a\ud800b", "characters"), (" \n", "missing"),
     ("\u3164", "characters"), ("–", "missing"), ("x" * 201, "too_long")],
)  # fmt: skip
def test_a_name_or_a_title_that_readers_could_not_read_is_refused_at_its_field(house, typed, code):
    with pytest.raises(Refused) as error:
        registered(house.nobody, house.admin, name=typed)
    assert [(one.code, one.field) for one in error.value.refusals] == [(code, "name")]
    profile = registered(house.nobody, house.admin)

    with pytest.raises(Refused) as error:
        make.verify(profile, actor=house.admin, reader_title=typed, scope="adult")

    assert [(one.code, one.field) for one in error.value.refusals] == [(code, "reader_title")]
    assert ClinicianProfile.objects.get(pk=profile.pk).verified_on is None


def test_a_registration_counts_for_364_days_after_it_was_found():
    profile = ClinicianProfile(verified_on=date(2027, 1, 1))

    assert profile.runs_until == date(2028, 1, 1)
    assert profile.is_verified(date(2027, 12, 31))
    assert not profile.is_verified(date(2028, 1, 1))
    assert not ClinicianProfile().is_verified(date(2027, 1, 1))
    # What the register gave counts, not the day on which somebody noted it.
    profile.register_date = date(2026, 12, 31)
    assert profile.is_verified(date(2027, 12, 30))
    assert not profile.is_verified(date(2027, 12, 31))


# -- Looked up, renewed, ended ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "is_taken"), [(1, False), (0, True), (-30, True), (-31, False)])
def test_the_day_of_the_register_is_no_older_than_thirty_days_and_not_to_come(house, days, is_taken):
    profile, day = house.clinician.clinician_profile, today() + timedelta(days=days)
    for act in (
        lambda: make.verify(profile, actor=house.admin, register_date=day),
        lambda: registrations.renew(profile, actor=house.admin, **looked_up(register_date=day)),
    ):
        if is_taken:
            assert act().register_date == day
        else:
            assert refused(act)[2] == ["register_date"]


def test_what_was_looked_at_is_said(house):
    profile = house.clinician.clinician_profile
    for act in (
        lambda: make.verify(profile, actor=house.admin, looked_at=" "),
        lambda: registrations.renew(profile, actor=house.admin, **looked_up(looked_at="–")),
    ):
        assert refused(act)[2] == ["missing"]


def test_a_renewal_keeps_title_and_specialty_and_counts_from_its_day(house):
    profile = house.clinician.clinician_profile
    before = ClinicianProfile.objects.values().get(pk=profile.pk)

    registrations.renew(profile, actor=house.admin, register_date=today() - timedelta(days=3), looked_at="Page 2")

    after = ClinicianProfile.objects.values().get(pk=profile.pk)
    changed = {name: value for name, value in after.items() if value != before[name]}
    assert changed == {"register_date": today() - timedelta(days=3), "looked_at": "Page 2"}
    data, hashes = entry("registration_renewed", f"profile:{profile.pk}", house.admin)
    assert data == {"register_date": str(today() - timedelta(days=3)), "looked_at": "Page 2"}
    assert list(hashes) == [f"reviews.clinicianprofile:{profile.pk}"]


@pytest.mark.parametrize(("end", "how"), [("strike_off", "struck_off"), ("lapse", "lapsed")])
def test_a_registration_that_was_ended_signs_nothing_until_it_is_verified_anew(house, end, how):
    edition, profile = make.submit(house, make.draft(house)), house.clinician.clinician_profile

    ended = getattr(registrations, end)(profile, actor=house.admin, reason="The register says so")

    assert (ended.ended_on, ended.ended_by, ended.ended_how) == (today(), house.admin, how)
    assert not ended.is_verified(today())
    data, _hashes = entry("registration_ended", f"profile:{profile.pk}", house.admin)
    assert data == {"how": how}
    assert AuditEvent.objects.latest("seq").reason == "The register says so"
    clinician = type(house.clinician).objects.get(pk=house.clinician.pk)
    with pytest.raises(Refused) as error:
        make.sign(edition, clinician)
    assert error.value.codes == ["registration_ended"]
    assert refused(lambda: getattr(registrations, end)(profile, actor=house.admin, reason="Again"))[2] == [
        "ended_already"
    ]
    assert refused(lambda: registrations.renew(profile, actor=house.admin, **looked_up()))[2] == ["not_verified"]

    anew = make.verify(profile, actor=house.admin, reader_title="neurologist")

    assert (anew.ended_on, anew.ended_by, anew.ended_how, anew.ended_reason) == (None, None, "", "")
    make.sign(edition, type(house.clinician).objects.get(pk=house.clinician.pk))


def test_nothing_is_ended_without_a_reason_and_nothing_renewed_that_was_never_verified(house):
    profile = house.clinician.clinician_profile
    assert refused(lambda: registrations.strike_off(profile, actor=house.admin, reason=" – "))[2] == ["reason"]

    stated = registered(house.nobody, house.nobody)
    assert refused(lambda: registrations.renew(stated, actor=house.admin, **looked_up()))[2] == ["not_verified"]


def test_the_database_takes_no_half_of_an_ending(house):
    profile = house.clinician.clinician_profile
    with pytest.raises(IntegrityError), audited_write(actor=house.admin) as trail:
        profile.ended_on = today()
        trail.save(profile)
        trail.record("looked_up", "test")


def test_whoever_wrote_what_somebody_may_sign_or_signed_looks_nobody_up(house):
    """A9: whoever contributed cannot verify a signer of that content."""
    make.give_role(house.editor, "administrator", actor=house.admin)
    profile, editor = house.clinician.clinician_profile, type(house.editor).objects.get(pk=house.editor.pk)
    make.verify(profile, actor=editor)  # nothing is open, and nothing signed
    edition = make.draft(house)

    acts = (
        lambda: make.verify(profile, actor=editor),
        lambda: registrations.renew(profile, actor=editor, **looked_up()),
    )
    for act in acts:
        assert refused(act)[2] == ["contributed"]
    # Somebody who may not sign there is no signer of it.
    make.verify(registered(house.nobody, house.nobody), actor=editor)
    make.verify(profile, actor=house.admin)

    make.publish(house, make.sign(make.sign(make.submit(house, edition), house.clinician), house.pharmacist))
    for act in acts:
        assert refused(act)[2] == ["contributed"]
    make.verify(house.clinician2.clinician_profile, actor=editor)  # who signed nothing


# -- Interests ---------------------------------------------------------------------------------------------------------


def test_interests_are_declared_by_kind_and_kept_in_words(house, late):
    profile = declare_interests(house.clinician, {**NO_INTERESTS, "fees": "Talks for X Ltd", "shares": " None. "})

    kept = ClinicianProfile.objects.get(pk=profile.pk)
    assert kept.interests_by_kind == {**NO_INTERESTS, "fees": "Talks for X Ltd"}
    assert (kept.interests, kept.interests_on) == ("Fees and travel: Talks for X Ltd", date(2028, 6, 21))
    data, hashes = entry("interests_declared", f"profile:{profile.pk}", house.clinician)
    assert data == {"interests": kept.interests_by_kind}
    assert list(hashes) == [f"reviews.clinicianprofile:{profile.pk}"]
    assert declare_interests(house.clinician, NO_INTERESTS).interests == "none"


def test_no_kind_of_interest_is_left_blank(house):
    for kind in INTEREST_KINDS:
        for blank in ("", " ", "–"):
            with pytest.raises(Refused) as error:
                declare_interests(house.clinician, {**NO_INTERESTS, kind: blank})
            assert [(one.code, one.field) for one in error.value.refusals] == [("interests", kind)]
    assert len(refused(lambda: declare_interests(house.clinician, {}))[2]) == len(INTEREST_KINDS)


def test_only_a_registered_clinician_declares(house):
    assert refused(lambda: declare_interests(house.editor, NO_INTERESTS))[2] == ["no_profile"]


@pytest.mark.parametrize(("days", "codes"), [(364, []), (365, ["interests_overdue"]), (None, ["interests_overdue"])])
def test_nobody_signs_whose_interests_are_overdue(house, days, codes):
    edition = make.submit(house, make.draft(house))
    with audited_write(actor=house.admin) as trail:
        profile = ClinicianProfile.objects.get(user=house.clinician)
        profile.interests_on = None if days is None else today() - timedelta(days=days)
        trail.save(profile, "interests_on")
        trail.record("changed", "test")

    found = []
    try:
        make.sign(edition, house.clinician)
    except Refused as error:
        found = error.codes
    assert found == codes
    if codes:
        declare_interests(house.clinician, NO_INTERESTS)
        make.sign(edition, type(house.clinician).objects.get(pk=house.clinician.pk))
