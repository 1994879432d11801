"""The sources that are offered while somebody writes: those that this edition cites first, then those of the library,
as which its own references count that no words cite."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from monographs import document as values
from monographs.citations.csl import format_reference, year
from monographs.citations.typed_source import typed_source
from monographs.models import Reference
from monographs.pages.page import cited_in
from monographs.standing import draft
from reviews.desk.base import DeskRequest, desk
from reviews.desk.editor import fragments
from reviews.desk.editor.context import EditorContext
from reviews.desk.editor.find import hits, is_it
from reviews.desk.editor.forms import ValueForm

MOST_OWN, MOST_OF_LIBRARY, MOST_SIGNS = 6, 4, 300


@dataclass
class Offer:
    """Each with who made it and when. `own` are those that words of this edition cite, `uncited` its other references.
    `taken`: records of the library whose key is that of another source in this
    edition; they get another key when they are added. `more` are those that fit too, and have no place in the list."""

    own: list[tuple[values.Citation, str]] = field(default_factory=list)
    uncited: list[tuple[values.Citation, str]] = field(default_factory=list)
    library: list[tuple[Reference, str]] = field(default_factory=list)
    taken: list[tuple[Reference, str]] = field(default_factory=list)
    more: int = 0


def offer(typed: str, document: values.Document, user: User) -> Offer:
    """What fits what was typed: all references of the edition, if it is nothing; of the library what names it, or has
    every word of it, as far as this person may see it."""
    made, labels = Offer(), {one.label for one in document.citations}
    source = typed_source(typed)
    own = [one for one in document.citations if not typed or is_it(source, one)]
    cited = cited_in(draft(document))
    for one in sorted(own, key=lambda one: one.label not in cited)[:MOST_OWN]:
        (made.own if one.label in cited else made.uncited).append((one, by(one.csl)))
    new = [record for record, cited in hits(typed, document, user) if not cited]
    for record in new[:MOST_OF_LIBRARY]:
        place = made.taken if record.label in labels else made.library
        place.append((record, by(record.csl)))
    made.more = max(0, len(own) - MOST_OWN) + max(0, len(new) - MOST_OF_LIBRARY)
    return made


def by(csl: Mapping[str, Any]) -> str:
    """Who made a source, and when: "Coles AJ et al., 2012"."""
    first, *others = format_reference(csl).authors.removesuffix(".").split(", ")
    first = f"{first.removesuffix(' et al')} et al." if others or first.endswith(" et al") else first
    return ", ".join(filter(None, (first or str(csl.get("publisher") or ""), year(csl))))


@desk
@require_safe
def cite(request: DeskRequest, slug: str) -> HttpResponse:
    """A list for whoever types “[@” into a box (clincalc/static/citing.js); nothing is saved by it."""
    editor = EditorContext(request, slug)
    typed = request.GET.get("q", "").strip()[:MOST_SIGNS]
    made = offer(typed, editor.document, request.user)
    found = len(made.own) + len(made.uncited) + len(made.library) + len(made.taken)
    context = {
        "own": made.own,
        "uncited": made.uncited,
        "library": made.library,
        "taken": made.taken,
        "more": made.more,
        "typed": typed,
        "is_named": typed_source(typed).kind in ("doi", "pmid", "address", "citation"),
        "said": f"{found or 'No'} source{'' if found == 1 else 's'}. Choose with the arrow keys and Enter.",
    }
    return fragments.answer(render(request, "reviews/_cites.html", context))


def equip(form: ValueForm, editor: EditorContext) -> bool:
    """Says at the box whose words may cite where sources are offered; whether there is one."""
    name = values.PROSE.get(form.model, "")
    if name in form.fields and editor.can_write:
        form.fields[name].widget.attrs["data-cites"] = reverse("cite", args=[editor.monograph.slug])
        return True
    return False
