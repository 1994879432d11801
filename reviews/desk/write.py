"""The editor: outline, header, parts, order, and the preview.

Nothing that was typed is lost: a form that is refused comes back as it was, and a conflict shows both texts.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from monographs import document as values
from monographs.assemble import build
from monographs.diff import compare
from monographs.document import PART_FIELDS, SECTION_KINDS, digest_of_part, gaps, problems
from monographs.models import PARTS, Edition, Monograph, NameCheck, State
from monographs.page import page
from monographs.standing import Standing, names_found, today
from reviews import edits, policy
from reviews.case import Case
from reviews.changes import NoPen
from reviews.desk.common import BUSY, STATUS, current_edition, desk, monograph_for, not_here
from reviews.desk.forms import FORMS, NOUNS, EditForm, HeaderForm, PartForm
from reviews.desk.sides import changes_of
from reviews.refusals import Conflict, Refused

HEADINGS = {
    "section": "Sections",
    "monitoring": "Monitoring tests",
    "notice": "Safety notices",
    "citation": "References",
    "related": "Related monographs",
}


class Bench:
    """What every page of the editor is about: the monograph, its current edition, and the document as it stands."""

    def __init__(self, request: HttpRequest, slug: str) -> None:
        self.request = request
        self.monograph: Monograph = monograph_for(request, slug)
        self.edition: Edition = current_edition(self.monograph)
        self.edition.monograph = self.monograph
        self.document = build(self.edition)

    @property
    def is_draft(self) -> bool:
        return self.edition.state == State.DRAFT

    @property
    def may_edit(self) -> bool:
        return policy.can(self.request.user, "edit", self.monograph)

    def context(self, **more: Any) -> dict[str, Any]:
        return {
            "section": "monographs",
            "monograph": self.monograph,
            "edition": self.edition,
            "outline": self.document,
            "can_write": self.is_draft and self.may_edit,
            "may_edit": self.may_edit,
            "is_draft": self.is_draft,
            **more,
        }

    def part(self, key: UUID) -> tuple[values.Part, bool]:
        """(the part of this key, whether it was removed). A key of another edition is a 404, and recorded."""
        for model in PARTS.values():
            row = model.with_removed.filter(edition=self.edition, key=key).first()
            if row is not None:
                return row.as_value(), row.removed
        not_here(self.request, self.monograph)
        raise Http404


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The outline: every part with what stands against it, what could be added, what was taken out. A POST of
    `restore` (a key) puts a removed part back."""
    bench = Bench(request, slug)
    if request.method == "POST":
        return _restore(bench)
    return render(request, "reviews/edit.html", _outline(bench))


def _outline(bench: Bench) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for problem in problems(bench.document):
        found.setdefault(str(problem.key) if problem.key else "header", []).append(problem.sentence)
    groups = []
    for kind, field in PART_FIELDS.items():
        parts = list(getattr(bench.document, field))
        if kind == "section":
            order = list(SECTION_KINDS)
            parts.sort(key=lambda part: order.index(part.kind))
        removed = [row.as_value() for row in PARTS[kind].with_removed.filter(edition=bench.edition, removed=True)]
        rows = [(part, found.get(str(part.key), [])) for part in parts]
        groups.append({"kind": kind, "heading": HEADINGS[kind], "noun": NOUNS[kind], "rows": rows, "removed": removed})
    missing = gaps(bench.document, set(bench.monograph.drug.traits))
    case = None if bench.edition.is_open else Case.load(bench.edition)
    return bench.context(groups=groups, header_problems=found.get("header", []), missing=missing, case=case)


def _restore(bench: Bench) -> HttpResponse:
    try:
        key = UUID(bench.request.POST.get("restore", ""))
    except ValueError:
        raise Http404 from None
    part, _removed = bench.part(key)
    try:
        edits.restore_part(bench.edition, part, actor=bench.request.user)
    except Refused as refused:
        return _refused(bench, refused)
    messages.success(bench.request, f"{part.label_for_people} is back as it was.")
    return redirect("edit", bench.monograph.slug)


def _refused(bench: Bench, refused: Refused) -> HttpResponse:
    """The outline with the reasons on top: nothing was typed that could be lost."""
    context = {**_outline(bench), "refusals": refused.refusals}
    return render(bench.request, "reviews/edit.html", context, status=STATUS[refused.kind])


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def header(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of the header."""
    bench = Bench(request, slug)
    shown = bench.document.header
    form = HeaderForm(
        request.POST if request.method == "POST" else None,
        document=bench.document,
        initial={**HeaderForm.shows(shown), "seen": digest_of_part(shown)},
    )
    return _answer(bench, form, shown, "the header", lambda **how: edits.save_header(bench.edition, form.value, **how))


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def part_new(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The form of a new part. A section begins as the kind that `?section=` names."""
    bench = Bench(request, slug)
    initial = {"kind": request.GET.get("section", "")} if kind == "section" else {}
    posted = request.POST if request.method == "POST" else None
    form = FORMS[kind](posted, document=bench.document, key=uuid4(), initial=initial)
    return _answer(bench, form, None, f"a {NOUNS[kind]}", lambda **how: _add(bench, form, how))


def _add(bench: Bench, form: EditForm, how: dict[str, Any]) -> None:
    how.pop("seen")
    edits.add_part(bench.edition, form.value, **how)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: HttpRequest, slug: str, key: UUID) -> HttpResponse:
    """The form of a part; with `remove` in the POST it is taken out."""
    bench = Bench(request, slug)
    shown, removed = bench.part(key)
    form_class: type[PartForm] = FORMS[shown.part_kind]
    more = {"csl": values.thawed(shown.csl)} if isinstance(shown, values.Citation) else {}
    if request.method == "POST" and "remove" in request.POST:
        return _remove(bench, shown)
    form = form_class(
        request.POST if request.method == "POST" else None,
        document=bench.document,
        key=key,
        initial={**form_class.shows(shown), "seen": digest_of_part(shown)},
        **more,
    )
    if isinstance(shown, values.Section):  # another kind would be another section
        form.fields["kind"].disabled = True
    save: Callable[..., None] = lambda **how: edits.save_part(bench.edition, form.value, **how)  # noqa: E731
    return _answer(bench, form, shown, shown.label_for_people, save, removed=removed)


def _remove(bench: Bench, shown: values.Part) -> HttpResponse:
    try:
        edits.remove_part(bench.edition, shown, seen=bench.request.POST.get("seen", ""), actor=bench.request.user)
    except Refused as refused:
        return _refused(bench, refused)
    messages.success(bench.request, f"{shown.label_for_people} was taken out. You can restore it below.")
    return redirect("edit", bench.monograph.slug)


def _answer(
    bench: Bench,
    form: EditForm,
    shown: values.Value | None,
    words: str,
    save: Callable[..., None],
    *,
    removed: bool = False,
) -> HttpResponse:
    """Shows the form, previews it, or saves it: whatever is refused comes back with all that was typed."""
    context = bench.context(form=form, shown=shown, words=words, removed=removed)
    status = 200
    if bench.request.method == "POST" and not form.is_valid():
        status = 422
    elif bench.request.method == "POST" and "preview" in bench.request.POST:
        context["preview"] = _page(bench, _with(bench.document, form.value))
    elif bench.request.method == "POST":
        data = form.cleaned_data
        try:
            save(seen=data["seen"], actor=bench.request.user, reason=data["reason"].strip())
        except Conflict as conflict:
            status, context = 409, {**context, **_both(bench, form, conflict)}
        except Refused as refused:
            status = STATUS[refused.kind]
            context["refusals"] = refused.refusals
        except NoPen:
            status = 503
            context["refusals"] = [BUSY]
        else:
            messages.success(bench.request, f"Saved: {words}.")
            return redirect("edit", bench.monograph.slug)
    response = render(bench.request, "reviews/edit_part.html", context, status=status)
    if status == 503:
        response["Retry-After"] = "5"
    return response


def _both(bench: Bench, form: EditForm, conflict: Conflict) -> dict[str, Any]:
    """Both texts of a conflict. `seen` becomes the digest of theirs: saving again puts mine over it, knowingly."""
    theirs = build(bench.edition)
    if conflict.current is not None:
        form.data = form.data.copy()
        form.data["seen"] = digest_of_part(conflict.current)
    return {"conflict": conflict, "changes": changes_of(compare(theirs, _with(theirs, form.value)))}


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, slug: str) -> HttpResponse:
    """The order of the parts of one kind (`?kind=`): a number beside each. `seen` lists the keys that were shown."""
    bench = Bench(request, slug)
    kind = request.GET.get("kind", "section")
    if kind not in PART_FIELDS:
        raise Http404
    parts = list(getattr(bench.document, PART_FIELDS[kind]))
    context = bench.context(kind=kind, heading=HEADINGS[kind], parts=parts, kinds=HEADINGS.items())
    if request.method != "POST":
        return render(request, "reviews/edit_order.html", context)
    try:
        seen = [UUID(key) for key in request.POST.getlist("seen")]
        places = {key: int(request.POST.get(f"place_{key}", "")) for key in seen}
    except ValueError:
        context["error"] = "Give each part a place, in whole numbers."
        return render(request, "reviews/edit_order.html", context, status=422)
    wanted = sorted(seen, key=lambda key: (places[key], seen.index(key)))
    try:
        edits.save_order(bench.edition, kind, wanted, seen=seen, actor=request.user)
    except Refused as refused:
        context["refusals"] = refused.refusals
        return render(request, "reviews/edit_order.html", context, status=STATUS[refused.kind])
    messages.success(request, f"Saved: the order of {HEADINGS[kind].lower()}.")
    return redirect("edit", slug)


@desk
@require_safe
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole page of the edition, by the template that readers get."""
    bench = Bench(request, slug)
    return render(request, "reviews/preview.html", bench.context(page=_page(bench, bench.document)))


def _page(bench: Bench, document: values.Document) -> Any:
    checks = NameCheck.objects.latest_for([(code.system, code.code) for code in document.header.codes])
    return page(document, Standing(today=today(), names_found=names_found(checks)), set(bench.monograph.drug.traits))


def _with(document: values.Document, value: values.Value) -> values.Document:
    """The document as it would be with this header or part."""
    if isinstance(value, values.Header):
        return document.replaced(header=value)
    assert isinstance(value, values.Part)
    field = PART_FIELDS[value.part_kind]
    parts = [value if part.key == value.key else part for part in getattr(document, field)]
    if value.key not in document.by_key():
        parts.append(value)
    return document.replaced(**{field: tuple(parts)})
