"""Accounts, and nothing else: content, roles and states have their verbs."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest

User = get_user_model()
for model in list(admin.site._registry):  # of the applications before ours
    admin.site.unregister(model)
admin.site.site_header = admin.site.site_title = "ClinCalc Pro accounts"


@admin.register(User)
class AccountAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Django's takes none when it runs
    """Who has an account, and whether it is open. No roles, no superuser flag, no password; people are deactivated,
    never deleted."""

    fields = ("username", "first_name", "last_name", "email", "is_active", "last_login", "date_joined")
    readonly_fields = ("last_login", "date_joined")
    list_display = ("username", "first_name", "last_name", "email", "is_active")
    list_filter = ("is_active",)
    search_fields = ("username", "first_name", "last_name", "email")
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
