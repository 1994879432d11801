"""Open work of a person, and an account that is closed while somebody goes on with it."""

import pytest

from reviews.access import accounts, asking, handover
from reviews.access.grants import give
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.models import AuditEvent, Grant
from tests import factories as make

pytestmark = pytest.mark.django_db


def fresh(user):
    return type(user).objects.get(pk=user.pk)


def held():
    return set(Grant.objects.not_ended().values_list("person__username", "role", "therapeutic_class__slug"))


def refused(act):
    before, entries = held(), AuditEvent.objects.count()
    with pytest.raises(Refused) as error:
        act()
    assert held() == before
    assert AuditEvent.objects.count() == entries + 1
    assert AuditEvent.objects.latest("seq").data["action"] == "deactivate"
    return error.value.codes


def test_open_work_is_what_one_wrote_in_and_what_one_alone_may_do(house):
    assert not handover.open_work(house.editor)
    edition = make.draft(house)
    make.published(house, "doneumab")

    work = handover.open_work(house.editor)

    assert (work.editions, work.alone) == ([edition], [])
    alone = handover.open_work(house.publisher).alone
    assert [(one.role, one.therapeutic_class) for one in alone] == [("publisher", house.root)]


def test_it_asks_as_much_for_one_edition_as_for_three(house, django_assert_num_queries):
    for slug in ("oneumab", "twoumab", "threeumab"):
        make.draft(house, slug)
    with django_assert_num_queries(4):
        assert len(handover.open_work(house.editor).editions) == 3


def test_an_account_is_closed_and_its_work_handed_over_in_one_act(house):
    edition = make.draft(house)
    make.take_role(house.editor2, "editor", actor=house.admin)
    before, entries = held(), AuditEvent.objects.count()
    give(house.editor2, "clinician", on=house.root, actor=house.admin)
    entries += 1

    work = handover.close(house.editor, actor=house.admin, reason="Left for another house", to=house.editor2)

    assert work.editions == [edition]
    assert not fresh(house.editor).is_active
    assert ("editor2", "editor", "neurology") in held() - before
    verbs = list(AuditEvent.objects.order_by("seq").values_list("verb", flat=True)[entries:])
    assert verbs == ["role_given", "handed_over", "account_closed"]
    assert AuditEvent.objects.get(verb="handed_over").data == {"from": house.editor.pk, "editions": [edition.pk]}
    assert handover.handed_to(house.editor2) == {edition.pk}
    assert handover.handed_to(house.clinician) == frozenset()
    assert [one for one in verify() if "checkpoint" not in one[1]] == []


def test_what_was_handed_to_somebody_who_leaves_too_goes_on_to_the_next(house):
    """Though they wrote nothing in it: else nobody would have it in their queue any more."""
    edition = make.draft(house)
    handover.close(house.editor, actor=house.admin, reason="Left", to=house.editor2)

    assert handover.open_work(house.editor2).editions == [edition]
    assert refused(lambda: handover.close(house.editor2, actor=house.admin, reason="Left")) == ["nobody_goes_on"]
    handover.close(house.editor2, actor=house.admin, reason="Left", to=house.clinician)
    assert handover.handed_to(house.clinician) == {edition.pk}


def test_what_they_asked_for_ends_with_the_account(house):
    asking.ask(house.nobody, role="editor", on="everywhere", page="/desk/", reason="I write")

    handover.close(house.nobody, actor=house.admin, reason="Left")
    accounts.reactivate(fresh(house.nobody), actor=house.admin)

    assert asking.open_of(fresh(house.nobody)) is None


def test_whoever_has_no_open_work_leaves_it_to_nobody(house):
    handover.close(house.nobody, actor=house.admin, reason="Left")

    assert not fresh(house.nobody).is_active
    assert not AuditEvent.objects.filter(verb="handed_over").exists()


def test_nobody_leaves_open_work_to_nobody_nor_to_whoever_cannot_do_it(house):
    make.draft(house)
    closed = make.changed_account(house.nobody, is_active=False)
    for to in (None, house.editor, closed, house.auditor):
        act = lambda to=to: handover.close(house.editor, actor=house.admin, reason="Left", to=to)  # noqa: E731
        assert refused(act) == ["nobody_goes_on"], to
    assert fresh(house.editor).is_active
    handover.close(house.editor, actor=house.admin, reason="Left", to=house.editor2)
    assert refused(lambda: handover.close(house.editor, actor=house.admin, reason="Left")) == ["closed_already"]


def test_no_administrator_hands_roles_to_themselves_nor_closes_their_own_account(house):
    make.give_role(house.clinician2, "administrator", actor=house.admin)
    administrator = fresh(house.clinician2)

    act = lambda: handover.close(house.publisher, actor=administrator, reason="Left", to=administrator)  # noqa: E731
    assert refused(act) == ["oneself"]
    assert refused(lambda: handover.close(administrator, actor=administrator, reason="Left")) == ["oneself"]
    assert refused(lambda: handover.close(house.publisher, actor=house.admin, reason=" ", to=house.editor)) == [
        "reason"
    ]
    for who in ("editor", "clinician", "auditor", "nobody"):
        act = lambda who=who: handover.close(house.publisher, actor=house.people[who], reason="x", to=house.editor)  # noqa: E731
        assert refused(act) == ["no_administrator"], who
