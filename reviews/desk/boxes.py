"""A value of the document as boxes of a form: each field as it is declared, each list as rows."""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal, get_args, get_origin

from django import forms
from pydantic import ValidationError

from monographs import document as values
from monographs.checks.plain_fields import marked
from monographs.checks.problems import sentences
from monographs.declared import Declared, declared_of
from reviews.forms import Row, Text, choices, dressed


def boxes_of(model: type[values.Value], is_blank: bool = False) -> dict[str, forms.Field]:
    """Field -> its box, for all that people type; of a value inside under both names (`dosing_since`). With `is_blank`
    nothing is chosen yet from a list."""
    boxes: dict[str, forms.Field] = {}
    for name, about in model.model_fields.items():
        if isinstance(inner := about.annotation, type) and issubclass(inner, values.Value):
            boxes |= {f"{name}_{key}": box for key, box in boxes_of(inner).items()}
        elif (said := declared_of(model).get(name)) and said.is_typed and not row_model(model, name):
            boxes[name] = _box(about.annotation, said, is_blank)
    return boxes


def _box(annotation: Any, said: Declared, is_blank: bool) -> forms.Field:
    if get_origin(annotation) is Literal:
        listed = {value: said.choices.get(value, value) for value in get_args(annotation)}
        chosen = choices(listed) if is_blank else list(listed.items())
        return dressed(forms.ChoiceField(label=said.label, help_text=said.help, choices=chosen))
    return dressed(Text(rows=said.rows, label=said.label, help_text=said.help))


def row_model(model: type[values.Value], name: str) -> type[values.Value] | None:
    """The value that each row of a list holds; None for a field that is no list."""
    inner = get_args(model.model_fields[name].annotation)
    if inner and isinstance(inner[0], type) and issubclass(inner[0], values.Value):
        return inner[0]
    return None


def lists_of(model: type[values.Value]) -> Iterator[tuple[str, Declared, type[values.Value]]]:
    """(field, what is said of it, value of a row) of each list that people type."""
    for name, said in declared_of(model).items():
        if said.is_typed and (row := row_model(model, name)):
            yield name, said, row


class ValueRow(Row):
    """A row that holds a value of the document. `kept` are the texts that stood there before: nobody typed those."""

    model: ClassVar[type[values.Value]]

    def __init__(self, *args: Any, kept: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = kept
        self.fields |= boxes_of(self.model, is_blank=True)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.is_empty or self.errors:
            return data
        try:
            self.value = self.model(**{name: self._meant(name, data[name]) for name in self.model.model_fields})
        except ValidationError as error:
            for where, words in sentences(error):
                self.add_error(str(where[0]), words)
        else:
            for where, words in marked(self.value):
                if getattr(self.value, str(where[0])) not in self.kept:
                    self.add_error(str(where[0]), words)
        return data

    def _meant(self, name: str, words: str) -> str:
        words = words.strip(" \t\xa0")
        return words.upper() if declared_of(self.model)[name].is_upper else words


def row_form(model: type[values.Value]) -> type[ValueRow]:
    return type(f"{model.__name__}Row", (ValueRow,), {"model": model})
