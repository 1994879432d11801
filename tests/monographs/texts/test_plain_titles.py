"""Titles with marks and entities of HTML in them become plain text."""

import pytest

from monographs.texts.plain_titles import plain


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Alemtuzumab <i>versus</i> interferon", "Alemtuzumab versus interferon"),
        ("Benefits &amp; risks", "Benefits & risks"),
        ("Benefits &amp;amp; risks", "Benefits & risks"),
        ("&lt;i&gt;In vivo&lt;/i&gt; study", "In vivo study"),
        ("<jats:italic>C. difficile</jats:italic>", "C. difficile"),
        ('<span class="x">Twice</span><br/>said', "Twice said"),
        ("platelets below 100 × 10<sup>9</sup>/L", "platelets below 100 × 10⁹/L"),
        ("10<sup>-6</sup> and CO<sub>2</sub>, <sup>99m</sup>Tc", "10⁻⁶ and CO₂, ⁹⁹ᵐTc"),
        ("the 5<sup>th</sup> edition", "the 5th edition"),
        ("&beta;-blockers in patients aged &#8805;65", "β-blockers in patients aged ≥65"),
        ("p < 0.05 and x > 3", "p < 0.05 and x > 3"),
        ("a <b and c> d", "a <b and c> d"),
        ("Research & development, R&D, AT&T; &notes", "Research & development, R&D, AT&T; &notes"),
        ("<script>x</script>", "<script>x</script>"),  # no mark of a title: it is shown, and does nothing
        ("Plain", "Plain"),
        ("", ""),
    ],
)
def test_marks_are_left_out_and_words_and_figures_stay(typed, kept):
    assert plain(typed) == kept
    assert plain(kept) == kept
