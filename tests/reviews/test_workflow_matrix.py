"""Every (state x transition x role x guard) of the table: what happens, what is written, and that a refusal leaves
nothing but its entry.

The oracle below is written out by hand from the design, not read from the table it tests. A guard is broken by putting
one in its place that always refuses: so its cells show that `perform` asks it of whoever may, in each state that is a
source, and the cells in which everything is broken at once that nobody else hears of it. What each guard itself looks
at is tested in test_guards.py.
"""

import dataclasses

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from reversion.models import Version

from monographs.models import Document, Edition, Overlay, Publication, SecondSignature
from reviews import workflow
from reviews.access.refusals import Refusal, Refused
from reviews.models import AuditEvent, ChangeSet, Conflict, SignOff, Unsigning
from reviews.review.edition_review import EditionReview
from reviews.workflow import TRANSITIONS, perform
from tests import factories as make
from tests.cells import every_cell

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

STATES = ("draft", "in_review", "clinician_reviewed", "published", "superseded", "discarded")
ROLES = ("editor", "editor2", "clinician", "clinician2", "pharmacist", "publisher", "auditor", "admin", "nobody")

# Who may, by the design: the author (editor) is the contributor of every edition here.
WRITERS, CLINICIANS = (
    {"editor", "editor2", "clinician", "clinician2", "pharmacist"},
    {"clinician", "clinician2", "pharmacist"},
)
MAY = {
    "start": WRITERS,
    "submit": WRITERS,
    "send-back": CLINICIANS | {"publisher", "editor"},
    "sign": CLINICIANS,
    "unsign": CLINICIANS,
    "declare-conflict": CLINICIANS,
    "end-conflict": CLINICIANS,
    "publish": {"publisher"},
    "discard": {"editor", "publisher"},
    "withdraw": CLINICIANS | {"publisher"},
    "confirm-withdrawal": CLINICIANS | {"publisher"},
    "still-correct": CLINICIANS,
    "full-review": CLINICIANS,
    "no-change": CLINICIANS,
    "reinstate": {"publisher"},
}
ON_PAGE = {"withdraw", "confirm-withdrawal", "still-correct", "full-review", "no-change", "reinstate"}
AS_SHOWN = {"withdraw", "full-review", "no-change"}  # acts on a page that is not withdrawn
FROM = {
    "start": {"published", "discarded"},
    "submit": {"draft"},
    "send-back": {"in_review", "clinician_reviewed"},
    "sign": {"in_review", "clinician_reviewed"},
    "unsign": {"in_review", "clinician_reviewed"},
    "declare-conflict": {"in_review", "clinician_reviewed"},
    "end-conflict": {"in_review", "clinician_reviewed", "published"},
    "publish": {"clinician_reviewed"},
    "discard": {"draft"},
    **{name: {"published"} for name in ON_PAGE},
}
SIGNED = {"clinician", "pharmacist"}  # of the clinician-reviewed edition; the one in review has no signature yet
# Who did it before in the state to which it led: a second click.
DONE = {
    "submit": {("in_review", "editor")},
    "sign": {("clinician_reviewed", role) for role in SIGNED},
    "discard": {("discarded", "editor")},
    "publish": {("published", "publisher")},
}
ENTRY = {
    "start": "started", "submit": "submitted", "send-back": "sent_back", "sign": "signed", "unsign": "unsigned",
    "declare-conflict": "conflict_declared", "end-conflict": "conflict_ended",
    "publish": "published", "discard": "discarded", "withdraw": "withdrawn",
    "confirm-withdrawal": "withdrawal_confirmed", "still-correct": "vouched",
    "full-review": "reviewed_in_full", "no-change": "found_unchanged", "reinstate": "reinstated",
}  # fmt: skip
AFTER = {
    **dict.fromkeys(ON_PAGE, "published"),
    "submit": "in_review",
    "send-back": "draft",
    "publish": "published",
    "discard": "discarded",
}


def breakages(name: str) -> list[str]:
    row = TRANSITIONS[name]
    return [
        "none",
        "everything",  # all guards at once, no reason, no password
        "digest",  # and everything: who may not, or not in this state, hears of none of it, and whoever may of the digest
        *(guard.__name__ for guard in row.guards),
        *(["reason"] if row.needs_reason else []),
        *(["attestation"] if row.needs_attestation else []),
    ]


def cells(name: str, broken: str) -> list[tuple[str, str]]:
    """(state, role) in which this is tried. What is broken with the digest as it is is tried where it is looked at: by
    whoever may, in a state that is a source. The other two are tried by everybody, in every state."""
    every = [(state, role) for state in STATES for role in ROLES]
    if broken in ("none", "digest"):
        return every
    looked_at = [(state, role) for state, role in every if role in MAY[name] and state in FROM[name]]
    twice = DONE.get(name, set()) if broken == "everything" else set()  # a double click hears nothing of it either
    return [one for one in every if one in looked_at or one in twice]


CASES = [(name, broken) for name in TRANSITIONS for broken in breakages(name)]
CELLS = sum(len(cells(*case)) for case in CASES)


def test_the_table_is_the_designs():
    assert {name: {str(s) for s in row.sources} for name, row in TRANSITIONS.items()} == FROM
    assert (len(CASES), CELLS) == (106, 1942)


@pytest.fixture(scope="module")
def made(once_a_module) -> tuple[make.House, dict[str, Edition]]:
    """One monograph in each state."""
    house = make.the_house()
    editions = {
        "draft": make.draft(house, "draftumab"),
        "in_review": make.submit(house, make.draft(house, "reviewumab")),
        "clinician_reviewed": make.signed(house, "signedumab"),
        "published": make.published(house, "liveumab"),
        "superseded": make.published(house, "oldumab"),
        "discarded": make.draft(house, "goneumab"),
    }
    second = make.start(house, editions["superseded"])
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    second = make.submit(house, second)
    make.sign(second, house.clinician)
    make.publish(house, make.sign(second, house.pharmacist))
    gone = editions["discarded"]
    perform("discard", editions=[gone], actor=house.editor, digest=make.seen(gone), reason="Given up")
    for state, edition in editions.items():
        edition.refresh_from_db()
        assert edition.state == state
    return house, editions


def bring_about(name: str, house: make.House, editions: dict[str, Edition]) -> None:
    """What this transition needs: the published page was withdrawn by the publisher, and clinicians said that it is
    still correct."""
    if name in ON_PAGE - AS_SHOWN:
        make.withdraw(editions["published"], house.publisher)
    if name == "reinstate":
        make.vouch_all(house, editions["published"])


COUNTED = (SignOff, Unsigning, Conflict, Publication, ChangeSet, Document, Version, Overlay, SecondSignature)
LOOKED_AT = (
    "SELECT " + ", ".join(f"(SELECT count(*) FROM {model._meta.db_table})" for model in COUNTED),
    "SELECT id, state, round FROM monographs_edition ORDER BY id",
    "SELECT id, live_id, next_review_due, tier FROM monographs_monograph ORDER BY id",
)


# Names of transitions that need the same, with what they need brought about by the first of them.
ONE_WORLD = (
    [name for name in TRANSITIONS if name not in ON_PAGE - AS_SHOWN],
    ["confirm-withdrawal", "still-correct"],
    ["reinstate"],
)


def rows() -> list[list[tuple]]:
    """What no refusal may change. Asked thousands of times, and so without the ORM."""
    with connection.cursor() as cursor:
        return [cursor.execute(question).fetchall() for question in LOOKED_AT]


def refused_codes(name: str, broken: str, state: str, role: str) -> set[str] | None:
    """What this cell is refused with; None: it goes through; an empty set: refused without an entry (a double click)."""
    if broken != "digest" and (state, role) in DONE.get(name, set()):
        return set()
    if role not in MAY[name]:
        return {"not_granted"}
    if state not in FROM[name]:
        return {"wrong_state"}
    if broken == "digest":
        return {"stale"}
    if broken == "everything":
        row = TRANSITIONS[name]
        return {*(["broken"] if row.guards else []), *(["reason"] if row.needs_reason else [])} or None
    codes = set()
    if broken not in ("none", "reason", "attestation"):
        codes.add("broken")
    if broken == "reason":
        codes.add("reason")
    if broken == "attestation":
        codes.add("attestation")
    if name == "unsign" and broken != "own_signature" and (state == "in_review" or role not in SIGNED):
        codes.add("not_signed")
    if name == "declare-conflict" and broken != "no_signature" and state == "clinician_reviewed" and role in SIGNED:
        codes.add("signed_already")
    if name == "end-conflict" and broken != "one_declared":
        codes.add("no_conflict")
    if name == "confirm-withdrawal" and broken != "waits_for_confirmation" and role == "publisher":
        codes.add("own_withdrawal")
    return codes or None


def expected_state(name: str, state: str) -> str:
    if name in ("sign", "declare-conflict"):  # one signature is not the set; the reviewed one stays reviewed
        return state
    return AFTER.get(name, "in_review")


@pytest.mark.parametrize(("name", "broken"), CASES)
def test_cell(name, broken, world, monkeypatch):
    house, editions = world
    bring_about(name, house, editions)
    row = TRANSITIONS[name]

    def always(case, actor):
        yield Refusal("broken", "Broken for a test.")

    everything = broken in ("everything", "digest")
    guards = tuple(always if everything or broken == guard.__name__ else guard for guard in row.guards)
    monkeypatch.setitem(workflow.TRANSITIONS, name, dataclasses.replace(row, guards=guards))

    # Each cell is rolled back, so that all of them begin with this.
    before, head = rows(), AuditEvent.objects.latest("seq").seq
    digests = {state: make.seen(edition) for state, edition in editions.items()}
    with every_cell() as cell:
        for state, role in cells(name, broken):
            digest = "0" * 64 if broken == "digest" else digests[state]
            with cell(name, f"broken: {broken}", state, role), make.undone():
                one_cell(editions[state], house.people[role], digest, before, head, (name, broken, state, role))
    assert rows() == before


def one_cell(edition, actor, digest, before, head, cell):
    name, broken, state, _role = cell
    attestation, everything = None, broken in ("everything", "digest")
    if TRANSITIONS[name].needs_attestation and broken != "attestation" and not everything:
        attestation = make.attestation(edition, actor, name)
    codes = refused_codes(*cell)

    try:
        performed = perform(
            name,
            editions=[edition],
            actor=actor,
            digest=digest,
            reason="" if everything or broken == "reason" else "A reason",
            attestation=attestation,
            kind="take_down" if name == "withdraw" else "",
        )
    except Refused as refused:
        assert codes is not None, f"was refused for {refused.codes}"
        assert rows() == before
        entries = list(AuditEvent.objects.filter(seq__gt=head))
        if not codes:
            assert (refused.codes, entries) == (["done_already"], [])
            return
        assert set(refused.codes) == codes
        (entry,) = entries
        assert (entry.verb, entry.actor_id) == ("refused", actor.pk)
        assert (entry.data["action"], set(entry.data["codes"])) == (name, codes)
        assert "rows" not in entry.data
        if broken not in ("none", "digest", "reason", "attestation", "everything"):
            asked = workflow.refusals(EditionReview.load(edition), TRANSITIONS[name], actor)
            assert {r.code for r in asked} == codes
        return

    assert codes is None, f"went through, and should be refused for {codes}"
    entries = [entry.verb for entry in AuditEvent.objects.filter(seq__gt=head)]
    assert entries == [ENTRY[name], *(["edited"] if name == "start" else [])]
    assert rows() != before
    if name == "start":
        assert performed[0].edition.state == "draft"
        assert performed[0].edition.number == edition.number + 1
    else:
        edition = Edition.objects.get(pk=edition.pk)
        assert edition.state == expected_state(name, state)


@pytest.mark.parametrize("names", ONE_WORLD, ids=lambda names: names[-1])
def test_what_is_offered_is_what_goes_through(names, world):
    """Where an act is a double click, nothing was offered any more: it is in the wrong state by then, or signed."""
    house, editions = world
    bring_about(names[0], house, editions)

    with every_cell() as cell:
        for state, role in cells(names[0], "none"):
            found = make.available(editions[state], house.people[role])
            for name in names:
                with cell(name, state, role):
                    codes = refused_codes(name, "none", state, role)
                    said = {"signed_already"} if name == "sign" else {"wrong_state"}
                    assert {one.code for one in found[name]} == (codes if codes else set() if codes is None else said)


def test_nobody_at_all_may_do_nothing(world):
    _house, editions = world

    with every_cell() as cell:
        for state, edition in editions.items():
            for name, found in make.available(edition, AnonymousUser()).items():
                with cell(state, name):
                    assert "not_granted" in {r.code for r in found}
