"""Verbs on the registration of clinicians: stated, looked up, renewed, ended, and what they declare of their interests.

Nobody verifies, renews or ends their own, and nobody declares interests for another (docs/clinical/signoff.md).
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta

from django.contrib.auth.models import User
from django.db.models import Q

from monographs.models import Edition
from monographs.models.states import OPEN_STATES
from monographs.standing import today
from monographs.texts.characters import says_nothing
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import admitted, reason_of
from reviews.access.grants import check_administrator
from reviews.access.rechecks import open_all
from reviews.access.refusals import Refusal, RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.models import ClinicianProfile
from reviews.models.people import BODIES, INTEREST_KINDS, LAPSED, PROFESSIONS, SCOPES, STRUCK_OFF

# Characters at most: of a name, of a title or specialty, of what was looked at, of interests of one kind, of a reason.
NAME, TITLE, LOOKED_AT, INTERESTS, REASON = 200, 100, 500, 1_000, 2_000
# What a register said longer ago is looked at again.
REGISTER_AGE = timedelta(days=30)
NONE = "none"
NO_INTERESTS = dict.fromkeys(INTEREST_KINDS, NONE)


def registration(profession: str, number: str) -> tuple[str, str]:
    """(body, number as it is kept) of a registration. Refuses a number of another form, and technicians."""
    if profession not in PROFESSIONS:
        raise refuse("profession", "Choose a profession from the list.", RefusalType.INVALID, field="profession")
    body = PROFESSIONS[profession][1]
    number = "".join(number.split()).upper()
    if body == "GPhC" and re.fullmatch(r"5\d{6}", number, re.ASCII):
        raise refuse(
            "technician",
            "Numbers that begin with 5 are technicians, who may not sign.",
            RefusalType.INVALID,
            field="number",
        )
    if not re.fullmatch(BODIES[body], number, re.ASCII):
        forms = {"GMC": "7 digits", "GPhC": "a 2 and 6 digits", "NMC": "2 digits, a letter, 4 digits and a letter"}
        raise refuse("number", f"A number of the {body} is {forms[body]}.", RefusalType.INVALID, field="number")
    return body, number


def _line(words: str, field: str, longest: int, *, needed: bool = False) -> str:
    """What is stated of a clinician, in one clean line. Refuses what may not be typed, what is too long, and nothing
    where something is needed."""
    words = admitted(words, field, longest, is_line=True)
    if needed and says_nothing(words):
        raise refuse("missing", "Write at least one word.", RefusalType.INVALID, field=field)
    return words


def _check_scope(scope: str) -> None:
    if scope not in SCOPES:
        raise refuse("scope", "Choose whom they treat from the list.", RefusalType.INVALID, field="scope")


@contextmanager
def _on_profile(profile: ClinicianProfile, actor: User) -> Iterator[tuple[Trail, ClinicianProfile]]:
    """The registration of somebody else as it is now. Refuses oneself and whoever is no administrator."""
    with audited_write(actor=actor) as trail:
        check_administrator(trail.actor, profile.user)
        yield trail, ClinicianProfile.objects.select_related("user").get(pk=profile.pk)


def register(
    user: User, *, actor: User, name: str, profession: str, number: str, scope: str, specialty: str = "",
    name_consent: bool = False,
) -> ClinicianProfile:  # fmt: skip
    """Notes the registration that a clinician states, or an administrator states of them. It signs nothing until
    somebody has verified it, and until the clinician has declared interests.

    Refuses a number that stands for another person already (one registration, one account), and a name that readers
    could not read.
    """
    with (
        refusals_recorded(actor=actor, action="register_clinician", subject=f"user:{user.pk}"),
        audited_write(actor=actor) as trail,
    ):
        if actor.pk != user.pk:
            check_administrator(trail.actor)
        elif found := policy.refusals(trail.actor, "state_own"):
            raise Refused(found)
        body, number = registration(profession, number)
        _check_scope(scope)
        name = _line(name, "name", NAME, needed=True)
        specialty = _line(specialty, "specialty", TITLE)
        if ClinicianProfile.objects.filter(body=body, number=number).exists():
            raise refuse(
                "number_taken",
                "This registration stands for another account already.",
                RefusalType.INVALID,
                field="number",
            )
        if ClinicianProfile.objects.filter(user=user).exists():
            raise refuse("registered", "This person is registered already.", RefusalType.INVALID)
        # Consent to be named is one's own to give.
        profile = ClinicianProfile(
            user=user, name=name, profession=profession, body=body, number=number, specialty=specialty, scope=scope,
            name_consent=name_consent and actor.pk == user.pk,
        )  # fmt: skip
        trail.save(profile)
        trail.record("clinician_registered", f"profile:{profile.pk}", data={"profession": profession, "body": body})
    return profile


def verify(
    profile: ClinicianProfile, *, actor: User, reader_title: str, specialty: str, scope: str,
    register_date: date | None, looked_at: str,
) -> ClinicianProfile:  # fmt: skip
    """Notes that `actor` found the clinician in the register, the day that the register gave, what was looked at, with
    specialty and scope; and sets the title that readers see. A registration that was ended begins anew.

    Refuses oneself, whoever is no administrator, whoever wrote or suggested what this clinician signed or may sign now
    (A9), a day of the register that is to come or over 30 days ago, and words that readers could not read.
    """
    with (
        refusals_recorded(actor=actor, action="verify_clinician", subject=f"profile:{profile.pk}"),
        _on_profile(profile, actor) as (trail, found),
    ):
        _check_independent(trail.actor, found.user)
        found.reader_title = _line(reader_title, "reader_title", TITLE, needed=True)
        found.specialty = _line(specialty, "specialty", TITLE)
        _check_scope(scope)
        found.scope = scope
        found.ended_on = found.ended_by = None
        found.ended_how = found.ended_reason = ""
        _look_up(trail, found, register_date, looked_at)
        data = {"reader_title": found.reader_title, "specialty": found.specialty, "scope": scope}
        trail.record("clinician_verified", f"profile:{found.pk}", data={**data, **_told(found)})
    return found


def renew(profile: ClinicianProfile, *, actor: User, register_date: date | None, looked_at: str) -> ClinicianProfile:
    """Notes that nothing changed in the register since: it counts for 12 months more. Refuses what `verify` refuses,
    and a registration that was never verified, or was ended."""
    with (
        refusals_recorded(actor=actor, action="renew_registration", subject=f"profile:{profile.pk}"),
        _on_profile(profile, actor) as (trail, found),
    ):
        if found.verified_on is None or found.ended_on is not None:
            sentence = "This registration was never verified, or was ended. Verify it, with title and specialty."
            raise refuse("not_verified", sentence, RefusalType.CONFLICT)
        _check_independent(trail.actor, found.user)
        _look_up(trail, found, register_date, looked_at)
        trail.record("registration_renewed", f"profile:{found.pk}", data=_told(found))
    return found


def _look_up(trail: Trail, profile: ClinicianProfile, register_date: date | None, looked_at: str) -> None:
    day = today(trail.clock)
    looked_at = _line(looked_at, "looked_at", LOOKED_AT, needed=True)
    if register_date is None or not day - REGISTER_AGE <= register_date <= day:
        sentence = "Give the day of the register’s own page: not in the future, and not over 30 days ago."
        raise refuse("register_date", sentence, RefusalType.INVALID, field="register_date")
    profile.verified_on, profile.verified_by = day, trail.actor
    profile.register_date, profile.looked_at = register_date, looked_at
    trail.save(profile)


def _told(profile: ClinicianProfile) -> dict[str, str]:
    return {"register_date": str(profile.register_date), "looked_at": profile.looked_at}


def _check_independent(actor: User, clinician: User) -> None:
    """Whoever wrote or suggested something cannot choose who signs for it."""
    is_signed = Q(sign_offs__signer=clinician) & (
        Q(state__in=OPEN_STATES) | Q(publication__monograph__live__isnull=False)
    )
    for edition in Edition.objects.filter(Q(state__in=OPEN_STATES) | is_signed).distinct().select_related("monograph"):
        if not policy.contributed(actor, edition):
            continue
        if policy.can(clinician, "sign", edition) or edition.sign_offs.filter(signer=clinician).exists():
            sentence = (
                f"You worked on edition {edition.number} of “{edition.monograph.slug}”, which this person signed or "
                "may sign. Another administrator must look in the register."
            )
            raise refuse("contributed", sentence)


def strike_off(profile: ClinicianProfile, *, actor: User, reason: str) -> ClinicianProfile:
    """Ends a registration at once, because the register says that the clinician was struck off."""
    return _end(profile, STRUCK_OFF, actor=actor, reason=reason)


def lapse(profile: ClinicianProfile, *, actor: User, reason: str) -> ClinicianProfile:
    """Ends a registration at once for another reason: it was given up, or was not renewed with the body."""
    return _end(profile, LAPSED, actor=actor, reason=reason)


def _end(profile: ClinicianProfile, how: str, *, actor: User, reason: str) -> ClinicianProfile:
    """Opens the review of each live page that rests on it, in the same act. Refuses oneself, whoever is no
    administrator, a registration that is ended already, and no reason."""
    with (
        refusals_recorded(actor=actor, action="end_registration", subject=f"profile:{profile.pk}", reason=reason),
        _on_profile(profile, actor) as (trail, found),
    ):
        reason = reason_of(reason, "Say why, and where you read it.", longest=REASON)
        if found.ended_on is not None:
            raise refuse("ended_already", "This registration was ended already.", RefusalType.CONFLICT)
        found.ended_on, found.ended_by = today(trail.clock), trail.actor
        found.ended_how, found.ended_reason = how, reason
        trail.save(found)
        trail.record("registration_ended", f"profile:{found.pk}", reason=reason, data={"how": how})
        open_all(trail, found, reason)
    return found


def declare_interests(actor: User, kinds: Mapping[str, str]) -> ClinicianProfile:
    """The annual register of interests, of the last 36 months, by the kinds of the ICMJE. Each kind says what there
    is, or “none”; none is left blank. Only a clinician declares, and only their own. Refuses every kind left blank at
    its field."""
    with (
        refusals_recorded(actor=actor, action="declare_interests", subject=f"user:{actor.pk}"),
        audited_write(actor=actor) as trail,
    ):
        profile = ClinicianProfile.objects.filter(user=actor).first()
        if profile is None:
            raise refuse("no_profile", "Only a registered clinician declares interests. State your registration first.")
        if found := policy.refusals(trail.actor, "state_own"):
            raise Refused(found)
        said = {kind: admitted(kinds.get(kind, ""), kind, INTERESTS) for kind in INTEREST_KINDS}
        if blank := [kind for kind, words in said.items() if says_nothing(words)]:
            sentence = "Say which interests of this kind you had in the last 36 months, or “none”."
            raise Refused([Refusal("interests", sentence, RefusalType.INVALID, field=kind) for kind in blank])
        said = {kind: NONE if words.strip(" .").casefold() == NONE else words for kind, words in said.items()}
        profile.interests_by_kind = said
        some = [f"{INTEREST_KINDS[kind]}: {words}" for kind, words in said.items() if words != NONE]
        profile.interests = "\n".join(some) or NONE
        profile.interests_on = today(trail.clock)
        trail.save(profile)
        trail.record("interests_declared", f"profile:{profile.pk}", data={"interests": said})
    return profile
