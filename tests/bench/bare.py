"""A bare Django view, without middleware and database: the least that a request costs on this machine.

    gunicorn tests.bench.bare:application

Its settings are its own, and a process has settings once: the house cannot load it, and no address leads here.
"""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(ALLOWED_HOSTS=["127.0.0.1"], MIDDLEWARE=[], ROOT_URLCONF=__name__, USE_TZ=True)

BODY = b"<!doctype html><html lang=en><title>Bare</title><p>Nothing but Django."


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY, headers={"Content-Length": len(BODY)})


urlpatterns = [path("", bare)]
application = get_wsgi_application()
