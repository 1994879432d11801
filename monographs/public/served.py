"""What every public answer shares: it is open, read-only, the same for everybody, known by the hash of its bytes."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

# A browser asks each time; a shared cache may keep a page for a minute, and never serves one that is older.
CACHE_CONTROL = "public, max-age=0, s-maxage=60, must-revalidate"

View = Callable[..., HttpResponse]


def etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def public(view: View) -> View:
    """GET and HEAD only. A page that is there carries its ETag, and is answered 304 to whoever has those very bytes."""

    @wraps(view)
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 200:
            return response
        response["ETag"] = etag(response.content)
        response["Cache-Control"] = CACHE_CONTROL
        return get_conditional_response(request, etag=response["ETag"], response=response) or response

    return login_not_required(require_safe(served))
