"""The editor: the one page, header, parts, and the preview.

Nothing that was typed is lost: a form that is refused comes back as it was, and a conflict shows both texts.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from monographs import document as values
from monographs.assemble import build
from monographs.checks.problems import problems
from monographs.difference.diff_html import changes_of
from monographs.difference.document_diff import compare
from monographs.digest import digest_of_part
from monographs.standing import today
from monographs.typed import Value
from monographs.vocabulary import SECTION_KINDS
from reviews.access.attempts import Attempt, attempt
from reviews.access.door import kept as admitted_reason
from reviews.access.refusals import Conflict
from reviews.changes import faster
from reviews.desk.base import DeskRequest, desk, edit_address
from reviews.desk.editor import citing, fragments, presence
from reviews.desk.editor.citation_form import CitationForm
from reviews.desk.editor.clash import base_shown, both_in
from reviews.desk.editor.context import FORMS, NOUNS, EditorContext, with_part
from reviews.desk.editor.find import Finding, find
from reviews.desk.editor.forms import OVER, HeaderForm, ValueForm
from reviews.desk.editor.lists import make_lists, put
from reviews.desk.editor.one_page import NEW, OnePage, brought, place_of_new, seen_as
from reviews.desk.editor.scratch import lines, offered, posted, spend
from reviews.editing import parts
from reviews.editing.citable import from_library, visible
from reviews.editing.merging import Merged
from reviews.review.edition_review import EditionReview
from reviews.review.proofed import hints_of, must_fix, spelling_of


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, slug: str) -> HttpResponse:
    """The page: every part with what stands against it, what could be added, what was taken out. A POST of
    `restore` (a key) puts a removed part back."""
    editor = EditorContext(request, slug)
    if request.method != "POST":
        return render(request, "reviews/edit.html", _outline(editor))
    try:
        key = UUID(request.POST.get("restore", ""))
    except ValueError:
        raise Http404 from None
    part, _removed = editor.part(key)
    tried = attempt(lambda: parts.restore_part(editor.edition, part, actor=request.user))
    if not tried.is_done:
        return outline_refusing(editor, tried)
    if editor.is_fragment:
        return fragments.saved(editor, part, [f"{part.label_for_people} is back as it was."])
    messages.success(request, f"{part.label_for_people} is back as it was.")
    return redirect("edit", slug)


def _outline(editor: EditorContext) -> dict[str, Any]:
    """The page with nothing open."""
    presence.note(editor)
    review = None if editor.edition.is_open else EditionReview.load(editor.edition)
    return editor.context(one=OnePage(editor), review=review, scratch_lines=lines(editor))


def outline_refusing(editor: EditorContext, tried: Attempt) -> HttpResponse:
    """The page with the reasons on top: nothing was typed that could be lost."""
    context = {**_outline(editor), "refusals": tried.refusals}
    return render(editor.request, "reviews/edit.html", context, status=tried.status)


def _opened(editor: EditorContext, context: dict[str, Any], status: int) -> HttpResponse:
    """The page with the form of this context open at its place, beside what readers would get of it; of a page that is
    there already, that part alone."""
    form, shown = context["form"], context.get("shown")
    opened = NEW if shown is None else str(getattr(shown, "key", "header"))
    kind = context.get("kind", "")
    new_at = place_of_new(kind, str(form["kind"].value() or "") if kind == "section" else "") if kind else ""
    value = form.readable if form.is_bound else shown
    context["costs_signature"] = editor.costs_signature
    context["cites"] = citing.equip(form, editor)
    context["brings"] = brings = _brings(editor, value, shown) if value else ()
    context["seen_as"] = seen_as(editor, value, brings) if value else None
    if editor.is_fragment and editor.request.POST.get("only") == "preview":
        return fragments.answer(render(editor.request, "reviews/_edit_preview.html", context))
    editor.refresh()
    presence.note(editor, f"new-{kind}" if opened == NEW else opened)
    context["one"] = OnePage(editor, opened, new_at)
    if editor.is_fragment and not context.get("removed"):  # a part that was taken out has no place: the whole page
        return fragments.opened(editor, context, status)
    return render(editor.request, "reviews/edit.html", context, status=status)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def header(request: DeskRequest, slug: str) -> HttpResponse:
    """The form of the header."""
    editor = EditorContext(request, slug)
    shown = editor.document.header
    if editor.is_fragment and "closed" in request.GET:
        return fragments.closed(editor, shown)
    form = HeaderForm(posted(editor, "header"), document=editor.document, shown=shown, uid=editor.uid("header"))
    context = editor.context(form=form, shown=shown, words="the header", class_path=shown.class_path)
    return _answer(editor, context, lambda **how: parts.save_header(editor.edition, form.value, **how))


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def part_new(request: DeskRequest, slug: str, kind: str) -> HttpResponse:
    """The form of a new part. A section begins as the kind that `?section=` names; a reference is looked for by `?q=`,
    and with `?further=` at the registers even if something was found here. The key of the new part goes with the form,
    so that it is added once however often it is sent."""
    editor = EditorContext(request, slug)
    found = _found(editor) if kind == "citation" else Finding()
    initial = found.boxes or {"kind": request.GET.get("section", "")}
    key = _key_of(request)
    if editor.is_fragment and "closed" in request.GET:
        return fragments.answer(HttpResponse())
    data = posted(editor, f"new-{kind}")
    form = FORMS[kind](data, document=editor.document, key=key, initial=initial, uid=editor.uid(key))
    context = editor.context(form=form, kind=kind, words=_added(kind, form))
    if isinstance(form, CitationForm):
        form.may_copy(visible(request.user))
        if found.filled:
            form.propose(found.filled.csl)
        context |= {"query": found.typed, "found": found}
    elif kind == "related":
        context["targets"] = editor.targets()

    def add(seen: str, **how: Any) -> None:
        parts.add_part(editor.edition, form.value, **how)

    return _answer(editor, context, add)


def _added(kind: str, form: ValueForm) -> str:
    """What is added, as the link to its form says it: a section by its heading, once its kind is known."""
    section = str(form["kind"].value()) if kind == "section" else ""
    return SECTION_KINDS[section].heading.lower() if section in SECTION_KINDS else f"a {NOUNS[kind]}"


def _found(editor: EditorContext) -> Finding:
    """What was looked for. Who only reads, or sends the form, asks no register."""
    request = editor.request
    typed = request.GET.get("q", "").strip()
    if not typed:
        return Finding()
    asks = request.method == "GET" and editor.can_write
    return find(typed, editor.document, user=request.user, asks=asks, further="further" in request.GET)


def _brings(editor: EditorContext, value: Value, shown: Value | None) -> tuple[values.Citation, ...]:
    """The references of the library that go into the edition with these words."""
    return from_library(editor.document, value, shown, user=editor.request.user) if editor.can_write else ()


def _key_of(request: DeskRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
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
    data = posted(editor, str(key))
    form = FORMS[shown.part_kind](data, document=editor.document, shown=shown, uid=editor.uid(key))
    if isinstance(shown, values.Section):  # another kind would be another section
        form.fields["kind"].disabled = True
    context = editor.context(form=form, shown=shown, words=shown.label_for_people, removed=removed)
    if shown.part_kind == "related":
        context["targets"] = editor.targets()
    if "restore" in request.POST:
        return _restore(editor, shown, context)
    return _answer(editor, context, lambda **how: parts.save_part(editor.edition, form.value, **how))


def _restore(editor: EditorContext, shown: values.Part, context: dict[str, Any]) -> HttpResponse:
    """The part as it was, behind a form that holds the words of whoever met its removal while writing."""
    tried = attempt(lambda: parts.restore_part(editor.edition, shown, actor=editor.request.user))
    context["refusals"] = tried.refusals
    if tried.is_done:
        _now_seen(context["form"], shown)
        context |= {"removed": False, "restored": True}
    context |= offered(editor, context["form"], str(shown.key))
    return _opened(editor, context, tried.status)


def _now_seen(form: ValueForm, value: Value) -> None:
    """What stands there now counts as seen: saving again puts the words of this form over it, knowingly."""
    put(form, "seen", digest_of_part(value))


def _remove(editor: EditorContext, shown: values.Part) -> HttpResponse:
    seen = editor.request.POST.get("seen", "")
    tried = attempt(lambda: parts.remove_part(editor.edition, shown, seen=seen, actor=editor.request.user))
    if not tried.is_done:
        return outline_refusing(editor, tried)
    if editor.is_fragment:
        return fragments.removed(editor, shown)
    messages.success(editor.request, f"{shown.label_for_people} was removed. You can restore it below.")
    return redirect("edit", editor.monograph.slug)


def _answer(editor: EditorContext, context: dict[str, Any], save: Callable[..., Merged | None]) -> HttpResponse:
    """Shows the form, previews it, or saves it: whatever is refused comes back with all that was typed, and what was
    made of it is looked at before it is saved."""
    form: ValueForm = context["form"]
    status = 200
    if not form.is_bound and context.get("shown") is not None:
        context["hints"] = hints_of(
            context["shown"], {one.label for one in editor.document.citations}, editor.names_of(context["shown"])
        )
        context["spelling"] = spelling_of(context["shown"]) if context["can_write"] else []
    made = context["made_lists"] = make_lists(form) if form.is_bound else []
    if editor.request.method == "POST" and not form.is_valid():
        status = form.refused_status
    elif editor.request.method == "POST" and "preview" in editor.request.POST:
        context["previewed"] = True
    elif editor.request.method == "POST" and all(one.is_seen for one in made):
        how: dict[str, Any] = {"seen": form.cleaned_data["seen"] or "", "reason": form.cleaned_data["reason"]}
        how["cited"] = brings = _brings(editor, form.value, form.shown)
        tried = attempt(lambda: _saving(editor, form, lambda: save(actor=editor.request.user, **how)))
        if tried.is_done:
            both: Merged | None = tried.result
            spend(editor.request)
            value = both.part if both else form.value
            said = [*form.said, *map(brought, brings), *([both_in(both, editor.request.user)] if both else [])]
            if editor.is_fragment:
                return fragments.saved(editor, value, said)
            for words in (_saved(editor, value), *said):
                messages.success(editor.request, words)
            return (
                redirect("part_edit", editor.monograph.slug, both.part.key) if both else redirect(_after(editor, value))
            )
        status = tried.status
        if isinstance(tried.refused, Conflict):
            context |= _both(editor, form, tried.refused)
        else:
            context["refusals"] = form.refuse(tried.refusals)
    if form.is_over and "conflict" not in context:
        context |= _both(editor, form, _still(editor, form))
    context |= offered(editor, form, str(form.key or "header") if form.shown else f"new-{context['kind']}")
    return _opened(editor, context, status)


def _saving(editor: EditorContext, form: ValueForm, save: Callable[[], Merged | None]) -> Merged | None:
    """The first save of what readers see starts the next edition; what changes nothing or is refused starts none."""
    if editor.begins and form.value != form.shown:
        admitted_reason(form.cleaned_data["reason"])
        if form.shown is not None and form.cleaned_data["seen"] != digest_of_part(form.shown):
            raise _still(editor, form)
        if form.shown is None and form.key and parts.is_there(form.key):
            raise parts.added_already(form.key)
        editor.begin()
        form.said.append(f"Edition {editor.edition.number} is started. Readers see the old one until you publish.")
    return save()


def _after(editor: EditorContext, value: Value) -> str:
    """Where whoever saved goes on: at what was saved, or, if they asked for it, at the next thing to do."""
    key = str(getattr(value, "key", "header"))
    editor.refresh()
    if "next" in editor.request.POST and (further := OnePage(editor).next_after(key)[0]):
        return further
    place = "header" if key == "header" else f"part-{key}"
    return f"{reverse('edit', args=[editor.monograph.slug])}?saved={key}#{place}"


def _saved(editor: EditorContext, value: Value) -> str:
    """What was saved, and what of it still stands against sending the edition for review."""
    key, name = (value.key, value.label_for_people) if isinstance(value, values.Part) else (None, "The header")
    editor.edition.refresh_from_db()  # the columns of the header are those that were shown
    document = build(editor.edition)
    to_do = [one.sentence for one in problems(document, today()) if one.key == key]
    to_do += must_fix(value, {one.label for one in document.citations}, editor.names_of(value))
    return " ".join([f"{name} is saved.", *(["Still to do:", *to_do] if to_do else [])])


def _still(editor: EditorContext, form: ValueForm) -> Conflict:
    """The conflict that was shown with this form, and that nothing has settled yet."""
    key, did = (str(form.key), "saved this part") if form.key else ("header", "saved the header")
    return Conflict(faster(editor.edition, editor.request.user, key, did), form.shown, key)


def _both(editor: EditorContext, form: ValueForm, conflict: Conflict) -> dict[str, Any]:
    """The texts of a conflict: mine in the form, theirs beside it, word by word (whole, while mine cannot be read), and
    what both began with."""
    if conflict.current is None:  # it was removed: there is nothing beside mine
        return {"conflict": conflict, "removed": True}
    base = base_shown(editor, form, conflict.current)
    _now_seen(form, conflict.current)
    put(form, OVER, digest_of_part(conflict.current))
    theirs = with_part(build(editor.edition), conflict.current)
    mine = with_part(theirs, form.readable) if theirs and form.readable is not None else None
    if mine is None:
        shown = type(form)(document=editor.document, shown=conflict.current).as_read()
        return {"conflict": conflict, "theirs": shown, **base}
    return {"conflict": conflict, "changes": changes_of(compare(theirs, mine)), **base}


@desk
@require_safe
def preview(request: DeskRequest, slug: str) -> HttpResponse:
    """The whole page of the edition, by the template that readers get; each part with its "Edit", for those who may."""
    editor = EditorContext(request, slug)
    keys = ["header", *(str(part.key) for part in editor.document.parts())] if editor.can_write else []
    edits = {key: edit_address(editor.monograph.slug, key) for key in keys}
    page = editor.page_of(editor.document)
    return render(request, "reviews/preview.html", editor.context(page=page, edits=edits))
