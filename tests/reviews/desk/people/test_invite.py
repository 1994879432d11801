"""Inviting somebody by one form: the account and the first role, or neither."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from reviews.models import AuditEvent, Grant
from tests import factories as make
from tests.reviews.desk.test_pages import hangs_together

pytestmark = pytest.mark.any_database

ANN = {"name": "Ann Other", "email": "ann@example.org", "username": "ann", "role": "editor", "on": "class:neurology"}


def test_an_account_and_its_first_role_are_made_in_one_act(house, enter):
    client, before = enter("admin"), AuditEvent.objects.count()
    assert b'href="/desk/people/invite/"' in client.get("/desk/people/").content

    answer = client.post("/desk/people/invite/", ANN)

    ann = get_user_model().objects.get(username="ann")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/people/ann/")
    assert (ann.get_full_name(), ann.email, ann.has_usable_password()) == ("Ann Other", "ann@example.org", False)
    grant = Grant.objects.get(person=ann)
    assert (grant.role, grant.therapeutic_class, grant.given_by) == ("editor", house.root, house.admin)
    client.post("/desk/people/ann/do/link/")
    (link,) = re.findall(r"/accounts/link/[^ <]+", client.get("/desk/people/ann/").content.decode())
    assert link not in client.get("/desk/people/ann/").content.decode()
    assert Client().get(link).status_code in (200, 302)
    verbs = list(AuditEvent.objects.order_by("seq").values_list("verb", flat=True)[before:])
    assert verbs == ["account_made", "role_given", "account_link_made"]


def test_what_somebody_who_cannot_come_in_yet_needs_first_stands_open(house, enter):
    client = enter("admin")
    client.post("/desk/people/invite/", ANN)

    page = client.get("/desk/people/ann/").content.decode()

    assert "Make their link below, and hand it to them." in page
    assert re.findall(r'<details class="fold" id="([a-z-]+)" open>', page) == ["link"]
    assert ' open>' not in client.get("/desk/people/editor/").content.decode()


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"role": "king"}, {"role"}), ({"on": "class:nowhere"}, {"on"}), ({"on": ""}, {"on"}),
        ({"role": "auditor"}, {"on"}), ({"email": "<i>x"}, {"email"}), ({"username": "editor"}, {"username"}),
        ({"name": ""}, {"name"}), ({"reason": "a\x00b"}, {"reason"}),
    ],
)  # fmt: skip
def test_of_a_refusal_nothing_is_left_but_what_was_typed(house, enter, changes, fields):
    people, grants = get_user_model().objects.count(), Grant.objects.count()

    answer = enter("admin").post("/desk/people/invite/", ANN | changes)

    assert (answer.status_code, set(answer.context["form"].errors)) == (422, fields)
    assert (get_user_model().objects.count(), Grant.objects.count()) == (people, grants)
    assert "<i>" not in answer.content.decode()
    hangs_together(answer.content.decode(), "invite")


@pytest.mark.parametrize("who", ["editor", "clinician", "publisher", "auditor", "nobody"])
def test_only_administrators_invite(house, enter, who):
    assert enter(who).get("/desk/people/invite/").status_code == 403
    assert enter(who).post("/desk/people/invite/", ANN).status_code == 403
    assert not get_user_model().objects.filter(username="ann").exists()
    assert make.the_house().admin.is_active
