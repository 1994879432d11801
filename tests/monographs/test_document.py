"""The document: one value, one digest, through text and back."""

import json
import re
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from monographs import document as values
from monographs.canonical import canonical
from monographs.checks.problems import gaps, problems
from monographs.digest import as_json, digest, digest_of_json, digest_of_part, from_text, to_text
from monographs.document import Citation, Document, MonitoringItem, SafetyNotice, Section
from monographs.signable import signable
from monographs.typed import to_plain
from monographs.vocabulary import NOTICE_TYPES, REGULATOR_TYPES, SECTION_KINDS, needed_kinds
from tests import whole
from tests.strategies import decomposed, documents

A, B, C = (UUID(int=n) for n in (1, 2, 3))


@given(documents())
def test_a_document_comes_back_from_its_text_as_it_was(document):
    text = to_text(document)

    assert from_text(text) == document
    assert digest(from_text(text)) == digest(document)
    assert to_text(from_text(text)) == text
    assert digest_of_json(json.loads(text)) == digest(document)


@given(documents())
def test_key_order_and_decomposed_accents_carry_no_meaning(document):
    again = Document.model_validate(decomposed(as_json(document)))

    assert digest(again) == digest(document)


@given(documents())
def test_spaces_at_line_ends_carry_no_meaning(document):
    form = as_json(document)
    for section in form.get("sections", []):
        if "text" in section:
            section["text"] = section["text"].replace("\n", "  \r\n") + " \n"

    assert digest(Document.model_validate(form)) == digest(document)


@given(documents())
def test_what_is_empty_is_left_out_but_not_inside_csl(document):
    def empties(value):
        if isinstance(value, dict):
            inner = [empties(one) for name, one in value.items() if name != "csl"]
            return any(inner) or any(one in ("", None, [], {}) for name, one in value.items() if name != "csl")
        return any(empties(one) for one in value) if isinstance(value, list) else False

    assert not empties(as_json(document))


def test_empty_values_inside_csl_count():
    bare, empty = (Document(citations=(Citation(key=A, label="a", csl=csl),)) for csl in ({}, {"note": ""}))

    assert as_json(empty)["citations"][0]["csl"] == {"note": ""}
    assert digest(bare) != digest(empty)
    assert from_text(to_text(empty)) == empty


def test_a_document_with_nothing_in_it_has_this_digest_for_ever():
    assert to_text(Document()) == '{"header":{"dosing":{"status":"unpublished"}},"schema_version":1}'
    assert digest(Document()) == "2bda54fc749223a0f682e59de0fcd534694b60bf0d2b81d12108134a61a4648d"


@given(documents(), st.data())
def test_any_other_word_in_any_part_is_another_digest(document, data):
    parts = [(field, n) for field in values.PART_FIELDS.values() for n in range(len(getattr(document, field)))]
    texts = {"sections": "heading", "monitoring": "test", "notices": "title", "related": "reason"}
    parts = [(field, n) for field, n in parts if field in texts]
    if not parts:
        return
    field, n = data.draw(st.sampled_from(parts))
    changed = list(getattr(document, field))
    changed[n] = changed[n].replaced(**{texts[field]: getattr(changed[n], texts[field]) + "x"})

    other = document.replaced(**{field: changed})

    assert digest(other) != digest(document)
    assert digest_of_part(changed[n]) != digest_of_part(getattr(document, field)[n])


def test_the_order_of_parts_is_part_of_the_digest():
    one, two = (Section(key=key, kind="cautions", text="x") for key in (A, B))

    assert digest(Document(sections=(one, two))) != digest(Document(sections=(two, one)))


@pytest.mark.parametrize(
    "build",
    [
        lambda: Document(state="published"),
        lambda: Document(schema_version=2),
        lambda: Section(key=A, kind="cautions", text="a\x00b"),
        lambda: Section(key=A, kind="cautions", text="a\ud800b"),
        lambda: Section(key=A, kind="cautions", text="a\u202eb"),
        lambda: Section(key=A, kind="cautions", text="[x](javascript:alert(1))"),
        lambda: Section(key=A, kind="spells", text="x"),
        lambda: Citation(key=A, label="a b"),
        lambda: Citation(key=A, label="a", csl={"URL": "javascript:alert(1)"}),
        lambda: Citation(key=A, label="a", csl={"n": float("nan")}),
        lambda: Citation(key=A, label="a", csl={"n": 2.0**53}),
        lambda: SafetyNotice(key=A, type="caution", severity="major", issued="2020-13"),
        lambda: SafetyNotice(key=A, type="caution", severity="major", effective="2020-02"),
        lambda: SafetyNotice(key=A, type="caution", severity="major", expires="2021-02-30"),
        lambda: Document(sections=[Section(key=A, kind="cautions"), Section(key=A, kind="overdose")]),
        lambda: Document(citations=[Citation(key=A, label="a"), Citation(key=B, label="a")]),
    ],
)
def test_what_may_not_be_stored_cannot_be_built(build):
    with pytest.raises(ValidationError):
        build()


def test_a_document_cannot_be_changed():
    document = Document(citations=(Citation(key=A, label="a", csl={"author": [{"family": "x"}]}),))

    with pytest.raises(ValidationError):
        document.header.title = "Other"
    with pytest.raises(TypeError):
        document.citations[0].csl["title"] = "Other"


def test_a_notice_is_in_force_from_its_first_day_until_the_day_before_it_expires():
    notice = SafetyNotice(key=A, type="caution", severity="major", effective="2026-07-04", expires="2026-07-06")

    in_force = [notice.in_force(date(2026, 7, day)) for day in (3, 4, 5, 6)]

    assert in_force == [False, True, True, False]


def test_a_page_lacks_what_nobody_wrote():
    document = Document(
        sections=(Section(key=A, kind="cautions", text="Some."), Section(key=B, kind="overdose")),
        monitoring=(MonitoringItem(key=C, test="ECG"),),
    )

    missing = [kind.slug for kind in gaps(document, {"teratogen"})]

    assert "cautions" not in missing
    assert "monitoring" not in missing
    assert {"overdose", "contraception"} <= set(missing)
    assert not {"administration", "screening", "storage"} & set(missing)


def test_the_length_is_that_of_what_is_stored():
    """U+0958 is two characters in NFC: 400 of them do not fit into a line of 500."""
    assert len(values.Header(title="\u0958" * 250).title) == 500
    with pytest.raises(ValidationError):
        values.Header(title="\u0958" * 251)


# -- Every field ------------------------------------------------------------------------------------------------------


def test_the_whole_document_has_every_field_that_there_is():
    named = {re.sub(r"\.\d+", "", path) for path in whole.leaves(whole.whole())}

    found = {re.match(r"header\.dosing\.\w+|header\.\w+(\.\w+)?|\w+\.\w+", path)[0] for path in named}
    assert found == whole.fields() - whole.UNSET - whole.MADE


def test_a_document_of_parts_of_every_kind_has_these_digests_for_ever():
    """What was signed years ago is compared with these bytes: whatever moves one of them breaks every signature.

    Its notices end later than may be typed now: stored words stay as they are."""
    ends = [one.replaced(expires=f"{year}-12-31") for year, one in enumerate(whole.whole().notices, 2096)]
    document = whole.whole().replaced(notices=ends)
    (dose,) = document.regimens
    signed = signable(document)

    assert digest_of_part(dose)[:16] == "4d4e6ba258f14cce"
    assert digest_of_part(signed.regimens[0])[:16] == "e1d6714f0cdc63e1"
    assert digest(document) == "7b06d4ba39fccc53afdd81aa9e2e911f3bc0c53adc04bb7d4a62afa504560e77"
    assert digest(signed) == "c214e85e26111ff3ba105a01596af0d148b114194c3a9babad676e388fb5fbac"
    assert from_text(to_text(document)) == document
    document = document.replaced(regimens=())
    assert digest(document) == "ad2539eeba3de45fe7d8ad913ddad46c5803de72e5c1f1af7a7534d2ad680f0f"
    assert {part.label_for_people: digest_of_part(part)[:16] for part in document.parts()} == {
        "What it is for": "34b81a444e378052",
        "What to watch": "4913c8f22291b003",
        "Monitoring: Blood count of 5 mL": "3ba60b4707ea30fc",
        "Safety notice: Stop after 6 days": "7ac96340ada913f3",
        "Safety notice: Only in hospital": "b3816746c0c0a835",
        "Safety notice: Little of it is there": "2915d11b707cce2f",
        "Reference: record": "53681d14625dd74b",
        "Reference: smpc": "c8e03f937e3291cb",
        "Related: otherumab": "af065f569e04c58f",
    }
    assert digest_of_part(document.header) == "fb773a8ca6e30b0f44258d168027dc6b48974902bad81cb265c553e1563b4599"
    assert from_text(to_text(document)) == document


def test_every_field_that_is_another_is_another_digest():
    document = whole.whole()
    others = {path: other for path, _old, _new, other in whole.changed()}

    digests = {path: digest(other) for path, other in others.items()}

    assert len({digest(document), *digests.values()}) == len(others) + 1
    for path, other in others.items():
        old, new = ({"header": digest_of_part(one.header)} | {str(part.key): digest_of_part(part) for part in one.parts()} for one in (document, other))  # fmt: skip
        (moved,) = [key for key in old if old[key] != new[key]]
        assert (moved == "header") is path.startswith("header."), path


def test_a_part_of_another_kind_or_key_is_another_digest_although_its_words_are_the_same():
    bare = [
        Document(monitoring=(MonitoringItem(key=A),)),
        Document(monitoring=(MonitoringItem(key=B),)),
        Document(notices=(SafetyNotice(key=A, type="caution", severity="major"),)),
    ]
    form = as_json(bare[0])
    form["related"] = form.pop("monitoring")

    assert len({*(digest(one) for one in bare), digest_of_json(form)}) == 4


# -- Fixed lists: what is in documents that were signed long ago ---------------------------------------------------------


def test_the_kinds_of_sections_their_order_their_words_and_when_each_is_needed():
    assert [(one.slug, one.heading, one.gap, one.needed) for one in SECTION_KINDS.values()] == [
        ("indications", "Indications", "indications", "required"),
        ("contra-indications", "Contra-indications", "contra-indications", "required"),
        ("cautions", "Cautions", "cautions", "required"),
        ("renal-impairment", "Renal impairment", "renal impairment", "required"),
        ("hepatic-impairment", "Hepatic impairment", "hepatic impairment", "required"),
        ("interactions", "Interactions", "interactions", "required"),
        ("pregnancy", "Pregnancy", "pregnancy", "required"),
        ("contraception", "Contraception", "contraception", "teratogen"),
        ("breast-feeding", "Breast-feeding", "breast-feeding", "required"),
        ("screening", "Pre-treatment screening", "pre-treatment screening", "biologic"),
        ("monitoring", "Monitoring", "monitoring", "required"),
        ("adverse-effects", "Adverse effects", "adverse effects", "required"),
        ("overdose", "Overdose", "overdose", "required"),
        ("administration", "Administration", "administration", "injectable"),
        ("prescribing", "Prescribing in practice", "prescribing in practice", "required"),
        ("counselling", "Counselling the patient", "counselling the patient", "required"),
        ("stopping", "Stopping", "stopping", "optional"),
        ("driving", "Driving", "driving", "optional"),
        ("storage", "Storage", "storage", "optional"),
        ("how-it-works", "How it works", "how it works", "required"),
        ("evidence", "Evidence & guidelines", "evidence and guidelines", "required"),
    ]


def test_the_types_of_notices_their_severity_and_which_a_regulator_issues():
    assert {name: (severity, words, name in REGULATOR_TYPES) for name, (severity, words) in NOTICE_TYPES.items()} == {
        "alert": ("critical", "National patient safety alert", True),
        "recall_1": ("critical", "Class 1 recall", True),
        "boxed_warning": ("critical", "Boxed warning", True),
        "contraindication": ("critical", "Contra-indication notice", False),
        "recall_2": ("major", "Class 2 recall", True),
        "restriction": ("major", "Restriction", True),
        "caution": ("major", "Caution", False),
        "pregnancy_programme": ("major", "Pregnancy programme", True),
        "recall_3": ("information", "Class 3 recall", True),
        "recall_4": ("information", "Class 4 recall", True),
        "shortage": ("information", "Shortage", False),
        "additional_monitoring": ("information", "Additional monitoring", False),
    }
    assert set(NOTICE_TYPES) >= REGULATOR_TYPES


def test_what_people_call_each_kind_of_part():
    bare = (
        Section(key=A, kind="evidence"),
        Section(key=A, kind="evidence", heading="What is known"),
        MonitoringItem(key=A),
        MonitoringItem(key=A, test="ECG"),
        SafetyNotice(key=A, type="caution", severity="major"),
        SafetyNotice(key=A, type="caution", severity="major", title="Heart"),
        Citation(key=A, label="cohen"),
        values.RelatedLink(key=A, target="other"),
    )

    assert [part.label_for_people for part in bare] == [
        "Evidence & guidelines",
        "What is known",
        "Monitoring: unnamed test",
        "Monitoring: ECG",
        "Safety notice: untitled",
        "Safety notice: Heart",
        "Reference: cohen",
        "Related: other",
    ]


# -- Edges of what may be stored ---------------------------------------------------------------------------------------


def nested(levels):
    """A record with so many levels of lists in it."""
    inner = "x"
    for _ in range(levels):
        inner = [inner]
    return {"note": inner}


def notice(**fields):
    return SafetyNotice(key=A, type="caution", severity="major", **fields)


@pytest.mark.parametrize(
    ("build", "longest"),
    [
        (lambda text: values.Header(title=text), 500),
        (lambda text: values.Header(name=text), 500),
        (lambda text: values.Header(covers=text), 500),
        (lambda text: values.Header(introduction=text), 100_000),
        (lambda text: values.Dosing(reason=text), 2_000),
        (lambda text: values.Dosing(instead=text), 2_000),
        (lambda text: values.Brand(name=text, country="GB"), 500),
        (lambda text: values.DrugName(name=text, kind="other"), 500),
        (lambda text: values.Code(code=text, system="ATC"), 20),
        (lambda text: values.PathStep(slug=text), 100),
        (lambda text: Section(key=A, kind="cautions", text=text), 100_000),
        (lambda text: Section(key=A, kind="cautions", heading=text), 500),
        (lambda text: MonitoringItem(key=A, note=text), 2_000),
        (lambda text: notice(action=text), 2_000),
        (lambda text: Citation(key=A, label=text), 80),
        (lambda text: Citation(key=A, label="a", csl={"n": text}), 100_000 - len('{"n":""}')),
        (lambda text: values.RelatedLink(key=A, target=text), 100),
        (lambda text: values.RelatedLink(key=A, target="a", reason=text), 500),
    ],
)
def test_a_field_takes_so_many_characters_and_not_one_more(build, longest):
    build("a" * longest)

    with pytest.raises(ValidationError):
        build("a" * (longest + 1))


@pytest.mark.parametrize(
    ("taken", "refused"),
    [
        (lambda: notice(issued="2020"), lambda: notice(issued="202")),
        (lambda: notice(issued="2020-12"), lambda: notice(issued="2020-00")),
        (lambda: notice(issued="2020-02-29"), lambda: notice(issued="2021-02-29")),
        (lambda: notice(issued="2020-01-31"), lambda: notice(issued="2020-01-32")),
        (lambda: notice(issued="2020-01-01"), lambda: notice(issued="2020-01-00")),
        (lambda: notice(effective="2020-02-28"), lambda: notice(effective="2020")),
        (lambda: notice(expires="2020-02-28"), lambda: notice(expires="2020-02")),
        (lambda: values.Dosing(since="2020-02-28"), lambda: values.Dosing(since="2020-02")),
        (lambda: values.Brand(country="GB"), lambda: values.Brand(country="UK1")),
        (lambda: values.Brand(country="IE"), lambda: values.Brand(country="gb")),
        (lambda: values.PathStep(slug="a-1"), lambda: values.PathStep(slug="a--1")),
        (lambda: values.PathStep(slug="a1"), lambda: values.PathStep(slug="A1")),
        (lambda: values.PathStep(slug="a"), lambda: values.PathStep(slug="")),
        (lambda: values.RelatedLink(key=A, target="a-b"), lambda: values.RelatedLink(key=A, target="a_b")),
        (lambda: Citation(key=A, label="a_B-9"), lambda: Citation(key=A, label="a.b")),
        (lambda: Citation(key=A, label="a"), lambda: Citation(key=A, label="")),
        (lambda: Citation(key=A, label="a", csl=nested(11)), lambda: Citation(key=A, label="a", csl=nested(12))),
        (
            lambda: Citation(key=A, label="a", csl={"n": 2**53 - 1}),
            lambda: Citation(key=A, label="a", csl={"n": 2**53}),
        ),
        (
            lambda: Citation(key=A, label="a", csl={"n": -(2**53) + 1}),
            lambda: Citation(key=A, label="a", csl={"n": -(2**53)}),
        ),
        (
            lambda: Citation(key=A, label="a", csl={"URL": "http://a.example"}),
            lambda: Citation(key=A, label="a", csl={"URL": "ftp://a.example"}),
        ),
        (lambda: Citation(key=A, label="a", csl={}), lambda: Citation(key=A, label="a", csl={"URL": ["http://a.example"]})),
        (lambda: notice(text="[x](https://a.example)"), lambda: notice(text="[x](file:///a)")),
        (lambda: values.Header(introduction="a"), lambda: values.Header(introduction="[x](file:///a)")),
        (lambda: values.Dosing(reason="a\tb"), lambda: values.Dosing(reason="a\x07b")),
        (lambda: Citation(key=A, label="a", csl={"n": "a"}), lambda: Citation(key=A, label="a", csl={"n": "a\x07"})),
        (lambda: Citation(key=A, label="a", csl={"n": "a"}), lambda: Citation(key=A, label="a", csl={"n\x07": "a"})),
        (lambda: values.Dosing(), lambda: values.Dosing(status="published")),
        (lambda: values.DrugName(kind="british"), lambda: values.DrugName(kind="french")),
        (lambda: values.Code(system="dm+d"), lambda: values.Code(system="BNF")),
        (lambda: notice(), lambda: SafetyNotice(key=A, type="caution", severity="minor")),
        (lambda: notice(), lambda: SafetyNotice(key=A, type="rumour", severity="major")),
    ],
)  # fmt: skip
def test_beside_what_may_not_be_stored_stands_what_may(taken, refused):
    taken()

    with pytest.raises(ValidationError):
        refused()


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: notice(issued="May 2020"), "Give the date as year, year-month or year-month-day."),
        (lambda: notice(effective="2020"), "Give the date as year-month-day."),
        (lambda: Citation(key=A, label="a", csl=nested(40)), "The record is nested too deeply."),
        (lambda: Citation(key=A, label="a", csl={"n": 2**60}), "A number in the record is too large."),
        (
            lambda: Citation(key=A, label="a", csl={"n": "a" * 100_000}),
            "The record of this source is longer than 100,000 characters.",
        ),
        (
            lambda: Citation(key=A, label="a", csl={"URL": "x"}),
            "The address of a source begins with http:// or https://.",
        ),
        (lambda: Document(sections=[Section(key=A, kind="overdose")] * 2), "Two parts have the same key."),
        (
            lambda: Document(sections=[Section(key=A, kind="overdose")], monitoring=[MonitoringItem(key=A)]),
            "Two parts have the same key.",
        ),
        (
            lambda: Document(citations=[Citation(key=A, label="a"), Citation(key=B, label="a")]),
            "Two references have the same label.",
        ),
    ],
)
def test_what_may_not_be_stored_is_refused_with_a_sentence(build, sentence):
    with pytest.raises(ValidationError) as error:
        build()

    assert [one["msg"].removeprefix("Value error, ") for one in error.value.errors()] == [sentence]


def test_a_text_has_its_lines_and_a_line_has_none():
    section = Section(key=A, kind="cautions", heading=" a \n b ", text=" a  \n\n b ")
    dosing = values.Dosing(reason="a \n b")
    record = Citation(key=A, label="a", csl={" a  b ": [" a \n b ", True, None, 1.0]})

    assert (section.heading, section.text) == ("a b", "a\n\n b")
    assert dosing.reason == "a\n b"
    assert to_plain(record.csl) == {"a b": ["a\n b", True, None, 1]}


def test_a_replaced_value_keeps_the_rest_and_is_checked():
    link = values.RelatedLink(key=A, target="other", reason="why")

    assert link.replaced(reason="because") == values.RelatedLink(key=A, target="other", reason="because")
    with pytest.raises(ValidationError):
        link.replaced(target="Not A Slug")


def test_parts_are_found_by_kind_and_key_in_the_order_of_digests():
    document = whole.whole()

    assert [part.part_kind for part in document.parts()] == [
        "section", "section", "regimen", "monitoring", "notice", "notice", "notice", "citation", "citation", "related",
    ]  # fmt: skip
    assert list(document.by_key().items()) == [(part.key, part) for part in document.parts()]
    assert document.sections_of("monitoring") == document.sections[1:]
    assert document.sections_of("overdose") == ()


@pytest.mark.parametrize(
    ("effective", "expires", "begun", "in_force"),
    [
        ("", "", True, True),
        ("2026-07-03", "", True, True),
        ("2026-07-04", "", True, True),
        ("2026-07-05", "", False, False),
        ("", "2026-07-03", True, False),
        ("", "2026-07-04", True, False),
        ("", "2026-07-05", True, True),
        ("2026-07-05", "2026-07-09", False, False),
        ("2026-07-01", "2026-07-04", True, False),
    ],
)
def test_a_notice_begins_on_its_first_day_and_has_begun_for_ever(effective, expires, begun, in_force):
    one, day = notice(effective=effective, expires=expires), date(2026, 7, 4)

    assert (one.has_begun(day), one.in_force(day)) == (begun, in_force)


@pytest.mark.parametrize(
    ("document", "covered"),
    [
        (Document(), set()),
        (Document(sections=[Section(key=A, kind="monitoring")]), set()),
        (Document(sections=[Section(key=A, kind="monitoring", text="x")]), {"monitoring"}),
        (Document(monitoring=[MonitoringItem(key=A, test="x")]), {"monitoring"}),
        (Document(monitoring=[MonitoringItem(key=A)]), set()),
        (Document(sections=[Section(key=A, kind="storage", text="x")]), set()),
        (Document(sections=[Section(key=A, kind="evidence", text="x")]), {"evidence"}),
    ],
)
@pytest.mark.parametrize(
    ("traits", "more"),
    [
        (set(), set()),
        ({"teratogen"}, {"contraception"}),
        ({"biologic"}, {"screening"}),
        ({"injectable"}, {"administration"}),
        ({"opioid", "cytotoxic", "insulin", "anticoagulant"}, set()),
    ],
)
def test_what_a_page_lacks_by_trait(document, covered, traits, more):
    required = [kind.slug for kind in SECTION_KINDS.values() if kind.needed == "required" or kind.slug in more]

    assert [kind.slug for kind in gaps(document, traits)] == [slug for slug in required if slug not in covered]
    assert [kind.slug for kind in needed_kinds(traits)] == required


# -- Reading ----------------------------------------------------------------------------------------------------------

# What no rule of today would let in, and may stand in a document that was signed under another one.
TYPED_ONCE = [
    ("header.title", "a" * 501),
    ("header.title", " two  spaces "),
    ("header.introduction", "a\u200bb"),
    ("header.introduction", "[x](ftp://a.example)"),
    ("header.names.0.name", "a\x07"),
    ("header.brands.0.country", "uk"),
    ("header.codes.0.code", "1" * 21),
    ("header.class_path.0.slug", "Not A Slug"),
    ("header.dosing.since", "yesterday"),
    ("header.dosing.reason", "a" * 2_001),
    ("sections.0.text", "e\u0301"),
    ("sections.0.text", "a" * 100_001),
    ("sections.0.text", "* " * 3_000),
    ("monitoring.0.note", "\u202e"),
    ("notices.0.issued", "2020-13"),
    ("notices.0.action", "\x00"),
    ("citations.0.label", "no label"),
    ("citations.0.csl.URL", "javascript:alert(1)"),
    ("citations.0.csl.title", "a\ufeff"),
    ("citations.0.csl.note", nested(30)),
    ("related.0.target", "Other"),
]


@pytest.mark.parametrize(("path", "value"), TYPED_ONCE, ids=[path for path, _ in TYPED_ONCE])
def test_what_was_stored_is_read_as_it_stands_whatever_may_be_typed_today(path, value):
    form = as_json(whole.whole())
    *outer, last = (int(step) if step.isdecimal() else step for step in path.split("."))
    inner = form
    for step in outer:
        inner = inner[step]
    inner[last] = value
    text = canonical(form)

    document = from_text(text)

    assert to_text(document) == text
    assert digest(document) == digest_of_json(form)
    field, place, *_ = path.split(".")
    part = document.header if field == "header" else getattr(document, field)[int(place)]
    assert type(part).stored(part.model_dump()) == part
    try:
        assert part.judged() != part  # spaces and accents are put in order
    except ValidationError as error:
        (found,) = error.errors()
        assert ".".join(map(str, found["loc"])) == re.sub(r"^(header|\w+\.\d+)\.|(?<=csl)\..*", "", path)
        assert [one for one in problems(document) if one.code == "invalid"]
    assert whole.whole().replaced(**{field: getattr(document, field)}) == document  # a part that was read goes on


def broken(**fields):
    form = as_json(whole.whole())
    return canonical({**form, **fields})


def section_of(**fields):
    return {"key": str(A), "kind": "cautions", **fields}


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null",
        broken(schema_version=2),
        broken(state="published"),
        broken(sections={}),
        broken(sections=[section_of(text=5)]),
        broken(sections=[section_of(text=None)]),
        broken(sections=[section_of(kind="spells")]),
        broken(sections=[section_of(words="x")]),
        broken(sections=[section_of(text_rules=3)]),
        broken(sections=[{"kind": "cautions"}]),
        broken(sections=[section_of(key="x")]),
        broken(sections=[section_of(), section_of()]),
        broken(notices=[{"key": str(A), "type": "caution", "severity": "minor"}]),
        broken(citations=[{"key": str(A), "label": "a"}, {"key": str(B), "label": "a"}]),
        broken(citations=[{"key": str(A), "label": "a", "csl": []}]),
        broken(header={"dosing": {"status": "published"}}),
        broken(header={"names": [{"kind": "french", "name": "a"}]}),
    ],
)  # fmt: skip
def test_what_is_broken_is_not_read_in_silence(text):
    with pytest.raises(ValidationError):
        from_text(text)


@given(documents())
def test_what_may_be_typed_is_judged_to_be_what_it_is(document):
    for value in (document.header, *document.parts()):
        assert value.judged() == value


def test_the_digest_of_a_document_is_that_of_its_stored_text():
    for document in (whole.whole(), Document()):
        assert digest(document) == digest_of_json(json.loads(to_text(document)))


def test_records_that_are_equal_here_and_not_as_they_are_told_have_digests_of_their_own():
    fields = {"key": "6c1f0c1e-9d3c-4c57-8a55-0f3f6a3a7f10", "label": "one"}
    said = [Citation.stored({**fields, "csl": {"volume": volume}}) for volume in (1, True)]

    assert said[0] == said[1]
    assert digest_of_part(said[0]) != digest_of_part(said[1])
