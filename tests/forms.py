"""The forms of a page, as a browser would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from reviews.forms import Form as DjangoForm
from reviews.forms import Row


@dataclass
class Form:
    """Where it is sent ("" for the page itself), and what it holds before anybody types: {name: values}."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: set[str] = field(default_factory=set)
    submits: list[str] = field(default_factory=list)  # of all that send it the names ("" for none), in their order
    autofocus: list[str] = field(default_factory=list)

    def filled(self, **typed: str | list[str]) -> dict[str, str | list[str]]:
        return {**self.fields, **{name: one() if callable(one) else one for name, one in typed.items()}}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.words: str | None = None  # the name of the textarea or select that is open

    def handle_starttag(self, tag, attrs):
        of = dict(attrs)
        if tag == "form":
            self.open = Form(of.get("action", ""), of.get("method", "get"))
            self.forms.append(self.open)
        if self.open is None:
            return
        name, kind = of.get("name"), of.get("type", "text")
        if name and "autofocus" in of:
            self.open.autofocus.append(name)
        if tag == "button" and kind in ("text", "submit"):
            self.open.submits.append(name or "")
        if tag == "button" and name:
            self.open.buttons.add(name)
        elif tag == "input" and name and (kind not in ("checkbox", "radio") or "checked" in of):
            self.open.fields.setdefault(name, []).append(of.get("value", ""))
        elif tag in ("textarea", "select") and name:
            self.words = name
            self.open.fields.setdefault(name, [""])
        elif tag == "option" and self.words and "selected" in of:
            self.open.fields[self.words] = [of.get("value", "")]

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = None
        elif tag in ("textarea", "select"):
            self.words = None

    def handle_data(self, data):
        if self.open is not None and self.words and data.strip():
            if self.open.fields[self.words] == [""] and self.lasttag == "textarea":
                self.open.fields[self.words] = [data.removeprefix("\n")]


def forms_of(html: str) -> list[Form]:
    reader = _Reader()
    reader.feed(html)
    return reader.forms


BOXES = {"names": ("kind", "name"), "brands": ("name", "country"), "codes": ("system", "code", "name")}


def rows(name: str, *values: dict[str, str], stood: int = 0) -> dict[str, str]:
    """The rows of a list of a form as a browser sends them; `stood` of them were shown filled, and whoever sends fewer
    emptied the others."""
    values += ({},) * (stood - len(values))
    sent = {f"{name}-TOTAL_FORMS": str(len(values)), f"{name}-INITIAL_FORMS": str(stood)}
    blank = dict.fromkeys(BOXES.get(name, ()), "")
    return sent | {
        f"{name}-{at}-{box}": words for at, row in enumerate(values) for box, words in {**blank, **row}.items()
    }


NO_ROWS = rows("names") | rows("brands") | rows("codes")


def emptied(header: Any) -> dict[str, str]:
    """The rows of a header that was shown, each emptied."""
    return {k: v for name in BOXES for k, v in rows(name, stood=len(getattr(header, name, ()))).items()}


def sent(form: DjangoForm) -> dict[str, object]:
    """A form of ours as a browser would send it back, untouched."""
    found = {form.add_prefix(name): value for name in form.fields if (value := form[name].value()) not in (None, "")}
    if isinstance(form, Row):  # an empty box is sent like any other
        found = {form.add_prefix(name): "" for name in form.fields} | found
    for several in form.rows.values():
        found |= dict(several.counts)
        for one in several.forms:
            found |= sent(one)
    return found


def wrong(answer: Any, form: str = "form") -> dict[str, str]:
    """Box -> the sentence at it, of a form that came back refused."""
    return {name: " ".join(said) for name, said in answer.context[form].errors.items()}
