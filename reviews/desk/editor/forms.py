"""Forms of the editor: one for the header and for each kind of part, made from what the value declares of its fields.
What a form holds becomes a value of the document, and what the value refuses is said at its box."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from pydantic import ValidationError

from monographs import document as values
from monographs.canonical import BadCharacters, clean_prose
from monographs.checks.dates import disagreeing
from monographs.checks.plain_fields import marked
from monographs.checks.problems import sentences
from monographs.checks.typed_words import written
from monographs.declared import declared_of, row_model
from monographs.digest import digest_of_part
from monographs.standing import today
from monographs.texts.characters import says_nothing
from monographs.typed import Value, rules_of
from monographs.vocabulary import NOTICE_TYPES, SECTION_KINDS
from reviews.desk.boxes import bare, boxes_of, lists_of, most_rows, row_form
from reviews.forms import Box, Form, Group, Text, dressed, grouped, is_text, rows_of

# Boxes of the form itself; a field of the value that is called so has another name in the form.
_OWN = frozenset(("seen", "reason", "key", "over"))
FIRST = {"data-first": ""}  # where whoever opens the form begins to write (clincalc/static/desk.js)
OVER = "over"  # the digest of what others saved meanwhile, in a form that was shown beside it


def as_kept(words: str) -> str:
    """What was typed as it would be kept. What must not be kept is refused by the value."""
    try:
        return clean_prose(words)
    except BadCharacters:
        return words


class ValueForm(Form):
    """A form whose boxes make a value. `seen` is the digest of what was shown; `reason` stands in the history. `shown`
    is what the form is about, if it is there already."""

    model: ClassVar[type[Value]]
    panels: ClassVar[Mapping[str, str]] = {}  # field at which boxes begin that stand together -> their heading
    is_hidden: ClassVar[bool] = False  # readers see nothing of it yet
    beside: ClassVar[str] = ""  # a box that stands beside all others

    # A plain field: whatever is no digest of what stands there now is a conflict, and no fault of the person's typing.
    seen = forms.Field(required=False, widget=forms.HiddenInput)
    reason = Text(
        max_length=500,
        label="Why this change?",
        help_text="One sentence, if you like. It stands in the history beside your name.",
        error_messages={"max_length": "This is longer than 500 characters. Shorten it."},
    )

    def __init__(
        self, data: Any = None, *, document: values.Document, shown: Any = None, key: UUID | None = None,
        initial: dict[str, Any] | None = None, uid: str = "",
    ) -> None:  # fmt: skip
        if shown is not None:
            key, initial = getattr(shown, "key", None), {**self.shows(shown), "seen": digest_of_part(shown)}
        super().__init__(data, initial=initial, auto_id=f"{uid}id_%s")
        self.uid = uid  # before each id, where several forms stand on one page
        self.document, self.shown, self.key = document, shown, key
        self.value: Any = None  # of `model`; each verb asks for its own kind
        self.typed: dict[str, Any] = {}
        self.said: list[str] = []  # what was changed in the words that were typed
        self.fields = {**{_box_name(name): box for name, box in self.boxes_of_value().items()}, **self.fields}
        kept = frozenset(one.text for one in written(shown)) if shown is not None else frozenset()
        # Whoever puts their words over those of others was shown their own rows.
        is_current = self.is_bound and not self.is_over and self.data.get("seen") == self.initial.get("seen")
        boxed = self.boxed(shown)
        held = {name: [one.model_dump() for one in getattr(boxed, name, ())] for name, *_ in lists_of(self.model)}
        most = most_rows(self.model, {name: len(rows) for name, rows in held.items()})
        for name, said, row in lists_of(self.model):
            if name in most:
                stood = len(held[name]) if is_current else 0
                self.rows[name] = rows_of(
                    row_form(row), name, said.label, data, held[name], stood=stood, most=most[name], kept=kept, uid=uid
                )

    @classmethod
    def boxed(cls, shown: Any) -> Any:
        """What the boxes are filled from: the value itself."""
        return shown

    @property
    def has_words(self) -> bool:
        """Whether somebody wrote something in it: what is chosen stands there before anybody does anything."""
        texts = (str(self.data.get(name, "")) for name, box in self.fields.items() if is_text(box))
        return any(map(str.strip, texts)) or any(several.filled for several in self.rows.values())

    @property
    def key_as_text(self) -> str:
        return str(self.key)

    @property
    def is_over(self) -> bool:
        """It was shown beside what others saved meanwhile, and that still stands: saving puts these words over it."""
        return self.is_bound and self.shown is not None and self.initial["seen"] == self.data.get(OVER)

    def boxes_of_value(self) -> dict[str, forms.Field]:
        boxes = boxes_of(self.model)
        for name, said in declared_of(self.model).items():
            if said.cites:
                boxes[name] = self._choice_of_reference(name, boxes[name])
        return boxes

    def _choice_of_reference(self, name: str, box: forms.Field) -> forms.Field:
        """A choice among the references of this edition. One that was taken out meanwhile stays until it is changed."""
        labels = [citation.label for citation in self.document.citations]
        choices = [("", "None yet"), *((label, label) for label in labels)]
        if (now := self.initial.get(name)) and now not in labels:
            choices.append((now, f"{now} (not a reference of this edition)"))
        return dressed(forms.ChoiceField(label=box.label, help_text=box.help_text, choices=choices))

    @classmethod
    def shows(cls, value: Any) -> dict[str, Any]:
        """What the boxes hold before anybody types."""
        initial: dict[str, Any] = {}
        value = cls.boxed(value)
        for name in cls.model.model_fields:
            held = getattr(value, name)
            if isinstance(held, Value):
                initial |= {f"{name}_{inner}": getattr(held, inner) for inner in type(held).model_fields}
            elif not isinstance(held, tuple):
                initial[_box_name(name)] = held
        return initial

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.typed = dict(data)  # a field that is refused leaves `cleaned_data`
        if not self.errors:
            try:
                self.value = self.to_value(data)
            except ValidationError as error:
                for where, words in sentences(error):
                    self.add_error(*self.place(where, words))
            else:
                for found in (disagreeing(self.value, today()), marked(self.value, self.shown)):
                    for where, words in found:
                        if where[0] not in self.rows:  # a row has said it
                            self.add_error(*self.place(where, words))
        return data

    def place(self, where: tuple[Any, ...], words: str) -> tuple[str | None, str]:
        """The field at which a sentence of the value is said."""
        names = (_box_name(str(where[0])), "_".join(map(str, where[:2]))) if where else ()
        return next((name for name in names if name in self.fields), None), words

    def to_value(self, data: dict[str, Any]) -> Any:
        """What was typed, as a value; what nobody types stays as it is."""
        made: dict[str, Any] = {"key": self.key} if "key" in self.model.model_fields else {}
        for name in self.model.model_fields.keys() - {"key"}:
            held = getattr(self.shown, name, None)
            if name in self.rows:
                made[name] = tuple(
                    row.value for row in self.rows[name].filled if not row.errors and row.value is not None
                )
            elif isinstance(held, Value):
                boxes = {inner: data.get(f"{name}_{inner}") for inner in type(held).model_fields}
                typed = {inner: bare(one) for inner, one in boxes.items() if one is not None}
                made[name] = {**held.model_dump(), **typed}
            elif (box := _box_name(name)) in data:
                made[name] = data[box] if declared_of(self.model)[name].rows else bare(data[box])
            elif held is not None:
                made[name] = held
        if prose := values.PROSE.get(self.model):
            before = (getattr(self.shown, prose, ""), getattr(self.shown, "text_rules", None))
            made["text_rules"] = rules_of(as_kept(data[prose]), *before)
        return self.model.model_validate(self.filled_in(made))

    @property
    def readable(self) -> Any:
        """What was typed, as a value, whether or not it may be saved so; None if some of it makes none."""
        self.is_valid()
        rows = [row for rows in self.rows.values() for row in rows.filled]
        return self.value if all(row.value is not None for row in rows) else None

    def filled_in(self, made: dict[str, Any]) -> dict[str, Any]:
        """The fields with what follows from them."""
        return made

    @property
    def boxes(self) -> Iterator[Box]:
        """What people see of it, in the order of the value."""
        left = {bound.name: bound for bound in self.visible_fields() if bound.name != "reason"}
        for name in self.model.model_fields:
            if name in self.rows:
                yield Box(rows=self.rows[name], name=name)
            elif row_model(self.model, name) and (said := declared_of(self.model)[name]).is_typed:
                yield Box(
                    stays=(said.label, [one.in_words for one in getattr(self.boxed(self.shown), name)]), name=name
                )
            for box in [one for one in left if one == _box_name(name) or one.startswith(f"{name}_")]:
                yield Box(left.pop(box), name=name)
        yield from map(Box, left.values())

    @property
    def shown_in(self) -> list[tuple[str, list[Group]]]:
        """(heading, boxes) of what stands together, in order."""
        said = declared_of(self.model)
        found: list[tuple[str, list[tuple[str, Box]]]] = [("", [])]
        for box in self.boxes:
            if box.name and box.name == self.beside:
                continue
            if box.name in self.panels:
                found.append((self.panels[box.name], []))
            found[-1][1].append((said[box.name].fold if box.name in said else "", box))
        return [(heading, list(grouped(boxes))) for heading, boxes in found if boxes]

    def as_read(self) -> list[tuple[str, str]]:
        """(label, words) of every field that holds something: for whoever may read and not write."""
        rows = []
        for box in self.boxes:
            if box.rows is not None:
                held = getattr(self.boxed(self.shown), str(box.rows.prefix), ())
                label, words = box.rows.label, "\n".join(one.in_words for one in held)
            elif box.stays is not None:
                label, words = box.stays[0], "\n".join(box.stays[1])
            elif box.field is not None:
                label, words = str(box.field.label), str(box.field.value() or "")
                words = str(dict(getattr(box.field.field, "choices", ())).get(words, words))
            if words:
                rows.append((label, words))
        return rows


def _box_name(field: str) -> str:
    return f"{field}_shown" if field in _OWN else field


class HeaderForm(ValueForm):
    """The class path is that of the monograph, and not typed."""

    model = values.Header


class SectionForm(ValueForm):
    model = values.Section

    def boxes_of_value(self) -> dict[str, forms.Field]:
        boxes = super().boxes_of_value()
        boxes["text"].widget.attrs |= FIRST  # its kind is chosen by where it is added, its heading is the usual one
        return boxes

    def filled_in(self, made: dict[str, Any]) -> dict[str, Any]:
        kind = SECTION_KINDS.get(made["kind"])
        return made | {"heading": made["heading"] or (kind.heading if kind else "")}


class MonitoringForm(ValueForm):
    model = values.MonitoringItem

    def clean(self) -> dict[str, Any]:
        """Each field may wait; a form in which nothing is written and no source is named is no test, whatever else is
        chosen in it."""
        data = super().clean()
        told = {name: one for name, one in declared_of(self.model).items() if name in self.fields}
        said = (str(data.get(name) or "") for name, one in told.items() if one.cites or is_text(self.fields[name]))
        if all(map(says_nothing, said)):
            self.add_error("test", "Name the test.")
        return data


class NoticeForm(ValueForm):
    model = values.SafetyNotice

    def boxes_of_value(self) -> dict[str, forms.Field]:
        boxes = super().boxes_of_value()
        kinds = ((kind, f"{label} ({severity})") for kind, (severity, label) in NOTICE_TYPES.items())
        boxes["type"] = dressed(
            forms.ChoiceField(label=boxes["type"].label, help_text=boxes["type"].help_text, choices=list(kinds))
        )
        boxes["type" if self.shown is None else "text"].widget.attrs |= FIRST
        return boxes

    def filled_in(self, made: dict[str, Any]) -> dict[str, Any]:
        return made | {"severity": NOTICE_TYPES.get(made["type"], ("information", ""))[0]}


class RelatedForm(ValueForm):
    model = values.RelatedLink

    def boxes_of_value(self) -> dict[str, forms.Field]:
        boxes = super().boxes_of_value()
        boxes["target"].widget.attrs |= {"list": "targets", "autocomplete": "off"}
        return boxes


class OrderForm(Form):
    """A number beside each part; `parts` are called by their names, by key. `seen` are the keys of the parts that were
    shown, in their order."""

    def __init__(self, parts: Mapping[UUID, str], data: Any, seen: list[str], *, is_closed: bool) -> None:
        numbers = {f"place_{key}": str(number) for number, key in enumerate(parts, 1)}
        super().__init__(data, initial=numbers, auto_id="%s")
        self.seen = seen
        for key, label in parts.items():
            box = Text(label=label, attrs={"inputmode": "numeric", "class": "input input-short"})
            box.widget.attrs |= {"readonly": True} if is_closed else {}
            self.fields[f"place_{key}"] = dressed(box)

    def clean(self) -> dict[str, Any]:
        for key in self.seen:
            if self.place_of(key) is None:
                sentence = "Give its place as a whole number."
                name = f"place_{key}"
                self.add_error(*((name, sentence) if name in self.fields else (None, f"A part: {sentence}")))
        return self.cleaned_data

    def place_of(self, key: str) -> int | None:
        typed = bare(self.data.get(f"place_{key}", ""))
        return int(typed) if re.fullmatch(r"-?\d{1,9}", typed, re.ASCII) else None
