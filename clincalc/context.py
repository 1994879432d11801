"""What every template may say about the publishing house. It reads no session, so public pages set no cookie."""

from django.conf import settings
from django.http import HttpRequest


def site(_request: HttpRequest | None = None) -> dict[str, object]:
    return {
        "DEMO": settings.DEMO,
        "DEMO_PASSWORD": settings.DEMO_PASSWORD if settings.DEMO else "",
        "SITE_URL": settings.SITE_URL,
        "SMPC_URL": settings.SMPC_URL,
        "MEDICINES_INFORMATION_URL": settings.MEDICINES_INFORMATION_URL,
        "SIDE_EFFECT_URL": settings.SIDE_EFFECT_URL,
    }
