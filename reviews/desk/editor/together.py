"""Save all: every part that is open on the one page in one change set."""

import re
from collections import Counter
from collections.abc import Iterable
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from reviews.access import kept
from reviews.access.attempts import attempt
from reviews.access.door import LONGEST_REASON
from reviews.access.refusals import Conflict, RefusalType, Refused, refuse
from reviews.access.scratch import tabs_of
from reviews.audit.acts import RepeatedAct
from reviews.changes import faster
from reviews.desk.base import DeskRequest, desk
from reviews.desk.editor import citing, fragments
from reviews.desk.editor.context import FORMS, NEW, EditorContext
from reviews.desk.editor.dose_form import DoseForm
from reviews.desk.editor.one_page import OnePage, place_of_new
from reviews.desk.editor.opened import OpenForm
from reviews.desk.editor.scratch import spend
from reviews.desk.editor.write import named, outline, outline_refusing
from reviews.editing import parts
from reviews.editing.merging import Merged
from reviews.models import AuditEvent, ChangeSet

SENT_TWICE = "This part was sent twice, with different words perhaps. Close one of the two, then save the other."
OF_NOWHERE = "This part is not in this edition. Your words are below as a new part: add it, or copy them elsewhere."
INSTEAD = "instead"  # of a form of a part that is not in this edition: the key that it was sent with
PART = "part"  # of each form: "header", the key of its part, or "new-" and the kind
_NAME = re.compile(r"([0-9]{1,3})\.(.+)", re.ASCII | re.DOTALL)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def edit_all(request: DeskRequest, slug: str) -> HttpResponse:
    """Saves each form that was sent (`<number>.<name of the box>`, and `<number>.part`). What is refused comes back
    alone, with all that was typed, and the rest is saved; whose words stand after a clash is said by the button of that
    part alone. Whoever asks for the address is led to the page."""
    editor = EditorContext(request, slug)
    if request.method != "POST":
        return redirect("edit", slug)
    editor.is_together = True
    sent = [_form(editor, one) for one in forms_in(request.POST)]
    if not editor.is_fragment:  # boxes of new parts that nobody filled in (reviews.desk.editor.sections)
        sent = [one for one in sent if one.form.has_words or not one.is_new]
    _make_room(sent)
    times = Counter(map(_key, sent))
    for one in sent:
        if times[_key(one)] > 1:
            one.refuse(refuse("sent_twice", SENT_TWICE, RefusalType.CONFLICT, recorded=False))
    opened = {_key(one): one for one in sent if times[_key(one)] == 1 and INSTEAD not in one.context}
    ready = {key: one for key, one in opened.items() if one.is_ready and not one.form.is_over}
    held = {key: one for key, one in opened.items() if key not in ready}
    done = parts.Saved({}, {})
    if ready or not sent:
        tried = attempt(lambda: _save(editor, ready))
        if tried.is_done:
            done = tried.result
            editor.wrote(done.change)
        elif ready and tried.refused and isinstance(again := tried.refused.__cause__, RepeatedAct):
            done = _saved_before(editor, ready, tried.refused, again.seq)
        else:
            assert tried.refused
            for one in ready.values():
                one.refuse(tried.refused)
            if not sent:
                return outline_refusing(editor, tried)
            return _answer(editor, [], sent, tried.status)
    for key, refused in done.held.items():
        ready[key].refuse(refused)
        held[key] = ready[key]
    spend(request.user, [tab for key in done.done for tab in tabs_of(opened[key].form.data)])
    if done.done:
        kept.forget(request, request.user)
    saved = [ready[key].saved(both) for key, both in done.done.items()]
    left = [one for one in sent if _key(one) in held or _key(one) not in opened]
    return _answer(editor, saved, left, 422 if left and not saved else 200)


def forms_in(sent: QueryDict) -> list[QueryDict]:
    """The forms that were sent together, each with the names of its own boxes, in the order of their numbers."""
    found: dict[int, QueryDict] = {}
    for name, several in sent.lists():
        if at := _NAME.fullmatch(name):
            found.setdefault(int(at[1]), QueryDict(mutable=True)).setlist(at[2], several)
    return [found[number] for number in sorted(found)]


def _form(editor: EditorContext, sent: QueryDict) -> OpenForm:
    part = sent.get(PART, "")
    if part == "header":
        return OpenForm.of_header(editor, sent)
    kind = part.removeprefix(NEW)
    if part.startswith(NEW) and kind in FORMS:
        return OpenForm.of_new(editor, kind, sent, key=_uuid(sent.get("key", "")) or uuid4(), initial={})
    key = _uuid(part)
    if key is None:
        raise Http404
    try:
        shown, removed = editor.part(key)
    except Http404:
        return _of_nowhere(editor, key, sent)
    return OpenForm.of_part(editor, shown, sent, removed=removed)


def _of_nowhere(editor: EditorContext, key: UUID, sent: QueryDict) -> OpenForm:
    """The words of a part that is not in this edition (the trail says that it was asked for): nothing of them is saved.
    They come back as a new part, of the kind whose boxes they fill, in place of the form that they were typed into."""

    def fits(kind: str) -> int:
        return len(sent.keys() & FORMS[kind](document=editor.document, key=key).fields.keys())

    one = OpenForm.of_new(editor, max(FORMS, key=fits), sent, key=uuid4(), initial={})
    one.context[INSTEAD] = str(key)
    one.refuse(refuse("no_such_part", OF_NOWHERE, RefusalType.CONFLICT, recorded=False))
    return one


def _key(one: OpenForm) -> str:
    return str(one.form.key or "header")


def _uuid(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _save(editor: EditorContext, ready: dict[str, OpenForm]) -> parts.Saved:
    first = sorted(ready.values(), key=lambda one: not (isinstance(one.form, DoseForm) and one.form.told))
    reason, wanted = joined([one.reason for one in first]), [one.wanted for one in ready.values()]
    return parts.save_all(editor.edition, wanted, actor=editor.request.user, reason=reason, begins=editor.beginning)


def _saved_before(editor: EditorContext, ready: dict[str, OpenForm], refused: Refused, seq: int) -> parts.Saved:
    """It was sent before, and its answer was lost. What its person has saved since then, or stands there just so, is
    saved; what was held back then is held back again."""
    editor.refresh()
    there = {str(key): value for key, value in editor.document.by_key().items()} | {"header": editor.document.header}
    since, me = AuditEvent.objects.get(seq=seq).at, editor.request.user
    mine = ChangeSet.objects.filter(edition=editor.edition, actor=me, at__gte=since)
    touched = {key for change in mine for key in change.touched}
    done, held = dict[str, Merged | None](), dict[str, Refused]()
    for key, one in ready.items():
        if key in there and (key in touched or there[key] == one.form.value):
            done[key] = None
        elif key in there and one.form.shown is not None:
            did = "saved the header" if key == "header" else "saved this part"
            held[key] = Conflict(faster(editor.edition, me, key, did), there[key], key)
        else:
            held[key] = refused
    return parts.Saved(done, held)


def joined(reasons: Iterable[str]) -> str:
    """One reason for all that is saved together, no longer than one may be: those that have no room are not begun."""
    each, more = list(dict.fromkeys(filter(None, reasons))), "; and others"
    fits = next(n for n in range(len(each), -1, -1) if n < 2 or len("; ".join(each[:n])) <= LONGEST_REASON - len(more))
    return "; ".join(each[:fits]) + (more if fits < len(each) else "")


def _make_room(sent: Iterable[OpenForm]) -> None:
    """Holds back each dose whose explanation has no room beside those of the others in one reason, so that all of it
    stands in the history."""
    room = LONGEST_REASON - len("; and others")
    for one in sent:
        if isinstance(one.form, DoseForm) and one.form.is_valid() and one.form.told:
            room -= len(one.reason) + len("; ")
            if room < 0:
                one.form.add_error(
                    "tenfold", "Save this dose by itself: its explanation has no room beside the others."
                )


def _answer(editor: EditorContext, saved: list[fragments.Saved], held: list[OpenForm], status: int) -> HttpResponse:
    for one in held:
        one.context = one.comes_back() | {"cites": citing.equip(one.form, editor)}
        one.context["at"] = one.context["scratch_at"]  # where it is sent to when it is saved alone
    if editor.is_fragment:
        return fragments.saved_all(editor, saved, held, status)
    for value, said in saved:
        name = named(editor, value)
        messages.success(editor.request, f"{name} is saved.")
        for words in said:
            messages.success(editor.request, words)
    return _page(editor, held, status) if held else redirect("edit", editor.monograph.slug)


def _page(editor: EditorContext, held: list[OpenForm], status: int) -> HttpResponse:
    """The page with each of these forms open at its place."""
    editor.refresh()
    context = outline(editor)
    page: OnePage = context["one"]
    for opened in held:
        form, key = fragments.form_of(page, opened).html, str(opened.form.key or "header")
        at = place_of_new(opened.context["kind"], str(opened.form.data.get("kind", ""))) if opened.is_new else ""
        row = page.found(key)[1]
        if key == "header" and not page.header_form:
            page.header_form = form
        elif row and not row.form:
            row.form = form
        elif place := next((place for place in page.places if place.anchor == at), None):
            place.forms.append(form)
        else:
            page.loose.append(form)
    return render(editor.request, "reviews/edit.html", context, status=status)
