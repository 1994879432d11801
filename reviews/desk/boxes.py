"""A value of the document as boxes of a form: each field as it is declared, each list as rows."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, get_args

from django import forms
from pydantic import ValidationError

from monographs.checks.plain_fields import marked
from monographs.checks.problems import sentences
from monographs.checks.unnamed import unnamed
from monographs.declared import Declared, declared_of, kind_of, row_model
from monographs.typed import Value
from reviews.forms import MOST_ROWS, Row, Text, dressed

MOST_BOXES = 900  # of rows in one form; the rest of what a request may hold is for its other boxes


def bare(words: str) -> str:
    """What was typed into a box of one line, without the blanks around it. What else stands there the value names."""
    return words.strip(" \t\xa0")


def boxes_of(model: type[Value], is_blank: bool = False) -> dict[str, forms.Field]:
    """Field -> its box, for all that people type; of a value inside under both names (`dosing_since`). With `is_blank`
    nothing is chosen yet from a list."""
    boxes: dict[str, forms.Field] = {}
    for name, about in model.model_fields.items():
        if isinstance(inner := about.annotation, type) and issubclass(inner, Value):
            boxes |= {f"{name}_{key}": box for key, box in boxes_of(inner).items()}
        elif (said := declared_of(model).get(name)) and said.is_typed and kind_of(model, name) != "rows":
            boxes[name] = _box(model, name, is_blank)
    return boxes


def _box(model: type[Value], name: str, is_blank: bool) -> forms.Field:
    """TypeError for a field that no box could hold."""
    said, about = declared_of(model)[name], model.model_fields[name]
    if kind_of(model, name) == "text":
        return dressed(Text(rows=said.rows, label=said.label, help_text=said.help))
    listed = {value: said.choices.get(value, value) for value in get_args(about.annotation)}
    chosen = list(listed.items())
    if is_blank:  # nothing is chosen in it, by the words that the field has for that
        chosen = [("", listed.pop("", "Choose")), *listed.items()]
    start = None if is_blank or about.is_required() else about.default
    return dressed(forms.ChoiceField(label=said.label, help_text=said.help, choices=chosen, initial=start))


def lists_of(model: type[Value]) -> Iterator[tuple[str, Declared, type[Value]]]:
    """(field, what is said of it, value of a row) of each list that people type."""
    for name, said in declared_of(model).items():
        row = row_model(model, name)
        if said.is_typed and row is not None and issubclass(row, Value):
            yield name, said, row


def most_rows(model: type[Value], held: Mapping[str, int]) -> dict[str, int]:
    """List -> how many rows it may have in a form, so that all of them together can be sent; `held` it has now. One
    that has too many even so is missing: it stays as it is."""
    width = {name: len(boxes_of(row)) for name, _said, row in lists_of(model)}
    most = {name: held[name] for name in width if held[name] > MOST_ROWS}
    rest = width.keys() - most
    while most and _boxes(width, most) + sum(width[name] * held[name] for name in rest) > MOST_BOXES:
        del most[max(most, key=lambda name: width[name] * most[name])]
    share = (MOST_BOXES - _boxes(width, most)) // max(1, sum(width[name] for name in rest))
    return most | {name: max(held[name], min(MOST_ROWS, share)) for name in rest}


def _boxes(width: Mapping[str, int], rows: Mapping[str, int]) -> int:
    return sum(width[name] * number for name, number in rows.items())


class ValueRow(Row):
    """A row that holds a value of the document. `kept` are the texts that stood there before: nobody typed those."""

    model: ClassVar[type[Value]]

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
            for where, words in unnamed(self.value):
                self.add_error(str(where[0]), words)
            for where, words in marked(self.value):
                if getattr(self.value, str(where[0])) not in self.kept:
                    self.add_error(str(where[0]), words)
        return data

    def _meant(self, name: str, words: str) -> str:
        words = bare(words)
        return words.upper() if declared_of(self.model)[name].is_upper else words


def row_form(model: type[Value]) -> type[ValueRow]:
    folds = {name: said.fold for name, said in declared_of(model).items() if said.fold}
    return type(f"{model.__name__}Row", (ValueRow,), {"model": model, "folds": folds})
