"""The history of a monograph: what was done, refused and changed, newest first, edition by edition."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from monographs import document as values
from monographs.difference.diff_html import Change, changes_of
from monographs.difference.document_diff import compare
from monographs.models import Monograph, State
from monographs.models.overlay import KINDS, TITLES
from reviews.desk.base import (
    and_list,
    change_set_of,
    chip,
    current_edition,
    desk,
    digest_now,
    monograph_for,
    name_of,
    subjects_of,
    why_no_restore,
)
from reviews.models import AuditEvent, ChangeSet, SignOff

A_PAGE = 20
# So many parts are named in one entry; of more, the number is said.
NAMED = 6

# -- What each entry says ----------------------------------------------------------------------------------------------


def _state(value: str | None) -> str:
    return State(value).label.lower() if value else "nothing"


def _n(data: dict[str, Any]) -> str:
    return f"edition {data['edition']}"


def _published(data: dict[str, Any]) -> str:
    old = data.get("superseded")
    return f"published {_n(data)}" + (f"; edition {old} was superseded" if old else "")


def _started(data: dict[str, Any]) -> str:
    return f"started {_n(data)}" + (f" with the words of edition {data['copied']}" if data.get("copied") else "")


# Verb -> what its actor did, from the entry's data. A verb that is not here is a KeyError: nothing is passed over.
DONE: dict[str, Callable[[dict[str, Any]], str]] = {
    "begun": lambda data: f"began this monograph with edition 1, {data['tier']} tier",
    "started": _started,
    "edited": lambda data: "changed",
    "submitted": lambda data: f"sent {_n(data)} for review",
    "sent_back": lambda data: f"sent {_n(data)} back: {_state(data['from'])} to draft",
    "signed": lambda data: f"signed {_n(data)}",
    "unsigned": lambda data: f"took the signature on {_n(data)} back",
    "published": _published,
    "discarded": lambda data: f"gave up {_n(data)}",
    "moved": lambda data: f"moved it from {data['from_slug']} to {data['to_slug']}",
    "tier_set": lambda data: f"set the tier: {data['from_tier']} to {data['to_tier']}",
    "withdrawn": lambda data: "retired the page" if data["kind"] == "retire" else "took the page down",
    "withdrawal_confirmed": lambda data: "confirmed the withdrawal of the page",
    "vouched": lambda data: f"signed that {_n(data)} is still correct",
    "reinstated": lambda data: "brought the page back",
    "warned": lambda data: f"put an urgent warning over the page: {TITLES[data['title']].lower()}",
    "countersigned": lambda data: "countersigned the urgent warning",
    "withheld": lambda data: "withheld a part of the page",
    "corrected": lambda data: f"added a correction of edition {', '.join(map(str, data['editions']))}",
    "lifted": lambda data: f"ended {KINDS[data['kind']].lower()}",
    "reported": lambda data: f"reported a problem with the page (R-{data['report']})",
    "report_answered": lambda data: f"answered the report R-{data['report']}",
    "refused": lambda data: f"tried to {TRIED.get(data['action'], data['action'].replace('_', ' '))}",
}
TRIED = {
    "new": "start this monograph",
    "start": "start an edition",
    "submit": "send it for review",
    "send-back": "send it back",
    "unsign": "take a signature back",
    "discard": "give it up",
    "set_tier": "set the tier",
    "move": "give it another address",
    "edit": "change it",
    "import": "import an edition",
    "read": "open what is closed to them",
    "withdraw": "withdraw the page",
    "confirm-withdrawal": "confirm the withdrawal",
    "still-correct": "sign that it is still correct",
    "reinstate": "bring the page back",
    "withhold": "withhold a part of the page",
    "answer_report": "answer a report",
    "warn": "put an urgent warning over it",
    "countersign": "countersign a warning",
    "correct": "correct it",
    "lift": "end what stands over it",
}
# Codes of refusals in a few words. The sentence that the person read also named what to do then.
WHY = {
    "counts_for_nothing": "they wrote or suggested everything that changed",
    "not_granted": "they have no right to it in this class",
    "wrong_state": "the edition stood elsewhere",
    "stale": "the edition was changed meanwhile",
    "signed_already": "they had signed already",
    "not_covered": "signatures were missing",
    "only_signer": "they were the only signer",
    "signer_lapsed": "a signature no longer carries",
    "no_profile": "they have no clinician’s profile",
    "not_verified": "their registration is not verified",
    "lapsed": "their registration was looked up too long ago",
    "verified_by_contributor": "whoever verified them worked on the edition",
    "nothing_changed": "nothing differs from the published edition",
    "tier_below_floor": "the tier is below its floor",
    "tier": "there is no such tier",
    "tier_changed": "somebody else set the tier meanwhile",
    "no_checkpoint": "the checkpoint file cannot be written",
    "reason": "no reason was given",
    "tick": "the checklist was not complete",
    "interests": "nothing was said on interests",
    "paid_by_maker": "they have pay or shares from a maker",
    "attestation": "no password was given",
    "attestation_expired": "the password was given too long before",
    "changed_meanwhile": "somebody else saved the part meanwhile",
    "not_a_draft": "the edition is no draft",
    "open_edition": "an edition is open",
    "problems": "it had problems",
    "slug_taken": "the address was taken",
    "drug_exists": "the drug was there already",
    "label_taken": "another reference has this label",
    "invalid": "it held what may not be stored",
    "contributed": "they worked on the edition",
    "done_already": "it was done already",
    "not_signed": "they had not signed",
    "not_live": "another edition is published",
    "not_the_latest": "a later edition was discarded",
    "not_of_this_monograph": "it belongs to another monograph",
    "withdrawn_already": "it was withdrawn already",
    "not_withdrawn": "it was not withdrawn",
    "own_withdrawal": "they had withdrawn it themselves",
    "other_role": "somebody of the other role must",
    "confirmed_already": "it was confirmed already",
    "not_vouched": "no clinician had signed that it is still correct",
    "own_warning": "the warning was their own",
    "not_pharmacist": "they are no pharmacist",
    "not_said": "no published edition says that",
}


def why(codes: Sequence[str]) -> str:
    """The reasons of a refusal, each once."""
    codes = ["problems" if code.startswith("problem_") else code for code in codes]
    return and_list(dict.fromkeys(WHY.get(code, code.replace("_", " ")) for code in codes))


@dataclass
class Entry:
    """One entry of the trail, for people."""

    event: AuditEvent
    who: str
    did: str
    parts: str = ""
    why: str = ""
    more: str = ""
    chip: dict[str, str] | None = None
    change_set: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)  # (words, address): what can be done with its state

    @property
    def is_refusal(self) -> bool:
        return self.event.verb == "refused"


def entries_of(events: Sequence[AuditEvent]) -> list[Entry]:
    """Entries of one monograph's events. The queries are as many for one event as for twenty."""
    wanted = [one.data["change_set"] for one in events if one.verb == "edited"]
    sets = {str(one.pk): one for one in ChangeSet.objects.filter(pk__in=wanted).select_related("before", "after")}
    signed = [one.data["sign_off"] for one in events if one.verb == "signed"]
    sign_offs = {one.pk: one for one in SignOff.objects.filter(pk__in=signed)}
    return [_entry(event, sets, sign_offs) for event in events]


def _entry(event: AuditEvent, sets: dict[str, ChangeSet], sign_offs: dict[int, SignOff]) -> Entry:
    data = event.data
    nobody = "A reader" if event.verb == "reported" else "The machine"
    entry = Entry(event, name_of(event.actor) if event.actor else nobody, DONE[event.verb](data))
    if event.verb == "edited":
        change_set = sets[data["change_set"]]
        entry.change_set = str(change_set.pk)
        entry.parts = parts_of(change_set)
        if not change_set.touched:
            entry.did = "copied the published edition, every part unchanged"
    elif event.verb == "signed":
        sign_off, count = sign_offs[data["sign_off"]], len(data["counts_for"])
        interests = "No interests declared." if sign_off.interests == "none" else f"Interests: {sign_off.interests}"
        parts = f"{count} changed part{'s' if count != 1 else ''}"
        entry.more = f"{sign_off.reader_title.capitalize()}. Counts for {parts}. {interests}"
    elif event.verb == "refused":
        entry.why = why(data["codes"])
    if data.get("to") and data.get("to") != data.get("from"):
        entry.chip = chip(data["to"])
    return entry


def parts_of(change_set: ChangeSet) -> str:
    """The parts that a change set touched, as people call them."""
    if not change_set.touched:
        return ""
    labels = {"header": "Header", "order": "Order of parts"}
    for row in (change_set.before, change_set.after):
        labels |= {str(part.key): part.label_for_people for part in _value(row).parts()} if row else {}
    named = sorted(labels.get(key, key) for key in change_set.touched)
    return and_list(named) if len(named) <= NAMED else f"{len(named)} parts"


def _value(row: Any) -> values.Document:
    """A document of the history, read once."""
    if not hasattr(row, "_read"):
        row._read = row.value
    return row._read


# -- The page ----------------------------------------------------------------------------------------------------------


@desk
@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """`?edition=` narrows it to one edition, `?change=` shows the words of one change set, `?page=` leads to older
    entries."""
    monograph = monograph_for(request, slug)
    events = AuditEvent.objects.filter(subject__in=subjects_of(slug)).select_related("actor").order_by("-seq")
    starts = _starts(slug)
    wanted = request.GET.get("edition", "")
    if wanted:
        events = events.filter(**_range(starts, wanted))
    asked = request.GET.get("change", "")
    opened = change_set_of(request, monograph, asked) if asked else None
    page = Paginator(events, A_PAGE).get_page(request.GET.get("page"))
    entries = entries_of(page.object_list)
    edition = current_edition(monograph)
    no_restore = why_no_restore(request.user, edition)
    now = digest_now(edition)
    for entry in entries:
        if entry.change_set:
            can_restore = not no_restore and entry.event.digest != now
            entry.links = _links(monograph, entry.change_set, can_restore=can_restore)
    states = dict(monograph.editions.values_list("number", "state"))
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
        "changes": words_of(opened) if opened else [],
        "opened_links": _links(monograph, str(opened.pk), can_restore=not no_restore and opened.after_id != now)
        if opened
        else [],
        "no_restore": no_restore,
        "name": monograph.live.name if monograph.live else monograph.drug.name,
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


def words_of(change_set: ChangeSet) -> list[Change]:
    """What one change set did to the words of its edition."""
    before = _value(change_set.before) if change_set.before else None
    return changes_of(compare(before, _value(change_set.after)))


def _starts(slug: str) -> list[tuple[int, int]]:
    """(entry, edition) of each edition's first entry, in order."""
    events = AuditEvent.objects.filter(subject__in=subjects_of(slug), verb__in=("begun", "started")).order_by("seq")
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
            return {"seq__gte": seq, **({"seq__lt": later} if later else {})}
    raise Http404
