"""Small secrets that are kept in the database and must be read again: encrypted with SECRET_KEY.

What an older key encrypted (SECRET_KEY_FALLBACKS) is still opened, and `is_current` tells it from what the key of today
encrypted.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_PURPOSE = b"clincalc-second-factors-v1"


class Unreadable(ValueError):
    """None of the keys that are known here encrypted this."""


def _key(secret: str) -> Fernet:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(made))


def _keys() -> MultiFernet:
    return MultiFernet([_key(one) for one in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def sealed(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def opened(encrypted: str) -> str:
    """The text again. Raises Unreadable."""
    try:
        return _keys().decrypt(encrypted.encode()).decode()
    except InvalidToken as error:
        raise Unreadable("SECRET_KEY was changed, and the one before is not among SECRET_KEY_FALLBACKS.") from error


def is_current(encrypted: str) -> bool:
    """Whether the key of today encrypted it."""
    try:
        _key(settings.SECRET_KEY).decrypt(encrypted.encode())
    except InvalidToken:
        return False
    return True
