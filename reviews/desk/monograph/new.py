"""A new monograph: on a drug of the list or a new one, in a class, at an address."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from monographs.canonical import BadCharacters, clean_line
from monographs.checks.plain_fields import refusal
from monographs.document import Code, Header
from monographs.models import Drug
from monographs.texts.characters import says_nothing
from monographs.texts.slugs import LONGEST, slug_of
from monographs.typed import SLUG
from monographs.vocabulary import CODE_SYSTEMS, TRAITS
from reviews.access import policy
from reviews.access.attempts import attempt
from reviews.access.refusals import Refusal
from reviews.desk.base import DeskRequest, class_tree, desk, indented, no_entry
from reviews.desk.boxes import lists_of, row_form
from reviews.desk.likes import Another, ask_about, typed_in
from reviews.editing.alike import Like, drugs_like, monographs_like
from reviews.editing.library import RESERVED
from reviews.editing.monographs import new
from reviews.forms import Form, FromRows, Text, offer, rows_of

MOST = 500


class Line(Text):
    """One line of text without hidden characters and marks."""

    def __init__(self, longest: int = MOST, **kwargs: Any) -> None:
        said = {"max_length": f"Keep it to {longest:,} characters."}
        super().__init__(**{"max_length": longest, "error_messages": said, **kwargs})

    def clean(self, value: Any) -> str:
        try:
            line = clean_line(super().clean(value))
        except BadCharacters as error:
            raise forms.ValidationError(str(error)) from error
        if sentence := refusal(line):
            raise forms.ValidationError(sentence)
        return line


class NewMonograph(Form):
    """Either a drug of the list or the name of a new one, with its names, brands and codes; class, title, address."""

    drug = FromRows(
        Drug.objects.filter(retired=False),
        empty_label="None of these: a new drug",
        label="Choose a drug",
        help_text="Its names, brands and codes are copied into the first edition.",
    )
    drug_name = Line(
        label="International name", help_text="As the World Health Organization spells it, in small letters."
    )
    another = Another(help_text="If it is one of these, choose that from the list, or correct the name.")
    drug_slug = Line(
        longest=LONGEST, label="Address of the drug", help_text="Made from its name if you leave it empty. It stays."
    )
    traits = forms.MultipleChoiceField(
        choices=list(TRAITS.items()),
        widget=forms.CheckboxSelectMultiple,
        label="What applies to this drug",
        help_text="These decide how many signatures it needs, and which sections the page must have.",
    )
    therapeutic_class = forms.ChoiceField(
        label="Therapeutic class", help_text="The class decides who edits, signs and publishes it."
    )
    title = Line(label="Title", help_text="The drug, and what this page is about if there will be several.")
    another_monograph = Another(
        "Is yours another monograph?", help_text="If it is one of these, write in that one in place of a second one."
    )
    slug = Line(
        longest=LONGEST,
        label="Address",
        help_text="Made from the title if you leave it empty. A publisher can change it later; the old address then "
        "leads to the new one.",
    )

    def __init__(self, data: Any = None, *, classes: list[Any], user: User) -> None:
        super().__init__(data)
        offer(
            self,
            "therapeutic_class",
            [
                ("", "Choose a class"),
                *((one.slug, words) for one, words in classes),
            ],
        )
        name = typed_in(data, "drug_name")
        self.likes = ask_about(self, drugs_like(name) if name and not data.get("drug") else ())
        self.likes_here = [one for one in self.likes if one.is_here]
        self.monographs_like = ask_about(self, self._monographs_like(data, user), "another_monograph")
        self.by_slug = {one.slug: one for one, _ in classes}
        for name, said, row in lists_of(Header):
            self.rows[name] = rows_of(row_form(row), name, said.label, data, [])

    def _monographs_like(self, data: Any, user: User) -> list[Like]:
        title, key = typed_in(data, "title"), typed_in(data, "drug")
        drug = Drug.objects.filter(pk=key, retired=False).first() if re.fullmatch("[0-9]{1,9}", key, re.ASCII) else None
        return monographs_like(title, drug, user) if title else []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("therapeutic_class"):
            if "therapeutic_class" not in self.errors:
                self.add_error("therapeutic_class", "Choose a therapeutic class.")
        else:
            data["therapeutic_class"] = self.by_slug[data["therapeutic_class"]]
        for row in self.rows["codes"].filled if self.rows["codes"].is_valid() else ():
            code = row.value
            if isinstance(code, Code) and not re.fullmatch(CODE_SYSTEMS[code.system], code.code, re.ASCII):
                row.add_error("code", f"“{code.code}” is not a code of {code.system}.")
        if not data.get("drug") and not data.get("drug_name") and not self.errors.keys() & {"drug", "drug_name"}:
            self.add_error("drug_name", "Choose a drug from the list, or name a new one.")
        if data.get("drug") and data.get("drug_name"):
            sentence = f"You chose {data['drug'].name} from the list too. Empty this box, or choose “a new drug”."
            self.add_error("drug_name", sentence)
        elif data.get("drug") and (self._is_described(data)):
            stands = f"{data['drug'].name} stands in the list with its names, brands, codes and traits."
            self.add_error("drug", f"{stands} Empty those below, or choose “a new drug”.")
        if "title" not in self.errors and says_nothing(data.get("title", "")):
            self.add_error("title", "Give the monograph a title.")
        slug = data.get("slug") or slug_of(data.get("title", ""))
        if data.get("title") and (not re.fullmatch(SLUG, slug, re.ASCII) or slug in RESERVED):
            wrong = f"“{slug}” cannot be an address." if slug else "An address cannot be made from this title."
            sentence = f"{wrong} Use small letters a to z, figures and single hyphens."
            self.add_error("slug", sentence)
        data["slug"] = slug
        return data

    def _is_described(self, data: dict[str, Any]) -> bool:
        """Whether something is said of a new drug beside its name."""
        rows = self.rows.values()
        return bool(data.get("traits") or data.get("drug_slug") or any(one.filled for one in rows))

    def new_drug(self) -> dict[str, Any]:
        """The drug that was typed in, as the library takes it."""
        lists = {name: [row.value for row in rows.filled] for name, rows in self.rows.items()}
        given = self.cleaned_data
        return {"name": given["drug_name"], "slug": given["drug_slug"], "traits": given["traits"], **lists}


# Where a refusal of the verb is shown.
_FIELDS = {
    "name": "drug_name", "slug": "slug", "title": "title", "traits": "traits", "drug": "drug",
    "drug_slug": "drug_slug",
    "therapeutic_class": "therapeutic_class",
}  # fmt: skip


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def monograph_new(request: DeskRequest) -> HttpResponse:
    """Starts a monograph and edition 1 as a draft. Refused input is shown again with a sentence at each field."""
    classes = [one for one in class_tree().values() if not one.retired and policy.can(request.user, "create", one)]
    if not classes:
        sentence = "You need the editor or clinician role for a class. Ask your administrator."
        return no_entry(request, [Refusal("not_granted", sentence)])
    form = NewMonograph(
        request.POST if request.method == "POST" else None, classes=indented(classes), user=request.user
    )
    status = 200
    if request.method == "POST":
        status = form.refused_status
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
                    another=data.get("another", ()),
                    another_monograph=data.get("another_monograph", ()),
                )
            )
            status = tried.status
            for one in tried.refusals:
                form.add_error(_FIELDS.get(one.field), one.sentence)
            if tried.is_done:
                words = "The monograph is started: edition 1 is a draft. Write its parts, then send it for review."
                messages.success(request, words)
                return redirect("edit", slug=tried.result.monograph.slug)
    return render(request, "reviews/monograph_new.html", {"section": "monographs", "form": form}, status=status)
