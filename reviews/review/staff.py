"""Whether the people of a house are enough to write, sign and publish an edition, and what would be lost without one of
their grants. Asked of the policy and of the tiers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User

from monographs.models import Monograph, TherapeuticClass
from reviews.access import held, policy
from reviews.models import Grant
from reviews.models.roles import EDIT, PUBLISH, REVIEW, ROLES
from reviews.review import tiers


@dataclass(frozen=True)
class Staff:
    """Those who write, those who sign (with their professions), those who publish, by their keys."""

    writers: frozenset[int]
    signers: Mapping[int, str]
    publishers: frozenset[int]

    def missing(self, tier: str) -> list[str]:
        """Who is still needed for one edition of this tier, in words. Whoever writes it signs nothing of it, so the
        best of them is left out."""
        jobs = [
            [job for pk, job in self.signers.items() if pk != writer] for writer in self.writers
        ]  # fmt: skip
        found = [tiers.ROWS[tier].missing(left) for left in jobs or [list(self.signers.values())]]
        lacking = min(found, key=len)
        return [
            *([] if self.writers else ["somebody who writes"]), *lacking,
            *([] if self.publishers else ["a publisher"]),
        ]  # fmt: skip


def of(people: Iterable[User], thing: Monograph | TherapeuticClass, day: date) -> Staff:
    """Who of these people may do what to this monograph or class."""
    found = list(people)
    return Staff(
        frozenset(one.pk for one in found if policy.is_granted(one, (EDIT,), thing)),
        {one.pk: one.clinician_profile.profession for one in found if _signs(one, thing, day)},
        frozenset(one.pk for one in found if policy.is_granted(one, (PUBLISH,), thing)),
    )


def anywhere(people: Iterable[User], day: date) -> Staff:
    """Who of these people may do it somewhere."""
    found = [(one, {name for role in policy.roles_of(one) for name in ROLES[role].grants}) for one in people]
    return Staff(
        frozenset(one.pk for one, may in found if EDIT in may),
        {one.pk: one.clinician_profile.profession for one, may in found if REVIEW in may and could_sign(one, day)},
        frozenset(one.pk for one, may in found if PUBLISH in may),
    )


def could_sign(user: User, day: date) -> bool:
    """Whether their registration lets them, where a role does."""
    profile = policy.verified_profile(user, day)
    return profile is not None and profile.has_declared(day)


def _signs(user: User, thing: Monograph | TherapeuticClass, day: date) -> bool:
    return could_sign(user, day) and policy.is_granted(user, (REVIEW,), thing)


def lost_without(
    lapsing: Iterable[Grant], people: list[User], pages: Iterable[Monograph], day: date
) -> dict[int, list[Monograph]]:
    """The monographs of which an edition could be published now, and could not be without this grant: by its key.

    `people` are those of `held.everybody`, and each monograph has its class with those above it at hand: then it asks
    nothing of the database."""
    by_pk, found = {one.pk: one for one in people}, dict[int, list[Monograph]]()
    of_page = {one.monograph_id for person in people for one in held.grants_of_known(person)}
    alike: dict[tuple[int, int, str], list[Monograph]] = {}
    for page in pages:  # where no role is held on the page itself, people may do the same on each of its class
        own = page.pk if page.pk in of_page else 0
        alike.setdefault((page.therapeutic_class_id, own, page.tier), []).append(page)
    now = [
        (group, staff) for group in alike.values() if not (staff := of(people, group[0], day)).missing(group[0].tier)
    ]
    for grant in lapsing:
        found[grant.pk] = []
        if (holder := by_pk.get(grant.person_id)) is not None:
            theirs = held.grants_of_known(holder)
            policy.remember(holder, [one for one in theirs if one.pk != grant.pk])
            for group, staff in now:
                if _instead(staff, holder, group[0], day).missing(group[0].tier):
                    found[grant.pk] += group
            policy.remember(holder, theirs)
    return found


def _instead(staff: Staff, holder: User, page: Monograph, day: date) -> Staff:
    """The same people, with what this one holds now."""
    own, pk = of([holder], page, day), {holder.pk}
    return Staff(
        staff.writers - pk | own.writers,
        {key: job for key, job in staff.signers.items() if key != holder.pk} | dict(own.signers),
        staff.publishers - pk | own.publishers,
    )
