"""Addresses of the web as they may be typed: what is seen of one is where it leads. Pure; stored ones are not asked."""

import re
from urllib.parse import urlsplit

# Letters, figures and hyphens between dots; no letters of other alphabets, raw or encoded, and no bare number.
_HOST = re.compile(r"(?:(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.IGNORECASE | re.ASCII)


def hidden_host(address: str) -> str:
    """What stands against an address, "" for nothing and for what leads to a mailbox."""
    if address.lower().startswith("mailto:"):
        return ""
    shown = f"“{address[:80]}”"
    try:
        found = urlsplit(address)
        host, _port = found.hostname or "", found.port
    except ValueError:
        return f"{shown} is no address that a browser would open."
    if "@" in found.netloc:
        return f"{shown} names a user before its host, which hides where it leads. Take out all up to the @."
    if not _HOST.fullmatch(host):
        return f"{shown} has no host that readers can read: give its name in the letters a to z, with dots."
    return ""
