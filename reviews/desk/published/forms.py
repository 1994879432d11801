"""The forms by which something is put over a page."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import format_html

from monographs.models import Monograph
from monographs.overlay_kinds import HARMS, OVERLAY_KINDS, REGULATORS, SEVERITIES, TITLES, WITHDRAWALS, OverlayKind
from monographs.pages.places import Choice, key_of_all
from monographs.templatetags.words import editions
from reviews import overlay_words
from reviews.access.refusals import Refusal
from reviews.forms import Form, Text, choices, dressed, offer, password


class WarningForm(Form):
    monographs = forms.MultipleChoiceField(label="Over which pages?", widget=forms.CheckboxSelectMultiple)
    title = forms.ChoiceField(label="What must readers do?", choices=choices(TITLES))
    severity = forms.ChoiceField(label="How severe?", choices=choices(SEVERITIES))
    regulator = forms.ChoiceField(label="Who says so?", choices=choices(REGULATORS))
    issued = forms.CharField(
        label="Issued on", help_text="Year, month, day: 2026-11-23", widget=forms.DateInput(attrs={"type": "date"})
    )
    link = forms.CharField(label="Address of their own text", help_text="Begins with https://")
    quote = forms.CharField(
        label="Their sentence, word for word",
        help_text="One or two sentences. Readers see it in quotation marks; write nothing of your own.",
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": overlay_words.LONGEST_WORDS}),
    )
    password = password()

    def __init__(self, pages: Iterable[Monograph], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["link"].widget.attrs["maxlength"] = overlay_words.LONGEST_LINK
        offer(self, "monographs", [(one.slug, _named(one)) for one in pages])


def _named(page: Monograph) -> str:
    """A published page, with its address where its name is not that."""
    name = page.called
    return name if name.lower() == page.slug else format_html('{} <span class="soft">({})</span>', name, page.slug)


class ErratumForm(Form):
    wrong = forms.CharField(
        label="What did the page say?",
        help_text="Copy the words as the page shows them. Where they stand, and since when, is looked up.",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": overlay_words.LONGEST_WORDS}),
    )
    right = forms.CharField(
        label="What should it say?", widget=forms.Textarea(attrs={"rows": 2, "maxlength": overlay_words.LONGEST_WORDS})
    )
    harm = forms.ChoiceField(label="What harm could it do?", choices=choices(HARMS))
    password = password()

    def ask(self, asked: tuple[Choice, ...], chosen: tuple[str, ...]) -> None:
        """Asks above the password in which places the words are wrong; `chosen` are keys of those chosen so far. With
        one tick they are all."""
        if not asked:
            return
        listed = [(key_of_all(asked), f"In all {len(asked)} places")] if len(asked) > 1 else []
        box = forms.MultipleChoiceField(
            label="Where are these words wrong?",
            choices=[*listed, *((one.key, _shown(one)) for one in asked)],
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields |= {"places": dressed(box), "password": self.fields.pop("password")}
        assert isinstance(self.data, QueryDict)
        self.data = sent = self.data.copy()
        sent.setlist("places", [*chosen, *(key for key, _words in listed if len(chosen) == len(asked))])


def _shown(one: Choice) -> str:
    return format_html(
        '<strong>{}</strong> <span class="small soft">{}</span><br>{}<mark>{}</mark>{}',
        one.label, editions(one.editions), one.before, one.words, one.after,
    )  # fmt: skip


class PlacingForm(Form):
    """The form of a kind that needs a reason and a password. Several stand on one page, each with ids of its own."""

    reason = forms.CharField(
        label="Reason, for readers",
        help_text="They see it at once, under the label of the notice. Nothing about a patient.",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": overlay_words.LONGEST_PRINTED_REASON}),
    )
    password = password()

    def __init__(self, kind: OverlayKind, *args: Any) -> None:
        super().__init__(*args, auto_id=f"id_{kind.slug}_%s")
        self.kind = kind


class WithdrawForm(Form):
    kind = forms.ChoiceField(
        label="How far?",
        choices=[(kind, OVERLAY_KINDS[kind].words.choice) for kind in WITHDRAWALS],
        widget=forms.RadioSelect,
    )
    reason = Text(rows=2, label="Reason, for readers")

    def __init__(self, typed: Any, refusals: Iterable[Refusal]) -> None:
        super().__init__(typed, auto_id="%s-withdraw")
        box, longest = self.fields["reason"], overlay_words.LONGEST_PRINTED_REASON
        box.help_text = f"They read: “Retired on …: your words”. Up to {longest} characters, nothing about a patient."
        box.widget.attrs["maxlength"] = longest
        self.refuse(refusals)
