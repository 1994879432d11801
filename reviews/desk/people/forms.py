"""The forms on people. Verbs judge what is typed; a form says at each box what is wrong with it."""

from typing import Any

from django import forms

from reviews.access import accounts, registrations
from reviews.access.invitation import HAND, MAIL, WAYS
from reviews.forms import Day, Form, Text, choices
from reviews.models.people import ENDINGS, INTEREST_KINDS, PROFESSIONS, SCOPES
from reviews.models.roles import ROLES

KEPT = "It is kept in the trail."
# What a role lets somebody do, as the form that gives it says.
MAY = {
    "editor": "Editor: write and change drafts",
    "clinician": "Clinician: write, review and sign",
    "publisher": "Publisher: publish and withdraw",
    "on-call": "On-call: warn readers at once",
    "auditor": "Auditor: read everything, and the trail (everywhere)",
    "administrator": "Administrator: look after people (everywhere)",
}


class RegistrationForm(Form):
    """A registration as it is stated by somebody else."""

    name = Text(label="Name in the register", attrs={"maxlength": registrations.NAME})
    profession = forms.ChoiceField(
        label="Profession", choices=choices({key: label for key, (label, _body) in PROFESSIONS.items()})
    )
    number = Text(
        label="Registration number",
        help_text="GMC: 7 digits. GPhC: 7 digits that begin with 2. NMC: like 12A3456B.",
        attrs={"maxlength": 40, "autocomplete": "off"},
    )
    specialty = Text(label="Specialty", help_text="Empty, if there is none.", attrs={"maxlength": registrations.TITLE})
    scope = forms.ChoiceField(label="Whom they treat", choices=choices(SCOPES))


class OwnRegistrationForm(RegistrationForm):
    """One's own registration. Only here can somebody consent to be named."""

    scope = forms.ChoiceField(label="Whom you treat", choices=choices(SCOPES))
    name_consent = forms.BooleanField(label="Readers may see my name beside what I sign")


class RenewForm(Form):
    register_date = Day(
        label="Day of the register’s page", help_text="Not over 30 days ago. Its 12 months count from here."
    )
    looked_at = Text(
        label="What you looked at",
        help_text="For example: GMC online register, entry and licence to practise.",
        attrs={"maxlength": registrations.LOOKED_AT},
    )


class VerifyForm(RenewForm):
    reader_title = Text(
        label="Title that readers see", help_text="For example: neurologist.", attrs={"maxlength": registrations.TITLE}
    )
    specialty = Text(label="Specialty in the register", attrs={"maxlength": registrations.TITLE})
    scope = forms.ChoiceField(label="Whom they treat", choices=choices(SCOPES))


class EndForm(Form):
    how = forms.ChoiceField(label="What happened", choices=choices(ENDINGS))
    reason = Text(rows=3, label="Reason", help_text=f"And where you read it. {KEPT}")


class GiveForm(Form):
    """The places are those that are there now: `offer` fills them in."""

    role = forms.ChoiceField(label="May", choices=choices({name: MAY[name] for name in ROLES}))
    on = forms.ChoiceField(label="Where", help_text="A class counts for all below it.")
    reason = Text(rows=2, label="Reason", help_text=f"It may stay empty. {KEPT}")


class LinkForm(Form):
    by = forms.ChoiceField(label="How they get it", choices=list(WAYS.items()), initial=HAND)


class InviteForm(GiveForm):
    name = Text(label="Name", attrs={"maxlength": accounts.NAME, "autocomplete": "off"})
    email = Text(label="E-mail", attrs={"maxlength": accounts.EMAIL, "autocomplete": "off"})
    username = Text(
        label="Signs in as",
        help_text="Letters, digits, dots and hyphens. It never changes.",
        attrs={"maxlength": accounts.USERNAME, "autocomplete": "off"},
    )
    by = forms.ChoiceField(
        label="How they get their link",
        help_text="It opens once, within 72 hours, and they set their password with it.",
        choices=list(WAYS.items()),
        initial=MAIL,
    )
    field_order = ("name", "email", "username", "role", "on", "by", "reason")


class GrantForm(Form):
    grant = forms.CharField(widget=forms.HiddenInput)


class TakeForm(Form):
    grant = forms.ChoiceField(label="Which")
    reason = Text(rows=2, label="Reason", help_text=KEPT)


class EmailForm(Form):
    email = Text(label="New e-mail address", attrs={"maxlength": 254, "autocomplete": "off"})


class CloseForm(Form):
    to = forms.ChoiceField(label="Who goes on with their work")
    reason = Text(rows=3, label="Reason", help_text=KEPT)


class ReasonForm(Form):
    reason = Text(rows=3, label="Reason", help_text=KEPT)


class AskedForm(Form):
    """What answers a request carries the number of the one that was seen."""

    asked = forms.Field(required=False, widget=forms.HiddenInput)


class GiveAskedForm(GiveForm, AskedForm):
    """A role, asked for or not."""


class DeclineForm(AskedForm):
    reason = Text(rows=2, label="Your answer", help_text=f"They read it in a letter. {KEPT}")


class FoundForm(Form):
    found = Text(rows=4, label="What you found", help_text=KEPT)


class InterestsForm(Form):
    """Each kind of interest that the ICMJE asks for. None is filled in beforehand: “none” is said."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, label in INTEREST_KINDS.items():
            self.fields[kind].label = label


for _kind in INTEREST_KINDS:
    InterestsForm.base_fields[_kind] = Text(rows=2, attrs={"maxlength": registrations.INTERESTS})
