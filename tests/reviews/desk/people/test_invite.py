"""Inviting somebody by one form: the account and the first role, or neither."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client

from reviews.access import links, own_address
from reviews.models import AccountHold, AccountLink, AuditEvent, Grant, Reminder
from tests import factories as make
from tests.reviews.desk.test_pages import hangs_together

pytestmark = pytest.mark.any_database

ANN = {"name": "Ann Other", "email": "ann@example.org", "username": "ann", "role": "editor", "on": "class:neurology"}
ANN["by"] = "hand"


def test_an_account_and_its_first_role_are_made_in_one_act(house, enter):
    client, before = enter("admin"), AuditEvent.objects.count()
    assert b'href="/desk/people/invite/"' in client.get("/desk/people/").content

    answer = client.post("/desk/people/invite/", ANN)

    ann = get_user_model().objects.get(username="ann")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/people/ann/")
    assert (ann.get_full_name(), ann.email, ann.has_usable_password()) == ("Ann Other", "ann@example.org", False)
    grant = Grant.objects.get(person=ann)
    assert (grant.role, grant.therapeutic_class, grant.given_by) == ("editor", house.root, house.admin)
    (link,) = re.findall(r"/accounts/link/[^ <]+", client.get("/desk/people/ann/").content.decode())
    assert link not in client.get("/desk/people/ann/").content.decode()
    assert Client().get(link).status_code in (200, 302)
    verbs = list(AuditEvent.objects.order_by("seq").values_list("verb", flat=True)[before:])
    assert verbs == ["account_made", "role_given", "account_link_made"]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"role": "king"}, {"role"}), ({"on": "class:nowhere"}, {"on"}), ({"on": ""}, {"on"}),
        ({"role": "auditor"}, {"on"}), ({"email": "<i>x"}, {"email"}), ({"username": "editor"}, {"username"}),
        ({"by": "dove"}, {"by"}), ({"name": ""}, {"name"}), ({"reason": "a\x00b"}, {"reason"}),
    ],
)  # fmt: skip
def test_of_a_refusal_nothing_is_left_but_what_was_typed(house, enter, changes, fields):
    people, grants = get_user_model().objects.count(), Grant.objects.count()

    answer = enter("admin").post("/desk/people/invite/", ANN | changes)

    assert (answer.status_code, set(answer.context["form"].errors)) == (422, fields)
    assert (get_user_model().objects.count(), Grant.objects.count()) == (people, grants)
    assert "<i>" not in answer.content.decode()
    hangs_together(answer.content.decode(), "invite")


def links_in(text):
    return re.findall(r"/accounts/link/[^\s<]+", text)


def test_an_invitation_by_mail_carries_the_link_and_nobody_else_sees_it(house, enter):
    client = enter("admin")
    page = client.post("/desk/people/invite/", ANN | {"by": "mail"}, follow=True).content.decode()

    (letter,) = mail.outbox
    (link,) = links_in(letter.body)
    assert letter.to == ["ann@example.org"]
    assert "A letter with the link went to ann@example.org." in page
    assert links_in(page) == []
    assert not Reminder.objects.exists()  # the link is kept nowhere

    given = {"new_password": "another horse battery", "again_password": "another horse battery"}
    assert Client().post(link, given).status_code == 302
    ann = get_user_model().objects.get(username="ann")
    assert own_address.is_confirmed(ann)
    links.set_password(links.mailed_address(ann).split("/")[-2], **given)
    assert not AccountHold.objects.exists()


def test_a_link_that_was_handed_over_confirms_no_address(house, enter):
    client = enter("admin")
    (link,) = links_in(client.post("/desk/people/invite/", ANN, follow=True).content.decode())
    given = {"new_password": "another horse battery", "again_password": "another horse battery"}
    assert Client().post(link, given).status_code == 302

    assert not own_address.is_confirmed(get_user_model().objects.get(username="ann"))
    assert mail.outbox == [] or all("/accounts/link/" not in one.body for one in mail.outbox)


def test_of_a_letter_that_cannot_be_sent_another_link_is_shown(house, enter, settings):
    settings.EMAIL_BACKEND = "tests.reviews.desk.people.test_first_steps.Refusing"
    client = enter("admin")

    page = client.post("/desk/people/invite/", ANN | {"by": "mail"}, follow=True).content.decode()

    assert "The letter could not be sent (ConnectionRefusedError). Hand this link to Ann Other." in page
    (link,) = links_in(page)
    assert Client().get(link).status_code == 200
    assert (AccountLink.objects.count(), AccountLink.objects.filter(ended_at=None).count()) == (2, 1)
    given = {"new_password": "another horse battery", "again_password": "another horse battery"}
    assert Client().post(link, given).status_code == 302
    assert not own_address.is_confirmed(get_user_model().objects.get(username="ann"))


def test_a_link_is_mailed_to_somebody_who_is_there_and_one_with_a_password_is_held(house, enter):
    enter("admin").post("/desk/people/clinician/do/link/", {"by": "mail"})

    (link,) = {one for letter in mail.outbox for one in links_in(letter.body)}
    given = {"new_password": "another horse battery", "again_password": "another horse battery"}
    assert Client().post(link, given).status_code == 302
    assert AccountHold.objects.get().by == house.admin
    assert not own_address.is_confirmed(house.clinician)  # whoever made the link may have typed the address


@pytest.mark.parametrize(
    ("asked", "role", "on"),
    [
        ("publisher", "publisher", ""), ("administrator", "administrator", "everywhere"),
        ("auditor", "auditor", "everywhere"), ("king", "", ""), ("", "", ""),
    ],
)  # fmt: skip
def test_the_role_that_the_way_there_names_is_chosen(house, enter, asked, role, on):
    page = enter("admin").get("/desk/people/invite/", {"role": asked}).content.decode()
    chosen = [one for one in re.findall(r'<option value="(.*?)" selected', page) if one]
    assert chosen == [one for one in (role, on, "mail") if one]


@pytest.mark.parametrize("who", ["editor", "clinician", "publisher", "auditor", "nobody"])
def test_only_administrators_invite(house, enter, who):
    assert enter(who).get("/desk/people/invite/").status_code == 403
    assert enter(who).post("/desk/people/invite/", ANN).status_code == 403
    assert not get_user_model().objects.filter(username="ann").exists()
    assert make.the_house().admin.is_active
