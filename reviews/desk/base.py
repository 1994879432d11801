"""What every page of the desk shares: who may come in, which monograph and edition it is about, and how it says no."""

import logging
import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import get_user_model, logout
from django.contrib.auth.models import User
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from monographs.document import Document
from monographs.models import Edition, Monograph, State, TherapeuticClass
from monographs.questions import Kept
from reviews.access import kept, policy
from reviews.access.denials import count_denial, refusals_recorded
from reviews.access.door import LONGEST_REASON, admitted
from reviews.access.password import TooManyFailures
from reviews.access.refusals import Refusal, Refused, refuse
from reviews.audit import acts
from reviews.audit.trail import WriteLockTimeout
from reviews.desk import tidy
from reviews.forms import sendable
from reviews.models import ChangeSet, KeptForm
from reviews.models.people import name_of

logger = logging.getLogger(__name__)

View = Callable[..., HttpResponse]


class DeskRequest(HttpRequest):
    """A request that `desk` let in: somebody is signed in."""

    user: User
    kept: kept.OnDesk
    may: frozenset[str]  # what the menu offers


# A header of what is no page but a part of one (reviews.desk.editor.fragments), and its word for an act that is done.
PART, DONE = "X-Part", "done"
IN_MENU = ("manage_people", "read_trail")
MOST_WORDS = LONGEST_REASON

NOTHING_KEPT = "Nothing is kept for you here: it was saved, a day has passed, or it was somebody else’s."
CHIPS = {
    State.DRAFT: "",
    State.IN_REVIEW: "chip-review",
    State.CLINICIAN_REVIEWED: "chip-reviewed",
    State.PUBLISHED: "chip-published",
    State.SUPERSEDED: "chip-superseded",
    State.DISCARDED: "chip-superseded",
}


def desk(view: View) -> View:
    """Only for people with a role: to anybody else the desk says who they are and whom to ask (403)."""
    inner = own(view)

    @wraps(view)
    def guarded(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if refusals := policy.refusals(request.user, "use_desk"):
            return no_entry(request, refusals)
        return inner(request, *args, **kwargs)

    return guarded


def own(view: View) -> View:
    """For whoever is signed in. A form that is sent twice is done once, and one that could not be taken comes back
    filled (`?kept=`). Too many wrong passwords end the session (429), and an answer that somebody else is writing says
    when to come back."""

    @wraps(view)
    def guarded(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.may = frozenset(one for one in IN_MENU if policy.can(request.user, one))
        request.POST = _sendable(request.POST)  # type: ignore[assignment]  # Django's own of a sent form
        try:
            with acts.of_form(acts.token_of(request)), kept.of_form(request) as here, tidy.of_form(request):
                if here.is_gone:
                    messages.info(request, NOTHING_KEPT)
                response = view(request, *args, **kwargs)
        except TooManyFailures as error:
            return too_many(request, error)
        except Http404:
            if answer := _out_of_place(request):
                return answer
            raise
        if here.form:
            return _filled(request, response)
        if request.method == "POST" and (response.status_code == 302 or response.get(PART) == DONE):
            kept.spend(request, request.user)
        if response.status_code == 503:
            response["Retry-After"] = "5"
        return response

    return guarded


def _sendable(sent: QueryDict) -> QueryDict:
    if all(sendable(one) == one for name, several in sent.lists() for one in (name, *several)):
        return sent
    whole = QueryDict(mutable=True)
    for name, several in sent.lists():
        whole.setlist(sendable(name), list(map(sendable, several)))
    return whole


def _filled(request: DeskRequest, response: HttpResponse) -> HttpResponse:
    """A kept form as its view shows it: not refused, because nothing was tried. Where it shows none, the words."""
    if response.status_code in (403, 404, 405):
        return _words(request, 200)
    if response.status_code >= 400:
        response.status_code = 200
    return response


def _out_of_place(request: DeskRequest) -> HttpResponse | None:
    """What was typed for something that is not there any more: kept, and shown to be copied. What was typed into
    somebody else's form is kept for them, and not shown."""
    if not request.kept.form:
        address = kept.keep(request, KeptForm.Cause.MOVED)
        token = QueryDict(urlsplit(address).query).get(kept.FIELD, "")
        request.kept.form = kept.opened(token, request.user, request.path)
    return _words(request, 404) if request.kept.form else None


def _words(request: DeskRequest, status: int) -> HttpResponse:
    assert request.kept.form
    words = kept.words_of(dict(request.kept.form.typed.lists()))
    return render(request, "reviews/kept.html", {"words": words}, status=status)


def by_itself(view: View) -> View:
    """What an open page asks without its person: it keeps no session alive that nobody uses."""
    view.by_itself = True  # type: ignore[attr-defined]  # read by clincalc.middleware.IdleSessions
    return view


def act_on(page: Callable[..., str]) -> Callable[[View], View]:
    """An act is a POST. Whoever asks for its address, after a sign-in for example, is led to the page where its form
    stands: `page` answers that, and refuses (404) whoever may not know of it."""

    def decorated(view: View) -> View:
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def guarded(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != "POST":
                return redirect(page(request, *args, **kwargs))
            return view(request, *args, **kwargs)

        return guarded

    return decorated


def no_entry(request: DeskRequest, refusals: Iterable[Refusal]) -> HttpResponse:
    """403: who you are, what is needed, whom to ask."""
    shown = {"refusals": list(refusals), "keeps_accounts": policy.can(request.user, "manage_people")}
    return render(request, "reviews/no_entry.html", shown, status=403)


_at = Kept(lambda slug: Monograph.objects.for_desk().with_current().filter(slug=slug))
_formerly_at = Kept(
    lambda slug: Monograph.objects.for_desk().with_current().filter(former_addresses__slug=slug).order_by("pk")
)


def monograph_for(request: DeskRequest, slug: str) -> Monograph:
    """The monograph at this address, or that had it once, if the user may read its drafts; else 404, as if it were not
    there.

    A try at what is there and closed is recorded.
    """
    monograph: Monograph | None = next(iter(_at(slug) or _formerly_at(slug)), None)
    if monograph is None:
        raise Http404
    if refusals := policy.refusals(request.user, "read", monograph):
        not_here(request, monograph, Refused(refusals))
    return monograph


def not_here(request: DeskRequest, monograph: Monograph, refused: Refused | None = None) -> None:
    """404 for what belongs elsewhere or is closed, with an entry in the trail; while somebody else writes it is counted
    instead, so that no other answer tells that it is there."""
    refused = refused or refuse("not_of_this_monograph", "This belongs to another monograph.")
    try:
        with refusals_recorded(actor=request.user, action="read", subject=f"monograph:{monograph.slug}"):
            raise refused
    except Refused:
        raise Http404 from None
    except WriteLockTimeout:
        count_denial(request.user)
        raise Http404 from None


def change_set_of(request: DeskRequest, monograph: Monograph, key: str) -> ChangeSet:
    """The change set of this key, with its documents. One of another monograph is a 404, and recorded."""
    try:
        pk = UUID(key)
    except ValueError:
        raise Http404 from None
    found = ChangeSet.objects.filter(pk=pk).select_related("edition", "actor", "before", "after").first()
    if found is None:
        raise Http404
    if found.edition.monograph_id != monograph.pk:
        not_here(request, monograph)
    return found


def why_no_restore(user: User, edition: Edition) -> str:
    """Why this person cannot put an earlier state into the current edition, and what to do; "" if they can."""
    if refusals := policy.refusals(user, "edit", edition):
        return refusals[0].sentence
    if edition.state == State.DRAFT:
        return ""
    if edition.is_open:
        state = edition.get_state_display().lower()
        return f"Edition {edition.number} is {state}. Send it back first, with a reason: then it is a draft."
    return "No draft is open. Start an edition first: readers notice nothing of it."


def digest_now(edition: Edition) -> str:
    """The digest of what its last change set left: restoring just that would change nothing."""
    return next(iter(_left(edition.pk)), "")


_left = Kept(
    lambda key: (
        ChangeSet.objects.filter(edition=key).order_by("-at", "-revision_id").values_list("after_id", flat=True)[:1]
    )
)
_current = Kept(lambda key: Edition.objects.filter(monograph=key).current_first()[:1])


def current_edition(monograph: Monograph) -> Edition:
    """The edition that the desk is about: the open one, else the live one, else the latest."""
    found: Edition = _current(monograph.pk)[0]
    found.monograph = monograph
    return found


def edition_at_hand(monograph: Monograph) -> Edition:
    """The same, of a monograph from `monograph_for`, by its key alone: for what reads it itself."""
    return Edition(pk=monograph.current, monograph=monograph)  # type: ignore[attr-defined]  # by `with_current`


def too_many(request: DeskRequest, error: TooManyFailures) -> HttpResponse:
    """429: the session is over, and signing waits until then. What was filled in beside the password is kept: that may
    fail, and the session is over by then. Who comes back to it is told so, if it is their own."""
    is_own = kept.person_of(request) == request.user.pk
    logout(request)
    try:
        address = kept.keep(request, KeptForm.Cause.PASSWORD)
    except OperationalError:
        logger.warning("A form could not be kept when its session was ended", exc_info=True)
        address = ""
    context = {"until": error.until, "kept": address if is_own else ""}
    return render(request, "reviews/too_many.html", context, status=429)


class Names(dict[int | None, str]):
    """Names of people by primary key: one query for all of them. "you" is said of the reader beside the name."""

    def __init__(self, keys: Iterable[int | None]) -> None:
        people = get_user_model().objects.filter(pk__in={key for key in keys if key is not None})
        super().__init__({person.pk: name_of(person) for person in people})

    def __missing__(self, key: int | None) -> str:
        return "System"

    def listed(self, keys: Iterable[int], me: Any = None) -> str:
        """Several names in one line, the reader's own as "you"."""
        return ", ".join(sorted("you" if me is not None and key == me.pk else self[key] for key in keys))


def chip(state: str) -> dict[str, str]:
    """A state as a chip: its word, and the class that repeats it."""
    return {"word": State(state).label, "class": CHIPS[State(state)]}


def and_list(words: Iterable[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    *head, last = list(words) or [""]
    return f"{', '.join(head)} and {last}" if head else last


def edit_address(slug: str, part: str) -> str:
    """Where a part is edited: by its key, "header" or "order"."""
    if part in ("header", "order"):
        return reverse(f"edit_{part}", args=[slug])
    return reverse("part_edit", args=[slug, part])


def part_links(slug: str, document: Document, refusals: Iterable[Refusal]) -> list[tuple[Refusal, str]]:
    """Each refusal with the address of the part that it is about ("" if there is none to go to)."""
    keys = {"header", "order", *(str(part.key) for part in document.parts())}
    return [(one, edit_address(slug, one.part) if one.part in keys else "") for one in refusals]


def class_tree() -> dict[int, TherapeuticClass]:
    """Every therapeutic class with its parents at hand, in one query."""
    classes = {one.pk: one for one in TherapeuticClass.objects.all()}
    for one in classes.values():
        one.parent = classes.get(one.parent_id or 0)
    return classes


def digest_in(request: DeskRequest) -> str:
    """The digest that the form carried; what does not look like one is none."""
    digest = request.POST.get("digest", "")
    return digest if re.fullmatch(r"[0-9a-f]{64}", digest, re.ASCII) else ""


def cleaned(text: str, name: str) -> str:
    """Words as they may be kept in the trail, or a refusal at their field."""
    return admitted(text, name, MOST_WORDS)


def indented(classes: Iterable[TherapeuticClass]) -> list[tuple[TherapeuticClass, str]]:
    """Classes in the order of the tree, each with its name moved in under its parent."""
    in_order = sorted(classes, key=lambda one: [(step.name.casefold(), step.pk) for step in one.path()])
    return [(one, "\u2003" * (len(one.path()) - 1) + one.name) for one in in_order]
