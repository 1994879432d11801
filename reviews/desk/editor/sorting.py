"""The order of parts. On the one page a part goes a step up or down among those beside it, or before one of them; on a
page of its own each part of a kind has a number. Every time it is one change set."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from monographs import document as values
from monographs.document import PART_FIELDS
from reviews.access.attempts import attempt
from reviews.access.refusals import Refusal
from reviews.desk.base import DeskRequest, desk
from reviews.desk.editor import fragments
from reviews.desk.editor.context import HEADINGS, EditorContext
from reviews.desk.editor.forms import OrderForm
from reviews.desk.editor.told_first import told_first
from reviews.desk.editor.write import outline_refusing
from reviews.editing import parts

UP, DOWN, PUT = "up", "down", "put"  # buttons of the one page, each with the key of the part that moves


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: DeskRequest, slug: str) -> HttpResponse:
    """The order of the parts of one kind (`?kind=`): a number beside each. `seen` lists the keys that were shown.

    A POST of `up` or `down` (a key), or of `put` (two, with a stroke between them: the first goes before the second,
    and behind all without one) moves one of those that were seen; parts of the kind that were not stay where they are.
    """
    editor = EditorContext(request, slug)
    kind = request.GET.get("kind", "section")
    if kind not in HEADINGS:
        raise Http404
    if button := next((one for one in (UP, DOWN, PUT) if one in request.POST), ""):
        return _move(editor, kind, button)
    seen = request.POST.getlist("seen")
    document = editor.document
    form = OrderForm(
        {part.key: document.label_of(part) for part in getattr(document, PART_FIELDS[kind])},
        request.POST if request.method == "POST" else None,
        seen,
        is_closed=not (editor.is_draft and editor.may_edit),
    )
    status, refusals = 200, list[Refusal]()
    if request.method == "POST":
        status = 422
        if form.is_valid():
            wanted = sorted(seen, key=lambda key: (form.place_of(key), seen.index(key)))
            tried = attempt(
                lambda: parts.save_order(editor.edition, kind, _keys(wanted), seen=_keys(seen), actor=request.user)
            )
            if tried.is_done:
                messages.success(request, f"The order of {HEADINGS[kind].lower()} is saved.")
                return redirect("edit", slug)
            status, refusals = tried.status, tried.refusals
    context = editor.context(kind=kind, heading=HEADINGS[kind], form=form, kinds=HEADINGS.items(), refusals=refusals)
    context["costs_signature"] = editor.costs_signature
    return render(request, "reviews/edit_order.html", context, status=status)


def _move(editor: EditorContext, kind: str, button: str) -> HttpResponse:
    """One part a step on, or before another. Where it is there already, nothing is written."""
    document = editor.document
    names = {part.key: _name(part, document.label_of(part)) for part in getattr(document, PART_FIELDS[kind])}
    seen = _keys(editor.request.POST.getlist("seen"))
    typed, _stroke, before = editor.request.POST[button].partition("/")
    (key,) = _keys([typed])
    wanted, name = moved(seen, button, key, *_keys([before] if before else [])), names.get(key, "This part")
    if wanted == seen and key in names:
        end = {UP: "the first", DOWN: "the last"}.get(button, "there")
        return _told(editor, key, button, f"{name} is {end} already.")
    if told := told_first(editor, "moves parts", "their order"):
        return told
    whole = among(list(names), seen, wanted)
    tried = attempt(
        lambda: parts.save_order(
            editor.edition, kind, whole or wanted, seen=list(names) if whole else seen, actor=editor.request.user
        )
    )
    if not tried.is_done:
        if editor.is_fragment:
            return fragments.not_moved(editor, tried)
        return outline_refusing(editor, tried)
    editor.wrote(tried.result)
    at, stood = wanted.index(key), seen.index(key)
    where = f"before {names[wanted[at + 1]]}" if key != wanted[-1] else f"behind {names[wanted[at - 1]]}"
    back = f"{key}/{seen[stood + 1] if key != seen[-1] else ''}"
    return _told(editor, key, button, f"{name} stands {where} now.", back)


def _name(part: values.Part, label: str) -> str:
    """A part among those of its kind, which stands before the name elsewhere."""
    return label if isinstance(part, values.Section) else label.partition(": ")[2]


def _told(editor: EditorContext, key: UUID, button: str, said: str, back: str = "") -> HttpResponse:
    """What was done, and `back`: what `put` takes to undo it."""
    if editor.is_fragment:
        return fragments.moved(editor, key, said, back=back, focus=f"{DOWN if button == DOWN else UP}-{key}")
    messages.success(editor.request, said)
    return redirect(f"{reverse('edit', args=[editor.monograph.slug])}#part-{key}")


def moved(seen: list[UUID], button: str, key: UUID, before: UUID | None = None) -> list[UUID]:
    """What was seen with this part a step up or down, or put before another, else behind all; as it is where nothing
    is to move."""
    if key not in seen or before == key:
        return seen
    left = [one for one in seen if one != key]
    at = seen.index(key) + (-1 if button == UP else 1)
    if button == PUT:
        at = left.index(before) if before in left else len(left)
    at = max(at, 0)
    return [*left[:at], key, *left[at:]]


def among(keys: list[UUID], seen: list[UUID], wanted: list[UUID]) -> list[UUID]:
    """All parts of a kind, those that were seen in the order wanted and the others where they are. Nothing if it is not
    so any more that they stand like that."""
    if [key for key in keys if key in seen] != seen:
        return []
    following = iter(wanted)
    return [next(following) if key in seen else key for key in keys]


def _keys(typed: list[str]) -> list[UUID]:
    """Keys as they came; a word that is none stands for a part that is not there, so that the order is refused."""
    keys = []
    for word in typed:
        try:
            keys.append(UUID(word))
        except ValueError:
            keys.append(UUID(int=0))
    return keys
