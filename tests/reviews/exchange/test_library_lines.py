"""What a file of a library may hold, line by line; whatever else it holds is told with its place."""

import json
import tracemalloc
from io import BytesIO

import pytest

from monographs.digest import as_json
from reviews.exchange.library_lines import HEADER, Reader, dumped, end_line, findings_of
from tests import factories as make

CLASS = {"kind": "class", "slug": "one", "name": "One", "parent": None, "tier_floor": "", "retired": False}
DRUG = {
    "kind": "drug", "slug": "one", "name": "One", "names": [], "brands": [], "codes": [], "traits": [],
    "former_names": [], "retired": False, "merged_into": None,
}  # fmt: skip
REFERENCE = {"kind": "reference", "label": "one2020", "csl": {"type": "book", "title": "One", "DOI": "10.1234/one"}}
MONOGRAPH = {
    "kind": "monograph", "slug": "one", "class": "one", "drug": "one", "tier": "standard", "former_addresses": ["was"],
    "document": as_json(make.document()),
}  # fmt: skip
COUNTS = {"class": 1, "drug": 1, "reference": 1, "monograph": 1}
GOOD = [dumped(line).encode() for line in (HEADER, CLASS, DRUG, REFERENCE, MONOGRAPH, end_line(COUNTS))]


def said(*lines):
    found = findings_of(Reader(BytesIO(b"\n".join(lines))))
    return [f"{one.path}: {one.reason}" for one in found]


def beside(line, **changes):
    """A good file with one line more before its end, which is line 6."""
    form = line if isinstance(line, bytes) else dumped({**line, **changes}).encode()
    return said(*GOOD[:-1], form)


def test_a_good_file_is_read_line_by_line_and_as_often_as_asked():
    reader = Reader(BytesIO(b"\n\n".join(GOOD) + b"\n"))

    lines = list(reader)

    assert [(one.number, one.kind) for one in lines] == [(3, "class"), (5, "drug"), (7, "reference"), (9, "monograph")]
    assert lines[-1].value.document == make.document()
    assert said(*GOOD) == []


@pytest.mark.parametrize(
    ("lines", "sentences"),
    [
        ([b""], ["line 1: The file is empty."]),
        ([b"not json"], ['line 1: This is no library: its first line would be {"kind": "library", "schema": "clincalc-library/1"}.']),
        (GOOD[1:], ['line 1: This is no library: its first line would be {"kind": "library", "schema": "clincalc-library/1"}.']),
        (GOOD[:-1], ["line 6: The file ends before the line that counts what it holds: the rest of it is lost."]),
        (GOOD[:1], ["line 2: The file ends before the line that counts what it holds: the rest of it is lost."]),
        ([*GOOD[:2], *GOOD[3:]], ["line 5: This line counts something else than the file holds, which is 1 classes, 0 drugs, 1 references, 1 monographs. Some of it is lost."]),
        ([*GOOD, GOOD[1]], ["line 7: The file should have ended with line 6, which counts what it holds."]),
    ],
)  # fmt: skip
def test_a_file_that_is_none_or_was_cut_is_told(lines, sentences):
    assert said(*lines) == sentences


# What stands in line 6 -> what is said of it first.
HOSTILE = [
    (b"\xff\xfe", "The line is not saved as UTF-8: its byte 1 cannot be read."),
    (b"[1]", "A line is a JSON object."),
    (b"{", "This is not JSON that can be read"),
    (b'{"kind": "class", "kind": "class"}', "the key “kind” stands there twice"),
    (b'{"kind": NaN}', "NaN is not a number"),
    (b'{"kind": ' + b"9" * 5000 + b"}", "a number has more than 16 digits"),
    (b"[" * 100_000, "it is nested deeper than 40 levels"),
    (b'{"a":' * 50 + b"1" + b"}" * 50, "it is nested deeper than 40 levels"),
    (b'{"kind": "class", "slug": "' + b"x" * 5 * 1024 * 1024 + b'"}', "The line is longer than 5 MB."),
    (b'{"kind": [' + b"1," * 100_000 + b"1]}", "A line holds at most 100,000 fields"),
    (b'{"kind": "signature"}', "Only “class”, “drug”, “reference”, “monograph” can stand here."),
    (b'{"kind": ["class"]}', "Only “class”, “drug”, “reference”, “monograph” can stand here."),
    (b"{}", "Only “class”, “drug”, “reference”, “monograph” can stand here."),
    ({**CLASS}, "line 6: slug: “one” stands in line 2 already."),
    ({**DRUG, "slug": "two", "name": "ONE"}, "line 6: name: “one” stands in line 3 already."),
    ({**REFERENCE}, "line 6: label: “one2020” stands in line 4 already."),
    ({**REFERENCE, "label": "b", "csl": {"DOI": "10.1234/ONE"}}, "line 6: csl.DOI: “10.1234/one” stands in line 4"),
    ({**MONOGRAPH, "slug": "was", "former_addresses": []}, "line 6: slug: “was” stands in line 5 already."),
    ({**MONOGRAPH, "slug": "b", "former_addresses": ["b"]}, "line 6: former_addresses: “b” stands in line 6 already."),
    ({**CLASS, "slug": "b", "state": "live"}, "line 6: state: There is no such field."),
    ({**MONOGRAPH, "slug": "b", "sign_offs": []}, "line 6: sign_offs: There is no such field."),
    ({**CLASS, "slug": "b", "name": 5}, "line 6: name: Text is expected here."),
    ({**CLASS, "slug": "b", "name": "a\x00b"}, "line 6: name: "),
    ({**CLASS, "slug": "b", "name": "a\u202eb"}, "line 6: name: "),
    ({**CLASS, "slug": "b", "name": "\u0430spirin"}, "line 6: name: “\u0430spirin” mixes letters"),
    ({**CLASS, "slug": "b", "name": "  "}, "line 6: name: This must not be empty."),
    ({**CLASS, "slug": "b", "name": "x" * 501}, "line 6: name: The text is longer than 500 characters."),
    ({**CLASS, "slug": "../b"}, "line 6: slug: This does not have the form"),
    ({**CLASS, "slug": "b", "parent": ["one"]}, "line 6: parent: Text is expected here."),
    ({**CLASS, "slug": "b", "tier_floor": "highest"}, "line 6: tier_floor: Only "),
    ({**CLASS, "slug": "b", "retired": "no"}, "line 6: retired: "),
    ({**DRUG, "slug": "b", "name": "B", "traits": ["magic"]}, "line 6: traits[0]: Only "),
    ({**DRUG, "slug": "b", "name": "B", "names": "British"}, "line 6: names: A list is expected here."),
    ({**DRUG, "slug": "b", "name": "B", "former_names": ["\u0430b"]}, "line 6: former_names[0]: “\u0430b” mixes"),
    ({**REFERENCE, "label": "b", "csl": {"title": "a\u0000b"}}, "line 6: csl: "),
    ({**REFERENCE, "label": "b", "csl": {"URL": "javascript:alert(1)"}}, "line 6: csl: The address of a source"),
    ({**REFERENCE, "label": "a b", "csl": {}}, "line 6: label: This does not have the form"),
    ({**REFERENCE, "label": "b", "csl": []}, "line 6: csl: An object is expected here."),
    ({**MONOGRAPH, "slug": "b", "former_addresses": [], "document": {"header": {"name": 5}}}, "line 6: document.header.name: Text"),
    ({**MONOGRAPH, "slug": "b", "former_addresses": [], "tier": ""}, "line 6: tier: Only "),
    ({"kind": "monograph"}, "line 6: slug: This field is missing."),
]  # fmt: skip


def test_whatever_else_a_line_holds_is_told_with_its_place():
    wrong = []
    for line, sentence in HOSTILE:
        found = beside(line)
        if len(found) < 2 or "line 6: " not in found[0] or sentence not in found[0]:
            wrong.append((str(line)[:100], found[:2]))
    assert wrong == []
    assert "line 6: class: This field is missing." in beside({"kind": "monograph"})


def test_half_a_character_is_no_text():
    line = json.dumps({**CLASS, "slug": "b", "name": "\ud800"}).encode()

    assert "a lone surrogate, half of a character (U+D800)" in beside(line)[0]


def test_of_a_line_without_an_end_no_more_is_read_than_a_line_may_hold():
    class Endless(BytesIO):
        read_at_once = 0

        def readline(self, size=-1, /):
            self.read_at_once = max(self.read_at_once, size)
            return super().readline(size)

    file = Endless(GOOD[0] + b"\n" + b"x" * 60_000_000)
    tracemalloc.start()
    (first, _cut) = list(findings_of(Reader(file)))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (first.path, first.reason) == ("line 2", "The line is longer than 5 MB.")
    assert peak < 30_000_000
