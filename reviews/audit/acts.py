"""One act for each form that was shown: sent twice, it is done once.

A form holds a token that was made when it was shown (`new_token`, `{% act_token %}`). Inside `of_form(token_of(…))` the
first act under the write lock is that form's: it keeps the token, and whoever comes with the same one later is told so
(RepeatedAct) and writes nothing. What was typed belongs to the token: a form that somebody goes back to and changes is
an act of its own. `desk` opens it around each of its views, so no verb has to be given anything.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db.models import Subquery
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from reviews.models import Act

FIELD = "act"
_SHAPE = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
WHOSE, KEPT = "whose", "kept"  # what else stands in a form and nobody types (reviews.access.kept)
UNTYPED = {FIELD, WHOSE, KEPT, "csrfmiddlewaretoken"}
# Names of what is typed and kept nowhere, in no form: passwords, and codes that are used once.
SECRET = re.compile(r"password|passcode|\Aotp|\Acode\Z|one_time|recovery", re.IGNORECASE)
_token: ContextVar[str] = ContextVar("act", default="")


class RepeatedAct(Exception):
    """This form was sent before, and its act is done. `seq` is the last entry that it left."""

    def __init__(self, seq: int) -> None:
        super().__init__(seq)
        self.seq = seq


def new_token() -> str:
    return secrets.token_urlsafe(16)


def token_of(request: HttpRequest) -> str:
    """The token of the form that was sent and of the words in it, "" for none. Passwords and codes count for nothing,
    so that no row tells whether one was guessed."""
    token = request.POST.get(FIELD, "")
    if not _SHAPE.fullmatch(token):
        return ""
    typed = sorted(one for one in request.POST.lists() if one[0] not in UNTYPED and not SECRET.search(one[0]))
    return f"{token}.{salted_hmac(token, repr(typed), algorithm='sha256').hexdigest()[:32]}"


@contextmanager
def of_form(token: str) -> Iterator[None]:
    """What is done inside is asked for by the form with this token; "" is no form."""
    before = _token.set(token)
    try:
        yield
    finally:
        _token.reset(before)


def at_hand() -> str:
    """The token of the form at hand, "" for none. What is done without the write lock looks itself whether it came
    before."""
    return _token.get()


def is_done(token: str) -> bool:
    """Whether the form that was shown with this token was done, whatever was typed into it."""
    return bool(token) and Act.objects.filter(token__gte=f"{token}.", token__lt=f"{token}/").exists()


def done_at(token: str) -> Subquery:
    """The last entry of the act of a form, as a column of whatever else is asked; nothing: it is not done."""
    return Subquery(Act.objects.filter(token=token).values("seq")[:1])


def claimed(done: int | None) -> str:
    """The token of the form at hand, "" for none. Asked by whoever holds the write lock, with what `done_at` told them
    there; raises RepeatedAct."""
    if done is not None:
        raise RepeatedAct(done)
    return _token.get()


def refuse_repeated() -> None:
    """The same, of whoever holds no write lock and found nothing to do."""
    if (token := _token.get()) and (done := Act.objects.filter(token=token).first()):
        raise RepeatedAct(done.seq)


def keep(token: str, seq: int) -> None:
    """In the transaction of the act. What else the request does is no repeat of it."""
    if token:
        Act.objects.create(token=token, seq=seq)
        _token.set("")
