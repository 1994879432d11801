"""Sign-in by allauth, with no sign-up, and its second factors, with no secret that can be read in the database."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth import authenticate
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from reviews.access import limits, policy, sealed
from reviews.access.attempts import BUSY
from reviews.access.backend import person_of
from reviews.access.password import proved
from reviews.access.refusals import Refused
from reviews.audit.trail import WriteLockTimeout
from reviews.models.roles import ROLES

NOBODY_KNOWS = "unknown"
WORK_ON_PAGES = {role.name for role in ROLES.values() if role.grants}


def landing(user: Any) -> str:
    """Whoever works on monographs begins at the queue, also where they do more; of the others those who look after
    people begin there, and auditors at the trail."""
    if policy.roles_of(user) & WORK_ON_PAGES:
        return reverse("queue")
    if policy.can(user, "manage_people"):
        return reverse("people")
    return reverse("trail" if policy.can(user, "read_trail") else "queue")


NO_MATCH = "The name or the password is not right."


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """A hospital's own sign-on (OIDC) would come in here, and is not built: an adapter of allauth's social accounts
    that finds the account by a number kept in it (never by its e-mail alone), makes none, and leaves `authenticate` and
    the login stages as they are, so that second factor, limits and the password before a signature hold as now."""

    # The same whether a name or an address was typed.
    error_messages: ClassVar = DefaultAccountAdapter.error_messages | dict.fromkeys(
        ("username_password_mismatch", "email_password_mismatch"), NO_MATCH
    )

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes their own account: an administrator of the organisation does."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where somebody lands who asked for no page: where their role works."""
        return landing(request.user)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Who this is, if the password is theirs; counted before anything is hashed (`reviews.access.limits`)."""
        name, address = credentials.get("username") or "", credentials.get("email") or ""
        person = person_of(name, address or name)
        try:
            with limits.counted(name or address, self.get_client_ip(request), person) as judging:
                if found := authenticate(request, **credentials):
                    judging.went_well()
                return found
        except WriteLockTimeout as error:
            raise ValidationError(BUSY.sentence) from error
        except limits.TooOften as error:
            request.too_many_until = error.until  # type: ignore[attr-defined]  # for the view, which answers 429
            until = timezone.localtime(error.until)
            raise ValidationError(f"Too many sign-ins failed. No password is looked at until {until:%H:%M}.") from error

    def reauthenticate(self, user: Any, password: str) -> bool:
        """The password once more: judged and counted where it is before a signature. Raises TooManyFailures."""
        try:
            proved(user, password)
        except (Refused, WriteLockTimeout):
            return False
        return True

    def get_client_ip(self, request: HttpRequest) -> str:
        """Where a request comes from, to count by. On a Unix socket, or past a proxy of ours, nobody may know: such
        requests count as one sender's, and none is refused for it. `/health/ready` tells."""
        try:
            return str(super().get_client_ip(request))
        except (ImproperlyConfigured, PermissionDenied):
            return request.META.get("REMOTE_ADDR") or NOBODY_KNOWS


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    def encrypt(self, text: str) -> str:
        return sealed.sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealed.opened(encrypted_text)

    def get_totp_label(self, user: Any) -> str:
        return str(user.get_username())

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "ClinCalc Pro"}
