"""Which texts of a part are long, and which copies of one are the same text."""

from uuid import uuid4

import pytest

from monographs.declared import declared_of, kind_of
from monographs.document import PART_FIELDS, Citation, DoseRegimen, Header, RelatedLink, SafetyNotice, Section
from reviews.derived.written_texts import WORDS, texts_of
from tests import factories as make

LONG = (
    "Measure the full blood count before treatment, after one month, and then every three months as long as it lasts."
)


def test_every_kind_of_part_says_which_of_its_fields_are_words():
    kinds = {Header, *(type(part) for part in make.dosed().parts())}

    assert set(PART_FIELDS) == {kind.part_kind for kind in kinds - {Header}}
    assert kinds < set(WORDS)


# Typed, and nobody's words: what drugs, bodies, records and pages are called.
NAMES = {
    (Header, "title"), (Header, "name"), (SafetyNotice, "issuer"), (SafetyNotice, "supersedes"), (RelatedLink, "target"),
    (Citation, "label"),
}  # fmt: skip
# Pasted word for word from a source, and so of nobody here.
QUOTED = {(DoseRegimen, "passage")}
# What is typed into the structure of a dose, whose fields are the engine's.
GATHERED = {(DoseRegimen, "said")}


@pytest.mark.parametrize("model", WORDS)
def test_each_text_that_is_typed_is_among_the_words_or_a_name(model):
    """A field that is added later belongs to whoever writes it, without anybody having to think of this."""
    said = declared_of(model)
    typed = {name for name, one in said.items() if one.is_typed and not one.cites and not one.is_date}
    texts = {(model, name) for name in typed if kind_of(model, name) == "text"}

    assert texts - NAMES - QUOTED == {(model, name) for name in WORDS[model]} - GATHERED


def test_long_is_more_than_eighty_characters():
    link = RelatedLink(key=uuid4(), target="x", reason="a " * 40 + "b")

    assert len(texts_of(link)) == 1
    assert texts_of(link.replaced(reason="a " * 39 + "bb")) == frozenset()


def texts(text, longer_than=80):
    return texts_of(Section(key=uuid4(), kind="cautions", heading="Cautions", text=text), longer_than)


@pytest.mark.parametrize(
    "copy",
    [
        LONG.upper(),
        f"{LONG[:-1]}!",
        f"- {LONG}",
        f"12. {LONG}",
        f"Nobody.\n3) {LONG}\nNothing.",
        f"**{LONG}** [@trial2020]",
        LONG.replace("blood count", "blood [@trial2020] count"),
        LONG.replace(" ", "\n"),
        LONG.replace("full blood", "full-blood").replace("three months", "three\u00a0months"),
        LONG.replace("e", "\u0435").replace("a", "\u0430"),  # Cyrillic
        LONG.replace("ff", "\ufb00").replace("m", "\uff4d"),
        "Nobody.\n\n" + LONG.replace(" after", "\nafter") + "\n\nNothing.",
    ],
)
def test_a_copy_that_looks_alike_is_the_same_text(copy):
    assert texts(LONG) & texts(copy)


@pytest.mark.parametrize("other", [LONG.replace("three", "four"), LONG.replace("before", "after"), "x" * 99])
def test_another_word_is_another_text(other):
    assert not texts(LONG) & texts(other)
