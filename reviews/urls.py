"""The desk's site map."""

from django.http import HttpResponse
from django.urls import path

urlpatterns = [
    path("", lambda request: HttpResponse("queue"), name="queue"),
    path("monographs/", lambda request: HttpResponse("monographs"), name="monographs"),
]
