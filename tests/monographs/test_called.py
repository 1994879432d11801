"""What a monograph is called beside others."""

import pytest

from monographs.called import called


@pytest.mark.parametrize(
    ("name", "title", "said"),
    [
        ("Natalizumab", "Natalizumab in multiple sclerosis", "Natalizumab in multiple sclerosis"),
        ("Natalizumab", "Crohn’s disease", "Natalizumab: Crohn’s disease"),
        ("Natalizumab", "natalizumab", "Natalizumab"),
        ("Natalizumab", "", "Natalizumab"),
        ("", "Relapsing disease", "Relapsing disease"),
        ("", "", ""),
    ],
)
def test_a_monograph_is_called_by_its_title_and_always_by_its_drug(name, title, said):
    assert called(name, title) == said
