"""One button on every form of the desk: characters that may not be typed are taken out of what was typed.

The form is sent with `tidy` in it and answered as if it had been refused, with the words that are left and what was
done to them: nothing is saved, and whoever typed them looks at them first. `desk` opens it around each of its views,
and `{% tidy_button %}` shows the button on a form that holds such characters.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django import template
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from monographs.texts.characters import LINE_ENDS, taken_out, tidied
from reviews.access.attempts import nothing_tried
from reviews.access.kept import named
from reviews.forms import Form

FIELD = "tidy"
register = template.Library()


@dataclass(frozen=True)
class Tidied:
    """What was taken out of one field: its name for people ("" for the only one), and a sentence for each thing."""

    field: str
    sentences: list[str]


@contextmanager
def of_form(request: HttpRequest) -> Iterator[None]:
    """If the button was pressed, what is done inside gets the tidied words and does nothing with them. What was taken
    out is `request.tidied`, and stands on the page that answers."""
    if request.method != "POST" or FIELD not in request.POST:
        yield
        return
    post, said = request.POST.copy(), dict[str, list[str]]()
    for name, values in request.POST.lists():
        if "password" not in name and (sentences := [one for value in values for one in taken_out(value)]):
            if not name.startswith("typed_"):  # lines that the editor keeps aside are told of once
                said[name] = sentences
            post.setlist(name, [tidied(value) for value in values])
    request.POST = post  # type: ignore[assignment]  # a copy that was changed once more, as Django gives it
    several = len(said) > 1
    request.tidied = {  # type: ignore[attr-defined]  # for the page that answers
        "fields": [Tidied(named(name) if several else "", sentences) for name, sentences in said.items()]
    }
    with nothing_tried():
        yield


@register.simple_tag
def tidy_button(typed: Form) -> SafeString:
    """The button, where a form holds what it takes out. It stands inside the form."""
    if all(tidied(one) == LINE_ENDS.sub("\n", one) for one in typed.typed_words):
        return SafeString("")
    return format_html(
        '<button class="btn btn-quiet" name="{}" value="1" formnovalidate>Take them out'
        '<span class="vh">: characters that may not be typed</span></button>',
        FIELD,
    )
