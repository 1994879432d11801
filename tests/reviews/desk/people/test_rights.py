"""Who may do what, for everybody on the desk: made from the policy, with the grants behind each right."""

import pytest

from reviews.access import grants, held
from reviews.desk.people.rights import ACTIONS
from reviews.editing.library import make_class
from tests import factories as make

pytestmark = pytest.mark.any_database


def lines(client, on=""):
    answer = client.get("/desk/rights/", {"on": on} if on else {})
    assert answer.status_code == 200
    return dict(answer.context["lines"]), answer


def test_each_action_has_words_and_they_differ():
    assert list(ACTIONS) == [*held.ON_PAGES, *held.OF_THE_HOUSE]
    assert len(set(ACTIONS.values())) == len(ACTIONS)


def test_an_editor_reads_who_may_do_what_in_the_house_a_class_and_a_monograph(house, enter):
    monograph = make.draft(house).monograph
    grants.give(house.nobody, "publisher", actor=house.admin, on=monograph)
    client = enter("editor")

    desk, answer = lines(client)
    assert list(desk) == [ACTIONS[one] for one in held.OF_THE_HOUSE]
    assert desk["Look after people"] == [("admin", ["administrator, everywhere"])]

    of_class, _answer = lines(client, f"class:{house.leaf.slug}")
    of_monograph, answer = lines(client, f"monograph:{monograph.slug}")
    assert "Test nobody" not in str(of_class["Publish"])
    more = [one for one in of_monograph["Publish"] if one not in of_class["Publish"]]
    assert [behind for _name, behind in more] == [[f"publisher, only {monograph.slug}"]]
    assert f"publisher, only {monograph.slug}" in answer.content.decode()
    for action in held.ON_PAGES:
        assert len(of_monograph[ACTIONS[action]]) == len(held.who_may(action, monograph)), action


def test_what_one_may_not_read_or_is_not_there_is_shown_as_the_house(house, enter):
    monograph = make.draft(house).monograph
    grants.give(house.nobody, "editor", actor=house.admin, on=make_class("Elsewhere", actor=house.admin))
    whole, _answer = lines(enter("nobody"))
    for on in (f"monograph:{monograph.slug}", "class:nothing", "monograph:", "nonsense", "class:" + "x" * 5_000):
        found, answer = lines(enter("nobody"), on)
        assert found == whole
        assert monograph.slug not in answer.content.decode()


def test_it_is_closed_to_whoever_has_no_role(enter, house):
    assert enter("nobody").get("/desk/rights/").status_code == 403
