"""Sign-in by allauth, with no sign-up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest

NOBODY_KNOWS = "unknown"


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes their own account: an administrator of the organisation does."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Where a request comes from, to count by. On a Unix socket, or past a proxy of ours, nobody may know: such
        requests count as one sender's, and none is refused for it. `/health/ready` tells."""
        try:
            return str(super().get_client_ip(request))
        except (ImproperlyConfigured, PermissionDenied):
            return request.META.get("REMOTE_ADDR") or NOBODY_KNOWS
