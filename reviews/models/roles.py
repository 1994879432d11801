"""The roles of the house, and what a grant of each opens."""

from dataclasses import dataclass

EDIT, REVIEW, PUBLISH = "edit_monographs", "review_monographs", "publish_monographs"
WARN = "warn_monographs"
ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Role:
    """A role: what it may be granted on a class or a monograph, and which actions it opens in every class. To add one:
    a row here; a permission of its own also needs a line in TherapeuticClass and Monograph, its migration, and the
    rules of the policy that ask for it."""

    name: str
    grants: tuple[str, ...] = ()
    everywhere: frozenset[str] = frozenset()


# Auditors and administrators hold no transition.
ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role("editor", (EDIT,), frozenset({"keep_library"})),
        Role("clinician", (EDIT, REVIEW), frozenset({"keep_library"})),
        Role("publisher", (PUBLISH,)),
        Role("on-call", (WARN,)),
        Role("auditor", everywhere=frozenset({"read", "read_trail"})),
        Role(ADMINISTRATOR, everywhere=frozenset({"manage_people"})),
    )
}


def holding(permission: str) -> list[Role]:
    """The roles that may be granted this permission: the first is the one that people are told to ask for."""
    return [role for role in ROLES.values() if permission in role.grants]
