"""How a page is made, in plain words, from the table that makes it so."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from monographs.models import State
from monographs.public.caching import public
from reviews.review import tiers
from reviews.review.transition import Transition
from reviews.workflow import TRANSITIONS


@dataclass(frozen=True)
class Step:
    title: str
    words: str
    sources: str
    reason: bool
    attested: bool


def _step(row: Transition) -> Step:
    title, words = row.words.public
    sources = " or ".join(State(source).label.lower() for source in row.sources)
    return Step(title, words, sources, row.needs_reason, row.needs_attestation)


@public
def about(request: HttpRequest) -> HttpResponse:
    context = {
        "steps": [_step(row) for row in TRANSITIONS.values() if not row.on_page],
        "on_page": [_step(row) for row in TRANSITIONS.values() if row.on_page],
        "tiers": [(row.label, row.who, row.months) for row in reversed(tiers.ROWS.values())],
    }
    return render(request, "monographs/about.html", context)
