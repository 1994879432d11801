"""Who may do what: the one policy, asked by view, template, API and `perform` alike.

`can(user, action, thing)` answers yes or no, `refusals(user, action, thing)` says why not. A person holds a role by a
grant: everywhere, on a therapeutic class and all below it, or on one monograph; a grant that nobody confirmed for six
months counts no more. Django's flag of a superuser opens nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime

from monographs.models import Edition, Monograph, Overlay, TherapeuticClass
from monographs.questions import Kept
from monographs.standing import today
from reviews.access import holds
from reviews.access.refusals import Refusal
from reviews.audit.trail import is_recovering
from reviews.models import ChangeSet, ClinicianProfile, Grant
from reviews.models.grant import CONFIRMED_EVERY
from reviews.models.roles import EDIT, PUBLISH, REVIEW, ROLES, WARN, holding

Person = User | AnonymousUser  # who asks: nobody may be signed in
_RIGHTS, _BELOW = "_rights", "_below"  # what is kept on the object of a user


@dataclass(frozen=True)
class Rights:
    """What the grants of somebody open: the roles that they hold anywhere, and permissions by place."""

    roles: frozenset[str] = frozenset()
    everywhere: frozenset[str] = frozenset()
    on_classes: frozenset[tuple[int, str]] = frozenset()
    on_monographs: frozenset[tuple[int, str]] = frozenset()


def opening(action: str) -> list[str]:
    return [role.name for role in ROLES.values() if action in role.everywhere]


def rights_of(user: Person) -> Rights:
    """What somebody holds today: one query, kept on this user object for its life (a request)."""
    if not (user.is_authenticated and user.is_active):
        return Rights()
    if not hasattr(user, _RIGHTS):
        setattr(user, _RIGHTS, _rights(_granted(user.pk, today() - CONFIRMED_EVERY)))
    kept: Rights = getattr(user, _RIGHTS)
    return kept


@Kept
def _granted(person: int, since: date) -> QuerySet[Any]:
    return Grant.objects.said_since(since).filter(person=person).values_list("role", "therapeutic_class", "monograph")


def _rights(rows: Iterable[tuple[str, int | None, int | None]]) -> Rights:
    """Of grants as (role, class, monograph). A role that this version does not know opens nothing."""
    known = [row for row in rows if row[0] in ROLES]
    places = [(place, page, name) for role, place, page in known for name in ROLES[role].grants]
    return Rights(
        roles=frozenset(role for role, _place, _page in known),
        everywhere=frozenset(name for place, page, name in places if place is None and page is None),
        on_classes=frozenset((place, name) for place, _page, name in places if place is not None),
        on_monographs=frozenset((page, name) for _place, page, name in places if page is not None),
    )


def look_up(people: Iterable[User]) -> None:
    """Looks up at once what these people hold, for `rights_of`: those of whom it is not known yet."""
    asked = {one.pk: one for one in people if not hasattr(one, _RIGHTS)}
    rows = Grant.objects.counting(today()).filter(person__in=asked) if len(asked) > 1 else ()
    held: dict[int, list[Grant]] = {pk: [] for pk in asked}
    for row in rows:
        held[row.person_id].append(row)
    for pk, one in asked.items() if len(asked) > 1 else ():
        remember(one, held[pk])


def remember(user: User, grants: Iterable[Grant]) -> None:
    """Keeps what somebody holds, as it was read for many at once (reviews/access/held.py)."""
    setattr(user, _RIGHTS, _rights((one.role, one.therapeutic_class_id, one.monograph_id) for one in grants))


def roles_of(user: Person) -> frozenset[str]:
    """The roles that somebody holds, wherever."""
    return rights_of(user).roles


def opens(user: Person, action: str) -> bool:
    """Whether a role of the user opens this action in every class."""
    return any(action in ROLES[name].everywhere for name in roles_of(user))


def is_granted(user: Person, permissions: Iterable[str], thing: Any) -> bool:
    """Whether one of these permissions is granted to the user: everywhere, on this monograph (or that of this edition
    or notice), on its class (or this class), or on a class above it."""
    rights, wanted = rights_of(user), frozenset(permissions)
    if rights.everywhere & wanted:
        return True
    page = _page_of(thing)
    if page is not None and any((page, name) in rights.on_monographs for name in wanted):
        return True
    return bool(rights.on_classes) and any(
        (step.pk, name) in rights.on_classes for step in _class_of(thing).path() for name in wanted
    )


_written = Kept(lambda key: ChangeSet.objects.filter(edition=key).once("actor_id", "credits"))


def contributed(user: Person, edition: Edition) -> bool:
    """Whether the user made a change set of this edition, or is credited in one."""
    for actor, credits in _written(edition.pk):
        if actor == user.pk or any(user.pk in authors for authors in credits.values()):
            return True
    return False


def verified_profile(user: Person, on: date | None = None) -> ClinicianProfile | None:
    """The registration under which somebody acts as a clinician: looked up within the 12 months before this day, else
    before today. One query, kept on this user object."""
    profile = getattr(user, "clinician_profile", None)
    return profile if profile is not None and profile.is_verified(on or today()) else None


def _class_of(thing: Any) -> TherapeuticClass:
    if isinstance(thing, (Edition, Overlay)):
        thing = thing.monograph
    return thing.therapeutic_class if isinstance(thing, Monograph) else thing


def _page_of(thing: Any) -> int | None:
    """The key of its monograph; None for a class."""
    if isinstance(thing, (Edition, Overlay)):
        return thing.monograph_id
    return thing.pk if isinstance(thing, Monograph) else None


Rule = Callable[[Any, Any], Refusal | None]


def _all(*rules: Rule) -> Rule:
    """The first reason of several rules."""

    def rule(user: Person, thing: Any) -> Refusal | None:
        return next((refusal for one in rules if (refusal := one(user, thing))), None)

    return rule


def _you_need(roles: Iterable[str], therapeutic_class: TherapeuticClass | None = None) -> str:
    where = f" for “{therapeutic_class}”" if therapeutic_class else ""
    return f"You need the {' or '.join(roles)} role{where}. Ask your administrator."


def _needs(*permissions: str) -> Rule:
    def rule(user: Person, thing: Any) -> Refusal | None:
        if is_granted(user, permissions, thing):
            return None
        sentence = _you_need((holding(name)[0].name for name in permissions), _class_of(thing))
        return Refusal("not_granted", sentence)

    return rule


def _needs_or_contributor(*permissions: str) -> Rule:
    granted = _needs(*permissions)

    def rule(user: Person, edition: Edition) -> Refusal | None:
        refusal = granted(user, edition)
        own = refusal is not None and user.is_authenticated and user.is_active and contributed(user, edition)
        return None if own else refusal

    return rule


def _may_read(user: Person, thing: Any) -> Refusal | None:
    if opens(user, "read") or is_granted(user, (EDIT, REVIEW, PUBLISH), thing):
        return None
    return Refusal("not_granted", f"You need a role for “{_class_of(thing)}”. Ask your administrator.")


def _may_set_tier(user: Person, monograph: Monograph) -> Refusal | None:
    if refusal := _needs(REVIEW)(user, monograph):
        return refusal
    # Since the one that readers see: the open one, and those that were discarded.
    live = monograph.live
    for edition in monograph.editions.filter(number__gt=live.number if live else 0).order_by("-number"):
        if contributed(user, edition):
            which = "this edition" if edition.is_open else f"edition {edition.number}, which was discarded"
            return Refusal("contributed", f"You worked on {which}. A clinician who did not can set the tier.")
    return None


def _is_verified(user: Person, _thing: Any) -> Refusal | None:
    if verified_profile(user):
        return None
    return Refusal(
        "not_verified",
        "Your registration was not verified in the last 12 months. Ask your administrator to verify it.",
    )


def _is_pharmacist(user: Person, _thing: Any) -> Refusal | None:
    profile = verified_profile(user)
    if profile is not None and profile.profession == "pharmacist":
        return None
    return Refusal("not_pharmacist", "A pharmacist judges the harm of an error. Ask one of this class.")


def _is_not_own(code: str, sentence: str) -> Rule:
    def rule(user: Person, overlay: Overlay) -> Refusal | None:
        return Refusal(code, sentence) if overlay.by_id == user.pk else None

    return rule


def confirming(overlay: Overlay) -> str:
    """What whoever signs an overlay as the second must be granted: for a warning to review; for a withdrawal to review
    what a publisher did, and to publish what a clinician did (docs/clinical/safety_notices.md)."""
    return PUBLISH if overlay.row.is_withdrawal and overlay.by_role == "clinician" else REVIEW


def _of_other_role(user: Person, overlay: Overlay) -> Refusal | None:
    wanted = confirming(overlay)
    if is_granted(user, (wanted,), overlay):
        return None
    other = "publisher" if wanted == PUBLISH else "clinician"
    return Refusal("other_role", f"A {overlay.by_role} withdrew it, so a {other} must confirm it.")


def _may_confirm_withdrawal(user: Person, thing: Any) -> Refusal | None:
    """Asked of an edition: whether they could confirm any withdrawal of its page; of a withdrawal: whether this one."""
    if refusal := _needs(REVIEW, PUBLISH)(user, thing):
        return refusal
    return _confirms(user, thing) if isinstance(thing, Overlay) else None


_confirms = _all(
    _is_not_own("own_withdrawal", "You withdrew it yourself. Somebody else must confirm it."), _of_other_role
)


def _may_lift(user: Person, overlay: Overlay) -> Refusal | None:
    """The rule that the row of its kind names."""
    if overlay.row.is_lifted:
        return RULES[overlay.row.lift](user, overlay)
    return Refusal("no_lift", "This notice cannot be ended on its own.")


def _has_role(*names: str) -> Rule:
    def rule(user: Person, _thing: Any) -> Refusal | None:
        if roles_of(user) & set(names):
            return None
        any_role = set(names) == set(ROLES)
        words = "You have no role yet. Ask your administrator." if any_role else _you_need(names)
        return Refusal("no_role", words)

    return rule


def _closes_harm(user: Person, monograph: Monograph | None) -> Refusal | None:
    """Of a report that could harm: about a page, or about none."""
    if is_granted(user, (REVIEW,), monograph) if monograph else signs(user):
        return None
    where = f" for “{_class_of(monograph)}”" if monograph else ""
    return Refusal("not_granted", f"It could harm, so a clinician{where} closes it, and nobody else.")


def _administers(user: Person, _thing: Any) -> Refusal | None:
    if opens(user, "manage_people"):
        return None
    return Refusal("no_administrator", "You need the administrator role. Ask your administrator.")


def _has_open_account(user: Person, _thing: Any) -> Refusal | None:
    """Asked before somebody states their own registration or interests, which needs no role."""
    return None if user.is_authenticated and user.is_active else Refusal("closed_already", "This account is closed.")


RULES: dict[str, Rule] = {
    "read": _may_read,
    "create": _needs(EDIT),
    "edit": _needs(EDIT),
    "start": _needs(EDIT),
    "submit": _needs(EDIT),
    "send-back": _needs_or_contributor(REVIEW, PUBLISH),
    "sign": _needs(REVIEW),
    "unsign": _needs(REVIEW),
    "declare-conflict": _needs(REVIEW),
    "assign": _needs(EDIT, REVIEW, PUBLISH),
    "publish": _needs(PUBLISH),
    "discard": _needs_or_contributor(PUBLISH),
    "withdraw": _needs(REVIEW, PUBLISH),
    "confirm-withdrawal": _may_confirm_withdrawal,
    "still-correct": _needs(REVIEW),
    "full-review": _needs(REVIEW),
    "no-change": _needs(REVIEW),
    "reinstate": _needs(PUBLISH),
    "withhold": _needs(REVIEW, PUBLISH),
    "warn": _all(_needs(WARN), _is_verified),
    "countersign": _all(
        _needs(REVIEW),
        _is_verified,
        _is_not_own("own_warning", "You added this warning. Another clinician must sign it too."),
    ),
    "end-warning": _all(
        _needs(WARN),
        _is_verified,
        _is_not_own("own_warning", "You added this warning. Another clinician on call must end it."),
    ),
    "correct": _all(_needs(REVIEW), _is_verified, _is_pharmacist),
    "call_harmless": _all(_needs(REVIEW), _is_verified),
    "close_recheck": _all(_needs(REVIEW), _is_verified),
    "lift": _may_lift,
    "move": _needs(PUBLISH),
    "answer_report": _needs(EDIT, REVIEW),
    "close_harm_report": _all(_closes_harm, _is_verified),
    "look_at_report": _needs(EDIT, REVIEW, PUBLISH),
    "answer_site_report": _has_role("editor", "clinician", "publisher"),
    "set_tier": _may_set_tier,
    "use_desk": _has_role(*ROLES),
    "state_own": _has_open_account,
    "keep_library": _has_role(*opening("keep_library")),
    "drop_trait": _has_role("clinician"),
    "read_trail": _has_role(*opening("read_trail")),
    "manage_people": _administers,
}


# What a session may do that was begun with a recovery code: what must not wait until a phone is found.
IN_RECOVERY = frozenset({"use_desk", "read", "read_trail", "warn", "withdraw", "withhold"})


def _in_recovery(user: Person, action: str) -> Refusal | None:
    if action in IN_RECOVERY or not is_recovering(user):
        return None
    return Refusal(
        "recovery_session",
        "You signed in with a recovery code: with it you can read, warn, withhold and withdraw. For the rest, set up "
        "an app or a passkey under “My account”, and sign in with it.",
    )


# What waits while somebody is held: to vouch for words or for people. What keeps harm from readers does not wait.
WAITS = frozenset(
    {
        "sign", "still-correct", "full-review", "no-change", "publish", "reinstate", "countersign", "end-warning",
        "correct", "call_harmless", "close_harm_report", "set_tier", "manage_people",
    }
)  # fmt: skip


def _held(user: Person, action: str) -> Refusal | None:
    if action not in WAITS or not isinstance(user, User) or not (until := holds.held_until(user)):
        return None
    when = date_format(localtime(until), "H:i \\o\\n j F Y")
    return Refusal(
        "held",
        f"How you sign in was changed by somebody else, or after a recovery code. Until {when} you do not sign, "
        "publish or administer. If it was not asked for by you, tell your administrator now.",
    )


def refusals(user: Person, action: str, thing: Any = None) -> list[Refusal]:
    """Why the user may not do this to the thing; an empty list if they may. Unknown actions raise KeyError."""
    refusal = RULES[action](user, thing) or _in_recovery(user, action) or _held(user, action)
    return [refusal] if refusal else []


def can(user: Person, action: str, thing: Any = None) -> bool:
    return not refusals(user, action, thing)


def is_entitled(user: Person, action: str, thing: Any = None) -> bool:
    """Whether somebody has the right, however they signed in: what they did by it counts while they are held."""
    return RULES[action](user, thing) is None


def role_on_page(user: Person, thing: Any) -> str:
    """In which of the two roles somebody acts on a published page: whoever may publish acts as a publisher."""
    return "publisher" if is_granted(user, (PUBLISH,), thing) else "clinician"


def signs(user: Person) -> bool:
    """Whether a role of the user signs, in whatever class."""
    return any(role.name in roles_of(user) for role in holding(REVIEW))


def title_of(user: Person) -> str:
    """What readers are told of somebody who acts on a page: the verified title of a clinician, else the role."""
    profile = getattr(user, "clinician_profile", None)
    if profile is None or profile.verified_on is None or profile.ended_on is not None:
        return "publisher"
    title: str = profile.reader_title
    return title


def reads_all(user: Person) -> bool:
    """Whether no monograph is closed to this user on the desk."""
    return opens(user, "read") or bool(rights_of(user).everywhere)


def readable(user: Person) -> QuerySet[Monograph]:
    """The monographs that a user may open on the desk. The classes in which, and below, they hold something are kept on
    this user object for its life, as their rights are."""
    monographs, rights = Monograph.objects.for_desk(), rights_of(user)
    if reads_all(user):
        return monographs
    roots, pages = {pk for pk, _name in rights.on_classes}, {pk for pk, _name in rights.on_monographs}
    kept: dict[frozenset[int], set[int]] = user.__dict__.setdefault(_BELOW, {})
    key = frozenset(roots)
    if key not in kept:
        kept[key] = _with_those_below(roots)
    return monographs.filter(Q(therapeutic_class__in=kept[key]) | Q(pk__in=pages))


def _with_those_below(roots: set[int]) -> set[int]:
    ours, waiting, children = set(roots), list(roots), dict[int, list[int]]()
    for pk, parent in TherapeuticClass.objects.values_list("pk", "parent_id") if roots else ():
        children.setdefault(parent, []).append(pk)
    while waiting:
        below = [pk for pk in children.get(waiting.pop(), ()) if pk not in ours]
        ours.update(below)
        waiting.extend(below)
    return ours
