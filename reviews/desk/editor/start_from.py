"""Parts of another monograph's page as the beginning of one's own: whose page, and then which of its parts."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from monographs import document as values
from monographs.document import PROSE, Section
from monographs.models import Monograph
from reviews.access import policy
from reviews.access.attempts import NOT_TRIED, attempt
from reviews.access.door import as_code
from reviews.desk.act_forms import KEPT
from reviews.desk.base import MOST_WORDS, DeskRequest, desk
from reviews.desk.editor.context import EditorContext
from reviews.editing.from_another import Source, copy_parts, source_of
from reviews.forms import Form, Text, offer, sendable

MOST = 30  # monographs that are listed


class PartsForm(Form):
    """Which parts of the page of `source`. Ticked beforehand is what `document` has nothing of."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    parts = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label="What to copy")
    reason = Text(rows=2, label="Why these words", help_text=KEPT, attrs={"maxlength": MOST_WORDS})

    def __init__(self, data: Any, source: Source, document: values.Document) -> None:
        here = {_about(part) for part in document.parts()}
        missing = [str(part.key) for part in source.parts if _about(part) not in here]
        super().__init__(data, initial={"seen": source.publication.number, "parts": missing})
        self.source, self.here = source, here
        offer(self, "parts", [(str(part.key), part.label_for_people) for part in source.parts])

    @property
    def offered(self) -> list[dict[str, Any]]:
        """Each part with its box, its words, and whether the edition has something of it."""
        return [
            {"box": box, "part": part, "words": _words(part), "is_here": _about(part) in self.here}
            for box, part in zip(self["parts"], self.source.parts, strict=True)
        ]

    @property
    def keys(self) -> list[UUID]:
        return [UUID(key) for key in self.cleaned_data.get("parts", ())]


def _about(part: values.Part) -> str:
    """What a part is about: sections by their kind, all else by its name."""
    return str(part.kind) if isinstance(part, Section) else part.label_for_people.casefold()


def _words(part: values.Part) -> str:
    if prose := PROSE.get(type(part)):
        return str(getattr(part, prose))
    assert isinstance(part, values.MonitoringItem)
    return "\n".join(filter(None, (part.when, part.how_often, part.how_long, part.note)))


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def start_from(request: DeskRequest, slug: str) -> HttpResponse:
    """`?of=` is the address of the other monograph; without one some are listed, those that `?q=` names. Fields:
    `parts` (keys), `seen` (the number of the edition that was shown), `reason`."""
    editor, tried, form = EditorContext(request, slug), NOT_TRIED, None
    of = as_code(request.GET.get("of", ""))
    other = Monograph.objects.select_related("live__document").filter(slug=of).exclude(pk=editor.monograph.pk).first()
    source = source_of(other) if other else None
    if source:
        form = PartsForm(request.POST if request.method == "POST" else None, source, editor.document)
    elif of and request.method != "POST":
        raise Http404
    if request.method == "POST":
        given = form.given if form else {"reason": ""}
        tried = attempt(
            lambda: copy_parts(
                editor.edition,
                source=other or editor.monograph,
                seen=form.cleaned_data.get("seen") or 0 if form else 0,
                keys=form.keys if form else [],
                actor=request.user,
                reason=given["reason"].strip(),
            )
        )
        if tried.is_done and source:
            said = "Copied from {}, with the references cited: look for what is so of that drug alone."
            messages.success(request, said.format(source.name))
            return redirect(f"{reverse('edit', args=[editor.monograph.slug])}#part-{tried.result[0]}")
    typed = " ".join(sendable(request.GET.get("q", "")).replace("\x00", "").split())[:100]
    context = editor.context(
        typed=typed,
        against=policy.refusals(request.user, "edit", editor.monograph),
        listed=[] if source else list(_listed(editor.monograph, typed)),
        source=source,
        costs_signature=editor.costs_signature,
        form=form,
        refusals=form.refuse(tried.refusals) if form else tried.refusals,
    )
    return render(request, "reviews/start_from.html", context, status=tried.status)


def _listed(monograph: Monograph, typed: str) -> QuerySet[Monograph]:
    """Some that are published, those of the same class first."""
    rows = Monograph.objects.filter(live__isnull=False).exclude(pk=monograph.pk).select_related("live__edition")
    if typed:
        rows = rows.filter(Q(live__name__icontains=typed) | Q(slug__icontains=typed))
    is_near = Case(When(therapeutic_class=monograph.therapeutic_class_id, then=Value(0)), default=Value(1))
    return rows.order_by(is_near, "live__name", "slug")[:MOST]
