"""The workspace: where an edition stands, what can be done next or why not, its parts and people."""

import re

import pytest

from monographs.digest import digest_of_part
from monographs.document import Document, Header, Section
from monographs.models import State
from reviews.audit.trail import WriteLockTimeout, audited_write
from reviews.changes import change_set
from reviews.editing.monographs import set_tier
from reviews.models import AuditEvent
from reviews.workflow import TRANSITIONS, perform
from tests import factories as make
from tests.forms import wrong

pytestmark = pytest.mark.any_database

ADDRESS = "/desk/monographs/testazumab/"


def moves(client):
    return {move.name: move for move in client.get(ADDRESS).context["moves"]}


def row(client, label):
    return next(row for row in client.get(ADDRESS).context["rows"] if row.label == label)


def step(edition, transition, actor, reason="Because of a test."):
    return perform(transition, editions=[edition], actor=actor, digest=make.seen(edition), reason=reason)[0].edition


# -- Who may read it ---------------------------------------------------------------------------------------------------


def test_the_right_one_reads_it_the_wrong_one_and_a_stranger_do_not(house, enter):
    make.draft(house)

    assert enter("editor2").get(ADDRESS).status_code == 200
    assert enter("nobody").get(ADDRESS).status_code == 403
    assert enter("").get(ADDRESS).status_code == 302


@pytest.mark.parametrize("page", ["", "review/", "history/"])
def test_a_monograph_of_a_closed_class_is_not_there_and_the_try_is_recorded(house, enter, page):
    make.draft(house)
    client = enter("editor")
    make.revoke("editor", house.root, actor=house.admin)

    closed, absent = client.get(f"{ADDRESS}{page}"), client.get(f"/desk/monographs/absent/{page}")

    assert (closed.status_code, absent.status_code) == (404, 404)
    assert closed.content == absent.content
    refused = AuditEvent.objects.get(verb="refused")
    assert (refused.actor, refused.subject, refused.data["action"]) == (house.editor, "monograph:testazumab", "read")


def test_a_transition_on_a_closed_monograph_is_not_there_and_changes_nothing(house, enter):
    edition = make.draft(house)
    make.revoke("editor", house.root, actor=house.admin)

    answer = enter("editor2").post(f"{ADDRESS}do/submit/", {"digest": make.seen(edition)})

    edition.refresh_from_db()
    assert (answer.status_code, edition.state) == (404, State.DRAFT)
    assert AuditEvent.objects.filter(verb="refused").count() == 1


# -- What can be done next ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["editor", "clinician", "publisher", "auditor"])
def test_every_transition_is_shown_open_or_with_every_reason(house, enter, person):
    make.draft(house)

    offered = moves(enter(person))

    assert offered.keys() == {name for name, row in TRANSITIONS.items() if not row.on_page}
    page = enter(person).get(ADDRESS).content.decode()
    for name, move in offered.items():
        assert f'aria-describedby="why-{name}"' in page or move.is_open
        assert (f"do/{name}/" in page) == (move.is_open and name != "sign")
    assert page.count('aria-disabled="true"') == sum(not move.is_open for move in offered.values())


def test_an_editor_may_send_a_draft_for_review_and_give_it_up(house, enter):
    edition = make.draft(house)

    offered = moves(enter("editor"))

    assert {name for name, move in offered.items() if move.is_open} == {"submit", "discard"}
    assert offered["submit"].is_primary
    assert offered["publish"].heading == "You do not have permission:"
    assert offered["start"].heading == "Not now:"
    assert f'name="digest" value="{make.seen(edition)}"' in enter("editor").get(ADDRESS).content.decode()


def test_problems_are_listed_with_the_way_to_their_part(house, enter):
    section = Section(key=make.key("empty"), kind="interactions", heading="Interactions")
    make.draft(house, doc=Document(header=Header(name="Testazumab", title="Testazumab"), sections=(section,)))

    offered = moves(enter("editor"))["submit"]
    page = enter("editor").get(ADDRESS).content.decode()

    assert offered.heading == f"Not yet, for {len(offered.reasons)} reasons:"
    assert f'href="{ADDRESS}edit/{section.key}/"' in page
    assert f'href="{ADDRESS}edit/header/"' in page
    # Whoever cannot send it for review sees what is missing all the same.
    assert "Before it can be sent for review" in enter("auditor").get(ADDRESS).content.decode()
    assert "Before it can be sent for review" not in page


def test_a_publisher_is_told_which_parts_lack_whose_signature(house, enter):
    edition = make.draft(house)
    make.reword(edition, "monitoring", "Other words.", actor=house.clinician2)
    edition = make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.sign(edition, house.clinician2)

    offered = moves(enter("publisher"))["publish"]
    monitoring = row(enter("publisher"), "Monitoring")

    assert not offered.is_open
    assert (monitoring.signed, monitoring.wanted) == ("Test clinician", "one more registered clinician")
    assert monitoring.cannot == "Test clinician2, Test editor"
    assert row(enter("clinician2"), "Monitoring").cannot == "Test editor, you"


# -- Where it stands ---------------------------------------------------------------------------------------------------


def test_the_path_marks_the_step_in_words(house, enter):
    edition = make.draft(house)
    page = enter("editor").get(ADDRESS).content.decode()
    assert re.search(r'class="here" aria-current="step"><strong>Draft</strong><span>You are here</span>', page)

    make.submit(house, edition)
    page = enter("editor").get(ADDRESS).content.decode()
    assert re.search(r'class="here" aria-current="step"><strong>In review</strong><span>You are here</span>', page)
    assert page.count('aria-current="step"') == 1


def test_what_was_sent_back_says_by_whom_and_why_until_it_is_sent_again(house, enter):
    edition = step(make.submit(house, make.draft(house)), "send-back", house.pharmacist, "Say which <b>test</b>.")

    page = enter("editor").get(ADDRESS).content.decode()
    assert "Sent back by Test pharmacist" in page
    assert "Say which &lt;b&gt;test&lt;/b&gt;." in page

    make.submit(house, edition)
    page = enter("editor").get(ADDRESS)
    assert page.context["last_move"] is None
    assert "Say which" not in page.content.decode()


def test_a_discarded_first_edition_can_be_started_again(house, enter):
    step(make.draft(house), "discard", house.editor, "Wrong drug.")

    page = enter("editor").get(ADDRESS)

    assert "Discarded by Test editor" in page.content.decode()
    assert page.context["path"] == []
    assert [move.name for move in page.context["moves"] if move.is_open] == ["start"]


def test_a_published_monograph_says_what_readers_see(house, enter):
    make.published(house)

    page = enter("editor").get(ADDRESS).content.decode()

    assert 'Readers see <a href="/drugs/testazumab/">edition 1</a>. No edition is open.' in page
    assert "Start edition 2" in page


# -- Parts and people --------------------------------------------------------------------------------------------------


def test_parts_are_told_apart_by_what_became_of_them_against_live(house, enter):
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "Other words.", actor=house.editor2)
    gone = make.document().notices[0]
    with (
        audited_write(actor=house.editor) as trail,
        change_set(trail, edition=edition, reason="Less and more") as change,
    ):
        change.remove("notice", gone.key, seen=digest_of_part(gone))
        change.append(Section(key=make.key("new"), kind="overdose", heading="Overdose", text="Call for help."))

    rows = {row.label: row for row in enter("editor").get(ADDRESS).context["rows"]}

    assert {label: row.against for label, row in rows.items() if row.against != "Unchanged"} == {
        "Monitoring": "Changed",
        "Overdose": "Added",
        "Safety notice: Mind the heart": "Removed",
    }
    assert rows["Monitoring"].changed_by == "Test editor2"
    assert rows["Prescribing in practice"].changed_by == ""
    assert rows["Monitoring"].href == f"{ADDRESS}edit/{make.key('monitoring')}/"
    assert rows["Safety notice: Mind the heart"].href == f"{ADDRESS}review/#change-{gone.key}"


def test_the_tier_says_who_set_it(house, enter):
    edition = make.draft(house)
    assert "Set when the monograph began" in enter("editor").get(ADDRESS).content.decode()

    set_tier(edition.monograph, "high", actor=house.clinician, reason="Dangerous.")

    page = enter("editor").get(ADDRESS).content.decode()
    assert "Set by Test clinician" in page
    assert "a specialist doctor and a pharmacist sign" in page


def test_people_are_those_who_wrote_and_those_who_signed(house, enter):
    make.signed(house)

    people = enter("clinician").get(ADDRESS).context["people"]

    assert [(who, what) for who, what, _ in people] == [
        ("Test editor", "Wrote or suggested 7 parts."),
        ("Test clinician (you)", "Signed as neurologist"),
        ("Test pharmacist", "Signed as pharmacist"),
    ]


# -- Doing it ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "transition", "person", "said"),
    [
        ("draft", "submit", "editor", "Edition 1 is in review. Next, a doctor or a pharmacist and one more"),
        ("draft", "discard", "editor", "Edition 1 was discarded."),
        ("in review", "send-back", "pharmacist", "Edition 1 is a draft again."),
        ("signed", "unsign", "clinician", "Your signature on edition 1 no longer counts. Next, one more"),
        ("signed", "publish", "publisher", "Edition 1 is published. Readers see it now."),
    ],
)
def test_each_step_leads_back_here_and_says_what_happened_and_what_comes_next(
    house, enter, state, transition, person, said
):
    edition = {
        "draft": make.draft,
        "in review": lambda house: make.submit(house, make.draft(house)),
        "signed": make.signed,
        "published": make.published,
    }[state](house)

    answer = enter(person).post(
        f"{ADDRESS}do/{transition}/", {"digest": make.seen(edition), "reason": "For a test."}, follow=True
    )

    assert answer.redirect_chain == [(ADDRESS, 302)]
    assert said in answer.content.decode()


def test_a_refused_step_lists_every_reason_with_the_way_out(house, enter):
    section = Section(key=make.key("empty"), kind="interactions", heading="Interactions")
    edition = make.draft(house, doc=Document(header=Header(name="Testazumab"), sections=(section,)))

    answer = enter("editor").post(f"{ADDRESS}do/submit/", {"digest": make.seen(edition)})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"Nothing was changed, for {len(answer.context['refusals'])} reasons:" in page
    assert f'href="{ADDRESS}edit/{section.key}/"' in page


def test_a_conflict_shows_what_others_changed_and_offers_the_step_again_with_the_words(house, enter):
    edition = make.draft(house)
    seen = make.seen(edition)
    make.reword(edition, "monitoring", "Quite other words.", actor=house.editor2)

    answer = enter("editor").post(f"{ADDRESS}do/discard/", {"digest": seen, "reason": "My <careful> reason"})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert [change.label for change in answer.context["meanwhile"].changes] == ["Monitoring"]
    assert "Test editor2" in page
    assert "Quite other words" in page
    assert "My &lt;careful&gt; reason</textarea>" in page
    assert f'name="digest" value="{make.seen(edition)}"' in page


def test_a_digest_of_another_monograph_shows_nothing_of_it(house, enter):
    make.draft(house)
    other = make.draft(house, "otherzumab", make.document(header=make.document().header.replaced(name="Secretimab")))

    answer = enter("editor").post(f"{ADDRESS}do/discard/", {"digest": make.seen(other), "reason": "x"})

    assert answer.status_code == 409
    assert answer.context["meanwhile"].changes == []
    assert b"Secretimab" not in answer.content


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("a\x00b", "After “a”: a NUL character (U+0000). Take it out."),
        ("a\u202eb", "After “a”: a direction mark (U+202E). Take it out."),
        ("x" * 2_001, "Keep it to 2,000 characters."),
    ],
)
def test_a_reason_that_may_not_be_kept_is_refused_at_its_field(house, enter, reason, sentence):
    edition = make.draft(house)
    before = AuditEvent.objects.count()

    answer = enter("editor").post(f"{ADDRESS}do/discard/", {"digest": make.seen(edition), "reason": reason})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert wrong(answer) == {"reason": sentence}
    assert AuditEvent.objects.count() == before


def test_while_somebody_else_writes_the_reason_is_kept(house, enter, monkeypatch):
    edition = make.draft(house)

    def busy(*_args, **_kwargs):
        raise WriteLockTimeout

    monkeypatch.setattr("reviews.desk.transitions.perform", busy)
    answer = enter("editor").post(f"{ADDRESS}do/discard/", {"digest": make.seen(edition), "reason": "My words"})

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "My words</textarea>" in answer.content.decode()


# -- What comes first --------------------------------------------------------------------------------------------------


def test_what_one_can_do_and_who_is_waited_for_come_first_and_the_rest_is_folded(house, enter):
    make.submit(house, make.draft(house))

    page = enter("publisher").get(ADDRESS)

    html = page.content.decode()
    first, rest = html.split("<summary>All steps, and why not</summary>")
    assert [move.name for move in page.context["mine"]] == ["send-back"]
    assert "Waits for a doctor or a pharmacist and one more registered clinician to sign." in first
    assert 'aria-disabled="true"' not in first
    assert rest.count('aria-disabled="true"') == len(page.context["folded"]) == 6


def test_who_can_do_nothing_is_told_so_and_who_is_waited_for(house, enter):
    make.submit(house, make.draft(house))

    first = enter("auditor").get(ADDRESS).content.decode().split("<summary>All steps")[0]

    assert "<p>Nothing now.</p>" in first
    assert 'class="waits">Waits for' in first


def test_what_one_can_put_right_oneself_is_not_folded(house, enter):
    section = Section(key=make.key("empty"), kind="interactions", heading="Interactions")
    make.draft(house, doc=Document(header=Header(name="Testazumab", title="Testazumab"), sections=(section,)))

    page = enter("editor").get(ADDRESS)

    assert [move.name for move in page.context["mine"]] == ["discard", "submit"]
    assert "Not yet, for" in page.content.decode().split("<summary>All steps")[0]
    assert [move.name for move in enter("auditor").get(ADDRESS).context["mine"]] == []


def test_parts_that_did_not_change_are_folded_below_those_that_did(house, enter):
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "Other words.", actor=house.editor2)

    changed, folded = enter("editor").get(ADDRESS).content.decode().split("<summary>6 parts unchanged</summary>")

    assert ">Monitoring</a></th>" in changed
    assert ">Prescribing in practice</a></th>" not in changed
    assert ">Prescribing in practice</a></th>" in folded


def test_a_clinician_is_not_led_to_edit_what_they_could_sign(house, enter):
    """With one save they would be an author."""
    section = Section(key=make.key("empty"), kind="interactions", heading="Interactions")
    make.draft(house, doc=Document(header=Header(name="Testazumab", title="Testazumab"), sections=(section,)))

    quiet = f'<a class="btn btn-quiet" href="{ADDRESS}edit/">Edit</a>'
    assert quiet in enter("clinician").get(ADDRESS).content.decode()
    assert f'<a class="btn" href="{ADDRESS}edit/">Edit</a>' in enter("editor").get(ADDRESS).content.decode()
