"""Asking an administrator for a right: told once, open until it is granted or declined, limited."""

import pytest
from django.core import mail
from django.urls import reverse

from monographs.standing import today
from reviews.access import asking, grants, registrations
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.models import AuditEvent, Grant
from tests import factories as make

pytestmark = pytest.mark.any_database


def ask(person, role="editor", **given):
    asking.ask(
        person, role=role, **{"on": "class:neurology", "page": "/desk/", "reason": "I write from today", **given}
    )


def codes(act):
    with pytest.raises(Refused) as error:
        act()
    return error.value.codes


def test_each_administrator_is_told_and_what_is_asked_is_open(house):
    make.give_role(house.auditor, "administrator", actor=house.admin)
    mail.outbox.clear()

    ask(house.nobody)

    assert sorted(one.to[0] for one in mail.outbox) == ["admin@example.org", "auditor@example.org"]
    (letter,) = [one for one in mail.outbox if one.to == ["admin@example.org"]]
    assert "for the editor role for the class neurology, on the page /desk/:\n\nI write from today" in letter.body
    assert "https://clincalc.test/desk/people/nobody/" in letter.body
    found = asking.open_of(house.nobody)
    assert (found.role, found.on, found.page, found.reason) == (
        "editor", "class:neurology", "/desk/", "I write from today",
    )  # fmt: skip
    assert asking.open_of(house.editor) is None
    assert [one for one in verify() if "checkpoint" not in one[1]] == []


def decline(person, *, actor, reason):
    open_now = asking.open_of(person)
    asking.decline(person, actor=actor, reason=reason, seen=open_now.seq if open_now else 0)


def test_what_was_answered_meanwhile_is_not_answered_again_nor_another_in_its_place(house, client):
    ask(house.nobody)
    seen = asking.open_of(house.nobody).seq
    decline(house.nobody, actor=house.admin, reason="Not yet")
    ask(house.nobody, "publisher")

    assert codes(lambda: asking.decline(house.nobody, actor=house.admin, reason="No", seen=seen)) == ["not_asked"]
    client.force_login(house.admin)
    at = reverse("person_do", args=["nobody", "give"])
    sent = {"role": "editor", "on": "everywhere", "reason": "", "asked": str(seen)}
    assert client.post(at, sent).status_code == 409
    assert not Grant.objects.filter(person=house.nobody).exists()
    assert asking.open_of(house.nobody).role == "publisher"
    sent |= {"role": "publisher", "asked": str(asking.open_of(house.nobody).seq)}
    assert client.post(at, sent).status_code == 302
    assert asking.open_of(house.nobody) is None


def test_one_is_open_at_a_time_and_three_are_asked_a_day(house):
    ask(house.nobody)
    assert codes(lambda: ask(house.nobody, "publisher")) == ["asked_already"]
    for _ in range(2):
        decline(house.nobody, actor=house.admin, reason="Not yet")
        ask(house.nobody)
    decline(house.nobody, actor=house.admin, reason="Not yet")

    mail.outbox.clear()
    assert codes(lambda: ask(house.nobody)) == ["too_many_requests"]
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"role": "king"}, "no_such_role"), ({"role": ""}, "no_such_role"), ({"on": "class:nowhere"}, "place"),
        ({"on": "monograph:neurology"}, "place"), ({"on": "neurology"}, "place"), ({"reason": " "}, "reason"),
    ],
)  # fmt: skip
def test_what_nobody_can_give_is_not_asked(house, given, code):
    assert codes(lambda: ask(house.nobody, **given)) == [code]
    assert asking.open_of(house.nobody) is None
    assert mail.outbox == []


def test_a_role_that_is_given_ends_a_request_and_so_does_a_look_in_the_register(house):
    ask(house.nobody)
    grants.give(house.nobody, "editor", actor=house.admin, on=house.root)
    assert asking.open_of(house.nobody) is None

    ask(house.clinician, asking.REGISTRATION, on="")
    assert asking.open_of(house.clinician).words == "to have their registration looked up"
    make.give_role(house.editor, "publisher", actor=house.admin)  # of somebody else
    assert asking.open_of(house.clinician)
    profile = house.clinician.clinician_profile
    registrations.renew(profile, actor=house.admin, register_date=today(), looked_at="Its page")
    assert asking.open_of(house.clinician) is None


def test_a_request_is_declined_by_an_administrator_with_a_sentence(house):
    ask(house.nobody)
    ask(house.auditor, "administrator", on="everywhere")
    make.give_role(house.editor, "administrator", actor=house.admin)
    mail.outbox.clear()

    assert codes(lambda: decline(house.nobody, actor=house.clinician, reason="No")) == ["no_administrator"]
    assert codes(lambda: decline(house.nobody, actor=house.admin, reason=" ")) == ["reason"]
    assert codes(lambda: decline(house.admin, actor=house.admin, reason="No")) == ["oneself"]
    decline(house.nobody, actor=house.admin, reason="Speak to your ward first")

    (letter,) = mail.outbox
    assert (letter.to, "Speak to your ward first" in letter.body) == (["nobody@example.org"], True)
    assert AuditEvent.objects.filter(verb="right_declined").count() == 1
    assert asking.open_of(house.auditor)
    assert codes(lambda: decline(house.nobody, actor=house.admin, reason="No")) == ["not_asked"]


def test_the_requests_of_many_are_one_query(house, django_assert_num_queries):
    for name in ("nobody", "editor", "auditor"):
        ask(house.people[name])
    people = list(make.User.objects.select_related("clinician_profile"))

    with django_assert_num_queries(1):
        assert len(asking.opened(people)) == 3
