"""The one base of every form, of the desk and of readers; and the one template of a field.

A form brings words in and says at each box what is wrong with it; values and verbs judge them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, ClassVar

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorDict
from django.utils.functional import cached_property

from reviews.access.refusals import Refusal

CHOOSE = {"invalid_choice": "Choose one from the list.", "required": "Choose one from the list."}
MOST_ROWS = 100  # of each list, so that a form with three of them has no more boxes than a request may hold
ALL_ROWS = 500  # that come back to whoever sent them, with the sentence that they are too many
MORE = "more"  # the button that asks for another row; its value names the list


_HALF = re.compile("[\ud800-\udfff]")


def sendable(sent: Any) -> Any:
    """Half a character can be sent to nobody and kept nowhere: the sign of a letter that was lost stands in its place,
    and is refused at the box where it stands."""
    return _HALF.sub("\ufffd", sent) if isinstance(sent, str) else sent


def key_in(sent: Any) -> int:
    """The key of a row as a form sends it; 0, which is no row’s, for what no table holds, however long it is."""
    return int(sent) if re.fullmatch(r"[0-9]{1,18}", str(sent), re.ASCII) else 0


class Renderer(TemplatesSetting):
    field_template_name = "components/_field.html"


class Form(forms.Form):
    """No box is required: the verb says in its own words what is missing. NUL is let through: the verb names it, with
    its place, as it names the like of it. A list has a form of its own for each row: `rows`, by the name of the list.
    """

    use_required_attribute = False
    default_renderer = Renderer()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.rows: dict[str, Rows] = {}
        for field in self.fields.values():
            dressed(field)

    def _widget_data_value(self, widget: forms.Widget, html_name: str) -> Any:
        """What came in a box, both for whoever reads it and for the answer that shows it again."""
        found = super()._widget_data_value(widget, html_name)  # type: ignore[misc]  # unknown to the types of Django
        return [sendable(one) for one in found] if isinstance(found, list) else sendable(found)

    @property
    def asks_for_row(self) -> bool:
        """It was sent to get another row: nothing is judged, and nothing is done."""
        return self.is_bound and MORE in self.data

    def is_valid(self) -> bool:
        valid = super().is_valid()  # it may find more that is wrong in rows
        return all([valid, *(rows.is_valid() for rows in self.rows.values())]) and not self.asks_for_row

    @property
    def is_whole(self) -> bool:
        """Whether all that was sent stands in it: no rows are missing."""
        return all(rows.is_whole for rows in self.rows.values())

    @property
    def refused_status(self) -> int:
        """With which the form comes back when it is not valid."""
        return 200 if self.asks_for_row else 422

    def full_clean(self) -> None:
        super().full_clean()
        if self.asks_for_row:
            self._errors = ErrorDict()
            return
        for rows in self.rows.values() if self.is_bound else ():
            for sentence in rows.non_form_errors():
                self.add_error(None, f"{rows.label}: {sentence}")

    @property
    def given(self) -> dict[str, Any]:
        """What the verb is given: each box as it was read, or else as it was sent. The verb judges it, so that all that
        is wrong is said at once, and recorded."""
        self.full_clean()
        sent = {
            name: self._widget_data_value(field.widget, self.add_prefix(name)) or ""
            for name, field in self.fields.items()
        }
        return sent | self.cleaned_data

    def refuse(self, found: Iterable[Refusal]) -> list[Refusal]:
        """Says what is about a box at that box, and answers the rest. In a box the words of
        the verb take the place of the form's own: each fault is said once."""
        rest, own = [], set(self.errors)
        for one in found:
            if not self.is_bound or one.field not in self.fields:
                rest.append(one)
                continue
            if one.field in own:
                own.remove(one.field)
                del self.errors[one.field]
            self.add_error(one.field, one.sentence)
        return rest

    @property
    def faults(self) -> list[tuple[str, str]]:
        """(id of a box or "", sentence) of all that is wrong: for the top of the page."""
        found = [("", str(one)) for one in self.non_field_errors()] + list(_wrong(self))
        for rows in self.rows.values() if self.is_bound else ():
            for number, form in enumerate(rows.forms, 1):
                found += [(at, f"{rows.label}, row {number}: {words}") for at, words in _wrong(form)]
        return found

    @property
    def typed_words(self) -> list[str]:
        """All that was sent but passwords, rows as well."""
        if not self.is_bound:
            return []
        words = (name for name, field in self.fields.items() if not isinstance(field.widget, forms.PasswordInput))
        sent = [str(self.data.get(self.add_prefix(name), "")) for name in words]
        return sent + [words for rows in self.rows.values() for form in rows.forms for words in form.typed_words]


def _wrong(form: Form) -> Iterator[tuple[str, str]]:
    for bound in form.visible_fields():
        yield from ((bound.id_for_label or bound.auto_id, f"{bound.label}: {one}") for one in bound.errors)


def dressed(field: forms.Field) -> forms.Field:
    """A field as each form of ours has it."""
    field.required = False
    field.validators = [one for one in field.validators if not isinstance(one, ProhibitNullCharactersValidator)]
    if isinstance(field, forms.ChoiceField):
        field.error_messages |= CHOOSE
    if not isinstance(field.widget, forms.CheckboxInput | forms.RadioSelect | forms.HiddenInput):
        field.widget.attrs.setdefault("class", "input")
    return field


class FromRows(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's takes none when it runs
    """A choice among rows of a table; whatever is none of them is said in the same words."""

    def validate_no_null_characters(self, value: Any) -> None:
        if "\x00" in str(value):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")


class Text(forms.CharField):
    """Text as it was typed: `rows` lines of a box, or one."""

    def __init__(self, rows: int = 0, **kwargs: Any) -> None:
        if rows:
            kwargs["widget"] = forms.Textarea(attrs={"rows": rows, **kwargs.pop("attrs", {})})
        elif "attrs" in kwargs:
            kwargs["widget"] = forms.TextInput(attrs=kwargs.pop("attrs"))
        super().__init__(**{"strip": False, **kwargs})


class Day(forms.DateField):
    """A day, as the browser's own box gives it."""

    def __init__(self, **kwargs: Any) -> None:
        box = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=box, input_formats=["%Y-%m-%d"], **kwargs)
        self.error_messages["invalid"] = "Give the date as year-month-day."


def as_day(given: Any) -> date | None:
    """What a form read; None for what is no day."""
    return given if isinstance(given, date) else None


def password(label: str = "Your password, as your signature", **kwargs: Any) -> forms.CharField:
    box = forms.PasswordInput(attrs={"autocomplete": "current-password"})
    return forms.CharField(label=label, widget=box, strip=False, **kwargs)


def offer(form: forms.Form, name: str, listed: Iterable[tuple[str, str]]) -> None:
    """The choices of a box that depend on who asks, and on what is there."""
    box = form.fields[name]
    assert isinstance(box, forms.ChoiceField)
    box.choices = list(listed)


def choices(listed: dict[str, str]) -> list[tuple[str, str]]:
    """A closed list from which nothing is chosen yet."""
    return [("", "Choose"), *listed.items()]


# -- Rows ----------------------------------------------------------------------------------------------------------


class Row(Form):
    """One row of a list. A row in which nothing is typed is none, whatever is chosen in it."""

    value: Any = None  # what a valid row holds
    folds: ClassVar[Mapping[str, str]] = {}  # box -> under which words it is folded away

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = False  # Django's own rule leaves out a row that stands there already

    @property
    def is_empty(self) -> bool:
        typed = (self.data.get(self.add_prefix(name), "") for name, field in self.fields.items() if is_text(field))
        return not any(words.strip() for words in typed)

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.is_empty:
            self._errors = ErrorDict()

    @property
    def groups(self) -> Iterator["Group"]:
        return grouped((self.folds.get(bound.name, ""), Box(bound)) for bound in self)


def is_text(field: forms.Field) -> bool:
    """Whether people write in it; what is chosen from a list stands there before anybody does."""
    return not isinstance(field, forms.ChoiceField)


class Rows(forms.BaseFormSet):  # type: ignore[type-arg]  # Django's takes none when it runs
    """The rows of one list of a form: those that are there, and one to fill in. `more` asks for another one. Of those
    that were shown filled none is taken for removed because it did not come: `stood` says how many there were, where
    that is known from elsewhere than the form that was sent."""

    label = ""
    uid = ""  # before each id, where several forms stand on one page
    stood = 0
    prefix: str
    error_messages: dict[str, str]
    default_error_messages = {
        "missing_management_form": "The rows of this list did not arrive. Load the page again.",
        "too_many_forms": "A list has at most %(num)d rows.",
    }

    @cached_property
    def came(self) -> int:
        """How many rows came, by their boxes, whatever is said of their number."""
        box = re.compile(rf"{re.escape(self.prefix)}-(\d{{1,4}})-\w+", re.ASCII)
        return max((int(found[1]) + 1 for name in self.data if (found := box.fullmatch(name))), default=0)

    @property
    def _told(self) -> int:
        return int(self.management_form.cleaned_data["TOTAL_FORMS"] or 0)

    def total_form_count(self) -> int:
        """No row is made because of a number alone that is above what a list may have."""
        if not self.is_bound:
            return super().total_form_count()
        total = min(max(self.came, self._told if self._told <= self.max_num else 0), self.absolute_max)
        return total + 1 if self.is_asked and total < self.max_num else total

    @property
    def is_asked(self) -> bool:
        return self.is_bound and self.data.get(MORE) == self.prefix

    @property
    def is_full(self) -> bool:
        return len(self.forms) >= self.max_num

    def _construct_form(self, i: int, **kwargs: Any) -> Row:
        row: Row = super()._construct_form(i, **kwargs)  # type: ignore[misc]  # unknown to the types of Django
        if self.is_asked and i == max(self.came, self._told):  # whoever asked for it goes on there
            next(iter(row.fields.values())).widget.attrs["autofocus"] = True
        return row

    @cached_property
    def is_whole(self) -> bool:
        """Whether all rows that were shown filled came, each with all its boxes, and none beyond their number."""
        if not self.is_bound:
            return True
        filled = self.initial_form_count()
        if not self.management_form.is_valid() or not self.stood <= filled <= self._told or self.came > self._told:
            return False
        names = (row.add_prefix(name) for row in self.forms[:filled] for name in row.fields)
        return len(self.forms) >= filled and all(name in self.data for name in names)

    def clean(self) -> None:
        if self._told > self.max_num:
            raise forms.ValidationError(self.error_messages["too_many_forms"] % {"num": self.max_num})
        if not self.is_whole:
            raise forms.ValidationError(self.error_messages["missing_management_form"])

    @property
    def counts(self) -> list[tuple[str, str]]:
        """What a form says of its rows as they stand on the page that answers: how many, and up to which they are
        filled. Both come back with them."""
        written = [number for number, row in enumerate(self.forms, 1) if self.is_bound and not row.is_empty]
        filled = max(*written, self.initial_form_count(), self.stood, 0)
        return [(f"{self.prefix}-TOTAL_FORMS", str(len(self.forms))), (f"{self.prefix}-INITIAL_FORMS", str(filled))]

    @property
    def filled(self) -> list[Row]:
        """Each row that holds something."""
        return [form for form in self.forms if not form.is_empty]


def rows_of(
    row: type[Row], name: str, label: str, data: Any, initial: list[dict[str, Any]], *, stood: int = 0,
    most: int = MOST_ROWS, uid: str = "", **kwargs: Any,
) -> Rows:  # fmt: skip
    """The rows of a list, filled from what was sent, or from what stands there. A list that is longer already may stay
    so."""
    most = max(most, len(initial))
    kind: Any = forms.formset_factory(
        row, Rows, extra=1, max_num=most, validate_max=True, absolute_max=max(ALL_ROWS, most), renderer=Renderer()
    )
    made: Rows = kind(data, auto_id=f"{uid}id_%s", prefix=name, initial=initial, form_kwargs=kwargs)
    made.label, made.stood, made.uid = label, stood, uid
    return made


@dataclass(frozen=True)
class Box:
    """What a template shows of a form, in order: a field, the rows of a list, or a list that stays as it is, because it
    has more rows than a form can hold: its label and its rows in words."""

    field: forms.BoundField | None = None
    rows: Rows | None = None
    stays: tuple[str, list[str]] | None = None
    name: str = ""  # of the field of the value

    @property
    def of(self) -> str:
        """A number and its unit are one thing, in two boxes."""
        return (self.name or (self.field.name if self.field is not None else "")).removesuffix("_unit")

    @property
    def says_something(self) -> bool:
        """Somebody chose or wrote something in it, or something is wrong with it."""
        if self.field is not None:
            usual = self.field.field.initial or ""
            return bool(self.field.errors) or str(self.field.value() or "") not in ("", usual)
        return self.stays is not None or (
            self.rows is not None
            and (
                self.rows.is_asked
                or any(box.says_something for row in self.rows for group in row.groups for box in group.boxes)
            )
        )


@dataclass(frozen=True)
class Group:
    """Boxes that stand together: in the open, or folded away under these words. A box that says something is never
    folded away, and neither is the unit of its number; the others of its fold are."""

    words: str
    boxes: tuple[Box, ...]

    @property
    def shown(self) -> tuple[Box, ...]:
        return tuple(box for box in self.boxes if not self._is_folded(box))

    @property
    def folded(self) -> tuple[Box, ...]:
        return tuple(box for box in self.boxes if self._is_folded(box))

    def _is_folded(self, box: Box) -> bool:
        return bool(self.words) and box.of not in self._told

    @cached_property
    def _told(self) -> frozenset[str]:
        return frozenset(box.of for box in self.boxes if box.says_something)


def grouped(boxes: Iterable[tuple[str, Box]]) -> Iterator[Group]:
    """Neighbours that are folded away under the same words together; those without words too."""
    for words, several in groupby(boxes, key=itemgetter(0)):
        yield Group(words, tuple(box for _words, box in several))
