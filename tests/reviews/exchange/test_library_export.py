"""Which lines are written and in which order; what is not written is said."""

import json
import stat
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from monographs.digest import as_json
from reviews.exchange.library_export import library
from tests import factories as make

pytestmark = pytest.mark.django_db


def export(*arguments):
    out, err = StringIO(), StringIO()
    call_command("export_library", *arguments, stdout=out, stderr=err)
    return [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def test_live_documents_or_open_drafts_and_all_of_the_rest(house):
    first = make.published(house, "pageumab")
    make.reword(make.start(house, first), "monitoring", "Other words.", actor=house.editor)
    make.draft(house, "draftumab")
    make.withdraw(make.published(house, "agoneumab"), house.publisher, "take_down")

    live, said = export()
    drafts, said_of_drafts = export("--edition", "open")

    assert [(one["kind"], one.get("slug")) for one in live] == [
        ("library", None), ("class", "neurology"), ("class", "multiple-sclerosis"), ("drug", "agoneumab-drug"),
        ("drug", "draftumab-drug"), ("drug", "pageumab-drug"), ("monograph", "agoneumab"), ("monograph", "pageumab"),
        ("end", None),
    ]  # fmt: skip
    assert [one["slug"] for one in drafts if one["kind"] == "monograph"] == ["draftumab", "pageumab"]
    texts = [one["document"]["sections"][1]["text"] for one in (live[-2], drafts[-2])]
    assert texts == ["Tests go on for years.", "Other words."]
    assert live[-3]["document"] == as_json(make.document())
    assert live[-1] == {"kind": "end", "classes": 2, "drugs": 3, "references": 0, "monographs": 2}
    assert "Mind: over the page of agoneumab stands, and does not travel: Removed.\n" in said
    assert "2 of 2 monographs." in said
    assert "Mind" not in said_of_drafts


def test_queries_do_not_grow_with_what_is_written(house, django_assert_num_queries):
    for slug in ("oneumab", "twoumab"):
        make.published(house, slug)
    with django_assert_num_queries(8):
        list(library("live", lambda said: None))
    make.published(house, "threeumab")
    with django_assert_num_queries(8):
        list(library("live", lambda said: None))


def test_a_file_is_there_whole_or_not_at_all_and_its_owners_alone(house, tmp_path, monkeypatch):
    path = tmp_path / "library.jsonl"
    export(str(path))
    before = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def broken(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reviews.management.commands.export_library.os.fsync", broken)
    with pytest.raises(CommandError, match=r"it cannot be written \(No space left on device\)"):
        export(str(path))

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
