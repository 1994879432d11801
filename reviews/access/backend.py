"""Who a name and a password belong to: one look for the person, one hash, whatever comes of it."""

import threading

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.http import HttpRequest

# A hash takes 100 MB and every core: who guesses in parallel waits for himself, and readers for nobody.
_one_at_a_time = threading.Lock()


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth carries no types
    """Allauth's, which tries one password by name and by address and again under either, each time with a hash."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        email: str | None = None,
        **others: object,
    ) -> AbstractBaseUser | None:
        """The person of this name or, if nobody has that name, of this address; None as well if several share it. Costs
        one hash whether or not there is somebody, so that time tells nothing."""
        if not password or not (username or email):
            return None
        person = person_of(username or "", email or username or "")
        with _one_at_a_time:
            if person is None:
                get_user_model()().set_password(password)
                return None
            is_right = person.check_password(password)
        # A closed account is told what a wrong password is told: allauth would lead it to a page that we do not have.
        return person if is_right and self.user_can_authenticate(person) else None


LONGEST = 254  # characters of a name or an address that anybody could have


def person_of(name: str, address: str) -> User | None:
    """Whose this name is or, if nobody has it, this address. No database is asked for what is too long for either."""
    if len(name) > LONGEST or len(address) > LONGEST:
        return None
    exactly = get_user_model().objects.filter(username=name).first() if name else None
    if found := exactly or (get_user_by_username(name) if name else None):
        return found
    by_address = filter_users_by_email(address, prefer_verified=True, for_login=True) if "@" in address else []
    return by_address[0] if len(by_address) == 1 else None
