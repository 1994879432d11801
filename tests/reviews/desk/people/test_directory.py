"""Everybody in one list: found by words, what they are needed for, as many queries for many as for few."""

import pytest

from reviews.access import grants, registrations
from tests import factories as make

pytestmark = pytest.mark.any_database


def test_an_administrator_finds_people_in_the_menu_and_everybody_in_the_list(house, enter):
    client = enter("admin")
    assert 'href="/desk/people/"' in client.get("/desk/").content.decode()

    answer = client.get("/desk/people/")

    names = [line.person.username for line in answer.context["page"].object_list]
    assert sorted(names) == sorted(house.people)
    assert client.get("/desk/people/?q=PHARM test").context["page"].object_list[0].person == house.pharmacist
    assert len(client.get("/desk/people/?q=pharm").context["page"].object_list) == 1
    assert b"Nobody fits" in client.get("/desk/people/?q=zzz").content


def test_the_list_says_what_each_is_needed_for_and_what_waits(house, enter):
    make.draft(house)
    registrations.lapse(house.clinician.clinician_profile, actor=house.admin, reason="Given up")
    make.changed_account(house.editor2, is_active=False)

    answer = enter("admin").get("/desk/people/")

    lines = {line.person.username: line for line in answer.context["page"].object_list}
    assert lines["editor"].needed_for == ["The only editor, Neurology", "1 open edition"]
    assert lines["publisher"].needed_for == ["The only publisher, Neurology"]
    assert lines["clinician"].needed_for == []
    assert (lines["clinician"].standing.word, lines["pharmacist"].standing.word) == ("Lapsed", "Verified")
    counts = {key: count for key, _word, count in answer.context["filters"]}
    # Whoever may do nothing waits for a role.
    assert counts == {"all": len(house.people), "sign": 2, "waits": 2, "left": 1}
    assert lines["admin"].roles == ["administrator"]
    assert [line.person for line in enter("admin").get("/desk/people/?show=left").context["page"]] == [house.editor2]


def test_the_list_asks_as_many_queries_for_forty_people_as_for_nine(house, enter, queries):
    client = enter("admin")
    client.get("/desk/people/")  # what a process asks once is asked
    few = queries(client, "/desk/people/")
    for number in range(31):
        make.account(f"more{number}", "", None)
    assert queries(client, "/desk/people/") == few
    assert len(client.get("/desk/people/").context["page"].object_list) == 40


def test_whoever_is_told_to_ask_an_administrator_is_told_who_that_is(house, enter):
    refused = enter("nobody").get("/desk/")
    assert refused.status_code == 403
    assert ">admin looks after people here." in refused.content.decode()

    grants.give(house.auditor, "administrator", actor=house.admin)
    assert ">admin, Test auditor look after people here." in enter("editor").get("/desk/people/").content.decode()


def test_the_menu_is_the_same_on_the_pages_of_ones_own_account(house, enter):
    for path in ("/accounts/", "/accounts/password/"):
        assert 'href="/desk/people/"' in enter("admin").get(path).content.decode()
        assert 'href="/desk/people/"' not in enter("editor").get(path).content.decode()
