"""Somebody's own account: the password, and the sessions that are open."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from reviews.access import own_address, password, session
from reviews.access.attempts import NOT_TRIED, attempt
from reviews.access.refusals import Refused
from reviews.desk.base import DeskRequest, act_on, own
from reviews.forms import Form
from reviews.forms import password as password_box

_NEW = {"autocomplete": "new-password"}


class ChangeForm(Form):
    password = password_box("Your password now")
    new_password = password_box("The new one", help_text="12 characters or more. Several words in a row do well.")
    again_password = password_box("The new one again")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name in ("new_password", "again_password"):
            self.fields[name].widget.attrs |= _NEW


@own
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: DeskRequest) -> HttpResponse:
    """Fields: `password`, `new_password`, `again_password`."""
    form, tried = ChangeForm(request.POST if request.method == "POST" else None), NOT_TRIED
    if request.method == "POST":
        tried = attempt(lambda: password.change(request.user, request=request, **form.given))
        if tried.is_done:
            messages.success(request, "Your password is changed. Your other sessions have ended.")
            return redirect("account")
    context = {"form": form, "refusals": form.refuse(tried.refusals)}
    return render(request, "account/password.html", context, status=tried.status)


def sessions_of(request: DeskRequest) -> list[session.Open]:
    return session.open_of(request.user, request, settings.SESSION_COOKIE_AGE, settings.SESSION_IDLE_SECONDS)


def _account(request: HttpRequest) -> str:
    return reverse("account")


@own
@act_on(_account)
def session_end(request: DeskRequest) -> HttpResponse:
    """Fields: `name`, of one session; "" for all but this one."""
    name = request.POST.get("name", "")
    if name:
        ended = session.end(request.user, name)
        messages.success(request, "That session is ended." if ended else "That session had ended already.")
    else:
        session.end_others(request.user, request)
        messages.success(request, "All your other sessions are ended.")
    return redirect("account")


# -- The address -------------------------------------------------------------------------------------------------------


@own
@act_on(_account)
def address_ask(request: DeskRequest) -> HttpResponse:
    """Mails a link by which the address is confirmed."""
    tried = attempt(lambda: own_address.ask_for_letter(request.user))
    if tried.is_done:
        messages.success(request, f"A letter is on its way to {request.user.email}. Open the link in it.")
    for one in tried.refusals:
        messages.error(request, one.sentence)
    return redirect("account")


@own
@require_http_methods(["GET", "HEAD", "POST"])
def address_confirm(request: DeskRequest, token: str) -> HttpResponse:
    """Asks whether the address is theirs; by POST it is."""
    try:
        own_address.check(request.user, token)
    except Refused as refused:
        return render(request, "account/link_gone.html", {"sentence": str(refused)}, status=409)
    tried = NOT_TRIED
    if request.method == "POST":
        tried = attempt(lambda: own_address.confirm_address(request.user, token))
        if tried.is_done:
            messages.success(request, "Thank you. This address is yours.")
            return redirect("account")
    return render(request, "account/address.html", {"refusals": tried.refusals}, status=tried.status)
