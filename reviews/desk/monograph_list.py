"""The list of all monographs that somebody may read. It asks as many queries for thirty rows as for three."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Lower
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from monographs import document as values
from monographs.called import called
from monographs.models import DoseRegimen, Edition, State
from monographs.pages.working_dose import WorkingDose, working_doses
from monographs.standing import today
from monographs.vocabulary import TIERS
from reviews.access import policy
from reviews.desk.base import DeskRequest, chip, class_tree, desk, indented
from reviews.desk.queue_filters import NAME, named

A_PAGE = 50
DOSES = "doses"  # the filter by which each row says its doses, and what each lacks


def listed(user: User) -> QuerySet[Any]:  # monographs with more on each
    """The monographs that a user may read, each with its open edition and the name that the desk calls it."""
    editions = Edition.objects.open().filter(monograph=OuterRef("pk"))
    rows = policy.readable(user).annotate(
        edition_shown=Coalesce(Subquery(editions.values("pk")[:1]), "live__edition"),
        open_number=Subquery(editions.values("number")[:1]),
        open_state=Subquery(editions.values("state")[:1]),
        open_name=Subquery(editions.values("name")[:1]),
        open_title=Subquery(editions.values("title")[:1]),
        shown_name=Coalesce("live__name", "open_name", "drug__name"),
        shown_title=Coalesce("live__edition__title", "open_title", Value("")),
    )
    return rows.annotate(has_doses=Exists(DoseRegimen.objects.filter(edition=OuterRef("edition_shown"))))


def filters_on(day: date) -> dict[str, tuple[str, Q]]:
    """The filters by state: word, and condition."""
    return {
        "": ("All", Q(pk__isnull=False)),
        "draft": ("Draft", Q(open_state=State.DRAFT)),
        "in_review": ("In review", Q(open_state=State.IN_REVIEW)),
        "clinician_reviewed": ("Clinician reviewed", Q(open_state=State.CLINICIAN_REVIEWED)),
        "published": ("Published", Q(live__isnull=False)),
        "unpublished": ("Not published", Q(live__isnull=True)),
        DOSES: ("Doses not shown", Q(has_doses=True)),
        "overdue": ("Review overdue", Q(next_review_due__lt=day)),
    }


@desk
@require_safe
def monographs(request: DeskRequest) -> HttpResponse:
    """All that I may read, by name (`?q=`), state (`?state=`), tier (`?tier=`) and class with those below it
    (`?class=`), 50 a page; `state=doses` with what each dose lacks."""
    user, day = request.user, today()
    classes = class_tree()
    found = listed(user)
    chosen = next((one for one in classes.values() if one.slug == request.GET.get("class")), None)
    if chosen:
        found = found.filter(therapeutic_class__in=[one.pk for one in classes.values() if chosen in one.path()])
    # PostgreSQL takes no NUL, not even to look for.
    words = " ".join(request.GET.get("q", "").replace("\0", " ")[:NAME].split())
    if words:
        found = found.filter(named(words) | Q(shown_name__icontains=words) | Q(shown_title__icontains=words))
    tier = request.GET.get("tier", "")
    tier = tier if tier in TIERS else ""
    if tier:
        found = found.filter(tier=tier)
    filters = filters_on(day)
    counts = found.aggregate(
        **{f"count_{key}": Count("pk", filter=condition) for key, (_, condition) in filters.items()}
    )
    state = request.GET.get("state", "")
    state = state if state in filters else ""
    rows = found.filter(filters[state][1]).order_by(Lower("shown_name"), "slug")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    lacking = _lacking(page.object_list, day) if state == DOSES else {}
    for row in page.object_list:
        row.doses = lacking.get(row.edition_shown, ())
        row.called = called(row.shown_name or row.drug.name, row.shown_title)
        row.open_chip = chip(row.open_state) if row.open_state else None
        row.tier_word = TIERS[row.tier]
        row.overdue = row.is_overdue(day)
    context = {
        "section": "monographs",
        "page": page,
        "state": state,
        "filters": [(key, word, counts[f"count_{key}"]) for key, (word, _) in filters.items()],
        "chosen": chosen,
        "words": words,
        "tier": tier,
        "tiers": TIERS.items(),
        "more": urlencode(
            {key: one for key, one in (("class", chosen.slug if chosen else ""), ("q", words), ("tier", tier)) if one}
        ),
        "classes": indented(classes.values()),
        "may_begin": any(policy.can(user, "create", one) for one in classes.values()),
    }
    return render(request, "reviews/monograph_list.html", context)


def _lacking(rows: Iterable[Any], day: date) -> dict[int, tuple[WorkingDose, ...]]:
    """The doses of these monographs, by edition: of the open one, or of the one that readers have."""
    found: dict[int, list[DoseRegimen]] = {}
    wanted = DoseRegimen.objects.filter(edition__in=[row.edition_shown for row in rows])
    for one in wanted.order_by("edition", "position", "pk"):
        found.setdefault(one.edition_id, []).append(one)
    return {key: working_doses(_values(held), day) for key, held in found.items()}


def _values(rows: Iterable[DoseRegimen]) -> list[values.DoseRegimen]:
    return [value for one in rows if isinstance(value := one.as_value(), values.DoseRegimen)]
