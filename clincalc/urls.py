"""The site map. Everything is closed but what says `login_not_required`."""

from allauth.account.decorators import secure_admin_login
from allauth.account.views import logout
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from clincalc.health import live, ready
from reviews.access.second_factor import before_factor
from reviews.desk.account import factors, own, sign_in
from reviews.desk.people import ask
from reviews.public.about import about
from reviews.public.certificates import certificate
from reviews.public.keys import jwks, keys
from reviews.public.links import by_link, forgotten
from reviews.reports.public_views import problem, receipt

# Sign-in of the admin is that of the site, with its limits.
admin.site.login = login_not_required(secure_admin_login(admin.site.login))  # type: ignore[method-assign]  # allauth's way

urlpatterns = [
    path("", include("monographs.public.urls")),
    path(".well-known/clincalc-keys.json", keys, name="keys"),
    path(".well-known/jwks.json", jwks, name="jwks"),
    path("drugs/<slug:slug>/editions/<number:number>/certificate.json", certificate, name="certificate"),
    path("about/", about, name="about"),
    path("report/", problem, name="report"),
    path("report/<str:token>/", receipt, name="receipt"),
    path("health/live", live, name="live"),
    path("health/ready", ready, name="ready"),
    path("desk/", include("reviews.urls")),
    path("accounts/", factors.account, name="account"),
    path("accounts/password/", own.password_change, name="account_password"),
    path("accounts/sessions/end/", own.session_end, name="account_session_end"),
    path("accounts/address/", own.address_ask, name="account_address"),
    path("accounts/address/<str:token>/", own.address_confirm, name="account_address_confirm"),
    path("accounts/ask/", ask.ask, name="account_ask"),
    path("accounts/app/", factors.app_add, name="account_app"),
    path("accounts/passkey/", factors.passkey_add, name="account_passkey"),
    path("accounts/codes/", factors.codes, name="account_codes"),
    path("accounts/factors/<int:pk>/remove/", factors.factor_remove, name="account_factor_remove"),
    path("accounts/login/", login_not_required(sign_in.login), name="account_login"),
    path("accounts/login/second/", sign_in.second_factor, name="mfa_authenticate"),
    path("accounts/link/<str:token>/", by_link, name="account_link"),
    path("accounts/password/forgotten/", forgotten, name="account_forgotten"),
    path("accounts/logout/", before_factor(logout), name="account_logout"),
    path("accounts/reauthenticate/", sign_in.reauthenticate, name="account_reauthenticate"),
    path("admin/", admin.site.urls),
]

handler400 = "clincalc.errors.bad_request"
handler403 = "clincalc.errors.forbidden"
handler404 = "clincalc.errors.not_found"
handler500 = "clincalc.errors.failed"
