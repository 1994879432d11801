"""The forms by which something is put over a page."""

from collections.abc import Iterable
from typing import Any

from django import forms

from monographs.overlay_kinds import HARMS, OVERLAY_KINDS, REGULATORS, SEVERITIES, TITLES, WITHDRAWALS, OverlayKind
from monographs.pages.places import Choice
from reviews import overlays
from reviews.access.refusals import Refusal
from reviews.forms import Form, Text, choices, password


class WarningForm(Form):
    title = forms.ChoiceField(label="What must readers do?", choices=choices(TITLES))
    severity = forms.ChoiceField(label="How severe?", choices=choices(SEVERITIES))
    regulator = forms.ChoiceField(label="Who says so?", choices=choices(REGULATORS))
    issued = forms.CharField(
        label="Issued on", help_text="Year, month, day: 2026-11-23", widget=forms.DateInput(attrs={"type": "date"})
    )
    link = forms.CharField(label="Address of their own text", help_text="Begins with https://", max_length=500)
    quote = forms.CharField(
        label="Their sentence, word for word",
        help_text="One or two sentences. Readers see it in quotation marks; write nothing of your own.",
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": overlays.LONGEST_WORDS}),
    )
    password = password()


class ErratumForm(Form):
    wrong = forms.CharField(
        label="What did the page say?",
        help_text="Copy the words as the page shows them. Where they stand, and since when, is looked up.",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": overlays.LONGEST_WORDS}),
    )
    right = forms.CharField(
        label="What should it say?", widget=forms.Textarea(attrs={"rows": 2, "maxlength": overlays.LONGEST_WORDS})
    )
    harm = forms.ChoiceField(label="What harm could it do?", choices=choices(HARMS))
    password = password()

    # The places in which these words stand, if it is to be said which are meant; and the keys of those chosen so far.
    asked: tuple[Choice, ...] = ()
    chosen: tuple[str, ...] = ()
    all_of_them = ""  # what one tick for all of them says
    places_wrong = ""


class PlacingForm(Form):
    """The form of a kind that needs a reason and a password. Several stand on one page, each with ids of its own."""

    reason = forms.CharField(
        label="Reason, for readers",
        help_text="They see it at once, under the label of the notice. Nothing about a patient.",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": overlays.LONGEST_PRINTED_REASON}),
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
        box, longest = self.fields["reason"], overlays.LONGEST_PRINTED_REASON
        box.help_text = f"They read: “Retired on …: your words”. Up to {longest} characters, nothing about a patient."
        box.widget.attrs["maxlength"] = longest
        self.refuse(refusals)
