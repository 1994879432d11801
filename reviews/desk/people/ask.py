"""Asking an administrator for a right, from wherever a page says to ask one."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from reviews.access import asking, policy
from reviews.access.attempts import NOT_TRIED, attempt
from reviews.desk.base import DeskRequest, class_tree, indented, own
from reviews.desk.people.forms import KEPT, MAY
from reviews.desk.whom_to_ask import names_for
from reviews.forms import Form, Text, choices, offer


class AskForm(Form):
    """The places are the classes that there are now, for whoever may come in: `offer` fills them in."""

    role = forms.ChoiceField(
        label="What you ask for",
        choices=choices({**MAY, asking.REGISTRATION: "Sign: have my registration looked up"}),
    )
    on = forms.ChoiceField(label="Where", required=False)
    reason = Text(rows=3, label="What you need it for", help_text=f"The administrators read it. {KEPT}")
    page = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)


@own
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: DeskRequest) -> HttpResponse:
    """`?page=` is the page that said so. What was asked already is shown, with whom it waits for."""
    initial = {"page": request.GET.get("page", "")[:200], "role": request.GET.get("role", "")}
    form, tried = AskForm(request.POST if request.method == "POST" else None, initial=initial), NOT_TRIED
    places = indented(class_tree().values()) if policy.can(request.user, "use_desk") else []
    listed = [(f"class:{one.slug}", words) for one, words in places]
    offer(form, "on", [("", "As the administrator thinks"), ("everywhere", "Everywhere"), *listed])
    if request.method == "POST":
        tried = attempt(lambda: asking.ask(request.user, **form.given))
        if tried.is_done:
            messages.success(request, "The administrators are told.")
            return redirect("account_ask")
    context = {
        "form": form,
        "refusals": form.refuse(tried.refusals),
        "asked": asking.open_of(request.user),
        "names": names_for(request.user),
    }
    return render(request, "account/ask.html", context, status=tried.status)
