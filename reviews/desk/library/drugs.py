"""Drugs of the library: the list, one drug with its rows, and the acts on it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from monographs import document as values
from monographs.models import Drug, Edition
from monographs.texts.likeness import folded
from monographs.vocabulary import TRAITS
from reviews.access import policy
from reviews.access.attempts import NOT_TRIED, attempt
from reviews.desk.base import MOST_WORDS, DeskRequest, class_tree, desk
from reviews.desk.boxes import lists_of, row_form
from reviews.desk.library.act import ActPage, Rename, Why, seen_of
from reviews.desk.library.history import history_of
from reviews.desk.likes import Another, ask_about, typed_in
from reviews.editing import drugs as verbs
from reviews.editing.alike import drugs_like, rows_like
from reviews.editing.drug_lists import LISTS
from reviews.editing.shown import meanwhile
from reviews.forms import Form, FromRows, Text, rows_of

A_PAGE = 50
LONGEST_SEARCH = 200


def drug_of(slug: str) -> Drug:
    drug = Drug.objects.select_related("merged_into").filter(slug=slug).first()
    if drug is None:
        raise Http404
    return drug


def _names(drug: Drug) -> list[str]:
    rows = [*drug.names, *drug.brands]
    return [drug.name, drug.slug, *drug.former_names, *(row.get("name", "") for row in rows),
            *(row.get("code", "") for row in drug.codes)]  # fmt: skip


@desk
@require_safe
def drug_list(request: DeskRequest) -> HttpResponse:
    """Every drug, 50 a page; those with all words of `?q=` in a name, brand, code or former name."""
    query = request.GET.get("q", "")[:LONGEST_SEARCH]
    words = [word for one in query.split() if (word := folded(one))]
    found = [
        drug
        for drug in Drug.objects.select_related("merged_into").annotate(pages=Count("monographs"))
        if all(any(word in folded(name) for name in _names(drug)) for word in words)
    ]
    found.sort(key=lambda drug: (drug.name.casefold(), drug.pk))
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "drugs", "page": page, "query": query, "is_filtered": bool(words),
        "may_begin": any(policy.can(request.user, "create", one) for one in class_tree().values()),
    }  # fmt: skip
    return render(request, "reviews/drug_list.html", context)


class DrugForm(Form):
    """Names by kind, brands by country, codes, traits, in rows."""

    traits = forms.MultipleChoiceField(
        choices=list(TRAITS.items()),
        widget=forms.CheckboxSelectMultiple,
        label="What applies to this drug",
        help_text="These decide how many signatures it needs. Only a clinician takes one away that raises the tier.",
    )
    another = Another(help_text="If it belongs to one of these, take the row out.")
    reason = Text(rows=2, label="Reason", help_text="May be empty.", attrs={"maxlength": MOST_WORDS})

    def __init__(self, data: Any, drug: Drug, *, is_stale: bool = False) -> None:
        super().__init__(data, initial={"traits": drug.traits})
        for name, said, row in lists_of(values.Header):
            held = getattr(drug, name)
            stood = 0 if is_stale else len(held)
            kept = frozenset(str(words) for one in held for words in one.values())
            self.rows[name] = rows_of(row_form(row), name, said.label, data, held, stood=stood, kept=kept)
        likes = ask_about(self, rows_like(drug, self._names()) if self.is_bound else ())
        self.likes = [one for one in likes if one.is_here]

    def _names(self) -> list[str]:
        """Names and brands as they were typed."""
        rows = [row for name in ("names", "brands") for row in self.rows[name].filled]
        return [typed_in(row.data, row.add_prefix("name")) for row in rows]

    @property
    def lists(self) -> dict[str, list[Any]]:
        return {name: [row.value for row in self.rows[name].filled] for name in LISTS}


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def drug(request: DeskRequest, slug: str) -> HttpResponse:
    """One drug: what it holds, in rows, and what can be done with it."""
    one, tried, status = drug_of(slug), NOT_TRIED, 200
    against = policy.refusals(request.user, "keep_library")
    is_stale = bool(meanwhile(one, seen_of(request, one)))
    form = DrugForm(request.POST if request.method == "POST" else None, one, is_stale=is_stale)
    if request.method == "POST":
        status = form.refused_status
        is_judged = form.is_valid()
        if is_judged or ((against or is_stale) and not form.asks_for_row):  # the verb says those in its own words
            stands = {**{name: getattr(one, name) for name in LISTS}, "traits": one.traits}
            given = {**form.lists, "traits": form.cleaned_data["traits"]} if is_judged else stands
            reason = form.cleaned_data["reason"] if is_judged else ""
            seen = seen_of(request, one)
            another = form.cleaned_data.get("another", ()) if is_judged else ()
            tried = attempt(
                lambda: verbs.change_drug(one, **given, actor=request.user, seen=seen, reason=reason, another=another)
            )
            status = tried.status
            if tried.is_done:
                messages.success(request, "Saved. Open editions keep their copies and are told.")
                return redirect("drug", slug=one.slug)
    context = {
        "section": "drugs",
        "drug": one,
        "form": form,
        "seen": seen_of(request, one),
        "against": against,
        "refusals": form.refuse(tried.refusals),
        "monographs": [
            page for page in one.monographs.select_related("live__edition") if policy.can(request.user, "read", page)
        ],
        "merged": list(one.merged.order_by("name")),
        "history": history_of(f"drug:{one.slug}"),
        "traits": [TRAITS.get(name, name) for name in one.traits],
    }
    return render(request, "reviews/drug.html", context, status=status)


class Merge(Form):
    into = FromRows(Drug.objects.filter(retired=False), empty_label="Choose a drug", label="Merge it into")


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def drug_act(request: DeskRequest, slug: str, act: str) -> HttpResponse:
    """`rename`, `merge` or `retire`: what it touches is shown before it is done."""
    one = drug_of(slug)
    if act not in ACTS:
        raise Http404
    found = ACTS[act](request, one)
    return found.answer(request) if isinstance(found, ActPage) else found


def _page(request: DeskRequest, one: Drug, **said: Any) -> ActPage:
    return ActPage(
        thing=one, section="drugs", address=reverse("drug", args=[one.slug]),
        against=policy.refusals(request.user, "keep_library"), **said,
    )  # fmt: skip


def _open_editions(*drugs: Drug) -> str:
    count = Edition.objects.open().filter(monograph__drug__in=drugs).count()
    if not count:
        return "No edition is open on it, so nobody is asked to take this over."
    if count == 1:
        return "1 open edition keeps its copy and is told: its editors take the change over, or leave it."
    return f"{count} open editions keep their copies and are told: their editors take the change over, or leave it."


def _rename(request: DeskRequest, one: Drug) -> ActPage:
    form = Rename(request.POST if request.method == "POST" else None, initial={"name": one.name})
    name = typed_in(form.data, "name")
    likes = ask_about(form, drugs_like(name, but=one) if name else ())

    def do(given: dict[str, Any]) -> Drug:
        return verbs.rename_drug(
            one, name=given["name"], another=given.get("another", ()), actor=request.user, seen=given["seen"],
            reason=given["reason"],
        )  # fmt: skip

    return _page(
        request, one, heading=f"Another name for {one.name}", button="Rename the drug", form=form, do=do,
        lead="Its address stays, and it is found by its former name. No page and no signature changes.",
        done="Renamed. Open editions keep their copies and are told.", touches=[_open_editions(one)],
        likes=[(like.name, reverse("drug", args=[like.slug])) for like in likes if like.is_here],
    )  # fmt: skip


def _merge(request: DeskRequest, one: Drug) -> ActPage | HttpResponse:
    sent = request.POST if request.method == "POST" else request.GET
    choice = Merge(sent if "into" in sent else None)
    box = choice.fields["into"]
    assert isinstance(box, FromRows)
    box.queryset = Drug.objects.filter(retired=False).exclude(pk=one.pk)
    into = choice.cleaned_data.get("into") if choice.is_valid() else None
    if into is None:
        context = {
            "section": "drugs", "drug": one, "form": choice, "against": policy.refusals(request.user, "keep_library"),
        }  # fmt: skip
        status = 422 if request.method == "POST" else 200
        return render(request, "reviews/drug_merge.html", context, status=status)

    def do(given: dict[str, Any]) -> Drug:
        seen_into = seen_of(request, into, "seen_into")
        return verbs.merge_drug(
            one, into=into, actor=request.user, seen=given["seen"], seen_into=seen_into, reason=given["reason"]
        )

    may_not = verbs.against_merge(request.user, one, into)
    page = _page(
        request, one, heading=f"Merge {one.name} into {into.name}", button="Merge the two", do=do,
        form=Why(request.POST if request.method == "POST" else None),
        lead=f"From then on there is one drug, {into.name}. This cannot be undone.",
        done=f"Merged. {into.name} is found by both names.", touches=merging(one, into),
        hidden={"into": str(into.pk), "seen_into": seen_of(request, into, "seen_into")},
    )  # fmt: skip
    page.against = page.against or may_not
    if request.method == "POST" and not page.against:
        page.address = reverse("drug", args=[into.slug])
    return page


def merging(one: Drug, into: Drug) -> list[str]:
    """What a merge touches, in sentences."""
    held, pages = verbs.united(one, into), one.monographs.count()
    are = "monograph is" if pages == 1 else "monographs are"
    said = [f"{pages} {are} about {into.name} from then on. Published pages keep every word."]
    for name in LISTS:
        new = [row.get("name") or row.get("code", "") for row in held[name] if row not in getattr(into, name)]
        if new:
            said.append(f"{into.name} gets these {name}: {', '.join(new)}.")
    if more := [TRAITS.get(name, name) for name in held["traits"] if name not in into.traits]:
        said.append(f"{into.name} gets these traits, which may raise its tier: {', '.join(more)}.")
    said.append(f"It is found by {', '.join(held['former_names'])} too.")
    return [*said, _open_editions(one, into)]


def _retire(request: DeskRequest, one: Drug) -> ActPage:
    form = Why(request.POST if request.method == "POST" else None)
    verb = verbs.bring_back_drug if one.retired else verbs.retire_drug

    def do(given: dict[str, Any]) -> Drug:
        return verb(one, actor=request.user, seen=given["seen"], reason=given["reason"])

    if one.retired:
        words = {"heading": f"Use {one.name} again", "button": "Use it again", "done": "It is in use again.",
                 "lead": "New monographs can be started on it again."}  # fmt: skip
    else:
        words = {"heading": f"Retire {one.name}", "button": "Retire the drug", "done": "Retired.",
                 "lead": "Nothing new begins on it. Its monographs and their pages continue as they are."}  # fmt: skip
    return _page(request, one, form=form, do=do, **words)


ACTS = {"rename": _rename, "merge": _merge, "retire": _retire}
