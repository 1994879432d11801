"""Where requests come from, to count by: what limits for one sender mean by one."""

import hashlib
import hmac
from ipaddress import IPv4Address, ip_address, ip_network

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest


def counted(address: str) -> str:
    """What counts as one sender. Whoever has one address of the sixth version has a whole network of them."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def sender_of(address: str, kind: str = "report") -> str:
    """A keyed hash of where something of this kind comes from: enough to count by, and no address; two kinds of one
    sender have nothing in common."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{kind}\n{counted(address)}".encode(), hashlib.sha256).hexdigest()


def address_of(request: HttpRequest) -> str:
    """As the adapter tells it: by the proxies that the settings name."""
    return str(get_adapter().get_client_ip(request))
