"""Headers that every answer carries, the closed door, and the answer when the database is busy."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.deprecation import MiddlewareMixin

from clincalc.errors import is_of_the_database, unavailable
from reviews.access import kept, second_factor, session
from reviews.access.second_factor import Lacks
from reviews.audit.trail import mark_recovering
from reviews.models import KeptForm

Handler = Callable[[HttpRequest], HttpResponse]

_PRIVATE = ("/desk/", "/accounts/", "/admin/")


def headers(get_response: Handler) -> Handler:
    """Permissions-Policy everywhere; no shared cache may keep what is behind the login."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if request.path.startswith(_PRIVATE):
            response["Cache-Control"] = "no-store, private"
        return response

    return middleware


class LoginRequired(LoginRequiredMiddleware):
    """Closed by default. Django's own asks for the user before it looks whether the view is open, and so makes every
    public page depend on the session's cookie. Behind it somebody has given a second factor, where one is needed. A
    form that comes from whoever was signed in is kept for them, and stands filled after the sign-in."""

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> Any:
        if not getattr(view_func, "login_required", True):
            return None
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        lacking = Lacks.NOTHING if answer else second_factor.lacks(request)
        if not answer and second_factor.is_recovering(request):
            mark_recovering(request.user)
            if request.path.startswith("/admin/"):
                raise PermissionDenied("A session that was begun with a recovery code administers nothing.")
        if not answer and (lacking is Lacks.NOTHING or second_factor.is_open(view_func, lacking)):
            return None
        try:
            address = kept.keep(request, KeptForm.Cause.SESSION) if request.method == "POST" else ""
        except OperationalError:
            return unavailable(request)
        if answer:
            return redirect_to_login(address) if address else answer
        if lacking is Lacks.PROOF:
            return second_factor.ask(request, address or request.get_full_path())
        return redirect("account")


class IdleSessions(MiddlewareMixin):
    """A session behind the login is over when it was not used for an hour, and 12 hours after the sign-in, whatever is
    done in it. What a page asks by itself (`reviews.desk.base.by_itself`) is no use of it. Public pages never read
    it."""

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> None:
        if not getattr(view_func, "login_required", True) or not request.user.is_authenticated:
            return
        now, used = int(time.time()), request.session.get("used")
        is_idle = used is not None and now - used > settings.SESSION_IDLE_SECONDS
        if is_idle or session.is_over(request, settings.SESSION_COOKIE_AGE):
            logout(request)
        elif getattr(view_func, "by_itself", False):
            return
        elif used is None or now - used > 60:  # once a minute is enough, and spares a write
            request.session["used"] = now


class busy:
    """Somebody held the write lock, or the database its lock, for longer than five seconds: 503, to be tried again.
    What fails outside of a view comes to `clincalc.errors.failed`, which says the same."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return unavailable(request) if is_of_the_database(exception) else None
