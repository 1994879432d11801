"""Every field of every part and of the header, at every place where people meet it: page, form, difference, export,
search, and nowhere for readers before it is published.

A field that is added to `monographs.document` is asked for here by itself. What is forgotten is told with its place.
"""

import json
import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from monographs import document as values
from monographs.declared import declared_of
from monographs.difference.document_diff import compare
from monographs.document import PART_FIELDS
from tests import factories as make
from tests import whole
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
NOT_ON_PAGE = {"header.codes.name", "header.title", "related.reason"}
SEARCHED = {"header.title", "header.name", "header.names.name", "header.brands.name", "header.class_path.name", "header.covers"}  # fmt: skip
NO_PERSONS = {"key", "text_rules"}
# What follows from something else: the severity from the type, the path from the class.
NOT_TYPED = {"header.class_path.name"}


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
        ):
            marks[field] = f"{mark}{len(marks):02}x"
            document = whole.with_leaf(document, path, f"{value} {marks[field]}")
    return document, marks


FIELDS = sorted(field for field in whole.fields() if field.rpartition(".")[2] not in NO_PERSONS)


def told(missing: dict[str, list[str]]) -> str:
    return "\n".join(f"{field}: not {', not '.join(places)}" for field, places in missing.items() if places)


@pytest.fixture
def wholumab(house):
    """(its live edition, field -> word of it, the words of its next draft)"""
    document, marks = marked("zq")
    edition = make.published(house, "wholumab", document)
    draft = make.start(house, edition)
    later, hidden = marked("qz")
    with make.audited_write(actor=house.editor) as trail:
        with make.change_set(trail, edition=draft, reason="") as change:
            change.load(later)
    return edition, marks, hidden


def test_each_field_is_where_people_meet_it(house, client, wholumab):
    _edition, marks, hidden = wholumab
    reader = Client()
    page = unescape(reader.get("/drugs/wholumab/").content.decode()).replace("\xa0", " ")
    exported = json.dumps(export())
    client.force_login(house.editor)
    parts = [reverse("part_edit", args=["wholumab", one.key]) for one in whole.whole().parts()]
    forms = "".join(client.get(at).content.decode() for at in [reverse("edit_header", args=["wholumab"]), *parts])
    missing: dict[str, list[str]] = {field: [] for field in FIELDS}
    for field in FIELDS:
        says = marks.get(field, SAYS.get(field, "(say in SAYS how a page says it)"))
        if says is not None and field not in NOT_ON_PAGE and says not in page:
            missing[field].append("on the page")
        if field in marks:
            if field not in NOT_TYPED and hidden[field] not in forms:
                missing[field].append("in the form")
            if marks[field] not in exported:
                missing[field].append("in the export")
            is_found = "/drugs/wholumab/" in reader.get(f"/search/?q={marks[field]}").content.decode()
            if is_found != (field in SEARCHED):
                missing[field].append("found as it should be")

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
        (change,) = compare(whole.whole(), document).changes
        label = declared_of(MODELS[kind])[name].label
        outer = declared_of(values.Header)[kind.partition(".")[2]].label if kind[7:] in values.Header.model_fields and kind != "header.dosing" else label  # fmt: skip
        if [one.label for one in change.fields] != [outer]:
            missing[field] = [f"told as “{outer}”"]

    assert told(missing) == ""


def test_no_field_of_a_draft_is_anywhere_for_readers(wholumab):
    _edition, _marks, hidden = wholumab
    reader, found = Client(), dict[str, list[str]]()
    for address in sorted({at.replace("testazumab", "wholumab") for at in addresses()}):
        said = reader.get(address).content.decode()
        for field, word in hidden.items():
            if word in said:
                found.setdefault(field, []).append(f"hidden at {address}")

    assert set(hidden) == {field for field in FIELDS if field not in SAYS}
    assert told(found) == ""
