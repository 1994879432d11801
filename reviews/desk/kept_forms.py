"""What is kept for somebody, as the queue lists it: what each form was, where it stands filled, and how it is thrown
away."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import OperationalError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_http_methods

from reviews.access import kept
from reviews.desk.base import NOTHING_KEPT, DeskRequest, desk
from reviews.models import KeptForm
from reviews.workflow import TRANSITIONS

WORDS = {
    "edit": "A part put back",
    "edit_header": "The header",
    "edit_all": "Several parts of the page",
    "edit_order": "The order of parts",
    "start_from": "What is copied from another page",
    "part_new": "A new part",
    "part_edit": "A part",
    "restore": "An earlier state",
    "move": "Another address",
    "tier": "The tier",
    "ask_for_tier": "What is asked of clinicians about the tier",
    "erratum": "A correction",
    "harmless": "Why a text is harmless",
    "place": "A notice over the page",
    "countersign": "A second signature",
    "lift": "The end of a notice",
    "monograph_new": "A new monograph",
    "warning_new": "An urgent warning",
    "report_page": "The answer to a report",
    "reports_take_in": "Reports taken in",
    "reports_close": "Reports closed as junk",
    "report_look": "Looking at a report",
    "report_give_back": "A report given back",
    "drug": "A drug",
    "drug_act": "A change of a drug",
    "class_act": "A change of a class",
    "class_new": "A new class",
    "copy": "What a draft takes over of a drug",
    "remarks": "The answer to a remark",
    "assignment_end": "Who is no longer asked to sign",
    "invite": "An invitation",
    "person_do": "A change of a person",
    "profile_register": "Your registration",
    "profile_interests": "Your interests",
    "roles": "Roles to confirm",
    "recheck": "The review of signatures",
    "mail_try": "A mail to try",
    "checkpoint_copied": "That the checkpoints were copied",
}


@dataclass(frozen=True)
class Line:
    """One kept form: what it was, of which monograph, since when, and until when."""

    key: int
    what: str
    address: str
    at: datetime
    until: datetime


def lines_for(person: User) -> list[Line]:
    """One query, however many there are."""
    return list(map(_line, kept.waiting_for(person)))


def _line(row: KeptForm) -> Line:
    return Line(row.pk, _what(row.path), kept.address_of(row), row.at, row.expires_at)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def throw_away(request: DeskRequest, pk: int) -> HttpResponse:
    """What a kept form is, with its words, and the button that throws it away. Sent twice it is thrown away once; whose
    it is not is told what is told of one that is gone. It is no part of the record, so no entry tells of it."""
    row = kept.one_of(request.user, pk)
    if row is None:
        messages.info(request, NOTHING_KEPT)
        return redirect("queue")
    line, is_busy = _line(row), False
    if request.method == "POST":
        try:
            kept.throw_away(row)
        except OperationalError:
            is_busy = True
        else:
            messages.success(request, f"Thrown away: {line.what}.")
            return redirect("queue")
    words = kept.words_of(dict(row.typed.lists()))
    context = {"line": line, "words": words, "busy": is_busy}
    return render(request, "reviews/throw_away.html", context, status=503 if is_busy else 200)


def _what(path: str) -> str:
    try:
        found = resolve(path)
    except Resolver404:  # an address of an older version of the desk
        return "A form"
    row = TRANSITIONS.get(found.kwargs.get("transition", ""))
    words = f"To {row.words.tried}" if row else WORDS.get(found.url_name or "", "A form")
    slug = found.kwargs.get("slug")
    return f"{words}: {slug}" if slug else words
