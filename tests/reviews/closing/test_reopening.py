"""What closed a report is undone: the report is open again, with a new clock and the reason."""

from types import SimpleNamespace

import pytest
from django.core import mail
from django.utils.html import strip_tags

from monographs.models import Monograph
from reviews.audit.verify import verify
from reviews.closing.acts import Since
from reviews.closing.reopening import why_open
from reviews.models import AuditEvent, ProblemReport
from reviews.models.report import due
from reviews.reports import service
from tests import factories as make
from tests.reviews.closing.test_acts import ACTS, GIVEN, MONITORING, change, done, sent

pytestmark = pytest.mark.django_db

ENDING = [name for name, (*_rest, end) in ACTS.items() if end]
WHY = {
    "correction": "Correction ended: it was answered.",
    "warning": "Urgent warning ended: it was answered.",
    "retired": "Back on this page: a clinician read it again and signed that it is still correct.",
    "taken down": "Back on this page: a clinician read it again and signed that it is still correct.",
}


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    make.published(house)
    return SimpleNamespace(page=Monograph.objects.get(slug="testazumab"))


def closed_by(house, page, act, **changes):
    """A report that this act closed, and the act."""
    one = sent(page, **changes)
    overlay = done(house, page, act)
    return service.answer(one, actor=house.clinician2, outcome=ACTS[act][0], **GIVEN), overlay


def fresh(one):
    rows = ProblemReport.objects.select_related("lift__lifts", "reverted_by", "monograph__live")
    return rows.get(pk=one.pk)


@pytest.mark.parametrize("act", ENDING)
@pytest.mark.parametrize("harm", [True, False])
def test_when_what_closed_it_ends_a_report_is_open_again_with_a_new_clock(house, page, act, harm):
    one, overlay = closed_by(house, page, act, harm=harm)
    service.mail_answers()

    ACTS[act][-1](house, overlay)

    now, entry = fresh(one), AuditEvent.objects.filter(verb="reports_reopened").get()
    lift = overlay.lifted_by
    assert (now.answered_at, now.answered_by, now.outcome, now.overlay, now.mailed_at) == (None, None, "", None, None)
    assert (now.lift, now.reverted_by, now.answer) == (lift, None, GIVEN["text"])
    assert now.due_at == due(entry.clock_at, harm=harm)
    assert (entry.subject, entry.data["reports"], entry.data["overlay"]) == (
        "monograph:testazumab", [one.pk], lift.pk,
    )  # fmt: skip
    assert why_open(now).endswith(f": {WHY[act]}")
    assert verify() == []


def test_what_was_closed_by_something_else_stays_closed(house, page):
    by_warning, overlay = closed_by(house, page, "warning")
    by_word = service.answer(sent(page, text="Another one."), actor=house.clinician2, outcome="no-change", **GIVEN)
    by_correction, _other = closed_by(house, page, "correction", text="One more of them.")

    make.lift(overlay, house.pharmacist)

    assert [one.answered_at is None for one in map(fresh, (by_warning, by_word, by_correction))] == [True, False, False]
    assert (why_open(fresh(by_word)), why_open(sent(page, text="A new one, never answered."))) == ("", "")


def test_an_end_that_opens_nothing_again_is_told_by_no_entry(house, page):
    make.lift(done(house, page, "warning"), house.pharmacist)

    assert not AuditEvent.objects.filter(verb="reports_reopened").exists()


def test_it_is_closed_again_by_what_is_true_then_and_the_reader_is_mailed_again(house, page):
    one, overlay = closed_by(house, page, "warning")
    service.mail_answers()
    make.lift(overlay, house.pharmacist)
    assert "warned" not in {value.partition(":")[0] for value, _words in Since(fresh(one)).choices()}

    given = {"text": "It is right as it is.", "reason": "Looked up again."}
    service.answer(fresh(one), actor=house.clinician2, outcome="no-change", **given)

    now = fresh(one)
    assert (now.answer, now.lift, why_open(now)) == (given["text"], None, "")
    service.mail_answers()
    assert [given["text"] in letter.body for letter in mail.outbox] == [False, True]
    assert verify() == []


def test_an_edition_that_says_the_part_as_before_opens_what_it_had_closed(house, page):
    about, other = sent(page, part=MONITORING), sent(page, text="About all of the page.")
    change(house, page, "monitoring", "prescribing")
    service.answer(about, actor=house.clinician2, outcome="corrected", **GIVEN)
    service.answer(other, actor=house.clinician2, outcome="corrected:edition-2:Prescribing in practice", **GIVEN)

    change(house, page, "monitoring", text="Said otherwise once more.")
    assert not ProblemReport.objects.filter(answered_at=None).exists()
    newer = change(house, page, "monitoring", text=make.document().sections[1].text)

    assert list(ProblemReport.objects.filter(answered_at=None)) == [about]
    now, entry = fresh(about), AuditEvent.objects.filter(verb="reports_reopened").get()
    assert (now.reverted_by, now.lift, entry.data["publication"]) == (newer, None, newer.pk)
    assert why_open(now).endswith(": edition 4 says “Monitoring” again as it stood when the report came.")
    assert verify() == []


def test_the_desk_and_the_reader_are_told_why(house, page, client):
    one, overlay = closed_by(house, page, "warning")
    make.lift(overlay, house.pharmacist)

    receipt = strip_tags(client.get(f"/report/{one.token}/").content.decode())
    assert f"Open again: report {one.number}" in receipt
    assert WHY["warning"] in receipt
    assert GIVEN["text"] in receipt
    assert "Test " not in receipt
    client.force_login(house.clinician)
    html = client.get(f"/desk/reports/{one.pk}/").content.decode()
    assert WHY["warning"] in html
    assert GIVEN["text"] in html
    assert "Send the answer" in html
    assert "Open again: what closed it was undone" in client.get("/desk/reports/").content.decode()
    assert "What closed it was undone." in client.get("/desk/").content.decode()
    history = strip_tags(client.get("/desk/monographs/testazumab/history/").content.decode())
    assert f"opened a report of a reader ({one.number}) again: what had closed it was undone" in history
