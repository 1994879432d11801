"""What an authenticator app shows, by RFC 6238, written once more beside what the product asks."""

import base64
import hashlib
import hmac
import time


def code_of(secret: str, at: float | None = None, *, step: int = 30) -> str:
    """The six digits that an app shows for this secret now, or at another time."""
    key = base64.b32decode(secret.replace(" ", ""))
    counted = hmac.new(key, int((time.time() if at is None else at) // step).to_bytes(8, "big"), hashlib.sha1).digest()
    begin = counted[-1] & 15
    return f"{(int.from_bytes(counted[begin : begin + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


def next_code_of(secret: str) -> str:
    """The one that comes next, which counts already: the code of now was spent when the app was set up."""
    return code_of(secret, time.time() + 30)
