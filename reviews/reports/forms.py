"""Forms whose boxes look like the house's own: label, hint, error, box."""

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator

from reviews.access.refusals import Refusal


def judged_by_verbs(field: forms.Field) -> None:
    """Lets NUL through: the verb that gets the words names it, with its place, as it names the like of it."""
    field.validators = [one for one in field.validators if not isinstance(one, ProhibitNullCharactersValidator)]


class InputForm(forms.Form):
    """The verb judges the words; the form only brings them in, and says at each box what is wrong with it."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            judged_by_verbs(field)
            field.required = False  # the verb says in its own words what is missing
            field.widget.attrs["class"] = "input"
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"{self.auto_id % name}_helptext"

    def refuse(self, found: list[Refusal]) -> list[Refusal]:
        """Says what is about a box at that box, and answers the rest."""
        rest = []
        for one in found:
            if one.field in self.fields:
                self.add_error(one.field, one.sentence)
                attrs = self.fields[one.field].widget.attrs
                described = f"{attrs.get('aria-describedby', '')} {self.auto_id % one.field}_error".strip()
                attrs |= {"aria-invalid": "true", "aria-describedby": described}
            else:
                rest.append(one)
        return rest
