"""The words of a value: which they are, and that what shows nothing is empty wherever it is asked."""

import pytest

from monographs.checks.problems import gaps, problems
from monographs.checks.typed_words import is_empty, written
from monographs.digest import digest, from_text, to_text
from monographs.document import Document, MonitoringItem, Section
from monographs.pages.page import page
from monographs.standing import draft
from monographs.texts.characters import says_nothing
from monographs.texts.text import plain
from monographs.typed import STORED
from monographs.vocabulary import SECTION_KINDS
from tests import factories as make
from tests import whole

WHOLE = whole.whole()
NOTHING = ["-", "—", "* * *", "***", "1.", "1.\n2.", "...", "?", "•", "_ _", "\u00a0.", "- \n- \n-", "**", "“”"]
# Of what was stored before such characters were refused.
BLANK = ["\u3164", "\u2800", "\u200b\u200b", "\ufeff", "\ue000", "\ufffd", "\u0301", "\u034f"]
MARKS = ["[@record]", "[@record] [@record]", "- [@record]", "*[@record]*", "[@record].", "1. [@record]"]


def with_part(field, stored=True, **fields):
    """The whole document with other fields in its first part of a kind, as it may have been stored."""
    form = WHOLE.model_dump()
    target = form["header"] if field == "header" else form[field][0]
    target |= fields
    return Document.model_validate(form, context=STORED if stored else None)


def test_every_word_that_people_write_is_listed():
    fields = {
        type(value).__name__: [".".join(map(str, one.where)) for one in written(value)]
        for value in (
            WHOLE.header,
            WHOLE.sections[0],
            WHOLE.monitoring[0],
            WHOLE.notices[0],
            WHOLE.related[0],
            WHOLE.citations[0],
        )
    }

    assert fields["Section"] == ["heading", "text"]
    assert fields["MonitoringItem"] == ["test", "when", "how_often", "how_long", "note"]
    assert fields["SafetyNotice"] == ["title", "text", "action", "issuer", "supersedes"]
    assert fields["RelatedLink"] == ["reason"]
    assert fields["Citation"] == []
    header = fields["Header"]
    assert {"title", "name", "names.0.name", "brands.0.name", "codes.0.name", "covers", "not_covered", "introduction", "dosing.reason", "dosing.instead"} <= set(header)  # fmt: skip
    assert {".".join(map(str, one.where)) for one in written(WHOLE.header) if one.is_prose} == {"introduction"}


@pytest.mark.parametrize("text", [*NOTHING, *BLANK, *MARKS])
def test_a_section_that_shows_nothing_covers_nothing_and_is_refused(text):
    document = with_part("sections", text=text)
    kind = document.sections[0].kind

    assert kind in [one.slug for one in gaps(document, set())]
    assert kind not in [one.slug for one in gaps(WHOLE, set())]
    found = [(one.code, one.field) for one in problems(document) if one.key == document.sections[0].key]
    assert ("missing", "text") in found
    assert found.count(("missing", "text")) == 1


@pytest.mark.parametrize("text", ["5", "x", "[words](https://example.org)", "**a**", "- a", "1. b", "½", "[@record] a"])
def test_a_section_that_shows_a_letter_or_figure_covers_its_kind(text):
    document = with_part("sections", text=text)

    assert document.sections[0].kind not in [one.slug for one in gaps(document, set())]
    assert not is_empty(document.sections[0], "text")


FIELDS = [
    *(("header", name) for name in ("title", "name", "introduction", "covers", "not_covered")),
    *(("sections", name) for name in ("heading", "text")),
    *(("monitoring", name) for name in ("test", "when", "how_often", "how_long", "note")),
    *(("notices", name) for name in ("title", "text", "action", "issuer", "supersedes")),
    ("related", "reason"),
]


@pytest.mark.parametrize("words", ["-", "* * *", "\u2800", "…"])
@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_every_box_that_shows_nothing_is_named_once(kind, field, words):
    document = with_part(kind, **{field: words})
    key = None if kind == "header" else getattr(document, kind)[0].key

    found = [one for one in problems(document) if (one.key, one.code) == (key, "missing")]

    assert [one.field for one in found] == [field]
    assert found[0].sentence.endswith(".")


def test_what_stands_inside_the_header_is_named_too():
    header = WHOLE.header.model_dump()
    header["dosing"] |= {"reason": "-"}
    header["names"] = [{"kind": "other", "name": "?"}]
    header["brands"] = [{"name": "…", "country": "GB"}]
    document = with_part("header", **header)

    found = [(one.field, one.key) for one in problems(document) if one.code == "missing"]

    assert sorted(found) == [("brands", None), ("dosing_reason", None), ("names", None)]


@pytest.mark.parametrize("title", ["-", "\u2800", "***", None, 5])
def test_a_reference_needs_a_title_that_says_something(title):
    document = with_part("citations", csl={**whole.RECORD, "title": title})

    assert ("missing" in [one.code for one in problems(document)]) == (title != 5)


def test_monitoring_that_shows_nothing_covers_nothing():
    item = MonitoringItem.stored({"key": make.key("count"), "test": "-", "when": "\u3164", "note": "* * *"})
    document = WHOLE.replaced(sections=(), monitoring=()).model_copy(update={"monitoring": (item,)})

    assert "monitoring" in [one.slug for one in gaps(document, set())]


@pytest.mark.parametrize("text", ["-", "[@record]", "\u3164", "* * *"])
def test_a_page_that_was_signed_so_still_reads_as_it_was_signed(text):
    """Only its line of gaps says what it lacks."""
    document = with_part("sections", text=text)
    kind = document.sections[0].kind

    read = from_text(to_text(document))
    shown = page(draft(read), set())

    assert digest(read) == digest(document)
    (block,) = [one for one in shown.blocks if one.anchor == kind]
    assert block.kind == kind
    assert len(block.passages) == 1
    assert kind not in [gap.anchor for one in shown.blocks for gap in one.gaps]
    assert SECTION_KINDS[kind].gap in shown.gap_line


@pytest.mark.parametrize(
    "text", [*NOTHING, *MARKS, "a", "[x](https://example.org)", "*b*", "# c", "<https://example.org>"]
)
@pytest.mark.parametrize("rules", [None, 2])
def test_the_short_way_says_what_the_long_one_does(text, rules):
    section = Section.stored({"key": make.key("x"), "kind": "cautions", "text": text, "text_rules": rules})

    assert is_empty(section, "text") == says_nothing(plain(text, rules))
