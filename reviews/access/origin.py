"""Where a form came from, as the browser that sent it says."""

from typing import Literal

from django.conf import settings
from django.http import HttpRequest


def sent_from(request: HttpRequest) -> Literal["here", "elsewhere", ""]:
    """Whether a page of ours was the sender, or one of another site; "" where the browser says neither. No script can
    write `Sec-Fetch-Site` and `Origin`; where they disagree, the worse of them is believed."""
    own = {settings.SITE_URL, f"{request.scheme}://{request.get_host()}"}
    fetched, origin = request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", "")
    if (origin and origin not in own) or fetched not in ("", "none", "same-origin"):
        return "elsewhere"
    return "here" if fetched == "same-origin" or (origin and not fetched) else ""
