"""Verbs on people: the registration of clinicians.

Nobody gives themselves anything: whoever acts here acts on somebody else.
"""

import re

from django.contrib.auth.models import User

from monographs.standing import today
from monographs.texts.characters import says_nothing
from reviews.access.denials import refusals_recorded
from reviews.access.door import admitted
from reviews.access.grants import check_administrator
from reviews.access.refusals import RefusalType, refuse
from reviews.audit.trail import audited_write
from reviews.models import ClinicianProfile
from reviews.models.people import BODIES, PROFESSIONS, SCOPES

# Characters at most: of a name, of a title or specialty, of interests.
NAME, TITLE, INTERESTS = 200, 100, 2_000


def _check_scope(scope: str) -> None:
    if scope not in SCOPES:
        raise refuse("scope", "Choose whom they treat from the list.", RefusalType.INVALID, field="scope")


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


def register_clinician(
    user: User, *, actor: User, name: str, profession: str, number: str, scope: str, specialty: str = "",
    name_consent: bool = False, interests: str = "none",
) -> ClinicianProfile:  # fmt: skip
    """Notes the registration that a clinician states. It signs nothing until somebody has verified it.

    Refuses a number that stands for another person already (one registration, one account), and a name that readers
    could not read.
    """
    with (
        refusals_recorded(actor=actor, action="register_clinician", subject=f"user:{user.pk}"),
        audited_write(actor=actor) as trail,
    ):
        if actor.pk != user.pk:
            check_administrator(trail.actor)
        body, number = registration(profession, number)
        _check_scope(scope)
        name = _line(name, "name", NAME, needed=True)
        specialty, interests = _line(specialty, "specialty", TITLE), _line(interests, "interests", INTERESTS)
        if ClinicianProfile.objects.filter(body=body, number=number).exists():
            raise refuse(
                "number_taken",
                "This registration stands for another account already.",
                RefusalType.INVALID,
                field="number",
            )
        if ClinicianProfile.objects.filter(user=user).exists():
            raise refuse("registered", "This person is registered already.", RefusalType.INVALID)
        profile = ClinicianProfile(
            user=user, name=name, profession=profession, body=body, number=number, specialty=specialty, scope=scope,
            name_consent=name_consent, interests=interests, interests_on=today(trail.clock),
        )  # fmt: skip
        trail.save(profile)
        trail.record("clinician_registered", f"profile:{profile.pk}", data={"profession": profession, "body": body})
    return profile


def verify_clinician(
    profile: ClinicianProfile, *, actor: User, reader_title: str, specialty: str, scope: str
) -> ClinicianProfile:
    """Notes that `actor` found the clinician in the register today, with specialty and scope, and sets the title that
    readers see. Refuses oneself, whoever is no administrator, and a title that readers could not read."""
    subject = f"profile:{profile.pk}"
    with (
        refusals_recorded(actor=actor, action="verify_clinician", subject=subject),
        audited_write(actor=actor) as trail,
    ):
        check_administrator(trail.actor, profile.user)
        reader_title = _line(reader_title, "reader_title", TITLE, needed=True)
        specialty = _line(specialty, "specialty", TITLE)
        _check_scope(scope)
        profile = ClinicianProfile.objects.get(pk=profile.pk)
        profile.verified_on, profile.verified_by = today(trail.clock), actor
        profile.reader_title, profile.specialty, profile.scope = reader_title, specialty, scope
        trail.save(profile)
        trail.record(
            "clinician_verified", subject, data={"reader_title": reader_title, "specialty": specialty, "scope": scope}
        )
    return profile
