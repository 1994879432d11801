"""Two states of a monograph, one against the other: what any change sets of its editions left, what readers see, what
stands now."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import groupby

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.timezone import localtime, make_aware
from django.views.decorators.http import require_safe

from monographs.assemble import build
from monographs.difference.diff_html import Change, changes_of
from monographs.document import Document
from monographs.models import Edition, Monograph
from monographs.questions import Kept
from reviews.desk.base import (
    DeskRequest,
    and_list,
    change_set_of,
    current_edition,
    desk,
    digest_now,
    monograph_for,
    why_no_restore,
)
from reviews.desk.hidden_doses import differs, with_figures
from reviews.models import ChangeSet
from reviews.models.people import name_of

LIVE, NOW = "live", "now"
Options = list[tuple[int, list[tuple[str, str]]]]  # (number of an edition, its states: (key, words))
LONGEST_OPTION = 60
# So many states stand in a list; older ones are found by their day.
LISTED = 40


@dataclass(frozen=True)
class Side:
    """One state: how the page calls it, its document with every figure (nothing was ever published: none), and which
    change set made it, so that it can be restored."""

    asked: str
    name: str
    document: Document | None
    change_set: ChangeSet | None = None


@desk
@require_safe
def compare(request: DeskRequest, slug: str) -> HttpResponse:
    """`?from=` and `?to=` are each the key of a change set, `live` or `now`; without them, live against now. `?until=`
    is the day whose states, and those before it, stand in the lists."""
    monograph = monograph_for(request, slug)
    edition = current_edition(monograph)
    old = _side(request, monograph, edition, request.GET.get("from") or LIVE)
    new = _side(request, monograph, edition, request.GET.get("to") or NOW)
    if new.document is None:
        raise Http404
    found = differs(old.document, new.document)
    changes = changes_of(found.comparison)
    no_restore, now = why_no_restore(request.user, edition), digest_now(edition)
    until = _day(request.GET.get("until", ""))
    groups, has_more = _options(monograph, [side.change_set for side in (old, new) if side.change_set], until)
    context = {
        "section": "monographs",
        "monograph": monograph,
        "name": monograph.called,
        "edition": edition,
        "old": old,
        "new": new,
        "groups": groups,
        "has_more": has_more,
        "until": until.isoformat() if until else "",
        "listed": LISTED,
        "changes": changes,
        "short": in_short(changes),
        "doses": found.doses,
        "unchanged": found.unchanged,
        "restorable": [
            (side.name, reverse("restore", args=[slug, side.change_set.pk]))
            for side in (old, new)
            if side.change_set and side.change_set.after_id != now
        ],
        "no_restore": no_restore,
    }
    return render(request, "reviews/compare.html", context)


def _side(request: DeskRequest, monograph: Monograph, edition: Edition, asked: str) -> Side:
    if asked == NOW:
        name = f"edition {edition.number}, {edition.get_state_display().lower()}"
        return Side(asked, f"{name}, as it is now", build(edition))
    if asked == LIVE:
        if monograph.live is None:
            return Side(asked, "nothing, for nothing was published yet", None)
        live = monograph.live.document
        sets = ChangeSet.objects.filter(edition=monograph.live.edition_id, after=live)
        made = sets.select_related("edition", "actor").order_by("-at").first()
        name = f"edition {monograph.live.number}, which readers see"
        return Side(asked, name, with_figures(monograph.live), made)
    change = change_set_of(request, monograph, asked)
    return Side(str(change.pk), state_of(change), change.after.value, change)


def state_of(change: ChangeSet) -> str:
    """The state that a change set left, in words."""
    return f"edition {change.edition.number} on {_to_the_second(change.at)}"


def _to_the_second(at: datetime) -> str:
    here = localtime(at)
    return f"{here.day} {here:%B %Y, %H:%M:%S}"


def _day(asked: str) -> date | None:
    try:
        return date.fromisoformat(asked)
    except ValueError:
        return None


def _options(monograph: Monograph, chosen: list[ChangeSet], until: date | None) -> tuple[Options, bool]:
    """The newest change sets, of this day at the latest, edition by edition, and those that are chosen, as options of a
    list; and whether there are more."""
    found = _newest(LISTED + 1)(monograph.pk, _end_of(until) if until else _EVER)
    rows = {one.pk: one for one in (*found[:LISTED], *chosen)}.values()
    in_order = sorted(rows, key=lambda one: (one.edition.number, one.at, one.revision_id), reverse=True)
    options = [
        (number, [(str(change.pk), _option(change)) for change in run])
        for number, run in groupby(in_order, key=lambda change: change.edition.number)
    ]
    return options, until is not None or len(found) > LISTED


# Of its edition and its person too, just what an option says.
_OF_AN_OPTION = (
    "at", "revision", "reason", "edition__number", "actor__first_name", "actor__last_name", "actor__username",
)  # fmt: skip


_EVER = datetime(9999, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=4)
def _newest(many: int) -> Kept:
    return Kept(
        lambda key, end: (
            ChangeSet.objects.filter(edition__monograph=key, at__lt=end)
            .select_related("edition", "actor")
            .only(*_OF_AN_OPTION)
            .order_by("-edition__number", "-at", "-revision_id")[:many]
        )
    )


def _end_of(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.max))


def _option(change: ChangeSet) -> str:
    reason = change.reason
    short = reason if len(reason) <= LONGEST_OPTION else Truncator(reason).chars(LONGEST_OPTION)
    return f"{_to_the_second(change.at)}, {name_of(change.actor)}: {short}"


def in_short(changes: list[Change]) -> list[tuple[Change, str]]:
    """Each changed part with the fields that differ, if it was there before: safety notices first."""
    ordered = sorted(changes, key=lambda change: change.part_kind != "notice")
    return [(change, _fields(change) if change.kind == "changed" else "") for change in ordered]


def _fields(change: Change) -> str:
    return and_list(field.label[:1].lower() + field.label[1:] for field in change.fields)
