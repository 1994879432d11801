"""Where a form came from: the worse of what a browser says is believed."""

import pytest
from django.test import RequestFactory

from reviews.access.origin import sent_from

HERE, THERE = "https://clincalc.test", "https://evil.example"


@pytest.mark.parametrize(
    ("fetched", "origin", "said"),
    [
        ("same-origin", "", "here"), ("same-origin", HERE, "here"), ("", HERE, "here"), ("", "http://testserver", "here"),
        ("", "", ""), ("none", "", ""), ("none", HERE, ""),
        ("cross-site", "", "elsewhere"), ("same-site", "", "elsewhere"), ("cross-site", HERE, "elsewhere"),
        ("", THERE, "elsewhere"), ("same-origin", THERE, "elsewhere"), ("", "null", "elsewhere"), ("x", HERE, "elsewhere"),
    ],
)  # fmt: skip
def test_the_worse_of_what_a_browser_says_is_believed(settings, fetched, origin, said):
    settings.SITE_URL = HERE
    headers = {"sec-fetch-site": fetched, "origin": origin}

    assert sent_from(RequestFactory().post("/x/", headers={name: one for name, one in headers.items() if one})) == said
