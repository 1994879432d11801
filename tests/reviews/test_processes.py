"""Faults, with real processes on the real database: who comes first, and what a kill leaves
(docs/security.md, F1 to F4)."""

import hashlib
import time
from collections.abc import Callable
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from django.test import Client

from monographs.models import Edition, Monograph, Overlay, Publication
from reviews import overlays, signing
from reviews.access import password
from reviews.audit import acts
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.models import Act, AuditEvent, InboxReport, ProblemReport, SignOff
from reviews.reports import inbox, service
from reviews.workflow import perform
from tests import factories as make
from tests.conftest import rows_now
from tests.processes import killed_at_each_statement, run_at_once

pytestmark = pytest.mark.django_db(transaction=True)


def verified_once() -> Callable[[], list[str]]:
    """What `verify` says, asked once of each state: all rows and the checkpoint file, which are all that a kill leaves."""
    said: dict[bytes, list[str]] = {}

    def verified() -> list[str]:
        file = Path(settings.CHECKPOINT_FILE).read_bytes()
        state = hashlib.sha256(repr(rows_now()).encode() + file).digest()
        if state not in said:
            said[state] = [sentence for _seq, sentence in verify()]
        return said[state]

    return verified


def page(slug: str = "testazumab") -> bytes | None:
    response = Client().get(f"/drugs/{slug}/", secure=True)
    assert response.status_code in (200, 404)
    return response.content if response.status_code == 200 else None


def test_a_publish_killed_at_any_statement_happened_wholly_or_not_at_all(house):
    make.published(house, "firstumab")
    second = make.start(house, make.published(house))
    make.reword(second, "monitoring", "The words of edition two.", actor=house.editor)
    second = make.submit(house, second)
    make.sign(second, house.clinician)
    edition = make.sign(second, house.pharmacist)
    digest = make.seen(edition)
    call_command("checkpoint", stdout=StringIO())
    entries = AuditEvent.objects.count()
    seen, verified = [], verified_once()

    def publish():
        perform("publish", editions=[edition], actor=house.publisher, digest=digest)

    def check(outcome):
        state = Edition.objects.get(pk=edition.pk).state
        old = Edition.objects.get(monograph=edition.monograph, number=1).state
        live = Monograph.objects.get(pk=edition.monograph_id).live
        public = b"The words of edition two." in (page() or b"")
        happened = (state, old, live.number, public, AuditEvent.objects.count() - entries)
        assert happened in (
            ("clinician_reviewed", "published", 1, False, 0),
            ("published", "superseded", 2, True, 1),
        ), (outcome, happened)
        found = verified()
        if any(one.startswith("No checkpoint names") for one in found):
            # Killed between the commit and the line of its act: told, until a line is written.
            call_command("checkpoint", stdout=StringIO())
            found = verified()
        assert found == [], outcome
        seen.append((outcome, state))

    points = killed_at_each_statement(publish, check)

    assert points > 20
    assert {state for _outcome, state in seen} == {"clinician_reviewed", "published"}
    # The last kill came after the commit: it is published, and asking again says so.
    assert seen[-1][0] in ("done", "done_already")


def test_of_two_publishers_one_publishes(house):
    make.give_role(house.editor2, "publisher", actor=house.admin)
    edition = make.signed(house)
    digest = make.seen(edition)

    outcomes = run_at_once(
        lambda: perform("publish", editions=[edition], actor=house.publisher, digest=digest),
        lambda: perform("publish", editions=[edition], actor=house.editor2, digest=digest),
    )

    assert sorted(outcomes) == [["done"], ["wrong_state"]]
    assert Publication.objects.count() == 1
    assert AuditEvent.objects.filter(verb="published").count() == 1
    assert verify() == []
    assert page() is not None


@pytest.mark.parametrize("attempt", range(4))
def test_sign_against_send_back(house, attempt):
    edition = make.submit(house, make.draft(house))
    digest = make.seen(edition)
    attestation = make.attestation(edition, house.clinician)
    call_command("checkpoint", stdout=StringIO())

    signed, sent_back = run_at_once(
        lambda: perform("sign", editions=[edition], actor=house.clinician, digest=digest, attestation=attestation),
        lambda: perform("send-back", editions=[edition], actor=house.pharmacist, digest=digest, reason="Look again"),
    )

    assert sent_back == ["done"]
    assert signed in (["done"], ["wrong_state"])
    assert SignOff.objects.count() == (1 if signed == ["done"] else 0)
    assert Edition.objects.get(pk=edition.pk).state == "draft"
    assert verify() == []
    assert page() is None


def test_two_signers_at_once_both_count(house):
    edition = make.submit(house, make.draft(house))
    digest = make.seen(edition)
    theirs = {person: make.attestation(edition, person) for person in (house.clinician, house.pharmacist)}

    outcomes = run_at_once(
        *(
            lambda p=person, a=attestation: perform("sign", editions=[edition], actor=p, digest=digest, attestation=a)
            for person, attestation in theirs.items()
        )
    )

    assert outcomes == [["done"], ["done"]]
    assert Edition.objects.get(pk=edition.pk).state == "clinician_reviewed"


def test_twenty_clicks_at_once_are_one_signature_and_one_entry(house):
    edition = make.submit(house, make.draft(house))
    digest = make.seen(edition)
    attestation = make.attestation(edition, house.clinician)
    entries = AuditEvent.objects.count()

    def click():
        perform("sign", editions=[edition], actor=house.clinician, digest=digest, attestation=attestation)

    outcomes = run_at_once(*[click] * 20)

    assert sorted(outcomes) == [["done"], *[["done_already"]] * 19]
    assert SignOff.objects.count() == 1
    assert AuditEvent.objects.count() == entries + 1


def test_twenty_sendings_of_one_form_at_once_are_one_warning_and_one_entry(house):
    """Nothing but the token of the form tells them apart from twenty warnings."""
    make.published(house)
    page, token = Monograph.objects.get(), acts.new_token()
    attestation = make.password(house.clinician, make.WARNED.digest([page]))
    entries = AuditEvent.objects.count()

    def send():
        with acts.of_form(token):
            overlays.warn([page], warned=make.WARNED, actor=house.clinician, attestation=attestation)

    outcomes = run_at_once(*[send] * 20)

    assert sorted(outcomes) == [["done"], *[["done_already"]] * 19]
    assert (Overlay.objects.count(), AuditEvent.objects.count()) == (1, entries + 1)
    assert Act.objects.get().seq == entries + 1


@pytest.mark.each_case
@pytest.mark.parametrize("right", [0, 6, 11])
def test_of_many_guesses_at_once_no_more_are_looked_at_than_one_after_the_other(house, tmp_path, monkeypatch, right):
    """Twelve guesses at a clinician's password, one of them right: all came before any had failed."""
    looked, real = tmp_path / "looked", password.authenticate
    looked.write_bytes(b"")

    def slow(request, **how):
        with looked.open("ab") as file:
            file.write(b"+")
        time.sleep(0.05)  # as long as a password takes
        return real(request, **how)

    monkeypatch.setattr(password, "authenticate", slow)
    given = {"ticks": (), "interests": "none", "digest": ""}

    def guess(number):
        typed = make.PASSWORD if number == right else f"wrong wrong {number}"
        return lambda: signing.attest(house.clinician, password=typed, **given)

    outcomes = run_at_once(*(guess(number) for number in range(12)))

    failed = AuditEvent.objects.filter(verb="reauth_failed", actor=house.clinician).count()
    done = outcomes.count(["done"])
    assert failed == password.FAILURES_A_QUARTER
    assert len(looked.read_bytes()) == failed + done
    assert outcomes.count(["password"]) == failed - 1
    assert sum("TooManyFailures" in one[0] for one in outcomes) == 12 - (failed - 1) - done
    assert done == 0 or outcomes[right] == ["done"]


def test_many_signatures_at_once_with_the_right_password_are_all_attested(house):
    given = {"password": make.PASSWORD, "ticks": (), "interests": "none", "digest": ""}
    who = [house.clinician, house.clinician2] * 5

    assert run_at_once(*(lambda one=one: signing.attest(one, **given) for one in who)) == [["done"]] * 10


def test_severe_reports_come_in_while_somebody_writes_and_one_batch_takes_them_in(house, tmp_path):
    """On PostgreSQL however long somebody writes: who writes waits there until all reports are in. SQLite takes no row
    meanwhile, so there they wait a moment."""
    make.published(house)

    def write_slowly():
        with audited_write(actor=house.editor) as trail:
            until = time.monotonic() + (60 if connection.vendor == "postgresql" else 1)
            while len(list(tmp_path.iterdir())) < 8 and time.monotonic() < until:
                time.sleep(0.05)
            assert connection.vendor == "sqlite" or len(list(tmp_path.iterdir())) == 8
            trail.record("looked_up", "test")

    def send(number):
        def act():
            time.sleep(0.3)  # so that the other one has the lock
            said = {"text": f"Dose {number} could kill.", "harm": "yes", "page": "/drugs/testazumab/"}
            answer = Client().post("/report/", said, secure=True)
            assert answer.status_code == 303, answer.status_code
            assert Client().get(answer.headers["Location"], secure=True).status_code == 200
            (tmp_path / str(number)).touch()

        return act

    outcomes = run_at_once(write_slowly, *(send(number) for number in range(8)))

    assert outcomes == [["done"]] * 9
    taken = inbox.take_in()
    assert ProblemReport.objects.count() == 8
    entries = AuditEvent.objects.filter(verb="reports_taken_in")
    assert (taken, entries.count()) == (8, 1) if connection.vendor == "postgresql" else (0, entries.count() or 1)
    assert sorted(pk for one in entries for pk in one.data["reports"]) == sorted(
        ProblemReport.objects.values_list("pk", flat=True)
    )
    assert verify() == []


@pytest.mark.parametrize("with_form", [True, False])
def test_twenty_sendings_of_one_severe_report_at_once_are_one(house, with_form):
    said = {"text": "This dose could kill.", "harm": "yes", **({"act": acts.new_token()} if with_form else {})}

    def send():
        answer = Client().post("/report/", said, secure=True)
        assert answer.status_code == 303

    call_command("checkpoint", stdout=StringIO())
    assert run_at_once(*[send] * 20) == [["done"]] * 20
    inbox.take_in()
    assert ProblemReport.objects.count() == 1
    assert verify() == []


def test_take_in_killed_at_any_statement_loses_and_doubles_nothing(house):
    make.somebody_writes(True)
    for number in range(3):
        service.report(service.ReportInput(f"Dose {number} could kill.", harm=True), sender="s")
    make.somebody_writes(False)
    call_command("checkpoint", stdout=StringIO())
    verified = verified_once()

    def check(outcome):
        there = InboxReport.objects.count(), ProblemReport.objects.count()
        assert there in ((3, 0), (0, 3)), (outcome, there)
        assert verified() == [], outcome

    assert killed_at_each_statement(inbox.take_in, check) > 10
    assert ProblemReport.objects.count() == 3


def test_of_five_writers_at_once_nobody_is_overtaken_again_and_again(house, tmp_path):
    """Whoever looks again later than the others would starve. The trail itself tells who was served when."""
    acts, sessions = 40, tmp_path / "sessions"
    call_command("checkpoint", stdout=StringIO())

    def write(actor):
        for _ in range(acts):
            with audited_write(actor=actor) as trail:
                trail.record("looked_up", "test")

    def sign_in():
        before = AuditEvent.objects.count()
        for _ in range(acts):
            SessionStore().save()
            now = AuditEvent.objects.count()
            with sessions.open("a") as file:
                file.write(f"{now - before} ")
            before = now

    writers = [house.editor, house.editor2, house.clinician, house.publisher]
    outcomes = run_at_once(*(lambda one=one: write(one) for one in writers), sign_in)

    served = AuditEvent.objects.filter(verb="looked_up").order_by("seq").values_list("actor_id", flat=True)
    places = {one: [at for at, who in enumerate(served) if who == one.pk] for one in writers}
    waited = [now - before for own in places.values() for before, now in pairwise(own)]
    waited += [int(one) for one in sessions.read_text().split()]
    assert outcomes == [["done"]] * 5
    assert len(waited) == 4 * (acts - 1) + acts
    assert max(waited) <= 20, sorted(waited)
    assert verify() == []


def test_eight_writers_on_two_monographs_do_not_deadlock(house):
    editions = [make.draft(house, "oneumab"), make.draft(house, "twoumab")]
    call_command("checkpoint", stdout=StringIO())

    def write(number):
        for turn in range(5):
            make.reword(
                editions[(number + turn) % 2], "monitoring", f"Writer {number}, turn {turn}", actor=house.editor
            )

    outcomes = run_at_once(*[lambda n=number: write(n) for number in range(8)])

    assert [outcome for outcome in outcomes if outcome not in (["done"], ["changed_meanwhile"])] == []
    assert verify() == []
