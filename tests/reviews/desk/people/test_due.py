"""Roles to confirm: which are due, what is lost without each, and several confirmed in one act, never one's own."""

import pytest
from django.utils import timezone

from monographs.standing import today
from reviews.access import grants
from reviews.models import AuditEvent, Grant
from tests import factories as make
from tests.reviews.desk.test_pages import hangs_together

pytestmark = pytest.mark.any_database
ADDRESS = "/desk/roles/"


@pytest.fixture
def later(monkeypatch):
    start = timezone.now()

    def later(days):
        monkeypatch.setattr("django.utils.timezone.now", lambda: make.later(start, days=days))

    return later


def lines(client, address=ADDRESS):
    return {(one.grant.person.username, one.grant.role): one for one in client.get(address).context["lines"]}


def pk(house, name, role):
    return str(Grant.objects.not_ended().get(person=house.people[name], role=role).pk)


@pytest.mark.parametrize("who", ["editor", "clinician", "publisher", "auditor", "nobody"])
def test_only_administrators_see_and_confirm_them(house, enter, who):
    before = AuditEvent.objects.count()
    assert enter(who).get(ADDRESS).status_code == 403
    assert enter(who).post(ADDRESS, {"grants": [pk(house, "publisher", "publisher")]}).status_code == 403
    assert AuditEvent.objects.count() == before


def test_a_grant_is_listed_for_30_days_before_it_lapses(house, enter, later):
    assert lines(enter("admin")) == {}
    assert len(lines(enter("admin"), f"{ADDRESS}?show=all")) == Grant.objects.count()
    later(152)
    assert lines(enter("admin")) == {}
    later(153)
    grants.confirm(Grant.objects.get(person=house.editor), actor=house.admin)
    found = lines(enter("admin"))
    assert len(found) == Grant.objects.count() - 1
    assert ("editor", "editor") not in found
    one = found["publisher", "publisher"]
    assert (one.given_by, one.words, one.is_own) == ("admin", "publisher, Neurology", False)
    assert found["admin", "administrator"].is_own
    page = enter("admin").get(ADDRESS).content.decode()
    assert "invite a second administrator" in page
    hangs_together(page, "roles")
    grants.give(house.auditor, "administrator", actor=house.admin)
    assert "ask Test auditor for yours" in enter("admin").get(ADDRESS).content.decode()


def test_it_says_what_could_no_longer_be_published(house, enter, later):
    make.draft(house, "someumab")
    later(160)
    found = lines(enter("admin"))

    assert found["publisher", "publisher"].lost == "Could no longer be published: someumab."
    assert found["editor2", "editor"].lost == "Others can do what it opens."
    assert found["auditor", "auditor"].lost == "Nobody else would be auditor there."


def test_several_are_confirmed_in_one_act_with_an_entry_each(house, enter, later):
    later(160)
    before = AuditEvent.objects.count()

    answer = enter("admin").post(
        ADDRESS, {"grants": [pk(house, "publisher", "publisher"), pk(house, "editor", "editor")]}
    )

    assert (answer.status_code, answer.headers["Location"]) == (302, ADDRESS)
    told = AuditEvent.objects.order_by("seq")[before:]
    assert [(one.verb, one.actor) for one in told] == [("role_confirmed", house.admin)] * 2
    kept = Grant.objects.filter(confirmed_on=today()).values_list("person__username", "confirmed_by__username")
    assert sorted(kept) == [("editor", "admin"), ("publisher", "admin")]


@pytest.mark.parametrize("case", ["own", "ended", "none"])
def test_one_that_may_not_be_confirmed_keeps_all_as_they_were(house, enter, later, case):
    chosen = [pk(house, "publisher", "publisher")]
    if case == "own":
        chosen.append(pk(house, "admin", "administrator"))
    elif case == "ended":
        chosen.append(pk(house, "editor", "editor"))
        make.take_role(house.editor, "editor", actor=house.admin)
    else:
        chosen = []
    answer = enter("admin").post(ADDRESS, {"grants": chosen})

    assert answer.status_code == {"own": 403, "ended": 409, "none": 422}[case]
    assert not Grant.objects.exclude(confirmed_on=None).exists()
    assert AuditEvent.objects.latest("seq").verb == "refused"


def test_it_asks_as_many_queries_for_many_as_for_few(house, enter, queries):
    client = enter("admin")
    make.draft(house, "firstumab")
    client.get(f"{ADDRESS}?show=all")
    few = queries(client, f"{ADDRESS}?show=all")
    for number in range(5):
        grants.give(make.account(f"more-{number}"), "editor", on=house.leaf, actor=house.admin)
    make.draft(house, "secondumab")
    assert queries(client, f"{ADDRESS}?show=all") == few
