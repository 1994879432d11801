"""The public keys of the publishing house, for whoever checks a seal without asking us."""

import base64
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from reviews.audit import seals
from reviews.audit.keys import Key, form_of
from reviews.models import KeyStatement


@login_not_required
@require_safe
def keys(_request: HttpRequest) -> JsonResponse:
    """The keys that sealed publications and checkpoints, that of now first: {"keys": [{"id", "algorithm", "public"}]}.
    One of before says after which entry of the trail it was used no more, one that leaked that it is revoked. Where
    there are statements on keys they follow, as they were signed."""
    statements = [form_of(one) for one in KeyStatement.objects.all()]
    known = [_form(key) for key in seals.believed_keys().by_id.values()]
    return JsonResponse({"keys": known, **({"statements": statements} if statements else {})})


@login_not_required
@require_safe
def jwks(_request: HttpRequest) -> JsonResponse:
    """The same as a JWK set (RFC 8037), without those that are revoked."""
    known = [_jwk(key) for key in seals.believed_keys().by_id.values() if not key.is_revoked]
    return JsonResponse({"keys": known})


def _form(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "algorithm": "Ed25519",
        "public": base64.b64encode(key.public).decode(),
        **({"until": key.until} if key.until is not None else {}),
        **({"revoked": True} if key.is_revoked else {}),
    }


def _jwk(key: Key) -> dict[str, str]:
    x = base64.urlsafe_b64encode(key.public).decode().rstrip("=")
    return {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": key.id, "alg": "Ed25519", "use": "sig"}
