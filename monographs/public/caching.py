"""What every public answer shares: it is open, read-only, the same for everybody, known by the hash of its bytes."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import get_conditional_response
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from monographs.models.publication import Publication

# A browser asks each time; a shared cache may keep a page for a minute, and never serves one that is older.
CACHE_CONTROL = "public, max-age=0, s-maxage=60, must-revalidate"

_ADDRESSED = "is_addressed"

# In the environment of a request, where the front door finds it again: which part of a list the answer shows.
SHOWS = "clincalc.shows"

View = Callable[..., HttpResponse]


@gzip_page
def zipped(_request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """An answer compressed for whoever takes that. It is the same for everybody, and holds no secret to guess at."""
    return answer


def etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _moved(request: HttpRequest, typed: str) -> HttpResponse:
    """What lay below a former address of a monograph lies below its new one, for ever."""
    former = f"/drugs/{typed}/"
    is_below = typed and request.path.startswith(former)
    live = Publication.objects.now_of_former(typed.lower()) if is_below else None
    if live is None:
        raise Http404
    return redirect(live.get_absolute_url() + request.get_full_path().removeprefix(former), permanent=True)


def shows(request: HttpRequest, page: int, letter: str = "") -> None:
    """A list says which of its parts it shows, in the one way in which links ask for it. Nothing that was asked for in
    another way (a page behind the last one) is kept by the front door, so that a page has one place there."""
    told = {"letter": letter} if letter else {}
    request.META[SHOWS] = urlencode(told | ({"page": str(page)} if page > 1 else {}))


def addressed(view: View) -> View:
    """Marks a view whose pages name their own address, for those that index them."""
    setattr(view, _ADDRESSED, True)
    return view


def is_addressed(view: View) -> bool:
    return getattr(view, _ADDRESSED, False)


def public(view: View) -> View:
    """GET and HEAD only. A page that is there carries its ETag, and is answered 304 to whoever has those very bytes.
    An address that was typed with capital letters leads to that of small ones, if anything is there."""

    @wraps(view)
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        typed = kwargs.get("slug", "")
        small = kwargs | ({"slug": typed.lower()} if typed else {})
        try:
            response = view(request, *args, **small)
        except Http404:
            response = _moved(request, typed)
        if kwargs != small and not 300 <= response.status_code < 400:
            address = request.get_full_path().replace(f"/{typed}/", f"/{small['slug']}/", 1)
            response = redirect(address, permanent=True)
        # Browsers keep a 301 and a 410 for ever unless they are told not to: a page may come back.
        response["Cache-Control"] = CACHE_CONTROL
        if response.status_code != 200:
            return response
        response["ETag"] = etag(response.content)
        answer = get_conditional_response(request, etag=response["ETag"], response=response) or response
        # The front door compresses what it keeps, and leaves every query to us.
        return zipped(request, answer) if request.META.get("QUERY_STRING") else answer

    return addressed(login_not_required(require_safe(served)))
