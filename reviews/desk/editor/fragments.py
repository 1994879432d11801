"""Single parts of the one page, for a browser that has it already: each takes the place of what stands there.

Every such answer says in a header that it is one. Any other answer to a browser that asked for a part (a sign-in, a
refusal of the whole desk) has no such header, and the browser asks again for the page (clincalc/static/desk.js).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from monographs import document as values
from monographs.pages.page_model import Page
from monographs.typed import Value
from reviews.desk.base import DONE, PART
from reviews.desk.editor import presence
from reviews.desk.editor.context import EditorContext
from reviews.desk.editor.one_page import NEW, OnePage, Row
from reviews.desk.editor.opened import OpenForm
from reviews.desk.editor.scratch import NEW as NEW_PART
from reviews.desk.editor.scratch import lines
from reviews.review.proofed import must_fix


def answer(response: HttpResponse, *, done: bool = False, opens: str = "", spent: Sequence[str] = ()) -> HttpResponse:
    """Says that this is a part of the page, and whether an act is done; `opens` is the id of a link to go on at,
    `spent` the parts of which the page offers kept words that are not there any more."""
    response[PART] = DONE if done else "shown"
    events = {"desk:spent": list(spent)} if spent else {}
    if told := events | ({"desk:open": opens} if opens else {}):
        response["HX-Trigger-After-Settle"] = json.dumps(told)
    return response


def opened(editor: EditorContext, context: dict[str, Any], status: int) -> HttpResponse:
    """The part whose form is in this context."""
    one: OnePage = context["one"]
    place, row = one.found(one.opened)
    shown = {**context, "place": place, "row": row, "is_new": one.opened == NEW}
    return answer(render(editor.request, "reviews/_edit_swap.html", shown, status=status))


def closed(editor: EditorContext, value: Value) -> HttpResponse:
    """The part as readers will get it."""
    presence.note(editor)
    place, row = (one := OnePage(editor)).found(_key(value))
    shown = editor.context(one=one, place=place, row=row)
    return answer(render(editor.request, "reviews/_edit_swap.html", shown))


def saved(editor: EditorContext, value: Value, said: list[str]) -> HttpResponse:
    """The part as it is now, with what changed around it: the outline, what is left at its place, and, where citations
    got other numbers, the other parts."""
    before = _numbers(editor.page_of(editor.document))
    editor.refresh()
    presence.note(editor)
    one = OnePage(editor, saved=_key(value))
    said = [*said, *_left(editor, value)]
    place, row = one.found(_key(value))
    shown = editor.context(one=one, place=place, row=row, is_saved=True, said=said)
    shown["renumbered"] = _others(one, row, before)
    opens = one.next_after(one.saved)[1] if "next" in editor.request.POST else ""
    response = render(editor.request, "reviews/_edit_swap.html", shown)
    return answer(response, done=True, opens=opens, spent=_spent(editor, value))


Saved = tuple[Value, list[str]]  # what stands there now, and what is said of it


@dataclass
class Piece:
    """What takes the place of the element `at`."""

    at: str
    html: str


def saved_all(editor: EditorContext, done: list[Saved], held: list[OpenForm], status: int) -> HttpResponse:
    """Each part that was sent: saved as it is now, or held back, open as it was sent and with what stands against it;
    and what changed around them."""
    before = _numbers(editor.page_of(editor.document))
    editor.refresh()
    one, pieces = OnePage(editor), list[Piece]()
    shown = editor.context(one=one, is_saved=True)
    places = dict[str, Any]()
    for value, said in done:
        place, row = one.found(_key(value))
        one.saved = _key(value)
        template = "reviews/_edit_row.html" if row else "reviews/_edit_header.html"
        now = {**shown, "row": row, "said": [*said, *_left(editor, value)]}
        html = render_to_string(template, now, editor.request)
        pieces.append(Piece(row.anchor if row else "header", html))
        if place:
            places[place.anchor] = place
    one.saved = ""
    for opened in held:
        one.opened = key = str(opened.form.key or "header")
        row = one.found(key)[1]
        template = "header" if key == "header" else "row" if row else "new"
        html = render_to_string(
            f"reviews/_edit_{template}.html", {**opened.context, "one": one, "row": row}, editor.request
        )
        pieces.append(Piece("header" if key == "header" else f"part-{key}", html))
    one.opened = ""
    renumbered = [row for row in _others(one, None, before) if row.anchor not in {piece.at for piece in pieces}]
    shown |= {"pieces": pieces, "places": places.values(), "renumbered": renumbered, "done": done, "held": held}
    response = render(editor.request, "reviews/_edit_all.html", shown, status=status)
    return answer(response, done=bool(done), spent=[place for value, _said in done for place in _spent(editor, value)])


def removed(editor: EditorContext, part: values.Part) -> HttpResponse:
    """What stands in the place of a part that was taken out: that it was, and how to undo it."""
    one = OnePage(editor)
    before, place = _numbers(one.page), one.found(str(part.key))[0]
    editor.refresh()
    presence.note(editor)
    one = OnePage(editor)
    place = next((now for now in one.places if place and now.anchor == place.anchor), None)
    shown = editor.context(one=one, place=place, gone=part, is_saved=True, renumbered=_others(one, None, before))
    response = render(editor.request, "reviews/_edit_swap.html", shown)
    return answer(response, done=True, spent=_spent(editor, part))


def _left(editor: EditorContext, value: Value) -> list[str]:
    """What proofing will not let pass of what was saved."""
    left = must_fix(value, {citation.label for citation in editor.document.citations})
    return [f"Still to do: {' '.join(left)}"] if left else []


def _key(value: Value) -> str:
    return str(getattr(value, "key", "header"))


def _spent(editor: EditorContext, value: Value) -> list[str]:
    """Where words of this part may have been kept, and none are offered now; those of another window still are."""
    places = [_key(value), *([f"{NEW_PART}{value.part_kind}"] if isinstance(value, values.Part) else [])]
    offered = {line["part"] for line in lines(editor)}
    return [place for place in places if place not in offered]


def _numbers(page: Page) -> dict[str, int]:
    return {reference.label: reference.number for reference in page.references}


def _others(one: OnePage, row: Row | None, before: dict[str, int]) -> list[Row]:
    """The other parts, if a citation has another number than before."""
    if _numbers(one.page) == before:
        return []
    return [other for place in one.places for other in place.rows if other is not row]
