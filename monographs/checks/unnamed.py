"""Rows of a list that lack what makes them one: a brand without a name, a code without a code. Such a row is refused
when it is saved, whichever way it came. Pure; what is stored already is never asked.
"""

from collections.abc import Iterator

from monographs.document import Brand, Code, DrugName
from monographs.texts.characters import says_nothing
from monographs.typed import Value

_MADE_BY: dict[type[Value], tuple[str, str]] = {
    DrugName: ("name", "Give the name, or empty the whole row to take it out."),
    Brand: ("name", "Name the brand, or empty the whole row to take it out."),
    Code: ("code", "Give the code, or empty the whole row to take it out."),
}


def unnamed(value: Value) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """(where, sentence) of what such a row lacks: of the row itself, or of each in a header."""
    field, sentence = _MADE_BY.get(type(value), ("", ""))
    if field and says_nothing(getattr(value, field)):
        yield (field,), sentence
    for name in type(value).model_fields:
        if isinstance(rows := getattr(value, name), tuple):
            for number, row in enumerate(rows):
                for where, words in unnamed(row) if isinstance(row, Value) else ():
                    yield (name, number, *where), words
