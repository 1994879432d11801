"""The page that asks for the second factor at the sign-in, and the one that asks for the password once more."""

from typing import Any

from allauth.account.views import login as allauth_login
from allauth.account.views import reauthenticate as allauth_reauthenticate
from allauth.mfa.base.views import AuthenticateView
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from reviews.access import factors
from reviews.access.password import TooManyFailures
from reviews.access.second_factor import as_json
from reviews.desk.base import DeskRequest, too_many


def login(request: HttpRequest) -> HttpResponse:
    """Allauth's. Where nothing was judged, because too many had failed, it says so and until when (429)."""
    answer: HttpResponse = allauth_login(request)
    if until := getattr(request, "too_many_until", None):
        answer.status_code = 429
        answer["Retry-After"] = str(max(1, int((until - timezone.now()).total_seconds())))
    return answer


class SecondFactorView(AuthenticateView):  # type: ignore[misc]  # allauth carries no types
    """Allauth's, whose forms are ours (MFA_FORMS). A passkey is offered to whoever has one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        has_passkey = any(one.type == factors.PASSKEY for one in factors.of(self.stage.login.user))
        found["options"] = as_json(found["js_data"]["request_options"]) if has_passkey else ""
        return found


second_factor = SecondFactorView.as_view()


def reauthenticate(request: DeskRequest) -> HttpResponse:
    """The password once more, under the same limit as before a signature."""
    try:
        answer: HttpResponse = allauth_reauthenticate(request)
    except TooManyFailures as error:
        return too_many(request, error)
    return answer
