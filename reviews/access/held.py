"""Who may do what: everybody in the house, asked of the policy itself, with the grants behind each right."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Prefetch, QuerySet

from monographs.standing import today
from reviews.access import factors, holds, policy
from reviews.models import Grant

# What is asked of a class or a monograph, and what of the house as a whole.
ON_PAGES = (
    "read", "create", "edit", "start", "submit", "sign", "unsign", "declare-conflict", "assign", "publish", "withdraw",
    "confirm-withdrawal", "still-correct", "full-review", "no-change", "reinstate", "withhold", "warn", "correct",
    "call_harmless", "move", "look_at_report", "answer_report", "close_harm_report", "close_recheck",
)  # fmt: skip
OF_THE_HOUSE = ("use_desk", "keep_library", "drop_trait", "answer_site_report", "read_trail", "manage_people")


@dataclass(frozen=True)
class Right:
    """That somebody may do something, and each grant of theirs that alone opens it."""

    person: User
    grants: tuple[Grant, ...]


def grants_of(user: User) -> list[Grant]:
    """What somebody holds today, with its places."""
    return list(_counting().filter(person=user))


def everybody(*, closed: bool = False) -> list[User]:
    """Everybody whose account is open (`closed`: and whoever left), what they hold, and by what they are held. Three
    queries, however many they are."""
    people = User.objects.all()
    return _with_grants(people if closed else people.filter(is_active=True))


def _with_grants(people: "QuerySet[User]", grants: Any = None) -> list[User]:
    people = people.select_related("clinician_profile").order_by("pk")
    found: Any = list(
        people.prefetch_related(Prefetch("grants", _counting() if grants is None else grants, to_attr="held"))
    )
    for one in found:
        policy.remember(one, grants_of_known(one))
    holds.remember(found)
    return list(found)


def administrators() -> list[User]:
    """Those who look after people. Nobody else's rights are read."""
    counting = Grant.objects.counting(today())
    holding = counting.filter(role__in=policy.opening("manage_people"))
    people = _with_grants(User.objects.filter(is_active=True, pk__in=holding.values("person")), counting)
    return [one for one in people if policy.can(one, "manage_people")]


def helpers() -> list[User]:
    """The administrators who can be asked: those who can sign in, if one can."""
    found = administrators()
    return factors.able(found) or found


def who_may(action: str, thing: Any = None, people: list[User] | None = None) -> list[Right]:
    """Everybody who may do this to a class or a monograph, or in the house. `people` are those of `everybody`, asked
    for many actions at once."""
    return [
        Right(one, _behind(one, action, thing))
        for one in (everybody() if people is None else people)
        if policy.can(one, action, thing)
    ]


def who_may_do_what(thing: Any = None) -> dict[str, list[Right]]:
    """Each action that can be asked of this class or monograph (None: of the house), and who may do it."""
    people = everybody()
    return {action: who_may(action, thing, people) for action in (OF_THE_HOUSE if thing is None else ON_PAGES)}


def _counting() -> Any:
    return Grant.objects.counting(today()).select_related("therapeutic_class", "monograph__live__edition")


def grants_of_known(user: Any) -> list[Grant]:
    """What somebody holds of whom `everybody` told: at hand, without a query."""
    found: list[Grant] = user.held
    return found


def _behind(user: User, action: str, thing: Any) -> tuple[Grant, ...]:
    """Each grant that would do alone: the policy is asked as if there were no other."""
    found = []
    for one in grants_of_known(user):
        policy.remember(user, [one])
        if policy.can(user, action, thing):
            found.append(one)
    policy.remember(user, grants_of_known(user))
    return tuple(found)
