"""Before the first act by which somebody who could sign an edition becomes an author in it: what that costs, and what
they can do instead. The form of a part says so itself; a button that acts at once is answered by a page that asks."""

from django.http import HttpResponse
from django.shortcuts import render

from reviews.audit.acts import UNTYPED
from reviews.desk.editor.context import EditorContext

KNOWING = "knowing"  # sent by whoever was told


def told_first(editor: EditorContext, act: str, loses: str) -> HttpResponse | None:
    """The page that says what `act` costs ("moves parts"), in place of the act; None if it costs nothing, or they were
    told. `loses`: what they could not sign any more. All that was sent goes on with it."""
    request = editor.request
    if KNOWING in request.POST or not editor.costs_signature:
        return None
    sent = [(name, one) for name, several in request.POST.lists() if name not in UNTYPED for one in several]
    context = editor.context(act=act, loses=loses, sent=sent, knowing=KNOWING, action=request.get_full_path())
    return render(request, "reviews/edit_costs.html", context)
