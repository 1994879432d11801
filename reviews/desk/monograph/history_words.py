"""What the history says of an entry: what its actor did or tried, and in a few words why that was refused.

The words of a transition stand in its row; here is the rest. A verb that is in neither is a KeyError: nothing is passed
over.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from monographs.overlay_kinds import OVERLAY_KINDS, kind_of
from reviews.desk.base import and_list
from reviews.models.remark import OUTCOMES
from reviews.workflow import TRANSITIONS

# Action -> after "tried to".
TRIED: dict[str, str] = {
    **{row.name: row.words.tried for row in TRANSITIONS.values()},
    **{row.place: row.tried for row in OVERLAY_KINDS.values() if row.tried},
    "new": "start this monograph",
    "set_tier": "set the tier",
    "ask_for_tier": "ask for a higher tier",
    "move": "give it another address",
    "edit": "change it",
    "import": "import an edition",
    "read": "open what they may not open",
    "answer_report": "answer a report",
    "close_reports": "close reports as junk",
    "look_at_report": "say that they are looking at a report",
    "take_in_reports": "take in reports",
    "call_harmless": "say that what the page prints is harmless",
    "countersign": "countersign a warning",
    "close_recheck": "say what the review of a signature found",
    "lift": "end a notice on it",
    "answer_remark": "answer a remark",
    "reopen_remark": "take back an answer to a remark",
    "assign": "ask somebody to sign",
    "end_assignment": "end that somebody is asked to sign",
    "take_over": "take over what the library says now",
    "leave_copy": "leave what it copied from the library",
    "change_drug": "change the drug",
    "rename_drug": "give the drug another name",
    "merge_drug": "merge the drug into another",
    "retire_drug": "retire the drug",
    "bring_back_drug": "let the drug be used again",
    "make_class": "make the class",
    "rename_class": "give the class another name",
    "move_class": "move the class",
    "set_floor": "set below which tier nothing in the class may be",
    "retire_class": "retire the class",
    "bring_back_class": "let the class be used again",
}
NAMED = 5  # reports that an entry calls by their numbers


def _reports(pks: Sequence[int]) -> str:
    named = f" ({and_list(f'R-{pk}' for pk in pks)})" if len(pks) <= NAMED else ""
    return f"a report of a reader{named}" if len(pks) == 1 else f"{len(pks)} reports of readers{named}"


def _parts(count: int) -> str:
    return "1 part" if count == 1 else f"{count} parts"


def _assigned(data: dict[str, Any]) -> str:
    instead = f", in the place of {data['instead']}" if data.get("instead", data["name"]) != data["name"] else ""
    return f"asked {data['name']} to sign edition {data['edition']} by {_day(data['due_on'])}{instead}"


def _day(given: str) -> str:
    day = date.fromisoformat(given)
    return f"{day.day} {day:%B %Y}"


OF_A_DRUG = {"names": "its other names", "brands": "its brands", "codes": "its codes", "traits": "its traits"}
# By which act the library changed -> what is told where it was copied.
LIBRARY = {
    "drug_changed": "changed names, brands or codes of its drug in the library",
    "drug_renamed": "gave its drug another name in the library",
    "drug_merged": "merged its drug with another in the library",
    "class_renamed": "gave a class of it another name",
    "class_moved": "moved its class, or one above it",
    "class_retired": "retired its class and moved it to another",
}
# Verb -> what its actor did, from the entry's data.
DONE: dict[str, Callable[[dict[str, Any]], str]] = {
    **{row.entry: row.words.history for row in TRANSITIONS.values()},
    "begun": lambda data: f"started this monograph with edition 1, {data['tier']} tier",
    "edited": lambda data: "changed",
    "moved": lambda data: f"moved it from {data['from_slug']} to {data['to_slug']}",
    "tier_asked": lambda data: f"asked for the {data['to_tier']} tier",
    "tier_set": lambda data: f"set the tier: {data['from_tier']} to {data['to_tier']}",
    **{row.entry: row.words.history for row in OVERLAY_KINDS.values() if not row.is_withdrawal},
    "placed": lambda data: kind_of(data["kind"]).words.history(data),
    "countersigned": lambda data: f"countersigned the {kind_of(data.get('kind', 'warning')).label.lower()}",
    "lifted": lambda data: f"ended {kind_of(data['kind']).label.lower()}",
    "reported": lambda data: f"reported a problem with the page (R-{data['report']})",
    "reports_taken_in": lambda data: f"took in {_reports(data['reports'])}",
    "report_answered": lambda data: f"answered the report R-{data['report']}",
    "reports_closed": lambda data: f"closed {_reports(data['reports'])} as not about our pages",
    "report_looked_at": lambda data: f"began to look at {_reports(data['reports'])}",
    "reports_reopened": lambda data: f"opened {_reports(data['reports'])} again: what had closed it was undone",
    "reports_given_back": lambda data: f"gave {_reports(data['reports'])} back",
    "rechecks_opened": lambda data: "opened a review: it rests on the signature of somebody who may not sign any more",
    "recheck_closed": lambda data: "said what the review of a signature found",
    "remark_answered": lambda data: f"said of a remark on “{data['label']}”: {OUTCOMES[data['outcome']].lower()}",
    "remark_reopened": lambda data: f"took back what was said of a remark on “{data['label']}”",
    "assigned": _assigned,
    "assignment_declined": lambda data: f"declined to sign edition {data['edition']}",
    "assignment_taken_off": lambda data: f"asks {data['name']} no more to sign edition {data['edition']}",
    "called_harmless": lambda data: f"said that what the page prints in {data['label']} is harmless",
    "library_changed": lambda data: LIBRARY[data["by"]],
    "copy_taken": lambda data: f"took over into edition {data['edition']} what the library says",
    "copy_left": lambda data: f"left in edition {data['edition']} what it had copied",
    "parts_copied": lambda data: f"copied {_parts(len(data['parts']))} from {data['from']}, edition {data['of']}",
    "drug_added": lambda data: f"added the drug {data['name']}",
    "drug_changed": lambda data: f"changed {and_list(OF_A_DRUG[name] for name in data['changed'])}",
    "drug_renamed": lambda data: f"renamed it from {data['from_name']} to {data['to_name']}",
    "drug_merged": lambda data: f"merged it into {data['into']}",
    "drug_retired": lambda data: "retired it: nothing new begins on it",
    "drug_back": lambda data: "said that it is in use again",
    "class_added": lambda data: f"added the class {data['name']}",
    "class_renamed": lambda data: f"renamed it from {data['from_name']} to {data['to_name']}",
    "class_moved": lambda data: f"moved it from {data['from_parent'] or 'the top'} to {data['to_parent'] or 'the top'}",
    "class_floor_set": lambda data: (
        f"set its lowest tier: {data['from_tier'] or 'none'} to {data['to_tier'] or 'none'}"
    ),
    "class_retired": lambda data: (
        "retired it: nothing new begins in it"
        + (f"; moved to {data['to_class']}: {', '.join(data['monographs'])}" if "to_class" in data else "")
    ),
    "class_back": lambda data: "said that it is in use again",
    "refused": lambda data: f"tried to {TRIED.get(data['action'], data['action'].replace('_', ' '))}",
}
# Codes of refusals in a few words. The sentence that the person read also named what to do then.
WHY = {
    "remark_unanswered": "a remark of a reviewer had no answer",
    "not_answered": "it had no answer",
    "too_many_requests": "too much was asked of the administrators",
    "asked_already": "it was asked already",
    "assigned_already": "the person was asked to sign it already",
    "assignment_ended": "that had ended meanwhile",
    "cannot_sign": "the person could not sign it",
    "person": "nobody was chosen",
    "due_on": "no day was given, or none within a year",
    "fills_no_place": "the tier left no place for their profession",
    "not_asked": "nothing was asked",
    "too_many_letters": "too many letters were asked for",
    "way": "how they get their link was not chosen",
    "proofing": "proofing found what must be mended",
    "proofing_reason": "nobody said why words that proofing asked about may stand",
    "alike": "a name like it is there",
    "not_to_copy": "it is not published, or its page is withdrawn or corrected",
    "link_refused": "the address leads where nothing is opened",
    "counts_for_nothing": "they wrote or suggested everything that changed",
    "not_granted": "they do not have permission in this class",
    "wrong_state": "the edition was in another state",
    "stale": "the edition was changed meanwhile",
    "signed_already": "they had signed already",
    "not_covered": "signatures were missing",
    "only_signer": "they were the only signer",
    "signer_lapsed": "a signature no longer counts",
    "no_profile": "they have no clinician’s profile",
    "not_verified": "their registration is not verified",
    "lapsed": "their registration was verified too long ago",
    "found_already": "somebody had said already what they found",
    "own_signature": "it was about their own signature",
    "nobody_goes_on": "nobody was named to take up the work",
    "no_mail": "the mail server took no letter",
    "nothing_rests": "no page waited for a review",
    "register_date": "the day of the register was not one of the last 30",
    "registration_ended": "their registration was ended",
    "interests_overdue": "their interests were not declared in the last 12 months",
    "verified_by_contributor": "whoever verified them worked on the edition",
    "nothing_changed": "nothing differs from the published edition",
    "tier_below_floor": "the tier is lower than the drug, its class or a critical notice allows",
    "tier": "there is no such tier",
    "tier_changed": "somebody else set the tier meanwhile",
    "tier_suffices": "nothing asked for a higher tier",
    "no_checkpoint": "the checkpoint file cannot be written",
    "reason": "no reason was given",
    "tick": "the checklist was not complete",
    "interests": "no interests were declared",
    "paid_by_maker": "they have pay or shares from a maker",
    "attestation": "no password was given",
    "attestation_expired": "the password was given too long before",
    "changed_meanwhile": "somebody else saved the part meanwhile",
    "not_a_draft": "the edition is not a draft",
    "open_edition": "an edition is open",
    "problems": "it had problems",
    "slug_taken": "the address was taken",
    "drug_exists": "the drug was there already",
    "label_taken": "another reference has this label",
    "invalid": "it held what may not be stored",
    "contributed": "they worked on the edition",
    "done_already": "it was done already",
    "sent_twice": "it was sent twice at a time",
    "not_signed": "they had not signed",
    "not_live": "another edition is published",
    "not_the_latest": "a later edition was discarded",
    "not_of_this_monograph": "it belongs to another monograph",
    "withdrawn_already": "it was withdrawn already",
    "not_withdrawn": "it was not withdrawn",
    "page_withdrawn": "the page was withdrawn",
    "own_withdrawal": "they had withdrawn it themselves",
    "other_role": "somebody of the other role must",
    "confirmed_already": "it was confirmed already",
    "not_vouched": "no clinician had signed that it is still correct",
    "own_warning": "the warning was their own",
    "not_pharmacist": "they are not a pharmacist",
    "no_account": "nobody signs in by that name",
    "no_link": "the link opened nothing",
    "no_lift": "it is ended in another way",
    "not_said": "no published edition says that",
    "not_one_place": "the words stand in several places",
    "places_changed": "the words are no longer there",
    "added_already": "it was added already",
    "another_monograph": "another monograph is there",
    "answered_already": "it was answered already",
    "busy": "somebody else was writing",
    "code": "the code was wrong",
    "recovery_session": "they had signed in with a recovery code",
    "new_password": "the new password would not do",
    "passkey": "the passkey did not answer as it should",
    "no_factor": "there was no second factor yet",
    "no_such_factor": "it was not there any more",
    "last_factor": "it was the only second factor",
    "too_many_passkeys": "they had as many passkeys as an account may have",
    "characters": "it held characters that may not be stored",
    "administrators": "there were not two administrators",
    "classes": "it was no list of classes",
    "closed_already": "the account was closed already",
    "class_exists": "the class was there already",
    "class_path": "the page would have named another class",
    "email": "the e-mail address was not valid",
    "email_taken": "another account has the e-mail address",
    "ended_already": "it had ended already",
    "harm": "no harm was chosen",
    "held": "somebody else had a hand in how they sign in, less than 24 hours before",
    "issued": "no day of issue was given",
    "kind": "no kind was chosen",
    "link": "no address of the regulator’s text was given",
    "missing": "words were missing",
    "monographs": "too many monographs were chosen, or none",
    "name": "the name could not be used",
    "held_already": "they hold this role there already",
    "lapsed_grant": "the grant had lapsed",
    "place": "this role is held everywhere or not at all",
    "no_administrator": "they are not an administrator",
    "no_role": "they do not have the role",
    "no_such_class": "there is no such class",
    "no_such_part": "there is no such part",
    "no_such_role": "there is no such role",
    "not_published": "nothing is published there",
    "nothing_differs": "it was what the draft said already",
    "number": "the registration number was not valid",
    "number_taken": "the registration belongs to another account",
    "oneself": "it was about themselves",
    "open_already": "the account was open already",
    "outcome": "no outcome was chosen",
    "could_harm": "one of them could harm",
    "number_of_reports": "none was chosen, or too many",
    "not_yours": "one of them was not theirs to answer",
    "not_done": "it said that something was done which was not",
    "act_ended": "what it named had ended",
    "looking_already": "they were looking at it already",
    "looked_at_meanwhile": "somebody else had begun to look at it",
    "not_looking": "somebody else was looking at it, or nobody",
    "password": "the password was wrong or missing",
    "patient_data": "it held a patient’s number",
    "profession": "there is no such profession",
    "registered": "the person was registered already",
    "regulator": "no regulator was chosen",
    "same": "both were the same words",
    "scope": "it was not said whom they treat",
    "status": "there is no such outcome of a check",
    "severity": "no severity was chosen",
    "slug": "the address was not valid",
    "technician": "technicians may not sign",
    "title": "the title could not be used",
    "too_long": "it was too long",
    "too_many_references": "there were too many references",
    "traits": "there is no such trait of a drug",
    "username": "the name to sign in by could not be used",
    "username_taken": "somebody signs in by this name already",
    "withheld_already": "it was withheld already",
    "holds_grant": "they hold a role on the way to the class",
    "in_use": "a class below it is in use",
    "merged": "the drug was merged into another",
    "not_retired": "it is in use",
    "nothing_to_decide": "nothing was open to be decided",
    "retired": "it was retired",
    "ring": "the class would have stood below itself",
}


def why(codes: Sequence[str]) -> str:
    """The reasons of a refusal, each once."""
    codes = ["problems" if code.startswith("problem_") else code for code in codes]
    return and_list(dict.fromkeys(WHY.get(code, code.replace("_", " ")) for code in codes))
