"""Signatures after they were given: the receipt of one, and all of one person with what became of each."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from monographs.called import called
from monographs.difference.document_diff import changed_parts
from monographs.document import Document
from monographs.models import Document as DocumentRow
from monographs.models import Overlay, Publication, State
from reviews.access import policy
from reviews.access.refusals import Refused
from reviews.desk.base import DeskRequest, and_list, desk, not_here
from reviews.models import SignOff
from reviews.models.people import PROFESSIONS
from reviews.models.signoff import FULL_REVIEW, NO_CHANGE, REVIEW, STILL_CORRECT

A_PAGE = 50
# What became of a signature: its word in the address -> on the page.
BECAME = {
    "waits": "Waits for the rest",
    "published": "Published",
    "superseded": "Superseded",
    "withdrawn": "Withdrawn",
    "sent_back": "Sent back",
    "taken_back": "Taken back",
    "discarded": "Discarded",
    "on_page": "Given on the published page",
}
MEANINGS = {
    REVIEW: "that the edition is fit to publish",
    STILL_CORRECT: "that the withdrawn page is still correct",
    FULL_REVIEW: "a full review of the page",
    NO_CHANGE: "that the page needs no change",
}


def with_fate(rows: QuerySet[SignOff]) -> QuerySet[Any]:  # signatures with more on each
    """Each with what became of it. In a round no word changes, so one of the last round is on what went out."""
    went_out = Q(edition__state__in=(State.PUBLISHED, State.SUPERSEDED))
    withdrawn = Overlay.objects.withdrawals().filter(monograph=OuterRef("edition__monograph"))
    return rows.annotate(
        became=Case(
            When(unsigning__isnull=False, then=Value("taken_back")),
            When(edition__state=State.DISCARDED, then=Value("discarded")),
            When(~Q(round=F("edition__round")) | Q(edition__state=State.DRAFT), then=Value("sent_back")),
            When(~went_out, then=Value("waits")),
            When(edition__state=State.SUPERSEDED, then=Value("superseded")),
            When(Exists(withdrawn), then=Value("withdrawn")),
            When(~Q(meaning=REVIEW), then=Value("on_page")),
            default=Value("published"),
            output_field=CharField(),
        )
    )


@desk
@require_safe
def signed_by_me(request: DeskRequest) -> HttpResponse:
    """All that this person signed, the newest first, 50 a page; `?became=` narrows it. Queries do not grow."""
    mine = with_fate(SignOff.objects.filter(signer=request.user))
    counts = dict(mine.order_by().values_list("became").annotate(Count("pk")))
    chosen = request.GET.get("became", "")
    chosen = chosen if chosen in BECAME else ""
    rows = mine.filter(became=chosen) if chosen else mine
    related = ("edition__monograph__drug", "edition__monograph__live__edition")
    page = Paginator(rows.select_related(*related).order_by("-signed_at", "-pk"), A_PAGE).get_page(
        request.GET.get("page")
    )
    monographs = {one.edition.monograph_id for one in page.object_list}
    readable = set(policy.readable(request.user).filter(pk__in=monographs).values_list("pk", flat=True))
    context = {
        "section": "queue",
        "page": page,
        "rows": [
            {
                "one": one,
                "name": one.edition.called,
                "became": BECAME[one.became],
                "meaning": MEANINGS[one.meaning],
                "may_read": one.edition.monograph_id in readable,
            }
            for one in page.object_list
        ],
        "chosen": chosen,
        "filters": [
            ("", "All", sum(counts.values())),
            *((key, word, counts[key]) for key, word in BECAME.items() if key in counts),
        ],
    }
    return render(request, "reviews/signed_by_me.html", context)


@desk
@require_safe
def signature(request: DeskRequest, pk: int) -> HttpResponse:
    """The receipt of one signature, for its signer and for whoever may read its monograph. It is made to be printed, so
    it names no registration number."""
    related = ("document", "unsigning", "edition__monograph__drug", "edition__monograph__therapeutic_class")
    one = with_fate(SignOff.objects.filter(pk=pk)).select_related(*related).first()
    if one is None:
        raise Http404
    monograph = one.edition.monograph
    if one.signer_id != request.user.pk and (refusals := policy.refusals(request.user, "read", monograph)):
        not_here(request, monograph, Refused(refusals))
    before, document = _before(one), one.document.value
    seen = one.seen or {}
    parts = _labels(changed_parts(before, document), before, document) if one.meaning == REVIEW else []
    context = {
        "section": "queue",
        "one": one,
        "monograph": monograph,
        "name": document.header.called or called(monograph.drug.name, ""),
        "became": BECAME[one.became],
        "meaning": MEANINGS[one.meaning],
        "may_take_back": one.meaning == REVIEW and one.became == "waits",
        "profession": PROFESSIONS[one.profession][0],
        "is_mine": one.signer_id == request.user.pk,
        "digest": " ".join(one.document_id[i : i + 8] for i in range(0, len(one.document_id), 8)),
        "against": Publication.objects.filter(monograph=monograph, document=seen.get("against") or None).first(),
        "is_noted": bool(seen),
        "opened": parse_datetime(seen["opened"]) if seen.get("opened") else None,
        "parts": parts,
        # Ticks are for whoever read, and for nobody else.
        "read": and_list(_labels(seen.get("read", ()), before, document)) if one.signer_id == request.user.pk else "",
    }
    return render(request, "reviews/signature.html", context)


def _before(one: SignOff) -> Document | None:
    against = (one.seen or {}).get("against")
    row = DocumentRow.objects.filter(pk=against).first() if against else None
    return row.value if row else None


def _labels(parts: Any, before: Document | None, document: Document) -> list[str]:
    """What people call these parts, in the order of the page, those that were taken out last."""
    known = {"header": "Header"}
    for side in (document, before):
        for part in side.parts() if side else ():
            known.setdefault(str(part.key), (side or document).label_of(part))
    known["order"] = "Order of parts"
    return [label for key, label in known.items() if key in set(parts)]
