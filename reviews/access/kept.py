"""Nothing typed is lost: a form of the desk that could not be taken is kept for whoever typed it, and comes back.

A session had ended, somebody signed in again in another window, the place of a part is gone. The form itself says whose
it is: beside its act token stands a signed name for this one showing (`whose`), so that nobody keeps a form for another
person, and no session is needed to tell. `keep` answers the address at which it stands again, with a signed token that
opens it for this person at this address, for a day. There the view of the form answers as it answers what was refused:
filled, with nothing done, and the person sends it themself. When that is done the form is gone from here.

Never kept: passwords, codes that are used once, the tokens of the form, patients' numbers, wherever they were typed: in
a box, in the name of one, in the address. Keeping waits for nobody who writes: `keep` says (OperationalError) where the
database takes no row now, and whoever asked may hand the words back in the answer itself (`typed_of`).
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core import signing
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from reviews.access import senders
from reviews.access.attempts import nothing_tried
from reviews.access.origin import sent_from
from reviews.access.privacy import holds_nhs_number, without_nhs_numbers
from reviews.audit import acts
from reviews.models import Act, KeptForm

WHOSE, FIELD = acts.WHOSE, acts.KEPT
LASTS = timedelta(hours=24)
A_TAB_LASTS = timedelta(days=30)  # somebody comes back to a window that was open over their holidays
MOST_OF_A_PERSON = 20
MOST_OF_AN_ADDRESS, AN_HOUR = 200, timedelta(hours=1)
LARGEST = 300_000  # characters

# What a form holds beside what is typed, and its buttons.
_MACHINE = re.compile(
    r"digest|seen|over|key|page|reference|scratch|scratch_of|remove|restore|up|down|put|preview|only|next|throw|asked|as_typed|tidy|more|typed_.*"
    r"|q|looked|filled|find|further"
    r"|.*-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS"
)
Typed = dict[str, list[str]]


# -- Whose form it is --------------------------------------------------------------------------------------------------


def _signer(act: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"reviews.access.kept.whose.{act}")


def whose(person: int, act: str) -> str:
    """That this showing of a form is this person's: a hidden field of it."""
    return _signer(act).sign(str(person))


def person_of(request: HttpRequest) -> int | None:
    """The person whose form was sent, whoever is signed in now. None for a form that says so of nobody."""
    try:
        name = _signer(request.POST.get(acts.FIELD, "")).unsign(request.POST.get(WHOSE, ""), max_age=A_TAB_LASTS)
    except signing.BadSignature:
        return None
    return int(name)


# -- Keeping -----------------------------------------------------------------------------------------------------------


def keep(request: HttpRequest, cause: KeptForm.Cause) -> str:
    """Keeps what was sent, and answers the address at which it stands filled for its person. "" where there is nothing
    to keep: it is nobody's form, nothing is typed into it, its act is done, it is too long, too many came from one
    place, or its path holds a patient's number.

    Raises OperationalError where the database takes no row now.
    """
    key = person_of(request) if request.method == "POST" else None
    person = get_user_model().objects.filter(pk=key, is_active=True).first() if key else None
    if person is None or _is_done(request):
        return ""
    now, sender = timezone.now(), senders.sender_of(senders.address_of(request), "kept")
    if not _has_room(sender, now):
        return ""
    kept, lacks = cleaned(request.POST)
    asked, of_address = cleaned(request.GET)
    lacks["lacks_number"] |= of_address["lacks_number"]
    fields, query = json.dumps(kept), urlencode(asked, doseq=True)
    if not holds_words(kept) or holds_nhs_number(request.path):
        return ""
    if len(fields) > LARGEST or len(request.path) > 500 or len(query) > 500:
        return ""
    mine = KeptForm.objects.filter(person=person)
    row = KeptForm(
        person=person, path=request.path, tab=request.POST[acts.FIELD], query=query, fields=fields, cause=cause, at=now,
        expires_at=now + LASTS, sender=sender, **lacks,
    )  # fmt: skip
    before = opened(request.POST.get(FIELD, ""), person, request.path)
    try:
        with transaction.atomic():
            mine.filter(Q(tab=row.tab) | Q(pk=before.pk if before else None)).delete()
            row.save(force_insert=True)
            mine.filter(pk__in=list(mine.values_list("pk", flat=True)[MOST_OF_A_PERSON:])).delete()
    except IntegrityError:  # another click was faster
        twin = mine.filter(path=row.path, tab=row.tab).first()
        return address_of(twin) if twin else ""
    return address_of(row)


def _is_done(request: HttpRequest) -> bool:
    token = acts.token_of(request)
    return bool(token) and Act.objects.filter(token=token).exists()


def _has_room(sender: str, now: datetime) -> bool:
    """Whether not too many of what is kept came from one place in an hour: counted for all processes as one."""
    rows = KeptForm.objects.filter(sender=sender, at__gt=now - AN_HOUR, at__lte=now + AN_HOUR)
    return rows.count() < MOST_OF_AN_ADDRESS


def holds_words(sent: Typed) -> bool:
    """Whether somebody typed or chose something in it."""
    return not all(map(_MACHINE.fullmatch, sent))


def cleaned(sent: QueryDict) -> tuple[Typed, dict[str, bool]]:
    """What may be kept of a form or of an address, and what it lacks then."""
    kept: Typed = {}
    lacks = {"lacks_password": False, "lacks_number": False}
    for name, values in sent.lists():
        if acts.SECRET.search(name):
            lacks["lacks_password"] = True
        elif name not in acts.UNTYPED:
            clean = without_nhs_numbers(name)
            kept[clean] = [without_nhs_numbers(value) for value in values]
            lacks["lacks_number"] |= clean != name or kept[clean] != values
    return kept, lacks


# -- Coming back -------------------------------------------------------------------------------------------------------


def _salt(path: str) -> str:
    return f"reviews.access.kept.form.{path}"


def token_for(row: KeptForm) -> str:
    return signing.dumps([row.pk, row.person_id], salt=_salt(row.path))


def address_of(row: KeptForm) -> str:
    """Where it stands filled."""
    return f"{row.path}?{row.query}{'&' if row.query else ''}{FIELD}={token_for(row)}"


def opened(token: str, person: User, path: str) -> KeptForm | None:
    """The form that this token opens for this person at this address; None for anybody else, and after a day."""
    try:
        pk, owner = signing.loads(token, salt=_salt(path), max_age=LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if owner != person.pk:
        return None
    return KeptForm.objects.filter(pk=pk, person=person, expires_at__gt=timezone.now()).first()


def waiting_for(person: User) -> list[KeptForm]:
    """What is kept for somebody, the newest first."""
    return list(KeptForm.objects.filter(person=person, expires_at__gt=timezone.now())[:MOST_OF_A_PERSON])


def one_of(person: User, key: int) -> KeptForm | None:
    """A form that is kept for this person."""
    return KeptForm.objects.filter(pk=key, person=person, expires_at__gt=timezone.now()).first()


def throw_away(row: KeptForm) -> bool:
    """Whether it was still there."""
    return bool(KeptForm.objects.filter(pk=row.pk, person=row.person_id).delete()[0])


@dataclass
class OnDesk:
    """What a page of the desk knows of kept forms: whose its forms are, the form that is back on it, and its token."""

    person: int
    form: KeptForm | None = None
    token: str = ""
    is_gone: bool = False  # a token was given that opens nothing


@contextmanager
def of_form(request: Any) -> Iterator[OnDesk]:
    """Around each view of the desk. Where a kept form is asked for, the view answers it as it answers one that was
    refused: filled, and nothing is done."""
    here = request.kept = OnDesk(request.user.pk)
    if request.method == "POST":
        here.token = request.POST.get(FIELD, "")
    elif request.method in ("GET", "HEAD") and (token := request.GET.get(FIELD, "")):
        here.form = opened(token, request.user, request.path)
        here.is_gone = here.form is None
    if here.form is None:
        yield here
        return
    here.token, method, sent = token, request.method, request.POST
    request.method, request.POST = "POST", here.form.typed
    try:
        with nothing_tried():
            yield here
    finally:
        request.method, request.POST = method, sent


def spend(request: HttpRequest, person: User) -> None:
    """What was sent is done: the form that it was kept as is gone."""
    try:
        if row := opened(request.POST.get(FIELD, ""), person, request.path):
            row.delete()
    except OperationalError:
        pass  # it is swept later; sent again it meets what was done


def forget(request: HttpRequest, person: User) -> None:
    """As `spend`, for a form that was kept and sent again from the page on which it still stood."""
    try:
        KeptForm.objects.filter(person=person, path=request.path, tab=request.POST.get(acts.FIELD, "")).delete()
    except OperationalError:
        pass


def sweep() -> int:
    """Deletes what nobody came back for within a day. Answers how many."""
    return KeptForm.objects.filter(expires_at__lte=timezone.now()).delete()[0]


# -- In the answer itself ----------------------------------------------------------------------------------------------


def words_of_body(body: bytes) -> list[tuple[str, str]]:
    """What a person typed into a form that held more boxes than are taken."""
    sent: Typed = {}
    for name, words in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace"):
        sent.setdefault(name, []).append(words)
    return words_of(sent)


@dataclass(frozen=True)
class TypedForm:
    """A form that was sent, to be shown again without anything being stored: where it is sent, what it holds, the names
    of its passwords, and its words for people."""

    address: str
    hidden: list[tuple[str, str]]
    passwords: list[str]
    words: list[tuple[str, str]]


def typed_of(request: HttpRequest) -> TypedForm | None:
    """What one of our own pages sent; None for all else: nobody is handed a stranger's form to send."""
    if request.method != "POST" or sent_from(request) != "here":
        return None
    sent = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    hidden = [(name, one) for name, values in sent.items() for one in values if not acts.SECRET.search(name)]
    return TypedForm(
        request.get_full_path(), hidden, [name for name in sent if acts.SECRET.search(name)], words_of(sent)
    )


def words_of(sent: Typed) -> list[tuple[str, str]]:
    """(name, words) of what a person typed or chose, for reading."""
    return [
        (named(name), one)
        for name, values in sent.items()
        if not (name in acts.UNTYPED or acts.SECRET.search(name) or _MACHINE.fullmatch(name))
        for one in values
        if one.strip()
    ]


def named(box: str) -> str:
    """The name of a box for people: "Names, row 2: name"."""
    row = re.fullmatch(r"(\w+)-(\d{1,4})-(\w+)", box)
    name = f"{row[1]}, row {int(row[2]) + 1}: {row[3]}" if row else box
    return name.replace("_", " ").capitalize()
