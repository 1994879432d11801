"""What every template may say about the publishing house. It reads no session, so public pages set no cookie."""

from django.conf import settings
from django.http import HttpRequest

from monographs.public.caching import is_addressed


def site(request: HttpRequest | None = None) -> dict[str, object]:
    return {
        "canonical": _canonical(request),
        "DEMO": settings.DEMO,
        "DEMO_PASSWORD": settings.DEMO_PASSWORD if settings.DEMO else "",
        "SITE_URL": settings.SITE_URL,
        "SMPC_URL": settings.SMPC_URL,
        "MEDICINES_INFORMATION_URL": settings.MEDICINES_INFORMATION_URL,
        "SIDE_EFFECT_URL": settings.SIDE_EFFECT_URL,
    }


def _canonical(request: HttpRequest | None) -> str:
    """The one address of a public page, without what a query asks of it; "" for all that is no page of readers."""
    match = getattr(request, "resolver_match", None)
    return f"{settings.SITE_URL}{request.path}" if request and match and is_addressed(match.func) else ""
