"""The site map: which address has which name. Old links and bookmarks lead to these for ever."""

import pytest
from django.urls import resolve, reverse

ADDRESSES = {
    "/": ("home", {}), "/drugs/": ("drugs", {}), "/drugs/x-1/": ("monograph", {"slug": "x-1"}),
    "/drugs/x/monograph.json": ("monograph_json", {"slug": "x"}), "/drugs/x/editions/": ("editions", {"slug": "x"}),
    "/drugs/x/editions/compare/": ("compare_chosen", {"slug": "x"}),
    "/drugs/x/editions/2/": ("edition", {"slug": "x", "number": 2}),
    "/drugs/x/editions/1...2/": ("compare_editions", {"slug": "x", "one": 1, "other": 2}),
    "/classes/": ("classes", {}), "/classes/x/": ("class", {"slug": "x"}), "/search/": ("search", {}),
    "/updates/": ("updates", {}), "/updates/feed/": ("feed", {}), "/corrections/": ("corrections", {}),
    "/sitemap.xml": ("sitemap", {}), "/sitemap-3.xml": ("sitemap_file", {"number": 3}), "/robots.txt": ("robots", {}),
    "/opensearch.xml": ("opensearch", {}), "/.well-known/clincalc-keys.json": ("keys", {}),
    "/drugs/x/editions/2/certificate.json": ("certificate", {"slug": "x", "number": 2}),
    "/.well-known/jwks.json": ("jwks", {}), "/desk/trail/trail.csv": ("trail_out", {"form": "csv"}), "/about/": ("about", {}),
    "/report/": ("report", {}), "/report/abc/": ("receipt", {"token": "abc"}), "/health/live": ("live", {}),
    "/health/ready": ("ready", {}), "/desk/": ("queue", {}), "/accounts/login/": ("account_login", {}),
    "/accounts/link/abc/": ("account_link", {"token": "abc"}), "/accounts/password/forgotten/": ("account_forgotten", {}),
    "/accounts/logout/": ("account_logout", {}), "/accounts/reauthenticate/": ("account_reauthenticate", {}),
    "/accounts/": ("account", {}), "/accounts/app/": ("account_app", {}), "/accounts/passkey/": ("account_passkey", {}),
    "/accounts/password/": ("account_password", {}), "/accounts/sessions/end/": ("account_session_end", {}),
    "/accounts/ask/": ("account_ask", {}),
    "/accounts/address/": ("account_address", {}),
    "/accounts/address/abc/": ("account_address_confirm", {"token": "abc"}),
    "/accounts/codes/": ("account_codes", {}), "/accounts/login/second/": ("mfa_authenticate", {}),
    "/accounts/factors/3/remove/": ("account_factor_remove", {"pk": 3}),
}  # fmt: skip


@pytest.mark.parametrize("path", ADDRESSES)
def test_each_address_has_its_name_and_each_name_its_address(path):
    name, given = ADDRESSES[path]
    found = resolve(path)

    assert (found.url_name, found.kwargs) == (name, given)
    assert reverse(name, kwargs=given) == path
