"""When a session began: at the sign-in, whatever is done in it later."""

import time
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

BEGAN = "signed_in"
A_SLIP = 60  # seconds that the clocks of one installation may be apart


def _note_sign_in(sender: Any, request: HttpRequest | None, **kwargs: Any) -> None:
    if request is not None and hasattr(request, "session"):
        request.session[BEGAN] = int(time.time())


def register() -> None:
    user_logged_in.connect(_note_sign_in, dispatch_uid="session")


def is_over(request: HttpRequest, longest: int) -> bool:
    """Whether the sign-in was longer ago than this, in seconds; so is one of which nobody knows when it was."""
    began = request.session.get(BEGAN)
    return not isinstance(began, int) or not -A_SLIP <= int(time.time()) - began < longest
