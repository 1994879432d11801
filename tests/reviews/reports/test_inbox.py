"""The inbox: what could harm comes in whoever writes and however much there is, and is taken in a batch at a time."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from monographs.models import Monograph
from reviews.access.refusals import Refused
from reviews.audit import acts
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.editing.library import make_class
from reviews.models import Act, AuditEvent, InboxReport, ProblemReport
from reviews.reports import inbox, service
from reviews.reports.reminders import remind
from reviews.reports.service import ReportInput
from tests import factories as make
from tests.forms import forms_of

pytestmark = pytest.mark.django_db

SAID = ReportInput("The dose on this page could kill.", harm=True, part="Dose", source="SmPC", email="r@example.org")
FORM = {"text": SAID.text, "harm": "yes"}


@pytest.fixture
def page(house):
    make.published(house)
    return Monograph.objects.get()


def say(number, sender="s", **about):
    return service.report(ReportInput(f"Thing {number} could kill.", harm=True), sender=sender, **about)


def test_a_severe_report_is_taken_in_while_somebody_writes_and_shown_by_its_receipt(page, client):
    entries = AuditEvent.objects.count()
    make.somebody_writes(True)

    sent = client.post("/report/", {**FORM, "page": "/drugs/testazumab/"})

    assert (sent.status_code, AuditEvent.objects.count(), ProblemReport.objects.count()) == (303, entries, 0)
    one = InboxReport.objects.get()
    receipt = client.get(sent.headers["Location"])
    assert receipt.status_code == 200
    assert "a clinician looks by" in receipt.content.decode()
    assert (one.monograph, one.due_at - one.at) == (page, timedelta(hours=4))
    make.somebody_writes(False)
    assert verify() == []
    assert inbox.take_in() == 1
    made = ProblemReport.objects.get()
    kept = (
        "token",
        "monograph",
        "page",
        "edition",
        "part",
        "text",
        "source",
        "email",
        "sender",
        "at",
        "due_at",
        "harm",
    )
    assert {name: getattr(made, name) for name in kept} == {name: getattr(one, name) for name in kept}
    assert f"Report R-{made.pk}" in client.get(sent.headers["Location"]).content.decode()
    assert not InboxReport.objects.exists()
    assert verify() == []


def test_a_hundred_that_waited_are_one_entry_that_says_nothing_of_their_words(page):
    make.somebody_writes(True)
    for number in range(60):
        say(number, sender=f"s{number % 3}", monograph=page if number % 2 else None, page="/drugs/testazumab/")
    make.somebody_writes(False)
    entries = AuditEvent.objects.count()

    assert (inbox.take_in(), inbox.take_in()) == (60, 0)

    entry = AuditEvent.objects.latest("seq")
    assert AuditEvent.objects.count() == entries + 1
    assert (entry.verb, entry.actor, entry.subject) == ("reports_taken_in", None, "monograph:testazumab")
    assert entry.data["reports"] == list(ProblemReport.objects.order_by("pk").values_list("pk", flat=True))
    assert "could kill" not in entry.text
    assert verify() == []


@pytest.mark.any_database
def test_severe_reports_are_never_refused_for_numbers(page, client):
    """After a flood of junk from everywhere, and from one hospital's address as often as it has something to say."""
    for number in range(60):
        service.report(ReportInput(f"Junk number {number}.", harm=False), sender=f"s{number // 5}")

    answers = [client.post("/report/", {**FORM, "text": f"Dose {n} could kill."}).status_code for n in range(70)]

    assert answers == [303] * 70
    assert client.post("/report/", {**FORM, "harm": "no"}).status_code == 429
    assert ProblemReport.objects.filter(harm=True).count() + InboxReport.objects.count() == 70
    # And they count for nothing against others.
    assert AuditEvent.objects.filter(verb="reports_taken_in").count() == inbox.BATCHES_A_MINUTE


def test_severe_ones_leave_room_for_all_others(page):
    for number in range(70):
        say(number)

    for number in range(5):
        service.report(ReportInput(f"A comma is missing, {number}.", harm=False), sender="s")
    with pytest.raises(service.TooManyReports):
        service.report(ReportInput("A comma is missing, again.", harm=False), sender="s")


def test_a_thousand_addresses_of_one_network_are_one_sender(page, client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    answers = [
        client.post(
            "/report/",
            {"text": f"A comma, {n}, is missing.", "harm": "no"},
            HTTP_X_FORWARDED_FOR=f"2001:db8::{n + 1:x}",
        ).status_code
        for n in range(7)
    ]

    assert answers == [303] * 5 + [429] * 2


# -- Twice is once -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("waits", [True, False])
def test_the_same_words_are_one_for_ten_minutes_waiting_or_taken_in(house, page, monkeypatch, waits):
    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    if waits:
        make.somebody_writes(True)
    first = service.report(SAID, sender="s", monograph=page)
    assert isinstance(first, InboxReport if waits else ProblemReport)

    assert service.report(SAID, sender="s", monograph=page) == first
    assert service.report(SAID, sender="t", monograph=page) != first
    now += timedelta(minutes=10, seconds=1)
    assert service.report(SAID, sender="s", monograph=page) != first
    assert InboxReport.objects.count() + ProblemReport.objects.count() == 3


@pytest.mark.parametrize("waits", [True, False])
def test_a_form_that_is_sent_again_leads_to_its_receipt_however_late(house, page, client, monkeypatch, waits):
    if waits:
        make.somebody_writes(True)
    (form,) = (one for one in forms_of(client.get("/report/").content.decode()) if "page" in one.fields)
    form = form.filled(**FORM)
    first = client.post("/report/", form)
    later = timezone.now() + timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert client.post("/report/", form).headers["Location"] == first.headers["Location"]
    make.somebody_writes(False)
    inbox.take_in()
    one = ProblemReport.objects.get()
    service.answer(one, actor=house.clinician, outcome="elsewhere", text="It is not ours.", reason="Looked at.")

    again = client.post("/report/", form)

    assert again.headers["Location"] == first.headers["Location"] == f"/report/{one.token}/"
    assert (ProblemReport.objects.count(), InboxReport.objects.count()) == (1, 0)
    other = client.post("/report/", {**form, "text": "One thing more could kill."})
    assert other.headers["Location"] != first.headers["Location"]


def test_the_same_words_after_an_answer_are_another_report(house, page):
    first = service.report(SAID, sender="s", monograph=page)
    service.answer(first, actor=house.clinician, outcome="no-change", text="It is right.", reason="Looked at.")

    assert service.report(SAID, sender="s", monograph=page).token != first.token


def test_a_token_of_another_act_is_no_report(house, page):
    token = acts.new_token()
    with acts.of_form(token):
        make.draft(house, "otherumab")
    assert Act.objects.filter(token=token).exists()

    with acts.of_form(token):
        one = service.report(SAID, sender="s")

    assert one.text == SAID.text


def test_what_came_twice_at_one_moment_is_one_report_though_the_first_was_taken_in_meanwhile(page, monkeypatch):
    """The second looked before the first came, and put its row in after that of the first was gone."""
    with acts.of_form(acts.new_token()):
        first = service.report(SAID, sender="s", monograph=page)
        assert isinstance(first, ProblemReport)
        with monkeypatch.context() as patch:
            patch.setattr(inbox, "received", lambda token: None)
            patch.setattr(inbox, "just_sent", lambda *about: None)
            row = service.report(SAID, sender="s", monograph=page)

    assert (row.token, ProblemReport.objects.count(), InboxReport.objects.count()) == (first.token, 1, 0)
    assert AuditEvent.objects.latest("seq").data["reports"] == []
    assert verify() == []


# -- The table ---------------------------------------------------------------------------------------------------------


def test_the_database_lets_anybody_put_in_nobody_change_and_only_the_lock_take_out(page):
    make.somebody_writes(True)
    one = say(1)
    make.somebody_writes(False)
    for act in (
        lambda: InboxReport.objects.update(text="Nothing could kill."),
        lambda: InboxReport.objects.all()._raw_delete("default"),
        lambda: connection.cursor().execute("UPDATE reviews_inboxreport SET sender = sender"),
        lambda: connection.cursor().execute("DELETE FROM reviews_inboxreport"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    with pytest.raises(IntegrityError), transaction.atomic():
        InboxReport.objects.create(key=one.key, token="t", text="x", sender="s", at=one.at, due_at=one.due_at)
    with audited_write(actor=None) as trail:
        with pytest.raises(DatabaseError), transaction.atomic():
            InboxReport.objects.update(text="Nothing could kill.")
        trail.record("looked_up", "test")
    assert InboxReport.objects.get().text == "Thing 1 could kill."


# -- The desk ----------------------------------------------------------------------------------------------------------


def test_what_waits_stands_on_the_desk_at_once_and_is_taken_in_by_a_button(house, page, client):
    make.somebody_writes(True)
    for number in range(12):
        say(number, monograph=page)
    make.somebody_writes(False)
    for person, urgent, button in (
        ("editor", True, True),
        ("clinician", True, True),
        ("publisher", False, True),
        ("auditor", False, False),
    ):
        client.force_login(house.people[person])
        assert ("12 new reports of readers" in client.get("/desk/").content.decode()) == urgent, person
        html = client.get("/desk/reports/").content.decode()
        assert "12 in the inbox: could harm" in html, person
        assert ("Take in 12</button>" in html) is button, person
        assert html.count("could kill.") == 10

    client.force_login(house.auditor)
    assert client.post("/desk/reports/take-in/").status_code == 403
    assert InboxReport.objects.count() == 12
    assert AuditEvent.objects.latest("seq").data["codes"] == ["no_role"]
    with pytest.raises(Refused):
        inbox.take_in(house.auditor)
    client.force_login(house.editor)
    answer = client.post("/desk/reports/take-in/", follow=True)

    assert "12 taken in." in answer.content.decode()
    assert (InboxReport.objects.count(), ProblemReport.objects.count()) == (0, 12)
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.actor) == ("reports_taken_in", house.editor)
    assert verify() == []


@pytest.mark.any_database
def test_a_flood_buries_nothing_in_the_queue_and_asks_no_more_queries(
    house, page, client, django_assert_max_num_queries
):
    make.warn(house.clinician, page)
    for number in range(300):
        say(number, monograph=page)
    inbox.take_in()
    client.force_login(house.clinician2)
    client.get("/desk/")

    with django_assert_max_num_queries(40):
        html = client.get("/desk/").content.decode()

    assert html.count("Report: could harm") == 10
    assert "290 more open reports" in html
    assert "Urgent warning unsigned" in html
    assert len(html) < 40_000
    listed = client.get("/desk/reports/").content.decode()
    assert listed.count("could kill.") == 30
    assert "Page 1 of 10" in listed


def test_the_hourly_run_takes_in_what_waits_and_tells_of_it(house, page):
    make.somebody_writes(True)
    say(1, monograph=page)
    make.somebody_writes(False)
    out = StringIO()
    call_command("send_reminders", stdout=out)

    assert out.getvalue().splitlines()[0] == "1 reports taken in."
    assert remind() == 0
    assert ProblemReport.objects.count() == 1


def test_a_page_of_another_class_is_not_told_of_in_the_inbox(house, page, client):
    other = make_class("Oncology", slug="oncology", actor=house.admin)
    make.somebody_writes(True)
    say(1, monograph=page)
    make.somebody_writes(False)
    make.revoke("editor", house.root, actor=house.admin)
    make.grant("editor", other, actor=house.admin)
    client.force_login(house.editor)

    assert "could kill" not in client.get("/desk/reports/").content.decode()
    assert "new report of readers" not in client.get("/desk/").content.decode()


@pytest.mark.parametrize("person", [None, "nobody", "admin"])
def test_nobody_else_takes_in(house, person):
    client = Client()
    if person:
        client.force_login(house.people[person])

    assert client.post("/desk/reports/take-in/").status_code == (403 if person else 302)
