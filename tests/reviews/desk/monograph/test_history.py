"""The history: every entry in a sentence, edition by edition, with the words of each change set."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from reviews.access.refusals import Refused
from reviews.desk.monograph.history import entries_of
from reviews.desk.monograph.history_words import DONE
from reviews.editing.monographs import set_tier
from reviews.models import AuditEvent, ChangeSet
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.any_database

ADDRESS = "/desk/monographs/testazumab/history/"


def told(client, query=""):
    """(edition, what was done) of each entry on the page, as it stands there."""
    groups = client.get(f"{ADDRESS}{query}").context["groups"]
    return [
        (group["number"], f"{one.who} {one.did} {one.parts}".strip()) for group in groups for one in group["entries"]
    ]


def test_the_right_one_reads_it_the_wrong_one_and_a_stranger_do_not(house, enter):
    make.draft(house)

    assert enter("auditor").get(ADDRESS).status_code == 200
    assert enter("nobody").get(ADDRESS).status_code == 403
    assert enter("").get(ADDRESS).status_code == 302


def test_everything_that_was_done_is_told_newest_first_and_by_edition(house, enter):
    edition = make.start(house, make.published(house), actor=house.editor2)
    make.reword(edition, "monitoring", "Other words.", actor=house.editor2)

    assert told(enter("editor")) == [
        (2, "Test editor2 changed Monitoring"),
        (2, "Test editor2 copied the published edition, every part unchanged"),
        (2, "Test editor2 started edition 2 with the words of edition 1"),
        (1, "Test publisher published edition 1"),
        (1, "Test pharmacist signed edition 1"),
        (1, "Test clinician signed edition 1"),
        (1, "Test editor sent edition 1 for review"),
        (1, "Test editor changed 7 parts"),
        (1, "Test editor started this monograph with edition 1, standard tier"),
    ]
    assert {number for number, _ in told(enter("editor"), "?edition=1")} == {1}
    assert {number for number, _ in told(enter("editor"), "?edition=2")} == {2}


def test_an_entry_says_when_to_the_second_and_why(house, enter):
    edition = make.submit(house, make.draft(house))
    perform(
        "send-back", editions=[edition], actor=house.pharmacist, digest=make.seen(edition), reason="Say <b>more</b>."
    )

    html = enter("editor").get(ADDRESS).content.decode()

    event = AuditEvent.objects.latest("seq")
    assert "sent edition 1 back: in review to draft" in html
    assert "“Say &lt;b&gt;more&lt;/b&gt;.”" in html
    assert f"{timezone.localtime(event.at):%H:%M:%S}" in html


def test_refusals_are_entries_too_and_say_why(house, enter):
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "Mine.", actor=house.clinician)
    make.submit(house, edition)
    with pytest.raises(Refused):
        make.sign(edition, house.clinician)

    html = enter("editor").get(ADDRESS).content.decode()

    assert told(enter("editor"))[0] == (2, "Test clinician tried to sign")
    assert "Because they wrote or suggested everything that changed." in html


def test_the_tier_and_a_signature_taken_back_are_told(house, enter):
    edition = make.signed(house)
    perform("unsign", editions=[edition], actor=house.clinician, digest=make.seen(edition), reason="I misread.")
    set_tier(edition.monograph, "high", actor=house.clinician2, reason="Dangerous.")

    assert told(enter("editor"))[:2] == [
        (1, "Test clinician2 set the tier: standard to high"),
        (1, "Test clinician took the signature on edition 1 back"),
    ]


def test_the_words_of_a_change_set_are_shown_when_asked_for(house, enter):
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "Quite other words.", actor=house.editor2)
    change = ChangeSet.objects.filter(edition=edition).latest("at")
    client = enter("editor")

    closed = client.get(ADDRESS)
    opened = client.get(f"{ADDRESS}?change={change.pk}")

    assert b"Quite other words" not in closed.content
    assert f"change={change.pk}#opened" in closed.content.decode()
    assert "<ins>" in opened.content.decode()
    assert "Quite other words" in opened.content.decode()
    assert [one.label for one in opened.context["changes"]] == ["Monitoring"]


def test_a_change_set_of_another_monograph_is_not_there_and_the_try_is_recorded(house, enter):
    make.draft(house)
    other = make.draft(house, "otherzumab")
    change = ChangeSet.objects.get(edition=other)

    answer = enter("editor").get(f"{ADDRESS}?change={change.pk}")

    assert answer.status_code == 404
    refused = AuditEvent.objects.get(verb="refused")
    assert (refused.subject, refused.data["codes"]) == ("monograph:testazumab", ["not_of_this_monograph"])


@pytest.mark.parametrize("query", ["?change=x", "?change=%00", "?edition=9", "?edition=%00", f"?change={'0' * 32}"])
def test_what_is_not_there_is_a_404(house, enter, query):
    make.draft(house)

    assert enter("editor").get(f"{ADDRESS}{query}").status_code == 404


def test_twenty_entries_stand_on_a_page_and_a_longer_one_asks_no_more_queries(house, enter, queries):
    edition = make.draft(house)
    few = queries(enter("editor"), ADDRESS)
    for number in range(25):
        make.reword(edition, "monitoring", f"Words {number}.", actor=house.editor)

    assert len(told(enter("editor"))) == 20
    assert len(told(enter("editor"), "?page=2")) == 7
    assert told(enter("editor"), "?page=x") == told(enter("editor"))
    # One more: counting is a query of its own only when there is more than a page.
    assert queries(enter("editor"), ADDRESS) <= few + 1


# -- Nothing is passed over --------------------------------------------------------------------------------------------


def verbs_of_monographs():
    """Every verb that the code records on a monograph: `record("verb", f"monograph:…")` or with `subject` or a name."""
    found = set()
    for path in Path(settings.BASE_DIR, "reviews").rglob("*.py"):
        tree = ast.parse(path.read_text())
        for call in ast.walk(tree):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "record"):
                continue
            if (
                len(call.args) > 1
                and isinstance(call.args[0], ast.Constant)
                and "monograph" in ast.unparse(call.args[1])
            ):
                found.add(call.args[0].value)
    return found


def test_every_verb_has_its_sentence():
    assert verbs_of_monographs() >= {"begun", "started", "edited"}
    assert verbs_of_monographs() <= DONE.keys()


def test_an_unknown_verb_raises(house):
    event = AuditEvent(seq=1, verb="improvised", subject="monograph:testazumab", data={})

    with pytest.raises(KeyError, match="improvised"):
        entries_of([event])
