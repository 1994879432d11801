"""A new monograph: on a drug of the list or a new one, in a class, at an address."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from monographs.canonical import BadCharacters, clean, clean_line
from monographs.checks.plain_fields import refusal
from monographs.document import SLUG
from monographs.models import Drug
from monographs.texts.characters import says_nothing
from monographs.vocabulary import CODE_SYSTEMS, TRAITS
from reviews.access import policy
from reviews.access.attempts import attempt
from reviews.access.refusals import Refusal
from reviews.desk.base import class_tree, desk, indented, no_entry
from reviews.editing.monographs import new
from reviews.reports.forms import judged_by_verbs

# Words that are addresses of the desk's own.
TAKEN = {"new"}
MOST = 500
NAME_FIELDS = {"british": "British name", "american": "American name"}


class Line(forms.CharField):
    """One line of text without hidden characters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": MOST, **kwargs})
        judged_by_verbs(self)

    def clean(self, value: Any) -> str:
        try:
            line = clean_line(super().clean(value))
        except BadCharacters as error:
            raise forms.ValidationError(str(error)) from error
        if sentence := refusal(line):
            raise forms.ValidationError(sentence)
        return line


class Lines(Line):
    """Several lines, each by itself; empty ones are passed over."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 5_000, **kwargs})

    def clean(self, value: Any) -> list[str]:
        text = forms.CharField.clean(self, value)
        try:
            lines = [line for line in map(clean_line, clean(text).split("\n")) if line]
        except BadCharacters as error:
            raise forms.ValidationError(str(error)) from error
        if sentence := next(filter(None, map(refusal, lines)), ""):
            raise forms.ValidationError(sentence)
        if any(len(line) > MOST for line in lines):
            raise forms.ValidationError(f"A line is longer than {MOST} characters. Shorten it.")
        return lines


class NewMonograph(forms.Form):
    """Either a drug of the list or the name of a new one; class, title and address."""

    drug = forms.ModelChoiceField(Drug.objects.all(), required=False, empty_label="None of these: a new drug")
    drug_name = Line()
    british = Line()
    american = Line()
    other_names = Lines()
    brands = Lines()
    atc = Line(max_length=20)
    rxnorm = Line(max_length=20)
    traits = forms.MultipleChoiceField(
        choices=list(TRAITS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    therapeutic_class = forms.TypedChoiceField(error_messages={"required": "Choose a therapeutic class."})
    title = Line(required=True, error_messages={"required": "Give the monograph a title."})
    slug = Line(max_length=100)

    def __init__(self, *args: Any, classes: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Choose a class"), *((one.slug, words) for one, words in classes)]
        self.fields["therapeutic_class"].choices = choices
        self.by_slug = {one.slug: one for one, _ in classes}
        for name, field in self.fields.items():
            if name != "traits":
                field.widget.attrs["class"] = "input"
        for name in ("other_names", "brands"):
            self.fields[name].widget.attrs["rows"] = 3

    def clean_therapeutic_class(self) -> Any:
        return self.by_slug[self.cleaned_data["therapeutic_class"]]

    def clean_atc(self) -> str:
        return self._code("atc", "ATC", "An ATC code looks like A10BA02.")

    def clean_rxnorm(self) -> str:
        return self._code("rxnorm", "RxNorm", "An RxNorm code is a number of up to 8 digits.")

    def _code(self, name: str, system: str, sentence: str) -> str:
        code = self.cleaned_data[name].upper()
        if code and not re.fullmatch(CODE_SYSTEMS[system], code, re.ASCII):
            raise forms.ValidationError(sentence)
        return code

    def clean_brands(self) -> list[dict[str, str]]:
        """A brand a line; "Name (US)" is one of another country."""
        brands = []
        for line in self.cleaned_data["brands"]:
            found = re.fullmatch(r"(.+?)\s*\(([A-Za-z]{2})\)", line, re.ASCII)
            brands.append({"name": found[1] if found else line, "country": found[2].upper() if found else "GB"})
        return brands

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("drug") and not data.get("drug_name") and not self.errors.keys() & {"drug", "drug_name"}:
            self.add_error("drug_name", "Choose a drug from the list, or name a new one.")
        if data.get("drug") and data.get("drug_name"):
            sentence = f"You chose {data['drug'].name} from the list too. Empty this box, or choose “a new drug”."
            self.add_error("drug_name", sentence)
        if data.get("title") and says_nothing(data["title"]):
            self.add_error("title", "Give the monograph a title.")
        slug = data.get("slug") or slugify(data.get("title", ""))[:100].strip("-")
        if data.get("title") and (not re.fullmatch(SLUG, slug, re.ASCII) or slug in TAKEN):
            wrong = f"“{slug}” cannot be an address." if slug else "An address cannot be made from this title."
            sentence = f"{wrong} Use small letters a to z, figures and single hyphens."
            self.add_error("slug", sentence)
        data["slug"] = slug
        return data

    def new_drug(self) -> dict[str, Any]:
        """The drug that was typed in, as the library takes it."""
        data = self.cleaned_data
        names = [{"kind": kind, "name": data[kind]} for kind in NAME_FIELDS if data[kind]]
        names += [{"kind": "other", "name": name} for name in data["other_names"]]
        codes = [("ATC", data["atc"]), ("RxNorm", data["rxnorm"])]
        return {
            "name": data["drug_name"],
            "names": names,
            "brands": data["brands"],
            "codes": [{"system": system, "code": code} for system, code in codes if code],
            "traits": data["traits"],
        }


# Where a refusal of the verb is shown.
_FIELDS = {"name": "drug_name", "slug": "slug", "traits": "traits"}


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def monograph_new(request: HttpRequest) -> HttpResponse:
    """Starts a monograph and edition 1 as a draft. Refused input is shown again with a sentence at each field."""
    classes = [one for one in class_tree().values() if policy.can(request.user, "create", one)]
    if not classes:
        sentence = "You need the editor or clinician role for a class. Ask your administrator."
        return no_entry(request, [Refusal("not_granted", sentence)])
    form = NewMonograph(request.POST if request.method == "POST" else None, classes=indented(classes))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            tried = attempt(
                lambda: new(
                    actor=request.user,
                    slug=data["slug"],
                    title=data["title"],
                    therapeutic_class=data["therapeutic_class"],
                    drug=data["drug"],
                    new_drug=None if data["drug"] else form.new_drug(),
                )
            )
            status = tried.status
            for one in tried.refusals:
                form.add_error(_FIELDS.get(one.field), one.sentence)
            if tried.is_done:
                words = "The monograph is started: edition 1 is a draft. Write its parts, then send it for review."
                messages.success(request, words)
                return redirect("workspace", slug=tried.result.monograph.slug)
    return render(request, "reviews/monograph_new.html", {"section": "monographs", "form": form}, status=status)
