"""A comparison in a few sentences: every change is told, what warns first, many references in one line."""

import pytest

from monographs.difference.change_summary import Line, in_short
from monographs.difference.diff_html import changes_of
from monographs.difference.document_diff import compare
from tests import factories as make
from tests import whole

WHOLE = whole.whole()


def told(old, new):
    return [(line.words, line.key, line.is_first) for line in in_short(compare(old, new))]


def keyed(name):
    return str(make.key(name))


EACH = [
    ("sections", "uses", "What it is for", {"text": "x"}),
    ("monitoring", "count", "Monitoring: Blood count of 5 mL", {"note": "x"}),
    ("notices", "boxed", "Safety notice: Stop after 6 days", {"text": "x"}),
    ("citations", "record", "Reference: record", {"csl": {}}),
    ("related", "link", "Related: otherumab", {"reason": "x"}),
]


@pytest.mark.parametrize(("field", "name", "label", "changes"), EACH)
def test_each_kind_of_part_is_told_when_it_comes_goes_or_is_reworded(field, name, label, changes):
    parts = getattr(WHOLE, field)
    without = WHOLE.replaced(**{field: [part for part in parts if part.key != make.key(name)]})
    other = WHOLE.replaced(
        **{field: [part.replaced(**changes) if part.key == make.key(name) else part for part in parts]}
    )
    first = field == "notices"

    assert told(WHOLE, WHOLE) == []
    assert told(without, WHOLE) == [(f"{label} added.", keyed(name), first)]
    assert told(WHOLE, without) == [(f"{label} removed.", keyed(name), first)]
    assert told(WHOLE, other) == [(f"{label} changed.", keyed(name), first)]


def test_the_header_and_the_order_are_told_too():
    header = WHOLE.replaced(header=WHOLE.header.replaced(title="x"))
    order = WHOLE.replaced(sections=WHOLE.sections[::-1])

    assert told(WHOLE, header) == [("Header changed.", "header", False)]
    assert told(WHOLE, order) == [("The order of parts changed.", "order", False)]


def test_several_references_tests_or_links_are_counted_and_sections_and_notices_never():
    def many(field, words):
        (part, *_) = getattr(WHOLE, field)
        return [part.replaced(key=make.key(f"{field}{n}"), **words(n)) for n in range(3)]

    new = WHOLE.replaced(
        citations=many("citations", lambda n: {"label": f"l{n}"}),
        monitoring=many("monitoring", lambda n: {"test": f"Test {n}"}),
        related=many("related", lambda n: {"reason": f"{n}"}),
        sections=many("sections", lambda n: {"heading": f"Heading {n}"}),
        notices=many("notices", lambda n: {"title": f"Title {n}"}),
    )
    old = WHOLE.replaced(citations=(), monitoring=(), related=(), sections=(), notices=())

    assert told(old, new) == [
        *[(f"Safety notice: Title {n} added.", keyed(f"notices{n}"), True) for n in range(3)],
        *[(f"Heading {n} added.", keyed(f"sections{n}"), False) for n in range(3)],
        ("3 monitoring tests added.", keyed("monitoring0"), False),
        ("3 references added.", keyed("citations0"), False),
        ("3 related monographs added.", keyed("related0"), False),
    ]
    assert told(new, old)[-3:] == [
        ("3 monitoring tests removed.", keyed("monitoring0"), False),
        ("3 references removed.", keyed("citations0"), False),
        ("3 related monographs removed.", keyed("related0"), False),
    ]


def test_what_came_and_what_went_are_counted_apart():
    record, smpc = WHOLE.citations
    old, new = (WHOLE.replaced(citations=[one]) for one in (record, smpc))

    assert told(old, new) == [
        ("Reference: smpc added.", keyed("smpc"), False),
        ("Reference: record removed.", keyed("record"), False),
    ]


def test_a_line_leads_to_its_change():
    new = WHOLE.replaced(header=WHOLE.header.replaced(title="x"), sections=WHOLE.sections[::-1])
    comparison = compare(WHOLE, new)

    assert [line.key for line in in_short(comparison)] == [change.key for change in changes_of(comparison)]
    assert in_short(comparison)[0] == Line("Header changed.", "header", False)


@pytest.mark.parametrize(("path", "document"), [(path, document) for path, _, _, document in whole.changed()])
def test_any_field_that_is_another_is_one_line(path, document):
    (line,) = in_short(compare(WHOLE, document))

    assert line.is_first is path.startswith("notices")
    assert line.words.endswith(" changed.")
