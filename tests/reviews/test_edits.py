"""The editing verbs: who may, what is recorded of a refusal, and what of a reason is kept."""

from uuid import NAMESPACE_URL, uuid5

import pytest

from monographs.assemble import build
from monographs.document import Citation, Section, digest_of_part, problems, thawed
from monographs.models import Edition, Reference
from reviews import edits
from reviews.case import Case
from reviews.models import AuditEvent, ChangeSet
from reviews.people import take_role
from reviews.refusals import Conflict, Refused
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make.make_house()


@pytest.fixture
def edition(house):
    return make.draft(house)


def part(edition, name="monitoring"):
    return build(Edition.objects.get(pk=edition.pk)).by_key()[make.key(name)]


def acts(edition, actor, reason=""):
    """Every verb, once, on what stands there now."""
    shown, header = part(edition), build(edition).header
    keys = [section.key for section in build(edition).sections]
    added = Section(key=make.key("added"), kind="cautions", heading="Cautions", text="x")
    how = {"actor": actor, "reason": reason}
    yield lambda: edits.save_part(edition, shown.replaced(text="New."), seen=digest_of_part(shown), **how)
    yield lambda: edits.add_part(edition, added, **how)
    yield lambda: edits.save_order(edition, "section", keys[::-1], seen=keys, **how)
    yield lambda: edits.save_header(edition, header.replaced(covers="y"), seen=digest_of_part(header), **how)
    yield lambda: edits.remove_part(edition, part(edition, "link"), seen=digest_of_part(part(edition, "link")), **how)
    yield lambda: edits.restore_part(edition, build(edition).by_key()[make.key("link")], **how)


@pytest.mark.parametrize("who", ["publisher", "auditor", "nobody", "admin"])
def test_nobody_without_the_grant_writes_and_each_try_is_recorded(house, edition, who):
    whole, before = make.seen(edition), AuditEvent.objects.count()

    for tried, act in enumerate(acts(edition, house.people[who]), 1):
        with pytest.raises(Refused, match="This needs an editor of the class"):
            act()
        entry = AuditEvent.objects.latest("seq")
        assert (entry.verb, entry.actor, entry.subject) == ("refused", house.people[who], "monograph:testazumab")
        assert (entry.data["action"], entry.data["codes"]) == ("edit", ["not_granted"])
        assert AuditEvent.objects.count() == before + tried

    assert make.seen(edition) == whole
    assert ChangeSet.objects.filter(edition=edition).count() == 1


@pytest.mark.parametrize("who", ["editor", "editor2", "clinician"])
def test_whoever_has_it_leaves_one_change_set_with_a_summary(house, edition, who):
    link = part(edition, "link")
    seen = digest_of_part(link)

    edits.remove_part(edition, link, seen=seen, actor=house.people[who])
    edits.restore_part(edition, link, actor=house.people[who])
    edits.save_part(
        edition, link.replaced(reason="other"), seen=seen, actor=house.people[who], reason=" Said better \n"
    )

    last = list(ChangeSet.objects.filter(edition=edition).order_by("at").values_list("actor__username", "reason"))
    assert last[1:] == [
        (who, "Removed Related: otherzumab"),
        (who, "Restored Related: otherzumab"),
        (who, "Said better"),
    ]


def test_a_role_that_was_taken_away_meanwhile_writes_no_more(house, edition):
    stale = house.editor2
    assert part(edition)
    take_role(stale, "editor", actor=house.admin)

    with pytest.raises(Refused, match="This needs an editor"):
        next(acts(edition, stale))()


@pytest.mark.parametrize(
    ("reason", "code"),
    [("a\x00b", "reason"), ("a\u202eb", "reason"), ("a\ud800b", "reason"), ("NHS 943 476 5919", "patient_data")],
)
def test_a_reason_that_may_not_be_kept_is_refused_by_every_verb_before_anything_is_stored(house, edition, reason, code):
    whole, before = make.seen(edition), AuditEvent.objects.count()

    for act in acts(edition, house.editor, reason):
        with pytest.raises(Refused) as refused:
            act()
        assert [(one.code, one.field) for one in refused.value.refusals] == [(code, "reason")]

    assert (make.seen(edition), AuditEvent.objects.count()) == (whole, before)


def test_a_part_that_changed_meanwhile_is_neither_saved_nor_removed(house, edition):
    shown = part(edition)
    make.reword(edition, "monitoring", "Theirs.", actor=house.editor2)

    for act in (edits.save_part, edits.remove_part):
        with pytest.raises(Conflict) as conflict:
            act(edition, shown.replaced(text="Mine."), seen=digest_of_part(shown), actor=house.editor)
        assert conflict.value.current.text == "Theirs."
        assert AuditEvent.objects.latest("seq").data["codes"] == ["changed_meanwhile"]

    assert part(edition).text == "Theirs."


def test_a_part_is_added_once_however_often_it_is_sent(house, edition):
    added = Section(key=make.key("added"), kind="cautions", heading="Cautions", text="x")
    other = make.draft(house, "otherumab")

    edits.add_part(edition, added, actor=house.editor)
    whole, before = make.seen(edition), AuditEvent.objects.count()
    for where in (edition, other):
        with pytest.raises(Refused) as refused:
            edits.add_part(where, added, actor=house.editor)
        assert refused.value.codes == ["added_already"]

    assert (make.seen(edition), AuditEvent.objects.count()) == (whole, before)


def test_a_record_goes_to_the_library_once(house, edition):
    csl = {"type": "report", "title": "A guideline"}

    edits.add_part(edition, Citation(key=make.key("a"), label="one2020", csl=csl), actor=house.editor)
    edits.add_part(edition, Citation(key=make.key("b"), label="two2020", csl=csl), actor=house.editor)

    assert [(one.label, one.csl) for one in Reference.objects.filter(title="A guideline")] == [("one2020", csl)]
    assert [(one.label, thawed(one.csl)) for one in build(edition).citations[1:]] == [
        ("one2020", csl),
        ("two2020", csl),
    ]


@pytest.mark.parametrize("doi", ["10.1234/" + "a" * 400, "10.1234/a b", ["10.1234/a"], 5])
def test_what_is_no_doi_is_kept_with_its_record_and_never_as_its_name(house, edition, doi):
    csl = {"type": "report", "title": "A guideline", "DOI": doi}

    edits.add_part(edition, Citation(key=make.key("a"), label="one2020", csl=csl), actor=house.editor)

    assert Reference.objects.get(label="one2020").doi is None
    assert any("10.1016" in problem.sentence for problem in problems(build(edition)))


def test_a_part_that_comes_back_at_another_place_moves_the_order(house):
    """Somebody who restores may not be the only one to vouch for where the part now stands."""
    keys = sorted(uuid5(NAMESPACE_URL, str(n)) for n in range(4))
    named = [keys[3], keys[0], keys[1], keys[2]]  # the part with the greatest key stands first
    doc = make.document(
        sections=tuple(
            Section(key=key, kind="prescribing", heading=f"H{n}", text=f"t{n}") for n, key in enumerate(named)
        ),
        notices=(),
    )
    edition = make.submit(house, make.draft(house, "orderumab", doc))
    make.sign(edition, house.clinician)
    make.sign(edition, house.pharmacist)
    edition = make.start(house, make.publish(house, edition))
    a, b, c, d = build(edition).sections
    edits.remove_part(edition, a, seen=digest_of_part(a), actor=house.editor)
    edits.save_order(edition, "section", [b.key, d.key, c.key], seen=[b.key, c.key, d.key], actor=house.editor)
    edits.save_order(edition, "section", [b.key, c.key, d.key], seen=[b.key, d.key, c.key], actor=house.editor)

    edits.restore_part(edition, a, actor=house.clinician)

    case = Case.load(edition)
    assert case.document.sections[0].key != a.key
    assert "order" in case.changed
    assert "order" not in case.counts_for(house.clinician.pk)
