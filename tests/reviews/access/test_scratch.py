"""Scratch: whose it is, what is never kept, how much the database takes, and that it waits for nobody."""

import json
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviews.access import scratch
from reviews.audit import acts
from reviews.audit.trail import audited_write
from reviews.models import AuditEvent, Scratch
from reviews.models.scratch import LARGEST, MOST_OF_A_PERSON
from tests import factories as make
from tests.processes import killed_at_each_statement, run_at_once

pytestmark = pytest.mark.django_db
TAB = "a" * 22


@pytest.fixture
def edition(house):
    return make.draft(house)


def keep(person, edition, part="header", tab=TAB, session="one", **typed):
    sent = QueryDict(mutable=True)
    sent.update({"scratch": tab, "seen": "0" * 64, "text": "Words.", "csrfmiddlewaretoken": "secret", **typed})
    request = SimpleNamespace(user=person, POST=sent, session=SimpleNamespace(session_key=session))
    return scratch.keep(request, edition, part)


def words():
    return [json.loads(row.fields)["text"] for row in Scratch.objects.order_by("pk")]


def test_the_newest_words_of_a_form_take_the_place_of_those_before(house, edition):
    entries = AuditEvent.objects.count()
    first = keep(house.editor, edition)
    keep(house.editor, edition, text="Words and more.")

    row = Scratch.objects.get()
    assert (row.person, row.edition, row.part, row.tab) == (house.editor, edition, "header", TAB)
    assert json.loads(row.fields) == {"scratch": [TAB], "seen": ["0" * 64], "text": ["Words and more."]}
    assert row.at >= first.at
    assert AuditEvent.objects.count() == entries


@pytest.mark.parametrize("other", ["person", "part", "tab", "edition"])
def test_each_person_edition_part_and_tab_has_its_own(house, edition, other):
    keep(house.editor, edition)
    how = {"person": house.editor, "edition": edition}
    how |= {
        "person": lambda: {"person": house.editor2},
        "part": lambda: {"part": "new-section"},
        "tab": lambda: {"tab": "b" * 22},
        "edition": lambda: {"edition": make.draft(house, "otherumab")},
    }[other]()

    keep(**how, text="Other words.")

    assert words() == [["Words."], ["Other words."]]


def test_one_window_keeps_one_form_when_its_first_save_began_the_next_edition(house):
    live = make.published(house, "liveumab")
    keep(house.editor, live)

    keep(house.editor, make.start(house, live), text="Other words.")

    assert words() == [["Other words."]]


def test_only_its_person_finds_it_and_for_thirty_days(house, edition, monkeypatch):
    row, page = keep(house.editor, edition), edition.monograph

    assert list(scratch.waiting(house.editor, page)) == list(scratch.waiting(house.editor, page, "header")) == [row]
    assert not scratch.waiting(house.editor, page, "new-section")
    assert not scratch.waiting(house.editor, make.draft(house, "otherumab").monograph)
    for other in (house.editor2, house.clinician, house.admin, house.auditor, house.nobody):
        assert not scratch.waiting(other, page)
    now = timezone.now()
    monkeypatch.setattr(scratch.timezone, "now", lambda: now + timedelta(days=30, seconds=1))
    assert not scratch.waiting(house.editor, page)


def test_the_hourly_run_sweeps_what_nobody_came_back_for(house, edition, monkeypatch):
    keep(house.editor, edition)
    keep(house.editor, edition, tab="b" * 22, text="New.")
    Scratch.objects.filter(tab=TAB).update(at=timezone.now() - timedelta(days=30, seconds=1))

    call_command("send_reminders")

    assert words() == [["New."]]


def test_passwords_tokens_and_patients_numbers_are_never_kept(house, edition):
    row = keep(
        house.editor, edition, text="Seen 943 476 5919 today", password="hush", act="x" * 22, whose="y", kept="z",
        otp_code="123456", **{"note 9434765919": "x"},
    )  # fmt: skip

    assert row.lacks_number
    held = Scratch.objects.get().fields
    for secret in ("943", "5919", "hush", "x" * 22, '"y"', '"z"', "123456", "csrf"):
        assert secret not in held
    assert not keep(house.editor, edition, tab="b" * 22).lacks_number


@pytest.mark.parametrize("tab", ["", "short", "a" * 23, "a" * 21 + "é", "a" * 21 + "\n"])
def test_a_form_that_says_no_tab_is_not_kept(house, edition, tab):
    assert keep(house.editor, edition, tab=tab) is None
    assert not Scratch.objects.exists()


def test_a_form_that_was_saved_meanwhile_is_not_kept_again(house, edition):
    act = acts.new_token()
    with acts.of_form(f"{act}.{'0' * 32}"):
        make.reword(edition, "monitoring", "Saved.", actor=house.editor)

    assert keep(house.editor, edition, act=act) is None
    assert keep(house.editor, edition, act=acts.new_token()) is not None


def test_what_is_too_long_is_not_kept_and_what_was_kept_stays(house, edition):
    keep(house.editor, edition)

    with pytest.raises(scratch.TooLong):
        keep(house.editor, edition, text="x" * LARGEST)
    assert words() == [["Words."]]


def test_of_more_than_a_person_may_have_the_oldest_goes(house, edition):
    keep(house.editor2, edition, text="Of somebody else.")
    for number in range(MOST_OF_A_PERSON + 3):
        keep(house.editor, edition, tab=f"{number:022}", text=f"Words {number}.")

    kept_now = Scratch.objects.filter(person=house.editor).order_by("tab")
    assert [row.tab for row in kept_now] == [f"{number:022}" for number in range(3, MOST_OF_A_PERSON + 3)]
    assert Scratch.objects.filter(person=house.editor2).count() == 1


@pytest.mark.parametrize(
    "fault", [{"slot": MOST_OF_A_PERSON}, {"slot": 0}, {"fields": "x" * (LARGEST + 1)}, {"tab": TAB}]
)
def test_the_database_itself_bounds_it(house, edition, fault):
    keep(house.editor, edition)
    columns = {"tab": "b" * 22, "slot": 1, "fields": "{}", "part": "header", "sign_in": "s", "at": timezone.now()}

    with pytest.raises(IntegrityError), transaction.atomic():
        Scratch.objects.create(person=house.editor, edition=edition, **columns | fault)

    Scratch.objects.create(person=house.editor, edition=edition, **columns)


def test_thrown_away_is_gone_and_twice_is_as_good_as_once(house, edition):
    keep(house.editor, edition)
    keep(house.editor, edition, tab="b" * 22, text="Stays.")
    keep(house.editor2, edition, text="Of somebody else.")

    for _ in range(2):
        scratch.throw_away(house.editor, [TAB, "junk\x00"])

    assert words() == [["Stays."], ["Of somebody else."]]


def test_keeping_costs_the_same_however_much_is_kept(house, edition):
    def cost(tab):
        with CaptureQueriesContext(connection) as queries:
            keep(house.editor, edition, tab=tab)
        return len(queries)

    few = cost(TAB)
    for number in range(20):
        keep(house.editor, edition, tab=f"{number:022}")
    assert cost("c" * 22) == few


@pytest.mark.django_db(transaction=True)
def test_it_neither_waits_for_the_write_lock_nor_holds_it(house):
    """Another process holds the write lock: on PostgreSQL the words are kept beside it, on SQLite, which has one writer,
    it is said at once that they are not."""
    edition = make.draft(house)

    def write():
        with audited_write(actor=house.editor2) as trail:
            trail.record("looked_up", "test")
            time.sleep(3)

    def type_on():
        time.sleep(1)
        began = time.monotonic()
        try:
            keep(house.editor, edition)
        except OperationalError:
            assert connection.vendor == "sqlite"
        assert time.monotonic() - began < 1

    assert run_at_once(write, type_on) == [["done"], ["done"]]
    assert Scratch.objects.exists() == (connection.vendor == "postgresql")
    assert keep(house.editor, edition)


@pytest.mark.django_db(transaction=True)
def test_of_many_windows_at_once_each_is_kept_or_told_that_it_is_not(house):
    edition = make.draft(house)

    def type_in(number):
        for _ in range(20):
            try:
                keep(house.editor, edition, tab=f"{number:022}", text=f"Words {number}.")
                return
            except DatabaseError:
                time.sleep(0.05)
        raise AssertionError("never kept")

    outcomes = run_at_once(*(lambda n=n: type_in(n) for n in range(6)))

    assert outcomes == [["done"]] * 6
    assert sorted(words()) == [[f"Words {n}."] for n in range(6)]
    assert len(set(Scratch.objects.values_list("slot", flat=True))) == 6


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_statement_the_words_of_before_or_those_of_now_are_there(house):
    edition = make.draft(house)
    keep(house.editor, edition, text="Before.")
    seen = []

    def check(outcome):
        seen.append(words())
        assert words() in ([["Before."]], [["Now."]]), outcome
        keep(house.editor, edition, text="Before.")

    assert killed_at_each_statement(lambda: keep(house.editor, edition, text="Now."), check) >= 2
    assert [["Now."]] in seen


PEOPLE, PARTS, TABS = ("editor", "editor2"), ("header", "new-section", "new-notice"), ("a" * 22, "b" * 22)
at = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PARTS), st.sampled_from(TABS))
acts_of = st.one_of(
    st.tuples(st.just("keep"), at, st.text("abc é\n", min_size=1, max_size=6)),
    st.tuples(st.just("throw"), at, st.just("")),
    st.tuples(st.just("month"), at, st.just("")),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(acts_of, max_size=12))
def test_whatever_two_people_type_and_throw_away_each_finds_their_own_last_words(house, edition, steps):
    Scratch.objects.all().delete()
    held: dict[tuple[str, str, str], str] = {}
    for verb, (name, part, tab), text in steps:
        if verb == "keep":
            if keep(house.people[name], edition, part=part, tab=tab, text=text):
                held[name, part, tab] = text
        elif verb == "throw":
            scratch.throw_away(house.people[name], [tab])
            held = {key: one for key, one in held.items() if (key[0], key[2]) != (name, tab)}
        else:
            Scratch.objects.filter(person=house.people[name], part=part).update(at=timezone.now() - scratch.LASTS)
            held = {key: one for key, one in held.items() if key[:2] != (name, part)}
    for name in PEOPLE:
        rows = scratch.waiting(house.people[name], edition.monograph)
        found = {(name, row.part, row.tab): row.typed["text"] for row in rows}
        assert found == {key: one for key, one in held.items() if key[0] == name}
