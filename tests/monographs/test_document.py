"""The document: one value, one digest, through text and back."""

import json
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from monographs import document as values
from monographs.document import (
    Citation,
    Document,
    MonitoringItem,
    SafetyNotice,
    Section,
    as_json,
    digest,
    digest_of_json,
    digest_of_part,
    from_text,
    gaps,
    to_text,
)
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
