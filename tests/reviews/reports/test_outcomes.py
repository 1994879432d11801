"""What a closed report tells its reader: what was done, where it can be read, and whether it is over; and what the desk
offers to choose."""

from types import SimpleNamespace

import pytest
from django.core import mail
from django.utils.html import strip_tags

from monographs.models import Monograph
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.closing import reopening
from reviews.models import ProblemReport
from reviews.reports import service
from reviews.reports.outcomes import told
from tests import factories as make
from tests.reviews.closing.test_acts import ACTS, GIVEN, change, correct, done, sent

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    make.published(house)
    return SimpleNamespace(page=Monograph.objects.get(slug="testazumab"))


# -- What the reader is told -------------------------------------------------------------------------------------------

READ = {
    "correction": ("we put a correction over the page", "/drugs/testazumab/#erratum-{}", "That correction ended on"),
    "retired": ("we retired the page: it shows no doses", "/drugs/testazumab/", "The page has been back since"),
    "taken down": ("we took the page down: nothing of it is shown", "/drugs/testazumab/", "The page has been back since"),
    "warning": ("we put an urgent warning over the page", "/drugs/testazumab/#warning-{}", "That warning ended on"),
    "withheld": ("we took a part of the page away", "/drugs/testazumab/", ""),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_the_reader_is_told_what_was_done_and_where_to_read_it(house, page, client, act):
    outcome = ACTS[act][0]
    words, path, _ended = READ[act]
    one = sent(page)
    overlay = done(house, page, act)
    one = service.answer(one, actor=house.clinician2, outcome=outcome, **GIVEN)

    html = client.get(f"/report/{one.token}/").content.decode()

    assert words in html
    assert f'<a href="{path.format(overlay.pk)}">' in html
    assert "It is put right." not in html
    for name in ("clinician", "pharmacist", "publisher"):
        assert f"Test {name}" not in html
    service.mail_answers()
    assert words in mail.outbox[0].body
    assert f"https://clincalc.test{path.format(overlay.pk)}\n" in mail.outbox[0].body
    assert "Test " not in mail.outbox[0].body
    if overlay.wrong:
        assert overlay.wrong not in html
        assert overlay.wrong not in mail.outbox[0].body


@pytest.mark.parametrize("act", [name for name, (*_rest, end) in ACTS.items() if end])
def test_of_a_report_that_an_earlier_version_left_closed_the_reader_is_told_that_it_ended(
    house, page, client, monkeypatch, act
):
    outcome, *_rest, end = ACTS[act]
    words, _path, ended = READ[act]
    one = sent(page)
    overlay = done(house, page, act)
    service.answer(one, actor=house.clinician2, outcome=outcome, **GIVEN)
    monkeypatch.setattr(reopening, "ended", lambda trail, lifts: None)
    end(house, overlay)

    html = client.get(f"/report/{one.token}/").content.decode()

    assert words in html
    assert ended in html
    assert f"#{'erratum' if outcome == 'corrected' else 'warning'}-" not in html


def test_the_anchor_that_the_reader_is_led_to_stands_on_the_page(house, page, client):
    for outcome, overlay in (("corrected", correct(house, page)), ("warned", make.warn(house.clinician, page)[0])):
        anchor = {"corrected": "erratum", "warned": "warning"}[outcome]
        assert f'id="{anchor}-{overlay.pk}"' in client.get("/drugs/testazumab/").content.decode()


def test_of_a_newer_edition_the_reader_is_led_to_what_changed(house, page, client):
    one = sent(page)
    change(house, page, "monitoring")
    one = service.answer(one, actor=house.clinician, outcome="corrected", **GIVEN)

    html = client.get(f"/report/{one.token}/").content.decode()

    assert "we published edition 2, which puts “Monitoring” right." in html
    assert '<a href="/drugs/testazumab/editions/1...2/">What changed since edition 1</a>' in html
    assert client.get("/drugs/testazumab/editions/1...2/").status_code == 200


def test_a_report_that_an_earlier_version_closed_stays_as_it_is(house, page, client):
    one = sent(page)
    with audited_write(actor=house.editor) as trail:
        one.outcome, one.answer, one.answered_by, one.answered_at = "corrected", "Done.", house.editor, trail.at
        trail.save(one)
        trail.record("report_answered", "monograph:testazumab", data={"report": one.pk, "outcome": "corrected"})

    assert told(one) is None
    html = strip_tags(client.get(f"/report/{one.token}/").content.decode())
    assert "The page was wrong and is corrected" in html
    client.force_login(house.editor)
    assert client.get(f"/desk/reports/{one.pk}/").status_code == 200
    assert verify() == []


# -- On the desk -------------------------------------------------------------------------------------------------------


def test_the_form_offers_what_is_true_now_and_says_why_of_the_rest(house, page, client):
    one = sent(page)
    overlay = done(house, page, "warning")
    client.force_login(house.clinician)

    html = client.get(f"/desk/reports/{one.pk}/").content.decode()

    assert f'<option value="warned:overlay-{overlay.pk}">A warning was added: urgent warning of ' in html
    assert "<li>The page was wrong and is corrected: no correction was put over the page" in html
    assert 'value="corrected' not in html
    assert 'name="reason"' in html
    sends = {"outcome": "corrected", "answer": "You were right.", "reason": "Why"}
    answer = client.post(f"/desk/reports/{one.pk}/", sends)
    assert answer.status_code == 409
    assert "would not be true" in answer.content.decode()
    assert "You were right." in answer.content.decode()
    sends["outcome"] = f"warned:overlay-{overlay.pk}"
    assert client.post(f"/desk/reports/{one.pk}/", sends).status_code == 302
    html = client.get(f"/desk/reports/{one.pk}/").content.decode()
    assert "<strong>A warning was added: urgent warning of " in html


@pytest.mark.parametrize("person", ["editor", "publisher", "auditor"])
def test_whoever_may_not_close_it_reads_whom_to_ask(house, page, client, person):
    one = sent(page)
    client.force_login(house.people[person])

    html = client.get(f"/desk/reports/{one.pk}/").content.decode()

    assert "It could harm, so a clinician for “Multiple sclerosis” closes it, and nobody else." in html
    assert "Whom to ask: Test clinician, Test clinician2, Test pharmacist." in html
    assert "Send the answer" not in html
    sends = {"outcome": "no-change", "answer": "It is right.", "reason": "Why"}
    assert client.post(f"/desk/reports/{one.pk}/", sends).status_code == 403
    assert ProblemReport.objects.get().answered_at is None
