"""Secrets in the database: nobody reads them there, and a key that was changed is no loss."""

import pytest

from reviews.access import sealed


def test_what_is_kept_does_not_hold_the_secret_and_is_another_each_time():
    kept = sealed.sealed("JBSWY3DPEHPK3PXP")

    assert "JBSWY3DPEHPK3PXP" not in kept
    assert kept != sealed.sealed("JBSWY3DPEHPK3PXP")
    assert sealed.opened(kept) == "JBSWY3DPEHPK3PXP"


def test_an_older_key_still_opens_and_is_told_from_that_of_today(settings):
    kept, before = sealed.sealed("x"), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [before]

    assert sealed.opened(kept) == "x"
    assert not sealed.is_current(kept)
    assert sealed.is_current(sealed.sealed("x"))


def test_without_the_key_nothing_is_opened(settings):
    kept = sealed.sealed("x")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", []

    with pytest.raises(sealed.Unreadable):
        sealed.opened(kept)
