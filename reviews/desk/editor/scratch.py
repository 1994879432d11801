"""What is being typed, on the page of its person: kept meanwhile, offered when they come back, never put in unasked."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from monographs import document as values
from monographs.assemble import build
from monographs.difference.diff_html import changes_of
from monographs.difference.document_diff import compare
from monographs.models import Monograph
from reviews.access import kept, policy, presence, scratch
from reviews.access.scratch import tabs_of
from reviews.audit.acts import new_token
from reviews.desk.base import DeskRequest, current_edition, desk, edit_address, monograph_for
from reviews.desk.editor.context import FORMS, NEW, NOUNS, EditorContext, with_part
from reviews.desk.editor.forms import HeaderForm, ValueForm
from reviews.desk.editor.presence import here
from reviews.models import ChangedPart, Scratch
from reviews.models.scratch import MOST_OF_A_PERSON

MOST_SHOWN = 5
GONE = "There is nothing to throw away here: it was thrown away, or saved."
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def _address(slug: str, part: str) -> str:
    """Where the form of a part stands."""
    if part == scratch.REMARKS:
        return reverse("review", args=[slug])
    if part.startswith(NEW):
        return reverse("part_new", args=[slug, part.removeprefix(NEW)])
    return edit_address(slug, part)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: DeskRequest, slug: str, part: str) -> HttpResponse:
    """A POST keeps what stands in the form and answers in a few words, and in further lines who else is there; where it
    says what stands there already, nothing is kept any more. With `throw` (tabs) it is asked whether what was kept
    shall be forgotten. Whoever asks for the address is led to the form."""
    named = {"header", scratch.REMARKS, *(f"{NEW}{kind}" for kind in NOUNS)}
    if part not in named and not _UUID.fullmatch(part):
        raise Http404
    monograph = monograph_for(request, slug)
    if request.method != "POST":
        return redirect(_address(monograph.slug, part))
    if kept.WHOSE in request.POST and kept.person_of(request) != request.user.pk:
        return _said("Not kept: this page was opened by somebody else.", 403)
    if "throw" in request.POST:
        return _throw(request, monograph, part)
    edition, remarks = current_edition(monograph), part == scratch.REMARKS
    written = [request.POST[name] for name in request.POST if name.startswith(("remark-", "reason"))]
    if remarks and not "".join(written).strip():
        spend(request.user, [request.POST.get(scratch.FIELD, "")])  # all was taken out again
        return _said("Nothing is kept", 200)
    if not policy.can(request.user, "send-back" if remarks else "edit", edition):
        return _said("Not kept: you may not change this.", 403)
    if not remarks and not _differs(Row(part, request.POST), build(edition)):
        spend(request.user, tabs_of(request.POST))
        return _said("Nothing to keep: it says what stands there", 200)
    try:
        row = scratch.keep(request, edition, part)
    except scratch.TooLong:
        return _said("Not kept: this is too long to be kept while you type. Save it, or copy it elsewhere.", 200)
    except IntegrityError:
        return _said("Not saved yet", 409)
    except DatabaseError:
        return _said("Not saved yet", 503)
    if row is None:
        return _said("Not saved yet", 200)
    if remarks and "to" in request.POST:  # the button at a part, without a script
        return redirect(f"{_address(monograph.slug, part)}#{quote(request.POST['to'])}")
    if not remarks:
        presence.note(request.user, edition, part)
    lacks = ", without the patient’s number" if row.lacks_number else ""
    room = ". The oldest of all that was kept for you went for it" if row.made_room else ""
    undone = "sent" if remarks else "saved"
    words = f"Kept for you at {timezone.localtime(row.at):%H:%M}{lacks}, not {undone} yet{room}"
    if remarks:
        return _said(words, 200)
    return _said("\n".join([words, *here(request.user, edition).lines]), 200)


def _throw(request: DeskRequest, monograph: Monograph, part: str) -> HttpResponse:
    """What was kept of these tabs with all its words, and the button that throws it away (`sure`): it does not come
    back. Whoever sends it twice is told that there is nothing any more."""
    tabs, to = request.POST.getlist("throw"), request.POST.get("to", "")
    back = {"queue": reverse("queue"), "edit": reverse("edit", args=[monograph.slug])}
    leads = back.get(to) or _address(monograph.slug, part)
    rows = list(scratch.waiting(request.user, monograph, part).filter(tab__in=tabs[:MOST_OF_A_PERSON]))
    if not rows:
        messages.info(request, GONE)
        return redirect(leads)
    is_busy = False
    if "sure" in request.POST:
        try:
            scratch.throw_away(request.user, [row.tab for row in rows])
        except DatabaseError:
            is_busy = True
        else:
            messages.success(request, "Thrown away.")
            return redirect(leads)
    held = [(when(row), where(request, row), kept.words_of(dict(row.typed.lists()))) for row in rows]
    what = f"{_called(rows).get(part) or _kind_of(part)}, {monograph.called}"
    context = {"held": held, "what": what, "tabs": [row.tab for row in rows], "to": to, "busy": is_busy, "leads": leads}
    return render(request, "reviews/scratch_throw.html", context, status=503 if is_busy else 200)


def _said(words: str, status: int) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")


def posted(editor: EditorContext, part: str) -> QueryDict | None:
    """What a form is filled with: what was sent, or what was kept and its person asks to have in the boxes. This is
    another window than the one that they were typed into, which may be open still: each keeps its own words."""
    request = editor.request
    if request.method == "POST":
        return request.POST
    if tab := request.GET.get(scratch.FIELD, ""):
        row = scratch.waiting(request.user, editor.monograph, part).filter(tab=tab).first()
        if row is None:
            return None
        typed = row.typed.copy()
        typed[scratch.FIELD], typed[scratch.OF] = new_token(), tab
        return typed
    return None


def spend(person: User, tabs: Iterable[str]) -> None:
    """What was sent is saved: what was kept of it is gone. Where that cannot be written now it is swept later, and not
    offered meanwhile: nothing of it differs from what stands there."""
    try:
        scratch.throw_away(person, tabs)
    except DatabaseError:
        pass


@dataclass(frozen=True)
class Offer:
    """Words that were kept: when and where, what in them differs from what stands there (`changes`), or, where that
    cannot be told, the words themselves."""

    tab: str
    when: str
    where: str
    lacks_number: bool
    changes: Any
    words: list[tuple[str, str]]


def offered(editor: EditorContext, form: ValueForm, part: str) -> dict[str, Any]:
    """For the page of a part that its person may write and has just opened: what was kept of it and differs."""
    request, found = editor.request, list[Offer]()
    if not form.is_bound and editor.may_edit:  # where it cannot be written now, they are there to be read
        for row in scratch.waiting(request.user, editor.monograph, part)[:MOST_SHOWN]:
            if offer := _offer(editor, form, row):
                found.append(offer)
    at = _address(editor.monograph.slug, part)
    address = reverse("scratch", args=[editor.monograph.slug, part])
    return {
        "scratch": found,
        "scratch_tab": scratch.tab_of(form.data),
        "scratch_of": form.data.get(scratch.OF, ""),
        "scratch_to": address,
        "scratch_at": at,
        "scratch_part": part,
    }


def _offer(editor: EditorContext, form: ValueForm, row: Scratch) -> Offer | None:
    words, changes = kept.words_of(dict(row.typed.lists())), None
    if form.shown is not None:
        again = type(form)(row.typed, document=editor.document, shown=form.shown)
        for name, box in form.fields.items():
            again.fields[name].disabled = box.disabled
        value = again.readable
        now = with_part(editor.document, form.shown)
        then = with_part(editor.document, value) if value is not None else None
        if now and then:
            changes = changes_of(compare(now, then))
            if not changes:
                return None
    return Offer(row.tab, when(row), where(editor.request, row), row.lacks_number, changes, words)


def lines(editor: EditorContext) -> list[dict[str, Any]]:
    """What is kept for a person in this monograph and differs from what stands there, part by part: of a part that was
    taken out too. One question more where something is kept."""
    document, removed = editor.document, editor.around.removed
    names = {str(part.key): document.label_of(part) for part in document.parts()} | {"header": "the header"}
    gone = [part for part in removed if isinstance(part, values.DoseRegimen)]
    names |= {str(part.key): f"{values.label_beside(part, gone)}, which was removed" for part in removed}
    names |= {f"{NEW}{kind}": f"a new {noun}" for kind, noun in NOUNS.items()}
    held = [row.pk for row in editor.around.kept if row.part in names]
    rows = scratch.waiting(editor.request.user, editor.monograph).filter(pk__in=held) if held else ()
    of_part: dict[str, list[Scratch]] = {}
    for row in rows:
        if _differs(row, editor.document, editor.around.removed):
            of_part.setdefault(row.part, []).append(row)
    return [
        {
            "part": part,
            "name": names[part],
            "when": when(several[0]),
            "where": where(editor.request, several[0]),
            "address": _address(editor.monograph.slug, part),
            "to": reverse("scratch", args=[editor.monograph.slug, part]),
            "tabs": [row.tab for row in several],
        }
        for part, several in of_part.items()
    ]


@dataclass(frozen=True)
class Row:
    """What a form holds that is about to be kept."""

    part: str
    typed: QueryDict


def _differs(row: Row | Scratch, document: values.Document, removed: Iterable[values.Part] = ()) -> bool:
    """Whether these words are others than what stands there."""
    if row.part.startswith(NEW):
        return FORMS[row.part.removeprefix(NEW)](row.typed, document=document, key=UUID(int=0)).has_words
    there = {str(part.key): part for part in (*document.parts(), *removed)}
    shown = document.header if row.part == "header" else there.get(row.part)
    if shown is None:  # it was taken out
        return True
    form = (FORMS[shown.part_kind] if isinstance(shown, values.Part) else HeaderForm)(
        row.typed, document=document, shown=shown
    )
    if isinstance(shown, values.Section):
        form.fields["kind"].disabled = True
    return bool(form.readable != shown)


@dataclass(frozen=True)
class Unsaved:
    """Words of one part, as the queue lists them: `to` is where they are thrown away, by their `tabs`."""

    what: str
    address: str
    when: str
    where: str
    to: str
    tabs: list[str]


def everywhere(request: DeskRequest) -> list[Unsaved]:
    """What is kept for a person of all that they may read, the newest first: as many queries however many there are,
    one if there are none. Words in an edition that is closed by now are offered by the page of the monograph, if they
    have a place there still."""
    rows = list(scratch.waiting(request.user).defer("fields").select_related("edition__monograph"))
    readable = set(policy.readable(request.user).values_list("pk", flat=True)) if rows else set()
    kept_of: dict[tuple[str, str], list[Scratch]] = {}
    for row in rows:
        if row.edition.monograph_id in readable:
            kept_of.setdefault((row.edition.monograph.slug, row.part), []).append(row)
    called = _called(rows)
    return [
        Unsaved(
            what=f"{called.get(part) or _kind_of(part)}, {several[0].edition.called}",
            address=_address(slug, part)
            if several[0].edition.is_open or part == scratch.REMARKS
            else reverse("edit", args=[slug]),
            when=when(several[0]),
            where=where(request, several[0]),
            to=reverse("scratch", args=[slug, part]),
            tabs=[row.tab for row in several],
        )
        for (slug, part), several in kept_of.items()
    ]


def _called(rows: list[Scratch]) -> dict[str, str]:
    """Key of a part -> how people call it, as it was last saved."""
    if not rows:
        return {}
    keys, editions = {row.part for row in rows}, {row.edition_id for row in rows}
    found = ChangedPart.objects.filter(key__in=keys - {"header"}, change_set__edition__in=editions)
    return dict(found.order_by("change_set__at").values_list("key", "label"))


def _kind_of(part: str) -> str:
    if part == scratch.REMARKS:
        return "Remarks for a send-back"
    if part.startswith(NEW):
        return f"A new {NOUNS[part.removeprefix(NEW)]}"
    return "The header" if part == "header" else "A part"


def when(row: Scratch) -> str:
    at = timezone.localtime(row.at)
    day = "today" if at.date() == timezone.localdate() else date_format(at, "j F")
    return f"{day} at {at:%H:%M}"


def where(request: DeskRequest, row: Scratch) -> str:
    is_here = row.sign_in == scratch.sign_in_of(request)
    return "in another window" if is_here else "on another device, or before you signed in again"
