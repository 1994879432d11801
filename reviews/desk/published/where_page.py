"""The page of places: what each must show now, and, once the button was pressed, what it served."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews.desk.base import DeskRequest, desk, monograph_for
from reviews.desk.published import look
from reviews.desk.published.look import Found
from reviews.desk.published.subject import subject_of
from reviews.desk.published.where import all_of

A_PAGE = 30


@desk
@require_safe
def places(request: DeskRequest, slug: str) -> HttpResponse:
    """What each place must show of a published page. `look`: each place of this page of the list is asked now. It
    writes nothing."""
    monograph = monograph_for(request, slug)
    if monograph.live is None:
        raise Http404
    subject = subject_of(monograph)
    rows = all_of(subject)
    this = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    at = timezone.now() if request.GET.get("look") else None
    found = look.looked_at(subject, this.object_list) if at else look.unseen(subject, this.object_list)
    context = {
        "section": "monographs",
        "monograph": monograph,
        "live": monograph.live,
        "called": subject.called,
        "overlays": subject.overlays,
        "this": this,
        "places": found,
        "at": at,
        "counts": {state: sum(one.state == state for one in found) for state in look.STATES},
        "keeps": kept_by(found),
        "addresses": "\n".join(dict.fromkeys(f"{settings.SITE_URL}{spot.address}" for _place, spot in rows)),
    }
    return render(request, "reviews/places.html", context)


@dataclass(frozen=True)
class Keeps:
    """How long others may keep what they were sent, as the header of the page says; None as long as nobody looked."""

    header: str
    shared: int | None
    own: int | None


def kept_by(found: list[Found]) -> Keeps | None:
    """By the first answer that was looked at: all public pages are sent under one header, and the page comes first."""
    served = next((one.served for one in found if one.served), None)
    if served is None:
        return None
    header = served.headers.get("cache-control", "")
    shared, own = _seconds("s-maxage", header), _seconds("max-age", header)
    return Keeps(header, own if shared is None else shared, own)


def _seconds(name: str, header: str) -> int | None:
    match = re.search(rf"(?:^|[,\s]){name}=(\d+)", header)
    return int(match[1]) if match else None
