"""What every page of the desk shares: how it says that something is not there, and when to come back."""

import pytest
from django.core.cache import cache

from reviews.audit.trail import WriteLockTimeout
from reviews.models import AuditEvent, ProblemReport
from reviews.reports import service
from tests import factories as make

pytestmark = pytest.mark.any_database

WORKSPACE = "/desk/monographs/testazumab/"


def busy(*_arguments, **_how):
    raise WriteLockTimeout


@pytest.fixture
def closed(house):
    """A person of the desk, and a monograph of a class in which their role may do nothing."""
    cache.clear()  # what other tests counted
    make.draft(house)
    make.revoke("publisher", house.root, actor=house.admin)
    return house.publisher


def test_a_monograph_that_is_closed_is_not_there_even_while_somebody_writes(closed, enter, monkeypatch):
    client = enter("publisher")
    missing = client.get("/desk/monographs/nothing/")
    monkeypatch.setattr("reviews.access.denials.audited_write", busy)

    answer = client.get(WORKSPACE)

    assert (answer.status_code, missing.status_code) == (404, 404)
    assert answer.content == missing.content
    assert "Retry-After" not in answer.headers


def test_a_try_that_could_not_be_recorded_is_counted_with_the_next_one(closed, enter, monkeypatch):
    client = enter("publisher")
    with monkeypatch.context() as held:
        held.setattr("reviews.access.denials.audited_write", busy)
        client.get(WORKSPACE)
        client.get(WORKSPACE)
    assert not AuditEvent.objects.filter(verb="refused").exists()

    client.get(WORKSPACE)

    (denied,) = AuditEvent.objects.filter(verb="refused")
    assert (denied.actor, denied.data["action"], denied.data["more"]) == (closed, "read", 2)


@pytest.mark.parametrize(
    ("verb", "path", "form"),
    [
        ("reviews.desk.monograph.change_address.monographs.move", f"{WORKSPACE}move/", {"slug": "x", "reason": "y"}),
        ("reviews.desk.published.reports.service.answer", "/desk/reports/{}/", {"outcome": "elsewhere", "answer": "x"}),
    ],
)
def test_a_form_that_met_somebody_elses_act_says_when_to_send_it_again(house, enter, monkeypatch, verb, path, form):
    make.draft(house)
    service.report(service.ReportInput("The interval is wrong.", harm=False), sender="s")
    monkeypatch.setattr(verb, busy)

    answer = enter("publisher").post(path.format(ProblemReport.objects.get().pk), form)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
