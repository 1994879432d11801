"""The box by which somebody says, of each name that is like theirs, that theirs is another."""

from collections.abc import Iterable
from typing import Any

from django import forms

from reviews.editing.alike import Like
from reviews.forms import Form, offer

LONGEST = 500  # of a name, as it is looked for


class Another(forms.MultipleChoiceField):
    """One box for each that is alike. It is asked for by `ask_about`, and gone from a form that asks about none."""

    def __init__(self, label: str = "Is yours another one?", **kwargs: Any) -> None:
        super().__init__(widget=forms.CheckboxSelectMultiple, label=label, **kwargs)


def ask_about(form: Form, likes: Iterable[Like], field: str = "another") -> list[Like]:
    """Offers a box for each of these, or takes the field out of the form."""
    likes = list(likes)
    if likes:
        offer(form, field, [(one.slug, f"{one.why} Mine is another.") for one in likes])
    else:
        del form.fields[field]
    return likes


def typed_in(data: Any, name: str) -> str:
    """The name as far as it is looked for."""
    return str(data.get(name, ""))[:LONGEST].strip() if data else ""
