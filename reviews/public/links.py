"""The pages of whoever cannot sign in: a password set by a link, and a link asked for by mail. Open to everybody."""

import logging
from datetime import timedelta
from functools import partial

from allauth.account.internal.userkit import filter_users_by_email
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from reviews.access import letters, limits, links
from reviews.access.attempts import NOT_TRIED, attempt
from reviews.access.refusals import Refused
from reviews.access.senders import address_of, sender_of
from reviews.forms import Form
from reviews.forms import password as password_box

logger = logging.getLogger(__name__)
# Guesses of links by one sender, and letters that one asks for; requests of one link; letters asked for in one name.
BY_SENDER, A_MINUTE = 20, timedelta(minutes=1)
BY_LINK = 20
BY_NAME, A_QUARTER = 5, timedelta(minutes=15)
LOGIN = 254  # characters of a name or an address that are looked at
_NEW = {"autocomplete": "new-password"}


class NewPasswordForm(Form):
    new_password = password_box("Your new password", help_text="12 to 128 characters. Several words in a row do well.")
    again_password = password_box("The same again")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= _NEW


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Fields: `new_password`, `again_password`. What opens nothing is answered 404, in one sentence, and counts for the
    sender. A link that opens counts for itself, so that many people at one address can set their passwords at once."""
    try:
        guess = limits.count("link", sender_of(address_of(request), "link"), most=BY_SENDER, period=A_MINUTE)
        way = links.way_of(token)
        guess.delete()
        limits.count("one link", token, most=BY_LINK, period=A_MINUTE)
    except limits.TooOften as error:
        return _too_many(request, error)
    except Refused as refused:
        return _gone(request, refused)
    form, tried = NewPasswordForm(request.POST if request.method == "POST" else None), NOT_TRIED
    if request.method == "POST":
        tried = attempt(lambda: links.set_password(token, **form.given))
        if tried.is_done:
            messages.success(request, "Your password is set. Sign in with it.")
            return redirect("account_login")
        if tried.refused and links.NO_LINK.code in tried.refused.codes:
            return _gone(request, tried.refused)
    context = {"form": form, "refusals": form.refuse(tried.refusals), "person": way.person}
    return render(request, "account/link.html", context, status=tried.status)


def _gone(request: HttpRequest, refused: Refused) -> HttpResponse:
    return render(request, "account/link_gone.html", {"sentence": str(refused)}, status=404)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Field: `login`, a name or an address. The answer is the same, and takes the same time, whoever is asked for:
    whether there is somebody is looked up beside the request."""
    if request.method != "POST":
        return render(request, "account/forgotten.html", {"is_asked": False})
    typed = request.POST.get("login", "").strip()[:LOGIN]
    try:
        limits.count("forgotten", sender_of(address_of(request), "forgotten"), most=BY_SENDER, period=A_MINUTE)
        limits.count("forgotten name", typed.casefold(), most=BY_NAME, period=A_QUARTER)
    except limits.TooOften as error:
        return _too_many(request, error)
    letters.in_background(partial(_mail_link, typed))
    return render(request, "account/forgotten.html", {"is_asked": True})


def _too_many(request: HttpRequest, error: limits.TooOften) -> HttpResponse:
    answer = render(request, "429.html", status=429)
    answer["Retry-After"] = str(max(1, int((error.until - timezone.now()).total_seconds())))
    return answer


def _mail_link(typed: str) -> None:
    person = _person(typed)
    if person is None:
        return
    body = (
        f"Somebody, you we hope, asked to set the password of the account {person.get_username()} anew. Open this "
        f"within an hour:\n\n{links.mailed_address(person)}\n\nIf somebody else asked, do nothing: your "
        "password stays as it is.\n"
    )
    if letters.sent(person.email, "Set your password anew", body):
        logger.warning("A link for user %s could not be mailed", person.pk)


def _person(typed: str) -> User | None:
    """The open account of this name or, if nobody has it, of this address; None as well if several share it."""
    if not typed or "\x00" in typed:
        return None
    by_name = list(User.objects.filter(username__iexact=typed)[:2])
    found = by_name or (filter_users_by_email(typed, prefer_verified=True) if "@" in typed else [])
    person = found[0] if len(found) == 1 else None
    return person if person is not None and person.is_active and person.email else None
