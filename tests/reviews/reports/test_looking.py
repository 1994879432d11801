""" "I am looking at it": told to everybody on the desk, and in nobody's way."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from monographs.models import Monograph
from reviews.access import handover
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.models import AuditEvent, ProblemReport
from reviews.reports import looking, service
from reviews.reports.service import ReportInput
from tests import factories as make

pytestmark = pytest.mark.django_db

SAID = ReportInput("The interval is wrong on this page.", harm=True)


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    make.published(house)
    page = Monograph.objects.get()
    return SimpleNamespace(page=page, report=service.report(SAID, sender="s", monograph=page))


@pytest.fixture
def report(world):
    return world.report


def now():
    return ProblemReport.objects.get()


@pytest.mark.parametrize("person", ["editor", "clinician", "publisher"])
def test_who_looks_is_kept_with_the_time_and_can_give_it_back(house, report, person):
    looking.look(report, actor=house.people[person], seen=0)

    last = AuditEvent.objects.latest("seq")
    assert (now().looking_by, now().looking_at) == (house.people[person], last.at)
    assert (last.verb, last.subject, last.data["reports"]) == (
        "report_looked_at", "monograph:testazumab", [report.pk]
    )  # fmt: skip
    looking.give_back(report, actor=house.people[person])
    last = AuditEvent.objects.latest("seq")
    assert (now().looking_by, now().looking_at) == (None, None)
    assert (last.verb, last.data["reports"]) == ("reports_given_back", [report.pk])
    assert verify() == []


@pytest.mark.parametrize("person", ["auditor", "nobody", "admin"])
def test_whoever_does_not_work_there_cannot_say_so(house, report, person):
    site = service.report(replace(SAID, harm=False, text="The whole site is wrong."), sender="t")
    for one, code in ((report, "not_granted"), (site, "no_role")):
        with pytest.raises(Refused) as refused:
            looking.look(one, actor=house.people[person], seen=0)
        assert refused.value.codes == [code]
        assert AuditEvent.objects.latest("seq").data["action"] == "look_at_report"
    assert not ProblemReport.objects.exclude(looking_by=None).exists()


def test_it_stops_nobody_from_answering_and_ends_with_the_answer(house, report):
    looking.look(report, actor=house.editor, seen=0)

    service.answer(report, actor=house.clinician, outcome="no-change", text="It is right.", reason="Looked at.")

    assert (now().looking_by, now().looking_at, now().answered_by) == (None, None, house.clinician)
    for act in (lambda: looking.look(report, actor=house.editor, seen=0), lambda: looking.give_back(report, actor=house.editor)):  # fmt: skip
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.codes == ["answered_already"]


def test_somebody_else_takes_it_up_in_the_place_of_whom_they_saw_and_of_nobody_else(house, report):
    looking.look(report, actor=house.editor, seen=0)
    before = AuditEvent.objects.count()
    for actor, seen, code in (
        (house.clinician, 0, "looked_at_meanwhile"),
        (house.clinician, house.publisher.pk, "looked_at_meanwhile"),
        (house.editor, house.editor.pk, "looking_already"),
    ):
        with pytest.raises(Refused) as refused:
            looking.look(report, actor=actor, seen=seen)
        assert refused.value.codes == [code]
    with pytest.raises(Refused) as refused:
        looking.give_back(report, actor=house.clinician)
    assert refused.value.codes == ["not_looking"]
    assert (now().looking_by, AuditEvent.objects.count()) == (house.editor, before)

    looking.look(report, actor=house.clinician, seen=house.editor.pk)

    assert now().looking_by == house.clinician


def test_it_goes_with_the_person_who_leaves(house, report):
    site = service.report(replace(SAID, harm=False, text="The whole site is wrong."), sender="t")
    other = service.report(replace(SAID, text="Another thing is wrong."), sender="u", monograph=report.monograph)
    for one in (report, site):
        looking.look(one, actor=house.editor, seen=0)
    looking.look(other, actor=house.clinician, seen=0)

    handover.close(house.editor, actor=house.admin, reason="They left", to=house.editor2)

    assert list(ProblemReport.objects.exclude(looking_by=None)) == [other]
    entry = AuditEvent.objects.get(verb="reports_given_back")
    assert (entry.actor, entry.reason, entry.data["reports"], entry.data["from"]) == (
        house.admin, "They left", [report.pk, site.pk], house.editor.pk
    )  # fmt: skip
    assert verify() == []


def test_everybody_on_the_desk_sees_who_looks(house, report, client):
    client.force_login(house.editor)
    assert "Nobody has said so yet." in client.get(f"/desk/reports/{report.pk}/").content.decode()
    assert client.post(f"/desk/reports/{report.pk}/look/", {"seen": "0"}).status_code == 302
    assert "You are looking at it, since" in client.get(f"/desk/reports/{report.pk}/").content.decode()
    for person in ("clinician", "publisher", "auditor"):
        client.force_login(house.people[person])
        for address in ("/desk/reports/", f"/desk/reports/{report.pk}/"):
            assert "Test editor is looking at it" in client.get(address).content.decode(), (person, address)
    client.force_login(house.clinician)
    assert "Test editor is looking at it" in client.get("/desk/").content.decode()
    late = client.post(f"/desk/reports/{report.pk}/look/", {"seen": "0"})
    assert (late.status_code, "Test editor is looking at it now" in late.content.decode()) == (409, True)
    assert client.post(f"/desk/reports/{report.pk}/look/", {"seen": str(house.editor.pk)}).status_code == 302
    assert now().looking_by == house.clinician
    assert client.post(f"/desk/reports/{report.pk}/give-back/").status_code == 302
    assert client.post(f"/desk/reports/{report.pk}/give-back/").status_code == 409
    assert now().looking_by is None
