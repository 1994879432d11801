"""How a page is made, in plain words, from the table that makes it so."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from monographs.models import TIERS, State
from monographs.public.caching import public
from reviews.access.policy import ROLES
from reviews.review.sign_off_rules import REVIEW_MONTHS
from reviews.workflow import TRANSITIONS, Transition

# What each transition is for readers. One that is not here is a KeyError: nothing is passed over.
_WORDS = {
    "start": ("A new edition begins", "An editor or clinician starts it with the words of the published one."),
    "submit": (
        "It is sent for review",
        "Nobody can change it then, until somebody sends it back with a reason.",
    ),
    "send-back": ("It may be sent back", "With a reason. Signatures that were given on the old words no longer count."),
    "sign": (
        "Clinicians sign it",
        "Each gives their password for exactly these words. Nobody’s signature counts for what they wrote themselves.",
    ),
    "unsign": ("A signature may be taken back", "By the one who gave it, with a reason, before it is published."),
    "publish": ("It is published", "Only with the full set of signatures on every part that changed."),
    "discard": ("It may be given up", "Its history is kept."),
    "withdraw": (
        "A page may be withdrawn at once",
        "Retired: it stays under a banner without doses. Taken down: nothing of it is shown.",
    ),
    "confirm-withdrawal": ("Somebody else confirms that", "A clinician what a publisher did, and the other way round."),
    "still-correct": (
        "Then it is signed again",
        "A clinician who did not write it signs that it is still right.",
    ),
    "reinstate": ("And it comes back", "A publisher who is not that clinician brings it back to its address."),
}
_NEEDS = {
    "high": "a specialist doctor and a pharmacist",
    "standard": "a doctor or pharmacist, and one more registered clinician",
    "low": "a doctor or a pharmacist",
}


@dataclass(frozen=True)
class Step:
    title: str
    words: str
    sources: str
    reason: bool
    attested: bool


def _step(row: Transition) -> Step:
    title, words = _WORDS[row.name]
    sources = " or ".join(State(source).label.lower() for source in row.sources)
    return Step(title, words, sources, row.needs_reason, row.needs_attestation)


@public
def about(request: HttpRequest) -> HttpResponse:
    context = {
        "steps": [_step(row) for row in TRANSITIONS.values() if not row.on_page],
        "on_page": [_step(row) for row in TRANSITIONS.values() if row.on_page],
        "tiers": [(word, _NEEDS[tier], REVIEW_MONTHS[tier]) for tier, word in reversed(TIERS.items())],
        "roles": sorted(ROLES),
    }
    return render(request, "monographs/about.html", context)
