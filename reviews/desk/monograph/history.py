"""The history of a monograph: what was done, refused and changed, newest first, edition by edition."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from monographs.difference.diff_html import changes_of
from monographs.models import Monograph
from reviews.desk.base import (
    DeskRequest,
    and_list,
    change_set_of,
    chip,
    current_edition,
    desk,
    digest_now,
    monograph_for,
    why_no_restore,
)
from reviews.desk.hidden_doses import Differs, differs
from reviews.desk.monograph.history_words import DONE, why
from reviews.models import AuditEvent, ChangedPart, ChangeSet, EntrySubject, Remark, SignOff
from reviews.models.people import name_of

A_PAGE = 20
# So many parts are named in one entry; of more, the number is said.
NAMED = 6


@dataclass
class Entry:
    """One entry of the trail, for people."""

    event: AuditEvent
    who: str
    did: str
    parts: str = ""
    why: str = ""
    more: str = ""
    remarks: list[Remark] = field(default_factory=list)  # that were sent with a send-back
    chip: dict[str, str] | None = None
    change_set: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)  # (words, address): what can be done with its state

    @property
    def is_refusal(self) -> bool:
        return self.event.verb == "refused"


def entries_of(events: Sequence[AuditEvent]) -> list[Entry]:
    """Entries of one monograph's events. The queries are as many for one event as for twenty."""
    wanted = [one.data["change_set"] for one in events if one.verb == "edited"]
    labels: dict[str, list[str]] = {pk: [] for pk in wanted}
    for part in ChangedPart.objects.filter(change_set__in=wanted):
        labels[str(part.change_set_id)].append(part.label)
    signed = [one.data["sign_off"] for one in events if one.verb == "signed"]
    sign_offs = {one.pk: one for one in SignOff.objects.filter(pk__in=signed)}
    sent = [pk for one in events for pk in one.data.get("remarks", ())]
    remarks = {one.pk: one for one in Remark.objects.filter(pk__in=sent)} if sent else {}
    return [_entry(event, labels, sign_offs, remarks) for event in events]


def _entry(
    event: AuditEvent, labels: dict[str, list[str]], sign_offs: dict[int, SignOff], remarks: dict[int, Remark]
) -> Entry:
    data = event.data
    nobody = "A reader" if event.verb == "reported" else "System"
    entry = Entry(event, name_of(event.actor) if event.actor else nobody, DONE[event.verb](data))
    if event.verb == "edited":
        entry.change_set = data["change_set"]
        entry.parts = _listed(labels[entry.change_set])
        if not data["touched"]:
            entry.did = "copied the published edition, every part unchanged"
    elif event.verb == "signed":
        sign_off, count = sign_offs[data["sign_off"]], len(data["counts_for"])
        interests = "No interests declared." if sign_off.interests == "none" else f"Interests: {sign_off.interests}"
        parts = f"{count} changed part{'s' if count != 1 else ''}"
        entry.more = f"{capfirst(sign_off.reader_title)}. Counts for {parts}. {interests}"
    elif event.verb == "sent_back":
        entry.remarks = [remarks[pk] for pk in data.get("remarks", ())]
    elif event.verb == "refused":
        entry.why = why(data["codes"])
    if data.get("to") and data.get("to") != data.get("from"):
        entry.chip = chip(data["to"])
    return entry


def _listed(labels: list[str]) -> str:
    """The parts that a change set touched, as people call them."""
    return and_list(sorted(labels)) if len(labels) <= NAMED else f"{len(labels)} parts"


# -- The page ----------------------------------------------------------------------------------------------------------


@desk
@require_safe
def history(request: DeskRequest, slug: str) -> HttpResponse:
    """`?edition=` narrows it to one edition, `?change=` shows the words of one change set, `?page=` leads to older
    entries."""
    monograph = monograph_for(request, slug)
    rows = EntrySubject.objects.filter(monograph=monograph).select_related("entry__actor").order_by("-entry_id")
    starts = _starts(monograph)
    wanted = request.GET.get("edition", "")
    if wanted:
        rows = rows.filter(**_range(starts, wanted))
    asked = request.GET.get("change", "")
    opened = change_set_of(request, monograph, asked) if asked else None
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    entries = entries_of([row.entry for row in page.object_list])
    edition = current_edition(monograph)
    no_restore = why_no_restore(request.user, edition)
    now = digest_now(edition)
    for entry in entries:
        if entry.change_set:
            can_restore = not no_restore and entry.event.digest != now
            entry.links = _links(monograph, entry.change_set, can_restore=can_restore)
    states = dict(monograph.editions.values_list("number", "state"))
    found = done_by(opened) if opened else None
    groups = [
        {"number": number, "chip": chip(states[number]) if number in states else None, "entries": list(run)}
        for number, run in groupby(entries, key=lambda entry: _edition_at(starts, entry.event.seq))
    ]
    context = {
        "section": "monographs",
        "monograph": monograph,
        "groups": groups,
        "page": page,
        "editions": sorted(states, reverse=True),
        "wanted": wanted,
        "here": f"?edition={wanted}&page={page.number}",
        "opened": opened,
        "opened_by": name_of(opened.actor) if opened else "",
        "changes": changes_of(found.comparison) if found else [],
        "dose_changes": found.doses if found else (),
        "opened_links": _links(monograph, str(opened.pk), can_restore=not no_restore and opened.after_id != now)
        if opened
        else [],
        "no_restore": no_restore,
        "name": monograph.called,
    }
    return render(request, "reviews/history.html", context)


def _links(monograph: Monograph, change_set: str, *, can_restore: bool) -> list[tuple[str, str]]:
    """Where the state that a change set left is compared, and restored by whoever can do that now."""
    compare_page = reverse("compare", args=[monograph.slug])
    links = [("Compare with now", f"{compare_page}?from={change_set}&to=now")]
    if monograph.live:
        links.append(("Compare with what readers see", f"{compare_page}?from={change_set}&to=live"))
    if can_restore:
        links.append(("Restore this state", reverse("restore", args=[monograph.slug, change_set])))
    return links


def done_by(change_set: ChangeSet) -> Differs:
    """What one change set did to the words of its edition, and to figures that readers are not shown."""
    return differs(change_set.before.value if change_set.before else None, change_set.after.value)


def _starts(monograph: Monograph) -> list[tuple[int, int]]:
    """(entry, edition) of each edition's first entry, in order."""
    events = AuditEvent.objects.about(monograph, "begun", "started").order_by("seq")
    return [(seq, data["edition"]) for seq, data in events.values_list("seq", "data")]


def _edition_at(starts: list[tuple[int, int]], seq: int) -> int:
    """The edition that was the newest one at this entry; 0 before the first."""
    place = bisect_right([start for start, _ in starts], seq)
    return starts[place - 1][1] if place else 0


def _range(starts: list[tuple[int, int]], wanted: str) -> dict[str, int]:
    """The entries of one edition: from its first to the next edition's first."""
    for place, (seq, number) in enumerate(starts):
        if str(number) == wanted:
            later = starts[place + 1][0] if place + 1 < len(starts) else None
            return {"entry_id__gte": seq, **({"entry_id__lt": later} if later else {})}
    raise Http404
