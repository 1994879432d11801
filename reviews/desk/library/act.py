"""One act on a drug or a class, on a page of its own: what it does, what it touches, its form, and the button."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.shortcuts import redirect, render

from reviews.access.attempts import NOT_TRIED, attempt
from reviews.access.door import as_code
from reviews.access.refusals import Refusal
from reviews.desk.act_forms import KEPT
from reviews.desk.base import MOST_WORDS, DeskRequest
from reviews.desk.likes import Another
from reviews.editing.shown import digest_of_row
from reviews.forms import Form, Text


class Why(Form):
    reason = Text(rows=2, label="Reason", help_text=KEPT, attrs={"maxlength": MOST_WORDS})


class Rename(Form):
    name = Text(label="Name", attrs={"maxlength": 500, "autocomplete": "off", "spellcheck": "false"})
    another = Another()
    reason = Text(rows=2, label="Reason", help_text=KEPT, attrs={"maxlength": MOST_WORDS})


@dataclass
class ActPage:
    """What the page of an act says. `thing` is the drug or the class; `against` is why this person may not."""

    thing: models.Model
    section: str
    heading: str
    lead: str
    button: str
    done: str
    form: Form
    do: Callable[[dict[str, Any]], Any]
    address: str  # of the thing
    against: list[Refusal] = field(default_factory=list)
    touches: list[str] = field(default_factory=list)
    likes: list[tuple[str, str]] = field(default_factory=list)  # (name, address) of what is there
    hidden: dict[str, str] = field(default_factory=dict)

    def answer(self, request: DeskRequest) -> HttpResponse:
        tried = NOT_TRIED
        if request.method == "POST":
            given = self.form.given
            tried = attempt(lambda: self.do({**given, "seen": self.seen(request)}))
            if tried.is_done:
                messages.success(request, self.done)
                return redirect(self.address)
        context = {
            "section": self.section, "page": self, "form": self.form, "seen": self.seen(request),
            "refusals": self.form.refuse(tried.refusals),
        }  # fmt: skip
        return render(request, "reviews/library_act.html", context, status=tried.status)

    def seen(self, request: DeskRequest) -> str:
        return seen_of(request, self.thing)


def seen_of(request: DeskRequest, thing: models.Model, name: str = "seen") -> str:
    """What the page that was sent had shown; of a page that is opened, what there is."""
    return as_code(request.POST.get(name, "")) if request.method == "POST" else digest_of_row(thing)
