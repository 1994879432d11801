"""Passages side by side: which belong together, what stands behind each, and which figure has nothing behind it."""

from monographs.difference.danger import dangers
from monographs.difference.document_diff import compare
from monographs.document import Section
from tests import factories as make
from tests import whole

WHOLE = whole.whole()


def test_a_figure_without_a_reference_is_marked_and_one_with_its_own_is_not():
    def passages(was, now):
        (one,) = dangers(
            compare(
                WHOLE.replaced(sections=[Section(key=make.key("words"), kind="cautions", text=was)]),
                WHOLE.replaced(sections=[Section(key=make.key("words"), kind="cautions", text=now)]),
            )
        )
        return [(each.was, each.now, each.labels, each.is_uncited) for each in one.passages]

    assert passages("Stays.\n\n5 days.", "Stays.\n\n6 days.") == [("5 days.", "6 days.", (), True)]
    assert passages("Stays.\n\n5 days.", "Stays.\n\n6 days [@smpc].") == [
        ("5 days.", "6 days [@smpc].", ("smpc",), False)
    ]
    assert passages("5 days.\n\nStays.", "Stays.") == [("5 days.", "", (), False)]
    assert passages("- one thing\n- Rash of 5 days", "- one thing\n- Rash of 7 days") == [
        ("- Rash of 5 days", "- Rash of 7 days", (), True)
    ]
