"""Junk is closed together with one reason; what could harm never is."""

from types import SimpleNamespace

import pytest
from django.core import mail
from django.utils import timezone

from monographs.models import Monograph
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.models import AuditEvent, ProblemReport
from reviews.reports import junk, looking, service
from reviews.reports.service import ReportInput
from tests import factories as make

pytestmark = pytest.mark.django_db


def sent(text, page=None, harm=False, **more):
    said = ReportInput(f"{text} is written here.", harm=harm, **more)
    return service.report(said, sender=text, monograph=page)


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    make.published(house)
    page = Monograph.objects.get()
    one, other = sent("Spam", page, email="r@example.org"), sent("More spam")
    return SimpleNamespace(page=page, one=one, other=other, severe=sent("Harm", page, harm=True))


def closed():
    return list(ProblemReport.objects.exclude(answered_at=None).order_by("pk"))


def test_junk_is_closed_with_one_entry_and_each_reader_reads_the_reason(house, world, client):
    one, other = world.one, world.other
    looking.look(one, actor=house.editor2, seen=0)

    junk.close_junk([other.pk, one.pk, one.pk], actor=house.editor, reason=" It is an advertisement. ")

    last = AuditEvent.objects.latest("seq")
    assert closed() == [one, other]
    for row in closed():
        assert (row.outcome, row.answer, row.answered_by, row.answered_at, row.looking_by) == (
            "elsewhere", "It is an advertisement.", house.editor, last.at, None
        )  # fmt: skip
    assert (last.verb, last.actor, last.subject, last.data["reports"]) == (
        "reports_closed", house.editor, "monograph:testazumab", [one.pk, other.pk]
    )  # fmt: skip
    receipt = client.get(f"/report/{one.token}/").content.decode()
    assert "It is not about our pages" in receipt
    assert "It is an advertisement." in receipt
    assert service.mail_answers().sent == 1
    assert "It is an advertisement." in mail.outbox[0].body
    assert verify() == []


@pytest.mark.parametrize(
    ("who", "which", "reason", "codes", "is_recorded"),
    [
        ("clinician", ["one", "severe"], "Junk", ["could_harm"], True),
        ("editor", ["severe"], "Junk", ["could_harm"], True),
        ("editor", [], "Junk", ["number_of_reports"], False),
        ("editor", ["one", 99_999], "Junk", ["not_yours"], True),
        ("publisher", ["one", "other"], "Junk", ["not_yours"], True),
        ("auditor", ["other"], "Junk", ["no_role"], True),
        ("nobody", ["other"], "Junk", ["no_role"], True),
        ("editor", ["one"], " ", ["reason"], True),
        ("editor", ["one"], "943 476 5919", ["patient_data"], False),
    ],
)
def test_all_of_it_is_refused_or_none(house, world, who, which, reason, codes, is_recorded):
    pks = [getattr(world, one).pk if isinstance(one, str) else one for one in which]
    before = AuditEvent.objects.count()

    with pytest.raises(Refused) as refused:
        junk.close_junk(pks, actor=house.people[who], reason=reason)

    assert (refused.value.codes, closed()) == (codes, [])
    assert AuditEvent.objects.count() == before + is_recorded


def test_what_was_answered_meanwhile_holds_up_the_rest(house, world):
    service.answer(world.one, actor=house.editor, outcome="no-change", text="It is right.")

    with pytest.raises(Refused) as refused:
        junk.close_junk([world.one.pk, world.other.pk], actor=house.editor, reason="Junk")

    assert (refused.value.codes, closed()) == (["answered_already"], [world.one])
    assert world.one.number in refused.value.refusals[0].sentence


def test_there_is_a_most(house, world, monkeypatch):
    monkeypatch.setattr(junk, "MOST", 1)
    with pytest.raises(Refused) as refused:
        junk.close_junk([world.one.pk, world.other.pk], actor=house.editor, reason="Junk")
    assert refused.value.codes == ["number_of_reports"]


# -- On the desk -------------------------------------------------------------------------------------------------------


def test_it_is_shown_with_its_number_and_first_lines_before_it_is_closed(house, world, client):
    client.force_login(house.editor)
    shown = client.get("/desk/reports/").content.decode()
    for one, is_offered in ((world.one, True), (world.other, True), (world.severe, False)):
        assert (f'name="report" value="{one.pk}"' in shown) == is_offered

    page = client.get("/desk/reports/close/", {"report": [one.pk for one in (world.one, world.other, world.severe)]})

    html = page.content.decode()
    assert "<h1>Close 2 reports as junk</h1>" in html
    assert "Spam is written here." in html
    assert "Harm is written here." not in html
    assert "1 of what you chose is left out" in html
    assert closed() == []
    refused = client.post("/desk/reports/close/", {"report": [world.one.pk, world.other.pk], "reason": " "})
    assert (refused.status_code, "Write what the readers are told." in refused.content.decode()) == (422, True)
    assert closed() == []
    done = client.post(
        "/desk/reports/close/", {"report": [world.one.pk, world.other.pk], "reason": "Junk"}, follow=True
    )
    assert "2 reports closed as not about our pages." in done.content.decode()
    assert closed() == [world.one, world.other]


def test_all_of_a_list_is_what_its_filters_show_and_never_what_could_harm(house, world, client, monkeypatch):
    client.force_login(house.clinician)

    everything = client.get("/desk/reports/close/", {"all": "1"})
    narrow = client.get("/desk/reports/close/", {"all": "1", "of": "*"})
    harm = client.get("/desk/reports/close/", {"all": "1", "grade": "harm"})

    assert everything.context["reports"] == [world.one, world.other]
    assert narrow.context["reports"] == [world.other]
    assert (harm.status_code, harm.headers["Location"]) == (302, "/desk/reports/")


@pytest.mark.parametrize("who", ["publisher", "auditor"])
def test_nothing_is_offered_to_whoever_may_answer_none(house, world, client, who):
    client.force_login(house.people[who])
    html = client.get("/desk/reports/").content.decode()
    assert f'name="report" value="{world.one.pk}"' not in html
    assert client.get("/desk/reports/close/", {"report": world.one.pk}).status_code == 302
    assert client.post("/desk/reports/close/", {"report": world.one.pk, "reason": "Junk"}).status_code == 403
    assert closed() == []


def test_more_reports_ask_no_more_queries_of_the_list(house, world, client, django_assert_max_num_queries):
    client.force_login(house.editor)
    client.get("/desk/reports/")
    for number in range(8):
        sent(f"Thing {number}", world.page)
    assert timezone.now()
    with django_assert_max_num_queries(24):
        assert client.get("/desk/reports/").status_code == 200
