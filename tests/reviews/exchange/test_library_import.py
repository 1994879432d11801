"""A library goes out and comes in again, equal; whatever is wrong in a file is named by its line, and nothing is written."""

import json
import os
import signal
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from monographs.digest import as_json
from monographs.models import Drug, Edition, FormerAddress, Monograph, Publication, Reference, TherapeuticClass
from monographs.typed import to_plain
from reviews.access.grants import give
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.editing import classes, drugs, monographs
from reviews.editing.library import keep_references, make_class, make_drug
from reviews.editing.shown import digest_of_row
from reviews.exchange.library_import import Asked, import_library
from reviews.exchange.library_lines import HEADER, PLURAL, dumped, end_line
from reviews.models import AuditEvent, ChangeSet, SignOff
from reviews.review.edition_review import EditionReview
from tests import factories as make
from tests import whole
from tests.processes import run_at_once
from tests.servers import ROOT

pytestmark = pytest.mark.django_db


def act(verb, row, actor, **given):
    row.refresh_from_db()
    return verb(row, actor=actor, seen=digest_of_row(row), reason="For a test", **given)


def build_library(house):
    """All that a library may hold: lists, former names, floors, what is retired, merged or moved, pages and drafts."""
    psoriasis = make_class("Psoriasis", slug="psoriasis", parent=house.root, tier_floor="high", actor=house.admin)
    old = make_class("Old classes", slug="a-old", actor=house.admin)
    below = make_class("Older classes", slug="older", parent=old, actor=house.admin)
    for one in (below, old):
        act(classes.retire_class, one, house.admin)
    act(classes.rename_class, psoriasis, house.admin, name="Psoriases")
    wholumab = make.published(house, "wholumab", whole.whole()).monograph
    make.published(house, "liveumab")
    make.reword(make.start(house, make.published(house, "nextumab")), "monitoring", "A draft.", actor=house.editor)
    make.draft(house, "draftumab")
    for slug in ("movedumab", "movedumab-2"):
        monographs.move(wholumab, slug=slug, actor=house.publisher, reason="A better address")
    drug = Drug.objects.get(slug="liveumab-drug")
    act(
        drugs.change_drug, drug, house.editor, traits=["teratogen"], another=["known:brandex"],
        names=[{"kind": "british", "name": "Liveumabe"}], brands=[{"name": "Brandex", "country": "GB"}],
        codes=[{"system": "ATC", "code": "L04AA34", "name": ""}],
    )  # fmt: skip
    act(drugs.rename_drug, drug, house.editor, name="Liveumab hydrochloride", another=["known:liveumab"])
    act(drugs.retire_drug, drug, house.editor)
    with audited_write(actor=house.editor) as trail:
        other = make_drug(trail, name="Aother drug", traits=["biologic"])
        cited = [one for one in whole.whole().citations if "DOI" in one.csl][:1]
        records = [(one.label, to_plain(one.csl)) for one in (*make.document().citations, *cited)]
        keep_references(trail, records)
    into = Drug.objects.get(slug="draftumab-drug")
    act(drugs.merge_drug, other, house.editor, into=into, seen_into=digest_of_row(into))
    make.warn(house.clinician, Monograph.objects.get(slug="nextumab"))


def export(path, which="live"):
    err = StringIO()
    call_command("export_library", str(path), "--edition", which, stderr=err)
    return err.getvalue()


@pytest.fixture
def library(house, tmp_path):
    """The file of a house that is not here any more."""
    with make.undone():
        build_library(house)
        said = export(tmp_path / "library.jsonl")
    assert "Mind: over the page of nextumab stands, and does not travel: Urgent warning." in said
    return tmp_path / "library.jsonl"


@pytest.fixture
def librarian(house):
    """Somebody who writes, and looks after classes."""
    give(house.editor, "administrator", actor=house.admin)
    return house.editor


def run(path, *options, actor="editor"):
    out, err = StringIO(), StringIO()
    try:
        call_command("import_library", str(path), "--actor", actor, *options, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), f"{err.getvalue()}{error}"
    return out.getvalue(), err.getvalue()


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (TherapeuticClass, Drug, Reference, Monograph, Edition, FormerAddress)
    ]


COUNTS = {"class": 5, "drug": 5, "reference": 2, "monograph": 3}


def test_what_goes_out_comes_in_and_goes_out_again_equal(library, librarian, tmp_path):
    lines = [json.loads(line) for line in library.read_text("utf-8").splitlines()]
    assert lines[-1] == end_line(COUNTS)

    out, _err = run(library)

    assert out == "Taken in: 3 classes (2 there already), 5 drugs, 2 references, 3 monographs.\n"
    export(tmp_path / "again.jsonl", "open")
    assert (tmp_path / "again.jsonl").read_bytes() == library.read_bytes()
    # Drafts of whoever took them in, and nothing signed, published or granted.
    assert set(Edition.objects.values_list("state", "number")) == {("draft", 1)}
    assert not Publication.objects.exists()
    assert not SignOff.objects.exists()
    assert set(ChangeSet.objects.values_list("actor", "reason")) == {(librarian.pk, "Imported from library.jsonl")}
    review = EditionReview.load(Edition.objects.get(monograph__slug="liveumab"))
    assert review.counts_for(librarian.pk) == frozenset()
    # What is retired, merged, renamed and moved is so here too.
    liveumab, aother = Drug.objects.get(slug="liveumab-drug"), Drug.objects.get(slug="aother-drug")
    assert (liveumab.retired, liveumab.former_names, liveumab.traits) == (True, ["liveumab drug"], ["teratogen"])
    assert (aother.retired, aother.merged_into.slug) == (True, "draftumab-drug")
    assert TherapeuticClass.objects.get(slug="older").retired
    former = FormerAddress.objects.filter(monograph__slug="movedumab-2")
    assert set(former.values_list("slug", flat=True)) == {"wholumab", "movedumab"}
    call_command("checkpoint", stdout=StringIO())
    assert verify() == []
    call_command("reindex", stdout=StringIO())
    assert verify() == []

    # Taken in again it adds nothing, and leaves no entry.
    entries, before = AuditEvent.objects.count(), everything()
    assert run(library)[0] == (
        "Taken in: 0 classes (5 there already), 0 drugs (5 there already), 0 references (2 there already), "
        "0 monographs (3 there already).\n"
    )
    assert (AuditEvent.objects.count(), everything()) == (entries, before)


def test_a_draft_that_was_worked_on_meanwhile_is_there_already_and_an_other_one_is_named(library, librarian):
    run(library)
    edition = Edition.objects.get(monograph__slug="nextumab")
    make.reword(edition, "monitoring", "Other words.", actor=librarian)
    assert "(3 there already)" in run(library)[0]

    lines = library.read_text("utf-8").replace("Tests go on for years.", "Tests end soon.")
    library.write_text(lines, "utf-8")

    _out, err = run(library)
    assert "monograph “liveumab”: There is a monograph at “liveumab” already, and it never said this." in err
    assert "(1 there already)" in run(library, "--without", "liveumab", "--without", "nextumab")[0]


def test_a_dry_run_keeps_nothing_and_counts(library, librarian):
    before, entries = everything(), AuditEvent.objects.count()

    out, _err = run(library, "--dry-run")

    assert out == "Would be taken in: 3 classes (2 there already), 5 drugs, 2 references, 3 monographs.\n"
    assert (everything(), AuditEvent.objects.count()) == (before, entries)


def test_who_may_take_what_in(library, house):
    """Classes are an administrator's, the rest an editor's of these classes: nobody needs to be both."""
    for actor in ("editor", "admin", "publisher", "auditor", "nobody"):
        before = everything()
        _out, err = run(library, actor=actor)
        assert "You need the" in err
        assert everything() == before
        assert AuditEvent.objects.latest("seq").verb == "refused"

    assert "“psoriasis”: You need the administrator role" in run(library)[1]
    assert run(library, "--only", "classes", actor="admin")[0].startswith("Taken in: 3 classes (2 there already), 0 ")
    assert "You need the editor or clinician role" in run(library, actor="admin")[1]
    assert run(library)[0].startswith("Taken in: 0 classes (5 there already), 5 drugs, 2 references, 3 monographs")


def test_a_part_of_the_file_says_what_it_lacks(library, librarian):
    _out, err = run(library, "--only", "monographs")

    assert "The drug “liveumab-drug” stands in no earlier line" in err
    assert "takes in those of another library by `manage.py import_library FILE --actor NAME --only classes`" not in err
    assert not Monograph.objects.exists()


# -- What is wrong in a file ---------------------------------------------------------------------------------------------


def a_class(slug="thirds", **changes):
    return {
        "kind": "class", "slug": slug, "name": slug.title(), "parent": None, "tier_floor": "", "retired": False, **changes
    }  # fmt: skip


def a_drug(slug="oneumab", **changes):
    lists = {"names": [], "brands": [], "codes": [], "traits": [], "former_names": []}
    return {"kind": "drug", "slug": slug, "name": slug, "retired": False, "merged_into": None, **lists, **changes}


def a_reference(label="new2020", **changes):
    return {"kind": "reference", "label": label, "csl": {"type": "book", "title": label}, **changes}


def a_monograph(slug="oneumab", doc=None, **changes):
    return {
        "kind": "monograph", "slug": slug, "class": "multiple-sclerosis", "drug": "oneumab", "tier": "standard",
        "former_addresses": [], "document": as_json(doc or make.document()), **changes,
    }  # fmt: skip


def a_file(tmp_path, *lines, end=None):
    kinds = [line["kind"] if isinstance(line, dict) else "" for line in lines]
    end = end or end_line({kind: kinds.count(kind) for kind in PLURAL})
    written = [line if isinstance(line, bytes) else dumped(line).encode() for line in (HEADER, *lines, end)]
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b"\n".join(written) + b"\n")
    return path


def worded(text):
    doc = make.document()
    return doc.replaced(header=doc.header.replaced(introduction=text))


NHS = "999 000 0018"
# What a line says -> what is said of it. Each is tried beside a good class, which is line 2, so it is line 3.
REFUSED_HERE = [
    (a_class("multiple-sclerosis", name="Sclerosis"), "stands at “multiple-sclerosis”. These differ: name, parent."),
    (a_class(parent="nowhere"), "class “thirds”: The class “nowhere” stands in no earlier line."),
    (a_class(parent="thirds"), "class “thirds”: The class “thirds” stands in no earlier line."),
    (a_class("new"), "“new” cannot be an address."),
    (a_class(name=f"Seen {NHS}"), "This holds an NHS number."),
    (a_class("x-9990000018"), "This holds an NHS number."),
    (a_drug(name=f"Seen {NHS}"), "This holds an NHS number."),
    (a_drug(former_names=[f"Seen {NHS}"]), "This holds an NHS number."),
    (a_drug(brands=[{"name": f"Seen {NHS}", "country": "GB"}]), "This holds an NHS number."),
    (a_drug(codes=[{"system": "ATC", "code": "no code", "name": ""}]), "“no code” is not a code of ATC."),
    (a_drug(merged_into="neverumab", retired=True), "The drug “neverumab” stands in no earlier line"),
    (a_reference(csl={"type": "book", "title": f"Seen {NHS}"}), "This holds an NHS number."),
    (a_reference("s9990000018"), ""),
    (a_reference(csl={"type": "book", "author": [{"family": "Nobody"}]}), "Give the reference a title."),
    (
        a_class(name="Multiple sclerosiss"),
        "looks like Multiple sclerosis. Choose what is there, or say that yours is another.",
    ),
    (a_monograph(drug="neverumab"), "monograph “oneumab”: The drug “neverumab” stands in no earlier line"),
    (a_monograph(**{"class": "neverclass"}), "The class “neverclass” stands in no earlier line."),
]


def test_what_may_not_be_written_here_is_named_by_its_line_and_nothing_is(house, librarian, tmp_path):
    before = everything()
    for line, sentence in REFUSED_HERE:
        _out, err = run(a_file(tmp_path, a_class("seconds"), line))
        if sentence:
            assert "line 3, " in err, (line, err)
            assert sentence in err, (line, err)
            assert everything() == before
    drug = a_drug()
    for line, sentence in [
        (a_monograph("new"), "“new” cannot be an address."),
        (a_monograph(former_addresses=["new"]), "“new” cannot be an address."),
        (a_monograph(doc=worded(f"Seen {NHS}")), "This holds an NHS number."),
        (a_drug("merged", merged_into="oneumab"), "A drug that was merged into another one is retired."),
        (a_class("third", parent="second"), "“Second” above it is retired."),
    ]:
        _out, err = run(a_file(tmp_path, drug, a_class("second", retired=True), line))
        assert "line 4, " in err, (line, err)
        assert sentence in err, (line, err)
        assert everything() == before


def test_all_that_is_wrong_is_told_at_once_and_up_to_fifty_refusals(house, librarian, tmp_path):
    _out, err = run(a_file(tmp_path, *(a_drug(f"drug-{n}", name=f"drug {n} {NHS}") for n in range(60))))

    assert err.count("This holds an NHS number.") == 50
    assert not Drug.objects.exists()


def test_a_file_that_cannot_be_read_leaves_an_entry_and_nothing_else(house, librarian, tmp_path):
    before = everything()

    _out, err = run(a_file(tmp_path, a_class(), a_class("second", state="live")))

    assert "bad.jsonl: line 3: state: There is no such field." in err
    assert "The library was not taken in." in err
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.subject, entry.data) == ("import_refused", "file:bad.jsonl", {"findings": 1})
    assert everything() == before


def test_a_page_that_would_print_another_class_is_a_draft_and_said(house, librarian, tmp_path):
    """A class may have moved after the page was signed: its copy stands until it is taken over."""
    line = a_monograph(**{"class": "seconds"})

    _out, err = run(a_file(tmp_path, a_class("seconds", parent="neurology"), a_drug(), line))

    assert (
        "Mind: the page of oneumab would print the class “multiple-sclerosis”, which is not on the way to its own."
        in err
    )
    assert Edition.objects.get().state == "draft"


def test_the_tier_is_a_suggestion(house, librarian, tmp_path):
    _out, err = run(a_file(tmp_path, a_drug(traits=["opioid"]), a_monograph(tier="low")))

    assert Monograph.objects.get().tier == "high"
    assert "Mind: the tier of oneumab is high: its drug, class or notices ask for it." in err


def test_what_is_written_is_what_was_judged_whatever_becomes_of_the_file(house, librarian, tmp_path, monkeypatch):
    """A line that is only there when the file is read again was judged by nobody."""
    later = a_file(tmp_path, a_class(), a_reference(), a_reference("late2020", csl={"title": NHS})).read_bytes()
    path = a_file(tmp_path, a_class(), a_reference())
    monkeypatch.setattr("reviews.exchange.library_import.SAY_EACH", 1)

    def say(sentence):
        if "lines read" in sentence:
            path.write_bytes(later)

    import_library(path, actor=librarian, asked=Asked(), say=say)

    assert Reference.objects.filter(label="new2020").exists()
    assert not Reference.objects.filter(label="late2020").exists()


# -- Real processes ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_one_that_was_killed_is_finished_by_running_it_again(house, librarian, tmp_path, monkeypatch):
    lines = [a_drug(f"drug-{n}", name=f"drug number{n}") for n in range(3)]
    pages = [a_monograph(f"page-{n}", drug=f"drug-{n}", former_addresses=[f"was-{n}"]) for n in range(3)]
    path = a_file(tmp_path, a_class(), *lines, a_reference(), *pages)

    def killed_after(said):
        def say(sentence):
            if said in sentence:
                os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr("reviews.exchange.library_import.SAY_EACH", 1)
        return lambda: import_library(path, actor=librarian, asked=Asked(), say=say)

    for said, count in (("1 lines taken in", 0), ("6 lines taken in", 1), ("7 lines taken in", 2)):
        assert run_at_once(killed_after(said)) == [["killed by 9"]]
        assert Monograph.objects.count() == count
        assert {one for _seq, one in verify() if "checkpoint" not in one} == set()
    out, _err = run(path)

    assert out == (
        "Taken in: 0 classes (1 there already), 0 drugs (3 there already), 0 references (1 there already), "
        "1 monographs (2 there already).\n"
    )
    export(tmp_path / "again.jsonl", "open")
    kept = [
        line for line in (tmp_path / "again.jsonl").read_bytes().splitlines() if b"page-" in line or b"drug-" in line
    ]
    assert kept == [line for line in path.read_bytes().splitlines() if b"page-" in line or b"drug-" in line]
    call_command("checkpoint", stdout=StringIO())
    assert verify() == []


IN_ANOTHER = """
import sys
from django.contrib.auth.models import User
from django.core.management import call_command
from reviews.access.grants import give
library, again = sys.argv[1:]
call_command("migrate", verbosity=0)
call_command("setup", name="Another", admin=[["ada", "ada@example.org"], ["ben", "ben@example.org"]], no_classes=True)
ada, ben = User.objects.order_by("pk")
give(ben, "editor", actor=ada)
call_command("import_library", library, actor="ben")
call_command("export_library", again, edition="open")
call_command("checkpoint")
call_command("verify_trail")
"""


@pytest.mark.slow
def test_what_one_database_wrote_the_other_takes_in_and_writes_the_same_bytes(library, tmp_path):
    """From each to an empty SQLite: what that writes is, byte for byte, what PostgreSQL takes in above."""
    environment = {
        **os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/other.sqlite3", "DEBUG": "1", "DEMO": "0",
        "CHECKPOINT_FILE": str(tmp_path / "other.jsonl"), "SECRET_KEY": "s" * 60, "SIGNING_KEY": "A" * 43 + "=",
    }  # fmt: skip
    again = tmp_path / "again.jsonl"
    start = "import django; django.setup()"
    command = [sys.executable, "-c", start + IN_ANOTHER, str(library), str(again)]
    environment["DJANGO_SETTINGS_MODULE"] = "clincalc.settings"

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Taken in: 5 classes, 5 drugs, 2 references, 3 monographs." in done.stdout
    assert "The trail is whole" in done.stdout
    assert again.read_bytes() == library.read_bytes()
