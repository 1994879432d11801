"""The states of an edition, and their group: `reviews/workflow.py` says how one leads to the next."""

from django.db import models


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    CLINICIAN_REVIEWED = "clinician_reviewed", "Clinician reviewed"
    PUBLISHED = "published", "Published"
    SUPERSEDED = "superseded", "Superseded"
    DISCARDED = "discarded", "Discarded"


# Somebody works on it. At most one a monograph.
OPEN_STATES = (State.DRAFT, State.IN_REVIEW, State.CLINICIAN_REVIEWED)
