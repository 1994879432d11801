"""Who may do what: for everybody on the desk, each act and the names behind it, asked of the policy itself."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from monographs.models import Monograph, TherapeuticClass
from reviews.access import held, policy
from reviews.desk.base import (
    DeskRequest,
    class_tree,
    desk,
    indented,
)
from reviews.desk.people.person import in_words
from reviews.models.people import name_of

# Each action of `held`, as people call it.
ACTIONS = {
    "read": "Read drafts", "create": "Begin a monograph", "edit": "Write", "start": "Start an edition",
    "submit": "Send for review", "sign": "Sign", "unsign": "Take a signature back",
    "declare-conflict": "Decline for a conflict of interest", "assign": "Ask somebody to sign", "publish": "Publish",
    "withdraw": "Withdraw a page", "confirm-withdrawal": "Confirm a withdrawal",
    "still-correct": "Sign that a withdrawn page is still correct",
    "full-review": "Sign a full review", "no-change": "Sign that nothing must change",
    "reinstate": "Let a withdrawn page return",
    "withhold": "Withhold a part", "warn": "Add an urgent warning", "correct": "Add a correction",
    "call_harmless": "Judge a misprint", "move": "Change an address", "look_at_report": "Look at reports of readers",
    "answer_report": "Answer reports of readers", "close_harm_report": "Close reports that could harm",
    "close_recheck": "Close the review of a signature", "use_desk": "Use the desk",
    "keep_library": "Keep drugs, classes and references", "drop_trait": "Take a trait of a drug away",
    "answer_site_report": "Answer reports about no page", "read_trail": "Read the trail",
    "manage_people": "Look after people",
}  # fmt: skip


@require_safe
@desk
def rights(request: DeskRequest) -> HttpResponse:
    """Of the house, of a class (`?on=class:slug`) or of a monograph that one may read (`?on=monograph:slug`). What is
    not there is shown as the house."""
    places = _places(request)
    on = request.GET.get("on", "")
    kind, _, slug = on.partition(":")
    thing: TherapeuticClass | Monograph | None = None
    if on in dict(places):
        thing = (TherapeuticClass if kind == "class" else Monograph).objects.get(slug=slug) if kind else None
    lines = [
        (ACTIONS[action], [(name_of(one.person), [in_words(grant) for grant in one.grants]) for one in may])
        for action, may in held.who_may_do_what(thing).items()
    ]
    context = {"section": "rights", "places": places, "on": on if thing else "", "lines": lines}
    return render(request, "reviews/people/rights.html", context)


def _places(request: DeskRequest) -> list[tuple[str, str]]:
    classes = [(f"class:{one.slug}", words) for one, words in indented(class_tree().values())]
    slugs = policy.readable(request.user).order_by("slug").values_list("slug", flat=True)
    return [("", "The desk as a whole"), *classes, *((f"monograph:{slug}", f"Only {slug}") for slug in slugs)]
