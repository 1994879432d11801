"""Whoever did something that a second person signs finds it in their own queue: whom it waits for, and who was asked."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from monographs.models import Overlay
from reviews.desk.published.second_person import pending_of
from reviews.reports.reminders import remind
from reviews.workflow import perform
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PAGE = "/desk/monographs/testazumab/withdraw/"


def plain(html):
    return " ".join(re.sub("<.*?>", " ", html).split())


@pytest.fixture
def withdrawn(house):
    """A page that a publisher retired and that nobody confirmed."""
    edition = make.published(house)
    make.withdraw(edition, house.publisher, reason="the source is gone")
    return edition


def test_an_own_withdrawal_stands_in_ones_own_queue_and_nobody_elses(withdrawn, house, enter):
    (one,) = pending_of(house.publisher)

    assert one.asked.startswith("Waits for a second person. ")
    assert "can sign it, and will be told by mail within the hour." in one.asked
    for show in ("mine", "others"):
        page = enter("publisher").get(f"/desk/?show={show}")
        words = plain(page.content.decode())
        assert "You did it, and it waits for a second person Retired: not signed by a second person yet" in words
        assert page.context["tabs"][1][2] == 1
    assert pending_of(house.clinician) == []
    assert "it waits for a second person" not in enter("clinician").get("/desk/").content.decode()
    assert "it waits for a second person" not in enter("publisher").get("/desk/?show=all").content.decode()


def test_it_says_who_was_asked_and_when_and_that_it_is_late(withdrawn, house, monkeypatch):
    remind(timezone.now())

    (one,) = pending_of(house.publisher)
    at = timezone.localtime(Overlay.objects.get().at)
    assert re.fullmatch(rf"Waits for a second person: asked .+ on {at.day} {at:%B %Y}, \d\d:\d\d\.", one.asked)
    assert all(name in one.asked for name in ("clinician", "pharmacist"))
    assert not one.is_late
    due = Overlay.objects.get().due_at
    monkeypatch.setattr("django.utils.timezone.now", lambda: due + timedelta(seconds=1))
    assert pending_of(house.publisher)[0].is_late


def test_an_own_urgent_warning_waits_too_until_somebody_else_signed_it(house):
    make.published(house)
    (warning,) = make.warn(house.clinician, make.live().monograph)

    assert [one.overlay for one in pending_of(house.clinician)] == [warning]
    make.countersign(warning, house.pharmacist)
    assert pending_of(house.clinician) == []


def test_where_nobody_else_may_sign_it_says_whom_to_ask(withdrawn, house):
    for name in ("clinician", "clinician2", "pharmacist"):
        make.take_role(house.people[name], "clinician", actor=house.admin)

    assert pending_of(house.publisher)[0].asked.endswith("nobody else here may sign it. Ask your administrator.")


def test_what_one_may_not_read_any_more_is_not_told(withdrawn, house):
    make.take_role(house.publisher, "publisher", actor=house.admin)

    assert pending_of(house.publisher) == []


def test_the_pending_act_comes_first_and_solid_and_the_rest_is_folded(withdrawn, house, enter):
    html = enter("clinician").get(PAGE).content.decode()

    solid = re.findall(r'<button class="btn">(.*?)</button>', html)
    assert solid == ["Confirm the withdrawal"]
    confirm, again = html.index("do/confirm-withdrawal/"), html.index("do/withdraw/")
    assert html.index("<h1>") < confirm < html.index("Notices on this page") < again
    assert "<summary>Withdraw it in another way</summary>" in html[:again]
    shut = html.index("What is done already, or not for you now")
    assert html.index('id="why-reinstate"') > shut
    assert html.index(">Reinstate") > html.rindex("<details", 0, html.index('id="why-reinstate"'))


def test_whoever_withdrew_reads_on_the_page_whom_it_waits_for_and_confirms_nothing(withdrawn, house, enter):
    html = enter("publisher").get(PAGE).content.decode()

    assert "do/confirm-withdrawal/" not in html
    assert html.index("Waits for a second person. ") < html.index("Notices on this page")
    assert "You withdrew it yourself. Somebody else must confirm it." in html


def test_what_was_confirmed_is_told_as_done_and_its_step_is_folded(withdrawn, house, enter):
    perform("confirm-withdrawal", editions=[withdrawn], actor=house.clinician, digest=make.seen(withdrawn))

    html = enter("publisher").get(PAGE).content.decode()

    assert "Withdrawal to confirm" not in html
    assert "Confirmed by a" in html
    assert html.index("Somebody else confirmed it already.") > html.index("What is done already, or not for you now")
    assert pending_of(house.publisher) == []


def test_it_asks_as_many_queries_for_two_as_for_one(house, django_assert_num_queries):
    for number, slug in enumerate(("testazumab", "otherzumab")):
        make.withdraw(make.published(house, slug), house.publisher)
        remind(timezone.now())
        user = User.objects.get(pk=house.publisher.pk)
        with django_assert_num_queries(4):
            assert len(pending_of(user)) == number + 1
