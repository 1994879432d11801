"""The people and the process."""

from reviews.models.account_link import AccountHold, AccountLink
from reviews.models.act import Act
from reviews.models.assignment import Assignment
from reviews.models.certificate import Certificate
from reviews.models.changed_part import ChangedPart
from reviews.models.changeset import ChangeSet
from reviews.models.conflict import Conflict
from reviews.models.counted_try import CountedTry
from reviews.models.entry_subject import EntrySubject
from reviews.models.event import AuditEvent
from reviews.models.grant import ClassGrant, ClassPermission, Grant, MonographPermission
from reviews.models.inbox import InboxReport
from reviews.models.kept import KeptForm
from reviews.models.key_statement import KeyStatement
from reviews.models.look import Look
from reviews.models.misprint import HarmlessMisprint, Misprint
from reviews.models.organisation import Organisation
from reviews.models.people import ClinicianProfile
from reviews.models.presence import Presence
from reviews.models.recheck import Recheck
from reviews.models.remark import Remark
from reviews.models.reminder import Reminder
from reviews.models.report import ProblemReport
from reviews.models.scratch import Scratch
from reviews.models.signoff import SignOff, Unsigning
from reviews.models.spent_code import SpentCode
from reviews.models.written_text import WrittenText

__all__ = [
    "AccountHold",
    "AccountLink",
    "Act",
    "Assignment",
    "AuditEvent",
    "Certificate",
    "ChangeSet",
    "ChangedPart",
    "ClassGrant",
    "ClassPermission",
    "ClinicianProfile",
    "Conflict",
    "CountedTry",
    "EntrySubject",
    "Grant",
    "HarmlessMisprint",
    "InboxReport",
    "KeptForm",
    "KeyStatement",
    "Look",
    "Misprint",
    "MonographPermission",
    "Organisation",
    "Presence",
    "ProblemReport",
    "Recheck",
    "Remark",
    "Reminder",
    "Scratch",
    "SignOff",
    "SpentCode",
    "Unsigning",
    "WrittenText",
]
