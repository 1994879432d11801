"""What the history says of each kind of entry, read from one monograph to which everything was done."""

import re

import pytest
from django.utils import timezone

from monographs.models import Monograph, Overlay
from reviews.access.refusals import Refused
from reviews.desk.monograph.history_words import DONE, TRIED, WHY, why
from reviews.editing import monographs
from reviews.editing.monographs import set_tier
from reviews.editing.remarks import answer_remark, reopen_remark
from reviews.models import AuditEvent, ChangeSet, Remark
from reviews.reports import looking, service
from reviews.reports.service import ReportInput
from reviews.workflow import TRANSITIONS, perform
from tests import factories as make
from tests import tables
from tests.test_stored_names import refusal_codes

pytestmark = pytest.mark.any_database

ADDRESS = "/desk/monographs/secondzumab/history/"


def step(edition, transition, actor, reason=""):
    return perform(transition, editions=[edition], actor=actor, digest=make.seen(edition), reason=reason)[0].edition


def send_back_again(house, edition):
    """With a remark of which it is said twice what became of it."""
    remarks = {"header": "The name?", str(make.key("monitoring")): "For how long?"}
    perform("send-back", editions=[edition], actor=house.clinician, digest=make.seen(edition), reason="Two.", remarks=remarks)  # fmt: skip
    one, other = Remark.objects.unanswered()
    for remark in (one, one, other):
        if not Remark.objects.unanswered().filter(pk=remark.pk):
            reopen_remark(remark, actor=house.editor2)
        answer_remark(remark, outcome="done", answer="", actor=house.editor)
    make.submit(house, edition)


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    first = make.submit(house, make.draft(house))
    first = step(first, "send-back", house.pharmacist, "Say more.")
    make.submit(house, first)
    signature = make.attestation(first, house.clinician, interests="Lecture fees, 2025")
    perform("sign", editions=[first], actor=house.clinician, digest=make.seen(first), attestation=signature)
    step(first, "unsign", house.clinician, "I misread.")
    make.sign(first, house.clinician)
    first = make.publish(house, make.sign(first, house.pharmacist))
    page = Monograph.objects.get()
    set_tier(page, "high", actor=house.clinician2, reason="Dangerous.")
    second = make.start(house, first, actor=house.editor2)
    make.reword(second, "monitoring", "Other words.", actor=house.editor2)
    step(second, "discard", house.editor2, "Not needed.")
    third = make.start(house, first)
    make.reword(third, "prescribing", "- Start very slowly [@trial2020].", actor=house.editor)
    make.submit(house, third)
    tables.remarked(house, third)
    send_back_again(house, third)
    make.sign(third, house.clinician)
    make.publish(house, make.sign(third, house.pharmacist))
    page = Monograph.objects.get()
    (warning,) = make.warn(house.clinician, page, title="stop")
    make.countersign(warning, house.clinician2)
    make.lift(warning, house.pharmacist, "The regulator took it back.")
    make.withhold(page, make.key("monitoring"), house.clinician)
    erratum = make.correct(house.pharmacist, page, "It can slow.", "It may slow.")
    make.lift(erratum, house.pharmacist)
    live = page.live.edition
    make.withdraw(live, house.publisher, "retire", "the source is in doubt")
    make.withdraw(live, house.publisher, "take_down", "a dose is wrong")
    perform("confirm-withdrawal", editions=[live], actor=house.clinician, digest=make.seen(live))
    make.reinstate(house, live)
    one = service.report(ReportInput("The interval is wrong.", harm=True), sender="s", monograph=page)
    looking.look(one, actor=house.editor, seen=0)
    looking.give_back(one, actor=house.editor)
    service.answer(one, actor=house.clinician, outcome="no-change", text="It is right.", reason="It was looked at.")
    with pytest.raises(Refused):
        step(live, "withdraw", house.editor, "x")
    monographs.move(page, slug="secondzumab", actor=house.publisher, reason="It has another name.")


def entries(client, query=""):
    found, number = [], 1
    while True:
        page = client.get(f"{ADDRESS}?page={number}{query}")
        found += [(group["number"], one) for group in page.context["groups"] for one in group["entries"]]
        if not page.context["page"].has_next():
            return found
        number += 1


def told():
    report = service.ProblemReport.objects.get()
    return [
        (3, "Test publisher moved it from testazumab to secondzumab"),
        (3, "Test editor tried to withdraw the page"),
        (3, f"Test clinician answered the report {report.number}"),
        (3, f"Test editor gave a report of a reader ({report.number}) back"),
        (3, f"Test editor began to look at a report of a reader ({report.number})"),
        (3, f"System took in a report of a reader ({report.number})"),
        (3, "Test publisher reinstated the page"),
        (3, "Test pharmacist signed that edition 3 is still correct"),
        (3, "Test clinician signed that edition 3 is still correct"),
        (3, "Test clinician confirmed the withdrawal of the page"),
        (3, "Test publisher took the page down"),
        (3, "Test publisher retired the page"),
        (3, "Test pharmacist ended correction"),
        (3, "Test pharmacist added a correction of edition 1, 3"),
        (3, "Test clinician withheld a part of the page"),
        (3, "Test pharmacist ended urgent warning"),
        (3, "Test clinician2 countersigned the urgent warning"),
        (3, "Test clinician put an urgent warning over the page: stop treatment and contact patients"),
        (3, "Test publisher published edition 3; edition 1 was superseded"),
        (3, "Test pharmacist signed edition 3"),
        (3, "Test clinician signed edition 3"),
        (3, "Test editor sent edition 3 for review"),
        (3, "Test editor said of a remark on “Monitoring”: done"),
        (3, "Test editor said of a remark on “Header”: done"),
        (3, "Test editor2 took back what was said of a remark on “Header”"),
        (3, "Test editor said of a remark on “Header”: done"),
        (3, "Test clinician sent edition 3 back: in review to draft, with 2 remarks"),
        (3, "Test editor sent edition 3 for review"),
        (3, "Test editor said of a remark on “Monitoring”: left as it is"),
        (3, "Test clinician sent edition 3 back: in review to draft, with 1 remark"),
        (3, "Test editor sent edition 3 for review"),
        (3, "Test editor changed Prescribing in practice"),
        (3, "Test editor copied the published edition, every part unchanged"),
        (3, "Test editor started edition 3 with the words of edition 1"),
        (2, "Test editor2 discarded edition 2"),
        (2, "Test editor2 changed Monitoring"),
        (2, "Test editor2 copied the published edition, every part unchanged"),
        (2, "Test editor2 started edition 2 with the words of edition 1"),
        (1, "Test clinician2 set the tier: standard to high"),
        (1, "Test publisher published edition 1"),
        (1, "Test pharmacist signed edition 1"),
        (1, "Test clinician signed edition 1"),
        (1, "Test clinician took the signature on edition 1 back"),
        (1, "Test clinician signed edition 1"),
        (1, "Test editor sent edition 1 for review"),
        (1, "Test pharmacist sent edition 1 back: in review to draft"),
        (1, "Test editor sent edition 1 for review"),
        (1, "Test editor changed 7 parts"),
        (1, "Test editor started this monograph with edition 1, standard tier"),
    ]


def test_everything_that_was_ever_done_is_told_newest_first_under_the_edition_of_its_time(house, enter):
    found = entries(enter("auditor"))

    assert [(number, f"{one.who} {one.did} {one.parts}".strip()) for number, one in found] == told()
    sequence = [one.event.seq for _, one in found]
    assert sequence == sorted(sequence, reverse=True)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_one_edition_alone_has_all_of_its_entries_and_no_other(house, enter, number):
    found = entries(enter("auditor"), f"&edition={number}")

    assert [f"{one.who} {one.did} {one.parts}".strip() for _, one in found] == [
        said for edition, said in told() if edition == number
    ]
    page = enter("auditor").get(f"{ADDRESS}?edition={number}")
    html = page.content.decode()
    assert f'<a href="?edition={number}" aria-current="page">' in html
    assert html.count('aria-current="page">Edition') == 1
    assert page.context["editions"] == [3, 2, 1]
    state = {1: "Superseded", 2: "Discarded", 3: "Published"}[number]
    assert [(group["number"], group["chip"]["word"]) for group in page.context["groups"]] == [(number, state)]
    assert f'<h2 id="edition-{number}">Edition {number}</h2>' in html


def test_entries_say_the_state_that_they_led_to_why_and_what_else_is_to_know(house, enter):
    by_words = {}
    for _, one in entries(enter("auditor")):
        by_words.setdefault(one.did, one)

    chips = {did: one.chip["word"] for did, one in by_words.items() if one.chip}
    assert chips == {
        "published edition 3; edition 1 was superseded": "Published",
        "signed edition 3": "Clinician reviewed",
        "sent edition 3 for review": "In review",
        "sent edition 3 back: in review to draft, with 2 remarks": "Draft",
        "sent edition 3 back: in review to draft, with 1 remark": "Draft",
        "started edition 3 with the words of edition 1": "Draft",
        "discarded edition 2": "Discarded",
        "started edition 2 with the words of edition 1": "Draft",
        "published edition 1": "Published",
        "signed edition 1": "Clinician reviewed",
        "sent edition 1 for review": "In review",
        "sent edition 1 back: in review to draft": "Draft",
        "started this monograph with edition 1, standard tier": "Draft",
    }
    assert {did: one.why for did, one in by_words.items() if one.why} == {
        "tried to withdraw the page": "they do not have permission in this class"
    }
    assert [one.did for one in by_words.values() if one.is_refusal] == ["tried to withdraw the page"]
    more = [one.more for _, one in entries(enter("auditor"), "&edition=1") if one.more]
    assert more == [
        "Pharmacist. Counts for 7 changed parts. No interests declared.",
        "Neurologist. Counts for 7 changed parts. No interests declared.",
        "Neurologist. Counts for 7 changed parts. Interests: Lecture fees, 2025",
    ]
    assert by_words["signed edition 3"].more == "Pharmacist. Counts for 1 changed part. No interests declared."


def test_a_send_back_is_told_with_its_remarks(house, enter):
    html = " ".join(enter("auditor").get(f"{ADDRESS}?edition=3&page=2").content.decode().split())

    entry = html.split("with 2 remarks</p>")[1].split("</ul>")[0]
    assert "<li><strong>Header:</strong> “The name?”</li>" in entry
    assert "<li><strong>Monitoring:</strong> “For how long?”</li>" in entry


def test_an_entry_stands_on_the_page_with_reason_moment_fingerprint_and_words(house, enter):
    client = enter("auditor")
    html = " ".join((client.get(f"{ADDRESS}?edition=2").content.decode()).split())
    events = {event.verb: event for event in AuditEvent.objects.filter(seq__in=[
        one.event.seq for _, one in entries(client, "&edition=2")
    ])}  # fmt: skip

    entry = html.split(f'<li id="entry-{events["discarded"].seq}">')[1].split("</li>")[0]
    at = timezone.localtime(events["discarded"].at)
    assert f"{at.day} {at:%B %Y}<br>{at:%H:%M:%S}</time>" in entry
    assert "<strong>Test editor2</strong> discarded edition 2" in entry
    assert "“Not needed.”" in entry
    digest = events["discarded"].digest
    assert f"Fingerprint of the text: </span>{digest[:8]}…{digest[60:]}</p>" in entry
    assert 'class="chip chip-superseded">Discarded</span>' in entry
    assert "What changed" not in entry
    change = html.split(f'<li id="entry-{events["edited"].seq}">')[1].split("</li>")[0]
    assert "changed <strong>Monitoring</strong>" in change
    assert f"?edition=2&amp;page=1&amp;change={events['edited'].data['change_set']}#opened" in change
    assert "Compare<span" in change
    refusal = " ".join(client.get(ADDRESS).content.decode().split())
    assert "<strong>Refused:</strong> <strong>Test editor</strong> tried to withdraw the page" in refusal
    assert "Because they do not have permission in this class." in refusal


def test_the_words_of_a_change_stand_before_on_the_left_and_after_on_the_right(house, enter):
    change = ChangeSet.objects.get(edition__number=2, touched=[str(make.key("monitoring"))])

    page = enter("auditor").get(f"{ADDRESS}?edition=2&change={change.pk}")

    html = " ".join(page.content.decode().split())
    opened = html.split('<section id="opened"')[1]
    old, new = opened.index("Text, before</h4>"), opened.index("Text, after</h4>")
    assert old < opened.index("Tests go on for years") < new < opened.index("Other words")
    assert "What Test editor2 changed on <time" in opened
    assert "“Reworded for a test”" in opened
    assert "Monitoring: changed" in opened
    for words, state in (("Compare with now", "now"), ("Compare with what readers see", "live")):
        address = f"/desk/monographs/secondzumab/compare/?from={change.pk}&amp;to={state}"
        assert re.search(f'href="{re.escape(address)}">{words}<', opened)


def test_the_newer_and_the_older_page_keep_the_edition(house, enter, monkeypatch):
    monkeypatch.setattr("reviews.desk.monograph.history.A_PAGE", 3)

    html = enter("auditor").get(f"{ADDRESS}?edition=1&page=2").content.decode()

    assert 'href="?edition=1&amp;page=1">Newer</a>' in html
    assert 'href="?edition=1&amp;page=3">Older</a>' in html
    assert "Entries 4 to 6 of 11" in html


@pytest.mark.parametrize(
    ("person", "status"),
    [("editor", 200), ("clinician", 200), ("publisher", 200), ("auditor", 200), ("nobody", 403), ("", 302)],
)
def test_who_may_read_it(house, enter, person, status):
    assert enter(person).get(ADDRESS).status_code == status


# -- Words, one by one -------------------------------------------------------------------------------------------------

SAID = [
    ("tier_asked", {"to_tier": "high"}, "asked for the high tier"),
    ("begun", {"edition": 1, "tier": "low"}, "started this monograph with edition 1, low tier"),
    ("started", {"edition": 2, "copied": None}, "started edition 2"),
    ("started", {"edition": 2, "copied": 1}, "started edition 2 with the words of edition 1"),
    ("published", {"edition": 2, "superseded": None}, "published edition 2"),
    ("sent_back", {"edition": 2, "from": "clinician_reviewed"}, "sent edition 2 back: clinician reviewed to draft"),
    ("withdrawn", {"kind": "retire"}, "retired the page"),
    ("withdrawn", {"kind": "take_down"}, "took the page down"),
    ("corrected", {"editions": [1, 2]}, "added a correction of edition 1, 2"),
    ("lifted", {"kind": "withhold"}, "ended part withheld"),
    ("reports_taken_in", {"reports": [7]}, "took in a report of a reader (R-7)"),
    ("reports_taken_in", {"reports": [7, 8]}, "took in 2 reports of readers (R-7 and R-8)"),
    ("reports_taken_in", {"reports": [1, 2, 3, 4, 5, 6]}, "took in 6 reports of readers"),
    ("library_changed", {"of": "drug:a", "by": "drug_renamed"}, "gave its drug another name in the library"),
    ("copy_taken", {"edition": 2, "changed": ["name"]}, "took over into edition 2 what the library says"),
    ("parts_copied", {"from": "a", "of": 3, "parts": {"1": "2"}}, "copied 1 part from a, edition 3"),
    ("parts_copied", {"from": "a", "of": 3, "parts": {"1": "2", "3": "4"}}, "copied 2 parts from a, edition 3"),
    ("copy_left", {"edition": 2, "changed": ["name"]}, "left in edition 2 what it had copied"),
    ("drug_added", {"name": "addumab", "traits": []}, "added the drug addumab"),
    ("drug_changed", {"changed": ["names", "traits"]}, "changed its other names and its traits"),
    ("drug_renamed", {"from_name": "a", "to_name": "b"}, "renamed it from a to b"),
    ("drug_merged", {"into": "other"}, "merged it into other"),
    ("drug_retired", {}, "retired it: nothing new begins on it"),
    ("drug_back", {}, "said that it is in use again"),
    ("class_added", {"name": "Pain", "parent": None}, "added the class Pain"),
    ("class_renamed", {"from_name": "a", "to_name": "b"}, "renamed it from a to b"),
    ("class_moved", {"from_parent": None, "to_parent": "pain"}, "moved it from the top to pain"),
    ("class_moved", {"from_parent": "pain", "to_parent": None}, "moved it from pain to the top"),
    ("class_floor_set", {"from_tier": "", "to_tier": "high"}, "set its lowest tier: none to high"),
    ("class_floor_set", {"from_tier": "high", "to_tier": ""}, "set its lowest tier: high to none"),
    ("class_retired", {}, "retired it: nothing new begins in it"),
    ("class_back", {}, "said that it is in use again"),
    ("assigned", {"edition": 2, "name": "Ann", "due_on": "2026-12-03"}, "asked Ann to sign edition 2 by 3 December 2026"),
    ("assigned", {"edition": 2, "name": "Ann", "due_on": "2026-12-03", "instead": "Ben"},
     "asked Ann to sign edition 2 by 3 December 2026, in the place of Ben"),
    ("assigned", {"edition": 2, "name": "Ann", "due_on": "2026-12-03", "instead": "Ann"},
     "asked Ann to sign edition 2 by 3 December 2026"),
    ("assignment_declined", {"edition": 2, "name": "Ann"}, "declined to sign edition 2"),
    ("assignment_taken_off", {"edition": 2, "name": "Ann"}, "asks Ann no more to sign edition 2"),
    ("refused", {"action": "answer_report"}, "tried to answer a report"),
    ("refused", {"action": "publish"}, "tried to publish"),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "data", "said"), SAID)
def test_a_verb_is_told_by_its_data(verb, data, said):
    assert DONE[verb](data) == said


def test_every_act_that_can_be_refused_has_words():
    named = {*TRANSITIONS, "new", "set_tier", "ask_for_tier", "move", "edit", "import", "read", "withhold", "answer_report", "look_at_report", "close_reports", "warn",
             "countersign", "correct", "call_harmless", "lift", "take_in_reports", "close_recheck", "take_over", "leave_copy",
             "change_drug", "rename_drug", "merge_drug", "retire_drug", "bring_back_drug", "make_class", "rename_class",
             "move_class", "set_floor", "retire_class", "bring_back_class", "answer_remark", "reopen_remark", "assign", "end_assignment"}  # fmt: skip
    for action in named:
        words = DONE["refused"]({"action": action})
        assert "_" not in words
        assert "-" not in words
    assert named == TRIED.keys()


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (["stale"], "the edition was changed meanwhile"),
        (["tick", "tick", "interests"], "the checklist was not complete and no interests were declared"),
        (["problem_title", "problem_text"], "it had problems"),
        (["not_granted", "wrong_state", "only_signer"],
         "they do not have permission in this class, the edition was in another state and they were the only signer"),
        (["never_heard_of"], "never heard of"),
        ([], ""),
    ],
)  # fmt: skip
def test_the_reasons_of_a_refusal_are_told_each_once(codes, said):
    assert why(codes) == said


def test_every_code_that_refuses_has_words():
    codes = {"problems" if code.startswith("problem_") else code for code in refusal_codes()}

    assert codes - WHY.keys() == set()
    assert len(codes) > 80


def test_reasons_are_words_and_never_codes():
    assert all("_" not in words for words in WHY.values())
    assert len(set(WHY.values())) == len(WHY)


def test_overlays_that_the_page_had_are_still_all_in_the_history(house, enter):
    told_of = {one.event.data.get("overlay") for _, one in entries(enter("auditor"))} - {None}

    # All but the two ends that brought the page back, which are one entry.
    assert told_of == set(Overlay.objects.exclude(lifts__kind__in=("retire", "take_down")).values_list("pk", flat=True))
