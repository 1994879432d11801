"""How people meet a field of the document: declared once, beside its type in `monographs.document`.

Its form, the difference, the history and the page read it from here; export, import and digest read the type itself.
Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from pydantic import BaseModel


@dataclass(frozen=True)
class Declared:
    """`label` names the field wherever it is named. Not `is_typed`: it follows from something else."""

    label: str
    help: str = ""
    rows: int = 0  # lines of its box; 0: a box of one line
    choices: Mapping[str, str] = field(default_factory=dict)  # value of a closed list -> its words
    place: str = ""  # the place of a page at which it stands with other fields; "": one of its own
    cites: bool = False  # it holds the label of a reference of the edition
    is_typed: bool = True
    is_upper: bool = False  # typed in small letters it means capital ones


@cache
def declared_of(model: type[BaseModel]) -> dict[str, Declared]:
    """Field -> what is said of it, in the order of the model. A field of which nothing is said is for no person."""
    found = ((name, next((one for one in about.metadata if isinstance(one, Declared)), None))
             for name, about in model.model_fields.items())  # fmt: skip
    return {name: said for name, said in found if said}


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
