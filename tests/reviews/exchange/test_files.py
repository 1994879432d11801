"""Files of monographs: what is read, what is refused and where, and that nothing is lost on the way back."""

import json
from dataclasses import replace
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.digest import as_json, digest
from monographs.document import PROSE, Document, Section
from monographs.texts.text import shows_as_typed
from reviews.exchange.files import MAX_BYTES, SCHEMA, ImportRefused, dump, read_file
from reviews.exchange.schema import Incoming, IncomingDrug, slug_of
from reviews.management import demonstration
from tests.effort import within
from tests.strategies import documents

pytestmark = pytest.mark.any_database

CLADRIBINE = Path(demonstration.__file__).parent / "monographs" / "cladribine.json"


def own(**changes):
    form = {
        "schema": SCHEMA,
        "slug": "importumab",
        "class": "dmards",
        "drug": {"name": "Importumab"},
        "document": {"header": {"title": "Importumab"}, "sections": [{"kind": "cautions", "text": "Some."}]},
    }
    return {**form, **changes}


def read(*values):
    content = "\n".join(json.dumps(value) for value in values)
    return read_file(content.encode(), "in.jsonl")


def refused(content):
    with pytest.raises(ImportRefused) as caught:
        read_file(content, "bad.json")
    assert all(line.startswith("bad.json: ") and line.isprintable() for line in str(caught.value).split("\n"))
    return {finding.path: finding.reason for finding in caught.value.findings}


# -- Our own shape --------------------------------------------------------------------------------------------------


def printed_as_typed(document):
    """Without the texts of which the first rules show other signs: no file takes them (tests/reviews/test_text_rules)."""

    def of(value):
        name = PROSE.get(type(value))
        return (
            value
            if not name or shows_as_typed(getattr(value, name), value.text_rules)
            else value.replaced(**{name: ""})
        )

    return document.replaced(
        header=of(document.header), sections=map(of, document.sections), notices=map(of, document.notices)
    )


@given(documents().map(printed_as_typed))
def test_nothing_is_lost_between_export_and_import(document):
    drug = IncomingDrug.model_validate(
        {
            "name": "Importumab",
            "slug": "importumab",
            "names": [{"kind": "other", "name": "α-importumab"}],
            "brands": [{"name": "Brandex", "country": "GB"}],
            "codes": [{"system": "ATC", "code": "L04AG06"}],
        }
    )
    one = Incoming("importumab", "dmards", drug, ("biologic", "opioid"), "high", document)

    header = document.header.replaced(name="Importumab", names=(), brands=())
    one = replace(one, document=document.replaced(header=header))

    (again,) = read(
        dump(
            one.document,
            slug=one.slug,
            therapeutic_class=one.therapeutic_class,
            drug=as_json(one.drug),
            traits=one.traits,
            tier=one.tier,
        )
    )

    assert again == one
    assert digest(again.document) == digest(one.document)


def test_one_object_a_list_and_lines_are_read():
    first, second = own(), own(slug="otherumab")

    for content in (
        json.dumps([first, second]),
        json.dumps([first, second], indent=2),
        f"{json.dumps(first)}\n\n{json.dumps(second)}\r\n",
        "\ufeff" + json.dumps([first, second]),
    ):
        assert [one.slug for one in read_file(content.encode(), "x")] == ["importumab", "otherumab"]
    assert [one.slug for one in read_file(json.dumps(first, indent=2).encode(), "x")] == ["importumab"]


def test_a_line_separator_inside_text_ends_no_line():
    text = json.dumps(own(document={"header": {"introduction": "a\u2028b"}}), ensure_ascii=False)

    (one, _other) = read_file(f"{text}\n{json.dumps(own(slug='b'))}".encode(), "x")

    assert one.document.header.introduction == "a\nb"


def test_parts_without_keys_get_the_same_ones_each_time_and_given_keys_stay():
    given_key = "00000000-0000-0000-0000-000000000001"
    sections = [
        {"kind": "cautions", "text": "a"},
        {"kind": "cautions", "text": "b"},
        {"kind": "overdose", "key": given_key},
    ]
    value = own(document={"sections": sections, "citations": [{"label": "a"}], "related": [{"target": "x"}]})

    keys, again, other = (
        [part.key for part in read(v)[0].document.parts()] for v in (value, value, {**value, "slug": "y"})
    )

    assert keys == again
    assert len(set(keys)) == 5
    assert set(keys) & set(other) == {keys[2]}
    assert str(keys[2]) == given_key


def test_the_class_is_the_last_printed_one_unless_it_is_named():
    value = own(document={"header": {"class_path": [{"slug": "a", "name": "A"}, {"slug": "b", "name": "B"}]}})

    assert read(value)[0].therapeutic_class == "dmards"
    del value["class"]
    assert read(value)[0].therapeutic_class == "b"
    del value["document"]
    value["document"] = {}
    assert refused(json.dumps(value)) == {"class": "Name the therapeutic class, by its slug."}


# -- Refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        ({"state": "published"}, "state", "There is no such field"),
        ({"sign_offs": []}, "sign_offs", "There is no such field"),
        ({"id": 7}, "id", "There is no such field"),
        ({"live": True}, "live", "There is no such field"),
        ({"warnings": []}, "warnings", "There is no such field"),
        ({"document": {"state": "published"}}, "document.state", "There is no such field"),
        ({"document": {"schema_version": 2}}, "document.schema_version", "Only 1 can stand here."),
        ({"document": {"header": {"signed": 1}}}, "document.header.signed", "There is no such field"),
        ({"document": []}, "document", "An object is expected here."),
        ({"document": {"sections": {}}}, "document.sections", "A list is expected here."),
        ({"document": {"sections": [{"kind": "spells"}]}}, "document.sections[0].kind", "Only 'indications'"),
        (
            {"document": {"sections": [{"kind": "cautions", "text": 1}]}},
            "document.sections[0].text",
            "Text is expected",
        ),
        ({"document": {"sections": [{"kind": "cautions", "id": 1}]}}, "document.sections[0].id", "There is no such"),
        ({"document": {"sections": [{"kind": "cautions", "key": "x"}]}}, "document.sections[0].key", "A key is a UUID"),
        (
            {"document": {"sections": [{"kind": "cautions", "text": "a\x00"}]}},
            "document.sections[0].text",
            "After “a”: a NUL",
        ),
        (
            {"document": {"sections": [{"kind": "cautions", "text": "a\u202e"}]}},
            "document.sections[0].text",
            "After “a”: a direction mark",
        ),
        (
            {"document": {"sections": [{"kind": "cautions", "text": "\ud800"}]}},
            "document.sections[0].text",
            "At the beginning: a lone surrogate",
        ),
        (
            {"document": {"sections": [{"kind": "cautions", "text": "[x](javascript:y)"}]}},
            "document.sections[0].text",
            "A link may lead only to",
        ),
        ({"document": {"citations": [{"label": "a", "csl": {"n": 1e300}}]}}, "document.citations[0].csl", ""),
        ({"document": {"citations": [{"label": "a", "csl": {"\ud800": 1}}]}}, "document.citations[0].csl", ""),
        (
            {"document": {"citations": [{"label": "a"}, {"label": "a"}]}},
            "document",
            "Two references have the same label.",
        ),
        ({"slug": "../x"}, "slug", "This does not have the form"),
        ({"slug": ""}, "slug", "This does not have the form"),
        ({"class": "No Class"}, "class", "This does not have the form"),
        ({"tier": "medium"}, "tier", "Only 'low', 'standard' or 'high' can stand here."),
        ({"traits": ["magic"]}, "traits[0]", "Only 'biologic'"),
        ({"drug": {}}, "drug.name", "This field is missing."),
        ({"drug": {"name": " "}}, "drug.name", ""),
        ({"drug": {"name": "\u0430spirin"}}, "drug.name", "“\u0430spirin” mixes letters of different alphabets"),
        (
            {"drug": {"name": "a", "brands": [{"name": "Br\u0430ndex", "country": "GB"}]}},
            "drug",
            "“Br\u0430ndex” mixes",
        ),
        ({"drug": {"name": "a", "id": 1}}, "drug.id", "There is no such field"),
        ({"document": {"header": {"name": "\u0430spirin"}}}, "document.header.name", "“\u0430spirin” mixes letters"),
        (
            {"document": {"header": {"brands": [{"name": "\u0430b", "country": "GB"}]}}},
            "document.header.brands[0].name",
            "“\u0430b” mixes letters",
        ),
    ],
)
def test_each_bad_field_is_told_with_its_place(change, path, reason):
    found = refused(json.dumps(own(**change)))

    assert list(found) == [path]
    assert found[path].startswith(reason)
    assert found[path].endswith(".")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b" \n\n", "The file is empty."),
        (
            b"\xff\xfe{",
            "The file is not saved as UTF-8: its byte 1 cannot be read. Save it as UTF-8, and import it again.",
        ),
        (
            b'{"a": "\xe9"}',
            "The file is not saved as UTF-8: its byte 8 cannot be read. Save it as UTF-8, and import it again.",
        ),
        (b" " * (MAX_BYTES + 1), "The file is larger than 5 MB. Split it."),
        (b"not json", "This is not JSON that can be read: Expecting value: line 1 column 1 (char 0)."),
        (b'{"a": 1, "a": 2}', "This is not JSON that can be read: the key “a” stands there twice."),
        (b'{"a": NaN}', "This is not JSON that can be read: NaN is not a number that JSON knows."),
        (b'{"a": ' + b"9" * 5000 + b"}", "This is not JSON that can be read: a number has more than 16 digits."),
        (b"[" * 100_000, "This is not JSON that can be read: it is nested deeper than 40 levels."),
        (b'{"a":' * 50 + b"1" + b"}" * 50, "This is not JSON that can be read: it is nested deeper than 40 levels."),
        (b"7", "A monograph is a JSON object."),
        (b"null", "A monograph is a JSON object."),
    ],
)
def test_a_file_that_is_no_json_of_ours_is_refused_whole(content, sentence):
    assert refused(content) == {"": sentence}


def test_all_reasons_are_told_at_once_each_with_its_line():
    lines = [own(), own(slug="a", state="x", tier="y"), own(slug="b", drug={}), own()]

    found = refused("\n".join(json.dumps(line) for line in lines))

    assert set(found) == {"line 2: state", "line 2: tier", "line 3: drug.name", "slug"}
    assert found["slug"] == "“importumab” stands in the file more than once."


def test_a_broken_line_is_told_by_its_number():
    assert list(refused(f"{json.dumps(own())}\n{{broken\n")) == ["line 2"]


def test_hundreds_of_reasons_are_cut_short():
    sections = [{"kind": "x"}] * 200

    with pytest.raises(ImportRefused) as caught:
        read(own(document={"sections": sections}))

    lines = str(caught.value).split("\n")
    assert len(lines) == 51
    assert lines[-1] == "in.jsonl: and at least 150 more."


@pytest.mark.parametrize("document", [{"sections": [{}] * 100_001}, {"a": 1, "sections": [[0] * 50_000] * 2}])
def test_a_monograph_with_more_values_than_any_could_need_is_refused_unread(document):
    assert refused(json.dumps(own(document=document))) == {
        "": "A monograph holds at most 100,000 fields and items of lists."
    }


def test_a_monograph_may_be_large():
    (one,) = read(own(document={"citations": [{"label": "a", "csl": {"x": list(range(15_000))}}]}))

    assert len(one.document.citations[0].csl["x"]) == 15_000


@pytest.mark.parametrize("value", ["{}", "1", '{"schema":"clincalc-monograph/1"}', json.dumps(own(slug="A"))])
def test_a_file_of_nothing_but_faults_is_answered_soon(value):
    content = f"[{','.join([value] * (MAX_BYTES // (len(value) + 1) - 1))}]"

    with within(10), pytest.raises(ImportRefused) as caught:
        read_file(content, "x")

    assert 1_000 <= len(caught.value.findings) < 1_010


_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)


def places(value, path=()):
    yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from places(inner, (*path, step))


@given(st.data())
def test_whatever_stands_anywhere_the_answer_is_a_value_or_a_refusal(data):
    value = data.draw(st.sampled_from([own(), json.loads(CLADRIBINE.read_text("utf-8"))]))
    path = data.draw(st.sampled_from(list(places(value))[1:]))
    inner = value
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = data.draw(_values)

    try:
        read_file(json.dumps(value), "x")
    except ImportRefused as refusal:
        assert str(refusal).encode()


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    with pytest.raises(ImportRefused):
        read_file(content, "x")


def test_a_megabyte_of_hostile_text_is_answered_soon():
    with within(10):
        read(own(document={"sections": [{"kind": "cautions", "text": "[a](x " * 300 + "<" * 90_000}] * 10}))


@pytest.mark.parametrize("schema", ["clincalc-monograph/9", "clincalc-demo-monograph/1", "", None, [], {}])
def test_an_unknown_schema_is_refused(schema):
    assert refused(json.dumps(own(schema=schema))) == {"schema": "Only “clincalc-monograph/1” is known here."}


def test_one_bad_monograph_keeps_the_others_out():
    with pytest.raises(ImportRefused):
        read(own(), own(slug="b", tier="x"))


def test_a_document_is_taken_as_it_is():
    document = Document(sections=[Section(key="00000000-0000-0000-0000-000000000001", kind="cautions", text="*a* - b")])

    (one,) = read(own(document=as_json(document)))

    assert one.document == document


# -- Edges ----------------------------------------------------------------------------------------------------------


def test_a_file_of_just_5_mb_is_read():
    assert refused(b" " * MAX_BYTES) == {"": "The file is empty."}
    assert MAX_BYTES == 5 * 1024 * 1024


def test_a_monograph_of_just_a_hundred_thousand_values_is_read():
    size = 6 + 1 + 2 + 1 + 1 + 2  # its own fields with `x`, and what its drug and its document hold

    assert list(refused(json.dumps(own(x=[0] * (100_000 - size))))) == ["x"]
    assert list(refused(json.dumps(own(x=[0] * (100_001 - size))))) == [""]


@pytest.mark.parametrize(("faults", "last"), [(50, "sections[49]"), (51, "at least 1 more.")])
def test_fifty_reasons_are_all_told(faults, last):
    with pytest.raises(ImportRefused) as caught:
        read(own(document={"sections": [{"kind": "x"}] * faults}))

    lines = str(caught.value).split("\n")
    assert len(lines) == faults
    assert last in lines[-1]


def test_what_is_said_about_a_file_can_be_printed():
    with pytest.raises(ImportRefused) as caught:
        read_file(json.dumps(own(**{"a\x1b[2J": 1})), "b\x1b.json")

    assert str(caught.value).startswith("b\ufffd.json: a\ufffd[2J: There is no such field.")


def test_traits_stand_once_in_their_order_and_what_is_left_out_is_empty():
    (one,) = read(own(traits=["opioid", "biologic", "opioid"], tier="low"))
    (bare,) = read(own())

    assert (one.traits, one.tier) == (("biologic", "opioid"), "low")
    assert (bare.traits, bare.tier) == ((), None)
    assert (bare.drug.name, bare.drug.slug, bare.therapeutic_class) == ("Importumab", "importumab", "dmards")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Importumab", "importumab"),
        ("Éa  b/C", "a-b-c"),
        ("-a-", "a"),
        ("a" * 99 + " b", "a" * 99),
        ("a" * 101, "a" * 100),
    ],
)
def test_the_address_of_a_name(name, slug):
    assert slug_of(name) == slug


def test_the_key_of_a_part_stays_the_same_for_ever():
    """The next import of the same file must find the parts of the one before."""
    document = {
        "sections": [{"kind": "cautions"}, {"kind": "cautions"}], "monitoring": [{"test": "a"}],
        "notices": [{"type": "caution", "severity": "major", "title": "b"}], "citations": [{"label": "c"}],
        "related": [{"target": "d"}],
    }  # fmt: skip
    namespace = uuid5(NAMESPACE_URL, "clincalc-monograph")
    names = [
        "sections/cautions/1", "sections/cautions/2", "monitoring/a/1", "notices/b/1", "citations/c/1", "related/d/1",
    ]  # fmt: skip

    keys = [part.key for part in read(own(document=document))[0].document.parts()]

    assert keys == [uuid5(namespace, f"importumab/{name}") for name in names]
