"""The editor: outline, header, parts, order, and the preview."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def edit(request: HttpRequest, slug: str, **_where: Any) -> HttpResponse:
    raise Http404


header = order = part_new = part = preview = edit
