"""The public site map."""

from django.urls import path

from monographs.public import views

urlpatterns = [
    path("", views.home, name="home"),
    path("drugs/", views.drugs, name="drugs"),
    path("drugs/<slug:slug>/", views.monograph, name="monograph"),
]
