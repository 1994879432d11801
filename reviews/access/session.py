"""Sessions behind the login: when each began, which are somebody's, and ending them."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

BEGAN, USED, DEVICE = "signed_in", "used", "device"
A_SLIP = 60  # seconds that the clocks of one installation may be apart


def _note_sign_in(sender: Any, request: HttpRequest | None, **kwargs: Any) -> None:
    """Whatever is done in it later, a session began at the sign-in."""
    if request is not None and hasattr(request, "session"):
        request.session[BEGAN] = int(time.time())
        request.session[DEVICE] = device_of(request.META.get("HTTP_USER_AGENT", ""))


def register() -> None:
    user_logged_in.connect(_note_sign_in, dispatch_uid="session")


def is_over(request: HttpRequest, longest: int) -> bool:
    """Whether the sign-in was longer ago than this, in seconds; so is one of which nobody knows when it was."""
    return _is_over(request.session.get(BEGAN), longest)


def _is_over(began: Any, longest: int) -> bool:
    return not isinstance(began, int) or not -A_SLIP <= int(time.time()) - began < longest


# -- Somebody's own ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Open:
    """A session that somebody may go on in. `name` is what a form calls it, and opens nothing."""

    name: str
    began: datetime
    used: datetime
    device: str
    is_recovering: bool
    is_this: bool


def open_of(user: User, request: HttpRequest, longest: int, idle: int) -> list[Open]:
    """This one first, then the one that was used last."""
    found = []
    for row, data in _of(user):
        began, used = data.get(BEGAN), data.get(USED) or data.get(BEGAN)
        if (
            _is_over(began, longest)
            or not (isinstance(began, int) and isinstance(used, int))
            or time.time() - used > idle
        ):
            continue
        given = data.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
        kinds = {one.get("type") for one in given if isinstance(one, dict)}
        found.append(
            Open(
                _name(row), datetime.fromtimestamp(began, UTC), datetime.fromtimestamp(used, UTC),
                str(data.get(DEVICE) or "A browser"), Authenticator.Type.RECOVERY_CODES in kinds,
                row.session_key == request.session.session_key,
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (not one.is_this, -one.used.timestamp()))


def told_of(user: User) -> list[dict[str, Any]]:
    """What is kept of each session of this person, without what opens it."""
    return [{name: data.get(name) for name in (BEGAN, USED, DEVICE)} for _row, data in _of(user)]


def end(user: User, name: str) -> bool:
    """Ends the session of this person that a form calls so; False where it had ended."""
    ours = [row.pk for row, _data in _of(user) if _name(row) == name]
    return bool(Session.objects.filter(pk__in=ours).delete()[0])


def end_others(user: User, request: HttpRequest | None) -> int:
    """Ends each session of this person but the one at hand, and answers how many it were."""
    mine = request.session.session_key if request is not None else None
    ours = [row.pk for row, _data in _of(user) if row.pk != mine]
    return Session.objects.filter(pk__in=ours).delete()[0]


def sweep() -> None:
    """Forgets the rows of sessions that are over."""
    SessionStore.clear_expired()


def _of(user: User) -> Iterator[tuple[Session, dict[str, Any]]]:
    for row in Session.objects.filter(expire_date__gt=timezone.now()).iterator(500):
        data = row.get_decoded()
        if data.get(SESSION_KEY) == str(user.pk):
            yield row, data


def _name(row: Session) -> str:
    return salted_hmac("reviews.access.session", row.session_key, algorithm="sha256").hexdigest()[:16]


_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone|iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device_of(agent: str) -> str:
    """What a browser says of itself, in two words at most: nothing else of it is kept."""
    said = [next((word for sign, word in table if re.search(sign, agent)), "") for table in (_BROWSERS, _SYSTEMS)]
    return " on ".join(word for word in said if word) or "A browser"
