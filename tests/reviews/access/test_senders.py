"""Who counts as one sender, and that nobody else can tell who it was."""

import re

import pytest

from reviews.access.senders import sender_of


def test_a_sender_is_counted_by_a_hash_that_only_this_house_can_make(settings):
    one = sender_of("198.51.100.7")

    assert re.fullmatch("[0-9a-f]{64}", one)
    assert (one == sender_of("198.51.100.7"), one == sender_of("198.51.100.8")) == (True, False)
    settings.SECRET_KEY = "another"
    assert sender_of("198.51.100.7") != one
    assert sender_of("198.51.100.7", "kept") != sender_of("198.51.100.7")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True), ("2001:db8::1", "2001:db8:0:0:ffff:ffff:ffff:ffff", True),
        ("2001:DB8::1", "2001:0db8:0000:0000:1::", True), ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True), ("198.51.100.7", "198.51.100.8", False),
        ("::ffff:198.51.100.7", "198.51.100.7", True), ("::ffff:198.51.100.7", "::ffff:198.51.100.8", False),
        ("198.51.100.7", "2001:db8::1", False), ("", "nonsense", False),
    ],
)  # fmt: skip
def test_a_network_of_the_sixth_version_counts_as_one_sender(one, other, same):
    assert (sender_of(one) == sender_of(other)) is same
