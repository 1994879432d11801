"""Accounts as they are, to be looked at. Whatever is done to them is done on the desk, by verbs that leave an entry."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse

from reviews.access import policy

User = get_user_model()
for model in list(admin.site._registry):  # of the applications before ours
    admin.site.unregister(model)
admin.site.site_header = admin.site.site_title = "ClinCalc Pro accounts"


def _administers(request: HttpRequest) -> bool:
    return policy.can(request.user, "manage_people")


def _not_here(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    raise Http404  # Django's own page would write a password without an entry


# Administrators and nobody else, whatever flags Django's own columns hold.
site: Any = admin.site
site.has_permission = _administers
site.password_change = site.password_change_done = _not_here


@admin.register(User)
class AccountAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Django's takes none when it runs
    """Who has an account, and whether it is open. No roles, no superuser flag, no password, and nothing to change."""

    fields = ("username", "first_name", "last_name", "email", "is_active", "last_login", "date_joined")
    list_display = ("username", "first_name", "last_name", "email", "is_active")
    list_filter = ("is_active",)
    search_fields = ("username", "first_name", "last_name", "email")
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _administers(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _administers(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
