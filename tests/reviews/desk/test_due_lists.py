"""Full reviews that fall due, and what somebody withdrew, as the queue lists them."""

from datetime import timedelta

import pytest

from monographs.models import Monograph
from monographs.standing import today
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.any_database


def due(client, query=""):
    return [
        (one.monograph.slug, one.is_late, one.days) for one in client.get(f"/desk/?show=due&{query}").context["due"]
    ]


def withdrawn(client, query=""):
    return [one.overlay.monograph.slug for one in client.get(f"/desk/?show=withdrawn&{query}").context["withdrawn"]]


def test_a_full_review_is_listed_sixty_days_before_and_says_how_late_it_is(house, enter, monkeypatch):
    make.published(house)
    make.draft(house, "draftumab")
    day = Monograph.objects.get(slug="testazumab").next_review_due

    def at(days):
        monkeypatch.setattr("reviews.desk.queue.today", lambda at=None: today(at) if at else day + timedelta(days=days))
        return due(enter("clinician"))

    assert at(-61) == []
    assert at(-60) == [("testazumab", False, 60)]
    assert at(0) == [("testazumab", False, 0)]
    assert at(3) == [("testazumab", True, 3)]
    html = enter("clinician").get("/desk/?show=due").content.decode()
    assert "3 days late" in html
    assert 'href="/desk/monographs/testazumab/withdraw/#full-review"' in html
    # Overdue for so long; of a draft, or a person, it has none.
    assert due(enter("clinician"), "age=7") == due(enter("clinician"), "state=draft") == []
    assert due(enter("clinician"), "q=testa&of=neurology&tier=standard") == [("testazumab", True, 3)]
    assert due(enter("clinician"), "tier=high") == due(enter("clinician"), "q=zzz") == []


def test_nothing_of_a_closed_class_falls_due_here(house, enter, monkeypatch):
    make.published(house)
    late = Monograph.objects.get().next_review_due + timedelta(days=1)
    for role in ("editor", "clinician", "publisher"):
        make.revoke(role, house.root, actor=house.admin)
    monkeypatch.setattr("reviews.desk.queue.today", lambda at=None: today(at) if at else late)

    assert due(enter("editor")) == []
    assert due(enter("auditor")) == [("testazumab", True, 1)]


def test_what_one_withdrew_is_listed_with_what_became_of_it_and_no_one_else_has_it(house, enter):
    edition = make.published(house)
    make.withdraw(edition, house.publisher)
    client = enter("publisher")
    assert withdrawn(client) == ["testazumab"]
    assert withdrawn(enter("clinician")) == withdrawn(client, "q=zzz") == []
    assert "Waits for a second person, until" in client.get("/desk/?show=withdrawn").content.decode()

    perform("confirm-withdrawal", editions=[edition], actor=house.clinician, digest=make.seen(edition))
    assert "Confirmed by a neurologist on" in client.get("/desk/?show=withdrawn").content.decode()

    make.vouch_all(house, edition)
    perform("reinstate", editions=[edition], actor=house.publisher, digest=make.seen(edition))
    assert "The page came back on" in client.get("/desk/?show=withdrawn").content.decode()


def test_empty_lists_say_what_comes_next(house, enter):
    html = enter("editor").get("/desk/?show=due").content.decode()
    assert "No full review falls due in the next 60 days" in html
    assert "You have withdrawn no page" in enter("editor").get("/desk/?show=withdrawn").content.decode()
