"""Scratch: what somebody is typing in the editor is kept every few seconds, until they save it or throw it away, or 30
days have passed.

It survives a crash, a session that ends and a change of device. It is read by nobody but its person, and put back by
nobody but them: it stands in no history and in no digest. Never kept: passwords, the tokens of the form, patients'
numbers. Keeping waits for nobody: while somebody else writes on SQLite it says so at once (OperationalError), and the
form tries again when the next words are typed. The write lock is neither asked for nor held.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from monographs.models import Edition, Monograph
from reviews.access import kept
from reviews.access.turns import beside_writers
from reviews.audit import acts
from reviews.models import Scratch
from reviews.models.scratch import LARGEST, MOST_OF_A_PERSON

FIELD = "scratch"  # of a form that is kept so: its tab
REMARKS = "remarks"  # in the place of a part: what a reviewer writes while reading, to be sent with a send-back
OF = "scratch_of"  # of one that was filled with what was kept of another window: that one's tab
LASTS = timedelta(days=30)
_TAB = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)


def tab_of(sent: Mapping[str, Any]) -> str:
    """The tab of a form that comes back, or a new one for a form that is shown."""
    tab = str(sent.get(FIELD, ""))
    return tab if _TAB.fullmatch(tab) else acts.new_token()


class TooLong(Exception):
    """More than one form may hold: it is not kept, and whoever types is told so."""


def tabs_of(sent: Mapping[str, Any]) -> list[str]:
    """The tab of a form that was sent, and the one that it was filled from: what is kept of both is these words'."""
    return [str(sent.get(name, "")) for name in (FIELD, OF)]


def sign_in_of(request: HttpRequest) -> str:
    return salted_hmac("reviews.access.scratch", request.session.session_key or "").hexdigest()[:16]


def keep(request: HttpRequest, edition: Edition, part: str, but: Collection[str] = ()) -> Scratch | None:
    """Keeps the form that was sent, `but` these boxes, in the place of what was kept of it before. None where there is
    nothing to keep: it says no tab, nothing is typed into it, or it was saved meanwhile. `made_room` says of the row
    that the oldest of its person went for it.

    Raises OperationalError where the database takes no row now, and TooLong.
    """
    person, (tab, filled_from) = request.user, tabs_of(request.POST)
    assert isinstance(person, User)
    typed, lacks = kept.cleaned(request.POST)
    typed = {name: words for name, words in typed.items() if name not in but}
    fields = json.dumps(typed)
    if not _TAB.fullmatch(tab) or not kept.holds_words(typed):
        return None
    if len(fields) > LARGEST:
        raise TooLong
    row = Scratch(
        person=person, edition=edition, part=part, tab=tab, fields=fields, lacks_number=lacks["lacks_number"],
        sign_in=sign_in_of(request), at=timezone.now(),
    )  # fmt: skip
    with beside_writers():
        for is_last in (False, True):
            try:
                with transaction.atomic():
                    return None if acts.is_done(request.POST.get(acts.FIELD, "")) else _put(row, filled_from)
            except IntegrityError:  # another window took the slot
                if is_last:
                    raise
    return None


def _put(row: Scratch, filled_from: str) -> Scratch:
    mine = Scratch.objects.filter(person=row.person)
    columns = {name: getattr(row, name) for name in ("edition", "fields", "lacks_number", "sign_in", "at")}
    page = Edition.objects.filter(
        monograph=row.edition.monograph_id
    )  # the first save of a published page begins another
    here = mine.filter(edition__in=page, part=row.part)
    if here.filter(tab=row.tab).update(**columns):
        return row
    if here.filter(tab=filled_from).update(tab=row.tab, **columns):  # its words are in this window now
        return row
    taken = dict(mine.order_by("at", "id").values_list("slot", "id"))
    if len(taken) >= MOST_OF_A_PERSON:
        row.made_room = True
        row.slot, oldest = next(iter(taken.items()))
        mine.filter(pk=oldest).delete()
    else:
        row.slot = next(slot for slot in range(MOST_OF_A_PERSON) if slot not in taken)
    row.save(force_insert=True)
    return row


def waiting(
    person: User | int, monograph: Monograph | int | None = None, part: str | None = None, since: datetime | None = None
) -> QuerySet[Scratch]:
    """What is kept for somebody, or of it that of a monograph or of one part, newest first, in whatever edition; of
    `since`, within as long as it lasts."""
    rows = Scratch.objects.filter(person=person, at__gt=since or timezone.now() - LASTS)
    rows = rows.filter(edition__monograph=monograph) if monograph else rows
    return rows if part is None else rows.filter(part=part)


def throw_away(person: User, tabs: Iterable[str]) -> None:
    """Twice is as good as once."""
    Scratch.objects.filter(person=person, tab__in=[tab for tab in tabs if _TAB.fullmatch(tab)]).delete()


def sweep() -> int:
    """Deletes what nobody came back for. Answers how much."""
    return Scratch.objects.filter(at__lte=timezone.now() - LASTS).delete()[0]
