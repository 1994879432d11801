"""What a field of the document may be: whatever people could not meet is refused by its name when the program starts."""

from typing import Annotated, Literal

import pytest

from monographs import document as values
from monographs.declared import Declared, kind_of, must_declare, words_of
from monographs.document import MonitoringItem
from monographs.typed import Line, Value

LABEL = Declared("Odd")


class Texts(MonitoringItem):
    odd: Annotated[tuple[str, ...], LABEL] = ()


class Number(MonitoringItem):
    odd: Annotated[int, LABEL] = 0


class Maybe(MonitoringItem):
    odd: Annotated[str | None, LABEL] = None


class Pair(MonitoringItem):
    odd: Annotated[tuple[values.Brand, values.Brand] | None, LABEL] = None


class Bare(MonitoringItem):
    odd: Line = ""


class BareChoice(MonitoringItem):
    odd: Literal["a", "b"] = "a"


class Inner(Value):
    odd: Line = ""


class Outer(MonitoringItem):
    inner: Inner = Inner()


class Rowed(MonitoringItem):
    inner: Annotated[tuple[Inner, ...], LABEL] = ()


@pytest.mark.parametrize("model", [Texts, Number, Maybe, Pair])
def test_a_kind_that_nobody_could_be_shown_is_refused_by_the_name_of_its_field(model):
    with pytest.raises(
        TypeError, match=rf"^{model.__name__}\.odd cannot be shown to people: .* Make it one of these\.$"
    ):
        must_declare(model)


@pytest.mark.parametrize(
    ("model", "name"),
    [(Bare, "Bare.odd"), (BareChoice, "BareChoice.odd"), (Outer, "Inner.odd"), (Rowed, "Inner.odd")],
)
def test_a_field_without_a_label_is_refused_by_its_name(model, name):
    with pytest.raises(TypeError, match=rf"^{name} has no label: say Declared\(…\) beside its type\.$"):
        must_declare(model)


def test_each_field_of_the_document_has_its_kind():
    kinds = {
        (model, name): kind_of(model, name)
        for model, name in [
            (values.Header, "title"), (values.Header, "brands"), (values.Header, "dosing"), (values.Section, "kind"),
            (values.Dosing, "status"), (values.SafetyNotice, "issued"), (values.Header, "class_path"),
        ]
    }  # fmt: skip

    assert list(kinds.values()) == ["text", "rows", "value", "choice", "choice", "text", "rows"]


def test_a_choice_and_rows_are_said_in_words():
    header = values.Header(brands=(values.Brand(name="Wholera", country="GB"), values.Brand(name="Two", country="IE")))

    assert words_of(header, "brands") == "Wholera (GB)\nTwo (IE)"
    assert words_of(values.DrugName(kind="british", name="x"), "kind") == "British name"
    assert words_of(values.Code(system="ATC"), "system") == "ATC"
