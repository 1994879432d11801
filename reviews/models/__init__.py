"""The people and the process."""

from reviews.models.changeset import ChangeSet
from reviews.models.event import AuditEvent
from reviews.models.people import ClassGrant, ClinicianProfile
from reviews.models.signoff import SignOff, Unsigning

__all__ = ["AuditEvent", "ChangeSet", "ClassGrant", "ClinicianProfile", "SignOff", "Unsigning"]
