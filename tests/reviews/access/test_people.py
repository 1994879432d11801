"""Registrations: each verb by the right one, the wrong one and oneself, and what it leaves."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError

from reviews.access.people import (
    register_clinician,
    registration,
    verify_clinician,
)
from reviews.access.refusals import RefusalType, Refused
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.models import AuditEvent, ClinicianProfile
from tests import factories as make

pytestmark = pytest.mark.django_db

LATE = datetime(2028, 6, 20, 23, 30, tzinfo=UTC)  # half past midnight of the next day, in London


@pytest.fixture
def late(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATE)


def rows():
    return list(ClinicianProfile.objects.values())


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
    """The codes of a refusal that left its entry and nothing else."""
    before, head = rows(), AuditEvent.objects.count()
    with pytest.raises(Refused) as error:
        act()
    assert rows() == before
    last = AuditEvent.objects.latest("seq")
    assert AuditEvent.objects.count() == head + 1
    assert (last.verb, last.data["codes"]) == ("refused", error.value.codes)
    return last.data["action"], last.subject, error.value.codes


def registered(user, actor, **changes):
    how = {"name": "N. N.", "profession": "nurse", "number": "12A3456B", "scope": "adult", **changes}
    return register_clinician(user, actor=actor, **how)


@pytest.fixture
def administrator(house):
    """A second administrator, by the role and no superuser; a clinician too."""
    make.give_role(house.clinician2, "administrator", actor=house.admin)
    return house.clinician2


# Every verb, by somebody, on the pharmacist: who is a clinician, and registered.
VERBS = {
    "register_clinician": lambda house, actor: registered(house.editor2, actor),
    "verify_clinician": lambda house, actor: verify_clinician(
        house.pharmacist.clinician_profile, actor=actor, reader_title="x", specialty="y", scope="adult"
    ),
}


LEAVES = {
    "register_clinician": "clinician_registered", "verify_clinician": "clinician_verified",
}  # fmt: skip


def subject_of(verb, house):
    if verb == "verify_clinician":
        return f"profile:{house.pharmacist.clinician_profile.pk}"
    return f"user:{house.editor2.pk}"


@pytest.mark.parametrize("verb", VERBS)
def test_only_an_administrator_does_it_and_each_other_try_is_recorded(house, administrator, verb):
    for who in ("editor", "clinician", "pharmacist", "publisher", "auditor", "nobody"):
        found = refused(lambda who=who: VERBS[verb](house, house.people[who]))
        assert found == (verb, subject_of(verb, house), ["no_administrator"]), who

    for actor in (administrator, house.admin):
        with make.undone():
            VERBS[verb](house, actor)
            assert (AuditEvent.objects.latest("seq").verb, AuditEvent.objects.latest("seq").actor) == (
                LEAVES[verb],
                actor,
            )


@pytest.mark.parametrize("verb", VERBS)
def test_an_administrator_whose_account_was_closed_does_nothing(house, verb):
    house.admin.is_active = False
    house.admin.save()

    assert refused(lambda: VERBS[verb](house, house.admin))[2] == ["no_administrator"]


def test_an_administrator_verifies_nothing_of_their_own(house, administrator):
    profile = administrator.clinician_profile
    how = {"reader_title": "professor", "specialty": "", "scope": "both"}

    assert refused(lambda: verify_clinician(profile, actor=administrator, **how))[::2] == (
        "verify_clinician",
        ["oneself"],
    )

    verify_clinician(profile, actor=house.admin, **how)
    assert broken() == []


def test_the_database_takes_no_profile_that_was_verified_by_its_owner(house):
    profile = house.clinician.clinician_profile

    with pytest.raises(IntegrityError), audited_write(actor=house.admin) as trail:
        profile.verified_by = house.clinician
        trail.save(profile, "verified_by")
        trail.record("looked_up", "test")


# -- Registrations -----------------------------------------------------------------------------------------------------


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
    profile = registered(
        house.nobody, house.nobody, number="12a3456b", specialty="wards", name_consent=True, interests="shares"
    )

    profile = ClinicianProfile.objects.get(pk=profile.pk)
    assert (profile.user, profile.name, profile.profession) == (house.nobody, "N. N.", "nurse")
    assert (profile.body, profile.number, profile.scope, profile.specialty) == ("NMC", "12A3456B", "adult", "wards")
    assert (profile.name_consent, profile.interests, profile.interests_on) == (True, "shares", date(2028, 6, 21))
    assert (profile.verified_on, profile.verified_by, profile.reader_title) == (None, None, "")
    data, hashes = entry("clinician_registered", f"profile:{profile.pk}", house.nobody)
    assert data == {"profession": "nurse", "body": "NMC"}
    assert list(hashes) == [f"reviews.clinicianprofile:{profile.pk}"]
    assert "12A3456B" not in AuditEvent.objects.latest("seq").text


def test_what_a_clinician_does_not_say_is_no_consent_and_no_interest(house):
    profile = registered(house.nobody, house.nobody)

    assert (profile.name_consent, profile.interests, profile.specialty) == (False, "none", "")


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
    profile = registered(house.nobody, house.nobody)

    returned = verify_clinician(
        profile, actor=house.admin, reader_title="ward sister", specialty="wards", scope="child"
    )

    kept = ClinicianProfile.objects.get(pk=profile.pk)
    assert returned == kept
    assert (kept.verified_on, kept.verified_by) == (date(2028, 6, 21), house.admin)
    assert (kept.reader_title, kept.specialty, kept.scope) == ("ward sister", "wards", "child")
    assert (kept.name, kept.number, kept.name_consent) == ("N. N.", "12A3456B", False)
    data, hashes = entry("clinician_verified", f"profile:{profile.pk}", house.admin)
    data.pop("now")  # the clock stood still since it was registered
    assert data == {"reader_title": "ward sister", "specialty": "wards", "scope": "child"}
    assert list(hashes) == [f"reviews.clinicianprofile:{profile.pk}"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  Ana\u00a0 Lopez\n", "Ana Lopez"), ("Ame\u0301lie", "Am\u00e9lie"), ("Ana\tLopez", "Ana Lopez")],
)
def test_what_readers_see_of_a_clinician_is_kept_in_one_clean_line(house, typed, kept):
    profile = registered(house.nobody, house.admin, name=typed, specialty=typed, interests=typed)
    assert (profile.name, profile.specialty, profile.interests) == (kept, kept, kept)

    profile = verify_clinician(profile, actor=house.admin, reader_title=typed, specialty=typed, scope="adult")

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
        verify_clinician(profile, actor=house.admin, reader_title=typed, specialty="", scope="adult")

    assert [(one.code, one.field) for one in error.value.refusals] == [(code, "reader_title")]
    assert ClinicianProfile.objects.get(pk=profile.pk).verified_on is None


def test_a_registration_counts_for_364_days_after_it_was_found():
    profile = ClinicianProfile(verified_on=date(2027, 1, 1))

    assert profile.is_verified(date(2027, 12, 31))
    assert not profile.is_verified(date(2028, 1, 1))
    assert not ClinicianProfile().is_verified(date(2027, 1, 1))
