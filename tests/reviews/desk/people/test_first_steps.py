"""First steps: what a house lacks, told from what is there, and what can be published with so many people."""

import pytest
from django.contrib.auth.models import User
from django.core import mail

from monographs.standing import today
from reviews.access import grants, registrations
from reviews.desk.people.first_steps import House, _names, in_short, steps
from reviews.models import AuditEvent
from tests import factories as make
from tests.reviews.desk.test_pages import hangs_together

pytestmark = pytest.mark.any_database


def undone():
    return [one.words for one in steps(House.now()) if not one.is_done]


def missing(tier):
    return House.now().missing(tier)


@pytest.mark.parametrize("who", ["editor", "clinician", "publisher", "auditor", "nobody"])
def test_only_administrators_see_and_do_them(house, enter, who):
    for path in ("/desk/first-steps/", "/desk/first-steps/mail/", "/desk/first-steps/copied/"):
        assert enter(who).get(path).status_code == 403
        assert enter(who).post(path).status_code in (403, 405)
    assert not AuditEvent.objects.filter(verb__in=("mail_tried", "checkpoint_copied")).exists()
    assert mail.outbox == []


def test_each_step_is_done_when_it_is_so(house, enter):
    of_people = ["Two administrators", "Mail tried", "Checkpoints copied elsewhere"]
    assert undone() == of_people
    for name in ("editor2", "clinician2"):
        make.give_role(house.people[name], "administrator", actor=house.admin)
    client = enter("admin")
    assert "First steps: 6 of 8 done" in client.get("/desk/people/").content.decode()

    for path, verb in (("/desk/first-steps/mail/", "mail_tried"), ("/desk/first-steps/copied/", "checkpoint_copied")):
        assert client.post(path).headers["Location"] == "/desk/first-steps/"
        assert AuditEvent.objects.latest("seq").verb == verb

    assert [one.to for one in mail.outbox] == [["admin@example.org"]]
    assert in_short() == (8, 8)
    page = client.get("/desk/first-steps/").content.decode()
    assert "All 8 done" in page
    hangs_together(page, "first steps")


def test_two_administrators_are_two_who_can_sign_in(house, enter, settings):
    """An account that no password opens is none yet, nor one without a second factor where everybody needs one."""
    invited = make.account("invited", password=None)
    grants.give(invited, "administrator", actor=house.admin)

    assert "Two administrators" in undone()
    (step,) = (one for one in steps(House.now()) if one.words == "Two administrators")
    assert step.detail.endswith("Now: admin. Cannot sign in yet: invited.")
    assert step.address == "/desk/people/invited/"
    refused = enter("nobody").get("/desk/")
    assert ">admin looks after people here." in refused.content.decode()  # whoever cannot sign in helps nobody
    make.changed_account(invited, password=make.PASSWORD)
    assert "Two administrators" not in undone()
    settings.REQUIRE_MFA = True
    assert "Two administrators" in undone()
    for one in (house.admin, invited):
        make.second_factor(one)
    assert "Two administrators" not in undone()


def test_who_is_missing_is_named(house, enter):
    registrations.lapse(house.pharmacist.clinician_profile, actor=house.admin, reason="Given up")
    make.take_role(house.publisher, "publisher", actor=house.admin)

    assert {"A publisher", "A pharmacist among them", "Clinicians, registered and verified"} <= set(undone())
    page = enter("admin").get("/desk/first-steps/").content.decode()
    assert "Waits to be verified, or for interests: Test pharmacist." in page
    for role in ("administrator", "publisher", "clinician"):  # whoever is invited from here gets what is missing
        assert page.count(f'href="/desk/people/invite/?role={role}"') == 1
    hangs_together(page, "first steps")


def test_what_can_be_published_follows_the_people(house):
    assert [missing(tier) for tier in ("low", "standard", "high")] == [[], [], []]
    registrations.lapse(house.pharmacist.clinician_profile, actor=house.admin, reason="Given up")
    assert [missing(tier) for tier in ("low", "standard", "high")] == [[], [], ["a pharmacist"]]
    registrations.lapse(house.clinician2.clinician_profile, actor=house.admin, reason="Given up")
    assert [missing(tier) for tier in ("low", "standard")] == [[], ["one more registered clinician"]]
    make.take_role(house.publisher, "publisher", actor=house.admin)
    assert missing("low") == ["a publisher"]
    # Whoever writes it signs nothing of it.
    for name in ("editor", "editor2"):
        make.take_role(house.people[name], "editor", actor=house.admin)
    for name in ("pharmacist", "clinician2"):
        make.take_role(house.people[name], "clinician", actor=house.admin)
    assert missing("low") == ["a doctor or a pharmacist", "a publisher"]
    make.take_role(house.clinician, "clinician", actor=house.admin)
    assert missing("low") == ["somebody who writes", "a doctor or a pharmacist", "a publisher"]


def test_mail_that_nobody_takes_is_told_and_not_noted(house, enter, settings):
    settings.EMAIL_BACKEND = "tests.reviews.desk.people.test_first_steps.Refusing"

    answer = enter("admin").post("/desk/first-steps/mail/")

    assert answer.status_code == 409
    assert b"The mail server took no letter" in answer.content
    assert not AuditEvent.objects.filter(verb="mail_tried").exists()
    assert today()


class Refusing:
    def __init__(self, **kwargs):
        pass

    def send_messages(self, letters):
        raise ConnectionRefusedError


def test_it_asks_as_many_queries_for_forty_people(house, enter, queries):
    client = enter("admin")
    client.get("/desk/first-steps/")
    few = queries(client, "/desk/first-steps/")
    for number in range(30):
        make.account(f"more{number}", "", None)
    assert queries(client, "/desk/first-steps/") == few


def test_many_names_are_cut_and_none_is_left_out_alone():
    people = [User(username=name, first_name=name) for name in ("ann", "ben", "cleo", "dan", "eve")]

    assert _names(people) == "Now: ann, ben, cleo and 2 more."
    assert _names(people[:4]) == "Now: ann, ben, cleo and dan."
    assert _names(people[:1]) == "Now: ann."
    assert _names([]) == "Nobody yet."
