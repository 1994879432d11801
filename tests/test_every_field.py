"""Every field of every part and of the header, at every place where people meet it: page, form, difference, export,
search, and nowhere for readers before it is published.

A field that is added to `monographs.document` is asked for here by itself. What is forgotten is told with its place.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from monographs import document as values
from monographs.assemble import build
from monographs.declared import declared_of
from monographs.difference.document_diff import compare
from monographs.document import PART_FIELDS
from monographs.models import Edition, State
from monographs.pages.lines import partial_date
from monographs.signable import signable
from tests import factories as make
from tests import whole
from tests.forms import forms_of
from tests.monographs.public.test_leaks import addresses
from tests.reviews.exchange.test_importer import export

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

# Fields that hold no free words -> how a page says the value that `whole` gives them; None: it says nothing.
SAYS = {
    "header.names.kind": "British name",
    "header.brands.country": None,  # a brand of elsewhere is left out,
    "header.codes.system": None,  # codes are for machines: beside the page, in its data
    "header.codes.code": None,
    "header.class_path.slug": "/classes/multiple-sclerosis/",
    "header.dosing.status": None,  # there is only one
    "header.dosing.since": "4 May 2026",
    "sections.kind": "What it is for",
    "regimens.status": None,  # no dose is shown yet
    "regimens.since": "11 May 2026",
    "regimens.structure": "Relapse after a year",
    "notices.type": None,  # a critical notice is called by its severity
    "notices.severity": "notice-critical",
    "notices.issued": "12 February 2020",
    "notices.effective": None,  # it decides whether the notice is there
    "notices.expires": None,
    "monitoring.source": "#ref-2",
    "notices.source": "#ref-2",
    "citations.label": None,  # the number of the reference stands for it
    "citations.csl": "A record of everything",
    "related.target": None,  # its page is not published here
}
# Free words that a page does not print: the title is that of the edition, for the desk and for search.
NOT_ON_PAGE = {"header.codes.name", "header.title", "related.reason", "regimens.passage"}
SEARCHED = {"header.title", "header.name", "header.names.name", "header.brands.name", "header.class_path.name", "header.covers"}  # fmt: skip
NO_PERSONS = {"key", "text_rules"}
# What follows from something else: the severity from the type, the path from the class. (Doses have one status.)
NOT_TYPED = {"header.class_path.name", "header.class_path.slug", "header.dosing.status", "notices.severity", "regimens.status"}  # fmt: skip
# Field -> its box in the form of its part, where it is called otherwise.
BOX = {
    **{f"header.{rows}.{name}": f"{rows}-0-{name}" for rows, names in
       {"names": ("kind", "name"), "brands": ("name", "country"), "codes": ("system", "code", "name")}.items()
       for name in names},
    **{f"header.dosing.{name}": f"dosing_{name}" for name in ("since", "reason", "instead")},
    "regimens.reason": "why", "regimens.structure": "indication", "related.reason": "reason_shown", "citations.csl": "title",
}  # fmt: skip
# What the form shows of what such a box holds, where it is not the value itself.
IN_BOX = {"citations.csl": "A record of everything", "regimens.structure": "relapse after a year"}
# Another value of these makes another document of it, and not another word.
NOT_HIDDEN = {
    "sections.kind", "notices.type", "notices.severity", "header.names.kind", "header.brands.country",
    "header.codes.system", "header.dosing.status", "header.class_path.slug", "notices.source", "monitoring.source",
    "citations.label", "citations.csl", "regimens.status", "regimens.structure",
}  # fmt: skip


def field_of(path: str) -> str:
    """`monitoring.0.note` -> `monitoring.note`"""
    bare = re.sub(r"\.\d+", "", path)
    return "citations.csl" if bare.startswith("citations.csl.") else bare


def marked(mark: str) -> tuple[values.Document, dict[str, str]]:
    """The whole document with a word of its own in every text, and field -> that word."""
    document, marks = whole.whole(), dict[str, str]()
    for path, value in whole.leaves(document).items():
        field = field_of(path)
        if (
            field not in marks
            and isinstance(value, str)
            and field not in SAYS
            and field.rpartition(".")[2] not in NO_PERSONS
            and not whole.choices_at(path)
        ):
            marks[field] = f"{mark}{len(marks):02}x"
            document = whole.with_leaf(document, path, f"{value} {marks[field]}")
    return document, marks


FIELDS = sorted(field for field in whole.fields() - whole.MADE if field.rpartition(".")[2] not in NO_PERSONS)


def told(missing: dict[str, list[str]]) -> str:
    return "\n".join(f"{field}: not {', not '.join(places)}" for field, places in missing.items() if places)


@contextmanager
def asking(missing: dict[str, list[str]], field: str, where: str) -> Iterator[None]:
    """An error while a field is asked for is told with the field, and the others are asked for as well."""
    try:
        yield
    except Exception as error:  # whatever it is, it is about this field
        missing.setdefault(field, []).append(f"{where} ({type(error).__name__}: {str(error).splitlines()[0][:200]})")


def first_of(document: values.Document) -> dict[str, tuple[str, object]]:
    """Field -> (path, value) of the first place at which it is set."""
    found: dict[str, tuple[str, object]] = {}
    for path, value in whole.leaves(document).items():
        found.setdefault(field_of(path), (path, value))
    return found


@pytest.fixture
def wholumab(house):
    """(its live edition, field -> word of it, the words of its next draft)"""
    document, marks = marked("zq")
    edition = make.published(house, "wholumab", document)
    draft = make.start(house, edition)
    later, hidden = marked("qz")
    for field, (path, value) in first_of(later).items():
        if field in SAYS and field not in NOT_HIDDEN:  # no words of its own, but another value
            hidden[field] = str(whole.another(path, value))
            later = whole.with_leaf(later, path, hidden[field])
    with make.audited_write(actor=house.editor) as trail:
        with make.change_set(trail, edition=draft, reason="") as change:
            change.load(later)
    return edition, marks, hidden


def boxes_of(client, house, key: str) -> dict[str, list[str]]:
    """What the form of a part holds before anybody types: box -> its values."""
    client.force_login(house.editor)
    at = reverse("edit_header", args=["wholumab"]) if key == "header" else reverse("part_edit", args=["wholumab", key])
    return {name: held for form in forms_of(client.get(at).content.decode()) for name, held in form.fields.items()}


def test_each_field_is_where_people_meet_it(house, client, wholumab):
    _edition, marks, _hidden = wholumab
    reader = Client()
    page = unescape(reader.get("/drugs/wholumab/").content.decode()).replace("\xa0", " ")
    (exported,) = export()
    of_export = values.Document.model_validate(exported["document"])
    draft = build(Edition.objects.get(monograph__slug="wholumab", state=State.DRAFT))
    leaves, out = first_of(draft), {field: str(value) for field, (_path, value) in first_of(of_export).items()}
    # Of a dose that is not shown no figure is published, and so none exported.
    shown = {field: str(value) for field, (_path, value) in first_of(signable(marked("zq")[0])).items()}
    boxes: dict[str, dict[str, list[str]]] = {}
    missing: dict[str, list[str]] = {field: [] for field in FIELDS}
    for field in FIELDS:
        with asking(missing, field, "in a form and the export"):
            kind, name = field.partition(".")[0], field.rpartition(".")[2]
            path, value = leaves[field]
            key = "header" if kind == "header" else str(getattr(draft, kind)[int(path.split(".")[1])].key)
            if key not in boxes:
                boxes[key] = boxes_of(client, house, key)
            box, holds = BOX.get(field, name), IN_BOX.get(field, str(value))
            if field not in NOT_TYPED and boxes[key].get(box) != [holds]:
                missing[field].append(f"in the form as box {box} that holds “{holds}”, but {boxes[key].get(box)}")
            if out.get(field) != shown.get(field):
                missing[field].append(f"in the export as “{shown.get(field)}”")
        with asking(missing, field, "on the page or by search"):
            says = marks.get(field, SAYS.get(field, "(say in SAYS of this test how a page says it)"))
            if says is not None and field not in NOT_ON_PAGE and says not in page:
                missing[field].append(f"on the page: “{says}”")
            if field in marks:
                is_found = "/drugs/wholumab/" in reader.get(f"/search/?q={marks[field]}").content.decode()
                if is_found != (field in SEARCHED):
                    missing[field].append("found as it should be (SEARCHED of this test)")

    assert told(missing) == ""


MODELS = {
    "header": values.Header, "header.names": values.DrugName, "header.brands": values.Brand, "header.codes": values.Code,
    "header.dosing": values.Dosing, **{PART_FIELDS[kind]: model for kind, model in whole.MODELS.items()},
}  # fmt: skip


def test_each_field_that_changes_is_told_by_its_label():
    missing: dict[str, list[str]] = {}
    for path, _old, _new, document in whole.changed():
        field = field_of(path)
        kind, _, name = field.rpartition(".")
        if name in NO_PERSONS or field == "citations.csl" or kind == "header.class_path":
            continue
        with asking(missing, field, "told by the difference"):
            (change,) = compare(whole.whole(), document).changes
            label = declared_of(MODELS[kind])[name].label
            if kind.startswith("header.") and kind != "header.dosing":  # rows are told by the label of their list
                label = declared_of(values.Header)[kind.partition(".")[2]].label
            if [one.label for one in change.fields] != [label]:
                missing[field] = [f"told as “{label}”"]

    assert told(missing) == ""


def in_words(hidden: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(field, words) by which a page could tell it: a date in two ways."""
    for field, words in hidden.items():
        yield field, words
        if re.fullmatch(r"\d{4}-\d\d-\d\d", words):
            yield field, partial_date(words)


def test_no_field_of_a_draft_is_anywhere_for_readers(wholumab):
    _edition, _marks, hidden = wholumab
    reader, found = Client(), dict[str, list[str]]()
    for address in sorted({at.replace("testazumab", "wholumab") for at in addresses()}):
        said = unescape(reader.get(address).content.decode())
        for field, word in in_words(hidden):
            if word in said:
                found.setdefault(field, []).append(f"hidden at {address}: “{word}”")

    assert set(hidden) == set(FIELDS) - NOT_HIDDEN
    assert told(found) == ""
