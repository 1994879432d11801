"""Forms of the editor, one for each kind of part. What they hold becomes a value of the document, and what the value
refuses is said at its field."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from pydantic import ValidationError

from monographs import document as values
from monographs.canonical import BadCharacters, clean_prose
from monographs.checks.dates import disagreeing
from monographs.checks.plain_fields import marked
from monographs.checks.problems import sentences
from monographs.standing import today
from monographs.texts.characters import says_nothing
from monographs.vocabulary import NOTICE_TYPES, SECTION_KINDS
from reviews.reports.forms import judged_by_verbs

GRAMMAR = (
    "A blank line starts a paragraph. A list stands by itself, its items begin with “- ” or “1. ”. *Emphasis*, "
    "[words](https://…) for a link, [@label] cites a reference of this edition. All else is printed as you type it."
)
CHOOSE = {"invalid_choice": "Choose one from the list.", "required": "Choose one from the list."}


def as_kept(words: str) -> str:
    """What was typed as it would be kept. What must not be kept is refused by the value."""
    try:
        return clean_prose(words)
    except BadCharacters:
        return words


class Text(forms.CharField):
    """Text as it was typed; the document's own rules clean and judge it."""

    def __init__(self, rows: int = 0, **kwargs: Any) -> None:
        if rows:
            kwargs["widget"] = forms.Textarea(attrs={"rows": rows})
        super().__init__(**{"required": False, "strip": False, **kwargs})
        judged_by_verbs(self)


class EditForm(forms.Form):
    """A form whose fields make a value. `seen` is the digest of what was shown; `reason` stands in the history."""

    # A plain field: whatever is no digest of what stands there now is a conflict, and no fault of the person's typing.
    seen = forms.Field(required=False, widget=forms.HiddenInput)
    reason = Text(
        max_length=500,
        label="Why this change?",
        help_text="One sentence, if you like. It stands in the history beside your name.",
        error_messages={"max_length": "This is longer than 500 characters. Shorten it."},
    )

    def __init__(self, *args: Any, document: values.Document, key: UUID | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document, self.key = document, key
        self.value: Any = None
        self.typed: dict[str, Any] = {}
        self.said: list[str] = []  # what was changed in the words that were typed
        if "source" in self.fields:
            self.fields["source"] = self._source()
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "input")

    def _source(self) -> forms.ChoiceField:
        """A choice among the references of this edition. One that was taken out meanwhile stays until it is changed."""
        labels = [citation.label for citation in self.document.citations]
        choices = [("", "None yet"), *((label, label) for label in labels)]
        if (now := self.initial.get("source")) and now not in labels:
            choices.append((now, f"{now} (not a reference of this edition)"))
        return forms.ChoiceField(
            label="Source",
            required=False,
            choices=choices,
            error_messages=CHOOSE,
            help_text="A reference of this edition. Add it there first.",
        )

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
                for found in (disagreeing(self.value, today()), marked(self.value, self.stood())):
                    for where, words in found:
                        self.add_error(*self.place(where, words))
        return data

    def place(self, where: tuple[Any, ...], words: str) -> tuple[str | None, str]:
        """The field at which a sentence of the value is said."""
        name = str(where[0]) if where else ""
        return (name if name in self.fields else None), words

    def to_value(self, data: dict[str, Any]) -> Any:
        raise NotImplementedError

    def stood(self) -> values.Value | None:
        """What stands where the value is to be put."""
        return self.document.by_key().get(self.key) if self.key else None

    def as_read(self) -> list[tuple[str, str]]:
        """(label, words) of every field that holds something: for whoever may read and not write."""
        rows = []
        for bound in self.visible_fields():
            words = str(bound.value() or "")
            if words and bound.name != "reason":
                rows.append((str(bound.label), str(dict(getattr(bound.field, "choices", ())).get(words, words))))
        return rows


class PartForm(EditForm):
    """A form of one kind of part."""

    part: ClassVar[type[values.Part]]

    def to_value(self, data: dict[str, Any]) -> values.Part:
        fields = {name: data[name] for name in self.part.model_fields if name in data}
        if "text_rules" in self.part.model_fields:
            before = (self.initial.get("text", ""), self.initial.get("text_rules"))
            fields["text_rules"] = values.rules_of(as_kept(data["text"]), *before)
        return self.part(key=self.key, **fields)

    @classmethod
    def shows(cls, part: values.Part) -> dict[str, Any]:
        return {name: getattr(part, name) for name in type(part).model_fields}


class SectionForm(PartForm):
    part = values.Section

    kind = forms.ChoiceField(
        choices=[(kind.slug, kind.heading) for kind in SECTION_KINDS.values()], label="Section", error_messages=CHOOSE
    )
    heading = Text(label="Heading", help_text="Leave it empty for the usual heading of this section.")
    text = Text(rows=14, label="Text", help_text=GRAMMAR)

    def to_value(self, data: dict[str, Any]) -> values.Part:
        heading = data["heading"].strip() or SECTION_KINDS[data["kind"]].heading
        return super().to_value({**data, "heading": heading})


class MonitoringForm(PartForm):
    part = values.MonitoringItem

    test = Text(label="Test", help_text="One test an item, as in “Full blood count”.")
    when = Text(label="When", help_text="As in “before treatment”.")
    how_often = Text(label="How often", help_text="As in “every 3 months”.")
    how_long = Text(label="How long", help_text="As in “until 48 months after the last infusion”.")
    note = Text(rows=3, label="Note")
    source = Text()

    def clean(self) -> dict[str, Any]:
        """Each field may wait; a form that holds nothing is no test."""
        data = super().clean()
        if all(says_nothing(str(data.get(name) or "")) for name in self.part.model_fields):
            self.add_error("test", "Name the test.")
        return data


class NoticeForm(PartForm):
    part = values.SafetyNotice

    type = forms.ChoiceField(
        choices=[(kind, f"{label} ({severity})") for kind, (severity, label) in NOTICE_TYPES.items()],
        error_messages=CHOOSE,
        help_text="The type decides how severe it is, and where it stands on the page.",
    )
    title = Text(label="Title")
    text = Text(rows=5, label="Text", help_text=GRAMMAR)
    action = Text(rows=3, label="What to do")
    issuer = Text(label="Who issued it", help_text="As in “MHRA”.")
    issued = Text(label="Issued on", help_text="Year, year-month or year-month-day, as it is known: 2020-02-12.")
    effective = Text(label="In force from", help_text="Year-month-day; empty: at once.")
    expires = Text(label="Ends on", help_text="Year-month-day; empty: it does not end.")
    source = Text()
    supersedes = Text(label="Replaces", help_text="The earlier notice that this one takes the place of.")

    def to_value(self, data: dict[str, Any]) -> values.Part:
        return super().to_value({**data, "severity": NOTICE_TYPES[data["type"]][0]})


class RelatedForm(PartForm):
    part = values.RelatedLink

    target = Text(
        label="Address of the other monograph",
        help_text="The last part of its address, as in “ocrelizumab”. It need not be there yet.",
        widget=forms.TextInput(attrs={"list": "targets", "autocomplete": "off"}),
    )
    reason_shown = Text(label="Why they are related", help_text="Readers see it.")

    def to_value(self, data: dict[str, Any]) -> values.Part:
        return self.part(key=self.key, target=data["target"].strip(), reason=data["reason_shown"])

    def place(self, where: tuple[Any, ...], words: str) -> tuple[str | None, str]:
        return super().place(("reason_shown",) if where and where[0] == "reason" else where, words)

    @classmethod
    def shows(cls, part: values.Part) -> dict[str, Any]:
        assert isinstance(part, values.RelatedLink)
        return {"target": part.target, "reason_shown": part.reason}
