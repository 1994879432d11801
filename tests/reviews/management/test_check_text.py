"""`check_text`: which published texts do not show what was typed, and what was decided about each."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from monographs.models import Document, Monograph, Publication
from reviews.models import AuditEvent, Misprint
from tests import factories as make
from tests import tables

pytestmark = pytest.mark.django_db


def checked(*options):
    """(exit status, what was said)"""
    out, status = StringIO(), 0
    try:
        call_command("check_text", *options, stdout=out)
    except SystemExit as ended:
        status = ended.code
    return status, out.getvalue()


def test_a_house_that_prints_what_was_typed(house):
    make.published(house)
    make.draft(house, "draftumab", make.misprinted())
    entries = AuditEvent.objects.count()

    assert checked() == (0, "Every published text shows what was typed (4 parts of 1 editions looked at).\n")

    assert json.loads(checked("--json")[1]) == {"parts": 4, "editions": 1, "open": 0, "unreadable": [], "found": []}
    assert AuditEvent.objects.count() == entries


def test_nothing_is_published(house):
    assert checked() == (0, "Every published text shows what was typed (0 parts of 0 editions looked at).\n")


def test_each_kind_is_listed_with_what_was_typed_and_shown(house):
    header = make.document().header.replaced(introduction="Below 1.5*10^9/L or 100*10^9/L.")
    make.published(house, doc=make.misprinted().replaced(header=header))

    status, said = checked("--json")

    told = json.loads(said)
    assert (status, told["open"], told["parts"], told["editions"]) == (1, 12, 15, 1)
    assert {one["part"] for one in told["found"]} == {"Introduction", *(name.capitalize() for name in make.MISPRINTED)}
    assert told["found"][0] == {
        "monograph": "testazumab", "edition": 1, "live": True, "key": "header", "part": "Introduction",
        "typed": "Below 1.5*10^9/L or 100*10^9/L.", "shown": "Below 1.510^9/L or 10010^9/L.", "open": True, "decided": "",
    }  # fmt: skip
    lines = checked()[1].splitlines()
    assert lines[:4] == [
        "testazumab, edition 1 (live): Introduction",
        "  typed: Below 1.5*10^9/L or 100*10^9/L.",
        "  shown: Below 1.510^9/L or 10010^9/L.",
        "  open",
    ]
    assert "  shown: (nothing)" not in lines  # "The reflex is graded:" stands before the signs that are lost
    assert lines[-1] == (
        "Published texts that do not show what was typed: 12, 12 open (15 parts of 1 editions looked at)."
    )


def test_archived_editions_are_listed_and_what_was_decided_is_said(house):
    names = ("minus", "alleles", "powers")
    first = make.published(house, doc=make.misprinted(**{name: make.MISPRINTED[name] for name in names}))
    page = Monograph.objects.get()
    make.call_harmless(house.clinician, page, "the box says it")
    edition = make.start(house, first)
    make.reword(edition, "alleles", "Ask for HLA-B*15:02.", actor=house.editor)
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.publish(house, make.sign(edition, house.pharmacist))
    make.correct(house.pharmacist, page, "12 … 34", "10 … 81")

    status, said = checked()

    assert (status, said.splitlines()[3::4]) == (
        0,
        [
            "  harmless: the box says it",
            "  ended by edition 2",
            "  corrected",
            "  harmless: the box says it",
            "  corrected",
        ],
    )
    assert [line for line in said.splitlines() if line.startswith("testazumab")] == [
        "testazumab, edition 1 (archived): Minus",
        "testazumab, edition 1 (archived): Alleles",
        "testazumab, edition 1 (archived): Powers",
        "testazumab, edition 2 (live): Minus",
        "testazumab, edition 2 (live): Powers",
    ]


def test_it_reads_the_documents_and_not_what_was_derived_of_them(house):
    make.published(house, doc=make.misprinted())
    with tables.no_triggers():
        Misprint.objects.all().delete()

    assert json.loads(checked("--json")[1])["open"] == len(make.MISPRINTED)


def test_a_document_that_cannot_be_read_is_no_success(house):
    make.published(house)
    with tables.no_triggers():
        Document.objects.filter(pk=Publication.objects.get().document_id).update(text="[]")

    status, said = checked()

    assert status == 1
    assert said == "testazumab, edition 1: its document cannot be read. `manage.py verify_trail` says more.\n"
