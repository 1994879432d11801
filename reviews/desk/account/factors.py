"""Somebody's own second factors: what there is, an app, a passkey, and the codes for when both are lost."""

import time
from base64 import b64encode
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from reviews.access import factors, own_address, sealed, second_factor
from reviews.access.adapter import landing
from reviews.access.attempts import NOT_TRIED, Attempt, attempt
from reviews.access.factor_forms import PasskeyAnswer
from reviews.access.second_factor import as_json, before_factor
from reviews.desk.account.own import sessions_of
from reviews.desk.base import DeskRequest, own
from reviews.forms import Form, Text, password

TRIED, MADE = "app_tried", "codes_made"  # in the session: the secret that is being set up; when codes were made
SHOWN_FOR = 10 * 60  # seconds for which new codes are shown, in the session that made them
form_page = require_http_methods(["GET", "HEAD", "POST"])


class AppForm(Form):
    code = Text(
        label="The code that the app shows now",
        attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 12},
    )
    password = password("Your password")


class PasskeyForm(Form):
    name = Text(label="A name for it", help_text="“My phone”, “key on my ring”.", attrs={"maxlength": 60})
    password = password("Your password")
    credential = PasskeyAnswer(widget=forms.HiddenInput)


class PasswordForm(Form):
    password = password("Your password")


@before_factor
@own
def account(request: DeskRequest) -> HttpResponse:
    """What somebody signs in with. Whoever needs a second factor and has none is led here."""
    codes = factors.codes_of(request.user)
    context = {
        "factors": [(one, _words(one)) for one in factors.of(request.user)],
        "codes_left": len(codes.get_unused_codes()) if codes else None,
        "must": settings.REQUIRE_MFA,
        "sessions": sessions_of(request),
        "is_own_address": own_address.is_confirmed(request.user),
    }
    return render(request, "account/account.html", context)


def _words(factor: Any) -> str:
    return "Authenticator app" if factor.type == factors.APP else f"Passkey “{factor.data['name']}”"


@before_factor
@own
@form_page
def app_add(request: DeskRequest) -> HttpResponse:
    """Fields: `code`, `password`. The secret stays the same for as long as this session tries."""
    if TRIED not in request.session:
        request.session[TRIED] = sealed.sealed(generate_totp_secret())
    secret = sealed.opened(request.session[TRIED])
    form, tried = AppForm(request.POST if request.method == "POST" else None), NOT_TRIED
    if request.method == "POST":
        tried = attempt(lambda: factors.add_app(request.user, secret=secret, request=request, **form.given))
        if tried.is_done:
            del request.session[TRIED]
            return _added(request, tried.result)
    adapter = get_adapter()
    drawn = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    context = {
        "form": form, "refusals": form.refuse(tried.refusals), "secret": _in_fours(secret),
        "picture": f"data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()}",
        "replaces": any(one.type == factors.APP for one in factors.of(request.user)),
    }  # fmt: skip
    return render(request, "account/app_add.html", context, status=tried.status)


def _in_fours(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


@before_factor
@own
@form_page
def passkey_add(request: DeskRequest) -> HttpResponse:
    """Fields: `name`, `password`, and `credential`, which the browser fills in."""
    form, tried = PasskeyForm(request.POST if request.method == "POST" else None), NOT_TRIED
    if request.method == "POST":
        tried = attempt(lambda: factors.add_passkey(request.user, request=request, **form.given))
        if tried.is_done:
            return _added(request, tried.result)
    context = {
        "form": form,
        "refusals": form.refuse(tried.refusals),
        "options": as_json(webauthn.begin_registration(request.user, False)),
    }
    return render(request, "account/passkey_add.html", context, status=tried.status)


def _added(request: DeskRequest, factor: Any) -> HttpResponse:
    second_factor.note(request, factor)
    messages.success(request, f"{_words(factor)}: from now on you sign in with it.")
    codes = factors.codes_of(request.user)
    if codes and codes.instance.created_at >= factor.created_at:
        request.session[MADE] = int(time.time())
        return redirect("account_codes")
    return redirect("account")


@own
@form_page
def codes(request: DeskRequest) -> HttpResponse:
    """Shows codes to the session that has just made them; else how many are left, and a form that makes new ones.
    Fields: `password`."""
    form, tried = PasswordForm(request.POST if request.method == "POST" else None), NOT_TRIED
    if request.method == "POST":
        tried = attempt(lambda: factors.make_codes(request.user, request=request, **form.given))
        if tried.is_done:
            request.session[MADE] = int(time.time())
            return redirect("account_codes")
    found = factors.codes_of(request.user)
    unused = found.get_unused_codes() if found else []
    are_new = 0 <= int(time.time()) - request.session.get(MADE, 0) < SHOWN_FOR
    context = {
        "form": form,
        "refusals": form.refuse(tried.refusals),
        "codes": unused if are_new and not tried.refusals else [],
        "left": len(unused),
        "onward": landing(request.user),
    }
    return render(request, "account/codes.html", context, status=tried.status)


@own
@form_page
def factor_remove(request: DeskRequest, pk: int) -> HttpResponse:
    """Fields: `password`."""
    form, tried = PasswordForm(request.POST if request.method == "POST" else None), NOT_TRIED
    if request.method == "POST":
        tried = attempt(lambda: factors.remove(request.user, pk, request=request, **form.given))
        if tried.is_done:
            messages.success(request, "It is removed: it opens nothing any more.")
            return redirect("account")
    return _removing(request, pk, form, tried)


def _removing(request: DeskRequest, pk: int, form: Form, tried: Attempt) -> HttpResponse:
    row = next((one for one in factors.of(request.user) if one.pk == pk), None)
    if row is None and not tried.refusals:
        messages.info(request, "It is not there any more.")
        return redirect("account")
    context = {"form": form, "refusals": form.refuse(tried.refusals), "factor": row and _words(row)}
    return render(request, "account/factor_remove.html", context, status=tried.status)
