"""An open edition whose copy is older than the library: the task, and what becomes of it."""

import pytest

from monographs.assemble import build, header_of
from monographs.models import Edition
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.editing.copies import leave_copy, take_over, task_of
from reviews.editing.drugs import change_drug, rename_drug
from reviews.editing.shown import digest_of_row
from reviews.models import AuditEvent, ChangeSet
from reviews.workflow import perform
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

CODES = [{"system": "RxNorm", "code": "117055", "name": ""}]


@pytest.fixture
def edition(house):
    """A draft whose copy says what the library says."""
    made = make.draft(house)
    rename(made, house, "Testazumab")
    lists(made, house)
    take_over(made.monograph, actor=house.editor, seen=task(made).digest) if task(made) else None
    assert task(made) is None
    return made


def drug(edition):
    return Edition.objects.get(pk=edition.pk).monograph.drug


def rename(edition, house, name):
    rename_drug(drug(edition), name=name, actor=house.editor2, seen=digest_of_row(drug(edition)), reason="x")


def lists(edition, house, brands=()):
    change_drug(
        drug(edition), names=[], brands=brands, codes=CODES, traits=[], actor=house.editor2,
        seen=digest_of_row(drug(edition)),
    )  # fmt: skip


def task(edition):
    return task_of(Edition.objects.get(pk=edition.pk))


def is_refused(act):
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.codes


def whole():
    return [one for one in verify() if "checkpoint" not in one[1]] == []


def test_the_task_says_what_differs(house, edition):
    rename(edition, house, "otherumab")

    assert task(edition).differences == [("Name", ["Testazumab"], ["Otherumab"])]
    lists(edition, house, [{"name": "Brandex", "country": "GB"}])
    assert task(edition).differences == [("Name", ["Testazumab"], ["Otherumab"]), ("Brands", [], ["Brandex (GB)"])]
    rename(edition, house, "Testazumab")
    lists(edition, house)
    assert task(edition) is None  # the library says again what the copy says


def test_taking_over_is_an_edit_of_the_header_by_whoever_does_it(house, edition):
    rename(edition, house, "otherumab")
    before = build(edition)

    take_over(edition.monograph, actor=house.editor, seen=task(edition).digest)

    after = build(Edition.objects.get(pk=edition.pk))
    assert after == before.replaced(header=before.header.replaced(name="Otherumab"))
    change = ChangeSet.objects.latest("at")
    assert (change.actor, change.touched, change.reason) == (house.editor, ["header"], "Taken over from the library")
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.subject) == ("copy_taken", "monograph:testazumab")
    assert (entry.data["edition"], entry.data["changed"]) == (1, ["name"])
    assert task(edition) is None
    assert whole()
    assert is_refused(lambda: take_over(edition.monograph, actor=house.editor, seen="0" * 64)) == ["nothing_to_decide"]


def test_what_is_left_stays_left_until_the_library_changes_again(house, edition):
    rename(edition, house, "otherumab")
    digest = task(edition).digest

    assert is_refused(lambda: leave_copy(edition.monograph, actor=house.editor, seen=digest, reason=" ")) == ["reason"]
    leave_copy(edition.monograph, actor=house.editor, seen=digest, reason="The old name is meant here")

    assert task(edition) is None
    assert header_of(Edition.objects.get(pk=edition.pk)).name == "Testazumab"
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.reason, entry.data["edition"]) == ("copy_left", "The old name is meant here", 1)
    assert whole()
    rename(edition, house, "thirdumab")
    assert task(edition).differences == [("Name", ["Testazumab"], ["Thirdumab"])]


def test_what_was_left_in_an_edition_that_was_given_up_is_asked_again(house, edition):
    rename(edition, house, "otherumab")
    leave_copy(edition.monograph, actor=house.editor, seen=task(edition).digest, reason="x")
    edition = Edition.objects.get(pk=edition.pk)
    perform("discard", editions=[edition], actor=house.publisher, digest=make.seen(edition), reason="x")
    assert task(edition) is None  # nothing is open in what was given up

    assert task(make.start(house, edition)).changed == ["name"]


def test_only_whoever_may_edit_decides_and_on_what_was_shown(house, edition):
    rename(edition, house, "otherumab")
    digest = task(edition).digest

    for who in ("publisher", "auditor", "admin", "nobody"):
        person = {"actor": house.people[who], "seen": digest}
        assert is_refused(lambda person=person: take_over(edition.monograph, **person)) == ["not_granted"]
        assert is_refused(lambda person=person: leave_copy(edition.monograph, reason="x", **person)) == ["not_granted"]
        assert AuditEvent.objects.latest("seq").verb == "refused"
    rename(edition, house, "thirdumab")
    person = {"actor": house.editor, "seen": digest}
    assert is_refused(lambda: take_over(edition.monograph, **person)) == ["changed_meanwhile"]
    assert is_refused(lambda: leave_copy(edition.monograph, reason="x", **person)) == ["changed_meanwhile"]
    assert task(edition).changed == ["name"]


def test_in_review_it_can_be_left_and_not_taken_over(house, edition):
    edition = make.submit(house, Edition.objects.get(pk=edition.pk))
    rename(edition, house, "otherumab")
    digest = task(edition).digest

    assert is_refused(lambda: take_over(edition.monograph, actor=house.editor, seen=digest)) == ["not_a_draft"]
    leave_copy(edition.monograph, actor=house.editor, seen=digest, reason="It is signed with the old one")

    assert (task(edition), Edition.objects.get(pk=edition.pk).state) == (None, "in_review")
