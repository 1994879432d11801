"""What changed between two documents: for the rule of independence (keys), and for people (words)."""

import json
import random
import re
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monographs.citations.csl import FIELDS_OF_RECORD
from monographs.difference.document_diff import changed_parts, compare
from monographs.difference.text_diff import item_changes, moved
from monographs.difference.word_diff import word_diff
from monographs.digest import digest
from monographs.document import Citation, Document, Header, MonitoringItem, RelatedLink, Section
from reviews.exchange.files import read_file
from tests import whole
from tests.effort import within
from tests.strategies import documents

FIRST = Path(__file__).parents[3] / "reviews" / "management" / "demonstration" / "monographs"
SECOND = Path(__file__).parents[2] / "data" / "editions"
KEYS = [UUID(int=n) for n in range(1, 9)]


def read(path):
    return read_file(path.read_bytes(), path.name)[0].document


def section(n, text="x", kind="cautions"):
    return Section(key=KEYS[n], kind=kind, text=text)


def said(segments, op):
    return [segment.text for segment in segments if segment.op == op]


# -- Keys -----------------------------------------------------------------------------------------------------------


@given(documents())
def test_a_document_does_not_differ_from_itself(document):
    assert changed_parts(document, document) == frozenset()
    assert not compare(document, document)


@given(documents())
def test_without_an_old_one_everything_has_changed_and_nothing_moved(document):
    everything = frozenset({"header", *(str(part.key) for part in document.parts())})

    assert changed_parts(None, document) == everything
    comparison = compare(None, document)
    assert comparison.keys == everything
    assert {change.kind for change in comparison.changes} == {"added"}


@given(documents(), documents())
def test_both_ways_of_asking_agree(old, new):
    assert compare(old, new).keys == changed_parts(old, new) == changed_parts(new, old)
    assert bool(changed_parts(old, new)) == (digest(old) != digest(new))


@pytest.mark.parametrize(
    ("new", "changed"),
    [
        ([0, 1, 2], set()),
        ([0, 2, 1], {"order"}),
        ([2, 0, 1], {"order"}),
        ([0, 1, 2, 3], {3}),
        ([3, 0, 1, 2], {3}),
        ([0, 3, 1, 2], {3}),
        ([1, 2], {0}),
        ([], {0, 1, 2}),
        ([2, 1], {0, "order"}),
        ([1, 3, 0, 2], {3, "order"}),
    ],
)
def test_an_insertion_or_removal_alone_is_no_move(new, changed):
    old = Document(sections=[section(n) for n in (0, 1, 2)])

    found = changed_parts(old, Document(sections=[section(n) for n in new]))

    assert found == {str(KEYS[one]) if isinstance(one, int) else one for one in changed}


@pytest.mark.parametrize(
    "header",
    [
        {"title": "Other"},
        {"names": [{"kind": "other", "name": "x"}]},
        {"brands": [{"name": "x", "country": "GB"}]},
        {"codes": [{"system": "ATC", "code": "L04AG06"}]},
        {"class_path": [{"slug": "x", "name": "X"}]},
        {"covers": "x"},
        {"not_covered": "x"},
        {"introduction": "x"},
        {"dosing": {"since": "2026-07-04"}},
        {"dosing": {"reason": "x"}},
        {"dosing": {"instead": "x"}},
    ],
)
def test_the_header_is_one_part_and_every_field_of_it_counts(header):
    old, new = Document(), Document(header=header)

    assert changed_parts(old, new) == {"header"}
    (change,) = compare(old, new).changes
    assert (change.kind, change.part_kind, change.label, len(change.fields)) == ("changed", "header", "Header", 1)


def test_a_key_that_comes_back_as_another_kind_of_part_is_a_removal_and_an_addition():
    old = Document(sections=[section(0)])
    new = Document(monitoring=[MonitoringItem(key=KEYS[0], test="ECG")])

    assert changed_parts(old, new) == {str(KEYS[0])}
    assert [(one.kind, one.part_kind) for one in compare(old, new).changes] == [
        ("removed", "section"),
        ("added", "monitoring"),
    ]


# -- For people -----------------------------------------------------------------------------------------------------


def test_the_second_edition_of_alemtuzumab_shows_what_was_edited():
    """Beside what the file tells in words, the two editions differ in their safety notice."""
    expected = json.loads((SECOND / "alemtuzumab.1-2.expected.json").read_text())["changes"]
    comparison = compare(read(FIRST / "alemtuzumab.json"), read(SECOND / "alemtuzumab.2.json"))
    changes = {change.key: change for change in comparison.changes}

    assert set(changes) == {one["key"] for one in expected} | {"d23f108a-eab8-5c56-8f8b-eabce15f41c8"}

    for one in expected:
        change = changes[one["key"]]
        assert change.part_kind == one["part"]
        if one["part"] == "monitoring":
            assert (change.kind, change.label) == ("added", "Monitoring: ECG")
            continue
        assert (change.kind, change.label) == ("changed", one["heading"])
        (field,) = change.fields
        if one["kind"] == "changed":
            assert [text.strip() for text in said(field.segments, "added")] == one["words_added"]
            assert said(field.segments, "removed") == one["words_removed"]
            assert "".join(said(field.segments, "same")) == one["before"]
        else:
            (item,) = field.items
            assert (item.kind, item.text) == (one["kind"], one["what"])
            assert (item.was, item.now) == ((one["from"], one["to"]) if one["kind"] == "moved" else (None, 3))
    assert comparison.moved == ()
    assert "Header" in comparison.unchanged
    assert "Evidence & guidelines" in comparison.unchanged


def test_spaces_accents_and_key_order_are_no_change():
    old, new = read(FIRST / "glatiramer-acetate.json"), read(SECOND / "glatiramer-acetate.2.json")

    assert (FIRST / "glatiramer-acetate.json").read_bytes() != (SECOND / "glatiramer-acetate.2.json").read_bytes()
    assert not compare(old, new)
    assert digest(old) == digest(new)


def test_fields_are_shown_as_people_read_them():
    old = Document(
        header=Header(codes=[{"system": "ATC", "code": "L04AA34"}]),
        citations=[Citation(key=KEYS[0], label="cohen", csl={"volume": "380", "issue": "9839", "title": "CARE-MS I"})],
    )
    new = Document(
        header=Header(codes=[{"system": "ATC", "code": "L04AG06"}]),
        citations=[Citation(key=KEYS[0], label="cohen", csl={"volume": "380", "issue": "9856", "title": "CARE-MS I"})],
    )

    header, citation = compare(old, new).changes

    assert [(one.label, said(one.segments, "removed"), said(one.segments, "added")) for one in header.fields] == [
        ("Codes", ["L04AA34"], ["L04AG06"])
    ]
    assert [(one.name, said(one.segments, "removed"), said(one.segments, "added")) for one in citation.fields] == [
        ("csl.issue", ["9839"], ["9856"])
    ]


def test_odd_values_of_a_record_never_hide_a_change():
    def with_csl(csl):
        return Document(citations=[Citation(key=KEYS[0], label="a", csl=csl)])

    for one, other in (
        ({"n": 1}, {"n": "1"}),
        ({"author": [{"family": "A", "given": "B"}]}, {"author": [{"literal": "A, B"}]}),
        ({"x": []}, {}),
        ({"x": {"a": [1]}}, {"x": {"a": [2]}}),
    ):
        (change,) = compare(with_csl(one), with_csl(other)).changes
        assert change.kind == "changed"


def test_a_removed_and_an_added_part_show_all_their_words():
    link = RelatedLink(key=KEYS[0], target="cladribine", reason="same mechanism")
    (gone,) = compare(Document(related=[link]), Document()).changes
    (come,) = compare(Document(), Document(related=[link])).changes

    assert (gone.kind, gone.label, gone.new) == ("removed", "Related: cladribine", None)
    assert [said(field.segments, "removed") for field in gone.fields] == [["cladribine"], ["same mechanism"]]
    assert (come.kind, come.old) == ("added", None)
    assert [said(field.segments, "added") for field in come.fields] == [["cladribine"], ["same mechanism"]]


def test_sections_are_told_in_the_order_of_the_page_and_moves_by_their_places():
    old = Document(sections=[section(0, "a", "evidence"), section(1, "b", "cautions"), section(2, "c", "cautions")])
    new = Document(sections=[section(2, "C", "cautions"), section(0, "A", "evidence"), section(1, "B", "cautions")])

    comparison = compare(old, new)

    assert [change.key for change in comparison.changes] == [str(KEYS[n]) for n in (2, 1, 0)]
    assert [(one.key, one.was, one.now) for one in comparison.moved] == [(str(KEYS[2]), 2, 0)]


# -- Words ----------------------------------------------------------------------------------------------------------

some_text = st.text(st.sampled_from("ab 1.,\n-[@]"), max_size=60)


@given(some_text, some_text)
@example("a a", "a a a")  # a word that is repeated: common beginning and common end meet
@example("a a a", "a a")
@example("a", "a a")
def test_segments_make_up_both_texts(old, new):
    segments = word_diff(old, new)

    assert "".join(one.text for one in segments if one.op != "added") == old
    assert "".join(one.text for one in segments if one.op != "removed") == new
    assert all(one.text for one in segments)
    assert all(one.op != other.op for one, other in pairwise(segments))


@pytest.mark.parametrize(
    ("old", "new", "removed", "added"),
    [
        ("take 2.5 mg", "take 25 mg", ["2.5"], ["25"]),
        ("up to 10,000 units", "up to 1,000 units", ["10,000"], ["1,000"]),
        ("beta-1a once", "beta-1b once", ["beta-1a"], ["beta-1b"]),
        ("seen [@a].", "seen [@b].", ["[@a]"], ["[@b]"]),
        ("until the last infusion.", "until the last dose of any course.", ["infusion"], ["dose of any course"]),
        ("red, green", "blue, black", ["red, green"], ["blue, black"]),
        ("- a\n- b", "- a\n- b\n- c", [], ["\n- c"]),
        ("same", "same", [], []),
    ],
)
def test_figures_and_marks_change_whole(old, new, removed, added):
    segments = word_diff(old, new)

    assert said(segments, "removed") == removed
    assert said(segments, "added") == added


@given(st.permutations(range(8)))
def test_as_few_things_move_as_can(order):
    moves = moved(list(range(8)), order)

    stayed = [thing for thing in order if thing not in {one for one, _, _ in moves}]
    assert stayed == sorted(stayed)
    assert all(order[now] == thing and was == thing for thing, was, now in moves)
    assert bool(moves) == (list(order) != sorted(order))


def test_one_item_moved_far_is_one_move():
    assert moved("abcdef", "fabcde") == [("f", 5, 0)]


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("- a\n- b", "- a\n- b", []),
        ("- a\n- b", "- b\n- a", [("moved", "b", 1, 0)]),
        ("- a", "Words.\n\n- a\n- brand new", [("added", "brand new", None, 1)]),
        ("1. a\n2. b c", "1. a", [("removed", "b c", 1, None)]),
        ("- take one pill", "- take two pill", [("changed", "take two pill", 0, 0)]),
        ("- a\n- a", "- a", []),
        ("words", "other words", []),
    ],
)
def test_what_became_of_the_items_of_a_list(old, new, changes):
    found = [(one.kind, one.text, one.was, one.now) for one in item_changes(old, new)]

    assert found == changes


def random_text(seed, alphabet, size):
    return "".join(random.Random(seed).choices(alphabet, k=size))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (random_text(1, "ab ", 100_000), random_text(2, "ab ", 100_000)),
        (random_text(1, "ab \n", 100_000), random_text(2, "ab \n", 100_000)),
        ("a b " * 25_000, "b a " * 25_000),
        ("a\n" * 50_000, "b\na\n" * 25_000),
        ("[" * 100_000, "(" * 100_000),
        ("a-" * 50_000, "a-b" * 33_000),
        ("- a b c\n" * 300, "- b c d\n" * 300),
        ("".join(f"- {n} a b c\n" for n in range(300)), "".join(f"- {n} b c d\n" for n in range(300, 600))),
        (" " * 100_000, "\t" * 100_000),
        (random_text(1, "ab ", 900), random_text(2, "ab ", 900)),
    ],
)
def test_long_and_hostile_texts_are_compared_in_little_time(old, new):
    with within(2):
        segments = word_diff(old, new)
        item_changes(old, new)

    assert "".join(one.text for one in segments if one.op != "added") == old


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"volume": "5"}, {"volume": 5}),
        ({"volume": "[1]"}, {"volume": [1]}),
        ({"author": [{"family": "A, B"}]}, {"author": [{"family": "A", "given": "B"}]}),
        ({"author": [{"literal": "A"}, {"literal": "B"}]}, {"author": [{"literal": "A; B"}]}),
        ({"DOI": ""}, {}),
    ],
)
def test_nothing_that_differs_in_a_reference_looks_the_same(one, other):
    key = UUID(int=1)
    old, new = (Document(citations=(Citation(key=key, label="a", csl={"title": "T", **csl}),)) for csl in (one, other))

    (change,) = compare(old, new).changes

    assert [len(field.segments) > 0 for field in change.fields] == [True]
    assert any(segment.op != "same" for segment in change.fields[0].segments)


def test_a_code_and_its_name_do_not_run_together():
    old = Document(header=Header(codes=[{"system": "RxNorm", "code": "1 2"}]))
    new = Document(header=Header(codes=[{"system": "RxNorm", "code": "1", "name": "2"}]))

    (change,) = compare(old, new).changes

    assert [field.name for field in change.fields] == ["codes"]


# -- Every field --------------------------------------------------------------------------------------------------------

WHOLE = whole.whole()
DOSE = "Dose: Relapse after a year. Adult. By intravenous infusion"
LABELS = {
    "header.title": "Title",
    "header.name": "Name",
    "header.names": "Other names",
    "header.brands": "Brand names",
    "header.codes": "Codes",
    "header.class_path": "Therapeutic class",
    "header.covers": "Covers",
    "header.not_covered": "Does not cover",
    "header.text_rules": "Rules of the text",
    "header.introduction": "Introduction",
    "header.dosing.status": "Doses",
    "header.dosing.since": "No dose published since",
    "header.dosing.reason": "Why no dose is published",
    "header.dosing.instead": "What to use instead",
    "sections.kind": "Kind of section",
    "sections.heading": "Heading",
    "sections.text_rules": "Rules of the text",
    "sections.text": "Text",
    "regimens.status": "Shown to readers",
    "regimens.since": "Not published since",
    "regimens.reason": "Why this dose is not published",
    "regimens.instead": "What to use instead of this dose",
    "regimens.structure": "Dose",
    "regimens.lines": "Lines that are signed",
    "regimens.passage": "Passage of the source",
    "monitoring.test": "Test",
    "monitoring.when": "When",
    "monitoring.how_often": "How often",
    "monitoring.how_long": "How long",
    "monitoring.note": "Note",
    "monitoring.source": "Source",
    "notices.type": "Type",
    "notices.severity": "Severity",
    "notices.title": "Title",
    "notices.text_rules": "Rules of the text",
    "notices.text": "Text",
    "notices.action": "What to do",
    "notices.issuer": "Issued by",
    "notices.issued": "Issued on",
    "notices.effective": "In force from",
    "notices.expires": "Ends on",
    "notices.source": "Source",
    "notices.supersedes": "Replaces",
    "citations.label": "Label",
    "related.target": "Monograph",
    "related.reason": "Reason",
}


def label_of(path):
    bare = re.sub(r"\.\d+", "", path)
    if ".csl." in path:
        return FIELDS_OF_RECORD[path.split(".")[3]]
    return next(label for start, label in LABELS.items() if f"{bare}.".startswith(f"{start}."))


def test_every_field_has_a_label_for_people():
    outer = {re.match(r"header\.dosing\.\w+|\w+\.\w+", path)[0] for path in whole.fields()}

    assert set(LABELS) == {path for path in outer if not path.endswith((".key", ".csl"))}


@pytest.mark.parametrize(
    ("path", "document"),
    [(path, document) for path, _, _, document in whole.changed()],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_any_field_that_is_another_is_one_changed_field_of_one_changed_part(path, document):
    (change,) = compare(WHOLE, document).changes
    (field,) = change.fields
    field_name, place, *_ = path.split(".")
    part = WHOLE.header if field_name == "header" else getattr(WHOLE, field_name)[int(place)]
    key = "header" if field_name == "header" else str(part.key)

    assert (change.kind, change.key, change.old) == ("changed", key, part)
    assert change.new == (document.header if key == "header" else document.by_key()[part.key])
    assert field.label == label_of(path)
    assert said(field.segments, "added")
    assert changed_parts(WHOLE, document) == {key} == compare(WHOLE, document).keys
    assert compare(WHOLE, document).moved == ()
    assert len(compare(WHOLE, document).unchanged) == 1 + len(list(WHOLE.parts())) - 1


def test_another_key_is_another_part():
    document = whole.with_leaf(WHOLE, "sections.0.key", str(KEYS[0]))

    assert changed_parts(WHOLE, document) == {str(KEYS[0]), str(WHOLE.sections[0].key)}
    assert [(one.kind, one.key) for one in compare(WHOLE, document).changes] == [
        ("added", str(KEYS[0])),
        ("removed", str(WHOLE.sections[0].key)),
    ]


def test_all_parts_of_the_whole_document_in_the_words_of_people():
    """Each field as it stands in a comparison, label and words; nothing is left out."""
    lines = {
        change.label: [(one.label, "".join(segment.text for segment in one.segments)) for one in change.fields]
        for change in compare(None, WHOLE).changes
    }

    assert list(lines) == [
        "Header",
        "What it is for",
        "What to watch",
        DOSE,
        "Monitoring: Blood count of 5 mL",
        "Safety notice: Stop after 6 days",
        "Safety notice: Only in hospital",
        "Safety notice: Little of it is there",
        "Reference: record",
        "Reference: smpc",
        "Related: otherumab",
    ]
    assert lines["Header"] == [
        ("Title", "Wholumab in one condition"),
        ("Name", "Wholumab"),
        (
            "Other names",
            "British name: Wholumabe\nAmerican name: Wholuzumab\nInternational name: Wholumabum\nOther name: WH-7",
        ),
        ("Brand names", "Wholera (GB)\nTotalis (IE)"),
        ("Codes", "RxNorm 117055 wholumab of RxNorm\nATC L04AG06 wholumab of ATC"),
        ("Therapeutic class", "Neurology (neurology)\nMultiple sclerosis (multiple-sclerosis)"),
        ("Covers", "one condition"),
        ("Does not cover", "the other condition"),
        ("Introduction", "An antibody that was made up [@record]."),
        ("Doses", "unpublished"),
        ("No dose published since", "2026-05-04"),
        ("Why no dose is published", "Its 20 mg are read anew."),
        ("What to use instead", "Take the 30 mg of the label."),
    ]
    assert lines["What it is for"] == [
        ("Kind of section", "Indications"),
        ("Heading", "What it is for"),
        ("Text", "One condition [@record]."),
    ]
    assert lines[DOSE] == [
        ("Shown to readers", "Not published"),
        ("Not published since", "2026-05-11"),
        ("Why this dose is not published", "Nobody has read its source anew."),
        ("What to use instead of this dose", "Read the label of Wholera."),
        (
            "Dose",
            "Relapse after a year. Adult. By intravenous infusion.\n8 mg once daily over 2 hours for 9 days.",
        ),
        ("Passage of the source", "Give it once daily for 9 days."),
    ]
    assert lines["Monitoring: Blood count of 5 mL"] == [
        ("Test", "Blood count of 5 mL"),
        ("When", "before day 1"),
        ("How often", "every 2 months"),
        ("How long", "for 3 years"),
        ("Note", "After 4 weeks again."),
        ("Source", "smpc"),
    ]
    assert lines["Safety notice: Stop after 6 days"] == [
        ("Type", "Boxed warning"),
        ("Severity", "critical"),
        ("Title", "Stop after 6 days"),
        ("Text", "The heart slows [@record]."),
        ("What to do", "Act within 7 hours."),
        ("Issued by", "The first agency"),
        ("Issued on", "2020-02-12"),
        ("In force from", "2020-03-01"),
        ("Ends on", "2033-12-31"),
        ("Source", "smpc"),
        ("Replaces", "the first notice"),
    ]
    assert dict(lines["Reference: record"]) == {
        "Label": "record",
        "Kind of source": "article-journal",
        "Title": "A record of everything",
        "Authors": "Familia, Given",
        "Journal or book": "Journal of Records",
        "Date": '{"date-parts":[[2019,5]]}',
        "Volume": "41",
        "Issue": "7",
        "Pages": "101-109",
        "DOI": "10.1234/record.5",
        "PMID": "7654321",
        "Web address": "https://records.example/paper",
    }
    assert lines["Related: otherumab"] == [("Monograph", "otherumab"), ("Reason", "comparator of the trial")]


def test_a_part_that_went_stands_among_those_of_its_kind_where_the_page_had_it():
    old = Document(sections=[section(0, "a", "evidence"), section(1, "b", "overdose"), section(2, "c", "cautions")])
    new = Document(sections=[section(0, "A", "evidence"), section(2, "C", "cautions")])

    assert [(one.kind, one.key) for one in compare(old, new).changes] == [
        ("changed", str(KEYS[2])),
        ("removed", str(KEYS[1])),
        ("changed", str(KEYS[0])),
    ]
    assert compare(old, new).unchanged == ("Header",)


def test_a_moved_part_is_told_by_kind_key_label_and_both_places():
    one, two, three = (section(n).replaced(heading=f"Heading {n}") for n in range(3))
    records = [Citation(key=KEYS[n], label=f"r{n}") for n in (3, 4, 5)]
    old = Document(sections=[one, two, three], citations=records)

    moves = compare(old, Document(sections=[two, three, one], citations=[records[2], *records[:2]])).moved

    assert [(m.part_kind, m.key, m.label, m.was, m.now) for m in moves] == [
        ("section", str(KEYS[0]), "Heading 0", 0, 2),
        ("citation", str(KEYS[5]), "Reference: r5", 2, 0),
    ]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("- a b c d", "- a b x y", [("changed", "a b x y", 0, 0, "a b c d")]),  # half of the words: the same item
        ("- a b c d", "- a x y z", [("added", "a x y z", None, 0, ""), ("removed", "a b c d", 0, None, "")]),
        ("- a b\n- a b c", "- a b c d", [("changed", "a b c d", 1, 0, "a b c"), ("removed", "a b", 0, None, "")]),
        ("* one\n+ two\n3) three", "* two\n+ three\n3. one", [("moved", "one", 0, 2, "")]),
        ("    - deep", "    - deeper", []),
        ("- a", "", [("removed", "a", 0, None, "")]),
    ],
)  # fmt: skip
def test_an_item_is_the_same_while_half_of_its_words_are(old, new, found):
    assert [(one.kind, one.text, one.was, one.now, one.before) for one in item_changes(old, new)] == found


@pytest.mark.parametrize(("count", "told"), [(300, 1), (301, 0)])
def test_items_of_very_long_lists_are_not_followed(count, told):
    old = "\n".join(f"- item {n}" for n in range(count))

    assert len(item_changes(old, old.replace("- item 5\n", "- item 5 x\n", 1))) == told


def test_only_texts_of_changed_parts_have_items_of_lists():
    text = "- one\n- two"
    old = Document(sections=[section(0, text)], header=Header(introduction=text, covers=text))
    new = Document(
        sections=[section(0, f"{text}\n- three")], header=Header(introduction=f"{text}\n- three", covers="x")
    )

    items = {(change.key, one.name): len(one.items) for change in compare(old, new).changes for one in change.fields}
    assert items == {("header", "introduction"): 1, ("header", "covers"): 0, (str(KEYS[0]), "text"): 1}
    assert [len(one.items) for change in compare(None, new).changes for one in change.fields if one.items] == []
