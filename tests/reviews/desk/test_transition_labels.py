"""What the desk calls things: pure words, one by one."""

from types import SimpleNamespace

import pytest

from monographs.models import Edition, Monograph, State
from reviews.access.refusals import Refusal, RefusalType
from reviews.audit.trail import audited_write
from reviews.desk import transition_labels
from reviews.desk.base import and_list, chip, current_edition, edition_at_hand
from reviews.review.edition_review import EditionReview
from reviews.workflow import TRANSITIONS
from tests import factories as make

pytestmark = pytest.mark.any_database

BUTTONS = {
    "start": "Start edition 8",
    "submit": "Send for review",
    "send-back": "Send back to the editors",
    "sign": "Sign edition 3",
    "unsign": "Take my signature back",
    "declare-conflict": "Decline for a conflict of interest",
    "end-conflict": "I have no conflict of interest after all",
    "publish": "Publish edition 3",
    "discard": "Discard edition 3",
    "withdraw": "Withdraw Testazumab",
    "confirm-withdrawal": "Confirm the withdrawal",
    "still-correct": "Sign that edition 3 is still correct",
    "full-review": "Sign the full review of edition 3",
    "no-change": "Sign that edition 3 needs no change",
    "reinstate": "Reinstate Testazumab",
}
NOTES = {
    "start": "A draft with the same words. Readers notice nothing until it is signed and published.",
    "submit": "Clinicians read and sign it next. Until somebody sends it back, nobody can change it.",
    "send-back": "It becomes a draft again. Signatures of this round no longer count.",
    "sign": "Read what changed, then sign with your password.",
    "unsign": "Your signature no longer counts. It and your reason are kept.",
    "declare-conflict": "You are not asked to sign this edition, and cannot, until you take it back.",
    "end-conflict": "You can be asked to sign this edition again.",
    "publish": "Readers see it at once.",
    "discard": "It is closed and cannot be opened again. Its history is kept. Readers notice nothing.",
    "withdraw": "Readers see it at once. Somebody of the other role, clinician or publisher, confirms it.",
    "confirm-withdrawal": "You looked at why it was withdrawn, and agree.",
    "still-correct": "Read all of it again, then sign with your password. Its tier asks for as many as to publish it.",
    "full-review": "Read all of it again, then sign with your password. Its tier asks for as many as to publish it.",
    "no-change": "Check it against today’s sources, then sign with your password. The last full review keeps its date.",
    "reinstate": "Readers get the signed page again, at its address.",
}


@pytest.mark.parametrize("transition", TRANSITIONS)
def test_each_transition_has_its_button_and_says_what_it_does(transition):
    first = SimpleNamespace(monograph=SimpleNamespace(live=None))
    later = SimpleNamespace(monograph=SimpleNamespace(live=SimpleNamespace(number=2)))

    row = TRANSITIONS[transition]
    assert transition_labels.button(row, 3, 8, name="Testazumab") == BUTTONS[transition]
    assert transition_labels.help_for(row, first) == NOTES[transition]
    more = {
        "publish": "Readers see it at once. It replaces edition 2.",
        "discard": "It is closed and cannot be opened again. Its history is kept. Edition 2 stays published.",
    }
    assert transition_labels.help_for(row, later) == more.get(transition, NOTES[transition])


@pytest.mark.parametrize(
    ("transition", "said"),
    [
        ("start", "Edition 3 is started. Change it, then send it for review."),
        ("send-back", "Edition 3 is a draft again. Its editors see your reason in their queue."),
        ("discard", "Edition 3 was discarded. Its history is kept."),
        ("withdraw", "The page is withdrawn. Below is where it is gone, and what is left to do."),
        ("confirm-withdrawal", "You confirmed the withdrawal."),
        ("reinstate", "The page is reinstated. Readers see it now."),
    ],
)
def test_each_transition_says_what_happened(db, transition, said):
    left = SimpleNamespace(edition=SimpleNamespace(number=3), monograph=SimpleNamespace(pk=0))
    assert transition_labels.done(TRANSITIONS[transition], left) == said


def test_who_must_sign_next_that_a_page_is_still_correct(house):
    edition = make.published(house)
    make.withdraw(edition, house.publisher)
    make.vouch(edition, house.pharmacist)
    done = lambda: transition_labels.done(TRANSITIONS["still-correct"], EditionReview.load(edition))  # noqa: E731

    signed = "You signed that edition 1 is still correct."
    assert done() == f"{signed} Next, one more registered clinician must sign."
    make.vouch(edition, house.clinician)
    assert done() == f"{signed} A publisher can reinstate the page now."


@pytest.mark.parametrize("transition", ["submit", "sign", "unsign"])
@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({}, "A publisher can publish it now."),
        ({"a": ["a doctor", "a pharmacist"]}, "Next, a doctor and a pharmacist must sign."),
    ],
)
def test_who_must_sign_next_is_said_of_the_edition_as_it_was_left(transition, wanted, said):
    left = SimpleNamespace(edition=SimpleNamespace(number=3), missing_sign_offs=lambda: wanted)
    assert transition_labels.done(TRANSITIONS[transition], left).endswith(said)


def test_the_four_steps_of_the_path():
    assert transition_labels.STEPS == (State.DRAFT, State.IN_REVIEW, State.CLINICIAN_REVIEWED, State.PUBLISHED)


def test_who_still_has_to_sign_is_named_once_for_all_parts():
    case = SimpleNamespace(
        missing_sign_offs=lambda: {"a": ["a pharmacist", "x"], "b": ["a pharmacist"], "c": ["y", "x"]}
    )

    assert transition_labels.missing(case) == ["a pharmacist", "x", "y"]


@pytest.mark.parametrize(
    ("given", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (iter("abc"), "a, b and c"), ("abcd", "a, b, c and d")],
)
def test_words_are_listed_with_an_and(given, said):
    assert and_list(given) == said


@pytest.mark.parametrize(
    ("state", "word", "css"),
    [
        ("draft", "Draft", ""),
        ("in_review", "In review", "chip-review"),
        ("clinician_reviewed", "Clinician reviewed", "chip-reviewed"),
        ("published", "Published", "chip-published"),
        ("superseded", "Superseded", "chip-superseded"),
        ("discarded", "Discarded", "chip-superseded"),
    ],
)
def test_a_state_is_a_word_and_its_colour(state, word, css):
    assert chip(state) == {"word": word, "class": css}


CURRENT = [
    (("published", "draft"), 2),
    (("published", "discarded"), 1),
    (("superseded", "published", "discarded"), 2),
    (("discarded", "discarded"), 2),
    (("superseded", "published", "in_review"), 3),
]


@pytest.mark.django_db
def test_the_desk_is_about_the_open_edition_else_what_is_live_else_the_latest(house):
    for at, (states, current) in enumerate(CURRENT):
        first = make.draft(house, f"stands{at}")
        with audited_write(actor=house.editor) as trail:
            for number, state in enumerate(states, 1):
                edition = first if number == 1 else Edition(monograph=first.monograph, number=number)
                edition.state = state
                trail.save(edition)
            trail.record("started", f"monograph:stands{at}")
        monograph = Monograph.objects.with_current().get(slug=f"stands{at}")

        found = current_edition(monograph)

        assert (found.number, edition_at_hand(monograph)) == (current, found)


@pytest.mark.parametrize(
    ("reasons", "heading"),
    [
        ([], ""),
        ([("not_granted", RefusalType.FORBIDDEN)], "You do not have permission:"),
        ([("not_granted", RefusalType.FORBIDDEN), ("wrong_state", RefusalType.CONFLICT)], "Not now:"),
        ([("not_covered", RefusalType.FORBIDDEN)], "Not yet:"),
        ([("not_covered", RefusalType.FORBIDDEN), ("not_covered", RefusalType.FORBIDDEN)], "Not yet, for 2 reasons:"),
        ([("only_signer", RefusalType.FORBIDDEN), ("no_checkpoint", RefusalType.CONFLICT)], "Not yet, for 2 reasons:"),
        ([("problem_title", RefusalType.INVALID)], "Not yet:"),
    ],
)
def test_what_cannot_be_done_is_headed_by_whose_matter_it_is(reasons, heading):
    from reviews.desk.monograph.workspace import _heading

    assert _heading([Refusal(code, "Why not.", kind) for code, kind in reasons]) == heading


@pytest.mark.parametrize(
    ("count", "said"), [(0, ""), (1, "Header"), (2, "Header and a"), (6, "Header, a, b, c, d and e"), (7, "7 parts")]
)
def test_six_parts_are_named_and_more_are_counted(count, said):
    from reviews.desk.monograph.history import _listed

    assert _listed(["Header", *"abcdef"][:count]) == said


def test_a_person_is_called_by_name_else_by_their_account_and_nobody_is_the_machine(db):
    from reviews.desk.base import Names, name_of

    ann, bob = make.account("ann", first_name="Ann", last_name="A."), make.account("bob")
    names = Names([ann.pk, bob.pk, None])

    assert (name_of(ann), name_of(bob)) == ("Ann A.", "bob")
    assert (names[ann.pk], names[bob.pk], names[None], names[99_999]) == ("Ann A.", "bob", "System", "System")
    assert names.listed([bob.pk, ann.pk]) == "Ann A., bob"
    assert names.listed([bob.pk, ann.pk], ann) == "bob, you"


def test_each_part_leads_to_its_own_form_and_what_is_no_part_to_none():
    from monographs.document import Document, Section
    from reviews.desk.base import edit_address, part_links

    section = Section(key="12345678-1234-5678-1234-567812345678", kind="overdose", heading="Overdose")
    base = "/desk/monographs/x/edit"
    assert edit_address("x", "header") == f"{base}/header/"
    assert edit_address("x", "order") == f"{base}/order/"
    assert edit_address("x", str(section.key)) == f"{base}/{section.key}/"

    found = [Refusal("a", "A.", part=part) for part in ("header", "order", str(section.key), "gone", "")]
    assert part_links("x", Document(sections=(section,)), found) == list(
        zip(found, [f"{base}/header/", f"{base}/order/", f"{base}/{section.key}/", "", ""], strict=True)
    )
