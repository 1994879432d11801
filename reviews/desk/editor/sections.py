"""The canonical sections that a kind of drug needs and its page lacks (docs/clinical/sections.md), each with a box.

What is written there goes into the edition as one change. With a script they are opened on the page itself
(clincalc/static/desk.js), where what is typed is kept meanwhile.
"""

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from monographs.checks.problems import gaps
from monographs.vocabulary import SECTION_KINDS, TRAITS, SectionKind
from reviews.desk.base import DeskRequest, desk
from reviews.desk.editor.context import EditorContext


@dataclass(frozen=True)
class Begun:
    """`why` says what of the drug asks for it; "" if every page has it, or none must."""

    kind: SectionKind
    key: UUID
    why: str
    is_optional: bool


def lacking(editor: EditorContext) -> list[Begun]:
    """In the order of the page. What is there already, if only as a heading, is written where it stands."""
    here = {section.kind for section in editor.document.sections}
    needed = {kind.slug for kind in gaps(editor.document, set(editor.monograph.drug.traits))}
    return [
        Begun(kind, uuid4(), TRAITS.get(kind.needed, "").lower(), kind.slug not in needed)
        for slug, kind in SECTION_KINDS.items()
        if slug not in here and (slug in needed or kind.needed == "optional")
    ]


@desk
@require_safe
def sections(request: DeskRequest, slug: str) -> HttpResponse:
    """The page with a box for each; it is sent to where several parts are saved together, which leaves out what nobody
    filled in."""
    editor = EditorContext(request, slug)
    context = editor.context(lacking=lacking(editor), costs_signature=editor.costs_signature)
    return render(request, "reviews/start_sections.html", context)
