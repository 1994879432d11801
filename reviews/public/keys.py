"""The public keys of the publishing house, for whoever checks a seal without asking us."""

import base64

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from reviews.audit import seals


@login_not_required
@require_safe
def keys(_request: HttpRequest) -> JsonResponse:
    """The key that seals publications and checkpoints now: {"keys": [{"id", "algorithm", "public"}]}."""
    public = base64.b64encode(seals.public_bytes()).decode()
    return JsonResponse({"keys": [{"id": seals.key_id(), "algorithm": "Ed25519", "public": public}]})
