"""Single parts of the one page, for a browser that has it already: each takes the place of what stands there.

Every such answer says in a header that it is one. Any other answer to a browser that asked for a part (a sign-in, a
refusal of the whole desk) has no such header, and the browser asks again for the page (clincalc/static/desk.js).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from monographs import document as values
from monographs.pages.page import numbers_of
from monographs.standing import draft
from monographs.typed import Value
from reviews.access.attempts import Attempt
from reviews.desk.base import DONE, PART
from reviews.desk.editor import presence
from reviews.desk.editor.context import NEW, EditorContext
from reviews.desk.editor.one_page import OnePage, Place, Row
from reviews.desk.editor.opened import OpenForm
from reviews.desk.editor.scratch import lines


def answer(
    response: HttpResponse, *, done: bool = False, opens: str = "", spent: Sequence[str] = (),
    order: dict[str, Any] | None = None, cited: str = "",
) -> HttpResponse:  # fmt: skip
    """Says that this is a part of the page, and whether an act is done; `opens` is the id of a link to go on at,
    `spent` the parts of which the page offers kept words that are not there any more, `order` in which order parts of
    one place stand (`keys`), and the id of the button to go on at (`focus`), `cited` the key of a
    new reference."""
    response[PART] = DONE if done else "shown"
    events = {"desk:spent": list(spent), "desk:open": opens, "desk:order": order, "desk:cited": cited}
    if told := {name: event for name, event in events.items() if event}:
        response["HX-Trigger-After-Settle"] = json.dumps(told)
    return response


def opened(editor: EditorContext, context: dict[str, Any], status: int) -> HttpResponse:
    """The part whose form is in this context."""
    one: OnePage = context["one"]
    place, row = one.found(one.opened)
    shown = {**context, "place": place, "row": row, "is_new": one.opened.startswith(NEW)}
    return answer(render(editor.request, "reviews/_edit_swap.html", shown, status=status))


def closed(editor: EditorContext, value: Value) -> HttpResponse:
    """The part as readers will get it."""
    presence.note(editor)
    place, row = (one := OnePage(editor)).found(_key(value))
    shown = editor.context(one=one, place=place, row=row)
    return answer(render(editor.request, "reviews/_edit_swap.html", shown))


Saved = tuple[Value, list[str]]  # what stands there now, and what is said of it


def _after(editor: EditorContext, done: Sequence[Saved], held: Sequence[OpenForm] = ()) -> dict[str, Any]:
    """What a save changed on the page around what was saved or held back (reviews/_edit_after.html): the outline, what
    is left at its places, references that came with the words, and, where citations got other numbers, the other
    parts."""
    before, there = _numbers(editor), editor.document.by_key()
    editor.refresh()
    presence.note(editor)
    one, places = OnePage(editor), dict[str, Place]()
    at = {*(_key(value) for value, _said in done), *(str(opened.form.key or "header") for opened in held)}
    rest = [row for place in one.places for row in place.rows if row.key not in at]
    brought = [row for row in rest if isinstance(row.part, values.Citation) and row.part.key not in there]
    changed = rest
    for value, _said in done:
        if place := one.found(_key(value))[0]:
            places[place.anchor] = place
    if _numbers(editor) == before:
        changed = [row for value, _said in done for row in _beside(one.found(_key(value))[0], value)]
    renumbered = [row for row in changed if row in rest and row not in brought]
    more = {"places": list(places.values()), "brought": brought, "renumbered": renumbered, "was": there}
    return editor.context(one=one, is_saved=True, **more)


def saved(editor: EditorContext, value: Value, said: list[str]) -> HttpResponse:
    """The part as it is now, with what changed around it."""
    shown = _after(editor, [(value, said)])
    one: OnePage = shown["one"]
    one.saved = _key(value)
    shown |= {"row": one.found(one.saved)[1], "said": said}
    opens = one.next_after(one.saved)[1] if "next" in editor.request.POST else ""
    response = render(editor.request, "reviews/_edit_swap.html", shown)
    cited = value.label if isinstance(value, values.Citation) and value.key not in shown["was"] else ""
    return answer(response, done=True, opens=opens, spent=_spent(editor, value), cited=cited)


@dataclass
class Piece:
    """What takes the place of the element `at`."""

    at: str
    html: str


def form_of(one: OnePage, opened: OpenForm) -> Piece:
    """A form that stands open beside others, at its place on this page."""
    one.opened = key = str(opened.form.key or "header")
    row = one.found(key)[1]
    template = "header" if key == "header" else "row" if row else "new"
    shown = {**opened.context, "one": one, "row": row, "oob": opened.editor.is_fragment}
    html = render_to_string(f"reviews/_edit_{template}.html", shown, opened.editor.request)
    one.opened = ""
    return Piece("header" if key == "header" else f"part-{key}", html)


def saved_all(editor: EditorContext, done: list[Saved], held: list[OpenForm], status: int) -> HttpResponse:
    """Each part that was sent: saved as it is now, or held back, open as it was sent and with what stands against it;
    and what changed around them."""
    shown, pieces = _after(editor, done, held), list[Piece]()
    one: OnePage = shown["one"]
    for value, said in done:
        row, one.saved = one.found(_key(value))[1], _key(value)
        now = {**shown, "row": row, "oob": True, "said": said}
        html = render_to_string(f"reviews/_edit_{'row' if row else 'header'}.html", now, editor.request)
        pieces.append(Piece(row.anchor if row else "header", html))
    one.saved = ""
    shown |= {"pieces": [*pieces, *(form_of(one, opened) for opened in held)], "done": done, "held": held}
    response = render(editor.request, "reviews/_edit_all.html", shown, status=status)
    return answer(response, done=bool(done), spent=[place for value, _said in done for place in _spent(editor, value)])


def removed(editor: EditorContext, part: values.Part, called: str) -> HttpResponse:
    """What stands in the place of a part that was taken out: how it was called there, and how to undo it."""
    before = _numbers(editor)
    editor.refresh()
    presence.note(editor)
    place = (one := OnePage(editor)).place_of(part)
    shown = editor.context(one=one, places=[place] if place else [], gone=part, called=called, is_saved=True)
    shown["renumbered"] = _others(one, None, before) or _beside(place, part)
    response = render(editor.request, "reviews/_edit_swap.html", shown)
    return answer(response, done=True, spent=_spent(editor, part))


def moved(editor: EditorContext, key: UUID, said: str, *, back: str, focus: str) -> HttpResponse:
    """What moved and how to undo it, the order of its place as it is now, and, where citations got other numbers, the
    other parts."""
    before = _numbers(editor)
    editor.refresh()
    presence.note(editor)
    one = OnePage(editor)
    place, _row = one.found(str(key))
    shown = editor.context(one=one, place=place, said=said, back=back, renumbered=_others(one, None, before))
    keys = [row.key for row in place.rows if row.sorts] if place else []
    response = render(editor.request, "reviews/_edit_moved.html", shown)
    return answer(response, done=True, order={"keys": keys, "focus": focus})


def not_moved(editor: EditorContext, tried: Attempt) -> HttpResponse:
    """Why nothing was moved. The page may be older than what stands there: it is asked for anew by a link."""
    shown = editor.context(refusals=tried.refusals)
    return answer(render(editor.request, "reviews/_edit_moved.html", shown, status=tried.status))


def _key(value: Value) -> str:
    return str(getattr(value, "key", "header"))


def _spent(editor: EditorContext, value: Value) -> list[str]:
    """Where words of this part may have been kept, and none are offered now; those of another window still are."""
    places = [_key(value), *([f"{NEW}{value.part_kind}"] if isinstance(value, values.Part) else [])]
    offered = {line["part"] for line in lines(editor)}
    return [place for place in places if place not in offered]


def _numbers(editor: EditorContext) -> dict[str, int]:
    return numbers_of(draft(editor.document))


def _beside(place: Place | None, changed: Value) -> list[Row]:
    """The other part of a place at which two can be sorted now, or one no more: its buttons come and go."""
    kind = getattr(changed, "part_kind", "header")
    if place is None or place.moves_kind != kind:
        return []
    beside = [row for row in place.rows if row.kind == kind and row.key != _key(changed)]
    return beside if len(beside) == 1 else []


def _others(one: OnePage, row: Row | None, before: dict[str, int]) -> list[Row]:
    """The other parts, if a citation has another number than before."""
    if _numbers(one.editor) == before:
        return []
    return [other for place in one.places for other in place.rows if other is not row]
