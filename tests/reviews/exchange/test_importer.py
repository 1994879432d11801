"""Import and export: all or nothing a file, never beyond a draft, and back again without loss."""

import json
import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from monographs.assemble import build
from monographs.digest import as_json, digest
from monographs.document import Citation, PathStep
from monographs.models import Drug, Edition, Monograph, Reference
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.editing.drugs import rename_drug
from reviews.editing.library import make_class
from reviews.editing.shown import digest_of_row
from reviews.exchange.importer import import_file
from reviews.models import AuditEvent, ChangeSet
from reviews.review.edition_review import EditionReview
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.django_db


def line(slug="importumab", doc=None, **changes):
    form = {
        "schema": "clincalc-monograph/1",
        "slug": slug,
        "drug": {"name": f"{slug} drug", "brands": [{"name": "Brandex", "country": "GB"}]},
        "traits": ["opioid"],
        "tier": "low",
        "class": "multiple-sclerosis",
        "document": as_json(doc or make.document()),
    }
    return {**form, **changes}


def written(tmp_path, *lines, name="in.jsonl"):
    path = tmp_path / name
    path.write_text("\n".join(json.dumps(one) for one in lines))
    return str(path)


def run(*arguments, actor="editor"):
    out, err = StringIO(), StringIO()
    try:
        call_command("import_monographs", *arguments, "--actor", actor, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), f"{err.getvalue()}{error}"
    return out.getvalue(), err.getvalue()


def export(*arguments):
    out = StringIO()
    call_command("export_monographs", *arguments, stdout=out)
    return [json.loads(one) for one in out.getvalue().splitlines()]


def test_an_import_is_a_draft_with_the_importer_as_its_author(house, tmp_path):
    out, err = run(written(tmp_path, line()))

    edition = Edition.objects.get(monograph__slug="importumab")
    assert (err, edition.state, edition.number) == ("", "draft", 1)
    assert "importumab is edition 1, a draft." in out
    assert digest(build(edition)) == digest(make.document())
    assert edition.monograph.tier == "high"  # an opioid is never below, whatever the file suggests
    assert Drug.objects.get(slug="importumab-drug").traits == ["opioid"]
    assert Reference.objects.filter(label="trial2020").exists()
    change = ChangeSet.objects.get(edition=edition)
    assert change.actor == house.editor
    assert set(change.touched) == {"header", *(str(part.key) for part in make.document().parts())}


def test_one_bad_monograph_of_a_file_keeps_the_whole_file_out(house, tmp_path):
    before = AuditEvent.objects.count()

    _out, err = run(written(tmp_path, line("goodumab"), line("badumab", **{"class": "no-such-class"})))

    assert "badumab: There is no therapeutic class “no-such-class”." in err
    assert not Monograph.objects.exists()
    assert not Drug.objects.exists()
    assert AuditEvent.objects.count() == before + 1
    assert AuditEvent.objects.latest("seq").verb == "refused"


def test_a_dry_run_keeps_nothing_and_says_what_would_be(house, tmp_path):
    before = AuditEvent.objects.count()

    out, err = run(written(tmp_path, line()), "--dry-run")

    assert "importumab would become edition 1, a draft." in out
    assert err == ""
    assert not Monograph.objects.exists()
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("actor", ["clinician", "publisher", "nobody"])
def test_who_may_import(house, tmp_path, actor):
    _out, err = run(written(tmp_path, line()), actor=actor)

    assert Monograph.objects.exists() == (actor == "clinician")
    assert ("You need the editor role" in err) == (actor != "clinician")


def test_an_open_edition_is_not_imported_over_and_a_live_one_gets_its_next(house, tmp_path):
    make.published(house)
    changed = make.document(header=make.document().header.replaced(introduction="Another introduction."))
    path = written(tmp_path, line("testazumab", changed))

    assert run(path)[1] == ""
    second = Edition.objects.get(monograph__slug="testazumab", number=2)
    assert ChangeSet.objects.get(edition=second).touched == ["header"]
    assert "open edition" in run(path)[1]


def test_what_was_exported_comes_back_as_it_was(house, tmp_path):
    make.published(house)
    make.draft(house, "otherumab")
    (live,) = export()
    assert live["slug"] == "testazumab"
    (opened,) = export("--edition", "open", "--slug", "otherumab")
    assert export("--edition", "1", "--slug", "testazumab") == [live]

    again = {**live, "slug": "copyumab", "drug": {**live["drug"], "name": "copyumab drug", "slug": "copyumab-drug"}}
    assert run(written(tmp_path, again, {**opened, "slug": "copy2umab"}))[1] == ""

    copy = Edition.objects.get(monograph__slug="copyumab")
    assert digest(build(copy)) == make.live().document_id
    assert [one for one in verify() if "checkpoint" not in one[1]] == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[1, 2]",
        b"\xff\xfe\x00",
        b'{"schema": "other/1"}',
        b'{"schema": "clincalc-monograph/1", "slug": "x", "slug": "y"}',
        b'{"schema": "clincalc-monograph/1", "slug": NaN}',
        b"[" * 100_000,
        b'{"a":' * 50 + b"1" + b"}" * 50,
        b'{"schema": "clincalc-monograph/1", "n": ' + b"9" * 5000 + b"}",
        json.dumps(line(state="published")).encode(),
        json.dumps(line(live=True)).encode(),
        json.dumps(line(warnings=["x"])).encode(),
        json.dumps(line(document={**as_json(make.document()), "sign_offs": []})).encode(),
        json.dumps(line(document={**as_json(make.document()), "header": {"name": "\ud800"}})).encode(),
        json.dumps(line(document={**as_json(make.document()), "header": {"name": "a\u0000b"}})).encode(),
        json.dumps(line(drug={"name": "a\u202eb"})).encode(),
        json.dumps(line(drug={"name": "\u0430spirin"})).encode(),
        json.dumps(line(slug="../x")).encode(),
        json.dumps(line(traits=["magic"])).encode(),
        b'{"schema": "clincalc-demo-monograph/1", "slug": "alemtuzumab"}',
        b" " * (5 * 1024 * 1024 + 1),
    ],
)
def test_bad_files_are_refused_with_a_sentence_and_leave_nothing(house, tmp_path, content):
    path = tmp_path / "bad.json"
    path.write_bytes(content)

    _out, err = run(str(path))

    assert "bad.json" in err
    assert "1 of 1 files were refused" in err
    assert not Monograph.objects.exists()


def test_a_copy_of_a_discarded_edition_keeps_its_authors(house, tmp_path):
    edition = make.draft(house, "importumab", actor=house.clinician)
    perform("discard", editions=[edition], actor=house.publisher, digest=make.seen(edition), reason="Given up")

    run(written(tmp_path, line(drug={"name": "importumab drug"})))

    case = EditionReview.load(Edition.objects.get(monograph__slug="importumab", number=2))
    assert case.counts_for(house.clinician.pk) == frozenset()
    assert case.counts_for(house.clinician2.pk) == case.changed


@pytest.mark.parametrize(
    ("path", "fine"),
    [
        (("neurology", "multiple-sclerosis"), True),
        (("multiple-sclerosis",), True),
        (("multiple-sclerosis", "neurology"), False),
        (("neurology", "elsewhere"), False),
    ],
)
def test_the_printed_class_is_on_the_way_to_the_class(house, tmp_path, path, fine):
    doc = make.document()
    doc = doc.replaced(header=doc.header.replaced(class_path=[PathStep(slug=slug, name="x") for slug in path]))

    _, err = run(written(tmp_path, line(doc=doc)))

    assert ("which is not on the way to" not in err) is fine
    assert Edition.objects.exists() is fine


def test_an_existing_monograph_takes_no_other_drug_or_class(house, tmp_path):
    make.published(house, "importumab")
    doc = make.document()
    header = doc.header.replaced(introduction="Other words.", class_path=doc.header.class_path[:1])
    doc = doc.replaced(header=header)
    same = {"doc": doc, "drug": {"name": "importumab drug"}}

    for change in ({"class": "neurology"}, {"drug": {"name": "morphine"}}):
        _, err = run(written(tmp_path, line(**{**same, **change})))
        assert "The monograph of this address is on importumab drug, in the class “multiple-sclerosis”." in err
        assert AuditEvent.objects.latest("seq").data["codes"] == ["another_monograph"]
        assert Edition.objects.count() == 1
    assert not Drug.objects.filter(name="morphine").exists()

    assert run(written(tmp_path, line(**same)))[1] == ""
    assert Edition.objects.count() == 2


def test_what_a_file_says_beside_an_existing_monograph_is_said_and_left(house, tmp_path):
    make.published(house, "importumab")
    doc = make.document()
    changed = doc.replaced(header=doc.header.replaced(introduction="Other words."))

    out, err = run(written(tmp_path, line(doc=changed, drug={"name": "importumab drug"})))

    assert (err, Edition.objects.count()) == ("", 2)
    assert "other traits" in out
    assert "The tier stays standard" in out


def test_the_next_edition_says_where_it_came_from_and_whose_words_it_brings(house, tmp_path):
    """The words of an edition that was given up come back by a file: with the clinician who wrote them."""
    live = make.published(house, "importumab")
    edition = make.start(house, live)
    make.reword(edition, "monitoring", "The clinician’s.", actor=house.clinician)
    doc = build(edition)
    perform("discard", editions=[edition], actor=house.publisher, digest=make.seen(edition), reason="Given up")

    run(written(tmp_path, line(doc=doc, drug={"name": "importumab drug"}, traits=[], tier="standard")))

    edition = Edition.objects.get(monograph__slug="importumab", number=3)
    started, edited = AuditEvent.objects.order_by("-seq")[:2][::-1]
    assert (started.verb, started.subject, started.actor) == ("started", "monograph:importumab", house.editor)
    assert started.reason == edited.reason == "Imported from in.jsonl"
    facts = {name: value for name, value in started.data.items() if name != "rows"}
    assert facts == {"edition": 3, "from": None, "to": "draft", "round": 0}
    change, monitoring = ChangeSet.objects.get(edition=edition), str(make.key("monitoring"))
    assert (change.touched, change.credits) == ([monitoring], {monitoring: [house.clinician.pk]})
    assert change.before_id == make.live("importumab").document_id
    assert EditionReview.load(edition).counts_for(house.clinician.pk) == frozenset()
    assert [one for one in verify() if "checkpoint" not in one[1]] == []


def test_a_drug_of_the_list_keeps_its_traits_and_the_warning_is_told(house, tmp_path):
    run(written(tmp_path, line("importumab")))

    out, err = run(written(tmp_path, line("importumab-2", drug={"name": "Importumab Drug"}, traits=["insulin"])))

    assert (err, Drug.objects.count(), Drug.objects.get().traits) == ("", 1, ["opioid"])
    assert out.count("Mind: ") == 1
    assert "  Mind: The drug “importumab drug” is there already with other traits; they were kept." in out
    assert run(written(tmp_path, line("importumab-3", drug={"name": "importumab drug"})))[0].count("Mind: ") == 0


@pytest.mark.parametrize(("suggested", "tier"), [(None, "standard"), ("low", "standard"), ("high", "high")])
def test_a_file_suggests_the_tier_of_a_new_monograph(house, tmp_path, suggested, tier):
    run(written(tmp_path, line(traits=[], tier=suggested)))

    assert Monograph.objects.get().tier == tier


def test_whoever_may_write_in_one_class_imports_nothing_into_another(house, tmp_path):
    """Neither a new monograph there, nor over one of there by naming a class of one's own."""
    other = make_class("Elsewhere", actor=house.admin)
    for role in ("editor", "clinician", "publisher"):
        make.grant(role, other, actor=house.admin)
    make.draft(house)
    make.revoke("editor", house.root, actor=house.admin)
    header = make.document().header.replaced(class_path=[PathStep(slug="elsewhere", name="Elsewhere")])
    elsewhere = {"class": "elsewhere", "doc": make.document(header=header)}

    for one in (line(), line("testazumab", **elsewhere)):
        _, err = run(written(tmp_path, one))
        assert "You need the editor role for “Multiple sclerosis”" in err
        assert AuditEvent.objects.latest("seq").data["codes"] == ["not_granted"]
    assert Edition.objects.count() == 1

    assert run(written(tmp_path, line(**elsewhere)))[1] == ""
    assert Edition.objects.count() == 2


def test_a_refusal_is_recorded_with_the_file_it_came_from(house, tmp_path):
    run(written(tmp_path, line(**{"class": "nowhere"}), name="x" * 220 + ".jsonl"))

    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.actor, entry.data) == (
        "refused", house.editor, {"action": "import", "codes": ["no_such_class"]},
    )  # fmt: skip
    assert entry.subject == f"file:{'x' * 195}"


def test_a_file_that_cannot_be_read_leaves_an_entry_and_a_trial_leaves_none(house, tmp_path):
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    refused = written(tmp_path, line(**{"class": "nowhere"}))
    before = AuditEvent.objects.count()

    run(str(bad), "--dry-run")
    run(refused, "--dry-run")
    assert AuditEvent.objects.count() == before

    run(str(bad))
    assert [(one.verb, one.subject, one.actor, one.data) for one in AuditEvent.objects.filter(seq__gt=before)] == [
        ("import_refused", "file:bad.json", house.editor, {"findings": 1})
    ]


def test_a_file_whose_name_is_no_text_is_imported(house, tmp_path):
    path = Path(written(tmp_path, line()))
    odd = os.fsencode(tmp_path) + b"/\xff.jsonl"
    os.rename(path, odd)

    out, err = run(os.fsdecode(odd))

    assert (err, Edition.objects.count()) == ("", 1)
    assert "importumab is edition 1" in out


def test_many_references_cost_one_entry_and_too_many_are_refused(house, tmp_path, monkeypatch):
    monkeypatch.setattr("reviews.exchange.importer.MOST_REFERENCES", 40)
    several = [Citation(key=make.key(f"r{n}"), label=f"r{n}", csl={"title": "x", "note": str(n)}) for n in range(41)]

    _, err = run(written(tmp_path, line(doc=make.document(citations=tuple(several), notices=(), sections=()))))
    assert "not more" in err

    doc = make.document(citations=tuple(several[:40]), notices=(), sections=())
    _, err = run(written(tmp_path, line(doc=doc)))
    assert (err, Reference.objects.count()) == ("", 40)
    assert AuditEvent.objects.filter(verb="reference_added").count() == 1


def test_a_drug_whose_name_would_end_its_address_badly_gets_a_good_one(house, tmp_path):
    name = "a" * 99 + " bbb"

    _, err = run(written(tmp_path, line(drug={"name": name})))

    assert (err, Drug.objects.get(name=name).slug) == ("", "a" * 99)


def test_what_is_cut_off_an_identifier_is_said_with_the_reference(house, tmp_path):
    form = line()
    form["document"]["citations"][0]["csl"] |= {"DOI": "https://doi.org/10.1000/xyz.", "PMID": "PMID: 123"}
    label = form["document"]["citations"][0]["label"]

    out, err = run(written(tmp_path, form))

    assert err == ""
    for said in (
        "DOI: We left out “https://doi.org/” before it.",
        "DOI: We left out the full stop at its end.",
        "PMID: We left out “PMID:” before it.",
    ):
        assert f"Reference {label}, {said}" in out
    assert [one.csl["DOI"] for one in build(Edition.objects.get()).citations if one.label == label] == ["10.1000/xyz"]


# -- Names that are like one that is there -----------------------------------------------------------------------------


def written_at(*args, **kwargs):
    return Path(written(*args, **kwargs))


def test_a_drug_that_is_a_brand_of_one_that_is_there_is_refused_by_its_name(house, tmp_path):
    import_file(written_at(tmp_path, line()), actor=house.editor)
    other = {"name": "Brandex", "slug": "brandex"}

    with pytest.raises(Refused) as refused:
        import_file(written_at(tmp_path, line("otherumab", drug=other)), actor=house.editor)

    assert refused.value.codes == ["alike"]
    assert str(refused.value).startswith("otherumab: “Brandex” is a brand of importumab drug. Choose what is there")
    assert Drug.objects.count() == 1


def test_a_drug_that_looks_like_one_that_is_there_is_warned_of(house, tmp_path):
    import_file(written_at(tmp_path, line()), actor=house.editor)

    ((_edition, warnings),) = import_file(
        written_at(tmp_path, line("importumob", drug={"name": "importumob drug", "slug": "o"})), actor=house.editor
    )

    assert "“importumob drug” looks like importumab drug. It was added as another drug." in warnings
    assert AuditEvent.objects.filter(verb="drug_added").latest("seq").data["another_than"] == ["importumab-drug"]


def test_a_drug_is_found_by_a_former_name(house, tmp_path):
    import_file(written_at(tmp_path, line()), actor=house.editor)
    drug = Drug.objects.get()
    rename_drug(drug, name="Elsewhere", actor=house.editor, seen=digest_of_row(drug), reason="x")

    import_file(
        written_at(tmp_path, line("second", drug={"name": "importumab drug", "slug": "other"})), actor=house.editor
    )

    assert Monograph.objects.get(slug="second").drug == drug
