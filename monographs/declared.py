"""How people meet a field of the document: declared once, beside its type in `monographs.document`.

Its form, the difference, the history and the page read it from here; export, import and digest read the type itself.
Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel


@dataclass(frozen=True)
class Declared:
    """`label` names the field wherever it is named. Not `is_typed`: it follows from something else."""

    label: str
    help: str = ""
    rows: int = 0  # lines of its box; 0: a box of one line
    choices: Mapping[str, str] = field(default_factory=dict)  # value of a closed list -> its words
    place: str = ""  # the place of a page at which it joins other fields (monographs/pages/lines.py); "": its own
    joint: str = ""  # what stands between it and the fields before it at its place; "": what the place has
    lead: str = ""  # words before it at its place
    is_date: bool = False  # a page says it in words: 12 February 2020
    cites: bool = False  # it holds the label of a reference of the edition
    is_typed: bool = True
    is_upper: bool = False  # typed in small letters it means capital ones
    fold: str = ""  # few need it: under these words a form folds it away, until somebody asks or it says something


@cache
def declared_of(model: type[BaseModel]) -> dict[str, Declared]:
    """Field -> what is said of it, in the order of the model. Every field of a document says it: `must_declare`."""
    found = ((name, next((one for one in about.metadata if isinstance(one, Declared)), None))
             for name, about in model.model_fields.items())  # fmt: skip
    return {name: said for name, said in found if said}


# -- Kinds ---------------------------------------------------------------------------------------------------------

Kind = Literal["text", "choice", "rows", "value"]


def row_model(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    """The value that each row of a list holds; None for a field that is no list of values."""
    annotation = model.model_fields[name].annotation
    inner = get_args(annotation)
    is_list = get_origin(annotation) is tuple and len(inner) == 2 and inner[1] is ...
    return inner[0] if is_list and isinstance(inner[0], type) and issubclass(inner[0], BaseModel) else None


def kind_of(model: type[BaseModel], name: str) -> Kind:
    """What people meet in a field: a text, a choice from a closed list, rows, or the fields of a value inside.
    TypeError: no form, no page and no difference could show it."""
    annotation = model.model_fields[name].annotation
    if annotation is str:
        return "text"
    if get_origin(annotation) is Literal and all(isinstance(one, str) for one in get_args(annotation)):
        return "choice"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "value"
    if row_model(model, name):
        return "rows"
    raise TypeError(
        f"{model.__name__}.{name} cannot be shown to people: it is no text, no closed list of texts, no tuple of "
        "values and no value. Make it one of these."
    )


# Fields with a way of their own to be shown, or that nobody sees.
_OWN_WAY = frozenset(("key", "csl", "text_rules"))


def must_declare(model: type[BaseModel]) -> None:
    """Refuses a field that people could not meet, by its name, when the program starts (TypeError)."""
    said = declared_of(model)
    for name in model.model_fields.keys() - _OWN_WAY:
        kind = kind_of(model, name)
        if kind != "value" and name not in said:
            raise TypeError(f"{model.__name__}.{name} has no label: say Declared(…) beside its type.")
        inner: Any = model.model_fields[name].annotation if kind == "value" else row_model(model, name)
        if inner is not None:
            must_declare(inner)


# -- Words ---------------------------------------------------------------------------------------------------------


def words_of(value: BaseModel, name: str) -> str:
    """What a field holds, in words for people: of a choice those of its list, of rows a line each."""
    held: Any = getattr(value, name)
    if isinstance(held, tuple):
        return "\n".join(one.in_words for one in held)
    said = declared_of(type(value)).get(name)
    return str(said.choices.get(held, held) if said else held)


@cache
def fields_at(model: type[BaseModel], place: str) -> tuple[str, ...]:
    """The fields that stand together at one place of a page."""
    return tuple(name for name, said in declared_of(model).items() if (said.place or name) == place)


@cache
def labels_of(model: type[BaseModel]) -> dict[str, str]:
    """Field -> label; fields of a value inside, as doses, under both names: `dosing_since`."""
    return dict(_labels(model))


def _labels(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    for name, said in declared_of(model).items():
        yield name, said.label
    for name, about in model.model_fields.items():
        if isinstance(about.annotation, type) and issubclass(about.annotation, BaseModel):
            yield from ((f"{name}_{inner}", label) for inner, label in _labels(about.annotation))
