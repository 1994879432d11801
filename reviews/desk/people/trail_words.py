"""What the trail says of an entry, whatever it is about: a sentence for each verb. Those of monographs and of the
library are the history's (reviews.desk.monograph.history_words)."""

from collections.abc import Callable
from typing import Any

from reviews.desk.monograph.history_words import DONE, why
from reviews.models import AuditEvent
from reviews.models.people import name_of

Words = Callable[[dict[str, Any]], str]


def _count(data: dict[str, Any], name: str, one: str, several: str = "") -> str:
    number = data[name] if isinstance(data[name], int) else len(data[name])
    return f"1 {one}" if number == 1 else f"{number} {several or one + 's'}"


# Verb -> what its actor did.
ELSEWHERE: dict[str, Words] = {
    "access_recovered": lambda data: f"made a link by which {data['username']} becomes an administrator again",
    "account_closed": lambda data: f"closed the account {data['username']}",
    "account_email_changed": lambda data: f"gave the account {data['username']} another e-mail address",
    "account_link_made": lambda data: "made a link by which a password is set",
    "account_made": lambda data: f"made the account {data['username']}",
    "account_opened": lambda data: f"opened the account {data['username']} again",
    "accounts_taken_over": lambda data: "noted the accounts that an earlier version left",
    "addresses_forgotten": lambda data: "removed e-mail addresses of readers whose reports were answered long ago",
    "answer_mailed": lambda data: "mailed an answer to a reader",
    "certified": lambda data: f"certified {_count(data, 'publications', 'publication')} of an earlier version",
    "checkpoint_copied": lambda data: "said that the checkpoint file is copied to another system",
    "clinician_registered": lambda data: "noted the registration of a clinician",
    "clinician_verified": lambda data: "looked up a registration and verified it",
    "clock": lambda data: "noted that the clock was set back",
    "email_confirmed": lambda data: f"confirmed the e-mail address of {data['username']}",
    "email_letter_sent": lambda data: "asked for a letter by which an e-mail address is confirmed",
    "factor_added": lambda data: "set up a second factor",
    "factor_removed": lambda data: "removed a second factor",
    "factors_cleared": lambda data: f"removed {_count(data, 'factors', 'second factor')} of somebody else",
    "factors_resealed": lambda data: f"encrypted {_count(data, 'factors', 'second factor')} with the key of now",
    "granted": lambda data: "gave a permission",
    "revoked": lambda data: "took a permission",
    "handed_over": lambda data: "passed the open work of somebody to another person",
    "import_refused": lambda data: "tried to import a file, which was refused",
    "installation_opened": lambda data: f"opened the installation of {data['name']}",
    "interests_declared": lambda data: "declared interests",
    "key_rotated": lambda data: f"let the signing key {data['to_key']} take over from {data['from_key']}",
    "key_revoked": lambda data: (
        f"revoked the signing key {data['key']}; certified again: {_count(data, 'publications', 'publication')}"
    ),
    "locked": lambda data: "closed the sign-in for a while, after too many wrong passwords",
    "mail_refused": lambda data: "noted whom the mail server refused letters for",
    "mail_tried": lambda data: "tried whether letters go out",
    "name_checked": lambda data: "noted whether a code was found under its name",
    "password_changed": lambda data: f"changed the password of {data['username']}, their own",
    "password_rehashed": lambda data: "stored a password in the newer way",
    "password_set": lambda data: "set a password by a link",
    "reauth_failed": lambda data: "gave a wrong password where it is asked again",
    "recovery_code_used": lambda data: "signed in with a recovery code",
    "recovery_codes_made": lambda data: "made new recovery codes",
    "reference_added": lambda data: f"added {_count(data, 'labels', 'reference')} to the library",
    "registration_ended": lambda data: "ended the registration of a clinician here",
    "registration_renewed": lambda data: "looked up a registration again",
    "reindexed": lambda data: "made all that is derived anew",
    "reminded": lambda data: "wrote reminders",
    "reminders_mailed": lambda data: f"mailed {_count(data, 'reminders', 'letter')}",
    "right_asked": lambda data: "asked the administrators for a role",
    "right_declined": lambda data: "declined to give a role that was asked for",
    "role_confirmed": lambda data: "confirmed a role",
    "role_given": lambda data: "gave a role",
    "role_lapsed": lambda data: "ended a role that nobody confirmed",
    "role_taken": lambda data: "took a role",
    "roles_taken_over": lambda data: "took over the roles that an earlier version left",
    "second_factor_failed": lambda data: "gave a wrong second factor",
}
ROLE = {"role_confirmed", "role_given", "role_lapsed", "role_taken"}
# The history names the parts beside it.
EDITED: dict[str, Words] = {"edited": lambda data: f"changed {_count(data, 'touched', 'part')}"}
VERBS: dict[str, Words] = {**DONE, **ELSEWHERE, **EDITED}


def did(event: AuditEvent) -> str:
    """What its actor did, or tried and why that was refused. An entry whose data say less than its verb says today is
    told by its verb alone."""
    data = event.data if isinstance(event.data, dict) else {}
    try:
        words = VERBS[event.verb](data)
        if event.verb == "refused":
            words = f"{words}: {why(data['codes'])}"
        if event.verb in ROLE and isinstance(data.get("role"), str):
            words = f"{words}: {data['role']}"
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return event.verb.replace("_", " ")
    return words


def who(event: AuditEvent) -> str:
    """Its actor, as people call them now."""
    if event.actor:
        return name_of(event.actor)
    return "A reader" if event.verb == "reported" else "System"


def sentence(event: AuditEvent) -> str:
    return f"{who(event)} {did(event)}."


def acts() -> list[tuple[str, str]]:
    """(verb, word) of what an auditor chooses from, by word: refusals first."""
    words = {verb: verb.replace("_", " ").capitalize() for verb in VERBS if verb != "refused"}
    return [("refused", "Refused, whatever it was"), *sorted(words.items(), key=lambda one: one[1])]
