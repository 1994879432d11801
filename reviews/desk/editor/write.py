"""The editor: the one page, header, parts, and the preview.

Nothing that was typed is lost: a form that is refused comes back as it was, and a conflict shows both texts.
"""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db import DatabaseError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from monographs import document as values
from monographs.typed import Value
from reviews.access.attempts import Attempt, attempt
from reviews.access.scratch import TooLong, tabs_of
from reviews.desk.base import DeskRequest, desk, edit_address
from reviews.desk.editor import citing, fragments, half_typed, presence
from reviews.desk.editor.citation_form import CitationForm
from reviews.desk.editor.context import NEW, EditorContext
from reviews.desk.editor.one_page import OnePage, place_of_new, to_do
from reviews.desk.editor.opened import OpenForm, now_seen
from reviews.desk.editor.scratch import lines, posted, spend
from reviews.desk.editor.told_first import told_first
from reviews.editing import parts
from reviews.review.edition_review import EditionReview


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, slug: str) -> HttpResponse:
    """The page: every part with what stands against it, what could be added, what was taken out. A POST of
    `restore` (a key) puts a removed part back."""
    editor = EditorContext(request, slug)
    if request.method != "POST":
        return render(request, "reviews/edit.html", outline(editor))
    try:
        key = UUID(request.POST.get("restore", ""))
    except ValueError:
        raise Http404 from None
    part, _removed = editor.part(key)
    if told := told_first(editor, "puts a part back", "that part"):
        return told
    tried = attempt(lambda: parts.restore_part(editor.edition, part, actor=request.user))
    if not tried.is_done:
        return outline_refusing(editor, tried)
    editor.wrote(tried.result)
    if editor.is_fragment:
        return fragments.saved(editor, part, [f"{named(editor, part)} is back as it was."])
    messages.success(request, f"{named(editor, part)} is back as it was.")
    return redirect("edit", slug)


def outline(editor: EditorContext) -> dict[str, Any]:
    """The page with nothing open."""
    presence.note(editor)
    review = None if editor.edition.is_open else EditionReview.load(editor.edition)
    return editor.context(one=OnePage(editor), review=review, scratch_lines=lines(editor))


def outline_refusing(editor: EditorContext, tried: Attempt) -> HttpResponse:
    """The page with the reasons on top: nothing was typed that could be lost."""
    context = {**outline(editor), "refusals": tried.refusals}
    return render(editor.request, "reviews/edit.html", context, status=tried.status)


def _opened(editor: EditorContext, context: dict[str, Any], status: int) -> HttpResponse:
    """The page with the form of this context open at its place, beside what readers would get of it; of a page that is
    there already, that part alone."""
    form, opened, kind = context["form"], context["scratch_part"], context.get("kind", "")
    new_at = place_of_new(kind, str(form["kind"].value() or "") if kind == "section" else "") if kind else ""
    context["cites"] = citing.equip(form, editor)
    if editor.is_fragment and editor.request.POST.get("only") == "preview":
        return fragments.answer(render(editor.request, "reviews/_edit_preview.html", context))
    if editor.request.method == "POST":  # others, or this request, may have written
        editor.refresh()
    presence.note(editor, opened)
    context["one"] = OnePage(editor, opened, new_at)
    if editor.is_fragment and not context.get("removed"):  # a part that was taken out has no place: the whole page
        return fragments.opened(editor, context, status)
    return render(editor.request, "reviews/edit.html", context, status=status)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def header(request: DeskRequest, slug: str) -> HttpResponse:
    """The form of the header."""
    editor = EditorContext(request, slug)
    if editor.is_fragment and "closed" in request.GET:
        return fragments.closed(editor, editor.document.header)
    return _answer(OpenForm.of_header(editor, posted(editor, "header")))


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def part_new(request: DeskRequest, slug: str, kind: str) -> HttpResponse:
    """The form of a new part. A section begins as the kind that `?section=` names; a reference is looked for by `?q=`,
    and by the form itself (reviews.desk.editor.half_typed). The key of the new part goes with the form, so that it is
    added once however often it is sent, and from whichever window."""
    editor = EditorContext(request, slug)
    if editor.is_fragment and "closed" in request.GET:
        return fragments.answer(HttpResponse())
    sent = posted(editor, f"{NEW}{kind}")
    if kind == "citation":
        return _reference(editor, sent)
    initial = {"kind": request.GET.get("section", "")}
    return _answer(OpenForm.of_new(editor, kind, sent, key=_key_of(sent), initial=initial))


def _reference(editor: EditorContext, sent: QueryDict | None) -> HttpResponse:
    """The form of a new reference, below what was found for it."""
    looked = half_typed.look(editor, sent)
    opened = OpenForm.of_new(editor, "citation", looked.form, key=_key_of(sent), initial=looked.found.boxes)
    assert isinstance(opened.form, CitationForm)
    opened.form.looks = looked.is_asked
    if looked.found.filled:
        opened.form.propose(looked.found.filled.csl)
    opened.context |= {"look": looked, "found": looked.found}
    if sent is not None:
        try:
            opened.rest = half_typed.keep_the_rest(editor, sent)
        except (DatabaseError, TooLong):
            opened.form.add_error(None, half_typed.NOT_KEPT)
    return _answer(opened)


def _key_of(sent: QueryDict | None) -> UUID:
    try:
        return UUID(sent.get("key", "") if sent else "")
    except ValueError:
        return uuid4()


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: DeskRequest, slug: str, key: UUID) -> HttpResponse:
    """The form of a part; with `remove` in the POST it is taken out, with `restore` put back and the words kept."""
    editor = EditorContext(request, slug)
    shown, removed = editor.part(key)
    if "remove" in request.POST:
        return _remove(editor, shown)
    if editor.is_fragment and "closed" in request.GET and not removed:
        return fragments.closed(editor, shown)
    opened = OpenForm.of_part(editor, shown, posted(editor, str(key)), removed=removed)
    return _restore(opened, shown) if "restore" in request.POST else _answer(opened)


def _restore(opened: OpenForm, shown: values.Part) -> HttpResponse:
    """The part as it was, behind a form that holds the words of whoever met its removal while writing."""
    editor = opened.editor
    tried = attempt(lambda: parts.restore_part(editor.edition, shown, actor=editor.request.user))
    opened.context["refusals"] = tried.refusals
    if tried.is_done:
        editor.wrote(tried.result)
        now_seen(opened.form, shown)
        opened.context |= {"removed": False, "restored": True}
    return _opened(editor, opened.shows(), tried.status)


def _remove(editor: EditorContext, shown: values.Part) -> HttpResponse:
    seen, called = editor.request.POST.get("seen", ""), editor.document.label_of(shown)
    tried = attempt(lambda: parts.remove_part(editor.edition, shown, seen=seen, actor=editor.request.user))
    if not tried.is_done:
        return outline_refusing(editor, tried)
    editor.wrote(tried.result)
    if editor.is_fragment:
        return fragments.removed(editor, shown, called)
    messages.success(editor.request, f"{called} was removed. You can restore it below.")
    return redirect("edit", editor.monograph.slug)


def _answer(opened: OpenForm) -> HttpResponse:
    """Shows the form, previews it, or saves it: whatever is refused comes back with all that was typed, and what was
    made of it is looked at before it is saved."""
    editor, form, status = opened.editor, opened.form, 200
    if editor.request.method == "POST" and not form.is_valid():
        status = form.refused_status
    elif editor.request.method == "POST" and "preview" in editor.request.POST:
        opened.context["previewed"] = True
    elif editor.request.method == "POST" and opened.is_ready:
        tried = attempt(
            lambda: parts.save(
                editor.edition, opened.wanted, actor=editor.request.user, reason=opened.reason, begins=editor.beginning
            )
        )
        if tried.is_done:
            editor.wrote(tried.result.change)
            (both,) = tried.result.done.values()
            if not opened.rest:
                spend(editor.request.user, tabs_of(editor.request.POST))
            value, said = opened.saved(both)
            if editor.is_fragment:
                return fragments.saved(editor, value, said)
            for words in (_saved(editor, value), *said):
                messages.success(editor.request, words)
            return (
                redirect("part_edit", editor.monograph.slug, both.part.key) if both else redirect(_after(editor, value))
            )
        assert tried.refused
        status = tried.status
        opened.refuse(tried.refused)
    return _opened(editor, opened.comes_back(), status)


def _after(editor: EditorContext, value: Value) -> str:
    """Where whoever saved goes on: at what was saved, or, if they asked for it, at the next thing to do."""
    key = str(getattr(value, "key", "header"))
    editor.refresh()
    if "next" in editor.request.POST and (further := OnePage(editor).next_after(key)[0]):
        return further
    place = "header" if key == "header" else f"part-{key}"
    return f"{reverse('edit', args=[editor.monograph.slug])}?saved={key}#{place}"


def named(editor: EditorContext, value: Value) -> str:
    """What is saved, as it is called beside the others now."""
    editor.refresh()
    return editor.document.label_of(value) if isinstance(value, values.Part) else "The header"


def _saved(editor: EditorContext, value: Value) -> str:
    """What was saved, and what of it still stands against sending the edition for review."""
    key = value.key if isinstance(value, values.Part) else None
    name = named(editor, value)
    left = to_do(editor, {str(key or "header")}).get(str(key or "header"), [])
    return " ".join([f"{name} is saved.", *(["Still to do:", *left] if left else [])])


@desk
@require_safe
def preview(request: DeskRequest, slug: str) -> HttpResponse:
    """The whole page of the edition, by the template that readers get; each part with its "Edit", for those who may."""
    editor = EditorContext(request, slug)
    keys = ["header", *(str(part.key) for part in editor.document.parts())] if editor.can_write else []
    edits = {key: edit_address(editor.monograph.slug, key) for key in keys}
    page = editor.page_of(editor.document)
    return render(request, "reviews/preview.html", editor.context(page=page, edits=edits))
