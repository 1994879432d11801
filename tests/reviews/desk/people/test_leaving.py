"""Somebody with one of each kind of open work leaves: nothing of it waits for nobody, and their page said so before."""

import pytest
from django.contrib.auth.models import User

from monographs.models import Monograph
from reviews.access import asking, grants, handover, policy, rechecks
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.desk.published.urgent_tasks import waiting_for
from reviews.desk.queue import open_work, task_for_me, task_of_copy
from reviews.editing.drugs import rename_drug
from reviews.editing.shown import digest_of_row
from reviews.reports import service
from reviews.workflow import perform
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
SHARED = {
    "Urgent warning unsigned", "Withdrawal to confirm", "Report: could harm", "Review of a signature", "Withdrawn page",
    "Review and signature", "Ready to publish",
}  # fmt: skip


def tasks_of(user):
    """Everything in the queue of somebody: (kind, what it is about)."""
    profile, handed = policy.verified_profile(user), handover.handed_to(user)
    found = [(one.what, one.name) for one in waiting_for(user)]
    for work in open_work(user):
        for task in (task_for_me(work, user, profile, handed), task_of_copy(work, user, handed)):
            if task:
                found.append((task.what, work.edition.monograph.slug))
    return set(found)


def tasks_of_all():
    return {task for one in User.objects.filter(is_active=True) for task in tasks_of(one)}


@pytest.fixture
def leaver(house):
    """Clinician 2, who writes, signs, publishes here, is alone on call for one page, and asked for something."""
    me = house.clinician2
    grants.give(me, "publisher", on=house.root, actor=house.admin)
    warned = make.published(house).monograph
    grants.give(me, "on-call", on=warned, actor=house.admin)
    make.warn(house.clinician, warned)
    make.withdraw(make.published(house, "gonumab").monograph.live.edition, house.publisher)
    back = make.published(house, "backumab").monograph.live.edition
    make.withdraw(back, house.clinician)
    perform("confirm-withdrawal", editions=[back], actor=house.publisher, digest=make.seen(back))
    make.vouch_all(house, back)
    service.report(service.ReportInput("It is wrong.", harm=True), sender="s", monograph=warned)
    rechecks.open_rechecks(house.pharmacist.clinician_profile, actor=house.admin, reason="Struck off")
    mine = make.draft(house, "minumab", actor=me)
    drug = mine.monograph.drug
    rename_drug(drug, name="Minumab", actor=house.editor, seen=digest_of_row(drug), reason="Its name")
    sent = make.submit(house, make.draft(house, "sentumab", actor=me), actor=me)
    perform("send-back", editions=[sent], actor=house.pharmacist, digest=make.seen(sent), reason="Once more")
    make.submit(house, make.draft(house, "signumab"))
    ready = make.submit(house, make.draft(house, "readyumab"))
    make.sign(ready, house.clinician)
    make.sign(ready, house.pharmacist)
    asking.ask(me, role="auditor", on="everywhere", page="/desk/", reason="To look")
    return User.objects.get(pk=me.pk)


def test_nothing_that_waited_for_them_waits_for_nobody(house, leaver, enter):
    before = tasks_of(leaver)
    kinds = {what for what, _name in before}
    assert kinds >= {*SHARED, "Your draft", "Sent back", "The library changed"}, kinds
    shown = enter("admin").get("/desk/people/clinician2/").content.decode()
    for what in SHARED - {"Review and signature", "Ready to publish"}:
        assert f"<li>{what}" in shown, what
    assert "So do editions that wait for a signature, or to be published." in shown
    assert "Nobody else is on-call for testazumab" in shown
    assert "minumab" in shown
    assert "sentumab" in shown

    handover.close(leaver, actor=house.admin, reason="Left", to=house.clinician)

    assert before - tasks_of_all() == set()
    goes_on = User.objects.get(username="clinician")
    assert {("Your draft", "minumab"), ("The library changed", "minumab"), ("Sent back", "sentumab")} <= tasks_of(
        goes_on
    )
    assert policy.can(goes_on, "warn", Monograph.objects.get(slug="testazumab"))
    assert asking.open_of(leaver) is None
    closed = enter("admin").get("/desk/people/clinician2/").content.decode()
    assert "Needed for" not in closed
    assert "Waits for them" not in closed
    listed = enter("admin").get("/desk/people/?show=left").content.decode()
    assert "open edition" not in listed
    assert verify() == []


def test_whoever_could_not_go_on_with_it_is_refused_and_the_account_stays_open(house, leaver):
    with pytest.raises(Refused):
        handover.close(leaver, actor=house.admin, reason="Left", to=house.auditor)

    assert User.objects.get(pk=leaver.pk).is_active
    assert asking.open_of(leaver) is not None
